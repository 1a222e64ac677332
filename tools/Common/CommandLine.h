//===- CommandLine.h - What the tools' command lines share ------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TOOLS_COMMON_COMMANDLINE_H
#define FA3_TOOLS_COMMON_COMMANDLINE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

namespace fa3 {

/// Refuses an unknown option that begins with an h. LLVM takes it for a group
/// of flags of which the first is -h (--hopper-inset-tma, --hepl), prints its
/// help and ends well; any other unknown option it refuses itself. To be called
/// when options are registered, or told what else `isKnown`.
inline bool
checkOptions(int argc, char **argv,
             llvm::function_ref<bool(llvm::StringRef)> isKnown = nullptr) {
  auto &options = llvm::cl::getRegisteredOptions();
  for (int i = 1; i < argc && llvm::StringRef(argv[i]) != "--"; ++i) {
    llvm::StringRef argument = argv[i];
    llvm::StringRef name = argument.ltrim('-').split('=').first;
    if (!argument.starts_with("-") || !name.starts_with("h") || name == "h" ||
        name == "help" || name == "help-hidden" || name == "help-list" ||
        name == "help-list-hidden" || options.contains(name) ||
        (isKnown && isKnown(name)))
      continue;
    llvm::StringRef nearest = "help";
    for (const auto &entry : options)
      if (name.edit_distance(entry.first) < name.edit_distance(nearest))
        nearest = entry.first;
    llvm::errs() << argv[0] << ": Unknown command line argument '" << argument
                 << "'.  Try: '" << argv[0] << " --help'\n"
                 << argv[0] << ": Did you mean '--" << nearest << "'?\n";
    return false;
  }
  return true;
}

} // namespace fa3

#endif // FA3_TOOLS_COMMON_COMMANDLINE_H
