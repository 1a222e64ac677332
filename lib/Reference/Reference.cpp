//===- Reference.cpp - Functions of attention in double precision ---------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Reference/Reference.h"
#include "Forward.h"
#include "fa3/Dialect/Attn/IR/Constants.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;
using namespace mlir::attn;

/// Calls a function on the position of each element, in C order.
static void forEachIndex(ArrayRef<int64_t> shape,
                         function_ref<void(ArrayRef<int64_t>)> function) {
  if (llvm::is_contained(shape, 0))
    return;
  SmallVector<int64_t> index(shape.size(), 0);
  while (true) {
    function(index);
    size_t dim = shape.size();
    while (dim > 0 && ++index[dim - 1] == shape[dim - 1])
      index[--dim] = 0;
    if (dim == 0)
      return;
  }
}

static int64_t linearize(ArrayRef<int64_t> index, ArrayRef<int64_t> strides) {
  int64_t at = 0;
  for (auto [i, stride] : llvm::zip_equal(index, strides))
    at += i * stride;
  return at;
}

static ArrayView allocate(ArrayRef<int64_t> shape) {
  ArrayView view;
  view.shape.assign(shape.begin(), shape.end());
  view.strides = getPackedStrides(shape);
  int64_t size = 1;
  for (int64_t extent : shape)
    size *= extent;
  view.buffer = std::make_shared<std::vector<double>>(size);
  return view;
}

static ArrayView copyFromHost(const HostArray &array) {
  ArrayView view = allocate(array.shape);
  unsigned bytes = getElementBytes(array.elementType);
  auto *to = view.buffer->data();
  forEachIndex(array.shape, [&](ArrayRef<int64_t> index) {
    *to++ = readElement(array.elementType,
                        static_cast<const char *>(array.data) +
                            linearize(index, array.strides) * bytes);
  });
  return view;
}

static Numbers copyToNumbers(const ArrayView &view) {
  Numbers numbers;
  numbers.shape = view.shape;
  forEachIndex(view.shape, [&](ArrayRef<int64_t> index) {
    numbers.values.push_back(
        (*view.buffer)[view.offset + linearize(index, view.strides)]);
  });
  return numbers;
}

namespace {

class FunctionEvaluator {
public:
  FunctionEvaluator(func::FuncOp function, ReferencePrecision precision)
      : function(function), precision(precision) {}

  FailureOr<ReferenceResult> run(ArrayRef<HostArgument> arguments);

private:
  LogicalResult bindArguments(ArrayRef<HostArgument> arguments);
  LogicalResult evaluate(Operation &op);
  FailureOr<SmallVector<ArrayView>> getOutputs(DestinationStyleOpInterface op,
                                               bool onTensors);
  LogicalResult evaluateAttention(ForwardOp op);
  LogicalResult evaluateMerge(CombineOp op);
  LogicalResult evaluateQuantization(QuantizeOp op);
  LogicalResult evaluateInverse(DequantizeOp op);
  LogicalResult evaluateView(Operation &op,
                             OffsetSizeAndStrideOpInterface view);
  LogicalResult evaluateReshape(Operation &op);
  LogicalResult evaluateCopy(bufferization::MaterializeInDestinationOp op);
  LogicalResult evaluateFill(linalg::FillOp op);
  void evaluateConstant(Value array, DenseElementsAttr elements);
  LogicalResult evaluateInsertion(tensor::InsertSliceOp op);
  LogicalResult evaluateScalar(Operation &op);
  FailureOr<SmallVector<int64_t>> getSizes(Operation &op,
                                           ArrayRef<OpFoldResult> sizes);
  FailureOr<ArrayView> getArray(Operation &op, Value value);

  func::FuncOp function;
  ReferencePrecision precision;
  Environment environment;
  /// The buffers that an attention wrote.
  SmallPtrSet<const std::vector<double> *, 4> written;
  double multiplyAdds = 0;
};

} // namespace

LogicalResult
FunctionEvaluator::bindArguments(ArrayRef<HostArgument> arguments) {
  if (function.getNumArguments() != arguments.size())
    return function.emitError("expected ")
           << function.getNumArguments() << " arguments, but got "
           << arguments.size();
  for (auto [value, argument] :
       llvm::zip_equal(function.getArguments(), arguments)) {
    if (const auto *array = std::get_if<HostArray>(&argument))
      environment.arrays[value] = copyFromHost(*array);
    else if (const auto *integer = std::get_if<int64_t>(&argument))
      environment.scalars[value].integer = *integer;
    else
      environment.scalars[value].real = std::get<double>(argument);
  }
  return success();
}

FailureOr<ArrayView> FunctionEvaluator::getArray(Operation &op, Value value) {
  auto entry = environment.arrays.find(value);
  if (entry == environment.arrays.end())
    return op.emitError("the reference does not know an operand of ")
           << op.getName();
  return entry->second;
}

FailureOr<SmallVector<int64_t>>
FunctionEvaluator::getSizes(Operation &op, ArrayRef<OpFoldResult> sizes) {
  SmallVector<int64_t> known;
  for (OpFoldResult size : sizes) {
    if (std::optional<int64_t> constant = getConstantIntValue(size)) {
      known.push_back(*constant);
      continue;
    }
    auto entry = environment.scalars.find(cast<Value>(size));
    if (entry == environment.scalars.end())
      return op.emitError("the reference does not know a size of ")
             << op.getName();
    known.push_back(entry->second.integer);
  }
  return known;
}

/// The arrays that an operation writes.
FailureOr<SmallVector<ArrayView>>
FunctionEvaluator::getOutputs(DestinationStyleOpInterface op, bool onTensors) {
  SmallVector<ArrayView> outputs;
  for (auto [i, init] : llvm::enumerate(op.getDpsInits())) {
    FailureOr<ArrayView> array = getArray(*op, init);
    if (failed(array))
      return failure();
    // A tensor is a value: the result is another one.
    if (onTensors) {
      array = allocate(array->shape);
      environment.arrays[op->getResult(i)] = *array;
    }
    written.insert(array->buffer.get());
    outputs.push_back(*array);
  }
  return outputs;
}

LogicalResult FunctionEvaluator::evaluateAttention(ForwardOp op) {
  FailureOr<SmallVector<ArrayView>> outputs = getOutputs(op, op.hasTensors());
  if (failed(outputs))
    return failure();
  return evaluateForward(op, environment, precision, outputs->front(),
                         outputs->size() > 1 ? &outputs->back() : nullptr,
                         multiplyAdds);
}

LogicalResult FunctionEvaluator::evaluateMerge(CombineOp op) {
  FailureOr<ArrayView> partial = getArray(*op, op.getPartialOutputs()),
                       lses = getArray(*op, op.getPartialLse());
  FailureOr<SmallVector<ArrayView>> outputs = getOutputs(op, op.hasTensors());
  if (failed(partial) || failed(lses) || failed(outputs))
    return failure();
  return evaluateCombine(op, *partial, *lses, precision, outputs->front(),
                         outputs->size() > 1 ? &outputs->back() : nullptr);
}

LogicalResult FunctionEvaluator::evaluateQuantization(QuantizeOp op) {
  FailureOr<ArrayView> input = getArray(*op, op.getInput());
  SmallVector<ArrayView> rotary;
  for (Value table : op.getRotary()) {
    FailureOr<ArrayView> array = getArray(*op, table);
    if (failed(array))
      return failure();
    rotary.push_back(*array);
  }
  FailureOr<SmallVector<ArrayView>> outputs = getOutputs(op, op.hasTensors());
  if (failed(input) || failed(outputs))
    return failure();
  return evaluateQuantize(op, *input, rotary, precision, outputs->front(),
                          outputs->back());
}

LogicalResult FunctionEvaluator::evaluateInverse(DequantizeOp op) {
  FailureOr<ArrayView> input = getArray(*op, op.getInput()),
                       scale = getArray(*op, op.getScale());
  FailureOr<SmallVector<ArrayView>> outputs = getOutputs(op, op.hasTensors());
  if (failed(input) || failed(scale) || failed(outputs))
    return failure();
  return evaluateDequantize(op, *input, *scale, precision, outputs->front());
}

LogicalResult
FunctionEvaluator::evaluateView(Operation &op,
                                OffsetSizeAndStrideOpInterface view) {
  FailureOr<ArrayView> source = getArray(op, op.getOperand(0));
  FailureOr<SmallVector<int64_t>> offsets =
                                      getSizes(op, view.getMixedOffsets()),
                                  sizes = getSizes(op, view.getMixedSizes()),
                                  strides =
                                      getSizes(op, view.getMixedStrides());
  if (failed(source) || failed(offsets) || failed(sizes) || failed(strides))
    return failure();
  llvm::SmallBitVector dropped =
      isa<memref::SubViewOp>(op)
          ? cast<memref::SubViewOp>(op).getDroppedDims()
          : cast<tensor::ExtractSliceOp>(op).getDroppedDims();
  ArrayView result = *source;
  result.offset += linearize(*offsets, source->strides);
  result.shape.clear();
  result.strides.clear();
  for (unsigned dim = 0; dim < dropped.size(); ++dim) {
    if (dropped[dim])
      continue;
    result.shape.push_back((*sizes)[dim]);
    result.strides.push_back(source->strides[dim] * (*strides)[dim]);
  }
  environment.arrays[op.getResult(0)] = result;
  return success();
}

/// Another shape of an array of static shape without gaps.
LogicalResult FunctionEvaluator::evaluateReshape(Operation &op) {
  FailureOr<ArrayView> source = getArray(op, op.getOperand(0));
  if (failed(source))
    return failure();
  auto type = cast<ShapedType>(op.getResult(0).getType());
  if (!type.hasStaticShape() ||
      source->strides != getPackedStrides(source->shape))
    return op.emitError("the reference expects ")
           << op.getName() << " of a static shape without gaps";
  source->shape.assign(type.getShape().begin(), type.getShape().end());
  source->strides = getPackedStrides(source->shape);
  environment.arrays[op.getResult(0)] = *source;
  return success();
}

/// Writes a tensor to a buffer.
LogicalResult
FunctionEvaluator::evaluateCopy(bufferization::MaterializeInDestinationOp op) {
  FailureOr<ArrayView> source = getArray(*op, op.getSource()),
                       target = getArray(*op, op.getDest());
  if (failed(source) || failed(target))
    return failure();
  if (source->shape != target->shape)
    return op.emitError("expected a destination of the tensor's shape");
  forEachIndex(source->shape, [&](ArrayRef<int64_t> index) {
    (*target->buffer)[target->offset + linearize(index, target->strides)] =
        (*source->buffer)[source->offset + linearize(index, source->strides)];
  });
  written.insert(target->buffer.get());
  if (op.getResult())
    environment.arrays[op.getResult()] = *target;
  return success();
}

/// One number for all elements.
LogicalResult FunctionEvaluator::evaluateFill(linalg::FillOp op) {
  auto number = environment.scalars.find(op.value());
  if (number == environment.scalars.end())
    return op.emitError("the reference does not know an operand of ")
           << op->getName();
  FailureOr<SmallVector<ArrayView>> outputs =
      getOutputs(op, op.hasPureTensorSemantics());
  if (failed(outputs))
    return failure();
  ArrayView &output = outputs->front();
  double value = op.value().getType().isIntOrIndex()
                     ? static_cast<double>(number->second.integer)
                     : number->second.real;
  forEachIndex(output.shape,
               [&](ArrayRef<int64_t> index) { output.at(index) = value; });
  return success();
}

/// Numbers that stand in the module.
void FunctionEvaluator::evaluateConstant(Value array,
                                         DenseElementsAttr elements) {
  Type type = elements.getElementType();
  ArrayView result = allocate(elements.getType().getShape());
  auto read = [&](int64_t i) -> double {
    if (isa<FloatType>(type)) {
      APFloat number = elements.value_begin<APFloat>()[i];
      return number.convertToDouble();
    }
    APInt integer = elements.value_begin<APInt>()[i];
    return integer.getBitWidth() == 1 ? integer.getZExtValue()
                                      : integer.signedRoundToDouble();
  };
  int64_t next = 0;
  forEachIndex(result.shape, [&](ArrayRef<int64_t> index) {
    result.at(index) = read(next++);
  });
  environment.arrays[array] = result;
}

/// A copy of a tensor, with another one in a part of it.
LogicalResult FunctionEvaluator::evaluateInsertion(tensor::InsertSliceOp op) {
  FailureOr<ArrayView> source = getArray(*op, op.getSource()),
                       target = getArray(*op, op.getDest());
  FailureOr<SmallVector<int64_t>> offsets = getSizes(*op, op.getMixedOffsets()),
                                  strides = getSizes(*op, op.getMixedStrides());
  if (failed(source) || failed(target) || failed(offsets) || failed(strides))
    return failure();
  ArrayView result = allocate(target->shape);
  forEachIndex(result.shape, [&](ArrayRef<int64_t> index) {
    result.at(index) = target->at(index);
  });
  llvm::SmallBitVector dropped = op.getDroppedDims();
  forEachIndex(source->shape, [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> place = *offsets;
    size_t next = 0;
    for (size_t dim = 0; dim < place.size(); ++dim)
      if (!dropped[dim])
        place[dim] += index[next++] * (*strides)[dim];
    result.at(place) = source->at(index);
  });
  environment.arrays[op.getResult()] = result;
  return success();
}

LogicalResult FunctionEvaluator::evaluateScalar(Operation &op) {
  FailureOr<ScalarProgram> program =
      ScalarProgram::compile(&op, ValueRange(), environment);
  if (failed(program))
    return failure();
  if (failed(program->run()))
    return op.emitError("reads out of bounds");
  Value result = op.getResult(0);
  environment.scalars[result] = (*program)[program->getSlot(result)];
  return success();
}

LogicalResult FunctionEvaluator::evaluate(Operation &op) {
  if (auto forward = dyn_cast<ForwardOp>(op))
    return evaluateAttention(forward);
  if (auto combine = dyn_cast<CombineOp>(op))
    return evaluateMerge(combine);
  if (auto quantize = dyn_cast<QuantizeOp>(op))
    return evaluateQuantization(quantize);
  if (auto dequantize = dyn_cast<DequantizeOp>(op))
    return evaluateInverse(dequantize);
  if (isa<memref::CastOp, tensor::CastOp>(op)) {
    FailureOr<ArrayView> array = getArray(op, op.getOperand(0));
    if (succeeded(array))
      environment.arrays[op.getResult(0)] = *array;
    return array;
  }
  if (isa<memref::ExpandShapeOp, memref::CollapseShapeOp, tensor::ExpandShapeOp,
          tensor::CollapseShapeOp>(op))
    return evaluateReshape(op);
  if (auto copy = dyn_cast<bufferization::MaterializeInDestinationOp>(op))
    return evaluateCopy(copy);
  if (auto fill = dyn_cast<linalg::FillOp>(op))
    return evaluateFill(fill);
  if (auto insertion = dyn_cast<tensor::InsertSliceOp>(op))
    return evaluateInsertion(insertion);
  if (isa<memref::SubViewOp, tensor::ExtractSliceOp>(op))
    return evaluateView(op, cast<OffsetSizeAndStrideOpInterface>(op));
  if (isa<memref::AllocOp, memref::AllocaOp, tensor::EmptyOp>(op)) {
    FailureOr<SmallVector<int64_t>> sizes = getSizes(
        op,
        getMixedValues(cast<ShapedType>(op.getResult(0).getType()).getShape(),
                       op.getOperands(), op.getContext()));
    if (succeeded(sizes))
      environment.arrays[op.getResult(0)] = allocate(*sizes);
    return sizes;
  }
  if (isa<memref::DeallocOp>(op))
    return success();
  if (isa<arith::ConstantOp>(op))
    if (DenseElementsAttr elements = getDenseElements(op.getResult(0))) {
      evaluateConstant(op.getResult(0), elements);
      return success();
    }
  if (isa<memref::DimOp, tensor::DimOp>(op)) {
    FailureOr<ArrayView> array = getArray(op, op.getOperand(0));
    FailureOr<SmallVector<int64_t>> dim =
        getSizes(op, OpFoldResult(op.getOperand(1)));
    if (failed(array) || failed(dim))
      return failure();
    if (dim->front() < 0 ||
        dim->front() >= static_cast<int64_t>(array->shape.size()))
      return op.emitError("expected a dimension below ")
             << array->shape.size() << ", but got " << dim->front();
    environment.scalars[op.getResult(0)].integer = array->shape[dim->front()];
    return success();
  }
  return evaluateScalar(op);
}

FailureOr<ReferenceResult>
FunctionEvaluator::run(ArrayRef<HostArgument> arguments) {
  if (!function.getBody().hasOneBlock())
    return function.emitError("the reference expects a body of one block");
  if (failed(bindArguments(arguments)))
    return failure();
  Block &body = function.getBody().front();
  for (Operation &op : body.without_terminator())
    if (failed(evaluate(op)))
      return failure();
  ReferenceResult result;
  result.multiplyAdds = multiplyAdds;
  for (BlockArgument argument : body.getArguments()) {
    auto entry = environment.arrays.find(argument);
    if (entry != environment.arrays.end() &&
        written.contains(entry->second.buffer.get()))
      result.outputs.push_back({/*isResult=*/false, argument.getArgNumber(),
                                copyToNumbers(entry->second)});
  }
  for (auto [i, returned] :
       llvm::enumerate(body.getTerminator()->getOperands())) {
    FailureOr<ArrayView> array = getArray(*body.getTerminator(), returned);
    if (failed(array))
      return failure();
    result.outputs.push_back(
        {/*isResult=*/true, static_cast<unsigned>(i), copyToNumbers(*array)});
  }
  return result;
}

FailureOr<ReferenceResult>
mlir::attn::evaluateReference(func::FuncOp function,
                              ArrayRef<HostArgument> arguments,
                              ReferencePrecision precision) {
  return FunctionEvaluator(function, precision).run(arguments);
}
