// Quantisation against its definition in float64: blocks, odd lengths, scales of
// heads and of tensors, rotations, embeddings, Y transposed; values within half of
// the distance to a neighbour.
// RUN: fa3-run %s --target=cpu --entry blocks --dim B=2,Sq=70 --shape s=2x4x3 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry blocks --dim B=1,Sq=1 --shape s=1x4x1 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry blocks --dim B=1,Sq=0 --shape s=1x4x0 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry wide_block --dim B=1,Sq=9 --shape s=1x1x1 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry rotated --dim B=2,Sq=33 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry tensor --dim B=3,Sq=19 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry half --dim B=1,Sq=31 --shape s=1x3x5 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry neighbours --dim B=2,Sq=5 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry transposed --dim B=2,Sq=70 --shape y=2x4x32x80 --shape s=2x4x3 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry transposed --dim B=1,Sq=3 --shape y=1x4x32x16 --shape s=1x4x1 --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry whole_transposed --check | FileCheck %s
// RUN: fa3-run %s --target=cpu --entry results --check | FileCheck %s --check-prefix=RESULT
// RUN: fa3-run %s --target=cpu --entry inverse --dim B=2,Sq=9 --shape s=2x4x3 --check | FileCheck %s --check-prefix=INVERSE
// RUN: fa3-run %s --target=cpu --entry back --check | FileCheck %s --check-prefix=BACK
// RUN: fa3-run %s --target=cpu --entry attention --check | FileCheck %s --check-prefix=ATTENTION
// RUN: fa3-run %s --target=cpu --entry attention_transposed --check | FileCheck %s --check-prefix=ATTENTION
// CHECK: (%y): max abs error {{.*}}: ok
// CHECK: (%s): max abs error {{.*}}: ok
// RESULT: result 0: max abs error {{.*}}: ok
// RESULT: result 1: max abs error {{.*}}: ok
// INVERSE: (%x): max abs error {{.*}}: ok
// BACK: (%z): max abs error {{.*}}: ok
// ATTENTION: (%o): max abs error {{.*}}: ok

func.func @blocks(%x: memref<?x?x4x32xf16>, %y: memref<?x?x4x32xf8E4M3FN>, %s: memref<?x4x?xf32>) {
  attn.quantize ins(%x : memref<?x?x4x32xf16>) outs(%y, %s : memref<?x?x4x32xf8E4M3FN>, memref<?x4x?xf32>) {block = 32}
  return
}
// A block that is longer than any length.
func.func @wide_block(%x: memref<?x?x1x16xf16>, %y: memref<?x?x1x16xf8E4M3FN>, %s: memref<?x1x?xf32>) {
  attn.quantize ins(%x : memref<?x?x1x16xf16>) outs(%y, %s : memref<?x?x1x16xf8E4M3FN>, memref<?x1x?xf32>) {block = 9223372036854775807}
  return
}
// Groups of 32 columns, one scale for each head.
func.func @rotated(%x: memref<?x?x2x96xbf16>, %y: memref<?x?x2x96xf8E4M3FN>, %s: memref<?x2x1xf32>) {
  attn.quantize ins(%x : memref<?x?x2x96xbf16>) outs(%y, %s : memref<?x?x2x96xf8E4M3FN>, memref<?x2x1xf32>) {rotation = 7}
  return
}
func.func @tensor(%x: memref<?x2x?x16xf32>, %y: memref<?x2x?x16xf8E4M3FN>, %s: memref<1x1x1xf32>) {
  attn.quantize ins(%x : memref<?x2x?x16xf32>) outs(%y, %s : memref<?x2x?x16xf8E4M3FN>, memref<1x1x1xf32>) {layout = #attn.layout<bhsd>, rotation = 0}
  return
}
func.func @half(%x: memref<?x?x3x64xbf16>, %cos: memref<?x32xf32>, %sin: memref<?x32xf32>, %y: memref<?x?x3x64xf8E4M3FN>, %s: memref<?x3x?xf32>) {
  attn.quantize ins(%x : memref<?x?x3x64xbf16>) rotary(%cos, %sin : memref<?x32xf32>, memref<?x32xf32>) outs(%y, %s : memref<?x?x3x64xf8E4M3FN>, memref<?x3x?xf32>) {block = 7, rotation = 4294967295}
  return
}
func.func @neighbours(%x: memref<?x?x1x48xf16>, %cos: memref<?x24xf32>, %sin: memref<?x24xf32>, %y: memref<?x?x1x48xf8E4M3FN>, %s: memref<1x1x1xf32>) {
  attn.quantize ins(%x : memref<?x?x1x48xf16>) rotary(%cos, %sin : memref<?x24xf32>, memref<?x24xf32>) outs(%y, %s : memref<?x?x1x48xf8E4M3FN>, memref<1x1x1xf32>) {interleaved_rotary}
  return
}
func.func @transposed(%x: memref<?x?x4x32xf16>, %y: memref<?x4x32x?xf8E4M3FN>, %s: memref<?x4x?xf32>) {
  attn.quantize ins(%x : memref<?x?x4x32xf16>) outs(%y, %s : memref<?x4x32x?xf8E4M3FN>, memref<?x4x?xf32>) {block = 32, transposed, rotation = 3}
  return
}
func.func @whole_transposed(%x: memref<2x2x21x16xf16>, %y: memref<2x2x16x32xf8E4M3FN>, %s: memref<2x1x1xf32>) {
  attn.quantize ins(%x : memref<2x2x21x16xf16>) outs(%y, %s : memref<2x2x16x32xf8E4M3FN>, memref<2x1x1xf32>) {layout = #attn.layout<bhsd>, transposed}
  return
}
func.func @results(%x: tensor<1x9x2x16xf16>) -> (tensor<1x9x2x16xf8E4M3FN>, tensor<1x2x3xf32>) {
  %y = tensor.empty() : tensor<1x9x2x16xf8E4M3FN>
  %s = tensor.empty() : tensor<1x2x3xf32>
  %r:2 = attn.quantize ins(%x : tensor<1x9x2x16xf16>) outs(%y, %s : tensor<1x9x2x16xf8E4M3FN>, tensor<1x2x3xf32>) {block = 4} -> tensor<1x9x2x16xf8E4M3FN>, tensor<1x2x3xf32>
  return %r#0, %r#1 : tensor<1x9x2x16xf8E4M3FN>, tensor<1x2x3xf32>
}
func.func @inverse(%y: memref<?x?x4x96xf8E4M3FN>, %s: memref<?x4x?xf32>, %x: memref<?x?x4x96xf16>) {
  attn.dequantize ins(%y, %s : memref<?x?x4x96xf8E4M3FN>, memref<?x4x?xf32>) outs(%x : memref<?x?x4x96xf16>) {block = 4, rotation = 5}
  return
}
func.func @back(%x: memref<1x9x2x64xf32>, %y: memref<1x9x2x64xf8E4M3FN>, %s: memref<1x2x9xf32>, %z: memref<1x9x2x64xf32>) {
  attn.quantize ins(%x : memref<1x9x2x64xf32>) outs(%y, %s : memref<1x9x2x64xf8E4M3FN>, memref<1x2x9xf32>) {block = 1, rotation = 5}
  attn.dequantize ins(%y, %s : memref<1x9x2x64xf8E4M3FN>, memref<1x2x9xf32>) outs(%z : memref<1x9x2x64xf32>) {block = 1, rotation = 5}
  return
}
// From 16 bits to attention in one function.
func.func @attention(%q: memref<1x40x4x32xf16>, %k: memref<1x70x2x32xf16>, %v: memref<1x70x2x32xf16>, %o: memref<1x40x4x32xf16>) {
  %q8 = memref.alloc() : memref<1x40x4x32xf8E4M3FN>
  %k8 = memref.alloc() : memref<1x70x2x32xf8E4M3FN>
  %v8 = memref.alloc() : memref<1x70x2x32xf8E4M3FN>
  %qs = memref.alloc() : memref<1x4x3xf32>
  %ks = memref.alloc() : memref<1x2x3xf32>
  %vs = memref.alloc() : memref<1x2x1xf32>
  attn.quantize ins(%q : memref<1x40x4x32xf16>) outs(%q8, %qs : memref<1x40x4x32xf8E4M3FN>, memref<1x4x3xf32>) {block = 16, rotation = 1}
  attn.quantize ins(%k : memref<1x70x2x32xf16>) outs(%k8, %ks : memref<1x70x2x32xf8E4M3FN>, memref<1x2x3xf32>) {block = 32, rotation = 1}
  attn.quantize ins(%v : memref<1x70x2x32xf16>) outs(%v8, %vs : memref<1x70x2x32xf8E4M3FN>, memref<1x2x1xf32>)
  attn.forward ins(%q8, %k8, %v8 : memref<1x40x4x32xf8E4M3FN>, memref<1x70x2x32xf8E4M3FN>, memref<1x70x2x32xf8E4M3FN>) scales(%qs, %ks, %vs : memref<1x4x3xf32>, memref<1x2x3xf32>, memref<1x2x1xf32>) outs(%o : memref<1x40x4x32xf16>) {query_block = 16, key_block = 32}
  return
}
// V as the products along the keys take it: both agree on the order of the keys.
func.func @attention_transposed(%q: memref<1x40x4x32xf16>, %k: memref<1x70x2x32xf16>, %v: memref<1x70x2x32xf16>, %o: memref<1x40x4x32xf16>) {
  %q8 = memref.alloc() : memref<1x40x4x32xf8E4M3FN>
  %k8 = memref.alloc() : memref<1x70x2x32xf8E4M3FN>
  %v8 = memref.alloc() : memref<1x2x32x80xf8E4M3FN>
  %qs = memref.alloc() : memref<1x4x3xf32>
  %ks = memref.alloc() : memref<1x2x3xf32>
  %vs = memref.alloc() : memref<1x2x1xf32>
  attn.quantize ins(%q : memref<1x40x4x32xf16>) outs(%q8, %qs : memref<1x40x4x32xf8E4M3FN>, memref<1x4x3xf32>) {block = 16, rotation = 1}
  attn.quantize ins(%k : memref<1x70x2x32xf16>) outs(%k8, %ks : memref<1x70x2x32xf8E4M3FN>, memref<1x2x3xf32>) {block = 32, rotation = 1}
  attn.quantize ins(%v : memref<1x70x2x32xf16>) outs(%v8, %vs : memref<1x2x32x80xf8E4M3FN>, memref<1x2x1xf32>) {transposed}
  attn.forward ins(%q8, %k8, %v8 : memref<1x40x4x32xf8E4M3FN>, memref<1x70x2x32xf8E4M3FN>, memref<1x2x32x80xf8E4M3FN>) scales(%qs, %ks, %vs : memref<1x4x3xf32>, memref<1x2x3xf32>, memref<1x2x1xf32>) outs(%o : memref<1x40x4x32xf16>) {query_block = 16, key_block = 32, value_layout = #attn.value_layout<transposed>}
  return
}
