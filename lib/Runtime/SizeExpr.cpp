//===- SizeExpr.cpp - Integer expressions over tensor sizes ---------------===//

#include "fa3/Runtime/SizeExpr.h"

#include "fa3/Runtime/RuntimeError.h"

#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>

namespace fa3::runtime {

SizeExpr SizeExpr::size(unsigned argument, unsigned dim) {
  SizeExpr expr;
  expr.kind = Kind::Size;
  expr.argument = argument;
  expr.dim = dim;
  return expr;
}

SizeExpr SizeExpr::stride(unsigned argument, unsigned dim) {
  SizeExpr expr = size(argument, dim);
  expr.kind = Kind::Stride;
  return expr;
}

SizeExpr SizeExpr::smCount() {
  SizeExpr expr;
  expr.kind = Kind::SMCount;
  return expr;
}

SizeExpr SizeExpr::binary(Kind kind, SizeExpr lhs, SizeExpr rhs) {
  assert(kind >= Kind::Add && "expected a binary operation");
  SizeExpr expr;
  expr.kind = kind;
  expr.operands.reserve(2);
  expr.operands.push_back(std::move(lhs));
  expr.operands.push_back(std::move(rhs));
  return expr;
}

SizeExpr SizeExpr::add(SizeExpr lhs, SizeExpr rhs) {
  return binary(Kind::Add, std::move(lhs), std::move(rhs));
}
SizeExpr SizeExpr::sub(SizeExpr lhs, SizeExpr rhs) {
  return binary(Kind::Sub, std::move(lhs), std::move(rhs));
}
SizeExpr SizeExpr::mul(SizeExpr lhs, SizeExpr rhs) {
  return binary(Kind::Mul, std::move(lhs), std::move(rhs));
}
SizeExpr SizeExpr::ceilDiv(SizeExpr lhs, SizeExpr rhs) {
  return binary(Kind::CeilDiv, std::move(lhs), std::move(rhs));
}
SizeExpr SizeExpr::floorDiv(SizeExpr lhs, SizeExpr rhs) {
  return binary(Kind::FloorDiv, std::move(lhs), std::move(rhs));
}
SizeExpr SizeExpr::mod(SizeExpr lhs, SizeExpr rhs) {
  return binary(Kind::Mod, std::move(lhs), std::move(rhs));
}
SizeExpr SizeExpr::min(SizeExpr lhs, SizeExpr rhs) {
  return binary(Kind::Min, std::move(lhs), std::move(rhs));
}
SizeExpr SizeExpr::max(SizeExpr lhs, SizeExpr rhs) {
  return binary(Kind::Max, std::move(lhs), std::move(rhs));
}

llvm::Error SizeExpr::fail(const llvm::Twine &message) const {
  return makeError(FA3_ERROR_INVALID_ARGUMENT,
                   "expression '" + str() + "': " + message);
}

llvm::Expected<int64_t>
SizeExpr::evaluate(const SizeEnvironment &environment) const {
  switch (kind) {
  case Kind::Constant:
    return value;
  case Kind::SMCount:
    return environment.smCount;
  case Kind::Size:
  case Kind::Stride: {
    if (argument >= environment.tensors.size())
      return fail("expected an argument under " +
                  llvm::Twine(environment.tensors.size()) + ", but got " +
                  llvm::Twine(argument));
    const TensorGeometry &tensor = environment.tensors[argument];
    if (dim >= tensor.rank)
      return fail("expected a dimension under " + llvm::Twine(tensor.rank) +
                  ", but got " + llvm::Twine(dim));
    return kind == Kind::Size ? tensor.sizes[dim] : tensor.strides[dim];
  }
  default:
    break;
  }

  llvm::Expected<int64_t> lhsOrError = getLHS().evaluate(environment);
  if (!lhsOrError)
    return lhsOrError;
  llvm::Expected<int64_t> rhsOrError = getRHS().evaluate(environment);
  if (!rhsOrError)
    return rhsOrError;
  int64_t lhs = *lhsOrError;
  int64_t rhs = *rhsOrError;

  int64_t result = 0;
  bool overflow = false;
  switch (kind) {
  case Kind::Add:
    overflow = llvm::AddOverflow(lhs, rhs, result);
    break;
  case Kind::Sub:
    overflow = llvm::SubOverflow(lhs, rhs, result);
    break;
  case Kind::Mul:
    overflow = llvm::MulOverflow(lhs, rhs, result);
    break;
  case Kind::CeilDiv:
  case Kind::FloorDiv:
  case Kind::Mod: {
    // With a positive divisor none of the three can overflow.
    if (rhs <= 0)
      return fail("expected a positive divisor, but got " + llvm::Twine(rhs));
    int64_t quotient = lhs / rhs;
    int64_t remainder = lhs % rhs;
    if (kind == Kind::CeilDiv)
      result = quotient + (remainder > 0 ? 1 : 0);
    else if (kind == Kind::FloorDiv)
      result = quotient - (remainder < 0 ? 1 : 0);
    else
      result = remainder < 0 ? remainder + rhs : remainder;
    break;
  }
  case Kind::Min:
    result = std::min(lhs, rhs);
    break;
  case Kind::Max:
    result = std::max(lhs, rhs);
    break;
  default:
    llvm_unreachable("not a binary operation");
  }
  if (overflow)
    return fail("expected a result that fits in 64 bits, but got operands " +
                llvm::Twine(lhs) + " and " + llvm::Twine(rhs));
  return result;
}

void SizeExpr::print(llvm::raw_ostream &os,
                     llvm::ArrayRef<llvm::StringRef> names) const {
  switch (kind) {
  case Kind::Constant:
    os << value;
    return;
  case Kind::SMCount:
    os << getName(kind);
    return;
  case Kind::Size:
  case Kind::Stride:
    if (argument < names.size())
      os << names[argument];
    else
      os << "arg" << argument;
    os << '.' << getName(kind) << '(' << dim << ')';
    return;
  default:
    os << getName(kind) << '(';
    getLHS().print(os, names);
    os << ", ";
    getRHS().print(os, names);
    os << ')';
  }
}

std::string SizeExpr::str(llvm::ArrayRef<llvm::StringRef> names) const {
  std::string text;
  llvm::raw_string_ostream os(text);
  print(os, names);
  return text;
}

bool SizeExpr::operator==(const SizeExpr &other) const {
  return kind == other.kind && argument == other.argument && dim == other.dim &&
         value == other.value && operands == other.operands;
}

llvm::StringRef getName(SizeExpr::Kind kind) {
  switch (kind) {
  case SizeExpr::Kind::Constant:
    return "constant";
  case SizeExpr::Kind::Size:
    return "size";
  case SizeExpr::Kind::Stride:
    return "stride";
  case SizeExpr::Kind::SMCount:
    return "sm_count";
  case SizeExpr::Kind::Add:
    return "add";
  case SizeExpr::Kind::Sub:
    return "sub";
  case SizeExpr::Kind::Mul:
    return "mul";
  case SizeExpr::Kind::CeilDiv:
    return "ceildiv";
  case SizeExpr::Kind::FloorDiv:
    return "floordiv";
  case SizeExpr::Kind::Mod:
    return "mod";
  case SizeExpr::Kind::Min:
    return "min";
  case SizeExpr::Kind::Max:
    return "max";
  }
  llvm_unreachable("not a kind of expression");
}

} // namespace fa3::runtime
