//===- Hopper.h - From attention to NVVM for sm_90a -------------*- C++ -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One function a level, so that an embedder can cut in between two of them, and
// one for all. Each technique is a pass of its own; the options leave them out.
//
//===----------------------------------------------------------------------===//

#ifndef FA3_PIPELINES_HOPPER_H
#define FA3_PIPELINES_HOPPER_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

namespace mlir::hopper {

struct HopperPipelineOptions : PassPipelineOptions<HopperPipelineOptions> {
  Option<std::string> config{
      *this, "config",
      llvm::cl::desc("Configuration for every attention, as the text of an "
                     "#attn.config between its angle brackets; overrides what "
                     "stands in the IR"),
      llvm::cl::init("")};
  Option<std::string> tuningTable{
      *this, "tuning-table",
      llvm::cl::desc("File of measured configurations, from fa3-tune; builtin "
                     "is the repository's own, none leaves all to the rule"),
      llvm::cl::init("builtin")};
  Option<int64_t> expectedBatch{
      *this, "expected-batch",
      llvm::cl::desc(
          "Batches that kernels are chosen for where the types leave "
          "them open, 0 where that is not known; they are right for "
          "any number"),
      llvm::cl::init(0)};
  Option<int64_t> expectedRows{*this, "expected-rows",
                               llvm::cl::desc("The same of the rows of Q"),
                               llvm::cl::init(0)};
  Option<int64_t> expectedKeys{
      *this, "expected-keys", llvm::cl::desc("The same of the rows of K and V"),
      llvm::cl::init(0)};
  Option<bool> packHeads{
      *this, "pack-heads",
      llvm::cl::desc(
          "Put heads that share a head of K and V in one tile, where "
          "there are few rows"),
      llvm::cl::init(true)};
  Option<int64_t> splits{
      *this, "splits",
      llvm::cl::desc(
          "Ranges of keys that are computed side by side, in place of "
          "what the configuration says; 0 goes by that, 1 leaves the "
          "keys whole"),
      llvm::cl::init(0)};
  Option<bool> splitValueColumns{
      *this, "split-value-columns",
      llvm::cl::desc("Compute O in parts of its columns where V is of integers "
                     "and wider than registers have room for"),
      llvm::cl::init(true)};
  Option<bool> overlapLaunches{
      *this, "overlap-launches",
      llvm::cl::desc("Begin a kernel of a launch while the one in front of it "
                     "still runs"),
      llvm::cl::init(true)};
  Option<bool> classify{
      *this, "classify",
      llvm::cl::desc("Visit only the tiles of keys that a mask region leaves "
                     "something of"),
      llvm::cl::init(true)};
  Option<bool> prune{
      *this, "prune",
      llvm::cl::desc("Leave out tiles of keys that no row of a block sees"),
      llvm::cl::init(true)};
  Option<bool> split{
      *this, "split",
      llvm::cl::desc("Handle tiles that need no mask in a loop of their own"),
      llvm::cl::init(true)};
  Option<int64_t> narrower{
      *this, "narrower",
      llvm::cl::desc("How many of the widest tiles of keys that fit are left "
                     "out; fa3-compile does so by itself where ptxas spills"),
      llvm::cl::init(0)};
  Option<bool> hoistConversions{
      *this, "hoist-conversions",
      llvm::cl::desc("Convert positions to floats once for each row of a tile"),
      llvm::cl::init(true)};
  Option<bool> speculate{
      *this, "speculate",
      llvm::cl::desc("Take exponentials under the maximum known before a tile, "
                     "where the configuration says so"),
      llvm::cl::init(true)};
  Option<bool> fuseRowSums{
      *this, "fuse-row-sums",
      llvm::cl::desc("Let the second product add up 8-bit probabilities"),
      llvm::cl::init(true)};
  Option<bool> adapt{
      *this, "adapt",
      llvm::cl::desc("Look at the scores before their exponentials while "
                     "maxima rise from tile to tile"),
      llvm::cl::init(true)};
  Option<bool> foldFactors{
      *this, "fold-factors",
      llvm::cl::desc("Fold the factors and ramps of score functions into the "
                     "exponents' multiply-adds"),
      llvm::cl::init(true)};
  Option<bool> pairTiles{
      *this, "pair-tiles",
      llvm::cl::desc("Give each block that takes many tiles a long and a short "
                     "one in turn"),
      llvm::cl::init(true)};
  Option<bool> persistent{
      *this, "persistent",
      llvm::cl::desc("Launch a block for each SM, which takes tile after tile, "
                     "where the configuration says so"),
      llvm::cl::init(true)};
  Option<bool> deferRowSums{
      *this, "defer-row-sums",
      llvm::cl::desc("Add up rows across threads behind the loop only"),
      llvm::cl::init(true)};
  Option<bool> warpSpecialize{
      *this, "warp-specialize",
      llvm::cl::desc("Give the copies to a producer warpgroup"),
      llvm::cl::init(true)};
  Option<bool> pipeline{
      *this, "pipeline",
      llvm::cl::desc("Run the softmax of one tile beside the products of "
                     "another, within a warpgroup"),
      llvm::cl::init(true)};
  Option<bool> pingPong{
      *this, "ping-pong",
      llvm::cl::desc("Let consumer warpgroups take turns at the matrix units"),
      llvm::cl::init(true)};
  Option<bool> placeWaits{
      *this, "place-waits",
      llvm::cl::desc(
          "Hold the wait for P·V until the share of exponentials that "
          "the configuration says has run"),
      llvm::cl::init(true)};
  Option<bool> interleave{
      *this, "interleave",
      llvm::cl::desc(
          "Order arithmetic so that few values wait for their users"),
      llvm::cl::init(true)};
  Option<bool> emulateExponentials{
      *this, "emulate-exponentials",
      llvm::cl::desc("Compute the share of exponentials that the configuration "
                     "says by a polynomial"),
      llvm::cl::init(true)};
  Option<bool> verify{
      *this, "verify",
      llvm::cl::desc("Check protocol and resources at the asynchronous, the "
                     "role and the target level"),
      llvm::cl::init(true)};
  Option<bool> verifyEach{
      *this, "verify-each",
      llvm::cl::desc("Check them behind each pass as well, so that an error "
                     "names the one that made it; fa3-compile does not unless "
                     "told to"),
      llvm::cl::init(true)};
};

/// Where a pipeline may begin and end.
enum class HopperLevel { Problem, Tile, Async, Roles, NVVM };

/// `attn.forward` on tensors or memrefs → grid, loop and vectors (level 1).
void buildAttnToTilePipeline(OpPassManager &manager,
                             const HopperPipelineOptions &options);
/// Level 1 → a kernel with tiles in shared memory, channels and asynchronous
/// matrix products (level 2).
void buildTileToAsyncPipeline(OpPassManager &manager,
                              const HopperPipelineOptions &options);
/// Level 2 → producer and consumers, software pipeline, turns, slots and shared
/// memory (level 3).
void buildAsyncToRolesPipeline(OpPassManager &manager,
                               const HopperPipelineOptions &options);
/// Level 3 → functions of the LLVM and NVVM dialects (level 4).
void buildRolesToNVVMPipeline(OpPassManager &manager,
                              const HopperPipelineOptions &options);
/// All of them, from `first` down to `last`.
void buildAttnToHopperPipeline(OpPassManager &manager,
                               const HopperPipelineOptions &options,
                               HopperLevel last = HopperLevel::NVVM,
                               HopperLevel first = HopperLevel::Problem);

/// The highest level of which something is left in a module: where to begin.
HopperLevel findHighestLevel(ModuleOp module);

/// Registers `attn-to-tile`, `tile-to-async`, `async-to-roles`, `roles-to-nvvm`
/// and `attn-to-hopper`.
void registerHopperPipelines();

/// Registers the dialects and the interfaces that the pipelines need.
void registerHopperPipelineDialects(DialectRegistry &registry);

} // namespace mlir::hopper

#endif // FA3_PIPELINES_HOPPER_H
