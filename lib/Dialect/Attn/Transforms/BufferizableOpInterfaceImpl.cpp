//===- BufferizableOpInterfaceImpl.cpp - Bufferization of attention -------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// attn.forward in destination style: an output is written to the buffer of its
// destination, of which nothing is read. What the score and the mask region
// read from outside, by tensor.extract, is bufferized by that operation itself.
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"

using namespace mlir;
using namespace mlir::attn;
using namespace mlir::bufferization;

namespace {

template <typename OpT>
struct OpModel : DstBufferizableOpInterfaceExternalModel<OpModel<OpT>, OpT> {
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand,
                              const AnalysisState &) const {
    // Every element of a destination is overwritten.
    return !cast<OpT>(op).isDpsInit(&operand);
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto onTensors = cast<OpT>(op);
    if (!onTensors.hasTensors())
      return success();
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPoint(op);
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      if (!isa<TensorType>(operand.getType())) {
        operands.push_back(operand);
        continue;
      }
      FailureOr<Value> buffer = getBuffer(rewriter, operand, options, state);
      if (failed(buffer))
        return failure();
      if (!cast<MemRefType>(buffer->getType()).isLastDimUnitStride())
        return op->emitOpError("expected buffers whose last stride is 1, "
                               "but got ")
               << buffer->getType()
               << "; bufferize with identity-layout-map at function boundaries";
      operands.push_back(*buffer);
    }
    OperationState newState(op->getLoc(), op->getName());
    newState.addOperands(operands);
    newState.addAttributes(op->getAttrs());
    newState.propertiesAttr = op->getPropertiesAsAttribute();
    for (Region &region : op->getRegions())
      newState.addRegion()->takeBody(region);
    auto onBuffers = cast<OpT>(rewriter.create(newState));
    SmallVector<Value> results(
        onBuffers.getDpsInits().take_front(op->getNumResults()));
    replaceOpWithBufferizedValues(rewriter, op, results);
    return success();
  }
};

} // namespace

void mlir::attn::registerBufferizableOpInterfaceExternalModels(
    DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, AttnDialect *) {
    ForwardOp::attachInterface<OpModel<ForwardOp>>(*context);
    CombineOp::attachInterface<OpModel<CombineOp>>(*context);
    QuantizeOp::attachInterface<OpModel<QuantizeOp>>(*context);
    DequantizeOp::attachInterface<OpModel<DequantizeOp>>(*context);
  });
}
