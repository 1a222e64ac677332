// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-hoist-releases)))' | FileCheck %s
// A second run finds nothing to do.
// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-hoist-releases, hopper-hoist-releases)))' | FileCheck %s

!q = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<1 x 64x64xf16>
!pending = !hopper.pending<vector<64x64xf32>>
!vector = vector<64x64xf32>

gpu.module @kernels {
  // The wait for the product is the last reader; what else follows does not
  // read the tile.
  // CHECK-LABEL: gpu.func @straight
  //       CHECK:   %[[Q:.+]] = hopper.wait
  //  CHECK-NEXT:   %[[P:.+]] = hopper.wgmma %[[Q]]
  //  CHECK-NEXT:   arith.addf
  //  CHECK-NEXT:   hopper.wgmma_wait %[[P]]
  //  CHECK-NEXT:   hopper.release %[[Q]]
  //  CHECK-NEXT:   arith.mulf
  //  CHECK-NEXT:   gpu.return
  gpu.func @straight(%v: !vector) {
    %c = hopper.create_channel : !ring
    %q = hopper.wait %c : !ring -> !q
    %p = hopper.wgmma %q, %q {transpose_rhs} : !q, !q -> !pending
    %a = arith.addf %v, %v : !vector
    %w = hopper.wgmma_wait %p : !pending
    %m = arith.mulf %w, %a : !vector
    hopper.release %q to %c : !q, !ring
    gpu.return
  }

  // Into both branches: behind the loop in the one that reads, first of all in
  // the other. A release does not go into a loop.
  // CHECK-LABEL: gpu.func @branch
  //       CHECK:   %[[Q:.+]] = hopper.wait
  //  CHECK-NEXT:   scf.if
  //  CHECK-NEXT:     scf.for
  //       CHECK:       hopper.wgmma_wait
  //       CHECK:     }
  //  CHECK-NEXT:     hopper.release %[[Q]]
  //  CHECK-NEXT:     arith.mulf
  //  CHECK-NEXT:     scf.yield
  //  CHECK-NEXT:   } else {
  //  CHECK-NEXT:     hopper.release %[[Q]]
  //  CHECK-NEXT:     arith.addf
  //  CHECK-NEXT:     scf.yield
  //  CHECK-NEXT:   }
  //  CHECK-NEXT:   gpu.return
  gpu.func @branch(%v: !vector, %b: i1, %n: index) {
    %c = hopper.create_channel : !ring
    %q = hopper.wait %c : !ring -> !q
    %r = scf.if %b -> !vector {
      %l = scf.for %i = %n to %n step %n iter_args(%x = %v) -> !vector {
        %p = hopper.wgmma %q, %q {transpose_rhs} : !q, !q -> !pending
        %w = hopper.wgmma_wait %p : !pending
        scf.yield %w : !vector
      }
      %m = arith.mulf %l, %l : !vector
      scf.yield %m : !vector
    } else {
      %a = arith.addf %v, %v : !vector
      scf.yield %a : !vector
    }
    hopper.release %q to %c : !q, !ring
    gpu.return
  }

  // A product that leaves the loop in flight is waited for behind it.
  // CHECK-LABEL: gpu.func @carried
  //       CHECK:   %[[Q:.+]] = hopper.wait
  //       CHECK:   %[[L:.+]] = scf.for
  //       CHECK:   arith.addf
  //  CHECK-NEXT:   hopper.wgmma_wait %[[L]]
  //  CHECK-NEXT:   hopper.release %[[Q]]
  //  CHECK-NEXT:   arith.mulf
  gpu.func @carried(%v: !vector, %n: index) {
    %c = hopper.create_channel : !ring
    %q = hopper.wait %c : !ring -> !q
    %p0 = hopper.wgmma %q, %q {transpose_rhs} : !q, !q -> !pending
    %l = scf.for %i = %n to %n step %n iter_args(%x = %p0) -> !pending {
      %w = hopper.wgmma_wait %x : !pending
      %p = hopper.wgmma %q, %q {transpose_rhs} : !q, !q -> !pending
      scf.yield %p : !pending
    }
    %a = arith.addf %v, %v : !vector
    %w = hopper.wgmma_wait %l : !pending
    %m = arith.mulf %w, %a : !vector
    hopper.release %q to %c : !q, !ring
    gpu.return
  }

  // Where a branch ends with the last reader there is nothing to win, and
  // without an else there is no place for the other release.
  // CHECK-LABEL: gpu.func @left_alone
  //       CHECK:   scf.if
  //       CHECK:     hopper.wgmma_wait
  //  CHECK-NEXT:     scf.yield
  //  CHECK-NEXT:   } else {
  //       CHECK:     hopper.wgmma_wait
  //  CHECK-NEXT:     scf.yield
  //  CHECK-NEXT:   }
  //  CHECK-NEXT:   hopper.release
  //       CHECK:   scf.if
  //       CHECK:     hopper.wgmma_wait
  //  CHECK-NEXT:     arith.mulf
  //  CHECK-NEXT:   }
  //  CHECK-NEXT:   hopper.release
  gpu.func @left_alone(%v: !vector, %b: i1) {
    %c = hopper.create_channel : !ring
    %d = hopper.create_channel : !ring
    %q = hopper.wait %c : !ring -> !q
    %r = scf.if %b -> !vector {
      %p = hopper.wgmma %q, %q {transpose_rhs} : !q, !q -> !pending
      %w = hopper.wgmma_wait %p : !pending
      scf.yield %w : !vector
    } else {
      %p = hopper.wgmma %q, %q {transpose_rhs} : !q, !q -> !pending
      %w = hopper.wgmma_wait %p : !pending
      scf.yield %w : !vector
    }
    hopper.release %q to %c : !q, !ring
    %k = hopper.wait %d : !ring -> !q
    scf.if %b {
      %p = hopper.wgmma %k, %k {transpose_rhs} : !q, !q -> !pending
      %w = hopper.wgmma_wait %p : !pending
      %m = arith.mulf %w, %w : !vector
    }
    hopper.release %k to %d : !q, !ring
    gpu.return
  }
}
