//===- EmulateExponentials.cpp - Exponentials by multiply-adds ------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPEREMULATEEXPONENTIALS
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

/// The exponents whose powers of two are normal numbers, also after the
/// polynomial's rounding.
static constexpr float kLowest = -125, kHighest = 127;
static constexpr float kWidth = kHighest - kLowest;
/// Added to a number below 2^22, it leaves the nearest integer in the low bits.
static constexpr float kRounding = 0x1.8p23f;
/// The polynomial of degree 2 that is closest to 2^f, relative to it, in
/// [-1/2, 1/2]; the error of 1.7e-3 has both signs alike.
static constexpr float kCoefficients[] = {1.0004431f, 0.703448f, 0.2384289f};
static constexpr unsigned kMantissaBits = 23;

namespace {

class Emulator {
public:
  explicit Emulator(OpBuilder builder) : builder(builder) {}

  void emulate(math::Exp2Op power, math::FmaOp exponent);

private:
  Value number(float value) {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getF32FloatAttr(value));
  }
  Value fma(Value a, Value b, Value c) {
    return math::FmaOp::create(builder, loc, a, b, c);
  }
  Value toInteger(Value value) {
    return arith::BitcastOp::create(builder, loc, builder.getI32Type(), value);
  }
  /// value / kWidth + offset, behind the definition of the value, once.
  Value scale(Value value, float offset);

  OpBuilder builder;
  Location loc = builder.getUnknownLoc();
  DenseMap<Value, Value> factors, shifts;
};

} // namespace

Value Emulator::scale(Value value, float offset) {
  Value &result = (offset == 0 ? factors : shifts)[value];
  if (result)
    return result;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointAfterValue(value);
  Value share = number(1 / kWidth);
  result = offset == 0
               ? arith::MulFOp::create(builder, loc, value, share).getResult()
               : fma(value, share, number(offset));
  return result;
}

void Emulator::emulate(math::Exp2Op power, math::FmaOp exponent) {
  loc = power.getLoc();
  builder.setInsertionPoint(power);
  // The exponent's place in the range, where the clamp is free.
  Value place = SaturatingFmaOp::create(
      builder, loc, exponent.getA(), scale(exponent.getB(), 0),
      scale(exponent.getC(), -kLowest / kWidth));
  Value width = number(kWidth), rounding = number(kRounding + kLowest);
  Value rounded = fma(place, width, rounding);
  Value whole = arith::SubFOp::create(builder, loc, rounded, rounding);
  Value fraction =
      fma(place, width, arith::NegFOp::create(builder, loc, whole));
  Value mantissa =
      fma(fraction, number(kCoefficients[2]), number(kCoefficients[1]));
  mantissa = fma(mantissa, fraction, number(kCoefficients[0]));
  Value shift = arith::ConstantIntOp::create(builder, loc, kMantissaBits, 32);
  Value bits = arith::AddIOp::create(
      builder, loc, toInteger(mantissa),
      arith::ShLIOp::create(builder, loc, toInteger(rounded), shift));
  power.replaceAllUsesWith(
      arith::BitcastOp::create(builder, loc, builder.getF32Type(), bits)
          .getResult());
  power.erase();
  if (exponent.use_empty())
    exponent.erase();
}

namespace {

struct EmulateExponentialsPass
    : hopper::impl::HopperEmulateExponentialsBase<EmulateExponentialsPass> {
  void runOnOperation() override {
    auto config =
        getOperation()->getAttrOfType<attn::ConfigAttr>(attn::kConfigAttrName);
    if (!config || !config.getEmulate())
      return;
    SmallVector<std::pair<math::Exp2Op, math::FmaOp>> work;
    getOperation().walk([&](math::Exp2Op power) {
      auto exponent = power.getOperand().getDefiningOp<math::FmaOp>();
      if (!exponent || !power.getType().isF32() ||
          !arith::bitEnumContainsAll(power.getFastmath(),
                                     arith::FastMathFlags::afn))
        return;
      Value product = exponent.getA();
      if (auto conversion = product.getDefiningOp<arith::SIToFPOp>())
        product = conversion.getIn();
      auto score = dyn_cast<OpResult>(product);
      if (score && isa<ThreadWgmmaWaitOp>(score.getOwner()) &&
          score.getResultNumber() % *config.getEmulate() == 0)
        work.push_back({power, exponent});
    });
    Emulator emulator{OpBuilder(&getContext())};
    for (auto [power, exponent] : work)
      emulator.emulate(power, exponent);
    numEmulated += work.size();
  }
};

} // namespace
