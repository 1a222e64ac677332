//===- FloatLibrary.cpp - Conversions that compiled code calls ------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// On x86-64 a 16-bit float is passed and returned in the low half of an SSE
// register, whose f32 view is what these functions are declared with: no type
// of C++17 has the convention of f16. Elsewhere nothing is registered.
//
//===----------------------------------------------------------------------===//

#include "FloatLibrary.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/bit.h"
#include "llvm/ExecutionEngine/Orc/Shared/ExecutorAddress.h"

using namespace mlir;
using namespace mlir::attn;

#ifdef __x86_64__
/// f32 to a 16-bit format, in the low half of the result.
static float narrow(float value, const llvm::fltSemantics &semantics) {
  llvm::APFloat number(value);
  bool lossy;
  number.convert(semantics, llvm::APFloat::rmNearestTiesToEven, &lossy);
  return llvm::bit_cast<float>(
      static_cast<uint32_t>(number.bitcastToAPInt().getZExtValue()));
}

static float narrowToHalf(float value) {
  return narrow(value, llvm::APFloat::IEEEhalf());
}
static float narrowToBFloat(float value) {
  return narrow(value, llvm::APFloat::BFloat());
}
static float widenHalf(float half) {
  uint32_t bits = llvm::bit_cast<uint32_t>(half) & 0xffff;
  llvm::APFloat number(llvm::APFloat::IEEEhalf(), llvm::APInt(16, bits));
  bool lossy;
  number.convert(llvm::APFloat::IEEEsingle(),
                 llvm::APFloat::rmNearestTiesToEven, &lossy);
  return number.convertToFloat();
}
#endif

void mlir::attn::registerFloatLibrary(ExecutionEngine &engine) {
#ifdef __x86_64__
  engine.registerSymbols([](llvm::orc::MangleAndInterner intern) {
    llvm::orc::SymbolMap symbols;
    auto add = [&](StringRef name, float (*function)(float)) {
      symbols[intern(name)] = {llvm::orc::ExecutorAddr::fromPtr(function),
                               llvm::JITSymbolFlags::Exported};
    };
    add("__extendhfsf2", widenHalf);
    add("__truncsfhf2", narrowToHalf);
    add("__truncsfbf2", narrowToBFloat);
    return symbols;
  });
#else
  (void)engine;
#endif
}
