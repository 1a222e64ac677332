//===- Quantize.cpp - The definition of attn.quantize and its inverse -----===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Forward.h"
#include "fa3/Dialect/Attn/IR/Quantization.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>
#include <functional>
#include <limits>

using namespace mlir;
using namespace mlir::attn;

/// The matrix of signs and the Hadamard matrix of each group of columns; the
/// inverse takes them in the other order.
static void rotate(uint32_t seed, bool isInverse, MutableArrayRef<double> row) {
  auto columns = static_cast<int64_t>(row.size());
  int64_t group = getRotatedGroup(columns);
  auto flip = [&] {
    for (auto [column, value] : llvm::enumerate(row))
      if (isNegated(seed, static_cast<uint32_t>(column)))
        value = -value;
  };
  if (!isInverse)
    flip();
  std::vector<double> before(row.begin(), row.end());
  for (int64_t column = 0; column < columns; ++column) {
    int64_t first = column / group * group;
    double sum = 0;
    for (int64_t other = 0; other < group; ++other) {
      auto common = static_cast<uint64_t>((column - first) & other);
      bool isOdd = llvm::popcount(common) % 2 != 0;
      sum += isOdd ? -before[first + other] : before[first + other];
    }
    row[column] = sum / std::sqrt(static_cast<double>(group));
  }
  if (isInverse)
    flip();
}

static void embed(bool areNeighbours, const ArrayView &cosines,
                  const ArrayView &sines, int64_t number,
                  MutableArrayRef<double> row) {
  auto half = static_cast<int64_t>(row.size()) / 2;
  for (int64_t pair = 0; pair < half; ++pair) {
    double &first = row[areNeighbours ? 2 * pair : pair];
    double &second = row[areNeighbours ? 2 * pair + 1 : pair + half];
    double cosine = cosines.at({number, pair}), sine = sines.at({number, pair});
    double u = first, v = second;
    first = u * cosine - v * sine;
    second = v * cosine + u * sine;
  }
}

/// Where the scale of a row's block is.
static SmallVector<int64_t> getScalePlace(const ArrayView &scale,
                                          std::optional<int64_t> block,
                                          int64_t batch, int64_t head,
                                          int64_t row) {
  return {scale.shape[0] == 1 ? 0 : batch, scale.shape[1] == 1 ? 0 : head,
          block ? row / *block : 0};
}

/// Calls a function on each element.
static void forEachPlace(const ArrayView &view,
                         function_ref<void(double &)> function) {
  SmallVector<int64_t> index;
  std::function<void()> descend = [&] {
    if (index.size() == view.shape.size())
      return function(view.at(index));
    int64_t size = view.shape[index.size()];
    for (int64_t i = 0; i < size; ++i) {
      index.push_back(i);
      descend();
      index.pop_back();
    }
  };
  descend();
}

/// Sizes that only the run knows.
static LogicalResult checkSizes(Operation *op, const ArrayView &wide,
                                const ArrayView &narrow, const ArrayView &scale,
                                unsigned seqDim, std::optional<int64_t> block,
                                bool transposed) {
  int64_t batches = wide.shape[0], rows = wide.shape[seqDim];
  int64_t places = transposed ? llvm::alignTo(rows, kKeyGroup) : rows;
  int64_t blocks = block ? llvm::divideCeil(rows, *block) : 1;
  if (narrow.shape[0] != batches ||
      narrow.shape[transposed ? 3 : seqDim] != places)
    return op->emitError("expected sizes that agree, but X has ")
           << batches << " batches of " << rows << " rows, and Y "
           << narrow.shape[0] << " of "
           << narrow.shape[transposed ? 3 : seqDim];
  if ((scale.shape[0] != 1 && scale.shape[0] != batches) ||
      scale.shape[2] != blocks)
    return op->emitError("expected scales for ")
           << batches << " batches of " << blocks << " blocks, but got "
           << scale.shape[0] << " of " << scale.shape[2];
  return success();
}

LogicalResult mlir::attn::evaluateQuantize(QuantizeOp op,
                                           const ArrayView &input,
                                           ArrayRef<ArrayView> rotary,
                                           ReferencePrecision precision,
                                           const ArrayView &output,
                                           const ArrayView &scale) {
  if (precision == ReferencePrecision::CountOnly)
    return success();
  unsigned seqDim = op.getSeqDim(), headDim = op.getHeadDim();
  std::optional<int64_t> block = op.getBlock();
  if (failed(checkSizes(op, input, output, scale, seqDim, block,
                        op.getTransposed())))
    return failure();
  int64_t batches = input.shape[0], heads = input.shape[headDim],
          rows = input.shape[seqDim], columns = input.shape[3];
  for (const ArrayView &table : rotary)
    if (table.shape[0] != rows)
      return op.emitError("expected a row of cos and sin for each of the ")
             << rows << " rows of X, but got " << table.shape[0];

  auto place = [&](int64_t b, int64_t i, int64_t h, int64_t column) {
    SmallVector<int64_t> index = {b, i, h, column};
    if (op.getLayout() == Layout::BHSD)
      std::swap(index[1], index[2]);
    return index;
  };
  auto forEachRow =
      [&](function_ref<void(int64_t, int64_t, int64_t, ArrayRef<double>)>
              function) {
        std::vector<double> row(columns);
        for (int64_t b = 0; b < batches; ++b)
          for (int64_t h = 0; h < heads; ++h)
            for (int64_t i = 0; i < rows; ++i) {
              for (int64_t c = 0; c < columns; ++c)
                row[c] = input.at(place(b, i, h, c));
              if (!rotary.empty())
                embed(op.getInterleavedRotary(), rotary[0], rotary[1], i, row);
              if (op.getRotation())
                rotate(static_cast<uint32_t>(*op.getRotation()),
                       /*isInverse=*/false, row);
              function(b, h, i, row);
            }
      };

  forEachPlace(scale, [&](double &value) { value = 0; });
  forEachRow([&](int64_t b, int64_t h, int64_t i, ArrayRef<double> row) {
    double &largest = scale.at(getScalePlace(scale, block, b, h, i));
    for (double value : row)
      if (std::abs(value) > largest) // not NaN
        largest = std::abs(value);
  });
  bool isNaive = precision == ReferencePrecision::Naive;
  Type type = op.getOutputType().getElementType();
  double end = getLargest(type);
  forEachPlace(scale, [&](double &value) {
    double largest = std::numeric_limits<float>::max();
    value = std::max(std::min(value, largest) / end, kLeastScale);
    if (isNaive)
      value = static_cast<float>(value);
  });

  // What no row stands at, where Y is transposed.
  forEachPlace(output, [&](double &value) { value = 0; });
  auto number = dyn_cast<FloatType>(type);
  forEachRow([&](int64_t b, int64_t h, int64_t i, ArrayRef<double> row) {
    double factor = scale.at(getScalePlace(scale, block, b, h, i));
    for (auto [c, value] : llvm::enumerate(row)) {
      double scaled = value / factor;
      if (!std::isnan(scaled))
        scaled = std::clamp(scaled, -end, end);
      else if (!number)
        scaled = 0;
      if (isNaive)
        scaled = number ? roundTo(number, scaled) : std::nearbyint(scaled);
      auto column = static_cast<int64_t>(c);
      output.at(op.getTransposed()
                    ? SmallVector<int64_t>{b, h, column, getPlaceOfKey(i)}
                    : place(b, i, h, column)) = scaled;
    }
  });
  return success();
}

LogicalResult mlir::attn::evaluateDequantize(DequantizeOp op,
                                             const ArrayView &input,
                                             const ArrayView &scale,
                                             ReferencePrecision precision,
                                             const ArrayView &output) {
  if (precision == ReferencePrecision::CountOnly)
    return success();
  unsigned seqDim = op.getSeqDim(), headDim = op.getHeadDim();
  if (failed(checkSizes(op, output, input, scale, seqDim, op.getBlock(),
                        /*transposed=*/false)))
    return failure();
  FloatType rounding;
  if (precision == ReferencePrecision::Naive)
    rounding = cast<FloatType>(op.getOutputType().getElementType());
  int64_t columns = input.shape[3];
  std::vector<double> row(columns);
  for (int64_t b = 0; b < input.shape[0]; ++b)
    for (int64_t h = 0; h < input.shape[headDim]; ++h)
      for (int64_t i = 0; i < input.shape[seqDim]; ++i) {
        auto place = [&](int64_t column) {
          SmallVector<int64_t> index = {b, i, h, column};
          if (op.getLayout() == Layout::BHSD)
            std::swap(index[1], index[2]);
          return index;
        };
        double factor = scale.at(getScalePlace(scale, op.getBlock(), b, h, i));
        for (int64_t c = 0; c < columns; ++c)
          row[c] = input.at(place(c)) * factor;
        if (op.getRotation())
          rotate(static_cast<uint32_t>(*op.getRotation()), /*isInverse=*/true,
                 row);
        for (int64_t c = 0; c < columns; ++c)
          output.at(place(c)) = rounding ? roundTo(rounding, row[c]) : row[c];
      }
  return success();
}
