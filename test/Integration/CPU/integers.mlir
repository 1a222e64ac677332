// Functions of integers, and classes of floats, in score and mask regions: on tiles
// they are functions of matrices.
// RUN: fa3-run %s --entry distance --dim B=2,Sq=19,Sk=33 --check | FileCheck %s
// RUN: fa3-run %s --entry bits --dim B=2,Sq=19,Sk=33 --check | FileCheck %s
// RUN: fa3-run %s --entry indices --dim B=1,Sq=70,Sk=50 --check | FileCheck %s
// RUN: fa3-run %s --entry classes --dim B=1,Sq=19,Sk=33 --check | FileCheck %s
// CHECK: (%o): max abs error {{.*}}: ok
// CHECK: (%lse): max abs error {{.*}}: ok

// The GPU takes them too.
// RUN: fa3-compile %s --emit=nvvm -o - | FileCheck %s --check-prefix=GPU
// GPU: llvm.intr.abs
// GPU: llvm.intr.ctlz
// GPU: llvm.intr.is.fpclass

!q = memref<?x?x4x16xf16>
!k = memref<?x?x2x16xf16>
!lse = memref<?x4x?xf32>

// |i - j| <= 5, less 0.1 |i - j|.
func.func @distance(%q: !q, %k: !k, %v: !k, %o: !q, %lse: !lse) {
  attn.forward ins(%q, %k, %v : !q, !k, !k) outs(%o, %lse : !q, !lse)
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %d = arith.subi %i, %j : index
    %n = arith.index_cast %d : index to i32
    %a = math.absi %n : i32
    %f = arith.sitofp %a : i32 to f32
    %slope = arith.constant -1.0e-1 : f32
    %bias = arith.mulf %f, %slope : f32
    %r = arith.addf %s, %bias : f32
    attn.yield %r : f32
  } mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %d = arith.subi %i, %j : index
    %n = arith.index_cast %d : index to i32
    %a = math.absi %n : i32
    %c5 = arith.constant 5 : i32
    %near = arith.cmpi sle, %a, %c5 : i32
    attn.yield %near : i1
  }
  return
}

// Numbers of bits of i xor j, which is 0 on the diagonal.
func.func @bits(%q: !q, %k: !k, %v: !k, %o: !q, %lse: !lse) {
  attn.forward ins(%q, %k, %v : !q, !k, !k) outs(%o, %lse : !q, !lse)
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %x = arith.xori %i, %j : index
    %n = arith.index_cast %x : index to i32
    %short = arith.trunci %n : i32 to i16
    %0 = math.ctlz %n : i32
    %1 = math.cttz %n : i32
    %2 = math.ctpop %n : i32
    %3 = math.ctlz %short : i16
    %4 = arith.extsi %3 : i16 to i32
    %5 = arith.subi %0, %1 : i32
    %6 = arith.addi %5, %2 : i32
    %7 = arith.subi %6, %4 : i32
    %f = arith.sitofp %7 : i32 to f32
    %tenth = arith.constant 1.0e-1 : f32
    %bias = arith.mulf %f, %tenth : f32
    %r = arith.addf %s, %bias : f32
    attn.yield %r : f32
  }
  return
}

// Of indices.
func.func @indices(%q: !q, %k: !k, %v: !k, %o: !q, %lse: !lse) {
  attn.forward ins(%q, %k, %v : !q, !k, !k) outs(%o, %lse : !q, !lse)
  mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %d = arith.subi %i, %j : index
    %a = math.absi %d : index
    %ones = math.ctpop %a : index
    %c2 = arith.constant 2 : index
    %few = arith.cmpi ule, %ones, %c2 : index
    attn.yield %few : i1
  }
  return
}

func.func @classes(%q: !q, %k: !k, %v: !k, %o: !q, %lse: !lse) {
  attn.forward ins(%q, %k, %v : !q, !k, !k) outs(%o, %lse : !q, !lse)
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %d = arith.subi %i, %j : index
    %n = arith.index_cast %d : index to i32
    %f = arith.sitofp %n : i32 to f32
    %one = arith.constant 1.0 : f32
    %inverse = arith.divf %one, %f : f32
    %zero = arith.constant 0.0 : f32
    %isFinite = math.isfinite %inverse : f32
    %nan = arith.mulf %inverse, %f : f32
    %isNaN = math.isnan %nan : f32
    %0 = arith.select %isFinite, %s, %zero : f32
    %1 = arith.select %isNaN, %one, %0 : f32
    %r = math.clampf %1 to [%one, %zero] : f32
    attn.yield %r : f32
  }
  return
}
