//===- NarrowFloats.cpp - 8-bit numbers in integer arithmetic -------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// f8E4M3FN is a sign, 4 bits of exponent (bias 7) and 3 of mantissa; all ones
// are NaN, and there are no infinities. f32 has bias 127 and 23 bits of
// mantissa.
//
//===----------------------------------------------------------------------===//

#include "NarrowFloats.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"
#include <cmath>
#include <limits>

using namespace mlir;

namespace {

/// Builds arithmetic on numbers of one shape.
class NarrowBuilder {
public:
  NarrowBuilder(PatternRewriter &rewriter, Location loc, Type shape)
      : rewriter(rewriter), loc(loc), shape(shape) {}

  Type like(Type element) const {
    auto shaped = dyn_cast<ShapedType>(shape);
    return shaped ? Type(shaped.clone(element)) : element;
  }
  Type integer(unsigned width) const {
    return like(rewriter.getIntegerType(width));
  }
  Type real() const { return like(rewriter.getF32Type()); }
  Value constant(TypedAttr value) {
    Type type = like(value.getType());
    if (auto shaped = dyn_cast<ShapedType>(type))
      value = DenseElementsAttr::get(shaped, value);
    return arith::ConstantOp::create(rewriter, loc, value);
  }
  Value word(uint32_t value) {
    return constant(rewriter.getI32IntegerAttr(static_cast<int32_t>(value)));
  }
  Value number(double value) {
    return constant(rewriter.getF32FloatAttr(static_cast<float>(value)));
  }
  Value bits(Value value, Type type) {
    return arith::BitcastOp::create(rewriter, loc, type, value);
  }
  template <typename Op, typename... Args>
  Value make(Args... args) {
    return Op::create(rewriter, loc, args...);
  }

private:
  PatternRewriter &rewriter;
  Location loc;
  Type shape;
};

/// Exponent and mantissa, in the place that f32 has them, are the number times
/// 2^(7 - 127): also where it is denormal.
struct WidenFloat : OpRewritePattern<arith::ExtFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::ExtFOp op,
                                PatternRewriter &rewriter) const override {
    if (!isa<Float8E4M3FNType>(getElementTypeOrSelf(op.getIn())) ||
        !getElementTypeOrSelf(op.getType()).isF32())
      return failure();
    NarrowBuilder b(rewriter, op.getLoc(), op.getType());
    Value narrow = b.bits(op.getIn(), b.integer(8));
    Value word = b.make<arith::ExtUIOp>(b.integer(32), narrow);
    Value magnitude = b.make<arith::AndIOp>(word, b.word(0x7f));
    Value placed = b.make<arith::ShLIOp>(magnitude, b.word(20));
    Value number = b.make<arith::MulFOp>(b.bits(placed, b.real()),
                                         b.number(std::ldexp(1.0, 120)));
    Value isNaN = b.make<arith::CmpIOp>(arith::CmpIPredicate::eq, magnitude,
                                        b.word(0x7f));
    number = b.make<arith::SelectOp>(
        isNaN, b.number(std::numeric_limits<double>::quiet_NaN()), number);
    Value sign = b.make<arith::ShLIOp>(
        b.make<arith::AndIOp>(word, b.word(0x80)), b.word(24));
    Value all = b.make<arith::OrIOp>(b.bits(number, b.integer(32)), sign);
    rewriter.replaceOp(op, b.bits(all, b.real()));
    return success();
  }
};

/// Rounds to the nearest, ties to the even one.
struct NarrowFloat : OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::TruncFOp op,
                                PatternRewriter &rewriter) const override {
    if (!isa<Float8E4M3FNType>(getElementTypeOrSelf(op.getType())) ||
        !getElementTypeOrSelf(op.getIn()).isF32() ||
        op.getRoundingmode().value_or(arith::RoundingMode::to_nearest_even) !=
            arith::RoundingMode::to_nearest_even)
      return failure();
    NarrowBuilder b(rewriter, op.getLoc(), op.getIn().getType());
    Value word = b.bits(op.getIn(), b.integer(32));
    Value magnitude = b.make<arith::AndIOp>(word, b.word(0x7fffffff));
    Value isNaN = b.make<arith::CmpIOp>(arith::CmpIPredicate::ugt, magnitude,
                                        b.word(0x7f800000));
    // The order of positive floats is that of their bits.
    Value largest = b.bits(b.number(448.0), b.integer(32));
    Value clamped = b.make<arith::MinUIOp>(magnitude, largest);
    // Half of what is dropped, less one where the last bit kept is even,
    // carries into it.
    Value odd = b.make<arith::AndIOp>(
        b.make<arith::ShRUIOp>(clamped, b.word(20)), b.word(1));
    Value rounded = b.make<arith::ShRUIOp>(
        b.make<arith::AddIOp>(b.make<arith::AddIOp>(clamped, b.word(0x7ffff)),
                              odd),
        b.word(20));
    Value normal = b.make<arith::SubIOp>(rounded, b.word((127 - 7) << 3));
    // Below 2^-6 numbers are multiples of 2^-9, to which the sum with 2^14
    // rounds.
    Value shifted = b.make<arith::AddFOp>(b.bits(clamped, b.real()),
                                          b.number(std::ldexp(1.0, 14)));
    Value denormal = b.make<arith::SubIOp>(
        b.bits(shifted, b.integer(32)),
        b.bits(b.number(std::ldexp(1.0, 14)), b.integer(32)));
    Value isNormal = b.make<arith::CmpIOp>(
        arith::CmpIPredicate::uge, clamped,
        b.bits(b.number(std::ldexp(1.0, -6)), b.integer(32)));
    Value result = b.make<arith::SelectOp>(isNormal, normal, denormal);
    result = b.make<arith::SelectOp>(isNaN, b.word(0x7f), result);
    Value sign = b.make<arith::AndIOp>(b.make<arith::ShRUIOp>(word, b.word(24)),
                                       b.word(0x80));
    Value narrow = b.make<arith::TruncIOp>(b.integer(8),
                                           b.make<arith::OrIOp>(result, sign));
    rewriter.replaceOp(op, b.bits(narrow, op.getType()));
    return success();
  }
};

/// From 2^23 to 2^24 floats are the whole numbers, so that a sum there is
/// rounded to one, and its last byte is that of the other summand.
struct RoundToInteger : OpRewritePattern<attn::RoundOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(attn::RoundOp op,
                                PatternRewriter &rewriter) const override {
    NarrowBuilder b(rewriter, op.getLoc(), op.getSource().getType());
    Value number = op.getSource();
    Value isNaN =
        b.make<arith::CmpFOp>(arith::CmpFPredicate::UNO, number, number);
    number = b.make<arith::MinNumFOp>(number, b.number(127));
    number = b.make<arith::MaxNumFOp>(number, b.number(-128));
    number = b.make<arith::SelectOp>(isNaN, b.number(0), number);
    Value sum = b.make<arith::AddFOp>(number, b.number(0x1.8p23));
    rewriter.replaceOpWithNewOp<arith::TruncIOp>(op, op.getType(),
                                                 b.bits(sum, b.integer(32)));
    return success();
  }
};

} // namespace

void attn::populateLowerNarrowFloats(RewritePatternSet &patterns) {
  patterns.add<WidenFloat, NarrowFloat, RoundToInteger>(patterns.getContext());
}
