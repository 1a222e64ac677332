//===- ForwardOpSyntax.h - Text of attn.forward -----------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The custom directives of its assembly format.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_DIALECT_ATTN_IR_FORWARDOPSYNTAX_H
#define FA3_LIB_DIALECT_ATTN_IR_FORWARDOPSYNTAX_H

#include "mlir/IR/OpImplementation.h"

namespace mlir::attn {

/// A dictionary of attributes. One of the operation's own that has a value of
/// another kind is reported with the form that is right.
ParseResult parseForwardAttributes(OpAsmParser &parser,
                                   NamedAttrList &attributes);
void printForwardAttributes(OpAsmPrinter &printer, Operation *op,
                            DictionaryAttr attributes);

/// `score region` and `mask region`, in either order; each may be left out.
ParseResult parseForwardRegions(OpAsmParser &parser, Region &score,
                                Region &mask);
void printForwardRegions(OpAsmPrinter &printer, Operation *op, Region &score,
                         Region &mask);

} // namespace mlir::attn

#endif // FA3_LIB_DIALECT_ATTN_IR_FORWARDOPSYNTAX_H
