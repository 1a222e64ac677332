// Several documents in one sequence, in bf16: a row sees the keys of its own
// document up to itself. %ids holds the number of each position's document.

func.func @attention(%q: memref<?x?x8x64xbf16>, %k: memref<?x?x8x64xbf16>,
                     %v: memref<?x?x8x64xbf16>, %o: memref<?x?x8x64xbf16>,
                     %ids: memref<?x?xi32>) {
  attn.forward ins(%q, %k, %v : memref<?x?x8x64xbf16>, memref<?x?x8x64xbf16>,
                   memref<?x?x8x64xbf16>)
               outs(%o : memref<?x?x8x64xbf16>) {causal}
               mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %row = memref.load %ids[%b, %i] : memref<?x?xi32>
    %key = memref.load %ids[%b, %j] : memref<?x?xi32>
    %same = arith.cmpi eq, %row, %key : i32
    attn.yield %same : i1
  }
  return
}
