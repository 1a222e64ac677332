// One case for each branch of each numbered constraint of attn.forward that is
// about its regions, and of attn.yield (AttnOps.td), named by its number.

// RUN: fa3-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// attn.forward, constraint 10
//===----------------------------------------------------------------------===//

// Constraint 10: arguments of the score region.
!q = memref<2x16x4x64xf16>
func.func @c10_score_arguments(%q: !q) {
  // expected-error @+1 {{expected the score region to take ('f32', 'index', 'index', 'index', 'index'), but got ('f16', 'index')}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) score {
  ^bb0(%s: f16, %b: index):
    %r = arith.constant 0.0 : f32
    attn.yield %r : f32
  }
  return
}

// -----

// Constraint 10: result of the score region.
!q = memref<2x16x4x64xf16>
func.func @c10_score_result(%q: !q) {
  // expected-error @+1 {{expected the score region to yield 'f32', but got 'i1'}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %r = arith.constant true
    attn.yield %r : i1
  }
  return
}

// -----

// Constraint 10: arguments of the mask region.
!q = memref<2x16x4x64xf16>
func.func @c10_mask_arguments(%q: !q) {
  // expected-error @+1 {{expected the mask region to take ('index', 'index', 'index', 'index'), but got ('f32', 'index', 'index', 'index', 'index')}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) mask {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %r = arith.constant true
    attn.yield %r : i1
  }
  return
}

// -----

// Constraint 10: result of the mask region.
!q = memref<2x16x4x64xf16>
func.func @c10_mask_result(%q: !q) {
  // expected-error @+1 {{expected the mask region to yield 'i1', but got 'f32'}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %r = arith.constant 1.0 : f32
    attn.yield %r : f32
  }
  return
}

// -----

// Constraint 10: no region without a terminator.
!q = memref<2x16x4x64xf16>
func.func @c10_no_terminator(%q: !q) {
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    // expected-error @+1 {{block with no terminator}}
    %r = arith.addf %s, %s : f32
  }
  return
}

// -----

// Constraint 10: no region without an operation.
!q = memref<2x16x4x64xf16>
func.func @c10_empty_block(%q: !q) {
  // expected-error @+1 {{empty block: expect at least a terminator}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
  }
  return
}

// -----

// Constraint 10: ends with attn.yield.
!q = memref<2x16x4x64xf16>
func.func @c10_other_terminator(%q: !q) {
  // expected-error @+1 {{expected the score region to end with attn.yield}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    llvm.unreachable
  }
  return
}

// -----

// Constraint 10: one block.
!q = memref<2x16x4x64xf16>
func.func @c10_two_blocks(%q: !q) {
  // expected-error @+1 {{region #1 ('maskRegion') failed to verify constraint: region with at most 1 blocks}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    cf.br ^bb1
  ^bb1:
    %r = arith.constant true
    attn.yield %r : i1
  }
  return
}

// -----

// Constraint 10: effects.
!q = memref<2x16x4x64xf16>
func.func @c10_store(%q: !q, %m: memref<f32>) {
  // expected-error @+1 {{expected the operations of the score region to be pure or only to read, but got memref.store}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    // expected-note @+1 {{the operation is here}}
    memref.store %s, %m[] : memref<f32>
    attn.yield %s : f32
  }
  return
}

// -----

// Constraint 10: effects that are not known.
!q = memref<2x16x4x64xf16>
func.func private @g() -> i1
func.func @c10_call(%q: !q) {
  // expected-error @+1 {{expected the operations of the mask region to be pure or only to read, but got func.call}}
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    // expected-note @+1 {{the operation is here}}
    %r = func.call @g() : () -> i1
    attn.yield %r : i1
  }
  return
}

// -----

// Constraint 10: each region has its own values. The parser joins a name that
// is used in the first region with its definition in the second, and destroys
// the second first.
!q = memref<2x16x4x64xf16>
func.func @c10_value_of_the_other_region(%q: !q, %m: memref<?xf32>) {
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %c: index):
    %r = memref.load %m[%j] : memref<?xf32>
    attn.yield %r : f32
  // expected-error @+1 {{expected the values of the mask region to be used inside of it}}
  } mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %t = arith.constant true
    attn.yield %t : i1
  }
  return
}

// -----

// The same with an error in the second region.
!q = memref<2x16x4x64xf16>
func.func @c10_value_of_the_other_region_and_error(%q: !q, %m: memref<?xf32>) {
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %c: index):
    %r = memref.load %m[%j] : memref<?xf32>
    attn.yield %r : f32
  } mask {
  ^bb0(%b: index, %h: index, %i: index, %j: index):
  // expected-error @+1 {{redefinition of block '^bb0'}}
  ^bb0(%b: index, %h: index, %i: index, %j: index):
    %t = arith.constant true
    attn.yield %t : i1
  }
  return
}

// -----

//===----------------------------------------------------------------------===//
// attn.yield
//===----------------------------------------------------------------------===//

func.func @yield_outside(%x: f32) {
  // expected-error @+1 {{expects parent op 'attn.forward'}}
  attn.yield %x : f32
}

// -----

!q = memref<2x16x4x64xf16>
func.func @yield_type(%q: !q) {
  attn.forward ins(%q, %q, %q : !q, !q, !q) outs(%q : !q) score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    // expected-error @+1 {{operand #0 must be 32-bit float or 1-bit signless integer, but got 'index'}}
    attn.yield %b : index
  }
  return
}
