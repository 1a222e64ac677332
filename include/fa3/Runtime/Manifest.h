//===- Manifest.h - Description of compiled kernels -------------*- C++ -*-===//
//
// The manifest says how the kernels of one image are launched. The compiler
// fills in these structs and prints them; the runtime parses them back. The
// JSON form, version 1, has one key for each field:
//
//   {"version": 1, "generator": "fa3 0.1.0", "image": "attention.cubin",
//    "kernels": [{
//      "entry": "attention", "target": "sm_90a",
//      "arguments": [{"name": "q", "element": "f16",
//                     "shape": [null, null, 16, 128], "access": "read"}],
//      "constraints": [{"equal": [["size", 0, 0], ["size", 1, 0]],
//                       "message": "..."}],
//      "grid": [["ceildiv", ["size", 0, 1], 128], 16, ["size", 0, 0]],
//      "block": [384, 1, 1], "cluster": [1, 1, 1], "shared_memory": 213072,
//      "parameters": [
//        {"kind": "tensor_map", "argument": 0, "dims": [3, 1, 2, 0],
//         "box": [64, 128, 1, 1], "swizzle": "128B", "l2_promotion": "256B",
//         "element": "f16"},
//        {"kind": "pointer", "argument": 1},
//        {"kind": "size", "argument": 1, "dim": 1, "type": "i32"},
//        {"kind": "stride", "argument": 1, "dim": 1, "type": "i64"},
//        {"kind": "scalar", "argument": 2, "type": "f32"},
//        {"kind": "expression", "value": ["sm_count"], "type": "i32"}],
//      "resources": {"registers": 168}}]}
//
// Where one launch takes several entry points, a kernel has "followers", each
// with "entry", "grid", "block", "cluster", "shared_memory", "parameters",
// "overlapped" and "resources"; and the last of "arguments" may be buffers that
// only they see:
//
//      {"name": "workspace0", "element": "f32", "shape": [8, null],
//       "access": "workspace", "sizes": [8, ["size", 0, 0]]}
//
// Keys that are not in the struct are refused. "constraints", "cluster",
// "shared_memory", "resources", "followers", "overlapped", an argument's
// "alignment" and a constraint's "message" may be left out; they then have the
// struct's default.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_RUNTIME_MANIFEST_H
#define FA3_RUNTIME_MANIFEST_H

#include "fa3/Runtime/ElementType.h"
#include "fa3/Runtime/SizeExpr.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/JSON.h"

#include <limits>
#include <variant>

namespace fa3::runtime {

// Limits of a kernel, which bound the buffers of a launch.
constexpr unsigned kMaxArguments = 32;
constexpr unsigned kMaxParameters = 64;
constexpr unsigned kMaxTensorMaps = 16;
constexpr unsigned kMaxTensorMapRank = 5;
constexpr unsigned kMaxLaunches = 16;
/// Each buffer in a workspace begins at a multiple of this, and so does the
/// workspace; in bytes.
constexpr uint64_t kWorkspaceAlignment = 256;
/// Shared memory that one block can have on sm_90, in bytes.
constexpr int64_t kMaxSharedMemory = 232448;

/// A size that is only known at launch; the value is that of
/// mlir::ShapedType::kDynamic.
constexpr int64_t kDynamicSize = std::numeric_limits<int64_t>::min();

/// What a kernel does to an argument; a `Value` is a number that it gets, a
/// `Workspace` a buffer that the caller does not pass.
enum class Access { Read, Write, ReadWrite, Value, Workspace };

/// One argument, in the order in which the caller passes them: a tensor, or
/// with `Access::Value` a number, which has no sizes and is f32, f64, i32 or
/// i64.
struct ArgumentDesc {
  std::string name;
  ElementType element = ElementType::F16;
  /// Sizes, outermost first; kDynamicSize or at least 0.
  llvm::SmallVector<int64_t, 4> shape;
  Access access = Access::Read;
  /// Alignment of the address that the kernel relies on, in bytes: a power of
  /// two, or 0 for the size of an element. A tensor map asks for 16 by itself.
  int64_t alignment = 0;
  /// With `Access::Workspace` the sizes of all dimensions; no others have any.
  std::vector<SizeExpr> sizes = {};
};

/// What must hold between sizes and strides for a launch.
struct Constraint {
  enum class Kind {
    /// lhs == rhs
    Equal,
    /// lhs is a multiple of rhs
    Divisible,
  };
  Kind kind = Kind::Equal;
  SizeExpr lhs;
  SizeExpr rhs;
  /// Put before the runtime's own words when the constraint does not hold.
  std::string message;
};

enum class Swizzle { None, B32, B64, B128 };
enum class L2Promotion { None, B64, B128, B256 };
enum class IntegerType { I32, I64 };

/// A 128-byte tensor map by value, made of a whole argument.
struct TensorMapParameter {
  unsigned argument = 0;
  /// A permutation of the argument's dimensions, fastest first.
  llvm::SmallVector<unsigned, kMaxTensorMapRank> dims;
  /// Elements of one copy along each of `dims`.
  llvm::SmallVector<unsigned, kMaxTensorMapRank> box;
  Swizzle swizzle = Swizzle::None;
  L2Promotion l2Promotion = L2Promotion::None;
  /// Element of the map, as wide as the element of the argument.
  ElementType element = ElementType::F16;
};

/// The address of element 0 of an argument, 8 bytes.
struct PointerParameter {
  unsigned argument = 0;
};

/// The size of a dimension.
struct SizeParameter {
  unsigned argument = 0;
  unsigned dim = 0;
  IntegerType type = IntegerType::I32;
};

/// The stride of a dimension, in elements. For a dimension of size 0 or 1 it is
/// 0, for the last one always 1.
struct StrideParameter {
  unsigned argument = 0;
  unsigned dim = 0;
  IntegerType type = IntegerType::I64;
};

/// The number that is passed for an argument of access "value".
struct ScalarParameter {
  unsigned argument = 0;
  /// That of the argument.
  ElementType type = ElementType::I32;
};

/// Any integer that the sizes determine.
struct ExpressionParameter {
  SizeExpr value;
  IntegerType type = IntegerType::I32;
};

/// One parameter of the entry point, in its order.
using Parameter =
    std::variant<TensorMapParameter, PointerParameter, SizeParameter,
                 StrideParameter, ScalarParameter, ExpressionParameter>;

/// Size of the parameter in the entry point's parameter space, in bytes.
unsigned getSizeInBytes(const Parameter &parameter);

/// One entry point and how it is launched.
struct LaunchDesc {
  std::string entry;
  /// Blocks along x, y and z. A value of 0 means that nothing is launched.
  std::array<SizeExpr, 3> grid = {1, 1, 1};
  /// Threads of a block along x, y and z.
  std::array<unsigned, 3> block = {1, 1, 1};
  /// Blocks of a cluster along x, y and z.
  std::array<unsigned, 3> cluster = {1, 1, 1};
  /// Dynamic shared memory of a block, in bytes.
  int64_t sharedMemory = 0;
  std::vector<Parameter> parameters;
  /// It may begin while the entry point in front of it still runs, for which it
  /// waits by itself (programmatic dependent launch).
  bool overlapped = false;
  /// For people and tuners; the runtime does not look at it.
  llvm::json::Object resources;
};

/// What one launch runs: its own entry point, then those of its followers.
struct KernelDesc : LaunchDesc {
  std::string target = "sm_90a";
  /// Those of the caller, then those of the workspace.
  std::vector<ArgumentDesc> arguments;
  std::vector<Constraint> constraints;
  std::vector<LaunchDesc> followers;

  unsigned getNumLaunches() const {
    return 1 + static_cast<unsigned>(followers.size());
  }
  const LaunchDesc &getLaunch(unsigned index) const {
    return index == 0 ? *this : followers[index - 1];
  }
  /// Arguments that the caller passes.
  unsigned getNumCallerArguments() const {
    auto count = static_cast<unsigned>(arguments.size());
    while (count != 0 && arguments[count - 1].access == Access::Workspace)
      --count;
    return count;
  }
};

struct Manifest {
  static constexpr int64_t kVersion = 1;

  std::string generator;
  /// Path of the cubin or PTX file, relative to the manifest; "" for an image
  /// that is handed over in memory.
  std::string image;
  std::vector<KernelDesc> kernels;
};

/// Parses and verifies a manifest. An error begins with the path of the value
/// in the JSON: "kernels[0].parameters[3].box: expected 4 sizes, but got 3".
llvm::Expected<Manifest> parseManifest(llvm::StringRef text);

/// Checks what the types alone do not: that indices are in range, that sizes of
/// boxes, blocks, clusters and shared memory are within the limits of the
/// hardware, and so on. Errors are as those of parseManifest.
llvm::Error verifyManifest(const Manifest &manifest);

/// Prints the JSON form and a newline. The manifest must verify for
/// parseManifest to accept it.
void printManifest(const Manifest &manifest, llvm::raw_ostream &os);

// Spellings in the manifest.
llvm::StringRef getName(Access access);
llvm::StringRef getName(Constraint::Kind kind);
llvm::StringRef getName(Swizzle swizzle);
llvm::StringRef getName(L2Promotion promotion);
llvm::StringRef getName(IntegerType type);
/// Spelling of the "kind" of a parameter.
llvm::StringRef getKindName(const Parameter &parameter);

} // namespace fa3::runtime

#endif // FA3_RUNTIME_MANIFEST_H
