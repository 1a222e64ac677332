//===- MathToNVVM.cpp - Transcendental functions on the device ------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MathToNVVM.h"
#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;
using namespace mlir::hopper;

namespace {

constexpr float kLog2E = 1.4426950408889634f;
constexpr float kLn2 = 0.6931471805599453f;
constexpr float kLog10Of2 = 0.30102999566398120f;

/// Builds arithmetic on f32 in the LLVM dialect.
struct Emitter {
  OpBuilder &builder;
  Location loc;

  Value constant(float value) {
    return LLVM::ConstantOp::create(builder, loc, builder.getF32Type(),
                                    builder.getF32FloatAttr(value));
  }
  Value mul(Value a, Value b) {
    return LLVM::FMulOp::create(builder, loc, a, b);
  }
  Value add(Value a, Value b) {
    return LLVM::FAddOp::create(builder, loc, a, b);
  }
  Value call(StringRef intrinsic, Value operand) {
    return LLVM::CallIntrinsicOp::create(builder, loc, builder.getF32Type(),
                                         builder.getStringAttr(intrinsic),
                                         operand)
        .getResult(0);
  }
  Value exp2(Value x) { return call("llvm.nvvm.ex2.approx.ftz", x); }
  Value log2(Value x) { return call("llvm.nvvm.lg2.approx.ftz.f", x); }
};

} // namespace

static Value lowerExp2(Emitter e, Value x) { return e.exp2(x); }
static Value lowerExp(Emitter e, Value x) {
  return e.exp2(e.mul(x, e.constant(kLog2E)));
}
static Value lowerLog2(Emitter e, Value x) { return e.log2(x); }
static Value lowerLog(Emitter e, Value x) {
  return e.mul(e.log2(x), e.constant(kLn2));
}
static Value lowerLog10(Emitter e, Value x) {
  return e.mul(e.log2(x), e.constant(kLog10Of2));
}
static Value lowerSin(Emitter e, Value x) {
  return e.call("llvm.nvvm.sin.approx.ftz.f", x);
}
static Value lowerCos(Emitter e, Value x) {
  return e.call("llvm.nvvm.cos.approx.ftz.f", x);
}
static Value lowerRsqrt(Emitter e, Value x) {
  return e.call("llvm.nvvm.rsqrt.approx.ftz.f", x);
}

/// Without `afn`: tanh x = 1 − 2 / (exp 2x + 1): exact to f32's last bits for
/// large x, and to 1e-7 absolute near 0, where tanh.approx has 5e-4. Ends of
/// the range come out as ±1, since exp2 gives 0 or ∞ there.
static Value lowerTanh(Emitter e, Value x) {
  Value exponential = e.exp2(e.mul(x, e.constant(2 * kLog2E)));
  Value denominator = e.add(exponential, e.constant(1.0f));
  Value reciprocal = e.call("llvm.nvvm.rcp.approx.ftz.f", denominator);
  return LLVM::FMAOp::create(e.builder, e.loc, reciprocal, e.constant(-2.0f),
                             e.constant(1.0f));
}

namespace {

/// With `afn` one instruction in place of two of the special function unit
/// (PTX ISA, tanh.approx: a relative error of 2^-11).
struct LowerApproximateTanh : ConvertOpToLLVMPattern<math::TanhOp> {
  using ConvertOpToLLVMPattern<math::TanhOp>::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(math::TanhOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (!op.getType().isF32() ||
        !arith::bitEnumContainsAll(op.getFastmath(), arith::FastMathFlags::afn))
      return rewriter.notifyMatchFailure(op, "expected f32 with afn");
    rewriter.replaceOpWithNewOp<LLVM::TanhOp>(
        op, op.getType(), adaptor.getOperand(), LLVM::FastmathFlags::afn);
    return success();
  }
};

template <typename OpT, Value (*Lower)(Emitter, Value)>
struct LowerUnary : ConvertOpToLLVMPattern<OpT> {
  using ConvertOpToLLVMPattern<OpT>::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(OpT op, typename OpT::Adaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (!op.getType().isF32())
      return rewriter.notifyMatchFailure(op, "expected f32");
    rewriter.replaceOp(
        op, Lower(Emitter{rewriter, op.getLoc()}, adaptor.getOperand()));
    return success();
  }
};

} // namespace

static bool isMath(Operation *op) {
  return isa_and_nonnull<math::MathDialect>(op->getDialect());
}

/// What the special function unit computes, of f32 alone.
static bool isSpecial(Operation *op) {
  return isa<math::Exp2Op, math::ExpOp, math::Log2Op, math::LogOp,
             math::Log10Op, math::SinOp, math::CosOp, math::RsqrtOp,
             math::TanhOp>(op);
}

/// What has an instruction or a short sequence for every type.
static bool isOrdinary(Operation *op) {
  return isa<math::AbsFOp, math::AbsIOp, math::CeilOp, math::CopySignOp,
             math::CountLeadingZerosOp, math::CountTrailingZerosOp,
             math::CtPopOp, math::FloorOp, math::FmaOp, math::IsFiniteOp,
             math::IsNaNOp, math::RoundOp, math::RoundEvenOp, math::SqrtOp,
             math::TruncOp>(op);
}

LogicalResult mlir::hopper::expandMath(Operation *module) {
  RewritePatternSet patterns(module->getContext());
  math::populateExpansionPatterns(patterns,
                                  {"sinh", "cosh", "tan", "asinh", "acosh",
                                   "atanh", "powf", "fpowi", "clampf"});
  populateMathPolynomialApproximationPatterns(patterns, [](StringRef name) {
    return llvm::is_contained({"math.acos", "math.asin", "math.atan",
                               "math.atan2", "math.cbrt", "math.erf",
                               "math.erfc", "math.expm1", "math.log1p"},
                              name);
  });
  // 16-bit floats are computed in f32.
  populateMathF32ExpansionPatterns(patterns, [](StringRef) { return true; });
  SmallVector<Operation *> ops;
  module->walk([&](Operation *op) {
    bool isDone =
        isOrdinary(op) || (isSpecial(op) && op->getResult(0).getType().isF32());
    if (isMath(op) && !isDone)
      ops.push_back(op);
  });
  GreedyRewriteConfig config;
  config.setStrictness(GreedyRewriteStrictness::ExistingAndNewOps);
  config.enableFolding(false);
  if (failed(applyOpPatternsGreedily(ops, std::move(patterns), config)))
    return failure();

  WalkResult result = module->walk([](Operation *op) {
    if (!isMath(op) || isOrdinary(op))
      return WalkResult::advance();
    if (!isSpecial(op)) {
      op->emitOpError("cannot be computed on the device: there is no "
                      "instruction for it, and no library");
      return WalkResult::interrupt();
    }
    Type type = op->getResult(0).getType();
    if (type.isF32())
      return WalkResult::advance();
    op->emitOpError("cannot be computed on the device: expected f32, but got ")
        << type;
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

void mlir::hopper::populateMathToNVVMPatterns(
    const LLVMTypeConverter &converter, RewritePatternSet &patterns) {
  // Before the patterns for libraries and for LLVM's own intrinsics.
  patterns.add<
      LowerUnary<math::Exp2Op, lowerExp2>, LowerUnary<math::ExpOp, lowerExp>,
      LowerUnary<math::Log2Op, lowerLog2>, LowerUnary<math::LogOp, lowerLog>,
      LowerUnary<math::Log10Op, lowerLog10>, LowerUnary<math::SinOp, lowerSin>,
      LowerUnary<math::CosOp, lowerCos>, LowerUnary<math::RsqrtOp, lowerRsqrt>,
      LowerUnary<math::TanhOp, lowerTanh>>(converter, /*benefit=*/10);
  patterns.add<LowerApproximateTanh>(converter, /*benefit=*/11);
}
