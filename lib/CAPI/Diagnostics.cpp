//===- Diagnostics.cpp - Diagnostics as text for C ------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Diagnostics.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"

using namespace mlir;
using namespace mlir::capi;

static StringRef getName(DiagnosticSeverity severity) {
  switch (severity) {
  case DiagnosticSeverity::Note:
    return "note";
  case DiagnosticSeverity::Warning:
    return "warning";
  case DiagnosticSeverity::Error:
    return "error";
  case DiagnosticSeverity::Remark:
    return "remark";
  }
  llvm_unreachable("unknown severity");
}

/// Prints a diagnostic and its notes in the form in which compilers do.
static void print(Diagnostic &diagnostic, raw_ostream &os) {
  Location loc = diagnostic.getLocation();
  if (auto place = loc->findInstanceOf<FileLineColLoc>())
    os << place.getFilename().getValue() << ':' << place.getLine() << ':'
       << place.getColumn() << ": ";
  else if (!isa<UnknownLoc>(loc))
    os << loc << ": ";
  os << getName(diagnostic.getSeverity()) << ": " << diagnostic << '\n';
  for (Diagnostic &note : diagnostic.getNotes())
    print(note, os);
}

DiagnosticsAsText::DiagnosticsAsText(MLIRContext &context, std::string &text)
    : context(context), printsOps(context.shouldPrintOpOnDiagnostic()),
      os(text), handler(&context, [this](Diagnostic &diagnostic) {
        print(diagnostic, os);
      }) {
  // Whole kernels would stand behind each message.
  context.printOpOnDiagnostic(false);
}

DiagnosticsAsText::~DiagnosticsAsText() {
  context.printOpOnDiagnostic(printsOps);
}
