//===- ScalarProgram.cpp - An interpreter for scalars ---------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScalarProgram.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace mlir;
using namespace mlir::attn;

//===----------------------------------------------------------------------===//
// Handlers
//===----------------------------------------------------------------------===//

/// Integers of fewer than 64 bits wrap around; true is -1.
static int64_t wrap(int64_t value, unsigned width) {
  return width == 64 ? value
                     : llvm::SignExtend64(static_cast<uint64_t>(value), width);
}
static uint64_t asUnsigned(int64_t value, unsigned width) {
  return width == 64 ? static_cast<uint64_t>(value)
                     : static_cast<uint64_t>(value) &
                           llvm::maskTrailingOnes<uint64_t>(width);
}

template <double (*function)(double)>
static void unaryReal(const Instruction &in, Scalar *slots) {
  slots[in.result].real = function(slots[in.operands[0]].real);
}
template <double (*function)(double, double)>
static void binaryReal(const Instruction &in, Scalar *slots) {
  slots[in.result].real =
      function(slots[in.operands[0]].real, slots[in.operands[1]].real);
}
static void raiseReal(const Instruction &in, Scalar *slots) {
  slots[in.result].real =
      std::pow(slots[in.operands[0]].real,
               static_cast<double>(slots[in.operands[1]].integer));
}
template <int64_t (*function)(int64_t, int64_t)>
static void binaryInteger(const Instruction &in, Scalar *slots) {
  slots[in.result].integer = wrap(
      function(slots[in.operands[0]].integer, slots[in.operands[1]].integer),
      in.width);
}
template <uint64_t (*function)(uint64_t, uint64_t)>
static void binaryUnsigned(const Instruction &in, Scalar *slots) {
  uint64_t result =
      function(asUnsigned(slots[in.operands[0]].integer, in.width),
               asUnsigned(slots[in.operands[1]].integer, in.width));
  slots[in.result].integer = wrap(static_cast<int64_t>(result), in.width);
}

static double addReal(double a, double b) { return a + b; }
static double subReal(double a, double b) { return a - b; }
static double mulReal(double a, double b) { return a * b; }
static double divReal(double a, double b) { return a / b; }
static double negReal(double a) { return -a; }
static double keepReal(double a) { return a; }
static double rsqrtReal(double a) { return 1 / std::sqrt(a); }
/// maximumf and minimumf give NaN where an operand is, maxnumf and minnumf the
/// other operand.
static double maximumReal(double a, double b) {
  return std::isnan(a) || std::isnan(b) ? NAN : std::fmax(a, b);
}
static double minimumReal(double a, double b) {
  return std::isnan(a) || std::isnan(b) ? NAN : std::fmin(a, b);
}

// Sums of unsigned numbers do not overflow; the bits are the same.
static uint64_t addBits(uint64_t a, uint64_t b) { return a + b; }
static uint64_t subBits(uint64_t a, uint64_t b) { return a - b; }
static uint64_t mulBits(uint64_t a, uint64_t b) { return a * b; }
static uint64_t andBits(uint64_t a, uint64_t b) { return a & b; }
static uint64_t orBits(uint64_t a, uint64_t b) { return a | b; }
static uint64_t xorBits(uint64_t a, uint64_t b) { return a ^ b; }
static uint64_t shiftLeft(uint64_t a, uint64_t b) {
  return b < 64 ? a << b : 0;
}
static uint64_t shiftRight(uint64_t a, uint64_t b) {
  return b < 64 ? a >> b : 0;
}
static int64_t shiftRightSigned(int64_t a, int64_t b) {
  return a >> std::min<int64_t>(b, 63);
}
// Division by zero is undefined; zero is as good as anything.
static int64_t divSigned(int64_t a, int64_t b) { return b == 0 ? 0 : a / b; }
static int64_t remSigned(int64_t a, int64_t b) { return b == 0 ? 0 : a % b; }
static int64_t floorDiv(int64_t a, int64_t b) {
  return b == 0 ? 0 : llvm::divideFloorSigned(a, b);
}
static int64_t ceilDiv(int64_t a, int64_t b) {
  return b == 0 ? 0 : llvm::divideCeilSigned(a, b);
}
static uint64_t divUnsigned(uint64_t a, uint64_t b) { return b ? a / b : 0; }
static uint64_t remUnsigned(uint64_t a, uint64_t b) { return b ? a % b : 0; }
static uint64_t ceilDivUnsigned(uint64_t a, uint64_t b) {
  return b ? a / b + (a % b != 0) : 0;
}
static int64_t maxSigned(int64_t a, int64_t b) { return std::max(a, b); }
static int64_t minSigned(int64_t a, int64_t b) { return std::min(a, b); }
static uint64_t maxUnsigned(uint64_t a, uint64_t b) { return std::max(a, b); }
static uint64_t minUnsigned(uint64_t a, uint64_t b) { return std::min(a, b); }

static void fuseReal(const Instruction &in, Scalar *slots) {
  slots[in.result].real =
      std::fma(slots[in.operands[0]].real, slots[in.operands[1]].real,
               slots[in.operands[2]].real);
}
/// As the dialect says it, in this order.
static void clampReal(const Instruction &in, Scalar *slots) {
  slots[in.result].real = maximumReal(
      minimumReal(slots[in.operands[0]].real, slots[in.operands[1]].real),
      slots[in.operands[2]].real);
}
static void select(const Instruction &in, Scalar *slots) {
  slots[in.result] =
      slots[in.operands[(slots[in.operands[0]].integer & 1) != 0 ? 1 : 2]];
}
/// The lowest number is its own absolute value.
static void absInteger(const Instruction &in, Scalar *slots) {
  int64_t value = slots[in.operands[0]].integer;
  auto bits = static_cast<uint64_t>(value);
  slots[in.result].integer =
      wrap(static_cast<int64_t>(value < 0 ? 0 - bits : bits), in.width);
}
/// `constant` holds the width of the operand in what counts bits.
static void countLeadingZeros(const Instruction &in, Scalar *slots) {
  int64_t width = in.constant.integer;
  uint64_t bits = asUnsigned(slots[in.operands[0]].integer, width);
  slots[in.result].integer =
      wrap(llvm::countl_zero(bits) - (64 - width), in.width);
}
static void countTrailingZeros(const Instruction &in, Scalar *slots) {
  int64_t width = in.constant.integer;
  uint64_t bits = asUnsigned(slots[in.operands[0]].integer, width);
  slots[in.result].integer =
      wrap(std::min<int64_t>(llvm::countr_zero(bits), width), in.width);
}
static void countOnes(const Instruction &in, Scalar *slots) {
  uint64_t bits =
      asUnsigned(slots[in.operands[0]].integer, in.constant.integer);
  slots[in.result].integer = wrap(llvm::popcount(bits), in.width);
}
template <bool (*Test)(double)>
static void testReal(const Instruction &in, Scalar *slots) {
  slots[in.result].integer =
      -static_cast<int64_t>(Test(slots[in.operands[0]].real));
}
static void keepInteger(const Instruction &in, Scalar *slots) {
  slots[in.result].integer = wrap(slots[in.operands[0]].integer, in.width);
}
/// `constant` holds the width of the operand here and in fromUnsigned.
static void zeroExtend(const Instruction &in, Scalar *slots) {
  slots[in.result].integer = static_cast<int64_t>(
      asUnsigned(slots[in.operands[0]].integer, in.constant.integer));
}
static void fromSigned(const Instruction &in, Scalar *slots) {
  slots[in.result].real = static_cast<double>(slots[in.operands[0]].integer);
}
static void fromUnsigned(const Instruction &in, Scalar *slots) {
  slots[in.result].real = static_cast<double>(
      asUnsigned(slots[in.operands[0]].integer, in.constant.integer));
}
static void toInteger(const Instruction &in, Scalar *slots) {
  slots[in.result].integer =
      wrap(static_cast<int64_t>(slots[in.operands[0]].real), in.width);
}
static void setConstant(const Instruction &in, Scalar *slots) {
  slots[in.result] = in.constant;
}
static void compareInteger(const Instruction &in, Scalar *slots) {
  Scalar a = slots[in.operands[0]], b = slots[in.operands[1]];
  slots[in.result].integer = -static_cast<int64_t>(arith::applyCmpPredicate(
      static_cast<arith::CmpIPredicate>(in.constant.integer),
      APInt(64, static_cast<uint64_t>(a.integer)),
      APInt(64, static_cast<uint64_t>(b.integer))));
}
static void compareReal(const Instruction &in, Scalar *slots) {
  slots[in.result].integer = -static_cast<int64_t>(arith::applyCmpPredicate(
      static_cast<arith::CmpFPredicate>(in.constant.integer),
      APFloat(slots[in.operands[0]].real),
      APFloat(slots[in.operands[1]].real)));
}
static void read(const Instruction &in, Scalar *slots) {
  const ArrayView &array = *in.array;
  int64_t at = array.offset;
  for (auto [slot, size, stride] :
       llvm::zip_equal(in.indices, array.shape, array.strides)) {
    int64_t index = slots[slot].integer;
    if (index < 0 || index >= size) {
      *in.outOfBounds = true;
      return;
    }
    at += index * stride;
  }
  double value = (*array.buffer)[at];
  if (in.isInteger)
    slots[in.result].integer = wrap(static_cast<int64_t>(value), in.width);
  else
    slots[in.result].real = value;
}

/// The handler of an operation that needs nothing but its operands.
static Handler getPlainHandler(StringRef name) {
  return llvm::StringSwitch<Handler>(name)
      .Case("arith.addf", binaryReal<addReal>)
      .Case("arith.subf", binaryReal<subReal>)
      .Case("arith.mulf", binaryReal<mulReal>)
      .Case("arith.divf", binaryReal<divReal>)
      .Case("arith.remf", binaryReal<std::fmod>)
      .Case("arith.negf", unaryReal<negReal>)
      .Case("arith.maximumf", binaryReal<maximumReal>)
      .Case("arith.minimumf", binaryReal<minimumReal>)
      .Case("arith.maxnumf", binaryReal<std::fmax>)
      .Case("arith.minnumf", binaryReal<std::fmin>)
      // The reference does not round what lies between.
      .Cases({"arith.extf", "arith.truncf"}, unaryReal<keepReal>)
      .Case("arith.addi", binaryUnsigned<addBits>)
      .Case("arith.subi", binaryUnsigned<subBits>)
      .Case("arith.muli", binaryUnsigned<mulBits>)
      .Case("arith.andi", binaryUnsigned<andBits>)
      .Case("arith.ori", binaryUnsigned<orBits>)
      .Case("arith.xori", binaryUnsigned<xorBits>)
      .Case("arith.shli", binaryUnsigned<shiftLeft>)
      .Case("arith.shrui", binaryUnsigned<shiftRight>)
      .Case("arith.shrsi", binaryInteger<shiftRightSigned>)
      .Case("arith.divsi", binaryInteger<divSigned>)
      .Case("arith.remsi", binaryInteger<remSigned>)
      .Case("arith.floordivsi", binaryInteger<floorDiv>)
      .Case("arith.ceildivsi", binaryInteger<ceilDiv>)
      .Case("arith.divui", binaryUnsigned<divUnsigned>)
      .Case("arith.remui", binaryUnsigned<remUnsigned>)
      .Case("arith.ceildivui", binaryUnsigned<ceilDivUnsigned>)
      .Case("arith.maxsi", binaryInteger<maxSigned>)
      .Case("arith.minsi", binaryInteger<minSigned>)
      .Case("arith.maxui", binaryUnsigned<maxUnsigned>)
      .Case("arith.minui", binaryUnsigned<minUnsigned>)
      .Case("arith.select", select)
      .Cases({"arith.index_cast", "arith.extsi", "arith.trunci"}, keepInteger)
      .Cases({"arith.index_castui", "arith.extui"}, zeroExtend)
      .Case("arith.sitofp", fromSigned)
      .Case("arith.uitofp", fromUnsigned)
      .Cases({"arith.fptosi", "arith.fptoui"}, toInteger)
      .Case("math.absf", unaryReal<std::fabs>)
      .Case("math.absi", absInteger)
      .Case("math.acos", unaryReal<std::acos>)
      .Case("math.acosh", unaryReal<std::acosh>)
      .Case("math.asin", unaryReal<std::asin>)
      .Case("math.asinh", unaryReal<std::asinh>)
      .Case("math.atan", unaryReal<std::atan>)
      .Case("math.atan2", binaryReal<std::atan2>)
      .Case("math.atanh", unaryReal<std::atanh>)
      .Case("math.cbrt", unaryReal<std::cbrt>)
      .Case("math.ceil", unaryReal<std::ceil>)
      .Case("math.clampf", clampReal)
      .Case("math.copysign", binaryReal<std::copysign>)
      .Case("math.cos", unaryReal<std::cos>)
      .Case("math.cosh", unaryReal<std::cosh>)
      .Case("math.ctlz", countLeadingZeros)
      .Case("math.ctpop", countOnes)
      .Case("math.cttz", countTrailingZeros)
      .Case("math.erf", unaryReal<std::erf>)
      .Case("math.erfc", unaryReal<std::erfc>)
      .Case("math.exp", unaryReal<std::exp>)
      .Case("math.exp2", unaryReal<std::exp2>)
      .Case("math.expm1", unaryReal<std::expm1>)
      .Case("math.floor", unaryReal<std::floor>)
      .Case("math.fma", fuseReal)
      .Case("math.fpowi", raiseReal)
      .Case("math.isfinite", testReal<std::isfinite>)
      .Case("math.isnan", testReal<std::isnan>)
      .Case("math.log", unaryReal<std::log>)
      .Case("math.log10", unaryReal<std::log10>)
      .Case("math.log1p", unaryReal<std::log1p>)
      .Case("math.log2", unaryReal<std::log2>)
      .Case("math.powf", binaryReal<std::pow>)
      .Case("math.round", unaryReal<std::round>)
      .Case("math.roundeven", unaryReal<std::nearbyint>)
      .Case("math.rsqrt", unaryReal<rsqrtReal>)
      .Case("math.sin", unaryReal<std::sin>)
      .Case("math.sinh", unaryReal<std::sinh>)
      .Case("math.sqrt", unaryReal<std::sqrt>)
      .Case("math.tan", unaryReal<std::tan>)
      .Case("math.tanh", unaryReal<std::tanh>)
      .Case("math.trunc", unaryReal<std::trunc>)
      .Default(nullptr);
}

//===----------------------------------------------------------------------===//
// Translation
//===----------------------------------------------------------------------===//

static unsigned getWidth(Type type) {
  return type.isIntOrFloat() ? type.getIntOrFloatBitWidth() : 64;
}

unsigned ScalarProgram::define(Value value) {
  auto [entry, isNew] = slotOf.try_emplace(value, slots.size());
  if (isNew)
    slots.push_back(Scalar{0});
  return entry->second;
}

/// The slot of an operand: one of the program, or a value from outside.
FailureOr<unsigned> ScalarProgram::use(Operation *op, Value value,
                                       const Environment &environment) {
  if (auto entry = slotOf.find(value); entry != slotOf.end())
    return entry->second;
  auto outside = environment.scalars.find(value);
  if (outside == environment.scalars.end())
    return op->emitError("the reference does not know an operand of ")
           << op->getName();
  unsigned slot = define(value);
  slots[slot] = outside->second;
  return slot;
}

LogicalResult ScalarProgram::translate(Operation *op,
                                       const Environment &environment) {
  Instruction in;
  if (op->getNumResults() != 1 || op->getNumRegions() != 0 ||
      !(op->getResult(0).getType().isIntOrIndexOrFloat()))
    return op->emitError("the reference cannot evaluate ") << op->getName();
  in.width = getWidth(op->getResult(0).getType());

  if (isa<memref::LoadOp, tensor::ExtractOp>(op)) {
    auto array = environment.arrays.find(op->getOperand(0));
    if (array == environment.arrays.end())
      return op->emitError("the reference does not know the array that ")
             << op->getName() << " reads";
    in.handler = read;
    in.array = &array->second;
    in.outOfBounds = outOfBounds.get();
    in.isInteger = op->getResult(0).getType().isIntOrIndex();
    for (Value index : op->getOperands().drop_front()) {
      FailureOr<unsigned> slot = use(op, index, environment);
      if (failed(slot))
        return failure();
      in.indices.push_back(*slot);
    }
    in.result = define(op->getResult(0));
    instructions.push_back(std::move(in));
    return success();
  }

  Attribute constant;
  if (matchPattern(op, m_Constant(&constant))) {
    in.handler = setConstant;
    if (auto real = dyn_cast<FloatAttr>(constant))
      in.constant.real = real.getValueAsDouble();
    else if (auto integer = dyn_cast<IntegerAttr>(constant))
      in.constant.integer = integer.getValue().getSExtValue();
    else
      return op->emitError("the reference cannot evaluate ") << op->getName();
  } else if (auto compare = dyn_cast<arith::CmpIOp>(op)) {
    in.handler = compareInteger;
    in.constant.integer = static_cast<int64_t>(compare.getPredicate());
  } else if (auto compare = dyn_cast<arith::CmpFOp>(op)) {
    in.handler = compareReal;
    in.constant.integer = static_cast<int64_t>(compare.getPredicate());
  } else {
    in.handler = getPlainHandler(op->getName().getStringRef());
    if (!in.handler || op->getNumOperands() > 3)
      return op->emitError("the reference cannot evaluate ") << op->getName();
    in.constant.integer = getWidth(op->getOperand(0).getType());
  }
  for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
    FailureOr<unsigned> slot = use(op, operand, environment);
    if (failed(slot))
      return failure();
    in.operands[i] = *slot;
  }
  in.result = define(op->getResult(0));
  instructions.push_back(std::move(in));
  return success();
}

FailureOr<ScalarProgram>
ScalarProgram::compile(ArrayRef<Operation *> operations, ValueRange parameters,
                       const Environment &environment) {
  ScalarProgram program;
  program.outOfBounds = std::make_unique<bool>(false);
  for (Value parameter : parameters)
    program.define(parameter);
  for (Operation *op : operations)
    if (failed(program.translate(op, environment)))
      return failure();
  return program;
}

LogicalResult ScalarProgram::run() {
  for (const Instruction &instruction : instructions)
    instruction.handler(instruction, slots.data());
  return success(!*outOfBounds);
}
