//===- QuantizeOp.cpp - Verifiers of attn.quantize and its inverse --------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Attn/IR/Quantization.h"
#include "mlir/IR/Builders.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::attn;

/// Head dimensions of 8-bit inputs are multiples of it.
static constexpr int64_t kColumns = 16;

namespace {

/// An operand with the name that diagnostics use for it, its rank and the
/// element types that it may have.
struct Operand {
  StringRef name;
  ShapedType type;
  int64_t rank;
  enum Elements { Wide, Eight, Single } elements;
};

/// What both operations have: X, Y and the scales.
struct Quantized {
  Operation *op;
  Operand x, y, scale;
  unsigned seqDim, headDim;
  std::optional<int64_t> block, seed;
  bool transposed;

  InFlightDiagnostic error() const { return op->emitOpError("expected "); }
};

} // namespace

static ShapedType getShaped(Value value) {
  return cast<ShapedType>(value.getType());
}

/// Constraints 1, 2 and 6: kinds, ranks, element types and last strides.
static LogicalResult verifyOperand(const Quantized &of, const Operand &operand,
                                   bool tensors) {
  ShapedType type = operand.type;
  if (!isa<RankedTensorType, MemRefType>(type))
    return of.error() << operand.name
                      << " to be a ranked tensor or a memref, but got " << type;
  if (isa<RankedTensorType>(type) != tensors)
    return of.error() << "all operands to be "
                      << (tensors ? "tensors" : "memrefs") << ", but "
                      << operand.name << " is " << type;
  if (type.getRank() != operand.rank)
    return of.error() << operand.name << " to have rank " << operand.rank
                      << ", but got " << type.getRank();
  Type element = type.getElementType();
  auto [isRight, expected] = [&]() -> std::pair<bool, StringRef> {
    switch (operand.elements) {
    case Operand::Wide:
      return {element.isF16() || element.isBF16() || element.isF32(),
              "f16, bf16 or f32"};
    case Operand::Eight:
      return {isa<Float8E4M3FNType>(element) || element.isSignlessInteger(8),
              "f8E4M3FN or i8"};
    case Operand::Single:
      return {element.isF32(), "f32"};
    }
    llvm_unreachable("unknown element types");
  }();
  if (!isRight)
    return of.error() << operand.name << " to have elements of type "
                      << expected << ", but got " << element;
  auto memref = dyn_cast<MemRefType>(type);
  if (!memref)
    return success();
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(memref.getStridesAndOffset(strides, offset)))
    return of.error() << operand.name << " to have a strided layout, but got "
                      << type;
  if (strides.back() == 1)
    return success();
  return of.error() << "the last stride of " << operand.name
                    << " to be 1, but got "
                    << (ShapedType::isDynamic(strides.back())
                            ? std::string("a dynamic one")
                            : std::to_string(strides.back()));
}

/// Constraint 4: two sizes that must agree, where both are static.
static LogicalResult verifySameSize(const Quantized &of, StringRef what,
                                    const Operand &a, unsigned dimA,
                                    const Operand &b, unsigned dimB) {
  int64_t sizeA = a.type.getDimSize(dimA), sizeB = b.type.getDimSize(dimB);
  if (ShapedType::isDynamic(sizeA) || ShapedType::isDynamic(sizeB) ||
      sizeA == sizeB)
    return success();
  return of.error() << a.name << " and " << b.name << " to have the same "
                    << what << ", but got " << sizeA << " and " << sizeB;
}

static LogicalResult verifyStatic(const Quantized &of, StringRef what,
                                  const Operand &operand, unsigned dim) {
  if (!operand.type.isDynamicDim(dim))
    return success();
  return of.error() << "the " << what << " of " << operand.name
                    << " to be static, but got a dynamic one";
}

/// Constraints 3 and 4: the sizes of X and Y.
static LogicalResult verifySizes(const Quantized &of) {
  constexpr unsigned batch = 0, feature = 3;
  const Operand &x = of.x, &y = of.y;
  // A transposed Y is [B, H, D, S'].
  unsigned head = of.transposed ? 1 : of.headDim;
  unsigned column = of.transposed ? 2 : feature;
  if (failed(verifyStatic(of, "head dimension", x, feature)) ||
      failed(verifyStatic(of, "head dimension", y, column)) ||
      failed(verifyStatic(of, "number of heads", x, of.headDim)) ||
      failed(verifyStatic(of, "number of heads", y, head)) ||
      failed(verifyStatic(of, "number of heads", of.scale, 1)))
    return failure();
  int64_t columns = x.type.getDimSize(feature);
  if (columns < kColumns || columns > kMaxHeadSize || columns % kColumns != 0)
    return of.error() << "the head dimension of X to be a multiple of "
                      << kColumns << " between " << kColumns << " and "
                      << kMaxHeadSize << ", but got " << columns;
  if (failed(verifySameSize(of, "batch size", x, batch, y, batch)) ||
      failed(verifySameSize(of, "number of heads", x, of.headDim, y, head)) ||
      failed(verifySameSize(of, "head dimension", x, feature, y, column)))
    return failure();
  if (!of.transposed)
    return verifySameSize(of, "length", x, of.seqDim, y, of.seqDim);
  int64_t rows = x.type.getDimSize(of.seqDim), places = y.type.getDimSize(3);
  if (ShapedType::isDynamic(rows) || ShapedType::isDynamic(places) ||
      places == static_cast<int64_t>(llvm::alignTo(rows, kKeyGroup)))
    return success();
  return of.error() << "a transposed Y to have "
                    << llvm::alignTo(rows, kKeyGroup)
                    << " places, which are the " << rows
                    << " rows of X rounded up to a multiple of " << kKeyGroup
                    << ", but got " << places;
}

/// Constraints 5 and 7: the scales and their blocks.
static LogicalResult verifyScale(const Quantized &of) {
  int64_t step = of.transposed ? kKeyGroup : 1;
  if (of.block && (*of.block < 1 || *of.block % step != 0))
    return of.error() << (of.transposed
                              ? "a block to have a multiple of 16 rows where Y "
                                "is transposed"
                              : "a block to have at least 1 row")
                      << ", but got " << *of.block;
  ShapedType type = of.scale.type;
  if ((type.getDimSize(0) != 1 &&
       failed(verifySameSize(of, "batch size", of.x, 0, of.scale, 0))) ||
      (type.getDimSize(1) != 1 &&
       failed(verifySameSize(of, "number of heads", of.x, of.headDim, of.scale,
                             1))))
    return failure();
  int64_t rows = of.x.type.getDimSize(of.seqDim), blocks = type.getDimSize(2);
  if (ShapedType::isDynamic(blocks))
    return success();
  if (!of.block && blocks != 1)
    return of.error() << "the scale to have 1 block where no block size is "
                         "given, but got "
                      << blocks;
  if (!of.block || ShapedType::isDynamic(rows))
    return success();
  auto expected = static_cast<int64_t>(llvm::divideCeil(rows, *of.block));
  if (blocks == expected)
    return success();
  return of.error() << "the scale to have " << expected << " blocks, but got "
                    << blocks;
}

static LogicalResult verifyQuantized(const Quantized &of,
                                     ArrayRef<Operand> others = {}) {
  bool tensors = !isa<MemRefType>(of.x.type);
  SmallVector<Operand> operands = {of.x, of.y, of.scale};
  llvm::append_range(operands, others);
  for (const Operand &operand : operands)
    if (failed(verifyOperand(of, operand, tensors)))
      return failure();
  if (failed(verifySizes(of)) || failed(verifyScale(of)))
    return failure();
  if (of.seed && !llvm::isUInt<32>(static_cast<uint64_t>(*of.seed)))
    return of.error() << "the seed of the rotation to be between 0 and "
                      << UINT32_MAX << ", but got " << *of.seed;
  unsigned outputs = cast<DestinationStyleOpInterface>(of.op).getNumDpsInits();
  unsigned results = tensors ? outputs : 0;
  if (of.op->getNumResults() != results)
    return of.error() << results << " results, but got "
                      << of.op->getNumResults();
  return success();
}

LogicalResult QuantizeOp::verify() {
  Quantized of = {*this,
                  {"X", getInputType(), 4, Operand::Wide},
                  {"Y", getOutputType(), 4, Operand::Eight},
                  {"the scale", getScaleType(), 3, Operand::Single},
                  getSeqDim(),
                  getHeadDim(),
                  getBlock(),
                  getRotation(),
                  getTransposed()};
  // Constraint 8.
  size_t tables = getRotary().size();
  if (tables != 0 && tables != 2)
    return emitOpError(
               "expected cos and sin for the rotary embedding, but got ")
           << tables << " operands";
  if (tables == 0 && getInterleavedRotary())
    return emitOpError("expected cos and sin with interleaved_rotary, but got "
                       "no operands");
  SmallVector<Operand> rotary;
  for (auto [name, table] :
       llvm::zip(ArrayRef<StringRef>{"cos", "sin"}, getRotary()))
    rotary.push_back({name, getShaped(table), 2, Operand::Single});
  if (failed(verifyQuantized(of, rotary)))
    return failure();
  for (const Operand &table : rotary) {
    if (failed(verifySameSize(of, "length", of.x, getSeqDim(), table, 0)))
      return failure();
    if (table.type.getDimSize(1) != getHeadSize() / 2)
      return emitOpError("expected ")
             << table.name << " to have " << getHeadSize() / 2
             << " columns, half of the head dimension, but got "
             << (table.type.isDynamicDim(1)
                     ? std::string("a dynamic number")
                     : std::to_string(table.type.getDimSize(1)));
  }
  return success();
}

LogicalResult DequantizeOp::verify() {
  return verifyQuantized({*this,
                          {"X", getOutputType(), 4, Operand::Wide},
                          {"Y", getInputType(), 4, Operand::Eight},
                          {"the scale", getScaleType(), 3, Operand::Single},
                          getSeqDim(),
                          getHeadDim(),
                          getBlock(),
                          getRotation(),
                          /*transposed=*/false});
}
