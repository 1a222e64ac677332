//===- Compiler.cpp - From a module to a kernel, in memory ----------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs the pipeline, picks the kernels, and hands them to LLVM and ptxas,
// timing each step.
//
//===----------------------------------------------------------------------===//

#include "fa3/Compiler/Compiler.h"

#include "Pipeline.h"

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "fa3/Pipelines/Hopper.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace fa3 {

//===----------------------------------------------------------------------===//
// Levels
//===----------------------------------------------------------------------===//

static constexpr EmitLevel kLevels[] = {
    EmitLevel::Attn, EmitLevel::Tile,   EmitLevel::Async, EmitLevel::Roles,
    EmitLevel::NVVM, EmitLevel::LLVMIR, EmitLevel::PTX,   EmitLevel::Cubin};

llvm::StringRef getName(EmitLevel level) {
  switch (level) {
  case EmitLevel::Attn:
    return "attn";
  case EmitLevel::Tile:
    return "tile";
  case EmitLevel::Async:
    return "async";
  case EmitLevel::Roles:
    return "roles";
  case EmitLevel::NVVM:
    return "nvvm";
  case EmitLevel::LLVMIR:
    return "llvm-ir";
  case EmitLevel::PTX:
    return "ptx";
  case EmitLevel::Cubin:
    return "cubin";
  }
  llvm_unreachable("unknown level");
}

std::optional<EmitLevel> parseEmitLevel(llvm::StringRef name) {
  for (EmitLevel level : kLevels)
    if (getName(level) == name)
      return level;
  return std::nullopt;
}

std::string getEmitLevelNames() {
  return llvm::join(llvm::map_range(kLevels, getName), ", ");
}

llvm::StringRef CompiledKernel::getOutput(EmitLevel level) const {
  switch (level) {
  case EmitLevel::PTX:
    return ptx;
  case EmitLevel::Cubin:
    return cubin;
  default:
    return text;
  }
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

static bool isKernel(LLVM::LLVMFuncOp func) {
  return func->hasAttr(NVVM::NVVMDialect::getKernelFuncAttrName());
}

/// Whether a kernel is launched by the launch of the one in front of it.
static bool followsAnother(LLVM::LLVMFuncOp kernel) {
  auto attr =
      kernel->getAttrOfType<hopper::KernelAttr>(hopper::kKernelAttrName);
  return attr && attr.getFollows();
}

/// Joins the kernels' names: "'a', 'b'".
static std::string quoteNames(ArrayRef<LLVM::LLVMFuncOp> kernels) {
  std::string names;
  llvm::raw_string_ostream os(names);
  llvm::interleaveComma(kernels, os, [&](LLVM::LLVMFuncOp kernel) {
    os << '\'' << kernel.getSymName() << '\'';
  });
  return names;
}

namespace {
/// The kernels to compile, all in one gpu.module or in a module itself.
struct KernelSelection {
  Operation *holder = nullptr;
  SmallVector<LLVM::LLVMFuncOp> kernels;
};
} // namespace

static bool isIdentifier(StringRef name) {
  return !name.empty() && !llvm::isDigit(name.front()) &&
         llvm::all_of(name, [](char c) {
           return llvm::isAlnum(c) || c == '_' || c == '$';
         });
}

/// Finds the kernels in `module` and removes those that are not asked for.
static FailureOr<KernelSelection> selectKernels(ModuleOp module,
                                                StringRef entry) {
  SmallVector<LLVM::LLVMFuncOp> all;
  module.walk([&](LLVM::LLVMFuncOp func) {
    if (isKernel(func))
      all.push_back(func);
  });
  if (all.empty()) {
    InFlightDiagnostic diag = emitError(
        module.getLoc(), "expected a function that is one attn.forward, or a "
                         "kernel (an llvm.func with nvvm.kernel), but got "
                         "neither");
    module.walk([&](linalg::LinalgOp op) {
      if (op.getNumReductionLoops() == 0)
        return WalkResult::advance();
      diag.attachNote(op.getLoc())
          << "fa3-opt --raise-to-attn makes attn.forward of what is written "
             "out";
      return WalkResult::interrupt();
    });
    return diag;
  }
  KernelSelection selection;
  llvm::SmallSetVector<Operation *, 1> holders;
  bool taken = false;
  for (LLVM::LLVMFuncOp kernel : all) {
    taken = entry.empty() || kernel.getSymName() == entry ||
            (taken && followsAnother(kernel));
    if (taken) {
      selection.kernels.push_back(kernel);
      holders.insert(kernel->getParentOp());
    }
  }
  if (selection.kernels.empty())
    return emitError(UnknownLoc::get(module.getContext()),
                     "expected a kernel named '")
           << entry << "', but got " << quoteNames(all);
  if (holders.size() > 1) {
    InFlightDiagnostic diagnostic =
        emitError(module.getLoc(),
                  "expected kernels in one gpu.module, but got ")
        << quoteNames(all) << " in " << holders.size();
    if (entry.empty())
      diagnostic << "; choose one by its entry";
    return diagnostic;
  }
  // PTX ISA, "Identifiers".
  for (LLVM::LLVMFuncOp kernel : selection.kernels)
    if (!isIdentifier(kernel.getSymName())) {
      std::string name;
      llvm::raw_string_ostream os(name);
      llvm::printEscapedString(kernel.getSymName(), os);
      return kernel.emitOpError("expected a name of letters, digits, '_' and "
                                "'$' that begins with none of the digits, but "
                                "got '")
             << name << "'";
    }
  selection.holder = holders.front();
  for (LLVM::LLVMFuncOp kernel : all)
    if (kernel->getParentOp() == selection.holder &&
        !llvm::is_contained(selection.kernels, kernel))
      kernel.erase();
  return selection;
}

static KernelSummary summarize(LLVM::LLVMFuncOp kernel) {
  KernelSummary summary;
  summary.entry = kernel.getSymName().str();
  summary.registers = getRoleRegisters(kernel);
  if (auto config =
          kernel->getAttrOfType<attn::ConfigAttr>(attn::kConfigAttrName)) {
    summary.tile = std::to_string(config.getTileQ()) + "x" +
                   std::to_string(config.getTileKV());
    summary.stages = std::to_string(config.getStages());
    summary.consumers = std::to_string(config.getConsumers());
  }
  if (auto attr =
          kernel->getAttrOfType<hopper::KernelAttr>(hopper::kKernelAttrName)) {
    summary.threads = attr.getThreads();
    summary.sharedMemory = attr.getSharedMemory();
  } else if (auto threads = kernel->getAttrOfType<DenseI32ArrayAttr>(
                 NVVM::NVVMDialect::getReqntidAttrName())) {
    summary.threads = 1;
    for (int32_t extent : threads.asArrayRef())
      summary.threads *= extent;
  }
  return summary;
}

//===----------------------------------------------------------------------===//
// The driver
//===----------------------------------------------------------------------===//

void registerCompilerDialects(DialectRegistry &registry) {
  hopper::registerHopperPipelineDialects(registry);
  registerPTXTranslation(registry);
}

namespace {
class Driver {
public:
  /// An attempt after one whose PTX had too few registers, or the first, with
  /// no PTX. The same PTX is not assembled again. That is an error of the
  /// last attempt alone.
  Driver(ModuleOp module, const CompileOptions &options, const Retreat &retreat,
         StringRef earlierPTX, StringRef earlierMessage, bool isLastAttempt)
      : module(module), options(options), retreat(retreat),
        earlierPTX(earlierPTX), earlierMessage(earlierMessage),
        isLastAttempt(isLastAttempt) {}

  FailureOr<CompiledKernel> run();
  bool lacksRegisters() const { return lacking; }
  std::string takePTX() { return std::move(result.ptx); }
  std::string takeMessage() { return std::move(message); }

private:
  LogicalResult runPasses();
  LogicalResult buildManifests(const KernelSelection &selection);
  LogicalResult generate(Operation *holder);
  LogicalResult assembleKernels();
  void reportMessages(const PtxasReport &report);
  LogicalResult finishManifest();

  ModuleOp module;
  const CompileOptions &options;
  const Retreat &retreat;
  StringRef earlierPTX, earlierMessage;
  bool isLastAttempt, lacking = false;
  std::string message;
  StepTimer timer;
  CompiledKernel result;
};
} // namespace

LogicalResult Driver::runPasses() {
  StepTimer::Scope scope(&timer, "passes");
  PassManager pm(module.getContext(), ModuleOp::getOperationName());
  if (options.configurePasses && failed(options.configurePasses(pm)))
    return failure();
  if (failed(buildPipeline(pm, module, options.level, options.pipelineOptions,
                           retreat)))
    return failure();
  return pm.run(module);
}

LogicalResult Driver::buildManifests(const KernelSelection &selection) {
  ArrayRef<LLVM::LLVMFuncOp> kernels = selection.kernels;
  for (LLVM::LLVMFuncOp kernel : kernels)
    result.kernels.push_back(summarize(kernel));
  while (!kernels.empty()) {
    LLVM::LLVMFuncOp kernel = kernels.front();
    kernels = kernels.drop_front();
    ArrayRef<LLVM::LLVMFuncOp> followers = kernels.take_while(followsAnother);
    kernels = kernels.drop_front(followers.size());
    if (!options.requireManifest && !kernel->hasAttr(hopper::kKernelAttrName))
      continue;
    FailureOr<runtime::KernelDesc> desc =
        buildManifest(kernel, options.manifest, followers);
    if (failed(desc))
      return failure();
    result.manifest.kernels.push_back(std::move(*desc));
  }
  return success();
}

LogicalResult Driver::generate(Operation *holder) {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> llvmModule =
      translateToLLVMIR(holder, context, options.ptx, &timer);
  if (!llvmModule)
    return failure();
  if (options.level == EmitLevel::LLVMIR) {
    llvm::raw_string_ostream os(result.text);
    llvmModule->print(os, nullptr);
    return success();
  }
  FailureOr<std::string> ptx =
      emitPTX(*llvmModule, holder, options.ptx, &timer);
  if (failed(ptx))
    return failure();
  result.ptx = std::move(*ptx);
  return success();
}

/// Reports what ptxas said beyond numbers, each message once.
void Driver::reportMessages(const PtxasReport &report) {
  for (const PtxasMessage &message : report.messages) {
    InFlightDiagnostic diagnostic =
        message.severity == PtxasMessage::Severity::Info &&
                message.code.empty() && !message.isIgnoredRegisterCount()
            ? emitRemark(module.getLoc())
            : emitWarning(module.getLoc());
    diagnostic << "ptxas: ";
    if (!message.code.empty())
      diagnostic << "(" << message.code << ") ";
    diagnostic << message.text;
  }
  for (const PtxasFunction &function : report.functions)
    if (function.hasSpills())
      emitWarning(module.getLoc(), "ptxas: ")
          << function.spillStores << " bytes of spill stores and "
          << function.spillLoads << " bytes of spill loads in '"
          << function.name << "'";
}

LogicalResult Driver::assembleKernels() {
  if (result.ptx == earlierPTX) {
    lacking = true;
    message = earlierMessage.str();
    if (!isLastAttempt)
      return failure();
    return emitError(UnknownLoc::get(module.getContext()), message);
  }
  if (!earlierMessage.empty())
    emitRemark(module.getLoc())
        << (retreat.narrower != 0 ? "narrower tiles of keys are tried next: "
            : retreat.withoutFusing
                ? "row sums in the softmax (fuse-row-sums=false) are tried "
                  "next: "
                : "a kernel that does not look for rising maxima "
                  "(adapt=false) is tried next: ")
        << earlierMessage;
  llvm::Expected<Cubin> cubin = assemble(result.ptx, options.assembler, &timer);
  if (!cubin) {
    llvm::Error error = cubin.takeError();
    lacking = error.isA<RegisterError>();
    message = llvm::toString(std::move(error));
    if (lacking && !isLastAttempt)
      return failure();
    return emitError(UnknownLoc::get(module.getContext()), message);
  }
  reportMessages(cubin->report);
  for (KernelSummary &kernel : result.kernels)
    if (const PtxasFunction *function =
            cubin->report.findFunction(kernel.entry))
      kernel.assembled = *function;
  result.cubin = std::move(cubin->image);
  result.messages = std::move(cubin->log);
  result.assembler = std::move(cubin->assembler);
  result.addedOptions = retreat.getOptions();
  return success();
}

LogicalResult Driver::finishManifest() {
  if (result.manifest.kernels.empty())
    return success();
  result.manifest.generator = std::string("fa3 ") + fa3_version();
  if (options.level == EmitLevel::Cubin)
    for (runtime::KernelDesc &desc : result.manifest.kernels) {
      SmallVector<runtime::LaunchDesc *> launches = {&desc};
      for (runtime::LaunchDesc &follower : desc.followers)
        launches.push_back(&follower);
      for (runtime::LaunchDesc *launch : launches)
        for (const KernelSummary &kernel : result.kernels)
          if (kernel.entry == launch->entry)
            launch->resources =
                buildResources(kernel.assembled, kernel.registers);
      if (!result.addedOptions.empty())
        desc.resources["added_options"] = result.addedOptions;
    }
  if (llvm::Error error = runtime::verifyManifest(result.manifest))
    return emitError(module.getLoc(), "the manifest is not valid: ")
           << llvm::toString(std::move(error));
  return success();
}

FailureOr<CompiledKernel> Driver::run() {
  if (failed(runPasses()))
    return failure();
  if (options.level <= EmitLevel::NVVM) {
    llvm::raw_string_ostream os(result.text);
    module.print(os);
    os << '\n';
  } else {
    FailureOr<KernelSelection> selection = selectKernels(module, options.entry);
    if (failed(selection))
      return failure();
    if (failed(buildManifests(*selection)) ||
        failed(generate(selection->holder)))
      return failure();
    if (options.level == EmitLevel::Cubin && failed(assembleKernels()))
      return failure();
    if (failed(finishManifest()))
      return failure();
  }
  result.times = timer.takeTimes();
  return std::move(result);
}

FailureOr<CompiledKernel> compile(ModuleOp module,
                                  const CompileOptions &options) {
  // How many registers a kernel takes, ptxas alone knows. What is the
  // compiler's own choice is made again.
  SmallVector<Retreat> attempts = {{}};
  if (options.level == EmitLevel::Cubin) {
    attempts.push_back({/*withoutAdapting=*/true});
    attempts.push_back({/*withoutAdapting=*/true, /*withoutFusing=*/true});
    if (choosesTiles(module, options.pipelineOptions))
      for (int64_t narrower : {1, 2, 3})
        attempts.push_back(
            {/*withoutAdapting=*/true, /*withoutFusing=*/true, narrower});
  }
  std::string ptx, message;
  for (const Retreat &retreat : attempts) {
    bool isLast = &retreat == &attempts.back();
    OwningOpRef<ModuleOp> copy(module.clone());
    Driver driver(*copy, options, retreat, ptx, message, isLast);
    FailureOr<CompiledKernel> result = driver.run();
    if (succeeded(result) || !driver.lacksRegisters() || isLast)
      return result;
    ptx = driver.takePTX();
    message = driver.takeMessage();
  }
  llvm_unreachable("the last attempt returns");
}

} // namespace fa3
