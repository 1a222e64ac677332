// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-verify-resources)))' --split-input-file | FileCheck %s

// CHECK-LABEL: gpu.func @nothing
gpu.module @kernels {
  gpu.func @nothing() kernel {
    gpu.return
  }
}

// -----

// Without a configuration there are the limits of the machine alone.

// CHECK-LABEL: gpu.func @no_config
!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<2 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @no_config(%map: !map) kernel {
    %ring = hopper.create_channel : !ring
    gpu.return
  }
}

// -----

// CHECK-LABEL: gpu.func @channel
!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<2 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @channel(%map: !map) kernel attributes {attn.config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240>} {
    %ring = hopper.create_channel : !ring
    gpu.return
  }
}

// -----

// As allocated.

// CHECK-LABEL: gpu.func @places
!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<2 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @places(%map: !map) kernel attributes {attn.config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240>, hopper.shared_memory = 65600 : i64} {
    %ring = hopper.create_channel {offset = 0 : i64, barriers = 65536 : i64} : !ring
    %other = hopper.create_channel {offset = 32768 : i64, barriers = 65568 : i64} : !ring
    gpu.return
  }
}

// -----

// CHECK-LABEL: gpu.func @roles
!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<2 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @roles(%map: !map) kernel attributes {attn.config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240>} {
    %ring = hopper.create_channel : !ring
    hopper.warp_specialize consumers(2) registers(24, 240) producer {
    } consumer {
    }
    gpu.return
  }
}

// -----

// 88 + 44 + 64 registers at one point, and 32 for all else: 228 of 240.

// CHECK-LABEL: gpu.func @registers
!qtile = !hopper.shared_tile<128x128xf16>
!ktile = !hopper.shared_tile<176x128xf16>
!qmap = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!kmap = !nvgpu.tensormap.descriptor<tensor = memref<176x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @registers(%qmap: !qmap, %kmap: !kmap) kernel attributes {attn.config = #attn.config<tile = 128x176, stages = 2, consumers = 2, registers = 24x240>} {
    %c0 = arith.constant 0 : index
    hopper.warp_specialize consumers(2) registers(24, 240) producer {
    } consumer {
      %q = hopper.load_tile %qmap[%c0, %c0] : !qmap -> !qtile
      %k = hopper.load_tile %kmap[%c0, %c0] : !kmap -> !ktile
      %s0 = hopper.wgmma %q, %k {transpose_rhs} : !qtile, !ktile -> !hopper.pending<vector<128x176xf32>>
      %s = hopper.wgmma_wait %s0 : !hopper.pending<vector<128x176xf32>>
      %p = arith.truncf %s : vector<128x176xf32> to vector<128x176xf16>
      %next = hopper.wgmma %q, %k {transpose_rhs} : !qtile, !ktile -> !hopper.pending<vector<128x176xf32>>
      %o0 = hopper.wgmma %p, %k : vector<128x176xf16>, !ktile -> !hopper.pending<vector<128x128xf32>>
      %s1 = hopper.wgmma_wait %next : !hopper.pending<vector<128x176xf32>>
      %o = hopper.wgmma_wait %o0 : !hopper.pending<vector<128x128xf32>>
    }
    gpu.return
  }
}

// -----

// Without roles, a thread has up to 255 registers.

// CHECK-LABEL: gpu.func @registers_no_roles
!qtile = !hopper.shared_tile<128x128xf16>
!ktile = !hopper.shared_tile<176x128xf16>
!qmap = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!kmap = !nvgpu.tensormap.descriptor<tensor = memref<176x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @registers_no_roles(%qmap: !qmap, %kmap: !kmap) kernel attributes {attn.config = #attn.config<tile = 128x176, stages = 2, consumers = 2, registers = 24x240>} {
    %c0 = arith.constant 0 : index
    %q = hopper.load_tile %qmap[%c0, %c0] : !qmap -> !qtile
    %k = hopper.load_tile %kmap[%c0, %c0] : !kmap -> !ktile
    %s0 = hopper.wgmma %q, %k {transpose_rhs} : !qtile, !ktile -> !hopper.pending<vector<128x176xf32>>
    %s = hopper.wgmma_wait %s0 : !hopper.pending<vector<128x176xf32>>
    %p = arith.truncf %s : vector<128x176xf32> to vector<128x176xf16>
    %next = hopper.wgmma %q, %k {transpose_rhs} : !qtile, !ktile -> !hopper.pending<vector<128x176xf32>>
    %o0 = hopper.wgmma %p, %k : vector<128x176xf16>, !ktile -> !hopper.pending<vector<128x128xf32>>
    %s1 = hopper.wgmma_wait %next : !hopper.pending<vector<128x176xf32>>
    %o = hopper.wgmma_wait %o0 : !hopper.pending<vector<128x128xf32>>
    gpu.return
  }
}

// -----

// A tensor map and its description.

// CHECK-LABEL: gpu.func @tensor_map
!tile = !hopper.shared_tile<128x64xf16>
!ring = !hopper.channel<2 x 128x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<128x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @tensor_map(%q: memref<?x?x2x64xf16>, %map: !map {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [3, 1, 2, 0], box = [64, 128, 1, 1], element = f16>}) kernel attributes {attn.config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240>} {

    gpu.return
  }
}

// -----

// Keys have as many slots as stages, queries as query_stages, whichever are more.

// CHECK-LABEL: gpu.func @query_stages
!tile = !hopper.shared_tile<64x64xf16>
!keys = !hopper.channel<1 x 64x64xf16>
!queries = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @query_stages(%map: !map) kernel attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240, query_stages = 2, persistent>, hopper.grid = #hopper.expression<() -> (8)>, hopper.persistent} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    %id = gpu.block_id x
    %blocks = gpu.grid_dim x
    %queries = hopper.create_channel : !queries
    %keys = hopper.create_channel : !keys
    scf.for %i = %id to %c8 step %blocks {
      %slot = hopper.acquire %queries expect 8192 : !queries -> !tile
      hopper.tma_load %map[%c0, %c0] into %slot of %queries : !map, !tile, !queries
      %q = hopper.wait %queries : !queries -> !tile
      scf.for %j = %c0 to %c8 step %c1 {
        %place = hopper.acquire %keys expect 8192 : !keys -> !tile
        hopper.tma_load %map[%c0, %c0] into %place of %keys : !map, !tile, !keys
        %k = hopper.wait %keys : !keys -> !tile
        hopper.release %k to %keys : !tile, !keys
      }
      hopper.release %q to %queries : !tile, !queries
    }
    gpu.return
  }
}
