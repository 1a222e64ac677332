//===- CombineOp.cpp - Verifier of attn.combine ---------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::attn;

void CombineOp::build(OpBuilder &builder, OperationState &state,
                      Value partialOutputs, Value partialLse, Value output,
                      Value lse, Layout layout) {
  SmallVector<Type> results;
  for (Value init : {output, lse})
    if (init && isa<RankedTensorType>(init.getType()))
      results.push_back(init.getType());
  build(builder, state, results, partialOutputs, partialLse, output, lse,
        layout);
}

namespace {
/// One operand with the name that diagnostics use for it, its rank, and its
/// dimensions in the order entry, batch, head, row, column; -1 where it has
/// none.
struct Operand {
  StringRef name;
  ShapedType type;
  int64_t rank;
  int64_t dims[5];
};
} // namespace

static constexpr StringLiteral kDimNames[] = {"number of entries", "batch size",
                                              "number of heads", "length",
                                              "head dimension"};

/// Constraints 1 and 5: kinds, ranks and last strides.
static LogicalResult verifyShapes(CombineOp op, ArrayRef<Operand> operands) {
  bool tensors = op.hasTensors();
  for (const Operand &operand : operands) {
    ShapedType type = operand.type;
    if (!isa<RankedTensorType, MemRefType>(type))
      return op.emitOpError("expected ")
             << operand.name << " to be a ranked tensor or a memref, but got "
             << type;
    if (isa<RankedTensorType>(type) != tensors)
      return op.emitOpError("expected all operands to be ")
             << (tensors ? "tensors" : "memrefs") << ", but " << operand.name
             << " is " << type;
    if (type.getRank() != operand.rank)
      return op.emitOpError("expected ")
             << operand.name << " to have rank " << operand.rank << ", but got "
             << type.getRank();
    auto memref = dyn_cast<MemRefType>(type);
    if (!memref)
      continue;
    SmallVector<int64_t> strides;
    int64_t offset;
    if (failed(memref.getStridesAndOffset(strides, offset)))
      return op.emitOpError("expected ")
             << operand.name << " to have a strided layout, but got " << type;
    if (strides.back() != 1)
      return op.emitOpError("expected the last stride of ")
             << operand.name << " to be 1, but got "
             << (ShapedType::isDynamic(strides.back())
                     ? std::string("a dynamic one")
                     : std::to_string(strides.back()));
  }
  return success();
}

/// Constraint 2: element types.
static LogicalResult verifyElementTypes(CombineOp op,
                                        ArrayRef<Operand> operands) {
  for (const Operand &operand : operands) {
    Type type = operand.type.getElementType();
    bool isLse = operand.dims[4] < 0;
    if (!type.isF32() && (isLse || (!type.isF16() && !type.isBF16())))
      return op.emitOpError("expected ")
             << operand.name << " to have elements of type "
             << (isLse ? "f32" : "f16, bf16 or f32") << ", but got " << type;
  }
  return success();
}

/// Constraints 3 and 4: sizes by themselves and beside each other.
static LogicalResult verifySizes(CombineOp op, ArrayRef<Operand> operands) {
  constexpr unsigned head = 2, feature = 4;
  for (const Operand &operand : operands)
    for (unsigned dim : {head, feature})
      if (operand.dims[dim] >= 0 &&
          operand.type.isDynamicDim(operand.dims[dim]))
        return op.emitOpError("expected the ")
               << kDimNames[dim] << " of " << operand.name
               << " to be static, but got a dynamic one";
  int64_t columns = operands[0].type.getDimSize(operands[0].dims[feature]);
  if (columns < 8 || columns % 8 != 0 || columns > kMaxHeadSize)
    return op.emitOpError("expected the head dimension of Os to be a multiple "
                          "of 8 between 8 and ")
           << kMaxHeadSize << ", but got " << columns;
  for (unsigned dim = 0; dim < std::size(kDimNames); ++dim)
    for (const Operand &a : operands)
      for (const Operand &b : operands) {
        if (a.dims[dim] < 0 || b.dims[dim] < 0)
          continue;
        int64_t sizeA = a.type.getDimSize(a.dims[dim]);
        int64_t sizeB = b.type.getDimSize(b.dims[dim]);
        if (ShapedType::isStatic(sizeA) && ShapedType::isStatic(sizeB) &&
            sizeA != sizeB)
          return op.emitOpError("expected ")
                 << a.name << " and " << b.name << " to have the same "
                 << kDimNames[dim] << ", but got " << sizeA << " and " << sizeB;
      }
  return success();
}

LogicalResult CombineOp::verify() {
  auto type = [](Value value) { return cast<ShapedType>(value.getType()); };
  int64_t row = getSeqDim(), head = getHeadDim();
  SmallVector<Operand> operands = {
      {"Os", getPartialType(), 5, {0, 1, head + 1, row + 1, 4}},
      {"LSEs", type(getPartialLse()), 4, {0, 1, 2, 3, -1}},
      {"O", getOutputType(), 4, {-1, 0, head, row, 3}}};
  if (getLse())
    operands.push_back({"LSE", type(getLse()), 3, {-1, 0, 1, 2, -1}});
  if (failed(verifyShapes(*this, operands)) ||
      failed(verifyElementTypes(*this, operands)) ||
      failed(verifySizes(*this, operands)))
    return failure();
  // Constraint 6.
  size_t outputs = hasTensors() ? (getLse() ? 2 : 1) : 0;
  if (getNumResults() != outputs)
    return emitOpError("expected ")
           << outputs << " results, but got " << getNumResults();
  return success();
}
