//===- SizeExpr.h - Integer expressions over tensor sizes -------*- C++ -*-===//
//
// The expressions of the manifest: integers computed at launch from the sizes
// and strides of the tensors and the number of SMs of the device. Arithmetic is
// on 64-bit signed integers, and overflow is an error.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_RUNTIME_SIZEEXPR_H
#define FA3_RUNTIME_SIZEEXPR_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <array>
#include <cstdint>
#include <vector>

namespace fa3::runtime {

/// Largest rank of a tensor argument.
constexpr unsigned kMaxRank = 8;

/// Sizes and strides of one tensor, in elements; the first `rank` of each.
struct TensorGeometry {
  unsigned rank = 0;
  std::array<int64_t, kMaxRank> sizes;
  std::array<int64_t, kMaxRank> strides;
};

/// What the leaves of an expression stand for at one launch.
struct SizeEnvironment {
  llvm::ArrayRef<TensorGeometry> tensors;
  int64_t smCount = 0;
};

/// An expression, a tree with value semantics. The default is the constant 0.
///
///   SizeExpr::ceilDiv(SizeExpr::size(0, 1), 128)
///   // JSON: ["ceildiv", ["size", 0, 1], 128]
class SizeExpr {
public:
  enum class Kind {
    Constant,
    Size,
    Stride,
    SMCount,
    // The binary operations. A divisor must be positive; CeilDiv rounds to
    // positive infinity, FloorDiv to negative infinity, and Mod is what
    // FloorDiv leaves, so it is never negative.
    Add,
    Sub,
    Mul,
    CeilDiv,
    FloorDiv,
    Mod,
    Min,
    Max,
  };

  SizeExpr() = default;
  // Implicit, so that a number can stand for itself among operands.
  SizeExpr(int64_t value) : value(value) {}

  static SizeExpr size(unsigned argument, unsigned dim);
  static SizeExpr stride(unsigned argument, unsigned dim);
  static SizeExpr smCount();
  static SizeExpr binary(Kind kind, SizeExpr lhs, SizeExpr rhs);
  static SizeExpr add(SizeExpr lhs, SizeExpr rhs);
  static SizeExpr sub(SizeExpr lhs, SizeExpr rhs);
  static SizeExpr mul(SizeExpr lhs, SizeExpr rhs);
  static SizeExpr ceilDiv(SizeExpr lhs, SizeExpr rhs);
  static SizeExpr floorDiv(SizeExpr lhs, SizeExpr rhs);
  static SizeExpr mod(SizeExpr lhs, SizeExpr rhs);
  static SizeExpr min(SizeExpr lhs, SizeExpr rhs);
  static SizeExpr max(SizeExpr lhs, SizeExpr rhs);

  Kind getKind() const { return kind; }
  bool isBinary() const { return kind >= Kind::Add; }

  /// Value of a Constant.
  int64_t getValue() const { return value; }
  /// Argument and dimension of a Size or Stride.
  unsigned getArgument() const { return argument; }
  unsigned getDim() const { return dim; }
  /// Operands of a binary operation.
  const SizeExpr &getLHS() const { return operands[0]; }
  const SizeExpr &getRHS() const { return operands[1]; }

  /// Computes the value. Fails on overflow, on a divisor that is not positive
  /// and on a leaf that names a dimension the environment lacks. Does not
  /// allocate unless it fails.
  llvm::Expected<int64_t> evaluate(const SizeEnvironment &environment) const;

  /// Prints the form that messages show, such as
  /// "ceildiv(q.size(1), 128)". `names` are the names of the arguments; one
  /// that it lacks is shown as "arg<N>".
  void print(llvm::raw_ostream &os,
             llvm::ArrayRef<llvm::StringRef> names = {}) const;
  std::string str(llvm::ArrayRef<llvm::StringRef> names = {}) const;

  bool operator==(const SizeExpr &other) const;
  bool operator!=(const SizeExpr &other) const { return !(*this == other); }

private:
  llvm::Error fail(const llvm::Twine &message) const;

  Kind kind = Kind::Constant;
  unsigned argument = 0;
  unsigned dim = 0;
  int64_t value = 0;
  std::vector<SizeExpr> operands;
};

/// Spelling of an operation in the manifest, such as "ceildiv"; also "size",
/// "stride" and "sm_count". A Constant has none and gives "constant".
llvm::StringRef getName(SizeExpr::Kind kind);

} // namespace fa3::runtime

#endif // FA3_RUNTIME_SIZEEXPR_H
