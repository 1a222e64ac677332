//===- TranslateToPTX.cpp - From the LLVM dialect to PTX ------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Translates a copy of the kernels to LLVM IR, makes inline assembly convergent
// and runs LLVM's NVPTX code generator on it.
//
//===----------------------------------------------------------------------===//

#include "fa3/Target/PTX/TranslateToPTX.h"

#include "mlir/Conversion/NVVMToLLVM/NVVMToLLVM.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"

#include <mutex>

using namespace mlir;

namespace fa3 {

static constexpr llvm::StringLiteral kTriple = "nvptx64-nvidia-cuda";

void registerPTXTranslation(DialectRegistry &registry) {
  registry.insert<gpu::GPUDialect, LLVM::LLVMDialect, NVVM::NVVMDialect>();
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  registerNVVMDialectTranslation(registry);
}

//===----------------------------------------------------------------------===//
// To LLVM IR
//===----------------------------------------------------------------------===//

static bool isTargetDialect(StringRef name) {
  return name == LLVM::LLVMDialect::getDialectNamespace() ||
         name == NVVM::NVVMDialect::getDialectNamespace();
}

/// Checks that nothing but the two target dialects stands in `op`.
static LogicalResult verifyTargetLevel(Operation *op) {
  WalkResult result = op->walk([&](Operation *nested) {
    if (nested == op ||
        isTargetDialect(nested->getName().getDialectNamespace()))
      return WalkResult::advance();
    nested->emitError("expected operations of the llvm and nvvm dialects, but "
                      "got '")
        << nested->getName() << "'";
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

/// Removes the attributes of dialects that know nothing of LLVM IR.
static void removeForeignAttributes(ModuleOp module) {
  auto isForeign = [](StringRef name) {
    auto [dialect, rest] = name.split('.');
    return !rest.empty() && !isTargetDialect(dialect);
  };
  module.walk([&](LLVM::LLVMFuncOp func) {
    for (NamedAttribute attr : llvm::to_vector(func->getDiscardableAttrs()))
      if (isForeign(attr.getName()))
        func->removeDiscardableAttr(attr.getName());
    for (unsigned i = 0, e = func.getNumArguments(); i != e; ++i)
      for (NamedAttribute attr :
           llvm::to_vector(mlir::function_interface_impl::getArgAttrs(func, i)))
        if (isForeign(attr.getName()))
          func.removeArgAttr(i, attr.getName());
  });
}

/// Copies the body of `op` into a module of its own.
static OwningOpRef<ModuleOp> cloneBody(Operation *op) {
  OwningOpRef<ModuleOp> module = ModuleOp::create(op->getLoc());
  Block *body = module->getBody();
  OpBuilder builder = OpBuilder::atBlockEnd(body);
  for (Operation &nested : op->getRegion(0).front())
    builder.clone(nested);
  removeForeignAttributes(*module);
  return module;
}

/// Lowers the operations of NVVM that have no intrinsic, and cleans up.
static LogicalResult lowerToIntrinsics(ModuleOp module) {
  PassManager pm(module.getContext(), ModuleOp::getOperationName());
  pm.addPass(createConvertNVVMToLLVMPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  return pm.run(module);
}

/// Makes inline assembly, and what may hold some, convergent: a branch that
/// the threads of a warp take differently must not get copies of, say, a
/// `wgmma` (PTX ISA, "wgmma.mma_async": all threads of the warpgroup execute
/// the same instruction).
static void markConvergent(llvm::Module &module) {
  for (llvm::Function &function : module) {
    if (!function.isIntrinsic())
      function.setConvergent();
    for (llvm::Instruction &instruction : llvm::instructions(function)) {
      auto *call = llvm::dyn_cast<llvm::CallBase>(&instruction);
      if (!call)
        continue;
      llvm::Function *callee = call->getCalledFunction();
      if (!callee || !callee->isIntrinsic())
        call->setConvergent();
    }
  }
}

std::unique_ptr<llvm::Module> translateToLLVMIR(Operation *op,
                                                llvm::LLVMContext &context,
                                                const PTXOptions &options,
                                                StepTimer *timer) {
  if (!isa<gpu::GPUModuleOp, ModuleOp>(op)) {
    op->emitError("expected a gpu.module or a module, but got '")
        << op->getName() << "'";
    return nullptr;
  }
  if (failed(verifyTargetLevel(op)))
    return nullptr;
  OwningOpRef<ModuleOp> module;
  {
    StepTimer::Scope scope(timer, "nvvm to llvm");
    module = cloneBody(op);
    if (failed(lowerToIntrinsics(*module)))
      return nullptr;
  }
  StepTimer::Scope scope(timer, "llvm to llvm ir");
  StringRef name = "fa3";
  if (auto symbol =
          op->getAttrOfType<StringAttr>(SymbolTable::getSymbolAttrName()))
    name = symbol.getValue();
  std::unique_ptr<llvm::Module> result =
      translateModuleToLLVMIR(*module, context, name);
  if (!result)
    return nullptr;
  result->setTargetTriple(llvm::Triple(kTriple));
  markConvergent(*result);
  return result;
}

//===----------------------------------------------------------------------===//
// To PTX
//===----------------------------------------------------------------------===//

namespace {
/// Sets an option of LLVM's code generator for what is done during its life.
/// LLVM 22 has these only as options of the command line, which are one for the
/// whole process.
class BackendOptionScope {
public:
  BackendOptionScope(StringRef name, bool value) : lock(getMutex()) {
    auto &registered = llvm::cl::getRegisteredOptions();
    auto it = registered.find(name);
    if (it == registered.end())
      return;
    option = static_cast<llvm::cl::opt<bool> *>(it->second);
    previous = *option;
    option->setValue(previous || value);
  }
  BackendOptionScope(const BackendOptionScope &) = delete;
  BackendOptionScope &operator=(const BackendOptionScope &) = delete;
  ~BackendOptionScope() {
    if (option)
      option->setValue(previous);
  }

private:
  static std::mutex &getMutex() {
    static std::mutex mutex;
    return mutex;
  }

  std::lock_guard<std::mutex> lock;
  llvm::cl::opt<bool> *option = nullptr;
  bool previous = false;
};
} // namespace

static std::unique_ptr<llvm::TargetMachine>
createTargetMachine(Operation *op, const PTXOptions &options) {
  // Once in a process, also when several threads compile.
  static const bool initialized = [] {
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
    return true;
  }();
  (void)initialized;

  llvm::Triple triple(kTriple);
  std::string error;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target) {
    op->emitError("expected an LLVM with the NVPTX target: ") << error;
    return nullptr;
  }
  BackendOptionScope scope("nvptx-short-ptr", options.shortPointers);
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
      triple, options.chip, options.features, llvm::TargetOptions(),
      /*RM=*/std::nullopt, /*CM=*/std::nullopt,
      llvm::CodeGenOptLevel::Aggressive));
}

static void optimize(llvm::Module &module, llvm::TargetMachine &machine,
                     unsigned optLevel) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager callGraph;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(callGraph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, callGraph, modules);
  const llvm::OptimizationLevel levels[] = {
      llvm::OptimizationLevel::O0, llvm::OptimizationLevel::O1,
      llvm::OptimizationLevel::O2, llvm::OptimizationLevel::O3};
  builder.buildPerModuleDefaultPipeline(levels[optLevel]).run(module, modules);
}

/// Collects the errors that LLVM reports through its context.
static void collectDiagnostic(const llvm::DiagnosticInfo *info, void *data) {
  if (info->getSeverity() != llvm::DS_Error)
    return;
  llvm::raw_string_ostream os(*static_cast<std::string *>(data));
  if (!static_cast<std::string *>(data)->empty())
    os << "; ";
  llvm::DiagnosticPrinterRawOStream printer(os);
  info->print(printer);
}

/// Leaves a fatal error's message and unwinds to `CrashRecoveryContext`.
static void onFatalError(void *data, const char *reason, bool) {
  *static_cast<std::string *>(data) = reason;
  if (llvm::CrashRecoveryContext *context =
          llvm::CrashRecoveryContext::GetCurrent())
    context->HandleExit(1);
  llvm::errs() << "error: " << reason << '\n';
}

/// Runs `step`; returns false, with the reason, if LLVM gave up in it.
static bool runRecoverably(llvm::function_ref<void()> step,
                           std::string &message) {
  llvm::ScopedFatalErrorHandler handler(onFatalError, &message);
  llvm::CrashRecoveryContext context;
  if (context.RunSafely(step))
    return true;
  if (message.empty())
    message = "the code generator crashed";
  return false;
}

FailureOr<std::string> emitPTX(llvm::Module &module, Operation *op,
                               const PTXOptions &options, StepTimer *timer) {
  if (options.optLevel > 3) {
    op->emitError("expected an optimisation level of at most 3, but got ")
        << options.optLevel;
    return failure();
  }
  std::unique_ptr<llvm::TargetMachine> machine =
      createTargetMachine(op, options);
  if (!machine)
    return failure();
  module.setDataLayout(machine->createDataLayout());

  std::string errors;
  module.getContext().setDiagnosticHandlerCallBack(collectDiagnostic, &errors);
  llvm::SmallString<0> ptx;
  std::string fatal;
  bool emitted = true;
  bool finished = runRecoverably(
      [&] {
        if (options.optLevel > 0) {
          StepTimer::Scope scope(timer, "llvm optimiser");
          optimize(module, *machine, options.optLevel);
        }
        StepTimer::Scope scope(timer, "llvm ir to ptx");
        llvm::raw_svector_ostream os(ptx);
        llvm::legacy::PassManager passes;
        {
          // What stands between the exponentials is there to run under them:
          // sunk into the branch that uses it, it would run behind them all.
          BackendOptionScope scope("disable-machine-sink", true);
          emitted = !machine->addPassesToEmitFile(
              passes, os, /*DwoOut=*/nullptr,
              llvm::CodeGenFileType::AssemblyFile);
        }
        if (emitted)
          passes.run(module);
      },
      fatal);
  module.getContext().setDiagnosticHandlerCallBack(nullptr);
  if (!finished) {
    op->emitError("LLVM could not generate PTX: ") << fatal;
    return failure();
  }
  if (!emitted || !errors.empty()) {
    op->emitError("LLVM could not generate PTX: ")
        << (emitted ? errors : "the target emits no text");
    return failure();
  }
  return ptx.str().str();
}

FailureOr<std::string> translateToPTX(Operation *op, const PTXOptions &options,
                                      StepTimer *timer) {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module =
      translateToLLVMIR(op, context, options, timer);
  if (!module)
    return failure();
  return emitPTX(*module, op, options, timer);
}

} // namespace fa3
