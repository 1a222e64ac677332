//===- LaunchPlanTest.cpp - What one launch hands to the driver -----------===//

#include "fa3/Runtime/LaunchPlan.h"

#include "TestUtils.h"

#include "gtest/gtest.h"

#include <optional>

using namespace fa3::runtime;
using namespace fa3::runtime::test;

namespace {
/// A tensor with room for its shape and strides.
struct Tensor {
  uintptr_t address = 0;
  std::vector<int64_t> shape;
  /// Empty for C order.
  std::vector<int64_t> strides;
  fa3_dtype dtype = FA3_F16;

  fa3_tensor get() const {
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    return {reinterpret_cast<void *>(address), shape.data(),
            strides.empty() ? nullptr : strides.data(),
            static_cast<int32_t>(shape.size()), dtype};
  }
};

/// A launch that is right, for tests to make wrong.
class LaunchPlanTest : public testing::Test {
protected:
  std::string run() {
    std::vector<fa3_tensor> tensors;
    for (const Tensor *tensor : {&q, &k, &o})
      tensors.push_back(tensor->get());
    if (value)
      tensors.push_back(*value);
    return message(planLaunch(kernel, tensors, /*smCount=*/132, plan));
  }

  std::vector<uint64_t> getSizes(unsigned map) const {
    const TensorMapRequest &request = plan.tensorMaps[map];
    return {request.sizes.begin(), request.sizes.begin() + request.rank};
  }
  std::vector<uint64_t> getStrides(unsigned map) const {
    const TensorMapRequest &request = plan.tensorMaps[map];
    return {request.strides.begin(),
            request.strides.begin() + request.rank - 1};
  }

  KernelDesc kernel = makeKernel();
  Tensor q = {0x10000000, {2, 300, 16, 128}, {}};
  Tensor k = {0x20000000, {2, 500, 4, 128}, {}};
  Tensor o = {0x30000000, {2, 300, 16, 128}, {}};
  /// A fourth argument.
  std::optional<fa3_tensor> value;
  LaunchPlan plan;
};
} // namespace

TEST_F(LaunchPlanTest, plansALaunch) {
  ASSERT_EQ(run(), "success");
  EXPECT_FALSE(plan.empty);
  EXPECT_EQ(plan.grid, (std::array<uint32_t, 3>{3, 16, 2}));

  ASSERT_EQ(plan.getTensorMaps().size(), 2U);
  const TensorMapRequest &map = plan.tensorMaps[0];
  EXPECT_EQ(map.address, 0x10000000U);
  EXPECT_EQ(map.element, ElementType::F16);
  EXPECT_EQ(map.swizzle, Swizzle::B128);
  EXPECT_EQ(map.l2Promotion, L2Promotion::B256);
  EXPECT_EQ(getSizes(0), (std::vector<uint64_t>{128, 300, 16, 2}));
  EXPECT_EQ(getStrides(0), (std::vector<uint64_t>{4096, 256, 1228800}));
  EXPECT_EQ(map.box, (std::array<uint32_t, 5>{64, 128, 1, 1, map.box[4]}));
  EXPECT_EQ(getSizes(1), (std::vector<uint64_t>{128, 500, 4, 2}));

  using Kind = ParameterValue::Kind;
  std::vector<std::pair<Kind, uint64_t>> values;
  for (const ParameterValue &value : plan.getParameters())
    values.emplace_back(value.kind, value.bits);
  EXPECT_EQ(values,
            (std::vector<std::pair<Kind, uint64_t>>{{Kind::TensorMap, 0},
                                                    {Kind::TensorMap, 1},
                                                    {Kind::Pointer, 0x30000000},
                                                    {Kind::I32, 500},
                                                    {Kind::I64, 2048},
                                                    {Kind::I32, 32}}));
}

TEST_F(LaunchPlanTest, hasNoAddressOfATensorWithoutElements) {
  kernel.parameters[2] = PointerParameter{1};
  k.shape[1] = 0;
  ASSERT_EQ(run(), "success");
  EXPECT_EQ(plan.parameters[2].kind, ParameterValue::Kind::Pointer);
  EXPECT_EQ(plan.parameters[2].bits, 0U);
}

TEST_F(LaunchPlanTest, copiesNumbersFromTheHost) {
  addValue(kernel, ElementType::F32);
  float number = 0.5;
  value = {&number, nullptr, nullptr, 0, FA3_F32};
  ASSERT_EQ(run(), "success");
  EXPECT_EQ(plan.parameters[6].kind, ParameterValue::Kind::I32);
  EXPECT_EQ(plan.parameters[6].bits, 0x3f000000U);

  kernel = makeKernel();
  addValue(kernel, ElementType::I64);
  int64_t wide = -2;
  value = {&wide, nullptr, nullptr, 0, FA3_I64};
  ASSERT_EQ(run(), "success");
  EXPECT_EQ(plan.parameters[6].kind, ParameterValue::Kind::I64);
  EXPECT_EQ(plan.parameters[6].bits, ~uint64_t(1));

  // Of any alignment.
  char bytes[9] = {0, 1};
  value->data = bytes + 1;
  ASSERT_EQ(run(), "success");
  EXPECT_EQ(plan.parameters[6].bits, 1U);
}

TEST_F(LaunchPlanTest, refusesWhatIsNoNumber) {
  addValue(kernel, ElementType::I32);
  int32_t number = 5;
  value = {nullptr, nullptr, nullptr, 0, FA3_I32};
  EXPECT_EQ(run(), "argument 3 'x': expected the host address of a value, but "
                   "got null");
  value = {&number, nullptr, nullptr, 0, FA3_F32};
  EXPECT_EQ(run(), "argument 3 'x': expected element type i32, but got f32");
  int64_t one = 1;
  value = {&number, &one, nullptr, 1, FA3_I32};
  EXPECT_EQ(run(), "argument 3 'x': expected rank 0, but got 1");
}

TEST_F(LaunchPlanTest, takesStrides) {
  // q as a view of [batch, head, length, dim] with gaps after each head.
  q.strides = {16 * 40000, 128, 40000, 1};
  ASSERT_EQ(run(), "success");
  EXPECT_EQ(getStrides(0), (std::vector<uint64_t>{256, 80000, 1280000}));
}

TEST_F(LaunchPlanTest, ignoresStridesOfSizeOne) {
  q.shape[0] = k.shape[0] = o.shape[0] = 1;
  q.strides = {7, 2048, 128, 1};
  o.strides = {-9, 2048, 128, 1};
  ASSERT_EQ(run(), "success");
  EXPECT_EQ(getStrides(0), (std::vector<uint64_t>{4096, 256, 16}));
  // A parameter and a constraint see 0 rather than what happens to be there.
  kernel.constraints.push_back(
      {Constraint::Kind::Divisible, SizeExpr::stride(0, 0), SizeExpr(8), ""});
  kernel.parameters[4] = StrideParameter{2, 0, IntegerType::I32};
  ASSERT_EQ(run(), "success");
  EXPECT_EQ(plan.parameters[4].bits, 0U);
}

TEST_F(LaunchPlanTest, launchesNothingForAnEmptyGrid) {
  for (Tensor *tensor : {&q, &o}) {
    tensor->shape[1] = 0;
    tensor->address = 0;
  }
  ASSERT_EQ(run(), "success");
  EXPECT_TRUE(plan.empty);
  EXPECT_TRUE(plan.getParameters().empty());
  // The rest is still checked.
  k.shape[3] = 64;
  EXPECT_EQ(run(),
            "argument 1 'k': expected size 128 in dimension 3, but got 64");
}

TEST_F(LaunchPlanTest, mapsATensorWithoutElements) {
  k.shape[1] = 0;
  k.address = 0;
  k.strides = {3, 5, 7, 9};
  ASSERT_EQ(run(), "success");
  EXPECT_FALSE(plan.empty);
  EXPECT_EQ(plan.tensorMaps[1].address, 0U);
  EXPECT_EQ(getSizes(1), (std::vector<uint64_t>{1, 1, 1, 1}));
  EXPECT_EQ(getStrides(1), (std::vector<uint64_t>{16, 16, 16}));
  EXPECT_EQ(plan.parameters[3].bits, 0U);
  // An odd address is no worse, as nothing is read from it.
  k.address = 0x20000001;
  ASSERT_EQ(run(), "success");
  EXPECT_EQ(plan.tensorMaps[1].address, 0U);
}

TEST_F(LaunchPlanTest, refusesOtherTensors) {
  EXPECT_EQ(message(planLaunch(kernel, {}, 132, plan)),
            "expected 3 arguments, but got 0");
  k.dtype = FA3_BF16;
  EXPECT_EQ(run(), "argument 1 'k': expected element type f16, but got bf16");
  k.dtype = 0;
  EXPECT_EQ(run(), "argument 1 'k': expected element type f16, but got code 0");
  k.dtype = FA3_F16;
  k.shape.pop_back();
  EXPECT_EQ(run(), "argument 1 'k': expected rank 4, but got 3");
  k.shape.push_back(64);
  EXPECT_EQ(run(),
            "argument 1 'k': expected size 128 in dimension 3, but got 64");
  k.shape = {2, -1, 4, 128};
  EXPECT_EQ(run(), "argument 1 'k': expected a size of at least 0 in dimension "
                   "1, but got -1");
}

TEST_F(LaunchPlanTest, refusesNegativeRanksAndNullShapes) {
  std::vector<fa3_tensor> tensors = {q.get(), k.get(), o.get()};
  tensors[0].rank = -4;
  EXPECT_EQ(message(planLaunch(kernel, tensors, 132, plan)),
            "argument 0 'q': expected rank 4, but got -4");
  tensors[0].rank = 4;
  tensors[0].shape = nullptr;
  EXPECT_EQ(message(planLaunch(kernel, tensors, 132, plan)),
            "argument 0 'q': expected a shape, but got null");
}

TEST_F(LaunchPlanTest, refusesAddresses) {
  q.address = 0;
  EXPECT_EQ(run(), "argument 0 'q': expected a device address, but got null");
  q.address = 0x10000001;
  EXPECT_EQ(run(), "argument 0 'q': expected an address that is a multiple of "
                   "2 bytes, but got 0x10000001");
  q.address = 0x10000008;
  EXPECT_EQ(run(), "argument 0 'q': expected an address that is a multiple of "
                   "16 bytes, but got 0x10000008");
  q.address = 0x10000010;
  EXPECT_EQ(run(), "success");
  // No tensor map is made of o.
  o.address = 0x30000002;
  EXPECT_EQ(run(), "success");
  kernel.arguments[2].alignment = 4;
  EXPECT_EQ(run(), "argument 2 'o': expected an address that is a multiple of "
                   "4 bytes, but got 0x30000002");
}

TEST_F(LaunchPlanTest, refusesStrides) {
  q.strides = {300 * 4096, 4096, 256, 2};
  EXPECT_EQ(run(), "argument 0 'q': expected stride 1 in dimension 3, the "
                   "last, but got 2");
  q.strides = {300 * 2048, -2048, 128, 1};
  EXPECT_EQ(run(), "argument 0 'q': expected a stride of at least 0 in "
                   "dimension 1, but got -2048");
  q.strides = {300 * 2052, 2052, 128, 1};
  EXPECT_EQ(run(),
            "argument 0 'q': expected a stride in dimension 1 that is a "
            "multiple of 16 bytes and under 2^40 bytes, but got 2052 elements "
            "of 2 bytes");
  q.strides = {int64_t(1) << 39, 2048, 128, 1};
  EXPECT_EQ(run(),
            "argument 0 'q': expected a stride in dimension 0 that is a "
            "multiple of 16 bytes and under 2^40 bytes, but got 549755813888 "
            "elements of 2 bytes");
}

TEST_F(LaunchPlanTest, letsInputsShareMemory) {
  // One buffer of rows [16 heads of q, 4 heads of k], and k as a part of q.
  q.strides = {300 * 2560, 2560, 128, 1};
  k.shape[1] = 300;
  k.strides = q.strides;
  k.address = q.address + 16 * 128 * 2;
  EXPECT_EQ(run(), "success");
  k.address = q.address;
  EXPECT_EQ(run(), "success");
}

TEST_F(LaunchPlanTest, refusesOutputsOnOtherArguments) {
  constexpr uint64_t bytesOfQ = 2 * 300 * 16 * 128 * 2;
  o.address = q.address + bytesOfQ;
  EXPECT_EQ(run(), "success");
  o.address -= 16;
  EXPECT_EQ(run(), "argument 2 'o': expected an output with memory of its own, "
                   "but its bytes, 0x10257FF0 to 0x104AFFF0, overlap those of "
                   "argument 0 'q', 0x10000000 to 0x10258000");
  o.address = k.address - bytesOfQ;
  EXPECT_EQ(run(), "success");
  // The gaps between rows belong to the range, but not those behind the last.
  o.strides = {300 * 4096, 4096, 128, 1};
  o.address = k.address - (2 * 300 * 4096 - 4096 + 16 * 128) * 2;
  EXPECT_EQ(run(), "success");
  o.address += 2;
  EXPECT_EQ(run(), "argument 2 'o': expected an output with memory of its own, "
                   "but its bytes, 0x1FB51002 to 0x20000002, overlap those of "
                   "argument 1 'k', 0x20000000 to 0x200FA000");
  // Nothing is where there are no elements.
  k.shape[1] = 0;
  EXPECT_EQ(run(), "success");
}

TEST_F(LaunchPlanTest, refusesOutputsOnEachOther) {
  kernel.arguments[1].access = Access::ReadWrite;
  EXPECT_EQ(run(), "success");
  o.address = k.address;
  EXPECT_EQ(run(), "argument 1 'k': expected an output with memory of its own, "
                   "but its bytes, 0x20000000 to 0x200FA000, overlap those of "
                   "argument 2 'o', 0x20000000 to 0x20258000");
}

TEST_F(LaunchPlanTest, refusesOutputsWhoseElementsMeet) {
  o.strides = {0, 2048, 128, 1};
  EXPECT_EQ(run(), "argument 2 'o': expected a stride of at least 1 in "
                   "dimension 0, as two elements of an output would share an "
                   "address, but got 0");
  o.strides = {300 * 2048, 1024, 128, 1};
  EXPECT_EQ(run(), "argument 2 'o': expected a stride of at least 2048 in "
                   "dimension 1, as two elements of an output would share an "
                   "address, but got 1024");
  // Heads outside of rows, and an input that is broadcast.
  o.strides = {300 * 2048, 128, 300 * 128, 1};
  q.strides = {0, 2048, 128, 1};
  EXPECT_EQ(run(), "success");
}

TEST_F(LaunchPlanTest, refusesSizesThatOverflow) {
  llvm::StringRef expected =
      "argument 1 'k': expected addresses that fit in 63 bits, but its sizes "
      "and strides exceed them";
  k.shape = {2, int64_t(1) << 62, 4, 128};
  EXPECT_EQ(run(), expected);
  k.shape = {2, 500, 4, 128};
  k.strides = {std::numeric_limits<int64_t>::max(), 512, 128, 1};
  EXPECT_EQ(run(), expected);
  // Within 63 bits by itself, but not from this address.
  k.strides = {int64_t(1) << 61, 512, 128, 1};
  k.address = uintptr_t(1) << 62;
  EXPECT_EQ(run(), expected);
  k.strides.clear();
  k.address = 0x20000000;
}

TEST_F(LaunchPlanTest, takesLengthsOf31Bits) {
  constexpr int64_t largest = std::numeric_limits<int32_t>::max();
  // o lies before k, which reaches far.
  k.address = uintptr_t(1) << 40;
  k.shape = {2, largest, 1, 128};
  ASSERT_EQ(run(), "success");
  EXPECT_EQ(getSizes(1), (std::vector<uint64_t>{128, largest, 1, 2}));
  EXPECT_EQ(plan.parameters[3].bits, uint64_t(largest));
  k.shape = {2, largest + 1, 1, 128};
  EXPECT_EQ(run(), "argument 1 'k': expected a size of at most 2147483647 in "
                   "dimension 1, but got 2147483648");
  k.shape = {2, int64_t(1) << 32, 1, 128};
  EXPECT_EQ(run(), "argument 1 'k': expected a size of at most 2147483647 in "
                   "dimension 1, but got 4294967296");
  // As a parameter alone it is refused where it has 32 bits.
  kernel.parameters[1] = PointerParameter{1};
  EXPECT_EQ(run(), "argument 1 'k': expected a size that fits in i32 in "
                   "dimension 1, but got 4294967296");
  kernel.parameters[3] = SizeParameter{1, 1, IntegerType::I64};
  ASSERT_EQ(run(), "success");
  EXPECT_EQ(plan.parameters[3].bits, uint64_t(1) << 32);
}

TEST_F(LaunchPlanTest, refusesGridsBeyond31Bits) {
  kernel.grid = {SizeExpr::mul(SizeExpr::size(0, 1), int64_t(1) << 23), 1, 1};
  q.shape[1] = o.shape[1] = 255;
  ASSERT_EQ(run(), "success");
  EXPECT_EQ(plan.grid[0], 255U << 23);
  q.shape[1] = o.shape[1] = 256;
  EXPECT_EQ(run(), "grid[0] = mul(q.size(1), 8388608): expected 0 to "
                   "2147483647 blocks, but got 2147483648");
  kernel.grid[0] = SizeExpr::mul(SizeExpr::size(0, 1), int64_t(1) << 56);
  EXPECT_NE(run().find("expected a result that fits in 64 bits"),
            std::string::npos);
}

TEST_F(LaunchPlanTest, refusesValuesThatDoNotFit) {
  kernel.parameters[4] = StrideParameter{2, 1, IntegerType::I32};
  o.strides = {int64_t(1) << 40, int64_t(1) << 31, 128, 1};
  EXPECT_EQ(run(), "argument 2 'o': expected a stride that fits in i32 in "
                   "dimension 1, but got 2147483648");
  o.strides.clear();
  kernel.parameters[5] = ExpressionParameter{
      SizeExpr::mul(SizeExpr::size(0, 1), int64_t(1) << 31), IntegerType::I32};
  EXPECT_EQ(run(), "parameter 5 = mul(q.size(1), 2147483648): expected a value "
                   "that fits in i32, but got 644245094400");
  std::get<ExpressionParameter>(kernel.parameters[5]).type = IntegerType::I64;
  EXPECT_EQ(run(), "success");
  kernel.parameters[5] = ExpressionParameter{
      SizeExpr::floorDiv(1, SizeExpr::sub(SizeExpr::size(0, 0), 2))};
  EXPECT_NE(run().find("expected a positive divisor, but got 0"),
            std::string::npos);
}

TEST_F(LaunchPlanTest, checksConstraints) {
  k.shape[0] = 3;
  EXPECT_EQ(run(), "expected q.size(0) to equal k.size(0), but got 2 and 3");
  k.shape[0] = 2;
  k.shape[2] = 5;
  EXPECT_EQ(run(), "heads of k must divide those of q: expected q.size(2) to "
                   "be a multiple of k.size(2), but got 16 and 5");
  k.shape[2] = 0;
  EXPECT_EQ(run(), "heads of k must divide those of q: expected q.size(2) to "
                   "be a multiple of k.size(2), but got 16 and 0");
  k.shape[2] = 16;
  kernel.constraints[1] = {Constraint::Kind::Divisible,
                           std::numeric_limits<int64_t>::min(), -1, ""};
  EXPECT_EQ(run(), "success");
  kernel.constraints[1] = {Constraint::Kind::Divisible, 0, 0, ""};
  EXPECT_EQ(run(), "success");
}

TEST_F(LaunchPlanTest, checksTheGrid) {
  kernel.cluster = {2, 1, 1};
  EXPECT_EQ(run(), "grid[0] = ceildiv(q.size(1), 128): expected a multiple of "
                   "the 2 blocks of a cluster, but got 3");
  kernel.cluster = {3, 1, 1};
  EXPECT_EQ(run(), "success");
  kernel.grid[1] = 65536;
  EXPECT_EQ(run(), "grid[1] = 65536: expected 0 to 65535 blocks, but got "
                   "65536");
  kernel.grid[1] = SizeExpr::sub(0, SizeExpr::size(0, 0));
  EXPECT_EQ(run(), "grid[1] = sub(0, q.size(0)): expected 0 to 65535 blocks, "
                   "but got -2");
  // A grid is empty only if the other sizes are right.
  kernel.grid = {0, 65536, 1};
  EXPECT_EQ(run(), "grid[1] = 65536: expected 0 to 65535 blocks, but got "
                   "65536");
}

TEST_F(LaunchPlanTest, takesScalarsAndNoTensors) {
  KernelDesc scalar;
  scalar.arguments = {{"s", ElementType::F32, {}}};
  scalar.parameters = {PointerParameter{0}};
  fa3_tensor tensor = {reinterpret_cast<void *>(0x1000), nullptr, nullptr, 0,
                       FA3_F32};
  EXPECT_EQ(message(planLaunch(scalar, tensor, 132, plan)), "success");
  EXPECT_EQ(plan.parameters[0].bits, 0x1000U);
  EXPECT_EQ(message(planLaunch(KernelDesc(), {}, 132, plan)), "success");
  EXPECT_EQ(plan.grid, (std::array<uint32_t, 3>{1, 1, 1}));
}

TEST_F(LaunchPlanTest, comparesRequests) {
  ASSERT_EQ(run(), "success");
  TensorMapRequest first = plan.tensorMaps[0];
  ASSERT_EQ(run(), "success");
  EXPECT_EQ(first, plan.tensorMaps[0]);
  // What is past the rank does not count.
  first.sizes[4] = ~first.sizes[4];
  EXPECT_EQ(first, plan.tensorMaps[0]);
  first.strides[2] += 16;
  EXPECT_NE(first, plan.tensorMaps[0]);
}

TEST_F(LaunchPlanTest, laysOutTheWorkspace) {
  addFollower(kernel);
  kernel.arguments.push_back(kernel.arguments.back());
  kernel.arguments.back().name = "workspace1";
  kernel.followers[0].parameters[1] = PointerParameter{4};
  kernel.followers[0].parameters[3] = SizeParameter{4, 1, IntegerType::I32};
  kernel.followers[0].parameters[4] = StrideParameter{4, 0, IntegerType::I64};
  std::vector<fa3_tensor> tensors = {q.get(), k.get(), o.get()};
  // 8 · 2 · 3 numbers of 4 bytes, from a multiple of 256 on.
  llvm::Expected<uint64_t> size = planWorkspace(kernel, tensors, 132);
  ASSERT_TRUE(!!size);
  EXPECT_EQ(*size, 512U);
  auto plan = [&](uintptr_t address, uint64_t bytes, unsigned index = 1) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    Workspace workspace = {reinterpret_cast<void *>(address), bytes};
    return message(
        planLaunch(kernel, tensors, 132, this->plan, workspace, index));
  };
  ASSERT_EQ(plan(0x40000000, 512), "success");
  EXPECT_EQ(this->plan.parameters[2].bits, 0x40000000U);
  EXPECT_EQ(this->plan.parameters[1].bits, 0x40000100U);
  EXPECT_EQ(this->plan.parameters[3].bits, 2U);
  EXPECT_EQ(this->plan.parameters[4].bits, 6U);

  EXPECT_EQ(plan(0, 0), "expected a workspace of 512 bytes, but got none; "
                        "fa3_launch_with_workspace takes one");
  EXPECT_EQ(plan(0x40000000, 511),
            "expected a workspace of 512 bytes, but got 511");
  EXPECT_EQ(plan(0x40000010, 512),
            "expected a workspace at a multiple of 256 bytes, but got "
            "0x40000010");
  EXPECT_EQ(plan(0x30000000, 512, 0)
                .find("argument 2 'o': expected an output "
                      "with memory of its own"),
            0U);
  // Nothing is launched, and nothing needed.
  q.shape[0] = k.shape[0] = o.shape[0] = 0;
  EXPECT_EQ(plan(0, 0), "success");
  EXPECT_TRUE(this->plan.empty);
}

TEST_F(LaunchPlanTest, refusesAWorkspaceThatIsTooLarge) {
  addFollower(kernel);
  kernel.arguments.back().sizes[1] =
      SizeExpr::mul(SizeExpr::size(0, 1), int64_t(1) << 50);
  EXPECT_EQ(run(), "argument 3 'workspace0': expected at most 2^56 bytes, but "
                   "its sizes exceed them");
  kernel.arguments.back().sizes[1] = SizeExpr::sub(0, SizeExpr::size(0, 1));
  EXPECT_EQ(run(), "argument 3 'workspace0': expected a size of at least 0 in "
                   "dimension 1, but got -300");
}
