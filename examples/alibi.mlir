// Causal attention in bf16 with a linear bias (ALiBi) as its score function;
// four query heads share a head of K and V.

func.func @attention(%q: memref<?x?x16x128xbf16>, %k: memref<?x?x4x128xbf16>,
                     %v: memref<?x?x4x128xbf16>, %o: memref<?x?x16x128xbf16>,
                     %slopes: memref<16xf32>) {
  attn.forward ins(%q, %k, %v : memref<?x?x16x128xbf16>, memref<?x?x4x128xbf16>,
                   memref<?x?x4x128xbf16>)
               outs(%o : memref<?x?x16x128xbf16>) {causal}
               score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %slope = memref.load %slopes[%h] : memref<16xf32>
    %distance = arith.subi %j, %i : index
    %distance32 = arith.index_cast %distance : index to i32
    %distancef = arith.sitofp %distance32 : i32 to f32
    %bias = arith.mulf %slope, %distancef : f32
    %r = arith.addf %s, %bias : f32
    attn.yield %r : f32
  }
  return
}
