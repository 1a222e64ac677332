// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-insert-transposes)))' --split-input-file --verify-diagnostics | FileCheck %s

gpu.module @kernels {
  // The left-hand side is in registers: the transpose is interleaved.
  // CHECK-LABEL: gpu.func @registers
  //  CHECK-SAME:   %[[P:.*]]: vector<128x224xf8E4M3FN>
  //       CHECK:   %[[V:.*]] = hopper.load_tile
  //       CHECK:   %[[T:.*]] = hopper.transpose_tile %[[V]] : <224x128xf8E4M3FN> -> <128x224xf8E4M3FN, interleaved>
  //  CHECK-NEXT:   hopper.wgmma %[[P]], %[[T]] acc %{{.*}} {transpose_rhs} : vector<128x224xf8E4M3FN>, <128x224xf8E4M3FN, interleaved>
  gpu.func @registers(%p: vector<128x224xf8E4M3FN>, %b: memref<?x?x16x128xf8E4M3FN>, %i: index, %o: vector<128x128xf32>) kernel {
    %v = hopper.load_tile %b[%i, %i, %i, %i] {row_dim = 1 : i64} : memref<?x?x16x128xf8E4M3FN> -> !hopper.shared_tile<224x128xf8E4M3FN>
    %r = hopper.wgmma %p, %v acc %o : vector<128x224xf8E4M3FN>, !hopper.shared_tile<224x128xf8E4M3FN>, vector<128x128xf32> -> !hopper.pending<vector<128x128xf32>>
    %s = hopper.wgmma_wait %r : !hopper.pending<vector<128x128xf32>>
    gpu.return
  }

  // It is in shared memory: as it stands there.
  // CHECK-LABEL: gpu.func @memory
  //       CHECK:   hopper.transpose_tile %{{.*}} : <64x32xf8E4M3FN> -> <32x64xf8E4M3FN>
  gpu.func @memory(%b: memref<?x64xf8E4M3FN>, %c: memref<?x32xf8E4M3FN>, %i: index) kernel {
    %p = hopper.load_tile %b[%i, %i] {row_dim = 0 : i64} : memref<?x64xf8E4M3FN> -> !hopper.shared_tile<128x64xf8E4M3FN>
    %v = hopper.load_tile %c[%i, %i] {row_dim = 0 : i64} : memref<?x32xf8E4M3FN> -> !hopper.shared_tile<64x32xf8E4M3FN>
    %r = hopper.wgmma %p, %v : !hopper.shared_tile<128x64xf8E4M3FN>, !hopper.shared_tile<64x32xf8E4M3FN> -> !hopper.pending<vector<128x32xf32>>
    %s = hopper.wgmma_wait %r : !hopper.pending<vector<128x32xf32>>
    gpu.return
  }

  // The rows for sums come with the transpose.
  // CHECK-LABEL: gpu.func @sums
  //       CHECK:   %[[T:.*]] = hopper.transpose_tile %{{.*}} : <64x32xf8E4M3FN> -> <40x64xf8E4M3FN, interleaved, row_sums>
  //  CHECK-NEXT:   hopper.wgmma %{{.*}}, %[[T]] acc %{{.*}} {transpose_rhs} : vector<128x64xf8E4M3FN>, <40x64xf8E4M3FN, interleaved, row_sums>, vector<128x40xf32>
  gpu.func @sums(%p: vector<128x64xf8E4M3FN>, %b: memref<?x32xf8E4M3FN>, %o: vector<128x40xf32>, %i: index) kernel {
    %v = hopper.load_tile %b[%i, %i] {row_dim = 0 : i64} : memref<?x32xf8E4M3FN> -> !hopper.shared_tile<64x32xf8E4M3FN>
    %r = hopper.wgmma %p, %v acc %o {row_sums} : vector<128x64xf8E4M3FN>, !hopper.shared_tile<64x32xf8E4M3FN>, vector<128x40xf32> -> !hopper.pending<vector<128x40xf32>>
    %s = hopper.wgmma_wait %r : !hopper.pending<vector<128x40xf32>>
    gpu.return
  }

  // What the matrix units take as it is: 16 bits, and a transposed rhs.
  // CHECK-LABEL: gpu.func @kept
  //   CHECK-NOT:   hopper.transpose_tile
  gpu.func @kept(%b: memref<?x64xf8E4M3FN>, %c: memref<?x64xf16>, %p: vector<64x64xf16>, %i: index) kernel {
    %q = hopper.load_tile %b[%i, %i] {row_dim = 0 : i64} : memref<?x64xf8E4M3FN> -> !hopper.shared_tile<128x64xf8E4M3FN>
    %k = hopper.load_tile %b[%i, %i] {row_dim = 0 : i64} : memref<?x64xf8E4M3FN> -> !hopper.shared_tile<32x64xf8E4M3FN>
    %r = hopper.wgmma %q, %k {transpose_rhs} : !hopper.shared_tile<128x64xf8E4M3FN>, !hopper.shared_tile<32x64xf8E4M3FN> -> !hopper.pending<vector<128x32xf32>>
    %s = hopper.wgmma_wait %r : !hopper.pending<vector<128x32xf32>>
    %v = hopper.load_tile %c[%i, %i] {row_dim = 0 : i64} : memref<?x64xf16> -> !hopper.shared_tile<64x64xf16>
    %t = hopper.wgmma %p, %v : vector<64x64xf16>, !hopper.shared_tile<64x64xf16> -> !hopper.pending<vector<64x64xf32>>
    %u = hopper.wgmma_wait %t : !hopper.pending<vector<64x64xf32>>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @narrow(%p: vector<128x64xf8E4M3FN>, %b: memref<?x24xf8E4M3FN>, %i: index) kernel {
    %v = hopper.load_tile %b[%i, %i] {row_dim = 0 : i64} : memref<?x24xf8E4M3FN> -> !hopper.shared_tile<64x24xf8E4M3FN>
    // expected-error @+1 {{cannot transpose its rhs: expected a multiple of 16 columns, but got 24}}
    %r = hopper.wgmma %p, %v : vector<128x64xf8E4M3FN>, !hopper.shared_tile<64x24xf8E4M3FN> -> !hopper.pending<vector<128x24xf32>>
    %s = hopper.wgmma_wait %r : !hopper.pending<vector<128x24xf32>>
    gpu.return
  }
}
