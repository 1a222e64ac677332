// What attn-tile refuses, each with what would be right.

// RUN: fa3-opt %s --attn-tile --split-input-file --verify-diagnostics

!t = tensor<1x16x2x64xf16>
func.func @tensors(%t: !t) -> !t {
  // expected-error @+1 {{expected memrefs, but got tensors; run one-shot-bufferize first}}
  %0 = attn.forward ins(%t, %t, %t : !t, !t, !t) outs(%t : !t) -> !t
  return %0 : !t
}

// -----

!m = memref<1x16x2x64xf16>
func.func @no_config(%m: !m) {
  // expected-error @+1 {{expected a config; run attn-select-config first}}
  attn.forward ins(%m, %m, %m : !m, !m, !m) outs(%m : !m)
  return
}

// -----

!q = memref<1x16x2x64xf8E5M2>
!o = memref<1x16x2x64xf16>
!s = memref<1x2x1xf32>
func.func @eight_bit(%q: !q, %o: !o, %s: !s) {
  // expected-error @+1 {{cannot tile: expected f16, bf16, f8E4M3FN or i8, but got 'f8E5M2'}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) scales(%s, %s, %s : !s, !s, !s) outs(%o : !o)
      {config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
  return
}

// -----

!q = memref<1x16x2x64xi8>
!o = memref<1x16x2x64xf16>
!s = memref<1x2x1xf32>
func.func @integers_one_level(%q: !q, %o: !o, %s: !s) {
  // expected-error @+1 {{expected two_level in the config with V of i8, whose sums of products no correction multiplies}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) scales(%s, %s, %s : !s, !s, !s) outs(%o : !o)
      {config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
  return
}

// -----

!q = memref<1x16x2x64xi8>
!o = memref<1x16x2x64xf16>
!s = memref<1x2x1xf32>
func.func @integers_exponent(%q: !q, %o: !o, %s: !s) {
  // expected-error @+1 {{expected an exponent of at most 6 in the config with V of i8, whose probabilities end at 127, but got 7}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) scales(%s, %s, %s : !s, !s, !s) outs(%o : !o)
      {config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, exponent = 7, two_level>}
  return
}

// -----

!q = memref<1x16x2x64xi8>
!o = memref<1x16x2x64xf16>
!s = memref<1x2x1xf32>
func.func @integers_speculation(%q: !q, %o: !o, %s: !s) {
  // expected-error @+1 {{expected a bound of speculation of at most 127 in the config with V of i8, whose probabilities end there, but got 448}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) scales(%s, %s, %s : !s, !s, !s) outs(%o : !o)
      {config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 448, exponent = 4, two_level>}
  return
}

// -----

!m = memref<1x16x2x64xf16>
func.func @region_beyond_elementwise(%m: !m, %out: !m) {
  attn.forward ins(%m, %m, %m : !m, !m, !m) outs(%out : !m)
      {config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
      score {
      ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
        // expected-error @+1 {{cannot be applied to a tile in a score or mask region: expected scalars, but got 'vector<4xf32>'}}
        %p = vector.broadcast %s : f32 to vector<4xf32>
        %r = vector.extract %p[0] : f32 from vector<4xf32>
        attn.yield %r : f32
      }
  return
}

// -----

!m = memref<1x16x2x64xf16>
func.func @region_of_bytes(%m: !m, %bias: memref<16xf8E4M3FN>, %out: !m) {
  attn.forward ins(%m, %m, %m : !m, !m, !m) outs(%out : !m)
      {config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
      score {
      ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
        // expected-error @+1 {{cannot be applied to a tile in a score or mask region: expected f16, bf16, f32 or f64, but got 'f8E4M3FN'}}
        %0 = memref.load %bias[%j] : memref<16xf8E4M3FN>
        %1 = arith.extf %0 : f8E4M3FN to f32
        attn.yield %1 : f32
      }
  return
}

// -----

!m = memref<1x16x2x64xf16>
func.func @region_of_two_results(%m: !m, %out: !m) {
  attn.forward ins(%m, %m, %m : !m, !m, !m) outs(%out : !m)
      {config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
      score {
      ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
        // expected-error @+1 {{cannot be applied to a tile in a score or mask region: expected one result, but got 2}}
        %0, %1 = math.sincos %s : f32
        attn.yield %0 : f32
      }
  return
}

// -----

!m = memref<1x16x2x64xf16>
func.func @region_beyond_arithmetic(%m: !m, %out: !m) {
  attn.forward ins(%m, %m, %m : !m, !m, !m) outs(%out : !m)
      {config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
      mask {
      ^bb0(%b: index, %h: index, %i: index, %j: index):
        // expected-error @+1 {{cannot be applied to a tile in a score or mask region: expected an elementwise operation, a constant or memref.load}}
        %near = index.cmp slt(%i, %j)
        attn.yield %near : i1
      }
  return
}

// -----

!m = memref<1x16x2x64xf16>
func.func @control_flow(%m: !m, %out: !m) {
  attn.forward ins(%m, %m, %m : !m, !m, !m) outs(%out : !m)
      {config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
      score {
      ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
        %c = arith.cmpi slt, %i, %j : index
        // expected-error @+1 {{cannot be applied to a tile in a score or mask region: expected both values to be computed, and arith.select between them}}
        %r = scf.if %c -> f32 {
          scf.yield %s : f32
        } else {
          %n = arith.negf %s : f32
          scf.yield %n : f32
        }
        attn.yield %r : f32
      }
  return
}

// -----

!q = memref<1x16x8x64xf16>
func.func @splits(%q: !q, %o: !q) {
  // expected-error @+1 {{expected no splits in the config, but got 4; run attn-split-keys first}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%o : !q)
    {config = #attn.config<tile = 64x128, stages = 2, consumers = 1, registers = 24x240, splits = 4>}
  return
}

// -----

!q = memref<1x16x8x64xf16>
!k = memref<1x16x2x64xf16>
func.func @pack(%q: !q, %k: !k, %o: !q) {
  // expected-error @+1 {{expected pack to be less than twice the 4 heads of Q that share a head of K, but got 8}}
  attn.forward ins(%q, %k, %k : !q, !k, !k) outs(%o : !q)
    {config = #attn.config<tile = 64x128, stages = 2, consumers = 1, registers = 24x240, pack = 8>}
  return
}

// -----

!q = memref<1x16x8x64xf16>
func.func @persistent_ranges(%q: !q, %os: memref<2x1x16x8x64xf32>, %lses: memref<2x1x8x16xf32>, %n: index) {
  // expected-error @+1 {{expected a config that is not persistent with split_keys, whose blocks take one tile}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) split_keys(%n) outs(%os, %lses : memref<2x1x16x8x64xf32>, memref<2x1x8x16xf32>)
    {config = #attn.config<tile = 64x128, stages = 2, consumers = 1, registers = 24x240, persistent>}
  return
}

// -----

!m = memref<1x16x2x64xf16>
func.func @output_is_input(%q: !m, %k: !m) {
  // expected-error @+1 {{expected an output that is none of the inputs, but got operand 1 as both; write into a buffer of its own}}
  attn.forward ins(%q, %k, %q : !m, !m, !m) outs(%k : !m)
      {config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24>}
  return
}

// -----

!m = memref<1x16x2x64xf8E4M3FN>
!v = memref<1x2x64x16xf8E4M3FN>
!s = memref<1x1x1xf32>
func.func @part_of_group(%m: !m, %v: !v, %s: !s, %o: memref<1x16x2x64xf16>) {
  // expected-error @+1 {{expected a tile of a multiple of 16 keys with a transposed V, but got 8}}
  attn.forward ins(%m, %m, %v : !m, !m, !v) scales(%s, %s, %s : !s, !s, !s) outs(%o : memref<1x16x2x64xf16>)
      {value_layout = #attn.value_layout<transposed>,
       config = #attn.config<tile = 4x8, stages = 1, consumers = 1, registers = 24x24>}
  return
}
