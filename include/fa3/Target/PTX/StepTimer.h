//===- StepTimer.h - Times of the steps of a run ----------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Keeps how long each step of a compilation took, in the order of the steps, so
// that a tool can print them and a test can bound them.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TARGET_PTX_STEPTIMER_H
#define FA3_TARGET_PTX_STEPTIMER_H

#include "llvm/ADT/StringRef.h"

#include <chrono>
#include <string>
#include <vector>

namespace fa3 {

/// How long one step took.
struct StepTime {
  std::string name;
  double seconds = 0;
};

/// The times of the steps of one compilation.
class StepTimer {
public:
  /// Times a step from construction to destruction. Without a timer it does
  /// nothing.
  class Scope {
  public:
    Scope(StepTimer *timer, llvm::StringRef name)
        : timer(timer), name(name), start(Clock::now()) {}
    Scope(const Scope &) = delete;
    Scope &operator=(const Scope &) = delete;
    ~Scope() {
      if (timer)
        timer->times.push_back(
            {name.str(),
             std::chrono::duration<double>(Clock::now() - start).count()});
    }

  private:
    using Clock = std::chrono::steady_clock;
    StepTimer *timer;
    llvm::StringRef name;
    Clock::time_point start;
  };

  const std::vector<StepTime> &getTimes() const { return times; }
  std::vector<StepTime> takeTimes() { return std::move(times); }

private:
  std::vector<StepTime> times;
};

} // namespace fa3

#endif // FA3_TARGET_PTX_STEPTIMER_H
