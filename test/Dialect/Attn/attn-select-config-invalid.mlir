// Each resource equation, with the number that is allowed and the one that is
// asked for.

// RUN: fa3-opt %s --attn-select-config --split-input-file --verify-diagnostics

!q = memref<?x?x8x128xf16>
func.func @rows_of_consumers(%q: !q) {
  // expected-error @+1 {{expected a tile of 64 rows for each of 2 consumers = 128, but got 192}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q)
      {config = #attn.config<tile = 192x128, stages = 2, consumers = 2, registers = 24x240>}
  return
}

// -----

!q = memref<?x?x8x128xf16>
func.func @box_side(%q: !q) {
  // expected-error @+1 {{expected at most 256 rows in a tile (the side of a TMA box), but got 320}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q)
      {config = #attn.config<tile = 320x16, stages = 1, consumers = 5, registers = 24x96>}
  return
}

// -----

!q = memref<?x?x8x128xf16>
func.func @step_of_keys(%q: !q) {
  // expected-error @+1 {{expected a multiple of 16 keys in a tile, at most 256, but got 136}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q)
      {config = #attn.config<tile = 128x136, stages = 2, consumers = 2, registers = 24x240>}
  return
}

// -----

!q = memref<?x?x8x64xf16>
func.func @most_keys(%q: !q) {
  // expected-error @+1 {{expected a multiple of 16 keys in a tile, at most 256, but got 272}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q)
      {config = #attn.config<tile = 128x272, stages = 1, consumers = 2, registers = 24x240>}
  return
}

// -----

// The step is 256 bits: 32 keys of 8 bits.
!q = memref<1x16x2x128xf8E4M3FN>
!o = memref<1x16x2x128xf16>
!s = memref<1x2x1xf32>
func.func @step_of_8_bit_keys(%q: !q, %o: !o, %s: !s) {
  // expected-error @+1 {{expected a multiple of 32 keys in a tile, at most 256, but got 144}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) scales(%s, %s, %s : !s, !s, !s)
      outs(%o : !o)
      {config = #attn.config<tile = 128x144, stages = 2, consumers = 2, registers = 24x240>}
  return
}

// -----

// 128·256 + 3·176·(256 + 256) + 1024 = 304128.
!q = memref<?x?x8x128xf16>
func.func @shared_memory(%q: !q) {
  // expected-error @+1 {{expected at most 232448 bytes of shared memory, but the tile 128x176 with 3 stages needs 304128}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q)
      {config = #attn.config<tile = 128x176, stages = 3, consumers = 2, registers = 24x240>}
  return
}

// -----

// 176/2 + 176·2/8 + 128/2 + 32 = 228.
!q = memref<?x?x8x128xf16>
func.func @registers(%q: !q) {
  // expected-error @+1 {{expected a consumer to need at most its 224 registers, but scores, probabilities and output of the tile need 228}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q)
      {config = #attn.config<tile = 128x176, stages = 2, consumers = 2, registers = 24x224>}
  return
}

// -----

!q = memref<?x?x8x128xf16>
func.func @emulation(%q: !q) {
  // expected-error @+1 {{expected V of 8 bits with emulate = 4, but got 'f16'}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q)
      {config = #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, speculation = 256, emulate = 4>}
  return
}

// -----

// 128·(32 + 3·168) = 68608.
!q = memref<?x?x8x64xf16>
func.func @register_file(%q: !q) {
  // expected-error @+1 {{expected at most 65536 registers in a block, but 3 consumers and a producer need 68608}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q)
      {config = #attn.config<tile = 192x64, stages = 2, consumers = 3, registers = 32x168>}
  return
}
