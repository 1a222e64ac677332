//===- NarrowFloatsToNVVM.cpp - Conversions of 8-bit numbers --------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Instructions convert two elements, between f32 or f16 and the halves of 16
// bits. PTX ISA, "Data Movement and Conversion Instructions: cvt".
//
//===----------------------------------------------------------------------===//

#include "NarrowFloatsToNVVM.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace mlir::hopper;

/// A vector of pairs of f8E4M3FN, or null.
static VectorType getPairs(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  if (!vector || vector.getRank() != 1 || vector.isScalable() ||
      vector.getDimSize(0) % 2 != 0 ||
      !isa<Float8E4M3FNType>(vector.getElementType()))
    return {};
  return vector;
}

static Value getIndex(OpBuilder &builder, Location loc, int64_t value) {
  return LLVM::ConstantOp::create(builder, loc, builder.getI32Type(), value);
}

namespace {

/// Rounds to the nearest number, of two to the even one, and from out of range
/// to the largest one.
struct NarrowPairs : ConvertOpToLLVMPattern<arith::TruncFOp> {
  using ConvertOpToLLVMPattern<arith::TruncFOp>::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(arith::TruncFOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    VectorType type = getPairs(op.getType());
    if (!type || !getElementTypeOrSelf(op.getIn().getType()).isF32() ||
        op.getRoundingmode().value_or(arith::RoundingMode::to_nearest_even) !=
            arith::RoundingMode::to_nearest_even)
      return rewriter.notifyMatchFailure(op, "expected pairs of f32");
    Location loc = op.getLoc();
    int64_t pairs = type.getDimSize(0) / 2;
    Type half = rewriter.getI16Type();
    Value result =
        LLVM::PoisonOp::create(rewriter, loc, VectorType::get({pairs}, half));
    auto at = [&](int64_t i) -> Value {
      return LLVM::ExtractElementOp::create(rewriter, loc, adaptor.getIn(),
                                            getIndex(rewriter, loc, i));
    };
    for (int64_t i = 0; i < pairs; ++i) {
      // The instruction takes the upper half first.
      Value high = at(2 * i + 1), low = at(2 * i);
      Value pair = NVVM::ConvertF32x2ToF8x2Op::create(
          rewriter, loc, half, high, low, NVVM::FPRoundingMode::RN,
          NVVM::SaturationMode::SATFINITE, /*relu=*/false,
          type.getElementType());
      result = LLVM::InsertElementOp::create(rewriter, loc, result, pair,
                                             getIndex(rewriter, loc, i));
    }
    rewriter.replaceOpWithNewOp<LLVM::BitcastOp>(
        op, getTypeConverter()->convertType(type), result);
    return success();
  }
};

/// By way of f16, which holds all numbers of f8E4M3FN.
struct WidenPairs : ConvertOpToLLVMPattern<arith::ExtFOp> {
  using ConvertOpToLLVMPattern<arith::ExtFOp>::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(arith::ExtFOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    VectorType type = getPairs(op.getIn().getType());
    if (!type || !getElementTypeOrSelf(op.getType()).isF32())
      return rewriter.notifyMatchFailure(op, "expected pairs of f8E4M3FN");
    Location loc = op.getLoc();
    auto bytes = VectorType::get({2}, rewriter.getI8Type());
    auto halves = VectorType::get({2}, rewriter.getF16Type());
    auto floats = VectorType::get({2}, rewriter.getF32Type());
    Value result = LLVM::PoisonOp::create(
        rewriter, loc, getTypeConverter()->convertType(op.getType()));
    for (int64_t i = 0; i < type.getDimSize(0); i += 2) {
      Value pair = LLVM::PoisonOp::create(rewriter, loc, bytes);
      for (int64_t j = 0; j < 2; ++j)
        pair = LLVM::InsertElementOp::create(
            rewriter, loc, pair,
            LLVM::ExtractElementOp::create(rewriter, loc, adaptor.getIn(),
                                           getIndex(rewriter, loc, i + j)),
            getIndex(rewriter, loc, j));
      Value half = NVVM::ConvertF8x2ToF16x2Op::create(
          rewriter, loc, halves, pair, /*relu=*/false, type.getElementType());
      Value wide = LLVM::FPExtOp::create(rewriter, loc, floats, half);
      for (int64_t j = 0; j < 2; ++j)
        result = LLVM::InsertElementOp::create(
            rewriter, loc, result,
            LLVM::ExtractElementOp::create(rewriter, loc, wide,
                                           getIndex(rewriter, loc, j)),
            getIndex(rewriter, loc, i + j));
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

/// ptxas makes one instruction of the three that round two elements and put
/// them in front of others.
struct RoundFours : ConvertOpToLLVMPattern<attn::RoundOp> {
  using ConvertOpToLLVMPattern<attn::RoundOp>::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(attn::RoundOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto type = dyn_cast<VectorType>(op.getType());
    if (!type || type.getRank() != 1 || type.isScalable() ||
        type.getDimSize(0) % 4 != 0)
      return rewriter.notifyMatchFailure(op, "expected fours of f32");
    Location loc = op.getLoc();
    Type word = rewriter.getI32Type();
    int64_t fours = type.getDimSize(0) / 4;
    Value result =
        LLVM::PoisonOp::create(rewriter, loc, VectorType::get({fours}, word));
    constexpr StringLiteral text =
        "{\n.reg .b32 a, b, c, d;\n"
        "cvt.rni.s32.f32 a, $1;\ncvt.rni.s32.f32 b, $2;\n"
        "cvt.rni.s32.f32 c, $3;\ncvt.rni.s32.f32 d, $4;\n"
        "cvt.pack.sat.s8.s32.b32 c, d, c, 0;\n"
        "cvt.pack.sat.s8.s32.b32 $0, b, a, c;\n}";
    for (int64_t i = 0; i < fours; ++i) {
      SmallVector<Value> elements;
      for (int64_t j = 0; j < 4; ++j)
        elements.push_back(
            LLVM::ExtractElementOp::create(rewriter, loc, adaptor.getSource(),
                                           getIndex(rewriter, loc, 4 * i + j)));
      auto four = LLVM::InlineAsmOp::create(
          rewriter, loc, word, elements, text, "=r,f,f,f,f",
          /*has_side_effects=*/false, /*is_align_stack=*/false,
          LLVM::TailCallKind::None,
          LLVM::AsmDialectAttr::get(getContext(), LLVM::AsmDialect::AD_ATT),
          /*operand_attrs=*/ArrayAttr());
      result = LLVM::InsertElementOp::create(
          rewriter, loc, result, four.getRes(), getIndex(rewriter, loc, i));
    }
    rewriter.replaceOpWithNewOp<LLVM::BitcastOp>(
        op, getTypeConverter()->convertType(type), result);
    return success();
  }
};

} // namespace

void mlir::hopper::populateNarrowFloatsToNVVMPatterns(
    const LLVMTypeConverter &converter, RewritePatternSet &patterns) {
  // Before those of arith, which know no such type.
  patterns.add<NarrowPairs, WidenPairs, RoundFours>(converter, /*benefit=*/10);
}
