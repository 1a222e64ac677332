// A pipeline that is run again finds its work done, says so and leaves it.

// RUN: fa3-opt %s --attn-to-tile --tile-to-async --async-to-roles -o %t.mlir
// RUN: fa3-opt %t.mlir --async-to-roles -o %t.again.mlir 2>&1 | FileCheck %s
// RUN: diff %t.mlir %t.again.mlir
// CHECK-DAG: remark: left as it is: its warps have roles already
// CHECK-DAG: remark: left as it is: other operations stand between its products and the waits for them already
// CHECK-DAG: remark: left as it is: its full tiles have a loop of their own already
// CHECK-DAG: remark: left as it is: its consumers take turns already
// CHECK-DAG: remark: left as it is: its channels' slots and phases are given already
// CHECK-DAG: remark: left as it is: its channels have places in shared memory already

// Without a producer likewise.
// RUN: fa3-opt %s --attn-to-tile=warp-specialize=false --tile-to-async --async-to-roles=warp-specialize=false -o %t.1.mlir
// RUN: fa3-opt %t.1.mlir --async-to-roles=warp-specialize=false -o %t.1.again.mlir
// RUN: diff %t.1.mlir %t.1.again.mlir

// What is edited by hand stays: here the place of a channel.
// RUN: fa3-opt %s --attn-to-tile="config='tile = 128x128, stages = 2, consumers = 2, registers = 24x240, speculation = 256, pin = 50, persistent'" --tile-to-async -o %t.async.mlir
// RUN: sed 's/hopper.create_channel : <1 x/hopper.create_channel {offset = 131072 : i64} : <1 x/' %t.async.mlir | fa3-opt --async-to-roles | FileCheck %s --check-prefix=PLACE
// PLACE: hopper.shared_memory = 163920
// PLACE: hopper.create_channel {barriers = 163840 : i64, offset = 131072 : i64} : <1 x
// PLACE: hopper.create_channel {barriers = 163856 : i64, offset = 0 : i64} : <2 x
// And is checked.
// RUN: sed 's/hopper.create_channel : <1 x/hopper.create_channel {barriers = 0 : i64, offset = 0 : i64} : <1 x/' %t.async.mlir | not fa3-opt --async-to-roles 2>&1 | FileCheck %s --check-prefix=OVERLAP
// OVERLAP: error: 'hopper.create_channel' op expected its barriers from byte 32768 on, but got 0

!t = memref<?x?x8x128xf16>
func.func @attention(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t) {causal}
  return
}
