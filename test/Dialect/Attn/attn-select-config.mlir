// RUN: fa3-opt %s --attn-select-config | FileCheck %s --check-prefixes=CHECK,HOPPER
// RUN: fa3-opt %s --attn-select-config=target=cpu | FileCheck %s --check-prefixes=CHECK,CPU
// RUN: fa3-opt %s --attn-select-config="config='tile = 64x32, stages = 3, consumers = 1, registers = 24x240'" | FileCheck %s --check-prefix=GIVEN

// Twice is as once: what is selected satisfies the equations.
// RUN: fa3-opt %s --attn-select-config --attn-select-config | FileCheck %s --check-prefixes=CHECK,HOPPER

// GIVEN-COUNT-11: config = #attn.config<tile = 64x32, stages = 3, consumers = 1, registers = 24x240>

!q64 = memref<?x?x8x64xf16>
!q128 = memref<?x?x8x128xf16>
!q192 = memref<?x?x8x192xf16>
!q256 = memref<?x?x8x256xbf16>

// CHECK-LABEL: func.func @heads_of_64
//      HOPPER:   config = #attn.config<tile = 192x128, stages = 2, consumers = 3, registers = 32x160, speculation = 8192, pin = 12, query_stages = 2, persistent>
//         CPU:   config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>
func.func @heads_of_64(%q: !q64) {
  attn.forward ins(%q, %q, %q : !q64, !q64, !q64) outs(%q : !q64)
  return
}

// CHECK-LABEL: func.func @heads_of_128
//      HOPPER:   config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, speculation = 8192, pin = 50, query_stages = 2, persistent>
//         CPU:   config = #attn.config<tile = 4x16,
func.func @heads_of_128(%q: !q128) {
  attn.forward ins(%q, %q, %q : !q128, !q128, !q128) outs(%q : !q128)
  return
}

// A tile that the diagonal cuts is narrower.
// CHECK-LABEL: func.func @causal
//      HOPPER:   {causal, config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, speculation = 8192, pin = 50, query_stages = 2, persistent>}
//         CPU:   config = #attn.config<tile = 4x16,
func.func @causal(%q: !q128) {
  attn.forward ins(%q, %q, %q : !q128, !q128, !q128) outs(%q : !q128) {causal}
  return
}

// CHECK-LABEL: func.func @window
//      HOPPER:   config = #attn.config<tile = 128x128,
//         CPU:   config = #attn.config<tile = 4x16,
func.func @window(%q: !q128) {
  attn.forward ins(%q, %q, %q : !q128, !q128, !q128) outs(%q : !q128)
      {window = #attn.window<left = 512>}
  return
}

// Regions need registers of their own.
// CHECK-LABEL: func.func @region
//      HOPPER:   config = #attn.config<tile = 128x80, stages = 2, consumers = 2, registers = 24x240>
//         CPU:   config = #attn.config<tile = 4x16,
func.func @region(%q: !q128) {
  attn.forward ins(%q, %q, %q : !q128, !q128, !q128) outs(%q : !q128) mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %r = arith.cmpi ne, %i, %j : index
    attn.yield %r : i1
  }
  return
}

// CHECK-LABEL: func.func @region_on_heads_of_64
//      HOPPER:   config = #attn.config<tile = 192x64, stages = 2, consumers = 3, registers = 32x160>
//         CPU:   config = #attn.config<tile = 4x16,
func.func @region_on_heads_of_64(%q: !q64) {
  attn.forward ins(%q, %q, %q : !q64, !q64, !q64) outs(%q : !q64) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %r = arith.negf %s : f32
    attn.yield %r : f32
  }
  return
}

// CHECK-LABEL: func.func @heads_of_192_and_128
//      HOPPER:   config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, speculation = 8192, pin = 50, persistent>
//         CPU:   config = #attn.config<tile = 4x16,
func.func @heads_of_192_and_128(%q: !q192, %v: !q128) {
  attn.forward ins(%q, %q, %v : !q192, !q192, !q128) outs(%v : !q128)
  return
}

// CHECK-LABEL: func.func @heads_of_256
//      HOPPER:   config = #attn.config<tile = 128x64, stages = 2, consumers = 2, registers = 24x240, speculation = 8192, pin = 25, persistent>
//         CPU:   config = #attn.config<tile = 4x16,
func.func @heads_of_256(%q: !q256) {
  attn.forward ins(%q, %q, %q : !q256, !q256, !q256) outs(%q : !q256)
  return
}

// 8 columns of 16 bits stand in 128 bytes of shared memory, as 64 do. Of few rows
// less is wasted by two consumers than by three; and one tile of keys is no loop
// that persistent blocks could run ahead of.
// CHECK-LABEL: func.func @heads_of_8
//      HOPPER:   config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, speculation = 8192, pin = 12>
//         CPU:   config = #attn.config<tile = 4x16,
func.func @heads_of_8(%q: memref<1x1x1x8xf16>) {
  attn.forward ins(%q, %q, %q : memref<1x1x1x8xf16>, memref<1x1x1x8xf16>,
                   memref<1x1x1x8xf16>)
               outs(%q : memref<1x1x1x8xf16>)
  return
}

// On tensors as well.
// CHECK-LABEL: func.func @tensors
//      HOPPER:   config = #attn.config<tile = 128x128,
//         CPU:   config = #attn.config<tile = 4x16,
func.func @tensors(%q: tensor<1x16x8x128xf16>) -> tensor<1x16x8x128xf16> {
  %0 = attn.forward ins(%q, %q, %q : tensor<1x16x8x128xf16>,
                        tensor<1x16x8x128xf16>, tensor<1x16x8x128xf16>)
                    outs(%q : tensor<1x16x8x128xf16>) -> tensor<1x16x8x128xf16>
  return %0 : tensor<1x16x8x128xf16>
}

// What stands there already stays.
// CHECK-LABEL: func.func @written_by_hand
//       CHECK:   config = #attn.config<tile = 128x112, stages = 2, consumers = 2, registers = 32x232>
func.func @written_by_hand(%q: !q128) {
  attn.forward ins(%q, %q, %q : !q128, !q128, !q128) outs(%q : !q128)
      {config = #attn.config<tile = 128x112, stages = 2, consumers = 2, registers = 32x232>}
  return
}
