//===- LaunchPlan.cpp - What one launch hands to the driver ---------------===//

#include "fa3/Runtime/LaunchPlan.h"

#include "fa3/Runtime/RuntimeError.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace fa3::runtime {

/// Alignment of the address and the strides of a tensor map, in bytes.
static constexpr int64_t kTensorMapAlignment = 16;

static llvm::Error invalid(const llvm::Twine &message) {
  return makeError(FA3_ERROR_INVALID_ARGUMENT, message);
}

namespace {
/// One call of planLaunch. Everything that only an error needs, such as names,
/// is computed when there is one.
class Planner {
public:
  Planner(const KernelDesc &kernel, llvm::ArrayRef<fa3_tensor> tensors,
          int64_t smCount)
      : kernel(kernel), tensors(tensors) {
    environment.tensors =
        llvm::ArrayRef(geometry).take_front(kernel.arguments.size());
    environment.smCount = smCount;
  }

  llvm::Error run(unsigned index, Workspace workspace, LaunchPlan &plan);

  /// Checks types and sizes, and gives the bytes of workspace that they ask
  /// for.
  llvm::Expected<uint64_t> measureWorkspace();

private:
  llvm::Error checkCount() const;
  llvm::Error checkArgument(unsigned index);
  llvm::Error layOutWorkspace(uint64_t &size);
  llvm::Error placeWorkspace(Workspace workspace);
  llvm::Error checkStrides(unsigned index);
  llvm::Error checkAddress(unsigned index);
  llvm::Error checkElements(unsigned index);
  llvm::Error checkOverlap(unsigned written, unsigned other);
  llvm::Error checkOutputs();
  llvm::Error checkConstraints() const;
  llvm::Error planGrid(const LaunchDesc &launch, LaunchPlan &plan);
  llvm::Error planTensorMap(const TensorMapParameter &map,
                            TensorMapRequest &request);
  llvm::Error planParameter(const Parameter &parameter, unsigned index,
                            LaunchPlan &plan);
  llvm::Error planInteger(int64_t value, IntegerType type,
                          const Parameter &parameter, unsigned index,
                          ParameterValue &result);

  llvm::Error argumentError(unsigned index, const llvm::Twine &message) const {
    return invalid("argument " + llvm::Twine(index) + " '" +
                   kernel.arguments[index].name + "': " + message);
  }

  std::string str(const SizeExpr &expr) const {
    llvm::SmallVector<llvm::StringRef> names;
    for (const ArgumentDesc &argument : kernel.arguments)
      names.push_back(argument.name);
    return expr.str(names);
  }

  const KernelDesc &kernel;
  /// Those of the caller.
  llvm::ArrayRef<fa3_tensor> tensors;
  SizeEnvironment environment;
  /// Of each tensor; strides that mean nothing are replaced (see checkStrides).
  std::array<TensorGeometry, kMaxArguments> geometry;
  /// Where each tensor is; of those in the workspace, the offset until that is
  /// placed.
  std::array<uintptr_t, kMaxArguments> address;
  /// Bytes from the first element of each tensor to the end of its last.
  std::array<uint64_t, kMaxArguments> extent;
  /// Whether a tensor has no elements.
  std::array<bool, kMaxArguments> isEmpty;
};
} // namespace

llvm::Error Planner::checkArgument(unsigned index) {
  const ArgumentDesc &argument = kernel.arguments[index];
  const fa3_tensor &tensor = tensors[index];
  if (tensor.dtype != static_cast<fa3_dtype>(argument.element)) {
    std::optional<ElementType> found = elementTypeFromCode(tensor.dtype);
    return argumentError(index,
                         "expected element type " + getName(argument.element) +
                             ", but got " +
                             (found ? getName(*found).str()
                                    : "code " + llvm::itostr(tensor.dtype)));
  }
  size_t rank = argument.shape.size();
  if (tensor.rank < 0 || static_cast<size_t>(tensor.rank) != rank)
    return argumentError(index, "expected rank " + llvm::Twine(rank) +
                                    ", but got " + llvm::Twine(tensor.rank));
  if (rank > 0 && !tensor.shape)
    return argumentError(index, "expected a shape, but got null");

  TensorGeometry &dims = geometry[index];
  dims.rank = static_cast<unsigned>(rank);
  isEmpty[index] = false;
  for (unsigned dim = 0; dim != rank; ++dim) {
    int64_t expected = argument.shape[dim];
    int64_t size = tensor.shape[dim];
    if (expected != kDynamicSize && size != expected)
      return argumentError(index, "expected size " + llvm::Twine(expected) +
                                      " in dimension " + llvm::Twine(dim) +
                                      ", but got " + llvm::Twine(size));
    if (size < 0)
      return argumentError(
          index, "expected a size of at least 0 in dimension " +
                     llvm::Twine(dim) + ", but got " + llvm::Twine(size));
    dims.sizes[dim] = size;
    isEmpty[index] |= size == 0;
  }
  address[index] = reinterpret_cast<uintptr_t>(tensor.data);
  return checkStrides(index);
}

/// Sizes, strides and offsets of the buffers in the workspace, and its size.
llvm::Error Planner::layOutWorkspace(uint64_t &size) {
  size = 0;
  for (unsigned i = kernel.getNumCallerArguments(),
                e = static_cast<unsigned>(kernel.arguments.size());
       i != e; ++i) {
    const ArgumentDesc &argument = kernel.arguments[i];
    TensorGeometry &dims = geometry[i];
    dims.rank = static_cast<unsigned>(argument.shape.size());
    isEmpty[i] = false;
    int64_t elements = 1;
    bool overflow = false;
    for (unsigned dim = dims.rank; dim-- > 0;) {
      llvm::Expected<int64_t> extent =
          argument.sizes[dim].evaluate(environment);
      if (!extent)
        return extent.takeError();
      if (*extent < 0)
        return argumentError(i, "expected a size of at least 0 in dimension " +
                                    llvm::Twine(dim) + ", but got " +
                                    llvm::Twine(*extent));
      dims.sizes[dim] = *extent;
      dims.strides[dim] = elements;
      overflow |= llvm::MulOverflow(elements, *extent, elements) != 0;
      isEmpty[i] |= *extent == 0;
    }
    int64_t bytes = 0;
    overflow |=
        llvm::MulOverflow(
            elements, static_cast<int64_t>(getSizeInBytes(argument.element)),
            bytes) != 0;
    // Far beyond any device, and sums of it stay in 63 bits.
    if (overflow || bytes > (int64_t(1) << 56))
      return argumentError(i, "expected at most 2^56 bytes, but its sizes "
                              "exceed them");
    address[i] = size;
    extent[i] = static_cast<uint64_t>(bytes);
    size += llvm::alignTo(extent[i], kWorkspaceAlignment);
  }
  return llvm::Error::success();
}

llvm::Error Planner::placeWorkspace(Workspace workspace) {
  uint64_t size = 0;
  if (llvm::Error error = layOutWorkspace(size))
    return error;
  if (size == 0)
    return llvm::Error::success();
  if (!workspace.data)
    return invalid("expected a workspace of " + llvm::Twine(size) +
                   " bytes, but got none; fa3_launch_with_workspace takes one");
  if (workspace.size < size)
    return invalid("expected a workspace of " + llvm::Twine(size) +
                   " bytes, but got " + llvm::Twine(workspace.size));
  auto begin = reinterpret_cast<uintptr_t>(workspace.data);
  if (begin % kWorkspaceAlignment != 0)
    return invalid("expected a workspace at a multiple of " +
                   llvm::Twine(kWorkspaceAlignment) + " bytes, but got 0x" +
                   llvm::utohexstr(begin));
  for (size_t i = tensors.size(), e = kernel.arguments.size(); i != e; ++i)
    address[i] += begin;
  return llvm::Error::success();
}

/// Computes the strides of a tensor and checks that its last byte has an offset
/// that fits in 63 bits. A stride that no element is reached by (the dimension
/// has size 1, or the tensor is empty) may hold anything; it becomes 1 in the
/// last dimension and 0 elsewhere, so that constraints hold regardless.
llvm::Error Planner::checkStrides(unsigned index) {
  const fa3_tensor &tensor = tensors[index];
  TensorGeometry &dims = geometry[index];
  bool overflow = false;
  int64_t compact = 1;
  int64_t extent = 1;
  for (unsigned dim = dims.rank; dim-- > 0;) {
    int64_t size = dims.sizes[dim];
    bool isLast = dim + 1 == dims.rank;
    if (isEmpty[index] || size == 1) {
      dims.strides[dim] = isLast ? 1 : 0;
      continue;
    }
    int64_t stride = tensor.strides ? tensor.strides[dim] : compact;
    if (isLast && stride != 1)
      return argumentError(
          index, "expected stride 1 in dimension " + llvm::Twine(dim) +
                     ", the last, but got " + llvm::Twine(stride));
    if (stride < 0)
      return argumentError(
          index, "expected a stride of at least 0 in dimension " +
                     llvm::Twine(dim) + ", but got " + llvm::Twine(stride));
    dims.strides[dim] = stride;
    int64_t span = 0;
    overflow |= llvm::MulOverflow(size - 1, stride, span) != 0;
    overflow |= llvm::AddOverflow(extent, span, extent) != 0;
    if (!tensor.strides)
      overflow |= llvm::MulOverflow(compact, size, compact) != 0;
  }
  int64_t bytes = 0;
  int64_t elementSize = getSizeInBytes(kernel.arguments[index].element);
  overflow |= llvm::MulOverflow(extent, elementSize, bytes) != 0;
  auto address = static_cast<int64_t>(reinterpret_cast<uintptr_t>(tensor.data));
  overflow |= llvm::AddOverflow(address, bytes, bytes) != 0;
  if (overflow)
    return argumentError(index, "expected addresses that fit in 63 bits, but "
                                "its sizes and strides exceed them");
  this->extent[index] = static_cast<uint64_t>(bytes - address);
  return llvm::Error::success();
}

/// Blocks write their parts of an output in any order.
llvm::Error Planner::checkElements(unsigned index) {
  const TensorGeometry &dims = geometry[index];
  std::optional<SharedAddress> shared =
      findSharedAddress(llvm::ArrayRef(dims.sizes).take_front(dims.rank),
                        llvm::ArrayRef(dims.strides).take_front(dims.rank));
  if (!shared)
    return llvm::Error::success();
  return argumentError(index, "expected a stride of at least " +
                                  llvm::Twine(shared->leastStride) +
                                  " in dimension " + llvm::Twine(shared->dim) +
                                  ", as two elements of an output would share "
                                  "an address, but got " +
                                  llvm::Twine(dims.strides[shared->dim]));
}

/// An output that lies on another argument would change what other blocks still
/// read or have written. Whether elements in a shared range interleave without
/// meeting is not looked into.
llvm::Error Planner::checkOverlap(unsigned written, unsigned other) {
  auto begin = [&](unsigned index) { return address[index]; };
  auto end = [&](unsigned index) { return begin(index) + extent[index]; };
  if (begin(written) >= end(other) || begin(other) >= end(written))
    return llvm::Error::success();
  auto range = [&](unsigned index) {
    return "0x" + llvm::utohexstr(begin(index)) + " to 0x" +
           llvm::utohexstr(end(index));
  };
  return argumentError(
      written, "expected an output with memory of its own, but its bytes, " +
                   range(written) + ", overlap those of argument " +
                   llvm::Twine(other) + " '" + kernel.arguments[other].name +
                   "', " + range(other));
}

llvm::Error Planner::checkAddress(unsigned index) {
  if (isEmpty[index])
    return llvm::Error::success();
  const ArgumentDesc &argument = kernel.arguments[index];
  bool isValue = argument.access == Access::Value;
  if (!tensors[index].data)
    return argumentError(index,
                         isValue ? "expected the host address of a value, but "
                                   "got null"
                                 : "expected a device address, but got null");
  if (isValue) // It is copied byte by byte.
    return llvm::Error::success();
  uint64_t alignment =
      std::max<uint64_t>(static_cast<uint64_t>(argument.alignment),
                         getSizeInBytes(argument.element));
  if (address[index] % alignment != 0)
    return argumentError(index, "expected an address that is a multiple of " +
                                    llvm::Twine(alignment) +
                                    " bytes, but got 0x" +
                                    llvm::utohexstr(address[index]));
  return llvm::Error::success();
}

llvm::Error
checkConstraint(const Constraint &constraint,
                const SizeEnvironment &environment,
                llvm::function_ref<std::string(const SizeExpr &)> str) {
  llvm::Expected<int64_t> lhs = constraint.lhs.evaluate(environment);
  if (!lhs)
    return lhs.takeError();
  llvm::Expected<int64_t> rhs = constraint.rhs.evaluate(environment);
  if (!rhs)
    return rhs.takeError();
  bool isEqual = constraint.kind == Constraint::Kind::Equal;
  // x % -1 is 0 in mathematics but overflows for the lowest x.
  bool holds = isEqual     ? *lhs == *rhs
               : *rhs == 0 ? *lhs == 0
                           : *rhs == -1 || *lhs % *rhs == 0;
  if (holds)
    return llvm::Error::success();
  std::string prefix =
      constraint.message.empty() ? "" : constraint.message + ": ";
  return invalid(prefix + "expected " + str(constraint.lhs) +
                 (isEqual ? " to equal " : " to be a multiple of ") +
                 str(constraint.rhs) + ", but got " + llvm::Twine(*lhs) +
                 " and " + llvm::Twine(*rhs));
}

llvm::Error Planner::checkConstraints() const {
  for (const Constraint &constraint : kernel.constraints)
    if (llvm::Error error =
            checkConstraint(constraint, environment,
                            [this](const SizeExpr &expr) { return str(expr); }))
      return error;
  return llvm::Error::success();
}

llvm::Error Planner::planGrid(const LaunchDesc &launch, LaunchPlan &plan) {
  static constexpr int64_t maxGrid[] = {2147483647, 65535, 65535};
  for (unsigned i = 0; i != 3; ++i) {
    llvm::Expected<int64_t> blocks = launch.grid[i].evaluate(environment);
    if (!blocks)
      return blocks.takeError();
    if (*blocks < 0 || *blocks > maxGrid[i])
      return invalid("grid[" + llvm::Twine(i) + "] = " + str(launch.grid[i]) +
                     ": expected 0 to " + llvm::Twine(maxGrid[i]) +
                     " blocks, but got " + llvm::Twine(*blocks));
    if (*blocks % launch.cluster[i] != 0)
      return invalid("grid[" + llvm::Twine(i) + "] = " + str(launch.grid[i]) +
                     ": expected a multiple of the " +
                     llvm::Twine(launch.cluster[i]) +
                     " blocks of a cluster, but got " + llvm::Twine(*blocks));
    plan.grid[i] = static_cast<uint32_t>(*blocks);
    plan.empty |= *blocks == 0;
  }
  return llvm::Error::success();
}

llvm::Error Planner::planTensorMap(const TensorMapParameter &map,
                                   TensorMapRequest &request) {
  unsigned index = map.argument;
  const TensorGeometry &dims = geometry[index];
  request.element = map.element;
  request.rank = dims.rank;
  request.swizzle = map.swizzle;
  request.l2Promotion = map.l2Promotion;
  llvm::copy(map.box, request.box.begin());
  if (isEmpty[index]) {
    request.address = 0;
    request.sizes.fill(1);
    request.strides.fill(kTensorMapAlignment);
    return llvm::Error::success();
  }

  request.address = address[index];
  if (request.address % kTensorMapAlignment != 0)
    return argumentError(index, "expected an address that is a multiple of " +
                                    llvm::Twine(kTensorMapAlignment) +
                                    " bytes, but got 0x" +
                                    llvm::utohexstr(request.address));
  int64_t elementSize = getSizeInBytes(map.element);
  for (unsigned i = 0; i != dims.rank; ++i) {
    unsigned dim = map.dims[i];
    int64_t size = dims.sizes[dim];
    // Maps have sizes up to 2^32, but coordinates are signed (PTX ISA,
    // cp.async.bulk.tensor).
    if (!llvm::isInt<32>(size))
      return argumentError(index, "expected a size of at most 2147483647 in "
                                  "dimension " +
                                      llvm::Twine(dim) + ", but got " +
                                      llvm::Twine(size));
    request.sizes[i] = static_cast<uint64_t>(size);
    if (i == 0)
      continue; // The verifier and checkStrides have seen to stride 1.
    // The product fits: checkStrides has bounded the extent of the tensor.
    int64_t stride =
        size == 1 ? kTensorMapAlignment : dims.strides[dim] * elementSize;
    if (stride % kTensorMapAlignment != 0 || stride >= (int64_t(1) << 40))
      return argumentError(
          index, "expected a stride in dimension " + llvm::Twine(dim) +
                     " that is a multiple of " +
                     llvm::Twine(kTensorMapAlignment) +
                     " bytes and under 2^40 bytes, but got " +
                     llvm::Twine(dims.strides[dim]) + " elements of " +
                     llvm::Twine(elementSize) + " bytes");
    request.strides[i - 1] = static_cast<uint64_t>(stride);
  }
  return llvm::Error::success();
}

llvm::Error Planner::planInteger(int64_t value, IntegerType type,
                                 const Parameter &parameter, unsigned index,
                                 ParameterValue &result) {
  result.bits = static_cast<uint64_t>(value);
  if (type == IntegerType::I64) {
    result.kind = ParameterValue::Kind::I64;
    return llvm::Error::success();
  }
  result.kind = ParameterValue::Kind::I32;
  if (llvm::isInt<32>(value))
    return llvm::Error::success();
  auto fits = [&](llvm::StringRef what, unsigned dim) {
    return (llvm::Twine("expected a ") + what + " that fits in i32 in " +
            "dimension " + llvm::Twine(dim) + ", but got " + llvm::Twine(value))
        .str();
  };
  if (const auto *size = std::get_if<SizeParameter>(&parameter))
    return argumentError(size->argument, fits("size", size->dim));
  if (const auto *stride = std::get_if<StrideParameter>(&parameter))
    return argumentError(stride->argument, fits("stride", stride->dim));
  return invalid("parameter " + llvm::Twine(index) + " = " +
                 str(std::get<ExpressionParameter>(parameter).value) +
                 ": expected a value that fits in i32, but got " +
                 llvm::Twine(value));
}

llvm::Error Planner::planParameter(const Parameter &parameter, unsigned index,
                                   LaunchPlan &plan) {
  ParameterValue &result = plan.parameters[index];
  if (const auto *map = std::get_if<TensorMapParameter>(&parameter)) {
    result = {ParameterValue::Kind::TensorMap, plan.numTensorMaps};
    return planTensorMap(*map, plan.tensorMaps[plan.numTensorMaps++]);
  }
  if (const auto *pointer = std::get_if<PointerParameter>(&parameter)) {
    result = {ParameterValue::Kind::Pointer,
              isEmpty[pointer->argument] ? 0 : address[pointer->argument]};
    return llvm::Error::success();
  }
  if (const auto *size = std::get_if<SizeParameter>(&parameter))
    return planInteger(geometry[size->argument].sizes[size->dim], size->type,
                       parameter, index, result);
  if (const auto *stride = std::get_if<StrideParameter>(&parameter))
    return planInteger(geometry[stride->argument].strides[stride->dim],
                       stride->type, parameter, index, result);
  if (const auto *scalar = std::get_if<ScalarParameter>(&parameter)) {
    // The bytes come first on every host that CUDA has, which is little endian.
    result = {getSizeInBytes(scalar->type) == 4 ? ParameterValue::Kind::I32
                                                : ParameterValue::Kind::I64,
              0};
    std::memcpy(&result.bits, tensors[scalar->argument].data,
                getSizeInBytes(scalar->type));
    return llvm::Error::success();
  }
  const auto &expression = std::get<ExpressionParameter>(parameter);
  llvm::Expected<int64_t> value = expression.value.evaluate(environment);
  if (!value)
    return value.takeError();
  return planInteger(*value, expression.type, parameter, index, result);
}

/// Checks what a launch may write to. Last, since the wrong size of a tensor is
/// a better reason than that it reaches into another one.
llvm::Error Planner::checkOutputs() {
  for (unsigned i = 0, e = kernel.arguments.size(); i != e; ++i) {
    if (kernel.arguments[i].access == Access::Read || isEmpty[i])
      continue;
    if (llvm::Error error = checkElements(i))
      return error;
    for (unsigned j = 0; j != e; ++j)
      if (j != i && !isEmpty[j])
        if (llvm::Error error = checkOverlap(i, j))
          return error;
  }
  return llvm::Error::success();
}

llvm::Error Planner::checkCount() const {
  size_t expected = kernel.getNumCallerArguments();
  if (tensors.size() == expected)
    return llvm::Error::success();
  return invalid("expected " + llvm::Twine(expected) + " arguments, but got " +
                 llvm::Twine(tensors.size()));
}

llvm::Expected<uint64_t> Planner::measureWorkspace() {
  if (llvm::Error error = checkCount())
    return std::move(error);
  for (unsigned i = 0, e = static_cast<unsigned>(tensors.size()); i != e; ++i)
    if (llvm::Error error = checkArgument(i))
      return std::move(error);
  if (llvm::Error error = checkConstraints())
    return std::move(error);
  uint64_t size = 0;
  if (llvm::Error error = layOutWorkspace(size))
    return std::move(error);
  return size;
}

llvm::Error Planner::run(unsigned index, Workspace workspace,
                         LaunchPlan &plan) {
  if (llvm::Error error = checkCount())
    return error;
  plan.empty = false;
  plan.numTensorMaps = 0;
  plan.numParameters = 0;
  for (unsigned i = 0, e = static_cast<unsigned>(tensors.size()); i != e; ++i) {
    if (llvm::Error error = checkArgument(i))
      return error;
    if (llvm::Error error = checkAddress(i))
      return error;
  }
  if (llvm::Error error = checkConstraints())
    return error;
  const LaunchDesc &launch = kernel.getLaunch(index);
  if (llvm::Error error = planGrid(launch, plan))
    return error;
  if (plan.empty)
    return llvm::Error::success();
  if (llvm::Error error = placeWorkspace(workspace))
    return error;
  plan.numParameters = static_cast<unsigned>(launch.parameters.size());
  for (unsigned i = 0; i != plan.numParameters; ++i)
    if (llvm::Error error = planParameter(launch.parameters[i], i, plan))
      return error;
  return index == 0 ? checkOutputs() : llvm::Error::success();
}

bool TensorMapRequest::operator==(const TensorMapRequest &other) const {
  return element == other.element && rank == other.rank &&
         swizzle == other.swizzle && l2Promotion == other.l2Promotion &&
         address == other.address &&
         std::equal(sizes.begin(), sizes.begin() + rank, other.sizes.begin()) &&
         (rank == 0 || std::equal(strides.begin(), strides.begin() + rank - 1,
                                  other.strides.begin())) &&
         std::equal(box.begin(), box.begin() + rank, other.box.begin());
}

std::optional<SharedAddress>
findSharedAddress(llvm::ArrayRef<int64_t> sizes,
                  llvm::ArrayRef<int64_t> strides) {
  llvm::SmallVector<unsigned, kMaxRank> order(sizes.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::sort(order, [&](unsigned a, unsigned b) {
    return std::pair(strides[a], a) < std::pair(strides[b], b);
  });
  if (llvm::is_contained(sizes, 0))
    return std::nullopt;
  int64_t reached = 1;
  for (unsigned dim : order) {
    if (sizes[dim] == 1)
      continue;
    if (strides[dim] < reached)
      return SharedAddress{dim, reached};
    reached += (sizes[dim] - 1) * strides[dim];
  }
  return std::nullopt;
}

llvm::Error planLaunch(const KernelDesc &kernel,
                       llvm::ArrayRef<fa3_tensor> tensors, int64_t smCount,
                       LaunchPlan &plan, Workspace workspace, unsigned index) {
  return Planner(kernel, tensors, smCount).run(index, workspace, plan);
}

llvm::Expected<uint64_t> planWorkspace(const KernelDesc &kernel,
                                       llvm::ArrayRef<fa3_tensor> tensors,
                                       int64_t smCount) {
  return Planner(kernel, tensors, smCount).measureWorkspace();
}

} // namespace fa3::runtime
