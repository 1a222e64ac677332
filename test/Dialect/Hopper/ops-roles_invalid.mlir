// One case for each branch of each numbered constraint of the operations that
// give warps roles (HopperOps.td), named by its number.

// RUN: fa3-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// hopper.warp_specialize
//===----------------------------------------------------------------------===//

// Constraint 1: at least one consumer.
func.func @warp_specialize_c1_none() {
  // expected-error @+1 {{expected 1 to 7 consumers, but got 0}}
  hopper.warp_specialize consumers(0) registers(24, 240) producer {
  } consumer {
  }
  return
}

// -----

// Constraint 1: at most 1024 threads.
func.func @warp_specialize_c1_many() {
  // expected-error @+1 {{expected 1 to 7 consumers, but got 8}}
  hopper.warp_specialize consumers(8) registers(24, 24) producer {
  } consumer {
  }
  return
}

// -----

// Constraint 2: at least 24 registers.
func.func @warp_specialize_c2_few() {
  // expected-error @+1 {{expected registers to be a multiple of 8 between 24 and 256, but got 16}}
  hopper.warp_specialize consumers(1) registers(16, 240) producer {
  } consumer {
  }
  return
}

// -----

// Constraint 2: at most 256 registers.
func.func @warp_specialize_c2_many() {
  // expected-error @+1 {{expected registers to be a multiple of 8 between 24 and 256, but got 264}}
  hopper.warp_specialize consumers(1) registers(24, 264) producer {
  } consumer {
  }
  return
}

// -----

// Constraint 2: a multiple of 8.
func.func @warp_specialize_c2_multiple() {
  // expected-error @+1 {{expected registers to be a multiple of 8 between 24 and 256, but got 242}}
  hopper.warp_specialize consumers(1) registers(24, 242) producer {
  } consumer {
  }
  return
}

// -----

// Constraint 2: the register file, 128 · (32 + 2 · 248).
func.func @warp_specialize_c2_file() {
  // expected-error @+1 {{expected at most 65536 registers in a block, but got 67584}}
  hopper.warp_specialize consumers(2) registers(32, 248) producer {
  } consumer {
  }
  return
}

// -----

// Constraint 3: the producer does not wait for a slot that it does not fill.
func.func @warp_specialize_c3_wait(%c: !hopper.channel<1 x 64x64xf16>) {
  hopper.warp_specialize consumers(1) registers(24, 240) producer {
    // expected-error @+1 {{cannot run in the producer role, which does not fill the channel}}
    %t = hopper.wait %c : !hopper.channel<1 x 64x64xf16> -> !hopper.shared_tile<64x64xf16>
  } consumer {
  }
  return
}

// -----

// Constraint 3: the producer does not release a slot that it does not fill.
func.func @warp_specialize_c3_release(%c: !hopper.channel<1 x 64x64xf16>, %t: !hopper.shared_tile<64x64xf16>) {
  hopper.warp_specialize consumers(1) registers(24, 240) producer {
    // expected-error @+1 {{cannot run in the producer role, which does not fill the channel}}
    hopper.release %t to %c : !hopper.shared_tile<64x64xf16>, !hopper.channel<1 x 64x64xf16>
  } consumer {
  }
  return
}

// -----

// Constraint 3: the producer does not wait for what a consumer waits for.
func.func @warp_specialize_c3_both(%c: !hopper.channel<1 x 64x64xf16>) {
  hopper.warp_specialize consumers(1) registers(24, 240) producer {
    %s = hopper.acquire %c expect 8192 : !hopper.channel<1 x 64x64xf16> -> !hopper.shared_tile<64x64xf16>
    // expected-error @+1 {{cannot run in the producer role, as the consumers wait for the channel}}
    %t = hopper.wait %c : !hopper.channel<1 x 64x64xf16> -> !hopper.shared_tile<64x64xf16>
  } consumer {
    // expected-note @+1 {{they do here}}
    %t = hopper.wait %c : !hopper.channel<1 x 64x64xf16> -> !hopper.shared_tile<64x64xf16>
  }
  return
}

// -----

// Constraint 3: the producer does not multiply, in a loop either.
func.func @warp_specialize_c3_wgmma(%t: !hopper.shared_tile<64x64xf16>, %i: index) {
  hopper.warp_specialize consumers(1) registers(24, 240) producer {
    scf.for %j = %i to %i step %i {
      // expected-error @+1 {{cannot run in the producer role}}
      %p = hopper.wgmma %t, %t : !hopper.shared_tile<64x64xf16>, !hopper.shared_tile<64x64xf16>
          -> !hopper.pending<vector<64x64xf32>>
    }
  } consumer {
  }
  return
}

// -----

// Constraint 3: nor does it wait for a product.
func.func @warp_specialize_c3_wgmma_wait(%p: !hopper.pending<vector<64x64xf32>>) {
  hopper.warp_specialize consumers(1) registers(24, 240) producer {
    // expected-error @+1 {{cannot run in the producer role}}
    %s = hopper.wgmma_wait %p : !hopper.pending<vector<64x64xf32>>
  } consumer {
  }
  return
}

// -----

// Constraint 3: on the thread level as well.
func.func @warp_specialize_c3_thread_wgmma(%t: !hopper.shared_tile<64x16xf16>, %r: !hopper.shared_tile<16x8xf16>, %row: i32) {
  hopper.warp_specialize consumers(1) registers(24, 240) producer {
    // expected-error @+1 {{cannot run in the producer role}}
    %s:4 = hopper.thread_wgmma %t, %r, %row
        {depth = 16 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>}
        : (!hopper.shared_tile<64x16xf16>, !hopper.shared_tile<16x8xf16>, i32) -> (f32, f32, f32, f32)
  } consumer {
  }
  return
}

// -----

// Constraint 3: on the thread level as well.
func.func @warp_specialize_c3_thread_wgmma_wait(%f: f32) {
  hopper.warp_specialize consumers(1) registers(24, 240) producer {
    // expected-error @+1 {{cannot run in the producer role}}
    %s = hopper.thread_wgmma_wait %f groups 0 : f32
  } consumer {
  }
  return
}

// -----

// Constraint 3: the producer has no turn.
func.func @warp_specialize_c3_turn_wait() {
  hopper.warp_specialize consumers(2) registers(24, 240) producer {
    // expected-error @+1 {{cannot run in the producer role}}
    hopper.turn_wait
  } consumer {
  }
  return
}

// -----

// Constraint 3: the producer has no turn.
func.func @warp_specialize_c3_turn_pass() {
  hopper.warp_specialize consumers(2) registers(24, 240) producer {
    // expected-error @+1 {{cannot run in the producer role}}
    hopper.turn_pass
  } consumer {
  }
  return
}

// -----

// Constraint 3: consumers acquire no slot.
func.func @warp_specialize_c3_acquire(%c: !hopper.channel<1 x 64x64xf16>) {
  hopper.warp_specialize consumers(1) registers(24, 240) producer {
  } consumer {
    // expected-error @+1 {{cannot run in the consumer role}}
    %t = hopper.acquire %c expect 8192 : !hopper.channel<1 x 64x64xf16> -> !hopper.shared_tile<64x64xf16>
  }
  return
}

// -----

// Constraint 3: consumers copy nothing.
!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = none, oob = zero, interleave = none>
func.func @warp_specialize_c3_tma_load(%map: !map, %i: index, %t: !hopper.shared_tile<64x64xf16>,
                                       %c: !hopper.channel<2 x 64x64xf16>) {
  hopper.warp_specialize consumers(1) registers(24, 240) producer {
  } consumer {
    // expected-error @+1 {{cannot run in the consumer role}}
    hopper.tma_load %map[%i, %i] into %t of %c : !map, !hopper.shared_tile<64x64xf16>, !hopper.channel<2 x 64x64xf16>
  }
  return
}

// -----

// Constraint 3: roles have no roles.
func.func @warp_specialize_c3_nested() {
  hopper.warp_specialize consumers(1) registers(24, 240) producer {
  } consumer {
    // expected-error @+1 {{cannot run in the consumer role}}
    hopper.warp_specialize consumers(1) registers(24, 240) producer {
    } consumer {
    }
  }
  return
}

// -----

//===----------------------------------------------------------------------===//
// hopper.end
//===----------------------------------------------------------------------===//

// hopper.end ends a role and nothing else.
func.func @end() {
  // expected-error @+1 {{expects parent op 'hopper.warp_specialize'}}
  hopper.end
}
