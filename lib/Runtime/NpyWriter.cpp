//===- NpyWriter.cpp - Writing of NumPy array files -----------------------===//

#include "fa3/Runtime/Npy.h"
#include "fa3/Runtime/RuntimeError.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <cerrno>
#include <unistd.h>

namespace fa3::runtime {

static llvm::StringRef getDescr(ElementType type) {
  switch (type) {
  case ElementType::F32:
    return "<f4";
  case ElementType::F16:
    return "<f2";
  case ElementType::BF16:
    return "<V2";
  case ElementType::E4M3:
  case ElementType::E5M2:
    return "|V1";
  case ElementType::I8:
    return "|i1";
  case ElementType::I32:
    return "<i4";
  case ElementType::I64:
    return "<i8";
  case ElementType::F64:
    return "<f8";
  case ElementType::U8:
    return "|u1";
  case ElementType::Bool:
    return "|b1";
  }
  llvm_unreachable("not an element type");
}

/// Everything before the data. Padded so that the data begins at a multiple of
/// 64 bytes, as the format asks for. A shape of NumPy's largest rank still fits
/// the 16-bit length of version 1.0.
static std::string makeHeader(ElementType element,
                              llvm::ArrayRef<int64_t> shape) {
  std::string dictionary;
  llvm::raw_string_ostream os(dictionary);
  os << "{'descr': '" << getDescr(element)
     << "', 'fortran_order': False, 'shape': (";
  llvm::interleaveComma(shape, os);
  // A tuple of one has a comma, or it would be a number.
  if (shape.size() == 1)
    os << ',';
  os << "), }";

  std::string header("\x93NUMPY\x01\x00", 8);
  size_t total = llvm::alignTo(header.size() + 2 + dictionary.size() + 1, 64);
  dictionary.append(total - header.size() - 2 - dictionary.size() - 1, ' ');
  dictionary += '\n';
  char length[2];
  llvm::support::endian::write16le(length,
                                   static_cast<uint16_t>(dictionary.size()));
  header.append(length, 2);
  return header + dictionary;
}

llvm::Error writeNpy(llvm::StringRef path, ElementType element,
                     llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<char> data) {
  auto fail = [&](const llvm::Twine &message) {
    return makeError(FA3_ERROR_IO, path + ": " + message);
  };
  static constexpr size_t maxRank = 64;
  if (shape.size() > maxRank)
    return fail("expected a rank of at most " + llvm::Twine(maxRank) +
                ", but got " + llvm::Twine(shape.size()));
  std::optional<int64_t> size = getArraySizeInBytes(element, shape);
  if (!size || static_cast<uint64_t>(*size) != data.size())
    return fail(
        "expected " + (size ? llvm::Twine(*size).str() : "fewer than 2^63") +
        " bytes of data for the shape, but got " + llvm::Twine(data.size()));

  // Beside the target, so that the rename stays within one file system.
  int descriptor = -1;
  llvm::SmallString<256> temporary;
  if (std::error_code error = llvm::sys::fs::createUniqueFile(
          path + ".%%%%%%%%.tmp", descriptor, temporary))
    return fail("cannot create a file beside it: " + error.message());
  llvm::scope_exit removeTemporary([&] {
    // The failure that led here is the one to report.
    std::error_code ignored = llvm::sys::fs::remove(temporary);
    (void)ignored;
  });
  std::error_code error;
  {
    llvm::raw_fd_ostream os(descriptor, /*shouldClose=*/true);
    os << makeHeader(element, shape);
    os.write(data.data(), data.size());
    os.flush();
    if (!os.has_error() && ::fsync(descriptor) != 0 && errno != EINVAL)
      error = std::error_code(errno, std::generic_category());
    os.close();
    if (os.has_error())
      error = os.error();
    os.clear_error();
  }
  if (error)
    return fail("cannot write: " + error.message());
  if (std::error_code renameError = llvm::sys::fs::rename(temporary, path))
    return fail("cannot replace: " + renameError.message());
  removeTemporary.release();
  return llvm::Error::success();
}

} // namespace fa3::runtime
