// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-verify-resources)))' --split-input-file --verify-diagnostics

// Rules 7 and 10: tiles against the configuration, and against the steps of the
// loops that go over them.

// 7. The tile of keys was changed in the configuration alone.

!k = !hopper.shared_tile<64x64xf16>
!q = !hopper.shared_tile<64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
gpu.module @kernels {
  gpu.func @keys(%map: !map) kernel attributes {attn.config = #attn.config<tile = 64x80, stages = 1, consumers = 1, registers = 24x240>} {
    %c0 = arith.constant 0 : index
    %q = hopper.load_tile %map[%c0, %c0] : !map -> !q
    %k = hopper.load_tile %map[%c0, %c0] : !map -> !k
    // expected-error @below {{expected a right-hand side of the 80 keys of the configuration, but got 64}}
    %p = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x64xf32>>
    %s = hopper.wgmma_wait %p : !hopper.pending<vector<64x64xf32>>
    gpu.return
  }
}

// -----

// 7. The same on threads.

!k = !hopper.shared_tile<8x64xf16>
!q = !hopper.shared_tile<64x64xf16>
gpu.module @kernels {
  gpu.func @thread_keys() kernel attributes {attn.config = #attn.config<tile = 64x16, stages = 1, consumers = 1, registers = 24x240>} {
    %row = arith.constant 0 : i32
    %0 = hopper.create_channel : !hopper.channel<1 x 64x64xf16>
    %1 = hopper.create_channel : !hopper.channel<1 x 8x64xf16>
    %q = hopper.wait %0 : !hopper.channel<1 x 64x64xf16> -> !q
    %k = hopper.wait %1 : !hopper.channel<1 x 8x64xf16> -> !k
    // expected-error @below {{expected a right-hand side of the 16 keys of the configuration, but got 8}}
    %p:4 = hopper.thread_wgmma %q, %k, %row {depth = 64 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>, transpose_rhs} : (!q, !k, i32) -> (f32, f32, f32, f32)
    gpu.return
  }
}

// -----

// 7. The keys of a transposed tile of values are its columns.

!p = vector<64x32xf8E4M3FN>
!v = !hopper.shared_tile<16x32xf8E4M3FN, interleaved>
gpu.module @kernels {
  gpu.func @transposed(%p: !p) kernel attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240>} {
    %0 = hopper.create_channel : !hopper.channel<1 x 16x32xf8E4M3FN, interleaved>
    %v = hopper.wait %0 : !hopper.channel<1 x 16x32xf8E4M3FN, interleaved> -> !v
    // expected-error @below {{expected a right-hand side of the 64 keys of the configuration, but got 32}}
    %o = hopper.wgmma %p, %v {transpose_rhs} : !p, !v -> !hopper.pending<vector<64x16xf32>>
    %r = hopper.wgmma_wait %o : !hopper.pending<vector<64x16xf32>>
    gpu.return
  }
}

// -----

// 10. Steps of 80 rows over tiles of 64: 16 of every 80 are left out.

!k = !hopper.shared_tile<64x64xf16>
gpu.module @kernels {
  gpu.func @gaps(%keys: memref<?x64xf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c80 = arith.constant 80 : index
    %size = memref.dim %keys, %c0 : memref<?x64xf16>
    %n = arith.ceildivui %size, %c80 : index
    // expected-note @below {{in this loop}}
    scf.for %i = %c0 to %n step %c1 {
      %row = arith.muli %i, %c80 : index
      // expected-error @below {{expected steps of the 64 rows of its tile, but got 80}}
      %k = hopper.load_tile %keys[%row, %c0] {row_dim = 0 : i64} : memref<?x64xf16> -> !k
    }
    gpu.return
  }
}

// -----

// 10. The same through a tensor map, from the last tile down, and in 32 bits.

!k = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
gpu.module @kernels {
  gpu.func @overlaps(%n: i32, %map: !map) kernel {
    %c0 = arith.constant 0 : index
    %c0_i32 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %one = arith.constant 1 : index
    %c48 = arith.constant 48 : index
    %ring = hopper.create_channel : !ring
    // expected-note @below {{in this loop}}
    scf.for %i = %c0_i32 to %n step %c1 : i32 {
      %wide = arith.index_cast %i : i32 to index
      %all = arith.index_cast %n : i32 to index
      %last = arith.subi %all, %one : index
      %down = arith.subi %last, %wide : index
      %row = arith.muli %c48, %down : index
      %slot = hopper.acquire %ring expect 8192 : !ring -> !k
      // expected-error @below {{expected steps of the 64 rows of its tile, but got 48}}
      hopper.tma_load %map[%c0, %row] into %slot of %ring : !map, !k, !ring
    }
    gpu.return
  }
}

// -----

// 10. A loop that counts rows.

!k = !hopper.shared_tile<64x64xf16>
gpu.module @kernels {
  gpu.func @rows(%keys: memref<?x64xf16>) kernel {
    %c0 = arith.constant 0 : index
    %c64 = arith.constant 64 : index
    %c128 = arith.constant 128 : index
    %size = memref.dim %keys, %c0 : memref<?x64xf16>
    scf.for %row = %c0 to %size step %c64 {
      %k = hopper.load_tile %keys[%row, %c0] {row_dim = 0 : i64} : memref<?x64xf16> -> !k
    }
    // expected-note @below {{in this loop}}
    scf.for %row = %c0 to %size step %c128 {
      // expected-error @below {{expected steps of the 64 rows of its tile, but got 128}}
      %k = hopper.load_tile %keys[%row, %c0] {row_dim = 0 : i64} : memref<?x64xf16> -> !k
    }
    gpu.return
  }
}

// -----

// 10. Tiles of 64 rows, counted by 80: the last ones are not reached.

!k = !hopper.shared_tile<64x64xf16>
gpu.module @kernels {
  gpu.func @counted(%keys: memref<?x64xf16>) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %c80 = arith.constant 80 : index
    %size = memref.dim %keys, %c0 : memref<?x64xf16>
    // expected-note @below {{the tiles are counted here}}
    %n = arith.ceildivui %size, %c80 : index
    scf.for %i = %c0 to %n step %c1 {
      %down = arith.subi %n, %i : index
      %row = arith.muli %down, %c64 : index
      // expected-error @below {{expected to count tiles of its 64 rows, but got 80}}
      %k = hopper.load_tile %keys[%row, %c0] {row_dim = 0 : i64} : memref<?x64xf16> -> !k
    }
    gpu.return
  }
}

// -----

// 10. The mask is that of other tiles.

gpu.module @kernels {
  gpu.func @mask(%scores: vector<64x64xf32>, %n: index, %extent: index) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c80 = arith.constant 80 : index
    // expected-note @below {{in this loop}}
    scf.for %i = %c0 to %n step %c1 {
      %key = arith.muli %i, %c80 : index
      // expected-error @below {{expected steps of the 64 columns of its tile, but got 80}}
      %m = attn.band_mask %scores at(%c0, %key) extent(%extent) : vector<64x64xf32>
    }
    gpu.return
  }
}

// -----

// 10. Tiles of a transposed buffer follow each other along its rows.

!v = !hopper.shared_tile<32x64xf8E4M3FN, interleaved>
gpu.module @kernels {
  gpu.func @keys(%values: memref<32x?xf8E4M3FN>, %n: index) kernel {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c80 = arith.constant 80 : index
    // expected-note @below {{in this loop}}
    scf.for %i = %c0 to %n step %c1 {
      %key = arith.muli %i, %c80 : index
      // expected-error @below {{expected steps of the 64 columns of its tile, but got 80}}
      %v = hopper.load_tile %values[%c0, %key] {row_dim = 0 : i64} : memref<32x?xf8E4M3FN> -> !v
    }
    gpu.return
  }
}
