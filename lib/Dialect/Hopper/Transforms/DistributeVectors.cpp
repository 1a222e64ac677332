//===- DistributeVectors.cpp - Tiles as registers of threads --------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VectorDistributor.h"
#include "fa3/Dialect/Hopper/Transforms/Passes.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

namespace mlir::hopper {
#define GEN_PASS_DEF_HOPPERDISTRIBUTEVECTORS
#include "fa3/Dialect/Hopper/Transforms/Passes.h.inc"
} // namespace mlir::hopper

using namespace mlir;
using namespace mlir::hopper;

//===----------------------------------------------------------------------===//
// Types and values
//===----------------------------------------------------------------------===//

FailureOr<FragmentKind> VectorDistributor::getKind(Operation *op,
                                                   VectorType type) {
  if (std::optional<FragmentKind> kind = getFragmentKind(type, rows))
    return *kind;
  return op->emitOpError(
             "cannot be distributed to threads: expected a tile of ")
         << rows << " rows and a multiple of 8 columns, a row or a column of "
         << "it, but got " << type;
}

FailureOr<SmallVector<Type>> VectorDistributor::getLaneTypes(Operation *op,
                                                             Type type) {
  // A product in flight is in the registers of its result.
  if (auto pending = dyn_cast<PendingType>(type))
    type = pending.getVector();
  auto vector = dyn_cast<VectorType>(type);
  if (!vector)
    return SmallVector<Type>{type};
  FailureOr<FragmentKind> kind = getKind(op, vector);
  if (failed(kind))
    return failure();
  Type lane = vector.getElementType();
  if (*kind == FragmentKind::Tile && isPacked(vector))
    lane = VectorType::get({getPacking(vector)}, lane);
  return SmallVector<Type>(getNumLanes(*kind, vector), lane);
}

void VectorDistributor::expandValues(ValueRange values,
                                     SmallVectorImpl<Value> &expanded) {
  for (Value value : values) {
    auto it = fragments.find(value);
    if (it == fragments.end())
      expanded.push_back(value);
    else
      llvm::append_range(expanded, it->second);
  }
}

bool VectorDistributor::isPackedTile(Type type) const {
  auto vector = dyn_cast<VectorType>(type);
  return vector && isPacked(vector) &&
         getFragmentKind(vector, rows) == FragmentKind::Tile;
}

Lanes VectorDistributor::getElements(Value value) {
  if (!isPackedTile(value.getType()))
    return lanes(value);
  int64_t packing = getPacking(cast<VectorType>(value.getType()));
  const Lanes &packed = lanes(value);
  Lanes elements(packed.size() * packing);
  for (auto [reg, register_] : llvm::enumerate(packed))
    for (int64_t i = 0; i < packing; ++i)
      elements[getPackedLane(packing, reg, i)] =
          vector::ExtractOp::create(builder, loc, register_, i);
  return elements;
}

void VectorDistributor::setElements(Value value, Lanes elements) {
  if (!isPackedTile(value.getType()))
    return setLanes(value, std::move(elements));
  int64_t packing = getPacking(cast<VectorType>(value.getType()));
  auto type = VectorType::get({packing}, getElementTypeOrSelf(value.getType()));
  Lanes packed;
  for (size_t reg = 0; reg < elements.size() / packing; ++reg) {
    SmallVector<Value> own;
    for (int64_t i = 0; i < packing; ++i)
      own.push_back(elements[getPackedLane(packing, reg, i)]);
    packed.push_back(vector::FromElementsOp::create(builder, loc, type, own));
  }
  setLanes(value, std::move(packed));
}

/// The value of the thread whose number differs in the bit `distance`.
Value VectorDistributor::exchange(Value value, int64_t distance) {
  return NVVM::ShflOp::create(builder, loc, value.getType(), integer(-1), value,
                              integer(distance), integer(31),
                              NVVM::ShflKind::bfly, UnitAttr());
}

void VectorDistributor::createThreadCoordinates() {
  Type i32 = builder.getI32Type();
  Value id = gpu::ThreadIdOp::create(builder, loc, gpu::Dimension::x);
  Value thread = arith::IndexCastOp::create(builder, loc, i32, id);
  if (firstThread != 0)
    thread = arith::SubIOp::create(builder, loc, thread, integer(firstThread));
  auto divide = [&](Value value, int64_t divisor) -> Value {
    return arith::DivUIOp::create(builder, loc, value, integer(divisor));
  };
  auto remainder = [&](Value value, int64_t divisor) -> Value {
    return arith::RemUIOp::create(builder, loc, value, integer(divisor));
  };
  auto multiply = [&](Value value, int64_t factor) -> Value {
    return arith::MulIOp::create(builder, loc, value, integer(factor));
  };
  firstRow =
      arith::AddIOp::create(builder, loc, multiply(divide(thread, 32), 16),
                            divide(remainder(thread, 32), kQuad));
  firstColumn = multiply(remainder(thread, kQuad), 2);
  firstRowIndex = arith::IndexCastOp::create(builder, loc,
                                             builder.getIndexType(), firstRow);
  firstColumnIndex = arith::IndexCastOp::create(
      builder, loc, builder.getIndexType(), firstColumn);
  // The same for all threads of a warp, and known to be: descriptors of tiles
  // live in uniform registers.
  Value warpgroup = NVVM::ShflOp::create(
      builder, loc, i32, integer(-1), divide(thread, 128), integer(0),
      integer(31), NVVM::ShflKind::idx, UnitAttr());
  warpgroupRow = multiply(warpgroup, 64);
}

//===----------------------------------------------------------------------===//
// Values computed element by element
//===----------------------------------------------------------------------===//

LogicalResult VectorDistributor::distributeConstant(arith::ConstantOp op) {
  auto splat = dyn_cast<SplatElementsAttr>(op.getValue());
  FailureOr<SmallVector<Type>> types = getLaneTypes(op, op.getType());
  if (failed(types))
    return failure();
  if (!splat)
    return op.emitOpError("cannot be distributed to threads: expected one "
                          "value for all elements");
  TypedAttr value = splat.getSplatValue<TypedAttr>();
  if (auto pair = dyn_cast<VectorType>(types->front()))
    value = DenseElementsAttr::get(pair, value);
  Value lane = arith::ConstantOp::create(builder, loc, value);
  setLanes(op, Lanes(types->size(), lane));
  return success();
}

LogicalResult VectorDistributor::distributeElementwise(Operation *op) {
  if (op->getNumResults() != 1)
    return op->emitOpError("cannot be distributed to threads: expected one "
                           "result, but got ")
           << op->getNumResults();
  Value old = op->getResult(0);
  FailureOr<SmallVector<Type>> types = getLaneTypes(op, old.getType());
  if (failed(types))
    return failure();
  // Arithmetic on pairs is that of its elements, two at a time. All else is
  // done element by element.
  bool pairs = isa<arith::ArithDialect>(op->getDialect()) &&
               isPackedTile(old.getType()) &&
               llvm::all_of(op->getOperandTypes(), [&](Type type) {
                 return !isa<VectorType>(type) || isPackedTile(type);
               });
  Type lane = pairs ? types->front() : getElementTypeOrSelf(old.getType());
  size_t count = types->size();
  if (!pairs && isPackedTile(old.getType()))
    count *= getPacking(cast<VectorType>(old.getType()));
  SmallVector<Lanes> operands;
  for (Value operand : op->getOperands()) {
    if (!isa<VectorType>(operand.getType()))
      operands.push_back(Lanes(count, operand));
    else
      operands.push_back(pairs ? lanes(operand) : getElements(operand));
  }
  NamedAttrList attributes(op->getAttrs());
  attributes.erase(kScheduleAttrName);
  Lanes result;
  for (size_t i = 0; i < count; ++i) {
    SmallVector<Value> own;
    for (const Lanes &operand : operands)
      own.push_back(operand[i]);
    result.push_back(
        builder
            .create(loc, op->getName().getIdentifier(), own, lane, attributes)
            ->getResult(0));
  }
  if (pairs)
    setLanes(old, std::move(result));
  else
    setElements(old, std::move(result));
  return success();
}

/// Pairs of f32 become one register.
LogicalResult VectorDistributor::distributeTruncation(arith::TruncFOp op) {
  auto type = cast<VectorType>(op.getType());
  FailureOr<FragmentKind> kind = getKind(op, type);
  if (failed(kind))
    return failure();
  if (*kind != FragmentKind::Tile || !isPacked(type) ||
      !getElementTypeOrSelf(op.getIn().getType()).isF32())
    return distributeElementwise(op);
  if (op.getRoundingmode().value_or(arith::RoundingMode::to_nearest_even) !=
      arith::RoundingMode::to_nearest_even)
    return op.emitOpError("cannot be distributed to threads: expected rounding "
                          "to the nearest even");
  const Lanes &wide = lanes(op.getIn());
  if (getPacking(type) == 4) {
    setLanes(op, packFours(wide, type.getElementType()));
    return success();
  }
  auto pair = VectorType::get({2}, type.getElementType());
  auto rounding = NVVM::FPRoundingModeAttr::get(builder.getContext(),
                                                NVVM::FPRoundingMode::RN);
  Lanes result;
  for (size_t i = 0; i < wide.size(); i += 2) {
    // The instruction takes the upper half first.
    Value high = wide[i + 1], low = wide[i];
    if (type.getElementType().isF16())
      result.push_back(NVVM::ConvertF32x2ToF16x2Op::create(
          builder, loc, pair, high, low, Value(), rounding));
    else
      result.push_back(NVVM::ConvertF32x2ToBF16x2Op::create(
          builder, loc, pair, high, low, Value(), rounding));
  }
  setLanes(op, std::move(result));
  return success();
}

/// Rounds to 8 bits, what is out of range to the largest number. An instruction
/// converts two elements, the upper one first, and puts them into half a
/// register.
Lanes VectorDistributor::packFours(const Lanes &wide, Type element) {
  Type half = builder.getI16Type();
  auto halves = VectorType::get({2}, half);
  auto type = VectorType::get({4}, element);
  Lanes result;
  for (size_t reg = 0; reg < wide.size() / 4; ++reg) {
    auto at = [&](int64_t i) { return wide[getPackedLane(4, reg, i)]; };
    SmallVector<Value> parts;
    for (int64_t i : {0, 2})
      parts.push_back(NVVM::ConvertF32x2ToF8x2Op::create(
          builder, loc, half, at(i + 1), at(i), NVVM::FPRoundingMode::RN,
          NVVM::SaturationMode::SATFINITE, /*relu=*/false, element));
    Value both = vector::FromElementsOp::create(builder, loc, halves, parts);
    result.push_back(vector::BitCastOp::create(builder, loc, type, both));
  }
  return result;
}

/// Four of f32 become one register.
LogicalResult VectorDistributor::distributeRound(attn::RoundOp op) {
  auto type = cast<VectorType>(op.getType());
  if (!isPackedTile(type))
    return distributeElementwise(op);
  auto narrow = VectorType::get({4}, type.getElementType());
  auto four = VectorType::get({4}, builder.getF32Type());
  const Lanes &wide = lanes(op.getSource());
  Lanes result;
  for (size_t reg = 0; reg < wide.size() / 4; ++reg) {
    SmallVector<Value> own;
    for (int64_t i = 0; i < 4; ++i)
      own.push_back(wide[getPackedLane(4, reg, i)]);
    Value elements = vector::FromElementsOp::create(builder, loc, four, own);
    result.push_back(attn::RoundOp::create(builder, loc, narrow, elements));
  }
  setLanes(op, std::move(result));
  return success();
}

LogicalResult VectorDistributor::distributeBroadcast(vector::BroadcastOp op) {
  auto type = cast<VectorType>(op.getType());
  FailureOr<FragmentKind> kind = getKind(op, type);
  if (failed(kind))
    return failure();
  int64_t count = getNumLanes(*kind, type);
  if (isPackedTile(type))
    count *= getPacking(type);
  auto source = dyn_cast<VectorType>(op.getSourceType());
  Lanes result;
  if (!source) {
    setElements(op, Lanes(count, op.getSource()));
    return success();
  }
  FailureOr<FragmentKind> from = getKind(op, source);
  if (failed(from))
    return failure();
  const Lanes &values = lanes(op.getSource());
  if (*from == *kind) {
    setLanes(op, Lanes(values));
    return success();
  }
  bool fromRows = *from == FragmentKind::Row && source.getRank() == 2;
  for (int64_t i = 0; i < count; ++i) {
    if (fromRows && *kind == FragmentKind::Tile)
      result.push_back(values[getRowHalf(i)]);
    else if (fromRows && *kind == FragmentKind::RowParts)
      result.push_back(values[i]);
    else if (*from == FragmentKind::Column && *kind == FragmentKind::Tile)
      result.push_back(values[getColumnLane(i)]);
    else
      return op.emitOpError("cannot be distributed to threads: expected to "
                            "repeat rows or columns, but got ")
             << source << " to " << type;
  }
  setElements(op, std::move(result));
  return success();
}

/// Other names for the same registers.
LogicalResult VectorDistributor::distributeShapeCast(vector::ShapeCastOp op) {
  FailureOr<FragmentKind> from = getKind(op, op.getSourceVectorType());
  FailureOr<FragmentKind> to = getKind(op, op.getResultVectorType());
  if (failed(from) || failed(to))
    return failure();
  bool split = *from == FragmentKind::Tile && *to == FragmentKind::SplitTile;
  if (*from != *to && !split)
    return op.emitOpError("cannot be distributed to threads: moves elements "
                          "between threads");
  setLanes(op, split ? getElements(op.getSource()) : lanes(op.getSource()));
  return success();
}

/// Where the lanes of columns of `type` begin in those of `whole`, of which
/// they are a part from column `first` on; nullopt where columns of theirs are
/// no lanes of their own.
std::optional<int64_t> VectorDistributor::getFirstLane(VectorType part,
                                                       VectorType whole,
                                                       int64_t first) {
  std::optional<FragmentKind> kind = getFragmentKind(part, rows);
  if ((kind != FragmentKind::Column && kind != FragmentKind::Tile) ||
      getFragmentKind(whole, rows) != kind || part.getRank() != 2 ||
      (kind == FragmentKind::Tile && isPacked(part)) ||
      first % kColumnStep != 0)
    return std::nullopt;
  return getNumLanes(*kind, part) * first / part.getDimSize(1);
}

/// The columns that a slice begins with.
static int64_t getFirstColumn(ArrayAttr offsets) {
  return cast<IntegerAttr>(offsets.getValue().back()).getInt();
}

/// Columns of a vector in place of the same columns of another.
LogicalResult
VectorDistributor::distributeInsertSlice(vector::InsertStridedSliceOp op) {
  std::optional<int64_t> first =
      getFirstLane(op.getSourceVectorType(), op.getDestVectorType(),
                   getFirstColumn(op.getOffsets()));
  if (!first || op.hasNonUnitStrides())
    return op.emitOpError(
        "cannot be distributed to threads: expected to insert "
        "a multiple of 8 columns at a multiple of 8");
  Lanes result(lanes(op.getDest()));
  llvm::copy(lanes(op.getValueToStore()), result.begin() + *first);
  setLanes(op, std::move(result));
  return success();
}

LogicalResult
VectorDistributor::distributeExtractSlice(vector::ExtractStridedSliceOp op) {
  auto type = cast<VectorType>(op.getType());
  std::optional<int64_t> first = getFirstLane(type, op.getSourceVectorType(),
                                              getFirstColumn(op.getOffsets()));
  if (!first || op.hasNonUnitStrides())
    return op.emitOpError(
        "cannot be distributed to threads: expected to extract "
        "a multiple of 8 columns at a multiple of 8");
  ArrayRef<Value> whole = lanes(op.getSource());
  setLanes(op, Lanes(whole.slice(
                   *first, getNumLanes(*getFragmentKind(type, rows), type))));
  return success();
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

Value VectorDistributor::combine(vector::CombiningKind kind, Value a, Value b) {
  return vector::makeArithReduction(builder, loc, kind, a, b);
}

LogicalResult
VectorDistributor::distributeReduction(vector::MultiDimReductionOp op) {
  FailureOr<FragmentKind> kind = getKind(op, op.getSourceVectorType());
  auto resultType = dyn_cast<VectorType>(op.getDestType());
  if (failed(kind))
    return failure();
  SmallVector<bool> mask = op.getReductionMask();
  bool partial = *kind == FragmentKind::SplitTile &&
                 mask == SmallVector<bool>{false, true, false, true};
  bool whole =
      (*kind == FragmentKind::Tile || *kind == FragmentKind::RowParts) &&
      mask == SmallVector<bool>{false, true};
  if (!resultType || (!partial && !whole))
    return op.emitOpError("cannot be distributed to threads: expected a "
                          "reduction along the rows of a tile");
  // The threads exchange registers of 32 bits.
  if (!resultType.getElementType().isF32() &&
      !resultType.getElementType().isInteger(32))
    return op.emitOpError("cannot be distributed to threads: expected elements "
                          "of 32 bits, but got ")
           << resultType.getElementType();
  const Lanes &values = lanes(op.getSource());
  const Lanes &accumulators = lanes(op.getAcc());
  Lanes result;
  for (int64_t half = 0; half < 2; ++half) {
    // Two chains for each row: the latency of one would bind.
    Value chains[2];
    for (auto [i, value] : llvm::enumerate(values)) {
      int64_t lane = static_cast<int64_t>(i);
      bool parts = *kind == FragmentKind::RowParts;
      if ((parts ? lane : getRowHalf(lane)) != half)
        continue;
      Value &chain = chains[parts ? 0 : lane % 2];
      chain = chain ? combine(op.getKind(), chain, value) : value;
    }
    Value row = chains[0];
    if (chains[1])
      row = combine(op.getKind(), row, chains[1]);
    // Two steps bring together the four threads of a row.
    if (whole)
      for (int64_t distance : {1, 2})
        row = combine(op.getKind(), row, exchange(row, distance));
    result.push_back(combine(op.getKind(), row, accumulators[half]));
  }
  setLanes(op, std::move(result));
  return success();
}

/// Each warp decides for its rows.
LogicalResult VectorDistributor::distributeAnyAbove(attn::AnyAboveOp op) {
  FailureOr<FragmentKind> kind =
      getKind(op, cast<VectorType>(op.getValues().getType()));
  if (failed(kind))
    return failure();
  if (isPackedTile(op.getValues().getType()))
    return distributeAnyAboveOfFours(op);
  Value bound = arith::ConstantOp::create(builder, loc, op.getBoundAttr());
  Value above;
  for (Value value : lanes(op.getValues())) {
    Value one = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UGT,
                                      value, bound);
    above = above ? arith::OrIOp::create(builder, loc, above, one) : one;
  }
  voteAny(op, above);
  return success();
}

void VectorDistributor::voteAny(attn::AnyAboveOp op, Value above) {
  op.replaceAllUsesWith(
      NVVM::VoteSyncOp::create(builder, loc, builder.getI1Type(), integer(-1),
                               above, NVVM::VoteSyncKind::any)
          .getResult());
}

/// Of positive numbers of f8E4M3FN and NaN the codes have the same order. What
/// is above the bound's carries into the sign, of four elements at a time.
LogicalResult
VectorDistributor::distributeAnyAboveOfFours(attn::AnyAboveOp op) {
  Type element = getElementTypeOrSelf(op.getValues().getType());
  APFloat bound =
      FloatAttr::get(element, op.getBoundAttr().getValueAsDouble()).getValue();
  constexpr int64_t kEach = 0x01010101, kSign = 0x80;
  auto code = static_cast<int64_t>(bound.bitcastToAPInt().getZExtValue());
  Value distance = integer((kSign - 1 - code) * kEach);
  auto word = VectorType::get({1}, builder.getI32Type());
  Value carries;
  for (Value four : lanes(op.getValues())) {
    Value bits = vector::ExtractOp::create(
        builder, loc, vector::BitCastOp::create(builder, loc, word, four), 0);
    Value own = arith::AddIOp::create(builder, loc, bits, distance);
    carries = carries ? arith::OrIOp::create(builder, loc, carries, own) : own;
  }
  Value signs = arith::AndIOp::create(builder, loc, carries,
                                      integer(int32_t(kSign * kEach)));
  voteAny(op, arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne,
                                    signs, integer(0)));
  return success();
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

LogicalResult VectorDistributor::distributeLoop(scf::ForOp op) {
  SmallVector<Value> inits;
  expandValues(op.getInitArgs(), inits);
  auto loop = scf::ForOp::create(builder, loc, op.getLowerBound(),
                                 op.getUpperBound(), op.getStep(), inits,
                                 /*bodyBuilder=*/nullptr, op.getUnsignedCmp());
  loop->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  // Takes the old body over, its arguments replaced by their lanes.
  Block *body = loop.getBody();
  if (inits.empty())
    body->getTerminator()->erase();
  op.getInductionVar().replaceAllUsesWith(loop.getInductionVar());
  auto take = [&](ValueRange olds, ValueRange news) -> LogicalResult {
    size_t next = 0;
    for (Value old : olds) {
      FailureOr<SmallVector<Type>> types = getLaneTypes(op, old.getType());
      if (failed(types))
        return failure();
      ValueRange own = news.slice(next, types->size());
      next += types->size();
      if (isHeldInLanes(old.getType()))
        setLanes(old, Lanes(own));
      else
        old.replaceAllUsesWith(own.front());
    }
    return success();
  };
  if (failed(take(op.getRegionIterArgs(), loop.getRegionIterArgs())))
    return failure();
  body->getOperations().splice(body->end(), op.getBody()->getOperations());
  if (failed(distribute(*body)))
    return failure();
  return take(op.getResults(), loop.getResults());
}

LogicalResult VectorDistributor::distributeBranch(scf::IfOp op) {
  SmallVector<Type> types;
  for (Type type : op.getResultTypes()) {
    FailureOr<SmallVector<Type>> lanes = getLaneTypes(op, type);
    if (failed(lanes))
      return failure();
    llvm::append_range(types, *lanes);
  }
  bool hasElse = !op.getElseRegion().empty();
  auto branch =
      scf::IfOp::create(builder, loc, types, op.getCondition(), hasElse);
  for (unsigned i = 0; i < (hasElse ? 2 : 1); ++i) {
    Block &to = branch->getRegion(i).front();
    to.clear();
    to.getOperations().splice(to.end(),
                              op->getRegion(i).front().getOperations());
    if (failed(distribute(to)))
      return failure();
  }
  size_t next = 0;
  for (Value result : op.getResults()) {
    size_t count = getLaneTypes(op, result.getType())->size();
    ValueRange own = branch.getResults().slice(next, count);
    next += count;
    if (isHeldInLanes(result.getType()))
      setLanes(result, Lanes(own));
    else
      result.replaceAllUsesWith(own.front());
  }
  return success();
}

LogicalResult VectorDistributor::distribute(Operation *op) {
  if (auto yield = dyn_cast<scf::YieldOp>(op)) {
    SmallVector<Value> values;
    expandValues(yield.getOperands(), values);
    yield->setOperands(values);
    return success();
  }
  bool vectors = llvm::any_of(op->getOperandTypes(), isHeldInLanes) ||
                 llvm::any_of(op->getResultTypes(), isHeldInLanes);
  if (!vectors && op->getNumRegions() == 0)
    return success();
  for (Value operand : op->getOperands())
    if (isHeldInLanes(operand.getType()) && !fragments.contains(operand))
      return op->emitOpError("cannot be distributed to threads: expected "
                             "operands computed beside it, but got ")
             << operand.getType() << " from outside";
  builder.setInsertionPoint(op);
  loc = op->getLoc();
  LogicalResult done =
      llvm::TypeSwitch<Operation *, LogicalResult>(op)
          .Case([&](arith::ConstantOp op) { return distributeConstant(op); })
          .Case([&](arith::TruncFOp op) { return distributeTruncation(op); })
          .Case([&](attn::RoundOp op) { return distributeRound(op); })
          .Case([&](vector::BroadcastOp op) { return distributeBroadcast(op); })
          .Case([&](vector::ShapeCastOp op) { return distributeShapeCast(op); })
          .Case([&](vector::InsertStridedSliceOp op) {
            return distributeInsertSlice(op);
          })
          .Case([&](vector::ExtractStridedSliceOp op) {
            return distributeExtractSlice(op);
          })
          .Case([&](vector::MultiDimReductionOp op) {
            return distributeReduction(op);
          })
          .Case(
              [&](attn::CoordinatesOp op) { return distributeCoordinates(op); })
          .Case([&](attn::RampOp op) { return distributeRamp(op); })
          .Case([&](attn::BandMaskOp op) { return distributeBandMask(op); })
          .Case([&](attn::AnyAboveOp op) { return distributeAnyAbove(op); })
          .Case([&](vector::GatherOp op) { return distributeGather(op); })
          .Case([&](vector::TransferWriteOp op) { return distributeWrite(op); })
          .Case([&](WgmmaOp op) { return distributeWgmma(op); })
          .Case([&](WgmmaWaitOp op) { return distributeWait(op); })
          .Case([&](scf::ForOp op) { return distributeLoop(op); })
          .Case([&](scf::IfOp op) { return distributeBranch(op); })
          .Case([&](attn::OnlineSoftmaxOp op) {
            return op.emitOpError("cannot be distributed to threads; run "
                                  "attn-lower-online-softmax first");
          })
          .Case([&](attn::ScaleBlocksOp op) {
            return op.emitOpError("cannot be distributed to threads; run "
                                  "attn-apply-block-scales first");
          })
          .Case<vector::TransferReadOp, vector::ContractionOp>([&](auto op) {
            return op.emitOpError("cannot be distributed to threads; run "
                                  "hopper-lower-contractions first");
          })
          .Default([&](Operation *op) -> LogicalResult {
            if (OpTrait::hasElementwiseMappableTraits(op))
              return distributeElementwise(op);
            return op->emitOpError("cannot be distributed to threads");
          });
  if (failed(done))
    return failure();
  retired.push_back(op);
  return success();
}

LogicalResult VectorDistributor::distribute(Block &block) {
  SmallVector<Operation *> ops;
  for (Operation &op : block)
    ops.push_back(&op);
  for (Operation *op : ops)
    if (failed(distribute(op)))
      return failure();
  return success();
}

LogicalResult VectorDistributor::run() {
  createThreadCoordinates();
  if (failed(distribute(region.front())))
    return failure();
  // They use each other across the loops that held them.
  for (Operation *op : retired)
    op->dropAllReferences();
  for (Operation *op : llvm::reverse(retired))
    op->erase();
  return success();
}

namespace {

struct DistributeVectorsPass
    : hopper::impl::HopperDistributeVectorsBase<DistributeVectorsPass> {
  void runOnOperation() override {
    gpu::GPUFuncOp kernel = getOperation();
    if (kernel.getKnownBlockSizeAttr())
      return; // It says what each thread does.
    if (isDistributed(kernel)) {
      kernel.emitRemark(
          "left as it is: its tiles are those of threads already");
      return;
    }
    auto config =
        kernel->getAttrOfType<attn::ConfigAttr>(attn::kConfigAttrName);
    if (!config) {
      kernel.emitOpError("expected an ")
          << attn::kConfigAttrName
          << " that gives the rows of a tile; run attn-select-config";
      return signalPassFailure();
    }
    if (config.getTileQ() != 64 * config.getConsumers()) {
      kernel.emitOpError("expected a tile of 64 rows for each of ")
          << config.getConsumers()
          << " consumers = " << 64 * config.getConsumers() << ", but got "
          << config.getTileQ();
      return signalPassFailure();
    }
    if (config.getTwoLevel() && failed(checkTwoLevel(kernel)))
      return signalPassFailure();
    if (!kernel.getBody().hasOneBlock()) {
      kernel.emitOpError("cannot be distributed to threads: expected a body of "
                         "one block");
      return signalPassFailure();
    }
    // The consumers' code, or all of it where there are no roles.
    Region *region = &kernel.getBody();
    int64_t firstThread = 0;
    for (auto roles : kernel.getBody().getOps<WarpSpecializeOp>()) {
      if (roles.getConsumers() !=
          static_cast<uint64_t>(config.getConsumers())) {
        roles.emitOpError("expected the ")
            << config.getConsumers() << " consumers of the configuration, but "
            << "got " << roles.getConsumers();
        return signalPassFailure();
      }
      region = &roles.getConsumer();
      firstThread = 128;
      // Constants are shared by the roles; each gets its own here.
      sinkConstants(kernel, *region);
    }
    if (failed(
            VectorDistributor(*region, config.getTileQ(), firstThread).run()))
      return signalPassFailure();
  }

  /// Whether its products are those of threads, and none is of tiles.
  static bool isDistributed(gpu::GPUFuncOp kernel) {
    bool hasThreads = false, hasTiles = false;
    kernel.walk([&](Operation *op) {
      hasThreads |= isa<ThreadWgmmaOp>(op);
      hasTiles |= isa<WgmmaOp>(op);
    });
    return hasThreads && !hasTiles;
  }

  /// Behind this nothing can tell what is to be added up in registers.
  static LogicalResult checkTwoLevel(gpu::GPUFuncOp kernel) {
    WalkResult result = kernel.walk([](WgmmaOp product) -> WalkResult {
      if (!product.getAccumulator())
        return WalkResult::advance();
      return product.emitOpError(
          "expected to be added up behind it, as two_level says, but got an "
          "accumulator; run hopper-split-accumulation first");
    });
    return failure(result.wasInterrupted());
  }

  /// Vector constants in front of the roles come into the one that uses them.
  static void sinkConstants(gpu::GPUFuncOp kernel, Region &region) {
    OpBuilder builder = OpBuilder::atBlockBegin(&region.front());
    for (auto constant : llvm::make_early_inc_range(
             kernel.getBody().getOps<arith::ConstantOp>()))
      if (isa<VectorType>(constant.getType()))
        constant->moveBefore(&region.front(), builder.getInsertionPoint());
  }
};

} // namespace
