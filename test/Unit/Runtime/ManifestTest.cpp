//===- ManifestTest.cpp - Description of compiled kernels -----------------===//

#include "fa3/Runtime/Manifest.h"

#include "TestUtils.h"

#include "gtest/gtest.h"

using namespace fa3::runtime;
using namespace fa3::runtime::test;

// The printed form is read by people and by other tools: keep it stable.
static constexpr llvm::StringLiteral kText = R"({
  "version": 1,
  "generator": "fa3 0.1.0",
  "image": "attention.cubin",
  "kernels": [
    {
      "entry": "attention",
      "target": "sm_90a",
      "arguments": [
        {"name":"q","element":"f16","shape":[null,null,16,128],"access":"read"},
        {"name":"k","element":"f16","shape":[null,null,null,128],"access":"read"},
        {"name":"o","element":"f16","shape":[null,null,16,128],"access":"write"}
      ],
      "constraints": [
        {"equal":[["size",0,0],["size",1,0]]},
        {"divisible":[["size",0,2],["size",1,2]],"message":"heads of k must divide those of q"}
      ],
      "grid": [["ceildiv",["size",0,1],128],16,["size",0,0]],
      "block": [384,1,1],
      "cluster": [1,1,1],
      "shared_memory": 213072,
      "parameters": [
        {"kind":"tensor_map","argument":0,"dims":[3,1,2,0],"box":[64,128,1,1],"swizzle":"128B","l2_promotion":"256B","element":"f16"},
        {"kind":"tensor_map","argument":1,"dims":[3,1,2,0],"box":[64,128,1,1],"swizzle":"128B","l2_promotion":"none","element":"f16"},
        {"kind":"pointer","argument":2},
        {"kind":"size","argument":1,"dim":1,"type":"i32"},
        {"kind":"stride","argument":2,"dim":1,"type":"i64"},
        {"kind":"expression","value":["min",["sm_count"],["mul",["size",0,0],16]],"type":"i32"}
      ],
      "resources": {
        "registers": 168
      }
    }
  ]
}
)";

TEST(ManifestTest, printsOneLineForEachItem) {
  EXPECT_EQ(print(makeManifest()), kText);
}

TEST(ManifestTest, parsesWhatItPrints) {
  llvm::Expected<Manifest> manifest = parseManifest(kText);
  ASSERT_TRUE(bool(manifest)) << message(manifest.takeError());
  EXPECT_EQ(print(*manifest), kText);
  const KernelDesc &kernel = manifest->kernels[0];
  EXPECT_EQ(kernel.arguments[0].shape[0], kDynamicSize);
  EXPECT_EQ(kernel.arguments[2].access, Access::Write);
  EXPECT_EQ(kernel.grid[0], SizeExpr::ceilDiv(SizeExpr::size(0, 1), 128));
  EXPECT_EQ(std::get<TensorMapParameter>(kernel.parameters[0]).swizzle,
            Swizzle::B128);
}

TEST(ManifestTest, keepsEverySpelling) {
  Manifest manifest = makeManifest();
  KernelDesc &kernel = manifest.kernels[0];
  kernel.target = "sm_90";
  kernel.cluster = {2, 1, 1};
  kernel.arguments[0].alignment = 128;
  kernel.arguments[2].access = Access::ReadWrite;
  for (ElementType type :
       {ElementType::F32, ElementType::F16, ElementType::BF16,
        ElementType::E4M3, ElementType::E5M2, ElementType::I8, ElementType::I32,
        ElementType::I64, ElementType::F64, ElementType::U8, ElementType::Bool})
    kernel.arguments.push_back({"t" + getName(type).str(), type, {}});
  kernel.arguments.push_back({"x", ElementType::F64, {}, Access::Value});
  kernel.parameters.push_back(ScalarParameter{14, ElementType::F64});
  auto &map = std::get<TensorMapParameter>(kernel.parameters[0]);
  map.box[0] = 16; // What every swizzle allows.
  for (Swizzle swizzle :
       {Swizzle::None, Swizzle::B32, Swizzle::B64, Swizzle::B128})
    for (L2Promotion promotion : {L2Promotion::None, L2Promotion::B64,
                                  L2Promotion::B128, L2Promotion::B256}) {
      map.swizzle = swizzle;
      map.l2Promotion = promotion;
      std::string text = print(manifest);
      llvm::Expected<Manifest> parsed = parseManifest(text);
      ASSERT_TRUE(bool(parsed)) << message(parsed.takeError());
      EXPECT_EQ(print(*parsed), text);
    }
}

TEST(ManifestTest, keepsEveryOperation) {
  Manifest manifest = makeManifest();
  SizeExpr expr = SizeExpr::stride(0, 1);
  expr = SizeExpr::add(SizeExpr::sub(std::move(expr), -1), SizeExpr::smCount());
  expr = SizeExpr::floorDiv(SizeExpr::mod(std::move(expr), 7), 2);
  expr = SizeExpr::max(SizeExpr::min(std::move(expr), 3),
                       SizeExpr::ceilDiv(SizeExpr::mul(5, 6), 4));
  manifest.kernels[0].parameters.push_back(
      ExpressionParameter{expr, IntegerType::I64});
  llvm::Expected<Manifest> parsed = parseManifest(print(manifest));
  ASSERT_TRUE(bool(parsed)) << message(parsed.takeError());
  EXPECT_EQ(
      std::get<ExpressionParameter>(parsed->kernels[0].parameters.back()).value,
      expr);
}

TEST(ManifestTest, keepsResources) {
  Manifest manifest = makeManifest();
  manifest.kernels[0].resources = llvm::json::Object{
      {"tile", llvm::json::Array{128, 176}},
      {"note", "a \"quoted\" line\n"},
      {"occupancy", 0.5},
      {"nested", llvm::json::Object{{"spills", nullptr}, {"ok", true}}}};
  llvm::Expected<Manifest> parsed = parseManifest(print(manifest));
  ASSERT_TRUE(bool(parsed)) << message(parsed.takeError());
  EXPECT_EQ(parsed->kernels[0].resources, manifest.kernels[0].resources);
}

TEST(ManifestTest, fillsInWhatMayBeLeftOut) {
  llvm::Expected<Manifest> manifest = parseManifest(R"({
    "version": 1, "generator": "", "image": "",
    "kernels": [{"entry": "e", "target": "sm_90a", "arguments": [],
                 "grid": [1, 1, 1], "block": [1, 1, 1], "parameters": []}]})");
  ASSERT_TRUE(bool(manifest)) << message(manifest.takeError());
  const KernelDesc &kernel = manifest->kernels[0];
  EXPECT_TRUE(kernel.constraints.empty());
  EXPECT_EQ(kernel.cluster, (std::array<unsigned, 3>{1, 1, 1}));
  EXPECT_EQ(kernel.sharedMemory, 0);
  EXPECT_TRUE(kernel.resources.empty());
}

TEST(ManifestTest, knowsTheSizesOfParameters) {
  std::vector<unsigned> sizes;
  for (const Parameter &parameter : makeKernel().parameters)
    sizes.push_back(getSizeInBytes(parameter));
  EXPECT_EQ(sizes, (std::vector<unsigned>{128, 128, 8, 4, 8, 4}));
}
