//===- KnownAttributes.h - Refuse misspelt attributes -----------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A trait of all operations of this project. MLIR takes any attribute on any
// operation, so that one that is misspelt would be as if it were not there, and
// the operation would compute something else.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_DIALECT_KNOWNATTRIBUTES_H
#define FA3_DIALECT_KNOWNATTRIBUTES_H

#include "mlir/IR/OpDefinition.h"

namespace fa3 {

/// Lists the attributes that an operation defines, "'causal', 'window'", and
/// asks whether the nearest to `name` was meant, where one is near.
inline std::string describeKnownAttributes(mlir::OperationName op,
                                           llvm::StringRef name) {
  std::string list;
  llvm::StringRef nearest;
  unsigned least = 3; // Letters to change; with more it is another word.
  for (mlir::StringAttr known : op.getAttributeNames()) {
    // The parser's own.
    if (known.getValue() == "operandSegmentSizes")
      continue;
    list += (list.empty() ? "'" : ", '") + known.str() + "'";
    unsigned distance = name.edit_distance(known, true, least);
    if (distance < least) {
      least = distance;
      nearest = known;
    }
  }
  if (list.empty())
    list = "none";
  if (!nearest.empty())
    list += "; did you mean '" + nearest.str() + "'?";
  return list;
}

} // namespace fa3

namespace mlir::OpTrait {

/// Each attribute is one that the operation defines, or has a dialect's prefix.
/// Names with two leading underscores are those of compilers for notes to
/// themselves.
template <typename ConcreteType>
class KnownAttributes : public TraitBase<ConcreteType, KnownAttributes> {
public:
  static LogicalResult verifyTrait(Operation *op) {
    for (NamedAttribute attribute : op->getDiscardableAttrs()) {
      StringRef name = attribute.getName();
      if (name.contains('.') || name.starts_with("__"))
        continue;
      return op->emitOpError("expected attributes with a dialect's prefix or "
                             "its own, but got '")
             << name << "'; its own are "
             << fa3::describeKnownAttributes(op->getName(), name);
    }
    return success();
  }
};

} // namespace mlir::OpTrait

#endif // FA3_DIALECT_KNOWNATTRIBUTES_H
