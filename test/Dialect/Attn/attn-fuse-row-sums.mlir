// RUN: fa3-opt %s --split-input-file --attn-fuse-row-sums --canonicalize | FileCheck %s
// RUN: fa3-opt %s --split-input-file --attn-fuse-row-sums --canonicalize --attn-fuse-row-sums | FileCheck %s --check-prefix=AGAIN

#nk = affine_map<(d0, d1, d2) -> (d0, d2)>
#kn = affine_map<(d0, d1, d2) -> (d2, d1)>
#mn = affine_map<(d0, d1, d2) -> (d0, d1)>

// The loop carries the wider output, and takes the sums out of each product.
// CHECK-LABEL: func.func @rows(
// CHECK-SAME:    %[[S:.*]]: vector<64x32xf32>, %[[V:.*]]: vector<32x16xf8E4M3FN>
// CHECK-DAG:     %[[ONES:.*]] = arith.constant dense<1.000000e+00> : vector<32x1xf8E4M3FN>
// CHECK-DAG:     %[[ZEROS:.*]] = arith.constant dense<0.000000e+00> : vector<32x24xf8E4M3FN>
// CHECK-DAG:     %[[INIT:.*]] = arith.constant dense<0.000000e+00> : vector<64x24xf32>
// CHECK-DAG:     %[[NONE:.*]] = arith.constant dense<0.000000e+00> : vector<64xf32>
// CHECK-DAG:     %[[FEW:.*]] = arith.constant dense<0.000000e+00> : vector<64x8xf32>
// CHECK:         %[[LOOP:.*]]:3 = scf.for {{.*}} iter_args(%[[O:.*]] = %[[INIT]], %[[M:.*]] = %{{.*}}, %[[L:.*]] = %[[NONE]]) -> (vector<64x24xf32>, vector<64xf32>, vector<64xf32>)
// CHECK-NEXT:      %[[P:.*]], %[[M1:.*]], %{{.*}}, %[[A:.*]] = attn.online_softmax %[[S]], %[[M]], %[[NONE]]
// CHECK-NEXT:      %[[P8:.*]] = arith.truncf %[[P]]
// CHECK-NEXT:      %[[COLUMN:.*]] = vector.shape_cast %[[A]]
// CHECK-NEXT:      %[[SPREAD:.*]] = vector.broadcast %[[COLUMN]] : vector<64x1xf32> to vector<64x24xf32>
// CHECK-NEXT:      %[[O1:.*]] = arith.mulf %[[O]], %[[SPREAD]] : vector<64x24xf32>
// CHECK-NEXT:      %[[V0:.*]] = vector.insert_strided_slice %[[V]], %[[ZEROS]] {offsets = [0, 0], strides = [1, 1]}
// CHECK-NEXT:      %[[V1:.*]] = vector.insert_strided_slice %[[ONES]], %[[V0]] {offsets = [0, 16], strides = [1, 1]}
// CHECK-NEXT:      %[[W:.*]] = vector.contract {{.*}} %[[P8]], %[[V1]], %[[O1]]
// CHECK-NEXT:      %[[T:.*]] = vector.extract_strided_slice %[[W]] {offsets = [0, 16], sizes = [64, 8], strides = [1, 1]}
// CHECK-NEXT:      %[[EMPTY:.*]] = arith.mulf %[[T]], %[[FEW]] : vector<64x8xf32>
// CHECK-NEXT:      %[[O2:.*]] = vector.insert_strided_slice %[[EMPTY]], %[[W]] {offsets = [0, 16], strides = [1, 1]}
// CHECK-NEXT:      %[[L0:.*]] = vector.multi_reduction <add>, %[[T]], %[[NONE]] [1]
// CHECK-NEXT:      %[[L1:.*]] = arith.mulf %[[L]], %[[A]] : vector<64xf32>
// CHECK-NEXT:      %[[L2:.*]] = arith.addf %[[L1]], %[[L0]] : vector<64xf32>
// CHECK-NEXT:      scf.yield %[[O2]], %[[M1]], %[[L2]]
// CHECK:         %[[OUT:.*]] = vector.extract_strided_slice %[[LOOP]]#0 {offsets = [0, 0], sizes = [64, 16], strides = [1, 1]}
// CHECK-NEXT:    return %[[OUT]], %[[LOOP]]#2
// It does so once.
// AGAIN-LABEL: func.func @rows(
// AGAIN:         vector.contract {{.*}} into vector<64x24xf32>
// AGAIN-NOT:     vector.contract
// AGAIN:         return
func.func @rows(%s: vector<64x32xf32>, %v: vector<32x16xf8E4M3FN>, %f: f32, %n: index) -> (vector<64x16xf32>, vector<64xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %o0 = arith.constant dense<0.0> : vector<64x16xf32>
  %m0 = arith.constant dense<0xFF800000> : vector<64xf32>
  %l0 = arith.constant dense<0.0> : vector<64xf32>
  %r:3 = scf.for %i = %c0 to %n step %c1 iter_args(%o = %o0, %m = %m0, %l = %l0) -> (vector<64x16xf32>, vector<64xf32>, vector<64xf32>) {
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %l factor(%f) : vector<64x32xf32>, vector<64xf32>
    %p8 = arith.truncf %p : vector<64x32xf32> to vector<64x32xf8E4M3FN>
    %column = vector.shape_cast %a : vector<64xf32> to vector<64x1xf32>
    %spread = vector.broadcast %column : vector<64x1xf32> to vector<64x16xf32>
    %o1 = arith.mulf %o, %spread : vector<64x16xf32>
    %o2 = vector.contract {indexing_maps = [#nk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %p8, %v, %o1 : vector<64x32xf8E4M3FN>, vector<32x16xf8E4M3FN> into vector<64x16xf32>
    scf.yield %o2, %m1, %l1 : vector<64x16xf32>, vector<64xf32>, vector<64xf32>
  }
  return %r#0, %r#2 : vector<64x16xf32>, vector<64xf32>
}

// -----

#nk = affine_map<(d0, d1, d2) -> (d0, d2)>
#nt = affine_map<(d0, d1, d2) -> (d1, d2)>
#mn = affine_map<(d0, d1, d2) -> (d0, d1)>

// Of transposed values the ones are a row.
// CHECK-LABEL: func.func @columns(
// CHECK:           vector.insert_strided_slice %{{.*}}, %{{.*}} {offsets = [0, 0], strides = [1, 1]} : vector<16x32xf8E4M3FN> into vector<24x32xf8E4M3FN>
// CHECK:           vector.insert_strided_slice %{{.*}}, %{{.*}} {offsets = [16, 0], strides = [1, 1]} : vector<1x32xf8E4M3FN> into vector<24x32xf8E4M3FN>
func.func @columns(%s: vector<64x32xf32>, %v: vector<16x32xf8E4M3FN>, %f: f32, %n: index) -> (vector<64x16xf32>, vector<64xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %o0 = arith.constant dense<0.0> : vector<64x16xf32>
  %m0 = arith.constant dense<0xFF800000> : vector<64xf32>
  %l0 = arith.constant dense<0.0> : vector<64xf32>
  %r:3 = scf.for %i = %c0 to %n step %c1 iter_args(%o = %o0, %m = %m0, %l = %l0) -> (vector<64x16xf32>, vector<64xf32>, vector<64xf32>) {
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %l factor(%f) : vector<64x32xf32>, vector<64xf32>
    %p8 = arith.truncf %p : vector<64x32xf32> to vector<64x32xf8E4M3FN>
    %column = vector.shape_cast %a : vector<64xf32> to vector<64x1xf32>
    %spread = vector.broadcast %column : vector<64x1xf32> to vector<64x16xf32>
    %o1 = arith.mulf %spread, %o : vector<64x16xf32>
    %o2 = vector.contract {indexing_maps = [#nk, #nt, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %p8, %v, %o1 : vector<64x32xf8E4M3FN>, vector<16x32xf8E4M3FN> into vector<64x16xf32>
    scf.yield %o2, %m1, %l1 : vector<64x16xf32>, vector<64xf32>, vector<64xf32>
  }
  return %r#0, %r#2 : vector<64x16xf32>, vector<64xf32>
}

// -----

#nk = affine_map<(d0, d1, d2) -> (d0, d2)>
#kn = affine_map<(d0, d1, d2) -> (d2, d1)>
#mn = affine_map<(d0, d1, d2) -> (d0, d1)>

// A logarithm of the sum is wanted.
// CHECK-LABEL: func.func @logarithm(
// CHECK-NOT:     insert_strided_slice
// CHECK:         return
func.func @logarithm(%s: vector<64x32xf32>, %v: vector<32x16xf8E4M3FN>, %f: f32, %n: index, %out: memref<64xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %o0 = arith.constant dense<0.0> : vector<64x16xf32>
  %m0 = arith.constant dense<0xFF800000> : vector<64xf32>
  %l0 = arith.constant dense<0.0> : vector<64xf32>
  scf.forall (%b) in (4) {
    %r:3 = scf.for %i = %c0 to %n step %c1 iter_args(%o = %o0, %m = %m0, %l = %l0) -> (vector<64x16xf32>, vector<64xf32>, vector<64xf32>) {
      %p, %m1, %l1, %a = attn.online_softmax %s, %m, %l factor(%f) : vector<64x32xf32>, vector<64xf32>
      %p8 = arith.truncf %p : vector<64x32xf32> to vector<64x32xf8E4M3FN>
      %column = vector.shape_cast %a : vector<64xf32> to vector<64x1xf32>
      %spread = vector.broadcast %column : vector<64x1xf32> to vector<64x16xf32>
      %o1 = arith.mulf %o, %spread : vector<64x16xf32>
      %o2 = vector.contract {indexing_maps = [#nk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %p8, %v, %o1 : vector<64x32xf8E4M3FN>, vector<32x16xf8E4M3FN> into vector<64x16xf32>
      scf.yield %o2, %m1, %l1 : vector<64x16xf32>, vector<64xf32>, vector<64xf32>
    }
    %lse = math.log %r#2 : vector<64xf32>
    vector.transfer_write %lse, %out[%c0] : vector<64xf32>, memref<64xf32>
  }
  return
}

// -----

#nk = affine_map<(d0, d1, d2) -> (d0, d2)>
#kn = affine_map<(d0, d1, d2) -> (d2, d1)>
#mn = affine_map<(d0, d1, d2) -> (d0, d1)>

// In 16 bits no tile has rows for sums.
// CHECK-LABEL: func.func @halves(
// CHECK-NOT:     insert_strided_slice
// CHECK:         return
func.func @halves(%s: vector<64x32xf32>, %v: vector<32x16xf16>, %f: f32, %n: index) -> (vector<64x16xf32>, vector<64xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %o0 = arith.constant dense<0.0> : vector<64x16xf32>
  %m0 = arith.constant dense<0xFF800000> : vector<64xf32>
  %l0 = arith.constant dense<0.0> : vector<64xf32>
  %r:3 = scf.for %i = %c0 to %n step %c1 iter_args(%o = %o0, %m = %m0, %l = %l0) -> (vector<64x16xf32>, vector<64xf32>, vector<64xf32>) {
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %l factor(%f) : vector<64x32xf32>, vector<64xf32>
    %p16 = arith.truncf %p : vector<64x32xf32> to vector<64x32xf16>
    %column = vector.shape_cast %a : vector<64xf32> to vector<64x1xf32>
    %spread = vector.broadcast %column : vector<64x1xf32> to vector<64x16xf32>
    %o1 = arith.mulf %o, %spread : vector<64x16xf32>
    %o2 = vector.contract {indexing_maps = [#nk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %p16, %v, %o1 : vector<64x32xf16>, vector<32x16xf16> into vector<64x16xf32>
    scf.yield %o2, %m1, %l1 : vector<64x16xf32>, vector<64xf32>, vector<64xf32>
  }
  return %r#0, %r#2 : vector<64x16xf32>, vector<64xf32>
}

// -----

#nk = affine_map<(d0, d1, d2) -> (d0, d2)>
#kn = affine_map<(d0, d1, d2) -> (d2, d1)>
#mn = affine_map<(d0, d1, d2) -> (d0, d1)>

// What multiplies the output from tile to tile, the sums must not have: a scale of
// V that changes.
// CHECK-LABEL: func.func @changing_scale(
// CHECK-NOT:     insert_strided_slice
// CHECK:         return
func.func @changing_scale(%s: vector<64x32xf32>, %v: vector<32x16xf8E4M3FN>, %f: f32, %ratio: vector<64x16xf32>, %n: index) -> (vector<64x16xf32>, vector<64xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %o0 = arith.constant dense<0.0> : vector<64x16xf32>
  %m0 = arith.constant dense<0xFF800000> : vector<64xf32>
  %l0 = arith.constant dense<0.0> : vector<64xf32>
  %r:3 = scf.for %i = %c0 to %n step %c1 iter_args(%o = %o0, %m = %m0, %l = %l0) -> (vector<64x16xf32>, vector<64xf32>, vector<64xf32>) {
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %l factor(%f) : vector<64x32xf32>, vector<64xf32>
    %p8 = arith.truncf %p : vector<64x32xf32> to vector<64x32xf8E4M3FN>
    %column = vector.shape_cast %a : vector<64xf32> to vector<64x1xf32>
    %spread = vector.broadcast %column : vector<64x1xf32> to vector<64x16xf32>
    %o1 = arith.mulf %o, %spread : vector<64x16xf32>
    %o2 = arith.mulf %o1, %ratio : vector<64x16xf32>
    %o3 = vector.contract {indexing_maps = [#nk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %p8, %v, %o2 : vector<64x32xf8E4M3FN>, vector<32x16xf8E4M3FN> into vector<64x16xf32>
    scf.yield %o3, %m1, %l1 : vector<64x16xf32>, vector<64xf32>, vector<64xf32>
  }
  return %r#0, %r#2 : vector<64x16xf32>, vector<64xf32>
}

// -----

#nk = affine_map<(d0, d1, d2) -> (d0, d2)>
#kn = affine_map<(d0, d1, d2) -> (d2, d1)>
#mn = affine_map<(d0, d1, d2) -> (d0, d1)>

// A product has 256 columns at most.
// CHECK-LABEL: func.func @widest(
// CHECK-NOT:     insert_strided_slice
// CHECK:         return
func.func @widest(%s: vector<64x32xf32>, %v: vector<32x256xf8E4M3FN>, %f: f32, %n: index) -> (vector<64x256xf32>, vector<64xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %o0 = arith.constant dense<0.0> : vector<64x256xf32>
  %m0 = arith.constant dense<0xFF800000> : vector<64xf32>
  %l0 = arith.constant dense<0.0> : vector<64xf32>
  %r:3 = scf.for %i = %c0 to %n step %c1 iter_args(%o = %o0, %m = %m0, %l = %l0) -> (vector<64x256xf32>, vector<64xf32>, vector<64xf32>) {
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %l factor(%f) : vector<64x32xf32>, vector<64xf32>
    %p8 = arith.truncf %p : vector<64x32xf32> to vector<64x32xf8E4M3FN>
    %column = vector.shape_cast %a : vector<64xf32> to vector<64x1xf32>
    %spread = vector.broadcast %column : vector<64x1xf32> to vector<64x256xf32>
    %o1 = arith.mulf %o, %spread : vector<64x256xf32>
    %o2 = vector.contract {indexing_maps = [#nk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %p8, %v, %o1 : vector<64x32xf8E4M3FN>, vector<32x256xf8E4M3FN> into vector<64x256xf32>
    scf.yield %o2, %m1, %l1 : vector<64x256xf32>, vector<64xf32>, vector<64xf32>
  }
  return %r#0, %r#2 : vector<64x256xf32>, vector<64xf32>
}
