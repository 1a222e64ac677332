// RUN: fa3-opt %s --attn-split-keys=splits=4 --split-input-file --verify-diagnostics

!q = memref<1x16x2x64xf16>
func.func @no_config(%q: !q) {
  // expected-error @+1 {{expected a config; run attn-select-config first}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q)
  return
}

// -----

!q = memref<1x16x2x64xf16>
!os = memref<4x1x16x2x64xf32>
func.func @partial(%q: !q, %os: !os, %lses: memref<4x1x2x16xf32>, %n: index) {
  // expected-error @+1 {{cannot be split: its outputs are partial already}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) split_keys(%n) outs(%os, %lses : !os, memref<4x1x2x16xf32>)
    {config = #attn.config<tile = 64x128, stages = 2, consumers = 1, registers = 24x240>}
  return
}

// -----

!q = memref<1x16x2x64xf8E4M3FN>
!o = memref<1x16x2x64xf16>
!s = memref<1x2x1xf32>
func.func @eight_bits(%q: !q, %o: !o, %s: !s) {
  // expected-error @+1 {{cannot split 8-bit elements: expected f16 or bf16, but got 'f8E4M3FN'}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) scales(%s, %s, %s : !s, !s, !s) outs(%o : !o)
    {config = #attn.config<tile = 64x128, stages = 2, consumers = 1, registers = 24x240>}
  return
}
