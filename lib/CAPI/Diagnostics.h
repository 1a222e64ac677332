//===- Diagnostics.h - Diagnostics as text for C ------------------*- C++
//-*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_LIB_CAPI_DIAGNOSTICS_H
#define FA3_LIB_CAPI_DIAGNOSTICS_H

#include "mlir-c/Support.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/raw_ostream.h"

#include <string>

namespace mlir::capi {

/// Writes the diagnostics of a context to a string while it lives, a line for
/// each and for each note: `file:line:column: error: message`.
class DiagnosticsAsText {
public:
  DiagnosticsAsText(MLIRContext &context, std::string &text);
  DiagnosticsAsText(const DiagnosticsAsText &) = delete;
  DiagnosticsAsText &operator=(const DiagnosticsAsText &) = delete;
  ~DiagnosticsAsText();

private:
  MLIRContext &context;
  bool printsOps;
  llvm::raw_string_ostream os;
  ScopedDiagnosticHandler handler;
};

/// The text of a module. The parser reads what a null string points to.
inline StringRef unwrapSource(MlirStringRef source) {
  return source.data ? StringRef(source.data, source.length) : StringRef("");
}

} // namespace mlir::capi

#endif // FA3_LIB_CAPI_DIAGNOSTICS_H
