//===- Diagnostics.h - Diagnostics that have no place -----------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_TOOLS_COMMON_DIAGNOSTICS_H
#define FA3_TOOLS_COMMON_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"
#include "llvm/Support/WithColor.h"

namespace fa3 {

/// Prints a diagnostic that has no place in the source, such as one of an
/// option, as the tool's own; leaves others to whoever was registered before.
inline mlir::LogicalResult reportWithoutPlace(llvm::StringRef tool,
                                              mlir::Diagnostic &diagnostic) {
  if (!llvm::isa<mlir::UnknownLoc>(diagnostic.getLocation()))
    return mlir::failure();
  switch (diagnostic.getSeverity()) {
  case mlir::DiagnosticSeverity::Error:
    llvm::WithColor::error(llvm::errs(), tool);
    break;
  case mlir::DiagnosticSeverity::Warning:
    llvm::WithColor::warning(llvm::errs(), tool);
    break;
  case mlir::DiagnosticSeverity::Remark:
    llvm::WithColor::remark(llvm::errs(), tool);
    break;
  case mlir::DiagnosticSeverity::Note:
    llvm::WithColor::note(llvm::errs(), tool);
    break;
  }
  llvm::errs() << diagnostic << '\n';
  return mlir::success();
}

} // namespace fa3

#endif // FA3_TOOLS_COMMON_DIAGNOSTICS_H
