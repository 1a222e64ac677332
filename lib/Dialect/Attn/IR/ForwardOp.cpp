//===- ForwardOp.cpp - Verifier and canonicalization of attn.forward ------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ForwardOpSyntax.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include <cmath>

using namespace mlir;
using namespace mlir::attn;

//===----------------------------------------------------------------------===//
// Assembly format of the tile level
//===----------------------------------------------------------------------===//

/// `%factor`, or `%factor : type` where it is not one for all rows.
static ParseResult parseFactor(OpAsmParser &parser,
                               OpAsmParser::UnresolvedOperand &factor,
                               Type &type) {
  type = parser.getBuilder().getF32Type();
  if (parser.parseOperand(factor))
    return failure();
  return success(failed(parser.parseOptionalColon()) ||
                 succeeded(parser.parseType(type)));
}

static void printFactor(OpAsmPrinter &printer, Operation *, Value factor,
                        Type type) {
  printer << factor;
  if (!type.isF32())
    printer << " : " << type;
}

#define GET_OP_CLASSES
#include "fa3/Dialect/Attn/IR/AttnOps.cpp.inc"

//===----------------------------------------------------------------------===//
// Builders
//===----------------------------------------------------------------------===//

void ForwardOp::build(OpBuilder &builder, OperationState &state, Value query,
                      Value key, Value value, Value output, Value lse) {
  SmallVector<Type> results;
  for (Value init : {output, lse})
    if (init && isa<RankedTensorType>(init.getType()))
      results.push_back(init.getType());
  build(builder, state, results, query, key, value, /*queryScale=*/nullptr,
        /*keyScale=*/nullptr, /*valueScale=*/nullptr, /*queryOffset=*/nullptr,
        /*origin=*/{}, /*splitKeys=*/nullptr, output, lse, /*scale=*/nullptr,
        /*causal=*/false,
        /*window=*/nullptr, Alignment::BottomRight, Layout::BSHD,
        ValueLayout::Rows, /*query_block=*/nullptr, /*key_block=*/nullptr,
        /*value_block=*/nullptr, /*config=*/nullptr);
}

//===----------------------------------------------------------------------===//
// Queries
//===----------------------------------------------------------------------===//

double ForwardOp::getEffectiveScale() {
  if (std::optional<APFloat> scale = getScale())
    return scale->convertToDouble();
  return 1.0 / std::sqrt(static_cast<double>(getHeadSize()));
}

std::optional<int64_t> ForwardOp::getLeftBound() {
  if (std::optional<WindowAttr> window = getWindow())
    return window->getLeft();
  return std::nullopt;
}

std::optional<int64_t> ForwardOp::getRightBound() {
  // A window's right side is not negative, so the causal bound is the tighter.
  if (getCausal())
    return 0;
  if (std::optional<WindowAttr> window = getWindow())
    return window->getRight();
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Verifier
//===----------------------------------------------------------------------===//

namespace {
/// One operand with the name that diagnostics use for it.
struct NamedShape {
  StringRef name;
  ShapedType type;
};
} // namespace

static bool isEightBit(Type type) {
  return isa<Float8E4M3FNType, Float8E5M2Type>(type) ||
         type.isSignlessInteger(8);
}

/// One operand for each of Q, K, V and O. The generated accessors take it for
/// granted, and the generated verifier looks at the optional operands only.
static LogicalResult verifySegments(ForwardOp op) {
  using Segment = std::pair<StringRef, unsigned>;
  for (auto [name, index] :
       {Segment{"Q", 0}, Segment{"K", 1}, Segment{"V", 2}, Segment{"O", 9}}) {
    int32_t count = op.getProperties().operandSegmentSizes[index];
    if (count != 1)
      return op.emitOpError("expected one operand for ")
             << name << ", but got " << count;
  }
  return success();
}

/// Constraints 1 and 7: kinds, ranks and last strides.
static LogicalResult verifyShapes(ForwardOp op, ArrayRef<NamedShape> operands) {
  bool tensors = op.hasTensors();
  for (auto [name, type] : operands) {
    if (!isa<RankedTensorType, MemRefType>(type))
      return op.emitOpError("expected ")
             << name << " to be a ranked tensor or a memref, but got " << type;
    if (isa<RankedTensorType>(type) != tensors)
      return op.emitOpError("expected all operands to be ")
             << (tensors ? "tensors" : "memrefs") << ", but " << name << " is "
             << type;
    int64_t rank = name == "LSE" ? 3 : 4;
    if (name == "LSE" || name == "O") // Constraint 14.
      rank += op.getNumLeadingDims();
    if (type.getRank() != rank)
      return op.emitOpError("expected ") << name << " to have rank " << rank
                                         << ", but got " << type.getRank();
    if (auto memref = dyn_cast<MemRefType>(type)) {
      SmallVector<int64_t> strides;
      int64_t offset;
      if (failed(memref.getStridesAndOffset(strides, offset)))
        return op.emitOpError("expected ")
               << name << " to have a strided layout, but got " << type;
      if (strides.back() != 1)
        return op.emitOpError("expected the last stride of ")
               << name << " to be 1, but got "
               << (ShapedType::isDynamic(strides.back())
                       ? std::string("a dynamic one")
                       : std::to_string(strides.back()));
    }
  }
  return success();
}

/// Constraints 2 and 3: element types.
static LogicalResult verifyElementTypes(ForwardOp op) {
  Type type = op.getQueryType().getElementType();
  if (!type.isF16() && !type.isBF16() && !isEightBit(type))
    return op.emitOpError("expected Q to have elements of type f16, bf16, "
                          "f8E4M3FN, f8E5M2 or i8, but got ")
           << type;
  Type values = op.getValueType().getElementType();
  bool isMixed = type.isInteger() && isa<Float8E4M3FNType>(values);
  for (auto [name, element] : {std::pair("K", op.getKeyType().getElementType()),
                               std::pair("V", isMixed ? type : values)})
    if (element != type)
      return op.emitOpError("expected Q, K and V to have one element type, or "
                            "V f8E4M3FN beside i8, but Q has ")
             << type << " and " << name << " has " << element;
  Type out = op.getOutputType().getElementType();
  if (isEightBit(type)) {
    if (!out.isF16() && !out.isBF16() && !out.isF32())
      return op.emitOpError(
                 "expected O to have elements of type f16, bf16 or f32, but "
                 "got ")
             << out;
  } else if (out != type && !(op.getSplitKeys() && out.isF32())) {
    if (op.getSplitKeys())
      return op.emitOpError("expected partial O to have elements of type f32, "
                            "or of type ")
             << type << " as Q has, but got " << out;
    return op.emitOpError("expected O to have elements of type ")
           << type << " as Q has, but got " << out;
  }
  if (op.getLse()) {
    Type lse = cast<ShapedType>(op.getLse().getType()).getElementType();
    if (!lse.isF32())
      return op.emitOpError("expected LSE to have elements of type f32, but "
                            "got ")
             << lse;
  }
  return success();
}

/// Constraint 4: head dimensions.
static LogicalResult verifyHeadSizes(ForwardOp op) {
  int64_t multiple = isEightBit(op.getQueryType().getElementType()) ? 16 : 8;
  for (auto [name, size] : {std::pair("Q", op.getHeadSize()),
                            std::pair("V", op.getValueHeadSize())}) {
    if (ShapedType::isDynamic(size))
      return op.emitOpError("expected the head dimension of ")
             << name << " to be static, but got a dynamic one";
    if (size < multiple || size > kMaxHeadSize || size % multiple != 0)
      return op.emitOpError("expected the head dimension of ")
             << name << " to be a multiple of " << multiple << " between "
             << multiple << " and " << kMaxHeadSize << ", but got " << size;
  }
  return success();
}

/// Constraint 5: two sizes that must agree, where both are static.
static LogicalResult verifySameSize(ForwardOp op, StringRef what, NamedShape a,
                                    unsigned dimA, NamedShape b,
                                    unsigned dimB) {
  int64_t sizeA = a.type.getDimSize(dimA), sizeB = b.type.getDimSize(dimB);
  if (ShapedType::isStatic(sizeA) && ShapedType::isStatic(sizeB) &&
      sizeA != sizeB)
    return op.emitOpError("expected ")
           << a.name << " and " << b.name << " to have the same " << what
           << ", but got " << sizeA << " and " << sizeB;
  return success();
}

/// Constraints 5 and 16: V has a row for each key, or whole groups of places.
static LogicalResult verifyValueLength(ForwardOp op) {
  unsigned keyDim = op.getSeqDim(), valueDim = op.getValueSeqDim();
  NamedShape k{"K", op.getKeyType()}, v{"V", op.getValueType()};
  if (!op.hasTransposedValue())
    return verifySameSize(op, "length", k, keyDim, v, valueDim);
  Type element = v.type.getElementType();
  if (!isEightBit(element))
    return op.emitOpError("expected elements of 8 bits with a transposed V, "
                          "but got ")
           << element;
  int64_t places = v.type.getDimSize(valueDim);
  int64_t rows = k.type.getDimSize(keyDim);
  if (ShapedType::isStatic(places) && places % kKeyGroup != 0)
    return op.emitOpError("expected a transposed V to have whole groups of ")
           << kKeyGroup << " keys, but got " << places << " places";
  if (ShapedType::isDynamic(places) || ShapedType::isDynamic(rows))
    return success();
  int64_t expected = llvm::alignTo(rows, kKeyGroup);
  if (places != expected)
    return op.emitOpError("expected a transposed V to have ")
           << expected << " places, groups of " << kKeyGroup << " for the "
           << rows << " rows of K, but got " << places;
  return success();
}

/// Constraints 5 and 6: sizes that belong together.
static LogicalResult verifySizes(ForwardOp op) {
  NamedShape q{"Q", op.getQueryType()}, k{"K", op.getKeyType()},
      v{"V", op.getValueType()}, o{"O", op.getOutputType()};
  unsigned batch = ForwardOp::getBatchDim(), seq = op.getSeqDim(),
           head = op.getHeadDim(), feature = ForwardOp::getFeatureDim(),
           lead = op.getNumLeadingDims();
  for (auto [other, dim] :
       {std::pair(k, batch), std::pair(v, batch), std::pair(o, lead + batch)})
    if (failed(verifySameSize(op, "batch size", q, batch, other, dim)))
      return failure();
  if (failed(verifySameSize(op, "head dimension", q, feature, k, feature)) ||
      failed(verifySameSize(op, "head dimension", v, op.getValueFeatureDim(), o,
                            lead + feature)) ||
      failed(verifyValueLength(op)) ||
      failed(verifySameSize(op, "length", q, seq, o, lead + seq)) ||
      failed(verifySameSize(op, "number of heads", k, head, v,
                            op.getValueHeadDim())) ||
      failed(verifySameSize(op, "number of heads", q, head, o, lead + head)))
    return failure();
  for (auto [operand, dim] :
       {std::pair(k, feature), std::pair(o, lead + feature)})
    if (ShapedType::isDynamic(operand.type.getDimSize(dim)))
      return op.emitOpError("expected the head dimension of ")
             << operand.name << " to be static, but got a dynamic one";
  for (auto [operand, dim] :
       {std::pair(q, head), std::pair(k, head),
        std::pair(v, op.getValueHeadDim()), std::pair(o, lead + head)})
    if (ShapedType::isDynamic(operand.type.getDimSize(dim)))
      return op.emitOpError("expected the number of heads of ")
             << operand.name << " to be static, but got a dynamic one";
  int64_t hq = op.getNumQueryHeads(), hk = op.getNumKeyHeads();
  if (hq < 1 || hk < 1 || hq % hk != 0)
    return op.emitOpError("expected the heads of K to divide the heads of Q, "
                          "but got ")
           << hk << " and " << hq;
  if (op.getLse()) {
    NamedShape lse{"LSE", cast<ShapedType>(op.getLse().getType())};
    if (failed(verifySameSize(op, "batch size", q, batch, lse, lead)) ||
        failed(verifySameSize(op, "number of heads", q, head, lse, lead + 1)) ||
        failed(verifySameSize(op, "length", q, seq, lse, lead + 2)) ||
        (lead != 0 &&
         failed(verifySameSize(op, "number of ranges", o, 0, lse, 0))))
      return failure();
  }
  return success();
}

/// Constraint 11: one scale operand against the operand that it belongs to.
static LogicalResult verifyScale(ForwardOp op, NamedShape scale,
                                 NamedShape operand, unsigned headDim,
                                 std::optional<int64_t> block) {
  if (!isa<RankedTensorType, MemRefType>(scale.type) ||
      isa<RankedTensorType>(scale.type) != op.hasTensors())
    return op.emitOpError("expected ")
           << scale.name << " to be a "
           << (op.hasTensors() ? "ranked tensor" : "memref")
           << " as Q is, but got " << scale.type;
  if (scale.type.getRank() != 3 || !scale.type.getElementType().isF32())
    return op.emitOpError("expected ")
           << scale.name << " to be f32 of rank 3 (batch, heads, blocks), but "
           << "got " << scale.type;
  if (block && *block < 1)
    return op.emitOpError("expected the block of ")
           << scale.name << " to have at least 1 row, but got " << *block;
  // A size of 1 stands for one scale for all.
  if (scale.type.getDimSize(0) != 1 &&
      failed(verifySameSize(op, "batch size", operand, 0, scale, 0)))
    return failure();
  if (ShapedType::isDynamic(scale.type.getDimSize(1)))
    return op.emitOpError("expected the number of heads of ")
           << scale.name << " to be static, but got a dynamic one";
  if (scale.type.getDimSize(1) != 1 &&
      failed(verifySameSize(op, "number of heads", operand, headDim, scale, 1)))
    return failure();
  // Blocks are of rows of Q, or of keys, which a transposed V has places for.
  int64_t rows = (operand.name == "Q" ? op.getQueryType() : op.getKeyType())
                     .getDimSize(op.getSeqDim());
  int64_t blocks = scale.type.getDimSize(2);
  if (ShapedType::isDynamic(blocks))
    return success();
  // Without a block size the one block is the whole sequence.
  int64_t expected =
      block ? (ShapedType::isDynamic(rows) ? blocks
                                           : llvm::divideCeil(rows, *block))
            : 1;
  if (blocks != expected)
    return op.emitOpError("expected ") << scale.name << " to have " << expected
                                       << " blocks, but got " << blocks;
  return success();
}

static LogicalResult verifyScales(ForwardOp op) {
  bool any = op.getQueryScale() || op.getKeyScale() || op.getValueScale();
  if (!isEightBit(op.getQueryType().getElementType())) {
    if (any || op.getQueryBlock() || op.getKeyBlock() || op.getValueBlock())
      return op.emitOpError("expected no block scales with elements of type ")
             << op.getQueryType().getElementType();
    return success();
  }
  if (!op.getQueryScale() || !op.getKeyScale() || !op.getValueScale())
    return op.emitOpError(
               "expected scales of Q, K and V with elements of type ")
           << op.getQueryType().getElementType();
  auto shape = [](StringRef name, Value value) {
    return NamedShape{name, cast<ShapedType>(value.getType())};
  };
  if (failed(verifyScale(op, shape("the scale of Q", op.getQueryScale()),
                         {"Q", op.getQueryType()}, op.getHeadDim(),
                         op.getQueryBlock())) ||
      failed(verifyScale(op, shape("the scale of K", op.getKeyScale()),
                         {"K", op.getKeyType()}, op.getHeadDim(),
                         op.getKeyBlock())) ||
      failed(verifyScale(op, shape("the scale of V", op.getValueScale()),
                         {"V", op.getValueType()}, op.getValueHeadDim(),
                         op.getValueBlock())))
    return failure();
  return success();
}

LogicalResult ForwardOp::verify() {
  if (failed(verifySegments(*this)))
    return failure();
  // Constraint 14.
  if (getSplitKeys() && !getLse())
    return emitOpError("expected an LSE beside the partial O of split_keys");
  if (getSplitKeys() && isEightBit(getQueryType().getElementType()))
    return emitOpError("expected elements of type f16 or bf16 with split_keys, "
                       "but got ")
           << getQueryType().getElementType();
  SmallVector<NamedShape> operands = {{"Q", getQueryType()},
                                      {"K", getKeyType()},
                                      {"V", getValueType()},
                                      {"O", getOutputType()}};
  if (getLse())
    operands.push_back({"LSE", cast<ShapedType>(getLse().getType())});
  if (failed(verifyShapes(*this, operands)) ||
      failed(verifyElementTypes(*this)) || failed(verifyHeadSizes(*this)) ||
      failed(verifySizes(*this)) || failed(verifyScales(*this)))
    return failure();
  // Constraint 9.
  if (std::optional<APFloat> scale = getScale())
    if (!scale->isFinite())
      return emitOpError("expected a finite scale, but got ")
             << scale->convertToDouble();
  // Constraint 12.
  size_t outputs = hasTensors() ? (getLse() ? 2 : 1) : 0;
  if (getNumResults() != outputs)
    return emitOpError("expected ")
           << outputs << " results, but got " << getNumResults();
  // Constraint 13.
  if (getOrigin().size() != 0 && getOrigin().size() != 3)
    return emitOpError("expected origin to be (batch, head, row), but got ")
           << getOrigin().size() << " values";
  return success();
}

/// Constraint 10 for one region: arguments, result and effects.
static LogicalResult verifyRegion(ForwardOp op, Region &region, StringRef name,
                                  ArrayRef<Type> arguments, Type result) {
  if (region.empty())
    return success();
  Block &body = region.front();
  if (!llvm::equal(body.getArgumentTypes(), arguments)) {
    InFlightDiagnostic diag = op.emitOpError("expected the ")
                              << name << " region to take (";
    llvm::interleaveComma(arguments, diag);
    diag << "), but got (";
    llvm::interleaveComma(body.getArgumentTypes(), diag);
    return diag << ")";
  }
  if (body.empty() || !isa<YieldOp>(body.back()))
    return op.emitOpError("expected the ")
           << name << " region to end with attn.yield";
  Type yielded = cast<YieldOp>(body.back()).getValue().getType();
  if (yielded != result)
    return op.emitOpError("expected the ")
           << name << " region to yield " << result << ", but got " << yielded;
  for (Operation &inner : body.without_terminator()) {
    if (isMemoryEffectFree(&inner))
      continue;
    auto effects = dyn_cast<MemoryEffectOpInterface>(inner);
    if (!effects || !effects.onlyHasEffect<MemoryEffects::Read>()) {
      InFlightDiagnostic diag =
          op.emitOpError("expected the operations of the ")
          << name << " region to be pure or only to read, but got "
          << inner.getName();
      diag.attachNote(inner.getLoc()) << "the operation is here";
      return diag;
    }
  }
  return success();
}

LogicalResult ForwardOp::verifyRegions() {
  Builder builder(getContext());
  Type index = builder.getIndexType(), f32 = builder.getF32Type(),
       i1 = builder.getI1Type();
  if (failed(verifyRegion(*this, getScoreRegion(), "score",
                          {f32, index, index, index, index}, f32)))
    return failure();
  return verifyRegion(*this, getMaskRegion(), "mask",
                      {index, index, index, index}, i1);
}

//===----------------------------------------------------------------------===//
// Canonicalization
//===----------------------------------------------------------------------===//

namespace {

/// A window whose right side is what `causal` says already, or that has no
/// side, says nothing more.
struct SimplifyWindow : OpRewritePattern<ForwardOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ForwardOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<WindowAttr> window = op.getWindow();
    if (!window)
      return failure();
    std::optional<int64_t> left = window->getLeft(), right = window->getRight();
    // right = 0 is causal; with causal any right side is redundant.
    bool causal = op.getCausal() || right == 0;
    if (causal)
      right = std::nullopt;
    if (causal == op.getCausal() && right == window->getRight() &&
        (left || right))
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      op.setCausal(causal);
      if (left || right)
        op.setWindowAttr(WindowAttr::get(op.getContext(), left, right));
      else
        op.removeWindowAttr();
    });
    return success();
  }
};

/// A score region that yields its argument, and a mask region that yields true,
/// change nothing.
struct RemoveTrivialRegions : OpRewritePattern<ForwardOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ForwardOp op,
                                PatternRewriter &rewriter) const override {
    bool changed = false;
    auto drop = [&](Region &region) {
      rewriter.modifyOpInPlace(op, [&] {
        for (Operation &inner :
             llvm::make_early_inc_range(llvm::reverse(region.front())))
          rewriter.eraseOp(&inner);
        rewriter.eraseBlock(&region.front());
      });
      changed = true;
    };
    if (!op.getScoreRegion().empty()) {
      Block &body = op.getScoreRegion().front();
      if (cast<YieldOp>(body.back()).getValue() == body.getArgument(0))
        drop(op.getScoreRegion());
    }
    if (!op.getMaskRegion().empty()) {
      Block &body = op.getMaskRegion().front();
      if (matchPattern(cast<YieldOp>(body.back()).getValue(), m_One()))
        drop(op.getMaskRegion());
    }
    return success(changed);
  }
};

/// An alignment matters only where there is a causal mask or a window, and no
/// offset in its place.
struct DropUnusedAlignment : OpRewritePattern<ForwardOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ForwardOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getAlignment() == Alignment::BottomRight)
      return failure();
    bool banded = op.getLeftBound() || op.getRightBound();
    if (banded && !op.getQueryOffset())
      return failure();
    rewriter.modifyOpInPlace(op,
                             [&] { op.setAlignment(Alignment::BottomRight); });
    return success();
  }
};

/// Every element of a destination is overwritten: what a fill, or anything else
/// that writes into a destination of its own, has put there is not needed.
struct SkipOverwrittenInits : OpRewritePattern<ForwardOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ForwardOp op,
                                PatternRewriter &rewriter) const override {
    bool changed = false;
    for (OpOperand &init : op.getDpsInitsMutable()) {
      auto writer = init.get().getDefiningOp<DestinationStyleOpInterface>();
      if (!writer || !writer.hasPureTensorSemantics() ||
          !init.get().hasOneUse() || !isMemoryEffectFree(writer))
        continue;
      rewriter.modifyOpInPlace(op, [&] {
        init.set(writer.getTiedOpOperand(cast<OpResult>(init.get()))->get());
      });
      changed = true;
    }
    return success(changed);
  }
};

} // namespace

void ForwardOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                            MLIRContext *context) {
  patterns.add<SimplifyWindow, RemoveTrivialRegions, DropUnusedAlignment,
               SkipOverwrittenInits>(context);
}
