//===- Image.h - Sanity of compiled images ----------------------*- C++ -*-===//

#ifndef FA3_LIB_RUNTIME_IMAGE_H
#define FA3_LIB_RUNTIME_IMAGE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace fa3::runtime {

/// Checks that an image is PTX text or a cubin of which no part lies past the
/// end. The driver is told no size, so it would read past the end of a
/// truncated file.
llvm::Error verifyImage(llvm::StringRef image);

} // namespace fa3::runtime

#endif // FA3_LIB_RUNTIME_IMAGE_H
