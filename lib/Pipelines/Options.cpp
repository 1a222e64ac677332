//===- Options.cpp - Options of pipelines as text -------------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "fa3/Pipelines/Options.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using llvm::StringRef;

namespace fa3 {

namespace {
/// An option as it is printed, `name=value`.
struct NamedValue {
  std::string name, value;
  /// What the value begins with and does not end with, or 0.
  char unclosed = 0;
};
} // namespace

/// Takes `name` or `name=value` from the front. A value may stand in quotes or
/// braces, and then holds spaces.
static NamedValue takeOption(StringRef &text) {
  size_t end = text.find_first_of("= ");
  NamedValue result{text.take_front(end).str(), "", 0};
  text = text.drop_front(std::min(end, text.size()));
  if (text.consume_front("=")) {
    size_t close = 0;
    if (!text.empty() && StringRef("'\"{").contains(text.front())) {
      close = text.find(text.front() == '{' ? '}' : text.front(), 1);
      if (close == StringRef::npos)
        result.unclosed = text.front();
    }
    size_t length = text.find(' ', std::min(close, text.size()));
    result.value = text.take_front(length).str();
    text = text.drop_front(std::min(length, text.size()));
  }
  text = text.ltrim();
  return result;
}

static std::vector<NamedValue> split(StringRef text) {
  std::vector<NamedValue> result;
  for (text = text.trim(); !text.empty();)
    result.push_back(takeOption(text));
  return result;
}

/// All options with the values that they have.
static std::vector<NamedValue> getValues(const detail::PassOptions &options) {
  std::string text;
  llvm::raw_string_ostream os(text);
  options.print(os);
  StringRef inner = text;
  inner = inner.trim();
  inner.consume_front("{");
  inner.consume_back("}");
  return split(inner);
}

static bool isTruth(StringRef value) {
  return value == "true" || value == "false";
}

static bool isNumber(StringRef value) {
  int64_t number = 0;
  return !value.getAsInteger(0, number);
}

std::string listPipelineOptions(const detail::PassOptions &options) {
  return llvm::join(
      llvm::map_range(getValues(options),
                      [](const NamedValue &option) { return option.name; }),
      ", ");
}

llvm::Error parsePipelineOptions(detail::PassOptions &options,
                                 StringRef pipeline, StringRef text) {
  auto refuse = [&](const Twine &reason) {
    return llvm::createStringError("expected options of " + pipeline +
                                   ", but got '" + text + "': " + reason);
  };
  std::vector<NamedValue> known = getValues(options);
  for (const NamedValue &given : split(text)) {
    auto found = llvm::find_if(
        known, [&](const auto &option) { return option.name == given.name; });
    if (found == known.end()) {
      std::string reason = "there is no '" + given.name + "', but " +
                           listPipelineOptions(options);
      for (const NamedValue &option : known)
        if (StringRef(option.name).edit_distance(given.name) < 3)
          reason += "; did you mean '" + option.name + "'?";
      if (text.contains("config="))
        reason += "; a value with spaces stands in quotes";
      return refuse(reason);
    }
    if (given.unclosed)
      return refuse(
          Twine("expected the ") + (given.unclosed == '{' ? "brace" : "quote") +
          " in front of the value of '" + given.name + "' to be closed");
    if (isNumber(found->value) && !isNumber(given.value))
      return llvm::createStringError("expected a number for " + given.name +
                                     ", but got '" + given.value + "'");
    // A flag without a value is true.
    if (isTruth(found->value) && !given.value.empty() && !isTruth(given.value))
      return refuse("expected '" + given.name + "' to be true or false");
  }
  std::string reason;
  llvm::raw_string_ostream os(reason);
  if (failed(options.parseFromString(text, os)))
    return refuse(StringRef(reason).trim());
  return llvm::Error::success();
}

} // namespace fa3
