// RUN: fa3-opt %s --hopper-outline-kernel --split-input-file --verify-diagnostics | FileCheck %s

// One block for each point of the grid; what stands beside the grid and has no
// effects is computed in each block.

// CHECK-LABEL: gpu.module @static
//       CHECK:   gpu.func @static(%[[M:[a-z0-9]+]]: memref<4x8xf32>) kernel
//  CHECK-SAME:       hopper.grid = #hopper.expression<() -> (4)>
//   CHECK-NOT:   attn.config
//       CHECK:     %[[V:.+]] = arith.constant 1.000000e+00 : f32
//       CHECK:     %[[BLOCK:.+]] = gpu.block_id x
//   CHECK-NOT:     scf.forall
//       CHECK:     %[[NARROW:.+]] = arith.index_cast %[[BLOCK]] : index to i32
//       CHECK:     %[[ID:.+]] = arith.index_cast %[[NARROW]] : i32 to index
//       CHECK:     memref.store %[[V]], %[[M]][%[[ID]], %[[ID]]]
//       CHECK:     gpu.return
//   CHECK-NOT: func.func @static
func.func @static(%m: memref<4x8xf32>) {
  %v = arith.constant 1.0 : f32
  scf.forall (%i) in (4) {
    memref.store %v, %m[%i, %i] : memref<4x8xf32>
  }
  return
}

// -----

// The first dimension of the grid varies fastest from block to block; a block is
// found in 32 bits. The host
// computes the number of blocks from the sizes of its arguments, each of which
// stands once; the configuration goes from the grid to the kernel.

// CHECK-LABEL: gpu.func @dynamic
//  CHECK-SAME:     attn.config = #attn.config<tile = 128x64, stages = 2, consumers = 2, registers = 24x240>
//  CHECK-SAME:     hopper.grid = #hopper.expression<()[s0, s1] -> (((s0 ceildiv 128) * s1) * (s0 + 3)), [<0, 0>, <1, 1>]>
//       CHECK:   %[[TILES:.+]] = arith.ceildivui
//       CHECK:   %[[HEADS:.+]] = memref.dim %{{.+}}, %c1
//       CHECK:   %[[BLOCK:.+]] = gpu.block_id x
//       CHECK:   %[[ID:.+]] = arith.index_cast %[[BLOCK]] : index to i32
//       CHECK:   %[[TILES32:.+]] = arith.index_cast %[[TILES]] : index to i32
//       CHECK:   %[[I32:.+]] = arith.remui %[[ID]], %[[TILES32]] : i32
//       CHECK:   %[[I:.+]] = arith.index_cast %[[I32]] : i32 to index
//       CHECK:   %[[REST:.+]] = arith.divui %[[ID]], %[[TILES32]] : i32
//       CHECK:   %[[HEADS32:.+]] = arith.index_cast %[[HEADS]] : index to i32
//       CHECK:   %[[J32:.+]] = arith.remui %[[REST]], %[[HEADS32]] : i32
//       CHECK:   %[[J:.+]] = arith.index_cast %[[J32]] : i32 to index
//       CHECK:   %[[K32:.+]] = arith.divui %[[REST]], %[[HEADS32]] : i32
//       CHECK:   %[[K:.+]] = arith.index_cast %[[K32]] : i32 to index
//       CHECK:   memref.store %{{.+}}, %{{.+}}[%[[I]], %[[J]]]
//       CHECK:   memref.store %{{.+}}, %{{.+}}[%[[K]], %[[K]]]
func.func @dynamic(%a: memref<?x?xf32>, %b: memref<8x?xf32>) {
  %v = arith.constant 1.0 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %c128 = arith.constant 128 : index
  %rows = memref.dim %a, %c0 : memref<?x?xf32>
  %tiles = arith.ceildivui %rows, %c128 : index
  %heads = memref.dim %b, %c1 : memref<8x?xf32>
  %more = arith.addi %rows, %c3 : index
  scf.forall (%i, %j, %k) in (%tiles, %heads, %more) {
    memref.store %v, %a[%i, %j] : memref<?x?xf32>
    memref.store %v, %a[%k, %k] : memref<?x?xf32>
  } {attn.config = #attn.config<tile = 128x64, stages = 2, consumers = 2, registers = 24x240>}
  return
}

// -----

// Every kind of arithmetic, and a size that its type gives.

// CHECK-LABEL: gpu.func @arithmetic
//  CHECK-SAME:     hopper.grid = #hopper.expression<()[s0] -> (((s0 - 8) * 8) floordiv 3), [<0, 0>]>
func.func @arithmetic(%a: memref<?x8xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %d = memref.dim %a, %c0 : memref<?x8xf32>
  %e = memref.dim %a, %c1 : memref<?x8xf32>
  %s = arith.subi %d, %e : index
  %m = arith.muli %s, %e : index
  %n = arith.divui %m, %c3 : index
  scf.forall (%i) in (%n) {
  }
  return
}

// -----

// What threads do one thing after the other for: the second when all have done the
// first.

// CHECK-LABEL: gpu.func @phases
//  CHECK-SAME:   known_block_size = array<i32: 64, 1, 1>
//       CHECK:   %[[THREAD:.+]] = gpu.thread_id x
//       CHECK:   memref.store %{{.+}}, %[[A:.+]][%[[THREAD]]]
//  CHECK-NEXT:   gpu.barrier
//   CHECK-NOT:   gpu.thread_id
//       CHECK:   memref.load %[[A]]
//       CHECK:   memref.store %{{.+}}, %{{.+}}[%[[THREAD]]]
//   CHECK-NOT:   gpu.barrier
func.func @phases(%a: memref<64xf32>, %b: memref<64xf32>) {
  %c0 = arith.constant 0 : index
  %v = arith.constant 1.0 : f32
  scf.forall (%i) in (1) {
    scf.forall (%t) in (64) {
      memref.store %v, %a[%t] : memref<64xf32>
    } {mapping = [#gpu.thread<x>]}
    scf.forall (%t) in (64) {
      %first = memref.load %a[%c0] : memref<64xf32>
      memref.store %first, %b[%t] : memref<64xf32>
    } {mapping = [#gpu.thread<x>]}
  }
  return
}

// -----

// Assertions about sizes are the host's to check, not each block's.

// CHECK-LABEL: gpu.func @assertion
//  CHECK-SAME:     hopper.constraints = [#hopper.constraint<lhs = <()[s0] -> (s0), [<0, 0>]>, rhs = <()[s0] -> (s0), [<1, 0>]>, message = "expected equal lengths">]
//   CHECK-NOT:   cf.assert
func.func @assertion(%a: memref<?xf32>, %b: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %d = memref.dim %a, %c0 : memref<?xf32>
  %e = memref.dim %b, %c0 : memref<?xf32>
  %same = arith.cmpi eq, %d, %e : index
  cf.assert %same, "expected equal lengths"
  scf.forall (%i) in (%d) {
  }
  return
}

// -----

// Each function of a module becomes a kernel of its own; one without a grid, and
// one without a body, is left alone.

// CHECK: gpu.module @first
// CHECK: gpu.module @second
// CHECK: func.func @host(
// CHECK: func.func private @external(
func.func @first(%a: memref<4xf32>) {
  scf.forall (%i) in (4) {
  }
  return
}
func.func @second(%a: memref<4xf32>) {
  scf.forall (%i) in (4) {
  }
  return
}
func.func @host(%a: memref<4xf32>) {
  %c0 = arith.constant 0 : index
  %0 = memref.load %a[%c0] : memref<4xf32>
  return
}
func.func private @external(memref<4xf32>)

// -----

// A grid that says what each thread does follows the one in front of it; the
// buffer between the two is an argument of both, whose sizes the host computes.

// CHECK-LABEL: gpu.module @workspace
//       CHECK:   gpu.func @workspace(%[[M:.+]]: memref<?xf32>, %[[B:.+]]: memref<2x?xf32> {hopper.buffer = #hopper.buffer<<() -> (2)>, <()[s0] -> (s0 * 3), [<0, 0>]>>}) kernel
//   CHECK-NOT:     hopper.follows
//       CHECK:     memref.store %{{.+}}, %[[B]]
//       CHECK:   gpu.func @workspace_1(%[[M1:.+]]: memref<?xf32>, %[[B1:.+]]: memref<2x?xf32> {hopper.buffer = {{.+}}}) kernel
//  CHECK-SAME:     hopper.follows
//  CHECK-SAME:     known_block_size = array<i32: 32, 1, 1>
//       CHECK:     %[[T:.+]] = gpu.thread_id x
//       CHECK:     memref.load %[[B1]][%{{.+}}, %[[T]]]
//       CHECK:     memref.store %{{.+}}, %[[M1]][%[[T]]]
func.func @workspace(%m: memref<?xf32>) {
  %v = arith.constant 1.0 : f32
  %c0 = arith.constant 0 : index
  %c3 = arith.constant 3 : index
  %d = memref.dim %m, %c0 : memref<?xf32>
  %n = arith.muli %d, %c3 : index
  %b = memref.alloc(%n) : memref<2x?xf32>
  scf.forall (%i) in (2) {
    memref.store %v, %b[%i, %i] : memref<2x?xf32>
  }
  scf.forall (%i) in (2) {
    scf.forall (%t) in (32) {
      %x = memref.load %b[%i, %t] : memref<2x?xf32>
      memref.store %x, %m[%t] : memref<?xf32>
    } {mapping = [#gpu.thread<x>]}
  }
  memref.dealloc %b : memref<2x?xf32>
  return
}

// -----

// Two attentions are two kernels of one launch, each with its configuration.

// CHECK-LABEL: gpu.module @two_grids
//       CHECK:   gpu.func @two_grids(%{{.*}}: memref<4xf32>) kernel attributes {
//  CHECK-SAME:     attn.config = #attn.config<tile = 64x64,
//       CHECK:   gpu.func @two_grids_1(%{{.*}}: memref<4xf32>) kernel attributes {
//  CHECK-SAME:     attn.config = #attn.config<tile = 64x32,
//  CHECK-SAME:     hopper.follows
func.func @two_grids(%a: memref<4xf32>) {
  scf.forall (%i) in (4) {
  } {attn.config = #attn.config<tile = 64x64, stages = 1, consumers = 1, registers = 24x240>}
  scf.forall (%i) in (4) {
  } {attn.config = #attn.config<tile = 64x32, stages = 1, consumers = 1, registers = 24x240>}
  return
}

// -----

// -----

// Tables of constants go along; one that the host reads stays there, too.
// CHECK: memref.global "private" constant @read_by_the_host
// CHECK-NOT: memref.global
// CHECK-LABEL: func.func @host(
// CHECK: gpu.module @tables
// CHECK-DAG: memref.global "private" constant @table : memref<4xf32> = dense<[0.000000e+00, 1.000000e+00, 2.000000e+00, 3.000000e+00]>
// CHECK-DAG: memref.global "private" constant @read_by_the_host : memref<4xf32> = dense<[5.000000e+00, 6.000000e+00, 7.000000e+00, 8.000000e+00]>
// CHECK: gpu.func @tables(
// CHECK: memref.get_global @table
// CHECK: gpu.func @tables_1(
// CHECK: memref.get_global @table
memref.global "private" constant @table : memref<4xf32> = dense<[0.0, 1.0, 2.0, 3.0]>
memref.global "private" constant @read_by_the_host : memref<4xf32> = dense<[5.0, 6.0, 7.0, 8.0]>
func.func @host(%i: index) -> f32 {
  %table = memref.get_global @read_by_the_host : memref<4xf32>
  %0 = memref.load %table[%i] : memref<4xf32>
  return %0 : f32
}
func.func @tables(%a: memref<4xf32>) {
  %table = memref.get_global @table : memref<4xf32>
  %other = memref.get_global @read_by_the_host : memref<4xf32>
  scf.forall (%i) in (4) {
    %0 = memref.load %table[%i] : memref<4xf32>
    memref.store %0, %a[%i] : memref<4xf32>
  }
  scf.forall (%i) in (4) {
    %0 = memref.load %table[%i] : memref<4xf32>
    %1 = memref.load %other[%i] : memref<4xf32>
    %2 = arith.addf %0, %1 : f32
    memref.store %2, %a[%i] : memref<4xf32>
  }
  return
}

// -----

//===----------------------------------------------------------------------===//
// Refused
//===----------------------------------------------------------------------===//

func.func @grid_in_a_loop(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %j = %c0 to %n step %c1 {
    // expected-error @+1 {{expected a grid in the function itself, but got 'scf.for' around it; the host launches kernels, and loops and branches around that}}
    scf.forall (%i) in (4) {
    }
  }
  return
}

// -----

memref.global "private" @table : memref<4xf32> = dense<[0.0, 1.0, 2.0, 3.0]>
func.func @table_that_changes(%a: memref<4xf32>) {
  // expected-error @+1 {{cannot be read by a kernel; expected a constant, with its values in the module, or the tensor as an argument}}
  %table = memref.get_global @table : memref<4xf32>
  scf.forall (%i) in (4) {
    %0 = memref.load %table[%i] : memref<4xf32>
    memref.store %0, %a[%i] : memref<4xf32>
  }
  return
}

// -----

memref.global "private" constant @elsewhere : memref<4xf32, 3> = dense<[0.0, 1.0, 2.0, 3.0]>
func.func @table_in_another_space(%a: memref<4xf32>) {
  // expected-error @+1 {{cannot be read by a kernel; expected a constant, with its values in the module, or the tensor as an argument}}
  %table = memref.get_global @elsewhere : memref<4xf32, 3>
  scf.forall (%i) in (4) {
    %0 = memref.load %table[%i] : memref<4xf32, 3>
    memref.store %0, %a[%i] : memref<4xf32>
  }
  return
}

// -----

func.func @quantize_beside_the_grid(%x: memref<?x?x8x128xf16>, %y: memref<?x?x8x128xf8E4M3FN>, %s: memref<?x8x?xf32>) {
  scf.forall (%i) in (4) {
  }
  // expected-error @+1 {{expected a grid in its place; run attn-lower-quantize first}}
  attn.quantize ins(%x : memref<?x?x8x128xf16>) outs(%y, %s : memref<?x?x8x128xf8E4M3FN>, memref<?x8x?xf32>) {block = 128}
  return
}

// -----

func.func @effects_in_front_of_the_grid(%a: memref<4xf32>) {
  %c0 = arith.constant 0 : index
  // expected-error @+1 {{cannot stand beside the grid of a kernel; compute it outside, and hand its result in}}
  %0 = memref.load %a[%c0] : memref<4xf32>
  scf.forall (%i) in (4) {
  }
  return
}

// -----

func.func @effects_behind_the_grid(%a: memref<4xf32>) {
  %c0 = arith.constant 0 : index
  scf.forall (%i) in (4) {
  }
  // expected-error @+1 {{cannot stand beside the grid of a kernel; compute it outside, from what the kernel writes}}
  %0 = memref.load %a[%c0] : memref<4xf32>
  return
}

// -----

// expected-error @+1 {{expected arguments that are memrefs, index, i32, i64, f32 or f64, but got 'i8'}}
func.func @scalar_arguments(%a: memref<4xf32>, %n: i8) {
  scf.forall (%i) in (4) {
  }
  return
}

// -----

// expected-error @+1 {{expected no results, but got 1}}
func.func @results(%a: memref<4xf32>) -> memref<4xf32> {
  scf.forall (%i) in (4) {
  }
  return %a : memref<4xf32>
}

// -----

// expected-error @+1 {{expected a single block around the grid}}
func.func @blocks(%a: memref<4xf32>) {
  scf.forall (%i) in (4) {
  }
  cf.br ^bb1
^bb1:
  return
}

// -----

func.func @not_normalized(%a: memref<4xf32>) {
  // expected-error @+1 {{expected a grid from 0 in steps of 1}}
  scf.forall (%i) = (0) to (8) step (2) {
  }
  return
}

// -----

// A number of blocks that depends on what the memory holds.
func.func @bound_from_memory(%a: memref<4xindex>, %b: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %d = memref.dim %b, %c0 : memref<?xf32>
  %n = arith.remui %d, %d : index
  // expected-error @+1 {{expected bounds that follow from the sizes of the function's arguments}}
  scf.forall (%i) in (%n) {
  }
  return
}

// -----

func.func @grid_on_tensors(%a: memref<4xf32>) {
  %e = tensor.empty() : tensor<4xf32>
  // expected-error @+1 {{expected a grid on memrefs, without results; run one-shot-bufferize first}}
  %r = scf.forall (%i) in (4) shared_outs(%t = %e) -> tensor<4xf32> {
    %s = tensor.extract_slice %t[%i] [1] [1] : tensor<4xf32> to tensor<1xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %s into %t[%i] [1] [1] : tensor<1xf32> into tensor<4xf32>
    }
  }
  return
}

// -----

// expected-error @+1 {{cannot become a kernel: the host launches kernels, and nothing in the module may refer to one}}
func.func @called(%a: memref<4xf32>) {
  scf.forall (%i) in (4) {
  }
  return
}
func.func @caller(%a: memref<4xf32>) {
  // expected-note @+1 {{used here}}
  func.call @called(%a) : (memref<4xf32>) -> ()
  return
}

// -----

func.func @other_assertion(%a: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %d = memref.dim %a, %c0 : memref<?xf32>
  %some = arith.cmpi ugt, %d, %c0 : index
  // expected-error @+1 {{expected to compare sizes of the function's arguments for equality}}
  cf.assert %some, "expected some rows"
  scf.forall (%i) in (%d) {
  }
  return
}

// -----

!t = memref<1x16x2x64xf16>
func.func @not_tiled(%m: !t, %o: !t) {
  // expected-error @+1 {{expected a grid in its place; run attn-tile first}}
  attn.forward ins(%m, %m, %m : !t, !t, !t) outs(%o : !t)
  return
}

// -----

func.func @unknown_buffer(%m: memref<4xf32>, %n: index) {
  // expected-error @+1 {{expected sizes that follow from the sizes of the function's arguments}}
  %b = memref.alloc(%n) : memref<?xf32>
  scf.forall (%i) in (4) {
  }
  return
}

// -----

func.func @unmapped_threads(%m: memref<4xf32>) {
  scf.forall (%i) in (4) {
    // expected-error @+1 {{expected 1 to 1024 threads, mapped to #gpu.thread<x>}}
    scf.forall (%t) in (32) {
    }
  }
  return
}

// -----

func.func @many_threads(%m: memref<4xf32>) {
  scf.forall (%i) in (4) {
    // expected-error @+1 {{expected 1 to 1024 threads, mapped to #gpu.thread<x>}}
    scf.forall (%t) in (1025) {
    } {mapping = [#gpu.thread<x>]}
  }
  return
}

// -----

func.func @merge(%os: memref<1x1x1x1x8xf32>, %lses: memref<1x1x1x1xf32>, %o: memref<1x1x1x8xf16>) {
  // expected-error @+1 {{expected a grid in its place; run attn-lower-combine first}}
  attn.combine ins(%os, %lses : memref<1x1x1x1x8xf32>, memref<1x1x1x1xf32>) outs(%o : memref<1x1x1x8xf16>)
  return
}

// -----

func.func @other_threads(%m: memref<4xf32>) {
  scf.forall (%i) in (4) {
    scf.forall (%t) in (64) {
    } {mapping = [#gpu.thread<x>]}
    // expected-error @+1 {{expected as many threads as before, 64, but got 32}}
    scf.forall (%t) in (32) {
    } {mapping = [#gpu.thread<x>]}
  }
  return
}

// -----

// What stands in shared memory in front of the threads, they share; how many blocks
// a multiprocessor is to hold is the kernel's.

// CHECK-LABEL: gpu.func @shared(%arg0: memref<4xf32>) workgroup(%arg1 : memref<32xf32, #gpu.address_space<workgroup>>) kernel
//  CHECK-SAME:   nvvm.minctasm = 2 : i32
//       CHECK:   memref.store %{{.+}}, %arg1
func.func @shared(%m: memref<4xf32>) {
  scf.forall (%i) in (4) {
    %w = memref.alloca() : memref<32xf32, #gpu.address_space<workgroup>>
    scf.forall (%t) in (32) {
      %v = memref.load %m[%i] : memref<4xf32>
      memref.store %v, %w[%t] : memref<32xf32, #gpu.address_space<workgroup>>
    } {mapping = [#gpu.thread<x>]}
  } {nvvm.minctasm = 2 : i32}
  return
}

// -----

func.func @quantize(%x: memref<1x1x1x16xf16>, %y: memref<1x1x1x16xf8E4M3FN>, %s: memref<1x1x1xf32>) {
  // expected-error @+1 {{expected a grid in its place; run attn-lower-quantize first}}
  attn.quantize ins(%x : memref<1x1x1x16xf16>) outs(%y, %s : memref<1x1x1x16xf8E4M3FN>, memref<1x1x1xf32>)
  return
}

// -----

// canonicalize has folded the grids of a single block.

func.func @folded(%a: vector<64x128xf16>, %b: vector<128x128xf16>, %c: vector<64x128xf32>, %m: memref<64x128xf32>) {
  %c0 = arith.constant 0 : index
  // expected-error @+1 {{expected a grid (scf.forall) around it, but got none; canonicalize folds one of a single block}}
  %0 = vector.contract {indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %a, %b, %c : vector<64x128xf16>, vector<128x128xf16> into vector<64x128xf32>
  vector.transfer_write %0, %m[%c0, %c0] : vector<64x128xf32>, memref<64x128xf32>
  return
}

// -----

func.func @folded_threads(%m: memref<32xf32>) {
  // expected-error @+1 {{expected a grid (scf.forall) around it, but got none; canonicalize folds one of a single block}}
  scf.forall (%t) in (32) {
  } {mapping = [#gpu.thread<x>]}
  return
}
