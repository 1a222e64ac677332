// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-verify-resources)))' --split-input-file --verify-diagnostics

// By the number of the rule in the pass's description.

// 1. More than there is.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<2 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-error @below {{expected at most 232448 bytes of shared memory, but its channels need 262208}}
  gpu.func @memory(%map: !map) kernel attributes {attn.config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240>} {
    %a = hopper.create_channel : !hopper.channel<2 x 256x128xf16>
    %b = hopper.create_channel : !hopper.channel<2 x 256x128xf16>
    gpu.return
  }
}

// -----

// 1. Less is asked for than is used.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<2 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-error @below {{expected hopper.shared_memory between the 32800 bytes of its channels and 232448, but got 32768}}
  gpu.func @memory_asked(%map: !map) kernel attributes {attn.config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240>, hopper.shared_memory = 32768 : i64} {
    %ring = hopper.create_channel {offset = 0 : i64, barriers = 32768 : i64} : !ring
    gpu.return
  }
}

// -----

// 1. The gaps between channels count.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<2 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @memory_end(%map: !map) kernel attributes {attn.config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240>, hopper.shared_memory = 32800 : i64} {
    // expected-error @below {{expected its barriers within 32800 bytes of shared memory, but got 32 bytes from 33792}}
    %ring = hopper.create_channel {offset = 0 : i64, barriers = 33792 : i64} : !ring
    gpu.return
  }
}

// -----

// 1. Behind all memory.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<2 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @memory_far(%map: !map) kernel attributes {attn.config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240>} {
    // expected-error @below {{expected its slots within 232448 bytes of shared memory, but got 32768 bytes from 307200}}
    %ring = hopper.create_channel {offset = 307200 : i64, barriers = 65536 : i64} : !ring
    gpu.return
  }
}

// -----

// 2. Slots over slots.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<2 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @overlap_slots(%map: !map) kernel attributes {attn.config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240>} {
    // expected-note @below {{where the slots of this channel are}}
    %ring = hopper.create_channel {offset = 0 : i64, barriers = 65536 : i64} : !ring
    // expected-error @below {{expected its slots from byte 32768 on, but got 16384}}
    %other = hopper.create_channel {offset = 16384 : i64, barriers = 65568 : i64} : !ring
    gpu.return
  }
}

// -----

// 2. Barriers in slots.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<2 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @overlap_barriers(%map: !map) kernel attributes {attn.config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240>} {
    // expected-note @below {{where the slots of this channel are}}
    %ring = hopper.create_channel {offset = 0 : i64, barriers = 65536 : i64} : !ring
    // expected-error @below {{expected its barriers from byte 32768 on, but got 32760}}
    %other = hopper.create_channel {offset = 32768 : i64, barriers = 32760 : i64} : !ring
    gpu.return
  }
}

// -----

// 2. Barriers over barriers.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<2 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @overlap_full(%map: !map) kernel attributes {attn.config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240>} {
    // expected-note @below {{where the barriers of this channel are}}
    %ring = hopper.create_channel {offset = 0 : i64, barriers = 65536 : i64} : !ring
    // expected-error @below {{expected its barriers from byte 65568 on, but got 65552}}
    %other = hopper.create_channel {offset = 32768 : i64, barriers = 65552 : i64} : !ring
    gpu.return
  }
}

// -----

// 2. A place by hand, before the others have one.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<2 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @by_hand(%map: !map) kernel attributes {attn.config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240>} {
    %other = hopper.create_channel : !ring
    // expected-note @below {{where the slots of this channel are}}
    %ring = hopper.create_channel {offset = 0 : i64} : !ring
    // expected-error @below {{expected its barriers from byte 32768 on, but got 0}}
    %third = hopper.create_channel {barriers = 0 : i64} : !ring
    gpu.return
  }
}

// -----

// 3. More threads than a block has.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<2 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-error @below {{expected at most 1024 threads in a block, but got 1152}}
  gpu.func @threads(%map: !map) kernel attributes {attn.config = #attn.config<tile = 576x128, stages = 2, consumers = 9, registers = 24x56>} {
    %ring = hopper.create_channel : !ring
    gpu.return
  }
}

// -----

// 4. More registers than at the launch: 384 threads begin with 168 each.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<2 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @pool(%map: !map) kernel {
    // expected-error @below {{expected at most the 64512 registers of a launch with 384 threads of 168, but got 65536}}
    hopper.warp_specialize consumers(2) registers(32, 240) producer {
    } consumer {
    }
    gpu.return
  }
}

// -----

// 5. Wider tiles than the pipelined loop can hold.

!qtile = !hopper.shared_tile<128x192xf16>
!ktile = !hopper.shared_tile<192x192xf16>
!qmap = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!kmap = !nvgpu.tensormap.descriptor<tensor = memref<192x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @registers(%qmap: !qmap, %kmap: !kmap) kernel attributes {attn.config = #attn.config<tile = 128x192, stages = 2, consumers = 2, registers = 24x240>} {
    %c0 = arith.constant 0 : index
    hopper.warp_specialize consumers(2) registers(24, 240) producer {
    } consumer {
      %q = hopper.load_tile %qmap[%c0, %c0] : !qmap -> !qtile
      %k = hopper.load_tile %kmap[%c0, %c0] : !kmap -> !ktile
      %s0 = hopper.wgmma %q, %k {transpose_rhs} : !qtile, !ktile -> !hopper.pending<vector<128x192xf32>>
      %s = hopper.wgmma_wait %s0 : !hopper.pending<vector<128x192xf32>>
      %p = arith.truncf %s : vector<128x192xf32> to vector<128x192xf16>
      %next = hopper.wgmma %q, %k {transpose_rhs} : !qtile, !ktile -> !hopper.pending<vector<128x192xf32>>
      // expected-error @below {{expected a consumer to need at most its 240 registers, but accumulators and operands of 240 and 32 for all else are live here}}
      %o0 = hopper.wgmma %p, %k : vector<128x192xf16>, !ktile -> !hopper.pending<vector<128x192xf32>>
      %s1 = hopper.wgmma_wait %next : !hopper.pending<vector<128x192xf32>>
      %o = hopper.wgmma_wait %o0 : !hopper.pending<vector<128x192xf32>>
    }
    gpu.return
  }
}

// -----

// 5. 160 registers, as three consumers have, are too few for 192 keys and operands in
// registers.

!qtile = !hopper.shared_tile<192x64xf16>
!ktile = !hopper.shared_tile<192x64xf16>
!qmap = !nvgpu.tensormap.descriptor<tensor = memref<192x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!kmap = !nvgpu.tensormap.descriptor<tensor = memref<192x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @registers_three(%qmap: !qmap, %kmap: !kmap) kernel attributes {attn.config = #attn.config<tile = 192x192, stages = 2, consumers = 3, registers = 24x160>} {
    %c0 = arith.constant 0 : index
    hopper.warp_specialize consumers(3) registers(24, 160) producer {
    } consumer {
      %q = hopper.load_tile %qmap[%c0, %c0] : !qmap -> !qtile
      %k = hopper.load_tile %kmap[%c0, %c0] : !kmap -> !ktile
      %s0 = hopper.wgmma %q, %k {transpose_rhs} : !qtile, !ktile -> !hopper.pending<vector<192x192xf32>>
      %s = hopper.wgmma_wait %s0 : !hopper.pending<vector<192x192xf32>>
      %p = arith.truncf %s : vector<192x192xf32> to vector<192x192xf16>
      %next = hopper.wgmma %q, %k {transpose_rhs} : !qtile, !ktile -> !hopper.pending<vector<192x192xf32>>
      // expected-error @below {{expected a consumer to need at most its 160 registers, but accumulators and operands of 176 and 32 for all else are live here}}
      %o0 = hopper.wgmma %p, %k : vector<192x192xf16>, !ktile -> !hopper.pending<vector<192x64xf32>>
      %s1 = hopper.wgmma_wait %next : !hopper.pending<vector<192x192xf32>>
      %o = hopper.wgmma_wait %o0 : !hopper.pending<vector<192x64xf32>>
    }
    gpu.return
  }
}

// -----

// 6. A ring without the second stage.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<2 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @stages(%map: !map) kernel attributes {attn.config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240>} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    // expected-error @below {{expected the 2 slots of the configuration's stages, but got 1}}
    %ring = hopper.create_channel : !hopper.channel<1 x 128x64xf16>
    scf.for %i = %c0 to %c8 step %c1 {
      %slot = hopper.acquire %ring expect 16384 : !hopper.channel<1 x 128x64xf16> -> !tile
      hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !hopper.channel<1 x 128x64xf16>
      %k = hopper.wait %ring : !hopper.channel<1 x 128x64xf16> -> !tile
      hopper.release %k to %ring : !tile, !hopper.channel<1 x 128x64xf16>
    }
    gpu.return
  }
}

// -----

// 6. More slots than stages.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<2 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @stages_more(%map: !map) kernel attributes {attn.config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240>} {
    // expected-error @below {{expected at most the 2 slots of the configuration's stages, but got 3}}
    %ring = hopper.create_channel : !hopper.channel<3 x 128x64xf16>
    gpu.return
  }
}

// -----

// 6. Queries, which the loop around the one over keys loads, have stages of their own.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<2 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @query_stages(%map: !map) kernel attributes {attn.config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240>} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    // expected-error @below {{expected the 1 slots of the configuration's query_stages, but got 2}}
    %ring = hopper.create_channel : !ring
    scf.for %i = %c0 to %c8 step %c1 {
      %slot = hopper.acquire %ring expect 16384 : !ring -> !tile
      hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
      %q = hopper.wait %ring : !ring -> !tile
      scf.for %j = %c0 to %c8 step %c1 {
      }
      hopper.release %q to %ring : !tile, !ring
    }
    gpu.return
  }
}

// -----

// 6. A persistent kernel without a loop over keys: neither keys nor queries.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<2 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @persistent_stages(%map: !map) kernel attributes {attn.config = #attn.config<tile = 128x128, stages = 3, consumers = 2, registers = 24x240, persistent>, hopper.grid = #hopper.expression<() -> (8)>, hopper.persistent} {
    %c0 = arith.constant 0 : index
    %c8 = arith.constant 8 : index
    %id = gpu.block_id x
    %blocks = gpu.grid_dim x
    // expected-error @below {{expected the 3 slots of the configuration's stages, but got 2}}
    %ring = hopper.create_channel : !ring
    scf.for %i = %id to %c8 step %blocks {
      %slot = hopper.acquire %ring expect 16384 : !ring -> !tile
      hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
      %q = hopper.wait %ring : !ring -> !tile
      hopper.release %q to %ring : !tile, !ring
    }
    gpu.return
  }
}

// -----

// 7. Rows for one consumer of two.

!qtile = !hopper.shared_tile<64x128xf16>
!ktile = !hopper.shared_tile<176x128xf16>
!qmap = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!kmap = !nvgpu.tensormap.descriptor<tensor = memref<176x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @rows(%qmap: !qmap, %kmap: !kmap) kernel attributes {attn.config = #attn.config<tile = 128x176, stages = 2, consumers = 2, registers = 24x240>} {
    %c0 = arith.constant 0 : index
    %q = hopper.load_tile %qmap[%c0, %c0] : !qmap -> !qtile
    %k = hopper.load_tile %kmap[%c0, %c0] : !kmap -> !ktile
    // expected-error @below {{expected 64 rows for each of 2 consumers = 128, but got 64}}
    %s0 = hopper.wgmma %q, %k {transpose_rhs} : !qtile, !ktile -> !hopper.pending<vector<64x176xf32>>
    %s = hopper.wgmma_wait %s0 : !hopper.pending<vector<64x176xf32>>
    %p = arith.truncf %s : vector<64x176xf32> to vector<64x176xf16>
    gpu.return
  }
}

// -----

// 7. Rows that the configuration does not have.

!qtile = !hopper.shared_tile<128x128xf16>
!ktile = !hopper.shared_tile<176x128xf16>
!qmap = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!kmap = !nvgpu.tensormap.descriptor<tensor = memref<176x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @rows_config(%qmap: !qmap, %kmap: !kmap) kernel attributes {attn.config = #attn.config<tile = 64x176, stages = 2, consumers = 2, registers = 24x240>} {
    %c0 = arith.constant 0 : index
    %q = hopper.load_tile %qmap[%c0, %c0] : !qmap -> !qtile
    %k = hopper.load_tile %kmap[%c0, %c0] : !kmap -> !ktile
    // expected-error @below {{expected the 64 rows of the configuration, but got 128}}
    %s0 = hopper.wgmma %q, %k {transpose_rhs} : !qtile, !ktile -> !hopper.pending<vector<128x176xf32>>
    %s = hopper.wgmma_wait %s0 : !hopper.pending<vector<128x176xf32>>
    %p = arith.truncf %s : vector<128x176xf32> to vector<128x176xf16>
    gpu.return
  }
}

// -----

// 7. Registers that the configuration does not have.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<2 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @roles_config(%map: !map) kernel attributes {attn.config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240>} {
    // expected-error @below {{expected 2 consumers and registers 24 and 240 as the configuration has, but got 2, 40 and 232}}
    hopper.warp_specialize consumers(2) registers(40, 232) producer {
    } consumer {
    }
    gpu.return
  }
}

// -----

// 8. A box that is too high.

!high = !nvgpu.tensormap.descriptor<tensor = memref<512x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-error @below {{expected sides of a tensor map's box of at most 256, but got 512 in argument 0}}
  gpu.func @box_side(%map: !high) kernel {

    gpu.return
  }
}

// -----

// 8. The host would describe another box.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<2 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-error @below {{expected the description of a tensor map to have the box 'memref<128x64xf16, 3>', but got}}
  gpu.func @box_description(%q: memref<?x?x2x64xf16>, %map: !map {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [3, 1, 2, 0], box = [64, 64, 1, 1], element = f16>}) kernel attributes {attn.config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240>} {

    gpu.return
  }
}

// -----

// 8. Coordinates of two dimensions, of four.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<2 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @coordinates(%q: memref<?x?x2x64xf16>, %map: !map {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [3, 1, 2, 0], box = [64, 128, 1, 1], element = f16>}) kernel attributes {attn.config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240>} {
    %c0 = arith.constant 0 : index
    %ring = hopper.create_channel : !ring
    %slot = hopper.acquire %ring expect 16384 : !ring -> !tile
    // expected-error @below {{expected 4 coordinates, one for each dimension of the tensor map, but got 2}}
    hopper.tma_load %map[%c0, %c0] into %slot of %ring : !map, !tile, !ring
    gpu.return
  }
}

// -----

// 9. Tiles of other rows than the configuration's.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<1 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
#config = #attn.config<tile = 128x128, stages = 1, consumers = 2, registers = 24x240>

gpu.module @kernels {
  // expected-error @below {{expected hopper.grid to count tiles of the 128 rows of the configuration, but got 64}}
  gpu.func @tiles(%q: memref<?x?x8x64xf16>, %map: !map {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [3, 1, 2, 0], box = [64, 128, 1, 1], element = f16>}) kernel attributes {attn.config = #config, hopper.grid = #hopper.expression<()[s0, s1] -> (((s0 ceildiv 64) * s1) * 8), [<0, 1>, <0, 0>]>} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    %c128 = arith.constant 128 : index
    %length = memref.dim %q, %c1 : memref<?x?x8x64xf16>
    %tiles = arith.ceildivui %length, %c128 : index
    %id = gpu.block_id x
    gpu.return
  }
}

// -----

// 9. Fewer heads than the block id is divided by.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<1 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
#config = #attn.config<tile = 128x128, stages = 1, consumers = 2, registers = 24x240>

gpu.module @kernels {
  gpu.func @heads(%q: memref<?x?x8x64xf16>, %map: !map {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [3, 1, 2, 0], box = [64, 128, 1, 1], element = f16>}) kernel attributes {attn.config = #config, hopper.grid = #hopper.expression<()[s0, s1] -> (((s0 ceildiv 128) * s1) * 4), [<0, 1>, <0, 0>]>} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    %c128 = arith.constant 128 : index
    %length = memref.dim %q, %c1 : memref<?x?x8x64xf16>
    %tiles = arith.ceildivui %length, %c128 : index
    %id = gpu.block_id x
    %tile = arith.remui %id, %tiles : index
    %rest = arith.divui %id, %tiles : index
    // expected-error @below {{expected hopper.grid to be a multiple of the #hopper.expression<()[s0, s1] -> (8), [<0, 1>, <0, 0>]> that block ids are divided by, but got #hopper.expression<()[s0, s1] -> (s1 * 4), [<0, 1>, <0, 0>]>}}
    %head = arith.remui %rest, %c8 : index
    %batch = arith.divui %rest, %c8 : index
    %row = arith.muli %tile, %c128 : index
    %ring = hopper.create_channel : !ring
    %slot = hopper.acquire %ring expect 16384 : !ring -> !tile
    hopper.tma_load %map[%c0, %row, %head, %batch] into %slot of %ring : !map, !tile, !ring
    gpu.return
  }
}

// -----

// 9. Twice as many blocks as there are.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<1 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
#config = #attn.config<tile = 128x128, stages = 1, consumers = 2, registers = 24x240>

gpu.module @kernels {
  gpu.func @batches(%q: memref<?x?x8x64xf16>, %map: !map {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [3, 1, 2, 0], box = [64, 128, 1, 1], element = f16>}) kernel attributes {attn.config = #config, hopper.grid = #hopper.expression<()[s0, s1] -> (((s0 ceildiv 128) * s1) * 16), [<0, 1>, <0, 0>]>} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    %c128 = arith.constant 128 : index
    %length = memref.dim %q, %c1 : memref<?x?x8x64xf16>
    %tiles = arith.ceildivui %length, %c128 : index
    %id = gpu.block_id x
    %tile = arith.remui %id, %tiles : index
    %rest = arith.divui %id, %tiles : index
    %head = arith.remui %rest, %c8 : index
    %batch = arith.divui %rest, %c8 : index
    %row = arith.muli %tile, %c128 : index
    %ring = hopper.create_channel : !ring
    %slot = hopper.acquire %ring expect 16384 : !ring -> !tile
    // expected-error @below {{expected hopper.grid to count coordinates under the size #hopper.expression<()[s0, s1] -> (s1), [<0, 1>, <0, 0>]> that it indexes with them, but got #hopper.expression<()[s0, s1] -> (s1 * 2), [<0, 1>, <0, 0>]>}}
    hopper.tma_load %map[%c0, %row, %head, %batch] into %slot of %ring : !map, !tile, !ring
    gpu.return
  }
}

// -----

// 9. Heads where the batch belongs.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<1 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
#config = #attn.config<tile = 128x128, stages = 1, consumers = 2, registers = 24x240>

gpu.module @kernels {
  gpu.func @swapped(%q: memref<?x?x8x64xf16>, %map: !map {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [3, 1, 2, 0], box = [64, 128, 1, 1], element = f16>}) kernel attributes {attn.config = #config, hopper.grid = #hopper.expression<()[s0, s1] -> (((s0 ceildiv 128) * s1) * 8), [<0, 1>, <0, 0>]>} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    %c128 = arith.constant 128 : index
    %length = memref.dim %q, %c1 : memref<?x?x8x64xf16>
    %tiles = arith.ceildivui %length, %c128 : index
    %id = gpu.block_id x
    %tile = arith.remui %id, %tiles : index
    %rest = arith.divui %id, %tiles : index
    %head = arith.remui %rest, %c8 : index
    %batch = arith.divui %rest, %c8 : index
    %row = arith.muli %tile, %c128 : index
    %ring = hopper.create_channel : !ring
    %slot = hopper.acquire %ring expect 16384 : !ring -> !tile
    // expected-error @below {{expected hopper.grid to count coordinates under the size #hopper.expression<()[s0, s1] -> (s1), [<0, 1>, <0, 0>]> that it indexes with them, but got #hopper.expression<()[s0, s1] -> (8), [<0, 1>, <0, 0>]>}}
    hopper.tma_load %map[%c0, %row, %batch, %head] into %slot of %ring : !map, !tile, !ring
    gpu.return
  }
}

// -----

// 9. Divided by two sizes.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<1 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
#config = #attn.config<tile = 128x128, stages = 1, consumers = 2, registers = 24x240>

gpu.module @kernels {
  gpu.func @two_divisors(%q: memref<?x?x8x64xf16>, %map: !map {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [3, 1, 2, 0], box = [64, 128, 1, 1], element = f16>}) kernel attributes {attn.config = #config, hopper.grid = #hopper.expression<()[s0, s1] -> (((s0 ceildiv 128) * s1) * 8), [<0, 1>, <0, 0>]>} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    %c128 = arith.constant 128 : index
    %length = memref.dim %q, %c1 : memref<?x?x8x64xf16>
    %tiles = arith.ceildivui %length, %c128 : index
    %id = gpu.block_id x
    // expected-note @below {{where it is divided first}}
    %rest = arith.divui %id, %tiles : index
    // expected-error @below {{expected to divide the block id by #hopper.expression<()[s0, s1] -> (s0 ceildiv 128), [<0, 1>, <0, 0>]> as before, but got #hopper.expression<()[s0, s1] -> (8), [<0, 1>, <0, 0>]>}}
    %tile = arith.remui %id, %c8 : index
    gpu.return
  }
}

// -----

// 9. A persistent block that takes other tiles.

!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<1 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
#config = #attn.config<tile = 128x128, stages = 1, consumers = 2, registers = 24x240>

gpu.module @kernels {
  gpu.func @persistent(%q: memref<?x?x8x64xf16>, %map: !map {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [3, 1, 2, 0], box = [64, 128, 1, 1], element = f16>}) kernel attributes {attn.config = #config, hopper.grid = #hopper.expression<()[s0, s1] -> (((s0 ceildiv 128) * s1) * 8), [<0, 1>, <0, 0>]>} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    %c128 = arith.constant 128 : index
    %length = memref.dim %q, %c1 : memref<?x?x8x64xf16>
    %tiles = arith.ceildivui %length, %c128 : index
    %id = gpu.block_id x
    %blocks = gpu.grid_dim x
    // expected-error @below {{expected to take the tiles of hopper.grid, #hopper.expression<()[s0, s1] -> (((s0 ceildiv 128) * s1) * 8), [<0, 1>, <0, 0>]>, but got #hopper.expression<()[s0, s1] -> (s0 ceildiv 128), [<0, 1>, <0, 0>]>}}
    scf.for %i = %id to %tiles step %blocks {
    }
    gpu.return
  }
}

// -----

// 11. Said to be persistent, but each block takes a single tile.

gpu.module @kernels {
  gpu.func @one_tile(%a: memref<8xf32>, %v: f32) kernel attributes {hopper.grid = #hopper.expression<() -> (8)>, hopper.persistent} {
    %id = gpu.block_id x
    // expected-error @below {{expected the block id of a kernel with hopper.persistent as the first tile of a loop alone, but got another use}}
    memref.store %v, %a[%id] : memref<8xf32>
    gpu.return
  }
}

// -----

// 11. The id is not used at all.

gpu.module @kernels {
  // expected-error @below {{expected hopper.persistent beside a loop from the block id on over tiles, but got none}}
  gpu.func @no_id() kernel attributes {hopper.grid = #hopper.expression<() -> (8)>, hopper.persistent} {
    gpu.return
  }
}

// -----

// 11. A loop that goes through the tiles of all other blocks as well.

gpu.module @kernels {
  gpu.func @step(%a: memref<8xf32>, %v: f32) kernel attributes {hopper.grid = #hopper.expression<() -> (8)>, hopper.persistent} {
    // expected-note @below {{which is this}}
    %c1 = arith.constant 1 : i32
    %c8 = arith.constant 8 : i32
    %id = gpu.block_id x
    %first = arith.index_cast %id : index to i32
    // expected-error @below {{expected steps of gpu.grid_dim x in a kernel with hopper.persistent, but got another number}}
    scf.for unsigned %i = %first to %c8 step %c1 : i32 {
      %tile = arith.index_cast %i : i32 to index
      memref.store %v, %a[%tile] : memref<8xf32>
    }
    gpu.return
  }
}

// -----

// 11. One role goes through the tiles, the other one takes one.

gpu.module @kernels {
  gpu.func @one_role(%a: memref<8xf32>, %v: f32) kernel attributes {hopper.grid = #hopper.expression<() -> (8)>, hopper.persistent} {
    %c8 = arith.constant 8 : index
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
      %id = gpu.block_id x
      %blocks = gpu.grid_dim x
      scf.for %tile = %id to %c8 step %blocks {
      }
    } consumer {
      %id = gpu.block_id x
      // expected-error @below {{expected the block id of a kernel with hopper.persistent as the first tile of a loop alone, but got another use}}
      memref.store %v, %a[%id] : memref<8xf32>
    }
    gpu.return
  }
}

// -----

// 11. The configuration says otherwise.

gpu.module @kernels {
  // expected-error @below {{expected hopper.persistent beside a configuration that is persistent, but got #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240>}}
  gpu.func @not_persistent() kernel attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240>, hopper.grid = #hopper.expression<() -> (8)>, hopper.persistent} {
    %c8 = arith.constant 8 : index
    %id = gpu.block_id x
    %blocks = gpu.grid_dim x
    scf.for %tile = %id to %c8 step %blocks {
    }
    gpu.return
  }
}
