//===- Problems.cpp - The attentions to tune ------------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Problems.h"

#include "fa3/Analysis/ConfigSpace.h"
#include "fa3/Dialect/Attn/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;
using namespace mlir::attn;

namespace fa3::tune {

static llvm::Error makeError(func::FuncOp function, const Twine &message) {
  return llvm::createStringError("@" + function.getSymName() + ": " + message);
}

/// What is timed at one length.
struct Sizes {
  int64_t length, batch, rows, keys;
};

/// The size that a dimension of an operand has.
static int64_t getSize(ForwardOp op, Value operand, unsigned dim,
                       const Sizes &sizes) {
  auto type = cast<ShapedType>(operand.getType());
  if (!type.isDynamicDim(dim))
    return type.getDimSize(dim);
  // Heads and head dimensions are static.
  if (dim == ForwardOp::getBatchDim())
    return sizes.batch;
  if (operand == op.getValue() && op.hasTransposedValue())
    return llvm::alignTo(sizes.keys, kKeyGroup);
  return operand == op.getKey() || operand == op.getValue() ? sizes.keys
                                                            : sizes.rows;
}

/// Operations of Q·Kᵀ and P·V on the scores that a band leaves.
static double countOperations(ForwardOp op, const Sizes &sizes) {
  std::optional<int64_t> left = op.getLeftBound(), right = op.getRightBound();
  int64_t offset =
      op.getAlignment() == Alignment::BottomRight ? sizes.keys - sizes.rows : 0;
  double scores = 0;
  for (int64_t row = 0; row != sizes.rows; ++row) {
    int64_t first = 0, last = sizes.keys - 1;
    if (left)
      first = std::max(first, row + offset - *left);
    if (right)
      last = std::min(last, row + offset + *right);
    scores += static_cast<double>(std::max<int64_t>(last - first + 1, 0));
  }
  return 2.0 *
         static_cast<double>((op.getHeadSize() + op.getValueHeadSize()) *
                             op.getNumQueryHeads() * sizes.batch) *
         scores;
}

static TimedShape makeShape(func::FuncOp function, ForwardOp op,
                            const Sizes &sizes) {
  TimedShape shape;
  shape.operations = countOperations(op, sizes);
  for (BlockArgument argument : function.getArguments()) {
    std::vector<int64_t> &result = shape.arguments.emplace_back();
    auto type = cast<ShapedType>(argument.getType());
    for (int64_t dim = 0; dim != type.getRank(); ++dim)
      result.push_back(getSize(op, argument, dim, sizes));
  }
  return shape;
}

/// The only attn.forward of a function.
static llvm::Expected<ForwardOp> findForward(func::FuncOp function) {
  auto ops = llvm::to_vector(function.getOps<ForwardOp>());
  if (ops.size() != 1)
    return makeError(function,
                     "expected one attn.forward, but got " + Twine(ops.size()));
  ForwardOp op = ops.front();
  auto isUsed = [&](BlockArgument argument) {
    return isa<MemRefType>(argument.getType()) &&
           llvm::is_contained(op->getOperands(), argument);
  };
  if (!llvm::all_of(op->getOperands(), llvm::IsaPred<BlockArgument>) ||
      !llvm::all_of(function.getArguments(), isUsed))
    return makeError(function, "expected attn.forward on memrefs, which are "
                               "all of the function's arguments");
  return op;
}

/// What is timed: one size where all are static, or else one for each length.
static std::vector<Sizes> listSizes(ForwardOp op,
                                    const ProblemOptions &options) {
  auto getStatic = [](ShapedType type, unsigned dim) -> std::optional<int64_t> {
    if (type.isDynamicDim(dim))
      return std::nullopt;
    return type.getDimSize(dim);
  };
  auto batch = getStatic(op.getQueryType(), ForwardOp::getBatchDim());
  auto rows = getStatic(op.getQueryType(), op.getSeqDim());
  auto keys = getStatic(op.getKeyType(), op.getSeqDim());
  std::vector<int64_t> lengths = options.lengths;
  if (rows && keys)
    lengths = {*rows};
  std::vector<Sizes> list;
  for (int64_t length : lengths) {
    int64_t own = rows.value_or(length);
    int64_t fitting = options.tokens / std::max<int64_t>(own, 1);
    list.push_back({length, batch.value_or(std::max<int64_t>(fitting, 1)), own,
                    keys.value_or(length)});
  }
  return list;
}

static bool isOpen(func::FuncOp function) {
  return llvm::any_of(function.getArgumentTypes(), [](Type type) {
    return !cast<ShapedType>(type).hasStaticShape();
  });
}

/// A module that has this function and what it uses.
static OwningOpRef<ModuleOp> cloneAlone(func::FuncOp function) {
  OwningOpRef<ModuleOp> alone = function->getParentOfType<ModuleOp>().clone();
  for (auto other : llvm::make_early_inc_range(alone->getOps<func::FuncOp>()))
    if (other.getSymName() != function.getSymName() &&
        SymbolTable::symbolKnownUseEmpty(other, *alone))
      other.erase();
  return alone;
}

/// Gives the arguments these static shapes.
static void close(func::FuncOp function, const TimedShape &shape) {
  for (auto [argument, sizes] :
       llvm::zip_equal(function.getArguments(), shape.arguments))
    argument.setType(
        cast<ShapedType>(argument.getType()).clone(ArrayRef(sizes)));
  function.setType(FunctionType::get(function.getContext(),
                                     function.getBody().getArgumentTypes(),
                                     function.getResultTypes()));
}

/// What is selected without a table.
static llvm::Expected<ConfigAttr> selectByRule(ModuleOp module,
                                               func::FuncOp function) {
  OwningOpRef<ModuleOp> copy = module.clone();
  PassManager manager(copy->getContext());
  AttnSelectConfigOptions options;
  options.tuningTable = "none";
  manager.addPass(createAttnSelectConfig(options));
  if (failed(manager.run(*copy)))
    return makeError(function, "no configuration can be selected");
  auto selected = copy->lookupSymbol<func::FuncOp>(function.getSymName());
  return *(*selected.getOps<ForwardOp>().begin()).getConfig();
}

static llvm::Expected<Problem>
makeProblem(ModuleOp module, func::FuncOp function, StringRef name,
            std::vector<TimedShape> shapes, const ProblemOptions &options) {
  ForwardOp op = *function.getOps<ForwardOp>().begin();
  // What stands there already would be selected.
  op.removeConfigAttr();
  llvm::Expected<ConfigAttr> rule = selectByRule(module, function);
  if (!rule)
    return rule.takeError();
  std::optional<TuningKey> key = getTuningKey(op, getLaunchSizes(op));
  StringRef expected;
  if (!op.getScoreRegion().empty() || !op.getMaskRegion().empty())
    expected = "no score and no mask function, whose registers no key tells";
  else if (op.getQueryScale() || op.getSplitKeys())
    expected = "neither scales of blocks nor split keys";
  else if (!key)
    expected = "rows and keys of more than 256 each, and both up to the same "
               "power of two";
  else if (!isTunable(*rule))
    expected = "more rows, heads or batches: these few are shared out by their "
               "number, whatever a table says";
  if (!expected.empty())
    return llvm::createStringError(name + ": expected " + expected);
  Problem problem;
  problem.name = name;
  llvm::raw_string_ostream(problem.source) << module;
  problem.key = std::move(*key);
  problem.shapes = std::move(shapes);
  problem.configs =
      enumerateConfigs(getProblemShape(op), *rule, options.distance);
  return problem;
}

static llvm::Error addProblems(func::FuncOp function,
                               const ProblemOptions &options,
                               std::vector<Problem> &problems) {
  llvm::Expected<ForwardOp> op = findForward(function);
  if (!op)
    return op.takeError();
  // As it stands, or with the shapes of one length alone.
  auto add = [&](const Twine &name, const std::vector<TimedShape> &shapes,
                 bool isClosed) -> llvm::Error {
    OwningOpRef<ModuleOp> alone = cloneAlone(function);
    auto own = alone->lookupSymbol<func::FuncOp>(function.getSymName());
    if (isClosed)
      close(own, shapes.front());
    llvm::Expected<Problem> problem =
        makeProblem(*alone, own, name.str(), shapes, options);
    if (!problem)
      return problem.takeError();
    problems.push_back(std::move(*problem));
    return llvm::Error::success();
  };
  StringRef name = function.getSymName();
  bool isStatic = !isOpen(function);
  std::vector<TimedShape> shapes;
  for (const Sizes &sizes : listSizes(*op, options)) {
    shapes.push_back(makeShape(function, *op, sizes));
    if (isStatic)
      continue;
    if (llvm::Error error = add(name + "-" + Twine(sizes.length),
                                {shapes.back()}, /*isClosed=*/true))
      return error;
  }
  return add(isStatic ? name : name + "-open", shapes, /*isClosed=*/false);
}

llvm::Expected<std::vector<Problem>>
findProblems(ModuleOp module, const ProblemOptions &options) {
  std::vector<Problem> problems;
  for (auto function : module.getOps<func::FuncOp>())
    if (!function.isExternal())
      if (llvm::Error error = addProblems(function, options, problems))
        return std::move(error);
  if (problems.empty())
    return llvm::createStringError(
        "expected functions that are one attn.forward each, but got none");
  return problems;
}

} // namespace fa3::tune
