//===- Agreement.cpp - Which kernels compute the same ---------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Agreement.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/APInt.h"

#include <cmath>
#include <cstring>
#include <limits>

using fa3::runtime::ElementType;

namespace fa3::tune {

/// The numbers of a 16-bit type by their bits, as there are few.
static std::vector<float> listNumbers(const llvm::fltSemantics &semantics) {
  std::vector<float> numbers(1 << 16);
  for (unsigned bits = 0; bits != numbers.size(); ++bits) {
    llvm::APFloat value(semantics, llvm::APInt(16, bits));
    bool losesInfo = false;
    value.convert(llvm::APFloat::IEEEsingle(),
                  llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    numbers[bits] = value.convertToFloat();
  }
  return numbers;
}

void appendNumbers(ElementType element, llvm::ArrayRef<char> bytes,
                   std::vector<float> &numbers) {
  if (element == ElementType::F32) {
    size_t old = numbers.size();
    numbers.resize(old + bytes.size() / sizeof(float));
    std::memcpy(numbers.data() + old, bytes.data(),
                (numbers.size() - old) * sizeof(float));
    return;
  }
  static const std::vector<float> halves =
      listNumbers(llvm::APFloat::IEEEhalf());
  static const std::vector<float> bfloats =
      listNumbers(llvm::APFloat::BFloat());
  const std::vector<float> &list =
      element == ElementType::F16 ? halves : bfloats;
  for (size_t i = 0; i + 1 < bytes.size(); i += 2) {
    uint16_t bits = 0;
    std::memcpy(&bits, &bytes[i], sizeof(bits));
    numbers.push_back(list[bits]);
  }
}

double getTolerance(ElementType input) {
  switch (input) {
  case ElementType::F16:
    return 1.0 / 128;
  case ElementType::BF16:
    return 1.0 / 16;
  default:
    return 1.0 / 4;
  }
}

std::vector<bool> findAgreement(llvm::ArrayRef<std::vector<float>> results,
                                size_t rowSize, double tolerance) {
  std::vector<bool> agrees(results.size(), true);
  if (results.empty())
    return agrees;
  std::vector<float> medians(rowSize), column(results.size());
  for (size_t row = 0; row + rowSize <= results.front().size();
       row += rowSize) {
    double norm = 0;
    for (size_t i = 0; i != rowSize; ++i) {
      for (size_t k = 0; k != results.size(); ++k) {
        float number = results[k][row + i];
        column[k] = std::isnan(number) ? std::numeric_limits<float>::infinity()
                                       : number;
      }
      auto middle = column.begin() + static_cast<ptrdiff_t>(column.size() / 2);
      std::nth_element(column.begin(), middle, column.end());
      medians[i] = *middle;
      if (std::isfinite(*middle))
        norm += static_cast<double>(*middle) * *middle;
    }
    for (size_t k = 0; k != results.size(); ++k) {
      double difference = 0;
      for (size_t i = 0; i != rowSize; ++i) {
        // Infinities agree with themselves: LSE where a row sees no keys.
        if (results[k][row + i] == medians[i])
          continue;
        double d = static_cast<double>(results[k][row + i]) - medians[i];
        difference += d * d;
      }
      if (!std::isfinite(difference) ||
          difference > tolerance * tolerance * norm)
        agrees[k] = false;
    }
  }
  return agrees;
}

} // namespace fa3::tune
