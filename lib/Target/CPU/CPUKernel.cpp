//===- CPUKernel.cpp - Attention compiled for this CPU --------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Target/CPU/CPUKernel.h"
#include "CopyLibrary.h"
#include "FailedAssertion.h"
#include "FloatLibrary.h"
#include "fa3/Dialect/Hopper/Transforms/Assertions.h"
#include "fa3/Pipelines/CPU.h"
#include "fa3/Pipelines/Options.h"
#include "fa3/Runtime/LaunchPlan.h"
#include "fa3/Target/Constraints.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/DebugStringHelper.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/X86TargetParser.h"
#include <cstdlib>
#include <cstring>
#include <mutex>

using namespace mlir;
using namespace mlir::attn;

static llvm::Error makeError(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

static std::string escape(StringRef text) {
  std::string escaped;
  llvm::raw_string_ostream os(escaped);
  llvm::printEscapedString(text, os);
  return escaped;
}

//===----------------------------------------------------------------------===//
// Compilation
//===----------------------------------------------------------------------===//

static llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(const CPUKernelOptions &options) {
  static std::once_flag initialized;
  std::call_once(initialized, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
  });
  llvm::Expected<llvm::orc::JITTargetMachineBuilder> builder =
      llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!builder)
    return builder.takeError();
  if (!options.processor.empty()) {
    llvm::Expected<std::unique_ptr<llvm::TargetMachine>> host =
        builder->createTargetMachine();
    if (!host)
      return host.takeError();
    if (!(*host)->getMCSubtargetInfo()->isCPUStringValid(options.processor))
      return makeError("expected a processor of " +
                       builder->getTargetTriple().getArchName() +
                       ", but got '" + options.processor + "'");
    // The code generator ends the process for those.
    if (builder->getTargetTriple().getArch() == llvm::Triple::x86_64 &&
        llvm::X86::parseArchX86(options.processor) != llvm::X86::CK_None &&
        llvm::X86::parseArchX86(options.processor, /*Only64Bit=*/true) ==
            llvm::X86::CK_None)
      return makeError("expected a processor of 64 bits, but got '" +
                       options.processor + "'");
    // The features of this processor are not those of the other one.
    builder->setCPU(options.processor);
    builder->getFeatures() = llvm::SubtargetFeatures();
  }
  return builder->createTargetMachine();
}

/// Whether something is written through a memref or what is made of it, such as
/// a view.
static bool mayBeWritten(Value memref) {
  for (Operation *user : memref.getUsers()) {
    auto interface = dyn_cast<MemoryEffectOpInterface>(user);
    if (!interface)
      return true;
    SmallVector<MemoryEffects::EffectInstance> effects;
    interface.getEffectsOnValue(memref, effects);
    if (llvm::any_of(effects, [](const MemoryEffects::EffectInstance &effect) {
          return isa<MemoryEffects::Write>(effect.getEffect());
        }))
      return true;
    for (Value result : user->getResults())
      if (isa<BaseMemRefType>(result.getType()) && mayBeWritten(result))
        return true;
  }
  return false;
}

/// What callers are told, or checked for, while memrefs are still there. The
/// assertions of attention are checked in front of the call, with all sizes at
/// hand for a message.
void CPUKernel::takeInterface(func::FuncOp function) {
  for (BlockArgument argument : function.getArguments())
    written.push_back(isa<BaseMemRefType>(argument.getType()) &&
                      mayBeWritten(argument));
  for (auto assertion :
       llvm::make_early_inc_range(function.front().getOps<cf::AssertOp>())) {
    FailureOr<hopper::ConstraintAttr> constraint =
        hopper::convertAssertion(assertion);
    // The others are the function's own.
    if (failed(constraint))
      continue;
    constraints.push_back(fa3::convertConstraint(*constraint));
    assertion.erase();
  }
}

/// A tensor that a caller hands in stays what it is, unless the function says
/// that it may be written: what is inserted into it makes another one.
static void keepArguments(func::FuncOp function) {
  StringRef name = bufferization::BufferizationDialect::kWritableAttrName;
  for (BlockArgument argument : function.getArguments()) {
    unsigned number = argument.getArgNumber();
    if (isa<TensorType>(argument.getType()) &&
        !function.getArgAttr(number, name))
      function.setArgAttr(number, name,
                          BoolAttr::get(function.getContext(), false));
  }
}

/// Whether loops were made of all of linalg. Its softmax has none.
static LogicalResult checkIsLowered(ModuleOp module) {
  WalkResult result = module.walk([](Operation *op) {
    if (!isa_and_nonnull<linalg::LinalgDialect>(op->getDialect()))
      return WalkResult::advance();
    op->emitOpError("has no loops on the CPU; fa3-opt --raise-to-attn makes "
                    "attn.forward of attention that is written out");
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

llvm::Expected<std::unique_ptr<CPUKernel>>
CPUKernel::compile(ModuleOp module, StringRef entry,
                   const CPUKernelOptions &options) {
  auto function = module.lookupSymbol<func::FuncOp>(entry);
  if (!function || function.isExternal())
    return makeError("expected a func.func @" + entry + " with a body");
  if (function.isPrivate())
    return makeError("expected @" + entry + " to be public");
  if (!llvm::all_of(entry, [](char c) {
        return llvm::isAlnum(c) || StringRef("_.$-").contains(c);
      }))
    return makeError("expected a function named by letters, digits, '_', '.', "
                     "'$' and '-', but got @\"" +
                     escape(entry) + "\"");
  std::unique_ptr<CPUKernel> kernel(new CPUKernel());
  llvm::append_range(kernel->argumentTypes, function.getArgumentTypes());
  llvm::append_range(kernel->resultTypes, function.getResultTypes());
  for (Type type : kernel->resultTypes)
    if (!isa<MemRefType, RankedTensorType>(type))
      return makeError("expected @" + entry +
                       " to return memrefs or tensors, but got " +
                       debugString(type));

  OwningOpRef<ModuleOp> clone = module.clone();
  keepArguments(clone->lookupSymbol<func::FuncOp>(entry));
  // Has the attributes for what is asked of sizes.
  module.getContext()->getOrLoadDialect<hopper::HopperDialect>();
  PassManager toVectors(module.getContext());
  CPUPipelineOptions pipelineOptions;
  if (llvm::Error error = fa3::parsePipelineOptions(
          pipelineOptions, "attn-to-cpu", options.pipelineOptions))
    return std::move(error);
  buildAttnToVectorCPUPipeline(toVectors, pipelineOptions);
  PassManager toLLVM(module.getContext());
  buildVectorToCPUPipeline(toLLVM);
  auto fail = [&] { return makeError("attn-to-cpu failed on @" + entry); };
  if (failed(toVectors.run(*clone)) || failed(checkIsLowered(*clone)))
    return fail();
  kernel->takeInterface(clone->lookupSymbol<func::FuncOp>(entry));
  if (failed(toLLVM.run(*clone)))
    return fail();

  llvm::Expected<std::unique_ptr<llvm::TargetMachine>> machine =
      createTargetMachine(options);
  if (!machine)
    return machine.takeError();
  ExecutionEngineOptions engineOptions;
  auto transformer = makeOptimizingTransformer(options.optimization,
                                               /*sizeLevel=*/0, machine->get());
  engineOptions.transformer = transformer;
  engineOptions.jitCodeGenOptLevel =
      llvm::CodeGenOpt::getLevel(static_cast<int>(options.optimization));
  engineOptions.enableGDBNotificationListener = false;
  engineOptions.enablePerfNotificationListener = false;
  // The engine takes the machine, which the transformer still needs.
  llvm::Expected<std::unique_ptr<ExecutionEngine>> engine =
      ExecutionEngine::create(*clone, engineOptions, std::move(*machine));
  if (!engine)
    return engine.takeError();
  kernel->engine = std::move(*engine);
  registerFloatLibrary(*kernel->engine);
  registerCopyLibrary(*kernel->engine);
  registerFailedAssertion(*kernel->engine);
  llvm::Expected<void (*)(void **)> compiled =
      kernel->engine->lookupPacked(("_mlir_ciface_" + entry).str());
  if (!compiled)
    return compiled.takeError();
  kernel->function = *compiled;
  return kernel;
}

//===----------------------------------------------------------------------===//
// Execution
//===----------------------------------------------------------------------===//

/// One array against the type of its argument.
static llvm::Error checkArray(const HostArray &array, Type type,
                              size_t number) {
  auto fail = [&](const Twine &what) {
    return makeError("argument " + Twine(number) + ": expected " + what +
                     " of " + debugString(type));
  };
  if (!isa<MemRefType, RankedTensorType>(type))
    return fail("a number, but got an array: the type");
  auto shaped = cast<ShapedType>(type);
  if (array.elementType != shaped.getElementType())
    return fail("elements");
  if (static_cast<int64_t>(array.shape.size()) != shaped.getRank())
    return fail("the rank");
  for (auto [dim, size] : llvm::enumerate(array.shape))
    if (!shaped.isDynamicDim(dim) && shaped.getDimSize(dim) != size)
      return fail("size " + Twine(shaped.getDimSize(dim)) + " but got " +
                  Twine(size) + " in dimension " + Twine(dim));
  // No stride of an array without elements is ever used.
  if (llvm::is_contained(array.shape, 0))
    return llvm::Error::success();
  if (!array.data)
    return makeError("argument " + Twine(number) +
                     ": expected the address of an array, but got null");
  SmallVector<int64_t> strides = getPackedStrides(array.shape);
  int64_t offset = 0;
  auto memref = dyn_cast<MemRefType>(type);
  // A packed layout follows from the sizes, dynamic ones too.
  if (memref && !memref.getLayout().isIdentity()) {
    strides.clear();
    if (failed(memref.getStridesAndOffset(strides, offset)))
      return fail("the strides");
  }
  for (auto [dim, stride] : llvm::enumerate(strides))
    if (ShapedType::isStatic(stride) && array.shape[dim] > 1 &&
        array.strides[dim] != stride)
      return fail("stride " + Twine(stride) + " but got " +
                  Twine(array.strides[dim]) + " in dimension " + Twine(dim));
  return llvm::Error::success();
}

/// From the first byte of an array to the one behind its last; empty for
/// numbers and for arrays without elements.
static std::pair<intptr_t, intptr_t> getBytes(const HostArgument &argument) {
  const auto *array = std::get_if<HostArray>(&argument);
  if (!array || llvm::is_contained(array->shape, 0))
    return {0, 0};
  intptr_t size = getElementBytes(array->elementType);
  intptr_t begin = reinterpret_cast<intptr_t>(array->data);
  intptr_t end = begin + size;
  for (auto [extent, stride] : llvm::zip_equal(array->shape, array->strides))
    (stride < 0 ? begin : end) += (extent - 1) * stride * size;
  return {begin, end};
}

/// An output that lies on another argument would change what is still to be
/// read. Whether elements in a shared range interleave without meeting is not
/// looked into, as the runtime of the GPU does not.
llvm::Error CPUKernel::checkOverlap(ArrayRef<HostArgument> arguments) const {
  for (size_t output = 0; output != arguments.size(); ++output) {
    if (!written[output])
      continue;
    auto [begin, end] = getBytes(arguments[output]);
    for (size_t other = 0; other != arguments.size(); ++other) {
      auto [otherBegin, otherEnd] = getBytes(arguments[other]);
      if (other != output &&
          std::max(begin, otherBegin) < std::min(end, otherEnd))
        return makeError("argument " + Twine(output) +
                         ": expected an output with memory of its own, but its "
                         "bytes overlap those of argument " +
                         Twine(other));
    }
  }
  return llvm::Error::success();
}

llvm::Error CPUKernel::check(ArrayRef<HostArgument> arguments) const {
  if (arguments.size() != argumentTypes.size())
    return makeError("expected " + Twine(argumentTypes.size()) +
                     " arguments, but got " + Twine(arguments.size()));
  for (auto [number, argument] : llvm::enumerate(arguments)) {
    Type type = argumentTypes[number];
    if (const auto *array = std::get_if<HostArray>(&argument)) {
      if (llvm::Error error = checkArray(*array, type, number))
        return error;
      continue;
    }
    bool isInteger = std::holds_alternative<int64_t>(argument);
    // A number is passed in 8 bytes.
    if ((isInteger ? !type.isIntOrIndex() : !isa<FloatType>(type)) ||
        getElementBytes(type) == 0)
      return makeError("argument " + Twine(number) + ": expected a value of " +
                       debugString(type) + ", but got " +
                       (isInteger ? "an integer" : "a float"));
  }
  if (llvm::Error error = checkSizes(arguments))
    return error;
  return checkOverlap(arguments);
}

/// The sizes of all arrays against each other.
llvm::Error CPUKernel::checkSizes(ArrayRef<HostArgument> arguments) const {
  using namespace fa3::runtime;
  std::vector<TensorGeometry> geometry(arguments.size());
  for (auto [argument, sizes] : llvm::zip_equal(arguments, geometry)) {
    const auto *array = std::get_if<HostArray>(&argument);
    // Those of attention have fewer dimensions than the runtime has room for.
    if (!array || array->shape.size() > kMaxRank)
      continue;
    sizes.rank = array->shape.size();
    llvm::copy(array->shape, sizes.sizes.begin());
  }
  for (const Constraint &constraint : constraints)
    if (llvm::Error error =
            checkConstraint(constraint, {geometry},
                            [](const SizeExpr &expr) { return expr.str(); }))
      return error;
  return llvm::Error::success();
}

/// What MLIR passes for a memref: allocated and aligned pointer, offset, sizes
/// and strides, each of 8 bytes.
static std::vector<int64_t> createDescriptor(const HostArray &array,
                                             Type type) {
  std::vector<int64_t> words;
  // The elements begin at `offset` behind the aligned pointer.
  int64_t offset = 0;
  if (auto memref = dyn_cast<MemRefType>(type)) {
    SmallVector<int64_t> strides;
    if (failed(memref.getStridesAndOffset(strides, offset)) ||
        ShapedType::isDynamic(offset))
      offset = 0;
  }
  // Code reads the first element in place of one beyond the end, and where
  // there is none, this one.
  static int64_t zero = 0;
  void *data = llvm::is_contained(array.shape, 0) ? &zero : array.data;
  char *base =
      static_cast<char *>(data) - offset * getElementBytes(array.elementType);
  words.push_back(reinterpret_cast<int64_t>(base));
  words.push_back(reinterpret_cast<int64_t>(base));
  words.push_back(offset);
  words.insert(words.end(), array.shape.begin(), array.shape.end());
  words.insert(words.end(), array.strides.begin(), array.strides.end());
  return words;
}

/// Takes what a descriptor that the function returned points to.
static HostResult takeResult(const int64_t *words, ShapedType type) {
  int64_t rank = type.getRank();
  unsigned bytes = getElementBytes(type.getElementType());
  HostResult result;
  result.elementType = type.getElementType();
  result.shape.assign(words + 3, words + 3 + rank);
  const int64_t *strides = words + 3 + rank;
  const char *from =
      reinterpret_cast<const char *>(words[1]) + words[2] * bytes;
  int64_t count = 1;
  for (int64_t size : result.shape)
    count *= size;
  result.elements.resize(count * bytes);
  for (int64_t i = 0; i < count; ++i) {
    int64_t rest = i, at = 0;
    for (int64_t dim = rank; dim-- > 0;) {
      at += rest % result.shape[dim] * strides[dim];
      rest /= result.shape[dim];
    }
    std::memcpy(&result.elements[i * bytes], from + at * bytes, bytes);
  }
  // Returned memory belongs to the caller: bufferization of the pipeline makes
  // it so.
  std::free(reinterpret_cast<void *>(words[0]));
  return result;
}

llvm::Expected<std::vector<HostResult>>
CPUKernel::run(ArrayRef<HostArgument> arguments) const {
  if (llvm::Error error = check(arguments))
    return std::move(error);
  // The C interface takes pointers to descriptors, and one to where the
  // descriptors of the results go; the packed interface a pointer to each.
  std::vector<int64_t> resultWords;
  for (Type type : resultTypes)
    resultWords.resize(resultWords.size() + 3 +
                       2 * cast<ShapedType>(type).getRank());
  std::vector<std::vector<int64_t>> descriptors(arguments.size());
  std::vector<void *> pointers(arguments.size() + 1);
  std::vector<void *> packed;
  pointers.back() = resultWords.data();
  if (!resultTypes.empty())
    packed.push_back(&pointers.back());
  for (auto [i, argument] : llvm::enumerate(arguments)) {
    Type type = argumentTypes[i];
    if (const auto *array = std::get_if<HostArray>(&argument)) {
      descriptors[i] = createDescriptor(*array, type);
      pointers[i] = descriptors[i].data();
      packed.push_back(&pointers[i]);
      continue;
    }
    descriptors[i].resize(1);
    if (const auto *integer = std::get_if<int64_t>(&argument))
      descriptors[i][0] = *integer;
    else
      writeElement(type, descriptors[i].data(), std::get<double>(argument));
    packed.push_back(descriptors[i].data());
  }
  if (std::optional<std::string> message =
          callWithAssertions(function, packed.data()))
    return makeError("an assertion of the function failed: " + *message);

  std::vector<HostResult> results;
  const int64_t *words = resultWords.data();
  for (Type type : resultTypes) {
    auto shaped = cast<ShapedType>(type);
    results.push_back(takeResult(words, shaped));
    words += 3 + 2 * shaped.getRank();
  }
  return results;
}
