//===- Constants.h - Elements of constant tensors ---------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_DIALECT_ATTN_IR_CONSTANTS_H
#define FA3_DIALECT_ATTN_IR_CONSTANTS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Value.h"

namespace mlir::attn {

/// The elements of a constant, those of a `dense_resource` in the module among
/// them, which exporters write for the buffers of a model. Null where they are
/// not there, or are not as many as the type says.
DenseElementsAttr getDenseElements(Attribute constant);

/// The elements of a value that is a constant; null where it is none.
DenseElementsAttr getDenseElements(Value value);

} // namespace mlir::attn

#endif // FA3_DIALECT_ATTN_IR_CONSTANTS_H
