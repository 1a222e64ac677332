// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-schedule-loop)))' --split-input-file --verify-diagnostics | FileCheck %s

!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!pending = !hopper.pending<vector<64x64xf32>>
!vector = vector<64x64xf32>
!half = vector<64x64xf16>

gpu.module @kernels {
  // One product: no stage but the first, and the wait behind the issue.
  // CHECK-LABEL: gpu.func @one_product
  //       CHECK:   hopper.wait {{.*}}#hopper.schedule<stage = 0, cluster = 0>
  //       CHECK:   hopper.wgmma {{.*}}#hopper.schedule<stage = 0, cluster = 0>
  //       CHECK:   hopper.wgmma_wait {{.*}}#hopper.schedule<stage = 0, cluster = 1>
  //       CHECK:   hopper.release {{.*}}#hopper.schedule<stage = 0, cluster = 1>
  //       CHECK:   scf.yield
  //   CHECK-NOT:   hopper.schedule
  gpu.func @one_product(%q: !tile, %k: !ring, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant dense<0.0> : !vector
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%o = %zero) -> !vector {
      %kt = hopper.wait %k : !ring -> !tile
      %sp = hopper.wgmma %q, %kt acc %o {transpose_rhs} : !tile, !tile, !vector -> !pending
      %s = hopper.wgmma_wait %sp : !pending
      hopper.release %kt to %k : !tile, !ring
      scf.yield %s : !vector
    }
    gpu.return
  }

  // Attention: P·V runs one iteration later, with the wait for its tile. In the
  // body both products are issued first (0, 1), then come the wait for Q·Kᵀ and
  // the softmax (2), the wait for P·V (3), and last what overwrites the registers
  // that P·V reads (4).
  // CHECK-LABEL: gpu.func @attention
  //       CHECK:   hopper.wait %arg1 {hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>}
  //       CHECK:   hopper.wgmma {{.*}}<stage = 0, cluster = 0>
  //       CHECK:   hopper.wgmma_wait {{.*}}<stage = 0, cluster = 2>
  //       CHECK:   hopper.release {{.*}}<stage = 0, cluster = 2>
  //       CHECK:   math.exp2 {{.*}}<stage = 0, cluster = 2>
  //       CHECK:   arith.truncf {{.*}}<stage = 0, cluster = 4>
  //       CHECK:   hopper.wait %arg2 {hopper.schedule = #hopper.schedule<stage = 1, cluster = 1>}
  //       CHECK:   hopper.wgmma {{.*}}<stage = 1, cluster = 1>
  //       CHECK:   hopper.wgmma_wait {{.*}}<stage = 1, cluster = 3>
  //       CHECK:   hopper.release {{.*}}<stage = 1, cluster = 3>
  gpu.func @attention(%q: !tile, %k: !ring, %v: !ring, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant dense<0.0> : !vector
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%o = %zero) -> !vector {
      %kt = hopper.wait %k : !ring -> !tile
      %sp = hopper.wgmma %q, %kt {transpose_rhs} : !tile, !tile -> !pending
      %s = hopper.wgmma_wait %sp : !pending
      hopper.release %kt to %k : !tile, !ring
      %e = math.exp2 %s : !vector
      %p = arith.truncf %e : !vector to !half
      %vt = hopper.wait %v : !ring -> !tile
      %op = hopper.wgmma %p, %vt acc %o : !half, !tile, !vector -> !pending
      %w = hopper.wgmma_wait %op : !pending
      hopper.release %vt to %v : !tile, !ring
      scf.yield %w : !vector
    }
    gpu.return
  }

  // The correction of the accumulator is computed in stage 0 but spread over the
  // tile's registers only where it is used; what the loop carries stays where it
  // is computed.
  // CHECK-LABEL: gpu.func @correction
  //       CHECK:   vector.multi_reduction {{.*}}<stage = 0, cluster = 2>
  //       CHECK:   vector.shape_cast {{.*}}<stage = 0, cluster = 2>
  //       CHECK:   vector.broadcast {{.*}}<stage = 1, cluster = 1>
  //       CHECK:   arith.mulf {{.*}}<stage = 1, cluster = 1>
  gpu.func @correction(%q: !tile, %k: !ring, %v: !ring, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant dense<0.0> : !vector
    %none = arith.constant dense<0.0> : vector<64xf32>
    %col = arith.constant dense<0.0> : vector<64x1xf32>
    %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%o = %zero, %c = %col) -> (!vector, vector<64x1xf32>) {
      %kt = hopper.wait %k : !ring -> !tile
      %sp = hopper.wgmma %q, %kt {transpose_rhs} : !tile, !tile -> !pending
      %s = hopper.wgmma_wait %sp : !pending
      hopper.release %kt to %k : !tile, !ring
      %m = vector.multi_reduction <maxnumf>, %s, %none [1] : !vector to vector<64xf32>
      %column = vector.shape_cast %m : vector<64xf32> to vector<64x1xf32>
      %wide = vector.broadcast %column : vector<64x1xf32> to !vector
      %scaled = arith.mulf %o, %wide : !vector
      %p = arith.truncf %s : !vector to !half
      %vt = hopper.wait %v : !ring -> !tile
      %op = hopper.wgmma %p, %vt acc %scaled : !half, !tile, !vector -> !pending
      %w = hopper.wgmma_wait %op : !pending
      hopper.release %vt to %v : !tile, !ring
      scf.yield %w, %column : !vector, vector<64x1xf32>
    }
    gpu.return
  }

  // Three products, each fed by the one before: three stages.
  // CHECK-LABEL: gpu.func @three_stages
  //       CHECK:   hopper.wgmma {{.*}}<stage = 0, cluster = 0>
  //       CHECK:   arith.truncf {{.*}}<stage = 0, cluster = 5>
  //       CHECK:   hopper.wgmma {{.*}}<stage = 1, cluster = 1>
  //       CHECK:   arith.truncf {{.*}}<stage = 1, cluster = 5>
  //       CHECK:   hopper.wgmma {{.*}}<stage = 2, cluster = 2>
  //       CHECK:   hopper.wgmma_wait {{.*}}<stage = 2, cluster = 4>
  gpu.func @three_stages(%q: !tile, %k: !ring, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant dense<0.0> : !vector
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%o = %zero) -> !vector {
      %sp = hopper.wgmma %q, %q {transpose_rhs} : !tile, !tile -> !pending
      %s = hopper.wgmma_wait %sp : !pending
      %p = arith.truncf %s : !vector to !half
      %tp = hopper.wgmma %p, %q : !half, !tile -> !pending
      %t = hopper.wgmma_wait %tp : !pending
      %u = arith.truncf %t : !vector to !half
      %op = hopper.wgmma %u, %q acc %o : !half, !tile, !vector -> !pending
      %w = hopper.wgmma_wait %op : !pending
      scf.yield %w : !vector
    }
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!pending = !hopper.pending<vector<64x64xf32>>
!vector = vector<64x64xf32>

gpu.module @kernels {
  // Without roles the copies run an iteration ahead: in the body behind the
  // release that makes room for them, their coordinates before all else.
  // CHECK-LABEL: gpu.func @copies
  //       CHECK:   arith.muli {{.*}}<stage = 0, cluster = 0>
  //       CHECK:   hopper.acquire {{.*}}<stage = 0, cluster = 3>
  //       CHECK:   hopper.tma_load {{.*}}<stage = 0, cluster = 3>
  //       CHECK:   hopper.wait {{.*}}<stage = 1, cluster = 1>
  //       CHECK:   hopper.wgmma {{.*}}<stage = 1, cluster = 1>
  //       CHECK:   hopper.wgmma_wait {{.*}}<stage = 1, cluster = 2>
  //       CHECK:   hopper.release {{.*}}<stage = 1, cluster = 2>
  gpu.func @copies(%q: !tile, %k: !ring, %map: !map, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant dense<0.0> : !vector
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%o = %zero) -> !vector {
      %row = arith.muli %i, %n : index
      %slot = hopper.acquire %k expect 8192 : !ring -> !tile
      hopper.tma_load %map[%c0, %row] into %slot of %k : !map, !tile, !ring
      %kt = hopper.wait %k : !ring -> !tile
      %sp = hopper.wgmma %q, %kt acc %o {transpose_rhs} : !tile, !tile, !vector -> !pending
      %s = hopper.wgmma_wait %sp : !pending
      hopper.release %kt to %k : !tile, !ring
      scf.yield %s : !vector
    }
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<1 x 64x64xf16>
!pending = !hopper.pending<vector<64x64xf32>>
!vector = vector<64x64xf32>
!half = vector<64x64xf16>

gpu.module @kernels {
  // One slot: the copy for P·V waits until the product of the iteration before has
  // read it, one stage behind the copy for Q·Kᵀ.
  // CHECK-LABEL: gpu.func @one_slot
  //       CHECK:   hopper.acquire %arg1 {{.*}}<stage = 0, cluster = 4>
  //       CHECK:   hopper.release {{.*}} to %arg1 {hopper.schedule = #hopper.schedule<stage = 1, cluster = 3>}
  //       CHECK:   hopper.acquire %arg2 {{.*}}<stage = 1, cluster = 5>
  //       CHECK:   hopper.tma_load {{.*}}<stage = 1, cluster = 5>
  //       CHECK:   hopper.wait %arg2 {{.*}}<stage = 2, cluster = 2>
  //       CHECK:   hopper.release {{.*}} to %arg2 {hopper.schedule = #hopper.schedule<stage = 2, cluster = 4>}
  gpu.func @one_slot(%q: !tile, %k: !ring, %v: !ring, %map: !map, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant dense<0.0> : !vector
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%o = %zero) -> !vector {
      %kslot = hopper.acquire %k expect 8192 : !ring -> !tile
      hopper.tma_load %map[%c0, %i] into %kslot of %k : !map, !tile, !ring
      %kt = hopper.wait %k : !ring -> !tile
      %sp = hopper.wgmma %q, %kt {transpose_rhs} : !tile, !tile -> !pending
      %s = hopper.wgmma_wait %sp : !pending
      hopper.release %kt to %k : !tile, !ring
      %p = arith.truncf %s : !vector to !half
      %vslot = hopper.acquire %v expect 8192 : !ring -> !tile
      hopper.tma_load %map[%c0, %i] into %vslot of %v : !map, !tile, !ring
      %vt = hopper.wait %v : !ring -> !tile
      %op = hopper.wgmma %p, %vt acc %o : !half, !tile, !vector -> !pending
      %w = hopper.wgmma_wait %op : !pending
      hopper.release %vt to %v : !tile, !ring
      scf.yield %w : !vector
    }
    gpu.return
  }
}

// -----

//===----------------------------------------------------------------------===//
// Left alone
//===----------------------------------------------------------------------===//

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>
!long = !hopper.channel<4 x 64x64xf16>
!pending = !hopper.pending<vector<64x64xf32>>
!vector = vector<64x64xf32>
!half = vector<64x64xf16>

gpu.module @kernels {
  // A loop without products, the producer's say; and one around the loop with the
  // product.
  // CHECK-LABEL: gpu.func @no_products
  //   CHECK-NOT:   hopper.schedule
  //       CHECK:   scf.for
  //   CHECK-NOT:     hopper.schedule
  //       CHECK:     scf.for
  //       CHECK:       hopper.wgmma_wait {{.*}}hopper.schedule
  //       CHECK:     }
  //   CHECK-NOT:   hopper.schedule
  gpu.func @no_products(%k: !ring, %map: !map, %q: !tile, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    scf.for %i = %c0 to %n step %c1 {
      %slot = hopper.acquire %k expect 8192 : !ring -> !tile
      hopper.tma_load %map[%c0, %i] into %slot of %k : !map, !tile, !ring
      scf.for %j = %c0 to %n step %c1 {
        %sp = hopper.wgmma %q, %q : !tile, !tile -> !pending
        %s = hopper.wgmma_wait %sp : !pending
      }
    }
    gpu.return
  }

  // A schedule written by hand stays.
  // CHECK-LABEL: gpu.func @by_hand
  //       CHECK:   hopper.wgmma {{.*}}<stage = 0, cluster = 7>
  //       CHECK:   hopper.wgmma_wait {{.*}}<stage = 3, cluster = 9>
  gpu.func @by_hand(%q: !tile, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    // expected-remark @+1 {{left as it is: it has a schedule already}}
    scf.for %i = %c0 to %n step %c1 {
      %sp = hopper.wgmma %q, %q {hopper.schedule = #hopper.schedule<stage = 0, cluster = 7>} : !tile, !tile -> !pending
      %s = hopper.wgmma_wait %sp {hopper.schedule = #hopper.schedule<stage = 3, cluster = 9>} : !pending
    }
    gpu.return
  }

  // So does an order.
  // CHECK-LABEL: gpu.func @ordered
  //   CHECK-NOT:   hopper.schedule
  gpu.func @ordered(%q: !tile, %n: index, %x: !vector) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    // expected-remark @+1 {{left as it is: other operations stand between its products and the waits for them already}}
    scf.for %i = %c0 to %n step %c1 {
      %sp = hopper.wgmma %q, %q : !tile, !tile -> !pending
      %y = math.exp2 %x : !vector
      %s = hopper.wgmma_wait %sp : !pending
    }
    gpu.return
  }

  // P depends on the output of the iteration before: what takes that up stands
  // behind the wait for it, in the pass in which it is computed.
  // CHECK-LABEL: gpu.func @taken_up
  //       CHECK:   hopper.wgmma %{{.+}} {hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>, transpose_rhs}
  //       CHECK:   hopper.wgmma_wait %{{.+}} {hopper.schedule = #hopper.schedule<stage = 0, cluster = 2>}
  //       CHECK:   arith.addf %{{.+}} {hopper.schedule = #hopper.schedule<stage = 0, cluster = 4>}
  //       CHECK:   arith.truncf %{{.+}} {hopper.schedule = #hopper.schedule<stage = 0, cluster = 4>}
  //       CHECK:   hopper.wgmma %{{.+}} {hopper.schedule = #hopper.schedule<stage = 1, cluster = 1>}
  //       CHECK:   hopper.wgmma_wait %{{.+}} {hopper.schedule = #hopper.schedule<stage = 1, cluster = 3>}
  gpu.func @taken_up(%q: !tile, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant dense<0.0> : !vector
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%o = %zero) -> !vector {
      %sp = hopper.wgmma %q, %q {transpose_rhs} : !tile, !tile -> !pending
      %s = hopper.wgmma_wait %sp : !pending
      %x = arith.addf %s, %o : !vector
      %p = arith.truncf %x : !vector to !half
      %op = hopper.wgmma %p, %q : !half, !tile -> !pending
      %w = hopper.wgmma_wait %op : !pending
      scf.yield %w : !vector
    }
    gpu.return
  }

  // K and V come through one channel, in turn: V of one tile would have to be
  // waited for behind K of the next one, which follows it.
  // CHECK-LABEL: gpu.func @one_channel
  //   CHECK-NOT:   hopper.schedule
  gpu.func @one_channel(%q: !tile, %k: !long, %n: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant dense<0.0> : !vector
    // expected-remark @+1 {{cannot be pipelined: hopper.wait would run in front of the hopper.wait before it on its channel}}
    %r = scf.for %i = %c0 to %n step %c1 iter_args(%o = %zero) -> !vector {
      // expected-note @+1 {{which stands here}}
      %kt = hopper.wait %k : !long -> !tile
      %sp = hopper.wgmma %q, %kt {transpose_rhs} : !tile, !tile -> !pending
      %s = hopper.wgmma_wait %sp : !pending
      hopper.release %kt to %k : !tile, !long
      %p = arith.truncf %s : !vector to !half
      %vt = hopper.wait %k : !long -> !tile
      %op = hopper.wgmma %p, %vt acc %o : !half, !tile, !vector -> !pending
      %w = hopper.wgmma_wait %op : !pending
      hopper.release %vt to %k : !tile, !long
      scf.yield %w : !vector
    }
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x128xf8E4M3FN, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
!raw = !hopper.shared_tile<64x32xf8E4M3FN>
!tile = !hopper.shared_tile<32x64xf8E4M3FN, interleaved>
!from = !hopper.channel<2 x 64x32xf8E4M3FN>
!ring = !hopper.channel<2 x 32x64xf8E4M3FN, interleaved>

gpu.module @kernels {
  // Copies run an iteration ahead of what is transposed.
  // CHECK-LABEL: gpu.func @transposed
  //       CHECK:   hopper.acquire %{{.+}} expect 8192 {hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>}
  //       CHECK:   hopper.tma_load {{.+}} {hopper.schedule = #hopper.schedule<stage = 0, cluster = 0>}
  //       CHECK:   hopper.wait {{.+}} {hopper.schedule = #hopper.schedule<stage = 1, cluster = 1>}
  //       CHECK:   hopper.acquire %{{.+}} expect 0 {hopper.schedule = #hopper.schedule<stage = 1, cluster = 1>}
  //       CHECK:   hopper.transpose {{.+}} {hopper.schedule = #hopper.schedule<stage = 1, cluster = 1>}
  //       CHECK:   hopper.release {{.+}} {hopper.schedule = #hopper.schedule<stage = 1, cluster = 1>}
  //       CHECK:   consumer
  //   CHECK-NOT:   hopper.schedule
  gpu.func @transposed(%map: !map, %m: memref<?xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %a = hopper.create_channel : !from
    %b = hopper.create_channel : !ring
    %n = memref.dim %m, %c0 : memref<?xf32>
    hopper.warp_specialize consumers(1) registers(40, 240) producer {
      scf.for %i = %c0 to %n step %c1 {
        %s = hopper.acquire %a expect 8192 : !from -> !raw
        hopper.tma_load %map[%c0, %i] into %s of %a : !map, !raw, !from
        %v = hopper.wait %a : !from -> !raw
        %u = hopper.acquire %b expect 0 : !ring -> !tile
        hopper.transpose %v into %u of %b : !raw, !tile, !ring
        hopper.release %v to %a : !raw, !from
      }
    } consumer {
      scf.for %i = %c0 to %n step %c1 {
        %t = hopper.wait %b : !ring -> !tile
        hopper.release %t to %b : !tile, !ring
      }
    }
    gpu.return
  }

  // With one slot there is nothing to run ahead into.
  // CHECK-LABEL: gpu.func @one_slot
  //   CHECK-NOT:   hopper.schedule
  gpu.func @one_slot(%map: !map, %m: memref<?xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %a = hopper.create_channel : !hopper.channel<1 x 64x32xf8E4M3FN>
    %b = hopper.create_channel : !ring
    %n = memref.dim %m, %c0 : memref<?xf32>
    hopper.warp_specialize consumers(1) registers(40, 240) producer {
      // expected-remark @+1 {{cannot be pipelined: hopper.acquire would run in front of the release of the slot that it takes}}
      scf.for %i = %c0 to %n step %c1 {
        // expected-note @+1 {{which stands here}}
        %s = hopper.acquire %a expect 8192 : !hopper.channel<1 x 64x32xf8E4M3FN> -> !raw
        hopper.tma_load %map[%c0, %i] into %s of %a : !map, !raw, !hopper.channel<1 x 64x32xf8E4M3FN>
        %v = hopper.wait %a : !hopper.channel<1 x 64x32xf8E4M3FN> -> !raw
        %u = hopper.acquire %b expect 0 : !ring -> !tile
        hopper.transpose %v into %u of %b : !raw, !tile, !ring
        hopper.release %v to %a : !raw, !hopper.channel<1 x 64x32xf8E4M3FN>
      }
    } consumer {
      scf.for %i = %c0 to %n step %c1 {
        %t = hopper.wait %b : !ring -> !tile
        hopper.release %t to %b : !tile, !ring
      }
    }
    gpu.return
  }
}
