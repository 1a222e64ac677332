// A stock mlir-opt reads and prints the dialects once it has loaded the plugin,
// in the custom and in the generic form, and reports what their verifiers say.

// A tool without sanitizers cannot load a library with them.
// UNSUPPORTED: sanitizers

// RUN: mlir-opt --load-dialect-plugin=%fa3_lib/FA3Plugin.so %s \
// RUN:   --split-input-file --verify-diagnostics | FileCheck %s
// RUN: mlir-opt --load-dialect-plugin=%fa3_lib/FA3Plugin.so %s \
// RUN:   --split-input-file --verify-diagnostics --mlir-print-op-generic \
// RUN: | FileCheck %s --check-prefix=GENERIC
// RUN: mlir-opt --load-dialect-plugin=%fa3_lib/FA3Plugin.so --show-dialects \
// RUN: | FileCheck %s --check-prefix=LIST
// RUN: not mlir-opt %s --split-input-file 2>&1 \
// RUN: | FileCheck %s --check-prefix=WITHOUT

// LIST: Available Dialects:{{.*[ ,]}}attn,{{.*}}hopper,

// WITHOUT: error: Dialect `attn' not found

// CHECK-LABEL: func.func @forward(
// CHECK: attn.forward ins(%{{.*}}, %{{.*}}, %{{.*}} : memref<?x?x16x128xf16>,
// CHECK-SAME: {causal, config = #attn.config<tile = 128x128, stages = 2,
// GENERIC: "attn.forward"(%{{.*}}) <{
// GENERIC-SAME: config = #attn.config<tile = 128x128, stages = 2,
func.func @forward(%q: memref<?x?x16x128xf16>, %k: memref<?x?x4x128xf16>,
                   %v: memref<?x?x4x128xf16>, %o: memref<?x?x16x128xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x16x128xf16>,
                   memref<?x?x4x128xf16>, memref<?x?x4x128xf16>)
               outs(%o : memref<?x?x16x128xf16>)
               {causal, config = #attn.config<tile = 128x128, stages = 2,
                consumers = 2, registers = 24x240>}
  return
}

// CHECK-LABEL: func.func @channel()
// CHECK: hopper.create_channel : <2 x 176x128xf16>
// GENERIC: "hopper.create_channel"() : () -> !hopper.channel<2 x 176x128xf16>
func.func @channel() {
  %keys = hopper.create_channel : !hopper.channel<2 x 176x128xf16>
  return
}

// -----

func.func @invalid(%q: memref<?x?x16x100xf16>, %k: memref<?x?x4x100xf16>,
                   %v: memref<?x?x4x100xf16>, %o: memref<?x?x16x100xf16>) {
  // expected-error @below {{multiple of 8}}
  attn.forward ins(%q, %k, %v : memref<?x?x16x100xf16>,
                   memref<?x?x4x100xf16>, memref<?x?x4x100xf16>)
               outs(%o : memref<?x?x16x100xf16>)
  return
}
