// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-pipeline-loop,canonicalize)))' --split-input-file --verify-diagnostics | FileCheck %s

#a = #hopper.schedule<stage = 0, cluster = 0>
#b = #hopper.schedule<stage = 0, cluster = 1>
#c = #hopper.schedule<stage = 1, cluster = 0>
#d = #hopper.schedule<stage = 2, cluster = 0>

gpu.module @kernels {
  // One stage is an order and no pipeline: clusters decide.
  // CHECK-LABEL: gpu.func @order
  //   CHECK-NOT:   scf.if
  //       CHECK:   scf.for
  //  CHECK-NEXT:     memref.load %arg1
  //  CHECK-NEXT:     memref.load %arg0
  //  CHECK-NEXT:     memref.store
  //  CHECK-NEXT:     memref.store
  //   CHECK-NOT:   hopper.schedule
  gpu.func @order(%a: memref<?xf32>, %b: memref<?xf32>, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      %0 = memref.load %a[%i] {hopper.schedule = #b} : memref<?xf32>
      %1 = memref.load %b[%i] {hopper.schedule = #a} : memref<?xf32>
      memref.store %0, %b[%i] {hopper.schedule = #b} : memref<?xf32>
      memref.store %1, %a[%i] {hopper.schedule = #b} : memref<?xf32>
    }
    gpu.return
  }

  // Two stages: a prologue, a loop of one iteration less, an epilogue, all under
  // one condition; with no iterations none of it runs. Within a cluster the order
  // is that of the operations, so that the body loads the next element first.
  // CHECK-LABEL: gpu.func @two_stages
  //  CHECK-SAME:   %[[A:[a-z0-9]+]]: memref<?xf32>, %[[B:[a-z0-9]+]]: memref<?xf32>, %[[N:[a-z0-9]+]]: index
  //       CHECK:   %[[ENOUGH:.+]] = arith.cmpi sge, %{{.+}}, %c1
  //       CHECK:   scf.if %[[ENOUGH]] {
  //       CHECK:     %[[FIRST:.+]] = memref.load %[[A]][%c0]
  //       CHECK:     %[[END:.+]] = arith.subi %[[N]], %c1
  //       CHECK:     %[[LOOP:.+]] = scf.for %[[I:.+]] = %c0 to %[[END]] step %c1 iter_args(%[[OLD:.+]] = %[[FIRST]]) -> (f32) {
  //  CHECK-NEXT:       %[[NEXT:.+]] = arith.addi %[[I]], %c1
  //  CHECK-NEXT:       %[[NEW:.+]] = memref.load %[[A]][%[[NEXT]]]
  //  CHECK-NEXT:       memref.store %[[OLD]], %[[B]][%[[I]]]
  //  CHECK-NEXT:       scf.yield %[[NEW]]
  //       CHECK:     memref.store %[[LOOP]], %[[B]]
  //  CHECK-NEXT:   }
  //   CHECK-NOT:   else
  //       CHECK:   gpu.return
  gpu.func @two_stages(%a: memref<?xf32>, %b: memref<?xf32>, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      %0 = memref.load %a[%i] {hopper.schedule = #a} : memref<?xf32>
      memref.store %0, %b[%i] {hopper.schedule = #c} : memref<?xf32>
    }
    gpu.return
  }

  // The same with the later stage in front in the body: what was loaded is stored
  // before the next load.
  // CHECK-LABEL: gpu.func @later_stage_first
  //       CHECK:     scf.for
  //       CHECK:       memref.store
  //       CHECK:       memref.load
  //       CHECK:       scf.yield
  gpu.func @later_stage_first(%a: memref<?xf32>, %b: memref<?xf32>, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      %0 = memref.load %a[%i] {hopper.schedule = #b} : memref<?xf32>
      memref.store %0, %b[%i] {hopper.schedule = #c} : memref<?xf32>
    }
    gpu.return
  }

  // Three stages: the pipeline is for two iterations or more, and fewer run as
  // they stood. The loop's results come from either.
  // CHECK-LABEL: gpu.func @three_stages
  //       CHECK:   %[[ENOUGH:.+]] = arith.cmpi sge, %{{.+}}, %c2
  //       CHECK:   %[[R:.+]] = scf.if %[[ENOUGH]] -> (f32) {
  //       CHECK:     memref.load
  //       CHECK:     memref.load
  //       CHECK:     math.exp2
  //       CHECK:     %[[END:.+]] = arith.subi %{{.+}}, %c2
  //       CHECK:     scf.for %{{.+}} = %c0 to %[[END]] {{.*}} -> (f32, f32, f32) {
  //       CHECK:       scf.yield
  //       CHECK:     }
  //       CHECK:     scf.yield
  //       CHECK:   } else {
  //       CHECK:     scf.for %{{.+}} = %c0 to %{{.+}} step %c1 iter_args(%{{.+}} = %{{.+}}) -> (f32) {
  //       CHECK:       memref.load
  //  CHECK-NEXT:       math.exp2
  //  CHECK-NEXT:       arith.addf
  //  CHECK-NEXT:       scf.yield
  //       CHECK:   memref.store %[[R]]
  //   CHECK-NOT:   hopper.schedule
  gpu.func @three_stages(%a: memref<?xf32>, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant 0.0 : f32
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%sum = %zero) -> f32 {
      %0 = memref.load %a[%i] {hopper.schedule = #a} : memref<?xf32>
      %1 = math.exp2 %0 {hopper.schedule = #c} : f32
      %2 = arith.addf %sum, %1 {hopper.schedule = #d} : f32
      scf.yield %2 : f32
    }
    memref.store %r, %a[%c0] : memref<?xf32>
    gpu.return
  }

  // Static bounds: no condition is left.
  // CHECK-LABEL: gpu.func @static
  //   CHECK-NOT:   scf.if
  //       CHECK:   scf.for %{{.+}} = %c0 to %c7
  gpu.func @static(%a: memref<?xf32>, %b: memref<?xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    scf.for %i = %c0 to %c8 step %c1 {
      %0 = memref.load %a[%i] {hopper.schedule = #a} : memref<?xf32>
      memref.store %0, %b[%i] {hopper.schedule = #c} : memref<?xf32>
    }
    gpu.return
  }

  // Of another type than index.
  // CHECK-LABEL: gpu.func @narrow
  //       CHECK:   arith.cmpi sge, %{{.+}}, %c1_i32 : i32
  //       CHECK:   scf.for {{.*}} : i32 {
  gpu.func @narrow(%a: memref<?xf32>, %b: memref<?xf32>, %n: i32) {
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    scf.for %i = %c0 to %n step %c1 : i32 {
      %j = arith.index_cast %i {hopper.schedule = #a} : i32 to index
      %0 = memref.load %a[%j] {hopper.schedule = #a} : memref<?xf32>
      memref.store %0, %b[%j] {hopper.schedule = #c} : memref<?xf32>
    }
    gpu.return
  }

  // CHECK-LABEL: gpu.func @no_schedule
  //       CHECK:   scf.for
  //  CHECK-NEXT:     memref.load
  //  CHECK-NEXT:     memref.store
  //  CHECK-NEXT:   }
  //  CHECK-NEXT:   gpu.return
  gpu.func @no_schedule(%a: memref<?xf32>, %b: memref<?xf32>, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      %0 = memref.load %a[%i] : memref<?xf32>
      memref.store %0, %b[%i] : memref<?xf32>
    }
    gpu.return
  }
}

// -----

//===----------------------------------------------------------------------===//
// Refused
//===----------------------------------------------------------------------===//

gpu.module @kernels {
  gpu.func @half_a_schedule(%a: memref<?xf32>, %b: memref<?xf32>, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      %0 = memref.load %a[%i] {hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>} : memref<?xf32>
      // expected-error @+1 {{expected a hopper.schedule as the loop's other operations have}}
      memref.store %0, %b[%i] : memref<?xf32>
    }
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @stage_before_its_operand(%a: memref<?xf32>, %b: memref<?xf32>, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      // expected-note @+1 {{the operand is computed here}}
      %0 = memref.load %a[%i] {hopper.schedule = #hopper.schedule<stage = 1, cluster = 0>} : memref<?xf32>
      // expected-error @+1 {{expected to be scheduled behind its operand, but got stage 0, cluster 1 before stage 1, cluster 0}}
      memref.store %0, %b[%i] {hopper.schedule = #hopper.schedule<stage = 0, cluster = 1>} : memref<?xf32>
    }
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @cluster_before_its_operand(%a: memref<?xf32>, %b: memref<?xf32>, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      // expected-note @+1 {{the operand is computed here}}
      %0 = memref.load %a[%i] {hopper.schedule = #hopper.schedule<stage = 0, cluster = 2>} : memref<?xf32>
      // expected-error @+1 {{but got stage 0, cluster 1 before stage 0, cluster 2}}
      memref.store %0, %b[%i] {hopper.schedule = #hopper.schedule<stage = 0, cluster = 1>} : memref<?xf32>
    }
    gpu.return
  }
}

// -----

// An operand of what stands inside of the operation.
gpu.module @kernels {
  gpu.func @nested_operand(%a: memref<?xf32>, %b: memref<?xf32>, %n: index, %c: i1) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      // expected-note @+1 {{the operand is computed here}}
      %0 = memref.load %a[%i] {hopper.schedule = #hopper.schedule<stage = 1, cluster = 0>} : memref<?xf32>
      // expected-error @+1 {{but got stage 0, cluster 0 before stage 1, cluster 0}}
      scf.if %c {
        memref.store %0, %b[%i] : memref<?xf32>
      } {hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>}
    }
    gpu.return
  }
}

// -----

// A value that the loop carries exists one pass later: two stages are too many.
gpu.module @kernels {
  gpu.func @carried_operand(%a: memref<?xf32>, %b: memref<?xf32>, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant 0.0 : f32
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%x = %zero) -> f32 {
      // expected-error @+1 {{expected to be scheduled behind its operand of the iteration before, but got stage 0, cluster 1 before stage 2, cluster 0}}
      memref.store %x, %b[%i] {hopper.schedule = #hopper.schedule<stage = 0, cluster = 1>} : memref<?xf32>
      // expected-note @+1 {{the operand is computed here}}
      %0 = memref.load %a[%i] {hopper.schedule = #hopper.schedule<stage = 2, cluster = 0>} : memref<?xf32>
      scf.yield %0 : f32
    }
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @passed_on(%a: memref<?xf32>, %b: memref<?xf32>, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant 0.0 : f32
    // expected-error @+1 {{cannot be pipelined: expected each value that it carries to be computed in its body or in front of it}}
    %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%x = %zero, %y = %zero) -> (f32, f32) {
      memref.store %x, %b[%i] {hopper.schedule = #hopper.schedule<stage = 1, cluster = 1>} : memref<?xf32>
      %0 = memref.load %a[%i] {hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>} : memref<?xf32>
      scf.yield %y, %0 : f32, f32
    }
    gpu.return
  }
}

// -----

//===----------------------------------------------------------------------===//
// Refused for what is no operand
//===----------------------------------------------------------------------===//

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!one = !hopper.channel<1 x 64x64xf16>
!pending = !hopper.pending<vector<64x64xf32>>

// A slot goes back only when nobody reads it any more.
gpu.module @kernels {
  gpu.func @release_before_wait(%q: !tile, %k: !ring, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      %kt = hopper.wait %k {hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>} : !ring -> !tile
      %p = hopper.wgmma %q, %kt {transpose_rhs, hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>} : !tile, !tile -> !pending
      // expected-note @+1 {{which stands here}}
      %s = hopper.wgmma_wait %p {hopper.schedule = #hopper.schedule<stage = 0, cluster = 2>} : !pending
      // expected-error @+1 {{expected to be scheduled behind the wait for the product that reads its slot, but got stage 0, cluster 1 before stage 0, cluster 2}}
      hopper.release %kt to %k {hopper.schedule = #hopper.schedule<stage = 0, cluster = 1>} : !tile, !ring
    }
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!one = !hopper.channel<1 x 64x64xf16>
!pending = !hopper.pending<vector<64x64xf32>>

// The same where the product waits for an iteration.
gpu.module @kernels {
  gpu.func @carried_product(%q: !tile, %k: !ring, %first: !pending, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%before = %first) -> !pending {
      // expected-note @+1 {{which stands here}}
      %s = hopper.wgmma_wait %before {hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>} : !pending
      %kt = hopper.wait %k {hopper.schedule = #hopper.schedule<stage = 0, cluster = 1>} : !ring -> !tile
      %p = hopper.wgmma %q, %kt {transpose_rhs, hopper.schedule = #hopper.schedule<stage = 0, cluster = 1>} : !tile, !tile -> !pending
      // expected-error @+1 {{expected to be scheduled behind the wait for the product that reads its slot of 1 iterations later, but got stage 0, cluster 2 before stage 0, cluster 0}}
      hopper.release %kt to %k {hopper.schedule = #hopper.schedule<stage = 0, cluster = 2>} : !tile, !ring
      scf.yield %p : !pending
    }
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!one = !hopper.channel<1 x 64x64xf16>
!pending = !hopper.pending<vector<64x64xf32>>

// Either side of a channel takes the slots in turn.
gpu.module @kernels {
  gpu.func @waits_out_of_order(%k: !ring, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      // expected-note @+1 {{which stands here}}
      %a = hopper.wait %k {hopper.schedule = #hopper.schedule<stage = 0, cluster = 1>} : !ring -> !tile
      // expected-error @+1 {{expected to be scheduled behind the hopper.wait before it on its channel, but got stage 0, cluster 0 before stage 0, cluster 1}}
      %b = hopper.wait %k {hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>} : !ring -> !tile
      hopper.release %a to %k {hopper.schedule = #hopper.schedule<stage = 0, cluster = 2>} : !tile, !ring
      hopper.release %b to %k {hopper.schedule = #hopper.schedule<stage = 0, cluster = 2>} : !tile, !ring
    }
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!one = !hopper.channel<1 x 64x64xf16>
!pending = !hopper.pending<vector<64x64xf32>>

// And behind those of the iteration before.
gpu.module @kernels {
  gpu.func @waits_of_two_stages(%k: !ring, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      // expected-error @+1 {{expected to be scheduled behind the hopper.wait before it on its channel of the iteration before, but got stage 0, cluster 0 before stage 1, cluster 0}}
      %a = hopper.wait %k {hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>} : !ring -> !tile
      // expected-note @+1 {{which stands here}}
      %b = hopper.wait %k {hopper.schedule = #hopper.schedule<stage = 1, cluster = 0>} : !ring -> !tile
      hopper.release %a to %k {hopper.schedule = #hopper.schedule<stage = 1, cluster = 1>} : !tile, !ring
      hopper.release %b to %k {hopper.schedule = #hopper.schedule<stage = 1, cluster = 1>} : !tile, !ring
    }
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!one = !hopper.channel<1 x 64x64xf16>
!pending = !hopper.pending<vector<64x64xf32>>

gpu.module @kernels {
  gpu.func @acquires_out_of_order(%map: !map, %k: !ring, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      // expected-note @+1 {{which stands here}}
      %a = hopper.acquire %k expect 8192 {hopper.schedule = #hopper.schedule<stage = 0, cluster = 1>} : !ring -> !tile
      hopper.tma_load %map[%c0, %i] into %a of %k {hopper.schedule = #hopper.schedule<stage = 0, cluster = 1>} : !map, !tile, !ring
      // expected-error @+1 {{expected to be scheduled behind the hopper.acquire before it on its channel}}
      %b = hopper.acquire %k expect 8192 {hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>} : !ring -> !tile
      hopper.tma_load %map[%c0, %i] into %b of %k {hopper.schedule = #hopper.schedule<stage = 0, cluster = 1>} : !map, !tile, !ring
    }
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!one = !hopper.channel<1 x 64x64xf16>
!pending = !hopper.pending<vector<64x64xf32>>

// Whoever waits for its own copy never gets it before the copy.
gpu.module @kernels {
  gpu.func @wait_before_copy(%map: !map, %k: !ring, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      %a = hopper.acquire %k expect 8192 {hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>} : !ring -> !tile
      // expected-note @+1 {{which stands here}}
      hopper.tma_load %map[%c0, %i] into %a of %k {hopper.schedule = #hopper.schedule<stage = 0, cluster = 2>} : !map, !tile, !ring
      // expected-error @+1 {{expected to be scheduled behind the copy into its slot, but got stage 0, cluster 1 before stage 0, cluster 2}}
      %b = hopper.wait %k {hopper.schedule = #hopper.schedule<stage = 0, cluster = 1>} : !ring -> !tile
      hopper.release %b to %k {hopper.schedule = #hopper.schedule<stage = 0, cluster = 3>} : !tile, !ring
    }
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!one = !hopper.channel<1 x 64x64xf16>
!pending = !hopper.pending<vector<64x64xf32>>

// Two slots hold what two iterations wait for, not three.
gpu.module @kernels {
  gpu.func @too_far_ahead(%k: !ring, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      // expected-error @+1 {{expected to be scheduled behind the release of the slot that it takes of 2 iterations before, but got stage 0, cluster 0 before stage 2, cluster 1}}
      %a = hopper.wait %k {hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>} : !ring -> !tile
      // expected-note @+1 {{which stands here}}
      hopper.release %a to %k {hopper.schedule = #hopper.schedule<stage = 2, cluster = 1>} : !tile, !ring
    }
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!one = !hopper.channel<1 x 64x64xf16>
!pending = !hopper.pending<vector<64x64xf32>>

// A copy goes only where there is room.
gpu.module @kernels {
  gpu.func @no_room(%map: !map, %k: !one, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      // expected-error @+1 {{expected to be scheduled behind the release of the slot that it takes of the iteration before, but got stage 0, cluster 0 before stage 1, cluster 1}}
      %a = hopper.acquire %k expect 8192 {hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>} : !one -> !tile
      hopper.tma_load %map[%c0, %i] into %a of %k {hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>} : !map, !tile, !one
      %b = hopper.wait %k {hopper.schedule = #hopper.schedule<stage = 1, cluster = 1>} : !one -> !tile
      // expected-note @+1 {{which stands here}}
      hopper.release %b to %k {hopper.schedule = #hopper.schedule<stage = 1, cluster = 1>} : !tile, !one
    }
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!one = !hopper.channel<1 x 64x64xf16>
!pending = !hopper.pending<vector<64x64xf32>>

// With copies in front of the loop nobody counts: all stays as it stands.
gpu.module @kernels {
  gpu.func @prefetched(%map: !map, %k: !ring, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %first = hopper.acquire %k expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %first of %k : !map, !tile, !ring
    scf.for %i = %c0 to %n step %c1 {
      %b = hopper.wait %k {hopper.schedule = #hopper.schedule<stage = 0, cluster = 1>} : !ring -> !tile
      // expected-note @+1 {{which stands here}}
      hopper.release %b to %k {hopper.schedule = #hopper.schedule<stage = 0, cluster = 1>} : !tile, !ring
      // expected-error @+1 {{expected to be scheduled behind the hopper.release before it on its channel}}
      %a = hopper.acquire %k expect 8192 {hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>} : !ring -> !tile
      hopper.tma_load %map[%c0, %i] into %a of %k {hopper.schedule = #hopper.schedule<stage = 0, cluster = 2>} : !map, !tile, !ring
    }
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!one = !hopper.channel<1 x 64x64xf16>
!pending = !hopper.pending<vector<64x64xf32>>

// A product stays in its turn: behind the wait for it,
gpu.module @kernels {
  gpu.func @turn_wait_after_product(%q: !tile, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      // expected-note @+1 {{which stands here}}
      hopper.turn_wait {hopper.schedule = #hopper.schedule<stage = 0, cluster = 1>}
      // expected-error @+1 {{expected to be scheduled behind the hopper.turn_wait before it in the order of turns, but got stage 0, cluster 0 before stage 0, cluster 1}}
      %p = hopper.wgmma %q, %q {transpose_rhs, hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>} : !tile, !tile -> !pending
      hopper.turn_pass {hopper.schedule = #hopper.schedule<stage = 0, cluster = 2>}
      %s = hopper.wgmma_wait %p {hopper.schedule = #hopper.schedule<stage = 0, cluster = 3>} : !pending
    }
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!one = !hopper.channel<1 x 64x64xf16>
!pending = !hopper.pending<vector<64x64xf32>>

// in front of its end,
gpu.module @kernels {
  gpu.func @turn_pass_before_product(%q: !tile, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      hopper.turn_wait {hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>}
      // expected-note @+1 {{which stands here}}
      %p = hopper.wgmma %q, %q {transpose_rhs, hopper.schedule = #hopper.schedule<stage = 0, cluster = 2>} : !tile, !tile -> !pending
      // expected-error @+1 {{expected to be scheduled behind the hopper.wgmma before it in the order of turns}}
      hopper.turn_pass {hopper.schedule = #hopper.schedule<stage = 0, cluster = 1>}
      %s = hopper.wgmma_wait %p {hopper.schedule = #hopper.schedule<stage = 0, cluster = 3>} : !pending
    }
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!one = !hopper.channel<1 x 64x64xf16>
!pending = !hopper.pending<vector<64x64xf32>>

// and turns follow each other.
gpu.module @kernels {
  gpu.func @turns_of_two_stages(%n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      // expected-error @+1 {{expected to be scheduled behind the hopper.turn_pass before it in the order of turns of the iteration before}}
      hopper.turn_wait {hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>}
      // expected-note @+1 {{which stands here}}
      hopper.turn_pass {hopper.schedule = #hopper.schedule<stage = 1, cluster = 1>}
    }
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!one = !hopper.channel<1 x 64x64xf16>
!pending = !hopper.pending<vector<64x64xf32>>

// What is stored is loaded again behind it.
gpu.module @kernels {
  gpu.func @memory(%a: memref<?xf32>, %x: f32, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      // expected-note @+1 {{which stands here}}
      memref.store %x, %a[%i] {hopper.schedule = #hopper.schedule<stage = 0, cluster = 1>} : memref<?xf32>
      // expected-error @+1 {{expected to be scheduled behind the memref.store before it that touches the same memory}}
      %y = memref.load %a[%c0] {hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>} : memref<?xf32>
    }
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!one = !hopper.channel<1 x 64x64xf16>
!pending = !hopper.pending<vector<64x64xf32>>

// Nothing passes an operation that may do anything.
gpu.module @kernels {
  gpu.func @barrier(%q: !tile, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      // expected-note @+1 {{which stands here}}
      gpu.barrier {hopper.schedule = #hopper.schedule<stage = 0, cluster = 1>}
      // expected-error @+1 {{expected to be scheduled behind the gpu.barrier before it that touches the same memory}}
      %p = hopper.wgmma %q, %q {transpose_rhs, hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>} : !tile, !tile -> !pending
      %s = hopper.wgmma_wait %p {hopper.schedule = #hopper.schedule<stage = 0, cluster = 2>} : !pending
    }
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!one = !hopper.channel<1 x 64x64xf16>
!pending = !hopper.pending<vector<64x64xf32>>

// A tile is no value that could wait for the next iteration.
gpu.module @kernels {
  gpu.func @carried_tile(%k: !ring, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      // expected-note @+1 {{which stands here}}
      %a = hopper.wait %k {hopper.schedule = #hopper.schedule<stage = 0, cluster = 1>} : !ring -> !tile
      // expected-error @+1 {{expected to be in stage 0 with the operation that gives its tile, but got stage 1}}
      hopper.release %a to %k {hopper.schedule = #hopper.schedule<stage = 1, cluster = 0>} : !tile, !ring
    }
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!one = !hopper.channel<1 x 64x64xf16>
!pending = !hopper.pending<vector<64x64xf32>>

// Each stage is a copy of the body in front of the loop.
gpu.module @kernels {
  gpu.func @too_many_stages(%a: memref<?xf32>, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      %y = memref.load %a[%c0] {hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>} : memref<?xf32>
      // expected-error @+1 {{expected a stage of at most 32, but got 1000000000000}}
      %z = math.exp2 %y {hopper.schedule = #hopper.schedule<stage = 1000000000000, cluster = 0>} : f32
    }
    gpu.return
  }
}
