//===- Check.cpp - Results against the reference ---------------------------
//===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Check.h"
#include "fa3/Dialect/Attn/IR/Quantization.h"
#include "fa3/Reference/Reference.h"
#include "llvm/Support/Format.h"
#include <cmath>

using namespace mlir;
using namespace mlir::attn;

/// What sums in single precision may be off by, for a sum of 1.
static constexpr double kSumError = 1e-5;

namespace {
struct Errors {
  double largest = 0, relative = 0, bound = 0;
  size_t elements = 0, nans = 0, misrounded = 0;
};
} // namespace

/// |a − b|, with equal infinities and two NaN at distance 0, and one NaN far
/// from everything.
static double getDistance(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b)))
    return 0;
  double distance = std::abs(a - b);
  return std::isnan(distance) ? INFINITY : distance;
}

static double getLargestNumber(Type type) {
  auto number = dyn_cast<FloatType>(type);
  return number ? llvm::APFloat::getLargest(number.getFloatSemantics())
                      .convertToDouble()
                : getLargest(type);
}

/// How far a number of 8 bits may be from what it is rounded from: half of the
/// distance to its neighbour. The bound of all elements together says nothing
/// of small ones.
static double getHalfUnit(Type type, double value) {
  auto number = dyn_cast<FloatType>(type);
  if (!number)
    return 0.5;
  const llvm::fltSemantics &semantics = number.getFloatSemantics();
  int precision =
      static_cast<int>(llvm::APFloat::semanticsPrecision(semantics));
  int exponent = value == 0 ? INT_MIN : std::ilogb(value);
  exponent = std::max(exponent, llvm::APFloat::semanticsMinExponent(semantics));
  return std::ldexp(0.5, exponent - precision + 1);
}

static Errors compare(const HostArray &output, const Numbers &reference,
                      const Numbers &naive) {
  std::vector<char> packed = packElements(output);
  unsigned bytes = getElementBytes(output.elementType);
  Type type = output.elementType;
  auto round = [&](double value) {
    auto number = dyn_cast<FloatType>(type);
    return number ? roundTo(number, value) : std::nearbyint(value);
  };
  Errors errors;
  errors.elements = reference.values.size();
  double naiveLargest = 0, roundingLargest = 0, squares = 0, norm = 0,
         referenceLargest = 1;
  for (auto [i, expected] : llvm::enumerate(reference.values)) {
    double value = readElement(type, &packed[i * bytes]);
    errors.nans += std::isnan(value) && !std::isnan(expected);
    double distance = getDistance(value, expected);
    errors.largest = std::max(errors.largest, distance);
    squares += distance * distance;
    if (!std::isfinite(expected))
      continue;
    norm += expected * expected;
    if (bytes == 1)
      errors.misrounded += distance > getHalfUnit(type, expected) +
                                          kSumError * getLargestNumber(type);
    referenceLargest = std::max(referenceLargest, std::abs(expected));
    // Where the plain implementation overflows it is no yardstick.
    if (std::isfinite(naive.values[i]))
      naiveLargest =
          std::max(naiveLargest, getDistance(naive.values[i], expected));
    double rounded = round(expected);
    double shifted = round(round(rounded + 0.3) - 0.3);
    roundingLargest = std::max(roundingLargest, getDistance(shifted, rounded));
  }
  errors.relative = norm == 0 ? std::sqrt(squares) : std::sqrt(squares / norm);
  errors.bound =
      2 * naiveLargest + 2 * roundingLargest + kSumError * referenceLargest;
  return errors;
}

llvm::Expected<bool> mlir::attn::checkResults(func::FuncOp function,
                                              const Arguments &arguments,
                                              ArrayRef<HostResult> results,
                                              raw_ostream &os) {
  FailureOr<ReferenceResult> reference =
      evaluateReference(function, arguments.get());
  if (failed(reference))
    return llvm::createStringError("the reference failed");
  FailureOr<ReferenceResult> naive =
      evaluateReference(function, arguments.get(), ReferencePrecision::Naive);
  if (failed(naive))
    return llvm::createStringError("the reference failed");
  if (reference->outputs.empty())
    return llvm::createStringError("nothing to check: expected a function that "
                                   "writes or returns an attention");
  bool good = true;
  for (auto [expected, plain] :
       llvm::zip_equal(reference->outputs, naive->outputs)) {
    HostArray output =
        expected.isResult
            ? results[expected.index].getArray()
            : std::get<HostArray>(arguments.get()[expected.index]);
    os << (expected.isResult ? "result " + std::to_string(expected.index)
                             : arguments.describe(expected.index))
       << ": ";
    if (ArrayRef(output.shape) != ArrayRef(expected.numbers.shape)) {
      os << "the shape differs from the reference: FAILED\n";
      good = false;
      continue;
    }
    Errors errors = compare(output, expected.numbers, plain.numbers);
    bool holds = errors.largest <= errors.bound && errors.nans == 0 &&
                 errors.misrounded == 0;
    good &= holds;
    os << llvm::format("max abs error %.3e, bound %.3e, relative error %.3e",
                       errors.largest, errors.bound, errors.relative);
    if (errors.nans != 0)
      os << ", " << errors.nans << " of " << errors.elements << " are NaN";
    if (errors.misrounded != 0)
      os << ", " << errors.misrounded << " of " << errors.elements
         << " are not rounded to nearest";
    os << (holds ? ": ok\n" : ": FAILED\n");
  }
  return good;
}
