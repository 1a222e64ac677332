// Keys split into ranges and heads packed into tiles, against the reference of
// the operation that is whole.
// RUN: fa3-run %s --entry causal --dim B=2,Sq=1,Sk=53 --pipeline-options=splits=3 --check | FileCheck %s
// RUN: fa3-run %s --entry causal --dim B=2,Sq=2,Sk=53 --pipeline-options=splits=3 --check | FileCheck %s
// RUN: fa3-run %s --entry causal --dim B=2,Sq=5,Sk=53 --pipeline-options=splits=3 --check | FileCheck %s
// RUN: fa3-run %s --entry causal --dim B=2,Sq=16,Sk=53 --pipeline-options=splits=3 --check | FileCheck %s
// RUN: fa3-run %s --entry causal --dim B=2,Sq=17,Sk=53 --pipeline-options=splits=3 --check | FileCheck %s
// RUN: fa3-run %s --entry causal --dim B=1,Sq=4,Sk=0 --pipeline-options=splits=3 --check | FileCheck %s
// RUN: fa3-run %s --entry causal --dim B=1,Sq=40,Sk=9 --pipeline-options=splits=7 --check | FileCheck %s
// RUN: fa3-run %s --entry window --check | FileCheck %s
// RUN: fa3-run %s --entry regions --dim B=2,Sq=3,Sk=70 --check | FileCheck %s
// RUN: fa3-run %s --entry part --dim B=2,Sq=7,Sk=50 --check | FileCheck %s
// RUN: fa3-run %s --entry bhsd --dim B=2,Sq=3,Sk=70 --check | FileCheck %s
// RUN: fa3-run %s --entry tensors --dim B=1,Sq=2,Sk=41 --pipeline-options=splits=4 --check | FileCheck %s --check-prefix=RESULT
// CHECK: (%o): max abs error {{.*}}: ok
// CHECK: (%lse): max abs error {{.*}}: ok
// RESULT: result 0: max abs error {{.*}}: ok

func.func @causal(%q: memref<?x?x6x24xf16>, %k: memref<?x?x2x24xf16>, %v: memref<?x?x2x32xf16>, %o: memref<?x?x6x32xf16>, %lse: memref<?x6x?xf32>) {
  attn.forward ins(%q, %k, %v : memref<?x?x6x24xf16>, memref<?x?x2x24xf16>, memref<?x?x2x32xf16>) outs(%o, %lse : memref<?x?x6x32xf16>, memref<?x6x?xf32>) {causal}
  return
}
func.func @window(%q: memref<2x9x8x16xbf16>, %k: memref<2x75x2x16xbf16>, %v: memref<2x75x2x16xbf16>, %o: memref<2x9x8x16xbf16>, %lse: memref<2x8x9xf32>) {
  attn.forward ins(%q, %k, %v : memref<2x9x8x16xbf16>, memref<2x75x2x16xbf16>, memref<2x75x2x16xbf16>) outs(%o, %lse : memref<2x9x8x16xbf16>, memref<2x8x9xf32>)
    {window = #attn.window<left = 20, right = 2>, config = #attn.config<tile = 8x16, stages = 1, consumers = 1, registers = 24x24, pack = 4, splits = 5>}
  return
}
// Three heads in a tile for four, of two groups.
func.func @part(%q: memref<?x?x6x16xf16>, %k: memref<?x?x2x16xf16>, %v: memref<?x?x2x16xf16>, %o: memref<?x?x6x16xf16>, %lse: memref<?x6x?xf32>, %slopes: memref<6xf32>) {
  attn.forward ins(%q, %k, %v : memref<?x?x6x16xf16>, memref<?x?x2x16xf16>, memref<?x?x2x16xf16>) outs(%o, %lse : memref<?x?x6x16xf16>, memref<?x6x?xf32>)
    {causal, config = #attn.config<tile = 8x16, stages = 1, consumers = 1, registers = 24x24, pack = 4, splits = 3>}
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %slope = memref.load %slopes[%h] : memref<6xf32>
    %r = arith.addf %s, %slope : f32
    attn.yield %r : f32
  }
  return
}
// What a region sees of a packed row is its own head and query.
func.func @regions(%q: memref<?x?x8x16xf16>, %k: memref<?x?x2x16xf16>, %v: memref<?x?x2x16xf16>, %o: memref<?x?x8x16xf16>, %lse: memref<?x8x?xf32>, %slopes: memref<8xf32>) {
  attn.forward ins(%q, %k, %v : memref<?x?x8x16xf16>, memref<?x?x2x16xf16>, memref<?x?x2x16xf16>) outs(%o, %lse : memref<?x?x8x16xf16>, memref<?x8x?xf32>)
    {causal, config = #attn.config<tile = 8x16, stages = 1, consumers = 1, registers = 24x24, pack = 2, splits = 3>}
  score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %slope = memref.load %slopes[%h] : memref<8xf32>
    %d = arith.subi %j, %i : index
    %di = arith.index_cast %d : index to i32
    %df = arith.sitofp %di : i32 to f32
    %bias = arith.mulf %slope, %df : f32
    %r = arith.addf %s, %bias : f32
    attn.yield %r : f32
  } mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %c7 = arith.constant 7 : index
    %far = arith.cmpi ne, %j, %c7 : index
    attn.yield %far : i1
  }
  return
}
func.func @bhsd(%q: memref<?x8x?x16xf16>, %k: memref<?x2x?x16xf16>, %v: memref<?x2x?x16xf16>, %o: memref<?x8x?x16xf16>, %lse: memref<?x8x?xf32>) {
  attn.forward ins(%q, %k, %v : memref<?x8x?x16xf16>, memref<?x2x?x16xf16>, memref<?x2x?x16xf16>) outs(%o, %lse : memref<?x8x?x16xf16>, memref<?x8x?xf32>)
    {causal, layout = #attn.layout<bhsd>, config = #attn.config<tile = 8x16, stages = 1, consumers = 1, registers = 24x24, pack = 4, splits = 2>}
  return
}
func.func @tensors(%q: tensor<?x?x4x16xf16>, %k: tensor<?x?x2x16xf16>, %v: tensor<?x?x2x16xf16>, %o: tensor<?x?x4x16xf16>) -> tensor<?x?x4x16xf16> {
  %r = attn.forward ins(%q, %k, %v : tensor<?x?x4x16xf16>, tensor<?x?x2x16xf16>, tensor<?x?x2x16xf16>) outs(%o : tensor<?x?x4x16xf16>) {causal} -> tensor<?x?x4x16xf16>
  return %r : tensor<?x?x4x16xf16>
}
