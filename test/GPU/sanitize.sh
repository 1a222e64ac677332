#!/usr/bin/env bash
# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Runs a subset of the sweep's kernels under compute-sanitizer.
#
#   sanitize.sh <folder of kernels> <fa3-launch>
set -u
kernels=$1 launch=$2
passed=0 failed=0
run() { # tool, kernel, arguments of fa3-launch
  local tool=$1 kernel=$2
  shift 2
  if output=$(timeout 120 compute-sanitizer --report-api-errors no \
      --tool "$tool" --error-exitcode 9 \
      "$launch" "$kernels/$kernel.json" "$@" 2>&1) &&
      grep -qE 'ERROR SUMMARY: 0 errors|0 hazards' <<<"$output"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED $tool $kernel"
    tail -15 <<<"$output"
  fi
}
t() { echo --arg "random:$1:$2"; }
for tool in memcheck racecheck synccheck; do
  for kernel in f16-d128-top_left bf16-d128-top_left f16-d128-causal-pipelinefalse \
      f16-d128-none-warpspecializefalse f16-d128-none-pingpongfalse; do
    run $tool $kernel $(t 2x200x4x128 1) $(t 2x300x4x128 2) \
      $(t 2x300x4x128 3) --arg empty:2x200x4x128
  done
  for kernel in f16-d64-top_left f16-d64-window64-0; do
    run $tool $kernel $(t 1x300x4x64 1) $(t 1x261x4x64 2) $(t 1x261x4x64 3) \
      --arg empty:1x300x4x64
  done
  run $tool f16-d256-window100-37 $(t 1x130x4x256 1) $(t 1x333x4x256 2) \
    $(t 1x333x4x256 3) --arg empty:1x130x4x256
  run $tool f16-d72-causal $(t 1x130x4x72 1) $(t 1x333x4x72 2) \
    $(t 1x333x4x72 3) --arg empty:1x130x4x72
  run $tool f16-d128-causal-lse-splitfalse $(t 1x130x4x128 1) \
    $(t 1x333x4x128 2) $(t 1x333x4x128 3) --arg empty:1x130x4x128 \
    --arg empty:1x4x130
  # Eight bits: V is transposed by the producer, and O computed in parts.
  for d in 64 128; do
    run $tool f8E4M3FN-d$d-causal-lse $(t 1x130x4x$d 1) $(t 1x333x4x$d 2) \
      $(t 1x333x4x$d 3) $(t 1x4x1 4) $(t 1x4x1 5) $(t 1x4x1 6) \
      --arg empty:1x130x4x$d --arg empty:1x4x130
  done
  run $tool i8-d256-h8-2-causal-lse $(t 1x130x8x256 1) $(t 1x333x2x256 2) \
    $(t 1x333x2x256 3) $(t 1x8x1 4) $(t 1x2x1 5) $(t 1x2x1 6) \
    --arg empty:1x130x8x256 --arg empty:1x8x130
  # Few rows: packed heads, ranges of keys, and their merge.
  run $tool f16-d128-h8-2-causal-lse-rows7-splits5 $(t 2x7x8x128 1) \
    $(t 2x1333x2x128 2) $(t 2x1333x2x128 3) --arg empty:2x7x8x128 \
    --arg empty:2x8x7
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
