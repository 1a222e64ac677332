// Numbers as arguments: a cap of the scores, an offset of the queries in the
// sequence, a length of each batch's own.
// RUN: fa3-run %s --entry soft_cap --dim B=1,Sq=19,Sk=33 --input cap=5.0 --check | FileCheck %s
// RUN: fa3-run %s --entry offset --dim B=2,Sq=19,Sk=33 --input offset=7 --check | FileCheck %s
// RUN: fa3-run %s --entry scaled --dim B=2,Sq=19,Sk=33 --input factor=0.25 --input shift=-3 --check | FileCheck %s
// CHECK: (%o): max abs error {{.*}}: ok

// From a file of rank 0, whatever its type.
// RUN: %python %S/Inputs/write_scalar.py %t.npy f4 5.0
// RUN: fa3-run %s --entry soft_cap --dim B=1,Sq=19,Sk=33 --input cap=%t.npy --check | FileCheck %s
// RUN: %python %S/Inputs/write_scalar.py %t.npy i8 7
// RUN: fa3-run %s --entry offset --dim B=2,Sq=19,Sk=33 --input offset=%t.npy --check | FileCheck %s

// RUN: %python %S/Inputs/write_scalar.py %t.npy i8 7 1
// RUN: not fa3-run %s --entry offset --dim B=2,Sq=19,Sk=33 --input offset=%t.npy 2>&1 | FileCheck %s --check-prefix=RANK
// RANK: error: expected 0 dimensions for argument 4 (%offset), but got 1 from
// RUN: not fa3-run %s --entry soft_cap --dim B=1,Sq=19,Sk=33 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: error: expected a number for argument 4 (%cap) by --input, but got ''

!q = memref<?x?x4x16xf16>
func.func @soft_cap(%q: !q, %k: !q, %v: !q, %o: !q, %cap: f32) {
  attn.forward ins(%q, %k, %v : !q, !q, !q) outs(%o : !q) {scale = 2.0 : f32}
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %0 = arith.divf %s, %cap : f32
    %1 = math.tanh %0 : f32
    %2 = arith.mulf %1, %cap : f32
    attn.yield %2 : f32
  }
  return
}
func.func @offset(%q: !q, %k: !q, %v: !q, %o: !q, %offset: index) {
  attn.forward ins(%q, %k, %v : !q, !q, !q) outs(%o : !q)
  mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %at = arith.addi %i, %offset : index
    %0 = arith.cmpi sle, %j, %at : index
    attn.yield %0 : i1
  }
  return
}
func.func @scaled(%q: !q, %k: !q, %v: !q, %o: !q, %factor: f64, %shift: i32) {
  attn.forward ins(%q, %k, %v : !q, !q, !q) outs(%o : !q)
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %f = arith.truncf %factor : f64 to f32
    %x = arith.sitofp %shift : i32 to f32
    %0 = arith.mulf %s, %f : f32
    %1 = arith.addf %0, %x : f32
    attn.yield %1 : f32
  }
  return
}
