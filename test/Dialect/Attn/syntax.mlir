// What the text of attn.forward takes, and what it says where it does not.

// RUN: split-file %s %t
// RUN: fa3-opt %t/taken.mlir | FileCheck %t/taken.mlir
// RUN: fa3-opt %t/refused.mlir --split-input-file --verify-diagnostics

//--- taken.mlir
!q = memref<1x16x2x64xf16>
func.func @taken(%q: !q, %o: !q) {
  // A number without a type.
  // CHECK: attn.forward {{.*}} {scale = 5.000000e-01 : f32}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) {scale = 0.5}
  // Names in quotes, attributes of other dialects, empty braces.
  // CHECK: attn.forward {{.*}} {causal, func.note = 1 : i64}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) {"causal", func.note = 1}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) {}
  // Regions in either order.
  // CHECK: score {
  // CHECK: mask {
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %0 = arith.cmpi sle, %j, %i : index
    attn.yield %0 : i1
  } score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %0 = arith.negf %s : f32
    attn.yield %0 : f32
  }
  return
}
//--- refused.mlir
!q = memref<1x16x2x64xf16>
func.func @window_number(%q: !q, %o: !q) {
  // expected-error @+1 {{expected window to have an #attn.window, as <left = 128, right = 0>, but got 128 : i64}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) {window = 128}
  return
}

// -----

!q = memref<1x16x2x64xf16>
func.func @window_without_names(%q: !q, %o: !q) {
  // expected-error @+1 {{expected 'left = n', 'right = n' or both in an #attn.window}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) {window = #attn.window<3, 0>}
  return
}

// -----

!q = memref<1x16x2x64xf16>
func.func @window_twice(%q: !q, %o: !q) {
  // expected-error @+1 {{expected left once}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) {window = #attn.window<left = 3, left = 4>}
  return
}

// -----

!q = memref<1x16x2x64xf16>
func.func @value_layout_string(%q: !q, %o: !q) {
  // expected-error @+1 {{expected value_layout to have #attn.value_layout<rows> or #attn.value_layout<transposed>, but got "transposed"}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) {value_layout = "transposed"}
  return
}

// -----

!q = memref<1x16x2x64xf16>
func.func @layout_string(%q: !q, %o: !q) {
  // expected-error @+1 {{expected layout to have #attn.layout<bshd> or #attn.layout<bhsd>, but got "bhsd"}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) {layout = "bhsd"}
  return
}

// -----

!q = memref<1x16x2x64xf16>
func.func @alignment_string(%q: !q, %o: !q) {
  // expected-error @+1 {{expected alignment to have #attn.alignment<top_left> or #attn.alignment<bottom_right>, but got "top"}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) {causal, alignment = "top"}
  return
}

// -----

!q = memref<1x16x2x64xf16>
func.func @causal_false(%q: !q, %o: !q) {
  // expected-error @+1 {{expected causal to have no value, as it stands alone, but got false}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) {causal = false}
  return
}

// -----

!q = memref<1x16x2x64xf16>
func.func @scale_integer(%q: !q, %o: !q) {
  // expected-error @+1 {{expected scale to have a number in single precision, as 0.125 : f32, but got 2 : i64}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) {scale = 2}
  return
}

// -----

!q = memref<1x16x2x64xf16>
func.func @block_string(%q: !q, %o: !q) {
  // expected-error @+1 {{expected query_block to have a number of rows, as 128 : i64, but got 128 : i32}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) {query_block = 128 : i32}
  return
}

// -----

!q = memref<1x16x2x64xf16>
func.func @config_half(%q: !q, %o: !q) {
  // expected-error @+1 {{expected stages in an #attn.config, as <tile = 128x128, stages = 2, consumers = 2, registers = 24x240>}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) {config = #attn.config<tile = 128x128>}
  return
}

// -----

!q = memref<1x16x2x64xf16>
func.func @twice(%q: !q, %o: !q) {
  // expected-error @+1 {{expected 'causal' once}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%o : !q) {causal, causal}
  return
}
