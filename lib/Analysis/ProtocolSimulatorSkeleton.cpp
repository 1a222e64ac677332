//===- ProtocolSimulatorSkeleton.cpp - Control flow of a kernel -----------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ProtocolSimulatorSkeleton.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::hopper;
using namespace mlir::hopper::protocol;

//===----------------------------------------------------------------------===//
// Scalars
//===----------------------------------------------------------------------===//

static bool isScalar(Type type) {
  return type.isIndex() ||
         (type.isInteger() && type.getIntOrFloatBitWidth() <= 64);
}

static unsigned getWidth(Type type) {
  return type.isIndex() ? 64 : type.getIntOrFloatBitWidth();
}

static uint64_t zeroExtend(int64_t value, unsigned width) {
  return static_cast<uint64_t>(value) & llvm::maskTrailingOnes<uint64_t>(width);
}

/// Keeps the lowest `width` bits, sign-extended.
static int64_t wrap(uint64_t value, unsigned width) {
  return llvm::SignExtend64(value, width);
}

namespace {

/// Arithmetic of the arith dialect. Undefined results are unknown.
struct Add {
  static int64_t run(int64_t a, int64_t b, unsigned width) {
    return wrap(static_cast<uint64_t>(a) + static_cast<uint64_t>(b), width);
  }
};
struct Sub {
  static int64_t run(int64_t a, int64_t b, unsigned width) {
    return wrap(static_cast<uint64_t>(a) - static_cast<uint64_t>(b), width);
  }
};
struct Mul {
  static int64_t run(int64_t a, int64_t b, unsigned width) {
    return wrap(static_cast<uint64_t>(a) * static_cast<uint64_t>(b), width);
  }
};
enum class Round { Down, Up, Zero, Rest };

template <Round round>
struct Unsigned {
  static int64_t run(int64_t a, int64_t b, unsigned width) {
    uint64_t n = zeroExtend(a, width), d = zeroExtend(b, width);
    if (d == 0)
      return kUnknown;
    if (round == Round::Rest)
      return wrap(n % d, width);
    return wrap(n / d + (round == Round::Up && n % d != 0), width);
  }
};

template <Round round>
struct Signed {
  static int64_t run(int64_t n, int64_t d, unsigned width) {
    if (d == 0 || d == -1)
      return d == 0                 ? kUnknown
             : round == Round::Rest ? 0
                                    : Sub::run(0, n, width);
    int64_t quotient = n / d, rest = n % d;
    if (round == Round::Rest)
      return rest;
    bool isNegative = (rest < 0) != (d < 0);
    if (rest != 0 && round == Round::Up && !isNegative)
      ++quotient;
    if (rest != 0 && round == Round::Down && isNegative)
      --quotient;
    return wrap(quotient, width);
  }
};

} // namespace

/// The function of an operation with two scalar operands; null if unknown.
static Function getBinaryFunction(Operation *op) {
  return llvm::TypeSwitch<Operation *, Function>(op)
      .Case([](arith::AddIOp) { return &Add::run; })
      .Case([](arith::SubIOp) { return &Sub::run; })
      .Case([](arith::MulIOp) { return &Mul::run; })
      .Case([](arith::DivUIOp) { return &Unsigned<Round::Down>::run; })
      .Case([](arith::CeilDivUIOp) { return &Unsigned<Round::Up>::run; })
      .Case([](arith::RemUIOp) { return &Unsigned<Round::Rest>::run; })
      .Case([](arith::DivSIOp) { return &Signed<Round::Zero>::run; })
      .Case([](arith::CeilDivSIOp) { return &Signed<Round::Up>::run; })
      .Case([](arith::FloorDivSIOp) { return &Signed<Round::Down>::run; })
      .Case([](arith::RemSIOp) { return &Signed<Round::Rest>::run; })
      .Case([](arith::MinSIOp) {
        return +[](int64_t a, int64_t b, unsigned) { return std::min(a, b); };
      })
      .Case([](arith::MaxSIOp) {
        return +[](int64_t a, int64_t b, unsigned) { return std::max(a, b); };
      })
      // Sign extension keeps the unsigned order.
      .Case([](arith::MinUIOp) {
        return +[](int64_t a, int64_t b, unsigned) {
          return static_cast<uint64_t>(a) < static_cast<uint64_t>(b) ? a : b;
        };
      })
      .Case([](arith::MaxUIOp) {
        return +[](int64_t a, int64_t b, unsigned) {
          return static_cast<uint64_t>(a) < static_cast<uint64_t>(b) ? b : a;
        };
      })
      .Case([](arith::AndIOp) {
        return +[](int64_t a, int64_t b, unsigned) { return a & b; };
      })
      .Case([](arith::OrIOp) {
        return +[](int64_t a, int64_t b, unsigned) { return a | b; };
      })
      .Case([](arith::XOrIOp) {
        return +[](int64_t a, int64_t b, unsigned) { return a ^ b; };
      })
      .Case([](arith::ShLIOp) {
        return +[](int64_t a, int64_t b, unsigned width) {
          return zeroExtend(b, width) >= width
                     ? kUnknown
                     : wrap(static_cast<uint64_t>(a) << b, width);
        };
      })
      .Case([](arith::ShRUIOp) {
        return +[](int64_t a, int64_t b, unsigned width) {
          return zeroExtend(b, width) >= width
                     ? kUnknown
                     : wrap(zeroExtend(a, width) >> b, width);
        };
      })
      .Case([](arith::ShRSIOp) {
        return +[](int64_t a, int64_t b, unsigned width) {
          return zeroExtend(b, width) >= width ? kUnknown : a >> b;
        };
      })
      .Default([](Operation *) { return Function(nullptr); });
}

/// Where the result of a binary operation jumps.
static Boundary getBoundary(Operation *op) {
  if (isa<arith::DivUIOp, arith::CeilDivUIOp, arith::RemUIOp, arith::DivSIOp,
          arith::CeilDivSIOp, arith::FloorDivSIOp, arith::RemSIOp>(op))
    return Boundary::Multiple;
  return isa<arith::MinSIOp, arith::MaxSIOp, arith::MinUIOp, arith::MaxUIOp>(op)
             ? Boundary::Equal
             : Boundary::None;
}

/// The function of a cast, whose width is the narrower one; null if unknown.
static Function getCastFunction(Operation *op) {
  if (!isa<arith::ExtUIOp, arith::ExtSIOp, arith::TruncIOp, arith::IndexCastOp,
           arith::IndexCastUIOp>(op))
    return nullptr;
  bool widens = getWidth(op->getResult(0).getType()) >
                getWidth(op->getOperand(0).getType());
  if (widens && isa<arith::ExtUIOp, arith::IndexCastUIOp>(op))
    return [](int64_t a, int64_t, unsigned width) {
      return static_cast<int64_t>(zeroExtend(a, width));
    };
  return [](int64_t a, int64_t, unsigned width) { return wrap(a, width); };
}

//===----------------------------------------------------------------------===//
// Building
//===----------------------------------------------------------------------===//

namespace {

class SkeletonBuilder {
public:
  explicit SkeletonBuilder(gpu::GPUFuncOp kernel) { skeleton.kernel = kernel; }
  FailureOr<Skeleton> build();

private:
  LogicalResult findEvents();
  LogicalResult findChannels();
  void needOperands(Operation *op);
  void need(Value value);
  void needOne(Value value);
  void needCarried(scf::ForOp loop, unsigned index);

  LogicalResult compile(Block &block, Steps &steps);
  LogicalResult compileLoop(scf::ForOp loop, Steps &steps);
  LogicalResult compileBranch(scf::IfOp branch, Steps &steps);
  LogicalResult compileEvent(Operation *op, Steps &steps);
  void compileScalar(Operation *op, Steps &steps);
  unsigned getSizeParameter(unsigned argument, int64_t dimension);
  LogicalResult setChannel(Step &step, Value channel);
  unsigned addAccumulators(ValueRange values);

  ValueId getId(Value value) {
    if (!value)
      return -1;
    auto [it, inserted] = ids.insert({value, skeleton.numValues});
    if (inserted)
      ++skeleton.numValues;
    return it->second;
  }

  Skeleton skeleton;
  DenseMap<Value, ValueId> ids;
  /// Values on which the protocol depends.
  DenseSet<Value> needed;
  SmallVector<Value> worklist;
  /// Loops, branches and roles with operations of the protocol in them.
  DenseSet<Operation *> active;
  DenseMap<Value, unsigned> channelIndex;
  WarpSpecializeOp roles;
};

} // namespace

/// Whether the operation is one of the protocol.
static bool isEvent(Operation *op) {
  return isa<AcquireOp, TmaLoadOp, TransposeOp, LoadTileOp, TransposeTileOp,
             WaitOp, ReleaseOp, WgmmaOp, WgmmaWaitOp, ThreadWgmmaOp,
             ThreadWgmmaWaitOp, TurnWaitOp, TurnPassOp>(op);
}

/// Marks what stands around operations of the protocol, and what they need.
LogicalResult SkeletonBuilder::findEvents() {
  Operation *kernel = skeleton.kernel;
  WalkResult result = kernel->walk([&](Operation *op) {
    if (auto inner = dyn_cast<WarpSpecializeOp>(op)) {
      if (roles || inner->getParentOp() != kernel) {
        inner.emitOpError("expected to stand once, at the top of a kernel");
        return WalkResult::interrupt();
      }
      roles = inner;
    }
    if (!isEvent(op))
      return WalkResult::advance();
    needOperands(op);
    for (Operation *parent = op->getParentOp(); parent != kernel;
         parent = parent->getParentOp()) {
      if (!active.insert(parent).second)
        break;
      if (!isa<scf::ForOp, scf::IfOp, WarpSpecializeOp>(parent)) {
        parent->emitOpError("cannot be checked: expected scf.for, scf.if or "
                            "hopper.warp_specialize around operations of the "
                            "protocol");
        return WalkResult::interrupt();
      }
      needOperands(parent);
    }
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

LogicalResult SkeletonBuilder::findChannels() {
  WalkResult result = skeleton.kernel->walk([&](CreateChannelOp op) {
    if (op->getParentOp() != skeleton.kernel) {
      op.emitOpError("expected to stand at the kernel's entry");
      return WalkResult::interrupt();
    }
    channelIndex[op.getChannel()] = skeleton.channels.size();
    skeleton.channels.push_back({op, op.getChannel().getType().getDepth()});
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

/// Asks for the operands that decide what an operation of the protocol or of
/// control flow does.
void SkeletonBuilder::needOperands(Operation *op) {
  if (auto loop = dyn_cast<scf::ForOp>(op)) {
    for (Value bound :
         {loop.getLowerBound(), loop.getUpperBound(), loop.getStep()})
      need(bound);
  } else {
    for (Value operand : op->getOperands())
      if (isa<SharedTileType, PendingType>(operand.getType()) ||
          isa<ThreadWgmmaWaitOp>(op) ||
          (isa<AcquireOp, WaitOp, scf::IfOp>(op) &&
           isScalar(operand.getType())))
        need(operand);
  }
}

void SkeletonBuilder::need(Value value) {
  if (needed.insert(value).second)
    worklist.push_back(value);
}

void SkeletonBuilder::needCarried(scf::ForOp loop, unsigned index) {
  needOperands(loop);
  need(loop.getInitArgs()[index]);
  need(loop.getYieldedValues()[index]);
  need(loop.getRegionIterArg(index));
}

void SkeletonBuilder::needOne(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp());
    if (loop && argument != loop.getInductionVar())
      needCarried(loop, argument.getArgNumber() - 1);
    return;
  }
  Operation *op = value.getDefiningOp();
  unsigned index = cast<OpResult>(value).getResultNumber();
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return needCarried(loop, index);
  if (auto branch = dyn_cast<scf::IfOp>(op)) {
    need(branch.getCondition());
    for (Region *region : branch.getRegions())
      need(region->front().getTerminator()->getOperand(index));
    return;
  }
  if (op->getNumRegions() == 0 && !isEvent(op))
    for (Value operand : op->getOperands())
      if (isScalar(operand.getType()) ||
          isa<SharedTileType, PendingType>(operand.getType()))
        need(operand);
}

LogicalResult SkeletonBuilder::setChannel(Step &step, Value channel) {
  auto it = channelIndex.find(channel);
  if (it == channelIndex.end())
    return step.op->emitOpError("cannot be checked: expected a channel that "
                                "comes straight from hopper.create_channel");
  step.index = it->second;
  return success();
}

unsigned SkeletonBuilder::addAccumulators(ValueRange values) {
  SmallVector<ValueId> &ids = skeleton.accumulators.emplace_back();
  for (Value value : values)
    ids.push_back(getId(value));
  return skeleton.accumulators.size() - 1;
}

LogicalResult SkeletonBuilder::compileEvent(Operation *op, Steps &steps) {
  if (roles && !roles->isAncestor(op))
    return op->emitOpError("expected to stand in a role, as the kernel has a "
                           "hopper.warp_specialize");
  Step step;
  step.op = op;
  if (op->getNumResults() == 1 && !isa<ThreadWgmmaWaitOp>(op))
    step.result = getId(op->getResult(0));
  Value channel;
  llvm::TypeSwitch<Operation *>(op)
      .Case<AcquireOp, WaitOp>([&](auto access) {
        step.kind = isa<AcquireOp>(op) ? StepKind::Acquire : StepKind::Wait;
        step.a = getId(access.getSlot());
        step.b = getId(access.getPhase());
        channel = access.getChannel();
      })
      .Case<TmaLoadOp, ReleaseOp>([&](auto use) {
        step.kind = isa<TmaLoadOp>(op) ? StepKind::TmaLoad : StepKind::Release;
        step.a = getId(use.getTile());
        channel = use.getChannel();
      })
      .Case([&](TransposeOp transpose) {
        step.kind = StepKind::Transpose;
        step.a = getId(transpose.getTile());
        step.b = getId(transpose.getSource());
        channel = transpose.getChannel();
      })
      .Case<WgmmaOp, ThreadWgmmaOp>([&](auto product) {
        step.kind = StepKind::Product;
        if (isa<ThreadWgmmaOp>(op)) {
          step.kind = StepKind::ThreadProduct;
          step.index = addAccumulators(op->getResults());
        }
        Value lhs = product.getLhs();
        if (lhs && isa<SharedTileType>(lhs.getType()))
          step.a = getId(lhs);
        step.b = getId(product.getRhs());
      })
      .Case([&](WgmmaWaitOp wait) {
        step.kind = StepKind::ProductWait;
        step.a = getId(wait.getPending());
      })
      .Case([&](ThreadWgmmaWaitOp wait) {
        step.kind = StepKind::ThreadProductWait;
        step.constant = wait.getGroups();
        step.index = addAccumulators(wait.getPending());
      })
      .Case<LoadTileOp, TransposeTileOp>(
          [&](auto) { step.kind = StepKind::LoadTile; })
      .Case([&](TurnWaitOp) { step.kind = StepKind::TurnWait; })
      .Default([&](Operation *) { step.kind = StepKind::TurnPass; });
  if (channel && failed(setChannel(step, channel)))
    return failure();
  steps.push_back(step);
  return success();
}

/// The size of an expression that is nothing else.
static SizeAttr getSingleSize(ExpressionAttr expression) {
  auto symbol = dyn_cast<AffineSymbolExpr>(expression.getMap().getResult(0));
  return symbol ? expression.getSizes()[symbol.getPosition()] : SizeAttr();
}

/// The parameter that a size is, together with all sizes that equal it.
unsigned SkeletonBuilder::getSizeParameter(unsigned argument,
                                           int64_t dimension) {
  gpu::GPUFuncOp kernel = skeleton.kernel;
  auto size = SizeAttr::get(kernel.getContext(), argument, dimension);
  if (const Parameter *parameter = skeleton.findParameter(size))
    return parameter - skeleton.parameters.begin();
  Parameter parameter;
  parameter.sizes.push_back(size);
  SmallVector<ConstraintAttr> constraints;
  if (auto array = kernel->getAttrOfType<ArrayAttr>(kConstraintsAttrName))
    llvm::append_range(constraints, array.getAsRange<ConstraintAttr>());
  for (size_t i = 0; i < parameter.sizes.size(); ++i)
    for (ConstraintAttr constraint : constraints) {
      ExpressionAttr known = constraint.getLhs(), other = constraint.getRhs();
      if (getSingleSize(known) != parameter.sizes[i])
        std::swap(known, other);
      if (getSingleSize(known) != parameter.sizes[i])
        continue;
      SizeAttr equal = getSingleSize(other);
      if (equal && !llvm::is_contained(parameter.sizes, equal))
        parameter.sizes.push_back(equal);
      if (auto constant =
              dyn_cast<AffineConstantExpr>(other.getMap().getResult(0)))
        parameter.constant = constant.getValue();
    }
  skeleton.parameters.push_back(parameter);
  return skeleton.parameters.size() - 1;
}

void SkeletonBuilder::compileScalar(Operation *op, Steps &steps) {
  Step step;
  step.op = op;
  step.result = getId(op->getResult(0));
  auto operand = [&](unsigned i) { return getId(op->getOperand(i)); };
  Function binary = nullptr, cast = nullptr;
  if (isScalar(op->getResult(0).getType())) {
    binary = getBinaryFunction(op);
    cast = getCastFunction(op);
  }
  IntegerAttr constant;
  if (auto value = dyn_cast<arith::ConstantOp>(op))
    constant = dyn_cast<IntegerAttr>(value.getValue());
  if (constant && isScalar(constant.getType())) {
    step.kind = StepKind::Constant;
    step.constant = constant.getValue().getSExtValue();
  } else if (auto dim = dyn_cast<memref::DimOp>(op)) {
    auto argument = dyn_cast<BlockArgument>(dim.getSource());
    std::optional<int64_t> index = dim.getConstantIndex();
    auto type = dyn_cast<MemRefType>(dim.getSource().getType());
    if (!argument || !index || !type || *index < 0 ||
        *index >= type.getRank() ||
        argument.getOwner()->getParentOp() != skeleton.kernel)
      return;
    if (type.isDynamicDim(*index)) {
      step.kind = StepKind::Parameter;
      step.index = getSizeParameter(argument.getArgNumber(), *index);
    } else {
      step.kind = StepKind::Constant;
      step.constant = type.getDimSize(*index);
    }
  } else if (auto id = dyn_cast<gpu::BlockIdOp>(op)) {
    // The grid has one dimension.
    step.kind = StepKind::Constant;
    if (id.getDimension() == gpu::Dimension::x) {
      step.kind = StepKind::BlockId;
      skeleton.usesBlockId = true;
    }
  } else if (auto dim = dyn_cast<gpu::GridDimOp>(op)) {
    step.kind = StepKind::Constant;
    step.constant = 1;
    if (dim.getDimension() == gpu::Dimension::x) {
      step.kind = StepKind::GridSize;
      skeleton.usesGridSize = true;
    }
  } else if (auto load = dyn_cast<memref::LoadOp>(op)) {
    if (!isScalar(load.getType()) || load.getIndices().size() > 2 ||
        !isa<BlockArgument>(load.getMemref()))
      return;
    step.kind = StepKind::Load;
    step.width = getWidth(load.getType());
    step.index = getId(load.getMemref());
    step.a = load.getIndices().empty() ? -1 : getId(load.getIndices()[0]);
    step.b = load.getIndices().size() < 2 ? -1 : getId(load.getIndices()[1]);
    skeleton.usesMemory = true;
  } else if (auto compare = dyn_cast<arith::CmpIOp>(op)) {
    if (!isScalar(compare.getLhs().getType()))
      return;
    step.kind = StepKind::Compare;
    step.predicate = compare.getPredicate();
    step.boundary = Boundary::Equal;
    step.a = operand(0);
    step.b = operand(1);
  } else if (isa<arith::SelectOp>(op) &&
             isScalar(op->getOperand(0).getType())) {
    step.kind = StepKind::Select;
    step.a = operand(0);
    step.b = operand(1);
    step.c = operand(2);
  } else if (binary) {
    step.function = binary;
    step.kind = StepKind::Binary;
    step.boundary = getBoundary(op);
    step.width = getWidth(op->getResult(0).getType());
    step.a = operand(0);
    step.b = operand(1);
  } else if (cast) {
    step.function = cast;
    step.kind = StepKind::Unary;
    step.width = std::min(getWidth(op->getOperand(0).getType()),
                          getWidth(op->getResult(0).getType()));
    step.a = operand(0);
  } else {
    return; // Unknown.
  }
  steps.push_back(step);
}

LogicalResult SkeletonBuilder::compileLoop(scf::ForOp loop, Steps &steps) {
  Nested nested;
  nested.isActive = active.contains(loop);
  nested.induction = getId(loop.getInductionVar());
  for (auto [i, argument] : llvm::enumerate(loop.getRegionIterArgs())) {
    if (!needed.contains(argument))
      continue;
    nested.inits.push_back(getId(loop.getInitArgs()[i]));
    nested.arguments.push_back(getId(argument));
    nested.yields[0].push_back(getId(loop.getYieldedValues()[i]));
    nested.results.push_back(getId(loop.getResult(i)));
  }
  if (!nested.isActive && nested.arguments.empty())
    return success();
  if (failed(compile(*loop.getBody(), nested.bodies[0])))
    return failure();
  Step step;
  step.kind = StepKind::Loop;
  step.op = loop;
  step.width = getWidth(loop.getInductionVar().getType());
  step.a = getId(loop.getLowerBound());
  step.b = getId(loop.getUpperBound());
  step.c = getId(loop.getStep());
  step.index = skeleton.nested.size();
  skeleton.nested.push_back(std::move(nested));
  steps.push_back(step);
  return success();
}

LogicalResult SkeletonBuilder::compileBranch(scf::IfOp branch, Steps &steps) {
  Nested nested;
  nested.isActive = active.contains(branch);
  for (auto [i, result] : llvm::enumerate(branch.getResults())) {
    if (!needed.contains(result))
      continue;
    nested.results.push_back(getId(result));
    for (auto [yields, region] :
         llvm::zip_equal(nested.yields, branch->getRegions()))
      yields.push_back(getId(region.front().getTerminator()->getOperand(i)));
  }
  if (!nested.isActive && nested.results.empty())
    return success();
  for (auto [body, region] :
       llvm::zip_equal(nested.bodies, branch->getRegions()))
    if (!region.empty() && failed(compile(region.front(), body)))
      return failure();
  Step step;
  step.kind = StepKind::Branch;
  step.op = branch;
  step.a = getId(branch.getCondition());
  step.index = skeleton.nested.size();
  skeleton.nested.push_back(std::move(nested));
  steps.push_back(step);
  return success();
}

LogicalResult SkeletonBuilder::compile(Block &block, Steps &steps) {
  for (Operation &op : block) {
    LogicalResult result = success();
    if (isEvent(&op))
      result = compileEvent(&op, steps);
    else if (auto loop = dyn_cast<scf::ForOp>(op))
      result = compileLoop(loop, steps);
    else if (auto branch = dyn_cast<scf::IfOp>(op))
      result = compileBranch(branch, steps);
    else if (op.getNumRegions() == 0 && op.getNumResults() == 1 &&
             needed.contains(op.getResult(0)))
      compileScalar(&op, steps);
    if (failed(result))
      return failure();
  }
  return success();
}

FailureOr<Skeleton> SkeletonBuilder::build() {
  gpu::GPUFuncOp kernel = skeleton.kernel;
  if (failed(findEvents()) || failed(findChannels()) ||
      failed(verifyPendingReads(kernel)))
    return failure();
  if (needed.empty() && active.empty() && skeleton.channels.empty())
    return std::move(skeleton);
  while (!worklist.empty())
    needOne(worklist.pop_back_val());

  if (auto config =
          kernel->getAttrOfType<attn::ConfigAttr>(attn::kConfigAttrName))
    skeleton.consumers = config.getConsumers();
  skeleton.hasRoles = static_cast<bool>(roles);
  if (!llvm::hasSingleElement(kernel.getBody()))
    return kernel.emitOpError("cannot be checked: expected one block");
  // Numbers that the host passes as they are.
  Block &entry = kernel.getBody().front();
  Steps &all = roles ? skeleton.prelude : skeleton.consumer;
  for (BlockArgument argument : entry.getArguments())
    if (needed.contains(argument) && isScalar(argument.getType())) {
      Step step;
      step.kind = StepKind::Parameter;
      step.result = getId(argument);
      step.index = skeleton.parameters.size();
      Parameter parameter;
      parameter.argument = argument.getArgNumber();
      skeleton.parameters.push_back(parameter);
      all.push_back(step);
    }
  if (failed(compile(entry, all)))
    return failure();
  if (roles) {
    skeleton.consumers = roles.getConsumers();
    if (failed(compile(roles.getProducer().front(), skeleton.producer)) ||
        failed(compile(roles.getConsumer().front(), skeleton.consumer)))
      return failure();
  }
  return std::move(skeleton);
}

FailureOr<Skeleton> protocol::buildSkeleton(gpu::GPUFuncOp kernel) {
  return SkeletonBuilder(kernel).build();
}
