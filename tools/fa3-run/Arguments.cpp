//===- Arguments.cpp - The arguments of a run ----------------------------------
//===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arguments.h"
#include "fa3/Dialect/Attn/IR/Quantization.h"
#include "fa3/Runtime/LaunchPlan.h"
#include "fa3/Runtime/Npy.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>
#include <cstring>

using namespace mlir;
using namespace mlir::attn;
using fa3::runtime::ElementType;

/// Elements of 0xff bytes on either side of an array.
static constexpr int64_t kGuard = 64;

static llvm::Error makeError(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

llvm::Expected<std::pair<StringRef, StringRef>>
mlir::attn::splitAssignment(StringRef option, StringRef text) {
  auto [selector, value] = text.split('=');
  if (selector.empty() || value.empty())
    return makeError("--" + option + ": expected argument=value, but got '" +
                     text + "'");
  return std::make_pair(selector.trim(), value.trim());
}

llvm::Expected<ElementType> mlir::attn::getFileElementType(Type type) {
  if (type.isF32())
    return ElementType::F32;
  if (type.isF64())
    return ElementType::F64;
  if (type.isF16())
    return ElementType::F16;
  if (type.isBF16())
    return ElementType::BF16;
  if (isa<Float8E4M3FNType>(type))
    return ElementType::E4M3;
  if (isa<Float8E5M2Type>(type))
    return ElementType::E5M2;
  if (type.isInteger(1))
    return ElementType::Bool;
  if (type.isInteger(8))
    return ElementType::I8;
  if (type.isInteger(32))
    return ElementType::I32;
  if (type.isInteger(64) || type.isIndex())
    return ElementType::I64;
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return makeError("expected an element type that files can hold, but got " +
                   text);
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

/// Calls a function with the position in memory, in elements from the first
/// one, of each element in C order.
static void forEachElement(const HostArray &array,
                           function_ref<void(int64_t)> function) {
  if (llvm::is_contained(array.shape, 0))
    return;
  SmallVector<int64_t> index(array.shape.size(), 0);
  int64_t at = 0;
  while (true) {
    function(at);
    size_t dim = index.size();
    while (dim > 0) {
      at += array.strides[dim - 1];
      if (++index[dim - 1] < array.shape[dim - 1])
        break;
      --dim;
      at -= index[dim] * array.strides[dim];
      index[dim] = 0;
    }
    if (dim == 0)
      return;
  }
}

int64_t mlir::attn::getExtent(const HostArray &array) {
  if (llvm::is_contained(array.shape, 0))
    return 0;
  int64_t last = 0;
  for (auto [size, stride] : llvm::zip_equal(array.shape, array.strides))
    last += (size - 1) * stride;
  return last + 1;
}

std::vector<char> mlir::attn::packElements(const HostArray &array) {
  unsigned bytes = getElementBytes(array.elementType);
  std::vector<char> packed;
  forEachElement(array, [&](int64_t at) {
    const char *from = static_cast<const char *>(array.data) + at * bytes;
    packed.insert(packed.end(), from, from + bytes);
  });
  return packed;
}

namespace {
/// The same numbers on every machine: the standard library's distributions
/// differ between implementations.
class Random {
public:
  explicit Random(uint64_t seed) : state(seed) {}

  uint64_t bits() {
    uint64_t mixed = state += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    return mixed ^ mixed >> 31;
  }
  /// In (0, 1].
  double uniform() { return std::ldexp((bits() >> 11) + 1.0, -53); }
  /// By Box and Muller.
  double normal() {
    constexpr double tau = 6.283185307179586;
    double radius = std::sqrt(-2 * std::log(uniform()));
    return radius * std::cos(tau * uniform());
  }

private:
  uint64_t state;
};
} // namespace

//===----------------------------------------------------------------------===//
// Command line
//===----------------------------------------------------------------------===//

std::string Arguments::describe(unsigned index) const {
  std::string text = "argument " + std::to_string(index);
  if (!specs[index].name.empty())
    text += " (%" + specs[index].name + ")";
  return text;
}

llvm::Expected<unsigned> Arguments::find(StringRef option,
                                         StringRef selector) const {
  unsigned index;
  if (!selector.getAsInteger(10, index)) {
    if (index < specs.size())
      return index;
    return makeError("--" + option + ": expected an argument below " +
                     Twine(specs.size()) + ", but got " + Twine(index));
  }
  selector.consume_front("%");
  for (auto [i, spec] : llvm::enumerate(specs))
    if (spec.name == selector)
      return i;
  std::string known;
  for (const Spec &spec : specs)
    known += (known.empty() ? "" : ", ") + spec.name;
  return makeError("--" + option +
                   ": expected the number of an argument or "
                   "one of " +
                   known + ", but got '" + selector + "'");
}

llvm::Error Arguments::parseSizes(StringRef option, ArrayRef<std::string> texts,
                                  SmallVector<int64_t> Spec::*member) {
  for (StringRef text : texts) {
    llvm::Expected<std::pair<StringRef, StringRef>> parts =
        splitAssignment(option, text);
    if (!parts)
      return parts.takeError();
    llvm::Expected<unsigned> index = find(option, parts->first);
    if (!index)
      return index.takeError();
    SmallVector<int64_t> sizes;
    for (StringRef part : llvm::split(parts->second, 'x')) {
      int64_t size;
      if (part.getAsInteger(10, size) || size < 0)
        return makeError("--" + option +
                         ": expected sizes with 'x' between them, but got '" +
                         parts->second + "'");
      sizes.push_back(size);
    }
    SmallVector<int64_t> &known = specs[*index].*member;
    if (sizes.size() != known.size())
      return makeError("--" + option + ": expected " + Twine(known.size()) +
                       " numbers for " + describe(*index) + ", but got " +
                       Twine(sizes.size()));
    for (auto [dim, size] : llvm::enumerate(sizes)) {
      if (ShapedType::isStatic(known[dim]) && known[dim] != size)
        return makeError("--" + option + ": expected " + Twine(known[dim]) +
                         " in dimension " + Twine(dim) + " of " +
                         describe(*index) + ", but got " + Twine(size));
      known[dim] = size;
    }
  }
  return llvm::Error::success();
}

llvm::Error Arguments::parseDims(ArrayRef<std::string> texts) {
  for (StringRef list : texts)
    for (StringRef text : llvm::split(list, ',')) {
      llvm::Expected<std::pair<StringRef, StringRef>> parts =
          splitAssignment("dim", text);
      if (!parts)
        return parts.takeError();
      int64_t size;
      if (!llvm::is_contained({"B", "Sq", "Sk", "N"}, parts->first) ||
          parts->second.getAsInteger(10, size) || size < 0)
        return makeError(
            "--dim: expected a size for B, Sq, Sk or N, but got '" + text +
            "'");
      dims[parts->first] = size;
    }
  return llvm::Error::success();
}

llvm::Error Arguments::parse(const ArgumentRequest &request) {
  for (StringRef text : request.inputs) {
    llvm::Expected<std::pair<StringRef, StringRef>> parts =
        splitAssignment("input", text);
    if (!parts)
      return parts.takeError();
    llvm::Expected<unsigned> index = find("input", parts->first);
    if (!index)
      return index.takeError();
    specs[*index].input = parts->second.str();
  }
  if (llvm::Error error = parseSizes("shape", request.shapes, &Spec::shape))
    return error;
  if (llvm::Error error =
          parseSizes("strides", request.strides, &Spec::strides))
    return error;
  return parseDims(request.dims);
}

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

/// Whether an attention, or a merge of some, takes the value other than to
/// write there: an argument may be both where it is a tensor, a value.
static bool isRead(Value value) {
  return llvm::any_of(value.getUses(), [](OpOperand &use) {
    Operation *op = use.getOwner();
    return isa<ForwardOp, CombineOp, QuantizeOp, DequantizeOp>(op) &&
           !cast<DestinationStyleOpInterface>(op).isDpsInit(&use);
  });
}

/// What stands for 1 in random numbers of 8 bits: integers fill their range
/// otherwise than floats.
static double getUnit(ShapedType type) {
  constexpr double kIntegerUnit = 32;
  return type.getElementType().isInteger() ? kIntegerUnit : 1;
}

/// The name of the keys' dimension in a transposed V: it follows from Sk.
static constexpr StringLiteral kPlaces = "P";

/// Names the dimensions of the arguments that an attention, or another
/// operation of the dialect, takes as they are.
class Arguments::DimensionNamer {
public:
  DimensionNamer(func::FuncOp function, MutableArrayRef<Spec> specs)
      : function(function), specs(specs) {}

  void run() {
    nameAll<ForwardOp>();
    nameAll<CombineOp>();
    nameAll<QuantizeOp>();
    nameAll<DequantizeOp>();
    function.walk([&](bufferization::MaterializeInDestinationOp op) {
      if (Spec *spec = getSpec(op.getDest()))
        spec->isOutput = true;
    });
  }

private:
  template <typename OpT>
  void nameAll() {
    function.walk([&](OpT op) {
      nameOperands(op);
      markOutputs(op);
    });
  }

  /// None where the value is no argument.
  Spec *getSpec(Value value) {
    auto argument = dyn_cast_if_present<BlockArgument>(value);
    if (!argument || argument.getOwner() != &function.getBody().front())
      return nullptr;
    return &specs[argument.getArgNumber()];
  }

  /// Partial outputs have their number in front.
  void name(Value value, SmallVector<StringRef> names, bool partial = false) {
    if (partial)
      names.insert(names.begin(), "N");
    if (Spec *spec = getSpec(value))
      spec->dimNames.assign(names.begin(), names.end());
  }

  template <typename OpT>
  void nameRows(OpT op, Value value, StringRef rows, bool partial = false) {
    SmallVector<StringRef> names(4, "");
    names[op.getBatchDim()] = "B";
    names[op.getSeqDim()] = rows;
    name(value, names, partial);
  }

  /// Scales of blocks are marked, as they are not negative.
  void nameScale(Value scale, double unit) {
    Spec *spec = getSpec(scale);
    if (!spec)
      return;
    spec->isScale = true;
    spec->unit = 1 / unit;
    // A size of 1 stands for all batches.
    if (cast<ShapedType>(scale.getType()).isDynamicDim(0))
      name(scale, {"B", "", ""});
  }

  void setUnit(Value input, double unit) {
    if (Spec *spec = getSpec(input))
      spec->unit = unit;
  }

  /// A buffer may be written through views of it.
  static Value getBase(Value value) {
    while (auto view = value.getDefiningOp<ViewLikeOpInterface>())
      value = view.getViewSource();
    return value;
  }

  void markOutputs(DestinationStyleOpInterface op) {
    for (Value output : op.getDpsInits())
      if (Spec *spec = getSpec(getBase(output)))
        spec->isOutput = isa<MemRefType>(output.getType()) || !isRead(output);
  }

  void nameOperands(ForwardOp op) {
    bool partial = op.getSplitKeys() != nullptr;
    nameRows(op, op.getQuery(), "Sq");
    nameRows(op, op.getKey(), "Sk");
    if (op.hasTransposedValue())
      name(op.getValue(), {"B", "", "", kPlaces});
    else
      nameRows(op, op.getValue(), "Sk");
    nameRows(op, op.getOutput(), "Sq", partial);
    name(op.getLse(), {"B", "", "Sq"}, partial);
    double unit = getUnit(op.getQueryType());
    for (Value input : {op.getQuery(), op.getKey(), op.getValue()})
      setUnit(input, unit);
    for (Value scale :
         {op.getQueryScale(), op.getKeyScale(), op.getValueScale()})
      nameScale(scale, unit);
  }

  void nameOperands(CombineOp op) {
    nameRows(op, op.getPartialOutputs(), "Sq", /*partial=*/true);
    name(op.getPartialLse(), {"B", "", "Sq"}, /*partial=*/true);
    nameRows(op, op.getOutput(), "Sq");
    name(op.getLse(), {"B", "", "Sq"});
  }

  void nameOperands(QuantizeOp op) {
    Value made =
        op.hasTensors() ? Value(op->getResult(0)) : Value(op.getOutput());
    // Rows of keys where an attention takes them as such.
    bool areKeys = llvm::any_of(made.getUsers(), [&](Operation *user) {
      auto forward = dyn_cast<ForwardOp>(user);
      return forward &&
             (forward.getKey() == made || forward.getValue() == made);
    });
    StringRef rows = areKeys ? "Sk" : "Sq";
    nameRows(op, op.getInput(), rows);
    if (op.getTransposed())
      name(op.getOutput(), {"B", "", "", ""});
    else
      nameRows(op, op.getOutput(), rows);
    for (Value table : op.getRotary())
      name(table, {rows, ""});
    nameScale(op.getScale(), getUnit(op.getOutputType()));
  }

  void nameOperands(DequantizeOp op) {
    nameRows(op, op.getInput(), "Sq");
    nameRows(op, op.getOutput(), "Sq");
    double unit = getUnit(op.getInputType());
    setUnit(op.getInput(), unit);
    nameScale(op.getScale(), unit);
  }

  func::FuncOp function;
  MutableArrayRef<Spec> specs;
};

llvm::Error Arguments::setSize(unsigned index, unsigned dim, int64_t size,
                               const Twine &source) {
  int64_t &known = specs[index].shape[dim];
  if (ShapedType::isStatic(known) && known != size)
    return makeError("expected size " + Twine(known) + " in dimension " +
                     Twine(dim) + " of " + describe(index) + ", but got " +
                     Twine(size) + " from " + source);
  known = size;
  return llvm::Error::success();
}

llvm::Error Arguments::readFiles() {
  files.resize(specs.size());
  for (auto [index, spec] : llvm::enumerate(specs)) {
    auto type = dyn_cast<ShapedType>(spec.type);
    if (!type || spec.input.empty())
      continue;
    llvm::Expected<ElementType> element =
        getFileElementType(type.getElementType());
    if (!element)
      return element.takeError();
    llvm::Expected<fa3::runtime::NpyArray> array =
        fa3::runtime::readNpy(spec.input, *element);
    if (!array)
      return array.takeError();
    if (array->shape.size() != spec.shape.size())
      return makeError("expected " + Twine(spec.shape.size()) +
                       " dimensions for " + describe(index) + ", but got " +
                       Twine(array->shape.size()) + " from '" + spec.input +
                       "'");
    for (auto [dim, size] : llvm::enumerate(array->shape))
      if (llvm::Error error =
              setSize(index, dim, size, "'" + Twine(spec.input) + "'"))
        return error;
    files[index] = std::move(array->data);
  }
  return llvm::Error::success();
}

/// Dimensions of one name have one size, wherever that comes from.
llvm::Error Arguments::unifyDimensions() {
  for (const Spec &spec : specs)
    for (auto [name, size] : llvm::zip(spec.dimNames, spec.shape))
      if (!name.empty() && ShapedType::isStatic(size))
        dims.try_emplace(name, size);
  if (auto keys = dims.find("Sk"); keys != dims.end())
    dims.try_emplace(kPlaces, llvm::alignTo(keys->second, kKeyGroup));
  for (auto [index, spec] : llvm::enumerate(specs)) {
    for (auto [dim, name] : llvm::enumerate(spec.dimNames)) {
      auto size = dims.find(name);
      if (name.empty() || size == dims.end())
        continue;
      if (llvm::Error error = setSize(index, dim, size->second, name))
        return error;
    }
    for (auto [dim, size] : llvm::enumerate(spec.shape)) {
      if (ShapedType::isStatic(size))
        continue;
      StringRef name = spec.dimNames.empty() ? "" : spec.dimNames[dim];
      return makeError("the size of dimension " + Twine(dim) + " of " +
                       describe(index) + " is not known; expected " +
                       (name.empty() ? "" : "--dim " + name + "=..., ") +
                       "--shape " + Twine(index) + "=... or --input " +
                       Twine(index) + "=file.npy");
    }
  }
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

llvm::Error Arguments::createScalar(unsigned index) {
  const Spec &spec = specs[index];
  StringRef text = spec.input;
  if (text.ends_with(".npy"))
    return readScalar(index);
  if (getElementBytes(spec.type) == 0)
    return makeError("expected an array, or a number of at most 64 bits, for " +
                     describe(index));
  if (isa<FloatType>(spec.type)) {
    double value;
    if (text.getAsDouble(value))
      return makeError("expected a number for " + describe(index) +
                       " by --input, but got '" + text + "'");
    arguments.push_back(value);
    return llvm::Error::success();
  }
  int64_t value;
  if (text.getAsInteger(10, value))
    return makeError("expected an integer for " + describe(index) +
                     " by --input, but got '" + text + "'");
  arguments.push_back(value);
  return llvm::Error::success();
}

/// Strides that nothing says are those of the sizes without gaps. Gives the
/// bytes that the array takes, with those around it.
llvm::Expected<int64_t> Arguments::settleStrides(unsigned index) {
  Spec &spec = specs[index];
  auto elementBytes = static_cast<int64_t>(
      getElementBytes(cast<ShapedType>(spec.type).getElementType()));
  bool overflow = false;
  int64_t packed = 1;
  int64_t elements = 1 + 2 * kGuard;
  int64_t bytes = 0;
  for (size_t dim = spec.shape.size(); dim-- > 0 && !overflow;) {
    int64_t &stride = spec.strides[dim];
    if (ShapedType::isDynamic(stride))
      stride = packed;
    if (stride < 0)
      return makeError("expected a stride of at least 0 in dimension " +
                       Twine(dim) + " of " + describe(index) + ", but got " +
                       Twine(stride));
    int64_t size = std::max<int64_t>(spec.shape[dim], 1);
    int64_t reached = 0;
    overflow |= llvm::MulOverflow(stride, size, packed) != 0;
    overflow |= llvm::MulOverflow(stride, size - 1, reached) != 0;
    overflow |= llvm::AddOverflow(elements, reached, elements) != 0;
  }
  overflow |= llvm::MulOverflow(elements, elementBytes, bytes) != 0;
  if (overflow)
    return makeError("expected an array of fewer than 2^63 bytes for " +
                     describe(index));
  std::optional<fa3::runtime::SharedAddress> shared;
  if (spec.isOutput)
    shared = fa3::runtime::findSharedAddress(spec.shape, spec.strides);
  if (shared)
    return makeError("expected a stride of at least " +
                     Twine(shared->leastStride) + " in dimension " +
                     Twine(shared->dim) + " of " + describe(index) +
                     ", as two elements of an output would share an address, "
                     "but got " +
                     Twine(spec.strides[shared->dim]));
  return bytes;
}

/// Settles the memory of all arrays before any is allocated.
llvm::Error Arguments::settleArrays() {
  uint64_t total = 0;
  for (unsigned index = 0; index < specs.size(); ++index) {
    if (!isa<ShapedType>(specs[index].type))
      continue;
    llvm::Expected<int64_t> bytes = settleStrides(index);
    if (!bytes)
      return bytes.takeError();
    total = llvm::SaturatingAdd(total, static_cast<uint64_t>(*bytes));
  }
  auto largest = static_cast<uint64_t>(fa3::runtime::getLargestArraySize());
  if (total > largest)
    return makeError("expected arrays of at most " + Twine(largest) +
                     " bytes in all, an eighth of the memory of this machine, "
                     "but got " +
                     Twine(total));
  return llvm::Error::success();
}

/// Takes the number from a file of rank 0.
llvm::Error Arguments::readScalar(unsigned index) {
  const Spec &spec = specs[index];
  llvm::Expected<ElementType> element = getFileElementType(spec.type);
  if (!element)
    return element.takeError();
  llvm::Expected<fa3::runtime::NpyArray> array =
      fa3::runtime::readNpy(spec.input, *element);
  if (!array)
    return array.takeError();
  if (!array->shape.empty())
    return makeError("expected 0 dimensions for " + describe(index) +
                     ", but got " + Twine(array->shape.size()) + " from '" +
                     spec.input + "'");
  if (isa<FloatType>(spec.type)) {
    arguments.push_back(readElement(spec.type, array->data.data()));
    return llvm::Error::success();
  }
  int64_t value = 0;
  std::memcpy(&value, array->data.data(), array->data.size());
  arguments.push_back(
      llvm::SignExtend64(value, 8 * static_cast<unsigned>(array->data.size())));
  return llvm::Error::success();
}

/// A number of about the size of `unit`, where that is given.
static double makeRandom(Type element, std::optional<double> unit,
                         Random &random) {
  if (isa<FloatType>(element))
    return random.normal() * unit.value_or(1);
  // Integers that are no attention's input number something.
  if (!unit)
    return static_cast<double>(random.bits() % (element.isInteger(1) ? 2 : 4));
  double largest = getLargest(element);
  return std::clamp(std::nearbyint(random.normal() * *unit), -largest, largest);
}

llvm::Error Arguments::createArray(unsigned index, uint64_t seed) {
  Spec &spec = specs[index];
  Type element = cast<ShapedType>(spec.type).getElementType();
  int64_t bytes = getElementBytes(element);
  HostArray array = {element, nullptr, spec.shape, spec.strides};
  storage[index].assign((getExtent(array) + 2 * kGuard) * bytes, '\xff');
  char *data = storage[index].data() + kGuard * bytes;
  array.data = data;

  Random random(seed);
  const char *from = files[index].empty() ? nullptr : files[index].data();
  if (!spec.isOutput || from)
    forEachElement(array, [&](int64_t at) {
      if (from) {
        std::memcpy(data + at * bytes, from, bytes);
        from += bytes;
        return;
      }
      double value = makeRandom(element, spec.unit, random);
      writeElement(element, data + at * bytes,
                   spec.isScale ? std::abs(value) : value);
    });
  arguments.push_back(array);
  return llvm::Error::success();
}

llvm::Expected<Arguments> Arguments::create(func::FuncOp function,
                                            ArrayRef<std::string> names,
                                            const ArgumentRequest &request) {
  Arguments result;
  for (auto [index, type] : llvm::enumerate(function.getArgumentTypes())) {
    Spec spec;
    spec.type = type;
    if (index < names.size())
      spec.name = names[index];
    result.specs.push_back(spec);
    Spec &added = result.specs.back();
    auto shaped = dyn_cast<ShapedType>(type);
    if (!shaped)
      continue;
    if (!isa<MemRefType, RankedTensorType>(type) ||
        getElementBytes(shaped.getElementType()) == 0)
      return makeError("expected a ranked array of numbers, but got " +
                       result.describe(index));
    added.shape.assign(shaped.getShape().begin(), shaped.getShape().end());
    added.strides.assign(added.shape.size(), ShapedType::kDynamic);
    auto memref = dyn_cast<MemRefType>(type);
    if (!memref || memref.getLayout().isIdentity())
      continue;
    int64_t offset;
    added.strides.clear();
    if (failed(memref.getStridesAndOffset(added.strides, offset)))
      return makeError("expected a strided layout for " +
                       result.describe(index));
  }
  DimensionNamer(function, result.specs).run();
  if (llvm::Error error = result.parse(request))
    return std::move(error);
  if (llvm::Error error = result.readFiles())
    return std::move(error);
  if (llvm::Error error = result.unifyDimensions())
    return std::move(error);
  if (llvm::Error error = result.settleArrays())
    return std::move(error);
  result.storage.resize(result.specs.size());
  for (unsigned index = 0; index < result.specs.size(); ++index) {
    bool isArray = isa<ShapedType>(result.specs[index].type);
    // Neighbouring seeds share no numbers: they are mixed before use.
    uint64_t seed = Random(request.seed * 1000003 + index).bits();
    if (llvm::Error error = isArray ? result.createArray(index, seed)
                                    : result.createScalar(index))
      return std::move(error);
  }
  result.before = result.storage;
  return std::move(result);
}

void Arguments::addInputs(fa3::runtime::OutputFiles &files) const {
  for (const Spec &spec : specs)
    if (isa<ShapedType>(spec.type) && !spec.input.empty())
      files.addInput(spec.input);
}

llvm::Error Arguments::checkUntouched() const {
  for (unsigned index = 0; index < specs.size(); ++index) {
    const auto *array = std::get_if<HostArray>(&arguments[index]);
    if (!array)
      continue;
    std::vector<char> now = storage[index];
    int64_t bytes = getElementBytes(array->elementType);
    if (isOutput(index))
      forEachElement(*array, [&](int64_t at) {
        size_t position = (kGuard + at) * bytes;
        std::memcpy(&now[position], &before[index][position], bytes);
      });
    if (now != before[index])
      return makeError(
          describe(index) + ": " +
          (isOutput(index) ? "memory around its elements" : "an input") +
          " was written");
  }
  return llvm::Error::success();
}

void Arguments::print(raw_ostream &os) const {
  for (auto [index, spec] : llvm::enumerate(specs)) {
    os << describe(index) << ": " << spec.type;
    if (const auto *array = std::get_if<HostArray>(&arguments[index])) {
      os << ", ";
      llvm::interleave(array->shape, os, "x");
      os << ", strides ";
      llvm::interleave(array->strides, os, "x");
    }
    os << (spec.isOutput        ? ", output"
           : spec.input.empty() ? ", random"
                                : ", " + spec.input)
       << "\n";
  }
}
