//===- PtxasReport.cpp - What ptxas says about kernels --------------------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads the output of `ptxas -v` line by line. A line is `ptxas <severity> :
// text` or, with a place, `ptxas <file>, line <n>; <severity> : text`; the
// numbers of spills stand on an indented line of their own.
//
//===----------------------------------------------------------------------===//

#include "fa3/Target/PTX/PtxasReport.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <optional>

using llvm::StringRef;

namespace fa3 {

bool PtxasMessage::isSerialization() const {
  return StringRef(text).contains("instructions are serialized");
}

bool PtxasMessage::isInjectedWait() const {
  return StringRef(text).contains("warpgroup.wait is injected");
}

bool PtxasMessage::isIgnoredRegisterCount() const {
  return StringRef(text).contains("setmaxnreg") &&
         StringRef(text).contains("ignored");
}

const PtxasFunction *PtxasReport::findFunction(StringRef name) const {
  auto it = llvm::find_if(functions, [&](const PtxasFunction &function) {
    return function.name == name;
  });
  return it == functions.end() ? nullptr : &*it;
}

std::string PtxasReport::getErrors() const {
  llvm::SmallVector<StringRef> errors;
  for (const PtxasMessage &message : messages)
    if (message.severity == PtxasMessage::Severity::Error)
      errors.push_back(message.text);
  return llvm::join(errors, "; ");
}

/// The text between the first pair of single quotes behind `prefix`.
static std::optional<StringRef> takeQuoted(StringRef text, StringRef prefix) {
  if (!text.consume_front(prefix))
    return std::nullopt;
  return text.ltrim().drop_front().split('\'').first;
}

/// Reads a list such as "Used 168 registers, used 9 barriers, 1000 bytes smem".
static void parseNumbers(StringRef text, PtxasFunction &function) {
  llvm::SmallVector<StringRef> items;
  text.split(items, ',');
  for (StringRef item : items) {
    item = item.trim();
    if (!item.consume_front("Used "))
      item.consume_front("used ");
    int64_t value = 0;
    if (item.consumeInteger(10, value))
      continue;
    item = item.trim();
    int64_t *field = llvm::StringSwitch<int64_t *>(item)
                         .Case("registers", &function.registers)
                         .Case("barriers", &function.barriers)
                         .Case("bytes smem", &function.sharedMemory)
                         .Case("bytes stack frame", &function.stackFrame)
                         .Case("bytes spill stores", &function.spillStores)
                         .Case("bytes spill loads", &function.spillLoads)
                         .Default(nullptr);
    if (field)
      *field = value;
  }
}

static std::optional<PtxasMessage::Severity> parseSeverity(StringRef word) {
  using Severity = PtxasMessage::Severity;
  return llvm::StringSwitch<std::optional<Severity>>(word)
      .Case("info", Severity::Info)
      .Case("warning", Severity::Warning)
      .Cases({"error", "fatal"}, Severity::Error)
      .Default(std::nullopt);
}

/// Splits off "(C7510)".
static std::string takeCode(StringRef &text) {
  if (!text.starts_with("(C"))
    return "";
  auto [code, rest] = text.drop_front().split(')');
  if (code.size() < 2 || !llvm::all_of(code.drop_front(), llvm::isDigit))
    return "";
  text = rest.ltrim();
  return code.str();
}

/// Reads "ptxas <file>, line 5; error   : text".
static std::optional<PtxasMessage> parseMessage(StringRef line) {
  PtxasMessage message;
  line.consume_front("ptxas");
  auto [head, text] = line.split(" : ");
  if (text.empty())
    return std::nullopt;
  StringRef severityWord = head.trim();
  if (size_t place = head.rfind(", line "); place != StringRef::npos) {
    auto [number, rest] =
        head.drop_front(place + StringRef(", line ").size()).split(';');
    if (number.getAsInteger(10, message.line))
      return std::nullopt;
    severityWord = rest.trim();
  }
  std::optional<PtxasMessage::Severity> severity = parseSeverity(severityWord);
  if (!severity)
    return std::nullopt;
  message.severity = *severity;
  text = text.trim();
  message.code = takeCode(text);
  message.text = text.str();
  return message;
}

namespace {
/// The state from line to line.
class ReportParser {
public:
  PtxasReport take() { return std::move(report); }

  void parseLine(StringRef line) {
    if (line.trim().empty())
      return;
    if (!line.starts_with("ptxas")) {
      parseOtherLine(line);
      return;
    }
    std::optional<PtxasMessage> message = parseMessage(line);
    if (!message) {
      parseOtherLine(line);
      return;
    }
    if (message->severity != PtxasMessage::Severity::Info ||
        !message->code.empty() || !parseFacts(message->text))
      report.messages.push_back(std::move(*message));
  }

private:
  PtxasFunction &getFunction(StringRef name) {
    for (PtxasFunction &function : report.functions)
      if (function.name == name)
        return function;
    report.functions.emplace_back();
    report.functions.back().name = name.str();
    return report.functions.back();
  }

  /// Reads a line of information that is about the current function or of no
  /// interest. Returns false if it is neither.
  bool parseFacts(StringRef text) {
    if (auto name = takeQuoted(text, "Compiling entry function ")) {
      current = name->str();
      getFunction(current);
      return true;
    }
    if (text.consume_front("Function properties for ")) {
      current = text.trim().trim('\'').str();
      getFunction(current);
      return true;
    }
    if (text.starts_with("Used ")) {
      if (!current.empty())
        parseNumbers(text, getFunction(current));
      return true;
    }
    return text.starts_with("Compile time") || text.contains("bytes gmem") ||
           text.contains("bytes cmem");
  }

  /// A line that ptxas itself did not begin: numbers, or the words of a loader
  /// or a shell that could not start it.
  void parseOtherLine(StringRef line) {
    if (line.contains("bytes stack frame")) {
      if (!current.empty())
        parseNumbers(line, getFunction(current));
      return;
    }
    if (!line.contains_insensitive("error") &&
        !line.contains_insensitive("cannot") &&
        !line.contains_insensitive("fatal"))
      return;
    PtxasMessage message;
    message.severity = PtxasMessage::Severity::Error;
    message.text = line.trim().str();
    report.messages.push_back(std::move(message));
  }

  PtxasReport report;
  /// Name of the function that the next numbers are about.
  std::string current;
};
} // namespace

PtxasReport parsePtxasReport(StringRef text) {
  ReportParser parser;
  llvm::SmallVector<StringRef> lines;
  text.split(lines, '\n');
  for (StringRef line : lines)
    parser.parseLine(line.rtrim());
  return parser.take();
}

} // namespace fa3
