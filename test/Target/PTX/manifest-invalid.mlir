// RUN: split-file %s %t
// RUN: not fa3-compile %t/none.mlir --emit=ptx -o - 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not fa3-compile %t/threads.mlir --emit=ptx -o - 2>&1 | FileCheck %s --check-prefix=THREADS
// RUN: not fa3-compile %t/shared.mlir --emit=ptx -o - 2>&1 | FileCheck %s --check-prefix=SHARED
// RUN: not fa3-compile %t/element.mlir --emit=ptx -o - 2>&1 | FileCheck %s --check-prefix=ELEMENT
// RUN: not fa3-compile %t/argument.mlir --emit=ptx -o - 2>&1 | FileCheck %s --check-prefix=ARGUMENT
// RUN: not fa3-compile %t/dimension.mlir --emit=ptx -o - 2>&1 | FileCheck %s --check-prefix=DIMENSION
// RUN: not fa3-compile %t/kind.mlir --emit=ptx -o - 2>&1 | FileCheck %s --check-prefix=KIND
// RUN: not fa3-compile %t/byval.mlir --emit=ptx -o - 2>&1 | FileCheck %s --check-prefix=BYVAL
// RUN: not fa3-compile %t/scalar.mlir --emit=ptx -o - 2>&1 | FileCheck %s --check-prefix=SCALAR
// RUN: not fa3-compile %t/scalar-type.mlir --emit=ptx -o - 2>&1 | FileCheck %s --check-prefix=SCALAR-TYPE
// RUN: not fa3-compile %t/verify.mlir --emit=ptx -o - 2>&1 | FileCheck %s --check-prefix=VERIFY

// NONE: none.mlir:2:1: error: expected hopper.kernel on the kernel 'k', but got none

//--- none.mlir
gpu.module @m {
llvm.func @k() attributes {nvvm.kernel} { llvm.return }
}

// THREADS: error: hopper.kernel: expected the 384 threads of nvvm.reqntid, but got 128

//--- threads.mlir
#k = #hopper.kernel<arguments = [memref<?xf32>], grid = #hopper.expression<() -> (1)>, threads = 128, shared_memory = 0, parameters = [#hopper.parameter<pointer, argument = 0>]>
gpu.module @m {
llvm.func @k(%p: !llvm.ptr<1>) attributes {nvvm.kernel, nvvm.reqntid = array<i32: 384>, hopper.kernel = #k} {
  %z = llvm.mlir.zero : i32
  llvm.store %z, %p : i32, !llvm.ptr<1>
  llvm.return
}
}

// SHARED: error: hopper.kernel: expected at most 232448 bytes of shared memory, but got 232456

//--- shared.mlir
#k = #hopper.kernel<arguments = [memref<?xf32>], grid = #hopper.expression<() -> (1)>, threads = 128, shared_memory = 232456, parameters = [#hopper.parameter<pointer, argument = 0>]>
gpu.module @m {
llvm.func @k(%p: !llvm.ptr<1>) attributes {nvvm.kernel, hopper.kernel = #k} {
  %z = llvm.mlir.zero : i32
  llvm.store %z, %p : i32, !llvm.ptr<1>
  llvm.return
}
}

// ELEMENT: error: hopper.kernel: argument 0: expected a ranked buffer of floats or integers that the runtime knows, or index, i32, i64, f32 or f64, but got 'memref<?xi4>'

//--- element.mlir
#k = #hopper.kernel<arguments = [memref<?xi4>], grid = #hopper.expression<() -> (1)>, threads = 128, shared_memory = 0, parameters = [#hopper.parameter<pointer, argument = 0>]>
gpu.module @m {
llvm.func @k(%p: !llvm.ptr<1>) attributes {nvvm.kernel, hopper.kernel = #k} {
  %z = llvm.mlir.zero : i32
  llvm.store %z, %p : i32, !llvm.ptr<1>
  llvm.return
}
}

// ARGUMENT: error: hopper.kernel: grid: expected an argument under 1, but got 1

//--- argument.mlir
#k = #hopper.kernel<arguments = [memref<?xf32>], grid = #hopper.expression<()[s0] -> (s0), [#hopper.size<1, 0>]>, threads = 128, shared_memory = 0, parameters = [#hopper.parameter<pointer, argument = 0>]>
gpu.module @m {
llvm.func @k(%p: !llvm.ptr<1>) attributes {nvvm.kernel, hopper.kernel = #k} {
  %z = llvm.mlir.zero : i32
  llvm.store %z, %p : i32, !llvm.ptr<1>
  llvm.return
}
}

// DIMENSION: error: hopper.kernel: parameter 0: expected a dimension under 1, but got 3

//--- dimension.mlir
#k = #hopper.kernel<arguments = [memref<?xf32>], grid = #hopper.expression<() -> (1)>, threads = 128, shared_memory = 0, parameters = [#hopper.parameter<size, argument = 0, dimension = 3>]>
gpu.module @m {
llvm.func @k(%n: i64) attributes {nvvm.kernel, hopper.kernel = #k} {
  %z = llvm.mlir.zero : !llvm.ptr<1>
  llvm.store %n, %z : i64, !llvm.ptr<1>
  llvm.return
}
}

// KIND: error: hopper.kernel: parameter 0: expected a pointer for a pointer, but got 'i64'

//--- kind.mlir
#k = #hopper.kernel<arguments = [memref<?xf32>], grid = #hopper.expression<() -> (1)>, threads = 128, shared_memory = 0, parameters = [#hopper.parameter<pointer, argument = 0>]>
gpu.module @m {
llvm.func @k(%n: i64) attributes {nvvm.kernel, hopper.kernel = #k} {
  %z = llvm.mlir.zero : !llvm.ptr<1>
  llvm.store %n, %z : i64, !llvm.ptr<1>
  llvm.return
}
}

// BYVAL: error: hopper.kernel: parameter 0: expected llvm.byval of 128 bytes, but got 64

//--- byval.mlir
#k = #hopper.kernel<arguments = [memref<?xf16>], grid = #hopper.expression<() -> (1)>, threads = 128, shared_memory = 0, parameters = [#hopper.parameter<tensor_map, argument = 0, dimension = 0, map = #hopper.tensor_map<argument = 0, dims = [0], box = [64], element = f16>>]>
gpu.module @m {
llvm.func @k(%p: !llvm.ptr {llvm.byval = !llvm.array<64 x i8>}) attributes {nvvm.kernel, hopper.kernel = #k} {
  %z = llvm.mlir.zero : i32
  llvm.store %z, %p : i32, !llvm.ptr
  llvm.return
}
}

// SCALAR: error: hopper.kernel: parameter 0: expected an argument that is a scalar, but got 'memref<?xf32>'

//--- scalar.mlir
#k = #hopper.kernel<arguments = [memref<?xf32>], grid = #hopper.expression<() -> (1)>, threads = 128, shared_memory = 0, parameters = [#hopper.parameter<scalar, argument = 0>]>
gpu.module @m {
llvm.func @k(%x: f32) attributes {nvvm.kernel, hopper.kernel = #k} { llvm.return }
}

// SCALAR-TYPE: error: hopper.kernel: parameter 0: expected 'i64' for a scalar, but got 'i32'

//--- scalar-type.mlir
#k = #hopper.kernel<arguments = [index], grid = #hopper.expression<() -> (1)>, threads = 128, shared_memory = 0, parameters = [#hopper.parameter<scalar, argument = 0>]>
gpu.module @m {
llvm.func @k(%x: i32) attributes {nvvm.kernel, hopper.kernel = #k} { llvm.return }
}

// VERIFY: error: the manifest is not valid: kernels[0].parameters[0].box[0]: expected at most 128 bytes for swizzle '128B', but got 256

//--- verify.mlir
#k = #hopper.kernel<arguments = [memref<?x128xf16>], grid = #hopper.expression<() -> (1)>, threads = 128, shared_memory = 0, parameters = [#hopper.parameter<tensor_map, argument = 0, dimension = 0, map = #hopper.tensor_map<argument = 0, dims = [1, 0], box = [128, 1], element = f16>>]>
gpu.module @m {
llvm.func @k(%p: !llvm.ptr {llvm.byval = !llvm.array<128 x i8>}) attributes {nvvm.kernel, hopper.kernel = #k} {
  %z = llvm.mlir.zero : i32
  llvm.store %z, %p : i32, !llvm.ptr
  llvm.return
}
}
