//===- PtxasReportTest.cpp - Tests of the reader of ptxas's output --------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The texts are what ptxas 13.0 printed, shortened.
//
//===----------------------------------------------------------------------===//

#include "fa3/Target/PTX/PtxasReport.h"

#include "gtest/gtest.h"

using namespace fa3;
using Severity = PtxasMessage::Severity;

TEST(PtxasReportTest, emptyTextHasNothing) {
  PtxasReport report = parsePtxasReport("");
  EXPECT_TRUE(report.functions.empty());
  EXPECT_TRUE(report.messages.empty());
  EXPECT_EQ(report.getErrors(), "");
}

TEST(PtxasReportTest, readsTheNumbersOfAKernel) {
  PtxasReport report = parsePtxasReport(R"(ptxas info    : 0 bytes gmem
ptxas info    : Compiling entry function 'fa3' for 'sm_90a'
ptxas info    : Function properties for fa3
    16 bytes stack frame, 8 bytes spill stores, 12 bytes spill loads
ptxas info    : Used 168 registers, used 9 barriers, 16 bytes cumulative stack size, 1000 bytes smem, 560 bytes cmem[0]
ptxas info    : Compile time = 928.378 ms
)");
  ASSERT_EQ(report.functions.size(), 1U);
  const PtxasFunction &function = report.functions[0];
  EXPECT_EQ(function.name, "fa3");
  EXPECT_EQ(function.registers, 168);
  EXPECT_EQ(function.barriers, 9);
  EXPECT_EQ(function.stackFrame, 16);
  EXPECT_EQ(function.spillStores, 8);
  EXPECT_EQ(function.spillLoads, 12);
  EXPECT_EQ(function.sharedMemory, 1000);
  EXPECT_TRUE(function.hasSpills());
  EXPECT_TRUE(report.messages.empty());
}

TEST(PtxasReportTest, keepsKernelsApart) {
  PtxasReport report = parsePtxasReport(
      R"(ptxas info    : Compiling entry function 'k2' for 'sm_90a'
ptxas info    : Function properties for k2
    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
ptxas info    : Used 4 registers, used 0 barriers
ptxas info    : Compiling entry function 'k' for 'sm_90a'
ptxas info    : Function properties for k
    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
ptxas info    : Used 8 registers, used 1 barriers, 1000 bytes smem
)");
  ASSERT_EQ(report.functions.size(), 2U);
  ASSERT_NE(report.findFunction("k2"), nullptr);
  EXPECT_EQ(report.findFunction("k2")->registers, 4);
  ASSERT_NE(report.findFunction("k"), nullptr);
  EXPECT_EQ(report.findFunction("k")->registers, 8);
  EXPECT_EQ(report.findFunction("none"), nullptr);
}

TEST(PtxasReportTest, theNumbersOfADeviceFunctionAreItsOwn) {
  PtxasReport report = parsePtxasReport(
      R"(ptxas info    : Compiling entry function 'k' for 'sm_90a'
ptxas info    : Function properties for k
    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
ptxas info    : Used 8 registers
ptxas info    : Function properties for helper
    32 bytes stack frame, 4 bytes spill stores, 4 bytes spill loads
)");
  ASSERT_NE(report.findFunction("k"), nullptr);
  EXPECT_FALSE(report.findFunction("k")->hasSpills());
  ASSERT_NE(report.findFunction("helper"), nullptr);
  EXPECT_EQ(report.findFunction("helper")->stackFrame, 32);
}

TEST(PtxasReportTest, recognisesSerialization) {
  PtxasReport report = parsePtxasReport(
      "ptxas info    : (C7518) Potential Performance Loss: wgmma.mma_async "
      "instructions are serialized due to program dependence on "
      "compiler-inserted WG.DP in divergent path in the function 'fa3'\n");
  ASSERT_EQ(report.messages.size(), 1U);
  EXPECT_EQ(report.messages[0].code, "C7518");
  EXPECT_EQ(report.messages[0].severity, Severity::Info);
  EXPECT_TRUE(report.messages[0].isSerialization());
  EXPECT_FALSE(report.messages[0].isIgnoredRegisterCount());
}

TEST(PtxasReportTest, recognisesSerializationWithoutACode) {
  PtxasReport report = parsePtxasReport(
      "ptxas info    : Potential Performance Loss: wgmma.mma_async "
      "instructions are serialized due to non wgmma instructions defining "
      "accumulator registers of a wgmma in the function 'fa3'\n");
  ASSERT_EQ(report.messages.size(), 1U);
  EXPECT_EQ(report.messages[0].code, "");
  EXPECT_TRUE(report.messages[0].isSerialization());
}

TEST(PtxasReportTest, insertedWaitsAreNoSerialization) {
  PtxasReport report = parsePtxasReport(
      "ptxas info    : (C7517) warpgroup.wait is injected in around line 191 "
      "by compiler to allow use of registers defined by GMMA in function "
      "'fa3'\n");
  ASSERT_EQ(report.messages.size(), 1U);
  EXPECT_EQ(report.messages[0].code, "C7517");
  EXPECT_FALSE(report.messages[0].isSerialization());
  EXPECT_TRUE(report.messages[0].isInjectedWait());
}

TEST(PtxasReportTest, recognisesAnIgnoredRegisterCount) {
  PtxasReport report = parsePtxasReport(
      "ptxas info    : (C7508) setmaxnreg ignored; unable to determine "
      "register count at entry\n");
  ASSERT_EQ(report.messages.size(), 1U);
  EXPECT_TRUE(report.messages[0].isIgnoredRegisterCount());
}

TEST(PtxasReportTest, readsErrorsWithTheirLines) {
  PtxasReport report = parsePtxasReport(
      R"(ptxas m4.ptx, line 60; error   : Unknown modifier '.bar'
ptxas /tmp/a, line 3/m.ptx, line 61; error   : Not a name of any known instruction: 'foo'
ptxas fatal   : Ptx assembly aborted due to errors
)");
  ASSERT_EQ(report.messages.size(), 3U);
  EXPECT_EQ(report.messages[0].severity, Severity::Error);
  EXPECT_EQ(report.messages[0].line, 60);
  EXPECT_EQ(report.messages[0].text, "Unknown modifier '.bar'");
  EXPECT_EQ(report.messages[1].line, 61);
  EXPECT_EQ(report.messages[2].line, 0);
  EXPECT_EQ(report.getErrors(),
            "Unknown modifier '.bar'; Not a name of any known instruction: "
            "'foo'; Ptx assembly aborted due to errors");
}

TEST(PtxasReportTest, keepsWarnings) {
  PtxasReport report = parsePtxasReport("ptxas warning : Value of threads per "
                                        "SM for entry k is out of range\r\n");
  ASSERT_EQ(report.messages.size(), 1U);
  EXPECT_EQ(report.messages[0].severity, Severity::Warning);
  EXPECT_EQ(report.messages[0].text,
            "Value of threads per SM for entry k is out of range");
  EXPECT_EQ(report.getErrors(), "");
}

TEST(PtxasReportTest, keepsTheWordsOfALoader) {
  PtxasReport report = parsePtxasReport(
      "/opt/ptxas: error while loading shared libraries: libx.so.1: cannot "
      "open shared object file\n");
  EXPECT_EQ(report.getErrors(),
            "/opt/ptxas: error while loading shared libraries: libx.so.1: "
            "cannot open shared object file");
}

TEST(PtxasReportTest, survivesTextOfNoForm) {
  for (const char *text :
       {"ptxas", "ptxas info    :", "ptxas info    : (C",
        "ptxas , line ; : ", "ptxas info    : Compiling entry function ",
        "ptxas info    : Compiling entry function '", "    bytes stack frame",
        "ptxas info    : Used", "ptxas x, line 99999999999999999999; error : y",
        "\n\n\r\n \xff\xfe"}) {
    PtxasReport report = parsePtxasReport(text);
    for (const PtxasFunction &function : report.functions)
      EXPECT_EQ(function.registers, 0) << text;
  }
}
