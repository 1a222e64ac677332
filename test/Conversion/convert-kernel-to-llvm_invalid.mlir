// What convert-kernel-to-llvm needs of a kernel, and what it has no lowering for.

// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(convert-kernel-to-llvm))' --split-input-file --verify-diagnostics

gpu.module @kernels {
  // expected-error @+1 {{expected hopper.grid and known_block_size; run hopper-outline-kernel and convert-hopper-to-nvvm first}}
  gpu.func @no_grid() kernel attributes {known_block_size = array<i32: 128, 1, 1>} {
    gpu.return
  }
}

// -----

gpu.module @kernels {
  // expected-error @+1 {{expected hopper.grid and known_block_size; run hopper-outline-kernel and convert-hopper-to-nvvm first}}
  gpu.func @no_block_size() kernel attributes {hopper.grid = #hopper.expression<() -> (1)>} {
    gpu.return
  }
}

// -----

gpu.module @kernels {
  // expected-error @+1 {{expected arguments that are buffers, index, i32, i64, f32 or f64, or tensor maps with a hopper.tensor_map, but got 'i8'}}
  gpu.func @scalar(%i: i8) kernel attributes {hopper.grid = #hopper.expression<() -> (1)>, known_block_size = array<i32: 128, 1, 1>} {
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = none, oob = zero, interleave = none>
gpu.module @kernels {
  // expected-error @+1 {{expected arguments that are buffers, index, i32, i64, f32 or f64, or tensor maps with a hopper.tensor_map, but got '!nvgpu.tensormap.descriptor}}
  gpu.func @map_without_description(%map: !map) kernel attributes {hopper.grid = #hopper.expression<() -> (1)>, known_block_size = array<i32: 128, 1, 1>} {
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = none, oob = zero, interleave = none>
gpu.module @kernels {
  // expected-error @+1 {{expected buffers and scalars in front of tensor maps}}
  gpu.func @order(%map: !map {hopper.tensor_map = #hopper.tensor_map<argument = 1, dims = [1, 0], box = [64, 64], element = f16>}, %a: memref<8x64xf16>) kernel
      attributes {hopper.grid = #hopper.expression<() -> (1)>, known_block_size = array<i32: 128, 1, 1>} {
    gpu.return
  }
}

// -----

gpu.module @kernels {
  // expected-error @+1 {{expected buffers in the default memory space, but got 'memref<4x4xf32, 1>'}}
  gpu.func @memory_space(%a: memref<4x4xf32, 1>) kernel attributes {hopper.grid = #hopper.expression<() -> (1)>, known_block_size = array<i32: 128, 1, 1>} {
    gpu.return
  }
}

// -----

gpu.module @kernels {
  // expected-error @+1 {{expected buffers with a strided layout and an offset of 0 or ?, but got 'memref<4x4xf32, strided<[4, 1], offset: 5>>'}}
  gpu.func @offset(%a: memref<4x4xf32, strided<[4, 1], offset: 5>>) kernel attributes {hopper.grid = #hopper.expression<() -> (1)>, known_block_size = array<i32: 128, 1, 1>} {
    gpu.return
  }
}

// -----

#map = affine_map<(d0, d1) -> (d0 floordiv 4, d1, d0 mod 4)>
gpu.module @kernels {
  // expected-error @+1 {{expected buffers with a strided layout and an offset of 0 or ?, but got}}
  gpu.func @layout(%a: memref<8x4xf32, #map>) kernel attributes {hopper.grid = #hopper.expression<() -> (1)>, known_block_size = array<i32: 128, 1, 1>} {
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @hopper_level() kernel attributes {hopper.grid = #hopper.expression<() -> (1)>, known_block_size = array<i32: 128, 1, 1>} {
    // expected-error @+1 {{failed to legalize operation 'hopper.turn_wait'}}
    hopper.turn_wait
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @loops(%a: memref<?xf32>) kernel attributes {hopper.grid = #hopper.expression<() -> (1)>, known_block_size = array<i32: 128, 1, 1>} {
    %t = gpu.block_id x
    // expected-error @+1 {{failed to legalize operation 'scf.for'}}
    scf.for %i = %t to %t step %t {
    }
    gpu.return
  }
}

// -----

// The grid has one dimension.
gpu.module @kernels {
  gpu.func @dimension(%a: memref<?xf32>, %v: memref<f32>) kernel attributes {hopper.grid = #hopper.expression<() -> (1)>, known_block_size = array<i32: 128, 1, 1>} {
    // expected-error @+1 {{failed to legalize operation 'gpu.thread_id'}}
    %t = gpu.thread_id y
    %0 = memref.load %v[] : memref<f32>
    memref.store %0, %a[%t] : memref<?xf32>
    gpu.return
  }
}

// -----

// No instruction, and no library of device functions.
gpu.module @kernels {
  gpu.func @no_such_function(%a: memref<1xf64>) kernel attributes {hopper.grid = #hopper.expression<() -> (1)>, known_block_size = array<i32: 128, 1, 1>} {
    %t = gpu.thread_id x
    %0 = memref.load %a[%t] : memref<1xf64>
    // expected-error @+1 {{cannot be computed on the device: there is no instruction for it, and no library}}
    %1 = math.erf %0 : f64
    memref.store %1, %a[%t] : memref<1xf64>
    gpu.return
  }
}

// -----

// Nor a conversion of it.
gpu.module @kernels {
  gpu.func @no_such_class(%a: memref<1xf32>, %b: memref<1xi1>) kernel attributes {hopper.grid = #hopper.expression<() -> (1)>, known_block_size = array<i32: 128, 1, 1>} {
    %t = gpu.thread_id x
    %0 = memref.load %a[%t] : memref<1xf32>
    // expected-error @+1 {{cannot be computed on the device: there is no instruction for it, and no library}}
    %1 = math.isinf %0 : f32
    memref.store %1, %b[%t] : memref<1xi1>
    gpu.return
  }
}

// -----

// The special function unit computes f32.
gpu.module @kernels {
  gpu.func @no_such_type(%a: memref<1xf64>) kernel attributes {hopper.grid = #hopper.expression<() -> (1)>, known_block_size = array<i32: 128, 1, 1>} {
    %t = gpu.thread_id x
    %0 = memref.load %a[%t] : memref<1xf64>
    // expected-error @+1 {{cannot be computed on the device: expected f32, but got 'f64'}}
    %1 = math.exp %0 : f64
    memref.store %1, %a[%t] : memref<1xf64>
    gpu.return
  }
}

// -----

// The host launches it before the one in front of it has ended.
gpu.module @kernels {
  gpu.func @no_wait(%a: memref<1xf32>, %v: f32) kernel attributes {hopper.follows, hopper.grid = #hopper.expression<() -> (1)>, hopper.overlapped, known_block_size = array<i32: 128, 1, 1>} {
    %t = gpu.thread_id x
    nvvm.griddepcontrol launch_dependents
    // expected-error @+1 {{expected griddepcontrol.wait in front of it in a kernel with hopper.overlapped, but got none}}
    memref.store %v, %a[%t] : memref<1xf32>
    llvm.inline_asm has_side_effects "griddepcontrol.wait;", "~{memory}" : () -> ()
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @does_nothing() kernel attributes {hopper.follows, hopper.grid = #hopper.expression<() -> (1)>, hopper.overlapped, known_block_size = array<i32: 128, 1, 1>} {
    // expected-error @+1 {{expected griddepcontrol.wait in front of it in a kernel with hopper.overlapped, but got none}}
    gpu.return
  }
}

// -----

// Nothing stands in front of it.
gpu.module @kernels {
  // expected-error @+1 {{expected hopper.overlapped beside hopper.follows, but got it alone}}
  gpu.func @alone() kernel attributes {hopper.grid = #hopper.expression<() -> (1)>, hopper.overlapped, known_block_size = array<i32: 128, 1, 1>} {
    gpu.return
  }
}
