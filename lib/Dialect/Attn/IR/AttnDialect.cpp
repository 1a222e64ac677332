//===- AttnDialect.cpp - The attn dialect and its attributes --------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Dialect/Attn/IR/Attn.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::attn;

#include "fa3/Dialect/Attn/IR/AttnDialect.cpp.inc"
#include "fa3/Dialect/Attn/IR/AttnEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "fa3/Dialect/Attn/IR/AttnAttrs.cpp.inc"

void AttnDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "fa3/Dialect/Attn/IR/AttnOps.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "fa3/Dialect/Attn/IR/AttnAttrs.cpp.inc"
      >();
}

LogicalResult AttnDialect::verifyOperationAttribute(Operation *op,
                                                    NamedAttribute attribute) {
  if (attribute.getName() == kConfigAttrName) {
    if (!isa<ConfigAttr>(attribute.getValue()))
      return op->emitOpError("expected ")
             << kConfigAttrName << " to be an #attn.config, but got "
             << attribute.getValue();
    return success();
  }
  return op->emitOpError("unknown attribute of the attn dialect: ")
         << attribute.getName() << "; expected " << kConfigAttrName;
}

//===----------------------------------------------------------------------===//
// WindowAttr
//===----------------------------------------------------------------------===//

LogicalResult WindowAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 std::optional<int64_t> left,
                                 std::optional<int64_t> right) {
  // Constraint 8 of attn.forward. The bound keeps coordinates plus a side far
  // from the end of the range of an index.
  constexpr int64_t kMaxSide = int64_t(1) << 40;
  for (auto [name, side] : {std::pair("left", left), std::pair("right", right)})
    if (side && (*side < 0 || *side > kMaxSide))
      return emitError() << "expected a " << name << " window of 0 to "
                         << kMaxSide << " keys, but got " << *side;
  return success();
}

//===----------------------------------------------------------------------===//
// ConfigAttr
//===----------------------------------------------------------------------===//

/// Parses `128x176` as two integers.
static ParseResult parsePair(AsmParser &parser, int64_t &first,
                             int64_t &second) {
  SmallVector<int64_t, 2> pair;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseDimensionList(pair, /*allowDynamic=*/false,
                                /*withTrailingX=*/false))
    return failure();
  if (pair.size() != 2)
    return parser.emitError(loc, "expected two numbers joined by 'x', but got ")
           << pair.size();
  first = pair[0];
  second = pair[1];
  return success();
}

Attribute ConfigAttr::parse(AsmParser &parser, Type) {
  int64_t tileQ = 0, tileKV = 0, stages = 0, consumers = 0;
  int64_t producerRegisters = 0, consumerRegisters = 0;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseLess() || parser.parseKeyword("tile") ||
      parser.parseEqual() || parsePair(parser, tileQ, tileKV) ||
      parser.parseComma() || parser.parseKeyword("stages") ||
      parser.parseEqual() || parser.parseInteger(stages) ||
      parser.parseComma() || parser.parseKeyword("consumers") ||
      parser.parseEqual() || parser.parseInteger(consumers) ||
      parser.parseComma() || parser.parseKeyword("registers") ||
      parser.parseEqual() ||
      parsePair(parser, producerRegisters, consumerRegisters))
    return {};
  std::optional<int64_t> speculation, pin, exponent;
  bool persistent = false, twoLevel = false;
  while (succeeded(parser.parseOptionalComma())) {
    SMLoc keyLoc = parser.getCurrentLocation();
    StringRef key;
    if (parser.parseKeyword(&key))
      return {};
    std::optional<int64_t> *value = key == "speculation" ? &speculation
                                    : key == "pin"       ? &pin
                                    : key == "exponent"  ? &exponent
                                                         : nullptr;
    bool *flag = key == "persistent"  ? &persistent
                 : key == "two_level" ? &twoLevel
                                      : nullptr;
    if (value ? value->has_value() : !flag || *flag) {
      parser.emitError(keyLoc,
                       "expected speculation, pin, exponent, two_level or "
                       "persistent, each at most once, but got ")
          << key;
      return {};
    }
    if (flag) {
      *flag = true;
      continue;
    }
    int64_t number = 0;
    if (parser.parseEqual() || parser.parseInteger(number))
      return {};
    *value = number;
  }
  if (parser.parseGreater())
    return {};
  return parser.getChecked<ConfigAttr>(loc, parser.getContext(), tileQ, tileKV,
                                       stages, consumers, producerRegisters,
                                       consumerRegisters, speculation, pin,
                                       persistent, exponent, twoLevel);
}

void ConfigAttr::print(AsmPrinter &printer) const {
  printer << "<tile = " << getTileQ() << "x" << getTileKV()
          << ", stages = " << getStages() << ", consumers = " << getConsumers()
          << ", registers = " << getProducerRegisters() << "x"
          << getConsumerRegisters();
  if (getSpeculation())
    printer << ", speculation = " << *getSpeculation();
  if (getPin())
    printer << ", pin = " << *getPin();
  if (getExponent())
    printer << ", exponent = " << *getExponent();
  if (getTwoLevel())
    printer << ", two_level";
  if (getPersistent())
    printer << ", persistent";
  printer << ">";
}

LogicalResult ConfigAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 int64_t tileQ, int64_t tileKV, int64_t stages,
                                 int64_t consumers, int64_t producerRegisters,
                                 int64_t consumerRegisters,
                                 std::optional<int64_t> speculation,
                                 std::optional<int64_t> pin, bool,
                                 std::optional<int64_t> exponent, bool) {
  if (tileQ < 1 || tileKV < 1)
    return emitError() << "expected a tile of positive size, but got " << tileQ
                       << "x" << tileKV;
  if (stages < 1)
    return emitError() << "expected at least 1 stage, but got " << stages;
  if (consumers < 1)
    return emitError() << "expected at least 1 consumer, but got " << consumers;
  // Far above any machine's; what is below it never overflows an equation.
  constexpr int64_t limit = 32768;
  for (auto [name, value] :
       {std::pair<StringRef, int64_t>{"tile", std::max(tileQ, tileKV)},
        {"stages", stages},
        {"consumers", consumers}})
    if (value > limit)
      return emitError() << "expected " << name << " to be at most " << limit
                         << ", but got " << value;
  // PTX ISA, setmaxnreg: multiples of 8 in 24 ... 256.
  for (int64_t registers : {producerRegisters, consumerRegisters})
    if (registers < 24 || registers > 256 || registers % 8 != 0)
      return emitError() << "expected registers to be a multiple of 8 between "
                            "24 and 256, but got "
                         << registers;
  // A thread's part of a row's sum; P must stay finite in 16 bits.
  if (speculation && (*speculation < 1 || *speculation > 32768))
    return emitError() << "expected a bound of speculation in 1 to 32768, but "
                          "got "
                       << *speculation;
  if (pin && (*pin < 0 || *pin > 100))
    return emitError() << "expected pin to be a percentage, but got " << *pin;
  // 448 = 1.75 * 2^8 is the largest number of f8E4M3FN.
  if (exponent && (*exponent < 0 || *exponent > 8))
    return emitError() << "expected an exponent in 0 to 8, but got "
                       << *exponent;
  return success();
}
