// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-assign-slots,cse)))' --split-input-file --verify-diagnostics | FileCheck %s

!tile = !hopper.shared_tile<64x64xf16>
!one = !hopper.channel<1 x 64x64xf16>
!two = !hopper.channel<2 x 64x64xf16>

gpu.module @kernels {
  // A ring of one slot: only the phase changes. A producer waits for the phase
  // before that of a new barrier, 1, so that it finds every slot empty; a consumer
  // for 0.
  // CHECK-LABEL: gpu.func @one_slot
  //  CHECK-SAME:   %[[C:[a-z0-9]+]]: !hopper.channel<1 x 64x64xf16>
  //       CHECK:   %[[C0:.+]] = arith.constant 0 : i32
  //       CHECK:   %[[C1:.+]] = arith.constant 1 : i32
  //       CHECK:   hopper.acquire %[[C]][%[[C0]], %[[C1]]]
  //       CHECK:   %[[NEXT:.+]] = arith.xori %[[C0]], %[[C1]]
  //       CHECK:   %[[OTHER:.+]] = arith.xori %[[NEXT]], %[[C1]]
  //       CHECK:   hopper.acquire %[[C]][%[[C0]], %[[OTHER]]]
  //       CHECK:   hopper.wait %[[C]][%[[C0]], %[[C0]]]
  //       CHECK:   hopper.wait %[[C]][%[[C0]], %[[NEXT]]]
  gpu.func @one_slot(%c: !one) {
    %0 = hopper.acquire %c expect 8192 : !one -> !tile
    %1 = hopper.acquire %c expect 8192 : !one -> !tile
    %2 = hopper.wait %c : !one -> !tile
    %3 = hopper.wait %c : !one -> !tile
    gpu.return
  }

  // What is given by hand for one side of a channel stays.
  // CHECK-LABEL: gpu.func @by_hand
  //  CHECK-SAME:   %[[C:[a-z0-9]+]]: !hopper.channel<1 x 64x64xf16>, %[[SLOT:[a-z0-9]+]]: i32, %[[PHASE:[a-z0-9]+]]: i32
  //       CHECK:   hopper.acquire %[[C]][%[[SLOT]], %[[PHASE]]]
  //       CHECK:   hopper.wait %[[C]][%c0_i32, %c0_i32]
  gpu.func @by_hand(%c: !one, %slot: i32, %phase: i32) {
    %0 = hopper.acquire %c[%slot, %phase] expect 8192 : !one -> !tile
    %1 = hopper.wait %c : !one -> !tile
    gpu.return
  }

  // CHECK-LABEL: gpu.func @done
  //       CHECK:   hopper.acquire %arg0[%arg1, %arg2]
  //  CHECK-NEXT:   gpu.return
  // expected-remark @+1 {{left as it is: its channels' slots and phases are given already}}
  gpu.func @done(%c: !one, %slot: i32, %phase: i32) {
    %0 = hopper.acquire %c[%slot, %phase] expect 8192 : !one -> !tile
    gpu.return
  }

  // A ring of two: the slot wraps, and with it the phase. Each channel and each
  // side of it counts for itself.
  // CHECK-LABEL: gpu.func @ring
  //  CHECK-SAME:   %[[C:[a-z0-9]+]]: !hopper.channel<2 x 64x64xf16>, %[[D:[a-z0-9]+]]: !hopper.channel<2 x 64x64xf16>
  //   CHECK-DAG:   %[[C0:.+]] = arith.constant 0 : i32
  //       CHECK:   hopper.wait %[[C]][%[[C0]], %[[C0]]]
  //       CHECK:   %[[C1:.+]] = arith.constant 1 : i32
  //       CHECK:   %[[MORE:.+]] = arith.addi %[[C0]], %[[C1]]
  //       CHECK:   %[[C2:.+]] = arith.constant 2 : i32
  //       CHECK:   %[[WRAPS:.+]] = arith.cmpi eq, %[[MORE]], %[[C2]]
  //       CHECK:   %[[SLOT:.+]] = arith.select %[[WRAPS]], %[[C0]], %[[MORE]]
  //       CHECK:   %[[FLIP:.+]] = arith.extui %[[WRAPS]]
  //       CHECK:   %[[PHASE:.+]] = arith.xori %[[C0]], %[[FLIP]]
  //       CHECK:   hopper.wait %[[C]][%[[SLOT]], %[[PHASE]]]
  //       CHECK:   hopper.wait %[[D]][%[[C0]], %[[C0]]]
  gpu.func @ring(%c: !two, %d: !two) {
    %0 = hopper.wait %c : !two -> !tile
    %1 = hopper.wait %c : !two -> !tile
    %2 = hopper.wait %d : !two -> !tile
    gpu.return
  }

  // Through a loop, beside what it carries already; behind it the count goes on.
  // CHECK-LABEL: gpu.func @loop
  //       CHECK:   %[[L:.+]]:3 = scf.for {{.*}} iter_args(%[[X:.+]] = %{{.+}}, %[[SLOT:.+]] = %c0_i32, %[[PHASE:.+]] = %c0_i32) -> (index, i32, i32)
  //       CHECK:     hopper.wait %{{.+}}[%[[SLOT]], %[[PHASE]]]
  //       CHECK:     %[[SLOT1:.+]] = arith.select
  //       CHECK:     %[[PHASE1:.+]] = arith.xori %[[PHASE]], %{{.+}}
  //       CHECK:     scf.yield %{{.+}}, %[[SLOT1]], %[[PHASE1]] : index, i32, i32
  //       CHECK:   hopper.wait %{{.+}}[%[[L]]#1, %[[L]]#2]
  gpu.func @loop(%c: !two, %n: index) {
    %r = scf.for %i = %n to %n step %n iter_args(%x = %n) -> index {
      %0 = hopper.wait %c : !two -> !tile
      %y = arith.addi %x, %n : index
      scf.yield %y : index
    }
    %1 = hopper.wait %c : !two -> !tile
    gpu.return
  }

  // Sides of two channels that stand at one place share what a loop carries; of a
  // producer and a consumer the phases differ.
  // CHECK-LABEL: gpu.func @level
  //       CHECK:   scf.for {{.*}} iter_args(%[[SLOT:.+]] = %c0_i32{{.*}}, %[[PHASE:.+]] = %c0_i32{{.*}}) -> (i32, i32)
  //       CHECK:     hopper.wait %arg0[%[[SLOT]], %[[PHASE]]]
  //       CHECK:     %[[OTHER:.+]] = arith.xori %[[PHASE]], %c1_i32
  //       CHECK:     hopper.acquire %arg1[%[[SLOT]], %[[OTHER]]]
  //       CHECK:     scf.yield %{{.+}}, %{{.+}} : i32, i32
  gpu.func @level(%c: !two, %d: !two, %n: index) {
    scf.for %i = %n to %n step %n {
      %0 = hopper.wait %c : !two -> !tile
      %1 = hopper.acquire %d expect 8192 : !two -> !tile
    }
    gpu.return
  }

  // One that is a slot ahead of another is placed by it: the loop carries where the
  // one behind stands. After the loop the same holds.
  // CHECK-LABEL: gpu.func @ahead
  //       CHECK:   hopper.acquire %arg0[%c0_i32, %c1_i32]
  //       CHECK:   %[[L:.+]]:2 = scf.for {{.*}} iter_args(%[[SLOT:.+]] = %c0_i32{{.*}}, %[[PHASE:.+]] = %c0_i32{{.*}}) -> (i32, i32)
  //       CHECK:     %[[NEXT:.+]] = arith.select %{{.+}}, %c0_i32{{.*}}, %{{.+}} : i32
  //       CHECK:     %[[FLIPPED:.+]] = arith.xori %[[PHASE]], %{{.+}}
  //       CHECK:     %[[PHASE_AHEAD:.+]] = arith.xori %[[FLIPPED]], %c1_i32
  //       CHECK:     hopper.acquire %arg0[%[[NEXT]], %[[PHASE_AHEAD]]]
  //       CHECK:     hopper.wait %arg0[%[[SLOT]], %[[PHASE]]]
  //       CHECK:     scf.yield %[[NEXT]], %[[FLIPPED]] : i32, i32
  //       CHECK:   hopper.wait %arg0[%[[L]]#0, %[[L]]#1]
  gpu.func @ahead(%c: !two, %n: index) {
    %0 = hopper.acquire %c expect 8192 : !two -> !tile
    scf.for %i = %n to %n step %n {
      %1 = hopper.acquire %c expect 8192 : !two -> !tile
      %2 = hopper.wait %c : !two -> !tile
    }
    %3 = hopper.wait %c : !two -> !tile
    gpu.return
  }

  // Those that move unequally often do not stay together.
  // CHECK-LABEL: gpu.func @apart
  //       CHECK:   scf.for {{.*}} -> (i32, i32, i32, i32)
  gpu.func @apart(%c: !two, %d: !two, %n: index) {
    scf.for %i = %n to %n step %n {
      %0 = hopper.wait %c : !two -> !tile
      %1 = hopper.wait %d : !two -> !tile
      %2 = hopper.wait %d : !two -> !tile
    }
    gpu.return
  }

  // A branch that waits, and one that does not: both yield where they stand.
  // CHECK-LABEL: gpu.func @branch
  //       CHECK:   %[[B:.+]]:2 = scf.if %{{.+}} -> (i32, i32) {
  //       CHECK:     hopper.wait %{{.+}}[%c0_i32, %c0_i32]
  //       CHECK:     %[[SLOT:.+]] = arith.select
  //       CHECK:     %[[PHASE:.+]] = arith.xori
  //       CHECK:     scf.yield %[[SLOT]], %[[PHASE]]
  //       CHECK:   } else {
  //       CHECK:     scf.yield %c0_i32, %c0_i32
  //       CHECK:   }
  //       CHECK:   hopper.wait %{{.+}}[%[[B]]#0, %[[B]]#1]
  gpu.func @branch(%c: !two, %b: i1) {
    scf.if %b {
      %0 = hopper.wait %c : !two -> !tile
    }
    %1 = hopper.wait %c : !two -> !tile
    gpu.return
  }

  // A branch with results and an else.
  // CHECK-LABEL: gpu.func @branch_with_results
  //       CHECK:   %[[B:.+]]:3 = scf.if %{{.+}} -> (index, i32, i32) {
  //       CHECK:     scf.yield %[[I:.+]], %c0_i32, %c0_i32 : index, i32, i32
  //       CHECK:   } else {
  //       CHECK:     hopper.wait
  //       CHECK:     scf.yield %[[I]], %{{.+}}, %{{.+}} : index, i32, i32
  //       CHECK:   }
  //       CHECK:   memref.load %{{.+}}[%[[B]]#0]
  gpu.func @branch_with_results(%c: !two, %b: i1, %i: index, %m: memref<?xf32>) {
    %r = scf.if %b -> index {
      scf.yield %i : index
    } else {
      %0 = hopper.wait %c : !two -> !tile
      scf.yield %i : index
    }
    %s = memref.load %m[%r] : memref<?xf32>
    memref.store %s, %m[%i] : memref<?xf32>
    gpu.return
  }

  // Each role begins anew; loops and branches that use no channel stay as they are.
  // CHECK-LABEL: gpu.func @roles
  //       CHECK:   producer {
  //       CHECK:     scf.for {{.*}} iter_args(%[[SLOT:.+]] = %c0_i32{{.*}}, %[[PHASE:.+]] = %c1_i32{{.*}}) -> (i32, i32)
  //       CHECK:       hopper.acquire %{{.+}}[%[[SLOT]], %[[PHASE]]]
  //       CHECK:   } consumer {
  //       CHECK:     scf.for {{.*}} iter_args(%[[SLOT:.+]] = %c0_i32{{.*}}, %[[PHASE:.+]] = %c0_i32{{.*}}) -> (i32, i32)
  //       CHECK:       hopper.wait %{{.+}}[%[[SLOT]], %[[PHASE]]]
  //       CHECK:     scf.for %{{.+}} = %{{.+}} to %{{.+}} step %{{.+}} {
  gpu.func @roles(%n: index, %m: memref<?xf32>, %v: f32) {
    %c = hopper.create_channel : !two
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
      scf.for %i = %n to %n step %n {
        %0 = hopper.acquire %c expect 8192 : !two -> !tile
      }
    } consumer {
      scf.for %i = %n to %n step %n {
        %0 = hopper.wait %c : !two -> !tile
      }
      scf.for %i = %n to %n step %n {
        memref.store %v, %m[%i] : memref<?xf32>
      }
    }
    gpu.return
  }
}

// -----

!tile = !hopper.shared_tile<64x64xf16>
!two = !hopper.channel<2 x 64x64xf16>
gpu.module @kernels {
  gpu.func @while(%c: !two, %b: i1) {
    // expected-error @+1 {{cannot hold uses of a channel: expected scf.for, scf.if or hopper.warp_specialize}}
    scf.while : () -> () {
      scf.condition(%b)
    } do {
      %0 = hopper.wait %c : !two -> !tile
      scf.yield
    }
    gpu.return
  }
}

// -----

!tile = !hopper.shared_tile<64x64xf16>
!two = !hopper.channel<2 x 64x64xf16>
gpu.module @kernels {
  // expected-error @+1 {{cannot count the uses of its channels: expected a body of one block}}
  gpu.func @blocks(%c: !two, %b: i1) {
    cf.cond_br %b, ^bb1, ^bb2
  ^bb1:
    %0 = hopper.wait %c : !two -> !tile
    cf.br ^bb2
  ^bb2:
    gpu.return
  }
}

// -----

!tile = !hopper.shared_tile<64x64xf16>
!one = !hopper.channel<1 x 64x64xf16>

gpu.module @kernels {
  gpu.func @half_by_hand(%c: !one, %slot: i32, %phase: i32) {
    // expected-note @+1 {{which stands here}}
    %0 = hopper.wait %c[%slot, %phase] : !one -> !tile
    // expected-error @+1 {{expected a slot and a phase as the channel's hopper.wait before it has}}
    %1 = hopper.wait %c : !one -> !tile
    gpu.return
  }
}
