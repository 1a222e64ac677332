//===- NarrowFloatsToNVVM.h - Conversions of 8-bit numbers ------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_CONVERSION_KERNELTOLLVM_NARROWFLOATSTONVVM_H
#define FA3_LIB_CONVERSION_KERNELTOLLVM_NARROWFLOATSTONVVM_H

#include "mlir/Conversion/LLVMCommon/TypeConverter.h"

namespace mlir::hopper {

/// Lowers conversions between vectors of f32 and of an even number of f8E4M3FN,
/// and `attn.round` of vectors of a multiple of 4 elements.
void populateNarrowFloatsToNVVMPatterns(const LLVMTypeConverter &converter,
                                        RewritePatternSet &patterns);

} // namespace mlir::hopper

#endif // FA3_LIB_CONVERSION_KERNELTOLLVM_NARROWFLOATSTONVVM_H
