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
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::attn;

#include "fa3/Dialect/Attn/IR/AttnDialect.cpp.inc"
#include "fa3/Dialect/Attn/IR/AttnEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "fa3/Dialect/Attn/IR/AttnAttrs.cpp.inc"

bool mlir::attn::isZero(Value value) {
  return matchPattern(value, m_AnyZeroFloat()) || matchPattern(value, m_Zero());
}

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
  if (attribute.getName() == kResultsAttrName) {
    if (!isa<DenseI64ArrayAttr>(attribute.getValue()))
      return op->emitOpError("expected ")
             << kResultsAttrName << " to be an array of i64, but got "
             << attribute.getValue();
    return success();
  }
  return op->emitOpError("unknown attribute of the attn dialect: ")
         << attribute.getName() << "; expected " << kConfigAttrName << " or "
         << kResultsAttrName;
}

//===----------------------------------------------------------------------===//
// WindowAttr
//===----------------------------------------------------------------------===//

Attribute WindowAttr::parse(AsmParser &parser, Type) {
  SMLoc loc = parser.getCurrentLocation();
  std::optional<int64_t> left, right;
  auto parseSide = [&]() -> ParseResult {
    SMLoc sideLoc = parser.getCurrentLocation();
    StringRef name;
    if (failed(parser.parseOptionalKeyword(&name, {"left", "right"})) ||
        failed(parser.parseOptionalEqual()))
      return parser.emitError(sideLoc, "expected 'left = n', 'right = n' or "
                                       "both in an #attn.window");
    std::optional<int64_t> &side = name == "left" ? left : right;
    if (side)
      return parser.emitError(sideLoc, "expected ") << name << " once";
    int64_t keys = 0;
    if (parser.parseInteger(keys))
      return failure();
    side = keys;
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater,
                                     parseSide))
    return {};
  return parser.getChecked<WindowAttr>(loc, parser.getContext(), left, right);
}

void WindowAttr::print(AsmPrinter &printer) const {
  printer << "<";
  if (getLeft())
    printer << "left = " << *getLeft();
  if (getRight())
    printer << (getLeft() ? ", " : "") << "right = " << *getRight();
  printer << ">";
}

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

/// Parses `name =`, with a comma in front but for the first.
static ParseResult parseField(AsmParser &parser, StringRef name) {
  SMLoc loc = parser.getCurrentLocation();
  if ((name == "tile" || succeeded(parser.parseOptionalComma())) &&
      succeeded(parser.parseOptionalKeyword(name)) &&
      succeeded(parser.parseOptionalEqual()))
    return success();
  return parser.emitError(loc, "expected ")
         << name
         << " in an #attn.config, as <tile = 128x128, stages = 2, consumers = "
            "2, registers = 24x240>";
}

Attribute ConfigAttr::parse(AsmParser &parser, Type) {
  int64_t tileQ = 0, tileKV = 0, stages = 0, consumers = 0;
  int64_t producerRegisters = 0, consumerRegisters = 0;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseLess() || parseField(parser, "tile") ||
      parsePair(parser, tileQ, tileKV) || parseField(parser, "stages") ||
      parser.parseInteger(stages) || parseField(parser, "consumers") ||
      parser.parseInteger(consumers) || parseField(parser, "registers") ||
      parsePair(parser, producerRegisters, consumerRegisters))
    return {};
  std::optional<int64_t> speculation, pin, queryStages, exponent, emulate, pack,
      splits;
  bool persistent = false, twoLevel = false;
  while (succeeded(parser.parseOptionalComma())) {
    SMLoc keyLoc = parser.getCurrentLocation();
    StringRef key;
    if (parser.parseKeyword(&key))
      return {};
    std::optional<int64_t> *value = key == "speculation"    ? &speculation
                                    : key == "pin"          ? &pin
                                    : key == "query_stages" ? &queryStages
                                    : key == "exponent"     ? &exponent
                                    : key == "emulate"      ? &emulate
                                    : key == "pack"         ? &pack
                                    : key == "splits"       ? &splits
                                                            : nullptr;
    bool *flag = key == "persistent"  ? &persistent
                 : key == "two_level" ? &twoLevel
                                      : nullptr;
    if (value ? value->has_value() : !flag || *flag) {
      parser.emitError(
          keyLoc,
          "expected speculation, pin, query_stages, exponent, "
          "emulate, two_level, persistent, pack or splits, each at most "
          "once, but got ")
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
  return parser.getChecked<ConfigAttr>(
      loc, parser.getContext(), tileQ, tileKV, stages, consumers,
      producerRegisters, consumerRegisters, speculation, pin, queryStages,
      exponent, emulate, twoLevel, persistent, pack, splits);
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
  if (getQueryStages())
    printer << ", query_stages = " << *getQueryStages();
  if (getExponent())
    printer << ", exponent = " << *getExponent();
  if (getEmulate())
    printer << ", emulate = " << *getEmulate();
  if (getTwoLevel())
    printer << ", two_level";
  if (getPersistent())
    printer << ", persistent";
  if (getPack())
    printer << ", pack = " << *getPack();
  if (getSplits())
    printer << ", splits = " << *getSplits();
  printer << ">";
}

LogicalResult ConfigAttr::verify(
    function_ref<InFlightDiagnostic()> emitError, int64_t tileQ, int64_t tileKV,
    int64_t stages, int64_t consumers, int64_t producerRegisters,
    int64_t consumerRegisters, std::optional<int64_t> speculation,
    std::optional<int64_t> pin, std::optional<int64_t> queryStages,
    std::optional<int64_t> exponent, std::optional<int64_t> emulate, bool, bool,
    std::optional<int64_t> pack, std::optional<int64_t> splits) {
  if (tileQ < 1 || tileKV < 1)
    return emitError() << "expected a tile of positive size, but got " << tileQ
                       << "x" << tileKV;
  if (stages < 1)
    return emitError() << "expected at least 1 stage, but got " << stages;
  if (consumers < 1)
    return emitError() << "expected at least 1 consumer, but got " << consumers;
  if (queryStages && *queryStages < 1)
    return emitError() << "expected at least 1 stage of queries, but got "
                       << *queryStages;
  // Far above any machine's; what is below it never overflows an equation.
  constexpr int64_t limit = 32768;
  for (auto [name, value] :
       {std::pair<StringRef, int64_t>{"tile", std::max(tileQ, tileKV)},
        {"stages", stages},
        {"query_stages", queryStages.value_or(1)},
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
  // A thread's part of a row's sum. Accumulators of f32 keep as much again.
  constexpr int64_t largest = int64_t(1) << 60;
  if (speculation && (*speculation < 1 || *speculation > largest))
    return emitError() << "expected a bound of speculation in 1 to " << largest
                       << ", but got " << *speculation;
  if (pin && (*pin < 0 || *pin > 100))
    return emitError() << "expected pin to be a percentage, but got " << *pin;
  // 448 = 1.75 * 2^8 is the largest number of f8E4M3FN.
  if (exponent && (*exponent < 0 || *exponent > 8))
    return emitError() << "expected an exponent in 0 to 8, but got "
                       << *exponent;
  if (emulate && !speculation)
    return emitError() << "expected emulate = " << *emulate
                       << " to stand beside a bound of speculation, which "
                          "finds what a polynomial does not bear";
  // Of each four exponentials of a thread two are of one row and two of the
  // same columns of another.
  if (emulate && (*emulate < 4 || *emulate > 256 || *emulate % 4 != 0))
    return emitError() << "expected emulate to be a multiple of 4 up to 256, "
                          "but got "
                       << *emulate;
  if (pack && (*pack < 1 || *pack >= tileQ || tileQ % *pack != 0))
    return emitError() << "expected pack to divide the " << tileQ
                       << " rows of the tile and to be less, but got " << *pack;
  if (splits && (*splits < 1 || *splits > kMaxSplits))
    return emitError() << "expected 1 to " << kMaxSplits << " splits, but got "
                       << *splits;
  return success();
}

ConfigAttr ConfigAttr::withoutSplits(bool persistent) const {
  return get(getContext(), getTileQ(), getTileKV(), getStages(), getConsumers(),
             getProducerRegisters(), getConsumerRegisters(), getSpeculation(),
             getPin(), persistent ? getQueryStages() : std::nullopt,
             getExponent(), getEmulate(), getTwoLevel(), persistent, getPack(),
             /*splits=*/std::nullopt);
}
