//===- RuntimeError.cpp - Errors that carry a status ----------------------===//

#include "fa3/Runtime/RuntimeError.h"

namespace fa3::runtime {

char RuntimeError::ID = 0;

llvm::Error makeError(fa3_status status, const llvm::Twine &message) {
  return llvm::make_error<RuntimeError>(status, message.str());
}

} // namespace fa3::runtime
