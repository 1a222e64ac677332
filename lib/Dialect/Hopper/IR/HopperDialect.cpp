//===- HopperDialect.cpp - The hopper dialect, types and attributes -------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::hopper;

#include "fa3/Dialect/Hopper/IR/HopperDialect.cpp.inc"
#include "fa3/Dialect/Hopper/IR/HopperEnums.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "fa3/Dialect/Hopper/IR/HopperTypes.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "fa3/Dialect/Hopper/IR/HopperAttrs.cpp.inc"

void HopperDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "fa3/Dialect/Hopper/IR/HopperOps.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "fa3/Dialect/Hopper/IR/HopperTypes.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "fa3/Dialect/Hopper/IR/HopperAttrs.cpp.inc"
      >();
}

/// Reports an attribute whose value is not of the kind that its name promises.
template <typename AttrT>
static LogicalResult verifyKind(Operation *op, NamedAttribute attribute,
                                StringRef kind) {
  if (isa<AttrT>(attribute.getValue()))
    return success();
  return op->emitOpError("expected ")
         << attribute.getName().getValue() << " to be " << kind << ", but got "
         << attribute.getValue();
}

/// The argument of a function that an attribute means.
static FailureOr<MemRefType> getBuffer(Operation *op, StringRef name,
                                       int64_t argument) {
  auto function = dyn_cast<FunctionOpInterface>(op);
  auto count = static_cast<int64_t>(function ? function.getNumArguments() : 0);
  if (argument < 0 || argument >= count)
    return op->emitOpError("expected ") << name << " to name an argument under "
                                        << count << ", but got " << argument;
  Type type = function.getArgumentTypes()[argument];
  if (auto buffer = dyn_cast<MemRefType>(type))
    return buffer;
  return op->emitOpError("expected ")
         << name << " to name a buffer, but got argument " << argument
         << " of type " << type;
}

/// The sizes of an expression are those of the function's buffers.
static LogicalResult verifySizes(Operation *op, StringRef name,
                                 ExpressionAttr expression) {
  for (SizeAttr size : expression.getSizes()) {
    FailureOr<MemRefType> buffer = getBuffer(op, name, size.getArgument());
    if (failed(buffer))
      return failure();
    if (size.getDimension() < 0 || size.getDimension() >= buffer->getRank())
      return op->emitOpError("expected ")
             << name << " to name a dimension under " << buffer->getRank()
             << " of argument " << size.getArgument() << ", but got "
             << size.getDimension();
  }
  return success();
}

LogicalResult
HopperDialect::verifyOperationAttribute(Operation *op,
                                        NamedAttribute attribute) {
  StringRef name = attribute.getName();
  if (name == kScheduleAttrName)
    return verifyKind<ScheduleAttr>(op, attribute, "a #hopper.schedule");
  if (name == kGridAttrName) {
    if (failed(
            verifyKind<ExpressionAttr>(op, attribute, "a #hopper.expression")))
      return failure();
    return verifySizes(op, name, cast<ExpressionAttr>(attribute.getValue()));
  }
  if (name == kPersistentAttrName || name == kFollowsAttrName ||
      name == kOverlappedAttrName)
    return verifyKind<UnitAttr>(op, attribute, "a unit attribute");
  if (name == kConstraintsAttrName) {
    auto array = dyn_cast<ArrayAttr>(attribute.getValue());
    if (!array || !llvm::all_of(array, llvm::IsaPred<ConstraintAttr>))
      return op->emitOpError("expected ")
             << name << " to be an array of #hopper.constraint, but got "
             << attribute.getValue();
    for (auto constraint : array.getAsRange<ConstraintAttr>())
      if (failed(verifySizes(op, name, constraint.getLhs())) ||
          failed(verifySizes(op, name, constraint.getRhs())))
        return failure();
    return success();
  }
  if (name == kSharedMemoryAttrName) {
    auto bytes = dyn_cast<IntegerAttr>(attribute.getValue());
    if (!bytes || !bytes.getType().isSignlessInteger(64) || bytes.getInt() < 0)
      return op->emitOpError("expected ")
             << name << " to be an i64 of at least 0, but got "
             << attribute.getValue();
    return success();
  }
  if (name == kKernelAttrName)
    return verifyKind<KernelAttr>(op, attribute, "a #hopper.kernel");
  return op->emitOpError("unknown attribute of the hopper dialect: ") << name;
}

LogicalResult
HopperDialect::verifyRegionArgAttribute(Operation *op, unsigned, unsigned index,
                                        NamedAttribute attribute) {
  if (attribute.getName() == kBufferAttrName) {
    if (failed(verifyKind<BufferAttr>(op, attribute, "a #hopper.buffer")))
      return failure();
    FailureOr<MemRefType> own = getBuffer(op, kBufferAttrName, index);
    if (failed(own))
      return failure();
    auto sizes = cast<BufferAttr>(attribute.getValue()).getSizes();
    if (static_cast<int64_t>(sizes.size()) != own->getRank())
      return op->emitOpError("expected ")
             << kBufferAttrName << " with the " << own->getRank()
             << " sizes of argument " << index << ", but got " << sizes.size();
    for (ExpressionAttr size : sizes)
      if (failed(verifySizes(op, kBufferAttrName, size)))
        return failure();
    return success();
  }
  if (attribute.getName() != kTensorMapAttrName)
    return op->emitOpError("unknown argument attribute of the hopper "
                           "dialect: ")
           << attribute.getName().getValue();
  if (failed(verifyKind<TensorMapAttr>(op, attribute, "a #hopper.tensor_map")))
    return failure();
  auto function = dyn_cast<FunctionOpInterface>(op);
  if (function &&
      !isa<nvgpu::TensorMapDescriptorType>(function.getArgumentTypes()[index]))
    return op->emitOpError("expected ")
           << kTensorMapAttrName << " on a tensor map, but got argument "
           << index << " of type " << function.getArgumentTypes()[index];
  auto map = cast<TensorMapAttr>(attribute.getValue());
  FailureOr<MemRefType> buffer =
      getBuffer(op, kTensorMapAttrName, map.getArgument());
  if (failed(buffer))
    return failure();
  if (static_cast<int64_t>(map.getDims().size()) != buffer->getRank())
    return op->emitOpError("expected ")
           << kTensorMapAttrName << " with the " << buffer->getRank()
           << " dimensions of argument " << map.getArgument() << ", but got "
           << map.getDims().size();
  if (map.getElement() != buffer->getElementType())
    return op->emitOpError("expected ")
           << kTensorMapAttrName << " with elements of type "
           << buffer->getElementType() << " as argument " << map.getArgument()
           << " has, but got " << map.getElement();
  return success();
}

//===----------------------------------------------------------------------===//
// SharedTileType
//===----------------------------------------------------------------------===//

/// Parses `176x128xf16`, and `, interleaved` and `, row_sums` behind it.
static FailureOr<SharedTileType> parseTile(AsmParser &parser) {
  SmallVector<int64_t, 2> shape;
  Type element;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseDimensionList(shape, /*allowDynamic=*/false) ||
      parser.parseType(element))
    return failure();
  if (shape.size() != 2)
    return parser.emitError(loc, "expected rows and columns, but got ")
           << shape.size() << " sizes";
  bool interleaved = false, rowSums = false;
  while (succeeded(parser.parseOptionalComma())) {
    SMLoc keyword = parser.getCurrentLocation();
    if (!interleaved && !rowSums &&
        succeeded(parser.parseOptionalKeyword("interleaved")))
      interleaved = true;
    else if (!rowSums && succeeded(parser.parseOptionalKeyword("row_sums")))
      rowSums = true;
    else
      return parser.emitError(keyword, "expected 'interleaved', 'row_sums', or "
                                       "both in this order");
  }
  auto type = parser.getChecked<SharedTileType>(loc, parser.getContext(),
                                                shape[0], shape[1], element,
                                                interleaved, rowSums);
  if (!type)
    return failure();
  return type;
}

static void printTile(AsmPrinter &printer, SharedTileType tile) {
  printer << tile.getRows() << "x" << tile.getColumns() << "x"
          << tile.getElementType();
  if (tile.getInterleaved())
    printer << ", interleaved";
  if (tile.getRowSums())
    printer << ", row_sums";
}

Type SharedTileType::parse(AsmParser &parser) {
  if (parser.parseLess())
    return {};
  FailureOr<SharedTileType> type = parseTile(parser);
  if (failed(type) || parser.parseGreater())
    return {};
  return *type;
}

void SharedTileType::print(AsmPrinter &printer) const {
  printer << "<";
  printTile(printer, *this);
  printer << ">";
}

LogicalResult
SharedTileType::verify(function_ref<InFlightDiagnostic()> emitError,
                       int64_t rows, int64_t columns, Type elementType,
                       bool interleaved, bool rowSums) {
  if (!elementType.isIntOrFloat() ||
      (elementType.getIntOrFloatBitWidth() != 8 &&
       elementType.getIntOrFloatBitWidth() != 16))
    return emitError() << "expected elements of 8 or 16 bits, but got "
                       << elementType;
  // Eight rows of 128 bytes are the swizzle's period.
  if (rows < 8 || rows % 8 != 0 || rows > 256)
    return emitError() << "expected a multiple of 8 rows, at most 256, but got "
                       << rows;
  if (columns < 8 || columns % 8 != 0 || columns > 512)
    return emitError()
           << "expected a multiple of 8 columns, at most 512, but got "
           << columns;
  if (interleaved &&
      (elementType.getIntOrFloatBitWidth() != 8 || columns % 16 != 0))
    return emitError()
           << "expected interleaved columns to be a multiple of 16, "
              "of 8 bits each, but got "
           << columns << " of type " << elementType;
  if (rowSums && (rows <= kSumRows || !isa<Float8E4M3FNType>(elementType)))
    return emitError() << "expected row_sums in a tile of f8E4M3FN with rows "
                          "beside the last "
                       << kSumRows << ", but got " << rows << " of type "
                       << elementType;
  return success();
}

int64_t SharedTileType::getElementBytes() const {
  return getElementType().getIntOrFloatBitWidth() / 8;
}

int64_t SharedTileType::getSlabColumns() const {
  return kSlabBytes / getElementBytes();
}

int64_t SharedTileType::getNumSlabs() const {
  return llvm::divideCeil(getColumns(), getSlabColumns());
}

int64_t SharedTileType::getBytes() const {
  return getNumSlabs() * getRows() * kSlabBytes;
}

int64_t SharedTileType::getCopiedRows() const {
  return getRows() - (getRowSums() ? kSumRows : 0);
}

int64_t SharedTileType::getCopiedBytes() const {
  return getNumSlabs() * getCopiedRows() * kSlabBytes;
}

//===----------------------------------------------------------------------===//
// ChannelType
//===----------------------------------------------------------------------===//

Type ChannelType::parse(AsmParser &parser) {
  int64_t depth = 0;
  if (parser.parseLess() || parser.parseInteger(depth) ||
      parser.parseKeyword("x"))
    return {};
  SMLoc loc = parser.getCurrentLocation();
  FailureOr<SharedTileType> tile = parseTile(parser);
  if (failed(tile) || parser.parseGreater())
    return {};
  return parser.getChecked<ChannelType>(loc, parser.getContext(), depth, *tile);
}

void ChannelType::print(AsmPrinter &printer) const {
  printer << "<" << getDepth() << " x ";
  printTile(printer, getTile());
  printer << ">";
}

LogicalResult ChannelType::verify(function_ref<InFlightDiagnostic()> emitError,
                                  int64_t depth, SharedTileType) {
  if (depth < 1 || depth > 32)
    return emitError() << "expected a depth between 1 and 32, but got "
                       << depth;
  return success();
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

LogicalResult ScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   int64_t stage, int64_t cluster) {
  if (stage < 0 || cluster < 0)
    return emitError() << "expected a stage and a cluster of at least 0, but "
                          "got "
                       << stage << " and " << cluster;
  return success();
}

LogicalResult
ExpressionAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                       AffineMap map, ArrayRef<SizeAttr> sizes) {
  if (map.getNumResults() != 1 || map.getNumDims() != 0)
    return emitError() << "expected a map of symbols to one result, but got "
                       << AffineMapAttr::get(map);
  if (map.getNumSymbols() != sizes.size())
    return emitError() << "expected " << map.getNumSymbols()
                       << " sizes for the map's symbols, but got "
                       << sizes.size();
  return success();
}

LogicalResult
TensorMapAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                      int64_t argument, ArrayRef<int64_t> dims,
                      ArrayRef<int64_t> box, Type) {
  if (argument < 0)
    return emitError() << "expected an argument of at least 0, but got "
                       << argument;
  // CUDA driver API, cuTensorMapEncodeTiled.
  if (dims.empty() || dims.size() > 5 || dims.size() != box.size())
    return emitError() << "expected 1 to 5 dimensions and as many sides of the "
                          "box, but got "
                       << dims.size() << " and " << box.size();
  for (auto [i, dim] : llvm::enumerate(dims)) {
    if (dim < 0 || dim >= static_cast<int64_t>(dims.size()))
      return emitError() << "expected dimensions under " << dims.size()
                         << ", but got " << dim;
    if (llvm::is_contained(dims.take_front(i), dim))
      return emitError() << "expected each dimension once, but got " << dim
                         << " twice";
  }
  // Only the last dimension is known to be without gaps.
  if (dims.front() != static_cast<int64_t>(dims.size()) - 1)
    return emitError() << "expected dimension " << dims.size() - 1
                       << ", the last, first, but got " << dims.front();
  for (int64_t side : box)
    if (side < 1 || side > 256)
      return emitError() << "expected sides of the box between 1 and 256, but "
                            "got "
                         << side;
  return success();
}
