//===- TestUtils.h - Shared by the tests of the runtime ---------*- C++ -*-===//

#ifndef FA3_TEST_UNIT_RUNTIME_TESTUTILS_H
#define FA3_TEST_UNIT_RUNTIME_TESTUTILS_H

#include "fa3/Runtime/Manifest.h"

namespace fa3::runtime::test {

/// Message of an error, "success" if it is none.
inline std::string message(llvm::Error error) {
  return error ? llvm::toString(std::move(error)) : "success";
}

template <typename T>
std::string message(llvm::Expected<T> result) {
  return message(result.takeError());
}

/// A kernel with all kinds of parameters: attention of head size 128, with q
/// [batch, length, 16, 128], k [batch, length, heads, 128] and o as q.
inline KernelDesc makeKernel() {
  KernelDesc kernel;
  kernel.entry = "attention";
  kernel.arguments = {
      {"q", ElementType::F16, {kDynamicSize, kDynamicSize, 16, 128}},
      {"k", ElementType::F16, {kDynamicSize, kDynamicSize, kDynamicSize, 128}},
      {"o",
       ElementType::F16,
       {kDynamicSize, kDynamicSize, 16, 128},
       Access::Write},
  };
  kernel.constraints = {
      {Constraint::Kind::Equal, SizeExpr::size(0, 0), SizeExpr::size(1, 0), ""},
      {Constraint::Kind::Divisible, SizeExpr::size(0, 2), SizeExpr::size(1, 2),
       "heads of k must divide those of q"},
  };
  kernel.grid = {SizeExpr::ceilDiv(SizeExpr::size(0, 1), 128), 16,
                 SizeExpr::size(0, 0)};
  kernel.block = {384, 1, 1};
  kernel.sharedMemory = 213072;
  kernel.parameters = {
      TensorMapParameter{0,
                         {3, 1, 2, 0},
                         {64, 128, 1, 1},
                         Swizzle::B128,
                         L2Promotion::B256,
                         ElementType::F16},
      TensorMapParameter{1,
                         {3, 1, 2, 0},
                         {64, 128, 1, 1},
                         Swizzle::B128,
                         L2Promotion::None,
                         ElementType::F16},
      PointerParameter{2},
      SizeParameter{1, 1, IntegerType::I32},
      StrideParameter{2, 1, IntegerType::I64},
      ExpressionParameter{
          SizeExpr::min(SizeExpr::smCount(),
                        SizeExpr::mul(SizeExpr::size(0, 0), 16)),
          IntegerType::I32},
  };
  kernel.resources = llvm::json::Object{{"registers", 168}};
  return kernel;
}

/// Gives a kernel a number as its last argument, and a parameter for it.
inline void addValue(KernelDesc &kernel, ElementType type) {
  auto index = static_cast<unsigned>(kernel.arguments.size());
  kernel.arguments.push_back({"x", type, {}, Access::Value});
  kernel.parameters.push_back(ScalarParameter{index, type});
}

/// Gives a kernel a buffer of 8 × batch × 3 numbers, and a launch behind its
/// own that gets its address in the place of o's.
inline void addFollower(KernelDesc &kernel) {
  LaunchDesc follower = kernel;
  follower.entry += "_1";
  follower.overlapped = true;
  follower.parameters[2] =
      PointerParameter{static_cast<unsigned>(kernel.arguments.size())};
  kernel.followers.push_back(std::move(follower));
  ArgumentDesc buffer = {
      "workspace0", ElementType::F32, {8, kDynamicSize, 3}, Access::Workspace};
  buffer.sizes = {8, SizeExpr::size(0, 0), 3};
  kernel.arguments.push_back(std::move(buffer));
}

inline Manifest makeManifest() {
  Manifest manifest;
  manifest.generator = "fa3 0.1.0";
  manifest.image = "attention.cubin";
  manifest.kernels.push_back(makeKernel());
  return manifest;
}

inline std::string print(const Manifest &manifest) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printManifest(manifest, os);
  return text;
}

} // namespace fa3::runtime::test

#endif // FA3_TEST_UNIT_RUNTIME_TESTUTILS_H
