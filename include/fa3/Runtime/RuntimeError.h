//===- RuntimeError.h - Errors that carry a status --------------*- C++ -*-===//
//
// The one kind of error that the runtime library makes: a message and the
// `fa3_status` that the C interface reports for it.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_RUNTIME_RUNTIMEERROR_H
#define FA3_RUNTIME_RUNTIMEERROR_H

#include "fa3/Runtime/fa3_runtime.h"

#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"

namespace fa3::runtime {

class RuntimeError : public llvm::ErrorInfo<RuntimeError> {
public:
  static char ID; // NOLINT(readability-identifier-naming): named by LLVM.

  RuntimeError(fa3_status status, std::string message)
      : status(status), text(std::move(message)) {}

  fa3_status getStatus() const { return status; }
  void log(llvm::raw_ostream &os) const override { os << text; }
  std::error_code convertToErrorCode() const override {
    return llvm::inconvertibleErrorCode();
  }

private:
  fa3_status status;
  std::string text;
};

/// Makes a `RuntimeError`. `message` is lower case, without a final period.
llvm::Error makeError(fa3_status status, const llvm::Twine &message);

} // namespace fa3::runtime

#endif // FA3_RUNTIME_RUNTIMEERROR_H
