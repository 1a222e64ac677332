//===- Forward.cpp - The definition of attn.forward -----------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Forward.h"
#include "fa3/Dialect/Attn/IR/Quantization.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace mlir::attn;

// The two inner loops are compiled for several generations of x86, of which the
// loader takes the one that fits.
#if defined(__x86_64__) && defined(__clang__) && defined(__linux__)
#define FA3_CLONES                                                             \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FA3_CLONES
#endif

/// Σ a_i · b_i, in 16 sums that a vector unit can hold.
FA3_CLONES static double dot(const double *a, const double *b, int64_t size) {
  double sums[16] = {0};
  int64_t i = 0;
  for (; i + 16 <= size; i += 16)
    for (int64_t lane = 0; lane < 16; ++lane)
      sums[lane] += a[i + lane] * b[i + lane];
  double sum = 0;
  for (double part : sums)
    sum += part;
  for (; i < size; ++i)
    sum += a[i] * b[i];
  return sum;
}

/// a_i += factor · b_i
FA3_CLONES static void addMultiple(double *a, double factor, const double *b,
                                   int64_t size) {
  for (int64_t i = 0; i < size; ++i)
    a[i] += factor * b[i];
}

namespace {

/// The arrays of an attention with their dimensions in the order (batch, head,
/// row, feature), whatever the layout.
struct Operand {
  const ArrayView *view = nullptr;
  int64_t sizes[4] = {0}, strides[4] = {0};
  bool interleaved = false; // rows stand at `getPlaceOfKey`

  /// Copies a row to consecutive numbers, times a factor.
  void getRow(int64_t batch, int64_t head, int64_t row, double factor,
              double *to) const {
    int64_t at = view->offset + batch * strides[0] + head * strides[1] +
                 (interleaved ? getPlaceOfKey(row) : row) * strides[2];
    for (int64_t i = 0; i < sizes[3]; ++i)
      to[i] = (*view->buffer)[at + i * strides[3]] * factor;
  }
};

class Evaluator {
public:
  Evaluator(ForwardOp op, const Environment &environment,
            ReferencePrecision precision)
      : op(op), environment(environment), precision(precision) {
    if (precision == ReferencePrecision::Naive) {
      Type type = op.getQueryType().getElementType();
      // 8-bit inputs are computed with in 16 bits.
      if (type.getIntOrFloatBitWidth() == 8)
        rounding = Float16Type::get(op.getContext());
      else
        rounding = cast<FloatType>(type);
      Type values = op.getValueType().getElementType();
      if (isa<Float8E4M3FNType, Float8E5M2Type>(values))
        narrow = Float8E4M3FNType::get(op.getContext());
      roundsToIntegers = values.isInteger();
      outputRounding =
          op.getSplitKeys()
              ? cast<FloatType>(op.getOutputType().getElementType())
              : rounding;
    }
  }

  LogicalResult run(const ArrayView &output, const ArrayView *lse,
                    double &multiplyAdds);

private:
  LogicalResult setUp(const ArrayView &output, const ArrayView *lse);
  FailureOr<Operand> getOperand(StringRef name, Value value,
                                const ArrayView *view, unsigned lead = 0);
  LogicalResult compileRegions();
  double getScale(Value scales, std::optional<int64_t> block, int64_t batch,
                  int64_t head, int64_t row) const;
  FailureOr<bool> isKept(int64_t batch, int64_t head, int64_t row, int64_t key);
  FailureOr<double> modifyScore(double score, int64_t batch, int64_t head,
                                int64_t row, int64_t key);
  LogicalResult evaluateRow(int64_t range, int64_t batch, int64_t head,
                            int64_t row);
  double round(double value) const {
    return rounding ? roundTo(rounding, value) : value;
  }

  /// The probability that an exponential gives. What 8-bit V is multiplied by
  /// is of 8 bits: as a float a probability times 2^8, and an exponential times
  /// 127 as an integer.
  double getProbability(double exponential, double sum) const {
    constexpr double kLift = 256, kSteps = kLargestInteger;
    if (roundsToIntegers)
      return std::nearbyint(exponential * kSteps) / kSteps / sum;
    if (narrow)
      return roundTo(narrow, exponential / sum * kLift) / kLift;
    return round(exponential / sum);
  }

  ForwardOp op;
  const Environment &environment;
  ReferencePrecision precision;
  FloatType rounding;       // null in double precision
  FloatType outputRounding; // the same for O, which may be wider
  FloatType narrow;         // of 8-bit floats, likewise
  bool roundsToIntegers = false;

  Operand query, key, value, output;
  const ArrayView *lse = nullptr;
  int64_t origin[3] = {0, 0, 0};
  int64_t offset = 0; // of a row's position among the keys
  int64_t keysPerRange = 0;
  std::optional<ScalarProgram> scoreProgram, maskProgram;

  // Of one head: K and V as consecutive rows. Of one row: the rest.
  std::vector<double> keys, values, queryRow, scores, outputRow;
  double multiplyAdds = 0;
};

} // namespace

FailureOr<Operand> Evaluator::getOperand(StringRef name, Value value,
                                         const ArrayView *view, unsigned lead) {
  if (!view) {
    auto entry = environment.arrays.find(value);
    if (entry == environment.arrays.end())
      return op.emitError("the reference does not know ") << name;
    view = &entry->second;
  }
  Operand operand;
  operand.view = view;
  unsigned dims[4] = {ForwardOp::getBatchDim(), op.getHeadDim(), op.getSeqDim(),
                      ForwardOp::getFeatureDim()};
  operand.interleaved = name == "V" && op.hasTransposedValue();
  if (operand.interleaved) {
    dims[1] = op.getValueHeadDim();
    dims[2] = op.getValueSeqDim();
    dims[3] = op.getValueFeatureDim();
  }
  for (unsigned i = 0; i < 4; ++i) {
    operand.sizes[i] = view->shape[lead + dims[i]];
    operand.strides[i] = view->strides[lead + dims[i]];
  }
  return operand;
}

LogicalResult Evaluator::compileRegions() {
  auto compile = [&](Region &region, std::optional<ScalarProgram> &program) {
    if (region.empty())
      return success();
    Block &body = region.front();
    SmallVector<Operation *> operations;
    for (Operation &inner : body.without_terminator())
      operations.push_back(&inner);
    // What is yielded may come from outside; it gets a slot all the same.
    SmallVector<Value> parameters(body.getArguments());
    Value yielded = body.getTerminator()->getOperand(0);
    bool isOutside = environment.scalars.contains(yielded);
    if (isOutside)
      parameters.push_back(yielded);
    FailureOr<ScalarProgram> compiled =
        ScalarProgram::compile(operations, parameters, environment);
    if (failed(compiled))
      return failure();
    if (isOutside)
      (*compiled)[compiled->getSlot(yielded)] =
          environment.scalars.lookup(yielded);
    program.emplace(std::move(*compiled));
    return success();
  };
  return success(succeeded(compile(op.getScoreRegion(), scoreProgram)) &&
                 succeeded(compile(op.getMaskRegion(), maskProgram)));
}

LogicalResult Evaluator::setUp(const ArrayView &outputView,
                               const ArrayView *lseView) {
  FailureOr<Operand> q = getOperand("Q", op.getQuery(), nullptr),
                     k = getOperand("K", op.getKey(), nullptr),
                     v = getOperand("V", op.getValue(), nullptr),
                     o = getOperand("O", op.getOutput(), &outputView,
                                    op.getNumLeadingDims());
  if (failed(q) || failed(k) || failed(v) || failed(o))
    return failure();
  query = *q;
  key = *k;
  value = *v;
  output = *o;
  lse = lseView;
  for (Value scales :
       {op.getQueryScale(), op.getKeyScale(), op.getValueScale()})
    if (scales && !environment.arrays.contains(scales))
      return op.emitError("the reference does not know a block scale");
  // Places of keys beyond the end are none of V's rows.
  if (value.interleaved &&
      value.sizes[2] ==
          llvm::divideCeilSigned(key.sizes[2], kKeyGroup) * kKeyGroup)
    value.sizes[2] = key.sizes[2];
  // Sizes that only the run knows.
  if (query.sizes[0] != key.sizes[0] || query.sizes[0] != value.sizes[0] ||
      query.sizes[0] != output.sizes[0] || key.sizes[2] != value.sizes[2] ||
      query.sizes[2] != output.sizes[2])
    return op.emitError("expected sizes that agree, but Q has ")
           << query.sizes[0] << " batches of " << query.sizes[2] << " rows, K "
           << key.sizes[0] << " of " << key.sizes[2] << ", V " << value.sizes[0]
           << " of " << value.sizes[2] << ", O " << output.sizes[0] << " of "
           << output.sizes[2];

  auto getScalar = [&](Value scalar, int64_t &to) {
    auto entry = environment.scalars.find(scalar);
    if (entry == environment.scalars.end())
      return op.emitError("the reference does not know an offset"), failure();
    to = entry->second.integer;
    return success();
  };
  for (auto [i, operand] : llvm::enumerate(op.getOrigin()))
    if (failed(getScalar(operand, origin[i])))
      return failure();
  offset = op.getAlignment() == Alignment::TopLeft
               ? 0
               : key.sizes[2] - query.sizes[2];
  if (op.getQueryOffset() && failed(getScalar(op.getQueryOffset(), offset)))
    return failure();
  if (op.getSplitKeys() && failed(getScalar(op.getSplitKeys(), keysPerRange)))
    return failure();
  return compileRegions();
}

/// The scale of the block that holds a row; 1 for 16-bit inputs.
double Evaluator::getScale(Value scales, std::optional<int64_t> block,
                           int64_t batch, int64_t head, int64_t row) const {
  if (!scales)
    return 1;
  const ArrayView &view = environment.arrays.find(scales)->second;
  // A size of 1 stands for one scale for all.
  int64_t at = view.offset +
               (view.shape[0] == 1 ? 0 : batch) * view.strides[0] +
               (view.shape[1] == 1 ? 0 : head) * view.strides[1] +
               (block ? row / *block : 0) * view.strides[2];
  double scale = (*view.buffer)[at];
  return scale >= 0 ? scale : std::numeric_limits<double>::quiet_NaN();
}

FailureOr<bool> Evaluator::isKept(int64_t batch, int64_t head, int64_t row,
                                  int64_t key) {
  if (!maskProgram)
    return true;
  Block &body = op.getMaskRegion().front();
  int64_t at[] = {origin[0] + batch, origin[1] + head, row, key};
  for (unsigned i = 0; i < 4; ++i)
    (*maskProgram)[maskProgram->getSlot(body.getArgument(i))].integer = at[i];
  if (failed(maskProgram->run()))
    return op.emitError("the mask region reads out of bounds for row ")
           << row << " and key " << key;
  Value yielded = body.getTerminator()->getOperand(0);
  return ((*maskProgram)[maskProgram->getSlot(yielded)].integer & 1) != 0;
}

FailureOr<double> Evaluator::modifyScore(double score, int64_t batch,
                                         int64_t head, int64_t row,
                                         int64_t key) {
  if (!scoreProgram)
    return score;
  Block &body = op.getScoreRegion().front();
  int64_t at[] = {origin[0] + batch, origin[1] + head, row, key};
  (*scoreProgram)[scoreProgram->getSlot(body.getArgument(0))].real = score;
  for (unsigned i = 0; i < 4; ++i)
    (*scoreProgram)[scoreProgram->getSlot(body.getArgument(i + 1))].integer =
        at[i];
  if (failed(scoreProgram->run()))
    return op.emitError("the score region reads out of bounds for row ")
           << row << " and key " << key;
  Value yielded = body.getTerminator()->getOperand(0);
  return (*scoreProgram)[scoreProgram->getSlot(yielded)].real;
}

LogicalResult Evaluator::evaluateRow(int64_t range, int64_t batch, int64_t head,
                                     int64_t row) {
  int64_t keyCount = key.sizes[2], d = query.sizes[3], dv = value.sizes[3];
  int64_t position = origin[2] + row + offset;
  int64_t first = 0, last = keyCount - 1;
  if (std::optional<int64_t> left = op.getLeftBound())
    first = std::max(first, position - *left);
  if (std::optional<int64_t> right = op.getRightBound())
    last = std::min(last, position + *right);
  if (op.getSplitKeys()) {
    // No longer than the keys, of which a length may be far beyond.
    int64_t length = std::clamp<int64_t>(keysPerRange, 0, keyCount);
    first = std::max(first, range * length);
    last = std::min(last, (range + 1) * length - 1);
  }

  multiplyAdds += static_cast<double>(std::max<int64_t>(last - first + 1, 0));
  if (precision == ReferencePrecision::CountOnly)
    return success();

  query.getRow(
      batch, head, row,
      getScale(op.getQueryScale(), op.getQueryBlock(), batch, head, row),
      queryRow.data());
  double scale = op.getEffectiveScale();
  double infinity = std::numeric_limits<double>::infinity();
  double maximum = -infinity;
  for (int64_t j = first; j <= last; ++j) {
    scores[j] = -infinity;
    FailureOr<bool> kept = isKept(batch, head, origin[2] + row, j);
    if (failed(kept))
      return failure();
    if (!*kept)
      continue;
    double product = round(dot(queryRow.data(), &keys[j * d], d) * scale);
    FailureOr<double> score =
        modifyScore(product, batch, head, origin[2] + row, j);
    if (failed(score))
      return failure();
    scores[j] = round(*score);
    // A NaN must not hide behind a comparison.
    if (scores[j] > maximum || std::isnan(scores[j]))
      maximum = scores[j];
  }

  llvm::fill(outputRow, 0.0);
  double sum = 0;
  // Where the maximum is −∞ no key is visible.
  if (maximum != -infinity) {
    for (int64_t j = first; j <= last; ++j)
      sum += std::exp(scores[j] - maximum);
    for (int64_t j = first; j <= last; ++j)
      if (scores[j] != -infinity)
        addMultiple(outputRow.data(),
                    getProbability(std::exp(scores[j] - maximum), sum),
                    &values[j * dv], dv);
  }
  bool partial = op.getSplitKeys() != nullptr;
  int64_t at = output.view->offset +
               (partial ? range * output.view->strides[0] : 0) +
               batch * output.strides[0] + head * output.strides[1] +
               row * output.strides[2];
  for (int64_t i = 0; i < dv; ++i)
    (*output.view->buffer)[at + i * output.strides[3]] =
        outputRounding ? roundTo(outputRounding, outputRow[i]) : outputRow[i];
  if (!lse)
    return success();
  ArrayRef<int64_t> strides = lse->strides;
  int64_t lseAt = lse->offset;
  if (partial) {
    lseAt += range * strides.front();
    strides = strides.drop_front();
  }
  (*lse->buffer)[lseAt + batch * strides[0] + head * strides[1] +
                 row * strides[2]] =
      maximum == -infinity ? -infinity : maximum + std::log(sum);
  return success();
}

LogicalResult Evaluator::run(const ArrayView &outputView,
                             const ArrayView *lseView, double &total) {
  if (failed(setUp(outputView, lseView)))
    return failure();
  int64_t keyCount = key.sizes[2], d = query.sizes[3], dv = value.sizes[3];
  keys.resize(keyCount * d);
  values.resize(keyCount * dv);
  queryRow.resize(d);
  scores.resize(keyCount);
  outputRow.resize(dv);
  int64_t group = query.sizes[1] / key.sizes[1];
  int64_t ranges = op.getSplitKeys() ? outputView.shape[0] : 1;
  for (int64_t batch = 0; batch < query.sizes[0]; ++batch)
    for (int64_t head = 0; head < query.sizes[1]; ++head) {
      int64_t keyHead = head / group;
      for (int64_t j = 0; j < keyCount && head % group == 0; ++j) {
        key.getRow(
            batch, keyHead, j,
            getScale(op.getKeyScale(), op.getKeyBlock(), batch, keyHead, j),
            &keys[j * d]);
        value.getRow(
            batch, keyHead, j,
            getScale(op.getValueScale(), op.getValueBlock(), batch, keyHead, j),
            &values[j * dv]);
      }
      for (int64_t range = 0; range < ranges; ++range)
        for (int64_t row = 0; row < query.sizes[2]; ++row)
          if (failed(evaluateRow(range, batch, head, row)))
            return failure();
    }
  total += multiplyAdds * static_cast<double>(d + dv);
  return success();
}

LogicalResult mlir::attn::evaluateForward(
    ForwardOp op, const Environment &environment, ReferencePrecision precision,
    const ArrayView &output, const ArrayView *lse, double &multiplyAdds) {
  return Evaluator(op, environment, precision).run(output, lse, multiplyAdds);
}
