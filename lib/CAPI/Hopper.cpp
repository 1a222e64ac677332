//===- Hopper.cpp - C API for the hopper dialect --------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3-c/Hopper.h"
#include "fa3/Dialect/Hopper/IR/Hopper.h"
#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Registration.h"
#include "mlir/CAPI/Support.h"

using namespace mlir;
using namespace mlir::hopper;

MLIR_DEFINE_CAPI_DIALECT_REGISTRATION(Hopper, hopper, HopperDialect)

/// Makes a type or an attribute, or null and a diagnostic.
template <typename T, typename... Args>
static T getChecked(MlirContext context, Args... args) {
  MLIRContext *unwrapped = unwrap(context);
  unwrapped->getOrLoadDialect<HopperDialect>();
  Location loc = UnknownLoc::get(unwrapped);
  return T::getChecked([&] { return emitError(loc); }, unwrapped, args...);
}

//===----------------------------------------------------------------------===//
// #hopper.schedule
//===----------------------------------------------------------------------===//

bool mlirAttributeIsAHopperSchedule(MlirAttribute attr) {
  return isa<ScheduleAttr>(unwrap(attr));
}

MlirAttribute mlirHopperScheduleAttrGet(MlirContext context, int64_t stage,
                                        int64_t cluster) {
  return wrap(static_cast<Attribute>(
      getChecked<ScheduleAttr>(context, stage, cluster)));
}

MlirTypeID mlirHopperScheduleAttrGetTypeID() {
  return wrap(ScheduleAttr::getTypeID());
}

int64_t mlirHopperScheduleAttrGetStage(MlirAttribute attr) {
  return cast<ScheduleAttr>(unwrap(attr)).getStage();
}

int64_t mlirHopperScheduleAttrGetCluster(MlirAttribute attr) {
  return cast<ScheduleAttr>(unwrap(attr)).getCluster();
}

//===----------------------------------------------------------------------===//
// #hopper.kernel
//===----------------------------------------------------------------------===//

bool mlirAttributeIsAHopperKernel(MlirAttribute attr) {
  return isa<KernelAttr>(unwrap(attr));
}

MlirTypeID mlirHopperKernelAttrGetTypeID() {
  return wrap(KernelAttr::getTypeID());
}

intptr_t mlirHopperKernelAttrGetNumArguments(MlirAttribute attr) {
  return cast<KernelAttr>(unwrap(attr)).getArguments().size();
}

MlirType mlirHopperKernelAttrGetArgument(MlirAttribute attr, intptr_t index) {
  return wrap(cast<KernelAttr>(unwrap(attr)).getArguments()[index]);
}

int64_t mlirHopperKernelAttrGetThreads(MlirAttribute attr) {
  return cast<KernelAttr>(unwrap(attr)).getThreads();
}

int64_t mlirHopperKernelAttrGetSharedMemory(MlirAttribute attr) {
  return cast<KernelAttr>(unwrap(attr)).getSharedMemory();
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

bool mlirTypeIsAHopperSharedTile(MlirType type) {
  return isa<SharedTileType>(unwrap(type));
}

MlirTypeID mlirHopperSharedTileTypeGetTypeID() {
  return wrap(SharedTileType::getTypeID());
}

MlirType mlirHopperSharedTileTypeGet(MlirContext context, int64_t rows,
                                     int64_t columns, MlirType elementType) {
  return wrap(static_cast<Type>(
      getChecked<SharedTileType>(context, rows, columns, unwrap(elementType))));
}

int64_t mlirHopperSharedTileTypeGetRows(MlirType type) {
  return cast<SharedTileType>(unwrap(type)).getRows();
}

int64_t mlirHopperSharedTileTypeGetColumns(MlirType type) {
  return cast<SharedTileType>(unwrap(type)).getColumns();
}

MlirType mlirHopperSharedTileTypeGetElementType(MlirType type) {
  return wrap(cast<SharedTileType>(unwrap(type)).getElementType());
}

int64_t mlirHopperSharedTileTypeGetBytes(MlirType type) {
  return cast<SharedTileType>(unwrap(type)).getBytes();
}

bool mlirTypeIsAHopperChannel(MlirType type) {
  return isa<ChannelType>(unwrap(type));
}

MlirTypeID mlirHopperChannelTypeGetTypeID() {
  return wrap(ChannelType::getTypeID());
}

MlirType mlirHopperChannelTypeGet(MlirContext context, int64_t depth,
                                  MlirType tile) {
  return wrap(static_cast<Type>(getChecked<ChannelType>(
      context, depth, cast<SharedTileType>(unwrap(tile)))));
}

int64_t mlirHopperChannelTypeGetDepth(MlirType type) {
  return cast<ChannelType>(unwrap(type)).getDepth();
}

MlirType mlirHopperChannelTypeGetTile(MlirType type) {
  return wrap(cast<ChannelType>(unwrap(type)).getTile());
}
