// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(convert-kernel-to-llvm,canonicalize))' --split-input-file | FileCheck %s

gpu.module @kernels {
  // The least that a kernel is: its grid, the threads of a block, and no
  // parameters. Without a bound on the blocks of an SM, ptxas ignores setmaxnreg.
  // CHECK-LABEL: llvm.func @empty() attributes
  //  CHECK-SAME:   hopper.kernel = #hopper.kernel<arguments = [], grid = <() -> (132)>, {{.*}}threads = 128, shared_memory = 0, parameters = []>
  //  CHECK-SAME:   nvvm.kernel
  //  CHECK-SAME:   nvvm.minctasm = 1 : i32
  //  CHECK-SAME:   nvvm.reqntid = array<i32: 128, 1, 1>
  //  CHECK-SAME:   passthrough = {{\[\[}}"denormal-fp-math-f32", "preserve-sign,preserve-sign"]]
  //  CHECK-NEXT:   llvm.return
  gpu.func @empty() kernel attributes {hopper.grid = #hopper.expression<() -> (132)>, known_block_size = array<i32: 128, 1, 1>} {
    gpu.return
  }

  // Of a buffer: its pointer, and the sizes and strides that its type leaves open,
  // each an i64. Shared memory and the constraints of the launch go along.
  // CHECK-LABEL: llvm.func @buffers
  //  CHECK-SAME:   %[[A:[a-z0-9]+]]: !llvm.ptr, %[[A0:[a-z0-9]+]]: i64, %[[B:[a-z0-9]+]]: !llvm.ptr, %[[B0S:[a-z0-9]+]]: i64, %[[B1:[a-z0-9]+]]: i64)
  //  CHECK-SAME:   hopper.kernel = #hopper.kernel<arguments = [memref<?x8xf32>, memref<4x?x2xf32, strided<[?, 2, 1], offset: ?>>],
  //  CHECK-SAME:     constraints = [<lhs = <()[s0] -> (s0), [<0, 0>]>, rhs = <()[s0] -> (s0), [<1, 1>]>, message = "expected equal lengths">],
  //  CHECK-SAME:     grid = <()[s0] -> (s0), [<0, 0>]>, {{.*}}threads = 384, shared_memory = 2048,
  //  CHECK-SAME:     parameters = [<pointer, argument = 0>, <size, argument = 0>, <pointer, argument = 1>, <stride, argument = 1>, <size, argument = 1, dimension = 1>]>
  //       CHECK:   %[[TID:.+]] = nvvm.read.ptx.sreg.tid.x : i32
  //       CHECK:   %[[T:.+]] = llvm.zext %[[TID]] : i32 to i64
  //       CHECK:   %[[CTA:.+]] = nvvm.read.ptx.sreg.ctaid.x : i32
  //       CHECK:   %[[C:.+]] = llvm.zext %[[CTA]] : i32 to i64
  // What the host passes is the address of the first element, whatever the offset.
  //       CHECK:   %[[ROW:.+]] = llvm.mul %[[T]], %[[B0S]]
  //       CHECK:   %[[COLUMN:.+]] = llvm.mul %[[C]], %{{.+}}
  //       CHECK:   %[[AT:.+]] = llvm.add %[[ROW]], %[[COLUMN]]
  //       CHECK:   llvm.getelementptr {{.*}}%[[B]][
  //       CHECK:   %[[R:.+]] = llvm.mul %[[T]], %{{.+}}
  //       CHECK:   llvm.getelementptr {{.*}}%[[A]][
  //       CHECK:   llvm.add %[[A0]], %[[B1]]
  gpu.func @buffers(%a: memref<?x8xf32>, %b: memref<4x?x2xf32, strided<[?, 2, 1], offset: ?>>) kernel
      attributes {hopper.grid = #hopper.expression<()[s0] -> (s0), [<0, 0>]>, hopper.shared_memory = 2048 : i64,
                  hopper.constraints = [#hopper.constraint<lhs = <()[s0] -> (s0), [<0, 0>]>, rhs = <()[s0] -> (s0), [<1, 1>]>, message = "expected equal lengths">],
                  known_block_size = array<i32: 384, 1, 1>} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %t = gpu.thread_id x
    %c = gpu.block_id x
    %v = memref.load %b[%t, %c, %c0] : memref<4x?x2xf32, strided<[?, 2, 1], offset: ?>>
    memref.store %v, %a[%t, %c] : memref<?x8xf32>
    %d = memref.dim %a, %c0 : memref<?x8xf32>
    %e = memref.dim %b, %c1 : memref<4x?x2xf32, strided<[?, 2, 1], offset: ?>>
    %f = arith.addi %d, %e : index
    memref.store %v, %a[%f, %c] : memref<?x8xf32>
    gpu.return
  }
}

// -----

// A tensor map is a parameter of 128 bytes by value, in constant memory.

!map = !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none>
gpu.module @kernels {
  llvm.func @use(!llvm.ptr)
  // CHECK-LABEL: llvm.func @tensor_map
  //  CHECK-SAME:   %[[P:[a-z0-9]+]]: !llvm.ptr,
  //  CHECK-SAME:   %[[M:[a-z0-9]+]]: !llvm.ptr {llvm.align = 64 : i64, llvm.byval = !llvm.array<128 x i8>, nvvm.grid_constant})
  //  CHECK-SAME:   parameters = [<pointer, argument = 0>, <tensor_map, argument = 0, map = <argument = 0, dims = [1, 0], box = [64, 64], element = f16>>]>
  //       CHECK:   llvm.call @use(%[[M]])
  gpu.func @tensor_map(%a: memref<8x64xf16>, %map: !map {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [1, 0], box = [64, 64], element = f16>}) kernel
      attributes {hopper.grid = #hopper.expression<() -> (1)>, known_block_size = array<i32: 128, 1, 1>} {
    %p = builtin.unrealized_conversion_cast %map : !map to !llvm.ptr
    llvm.call @use(%p) : (!llvm.ptr) -> ()
    gpu.return
  }
}

// -----

// A number is a parameter as it is, an index as an i64.

gpu.module @kernels {
  llvm.func @use(f32, i64, i32)
  // CHECK-LABEL: llvm.func @scalars
  //  CHECK-SAME:   (%[[X:[a-z0-9]+]]: f32, %{{.+}}: !llvm.ptr, %[[I:[a-z0-9]+]]: i64, %[[N:[a-z0-9]+]]: i32)
  //  CHECK-SAME:   arguments = [f32, memref<1xf32>, index, i32]
  //  CHECK-SAME:   parameters = [<scalar, argument = 0>, <pointer, argument = 1>, <scalar, argument = 2>, <scalar, argument = 3>]
  //       CHECK:   llvm.call @use(%[[X]], %[[I]], %[[N]])
  gpu.func @scalars(%x: f32, %a: memref<1xf32>, %i: index, %n: i32) kernel
      attributes {hopper.grid = #hopper.expression<() -> (1)>, known_block_size = array<i32: 128, 1, 1>} {
    %j = arith.index_cast %i : index to i64
    llvm.call @use(%x, %j, %n) : (f32, i64, i32) -> ()
    gpu.return
  }
}

// -----

// Transcendental functions of f32 are the special function unit's.

gpu.module @kernels {
  // CHECK-LABEL: llvm.func @math
  //  CHECK-SAME:   %[[P:[a-z0-9]+]]: !llvm.ptr
  //   CHECK-DAG:   %[[LOG2E:.+]] = llvm.mlir.constant(1.44269502 : f32)
  //   CHECK-DAG:   %[[LN2:.+]] = llvm.mlir.constant(0.693147182 : f32)
  //   CHECK-DAG:   %[[ONE:.+]] = llvm.mlir.constant(1.000000e+00 : f32)
  //   CHECK-DAG:   %[[MINUS2:.+]] = llvm.mlir.constant(-2.000000e+00 : f32)
  //   CHECK-DAG:   %[[TWOLOG2E:.+]] = llvm.mlir.constant(2.885390{{.*}} : f32)
  //       CHECK:   %[[X:.+]] = llvm.load
  //       CHECK:   llvm.call_intrinsic "llvm.nvvm.ex2.approx.ftz"(%[[X]])
  //       CHECK:   %[[S:.+]] = llvm.fmul %[[X]], %[[LOG2E]]
  //  CHECK-NEXT:   llvm.call_intrinsic "llvm.nvvm.ex2.approx.ftz"(%[[S]])
  //       CHECK:   llvm.call_intrinsic "llvm.nvvm.lg2.approx.ftz.f"(%[[X]])
  //       CHECK:   %[[L:.+]] = llvm.call_intrinsic "llvm.nvvm.lg2.approx.ftz.f"(%[[X]])
  //  CHECK-NEXT:   llvm.fmul %[[L]], %[[LN2]]
  //       CHECK:   llvm.call_intrinsic "llvm.nvvm.sin.approx.ftz.f"(%[[X]])
  //       CHECK:   llvm.call_intrinsic "llvm.nvvm.cos.approx.ftz.f"(%[[X]])
  //       CHECK:   llvm.call_intrinsic "llvm.nvvm.rsqrt.approx.ftz.f"(%[[X]])
  // tanh x = 1 − 2 / (exp 2x + 1).
  //       CHECK:   %[[A:.+]] = llvm.fmul %[[X]], %[[TWOLOG2E]]
  //       CHECK:   %[[B:.+]] = llvm.call_intrinsic "llvm.nvvm.ex2.approx.ftz"(%[[A]])
  //       CHECK:   %[[C:.+]] = llvm.fadd %[[B]], %[[ONE]]
  //       CHECK:   %[[D:.+]] = llvm.call_intrinsic "llvm.nvvm.rcp.approx.ftz.f"(%[[C]])
  //       CHECK:   llvm.intr.fma(%[[D]], %[[MINUS2]], %[[ONE]])
  // With afn it is one instruction.
  //       CHECK:   llvm.intr.tanh(%[[X]]) {fastmathFlags = #llvm.fastmath<afn>}
  // Others are LLVM's.
  //       CHECK:   llvm.intr.fma
  //       CHECK:   llvm.intr.sqrt
  //       CHECK:   llvm.intr.fabs
  gpu.func @math(%a: memref<16xf32>) kernel attributes {hopper.grid = #hopper.expression<() -> (1)>, known_block_size = array<i32: 128, 1, 1>} {
    %c0 = arith.constant 0 : index
    %x = memref.load %a[%c0] : memref<16xf32>
    %0 = math.exp2 %x : f32
    %1 = math.exp %x : f32
    %2 = math.log2 %x : f32
    %3 = math.log %x : f32
    %4 = math.sin %x : f32
    %5 = math.cos %x : f32
    %6 = math.rsqrt %x : f32
    %7 = math.tanh %x : f32
    %approximate = math.tanh %x fastmath<afn> : f32
    %8 = math.fma %x, %x, %x : f32
    %9 = math.sqrt %x : f32
    %10 = math.absf %x : f32
    %b = arith.addf %0, %1 : f32
    %c = arith.addf %2, %3 : f32
    %d = arith.addf %4, %5 : f32
    %e = arith.addf %6, %7 : f32
    %f = arith.addf %8, %9 : f32
    %g = arith.addf %10, %b : f32
    %h = arith.addf %c, %d : f32
    %i = arith.addf %e, %f : f32
    %j = arith.addf %g, %h : f32
    %l = arith.addf %i, %approximate : f32
    %k = arith.addf %l, %j : f32
    memref.store %k, %a[%c0] : memref<16xf32>
    gpu.return
  }

  // Divisions that round up and down are written out.
  // CHECK-LABEL: llvm.func @divisions
  //   CHECK-NOT:   arith.
  //       CHECK:   llvm.return
  gpu.func @divisions(%a: memref<?xindex>) kernel attributes {hopper.grid = #hopper.expression<() -> (1)>, known_block_size = array<i32: 128, 1, 1>} {
    %t = gpu.thread_id x
    %c = gpu.block_id x
    %0 = arith.ceildivui %t, %c : index
    %1 = arith.ceildivsi %0, %c : index
    %2 = arith.floordivsi %1, %c : index
    memref.store %2, %a[%t] : memref<?xindex>
    gpu.return
  }

  // All threads of the block meet.
  // CHECK-LABEL: llvm.func @barrier
  //       CHECK:   nvvm.barrier0
  gpu.func @barrier() kernel attributes {hopper.grid = #hopper.expression<() -> (1)>, known_block_size = array<i32: 128, 1, 1>} {
    gpu.barrier
    gpu.return
  }
}

// -----

// What threads share is a variable; a shuffle is that of a warp; two 8-bit numbers
// are one conversion. The alignment of accesses is what the host must see to, and
// how many blocks a multiprocessor is to hold is the kernel's own.

gpu.module @kernels {
  // CHECK-LABEL: llvm.mlir.global internal @threads_shared_2() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<4 x f32>
  //       CHECK: llvm.func @threads(%{{.+}}: !llvm.ptr {llvm.align = 16 : i64}, %{{.+}}: i64, %{{.+}}: !llvm.ptr {llvm.align = 4 : i64}, %{{.+}}: i64)
  //  CHECK-SAME:   nvvm.minctasm = 8 : i32
  //       CHECK:   %[[SHARED:.+]] = llvm.mlir.addressof @threads_shared_2 : !llvm.ptr<3>
  //       CHECK:   %[[V:.+]] = llvm.load %{{.+}} {alignment = 16 : i64} : !llvm.ptr -> vector<4xf32>
  //       CHECK:   %[[V1:.+]] = llvm.extractelement %[[V]]
  //       CHECK:   %[[V0:.+]] = llvm.extractelement %[[V]]
  //       CHECK:   nvvm.convert.f32x2.to.f8x2 %[[V1]], %[[V0]] {rnd = #nvvm.fp_rnd_mode<rn>, sat = #nvvm.sat_mode<satfinite>} : i16(f8E4M3FN)
  //       CHECK:   nvvm.convert.f32x2.to.f8x2
  //       CHECK:   llvm.bitcast %{{.+}} : vector<2xi16> to vector<4xi8>
  //       CHECK:   %[[HALVES:.+]] = nvvm.convert.f8x2.to.f16x2 %{{.+}} : vector<2xi8>(f8E4M3FN) -> vector<2xf16>
  //       CHECK:   llvm.fpext %[[HALVES]] : vector<2xf16> to vector<2xf32>
  //       CHECK:   %[[OTHER:.+]] = nvvm.shfl.sync bfly %{{.+}}, %{{.+}}, %{{.+}}, %{{.+}} : f32 -> f32
  //       CHECK:   llvm.store %[[OTHER]], %[[SHARED]] : f32, !llvm.ptr<3>
  gpu.func @threads(%a: memref<?x16xf32>, %b: memref<?x16xf8E4M3FN>) workgroup(%w : memref<4xf32, #gpu.address_space<workgroup>>) kernel
      attributes {hopper.grid = #hopper.expression<() -> (1)>, known_block_size = array<i32: 128, 1, 1>, nvvm.minctasm = 8 : i32} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : i32
    %c32 = arith.constant 32 : i32
    %t = gpu.thread_id x
    %v = vector.load %a[%t, %c0] {alignment = 16 : i64} : memref<?x16xf32>, vector<4xf32>
    %n = arith.truncf %v : vector<4xf32> to vector<4xf8E4M3FN>
    vector.store %n, %b[%t, %c0] {alignment = 4 : i64} : memref<?x16xf8E4M3FN>, vector<4xf8E4M3FN>
    %m = vector.load %b[%t, %c0] : memref<?x16xf8E4M3FN>, vector<2xf8E4M3FN>
    %wide = arith.extf %m : vector<2xf8E4M3FN> to vector<2xf32>
    vector.store %wide, %a[%t, %c0] : memref<?x16xf32>, vector<2xf32>
    %s = memref.load %a[%t, %c0] : memref<?x16xf32>
    %r, %valid = gpu.shuffle xor %s, %c1, %c32 : f32
    memref.store %r, %w[%c0] : memref<4xf32, #gpu.address_space<workgroup>>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  // Floats to integers, four at a time.
  // CHECK-LABEL: llvm.func @round
  //       CHECK:   %[[R:.+]] = llvm.inline_asm asm_dialect = att "{{.*}}cvt.rni.s32.f32 d, $4;\0Acvt.pack.sat.s8.s32.b32 c, d, c, 0;\0Acvt.pack.sat.s8.s32.b32 $0, b, a, c;\0A}", "=r,f,f,f,f" %{{.+}}, %{{.+}}, %{{.+}}, %{{.+}} : (f32, f32, f32, f32) -> i32
  //       CHECK:   llvm.insertelement %[[R]]
  //       CHECK:   llvm.inline_asm
  //       CHECK:   llvm.bitcast %{{.+}} : vector<2xi32> to vector<8xi8>
  gpu.func @round(%a: memref<?x16xf32>, %b: memref<?x16xi8>) kernel
      attributes {hopper.grid = #hopper.expression<() -> (1)>, known_block_size = array<i32: 128, 1, 1>} {
    %c0 = arith.constant 0 : index
    %t = gpu.thread_id x
    %v = vector.load %a[%t, %c0] {alignment = 16 : i64} : memref<?x16xf32>, vector<8xf32>
    %n = attn.round %v : vector<8xf32> to vector<8xi8>
    vector.store %n, %b[%t, %c0] {alignment = 4 : i64} : memref<?x16xi8>, vector<8xi8>
    gpu.return
  }
}
