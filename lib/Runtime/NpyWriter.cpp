//===- NpyWriter.cpp - Writing of NumPy array files -----------------------===//

#include "fa3/Runtime/Npy.h"
#include "fa3/Runtime/RuntimeError.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

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

llvm::Error writeNpy(OutputFiles &files, llvm::StringRef path,
                     ElementType element, llvm::ArrayRef<int64_t> shape,
                     llvm::ArrayRef<char> data) {
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
  return files.write(path, {makeHeader(element, shape),
                            llvm::StringRef(data.data(), data.size())});
}

} // namespace fa3::runtime
