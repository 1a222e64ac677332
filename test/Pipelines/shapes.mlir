// What one pipeline compiles: head dimensions, element types, layouts, masks,
// regions, tensors; and several attentions in a module.

// RUN: fa3-opt %s --attn-to-hopper --split-input-file | FileCheck %s --implicit-check-not={{'(hopper|attn|vector)\.(wgmma|wait|acquire|forward|contract|transfer_read)'}}
// RUN: fa3-opt %s --attn-to-hopper=warp-specialize=false --split-input-file | FileCheck %s --check-prefix=ONE-ROLE

// CHECK-LABEL: gpu.module @d64
//       CHECK:   threads = 512
//       CHECK:   wgmma.mma_async.sync.aligned.m64n{{.+}}k16.f32.f16.f16
// ONE-ROLE-LABEL: gpu.module @d64
//       ONE-ROLE:   threads = 256
!t = memref<2x?x16x64xf16>
func.func @d64(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t)
  return
}

// -----

// CHECK-LABEL: gpu.module @d128_bf16
//       CHECK:   threads = 384
//       CHECK:   wgmma.mma_async.sync.aligned.m64n{{.+}}k16.f32.bf16.bf16
// ONE-ROLE-LABEL: gpu.module @d128_bf16
!t = memref<2x?x16x128xbf16>
func.func @d128_bf16(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t) {causal}
  return
}

// -----

// With LSE, heads in front of rows, a window, heads that share K and V.
// CHECK-LABEL: gpu.module @d256
//       CHECK:   wgmma.mma_async.sync.aligned.m64n256k16
// ONE-ROLE-LABEL: gpu.module @d256
func.func @d256(%q: memref<2x16x?x256xf16>, %k: memref<2x4x?x256xf16>, %v: memref<2x4x?x256xf16>,
                %o: memref<2x16x?x256xf16>, %lse: memref<2x16x?xf32>) {
  attn.forward ins(%q, %k, %v : memref<2x16x?x256xf16>, memref<2x4x?x256xf16>, memref<2x4x?x256xf16>)
               outs(%o, %lse : memref<2x16x?x256xf16>, memref<2x16x?xf32>)
      {layout = #attn.layout<bhsd>, window = #attn.window<left = 1023, right = 0>}
  return
}

// -----

// 192 columns of Q and K, 128 of V.
// CHECK-LABEL: gpu.module @d192x128
//       CHECK:   <tensor_map, argument = 0, map = <argument = 0, dims = [3, 1, 2, 0], box = [64, 128, 1, 1]
//       CHECK:   wgmma.mma_async.sync.aligned.m64n128k16
// ONE-ROLE-LABEL: gpu.module @d192x128
!t = memref<2x?x16x192xf16>
!v = memref<2x?x16x128xf16>
func.func @d192x128(%q: !t, %k: !t, %v: !v, %o: !v) {
  attn.forward ins(%q, %k, %v : !t, !t, !v) outs(%o : !v)
  return
}

// -----

// A second slab that is padded to the swizzle's width; V has 72 columns.
// CHECK-LABEL: gpu.module @d72
//       CHECK:   wgmma.mma_async.sync.aligned.m64n72k16
// ONE-ROLE-LABEL: gpu.module @d72
!t = memref<2x?x16x72xf16>
func.func @d72(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t)
  return
}

// -----

// Nothing is dynamic, and there are so few blocks that tiles are small.
// CHECK-LABEL: gpu.module @static
//       CHECK:   grid = <() -> (16)>
// ONE-ROLE-LABEL: gpu.module @static
!t = memref<2x100x4x64xf16>
func.func @static(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t)
  return
}

// -----

// One block.
// CHECK-LABEL: gpu.module @one_block
//       CHECK:   grid = <() -> (1)>
// ONE-ROLE-LABEL: gpu.module @one_block
!t = memref<1x64x1x64xf16>
func.func @one_block(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t)
  return
}

// -----

// Tensors, whose result is written in place.
// CHECK-LABEL: gpu.module @tensors
//       CHECK:   hopper.kernel = #hopper.kernel<arguments = [memref<2x?x16x128xf16>, memref<2x?x16x128xf16>, memref<2x?x16x128xf16>, memref<2x?x16x128xf16>]
// ONE-ROLE-LABEL: gpu.module @tensors
!t = tensor<2x?x16x128xf16>
func.func private @tensors(%q: !t, %k: !t, %v: !t, %o: !t) -> !t {
  %0 = attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t) -> !t
  return %0 : !t
}

// -----

// Regions: a soft cap, slopes by head, a bias that is gathered, documents.
// CHECK-LABEL: gpu.module @regions
//       CHECK:   llvm.nvvm.rcp.approx.ftz.f
// ONE-ROLE-LABEL: gpu.module @regions
!t = memref<2x?x16x128xf16>
func.func @regions(%q: !t, %k: !t, %v: !t, %o: !t, %slopes: memref<16xf32>, %bias: memref<?x?xf32>,
                   %ids: memref<?x?xi32>) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t)
      score {
      ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
        %cap = math.tanh %s : f32
        %slope = memref.load %slopes[%h] : memref<16xf32>
        %e = memref.load %bias[%i, %j] : memref<?x?xf32>
        %x = arith.addf %cap, %e : f32
        %y = arith.mulf %x, %slope : f32
        attn.yield %y : f32
      }
      mask {
      ^bb0(%b: index, %h: index, %i: index, %j: index):
        %x = memref.load %ids[%b, %i] : memref<?x?xi32>
        %y = memref.load %ids[%b, %j] : memref<?x?xi32>
        %r = arith.cmpi eq, %x, %y : i32
        attn.yield %r : i1
      }
  return
}

// -----

// Two attentions, and a function that is none.
// CHECK-LABEL: gpu.module @first
//       CHECK:   llvm.func @first
//       CHECK: gpu.module @second
//       CHECK:   llvm.func @second
//       CHECK: func.func @host
// ONE-ROLE-LABEL: gpu.module @first
!t = memref<2x?x16x128xf16>
func.func @first(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t)
  return
}
func.func @second(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t)
  return
}
func.func @host(%m: memref<4xf32>) -> f32 {
  %c0 = arith.constant 0 : index
  %0 = memref.load %m[%c0] : memref<4xf32>
  return %0 : f32
}

// -----

// Nothing to do.
// CHECK-LABEL: func.func @empty
// ONE-ROLE-LABEL: func.func @empty
func.func @empty() {
  return
}

// -----

// Without queries there is no block, and a grid of none is divided by what it is
// a product of.
// CHECK-LABEL: gpu.module @no_queries
//       CHECK:   grid = <() -> (0)>
// ONE-ROLE-LABEL: gpu.module @no_queries
func.func @no_queries(%q: memref<2x0x4x64xf16>, %k: memref<2x128x4x64xf16>, %o: memref<2x0x4x64xf16>) {
  attn.forward ins(%q, %k, %k : memref<2x0x4x64xf16>, memref<2x128x4x64xf16>, memref<2x128x4x64xf16>)
               outs(%o : memref<2x0x4x64xf16>) {causal}
  return
}

// -----

// Without keys there is no loop and nothing to copy: zeros are stored.
// CHECK-LABEL: gpu.module @no_keys
//   CHECK-NOT:   cp.async.bulk
//       CHECK:   threads = 128
//       CHECK:   llvm.store
// ONE-ROLE-LABEL: gpu.module @no_keys
func.func @no_keys(%q: memref<?x64x8x128xf16>, %k: memref<?x0x8x128xf16>, %o: memref<?x64x8x128xf16>) {
  attn.forward ins(%q, %k, %k : memref<?x64x8x128xf16>, memref<?x0x8x128xf16>, memref<?x0x8x128xf16>)
               outs(%o : memref<?x64x8x128xf16>)
  return
}
