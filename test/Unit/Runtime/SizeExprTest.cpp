//===- SizeExprTest.cpp - Integer expressions over tensor sizes -----------===//

#include "fa3/Runtime/SizeExpr.h"

#include "TestUtils.h"

#include "gtest/gtest.h"

#include <limits>

using namespace fa3::runtime;
using namespace fa3::runtime::test;

static constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
static constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

namespace {
class SizeExprTest : public testing::Test {
protected:
  SizeExprTest() {
    tensor.rank = 2;
    tensor.sizes = {300, 7};
    tensor.strides = {8, 1};
    environment.tensors = tensor;
    environment.smCount = 132;
  }

  std::string evaluate(const SizeExpr &expr) {
    llvm::Expected<int64_t> value = expr.evaluate(environment);
    return value ? std::to_string(*value) : message(value.takeError());
  }

  TensorGeometry tensor;
  SizeEnvironment environment;
};
} // namespace

TEST_F(SizeExprTest, evaluatesLeaves) {
  EXPECT_EQ(evaluate(SizeExpr()), "0");
  EXPECT_EQ(evaluate(-5), "-5");
  EXPECT_EQ(evaluate(SizeExpr::size(0, 0)), "300");
  EXPECT_EQ(evaluate(SizeExpr::stride(0, 0)), "8");
  EXPECT_EQ(evaluate(SizeExpr::smCount()), "132");
}

TEST_F(SizeExprTest, evaluatesOperations) {
  EXPECT_EQ(evaluate(SizeExpr::add(2, 3)), "5");
  EXPECT_EQ(evaluate(SizeExpr::sub(2, 3)), "-1");
  EXPECT_EQ(evaluate(SizeExpr::mul(2, 3)), "6");
  EXPECT_EQ(evaluate(SizeExpr::min(2, 3)), "2");
  EXPECT_EQ(evaluate(SizeExpr::max(2, 3)), "3");
  EXPECT_EQ(evaluate(SizeExpr::ceilDiv(SizeExpr::size(0, 0), 128)), "3");
  EXPECT_EQ(evaluate(SizeExpr::floorDiv(SizeExpr::size(0, 0), 128)), "2");
  EXPECT_EQ(evaluate(SizeExpr::mod(SizeExpr::size(0, 0), 128)), "44");
}

TEST_F(SizeExprTest, roundsNegativeNumbers) {
  EXPECT_EQ(evaluate(SizeExpr::ceilDiv(-7, 2)), "-3");
  EXPECT_EQ(evaluate(SizeExpr::floorDiv(-7, 2)), "-4");
  EXPECT_EQ(evaluate(SizeExpr::mod(-7, 2)), "1");
  EXPECT_EQ(evaluate(SizeExpr::ceilDiv(-8, 2)), "-4");
  EXPECT_EQ(evaluate(SizeExpr::floorDiv(-8, 2)), "-4");
  EXPECT_EQ(evaluate(SizeExpr::mod(-8, 2)), "0");
}

TEST_F(SizeExprTest, reachesTheLimits) {
  EXPECT_EQ(evaluate(SizeExpr::add(kMax - 1, 1)), std::to_string(kMax));
  EXPECT_EQ(evaluate(SizeExpr::ceilDiv(kMin, 1)), std::to_string(kMin));
  EXPECT_EQ(evaluate(SizeExpr::ceilDiv(kMax, 2)), "4611686018427387904");
  EXPECT_EQ(evaluate(SizeExpr::floorDiv(kMin, kMax)), "-2");
  EXPECT_EQ(evaluate(SizeExpr::mod(kMin, kMax)), std::to_string(kMax - 1));
}

TEST_F(SizeExprTest, refusesOverflow) {
  EXPECT_EQ(evaluate(SizeExpr::add(kMax, 1)),
            "expression 'add(9223372036854775807, 1)': expected a result that "
            "fits in 64 bits, but got operands 9223372036854775807 and 1");
  EXPECT_NE(evaluate(SizeExpr::sub(kMin, 1)).find("expected a result"),
            std::string::npos);
  EXPECT_NE(evaluate(SizeExpr::mul(kMin, -1)).find("expected a result"),
            std::string::npos);
  // Inside of another expression, too.
  EXPECT_NE(evaluate(SizeExpr::min(1, SizeExpr::mul(kMax, 2)))
                .find("expression 'mul("),
            std::string::npos);
}

TEST_F(SizeExprTest, refusesDivisorsThatAreNotPositive) {
  EXPECT_EQ(evaluate(SizeExpr::ceilDiv(1, 0)),
            "expression 'ceildiv(1, 0)': expected a positive divisor, but got "
            "0");
  EXPECT_EQ(evaluate(SizeExpr::floorDiv(1, -2)),
            "expression 'floordiv(1, -2)': expected a positive divisor, but "
            "got -2");
  EXPECT_EQ(evaluate(SizeExpr::mod(kMin, -1)),
            "expression 'mod(-9223372036854775808, -1)': expected a positive "
            "divisor, but got -1");
}

TEST_F(SizeExprTest, refusesWhatTheEnvironmentLacks) {
  EXPECT_EQ(evaluate(SizeExpr::size(1, 0)),
            "expression 'arg1.size(0)': expected an argument under 1, but got "
            "1");
  EXPECT_EQ(evaluate(SizeExpr::stride(0, 2)),
            "expression 'arg0.stride(2)': expected a dimension under 2, but "
            "got 2");
}

TEST(SizeExprPrintTest, namesArguments) {
  SizeExpr expr =
      SizeExpr::add(SizeExpr::ceilDiv(SizeExpr::size(0, 1), 128),
                    SizeExpr::mul(SizeExpr::stride(1, 0), SizeExpr::smCount()));
  EXPECT_EQ(expr.str({"q"}),
            "add(ceildiv(q.size(1), 128), mul(arg1.stride(0), sm_count))");
}

TEST(SizeExprCompareTest, comparesStructure) {
  EXPECT_EQ(SizeExpr::add(1, SizeExpr::size(0, 1)),
            SizeExpr::add(1, SizeExpr::size(0, 1)));
  EXPECT_NE(SizeExpr::size(0, 1), SizeExpr::stride(0, 1));
  EXPECT_NE(SizeExpr::size(0, 1), SizeExpr::size(1, 1));
  EXPECT_NE(SizeExpr::add(1, 2), SizeExpr::add(2, 1));
  EXPECT_NE(SizeExpr(1), SizeExpr(2));
}
