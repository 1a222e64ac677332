//===- NpyReader.cpp - Reading of NumPy array files -----------------------===//
//
// The format is that of numpy.lib.format: the magic, two bytes of version, the
// length of the header (2 bytes in version 1, 4 bytes after), the header, which
// is a Python dictionary such as
//   {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
// and the data.
//
//===----------------------------------------------------------------------===//

#include "fa3/Runtime/Npy.h"
#include "fa3/Runtime/RuntimeError.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstring>
#include <unistd.h>

namespace fa3::runtime {

/// NumPy's own limit.
static constexpr size_t kMaxNpyRank = 64;

std::optional<int64_t> getArraySizeInBytes(ElementType element,
                                           llvm::ArrayRef<int64_t> shape) {
  int64_t bytes = getSizeInBytes(element);
  bool isEmpty = false;
  for (int64_t size : shape) {
    if (size < 0)
      return std::nullopt;
    if (size == 0)
      isEmpty = true;
    else if (llvm::MulOverflow(bytes, size, bytes))
      return std::nullopt;
  }
  return isEmpty ? 0 : bytes;
}

int64_t getLargestArraySize() {
  return int64_t(sysconf(_SC_PHYS_PAGES)) / 8 * sysconf(_SC_PAGESIZE);
}

namespace {
struct NpyHeader {
  std::string descr;
  bool isFortranOrder = false;
  llvm::SmallVector<int64_t, 4> shape;
};

/// Recursive descent over the part of Python's syntax that NumPy writes.
class HeaderParser {
public:
  HeaderParser(llvm::StringRef text, llvm::StringRef name)
      : rest(text), name(name) {}

  llvm::Expected<NpyHeader> parse();

private:
  llvm::Error fail(const llvm::Twine &expected) const {
    std::string found;
    if (rest.empty()) {
      found = "the end";
    } else {
      llvm::raw_string_ostream os(found);
      os << '\'';
      os.write_escaped(rest.take_front(16));
      os << '\'';
    }
    return makeError(FA3_ERROR_IO, name + ": header: expected " + expected +
                                       ", but got " + found);
  }

  bool consume(llvm::StringRef token) {
    rest = rest.ltrim(" \t\r\n");
    return rest.consume_front(token);
  }

  llvm::Error expect(llvm::StringRef token) {
    if (consume(token))
      return llvm::Error::success();
    return fail("'" + token + "'");
  }

  llvm::Expected<llvm::StringRef> parseString();
  llvm::Expected<bool> parseBoolean();
  llvm::Error parseShape(llvm::SmallVectorImpl<int64_t> &shape);
  llvm::Error parseEntry(NpyHeader &header);

  llvm::StringRef rest;
  llvm::StringRef name;
  bool hasDescr = false;
  bool hasOrder = false;
  bool hasShape = false;
};
} // namespace

llvm::Expected<llvm::StringRef> HeaderParser::parseString() {
  rest = rest.ltrim(" \t\r\n");
  if (rest.empty() || (rest[0] != '\'' && rest[0] != '"'))
    return fail("a string");
  size_t end = rest.find(rest[0], 1);
  if (end == llvm::StringRef::npos)
    return fail("a string that ends");
  llvm::StringRef text = rest.slice(1, end);
  if (text.contains('\\'))
    return fail("a string without escapes");
  rest = rest.drop_front(end + 1);
  return text;
}

llvm::Expected<bool> HeaderParser::parseBoolean() {
  if (consume("True"))
    return true;
  if (consume("False"))
    return false;
  return fail("True or False");
}

/// (), (3,), (3, 4) or (3, 4,); a size may have the L of Python 2.
llvm::Error HeaderParser::parseShape(llvm::SmallVectorImpl<int64_t> &shape) {
  if (llvm::Error error = expect("("))
    return error;
  while (!consume(")")) {
    if (shape.size() == kMaxNpyRank)
      return fail("at most " + llvm::Twine(kMaxNpyRank) + " sizes");
    int64_t size = 0;
    rest = rest.ltrim(" \t\r\n");
    llvm::StringRef digits = rest.take_while(llvm::isDigit);
    if (digits.empty() || digits.getAsInteger(10, size))
      return fail("a size that fits in 63 bits");
    rest = rest.drop_front(digits.size());
    rest.consume_front("L");
    shape.push_back(size);
    bool hasComma = consume(",");
    // (3) is a number to Python, not a tuple.
    if (!hasComma && shape.size() == 1)
      return fail("','");
    if (!hasComma && !rest.ltrim(" \t\r\n").starts_with(")"))
      return fail("',' or ')'");
  }
  return llvm::Error::success();
}

llvm::Error HeaderParser::parseEntry(NpyHeader &header) {
  llvm::StringRef before = rest;
  llvm::Expected<llvm::StringRef> key = parseString();
  if (!key)
    return key.takeError();
  bool *seen = llvm::StringSwitch<bool *>(*key)
                   .Case("descr", &hasDescr)
                   .Case("fortran_order", &hasOrder)
                   .Case("shape", &hasShape)
                   .Default(nullptr);
  if (!seen || *seen) {
    rest = before;
    return fail("each of 'descr', 'fortran_order' and 'shape' once");
  }
  *seen = true;
  if (llvm::Error error = expect(":"))
    return error;
  if (*key == "shape")
    return parseShape(header.shape);
  if (*key == "descr") {
    llvm::Expected<llvm::StringRef> descr = parseString();
    if (!descr)
      return descr.takeError();
    header.descr = descr->str();
    return llvm::Error::success();
  }
  llvm::Expected<bool> isFortranOrder = parseBoolean();
  if (!isFortranOrder)
    return isFortranOrder.takeError();
  header.isFortranOrder = *isFortranOrder;
  return llvm::Error::success();
}

llvm::Expected<NpyHeader> HeaderParser::parse() {
  NpyHeader header;
  if (llvm::Error error = expect("{"))
    return std::move(error);
  while (!consume("}")) {
    if (llvm::Error error = parseEntry(header))
      return std::move(error);
    if (!consume(",") && !rest.ltrim(" \t\r\n").starts_with("}"))
      return fail("',' or '}'");
  }
  if (!hasDescr || !hasOrder || !hasShape)
    return makeError(FA3_ERROR_IO,
                     name +
                         ": header: expected 'descr', 'fortran_order' and "
                         "'shape', but '" +
                         (!hasDescr   ? "descr"
                          : !hasOrder ? "fortran_order"
                                      : "shape") +
                         "' is missing");
  if (!rest.trim(llvm::StringRef(" \t\r\n\0", 5)).empty())
    return fail("nothing after '}'");
  return header;
}

/// Element type of a descr, given what the caller expects.
static llvm::Expected<ElementType>
resolveElementType(llvm::StringRef descr, std::optional<ElementType> hint,
                   llvm::StringRef name) {
  auto fail = [&](const llvm::Twine &expected) {
    return makeError(FA3_ERROR_IO, name + ": expected " + expected +
                                       ", but got '" + descr + "'");
  };
  llvm::StringRef kind = descr;
  if (kind.consume_front(">"))
    return fail("little-endian elements");
  if (!kind.consume_front("<") && !kind.consume_front("|"))
    kind.consume_front("=");

  std::optional<ElementType> exact =
      llvm::StringSwitch<std::optional<ElementType>>(kind)
          .Case("f2", ElementType::F16)
          .Case("f4", ElementType::F32)
          .Case("f8", ElementType::F64)
          .Case("i1", ElementType::I8)
          .Case("i4", ElementType::I32)
          .Case("i8", ElementType::I64)
          .Case("u1", ElementType::U8)
          .Case("b1", ElementType::Bool)
          .Cases({"V2", "bfloat16"}, ElementType::BF16)
          .Case("float8_e4m3fn", ElementType::E4M3)
          // The first is the descr that ml_dtypes gives its float8_e5m2.
          .Cases({"f1", "float8_e5m2"}, ElementType::E5M2)
          .Default(std::nullopt);
  // Of these only the width is known.
  unsigned rawSize = llvm::StringSwitch<unsigned>(kind)
                         .Cases({"V1", "u1", "f1"}, 1)
                         .Cases({"V2", "u2"}, 2)
                         .Default(0);
  if (!exact && rawSize == 0)
    return fail("elements of type f2, f4, f8, i1, i4, i8, u1, b1, V1 or V2");
  if (!hint) {
    if (!exact)
      return fail("elements of a known type, as none is named for raw ones");
    return *exact;
  }
  if (exact == hint || rawSize == getSizeInBytes(*hint))
    return *hint;
  return fail("elements of type " + getName(*hint));
}

/// Reorders an array from Fortran to C order. In Fortran order the first
/// dimension is the fastest, so the element of C index (i, j, ..) is at
/// i + size0 * (j + size1 * ..).
static std::vector<char> transposeFromFortran(llvm::StringRef data,
                                              llvm::ArrayRef<int64_t> shape,
                                              size_t elementSize) {
  std::vector<char> result(data.size());
  llvm::SmallVector<size_t> strides;
  size_t stride = elementSize;
  for (int64_t size : shape) {
    strides.push_back(stride);
    stride *= static_cast<size_t>(size);
  }
  llvm::SmallVector<int64_t> index(shape.size(), 0);
  size_t from = 0;
  for (size_t to = 0; to < result.size(); to += elementSize) {
    std::memcpy(&result[to], data.data() + from, elementSize);
    for (size_t dim = shape.size(); dim-- > 0;) {
      from += strides[dim];
      if (++index[dim] < shape[dim])
        break;
      from -= strides[dim] * static_cast<size_t>(shape[dim]);
      index[dim] = 0;
    }
  }
  return result;
}

llvm::Expected<NpyArray> parseNpy(llvm::StringRef bytes, llvm::StringRef name,
                                  std::optional<ElementType> hint) {
  auto fail = [&](const llvm::Twine &message) {
    return makeError(FA3_ERROR_IO, name + ": " + message);
  };
  llvm::StringRef rest = bytes;
  if (!rest.consume_front("\x93NUMPY"))
    return fail("expected a NumPy file, but the magic string is missing");
  if (rest.size() < 2)
    return fail("expected a version, but got the end of the file");
  unsigned major = static_cast<unsigned char>(rest[0]);
  unsigned minor = static_cast<unsigned char>(rest[1]);
  rest = rest.drop_front(2);
  if (major < 1 || major > 3 || minor != 0)
    return fail("expected version 1.0, 2.0 or 3.0, but got " +
                llvm::Twine(major) + "." + llvm::Twine(minor));
  size_t lengthSize = major == 1 ? 2 : 4;
  if (rest.size() < lengthSize)
    return fail("expected the length of the header, but got the end of the "
                "file");
  size_t length = major == 1 ? llvm::support::endian::read16le(rest.data())
                             : llvm::support::endian::read32le(rest.data());
  rest = rest.drop_front(lengthSize);
  if (length > rest.size())
    return fail("expected a header of " + llvm::Twine(length) +
                " bytes, but got " + llvm::Twine(rest.size()));

  llvm::Expected<NpyHeader> header =
      HeaderParser(rest.take_front(length), name).parse();
  if (!header)
    return header.takeError();
  llvm::StringRef data = rest.drop_front(length);
  llvm::Expected<ElementType> element =
      resolveElementType(header->descr, hint, name);
  if (!element)
    return element.takeError();
  std::optional<int64_t> size = getArraySizeInBytes(*element, header->shape);
  if (!size)
    return fail("expected a size in bytes that fits in 63 bits, but the shape "
                "exceeds it");
  if (static_cast<uint64_t>(*size) != data.size())
    return fail("expected " + llvm::Twine(*size) + " bytes of data, but got " +
                llvm::Twine(data.size()));

  NpyArray array;
  array.element = *element;
  array.shape = header->shape;
  if (header->isFortranOrder && array.shape.size() > 1)
    array.data =
        transposeFromFortran(data, array.shape, getSizeInBytes(*element));
  else
    array.data.assign(data.begin(), data.end());
  return array;
}

llvm::Expected<NpyArray> readNpy(llvm::StringRef path,
                                 std::optional<ElementType> hint) {
  // A device or a pipe may never end.
  llvm::sys::fs::file_status status;
  if (!llvm::sys::fs::status(path, status) &&
      !llvm::sys::fs::is_regular_file(status))
    return makeError(FA3_ERROR_IO, path + ": expected a regular file");
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> buffer =
      llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                  /*RequiresNullTerminator=*/false,
                                  /*IsVolatile=*/true);
  if (std::error_code error = buffer.getError())
    return makeError(FA3_ERROR_IO, path + ": cannot read: " + error.message());
  return parseNpy((*buffer)->getBuffer(), path, hint);
}

} // namespace fa3::runtime
