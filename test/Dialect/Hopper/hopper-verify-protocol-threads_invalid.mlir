// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-verify-protocol)))' --split-input-file --verify-diagnostics

// Products of threads, whose accumulators are plain numbers: rule 8.

// A product is in flight until the wait for it.

!tile = !hopper.shared_tile<64x64xf16>
!keys = !hopper.shared_tile<8x64xf16>
!queries = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!map = !nvgpu.tensormap.descriptor<tensor = memref<8x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @read_pending(%q_map: !queries, %k_map: !map) kernel {
    %c0 = arith.constant 0 : index
    %row = arith.constant 0 : i32
    %q = hopper.load_tile %q_map[%c0, %c0] : !queries -> !tile
    %k = hopper.load_tile %k_map[%c0, %c0] : !map -> !keys
    // expected-note @below {{of this product}}
    %p:4 = hopper.thread_wgmma %q, %k, %row {depth = 64 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>, transpose_rhs} : (!tile, !keys, i32) -> (f32, f32, f32, f32)
    // expected-error @below {{expected to read what hopper.thread_wgmma_wait gives, but got an accumulator of a product that may be in flight}}
    %sum = arith.addf %p#1, %p#2 : f32
    %s:4 = hopper.thread_wgmma_wait %p#0, %p#1, %p#2, %p#3 groups 0 : f32, f32, f32, f32
    gpu.return
  }
}

// -----

// The accumulators go through a loop first.

!tile = !hopper.shared_tile<64x64xf16>
!keys = !hopper.shared_tile<8x64xf16>
!queries = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!map = !nvgpu.tensormap.descriptor<tensor = memref<8x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  gpu.func @read_carried(%q_map: !queries, %k_map: !map) kernel {
    %c0 = arith.constant 0 : index
    %row = arith.constant 0 : i32
    %q = hopper.load_tile %q_map[%c0, %c0] : !queries -> !tile
    %k = hopper.load_tile %k_map[%c0, %c0] : !map -> !keys
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %zero = arith.constant 0.0 : f32
    // expected-note @below {{of this product}}
    %p:4 = hopper.thread_wgmma %q, %k, %row {depth = 64 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>, transpose_rhs} : (!tile, !keys, i32) -> (f32, f32, f32, f32)
    %r:5 = scf.for %i = %c0 to %c4 step %c1 iter_args(%a = %p#0, %b = %p#1, %c = %p#2, %d = %p#3, %e = %zero) -> (f32, f32, f32, f32, f32) {
      %s:4 = hopper.thread_wgmma_wait %a, %b, %c, %d groups 0 : f32, f32, f32, f32
      %next:4 = hopper.thread_wgmma %q, %k, %row {depth = 64 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>, transpose_rhs} : (!tile, !keys, i32) -> (f32, f32, f32, f32)
      // expected-error @below {{expected to read what hopper.thread_wgmma_wait gives}}
      %sum = arith.addf %e, %a : f32
      scf.yield %next#0, %next#1, %next#2, %next#3, %sum : f32, f32, f32, f32, f32
    }
    %s:4 = hopper.thread_wgmma_wait %r#0, %r#1, %r#2, %r#3 groups 0 : f32, f32, f32, f32
    gpu.return
  }
}

// -----

// The wait is for the product before.

!tile = !hopper.shared_tile<64x64xf16>
!keys = !hopper.shared_tile<8x64xf16>
!queries = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!map = !nvgpu.tensormap.descriptor<tensor = memref<8x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @other_product(%q_map: !queries, %k_map: !map) kernel {
    %c0 = arith.constant 0 : index
    %row = arith.constant 0 : i32
    %q = hopper.load_tile %q_map[%c0, %c0] : !queries -> !tile
    %k = hopper.load_tile %k_map[%c0, %c0] : !map -> !keys
    %p:4 = hopper.thread_wgmma %q, %k, %row {depth = 64 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>, transpose_rhs} : (!tile, !keys, i32) -> (f32, f32, f32, f32)
    // expected-note @below {{this product is in flight}}
    %o:4 = hopper.thread_wgmma %q, %k, %row {depth = 64 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>, transpose_rhs} : (!tile, !keys, i32) -> (f32, f32, f32, f32)
    // expected-error @below {{expected at most 0 groups to stay in flight, as many as were issued after the product that it waits for, but got 1}}
    %s:4 = hopper.thread_wgmma_wait %o#0, %o#1, %o#2, %o#3 groups 1 : f32, f32, f32, f32
    %t:4 = hopper.thread_wgmma_wait %p#0, %p#1, %p#2, %p#3 groups 0 : f32, f32, f32, f32
    gpu.return
  }
}

// -----

// Two products in one wait.

!tile = !hopper.shared_tile<64x64xf16>
!keys = !hopper.shared_tile<8x64xf16>
!queries = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!map = !nvgpu.tensormap.descriptor<tensor = memref<8x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @two_products(%q_map: !queries, %k_map: !map) kernel {
    %c0 = arith.constant 0 : index
    %row = arith.constant 0 : i32
    %q = hopper.load_tile %q_map[%c0, %c0] : !queries -> !tile
    %k = hopper.load_tile %k_map[%c0, %c0] : !map -> !keys
    // expected-note @below {{its first operand comes from this product}}
    %p:4 = hopper.thread_wgmma %q, %k, %row {depth = 64 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>, transpose_rhs} : (!tile, !keys, i32) -> (f32, f32, f32, f32)
    %o:4 = hopper.thread_wgmma %q, %k, %row {depth = 64 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>, transpose_rhs} : (!tile, !keys, i32) -> (f32, f32, f32, f32)
    // expected-error @below {{expected the 4 results of one product in their order}}
    %s:4 = hopper.thread_wgmma_wait %p#0, %p#1, %o#2, %o#3 groups 0 : f32, f32, f32, f32
    gpu.return
  }
}

// -----

// Half of a product.

!tile = !hopper.shared_tile<64x64xf16>
!keys = !hopper.shared_tile<8x64xf16>
!queries = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!map = !nvgpu.tensormap.descriptor<tensor = memref<8x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @half(%q_map: !queries, %k_map: !map) kernel {
    %c0 = arith.constant 0 : index
    %row = arith.constant 0 : i32
    %q = hopper.load_tile %q_map[%c0, %c0] : !queries -> !tile
    %k = hopper.load_tile %k_map[%c0, %c0] : !map -> !keys
    // expected-note @below {{its first operand comes from this product}}
    %p:4 = hopper.thread_wgmma %q, %k, %row {depth = 64 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>, transpose_rhs} : (!tile, !keys, i32) -> (f32, f32, f32, f32)
    // expected-error @below {{expected the 4 results of one product in their order}}
    %s:2 = hopper.thread_wgmma_wait %p#0, %p#1 groups 0 : f32, f32
    gpu.return
  }
}

// -----

// No product at all.

!tile = !hopper.shared_tile<64x64xf16>
!keys = !hopper.shared_tile<8x64xf16>
!queries = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!map = !nvgpu.tensormap.descriptor<tensor = memref<8x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @no_product(%q_map: !queries, %k_map: !map) kernel {
    %c0 = arith.constant 0 : index
    %row = arith.constant 0 : i32
    %q = hopper.load_tile %q_map[%c0, %c0] : !queries -> !tile
    %k = hopper.load_tile %k_map[%c0, %c0] : !map -> !keys
    %zero = arith.constant 0.0 : f32
    // expected-error @below {{cannot be checked: its operands do not come from hopper.thread_wgmma}}
    %s = hopper.thread_wgmma_wait %zero groups 0 : f32
    gpu.return
  }
}

// -----

// Nobody waits.

!tile = !hopper.shared_tile<64x64xf16>
!keys = !hopper.shared_tile<8x64xf16>
!queries = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!map = !nvgpu.tensormap.descriptor<tensor = memref<8x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // expected-note @below {{found in block 0}}
  gpu.func @no_wait(%q_map: !queries, %k_map: !map) kernel {
    %c0 = arith.constant 0 : index
    %row = arith.constant 0 : i32
    %q = hopper.load_tile %q_map[%c0, %c0] : !queries -> !tile
    %k = hopper.load_tile %k_map[%c0, %c0] : !map -> !keys
    // expected-error @below {{expected 1 wait for the product, but got 0}}
    %p:4 = hopper.thread_wgmma %q, %k, %row {depth = 64 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>, transpose_rhs} : (!tile, !keys, i32) -> (f32, f32, f32, f32)
    gpu.return
  }
}
