//===- CPU.cpp - C API of kernels for the CPU -----------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3-c/CPU.h"
#include "Diagnostics.h"
#include "fa3/Pipelines/CPU.h"
#include "fa3/Runtime/ElementType.h"
#include "fa3/Target/CPU/CPUKernel.h"
#include "mlir/CAPI/Support.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/DebugStringHelper.h"

using namespace mlir;
using namespace mlir::attn;

namespace {
struct Kernel {
  Kernel(const DialectRegistry &registry)
      : context(registry, MLIRContext::Threading::DISABLED) {}

  llvm::Error compile(StringRef source, StringRef name, StringRef entry,
                      StringRef pipelineOptions);
  llvm::Expected<HostArgument> getArgument(const fa3_tensor &tensor,
                                           size_t index);
  llvm::Error run(const fa3_tensor *args, int32_t nargs);

  MLIRContext context;
  std::unique_ptr<CPUKernel> compiled;
  SmallVector<Type> argumentTypes;
  std::string diagnostics;
};
} // namespace

static Kernel *unwrap(Fa3CPUKernel kernel) {
  return static_cast<Kernel *>(kernel.ptr);
}

static llvm::Error makeError(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

/// The function of this name, or the only one with a body.
static llvm::Expected<func::FuncOp> findFunction(ModuleOp module,
                                                 StringRef entry) {
  SmallVector<func::FuncOp> functions;
  for (auto function : module.getOps<func::FuncOp>())
    if (!function.isExternal() &&
        (entry.empty() || function.getSymName() == entry))
      functions.push_back(function);
  if (functions.size() != 1)
    return makeError(entry.empty()
                         ? "expected one func.func with a body, but got " +
                               Twine(functions.size())
                         : "expected a func.func @" + entry + " with a body");
  if (functions.front().getNumResults() != 0)
    return makeError("expected a function without results, which writes its "
                     "outputs to arguments");
  return functions.front();
}

llvm::Error Kernel::compile(StringRef source, StringRef name, StringRef entry,
                            StringRef pipelineOptions) {
  OwningOpRef<ModuleOp> module =
      parseSourceString<ModuleOp>(source, &context, name);
  if (!module)
    return makeError("expected a module that parses");
  llvm::Expected<func::FuncOp> function = findFunction(*module, entry);
  if (!function)
    return function.takeError();
  llvm::append_range(argumentTypes, function->getArgumentTypes());
  CPUKernelOptions options;
  options.pipelineOptions = pipelineOptions.str();
  return CPUKernel::compile(*module, function->getSymName(), options)
      .moveInto(compiled);
}

static Type getType(MLIRContext &context, fa3_dtype dtype) {
  Builder builder(&context);
  switch (dtype) {
  case FA3_F32:
    return builder.getF32Type();
  case FA3_F16:
    return builder.getF16Type();
  case FA3_BF16:
    return builder.getBF16Type();
  case FA3_E4M3:
    return builder.getType<Float8E4M3FNType>();
  case FA3_E5M2:
    return builder.getType<Float8E5M2Type>();
  case FA3_I8:
  case FA3_U8:
    return builder.getIntegerType(8);
  case FA3_I32:
    return builder.getI32Type();
  case FA3_I64:
    return builder.getI64Type();
  case FA3_F64:
    return builder.getF64Type();
  case FA3_BOOL:
    return builder.getI1Type();
  default:
    return {};
  }
}

/// What C says of an array, before any of it is read.
static llvm::Error checkDescription(const fa3_tensor &tensor, size_t index) {
  if (tensor.rank < 0)
    return makeError("argument " + Twine(index) +
                     ": expected a rank of at least 0, but got " +
                     Twine(tensor.rank));
  if (tensor.rank > 0 && !tensor.shape)
    return makeError("argument " + Twine(index) +
                     ": expected a shape, but got null");
  for (auto [dim, size] : llvm::enumerate(ArrayRef(tensor.shape, tensor.rank)))
    if (size < 0)
      return makeError("argument " + Twine(index) +
                       ": expected a size of at least 0 in dimension " +
                       Twine(dim) + ", but got " + Twine(size));
  return llvm::Error::success();
}

llvm::Expected<HostArgument> Kernel::getArgument(const fa3_tensor &tensor,
                                                 size_t index) {
  if (llvm::Error error = checkDescription(tensor, index))
    return std::move(error);
  Type expected = argumentTypes[index];
  Type type = getType(context, tensor.dtype);
  if (!type)
    return makeError("argument " + Twine(index) +
                     ": expected a value of fa3_dtype, but got " +
                     Twine(tensor.dtype));
  auto shaped = dyn_cast<ShapedType>(expected);
  Type element = shaped ? shaped.getElementType() : expected;
  if (element != type && !(element.isIndex() && type.isInteger(64)))
    return makeError("argument " + Twine(index) + ": expected elements of " +
                     debugString(element) + ", but got " + debugString(type));
  if (shaped) {
    HostArray array;
    array.elementType = element;
    array.data = tensor.data;
    array.shape.assign(tensor.shape, tensor.shape + tensor.rank);
    if (tensor.strides)
      array.strides.assign(tensor.strides, tensor.strides + tensor.rank);
    else
      array.strides = getPackedStrides(array.shape);
    return array;
  }
  if (tensor.rank != 0)
    return makeError("argument " + Twine(index) +
                     ": expected a number, but got an array of rank " +
                     Twine(tensor.rank));
  if (!tensor.data)
    return makeError("argument " + Twine(index) +
                     ": expected the address of a number, but got null");
  // A double does not hold all integers of 64 bits.
  if (type.isInteger(64))
    return *static_cast<const int64_t *>(tensor.data);
  double value = readElement(type, tensor.data);
  if (isa<FloatType>(type))
    return value;
  return static_cast<int64_t>(value);
}

llvm::Error Kernel::run(const fa3_tensor *args, int32_t nargs) {
  if (!compiled)
    return makeError(
        "expected a kernel that compiled, but got one that did not");
  if (nargs < 0)
    return makeError("expected a number of arguments of at least 0, but got " +
                     Twine(nargs));
  if (static_cast<size_t>(nargs) != argumentTypes.size())
    return makeError("expected " + Twine(argumentTypes.size()) +
                     " arguments, but got " + Twine(nargs));
  if (!args && nargs != 0)
    return makeError("expected arguments, but got null");
  std::vector<HostArgument> arguments;
  for (auto [index, tensor] :
       llvm::enumerate(ArrayRef(args, static_cast<size_t>(nargs)))) {
    llvm::Expected<HostArgument> argument = getArgument(tensor, index);
    if (!argument)
      return argument.takeError();
    arguments.push_back(std::move(*argument));
  }
  return compiled->run(arguments).takeError();
}

Fa3CPUKernel fa3CPUKernelCompile(MlirStringRef source, MlirStringRef name,
                                 MlirStringRef entry,
                                 MlirStringRef pipelineOptions) {
  DialectRegistry registry;
  registerCPUPipelineDialects(registry);
  auto kernel = std::make_unique<Kernel>(registry);
  std::string diagnostics;
  {
    capi::DiagnosticsAsText handler(kernel->context, diagnostics);
    if (llvm::Error error =
            kernel->compile(capi::unwrapSource(source), ::unwrap(name),
                            ::unwrap(entry), ::unwrap(pipelineOptions)))
      diagnostics += "error: " + llvm::toString(std::move(error)) + "\n";
  }
  kernel->diagnostics = std::move(diagnostics);
  return {kernel.release()};
}

void fa3CPUKernelDestroy(Fa3CPUKernel kernel) { delete unwrap(kernel); }

bool fa3CPUKernelIsSuccess(Fa3CPUKernel kernel) {
  return unwrap(kernel)->compiled != nullptr;
}

MlirStringRef fa3CPUKernelGetDiagnostics(Fa3CPUKernel kernel) {
  return wrap(StringRef(unwrap(kernel)->diagnostics));
}

int32_t fa3CPUKernelGetNumArguments(Fa3CPUKernel kernel) {
  return static_cast<int32_t>(unwrap(kernel)->argumentTypes.size());
}

bool fa3CPUKernelIsWritten(Fa3CPUKernel kernel, int32_t argument) {
  Kernel *unwrapped = unwrap(kernel);
  return unwrapped->compiled && argument >= 0 &&
         static_cast<size_t>(argument) < unwrapped->argumentTypes.size() &&
         unwrapped->compiled->isWritten(argument);
}

bool fa3CPUKernelRun(Fa3CPUKernel kernel, const fa3_tensor *args, int32_t nargs,
                     MlirStringCallback onError, void *userData) {
  llvm::Error error = kernel.ptr
                          ? unwrap(kernel)->run(args, nargs)
                          : makeError("expected a kernel, but got a null one");
  if (!error)
    return true;
  std::string message = llvm::toString(std::move(error));
  if (onError)
    onError(wrap(StringRef(message)), userData);
  return false;
}
