//===- Combine.cpp - The definition of attn.combine -----------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Forward.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace mlir::attn;

LogicalResult
mlir::attn::evaluateCombine(CombineOp op, const ArrayView &outputs,
                            const ArrayView &lses, ReferencePrecision precision,
                            const ArrayView &output, const ArrayView *lse) {
  if (precision == ReferencePrecision::CountOnly)
    return success();
  unsigned rowDim = op.getSeqDim(), headDim = op.getHeadDim();
  int64_t entries = outputs.shape[0], batches = output.shape[0],
          heads = output.shape[headDim], rows = output.shape[rowDim],
          columns = output.shape[3];
  // Sizes that only the run knows.
  if (lses.shape[0] != entries || outputs.shape[1] != batches ||
      lses.shape[1] != batches || outputs.shape[rowDim + 1] != rows ||
      lses.shape[3] != rows ||
      (lse && (lse->shape[0] != batches || lse->shape[2] != rows)))
    return op.emitError("expected sizes that agree, but O has ")
           << batches << " batches of " << rows << " rows, Os "
           << outputs.shape[1] << " of " << outputs.shape[rowDim + 1]
           << ", and LSEs " << lses.shape[1] << " of " << lses.shape[3];
  FloatType rounding;
  if (precision == ReferencePrecision::Naive)
    rounding = cast<FloatType>(op.getOutputType().getElementType());
  double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> sums(columns);
  for (int64_t b = 0; b < batches; ++b)
    for (int64_t h = 0; h < heads; ++h)
      for (int64_t i = 0; i < rows; ++i) {
        auto place = [&](int64_t entry, int64_t column) {
          SmallVector<int64_t> index = {b, i, h, column};
          if (op.getLayout() == Layout::BHSD)
            std::swap(index[1], index[2]);
          if (entry >= 0)
            index.insert(index.begin(), entry);
          return index;
        };
        double maximum = -infinity;
        for (int64_t s = 0; s < entries; ++s) {
          double value = lses.at({s, b, h, i});
          // A NaN must not hide behind a comparison.
          if (value > maximum || std::isnan(value))
            maximum = value;
        }
        double sum = 0;
        llvm::fill(sums, 0.0);
        for (int64_t s = 0; s < entries && maximum != -infinity; ++s) {
          double value = lses.at({s, b, h, i});
          if (value == -infinity)
            continue;
          double weight = std::exp(value - maximum);
          sum += weight;
          for (int64_t c = 0; c < columns; ++c)
            sums[c] += weight * outputs.at(place(s, c));
        }
        bool none = maximum == -infinity;
        for (int64_t c = 0; c < columns; ++c) {
          double value = none ? 0 : sums[c] / sum;
          output.at(place(-1, c)) = rounding ? roundTo(rounding, value) : value;
        }
        if (lse)
          lse->at({b, h, i}) = none ? -infinity : maximum + std::log(sum);
      }
  return success();
}
