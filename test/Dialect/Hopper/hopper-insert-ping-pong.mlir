// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-insert-ping-pong)))' --split-input-file --verify-diagnostics | FileCheck %s

#two = #attn.config<tile = 128x64, stages = 2, consumers = 2, registers = 24x240>
#one = #attn.config<tile = 64x64, stages = 2, consumers = 1, registers = 24x240>
!q = !hopper.shared_tile<128x64xf16>
!k = !hopper.shared_tile<64x64xf16>
!pending = !hopper.pending<vector<128x64xf32>>
!vector = vector<128x64xf32>

gpu.module @kernels {
  // One turn around what is issued between two waits for products.
  // CHECK-LABEL: gpu.func @runs
  //  CHECK-NEXT:   hopper.turn_wait
  //  CHECK-NEXT:   hopper.wgmma
  //  CHECK-NEXT:   hopper.wgmma
  //  CHECK-NEXT:   hopper.turn_pass
  //  CHECK-NEXT:   hopper.wgmma_wait
  //  CHECK-NEXT:   hopper.wgmma_wait
  //  CHECK-NEXT:   hopper.turn_wait
  //  CHECK-NEXT:   hopper.wgmma
  //  CHECK-NEXT:   hopper.turn_pass
  //  CHECK-NEXT:   hopper.wgmma_wait
  //  CHECK-NEXT:   gpu.return
  gpu.func @runs(%q: !q, %k: !k) attributes {attn.config = #two} {
    %p0 = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !pending
    %p1 = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !pending
    %w0 = hopper.wgmma_wait %p0 : !pending
    %w1 = hopper.wgmma_wait %p1 : !pending
    %p2 = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !pending
    %w2 = hopper.wgmma_wait %p2 : !pending
    gpu.return
  }

  // What stands between two products belongs to the turn; loops and branches have
  // turns of their own, and end one that is open.
  // CHECK-LABEL: gpu.func @loop
  //       CHECK:   hopper.turn_wait
  //  CHECK-NEXT:   hopper.wgmma
  //  CHECK-NEXT:   hopper.turn_pass
  //  CHECK-NEXT:   scf.for
  //  CHECK-NEXT:     hopper.turn_wait
  //  CHECK-NEXT:     hopper.wgmma
  //  CHECK-NEXT:     arith.mulf
  //  CHECK-NEXT:     hopper.wgmma
  //  CHECK-NEXT:     hopper.turn_pass
  //  CHECK-NEXT:     hopper.wgmma_wait
  //  CHECK-NEXT:     hopper.wgmma_wait
  //  CHECK-NEXT:     scf.if
  //  CHECK-NEXT:       hopper.turn_wait
  //  CHECK-NEXT:       hopper.wgmma
  //  CHECK-NEXT:       hopper.turn_pass
  //  CHECK-NEXT:       hopper.wgmma_wait
  //  CHECK-NEXT:     }
  //  CHECK-NEXT:   }
  //  CHECK-NEXT:   hopper.wgmma_wait
  gpu.func @loop(%q: !q, %k: !k, %i: index, %b: i1, %v: !vector) attributes {attn.config = #two} {
    %p = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !pending
    scf.for %j = %i to %i step %i {
      %p0 = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !pending
      %s = arith.mulf %v, %v : !vector
      %p1 = hopper.wgmma %q, %k acc %s {transpose_rhs} : !q, !k, !vector -> !pending
      %w0 = hopper.wgmma_wait %p0 : !pending
      %w1 = hopper.wgmma_wait %p1 : !pending
      scf.if %b {
        %p2 = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !pending
        %w2 = hopper.wgmma_wait %p2 : !pending
      }
    }
    %w = hopper.wgmma_wait %p : !pending
    gpu.return
  }

  // In the role of the consumers.
  // CHECK-LABEL: gpu.func @roles
  //       CHECK:   } consumer {
  //  CHECK-NEXT:     hopper.turn_wait
  //  CHECK-NEXT:     hopper.wgmma
  //  CHECK-NEXT:     hopper.turn_pass
  gpu.func @roles(%q: !q, %k: !k) attributes {attn.config = #two} {
    hopper.warp_specialize consumers(2) registers(24, 240) producer {
    } consumer {
      %p0 = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !pending
      %w0 = hopper.wgmma_wait %p0 : !pending
    }
    gpu.return
  }

  // One consumer has nobody to take turns with; without a configuration nobody
  // knows how many there are.
  // CHECK-LABEL: gpu.func @one_consumer
  //   CHECK-NOT:   hopper.turn_
  gpu.func @one_consumer(%k: !k) attributes {attn.config = #one} {
    %p0 = hopper.wgmma %k, %k {transpose_rhs} : !k, !k -> !hopper.pending<vector<64x64xf32>>
    gpu.return
  }

  // CHECK-LABEL: gpu.func @no_config
  //   CHECK-NOT:   hopper.turn_
  gpu.func @no_config(%k: !k) {
    %p0 = hopper.wgmma %k, %k {transpose_rhs} : !k, !k -> !hopper.pending<vector<64x64xf32>>
    gpu.return
  }

  // A second turn around the first one would wait for ever.
  // CHECK-LABEL: gpu.func @turns
  //       CHECK:   hopper.turn_wait
  //  CHECK-NEXT:   hopper.wgmma
  //  CHECK-NEXT:   hopper.turn_pass
  //   CHECK-NOT:   hopper.turn_
  // expected-remark @+1 {{left as it is: its consumers take turns already}}
  gpu.func @turns(%q: !q, %k: !k) attributes {attn.config = #two} {
    hopper.turn_wait
    %p0 = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !pending
    hopper.turn_pass
    %p1 = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !pending
    gpu.return
  }
}
