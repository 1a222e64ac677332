// Down to the LLVM dialect, with the C interface, and with nothing left of the
// levels above; and down to vectors.
// RUN: fa3-opt %s --attn-to-cpu | FileCheck %s
// RUN: fa3-opt %s --attn-to-cpu-vector | FileCheck %s --check-prefix=VECTOR
// RUN: fa3-opt %s --attn-to-cpu-vector="prune=false split=false" | FileCheck %s --check-prefix=WHOLE

// CHECK-NOT: {{ (attn|vector|scf|memref|builtin)\.}}
// CHECK: llvm.func @attention({{.*}}attributes {llvm.emit_c_interface}
// CHECK-NOT: {{ (attn|vector|scf|memref|builtin)\.}}
// CHECK: llvm.func @_mlir_ciface_attention(

// One loop with the mask's comparison and one without.
// VECTOR-LABEL: func @attention(
// VECTOR-NOT: attn.
// VECTOR: -> (vector<4x16xf32>, vector<4xf32>, vector<4xf32>)
// VECTOR: arith.cmpi sle, %{{.*}} : vector<4x16xindex>
// VECTOR: -> (vector<4x16xf32>, vector<4xf32>, vector<4xf32>)
// VECTOR-NOT: arith.cmpi
// VECTOR: return

// WHOLE-LABEL: func @attention(
// WHOLE: -> (vector<4x16xf32>, vector<4xf32>, vector<4xf32>)
// WHOLE: arith.cmpi sle, %{{.*}} : vector<4x16xindex>
// WHOLE-NOT: -> (vector<4x16xf32>, vector<4xf32>, vector<4xf32>)
// WHOLE: return
func.func @attention(%q: memref<?x?x2x16xf16>, %k: memref<?x?x2x16xf16>, %v: memref<?x?x2x16xf16>, %o: memref<?x?x2x16xf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x2x16xf16>, memref<?x?x2x16xf16>, memref<?x?x2x16xf16>)
               outs(%o : memref<?x?x2x16xf16>) {causal}
  return
}
