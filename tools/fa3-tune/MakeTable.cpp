//===- MakeTable.cpp - From times to a tuning table -----------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MakeTable.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>
#include <numeric>

using namespace mlir::attn;

namespace fa3::tune {

/// The kernels that were timed.
static std::vector<const PlannedKernel *>
getTimed(const PlannedProblem &problem) {
  std::vector<const PlannedKernel *> timed;
  for (const PlannedKernel &kernel : problem.kernels)
    if (!kernel.microseconds.empty())
      timed.push_back(&kernel);
  return timed;
}

/// The geometric mean of the times.
static double getMean(const PlannedKernel &kernel) {
  double sum = 0;
  for (double microseconds : kernel.microseconds)
    sum += std::log(microseconds);
  return std::exp(sum / static_cast<double>(kernel.microseconds.size()));
}

namespace {
/// How far the rule's choices are behind the fastest kernels.
class RuleReport {
public:
  void add(const PlannedProblem &problem, double loss) {
    losses.push_back(loss);
    if (loss >= worst)
      worstName = problem.name;
    worst = std::max(worst, loss);
  }
  void print(llvm::raw_ostream &os) const {
    if (losses.empty())
      return;
    double sum = std::accumulate(losses.begin(), losses.end(), 0.0);
    auto within = llvm::count_if(
        losses, [](double loss) { return loss <= kAcceptedLoss; });
    os << "rule: within " << llvm::format("%.0f%%", 100 * kAcceptedLoss)
       << " of the fastest on " << within << " of " << losses.size()
       << llvm::format(", %.1f%% behind on average, %.1f%% at most (",
                       100 * sum / static_cast<double>(losses.size()),
                       100 * worst)
       << worstName << ")\n";
  }

private:
  static constexpr double kAcceptedLoss = 0.05;
  std::vector<double> losses;
  double worst = 0;
  llvm::StringRef worstName;
};
} // namespace

static void addEntry(const PlannedProblem &problem, TuningKey key,
                     TuningTable &table, RuleReport &report,
                     llvm::raw_ostream &os) {
  // Medians of a kernel vary by this much from run to run.
  constexpr double kNoise = 0.005;
  std::vector<const PlannedKernel *> timed = getTimed(problem);
  const PlannedKernel *best = *llvm::min_element(
      timed, [](const PlannedKernel *lhs, const PlannedKernel *rhs) {
        return getMean(*lhs) < getMean(*rhs);
      });
  const PlannedKernel &rule = problem.kernels.front();
  std::string ruleText = "the rule's kernel was not timed";
  if (!rule.microseconds.empty()) {
    double loss = getMean(rule) / getMean(*best) - 1;
    report.add(problem, loss);
    ruleText = llvm::formatv("the rule is {0:F1}% behind", 100 * loss).str();
    if (loss <= kNoise)
      best = &rule;
  }
  double microseconds = getMean(*best), operations = 0, total = 0;
  for (auto [shape, time] :
       llvm::zip_equal(problem.shapes, best->microseconds)) {
    operations += shape.operations;
    total += time;
  }
  os << problem.name << ": " << best->config
     << llvm::format(", %.1f us, %.0f TFLOP/s, ", microseconds,
                     operations / total / 1e6)
     << ruleText << '\n';
  TuningEntry &entry = table.entries.emplace_back();
  entry.key = std::move(key);
  entry.config = best->config;
  entry.measured =
      llvm::json::Object{{"nanoseconds", std::llround(microseconds * 1000)},
                         {"timed", static_cast<int64_t>(timed.size())}};
}

llvm::Expected<TuningTable> makeTable(llvm::ArrayRef<Plan> plans,
                                      llvm::raw_ostream &os) {
  TuningTable table;
  RuleReport report;
  for (const Plan &plan : plans) {
    if (plan.device.empty())
      return llvm::createStringError(
          "expected plans that were timed (fa3-measure)");
    if (table.device.empty()) {
      table.device = plan.device;
      table.generator = plan.generator;
      table.assembler = plan.assembler;
      table.driver = plan.driver;
    } else if (table.device != plan.device) {
      return llvm::createStringError("expected plans of one device, but got '" +
                                     table.device + "' and '" + plan.device +
                                     "'");
    }
    for (const PlannedProblem &problem : plan.problems) {
      if (getTimed(problem).empty()) {
        os << problem.name << ": not timed\n";
        continue;
      }
      llvm::Expected<TuningKey> key = parseTuningKey(problem.key);
      if (!key)
        return llvm::createStringError(problem.name + ": " +
                                       llvm::toString(key.takeError()));
      addEntry(problem, std::move(*key), table, report, os);
    }
  }
  report.print(os);
  return table;
}

} // namespace fa3::tune
