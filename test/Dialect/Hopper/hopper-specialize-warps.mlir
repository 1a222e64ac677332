// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-specialize-warps)))' --split-input-file --verify-diagnostics | FileCheck %s

#config = #attn.config<tile = 64x64, stages = 2, consumers = 1, registers = 24x240>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!pending = !hopper.pending<vector<64x64xf32>>
!vector = vector<64x64xf32>

gpu.module @kernels {
  // The producer gets what fills channels; channels stay in front of both.
  // CHECK-LABEL: gpu.func @straight_line
  //       CHECK:   %[[RING:.+]] = hopper.create_channel
  //  CHECK-NEXT:   hopper.warp_specialize consumers(1) registers(24, 240) producer {
  //  CHECK-NEXT:     %[[C0:.+]] = arith.constant 0 : index
  //  CHECK-NEXT:     %[[SLOT:.+]] = hopper.acquire %[[RING]]
  //  CHECK-NEXT:     hopper.tma_load %{{.+}}[%[[C0]], %[[C0]]] into %[[SLOT]] of %[[RING]]
  //  CHECK-NEXT:   } consumer {
  //  CHECK-NEXT:     %[[TILE:.+]] = hopper.wait %[[RING]]
  //  CHECK-NEXT:     hopper.release %[[TILE]] to %[[RING]]
  //  CHECK-NEXT:   }
  //  CHECK-NEXT:   gpu.return
  gpu.func @straight_line(%map: !map) attributes {attn.config = #config} {
    %c = hopper.create_channel : !ring
    %c0 = arith.constant 0 : index
    %s = hopper.acquire %c expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %s of %c : !map, !tile, !ring
    %t = hopper.wait %c : !ring -> !tile
    hopper.release %t to %c : !tile, !ring
    gpu.return
  }

  // Each role has a loop of its own, with the values that it needs: the producer
  // carries a coordinate and no accumulator, the consumers the other way round.
  // Bounds are computed in both.
  // CHECK-LABEL: gpu.func @loop
  //  CHECK-SAME:   %[[N:[a-z0-9]+]]: index
  //       CHECK:   producer {
  //   CHECK-DAG:     %[[STEP:.+]] = arith.constant 64 : index
  //       CHECK:     %[[END:.+]] = arith.muli %[[N]], %[[N]]
  //       CHECK:     scf.for %{{.+}} = %{{.+}} to %[[END]] step %[[STEP]] iter_args(%[[AT:.+]] = %{{.+}}) -> (index) {
  //  CHECK-NEXT:       %[[SLOT:.+]] = hopper.acquire
  //  CHECK-NEXT:       hopper.tma_load %{{.+}}[%{{.+}}, %[[AT]]] into %[[SLOT]]
  //  CHECK-NEXT:       %[[NEXT:.+]] = arith.addi %[[AT]], %[[STEP]]
  //  CHECK-NEXT:       scf.yield %[[NEXT]] : index
  //  CHECK-NEXT:     }
  //  CHECK-NEXT:   } consumer {
  //       CHECK:     %[[END:.+]] = arith.muli %[[N]], %[[N]]
  //       CHECK:     %[[LOOP:.+]] = scf.for %{{.+}} = %{{.+}} to %[[END]] step %{{.+}} iter_args(%[[O:.+]] = %{{.+}}) -> (vector<64x64xf32>) {
  //  CHECK-NEXT:       %[[TILE:.+]] = hopper.wait
  //  CHECK-NEXT:       %[[P:.+]] = hopper.wgmma %[[TILE]], %[[TILE]] acc %[[O]]
  //  CHECK-NEXT:       %[[W:.+]] = hopper.wgmma_wait %[[P]]
  //  CHECK-NEXT:       hopper.release %[[TILE]]
  //  CHECK-NEXT:       scf.yield %[[W]] : vector<64x64xf32>
  //  CHECK-NEXT:     }
  //  CHECK-NEXT:     vector.transfer_write %[[LOOP]]
  gpu.func @loop(%map: !map, %n: index, %out: memref<64x64xf32>) attributes {attn.config = #config} {
    %c = hopper.create_channel : !ring
    %c0 = arith.constant 0 : index
    %c64 = arith.constant 64 : index
    %zero = arith.constant dense<0.0> : !vector
    %end = arith.muli %n, %n : index
    %r:2 = scf.for %i = %c0 to %end step %c64 iter_args(%at = %c0, %o = %zero) -> (index, !vector) {
      %s = hopper.acquire %c expect 8192 : !ring -> !tile
      hopper.tma_load %map[%c0, %at] into %s of %c : !map, !tile, !ring
      %t = hopper.wait %c : !ring -> !tile
      %p = hopper.wgmma %t, %t acc %o : !tile, !tile, !vector -> !pending
      %w = hopper.wgmma_wait %p : !pending
      hopper.release %t to %c : !tile, !ring
      %next = arith.addi %at, %c64 : index
      scf.yield %next, %w : index, !vector
    }
    vector.transfer_write %r#1, %out[%c0, %c0] : !vector, memref<64x64xf32>
    gpu.return
  }

  // A value that both need is carried in both, and one that the other one is
  // computed from as well.
  // CHECK-LABEL: gpu.func @values_of_both
  //       CHECK:   producer {
  //       CHECK:     scf.for {{.*}} iter_args(%[[A:.+]] = %{{.+}}, %[[B:.+]] = %{{.+}}) -> (index, index)
  //       CHECK:       hopper.tma_load %{{.+}}[%[[A]], %{{.+}}]
  //       CHECK:       scf.yield %[[B]], %[[A]] : index, index
  //       CHECK:   } consumer {
  //       CHECK:     scf.for {{.*}} iter_args(%[[A:.+]] = %{{.+}}, %[[B:.+]] = %{{.+}}) -> (index, index)
  //       CHECK:       memref.store %{{.+}}, %{{.+}}[%[[B]]]
  //       CHECK:       scf.yield %[[B]], %[[A]] : index, index
  gpu.func @values_of_both(%map: !map, %n: index, %out: memref<?xf32>) attributes {attn.config = #config} {
    %c = hopper.create_channel : !ring
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %v = arith.constant 1.0 : f32
    %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %c0, %b = %c1) -> (index, index) {
      %s = hopper.acquire %c expect 8192 : !ring -> !tile
      hopper.tma_load %map[%a, %i] into %s of %c : !map, !tile, !ring
      %t = hopper.wait %c : !ring -> !tile
      hopper.release %t to %c : !tile, !ring
      memref.store %v, %out[%b] : memref<?xf32>
      scf.yield %b, %a : index, index
    }
    gpu.return
  }

  // Coordinates that come out of the memory: both roles read them.
  // CHECK-LABEL: gpu.func @coordinate_from_memory
  //       CHECK:   producer {
  //       CHECK:     %[[AT:.+]] = memref.load
  //       CHECK:     hopper.tma_load %{{.+}}[%{{.+}}, %[[AT]]]
  //       CHECK:   } consumer {
  //       CHECK:     memref.load
  //       CHECK:     hopper.wait
  gpu.func @coordinate_from_memory(%map: !map, %at: memref<4xindex>) attributes {attn.config = #config} {
    %c = hopper.create_channel : !ring
    %c0 = arith.constant 0 : index
    %i = memref.load %at[%c0] : memref<4xindex>
    %s = hopper.acquire %c expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %i] into %s of %c : !map, !tile, !ring
    %t = hopper.wait %c : !ring -> !tile
    hopper.release %t to %c : !tile, !ring
    gpu.return
  }

  // Operations that no pass of ours makes: a second output, and one of a dialect
  // that nobody knows, are the consumers'.
  // CHECK-LABEL: gpu.func @other_effects
  //       CHECK:   producer {
  //   CHECK-NOT:     memref.store
  //   CHECK-NOT:     memref.atomic_rmw
  //       CHECK:   } consumer {
  //       CHECK:     %[[I:.+]] = arith.constant 1 : index
  //       CHECK:     memref.store %{{.+}}, %{{.+}}[%[[I]]]
  //       CHECK:     scf.for
  //       CHECK:       memref.atomic_rmw
  gpu.func @other_effects(%map: !map, %n: index, %out: memref<?xf32>) attributes {attn.config = #config} {
    %c = hopper.create_channel : !ring
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %v = arith.constant 1.0 : f32
    %s = hopper.acquire %c expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %c0] into %s of %c : !map, !tile, !ring
    %t = hopper.wait %c : !ring -> !tile
    hopper.release %t to %c : !tile, !ring
    memref.store %v, %out[%c1] : memref<?xf32>
    scf.for %i = %c0 to %n step %c1 {
      %0 = memref.atomic_rmw addf %v, %out[%i] : (f32, memref<?xf32>) -> f32
    }
    gpu.return
  }

  // Loops in loops, the inner one's bounds dependent on the outer one.
  // CHECK-LABEL: gpu.func @nested
  //       CHECK:   producer {
  //       CHECK:     scf.for %[[I:.+]] =
  //       CHECK:       scf.for %[[J:.+]] = %{{.+}} to %[[I]]
  //       CHECK:         hopper.acquire
  //       CHECK:   } consumer {
  //       CHECK:     scf.for %[[I:.+]] =
  //       CHECK:       scf.for %[[J:.+]] = %{{.+}} to %[[I]]
  //       CHECK:         hopper.wait
  gpu.func @nested(%map: !map, %n: index) attributes {attn.config = #config} {
    %c = hopper.create_channel : !ring
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      scf.for %j = %c0 to %i step %c1 {
        %s = hopper.acquire %c expect 8192 : !ring -> !tile
        hopper.tma_load %map[%c0, %j] into %s of %c : !map, !tile, !ring
        %t = hopper.wait %c : !ring -> !tile
        hopper.release %t to %c : !tile, !ring
      }
    }
    gpu.return
  }

  // A kernel that fills no channel is left alone, and needs no configuration.
  // CHECK-LABEL: gpu.func @no_copies
  //   CHECK-NOT:   hopper.warp_specialize
  gpu.func @no_copies(%out: memref<?xf32>) {
    %c0 = arith.constant 0 : index
    %v = arith.constant 1.0 : f32
    memref.store %v, %out[%c0] : memref<?xf32>
    gpu.return
  }

  // So is one whose warps have roles.
  // CHECK-LABEL: gpu.func @roles
  //       CHECK:   hopper.acquire
  //       CHECK:   hopper.wait
  // expected-remark @+1 {{left as it is: its warps have roles already}}
  gpu.func @roles() attributes {attn.config = #config} {
    %c = hopper.create_channel : !ring
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
      %s = hopper.acquire %c expect 8192 : !ring -> !tile
    } consumer {
      %t = hopper.wait %c : !ring -> !tile
    }
    gpu.return
  }
}

// -----

//===----------------------------------------------------------------------===//
// Refused
//===----------------------------------------------------------------------===//

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
gpu.module @kernels {
  // expected-error @+1 {{expected an attn.config that gives the consumers; run attn-select-config}}
  gpu.func @no_config() {
    %c = hopper.create_channel : !ring
    %s = hopper.acquire %c expect 8192 : !ring -> !tile
    gpu.return
  }
}

// -----

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
gpu.module @kernels {
  // expected-error @+1 {{cannot be split between warp roles: expected channels made at its entry}}
  gpu.func @channel_from_elsewhere(%c: !ring) attributes {attn.config = #attn.config<tile = 64x64, stages = 2, consumers = 1, registers = 24x240>} {
    %s = hopper.acquire %c expect 8192 : !ring -> !tile
    gpu.return
  }
}

// -----

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
gpu.module @kernels {
  // expected-error @+1 {{cannot be split between warp roles: expected a body of one block}}
  gpu.func @blocks() attributes {attn.config = #attn.config<tile = 64x64, stages = 2, consumers = 1, registers = 24x240>} {
    %c = hopper.create_channel : !ring
    %s = hopper.acquire %c expect 8192 : !ring -> !tile
    cf.br ^bb1
  ^bb1:
    gpu.return
  }
}

// -----

// A branch that reads goes whole to those who need it; both read the number of
// trips.
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
gpu.module @kernels {
  // CHECK-LABEL: gpu.func @reads
  //       CHECK:   producer {
  //       CHECK:     %[[N:.+]] = memref.load
  //       CHECK:     scf.for %{{.+}} = %{{.+}} to %[[N]]
  //   CHECK-NOT:     scf.if
  //       CHECK:       hopper.acquire
  //       CHECK:   } consumer {
  //       CHECK:     %[[N:.+]] = memref.load
  //       CHECK:     scf.for %{{.+}} = %{{.+}} to %[[N]]
  //       CHECK:       hopper.wait
  //       CHECK:       scf.if
  //  CHECK-NEXT:         memref.load
  gpu.func @reads(%map: !map, %counts: memref<2xindex>, %out: memref<2xindex>) attributes {attn.config = #attn.config<tile = 64x64, stages = 2, consumers = 1, registers = 24x240>} {
    %c = hopper.create_channel : !ring
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %n = memref.load %counts[%c1] : memref<2xindex>
    scf.for %i = %c0 to %n step %c1 {
      %s = hopper.acquire %c expect 8192 : !ring -> !tile
      hopper.tma_load %map[%c0, %i] into %s of %c : !map, !tile, !ring
      %t = hopper.wait %c : !ring -> !tile
      hopper.release %t to %c : !tile, !ring
      %first = arith.cmpi slt, %i, %c1 : index
      %r = scf.if %first -> (index) {
        %v = memref.load %counts[%c0] : memref<2xindex>
        scf.yield %v : index
      } else {
        scf.yield %c0 : index
      }
      memref.store %r, %out[%c0] : memref<2xindex>
    }
    gpu.return
  }
}

// -----

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
gpu.module @kernels {
  gpu.func @branch(%b: i1) attributes {attn.config = #attn.config<tile = 64x64, stages = 2, consumers = 1, registers = 24x240>} {
    %c = hopper.create_channel : !ring
    // expected-error @+1 {{cannot be split between warp roles: expected straight-line code, scf.for, and scf.if that writes nothing}}
    scf.if %b {
      %s = hopper.acquire %c expect 8192 : !ring -> !tile
    }
    gpu.return
  }
}

// -----

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
gpu.module @kernels {
  gpu.func @while(%b: i1) attributes {attn.config = #attn.config<tile = 64x64, stages = 2, consumers = 1, registers = 24x240>} {
    %c = hopper.create_channel : !ring
    // expected-error @+1 {{cannot be split between warp roles: expected straight-line code, scf.for, and scf.if that writes nothing}}
    scf.while : () -> () {
      scf.condition(%b)
    } do {
      %s = hopper.acquire %c expect 8192 : !ring -> !tile
      scf.yield
    }
    gpu.return
  }
}

// -----

// An effect of its own, in an operation with a region.
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
gpu.module @kernels {
  gpu.func @region(%m: memref<4xf32>) attributes {attn.config = #attn.config<tile = 64x64, stages = 2, consumers = 1, registers = 24x240>} {
    %c = hopper.create_channel : !ring
    %v = arith.constant 1.0 : f32
    %s = hopper.acquire %c expect 8192 : !ring -> !tile
    // expected-error @+1 {{cannot be split between warp roles: expected straight-line code, scf.for, and scf.if that writes nothing}}
    linalg.fill ins(%v : f32) outs(%m : memref<4xf32>)
    gpu.return
  }
}

// -----

// A coordinate that depends on a product would have to pass from the consumers to
// the producer.
#config = #attn.config<tile = 64x64, stages = 2, consumers = 1, registers = 24x240>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
gpu.module @kernels {
  gpu.func @value_across_roles(%map: !map) attributes {attn.config = #config} {
    %c = hopper.create_channel : !ring
    %c0 = arith.constant 0 : index
    // expected-error @+2 {{cannot run in the producer role, as the consumers wait for the channel}}
    // expected-note @+1 {{they do here}}
    %t = hopper.wait %c : !ring -> !tile
    %p = hopper.wgmma %t, %t : !tile, !tile -> !hopper.pending<vector<64x64xf32>>
    %w = hopper.wgmma_wait %p : !hopper.pending<vector<64x64xf32>>
    %e = vector.extract %w[0, 0] : f32 from vector<64x64xf32>
    %j = arith.fptosi %e : f32 to i32
    %i = arith.index_cast %j : i32 to index
    %s = hopper.acquire %c expect 8192 : !ring -> !tile
    hopper.tma_load %map[%c0, %i] into %s of %c : !map, !tile, !ring
    gpu.return
  }
}

// -----

#config = #attn.config<tile = 64x64, stages = 2, consumers = 1, registers = 40x240>
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x128xf8E4M3FN, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!raw = !hopper.shared_tile<64x32xf8E4M3FN>
!tile = !hopper.shared_tile<32x64xf8E4M3FN, interleaved>
!from = !hopper.channel<2 x 64x32xf8E4M3FN>
!ring = !hopper.channel<2 x 32x64xf8E4M3FN, interleaved>

gpu.module @kernels {
  // What is transposed is the producer's: it waits for its own copy.
  // CHECK-LABEL: gpu.func @transposed
  //       CHECK:   producer {
  //       CHECK:     hopper.acquire %[[FROM:.+]] expect 8192
  //       CHECK:     hopper.tma_load
  //       CHECK:     %[[V:.+]] = hopper.wait %[[FROM]]
  //       CHECK:     %[[SLOT:.+]] = hopper.acquire %[[RING:.+]] expect 0
  //       CHECK:     hopper.transpose %[[V]] into %[[SLOT]] of %[[RING]]
  //       CHECK:     hopper.release %[[V]] to %[[FROM]]
  //  CHECK-NEXT:   } consumer {
  //  CHECK-NEXT:     %[[T:.+]] = hopper.wait %[[RING]]
  //  CHECK-NEXT:     hopper.release %[[T]] to %[[RING]]
  //  CHECK-NEXT:   }
  gpu.func @transposed(%map: !map) attributes {attn.config = #config} {
    %a = hopper.create_channel : !from
    %b = hopper.create_channel : !ring
    %c0 = arith.constant 0 : index
    %s = hopper.acquire %a expect 8192 : !from -> !raw
    hopper.tma_load %map[%c0, %c0] into %s of %a : !map, !raw, !from
    %v = hopper.wait %a : !from -> !raw
    %u = hopper.acquire %b expect 0 : !ring -> !tile
    hopper.transpose %v into %u of %b : !raw, !tile, !ring
    hopper.release %v to %a : !raw, !from
    %t = hopper.wait %b : !ring -> !tile
    hopper.release %t to %b : !tile, !ring
    gpu.return
  }
}
