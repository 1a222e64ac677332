//===- ManifestPrinter.cpp - Manifest to JSON -----------------------------===//
//
// Prints the manifest with one line for each argument, constraint and parameter
// and the keys in the order of Manifest.h.
//
//===----------------------------------------------------------------------===//

#include "fa3/Runtime/Manifest.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace fa3::runtime {

namespace {
using JSON = llvm::json::OStream;

/// Prints a value without line breaks into a document that has them.
class Compact {
public:
  explicit Compact(JSON &json) : json(json) {}

  void value(llvm::function_ref<void(JSON &)> print) {
    json.rawValue([&](llvm::raw_ostream &os) {
      JSON line(os);
      print(line);
    });
  }

  void object(llvm::function_ref<void(JSON &)> printAttributes) {
    value([&](JSON &line) { line.object([&] { printAttributes(line); }); });
  }

  void attribute(llvm::StringRef key, llvm::function_ref<void(JSON &)> print) {
    json.attributeBegin(key);
    value(print);
    json.attributeEnd();
  }

private:
  JSON &json;
};
} // namespace

static void printExpr(const SizeExpr &expr, JSON &json) {
  if (expr.getKind() == SizeExpr::Kind::Constant) {
    json.value(expr.getValue());
    return;
  }
  json.array([&] {
    json.value(getName(expr.getKind()));
    if (expr.isBinary()) {
      printExpr(expr.getLHS(), json);
      printExpr(expr.getRHS(), json);
    } else if (expr.getKind() != SizeExpr::Kind::SMCount) {
      json.value(expr.getArgument());
      json.value(expr.getDim());
    }
  });
}

template <typename Range>
static void printIntegers(const Range &range, JSON &json) {
  json.array([&] {
    for (auto value : range)
      json.value(static_cast<int64_t>(value));
  });
}

static void printArgument(const ArgumentDesc &argument, JSON &json) {
  json.attribute("name", argument.name);
  json.attribute("element", getName(argument.element));
  json.attributeArray("shape", [&] {
    for (int64_t size : argument.shape)
      json.value(size == kDynamicSize ? llvm::json::Value(nullptr)
                                      : llvm::json::Value(size));
  });
  json.attribute("access", getName(argument.access));
  if (argument.alignment != 0)
    json.attribute("alignment", argument.alignment);
  if (argument.access != Access::Workspace)
    return;
  json.attributeArray("sizes", [&] {
    for (const SizeExpr &size : argument.sizes)
      printExpr(size, json);
  });
}

static void printConstraint(const Constraint &constraint, JSON &json) {
  json.attributeArray(getName(constraint.kind), [&] {
    printExpr(constraint.lhs, json);
    printExpr(constraint.rhs, json);
  });
  if (!constraint.message.empty())
    json.attribute("message", constraint.message);
}

static void printFields(const TensorMapParameter &map, JSON &json) {
  json.attribute("argument", map.argument);
  json.attributeBegin("dims");
  printIntegers(map.dims, json);
  json.attributeEnd();
  json.attributeBegin("box");
  printIntegers(map.box, json);
  json.attributeEnd();
  json.attribute("swizzle", getName(map.swizzle));
  json.attribute("l2_promotion", getName(map.l2Promotion));
  json.attribute("element", getName(map.element));
}

static void printFields(const PointerParameter &pointer, JSON &json) {
  json.attribute("argument", pointer.argument);
}

static void printFields(const SizeParameter &size, JSON &json) {
  json.attribute("argument", size.argument);
  json.attribute("dim", size.dim);
  json.attribute("type", getName(size.type));
}

static void printFields(const StrideParameter &stride, JSON &json) {
  json.attribute("argument", stride.argument);
  json.attribute("dim", stride.dim);
  json.attribute("type", getName(stride.type));
}

static void printFields(const ScalarParameter &scalar, JSON &json) {
  json.attribute("argument", scalar.argument);
  json.attribute("type", getName(scalar.type));
}

static void printFields(const ExpressionParameter &expression, JSON &json) {
  json.attributeBegin("value");
  printExpr(expression.value, json);
  json.attributeEnd();
  json.attribute("type", getName(expression.type));
}

static void printParameter(const Parameter &parameter, JSON &json) {
  json.attribute("kind", getKindName(parameter));
  std::visit([&](const auto &fields) { printFields(fields, json); }, parameter);
}

template <typename T>
static void printLines(llvm::StringRef key, const std::vector<T> &items,
                       void (*print)(const T &, JSON &), JSON &json) {
  json.attributeArray(key, [&] {
    for (const T &item : items)
      Compact(json).object([&](JSON &line) { print(item, line); });
  });
}

static void printLaunch(const LaunchDesc &launch, JSON &json) {
  Compact compact(json);
  compact.attribute("grid", [&](JSON &line) {
    line.array([&] {
      for (const SizeExpr &expr : launch.grid)
        printExpr(expr, line);
    });
  });
  compact.attribute("block",
                    [&](JSON &line) { printIntegers(launch.block, line); });
  compact.attribute("cluster",
                    [&](JSON &line) { printIntegers(launch.cluster, line); });
  json.attribute("shared_memory", launch.sharedMemory);
  printLines("parameters", launch.parameters, printParameter, json);
  if (launch.overlapped)
    json.attribute("overlapped", true);
  json.attribute("resources", llvm::json::Object(launch.resources));
}

static void printKernel(const KernelDesc &kernel, JSON &json) {
  json.attribute("entry", kernel.entry);
  json.attribute("target", kernel.target);
  printLines("arguments", kernel.arguments, printArgument, json);
  printLines("constraints", kernel.constraints, printConstraint, json);
  printLaunch(kernel, json);
  if (kernel.followers.empty())
    return;
  json.attributeArray("followers", [&] {
    for (const LaunchDesc &follower : kernel.followers)
      json.object([&] {
        json.attribute("entry", follower.entry);
        printLaunch(follower, json);
      });
  });
}

void printManifest(const Manifest &manifest, llvm::raw_ostream &os) {
  JSON json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("version", Manifest::kVersion);
    json.attribute("generator", manifest.generator);
    json.attribute("image", manifest.image);
    json.attributeArray("kernels", [&] {
      for (const KernelDesc &kernel : manifest.kernels)
        json.object([&] { printKernel(kernel, json); });
    });
  });
  os << '\n';
}

} // namespace fa3::runtime
