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
    // expected-error @+1 {{expected to read an argument of the kernel: only the host can make a tensor map; hand a slice in as an argument with strides}}
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
