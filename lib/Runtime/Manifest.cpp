//===- Manifest.cpp - Names and sizes in the manifest ---------------------===//

#include "fa3/Runtime/Manifest.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"

namespace fa3::runtime {

llvm::StringRef getName(Access access) {
  switch (access) {
  case Access::Read:
    return "read";
  case Access::Write:
    return "write";
  case Access::ReadWrite:
    return "read_write";
  case Access::Value:
    return "value";
  case Access::Workspace:
    return "workspace";
  }
  llvm_unreachable("not an access");
}

llvm::StringRef getName(Constraint::Kind kind) {
  switch (kind) {
  case Constraint::Kind::Equal:
    return "equal";
  case Constraint::Kind::Divisible:
    return "divisible";
  }
  llvm_unreachable("not a kind of constraint");
}

llvm::StringRef getName(Swizzle swizzle) {
  switch (swizzle) {
  case Swizzle::None:
    return "none";
  case Swizzle::B32:
    return "32B";
  case Swizzle::B64:
    return "64B";
  case Swizzle::B128:
    return "128B";
  }
  llvm_unreachable("not a swizzle");
}

llvm::StringRef getName(L2Promotion promotion) {
  switch (promotion) {
  case L2Promotion::None:
    return "none";
  case L2Promotion::B64:
    return "64B";
  case L2Promotion::B128:
    return "128B";
  case L2Promotion::B256:
    return "256B";
  }
  llvm_unreachable("not an L2 promotion");
}

llvm::StringRef getName(IntegerType type) {
  return type == IntegerType::I32 ? "i32" : "i64";
}

static unsigned getSizeInBytes(IntegerType type) {
  return type == IntegerType::I32 ? 4 : 8;
}

llvm::StringRef getKindName(const Parameter &parameter) {
  return std::visit(
      llvm::makeVisitor(
          [](const TensorMapParameter &) { return "tensor_map"; },
          [](const PointerParameter &) { return "pointer"; },
          [](const SizeParameter &) { return "size"; },
          [](const StrideParameter &) { return "stride"; },
          [](const ScalarParameter &) { return "scalar"; },
          [](const ExpressionParameter &) { return "expression"; }),
      parameter);
}

unsigned getSizeInBytes(const Parameter &parameter) {
  return std::visit(
      llvm::makeVisitor(
          [](const TensorMapParameter &) { return 128U; },
          [](const PointerParameter &) { return 8U; },
          [](const SizeParameter &size) { return getSizeInBytes(size.type); },
          [](const StrideParameter &stride) {
            return getSizeInBytes(stride.type);
          },
          [](const ScalarParameter &scalar) {
            return getSizeInBytes(scalar.type);
          },
          [](const ExpressionParameter &expression) {
            return getSizeInBytes(expression.type);
          }),
      parameter);
}

} // namespace fa3::runtime
