//===- MathToNVVM.h - Transcendental functions on the device ----*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_CONVERSION_KERNELTOLLVM_MATHTONVVM_H
#define FA3_LIB_CONVERSION_KERNELTOLLVM_MATHTONVVM_H

#include "mlir/Conversion/LLVMCommon/TypeConverter.h"

namespace mlir::hopper {

/// Lowers exponentials, logarithms, tanh, sine and cosine of f32 to the special
/// function unit (PTX ISA, ex2.approx, lg2.approx, sin.approx, cos.approx),
/// with no library of device functions.
void populateMathToNVVMPatterns(const LLVMTypeConverter &converter,
                                RewritePatternSet &patterns);

/// Writes functions of the math dialect that the device has no instructions for
/// as polynomials and functions that it has, 16-bit floats in f32. Refuses what
/// is left, for which LLVM would call a library that is not there.
LogicalResult expandMath(Operation *module);

} // namespace mlir::hopper

#endif // FA3_LIB_CONVERSION_KERNELTOLLVM_MATHTONVVM_H
