// What score and mask regions may hold: elements of any type, and functions. All
// of it runs on the CPU, and comes down to PTX without a library of functions.

// RUN: fa3-run %s --entry half_bias --dim B=2,Sq=19,Sk=33 --shape bias=2x4x19x33 --check | FileCheck %s --check-prefix=CPU
// RUN: fa3-run %s --entry brain_bias --dim B=2,Sq=19,Sk=33 --shape bias=51 --check | FileCheck %s --check-prefix=CPU
// RUN: fa3-run %s --entry half_arithmetic --dim B=2,Sq=19,Sk=33 --shape bias=19x33 --check | FileCheck %s --check-prefix=CPU
// RUN: fa3-run %s --entry byte_mask --dim B=2,Sq=19,Sk=33 --shape visible=19x33 --check | FileCheck %s --check-prefix=CPU
// RUN: fa3-run %s --entry bit_mask --dim B=2,Sq=19,Sk=33 --shape visible=2x33 --check | FileCheck %s --check-prefix=CPU
// RUN: fa3-run %s --entry functions --dim B=1,Sq=19,Sk=33 --check | FileCheck %s --check-prefix=CPU
// RUN: fa3-run %s --entry more_functions --dim B=1,Sq=19,Sk=33 --check | FileCheck %s --check-prefix=CPU
// RUN: fa3-run %s --entry scalars --dim B=1,Sq=19,Sk=33 --input cap=3.0 --input offset=4 --check | FileCheck %s --check-prefix=CPU
// RUN: fa3-run %s --entry q_offset --dim B=1,Sq=19,Sk=33 --input offset=4 --check | FileCheck %s --check-prefix=CPU
// CPU: (%o): max abs error {{.*}}: ok

// The manifest says what the host passes.
// RUN: fa3-opt %s --attn-to-hopper -o %t.nvvm.mlir
// RUN: FileCheck %s --input-file=%t.nvvm.mlir --check-prefix=KERNEL
// KERNEL-LABEL: llvm.func @scalars(
//  KERNEL-SAME: arguments = [memref<?x?x4x64xf16>, memref<?x?x4x64xf16>, memref<?x?x4x64xf16>, memref<?x?x4x64xf16>, f32, index, memref<?x?x16xi8>, memref<?x?xi32>, memref<?x2xi32>]
//  KERNEL-SAME: <scalar, argument = 5>
// KERNEL-LABEL: llvm.func @scalars_1(
//  KERNEL-SAME: <scalar, argument = 4>, <scalar, argument = 5>

// RUN: %python %S/Inputs/each_function.py %s %t fa3-compile --emit=ptx -o - | FileCheck %s

!q = memref<?x?x4x64xf16>

// CHECK-LABEL: .entry half_bias
//       CHECK: ld.global{{.*}}.b16
//       CHECK: cvt{{.*}}.f32.f16
func.func @half_bias(%q: !q, %k: !q, %v: !q, %o: !q, %bias: memref<?x4x?x?xf16>) {
  attn.forward ins(%q, %k, %v : !q, !q, !q) outs(%o : !q)
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %0 = memref.load %bias[%b, %h, %i, %j] : memref<?x4x?x?xf16>
    %1 = arith.extf %0 : f16 to f32
    %2 = arith.addf %s, %1 : f32
    attn.yield %2 : f32
  }
  return
}

// Of the distance alone.
// CHECK-LABEL: .entry brain_bias
//       CHECK: ld.global{{.*}}.b16
func.func @brain_bias(%q: !q, %k: !q, %v: !q, %o: !q, %bias: memref<?xbf16>) {
  attn.forward ins(%q, %k, %v : !q, !q, !q) outs(%o : !q)
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %c18 = arith.constant 18 : index
    %d = arith.subi %j, %i : index
    %at = arith.addi %d, %c18 : index
    %0 = memref.load %bias[%at] : memref<?xbf16>
    %1 = arith.extf %0 : bf16 to f32
    %2 = arith.addf %s, %1 : f32
    attn.yield %2 : f32
  }
  return
}

// CHECK-LABEL: .entry half_arithmetic
//       CHECK: add{{.*}}.f16x2
func.func @half_arithmetic(%q: !q, %k: !q, %v: !q, %o: !q, %bias: memref<?x?xf16>) {
  attn.forward ins(%q, %k, %v : !q, !q, !q) outs(%o : !q)
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %half = arith.constant 0.5 : f16
    %0 = memref.load %bias[%i, %j] : memref<?x?xf16>
    %1 = arith.addf %0, %half : f16
    %2 = arith.mulf %1, %0 : f16
    %3 = arith.cmpf ogt, %2, %half : f16
    %4 = arith.select %3, %2, %half : f16
    %5 = math.tanh %4 : f16
    %6 = arith.extf %5 : f16 to f32
    %7 = arith.addf %s, %6 : f32
    attn.yield %7 : f32
  }
  return
}

// CHECK-LABEL: .entry byte_mask
//       CHECK: ld.global{{.*}}.b8
func.func @byte_mask(%q: !q, %k: !q, %v: !q, %o: !q, %visible: memref<?x?xi8>) {
  attn.forward ins(%q, %k, %v : !q, !q, !q) outs(%o : !q)
  mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %zero = arith.constant 0 : i8
    %0 = memref.load %visible[%i, %j] : memref<?x?xi8>
    %1 = arith.cmpi ne, %0, %zero : i8
    attn.yield %1 : i1
  }
  return
}

// CHECK-LABEL: .entry bit_mask
//       CHECK: ld.global{{.*}}.b8
func.func @bit_mask(%q: !q, %k: !q, %v: !q, %o: !q, %visible: memref<?x?xi1>) {
  attn.forward ins(%q, %k, %v : !q, !q, !q) outs(%o : !q)
  mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %0 = memref.load %visible[%b, %j] : memref<?x?xi1>
    attn.yield %0 : i1
  }
  return
}

// CHECK-LABEL: .entry functions
//   CHECK-NOT: call
//       CHECK: ret;
func.func @functions(%q: !q, %k: !q, %v: !q, %o: !q) {
  attn.forward ins(%q, %k, %v : !q, !q, !q) outs(%o : !q)
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %c3 = arith.constant 3 : index
    %half = arith.constant 0.5 : f32
    %a = math.absf %s : f32
    %a1 = arith.addf %a, %half : f32
    %0 = math.exp %s : f32
    %1 = math.log %a1 : f32
    %2 = math.sin %s : f32
    %3 = math.cos %s : f32
    %4 = math.sqrt %a : f32
    %5 = math.rsqrt %a1 : f32
    %6 = math.erf %s : f32
    %7 = math.powf %a1, %half : f32
    %8 = math.floor %s : f32
    %9 = math.ceil %s : f32
    %10 = math.round %s : f32
    %11 = math.log1p %a : f32
    %12 = math.atan %s : f32
    %13 = math.log10 %a1 : f32
    %power = arith.constant 3 : i32
    %cubed = math.fpowi %3, %power : f32, i32
    %14 = arith.remui %i, %c3 : index
    %15 = arith.index_cast %14 : index to i64
    %16 = arith.sitofp %15 : i64 to f64
    %17 = arith.truncf %16 : f64 to f32
    %t0 = arith.minimumf %0, %a1 : f32
    %t1 = arith.addf %t0, %1 : f32
    %t2 = arith.addf %t1, %2 : f32
    %t3 = arith.addf %t2, %cubed : f32
    %t4 = arith.addf %t3, %4 : f32
    %t5 = arith.addf %t4, %5 : f32
    %t6 = arith.addf %t5, %6 : f32
    %t7 = arith.addf %t6, %7 : f32
    %t8 = arith.subf %8, %9 : f32
    %t9 = arith.addf %t7, %t8 : f32
    %t10 = arith.subf %10, %s : f32
    %t11 = arith.addf %t9, %11 : f32
    %t12 = arith.addf %t11, %12 : f32
    %t13 = arith.addf %t12, %13 : f32
    %t17 = arith.mulf %17, %half : f32
    %t18 = arith.addf %t13, %t17 : f32
    attn.yield %t18 : f32
  }
  return
}

// CHECK-LABEL: .entry more_functions
//   CHECK-NOT: call
//       CHECK: ret;
func.func @more_functions(%q: !q, %k: !q, %v: !q, %o: !q) {
  attn.forward ins(%q, %k, %v : !q, !q, !q) outs(%o : !q)
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %t = math.tanh %s : f32
    %0 = math.acos %t : f32
    %1 = math.asin %t : f32
    %2 = math.asinh %s : f32
    %3 = math.atan2 %s, %t : f32
    %4 = math.cbrt %s : f32
    %5 = math.cosh %t : f32
    %6 = math.erfc %s : f32
    %7 = math.expm1 %t : f32
    %8 = math.sinh %t : f32
    %9 = math.tan %t : f32
    %s0 = arith.addf %0, %1 : f32
    %s1 = arith.addf %s0, %2 : f32
    %s2 = arith.addf %s1, %3 : f32
    %s3 = arith.addf %s2, %4 : f32
    %s4 = arith.addf %s3, %5 : f32
    %s5 = arith.addf %s4, %6 : f32
    %s6 = arith.addf %s5, %7 : f32
    %s7 = arith.addf %s6, %8 : f32
    %s8 = arith.addf %s7, %9 : f32
    attn.yield %s8 : f32
  }
  return
}

// CHECK-LABEL: .entry scalars
//       CHECK: .param .f32
func.func @scalars(%q: !q, %k: !q, %v: !q, %o: !q, %cap: f32, %offset: index) {
  attn.forward ins(%q, %k, %v : !q, !q, !q) outs(%o : !q)
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %0 = arith.divf %s, %cap : f32
    %1 = math.tanh %0 : f32
    %2 = arith.mulf %1, %cap : f32
    attn.yield %2 : f32
  }
  mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %at = arith.addi %i, %offset : index
    %0 = arith.cmpi sle, %j, %at : index
    attn.yield %0 : i1
  }
  return
}

// Where the queries begin in a longer sequence.
// CHECK-LABEL: .entry q_offset
//       CHECK: .param .u64
func.func @q_offset(%q: !q, %k: !q, %v: !q, %o: !q, %offset: index) {
  attn.forward ins(%q, %k, %v : !q, !q, !q) q_offset(%offset) outs(%o : !q) {causal}
  return
}
