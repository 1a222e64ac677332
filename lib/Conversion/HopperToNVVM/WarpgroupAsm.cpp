//===- WarpgroupAsm.cpp - wgmma as inline assembly ------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// PTX ISA, "Asynchronous Warpgroup Level Matrix Multiply-Accumulate Operation":
// upstream's nvvm.wgmma.mma_async takes no lhs in registers, and its fences and
// waits do not say which registers they are about.
//
//===----------------------------------------------------------------------===//

#include "WarpgroupAsm.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::hopper;

/// The constraint of a register that accumulates in a type.
static StringRef getConstraint(Type accumulator) {
  return accumulator.isF32() ? "=f" : "=r";
}

/// Builds the assembly with results of the given types; returns them one by
/// one.
static SmallVector<Value> emitAsm(OpBuilder &builder, Location loc,
                                  StringRef text, StringRef constraints,
                                  ValueRange operands, ArrayRef<Type> results) {
  MLIRContext *context = builder.getContext();
  auto type = LLVM::LLVMStructType::getLiteral(context, results);
  auto op = LLVM::InlineAsmOp::create(
      builder, loc, type, operands, text, constraints,
      /*has_side_effects=*/true, /*is_align_stack=*/false,
      LLVM::TailCallKind::None,
      LLVM::AsmDialectAttr::get(context, LLVM::AsmDialect::AD_ATT),
      /*operand_attrs=*/ArrayAttr());
  SmallVector<Value> values;
  for (size_t i = 0; i < results.size(); ++i)
    values.push_back(LLVM::ExtractValueOp::create(builder, loc, op.getRes(),
                                                  static_cast<int64_t>(i)));
  return values;
}

/// `{$first, …, $(first + count - 1)}`.
static void printRegisters(raw_ostream &os, int64_t first, int64_t count) {
  os << "{";
  for (int64_t i = 0; i < count; ++i)
    os << (i ? ", " : "") << "$" << first + i;
  os << "}";
}

SmallVector<Value>
mlir::hopper::emitWarpgroupProduct(OpBuilder &builder, Location loc,
                                   const WarpgroupProduct &product) {
  int64_t count = product.n / 2;
  size_t steps = product.rhsDescriptors.size();
  bool fromRegisters = product.lhsDescriptors.empty();

  std::string constraints, text;
  llvm::raw_string_ostream constraint(constraints), os(text);
  SmallVector<Value> operands;
  bool isInteger = product.elementType.isInteger();
  Type accumulator =
      isInteger ? Type(builder.getI32Type()) : builder.getF32Type();
  for (int64_t i = 0; i < count; ++i)
    constraint << (i ? "," : "") << getConstraint(accumulator);
  // An accumulator is read and written in place.
  for (auto [i, value] : llvm::enumerate(product.accumulators)) {
    constraint << "," << i;
    operands.push_back(value);
  }
  int64_t next = count + static_cast<int64_t>(product.accumulators.size());
  auto use = [&](Value value, StringRef kind) {
    constraint << "," << kind;
    operands.push_back(value);
    return next++;
  };

  bool isWide = product.elementType.getIntOrFloatBitWidth() == 16;
  StringRef element = isInteger                      ? "s8"
                      : !isWide                      ? "e4m3"
                      : product.elementType.isBF16() ? "bf16"
                                                     : "f16";
  os << "wgmma.fence.sync.aligned;\n";
  for (size_t step = 0; step < steps; ++step) {
    os << "wgmma.mma_async.sync.aligned.m64n" << product.n
       << (isWide ? "k16" : "k32") << (isInteger ? ".s32." : ".f32.") << element
       << "." << element << " ";
    printRegisters(os, 0, count);
    os << ", ";
    if (fromRegisters) {
      int64_t first = next;
      for (size_t i = 0; i < 4; ++i)
        use(product.pairs[4 * step + i], "r");
      printRegisters(os, first, 4);
    } else {
      os << "$" << use(product.lhsDescriptors[step], "l");
    }
    os << ", $" << use(product.rhsDescriptors[step], "l");
    // Without accumulators the first step ignores what the registers hold.
    bool accumulate = step > 0 || !product.accumulators.empty();
    os << ", " << (accumulate ? 1 : 0);
    // Integers cannot be negated on the way.
    if (!isInteger)
      os << ", 1, 1";
    // 8-bit operands cannot be transposed.
    if (isWide && !fromRegisters)
      os << ", 0";
    if (isWide)
      os << ", " << (product.rhsIsMNMajor ? 1 : 0);
    os << ";\n";
  }
  os << "wgmma.commit_group.sync.aligned;";
  return emitAsm(builder, loc, text, constraints, operands,
                 SmallVector<Type>(count, accumulator));
}

SmallVector<Value> mlir::hopper::emitWarpgroupWait(OpBuilder &builder,
                                                   Location loc,
                                                   ValueRange pending,
                                                   int64_t groups) {
  std::string constraints;
  llvm::raw_string_ostream constraint(constraints);
  for (auto [i, type] : llvm::enumerate(pending.getTypes()))
    constraint << (i ? "," : "") << getConstraint(type);
  for (size_t i = 0; i < pending.size(); ++i)
    constraint << "," << i;
  return emitAsm(builder, loc,
                 "wgmma.wait_group.sync.aligned " + std::to_string(groups) +
                     ";",
                 constraints, pending, SmallVector<Type>(pending.getTypes()));
}
