// RUN: fa3-opt %s --attn-select-config=tuning-table=none | FileCheck %s --check-prefixes=CHECK,HOPPER
// RUN: fa3-opt %s --attn-select-config=target=cpu | FileCheck %s --check-prefixes=CHECK,CPU
// RUN: fa3-opt %s --attn-select-config="config='tile = 64x32, stages = 3, consumers = 1, registers = 24x240'" | FileCheck %s --check-prefix=GIVEN

// Masks that stay in every tile.
// RUN: fa3-opt %s --attn-select-config="classify=false tuning-table=none" | FileCheck %s --check-prefix=ALONE

// Twice is as once: what is selected satisfies the equations.
// RUN: fa3-opt %s --attn-select-config=tuning-table=none --attn-select-config=tuning-table=none | FileCheck %s --check-prefixes=CHECK,HOPPER

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
//      HOPPER:   config = #attn.config<tile = 128x112,
//         CPU:   config = #attn.config<tile = 4x16,
func.func @window(%q: !q128) {
  attn.forward ins(%q, %q, %q : !q128, !q128, !q128) outs(%q : !q128)
      {window = #attn.window<left = 512>}
  return
}

// Few tiles of a mask that is classified are partial; one that is not has room
// beside the tile of a plain kernel where it is short.
// CHECK-LABEL: func.func @region
//      HOPPER:   config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, speculation = 8192, pin = 50>
//       ALONE:   config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, speculation = 8192, pin = 12, query_stages = 2, persistent>
//         CPU:   config = #attn.config<tile = 4x16,
func.func @region(%q: !q128) {
  attn.forward ins(%q, %q, %q : !q128, !q128, !q128) outs(%q : !q128) mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %r = arith.cmpi ne, %i, %j : index
    attn.yield %r : i1
  }
  return
}

// One on the special function unit has the wait later.
// CHECK-LABEL: func.func @special_function
//      HOPPER:   config = #attn.config<tile = 128x128, {{.*}}, pin = 37, query_stages = 2, persistent>
//         CPU:   config = #attn.config<tile = 4x16,
func.func @special_function(%q: !q128) {
  attn.forward ins(%q, %q, %q : !q128, !q128, !q128) outs(%q : !q128) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %r = math.tanh %s : f32
    attn.yield %r : f32
  }
  return
}

// Nine operations need registers of their own.
// CHECK-LABEL: func.func @involved
//      HOPPER:   config = #attn.config<tile = 128x80, stages = 2, consumers = 2, registers = 24x240>
//         CPU:   config = #attn.config<tile = 4x16,
func.func @involved(%q: !q128) {
  attn.forward ins(%q, %q, %q : !q128, !q128, !q128) outs(%q : !q128) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %0 = arith.mulf %s, %s : f32
    %1 = arith.addf %0, %s : f32
    %2 = arith.mulf %1, %s : f32
    %3 = arith.addf %2, %s : f32
    %4 = arith.mulf %3, %s : f32
    %5 = arith.addf %4, %s : f32
    %6 = arith.mulf %5, %s : f32
    %7 = arith.addf %6, %s : f32
    %8 = arith.mulf %7, %s : f32
    attn.yield %8 : f32
  }
  return
}

// CHECK-LABEL: func.func @region_on_heads_of_64
//      HOPPER:   config = #attn.config<tile = 192x96, stages = 2, consumers = 3, registers = 32x160, speculation = 8192, pin = 12, query_stages = 2, persistent>
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
//      HOPPER:   config = #attn.config<tile = 128x64, stages = 2, consumers = 2, registers = 24x240, speculation = 1099511627776, pin = 25, persistent>
//         CPU:   config = #attn.config<tile = 4x16,
func.func @heads_of_256(%q: !q256) {
  attn.forward ins(%q, %q, %q : !q256, !q256, !q256) outs(%q : !q256)
  return
}

// 8 columns of 16 bits stand in 128 bytes of shared memory, as 64 do. Few rows
// take one consumer, and a deep ring.
// CHECK-LABEL: func.func @heads_of_8
//      HOPPER:   config = #attn.config<tile = 64x128, stages = 4, consumers = 1, registers = 24x240>
//         CPU:   config = #attn.config<tile = 4x16,
func.func @heads_of_8(%q: memref<1x1x1x8xf16>) {
  attn.forward ins(%q, %q, %q : memref<1x1x1x8xf16>, memref<1x1x1x8xf16>,
                   memref<1x1x1x8xf16>)
               outs(%q : memref<1x1x1x8xf16>)
  return
}

// On tensors as well.
// CHECK-LABEL: func.func @tensors
//      HOPPER:   config = #attn.config<tile = 64x128,
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

// One row of eight heads that share keys: packed, and the keys split into as many
// ranges as leave no multiprocessor idle; of 256 keys at least where their number
// is known.
// CHECK-LABEL: func.func @decode
//      HOPPER:   config = #attn.config<tile = 64x128, stages = 3, consumers = 1, registers = 24x240, pack = 8, splits = 16>
//      HOPPER:   config = #attn.config<tile = 64x128, stages = 3, consumers = 1, registers = 24x240, pack = 8, splits = 4>
//         CPU:   config = #attn.config<tile = 4x16,
func.func @decode(%q: memref<1x1x64x128xf16>, %k: memref<1x?x8x128xf16>, %short: memref<1x1024x8x128xf16>) {
  attn.forward ins(%q, %k, %k : memref<1x1x64x128xf16>, memref<1x?x8x128xf16>, memref<1x?x8x128xf16>) outs(%q : memref<1x1x64x128xf16>)
  attn.forward ins(%q, %short, %short : memref<1x1x64x128xf16>, memref<1x1024x8x128xf16>, memref<1x1024x8x128xf16>) outs(%q : memref<1x1x64x128xf16>)
  return
}

// Groups of six and seven share a tile for eight.
// CHECK-LABEL: func.func @groups
//      HOPPER:   pack = 8, splits = 66>
//      HOPPER:   pack = 8, splits = 66>
//         CPU:   config
func.func @groups(%six: memref<1x1x12x128xf16>, %seven: memref<1x1x14x128xf16>, %k: memref<1x?x2x128xf16>) {
  attn.forward ins(%six, %k, %k : memref<1x1x12x128xf16>, memref<1x?x2x128xf16>, memref<1x?x2x128xf16>) outs(%six : memref<1x1x12x128xf16>)
  attn.forward ins(%seven, %k, %k : memref<1x1x14x128xf16>, memref<1x?x2x128xf16>, memref<1x?x2x128xf16>) outs(%seven : memref<1x1x14x128xf16>)
  return
}

// Tiles that fill the machine once: of 64 rows, of 128, and of 128 where the
// second round of ones of 192 would have a third of the machine.
// CHECK-LABEL: func.func @short
//      HOPPER:   tile = 64x128, stages = 2, consumers = 1, registers = 24x240, speculation = 8192, pin = 12>
//      HOPPER:   tile = 128x128, stages = 2, consumers = 2, registers = 24x240, speculation = 8192, pin = 12>
//      HOPPER:   tile = 128x128, stages = 2, consumers = 2, registers = 24x240, speculation = 8192, pin = 12, query_stages = 2, persistent>
//         CPU:   config
func.func @short(%a: memref<1x512x16x64xf16>, %b: memref<1x1024x16x64xf16>, %c: memref<1x2048x16x64xf16>) {
  attn.forward ins(%a, %a, %a : memref<1x512x16x64xf16>, memref<1x512x16x64xf16>, memref<1x512x16x64xf16>) outs(%a : memref<1x512x16x64xf16>)
  attn.forward ins(%b, %b, %b : memref<1x1024x16x64xf16>, memref<1x1024x16x64xf16>, memref<1x1024x16x64xf16>) outs(%b : memref<1x1024x16x64xf16>)
  attn.forward ins(%c, %c, %c : memref<1x2048x16x64xf16>, memref<1x2048x16x64xf16>, memref<1x2048x16x64xf16>) outs(%c : memref<1x2048x16x64xf16>)
  return
}

// What partial tiles read for each key takes registers: nothing, one place, two.
// Where they read for each element, or beside a function of the scores, the tile is
// as narrow as where every tile does. Few rows have ranges of keys, whose tiles are
// not classified.
// CHECK-LABEL: func.func @masks
//      HOPPER:   tile = 128x128, stages = 2, consumers = 2, registers = 24x240, speculation = 8192, pin = 12>
//      HOPPER:   tile = 128x112, stages = 2, consumers = 2, registers = 24x240, speculation = 8192, pin = 50>
//      HOPPER:   tile = 128x48, stages = 2, consumers = 2, registers = 24x240, speculation = 1099511627776, pin = 25>
//      HOPPER:   tile = 128x64, stages = 2, consumers = 2, registers = 24x240, speculation = 8192, pin = 50>
//      HOPPER:   tile = 128x48, stages = 2, consumers = 2, registers = 24x240>
//      HOPPER:   tile = 128x48, stages = 2, consumers = 2, registers = 24x240>
//      HOPPER:   tile = 64x48, stages = 4, consumers = 1, registers = 24x240, splits = 16>
//         CPU:   config
func.func @masks(%q64: !q64, %q128: !q128, %q256: !q256, %row: memref<1x1x8x128xf16>, %k: memref<1x?x8x128xf16>, %ids: memref<?xi32>, %dense: memref<?x?xi1>) {
  attn.forward ins(%q64, %q64, %q64 : !q64, !q64, !q64) outs(%q64 : !q64) mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %0 = memref.load %ids[%i] : memref<?xi32>
    %1 = memref.load %ids[%j] : memref<?xi32>
    %2 = arith.cmpi eq, %0, %1 : i32
    attn.yield %2 : i1
  }
  attn.forward ins(%q128, %q128, %q128 : !q128, !q128, !q128) outs(%q128 : !q128) mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %0 = memref.load %ids[%i] : memref<?xi32>
    %1 = memref.load %ids[%j] : memref<?xi32>
    %2 = arith.cmpi eq, %0, %1 : i32
    attn.yield %2 : i1
  }
  attn.forward ins(%q256, %q256, %q256 : !q256, !q256, !q256) outs(%q256 : !q256) mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %0 = memref.load %ids[%i] : memref<?xi32>
    %1 = memref.load %ids[%j] : memref<?xi32>
    %2 = arith.cmpi eq, %0, %1 : i32
    attn.yield %2 : i1
  }
  attn.forward ins(%q128, %q128, %q128 : !q128, !q128, !q128) outs(%q128 : !q128) mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %0 = memref.load %ids[%j] : memref<?xi32>
    %1 = memref.load %dense[%h, %j] : memref<?x?xi1>
    %2 = arith.trunci %0 : i32 to i1
    %3 = arith.andi %1, %2 : i1
    attn.yield %3 : i1
  }
  attn.forward ins(%q128, %q128, %q128 : !q128, !q128, !q128) outs(%q128 : !q128) mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %0 = memref.load %dense[%i, %j] : memref<?x?xi1>
    attn.yield %0 : i1
  }
  attn.forward ins(%q128, %q128, %q128 : !q128, !q128, !q128) outs(%q128 : !q128) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    attn.yield %s : f32
  } mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %0 = memref.load %dense[%h, %j] : memref<?x?xi1>
    attn.yield %0 : i1
  }
  attn.forward ins(%row, %k, %k : memref<1x1x8x128xf16>, memref<1x?x8x128xf16>, memref<1x?x8x128xf16>) outs(%row : memref<1x1x8x128xf16>) mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %0 = memref.load %dense[%h, %j] : memref<?x?xi1>
    attn.yield %0 : i1
  }
  return
}

// Three consumers beyond 64 columns: in long sequences, with a diagonal up to 80,
// and where rows begin at odd multiples of 16 bytes.
// CHECK-LABEL: func.func @three_consumers
// HOPPER: tile = 192x96, stages = 2, consumers = 3, {{.*}}persistent
// HOPPER: tile = 128x128, stages = 2, consumers = 2
// HOPPER: tile = 128x128, stages = 2, consumers = 2
// HOPPER: tile = 192x96, stages = 2, consumers = 3, {{.*}}persistent
func.func @three_consumers(%long: memref<4x4096x16x96xf16>, %short: memref<16x1024x16x96xf16>, %odd: memref<4x4096x16x104xf16>) {
  attn.forward ins(%long, %long, %long : memref<4x4096x16x96xf16>, memref<4x4096x16x96xf16>, memref<4x4096x16x96xf16>) outs(%long : memref<4x4096x16x96xf16>)
  attn.forward ins(%short, %short, %short : memref<16x1024x16x96xf16>, memref<16x1024x16x96xf16>, memref<16x1024x16x96xf16>) outs(%short : memref<16x1024x16x96xf16>)
  attn.forward ins(%long, %long, %long : memref<4x4096x16x96xf16>, memref<4x4096x16x96xf16>, memref<4x4096x16x96xf16>) outs(%long : memref<4x4096x16x96xf16>) {causal}
  attn.forward ins(%odd, %odd, %odd : memref<4x4096x16x104xf16>, memref<4x4096x16x104xf16>, memref<4x4096x16x104xf16>) outs(%odd : memref<4x4096x16x104xf16>) {causal}
  return
}

// Beyond 128 three where the output leaves them registers; then two, with wider
// tiles of keys where that leaves no room for queries that are loaded early.
// CHECK-LABEL: func.func @wide_heads
// HOPPER: tile = 192x64, stages = 2, consumers = 3
// HOPPER: tile = 128x96, stages = 2, consumers = 2
// HOPPER: tile = 128x64, stages = 2, consumers = 2
func.func @wide_heads(%a: memref<4x4096x16x136xf16>, %b: memref<4x4096x16x160xf16>, %c: memref<4x4096x16x192xf16>) {
  attn.forward ins(%a, %a, %a : memref<4x4096x16x136xf16>, memref<4x4096x16x136xf16>, memref<4x4096x16x136xf16>) outs(%a : memref<4x4096x16x136xf16>)
  attn.forward ins(%b, %b, %b : memref<4x4096x16x160xf16>, memref<4x4096x16x160xf16>, memref<4x4096x16x160xf16>) outs(%b : memref<4x4096x16x160xf16>)
  attn.forward ins(%c, %c, %c : memref<4x4096x16x192xf16>, memref<4x4096x16x192xf16>, memref<4x4096x16x192xf16>) outs(%c : memref<4x4096x16x192xf16>)
  return
}
