//===- ForwardOpSyntax.cpp - Text of attn.forward -------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ForwardOpSyntax.h"
#include "fa3/Dialect/Attn/IR/Attn.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::attn;

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

/// The form of an attribute's value, where this is not one of it.
static std::optional<StringRef> getMissedForm(StringRef name, Attribute value) {
  auto expect = [](bool holds, StringRef form) -> std::optional<StringRef> {
    return holds ? std::nullopt : std::optional(form);
  };
  auto number = dyn_cast<FloatAttr>(value);
  auto integer = dyn_cast<IntegerAttr>(value);
  if (name == "alignment")
    return expect(isa<AlignmentAttr>(value),
                  "#attn.alignment<top_left> or #attn.alignment<bottom_right>");
  if (name == "causal")
    return expect(isa<UnitAttr>(value), "no value, as it stands alone");
  if (name == "config")
    return expect(isa<ConfigAttr>(value),
                  "an #attn.config, as <tile = 128x128, stages = 2, consumers "
                  "= 2, registers = 24x240>");
  if (name == "layout")
    return expect(isa<LayoutAttr>(value),
                  "#attn.layout<bshd> or #attn.layout<bhsd>");
  if (name == "query_block" || name == "key_block" || name == "value_block")
    return expect(integer && integer.getType().isInteger(64),
                  "a number of rows, as 128 : i64");
  if (name == "scale")
    return expect(number && number.getType().isF32(),
                  "a number in single precision, as 0.125 : f32");
  if (name == "value_layout")
    return expect(isa<ValueLayoutAttr>(value),
                  "#attn.value_layout<rows> or #attn.value_layout<transposed>");
  if (name == "window")
    return expect(isa<WindowAttr>(value),
                  "an #attn.window, as <left = 128, right = 0>");
  return std::nullopt;
}

ParseResult mlir::attn::parseForwardAttributes(OpAsmParser &parser,
                                               NamedAttrList &attributes) {
  return parser.parseCommaSeparatedList(
      AsmParser::Delimiter::OptionalBraces, [&]() -> ParseResult {
        SMLoc loc = parser.getCurrentLocation();
        std::string name;
        if (parser.parseKeywordOrString(&name))
          return failure();
        Attribute value = parser.getBuilder().getUnitAttr();
        if (succeeded(parser.parseOptionalEqual()) &&
            parser.parseAttribute(value))
          return failure();
        // A number without a type is one of f64.
        if (auto number = dyn_cast<FloatAttr>(value);
            number && name == "scale" && number.getType().isF64())
          value = parser.getBuilder().getF32FloatAttr(
              static_cast<float>(number.getValueAsDouble()));
        if (std::optional<StringRef> form = getMissedForm(name, value))
          return parser.emitError(loc, "expected ")
                 << name << " to have " << *form << ", but got " << value;
        if (attributes.get(name))
          return parser.emitError(loc, "expected '") << name << "' once";
        auto [prefix, rest] = StringRef(name).split('.');
        if (!rest.empty())
          parser.getContext()->getOrLoadDialect(prefix);
        attributes.append(name, value);
        return success();
      });
}

void mlir::attn::printForwardAttributes(OpAsmPrinter &printer, Operation *op,
                                        DictionaryAttr attributes) {
  auto forward = cast<ForwardOp>(op);
  SmallVector<StringRef> elided = {"operandSegmentSizes"};
  if (forward.getAlignment() == Alignment::BottomRight)
    elided.push_back("alignment");
  if (forward.getLayout() == Layout::BSHD)
    elided.push_back("layout");
  if (!forward.hasTransposedValue())
    elided.push_back("value_layout");
  printer.printOptionalAttrDict(attributes.getValue(), elided);
}

//===----------------------------------------------------------------------===//
// Regions
//===----------------------------------------------------------------------===//

/// Drops the uses of the region's values by operations outside of it, and says
/// whether there was one.
static bool dropUsesFromOutside(Region &region) {
  auto isInside = [&](Operation *op) {
    Region *parent = op->getParentRegion();
    while (parent && parent != &region)
      parent = parent->getParentOp() ? parent->getParentOp()->getParentRegion()
                                     : nullptr;
    return parent != nullptr;
  };
  bool dropped = false;
  auto drop = [&](Value value) {
    for (OpOperand &use : llvm::make_early_inc_range(value.getUses()))
      if (!isInside(use.getOwner())) {
        use.drop();
        dropped = true;
      }
  };
  region.walk<WalkOrder::PreOrder>([&](Block *block) {
    llvm::for_each(block->getArguments(), drop);
    for (Operation &op : *block)
      llvm::for_each(op.getResults(), drop);
  });
  return dropped;
}

/// The parser takes a name that one region uses and does not define for one
/// that is defined later, and the other region may define it. Where the parse
/// fails then, the regions die one after the other, and one is left with uses
/// of what is gone; so these end here.
static ParseResult parseBody(OpAsmParser &parser, StringRef keyword,
                             Region &region) {
  SMLoc loc = parser.getCurrentLocation();
  ParseResult result = parser.parseRegion(region);
  if (dropUsesFromOutside(region) && succeeded(result))
    return parser.emitError(loc, "expected the values of the ")
           << keyword << " region to be used inside of it";
  return result;
}

ParseResult mlir::attn::parseForwardRegions(OpAsmParser &parser, Region &score,
                                            Region &mask) {
  SmallVector<std::pair<StringRef, Region *>, 2> missing = {{"score", &score},
                                                            {"mask", &mask}};
  while (true) {
    auto *found = llvm::find_if(missing, [&](auto &entry) {
      return succeeded(parser.parseOptionalKeyword(entry.first));
    });
    if (found == missing.end())
      return success();
    if (parseBody(parser, found->first, *found->second))
      return failure();
    missing.erase(found);
  }
}

static void printBody(OpAsmPrinter &printer, StringRef keyword,
                      Region &region) {
  if (region.empty())
    return;
  printer << keyword << " ";
  printer.printRegion(region);
  printer << " ";
}

void mlir::attn::printForwardRegions(OpAsmPrinter &printer, Operation *,
                                     Region &score, Region &mask) {
  printBody(printer, "score", score);
  printBody(printer, "mask", mask);
}
