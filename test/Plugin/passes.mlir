// A stock mlir-opt runs the plugin's passes and pipelines, alone, with options
// and beside its own. Its command line is read before the plugin is, so they are
// named in --pass-pipeline.

// A tool without sanitizers cannot load a library with them.
// UNSUPPORTED: sanitizers

// DEFINE: %{mlir-opt} = mlir-opt --load-dialect-plugin=%fa3_lib/FA3Plugin.so \
// DEFINE:   --load-pass-plugin=%fa3_lib/FA3Plugin.so %s

// RUN: %{mlir-opt} --pass-pipeline='builtin.module(attn-select-config)' \
// RUN: | FileCheck %s --check-prefix=PASS
// RUN: %{mlir-opt} --pass-pipeline='builtin.module(attn-select-config{config="tile = 64x64, stages = 1, consumers = 1, registers = 24x240"})' \
// RUN: | FileCheck %s --check-prefix=OPTION
// RUN: %{mlir-opt} --pass-pipeline='builtin.module(func.func(canonicalize),attn-to-tile{prune=false config="tile = 64x64, stages = 1, consumers = 1, registers = 24x240"},tile-to-async,async-to-roles)' \
// RUN: | FileCheck %s --check-prefix=ROLES

// The whole pipeline gives what it gives in our own tools, and that is complete:
// upstream's translation takes it on.
// RUN: %{mlir-opt} --pass-pipeline='builtin.module(attn-to-hopper)' > %t.mlir
// RUN: fa3-opt %s --attn-to-hopper | diff - %t.mlir
// RUN: FileCheck %s --check-prefix=NVVM < %t.mlir
// RUN: %{mlir-opt} --pass-pipeline='builtin.module(attn-to-cpu)' > %t.cpu.mlir
// RUN: fa3-opt %s --attn-to-cpu | diff - %t.cpu.mlir
// RUN: mlir-translate --mlir-to-llvmir %t.cpu.mlir \
// RUN: | FileCheck %s --check-prefix=LLVM

// RUN: not %{mlir-opt} --pass-pipeline='builtin.module(attn-to-hopper{pipeline=maybe})' \
// RUN:   2>&1 | FileCheck %s --check-prefix=INVALID

// PASS: config = #attn.config<tile = 128x128, stages = 2, consumers = 2,
// OPTION: config = #attn.config<tile = 64x64, stages = 1, consumers = 1,
// ROLES: gpu.func @forward({{.*}}attn.config = #attn.config<tile = 64x64,
// ROLES: hopper.warp_specialize
// NVVM-NOT: attn.forward
// NVVM: llvm.func @forward({{.*}}hopper.kernel = #hopper.kernel<
// NVVM: wgmma.fence.sync.aligned
// LLVM: define void @forward(
// INVALID: error: failed to add `attn-to-hopper` with options `pipeline=maybe`
func.func @forward(%q: memref<?x?x16x128xf16>, %k: memref<?x?x4x128xf16>,
                   %v: memref<?x?x4x128xf16>, %o: memref<?x?x16x128xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x16x128xf16>,
                   memref<?x?x4x128xf16>, memref<?x?x4x128xf16>)
               outs(%o : memref<?x?x16x128xf16>) {causal}
  return
}
