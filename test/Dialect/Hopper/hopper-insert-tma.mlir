// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-insert-tma)))' --split-input-file --verify-diagnostics --mlir-disable-threading | FileCheck %s

// The tensor map is one more argument of the kernel. Dimensions are named fastest
// first: columns, rows, then the rest from the inside out; coordinates are in the
// same order. The box is one slab, 64 columns of f16, of the tile's rows.

gpu.module @kernels {
  // CHECK-LABEL: gpu.func @bshd
  //  CHECK-SAME:   %[[K:[a-z0-9]+]]: memref<?x?x16x128xf16>, %[[B:[a-z0-9]+]]: index, %[[R:[a-z0-9]+]]: index, %[[H:[a-z0-9]+]]: index,
  //  CHECK-SAME:   %[[MAP:[a-z0-9]+]]: !nvgpu.tensormap.descriptor<tensor = memref<176x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
  //  CHECK-SAME:   {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [3, 1, 2, 0], box = [64, 176, 1, 1], element = f16>}
  //       CHECK:   %[[C0:.+]] = arith.constant 0 : index
  //       CHECK:   hopper.load_tile %[[MAP]][%[[C0]], %[[R]], %[[H]], %[[B]]] :
  //   CHECK-NOT:   row_dim
  gpu.func @bshd(%k: memref<?x?x16x128xf16>, %b: index, %r: index, %h: index) {
    %c0 = arith.constant 0 : index
    %0 = hopper.load_tile %k[%b, %r, %h, %c0] {row_dim = 1 : i64}
        : memref<?x?x16x128xf16> -> !hopper.shared_tile<176x128xf16>
    gpu.return
  }

  // Rows along another dimension, strides that are not those of the shape, 72
  // columns in two slabs of which the second one is padded.
  // CHECK-LABEL: gpu.func @bhsd
  //  CHECK-SAME:   tensor = memref<64x64xbf16, 3>
  //  CHECK-SAME:   #hopper.tensor_map<argument = 0, dims = [3, 2, 1, 0], box = [64, 64, 1, 1], element = bf16>
  gpu.func @bhsd(%k: memref<2x16x?x72xbf16, strided<[?, ?, ?, 1], offset: ?>>, %i: index) {
    %0 = hopper.load_tile %k[%i, %i, %i, %i] {row_dim = 2 : i64}
        : memref<2x16x?x72xbf16, strided<[?, ?, ?, 1], offset: ?>> -> !hopper.shared_tile<64x72xbf16>
    gpu.return
  }

  // Loads of one buffer with one box share a map; another box, another row
  // dimension or another buffer has its own.
  // CHECK-LABEL: gpu.func @shared_maps
  //  CHECK-SAME:   %[[M0:[a-z0-9]+]]: !nvgpu.tensormap.descriptor<{{[^>]*>[^>]*}}> {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [2, 0, 1], box = [64, 64, 1], element = f16>},
  //  CHECK-SAME:   %[[M1:[a-z0-9]+]]: !nvgpu.tensormap.descriptor<{{[^>]*>[^>]*}}> {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [2, 0, 1], box = [64, 128, 1], element = f16>},
  //  CHECK-SAME:   %[[M2:[a-z0-9]+]]: !nvgpu.tensormap.descriptor<{{[^>]*>[^>]*}}> {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [2, 1, 0], box = [64, 64, 1], element = f16>},
  //  CHECK-SAME:   %[[M3:[a-z0-9]+]]: !nvgpu.tensormap.descriptor<{{[^>]*>[^>]*}}> {hopper.tensor_map = #hopper.tensor_map<argument = 1, dims = [2, 0, 1], box = [64, 64, 1], element = f16>})
  //       CHECK:   hopper.load_tile %[[M0]][
  //       CHECK:   hopper.load_tile %[[M0]][
  //       CHECK:   hopper.load_tile %[[M1]][
  //       CHECK:   hopper.load_tile %[[M2]][
  //       CHECK:   hopper.load_tile %[[M3]][
  gpu.func @shared_maps(%a: memref<?x?x64xf16>, %b: memref<?x?x64xf16>, %i: index) {
    %0 = hopper.load_tile %a[%i, %i, %i] {row_dim = 0 : i64} : memref<?x?x64xf16> -> !hopper.shared_tile<64x64xf16>
    %1 = hopper.load_tile %a[%i, %i, %i] {row_dim = 0 : i64} : memref<?x?x64xf16> -> !hopper.shared_tile<64x64xf16>
    %2 = hopper.load_tile %a[%i, %i, %i] {row_dim = 0 : i64} : memref<?x?x64xf16> -> !hopper.shared_tile<128x64xf16>
    %3 = hopper.load_tile %a[%i, %i, %i] {row_dim = 1 : i64} : memref<?x?x64xf16> -> !hopper.shared_tile<64x64xf16>
    %4 = hopper.load_tile %b[%i, %i, %i] {row_dim = 0 : i64} : memref<?x?x64xf16> -> !hopper.shared_tile<64x64xf16>
    gpu.return
  }

  // Slices are read through the map of what they are slices of: heads behind others,
  // one of a dimension that is gone, columns of whole slabs, a slice of a slice, and
  // rows that are the last of their buffer.
  // CHECK-LABEL: gpu.func @slices
  //  CHECK-SAME:   #hopper.tensor_map<argument = 0, dims = [4, 1, 3, 2, 0], box = [64, 64, 1, 1, 1], element = f16>
  //  CHECK-SAME:   #hopper.tensor_map<argument = 1, dims = [3, 1, 2, 0], box = [64, 64, 1, 1], element = f16>
  //       CHECK:   %[[C2:.+]] = arith.constant 2 : index
  //       CHECK:   hopper.load_tile %{{[a-z0-9]+}}[%{{[a-z0-9_]+}}, %[[R:[a-z0-9]+]], %[[H:[a-z0-9]+]], %[[C2]], %[[B:[a-z0-9]+]]] :
  //       CHECK:   %[[C4:.+]] = arith.constant 4 : index
  //       CHECK:   %[[H4:.+]] = arith.addi %[[C4]], %[[H]] : index
  //       CHECK:   %[[C64:.+]] = arith.constant 64 : index
  //       CHECK:   hopper.load_tile %{{[a-z0-9]+}}[%[[C64]], %[[R]], %[[H4]], %[[B]]] :
  //       CHECK:   %[[C8:.+]] = arith.constant 8 : index
  //       CHECK:   %[[R8:.+]] = arith.addi %[[C8]], %[[R]] : index
  //       CHECK:   hopper.load_tile %{{[a-z0-9]+}}[%{{[a-z0-9_]+}}, %[[R8]], %{{[a-z0-9_]+}}, %[[B]]] :
  gpu.func @slices(%a: memref<2x?x3x4x64xf16>, %k: memref<2x40x12x128xf16>, %b: index, %r: index, %h: index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %n = memref.dim %a, %c1 : memref<2x?x3x4x64xf16>
    %0 = memref.subview %a[0, 0, 2, 0, 0] [2, %n, 1, 4, 64] [1, 1, 1, 1, 1]
        : memref<2x?x3x4x64xf16> to memref<2x?x4x64xf16, strided<[?, 768, 64, 1], offset: 512>>
    %1 = hopper.load_tile %0[%b, %r, %h, %c0] {row_dim = 1 : i64}
        : memref<2x?x4x64xf16, strided<[?, 768, 64, 1], offset: 512>> -> !hopper.shared_tile<64x64xf16>
    %2 = memref.subview %k[0, 0, 4, 64] [2, 40, 8, 64] [1, 1, 1, 1]
        : memref<2x40x12x128xf16> to memref<2x40x8x64xf16, strided<[61440, 1536, 128, 1], offset: 576>>
    %3 = hopper.load_tile %2[%b, %r, %h, %c0] {row_dim = 1 : i64}
        : memref<2x40x8x64xf16, strided<[61440, 1536, 128, 1], offset: 576>> -> !hopper.shared_tile<64x64xf16>
    %4 = memref.subview %2[0, 8, 0, 0] [2, 32, 8, 64] [1, 1, 1, 1]
        : memref<2x40x8x64xf16, strided<[61440, 1536, 128, 1], offset: 576>> to memref<2x32x8x64xf16, strided<[61440, 1536, 128, 1], offset: 12864>>
    %5 = hopper.load_tile %4[%b, %r, %h, %c0] {row_dim = 1 : i64}
        : memref<2x32x8x64xf16, strided<[61440, 1536, 128, 1], offset: 12864>> -> !hopper.shared_tile<64x64xf16>
    gpu.return
  }

  // Rows in groups: the group's dimension is one of the buffer, too.
  // CHECK-LABEL: gpu.func @grouped_slice
  //  CHECK-SAME:   #hopper.tensor_map<argument = 0, dims = [4, 3, 2, 1, 0], box = [64, 4, 16, 1, 1], element = f16>
  gpu.func @grouped_slice(%a: memref<2x2x?x8x64xf16>, %i: index) {
    %c2 = arith.constant 2 : index
    %n = memref.dim %a, %c2 : memref<2x2x?x8x64xf16>
    %0 = memref.subview %a[0, 1, 0, 0, 0] [2, 1, %n, 8, 64] [1, 1, 1, 1, 1]
        : memref<2x2x?x8x64xf16> to memref<2x?x8x64xf16, strided<[?, 512, 64, 1], offset: ?>>
    %1 = hopper.load_tile %0[%i, %i, %i, %i] {row_dim = 1 : i64, group_dim = 2 : i64, group = 4 : i64}
        : memref<2x?x8x64xf16, strided<[?, 512, 64, 1], offset: ?>> -> !hopper.shared_tile<64x64xf16>
    gpu.return
  }

  // The same description in the next kernel is a map of its own.
  // CHECK-LABEL: gpu.func @next_kernel
  //  CHECK-SAME:   %[[MAP:[a-z0-9]+]]: !nvgpu.tensormap.descriptor
  //       CHECK:   hopper.load_tile %[[MAP]][
  gpu.func @next_kernel(%a: memref<?x?x64xf16>, %i: index) {
    %0 = hopper.load_tile %a[%i, %i, %i] {row_dim = 0 : i64} : memref<?x?x64xf16> -> !hopper.shared_tile<64x64xf16>
    gpu.return
  }
}

// -----

// Groups of rows along another dimension: that comes right behind the columns.

gpu.module @kernels {
  // CHECK-LABEL: gpu.func @groups
  //  CHECK-SAME:   hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [3, 2, 1, 0], box = [64, 8, 8, 1], element = f16>
  //  CHECK-SAME:   hopper.tensor_map = #hopper.tensor_map<argument = 1, dims = [3, 1, 2, 0], box = [64, 4, 16, 1], element = f16>
  //       CHECK:   hopper.load_tile %{{.+}}[%{{.+}}, %arg4, %arg3, %arg2] : !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>
  gpu.func @groups(%a: memref<?x?x16x64xf16>, %b: memref<?x16x?x64xf16>, %i: index, %j: index, %h: index) {
    %c0 = arith.constant 0 : index
    %0 = hopper.load_tile %a[%i, %j, %h, %c0] {row_dim = 1 : i64, group_dim = 2 : i64, group = 8 : i64} : memref<?x?x16x64xf16> -> !hopper.shared_tile<64x64xf16>
    %1 = hopper.load_tile %b[%i, %h, %j, %c0] {row_dim = 2 : i64, group_dim = 1 : i64, group = 4 : i64} : memref<?x16x?x64xf16> -> !hopper.shared_tile<64x64xf16>
    gpu.return
  }
}

// -----

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
gpu.module @kernels {
  // A load through a map is left as it is.
  // CHECK-LABEL: gpu.func @through_a_map
  //  CHECK-SAME:   (%[[MAP:[a-z0-9]+]]: !nvgpu.tensormap.descriptor<{{[^>]*>[^>]*}}>, %[[I:[a-z0-9]+]]: index)
  //  CHECK-NEXT:   hopper.load_tile %[[MAP]][%[[I]], %[[I]]]
  gpu.func @through_a_map(%map: !map, %i: index) {
    %0 = hopper.load_tile %map[%i, %i] : !map -> !hopper.shared_tile<64x64xf16>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @no_argument(%a: memref<?x?x64xf16>, %i: index) {
    %view = memref.cast %a : memref<?x?x64xf16> to memref<8x?x64xf16>
    // expected-error @+1 {{expected to read an argument of the kernel, or a slice of one: only the host can make a tensor map}}
    %0 = hopper.load_tile %view[%i, %i, %i] {row_dim = 0 : i64} : memref<8x?x64xf16> -> !hopper.shared_tile<64x64xf16>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @rank(%a: memref<2x2x2x2x?x64xf16>, %i: index) {
    // expected-error @+1 {{expected a buffer of rank 5 at most, but got 6}}
    %0 = hopper.load_tile %a[%i, %i, %i, %i, %i, %i] {row_dim = 4 : i64} : memref<2x2x2x2x?x64xf16> -> !hopper.shared_tile<64x64xf16>
    gpu.return
  }
}

// -----

// The largest sizes and strides of a map, and strides of single elements, of
// which none is used.
gpu.module @kernels {
  // CHECK-LABEL: gpu.func @limits
  //       CHECK:   #hopper.tensor_map<argument = 0
  //       CHECK:   #hopper.tensor_map<argument = 1
  gpu.func @limits(%a: memref<2x2147483647x64xf16, strided<[549755813880, 72, 1]>>, %b: memref<1x?x64xf16, strided<[-1, ?, 1]>>, %i: index) {
    %0 = hopper.load_tile %a[%i, %i, %i] {row_dim = 1 : i64} : memref<2x2147483647x64xf16, strided<[549755813880, 72, 1]>> -> !hopper.shared_tile<64x64xf16>
    %1 = hopper.load_tile %b[%i, %i, %i] {row_dim = 1 : i64} : memref<1x?x64xf16, strided<[-1, ?, 1]>> -> !hopper.shared_tile<64x64xf16>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @size(%a: memref<2147483648x64xf16>, %i: index) {
    // expected-error @+1 {{expected a size of at most 2147483647 in dimension 0, since coordinates of a tensor copy have 32 bits, but got 2147483648}}
    %0 = hopper.load_tile %a[%i, %i] {row_dim = 0 : i64} : memref<2147483648x64xf16> -> !hopper.shared_tile<64x64xf16>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @alignment(%a: memref<?x64xf16, strided<[68, 1]>>, %i: index) {
    // expected-error @+1 {{expected a stride in dimension 0 that is a multiple of 16 bytes, at least 0 and under 2^40, but got 68 elements of 2 bytes}}
    %0 = hopper.load_tile %a[%i, %i] {row_dim = 0 : i64} : memref<?x64xf16, strided<[68, 1]>> -> !hopper.shared_tile<64x64xf16>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @stride(%a: memref<?x64xf16, strided<[549755813888, 1]>>, %i: index) {
    // expected-error @+1 {{under 2^40, but got 549755813888 elements of 2 bytes}}
    %0 = hopper.load_tile %a[%i, %i] {row_dim = 0 : i64} : memref<?x64xf16, strided<[549755813888, 1]>> -> !hopper.shared_tile<64x64xf16>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @negative(%a: memref<?x64xf16, strided<[-64, 1]>>, %i: index) {
    // expected-error @+1 {{at least 0 and under 2^40, but got -64 elements of 2 bytes}}
    %0 = hopper.load_tile %a[%i, %i] {row_dim = 0 : i64} : memref<?x64xf16, strided<[-64, 1]>> -> !hopper.shared_tile<64x64xf16>
    gpu.return
  }
}

// -----

// Beyond the slice's end stand the other rows, and not zeros.
gpu.module @kernels {
  gpu.func @first_rows(%a: memref<2x64x64xf16>, %i: index) {
    // expected-note @+1 {{the slice is here; any may be an argument with strides}}
    %0 = memref.subview %a[0, 0, 0] [2, 40, 64] [1, 1, 1] : memref<2x64x64xf16> to memref<2x40x64xf16, strided<[4096, 64, 1]>>
    // expected-error @+1 {{expected a slice that a tensor copy can read, to the end of its buffer in dimension 1}}
    %1 = hopper.load_tile %0[%i, %i, %i] {row_dim = 1 : i64} : memref<2x40x64xf16, strided<[4096, 64, 1]>> -> !hopper.shared_tile<64x64xf16>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @open_rows(%a: memref<2x?x64xf16>, %n: index, %i: index) {
    // expected-note @+1 {{the slice is here; any may be an argument with strides}}
    %0 = memref.subview %a[0, 0, 0] [2, %n, 64] [1, 1, 1] : memref<2x?x64xf16> to memref<2x?x64xf16, strided<[?, 64, 1]>>
    // expected-error @+1 {{to the end of its buffer in dimension 1}}
    %1 = hopper.load_tile %0[%i, %i, %i] {row_dim = 1 : i64} : memref<2x?x64xf16, strided<[?, 64, 1]>> -> !hopper.shared_tile<64x64xf16>
    gpu.return
  }
}

// -----

// The second slab of 72 columns is padded.
gpu.module @kernels {
  gpu.func @columns(%a: memref<2x64x144xf16>, %i: index) {
    // expected-note @+1 {{the slice is here; any may be an argument with strides}}
    %0 = memref.subview %a[0, 0, 0] [2, 64, 72] [1, 1, 1] : memref<2x64x144xf16> to memref<2x64x72xf16, strided<[9216, 144, 1]>>
    // expected-error @+1 {{to the end of its buffer in dimension 2}}
    %1 = hopper.load_tile %0[%i, %i, %i] {row_dim = 1 : i64} : memref<2x64x72xf16, strided<[9216, 144, 1]>> -> !hopper.shared_tile<64x72xf16>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @steps(%a: memref<8x64x64xf16>, %i: index) {
    // expected-note @+1 {{the slice is here; any may be an argument with strides}}
    %0 = memref.subview %a[0, 0, 0] [4, 64, 64] [2, 1, 1] : memref<8x64x64xf16> to memref<4x64x64xf16, strided<[8192, 64, 1]>>
    // expected-error @+1 {{expected a slice that a tensor copy can read, with steps of 1}}
    %1 = hopper.load_tile %0[%i, %i, %i] {row_dim = 1 : i64} : memref<4x64x64xf16, strided<[8192, 64, 1]>> -> !hopper.shared_tile<64x64xf16>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @last_dimension(%a: memref<64x64x1xf16>, %i: index) {
    // expected-note @+1 {{the slice is here; any may be an argument with strides}}
    %0 = memref.subview %a[0, 0, 0] [64, 64, 1] [1, 1, 1] : memref<64x64x1xf16> to memref<64x64xf16>
    // expected-error @+1 {{expected a slice that a tensor copy can read, with the last dimension of its buffer}}
    %1 = hopper.load_tile %0[%i, %i] {row_dim = 0 : i64} : memref<64x64xf16> -> !hopper.shared_tile<64x64xf16>
    gpu.return
  }
}

// -----

// Threads have no map: they write at addresses, and read no slice.
gpu.module @kernels {
  gpu.func @read(%a: memref<64x64xf16>, %i: index) {
    // expected-error @+1 {{expected a slice that is read by tensor copies alone; hand this one in as an argument with strides}}
    %0 = memref.subview %a[32, 0] [32, 64] [1, 1] : memref<64x64xf16> to memref<32x64xf16, strided<[64, 1], offset: 2048>>
    // expected-note @+1 {{used here}}
    %1 = memref.load %0[%i, %i] : memref<32x64xf16, strided<[64, 1], offset: 2048>>
    gpu.return
  }
}
