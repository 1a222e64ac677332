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

#include <cmath>
#include <numeric>
#include <optional>

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
/// How far the choices of one way to select are behind the fastest kernels.
class Losses {
public:
  explicit Losses(llvm::StringRef name) : name(name) {}

  /// Counts the choice and says what it loses, as a part of the time of the
  /// fastest kernel; nothing where it was not timed.
  std::optional<double> add(const PlannedProblem &problem,
                            const PlannedKernel *choice, double fastest,
                            llvm::raw_ostream &os);
  void print(llvm::raw_ostream &os) const;

private:
  static constexpr double kAccepted = 0.05;
  llvm::StringRef name;
  std::vector<double> losses;
  double worst = 0;
  llvm::StringRef worstProblem;
};
} // namespace

std::optional<double> Losses::add(const PlannedProblem &problem,
                                  const PlannedKernel *choice, double fastest,
                                  llvm::raw_ostream &os) {
  if (!choice || choice->microseconds.empty()) {
    os << ", the " << name << "'s kernel was not timed";
    return std::nullopt;
  }
  double loss = getMean(*choice) / fastest - 1;
  os << ", the " << name << llvm::format(" is %.1f%% behind", 100 * loss);
  if (losses.empty() || loss > worst) {
    worst = loss;
    worstProblem = problem.name;
  }
  losses.push_back(loss);
  return loss;
}

void Losses::print(llvm::raw_ostream &os) const {
  if (losses.empty())
    return;
  double sum = std::accumulate(losses.begin(), losses.end(), 0.0);
  auto within =
      llvm::count_if(losses, [](double loss) { return loss <= kAccepted; });
  os << name
     << llvm::format(": within %.0f%% of the fastest on ", 100 * kAccepted)
     << within << " of " << losses.size()
     << llvm::format(", %.1f%% behind on average, %.1f%% at most (",
                     100 * sum / static_cast<double>(losses.size()),
                     100 * worst)
     << worstProblem << ")\n";
}

/// What another table has for a problem, if it was tried.
static const PlannedKernel *findTableKernel(const PlannedProblem &problem,
                                            const TuningEntry &entry) {
  auto found = llvm::find_if(problem.kernels, [&](const PlannedKernel &kernel) {
    return kernel.config == entry.config;
  });
  return found == problem.kernels.end() ? nullptr : &*found;
}

namespace {
/// Makes the entries of a table and the report on them.
class TableMaker {
public:
  TableMaker(const TuningTable *compared, llvm::raw_ostream &os)
      : compared(compared), os(os) {}

  llvm::Error add(const PlannedProblem &problem);
  TuningTable finish();

  TuningTable table;

private:
  const TuningTable *compared;
  llvm::raw_ostream &os;
  Losses ruleLosses{"rule"}, tableLosses{"table"};
};
} // namespace

llvm::Error TableMaker::add(const PlannedProblem &problem) {
  // Medians of a kernel vary by this much from run to run.
  constexpr double kNoise = 0.005;
  std::vector<const PlannedKernel *> timed = getTimed(problem);
  if (timed.empty()) {
    os << problem.name << ": not timed\n";
    return llvm::Error::success();
  }
  llvm::Expected<TuningKey> key = parseTuningKey(problem.key);
  if (!key)
    return llvm::createStringError(problem.name + ": " +
                                   llvm::toString(key.takeError()));
  const PlannedKernel *best = *llvm::min_element(
      timed, [](const PlannedKernel *lhs, const PlannedKernel *rhs) {
        return getMean(*lhs) < getMean(*rhs);
      });
  double fastest = getMean(*best), operations = 0, total = 0;
  for (auto [shape, time] :
       llvm::zip_equal(problem.shapes, best->microseconds)) {
    operations += shape.operations;
    total += time;
  }
  os << problem.name << ": " << best->config
     << llvm::format(", %.1f us, %.0f TFLOP/s", fastest,
                     operations / total / 1e6);
  const PlannedKernel &rule = problem.kernels.front();
  std::optional<double> loss = ruleLosses.add(problem, &rule, fastest, os);
  if (loss && *loss <= kNoise)
    best = &rule;
  if (compared)
    if (const TuningEntry *entry = compared->find(*key))
      tableLosses.add(problem, findTableKernel(problem, *entry), fastest, os);
  os << '\n';
  TuningEntry &entry = table.entries.emplace_back();
  entry.key = std::move(*key);
  entry.config = best->config;
  entry.measured =
      llvm::json::Object{{"nanoseconds", std::llround(getMean(*best) * 1000)},
                         {"timed", static_cast<int64_t>(timed.size())}};
  return llvm::Error::success();
}

TuningTable TableMaker::finish() {
  ruleLosses.print(os);
  tableLosses.print(os);
  return std::move(table);
}

llvm::Expected<TuningTable> makeTable(llvm::ArrayRef<Plan> plans,
                                      const TuningTable *compared,
                                      llvm::raw_ostream &os) {
  TableMaker maker(compared, os);
  TuningTable &table = maker.table;
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
    for (const PlannedProblem &problem : plan.problems)
      if (llvm::Error error = maker.add(problem))
        return std::move(error);
  }
  return maker.finish();
}

} // namespace fa3::tune
