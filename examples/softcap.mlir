// Causal attention in bf16 whose scores are capped softly at ±30, and scaled by
// 1/16 and not by 1/√128.

func.func @attention(%q: memref<?x?x8x128xbf16>, %k: memref<?x?x8x128xbf16>,
                     %v: memref<?x?x8x128xbf16>, %o: memref<?x?x8x128xbf16>) {
  attn.forward ins(%q, %k, %v : memref<?x?x8x128xbf16>, memref<?x?x8x128xbf16>,
                   memref<?x?x8x128xbf16>)
               outs(%o : memref<?x?x8x128xbf16>) {causal, scale = 0.0625}
               score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %cap = arith.constant 30.0 : f32
    %x = arith.divf %s, %cap : f32
    %t = math.tanh %x : f32
    %r = arith.mulf %t, %cap : f32
    attn.yield %r : f32
  }
  return
}
