//===- BuildManifest.cpp - From kernels to a manifest ---------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Converts `#hopper.kernel` to the runtime's description of a kernel and checks
// it against the function that carries it.
//
//===----------------------------------------------------------------------===//

#include "fa3/Target/PTX/BuildManifest.h"

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Target/Constraints.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace fa3 {

using runtime::SizeExpr;

/// A tensor map in the parameter space (CUDA driver API, CUtensorMap).
static constexpr uint64_t kTensorMapBytes = 128;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

static std::optional<runtime::ElementType> convertElement(Type type) {
  if (type.isIndex()) // as convert-kernel-to-llvm has it
    return runtime::ElementType::I64;
  using runtime::ElementType;
  if (auto integer = dyn_cast<IntegerType>(type)) {
    switch (integer.getWidth()) {
    case 1:
      return ElementType::Bool;
    case 8:
      return integer.isUnsigned() ? ElementType::U8 : ElementType::I8;
    case 32:
      return ElementType::I32;
    case 64:
      return ElementType::I64;
    default:
      return std::nullopt;
    }
  }
  return llvm::TypeSwitch<Type, std::optional<ElementType>>(type)
      .Case<Float16Type>([](Type) { return ElementType::F16; })
      .Case<BFloat16Type>([](Type) { return ElementType::BF16; })
      .Case<Float32Type>([](Type) { return ElementType::F32; })
      .Case<Float64Type>([](Type) { return ElementType::F64; })
      .Case<Float8E4M3FNType>([](Type) { return ElementType::E4M3; })
      .Case<Float8E5M2Type>([](Type) { return ElementType::E5M2; })
      .Default([](Type) { return std::nullopt; });
}

//===----------------------------------------------------------------------===//
// How arguments are used
//===----------------------------------------------------------------------===//

namespace {
struct Use {
  bool reads = false;
  bool writes = false;
};
} // namespace

/// Collects what is done through a pointer and what is made from it: pointers,
/// and integers such as those that say whether a store may be wide.
static Use collectUse(Value pointer) {
  Use use;
  SmallVector<Value> worklist = {pointer};
  llvm::DenseSet<Value> seen = {pointer};
  auto follow = [&](Value derived) {
    if (seen.insert(derived).second)
      worklist.push_back(derived);
  };
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    for (OpOperand &operand : value.getUses()) {
      Operation *user = operand.getOwner();
      if (isa<LLVM::GEPOp, LLVM::AddrSpaceCastOp, LLVM::SelectOp,
              LLVM::PtrToIntOp, LLVM::OrOp, LLVM::AndOp>(user)) {
        follow(user->getResult(0));
      } else if (auto branch = dyn_cast<BranchOpInterface>(user)) {
        if (auto argument =
                branch.getSuccessorBlockArgument(operand.getOperandNumber()))
          follow(*argument);
        else
          use = {true, true};
      } else if (isa<LLVM::LoadOp,
                     NVVM::CpAsyncBulkTensorGlobalToSharedClusterOp,
                     NVVM::CpAsyncBulkTensorPrefetchOp>(user)) {
        use.reads = true;
      } else if (auto store = dyn_cast<LLVM::StoreOp>(user);
                 (store && store.getValue() != value) ||
                 isa<NVVM::CpAsyncBulkTensorSharedCTAToGlobalOp>(user)) {
        use.writes = true;
      } else if (!isa<NVVM::PrefetchOp, LLVM::ICmpOp>(user)) {
        use = {true, true};
      }
    }
  }
  return use;
}

static Use getParameterUse(LLVM::LLVMFuncOp kernel, unsigned index) {
  if (kernel.getArgAttr(index, LLVM::LLVMDialect::getReadonlyAttrName()))
    return {true, false};
  if (kernel.getArgAttr(index, LLVM::LLVMDialect::getWriteOnlyAttrName()))
    return {false, true};
  if (kernel.getBody().empty())
    return {true, true};
  return collectUse(kernel.getBody().getArgument(index));
}

//===----------------------------------------------------------------------===//
// The manifest
//===----------------------------------------------------------------------===//

namespace {
class ManifestBuilder {
public:
  ManifestBuilder(LLVM::LLVMFuncOp kernel, hopper::KernelAttr attr,
                  const ManifestOptions &options)
      : kernel(kernel), attr(attr), options(options) {}

  FailureOr<runtime::KernelDesc> build(ArrayRef<LLVM::LLVMFuncOp> followers);

private:
  LogicalResult addLaunch();
  LogicalResult addFollower(LLVM::LLVMFuncOp follower);
  InFlightDiagnostic emitError() {
    return kernel.emitError(hopper::kKernelAttrName) << ": ";
  }
  LogicalResult addArguments();
  void addStrideConstraints(unsigned index, MemRefType type);
  LogicalResult addConstraints();
  LogicalResult addGrid();
  LogicalResult addParameters();
  FailureOr<runtime::Parameter> convertParameter(unsigned index);
  FailureOr<runtime::Parameter> convertTensorMap(unsigned index);
  FailureOr<runtime::Parameter> convertScalar(unsigned index);
  LogicalResult checkThreads();
  LogicalResult checkIndex(int64_t argument, const Twine &where);
  LogicalResult checkDimension(int64_t argument, int64_t dimension,
                               const Twine &where);
  void addUse(unsigned argument, Use use);
  void addAlignment(unsigned argument, unsigned parameter);

  LLVM::LLVMFuncOp kernel;
  hopper::KernelAttr attr;
  const ManifestOptions &options;
  runtime::KernelDesc desc;
  /// What is being built of it.
  runtime::LaunchDesc *launch = &desc;
  SmallVector<Use> uses;
};
} // namespace

LogicalResult ManifestBuilder::checkIndex(int64_t argument,
                                          const Twine &where) {
  if (argument >= 0 && argument < static_cast<int64_t>(desc.arguments.size()))
    return success();
  return emitError() << where << ": expected an argument under "
                     << desc.arguments.size() << ", but got " << argument;
}

LogicalResult ManifestBuilder::checkDimension(int64_t argument,
                                              int64_t dimension,
                                              const Twine &where) {
  if (failed(checkIndex(argument, where)))
    return failure();
  size_t rank = desc.arguments[argument].shape.size();
  if (dimension >= 0 && dimension < static_cast<int64_t>(rank))
    return success();
  return emitError() << where << ": expected a dimension under " << rank
                     << ", but got " << dimension;
}

/// A buffer of the launch, with the sizes that it has.
static void addSizes(runtime::ArgumentDesc &argument,
                     hopper::BufferAttr buffer) {
  argument.access = runtime::Access::Workspace;
  for (hopper::ExpressionAttr size : buffer.getSizes())
    argument.sizes.push_back(convertExpression(size));
}

/// What the manifest calls an argument that its user gives no name: that of the
/// result of the source function that it is, or its number.
static std::string getDefaultName(LLVM::LLVMFuncOp kernel, int64_t argument) {
  if (auto results =
          kernel->getAttrOfType<DenseI64ArrayAttr>(attn::kResultsAttrName))
    for (auto [index, place] : llvm::enumerate(results.asArrayRef()))
      if (place == argument)
        return "result" + std::to_string(index);
  return "arg" + std::to_string(argument);
}

LogicalResult ManifestBuilder::addArguments() {
  size_t buffers = attr.getWorkspace().size();
  if (buffers > attr.getArguments().size())
    return emitError() << "expected at most " << attr.getArguments().size()
                       << " buffers in the workspace, as there are arguments, "
                          "but got "
                       << buffers;
  size_t firstBuffer = attr.getArguments().size() - buffers;
  for (auto [index, type] : llvm::enumerate(attr.getArguments())) {
    auto shaped = dyn_cast<ShapedType>(type);
    std::optional<runtime::ElementType> element;
    if (shaped && shaped.hasRank())
      element = convertElement(shaped.getElementType());
    else if (hopper::isScalarArgument(type))
      element = convertElement(type);
    if (!element)
      return emitError()
             << "argument " << index
             << ": expected a ranked buffer of floats or integers "
                "that the runtime knows, or index, i32, i64, f32 or "
                "f64, but got "
             << type;
    runtime::ArgumentDesc argument;
    argument.element = *element;
    if (index >= firstBuffer) {
      addSizes(argument, attr.getWorkspace()[index - firstBuffer]);
      argument.name = "workspace" + std::to_string(index - firstBuffer);
    } else {
      argument.name = index < options.argumentNames.size()
                          ? options.argumentNames[index]
                          : getDefaultName(kernel, index);
    }
    if (!shaped)
      argument.access = runtime::Access::Value;
    else
      for (int64_t size : shaped.getShape())
        argument.shape.push_back(
            ShapedType::isDynamic(size) ? runtime::kDynamicSize : size);
    desc.arguments.push_back(std::move(argument));
  }
  uses.resize(desc.arguments.size());
  return success();
}

/// A kernel computes with the strides that its argument's type promises; the
/// host must not pass others. Of a dimension of size 1 no stride is used.
void ManifestBuilder::addStrideConstraints(unsigned index, MemRefType type) {
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(type.getStridesAndOffset(strides, offset)))
    return;
  // Of an empty buffer none is used either.
  if (llvm::is_contained(type.getShape(), 0))
    return;
  for (int64_t dim = 0; dim + 1 < type.getRank(); ++dim) {
    SizeExpr expected = 1;
    if (ShapedType::isStatic(strides[dim])) {
      expected = strides[dim];
    } else if (type.getLayout().isIdentity()) {
      for (int64_t inner = dim + 1; inner < type.getRank(); ++inner) {
        SizeExpr size = type.isDynamicDim(inner)
                            ? SizeExpr::size(index, inner)
                            : SizeExpr(type.getDimSize(inner));
        expected = inner == dim + 1
                       ? std::move(size)
                       : SizeExpr::mul(std::move(expected), std::move(size));
      }
    } else {
      continue;
    }
    // 1 where the stride is used: the dimension has more than one element, and
    // the buffer is not empty.
    SizeExpr used =
        SizeExpr::min(1, SizeExpr::sub(SizeExpr::size(index, dim), 1));
    for (int64_t other = 0; other < type.getRank(); ++other)
      if (type.isDynamicDim(other))
        used = SizeExpr::mul(std::move(used),
                             SizeExpr::min(1, SizeExpr::size(index, other)));
    runtime::Constraint constraint;
    constraint.lhs = SizeExpr::mul(
        SizeExpr::sub(SizeExpr::stride(index, dim), std::move(expected)),
        std::move(used));
    constraint.rhs = 0;
    constraint.message = "expected argument " + std::to_string(index) +
                         " to have the stride of its type in dimension " +
                         std::to_string(dim);
    desc.constraints.push_back(std::move(constraint));
  }
}

LogicalResult ManifestBuilder::addConstraints() {
  for (hopper::ConstraintAttr constraint : attr.getConstraints()) {
    for (hopper::ExpressionAttr side :
         {constraint.getLhs(), constraint.getRhs()})
      for (hopper::SizeAttr size : side.getSizes())
        if (failed(checkDimension(size.getArgument(), size.getDimension(),
                                  "constraint")))
          return failure();
    desc.constraints.push_back(convertConstraint(constraint));
  }
  for (auto [index, type] : llvm::enumerate(attr.getArguments()))
    if (auto memref = dyn_cast<MemRefType>(type);
        memref && desc.arguments[index].access != runtime::Access::Workspace)
      addStrideConstraints(index, memref);
  return success();
}

LogicalResult ManifestBuilder::addGrid() {
  hopper::ExpressionAttr grid = attr.getGrid();
  for (hopper::SizeAttr size : grid.getSizes())
    if (failed(checkDimension(size.getArgument(), size.getDimension(), "grid")))
      return failure();
  SizeExpr blocks = convertExpression(grid);
  if (attr.getPersistent())
    blocks = SizeExpr::min(SizeExpr::smCount(), std::move(blocks));
  launch->grid = {std::move(blocks), 1, 1};
  return success();
}

LogicalResult ManifestBuilder::checkThreads() {
  int64_t threads = attr.getThreads();
  if (threads < 1 || threads > 1024)
    return emitError() << "expected 1 to 1024 threads, but got " << threads;
  if (auto required = kernel->getAttrOfType<DenseI32ArrayAttr>(
          NVVM::NVVMDialect::getReqntidAttrName())) {
    int64_t product = 1;
    for (int32_t extent : required.asArrayRef())
      product *= extent;
    if (product != threads)
      return emitError() << "expected the " << product
                         << " threads of nvvm.reqntid, but got " << threads;
  }
  if (attr.getSharedMemory() < 0 ||
      attr.getSharedMemory() > runtime::kMaxSharedMemory)
    return emitError() << "expected at most " << runtime::kMaxSharedMemory
                       << " bytes of shared memory, but got "
                       << attr.getSharedMemory();
  launch->block = {static_cast<unsigned>(threads), 1, 1};
  launch->sharedMemory = attr.getSharedMemory();
  return success();
}

void ManifestBuilder::addUse(unsigned argument, Use use) {
  uses[argument].reads |= use.reads;
  uses[argument].writes |= use.writes;
}

/// What the host must know that the kernel takes for granted. A workspace is
/// the runtime's own.
void ManifestBuilder::addAlignment(unsigned argument, unsigned parameter) {
  auto alignment = kernel.getArgAttrOfType<IntegerAttr>(
      parameter, LLVM::LLVMDialect::getAlignAttrName());
  runtime::ArgumentDesc &described = desc.arguments[argument];
  if (alignment && described.access != runtime::Access::Workspace)
    described.alignment = std::max(described.alignment, alignment.getInt());
}

FailureOr<runtime::Parameter>
ManifestBuilder::convertTensorMap(unsigned index) {
  std::string where = "parameter " + std::to_string(index);
  hopper::TensorMapAttr map = attr.getParameters()[index].getMap();
  if (!map)
    return emitError() << where << ": expected a map, but got none";
  if (failed(checkIndex(map.getArgument(), where)))
    return failure();
  auto byval = dyn_cast_if_present<TypeAttr>(
      kernel.getArgAttr(index, LLVM::LLVMDialect::getByValAttrName()));
  uint64_t bytes =
      byval ? DataLayout::closest(kernel).getTypeSize(byval.getValue()) : 0;
  if (bytes != kTensorMapBytes)
    return emitError() << where << ": expected llvm.byval of "
                       << kTensorMapBytes << " bytes, but got "
                       << (byval ? Twine(bytes) : Twine("none"));
  std::optional<runtime::ElementType> element =
      convertElement(map.getElement());
  if (!element)
    return emitError() << where
                       << ": expected an element that the runtime knows, but "
                          "got "
                       << map.getElement();
  runtime::TensorMapParameter parameter;
  parameter.argument = map.getArgument();
  for (int64_t dim : map.getDims()) {
    if (failed(checkDimension(map.getArgument(), dim, where)))
      return failure();
    parameter.dims.push_back(dim);
  }
  parameter.box.assign(map.getBox().begin(), map.getBox().end());
  parameter.swizzle = runtime::Swizzle::B128;
  parameter.l2Promotion = runtime::L2Promotion::B256;
  parameter.element = *element;
  addUse(parameter.argument, getParameterUse(kernel, index));
  return runtime::Parameter(std::move(parameter));
}

FailureOr<runtime::Parameter> ManifestBuilder::convertScalar(unsigned index) {
  std::string where = "parameter " + std::to_string(index);
  int64_t argument = attr.getParameters()[index].getArgument();
  if (failed(checkIndex(argument, where)))
    return failure();
  Type expected = attr.getArguments()[argument];
  if (!hopper::isScalarArgument(expected))
    return emitError() << where << ": expected an argument that is a scalar, "
                       << "but got " << expected;
  if (expected.isIndex()) // as convert-kernel-to-llvm has it
    expected = IntegerType::get(kernel.getContext(), 64);
  Type type = kernel.getFunctionType().getParamType(index);
  if (type != expected)
    return emitError() << where << ": expected " << expected
                       << " for a scalar, but got " << type;
  return runtime::Parameter(runtime::ScalarParameter{
      static_cast<unsigned>(argument), desc.arguments[argument].element});
}

FailureOr<runtime::Parameter>
ManifestBuilder::convertParameter(unsigned index) {
  std::string where = "parameter " + std::to_string(index);
  hopper::ParameterAttr parameter = attr.getParameters()[index];
  Type type = kernel.getFunctionType().getParamType(index);
  if (parameter.getKind() == hopper::ParameterKind::Scalar)
    return convertScalar(index);
  bool isPointer = isa<LLVM::LLVMPointerType>(type);
  bool wantsPointer = parameter.getKind() == hopper::ParameterKind::TensorMap ||
                      parameter.getKind() == hopper::ParameterKind::Pointer;
  if (isPointer != wantsPointer ||
      (!isPointer && !type.isInteger(32) && !type.isInteger(64)))
    return emitError() << where << ": expected "
                       << (wantsPointer ? "a pointer" : "an i32 or i64")
                       << " for a "
                       << hopper::stringifyParameterKind(parameter.getKind())
                       << ", but got " << type;
  int64_t argument = parameter.getArgument();
  auto integer = type.isInteger(32) ? runtime::IntegerType::I32
                                    : runtime::IntegerType::I64;
  switch (parameter.getKind()) {
  case hopper::ParameterKind::TensorMap:
    return convertTensorMap(index);
  case hopper::ParameterKind::Pointer:
    if (failed(checkIndex(argument, where)))
      return failure();
    addUse(argument, getParameterUse(kernel, index));
    addAlignment(argument, index);
    return runtime::Parameter(
        runtime::PointerParameter{static_cast<unsigned>(argument)});
  case hopper::ParameterKind::Size:
  case hopper::ParameterKind::Stride:
  case hopper::ParameterKind::Scalar:
    break;
  }
  int64_t dimension = parameter.getDimension();
  if (failed(checkDimension(argument, dimension, where)))
    return failure();
  auto argumentIndex = static_cast<unsigned>(argument);
  auto dimensionIndex = static_cast<unsigned>(dimension);
  if (parameter.getKind() == hopper::ParameterKind::Size)
    return runtime::Parameter(
        runtime::SizeParameter{argumentIndex, dimensionIndex, integer});
  return runtime::Parameter(
      runtime::StrideParameter{argumentIndex, dimensionIndex, integer});
}

LogicalResult ManifestBuilder::addParameters() {
  size_t expected = kernel.getNumArguments();
  if (attr.getParameters().size() != expected)
    return emitError() << "expected " << expected
                       << " parameters, as many as of the kernel, but got "
                       << attr.getParameters().size();
  for (unsigned i = 0; i != expected; ++i) {
    FailureOr<runtime::Parameter> parameter = convertParameter(i);
    if (failed(parameter))
      return failure();
    launch->parameters.push_back(std::move(*parameter));
  }
  return success();
}

/// One entry point with its grid, threads and parameters.
LogicalResult ManifestBuilder::addLaunch() {
  launch->entry = kernel.getSymName().str();
  return success(succeeded(addGrid()) && succeeded(checkThreads()) &&
                 succeeded(addParameters()));
}

LogicalResult ManifestBuilder::addFollower(LLVM::LLVMFuncOp follower) {
  auto own =
      follower->getAttrOfType<hopper::KernelAttr>(hopper::kKernelAttrName);
  if (!own || own.getArguments() != attr.getArguments() ||
      own.getWorkspace() != attr.getWorkspace()) {
    InFlightDiagnostic diagnostic = follower.emitError(hopper::kKernelAttrName)
                                    << ": expected the arguments and the "
                                       "workspace of the kernel it follows";
    diagnostic.attachNote(kernel.getLoc()) << "which is this";
    return diagnostic;
  }
  runtime::LaunchDesc behind;
  kernel = follower;
  attr = own;
  launch = &behind;
  if (failed(addLaunch()))
    return failure();
  behind.overlapped = own.getOverlapped();
  desc.followers.push_back(std::move(behind));
  return success();
}

FailureOr<runtime::KernelDesc>
ManifestBuilder::build(ArrayRef<LLVM::LLVMFuncOp> followers) {
  desc.target = options.target;
  if (failed(addArguments()) || failed(addConstraints()) || failed(addLaunch()))
    return failure();
  for (LLVM::LLVMFuncOp follower : followers)
    if (failed(addFollower(follower)))
      return failure();
  for (auto [argument, use] : llvm::zip_equal(desc.arguments, uses))
    if (use.writes && argument.access != runtime::Access::Workspace)
      argument.access =
          use.reads ? runtime::Access::ReadWrite : runtime::Access::Write;
  llvm::append_range(desc.constraints, options.constraints);
  return std::move(desc);
}

FailureOr<runtime::KernelDesc>
buildManifest(LLVM::LLVMFuncOp kernel, const ManifestOptions &options,
              ArrayRef<LLVM::LLVMFuncOp> followers) {
  auto attr =
      kernel->getAttrOfType<hopper::KernelAttr>(hopper::kKernelAttrName);
  if (!attr)
    return kernel.emitError("expected ")
           << hopper::kKernelAttrName << " on the kernel '"
           << kernel.getSymName() << "', but got none";
  return ManifestBuilder(kernel, attr, options).build(followers);
}

RoleRegisters getRoleRegisters(LLVM::LLVMFuncOp kernel) {
  RoleRegisters result;
  kernel.walk([&](NVVM::SetMaxRegisterOp op) {
    bool isIncrease = op.getAction() == NVVM::SetMaxRegisterAction::increase;
    (isIncrease ? result.increased : result.decreased)
        .push_back(op.getRegCount());
  });
  return result;
}

llvm::json::Object buildResources(const PtxasFunction &function,
                                  const RoleRegisters &registers) {
  llvm::json::Object object{
      {"registers", function.registers},
      {"barriers", function.barriers},
      {"stack_frame", function.stackFrame},
      {"spill_stores", function.spillStores},
      {"spill_loads", function.spillLoads},
      {"static_shared_memory", function.sharedMemory},
  };
  if (!registers.decreased.empty())
    object["producer_registers"] = registers.decreased.front();
  if (!registers.increased.empty())
    object["consumer_registers"] = registers.increased.front();
  return object;
}

} // namespace fa3
