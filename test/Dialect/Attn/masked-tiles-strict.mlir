// With `strict` a loop that cannot be pruned or split is an error.
// RUN: fa3-opt %s --allow-unregistered-dialect --pass-pipeline="builtin.module(attn-split-masked-tiles{strict})" --verify-diagnostics

func.func @not_affine(%q: index, %n: index, %upper: index, %s: vector<4x16xf32>, %order: memref<?xindex>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %kv = memref.load %order[%i] : memref<?xindex>
    // expected-error @+1 {{cannot split its loop: expected a key origin that is affine in the induction variable}}
    %b = attn.band_mask %s at(%q, %kv) upper(%upper) : vector<4x16xf32>
    "test.use"(%b) : (vector<4x16xf32>) -> ()
  }
  return
}
