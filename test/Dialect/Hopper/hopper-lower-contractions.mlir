// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-lower-contractions)))' --split-input-file --verify-diagnostics | FileCheck %s

#tile = affine_map<(d0, d1, d2, d3) -> (d1, d3)>
#mk = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>
!buffer = memref<?x?x16x64xf16>

gpu.module @kernels {
  // Q·Kᵀ: both sides read from buffers, rhs transposed, and an accumulator of
  // zeros, which the first instruction ignores.
  // CHECK-LABEL: gpu.func @scores
  //  CHECK-SAME:   %[[Q:[a-z0-9]+]]: memref<?x?x16x64xf16>, %[[K:[a-z0-9]+]]: memref<?x?x16x64xf16>, %[[I:[a-z0-9]+]]: index, %[[J:[a-z0-9]+]]: index
  //       CHECK:   %[[QT:.+]] = hopper.load_tile %[[Q]][%[[I]], %[[J]], %[[I]], %{{.+}}] {row_dim = 1 : i64} : memref<?x?x16x64xf16> -> <128x64xf16>
  //       CHECK:   %[[KT:.+]] = hopper.load_tile %[[K]][%[[J]], %[[I]], %[[I]], %{{.+}}] {row_dim = 1 : i64} : memref<?x?x16x64xf16> -> <48x64xf16>
  //   CHECK-NOT:   vector.transfer_read
  //       CHECK:   %[[P:.+]] = hopper.wgmma %[[QT]], %[[KT]] {transpose_rhs} : !hopper.shared_tile<128x64xf16>, <48x64xf16> -> <vector<128x48xf32>>
  //  CHECK-NEXT:   %[[S:.+]] = hopper.wgmma_wait %[[P]] : <vector<128x48xf32>>
  //       CHECK:   vector.transfer_write %[[S]]
  gpu.func @scores(%q: !buffer, %k: !buffer, %i: index, %j: index, %out: memref<128x48xf32>) kernel {
    %c0 = arith.constant 0 : index
    %pad = arith.constant 0.0 : f16
    %zeros = arith.constant dense<0.0> : vector<128x48xf32>
    %0 = vector.transfer_read %q[%i, %j, %i, %c0], %pad {in_bounds = [false, true], permutation_map = #tile} : !buffer, vector<128x64xf16>
    %1 = vector.transfer_read %k[%j, %i, %i, %c0], %pad {in_bounds = [false, true], permutation_map = #tile} : !buffer, vector<48x64xf16>
    %2 = vector.contract {indexing_maps = [#mk, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %0, %1, %zeros : vector<128x64xf16>, vector<48x64xf16> into vector<128x48xf32>
    vector.transfer_write %2, %out[%c0, %c0] : vector<128x48xf32>, memref<128x48xf32>
    gpu.return
  }
}

// -----

// Rows that stand along two dimensions: heads that share a tile.

#packed = affine_map<(d0, d1, d2, d3) -> (d1, d2, d3)>
#tile = affine_map<(d0, d1, d2, d3) -> (d1, d3)>
#mk = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>
!buffer = memref<?x?x16x64xf16>

gpu.module @kernels {
  // CHECK-LABEL: gpu.func @packed_heads
  //       CHECK:   %[[Q:.+]] = hopper.load_tile %{{.+}}[%{{.+}}, %{{.+}}, %{{.+}}, %{{.+}}] {group = 8 : i64, group_dim = 2 : i64, row_dim = 1 : i64} : memref<?x?x16x64xf16> -> <64x64xf16>
  //   CHECK-NOT:   vector.shape_cast
  //   CHECK-NOT:   vector.transfer_read
  //       CHECK:   hopper.wgmma %[[Q]], %{{.+}} {transpose_rhs} : !hopper.shared_tile<64x64xf16>
  gpu.func @packed_heads(%q: !buffer, %k: !buffer, %i: index, %j: index, %out: memref<64x48xf32>) kernel {
    %c0 = arith.constant 0 : index
    %pad = arith.constant 0.0 : f16
    %zeros = arith.constant dense<0.0> : vector<64x48xf32>
    %rows = vector.transfer_read %q[%i, %j, %i, %c0], %pad {in_bounds = [false, true, true], permutation_map = #packed} : !buffer, vector<8x8x64xf16>
    %0 = vector.shape_cast %rows : vector<8x8x64xf16> to vector<64x64xf16>
    %1 = vector.transfer_read %k[%j, %i, %i, %c0], %pad {in_bounds = [false, true], permutation_map = #tile} : !buffer, vector<48x64xf16>
    %2 = vector.contract {indexing_maps = [#mk, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %0, %1, %zeros : vector<64x64xf16>, vector<48x64xf16> into vector<64x48xf32>
    vector.transfer_write %2, %out[%c0, %c0] : vector<64x48xf32>, memref<64x48xf32>
    gpu.return
  }
}

// -----

#tile = affine_map<(d0, d1, d2, d3) -> (d2, d3)>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
!buffer = memref<2x16x?x128xbf16>

gpu.module @kernels {
  // P·V: lhs in registers, an accumulator, bf16, rows along dimension 2.
  // CHECK-LABEL: gpu.func @output
  //  CHECK-SAME:   %[[V:[a-z0-9]+]]: memref<2x16x?x128xbf16>, %[[P:[a-z0-9]+]]: vector<64x48xbf16>, %[[O:[a-z0-9]+]]: vector<64x128xf32>
  //       CHECK:   %[[VT:.+]] = hopper.load_tile %[[V]][{{.*}}] {row_dim = 2 : i64} : memref<2x16x?x128xbf16> -> <48x128xbf16>
  //       CHECK:   %[[N:.+]] = hopper.wgmma %[[P]], %[[VT]] acc %[[O]] : vector<64x48xbf16>, <48x128xbf16>, vector<64x128xf32> -> <vector<64x128xf32>>
  //  CHECK-NEXT:   hopper.wgmma_wait %[[N]]
  gpu.func @output(%v: !buffer, %p: vector<64x48xbf16>, %o: vector<64x128xf32>, %out: memref<64x128xf32>) {
    %c0 = arith.constant 0 : index
    %pad = arith.constant 0.0 : bf16
    %0 = vector.transfer_read %v[%c0, %c0, %c0, %c0], %pad {in_bounds = [false, true], permutation_map = #tile} : !buffer, vector<48x128xbf16>
    %1 = vector.contract {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %p, %0, %o : vector<64x48xbf16>, vector<48x128xbf16> into vector<64x128xf32>
    vector.transfer_write %1, %out[%c0, %c0] : vector<64x128xf32>, memref<64x128xf32>
    gpu.return
  }

  // Each product loads a tile of its own: they may end in different stages of a
  // pipeline, and a slot has one release. Where something else reads the vector as
  // well, the read stays beside the tiles.
  // CHECK-LABEL: gpu.func @shared_operand
  //       CHECK:   %[[T:.+]] = hopper.load_tile
  //       CHECK:   %[[U:.+]] = hopper.load_tile
  //       CHECK:   %[[R:.+]] = vector.transfer_read
  //       CHECK:   hopper.wgmma %{{.+}}, %[[T]] acc
  //       CHECK:   hopper.wgmma %{{.+}}, %[[U]] acc
  //       CHECK:   vector.transfer_write %[[R]]
  gpu.func @shared_operand(%v: !buffer, %p: vector<64x48xbf16>, %o: vector<64x128xf32>, %out: memref<64x128xf32>, %copy: memref<48x128xbf16>) {
    %c0 = arith.constant 0 : index
    %pad = arith.constant 0.0 : bf16
    %0 = vector.transfer_read %v[%c0, %c0, %c0, %c0], %pad {in_bounds = [false, true], permutation_map = #tile} : !buffer, vector<48x128xbf16>
    %1 = vector.contract {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %p, %0, %o : vector<64x48xbf16>, vector<48x128xbf16> into vector<64x128xf32>
    %2 = vector.contract {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %p, %0, %1 : vector<64x48xbf16>, vector<48x128xbf16> into vector<64x128xf32>
    vector.transfer_write %2, %out[%c0, %c0] : vector<64x128xf32>, memref<64x128xf32>
    vector.transfer_write %0, %copy[%c0, %c0] : vector<48x128xbf16>, memref<48x128xbf16>
    gpu.return
  }

  // One read on both sides.
  // CHECK-LABEL: gpu.func @square
  //       CHECK:   %[[R:.+]] = hopper.load_tile
  //       CHECK:   %[[L:.+]] = hopper.load_tile
  //   CHECK-NOT:   vector.transfer_read
  //       CHECK:   hopper.wgmma %{{.+}}, %{{.+}} acc %{{.+}} {transpose_rhs}
  gpu.func @square(%v: !buffer, %o: vector<64x64xf32>, %out: memref<64x64xf32>) {
    %c0 = arith.constant 0 : index
    %pad = arith.constant 0.0 : bf16
    %0 = vector.transfer_read %v[%c0, %c0, %c0, %c0], %pad {in_bounds = [false, true], permutation_map = #tile} : !buffer, vector<64x128xbf16>
    %1 = vector.contract {indexing_maps = [#mk, affine_map<(m, n, k) -> (n, k)>, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %0, %0, %o : vector<64x128xbf16>, vector<64x128xbf16> into vector<64x64xf32>
    vector.transfer_write %1, %out[%c0, %c0] : vector<64x64xf32>, memref<64x64xf32>
    gpu.return
  }

  // CHECK-LABEL: gpu.func @no_contractions
  //  CHECK-NEXT:   gpu.return
  gpu.func @no_contractions() kernel {
    gpu.return
  }
}

// -----

//===----------------------------------------------------------------------===//
// Refused
//===----------------------------------------------------------------------===//

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
gpu.module @kernels {
  gpu.func @rhs_in_registers(%a: vector<64x16xf16>, %b: vector<16x8xf16>, %c: vector<64x8xf32>) {
    // expected-error @+1 {{expected a right-hand side that is read from a buffer}}
    %0 = vector.contract {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %a, %b, %c : vector<64x16xf16>, vector<16x8xf16> into vector<64x8xf32>
    gpu.return
  }
}

// -----

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
gpu.module @kernels {
  gpu.func @maximum(%a: vector<64x16xf32>, %b: vector<16x8xf32>, %c: vector<64x8xf32>) {
    // expected-error @+1 {{expected a product of two matrices}}
    %0 = vector.contract {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<maximumf>} %a, %b, %c : vector<64x16xf32>, vector<16x8xf32> into vector<64x8xf32>
    gpu.return
  }
}

// -----

#km = affine_map<(m, n, k) -> (k, m)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
gpu.module @kernels {
  gpu.func @transposed_lhs(%a: vector<16x64xf16>, %b: vector<16x8xf16>, %c: vector<64x8xf32>) {
    // expected-error @+1 {{expected a product of two matrices}}
    %0 = vector.contract {indexing_maps = [#km, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %a, %b, %c : vector<16x64xf16>, vector<16x8xf16> into vector<64x8xf32>
    gpu.return
  }
}

// -----

#bmk = affine_map<(b, m, n, k) -> (b, m, k)>
#bkn = affine_map<(b, m, n, k) -> (b, k, n)>
#bmn = affine_map<(b, m, n, k) -> (b, m, n)>
gpu.module @kernels {
  gpu.func @batch(%a: vector<2x64x16xf16>, %b: vector<2x16x8xf16>, %c: vector<2x64x8xf32>) {
    // expected-error @+1 {{expected a product of two matrices}}
    %0 = vector.contract {indexing_maps = [#bmk, #bkn, #bmn], iterator_types = ["parallel", "parallel", "parallel", "reduction"], kind = #vector.kind<add>} %a, %b, %c : vector<2x64x16xf16>, vector<2x16x8xf16> into vector<2x64x8xf32>
    gpu.return
  }
}

// -----

#k = affine_map<(k) -> (k)>
#r = affine_map<(k) -> ()>
gpu.module @kernels {
  gpu.func @dot(%a: vector<16xf32>, %c: f32) {
    // expected-error @+1 {{expected a product of two matrices}}
    %0 = vector.contract {indexing_maps = [#k, #k, #r], iterator_types = ["reduction"], kind = #vector.kind<add>} %a, %a, %c : vector<16xf32>, vector<16xf32> into f32
    gpu.return
  }
}

// -----

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
gpu.module @kernels {
  gpu.func @masked(%a: vector<64x16xf16>, %b: vector<16x8xf16>, %c: vector<64x8xf32>, %m: vector<64x8x16xi1>) {
    // expected-error @+1 {{expected a product of two matrices}}
    %0 = vector.mask %m { vector.contract {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %a, %b, %c : vector<64x16xf16>, vector<16x8xf16> into vector<64x8xf32> } : vector<64x8x16xi1> -> vector<64x8xf32>
    gpu.return
  }
}

// -----

// Rows along the last dimension: the copy engine does not transpose.
#columns = affine_map<(d0, d1) -> (d1, d0)>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
gpu.module @kernels {
  gpu.func @transposed_read(%a: vector<64x16xf16>, %b: memref<8x16xf16>, %c: vector<64x8xf32>) {
    %c0 = arith.constant 0 : index
    %pad = arith.constant 0.0 : f16
    // expected-error @+1 {{cannot become a tile in shared memory: expected rows along one dimension of a memref and columns along its last one}}
    %0 = vector.transfer_read %b[%c0, %c0], %pad {in_bounds = [true, true], permutation_map = #columns} : memref<8x16xf16>, vector<16x8xf16>
    %1 = vector.contract {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %a, %0, %c : vector<64x16xf16>, vector<16x8xf16> into vector<64x8xf32>
    gpu.return
  }
}

// -----

// One row for all.
#row = affine_map<(d0, d1) -> (0, d1)>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
gpu.module @kernels {
  gpu.func @repeated_row(%a: vector<64x16xf16>, %b: memref<16x8xf16>, %c: vector<64x8xf32>) {
    %c0 = arith.constant 0 : index
    %pad = arith.constant 0.0 : f16
    // expected-error @+1 {{cannot become a tile in shared memory}}
    %0 = vector.transfer_read %b[%c0, %c0], %pad {in_bounds = [true, true], permutation_map = #row} : memref<16x8xf16>, vector<16x8xf16>
    %1 = vector.contract {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %a, %0, %c : vector<64x16xf16>, vector<16x8xf16> into vector<64x8xf32>
    gpu.return
  }
}

// -----

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
gpu.module @kernels {
  gpu.func @masked_read(%a: vector<64x16xf16>, %b: memref<16x8xf16>, %c: vector<64x8xf32>, %m: vector<16x8xi1>) {
    %c0 = arith.constant 0 : index
    %pad = arith.constant 0.0 : f16
    // expected-error @+1 {{cannot become a tile in shared memory}}
    %0 = vector.transfer_read %b[%c0, %c0], %pad, %m {in_bounds = [true, true]} : memref<16x8xf16>, vector<16x8xf16>
    %1 = vector.contract {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %a, %0, %c : vector<64x16xf16>, vector<16x8xf16> into vector<64x8xf32>
    gpu.return
  }
}

// -----

// The copy engine fills with zeros.
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
gpu.module @kernels {
  gpu.func @padding(%a: vector<64x16xf16>, %b: memref<?x8xf16>, %c: vector<64x8xf32>) {
    %c0 = arith.constant 0 : index
    %pad = arith.constant 1.0 : f16
    // expected-error @+1 {{cannot become a tile in shared memory: expected a padding of zero}}
    %0 = vector.transfer_read %b[%c0, %c0], %pad {in_bounds = [false, true]} : memref<?x8xf16>, vector<16x8xf16>
    %1 = vector.contract {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %a, %0, %c : vector<64x16xf16>, vector<16x8xf16> into vector<64x8xf32>
    gpu.return
  }
}

// -----

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
gpu.module @kernels {
  gpu.func @no_tile(%a: vector<64x4xf16>, %b: memref<?x8xf16>, %c: vector<64x8xf32>) {
    %c0 = arith.constant 0 : index
    %pad = arith.constant 0.0 : f16
    // expected-error @+1 {{expected a multiple of 8 rows, at most 256, but got 4}}
    %0 = vector.transfer_read %b[%c0, %c0], %pad {in_bounds = [false, true]} : memref<?x8xf16>, vector<4x8xf16>
    %1 = vector.contract {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %a, %0, %c : vector<64x4xf16>, vector<4x8xf16> into vector<64x8xf32>
    gpu.return
  }
}

// -----

// What the matrix units do not take, the operation's verifier refuses.
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
gpu.module @kernels {
  gpu.func @shape(%a: vector<48x16xf16>, %b: memref<?x8xf16>, %c: vector<48x8xf32>) {
    %c0 = arith.constant 0 : index
    %pad = arith.constant 0.0 : f16
    %0 = vector.transfer_read %b[%c0, %c0], %pad {in_bounds = [false, true]} : memref<?x8xf16>, vector<16x8xf16>
    // expected-error @+1 {{'hopper.wgmma' op expected a multiple of 64 rows, but got 48}}
    %1 = vector.contract {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %a, %0, %c : vector<48x16xf16>, vector<16x8xf16> into vector<48x8xf32>
    gpu.return
  }
}

// -----

// The configuration promises other rows.
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
gpu.module @kernels {
  gpu.func @rows(%a: vector<64x16xf16>, %b: memref<?x8xf16>, %c: vector<64x8xf32>) attributes {attn.config = #attn.config<tile = 128x16, stages = 2, consumers = 2, registers = 24x240>} {
    %c0 = arith.constant 0 : index
    %pad = arith.constant 0.0 : f16
    %0 = vector.transfer_read %b[%c0, %c0], %pad {in_bounds = [false, true]} : memref<?x8xf16>, vector<16x8xf16>
    // expected-error @+1 {{expected the 128 rows of the configuration's tile, but got 64}}
    %1 = vector.contract {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %a, %0, %c : vector<64x16xf16>, vector<16x8xf16> into vector<64x8xf32>
    gpu.return
  }
}

// -----

// The configuration promises other keys.
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
gpu.module @kernels {
  gpu.func @keys(%a: vector<64x16xf16>, %b: memref<?x8xf16>, %c: vector<64x8xf32>) attributes {attn.config = #attn.config<tile = 64x32, stages = 2, consumers = 1, registers = 24x240>} {
    %c0 = arith.constant 0 : index
    %pad = arith.constant 0.0 : f16
    %0 = vector.transfer_read %b[%c0, %c0], %pad {in_bounds = [false, true]} : memref<?x8xf16>, vector<16x8xf16>
    // expected-error @+1 {{expected the 32 keys of the configuration's tile as columns or as depth, but got 8 and 16}}
    %1 = vector.contract {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %a, %0, %c : vector<64x16xf16>, vector<16x8xf16> into vector<64x8xf32>
    gpu.return
  }
}

// -----

// A row of ones behind the values of a transposed right-hand side, and a column of
// them behind others.
// CHECK-LABEL: gpu.func @sums
//       CHECK:   %[[T:.+]] = hopper.load_tile %{{.+}} {row_dim = 1 : i64} : memref<2x32x?xf8E4M3FN> -> <40x64xf8E4M3FN, interleaved, row_sums>
//       CHECK:   hopper.wgmma %{{.+}}, %[[T]] acc %{{.+}} {transpose_rhs} : vector<64x64xf8E4M3FN>, <40x64xf8E4M3FN, interleaved, row_sums>, vector<64x40xf32>
//       CHECK:   %[[U:.+]] = hopper.load_tile %{{.+}} {row_dim = 0 : i64} : memref<?x32xf8E4M3FN> -> <64x32xf8E4M3FN>
//       CHECK:   hopper.wgmma %{{.+}}, %[[U]] acc %{{.+}} {row_sums} : vector<64x64xf8E4M3FN>, <64x32xf8E4M3FN>, vector<64x40xf32>
//   CHECK-NOT:   vector.insert_strided_slice
#mk = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
#columns = affine_map<(a, b, c) -> (b, c)>
gpu.module @kernels {
  gpu.func @sums(%p: vector<64x64xf8E4M3FN>, %v: memref<2x32x?xf8E4M3FN>, %w: memref<?x32xf8E4M3FN>, %i: index, %c: vector<64x40xf32>) {
    %c0 = arith.constant 0 : index
    %pad = arith.constant 0.0 : f8E4M3FN
    %zeros = arith.constant dense<0.0> : vector<40x64xf8E4M3FN>
    %ones = arith.constant dense<1.0> : vector<1x64xf8E4M3FN>
    %0 = vector.transfer_read %v[%i, %c0, %i], %pad {in_bounds = [true, false], permutation_map = #columns} : memref<2x32x?xf8E4M3FN>, vector<32x64xf8E4M3FN>
    %1 = attn.deinterleave %0 : vector<32x64xf8E4M3FN>
    %2 = vector.insert_strided_slice %1, %zeros {offsets = [0, 0], strides = [1, 1]} : vector<32x64xf8E4M3FN> into vector<40x64xf8E4M3FN>
    %3 = vector.insert_strided_slice %ones, %2 {offsets = [32, 0], strides = [1, 1]} : vector<1x64xf8E4M3FN> into vector<40x64xf8E4M3FN>
    %4 = vector.contract {indexing_maps = [#mk, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %p, %3, %c : vector<64x64xf8E4M3FN>, vector<40x64xf8E4M3FN> into vector<64x40xf32>
    %none = arith.constant dense<0.0> : vector<64x40xf8E4M3FN>
    %one = arith.constant dense<1.0> : vector<64x1xf8E4M3FN>
    %5 = vector.transfer_read %w[%i, %c0], %pad {in_bounds = [false, true]} : memref<?x32xf8E4M3FN>, vector<64x32xf8E4M3FN>
    %6 = vector.insert_strided_slice %5, %none {offsets = [0, 0], strides = [1, 1]} : vector<64x32xf8E4M3FN> into vector<64x40xf8E4M3FN>
    %7 = vector.insert_strided_slice %one, %6 {offsets = [0, 32], strides = [1, 1]} : vector<64x1xf8E4M3FN> into vector<64x40xf8E4M3FN>
    %8 = vector.contract {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %p, %7, %c : vector<64x64xf8E4M3FN>, vector<64x40xf8E4M3FN> into vector<64x40xf32>
    gpu.return
  }
}

// -----

// Keys of a transposed V stay as they stand.
// CHECK-LABEL: gpu.func @interleaved
//  CHECK-SAME:   %[[P:.+]]: vector<64x64xf8E4M3FN>, %[[V:.+]]: memref<2x32x?xf8E4M3FN>, %[[I:.+]]: index
//       CHECK:   %[[T:.+]] = hopper.load_tile %[[V]][%[[I]], %{{.+}}, %[[I]]] {row_dim = 1 : i64} : memref<2x32x?xf8E4M3FN> -> <32x64xf8E4M3FN, interleaved>
//       CHECK:   hopper.wgmma %[[P]], %[[T]] acc %{{.+}} {transpose_rhs}
//   CHECK-NOT:   attn.deinterleave
//   CHECK-NOT:   vector.transfer_read
#mk = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>
#columns = affine_map<(a, b, c) -> (b, c)>
gpu.module @kernels {
  gpu.func @interleaved(%p: vector<64x64xf8E4M3FN>, %v: memref<2x32x?xf8E4M3FN>, %i: index, %c: vector<64x32xf32>) {
    %c0 = arith.constant 0 : index
    %pad = arith.constant 0.0 : f8E4M3FN
    %0 = vector.transfer_read %v[%i, %c0, %i], %pad {in_bounds = [true, false], permutation_map = #columns} : memref<2x32x?xf8E4M3FN>, vector<32x64xf8E4M3FN>
    %1 = attn.deinterleave %0 : vector<32x64xf8E4M3FN>
    %2 = vector.contract {indexing_maps = [#mk, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %p, %1, %c : vector<64x64xf8E4M3FN>, vector<32x64xf8E4M3FN> into vector<64x32xf32>
    gpu.return
  }
}

// -----

// A left-hand side in shared memory has its columns in order.
#mk = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>
gpu.module @kernels {
  gpu.func @ordered_lhs(%q: memref<?x64xf8E4M3FN>, %v: memref<32x?xf8E4M3FN>, %c: vector<64x32xf32>) {
    %c0 = arith.constant 0 : index
    %pad = arith.constant 0.0 : f8E4M3FN
    %0 = vector.transfer_read %q[%c0, %c0], %pad {in_bounds = [false, true]} : memref<?x64xf8E4M3FN>, vector<64x64xf8E4M3FN>
    %1 = vector.transfer_read %v[%c0, %c0], %pad {in_bounds = [true, false]} : memref<32x?xf8E4M3FN>, vector<32x64xf8E4M3FN>
    // expected-error @+1 {{expected to be the transposed right-hand side of a product whose left-hand side is computed, which takes its columns as they are}}
    %2 = attn.deinterleave %1 : vector<32x64xf8E4M3FN>
    %3 = vector.contract {indexing_maps = [#mk, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %0, %2, %c : vector<64x64xf8E4M3FN>, vector<32x64xf8E4M3FN> into vector<64x32xf32>
    gpu.return
  }
}

// -----

#keys = affine_map<(d0, d1, d2, d3) -> (d1, d3)>
#mk = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>

gpu.module @kernels {
  // Integers: zeros are padding and the accumulators of a product that begins.
  // CHECK-LABEL: gpu.func @integers
  //       CHECK:   %[[S:.+]] = hopper.wgmma %{{.+}}, %{{.+}} {transpose_rhs} : !hopper.shared_tile<64x128xi8>, <96x128xi8> -> <vector<64x96xi32>>
  //       CHECK:   hopper.wgmma_wait %[[S]] : <vector<64x96xi32>>
  gpu.func @integers(%k: memref<2x?x16x128xi8>, %out: memref<64x96xi32>) {
    %c0 = arith.constant 0 : index
    %pad = arith.constant 0 : i8
    %zeros = arith.constant dense<0> : vector<64x96xi32>
    %0 = vector.transfer_read %k[%c0, %c0, %c0, %c0], %pad {in_bounds = [false, true], permutation_map = #keys} : memref<2x?x16x128xi8>, vector<96x128xi8>
    %q = vector.transfer_read %k[%c0, %c0, %c0, %c0], %pad {in_bounds = [false, true], permutation_map = #keys} : memref<2x?x16x128xi8>, vector<64x128xi8>
    %1 = vector.contract {indexing_maps = [#mk, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %q, %0, %zeros : vector<64x128xi8>, vector<96x128xi8> into vector<64x96xi32>
    vector.transfer_write %1, %out[%c0, %c0] : vector<64x96xi32>, memref<64x96xi32>
    gpu.return
  }
}
