//===- Attn.cpp - C API for the attn dialect ------------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3-c/Attn.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Registration.h"
#include "mlir/CAPI/Support.h"

#include <cstring>

using namespace mlir;
using namespace mlir::attn;

MLIR_DEFINE_CAPI_DIALECT_REGISTRATION(Attn, attn, AttnDialect)

/// Makes an attribute, or null and a diagnostic.
template <typename AttrT, typename... Args>
static MlirAttribute getChecked(MlirContext context, Args... args) {
  MLIRContext *unwrapped = unwrap(context);
  unwrapped->getOrLoadDialect<AttnDialect>();
  Location loc = UnknownLoc::get(unwrapped);
  return wrap(
      AttrT::getChecked([&] { return emitError(loc); }, unwrapped, args...));
}

/// Makes the attribute of an enumeration, or null and a diagnostic.
template <typename AttrT, typename EnumT>
static MlirAttribute getEnumAttr(MlirContext context, EnumT value,
                                 const char *expected) {
  unwrap(context)->getOrLoadDialect<AttnDialect>();
  // Any number may come from C; as an enumeration it must not be read.
  int number = 0;
  static_assert(sizeof(number) == sizeof(value));
  std::memcpy(&number, &value, sizeof(number));
  if (number == 0 || number == 1)
    return wrap(AttrT::get(unwrap(context),
                           static_cast<decltype(AttrT().getValue())>(number)));
  emitError(UnknownLoc::get(unwrap(context)), "expected ")
      << expected << ", but got " << number;
  return wrap(Attribute());
}

//===----------------------------------------------------------------------===//
// #attn.config
//===----------------------------------------------------------------------===//

bool mlirAttributeIsAAttnConfig(MlirAttribute attr) {
  return isa<ConfigAttr>(unwrap(attr));
}

MlirAttribute
mlirAttnConfigAttrGet(MlirContext context, int64_t tileQ, int64_t tileKV,
                      int64_t stages, int64_t consumers,
                      int64_t producerRegisters, int64_t consumerRegisters,
                      int64_t speculation, int64_t pin, int64_t queryStages,
                      int64_t exponent, int64_t emulate, bool twoLevel,
                      bool persistent, int64_t pack, int64_t splits) {
  auto given = [](int64_t value) {
    return value < 0 ? std::nullopt : std::optional<int64_t>(value);
  };
  return getChecked<ConfigAttr>(
      context, tileQ, tileKV, stages, consumers, producerRegisters,
      consumerRegisters, given(speculation), given(pin), given(queryStages),
      given(exponent), given(emulate), twoLevel, persistent, given(pack),
      given(splits));
}

MlirTypeID mlirAttnConfigAttrGetTypeID() {
  return wrap(ConfigAttr::getTypeID());
}

int64_t mlirAttnConfigAttrGetTileQ(MlirAttribute attr) {
  return cast<ConfigAttr>(unwrap(attr)).getTileQ();
}

int64_t mlirAttnConfigAttrGetTileKV(MlirAttribute attr) {
  return cast<ConfigAttr>(unwrap(attr)).getTileKV();
}

int64_t mlirAttnConfigAttrGetStages(MlirAttribute attr) {
  return cast<ConfigAttr>(unwrap(attr)).getStages();
}

int64_t mlirAttnConfigAttrGetConsumers(MlirAttribute attr) {
  return cast<ConfigAttr>(unwrap(attr)).getConsumers();
}

int64_t mlirAttnConfigAttrGetProducerRegisters(MlirAttribute attr) {
  return cast<ConfigAttr>(unwrap(attr)).getProducerRegisters();
}

int64_t mlirAttnConfigAttrGetConsumerRegisters(MlirAttribute attr) {
  return cast<ConfigAttr>(unwrap(attr)).getConsumerRegisters();
}

int64_t mlirAttnConfigAttrGetSpeculation(MlirAttribute attr) {
  return cast<ConfigAttr>(unwrap(attr)).getSpeculation().value_or(-1);
}

int64_t mlirAttnConfigAttrGetPin(MlirAttribute attr) {
  return cast<ConfigAttr>(unwrap(attr)).getPin().value_or(-1);
}

int64_t mlirAttnConfigAttrGetQueryStages(MlirAttribute attr) {
  return cast<ConfigAttr>(unwrap(attr)).getQueryStages().value_or(-1);
}

int64_t mlirAttnConfigAttrGetExponent(MlirAttribute attr) {
  return cast<ConfigAttr>(unwrap(attr)).getExponent().value_or(-1);
}

int64_t mlirAttnConfigAttrGetEmulate(MlirAttribute attr) {
  return cast<ConfigAttr>(unwrap(attr)).getEmulate().value_or(-1);
}

bool mlirAttnConfigAttrIsTwoLevel(MlirAttribute attr) {
  return cast<ConfigAttr>(unwrap(attr)).getTwoLevel();
}

bool mlirAttnConfigAttrIsPersistent(MlirAttribute attr) {
  return cast<ConfigAttr>(unwrap(attr)).getPersistent();
}

int64_t mlirAttnConfigAttrGetPack(MlirAttribute attr) {
  return cast<ConfigAttr>(unwrap(attr)).getPack().value_or(-1);
}

int64_t mlirAttnConfigAttrGetSplits(MlirAttribute attr) {
  return cast<ConfigAttr>(unwrap(attr)).getSplits().value_or(-1);
}

//===----------------------------------------------------------------------===//
// #attn.window
//===----------------------------------------------------------------------===//

/// A side as C++ has it. Other negative numbers are left for the verifier.
static std::optional<int64_t> unwrapSide(int64_t side) {
  if (side == MLIR_ATTN_WINDOW_UNBOUNDED)
    return std::nullopt;
  return side;
}

bool mlirAttributeIsAAttnWindow(MlirAttribute attr) {
  return isa<WindowAttr>(unwrap(attr));
}

MlirAttribute mlirAttnWindowAttrGet(MlirContext context, int64_t left,
                                    int64_t right) {
  return getChecked<WindowAttr>(context, unwrapSide(left), unwrapSide(right));
}

MlirTypeID mlirAttnWindowAttrGetTypeID() {
  return wrap(WindowAttr::getTypeID());
}

int64_t mlirAttnWindowAttrGetLeft(MlirAttribute attr) {
  return cast<WindowAttr>(unwrap(attr))
      .getLeft()
      .value_or(MLIR_ATTN_WINDOW_UNBOUNDED);
}

int64_t mlirAttnWindowAttrGetRight(MlirAttribute attr) {
  return cast<WindowAttr>(unwrap(attr))
      .getRight()
      .value_or(MLIR_ATTN_WINDOW_UNBOUNDED);
}

//===----------------------------------------------------------------------===//
// #attn.layout
//===----------------------------------------------------------------------===//

static_assert(MlirAttnLayoutBSHD == static_cast<int>(Layout::BSHD) &&
                  MlirAttnLayoutBHSD == static_cast<int>(Layout::BHSD),
              "the enumerations of C and C++ agree");

bool mlirAttributeIsAAttnLayout(MlirAttribute attr) {
  return isa<LayoutAttr>(unwrap(attr));
}

MlirAttribute mlirAttnLayoutAttrGet(MlirContext context,
                                    MlirAttnLayout layout) {
  return getEnumAttr<LayoutAttr>(context, layout,
                                 "a layout of 0 (bshd) or 1 (bhsd)");
}

MlirTypeID mlirAttnLayoutAttrGetTypeID() {
  return wrap(LayoutAttr::getTypeID());
}

MlirAttnLayout mlirAttnLayoutAttrGetValue(MlirAttribute attr) {
  return static_cast<MlirAttnLayout>(cast<LayoutAttr>(unwrap(attr)).getValue());
}

//===----------------------------------------------------------------------===//
// #attn.alignment
//===----------------------------------------------------------------------===//

static_assert(MlirAttnAlignmentBottomRight ==
                      static_cast<int>(Alignment::BottomRight) &&
                  MlirAttnAlignmentTopLeft ==
                      static_cast<int>(Alignment::TopLeft),
              "the enumerations of C and C++ agree");

bool mlirAttributeIsAAttnAlignment(MlirAttribute attr) {
  return isa<AlignmentAttr>(unwrap(attr));
}

MlirAttribute mlirAttnAlignmentAttrGet(MlirContext context,
                                       MlirAttnAlignment alignment) {
  return getEnumAttr<AlignmentAttr>(
      context, alignment, "an alignment of 0 (bottom_right) or 1 (top_left)");
}

MlirTypeID mlirAttnAlignmentAttrGetTypeID() {
  return wrap(AlignmentAttr::getTypeID());
}

MlirAttnAlignment mlirAttnAlignmentAttrGetValue(MlirAttribute attr) {
  return static_cast<MlirAttnAlignment>(
      cast<AlignmentAttr>(unwrap(attr)).getValue());
}

//===----------------------------------------------------------------------===//
// attn.forward
//===----------------------------------------------------------------------===//

MlirOperation mlirAttnForwardCreate(MlirLocation location, MlirValue query,
                                    MlirValue key, MlirValue value,
                                    MlirValue output, MlirValue lse) {
  Location loc = unwrap(location);
  loc->getContext()->getOrLoadDialect<AttnDialect>();
  OpBuilder builder(loc->getContext());
  return wrap(ForwardOp::create(builder, loc, unwrap(query), unwrap(key),
                                unwrap(value), unwrap(output), unwrap(lse))
                  .getOperation());
}
