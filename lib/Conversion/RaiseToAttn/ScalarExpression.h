//===- ScalarExpression.h - What one element of a tensor is -----*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Exporters write the same computation with batch dimensions together or apart,
// with transposes here or there, in one linalg.generic or in ten. What one
// element of a tensor is, as an expression over the coordinates at which it is
// asked for, is the same in all of them.
//
// A coordinate is a list of digits, the most significant first. A reshape that
// takes a coordinate apart splits a digit; the split holds everywhere.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_CONVERSION_RAISETOATTN_SCALAREXPRESSION_H
#define FA3_LIB_CONVERSION_RAISETOATTN_SCALAREXPRESSION_H

#include "BodyPatterns.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinTypes.h"

#include <deque>

namespace mlir::attn {

/// A number below the product of the sizes of its digits, the most significant
/// first; no digit is 0, the only coordinate of a dimension of size 1. It is a
/// place in a dimension that may be larger: the first elements alone are read.
using Coordinate = SmallVector<unsigned, 2>;
using Coordinates = SmallVector<Coordinate, 4>;

/// What a scalar is made of.
struct ScalarNode {
  enum class Kind {
    /// The element of `tensor`, of whose definition nothing is known.
    Element,
    /// The element of `tensor`, the result of a matrix product, of a reduction,
    /// or of linalg.softmax.
    Product,
    Reduction,
    Softmax,
    /// A value that is the same for all coordinates; `constant` where it is
    /// one.
    Scalar,
    /// A coordinate, as an index or an integer.
    Index,
    /// `op` of `operands`.
    Operation
  };
  Kind kind;
  Type type;
  Value tensor;
  Coordinates coordinates;
  Value scalar;
  TypedAttr constant;
  Coordinate index;
  Operation *op = nullptr;
  SmallVector<ScalarNode *, 3> operands;
};

/// Conversions between types of numbers that a trace goes through, none of them
/// from or to one of fewer than 16 bits.
enum class Through { None, Widening, AllConversions };

template <typename... OpT>
bool isOp(const ScalarNode *node) {
  return node->kind == ScalarNode::Kind::Operation && isa<OpT...>(node->op);
}

/// The node below conversions between types of numbers, but for roundings to
/// fewer than 16 bits.
ScalarNode *skipConversions(ScalarNode *node);

/// The number that a node is, converted or not.
std::optional<double> getConstant(const ScalarNode *node);

/// Whether a node of i1 is a constant, and true.
bool isTrue(const ScalarNode *node);

/// The operation by which the tensor that `reduction` is an element of was
/// reduced; null if it is none that is known.
Operation *getReducer(const ScalarNode &reduction);

class ScalarExpressions {
public:
  /// Makes a coordinate of one digit, or of none for a size of 1.
  Coordinate makeCoordinate(int64_t size);
  Coordinates makeCoordinates(ArrayRef<int64_t> shape);
  /// Puts the halves of digits that were split in their place.
  Coordinate resolve(ArrayRef<unsigned> coordinate) const;
  Coordinates resolveAll(ArrayRef<Coordinate> coordinates) const;
  /// Size of a digit, perhaps ShapedType::kDynamic.
  int64_t getSize(unsigned digit) const { return digits[digit].size; }
  /// Size of a coordinate, perhaps ShapedType::kDynamic.
  int64_t getSize(ArrayRef<unsigned> coordinate) const;

  /// What the element of `tensor` is.
  ScalarNode *evaluate(Value tensor, Coordinates coordinates);
  /// What the reduction adds up (or takes the maximum of) at `reduced`, the
  /// coordinate of its only reduction loop; null if it has several, or one of
  /// another size.
  ScalarNode *evaluateReduced(const ScalarNode &reduction, Coordinate reduced);
  /// The value that a reduction or a product begins with.
  ScalarNode *evaluateInit(const ScalarNode &reduction);

  /// Whether a tensor that may have been broadcast, by its open size, is taken
  /// for one that was not.
  bool assumesNoBroadcast = false;

  /// The constant that a node is where a condition holds, or does not, in the
  /// arithmetic of its types; null where it depends on anything else, or where
  /// MLIR does not fold it.
  ScalarNode *evaluateIf(const ScalarNode *node, const ScalarNode *condition,
                         bool holds);

  /// Whether two expressions are the same.
  bool areEqual(const ScalarNode *lhs, const ScalarNode *rhs) const;

  /// Goes back through reshapes, transposes and broadcasts and, if asked for,
  /// through conversions, to a tensor that has the same elements.
  void trace(Value &tensor, Coordinates &coordinates, Through through);
  /// Goes back, also through conversions and constant factors, as far as there
  /// are tensors of `narrow`, the type of 16 bits to which elements are rounded
  /// on the way, or that of the first tensor of 16 bits where it is null. Stays
  /// where there is none. `factor` is multiplied by the factors.
  void traceFactors(Value &tensor, Coordinates &coordinates, double &factor,
                    Type narrow);
  /// The input of `op` that a value in its body is, but for constant factors
  /// and for conversions, of those that round such to `narrow` alone; null if
  /// it is anything else.
  OpOperand *getFactoredInput(linalg::LinalgOp op, Value value,
                              ArrayRef<Coordinate> loops, double &factor,
                              Type &narrow);

  /// Coordinates of the loops of `op` where it computes the element of its
  /// result at `coordinates`. Those of reduction loops have no digits yet. None
  /// if it does not compute every element of the result.
  std::optional<Coordinates> getLoops(linalg::LinalgOp op, unsigned result,
                                      ArrayRef<Coordinate> coordinates);
  /// Coordinates at which `op` reads an operand. A quotient or a remainder
  /// splits the digits of its loop.
  std::optional<Coordinates> getAccess(AffineMap map,
                                       ArrayRef<Coordinate> loops);

  /// What a value in the body of `op` is; null if that cannot be said.
  ScalarNode *evaluateBody(linalg::LinalgOp op, Value value,
                           ArrayRef<Coordinate> loops);

private:
  /// Whether two expressions are the same but for their operands.
  bool areAlike(const ScalarNode &lhs, const ScalarNode &rhs) const;
  struct Digit {
    int64_t size;
    /// The digits that this one was split into; 0 and 0 where it was not.
    unsigned high = 0, low = 0;
  };
  /// Puts the coordinates of dimensions that are collapsed together; none where
  /// they could not be told apart again.
  std::optional<Coordinate> join(ArrayRef<int64_t> dims,
                                 ArrayRef<Coordinate> coordinates,
                                 RankedTensorType type) const;
  /// Steps of `trace`: through a reshape by computed sizes, through a read at
  /// the places of loops, and any.
  bool stepReshape(tensor::ReshapeOp reshape, Value &tensor,
                   Coordinates &coordinates);
  bool stepRead(linalg::LinalgOp op, tensor::ExtractOp read, unsigned result,
                Value &tensor, Coordinates &coordinates);
  bool step(Value &tensor, Coordinates &coordinates, Through through);
  /// Takes from the end of `coordinate` the digits that make up `size`. One of
  /// an open size is split only where that is known to be a multiple.
  std::optional<Coordinate> takeLow(Coordinate &coordinate, int64_t size,
                                    bool isMultiple);
  /// Spreads a coordinate over the dimensions that were collapsed into it.
  std::optional<Coordinates> spread(Coordinate coordinate,
                                    ArrayRef<int64_t> shape);
  /// What an operation of these operands is without it: one of them, or a
  /// constant; null if it is neither.
  ScalarNode *fold(Operation *op, ArrayRef<ScalarNode *> operands);
  ScalarNode *evaluateTraced(Value tensor, ArrayRef<Coordinate> coordinates);
  ScalarNode *make(ScalarNode::Kind kind, Type type);
  ScalarNode *makeScalar(Value value);
  ScalarNode *makeElement(ScalarNode::Kind kind, Value tensor,
                          ArrayRef<Coordinate> coordinates);
  ScalarNode *evaluateLinalg(linalg::LinalgOp op, Value tensor,
                             ArrayRef<Coordinate> coordinates);
  ScalarNode *evaluateBody(linalg::LinalgOp op, Value value,
                           ArrayRef<Coordinate> loops,
                           DenseMap<Value, ScalarNode *> &known);

  SmallVector<Digit> digits;
  std::deque<ScalarNode> nodes;
  /// What was evaluated, so that what is used often is not evaluated often.
  DenseMap<Value, SmallVector<std::pair<Coordinates, ScalarNode *>, 1>>
      evaluated;
};

} // namespace mlir::attn

#endif // FA3_LIB_CONVERSION_RAISETOATTN_SCALAREXPRESSION_H
