!t = memref<?x?x4x128xf8E4M3FN>
!s = memref<1x1x1xf32>
func.func @emulated(%q: !t, %s: !s, %o: memref<?x?x4x128xf16>) {
  attn.forward ins(%q, %q, %q : !t, !t, !t) scales(%s, %s, %s : !s, !s, !s) outs(%o : memref<?x?x4x128xf16>)
               {causal, config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 40x232, speculation = 448, pin = 25, emulate = 16>}
  return
}
func.func @two_level(%q: !t, %s: !s, %o: memref<?x?x4x128xf16>) {
  attn.forward ins(%q, %q, %q : !t, !t, !t) scales(%s, %s, %s : !s, !s, !s) outs(%o : memref<?x?x4x128xf16>)
               {window = #attn.window<left = 300>, config = #attn.config<tile = 128x96, stages = 2, consumers = 2, registers = 40x232, two_level>}
  return
}
