//===- ManifestParser.cpp - JSON to manifest ------------------------------===//
//
// Reads the JSON form into the structs. A `Node` is a value together with its
// path; the first error sticks, and what is read after it is a default that
// nobody sees. What depends on more than one value is left to verifyManifest.
//
//===----------------------------------------------------------------------===//

#include "fa3/Runtime/Manifest.h"
#include "fa3/Runtime/RuntimeError.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Error.h"

namespace fa3::runtime {

/// Deepest nesting of arrays and objects; both the JSON parser and ours
/// recurse.
static constexpr unsigned kMaxDepth = 64;

namespace {
/// Where the first error is kept.
struct Diagnostics {
  std::string message;

  bool failed() const { return !message.empty(); }
};

class Node {
public:
  Node(const llvm::json::Value *value, std::string path,
       Diagnostics &diagnostics)
      : value(value), path(std::move(path)), diagnostics(diagnostics) {}

  void fail(const llvm::Twine &message) const {
    if (!diagnostics.failed())
      diagnostics.message =
          (path.empty() ? message : path + ": " + message).str();
  }

  void failExpected(const llvm::Twine &expected) const {
    if (value)
      fail("expected " + expected + ", but got " + describe());
  }

  bool isNull() const {
    return value && value->kind() == llvm::json::Value::Null;
  }
  const llvm::json::Array *asArray() const {
    return value ? value->getAsArray() : nullptr;
  }

  /// Checks that this is an object without keys other than these.
  void expectObject(llvm::ArrayRef<llvm::StringLiteral> keys) const {
    const llvm::json::Object *object = value ? value->getAsObject() : nullptr;
    if (!object)
      return failExpected("an object");
    for (const auto &entry : *object) {
      llvm::StringRef key = entry.first;
      if (!llvm::is_contained(keys, key))
        return fail("expected one of the keys " + list(keys) + ", but got '" +
                    key + "'");
    }
  }

  bool has(llvm::StringRef key) const {
    const llvm::json::Object *object = value ? value->getAsObject() : nullptr;
    return object && object->get(key);
  }

  /// The member `key` of an object.
  Node member(llvm::StringRef key) const {
    const llvm::json::Object *object = value ? value->getAsObject() : nullptr;
    const llvm::json::Value *found = object ? object->get(key) : nullptr;
    if (object && !found)
      fail("expected the key '" + key + "', but it is missing");
    return Node(found, path.empty() ? key.str() : path + "." + key.str(),
                diagnostics);
  }

  /// The elements of an array; none if it is not one.
  std::vector<Node> elements(const llvm::Twine &expected) const {
    std::vector<Node> result;
    const llvm::json::Array *array = asArray();
    if (!array) {
      failExpected(expected);
      return result;
    }
    for (size_t i = 0, e = array->size(); i != e; ++i)
      result.push_back(element(i));
    return result;
  }

  /// The elements of an array of `count` things.
  std::vector<Node> elements(size_t count, llvm::StringRef things) const {
    std::vector<Node> result =
        elements("an array of " + llvm::Twine(count) + " " + things);
    if (asArray() && result.size() != count) {
      fail("expected " + llvm::Twine(count) + " " + things + ", but got " +
           llvm::Twine(result.size()));
      result.clear();
    }
    return result;
  }

  Node element(size_t index) const {
    return Node(&(*asArray())[index], path + "[" + llvm::utostr(index) + "]",
                diagnostics);
  }

  std::string string() const {
    if (value)
      if (std::optional<llvm::StringRef> text = value->getAsString())
        return text->str();
    failExpected("a string");
    return {};
  }

  bool boolean() const {
    if (value)
      if (std::optional<bool> truth = value->getAsBoolean())
        return *truth;
    failExpected("a boolean");
    return false;
  }

  int64_t integer() const {
    if (value)
      if (std::optional<int64_t> number = value->getAsInteger())
        return *number;
    failExpected("an integer");
    return 0;
  }

  unsigned unsignedInteger() const {
    if (value)
      if (std::optional<int64_t> number = value->getAsInteger()) {
        if (*number >= 0 && *number <= std::numeric_limits<int32_t>::max())
          return static_cast<unsigned>(*number);
        fail("expected an integer from 0 to 2147483647, but got " +
             llvm::Twine(*number));
        return 0;
      }
    failExpected("an integer");
    return 0;
  }

  /// A string that `getName` gives for one of `values`.
  template <typename T>
  T oneOf(llvm::ArrayRef<T> values) const {
    std::string text = string();
    if (!value || !value->getAsString())
      return values.front();
    for (T candidate : values)
      if (getName(candidate) == text)
        return candidate;
    llvm::SmallVector<llvm::StringRef> names;
    for (T candidate : values)
      names.push_back(getName(candidate));
    fail("expected one of " + list(names) + ", but got '" + text + "'");
    return values.front();
  }

  llvm::json::Object object() const {
    if (value)
      if (const llvm::json::Object *object = value->getAsObject())
        return *object;
    failExpected("an object");
    return {};
  }

private:
  std::string describe() const {
    switch (value->kind()) {
    case llvm::json::Value::Null:
      return "null";
    case llvm::json::Value::Boolean:
      return "a boolean";
    case llvm::json::Value::Number: {
      std::string text;
      llvm::raw_string_ostream(text) << *value;
      return text;
    }
    case llvm::json::Value::String:
      return "'" + value->getAsString()->str() + "'";
    case llvm::json::Value::Array:
      return "an array";
    case llvm::json::Value::Object:
      return "an object";
    }
    llvm_unreachable("not a kind of JSON value");
  }

  template <typename T>
  static std::string list(llvm::ArrayRef<T> names) {
    return "'" + llvm::join(names, "', '") + "'";
  }
  static std::string list(const llvm::SmallVector<llvm::StringRef> &names) {
    return list(llvm::ArrayRef(names));
  }

  /// Null where a value is missing, which is reported already.
  const llvm::json::Value *value;
  std::string path;
  Diagnostics &diagnostics;
};
} // namespace

static ElementType parseElementType(const Node &node) {
  static constexpr ElementType values[] = {
      ElementType::F16, ElementType::BF16, ElementType::E4M3, ElementType::E5M2,
      ElementType::F32, ElementType::F64,  ElementType::I8,   ElementType::I32,
      ElementType::I64, ElementType::U8,   ElementType::Bool};
  return node.oneOf(llvm::ArrayRef(values));
}

static IntegerType parseIntegerType(const Node &node) {
  static constexpr IntegerType values[] = {IntegerType::I32, IntegerType::I64};
  return node.oneOf(llvm::ArrayRef(values));
}

static SizeExpr parseExpr(const Node &node) {
  using Kind = SizeExpr::Kind;
  static constexpr Kind kinds[] = {Kind::Size,    Kind::Stride,   Kind::SMCount,
                                   Kind::Add,     Kind::Sub,      Kind::Mul,
                                   Kind::CeilDiv, Kind::FloorDiv, Kind::Mod,
                                   Kind::Min,     Kind::Max};
  const llvm::json::Array *array = node.asArray();
  if (!array || array->empty()) {
    if (array) {
      node.fail("expected an operation, but got an empty array");
      return {};
    }
    return node.integer();
  }
  Kind kind = node.element(0).oneOf(llvm::ArrayRef(kinds));
  size_t expected = kind == Kind::SMCount ? 0 : 2;
  if (array->size() != expected + 1) {
    node.fail("expected " + llvm::Twine(expected) + " operands of '" +
              getName(kind) + "', but got " + llvm::Twine(array->size() - 1));
    return {};
  }
  if (kind == Kind::SMCount)
    return SizeExpr::smCount();
  if (kind == Kind::Size || kind == Kind::Stride) {
    unsigned argument = node.element(1).unsignedInteger();
    unsigned dim = node.element(2).unsignedInteger();
    return kind == Kind::Size ? SizeExpr::size(argument, dim)
                              : SizeExpr::stride(argument, dim);
  }
  return SizeExpr::binary(kind, parseExpr(node.element(1)),
                          parseExpr(node.element(2)));
}

static ArgumentDesc parseArgument(const Node &node) {
  static constexpr Access accesses[] = {Access::Read, Access::Write,
                                        Access::ReadWrite, Access::Value,
                                        Access::Workspace};
  node.expectObject(
      {"name", "element", "shape", "access", "alignment", "sizes"});
  ArgumentDesc argument;
  argument.name = node.member("name").string();
  argument.element = parseElementType(node.member("element"));
  for (const Node &size : node.member("shape").elements("an array of sizes")) {
    if (size.isNull()) {
      argument.shape.push_back(kDynamicSize);
      continue;
    }
    int64_t value = size.integer();
    if (value < 0)
      size.fail("expected null or a size of at least 0, but got " +
                llvm::Twine(value));
    argument.shape.push_back(value);
  }
  argument.access = node.member("access").oneOf(llvm::ArrayRef(accesses));
  if (node.has("alignment"))
    argument.alignment = node.member("alignment").integer();
  if (node.has("sizes"))
    for (const Node &size :
         node.member("sizes").elements("an array of expressions"))
      argument.sizes.push_back(parseExpr(size));
  return argument;
}

static Constraint parseConstraint(const Node &node) {
  node.expectObject({"equal", "divisible", "message"});
  Constraint constraint;
  if (node.has("equal") == node.has("divisible")) {
    node.fail("expected one of the keys 'equal' and 'divisible', but got " +
              llvm::Twine(node.has("equal") ? "both" : "neither"));
    return constraint;
  }
  constraint.kind =
      node.has("equal") ? Constraint::Kind::Equal : Constraint::Kind::Divisible;
  std::vector<Node> operands =
      node.member(getName(constraint.kind)).elements(2, "expressions");
  if (operands.size() == 2) {
    constraint.lhs = parseExpr(operands[0]);
    constraint.rhs = parseExpr(operands[1]);
  }
  if (node.has("message"))
    constraint.message = node.member("message").string();
  return constraint;
}

static TensorMapParameter parseTensorMap(const Node &node) {
  static constexpr Swizzle swizzles[] = {Swizzle::None, Swizzle::B32,
                                         Swizzle::B64, Swizzle::B128};
  static constexpr L2Promotion promotions[] = {
      L2Promotion::None, L2Promotion::B64, L2Promotion::B128,
      L2Promotion::B256};
  node.expectObject({"kind", "argument", "dims", "box", "swizzle",
                     "l2_promotion", "element"});
  TensorMapParameter map;
  map.argument = node.member("argument").unsignedInteger();
  for (const Node &dim : node.member("dims").elements("an array of dimensions"))
    map.dims.push_back(dim.unsignedInteger());
  for (const Node &size : node.member("box").elements("an array of sizes"))
    map.box.push_back(size.unsignedInteger());
  map.swizzle = node.member("swizzle").oneOf(llvm::ArrayRef(swizzles));
  map.l2Promotion =
      node.member("l2_promotion").oneOf(llvm::ArrayRef(promotions));
  map.element = parseElementType(node.member("element"));
  return map;
}

/// Reads the fields that a SizeParameter and a StrideParameter share.
template <typename T>
static T parseDimParameter(const Node &node) {
  node.expectObject({"kind", "argument", "dim", "type"});
  T parameter;
  parameter.argument = node.member("argument").unsignedInteger();
  parameter.dim = node.member("dim").unsignedInteger();
  parameter.type = parseIntegerType(node.member("type"));
  return parameter;
}

static Parameter parseParameter(const Node &node) {
  if (!node.has("kind")) {
    node.expectObject({"kind"});
    node.member("kind");
    return PointerParameter();
  }
  Node kindNode = node.member("kind");
  std::string kind = kindNode.string();
  if (kind == "tensor_map")
    return parseTensorMap(node);
  if (kind == "pointer") {
    node.expectObject({"kind", "argument"});
    return PointerParameter{node.member("argument").unsignedInteger()};
  }
  if (kind == "size")
    return parseDimParameter<SizeParameter>(node);
  if (kind == "stride")
    return parseDimParameter<StrideParameter>(node);
  if (kind == "scalar") {
    node.expectObject({"kind", "argument", "type"});
    return ScalarParameter{node.member("argument").unsignedInteger(),
                           parseElementType(node.member("type"))};
  }
  if (kind == "expression") {
    node.expectObject({"kind", "value", "type"});
    return ExpressionParameter{parseExpr(node.member("value")),
                               parseIntegerType(node.member("type"))};
  }
  kindNode.fail("expected one of 'tensor_map', 'pointer', 'size', 'stride', "
                "'scalar', 'expression', but got '" +
                kind + "'");
  return PointerParameter();
}

static std::array<unsigned, 3> parseExtents(const Node &node) {
  std::array<unsigned, 3> extents = {1, 1, 1};
  for (const auto &[index, extent] :
       llvm::enumerate(node.elements(3, "integers")))
    extents[index] = extent.unsignedInteger();
  return extents;
}

static void parseLaunch(const Node &node, LaunchDesc &launch) {
  launch.entry = node.member("entry").string();
  for (const auto &[index, expr] :
       llvm::enumerate(node.member("grid").elements(3, "expressions")))
    launch.grid[index] = parseExpr(expr);
  launch.block = parseExtents(node.member("block"));
  if (node.has("cluster"))
    launch.cluster = parseExtents(node.member("cluster"));
  if (node.has("shared_memory"))
    launch.sharedMemory = node.member("shared_memory").integer();
  for (const Node &parameter :
       node.member("parameters").elements("an array of parameters"))
    launch.parameters.push_back(parseParameter(parameter));
  if (node.has("resources"))
    launch.resources = node.member("resources").object();
}

static LaunchDesc parseFollower(const Node &node) {
  node.expectObject({"entry", "grid", "block", "cluster", "shared_memory",
                     "parameters", "overlapped", "resources"});
  LaunchDesc launch;
  parseLaunch(node, launch);
  if (node.has("overlapped"))
    launch.overlapped = node.member("overlapped").boolean();
  return launch;
}

static KernelDesc parseKernel(const Node &node) {
  node.expectObject({"entry", "target", "arguments", "constraints", "grid",
                     "block", "cluster", "shared_memory", "parameters",
                     "followers", "resources"});
  KernelDesc kernel;
  kernel.target = node.member("target").string();
  for (const Node &argument :
       node.member("arguments").elements("an array of arguments"))
    kernel.arguments.push_back(parseArgument(argument));
  if (node.has("constraints"))
    for (const Node &constraint :
         node.member("constraints").elements("an array of constraints"))
      kernel.constraints.push_back(parseConstraint(constraint));
  parseLaunch(node, kernel);
  if (node.has("followers"))
    for (const Node &follower :
         node.member("followers").elements("an array of launches"))
      kernel.followers.push_back(parseFollower(follower));
  return kernel;
}

/// Whether arrays and objects nest no deeper than kMaxDepth. Looks at brackets
/// outside of strings only; whether the text is JSON is found out later.
static bool isShallow(llvm::StringRef text) {
  unsigned depth = 0;
  bool inString = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (inString) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        inString = false;
    } else if (c == '"') {
      inString = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxDepth)
        return false;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return true;
}

llvm::Expected<Manifest> parseManifest(llvm::StringRef text) {
  if (!isShallow(text))
    return makeError(FA3_ERROR_INVALID_MANIFEST,
                     "expected a nesting of at most " + llvm::Twine(kMaxDepth) +
                         " levels, but got more");
  llvm::Expected<llvm::json::Value> json = llvm::json::parse(text);
  if (!json)
    return makeError(FA3_ERROR_INVALID_MANIFEST,
                     "expected JSON, but got a syntax error at " +
                         llvm::toString(json.takeError()));

  Diagnostics diagnostics;
  Node root(&*json, "", diagnostics);
  Manifest manifest;
  // The version comes first: what the other keys mean depends on it.
  if (json->getAsObject()) {
    Node version = root.member("version");
    int64_t number = version.integer();
    if (number != Manifest::kVersion)
      version.failExpected(llvm::Twine(Manifest::kVersion));
  }
  root.expectObject({"version", "generator", "image", "kernels"});
  manifest.generator = root.member("generator").string();
  manifest.image = root.member("image").string();
  for (const Node &kernel :
       root.member("kernels").elements("an array of kernels"))
    manifest.kernels.push_back(parseKernel(kernel));
  if (diagnostics.failed())
    return makeError(FA3_ERROR_INVALID_MANIFEST, diagnostics.message);

  if (llvm::Error error = verifyManifest(manifest))
    return std::move(error);
  return manifest;
}

} // namespace fa3::runtime
