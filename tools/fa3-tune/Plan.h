//===- Plan.h - Kernels to time, and their times ----------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The file between compilation and timing, which may be on two machines: the
// kernels of each problem, the shapes to time them on and, once they have been
// timed, the times. The JSON form has one key for each field:
//
//   {"version": 1, "generator": "fa3 0.1.0", "assembler": 13000,
//    "device": "NVIDIA H100 80GB HBM3", "driver": 13000,
//    "problems": [{
//      "name": "attention", "key": {"element": "f16", ...},
//      "shapes": [{"arguments": [[32, 512, 16, 128], ...],
//                  "operations": 6.9e10}],
//      "kernels": [
//        {"config": "tile = 128x128, ...", "manifest": "attention-0.json",
//         "microseconds": [101.5]},
//        {"config": "tile = 128x144, ...", "error": "ptxas: ..."}]}]}
//
// The first kernel is that of the configuration that is selected without a
// table. "device", "driver" and "microseconds" are there after timing; a kernel
// whose results are wrong has an error.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TOOLS_FA3TUNE_PLAN_H
#define FA3_TOOLS_FA3TUNE_PLAN_H

#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

#include <string>
#include <vector>

namespace fa3::tune {

/// The sizes of one timing.
struct TimedShape {
  /// Sizes of each argument of the kernel.
  std::vector<std::vector<int64_t>> arguments;
  /// Operations of a launch, 2 for each multiplication with addition.
  double operations = 0;
};

struct PlannedKernel {
  std::string config;
  /// Path of the manifest, relative to the plan; "" where there is an error.
  std::string manifest;
  /// Why it was not compiled, or not timed to the end; "" if it was.
  std::string error;
  /// The median for each shape.
  std::vector<double> microseconds;
};

struct PlannedProblem {
  std::string name;
  /// What a tuning table calls the problem; not looked at by timing.
  llvm::json::Object key;
  std::vector<TimedShape> shapes;
  /// At least one; the first is that of the rule.
  std::vector<PlannedKernel> kernels;
};

struct Plan {
  static constexpr int64_t kVersion = 1;

  std::string generator;
  /// 1000 · major + 10 · minor of CUDA.
  int64_t assembler = 0;
  /// Where it was timed; "" and 0 before.
  std::string device;
  int64_t driver = 0;
  std::vector<PlannedProblem> problems;
};

/// Reads a plan. An error names the file and the path of the value in it.
llvm::Expected<Plan> readPlan(llvm::StringRef path);

/// The JSON form and a newline.
std::string printPlan(const Plan &plan);

} // namespace fa3::tune

#endif // FA3_TOOLS_FA3TUNE_PLAN_H
