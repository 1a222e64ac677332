//===- ArgumentSource.cpp - Where the tensors of a launch come from -------===//

#include "ArgumentSource.h"

#include "fa3/Runtime/RuntimeError.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/APInt.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/MathExtras.h"

#include <cstring>

namespace fa3::runtime {

/// Number of different sums of four 16-bit parts.
static constexpr unsigned kNumSums = 4 * 65535 + 1;

static const llvm::fltSemantics *getSemantics(ElementType type) {
  switch (type) {
  case ElementType::F32:
    return &llvm::APFloat::IEEEsingle();
  case ElementType::F16:
    return &llvm::APFloat::IEEEhalf();
  case ElementType::BF16:
    return &llvm::APFloat::BFloat();
  case ElementType::E4M3:
    return &llvm::APFloat::Float8E4M3FN();
  case ElementType::E5M2:
    return &llvm::APFloat::Float8E5M2();
  case ElementType::F64:
    return &llvm::APFloat::IEEEdouble();
  case ElementType::I8:
  case ElementType::I32:
  case ElementType::I64:
  case ElementType::U8:
  case ElementType::Bool:
    return nullptr;
  }
  llvm_unreachable("not an element type");
}

static uint64_t getRandomBits(uint64_t seed, uint64_t index) {
  uint64_t z = seed + (index + 1) * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/// Bits of the element that a sum stands for.
static uint64_t getElementBits(unsigned sum, ElementType type) {
  if (const llvm::fltSemantics *semantics = getSemantics(type)) {
    double scale = 1.7320508075688772 / 65536;
    llvm::APFloat value((static_cast<double>(sum) - 131070) * scale);
    bool losesInfo = false;
    value.convert(*semantics, llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    return value.bitcastToAPInt().getZExtValue();
  }
  if (type == ElementType::Bool)
    return sum % 2;
  if (type == ElementType::U8)
    return sum % 16;
  return static_cast<uint64_t>(static_cast<int64_t>(sum % 16) - 8);
}

void fillRandom(uint64_t seed, NpyArray &array) {
  size_t elementSize = getSizeInBytes(array.element);
  size_t count = array.data.size() / elementSize;
  // Every sum is converted once; there are far fewer than elements.
  std::vector<uint64_t> bits(kNumSums);
  for (unsigned sum = 0; sum != kNumSums; ++sum)
    bits[sum] = getElementBits(sum, array.element);
  for (size_t i = 0; i != count; ++i) {
    uint64_t z = getRandomBits(seed, i);
    uint64_t sum =
        (z & 0xffff) + (z >> 16 & 0xffff) + (z >> 32 & 0xffff) + (z >> 48);
    // Little endian, as is every host that CUDA has.
    std::memcpy(&array.data[i * elementSize], &bits[sum], elementSize);
  }
}

static llvm::Error invalid(const llvm::Twine &message) {
  return makeError(FA3_ERROR_INVALID_ARGUMENT, message);
}

/// Parses "2x128x64"; "" is rank 0.
static llvm::Error parseShape(llvm::StringRef text,
                              llvm::SmallVectorImpl<int64_t> &shape) {
  if (text.empty())
    return llvm::Error::success();
  for (llvm::StringRef part : llvm::split(text, 'x')) {
    int64_t size = 0;
    if (part.getAsInteger(10, size) || size < 0)
      return invalid("expected sizes with 'x' between them, but got '" + text +
                     "'");
    shape.push_back(size);
  }
  return llvm::Error::success();
}

/// Parses the number of "i32:5" or "f32:0.5".
static llvm::Expected<NpyArray> makeNumber(llvm::StringRef text,
                                           ElementType element) {
  NpyArray array;
  array.element = element;
  array.data.resize(getSizeInBytes(element));
  uint64_t bits = 0;
  if (const llvm::fltSemantics *semantics = getSemantics(element)) {
    llvm::APFloat value(*semantics);
    llvm::Expected<llvm::APFloat::opStatus> status =
        value.convertFromString(text, llvm::APFloat::rmNearestTiesToEven);
    if (!status) {
      llvm::consumeError(status.takeError());
      return invalid("expected a number, but got '" + text + "'");
    }
    bits = value.bitcastToAPInt().getZExtValue();
  } else {
    int64_t value = 0;
    if (text.getAsInteger(10, value))
      return invalid("expected an integer, but got '" + text + "'");
    bool isUnsigned = element == ElementType::U8;
    unsigned width =
        element == ElementType::Bool ? 1 : 8 * getSizeInBytes(element);
    if (isUnsigned || width == 1 ? value < 0 || !llvm::isUIntN(width, value)
                                 : !llvm::isIntN(width, value))
      return invalid("expected an integer that fits in " + getName(element) +
                     ", but got " + text);
    bits = static_cast<uint64_t>(value);
  }
  std::memcpy(array.data.data(), &bits, array.data.size());
  return array;
}

llvm::Expected<NpyArray> makeArray(llvm::StringRef source,
                                   ElementType element) {
  auto [typeName, number] = source.split(':');
  if (std::optional<ElementType> type = elementTypeFromName(typeName)) {
    if (*type != element)
      return invalid("expected a number of type " + getName(element) +
                     ", but got '" + source + "'");
    return makeNumber(number, element);
  }
  llvm::StringRef rest = source;
  bool isRandom = rest.consume_front("random:");
  if (!isRandom && !rest.consume_front("empty:"))
    return readNpy(source, element);

  uint64_t seed = 0;
  if (isRandom) {
    auto [shapeText, seedText] = rest.rsplit(':');
    if (seedText.getAsInteger(10, seed))
      return invalid("expected random:SHAPE:SEED, but got '" + source + "'");
    rest = shapeText;
  }
  NpyArray array;
  array.element = element;
  if (llvm::Error error = parseShape(rest, array.shape))
    return std::move(error);
  std::optional<int64_t> size = getArraySizeInBytes(element, array.shape);
  if (!size || *size > getLargestArraySize())
    return invalid("expected an array of at most " +
                   llvm::Twine(getLargestArraySize()) +
                   " bytes, an eighth of the memory of this machine, but got " +
                   (size ? llvm::Twine(*size).str() : "more than 2^63") +
                   " from '" + source + "'");
  array.data.assign(static_cast<size_t>(*size), '\xff');
  if (isRandom)
    fillRandom(seed, array);
  return array;
}

} // namespace fa3::runtime
