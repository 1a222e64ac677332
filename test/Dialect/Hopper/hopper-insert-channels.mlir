// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-insert-channels)))' --split-input-file --verify-diagnostics | FileCheck %s

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x128xf16>
!scores = !hopper.pending<vector<64x64xf32>>

gpu.module @kernels {
  // Outside of loops: a channel of one slot, which needs no configuration. The
  // slot goes back behind the wait for the product that reads the tile, since the
  // product is in flight until then.
  // CHECK-LABEL: gpu.func @once
  //  CHECK-SAME:   %[[MAP:[a-z0-9]+]]: !nvgpu.tensormap.descriptor<{{[^>]*>[^>]*}}>, %[[I:[a-z0-9]+]]: index
  //  CHECK-NEXT:   %[[RING:.+]] = hopper.create_channel : <1 x 64x128xf16>
  //  CHECK-NEXT:   %[[SLOT:.+]] = hopper.acquire %[[RING]] expect 16384
  //  CHECK-NEXT:   hopper.tma_load %[[MAP]][%[[I]], %[[I]]] into %[[SLOT]] of %[[RING]]
  //  CHECK-NEXT:   %[[TILE:.+]] = hopper.wait %[[RING]]
  //  CHECK-NEXT:   %[[P:.+]] = hopper.wgmma %[[TILE]], %[[TILE]]
  //  CHECK-NEXT:   hopper.wgmma_wait %[[P]]
  //  CHECK-NEXT:   hopper.release %[[TILE]] to %[[RING]]
  gpu.func @once(%map: !map, %i: index) {
    %t = hopper.load_tile %map[%i, %i] : !map -> !tile
    %p = hopper.wgmma %t, %t {transpose_rhs} : !tile, !tile -> !scores
    %s = hopper.wgmma_wait %p : !scores
    gpu.return
  }

  // In a loop: as many slots as the configuration has stages. A tile from outside
  // of the loop goes back behind the loop. Channels stand at the kernel's entry in
  // the order of their loads.
  // CHECK-LABEL: gpu.func @loop
  //       CHECK:   %[[Q:.+]] = hopper.create_channel : <1 x 64x128xf16>
  //  CHECK-NEXT:   %[[K:.+]] = hopper.create_channel : <3 x 64x128xf16>
  //       CHECK:   %[[QT:.+]] = hopper.wait %[[Q]]
  //       CHECK:   scf.for
  //       CHECK:     hopper.acquire %[[K]] expect 16384
  //       CHECK:     %[[KT:.+]] = hopper.wait %[[K]]
  //       CHECK:     hopper.wgmma %[[QT]], %[[KT]]
  //       CHECK:     hopper.wgmma_wait
  //  CHECK-NEXT:     hopper.release %[[KT]] to %[[K]]
  //  CHECK-NEXT:   }
  //  CHECK-NEXT:   hopper.release %[[QT]] to %[[Q]]
  gpu.func @loop(%map: !map, %i: index) attributes {attn.config = #attn.config<tile = 64x64, stages = 3, consumers = 1, registers = 24x240>} {
    %q = hopper.load_tile %map[%i, %i] : !map -> !tile
    scf.for %j = %i to %i step %i {
      %k = hopper.load_tile %map[%i, %j] : !map -> !tile
      %p = hopper.wgmma %q, %k {transpose_rhs} : !tile, !tile -> !scores
      %s = hopper.wgmma_wait %p : !scores
    }
    gpu.return
  }

  // A tile that a loop around the loop loads, of which there is one at a time: one
  // slot, and its release behind the inner loop.
  // CHECK-LABEL: gpu.func @loop_around_a_loop
  //       CHECK:   %[[Q:.+]] = hopper.create_channel : <1 x 64x128xf16>
  //  CHECK-NEXT:   hopper.create_channel : <3 x 64x128xf16>
  //       CHECK:   scf.for
  //       CHECK:     scf.for
  //       CHECK:       hopper.release
  //  CHECK-NEXT:     }
  //  CHECK-NEXT:     hopper.release %{{.+}} to %[[Q]]
  //  CHECK-NEXT:   }
  gpu.func @loop_around_a_loop(%map: !map, %i: index) attributes {attn.config = #attn.config<tile = 64x64, stages = 3, consumers = 1, registers = 24x240>} {
    scf.for %j = %i to %i step %i {
      %q = hopper.load_tile %map[%i, %j] : !map -> !tile
      scf.for %l = %i to %i step %i {
        %k = hopper.load_tile %map[%i, %l] : !map -> !tile
        %p = hopper.wgmma %q, %k {transpose_rhs} : !tile, !tile -> !scores
        %s = hopper.wgmma_wait %p : !scores
      }
    }
    gpu.return
  }

  // Behind the last one of two products that read a tile.
  // CHECK-LABEL: gpu.func @two_uses
  //       CHECK:   hopper.wgmma_wait
  //   CHECK-NOT:   hopper.release
  //       CHECK:   hopper.wgmma_wait
  //  CHECK-NEXT:   hopper.release
  gpu.func @two_uses(%map: !map, %i: index) {
    %t = hopper.load_tile %map[%i, %i] : !map -> !tile
    %p = hopper.wgmma %t, %t {transpose_rhs} : !tile, !tile -> !scores
    %s = hopper.wgmma_wait %p : !scores
    %p1 = hopper.wgmma %t, %t {transpose_rhs} : !tile, !tile -> !scores
    %s1 = hopper.wgmma_wait %p1 : !scores
    gpu.return
  }

  // A tile that nothing reads goes back at once.
  // CHECK-LABEL: gpu.func @unused
  //       CHECK:   %[[TILE:.+]] = hopper.wait
  //  CHECK-NEXT:   hopper.release %[[TILE]]
  gpu.func @unused(%map: !map, %i: index) {
    %t = hopper.load_tile %map[%i, %i] : !map -> !tile
    gpu.return
  }

  // New channels stand behind those that are there.
  // CHECK-LABEL: gpu.func @beside_a_channel
  //  CHECK-NEXT:   hopper.create_channel : <2 x 8x64xf16>
  //  CHECK-NEXT:   hopper.create_channel : <1 x 64x128xf16>
  gpu.func @beside_a_channel(%map: !map, %i: index) {
    %c = hopper.create_channel : !hopper.channel<2 x 8x64xf16>
    %t = hopper.load_tile %map[%i, %i] : !map -> !tile
    gpu.return
  }

  // CHECK-LABEL: gpu.func @empty
  //  CHECK-NEXT:   gpu.return
  gpu.func @empty() {
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @from_a_buffer(%k: memref<?x64xf16>, %i: index) {
    // expected-error @+1 {{expected to read through a tensor map; run hopper-insert-tma first}}
    %t = hopper.load_tile %k[%i, %i] {row_dim = 0 : i64} : memref<?x64xf16> -> !hopper.shared_tile<64x64xf16>
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
gpu.module @kernels {
  // expected-error @+1 {{expected an attn.config that gives the stages of the ring; run attn-select-config}}
  gpu.func @no_config(%map: !map, %i: index) {
    scf.for %j = %i to %i step %i {
      %k = hopper.load_tile %map[%i, %j] : !map -> !hopper.shared_tile<64x64xf16>
    }
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
gpu.module @kernels {
  gpu.func @stages(%map: !map, %i: index) attributes {attn.config = #attn.config<tile = 64x64, stages = 40, consumers = 1, registers = 24x240>} {
    scf.for %j = %i to %i step %i {
      // expected-error @+1 {{expected a depth between 1 and 32, but got 40}}
      %k = hopper.load_tile %map[%i, %j] : !map -> !hopper.shared_tile<64x64xf16>
    }
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x128xf8E4M3FN, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>

gpu.module @kernels {
  // A transposition fills a channel of its own, whose slots are acquired without
  // bytes; the tile that it reads goes back behind it.
  // CHECK-LABEL: gpu.func @transposed
  //  CHECK-NEXT:   %[[FROM:.+]] = hopper.create_channel : <1 x 64x32xf8E4M3FN>
  //  CHECK-NEXT:   %[[RING:.+]] = hopper.create_channel : <1 x 32x64xf8E4M3FN, interleaved>
  //  CHECK-NEXT:   hopper.acquire %[[FROM]] expect 8192
  //  CHECK-NEXT:   hopper.tma_load
  //  CHECK-NEXT:   %[[V:.+]] = hopper.wait %[[FROM]]
  //  CHECK-NEXT:   %[[SLOT:.+]] = hopper.acquire %[[RING]] expect 0
  //  CHECK-NEXT:   hopper.transpose %[[V]] into %[[SLOT]] of %[[RING]]
  //  CHECK-NEXT:   hopper.release %[[V]] to %[[FROM]]
  //  CHECK-NEXT:   %[[T:.+]] = hopper.wait %[[RING]]
  //  CHECK-NEXT:   %[[P:.+]] = hopper.wgmma %{{.+}}, %[[T]] {transpose_rhs}
  //  CHECK-NEXT:   hopper.wgmma_wait %[[P]]
  //  CHECK-NEXT:   hopper.release %[[T]] to %[[RING]]
  gpu.func @transposed(%map: !map, %i: index, %p: vector<64x64xf8E4M3FN>) {
    %v = hopper.load_tile %map[%i, %i] : !map -> !hopper.shared_tile<64x32xf8E4M3FN>
    %t = hopper.transpose_tile %v : !hopper.shared_tile<64x32xf8E4M3FN> -> !hopper.shared_tile<32x64xf8E4M3FN, interleaved>
    %r = hopper.wgmma %p, %t {transpose_rhs} : vector<64x64xf8E4M3FN>, !hopper.shared_tile<32x64xf8E4M3FN, interleaved> -> !hopper.pending<vector<64x32xf32>>
    %s = hopper.wgmma_wait %r : !hopper.pending<vector<64x32xf32>>
    gpu.return
  }
}
