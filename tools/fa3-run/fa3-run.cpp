//===- fa3-run.cpp - Runs attention on arrays
//----------------------------------- ===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Compiles a function of attention, runs it on arrays from .npy files or random
// ones, compares the results with a reference in double precision, and measures
// the time:
//
//   fa3-run attention.mlir --dim B=2,Sq=17,Sk=33 --check
//   fa3-run attention.mlir --input q=q.npy --input k=k.npy --input v=v.npy
//     --output o=o.npy
//
//===----------------------------------------------------------------------===//

#include "../Common/CommandLine.h"
#include "../Common/Diagnostics.h"
#include "Arguments.h"
#include "Backend.h"
#include "Check.h"
#include "fa3/Compiler/SourceFile.h"
#include "fa3/Reference/Reference.h"
#include "fa3/Runtime/Npy.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/AsmParser/AsmParserState.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/WithColor.h"
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <unistd.h>

namespace cl = llvm::cl;
using namespace mlir;
using namespace mlir::attn;

namespace {
/// The options of the tool; made before the command line is parsed.
struct Options {
  cl::OptionCategory category{"fa3-run options"};
  cl::opt<std::string> file{cl::Positional, cl::desc("<input file>"),
                            cl::init("-"), cl::cat(category)};
  cl::opt<std::string> target{"target",
                              cl::desc("Where to run: cpu (default) or gpu"),
                              cl::init("cpu"), cl::cat(category)};
  cl::opt<std::string> entry{
      "entry", cl::desc("Function to run; the only public one if left out"),
      cl::value_desc("name"), cl::cat(category)};
  cl::list<std::string> inputs{
      "input",
      cl::desc("Value of an argument, by its number or its name in the "
               "source: an .npy file, or the number itself for a scalar"),
      cl::value_desc("argument=file"), cl::cat(category)};
  cl::list<std::string> outputs{
      "output",
      cl::desc("Write an argument after the run, or a result, as in "
               "result0=o.npy"),
      cl::value_desc("argument=file"), cl::cat(category)};
  cl::list<std::string> shapes{
      "shape", cl::desc("Sizes of an argument, 2x17x4x64"),
      cl::value_desc("argument=sizes"), cl::cat(category)};
  cl::list<std::string> strides{
      "strides",
      cl::desc("Strides, in elements, of an argument whose type leaves them "
               "open"),
      cl::value_desc("argument=strides"), cl::cat(category)};
  cl::list<std::string> dims{
      "dim",
      cl::desc("Sizes of the dimensions of the attention that its types leave "
               "open: the batch B, the queries Sq, the keys Sk"),
      cl::value_desc("B=2,Sq=17,Sk=33"), cl::cat(category)};
  cl::opt<uint64_t> seed{
      "random-seed",
      cl::desc("Seed of the arguments without --input: floats are normally "
               "distributed, integers are 0 to 3"),
      cl::init(0), cl::cat(category)};
  cl::opt<bool> check{
      "check",
      cl::desc("Compare with the reference in double precision; the exit code "
               "is 1 where an error is beyond its bound"),
      cl::cat(category)};
  cl::opt<std::string> bench{
      "bench", cl::desc("Measure this many runs (default 10)"),
      cl::value_desc("runs"), cl::ValueOptional, cl::cat(category)};
  cl::opt<std::string> pipelineOptions{
      "pipeline-options",
      cl::desc("Options of the target's pipeline, \"split=false ...\""),
      cl::cat(category)};
  cl::opt<std::string> processor{
      "mcpu",
      cl::desc("Processor to generate code for on the CPU; this one if left "
               "out"),
      cl::value_desc("name"), cl::cat(category)};
  cl::opt<bool> verbose{"v", cl::desc("Print arguments and times"),
                        cl::cat(category)};
};

/// A module with what its source calls things.
struct Source {
  OwningOpRef<ModuleOp> module;
  AsmParserState names;
};

/// An --output: an argument or a result, and its file.
struct Output {
  bool isResult = false;
  unsigned index = 0;
  std::string path;
};
} // namespace

static llvm::Error makeError(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

static llvm::Error parseSource(const Options &options, MLIRContext &context,
                               llvm::SourceMgr &sources, Source &source) {
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> buffer =
      fa3::openSourceFile(options.file);
  if (!buffer)
    return buffer.takeError();
  sources.AddNewSourceBuffer(std::move(*buffer), SMLoc());
  ParserConfig config(&context);
  Block block;
  if (failed(parseAsmSourceFile(sources, &block, config, &source.names)))
    return makeError("cannot parse '" + options.file + "'");
  // A file holds a module, or what belongs into one.
  Location loc = UnknownLoc::get(&context);
  if (!block.empty() && block.begin() == std::prev(block.end()))
    if (auto module = dyn_cast<ModuleOp>(block.front())) {
      module->remove();
      source.module = module;
    }
  if (!source.module) {
    source.module = ModuleOp::create(loc);
    Block *body = source.module->getBody();
    body->getOperations().splice(body->end(), block.getOperations());
    if (failed(verify(*source.module)))
      return makeError("'" + options.file + "' is not a valid module");
  }
  return llvm::Error::success();
}

static llvm::Expected<func::FuncOp> findEntry(ModuleOp module, StringRef name) {
  SmallVector<func::FuncOp> functions;
  for (auto function : module.getOps<func::FuncOp>())
    if (function.isPublic() && !function.isExternal() &&
        (name.empty() || function.getSymName() == name))
      functions.push_back(function);
  if (functions.size() == 1)
    return functions.front();
  if (!name.empty())
    return makeError("--entry: expected a public function with a body, but "
                     "there is no @" +
                     name);
  return makeError("expected one public function, or --entry, but got " +
                   Twine(functions.size()));
}

static std::vector<std::string> getArgumentNames(func::FuncOp function,
                                                 const AsmParserState &names) {
  std::vector<std::string> result;
  const AsmParserState::BlockDefinition *block =
      names.getBlockDef(&function.getBody().front());
  for (unsigned i = 0; block && i < block->arguments.size(); ++i) {
    SMRange range = block->arguments[i].loc;
    StringRef text(range.Start.getPointer(),
                   range.End.getPointer() - range.Start.getPointer());
    text.consume_front("%");
    result.push_back(text.str());
  }
  return result;
}

/// The array that an --output names. What is not given as `resultN` is an
/// argument.
static llvm::Expected<Output> parseOutput(StringRef text, func::FuncOp function,
                                          const Arguments &arguments) {
  llvm::Expected<std::pair<StringRef, StringRef>> parts =
      splitAssignment("output", text);
  if (!parts)
    return parts.takeError();
  Output output;
  output.path = parts->second.str();
  StringRef number = parts->first;
  if (number.consume_front("result") &&
      !number.getAsInteger(10, output.index)) {
    output.isResult = true;
    if (output.index < function.getNumResults())
      return output;
    return makeError("--output: expected a result below " +
                     Twine(function.getNumResults()) + ", but got " +
                     Twine(output.index));
  }
  llvm::Expected<unsigned> argument = arguments.find("output", parts->first);
  if (!argument)
    return argument.takeError();
  output.index = *argument;
  if (!std::holds_alternative<HostArray>(arguments.get()[*argument]))
    return makeError("--output: expected an array, but " +
                     arguments.describe(*argument) + " is a scalar");
  return output;
}

/// Reads all of --output, so that nothing is run that cannot be saved.
static llvm::Expected<std::vector<Output>>
reserveOutputs(const Options &options, func::FuncOp function,
               const Arguments &arguments, fa3::runtime::OutputFiles &files) {
  files.addInput(options.file);
  arguments.addInputs(files);
  std::vector<Output> outputs;
  for (StringRef text : options.outputs) {
    llvm::Expected<Output> output = parseOutput(text, function, arguments);
    if (!output)
      return output.takeError();
    if (llvm::Error error = files.reserve(output->path))
      return std::move(error);
    outputs.push_back(std::move(*output));
  }
  return outputs;
}

static llvm::Error writeOutputs(ArrayRef<Output> outputs,
                                const Arguments &arguments,
                                ArrayRef<HostResult> results,
                                fa3::runtime::OutputFiles &files) {
  for (const Output &output : outputs) {
    HostArray array = output.isResult
                          ? results[output.index].getArray()
                          : std::get<HostArray>(arguments.get()[output.index]);
    llvm::Expected<fa3::runtime::ElementType> element =
        getFileElementType(array.elementType);
    if (!element)
      return element.takeError();
    if (llvm::Error error = fa3::runtime::writeNpy(
            files, output.path, *element, array.shape, packElements(array)))
      return error;
  }
  return files.commit();
}

static llvm::Error runBenchmark(Backend &backend, func::FuncOp function,
                                const Arguments &arguments, unsigned count) {
  llvm::Expected<std::vector<double>> seconds =
      backend.measure(arguments.get(), count);
  if (!seconds)
    return seconds.takeError();
  llvm::sort(*seconds);
  double median = (*seconds)[count / 2];
  llvm::outs() << llvm::format("median %.4f ms, least %.4f ms, of %u runs",
                               median * 1e3, seconds->front() * 1e3, count);
  FailureOr<ReferenceResult> counted = evaluateReference(
      function, arguments.get(), ReferencePrecision::CountOnly);
  if (succeeded(counted))
    llvm::outs() << llvm::format(", %.4f TFLOP/s",
                                 2 * counted->multiplyAdds / median * 1e-12);
  llvm::outs() << "\n";
  return llvm::Error::success();
}

static llvm::Expected<bool> run(const Options &options) {
  BackendOptions backendOptions;
  backendOptions.pipelineOptions = options.pipelineOptions;
  backendOptions.processor = options.processor;
  backendOptions.verbose = options.verbose;
  llvm::Expected<std::unique_ptr<Backend>> backend =
      createBackend(options.target, backendOptions);
  if (!backend)
    return backend.takeError();

  unsigned runs = 0;
  if (options.bench.getNumOccurrences() != 0) {
    runs = 10;
    if (!options.bench.empty() &&
        (StringRef(options.bench).getAsInteger(10, runs) || runs == 0))
      return makeError("--bench: expected a number of runs, but got '" +
                       options.bench + "'");
  }

  DialectRegistry registry;
  (*backend)->registerDialects(registry);
  MLIRContext context(registry);
  context.printOpOnDiagnostic(false);
  llvm::SourceMgr sources;
  SourceMgrDiagnosticHandler diagnostics(sources, &context);
  ScopedDiagnosticHandler ownDiagnostics(&context, [](Diagnostic &diagnostic) {
    return fa3::reportWithoutPlace("fa3-run", diagnostic);
  });
  Source source;
  if (llvm::Error error = parseSource(options, context, sources, source))
    return std::move(error);
  llvm::Expected<func::FuncOp> function =
      findEntry(*source.module, options.entry);
  if (!function)
    return function.takeError();
  ArgumentRequest request;
  llvm::append_range(request.inputs, options.inputs);
  llvm::append_range(request.shapes, options.shapes);
  llvm::append_range(request.strides, options.strides);
  llvm::append_range(request.dims, options.dims);
  request.seed = options.seed;
  llvm::Expected<Arguments> arguments = Arguments::create(
      *function, getArgumentNames(*function, source.names), request);
  if (!arguments)
    return arguments.takeError();
  fa3::runtime::OutputFiles files;
  llvm::Expected<std::vector<Output>> outputs =
      reserveOutputs(options, *function, *arguments, files);
  if (!outputs)
    return outputs.takeError();
  if (options.verbose)
    arguments->print(llvm::outs());

  auto start = std::chrono::steady_clock::now();
  if (llvm::Error error =
          (*backend)->compile(*source.module, function->getSymName()))
    return std::move(error);
  std::chrono::duration<double> compileTime =
      std::chrono::steady_clock::now() - start;
  if (options.verbose)
    llvm::outs() << llvm::format("compiled in %.3f s\n", compileTime.count());
  llvm::Expected<std::vector<HostResult>> results =
      (*backend)->run(arguments->get());
  if (!results)
    return results.takeError();
  if (llvm::Error error = arguments->checkUntouched())
    return std::move(error);
  if (llvm::Error error = writeOutputs(*outputs, *arguments, *results, files))
    return std::move(error);
  bool good = true;
  if (options.check)
    if (llvm::Error error =
            checkResults(*function, *arguments, *results, llvm::outs())
                .moveInto(good))
      return std::move(error);
  if (runs != 0)
    if (llvm::Error error =
            runBenchmark(**backend, *function, *arguments, runs))
      return std::move(error);
  return good;
}

/// Called where there is no memory left, so that a line with little text is all
/// that can be said.
[[noreturn]] static void reportOutOfMemory(void *, const char *, bool) {
  static constexpr char message[] =
      "fa3-run: error: expected enough memory for the run, but it ran out\n";
  (void)!::write(STDERR_FILENO, message, sizeof(message) - 1);
  std::_Exit(1);
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  // A file that grows too large is an error of its write.
  std::signal(SIGXFSZ, SIG_IGN);
  llvm::install_bad_alloc_error_handler(reportOutOfMemory);
  Options options;
  if (!fa3::checkOptions(argc, argv))
    return 1;
  cl::HideUnrelatedOptions(options.category);
  cl::ParseCommandLineOptions(argc, argv, "Runs attention on arrays\n");
  llvm::Expected<bool> good = run(options);
  if (good) {
    llvm::outs().flush();
    if (std::error_code error = llvm::outs().error()) {
      llvm::outs().clear_error();
      good = makeError("cannot write to standard output: " + error.message());
    }
  }
  if (!good) {
    llvm::WithColor::error(llvm::errs(), "fa3-run")
        << llvm::toString(good.takeError()) << "\n";
    return 1;
  }
  return *good ? 0 : 1;
}
