// What cannot be the registers of threads: all that would move elements between
// them in another way than a reduction along rows.

// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-distribute-vectors)))' --split-input-file --verify-diagnostics

gpu.module @kernels {
  // expected-error @+1 {{expected an attn.config that gives the rows of a tile; run attn-select-config}}
  gpu.func @no_config() {
    gpu.return
  }
}

// -----

gpu.module @kernels {
  // expected-error @+1 {{expected a tile of 64 rows for each of 2 consumers = 128, but got 64}}
  gpu.func @rows_of_consumers() attributes {attn.config = #attn.config<tile = 64x16, stages = 1, consumers = 2, registers = 24x240>} {
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @other_consumers() attributes {attn.config = #attn.config<tile = 128x16, stages = 1, consumers = 2, registers = 24x160>} {
    // expected-error @+1 {{expected the 2 consumers of the configuration, but got 3}}
    hopper.warp_specialize consumers(3) registers(24, 160) producer {
    } consumer {
    }
    gpu.return
  }
}

// -----

gpu.module @kernels {
  // expected-error @+1 {{cannot be distributed to threads: expected a body of one block}}
  gpu.func @blocks() attributes {attn.config = #attn.config<tile = 64x16, stages = 1, consumers = 1, registers = 24x240>} {
    cf.br ^bb1
  ^bb1:
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @shape(%s: f32) attributes {attn.config = #attn.config<tile = 64x16, stages = 1, consumers = 1, registers = 24x240>} {
    // expected-error @+1 {{expected a tile of 64 rows and a multiple of 8 columns, a row or a column of it, but got 'vector<32x16xf32>'}}
    %0 = vector.broadcast %s : f32 to vector<32x16xf32>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @constant() attributes {attn.config = #attn.config<tile = 64x8, stages = 1, consumers = 1, registers = 24x240>} {
    // expected-error @+1 {{cannot be distributed to threads: expected one value for all elements}}
    %0 = arith.constant dense<"0x0000000000000001000000010000000100000001000000010000000100000001"> : vector<1x8xf32>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @step() attributes {attn.config = #attn.config<tile = 64x8, stages = 1, consumers = 1, registers = 24x240>} {
    // expected-error @+1 {{cannot be distributed to threads}}
    %0 = vector.step : vector<64xindex>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @from_outside(%v: vector<64x16xf32>) attributes {attn.config = #attn.config<tile = 64x16, stages = 1, consumers = 1, registers = 24x240>} {
    // expected-error @+1 {{expected operands computed beside it, but got 'vector<64x16xf32>' from outside}}
    %0 = arith.addf %v, %v : vector<64x16xf32>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @rounding(%s: f32) attributes {attn.config = #attn.config<tile = 64x16, stages = 1, consumers = 1, registers = 24x240>} {
    %0 = vector.broadcast %s : f32 to vector<64x16xf32>
    // expected-error @+1 {{cannot be distributed to threads: expected rounding to the nearest even}}
    %1 = arith.truncf %0 toward_zero : vector<64x16xf32> to vector<64x16xf16>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @repeat(%s: f32) attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240>} {
    %0 = vector.broadcast %s : f32 to vector<64xf32>
    // expected-error @+1 {{expected to repeat rows or columns, but got 'vector<64xf32>' to 'vector<64x64xf32>'}}
    %1 = vector.broadcast %0 : vector<64xf32> to vector<64x64xf32>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @transposition(%s: f32) attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240>} {
    %0 = vector.broadcast %s : f32 to vector<64x1xf32>
    // expected-error @+1 {{cannot be distributed to threads: moves elements between threads}}
    %1 = vector.shape_cast %0 : vector<64x1xf32> to vector<1x64xf32>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @reduction_of_columns(%s: f32) attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240>} {
    %0 = vector.broadcast %s : f32 to vector<64x64xf32>
    %z = arith.constant dense<0.0> : vector<64xf32>
    // expected-error @+1 {{cannot be distributed to threads: expected a reduction along the rows of a tile}}
    %1 = vector.multi_reduction <add>, %0, %z [0] : vector<64x64xf32> to vector<64xf32>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @reduction_to_a_scalar(%s: f32) attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240>} {
    %0 = vector.broadcast %s : f32 to vector<64x64xf32>
    // expected-error @+1 {{cannot be distributed to threads: expected a reduction along the rows of a tile}}
    %1 = vector.multi_reduction <add>, %0, %s [0, 1] : vector<64x64xf32> to f32
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @reduction_of_halves(%s: f16) attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240>} {
    %0 = vector.broadcast %s : f16 to vector<64x64xf16>
    %z = arith.constant dense<0.0> : vector<64xf16>
    // expected-error @+1 {{cannot be distributed to threads: expected elements of 32 bits, but got 'f16'}}
    %1 = vector.multi_reduction <add>, %0, %z [1] : vector<64x64xf16> to vector<64xf16>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @reduction_of_indices(%i: index) attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240>} {
    %0 = vector.broadcast %i : index to vector<64x64xindex>
    %z = arith.constant dense<0> : vector<64xindex>
    // expected-error @+1 {{cannot be distributed to threads: expected elements of 32 bits, but got 'index'}}
    %1 = vector.multi_reduction <add>, %0, %z [1] : vector<64x64xindex> to vector<64xindex>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @coordinates(%i: index) attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240>} {
    // expected-error @+1 {{expected a tile of 64 rows and a multiple of 8 columns, a row or a column of it, but got 'vector<32x1xindex>'}}
    %0 = attn.coordinates %i {dimension = 0 : i64} : vector<32x1xindex>
    gpu.return
  }
}

// -----

// Tensors are gone by now.
gpu.module @kernels {
  gpu.func @gather_of_a_tensor(%m: tensor<?xf32>, %i: index, %b: i1) attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240>} {
    %indices = vector.broadcast %i : index to vector<64x64xindex>
    %mask = vector.broadcast %b : i1 to vector<64x64xi1>
    %pass = arith.constant dense<0.0> : vector<64x64xf32>
    // expected-error @+1 {{cannot be distributed to threads: expected to read a memref}}
    %0 = vector.gather %m[%i] [%indices], %mask, %pass : tensor<?xf32>, vector<64x64xindex>, vector<64x64xi1>, vector<64x64xf32> into vector<64x64xf32>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @columns_out_of_bounds(%s: f32, %m: memref<?x?xf32>, %i: index) attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240>} {
    %0 = vector.broadcast %s : f32 to vector<64x64xf32>
    // expected-error @+1 {{cannot be distributed to threads: expected to write rows of a memref whose columns are in bounds}}
    vector.transfer_write %0, %m[%i, %i] : vector<64x64xf32>, memref<?x?xf32>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @transposed_write(%s: f32, %m: memref<?x?xf32>, %i: index) attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240>} {
    %0 = vector.broadcast %s : f32 to vector<64x64xf32>
    // expected-error @+1 {{cannot be distributed to threads: expected to write rows of a memref whose columns are in bounds}}
    vector.transfer_write %0, %m[%i, %i] {in_bounds = [true, true], permutation_map = affine_map<(d0, d1) -> (d1, d0)>} : vector<64x64xf32>, memref<?x?xf32>
    gpu.return
  }
}

// -----

// A read that became no tile in shared memory.
gpu.module @kernels {
  gpu.func @read(%m: memref<64x64xf16>, %i: index) attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240>} {
    %pad = arith.constant 0.0 : f16
    // expected-error @+1 {{cannot be distributed to threads; run hopper-lower-contractions first}}
    %0 = vector.transfer_read %m[%i, %i], %pad {in_bounds = [true, true]} : memref<64x64xf16>, vector<64x64xf16>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @while(%s: f32, %b: i1) attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240>} {
    // expected-error @+1 {{cannot be distributed to threads}}
    scf.while : () -> () {
      scf.condition(%b)
    } do {
      scf.yield
    }
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @softmax(%f: f32) attributes {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240>} {
    %s = vector.broadcast %f : f32 to vector<64x64xf32>
    %m = vector.broadcast %f : f32 to vector<64xf32>
    // expected-error @+1 {{cannot be distributed to threads; run attn-lower-online-softmax first}}
    %p, %m1, %l1, %a = attn.online_softmax %s, %m, %m factor(%f) : vector<64x64xf32>, vector<64xf32>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @slice(%a: f32) attributes {attn.config = #attn.config<tile = 64x32, stages = 1, consumers = 1, registers = 24x240>} {
    %none = arith.constant dense<0.0> : vector<1x32xf32>
    %0 = vector.broadcast %a : f32 to vector<1x8xf32>
    // expected-error @+1 {{cannot be distributed to threads: expected to insert a multiple of 8 columns at a multiple of 8}}
    %1 = vector.insert_strided_slice %0, %none {offsets = [0, 4], strides = [1, 1]} : vector<1x8xf32> into vector<1x32xf32>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @scales(%a: f32, %scales: memref<1x1x?xf32>, %i: index) attributes {attn.config = #attn.config<tile = 64x32, stages = 1, consumers = 1, registers = 24x240>} {
    %0 = vector.broadcast %a : f32 to vector<64x32xf32>
    // expected-error @+1 {{cannot be distributed to threads; run attn-apply-block-scales first}}
    %1 = attn.scale_blocks %0 by %scales[%i, %i] at(%i) {block = 32 : i64, dimension = 1 : i64} : vector<64x32xf32>, memref<1x1x?xf32>
    gpu.return
  }
}

// -----

!tile = !hopper.shared_tile<64x64xf8E4M3FN, interleaved>
#config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240, two_level>

gpu.module @kernels {
  gpu.func @two_level(%p: vector<64x64xf8E4M3FN>, %map: !nvgpu.tensormap.descriptor<tensor = memref<64x128xf8E4M3FN, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>) attributes {attn.config = #config} {
    %c0 = arith.constant 0 : index
    %sum = arith.constant dense<0.0> : vector<64x64xf32>
    %v = hopper.load_tile %map[%c0, %c0] : !nvgpu.tensormap.descriptor<tensor = memref<64x128xf8E4M3FN, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none> -> !tile
    // expected-error @+1 {{expected to be added up behind it, as two_level says, but got an accumulator; run hopper-split-accumulation first}}
    %0 = hopper.wgmma %p, %v acc %sum {transpose_rhs} : vector<64x64xf8E4M3FN>, !tile, vector<64x64xf32> -> !hopper.pending<vector<64x64xf32>>
    %1 = hopper.wgmma_wait %0 : !hopper.pending<vector<64x64xf32>>
    gpu.return
  }
}
