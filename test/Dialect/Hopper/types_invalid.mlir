// Each thing that the verifiers of the dialect's types refuse.

// RUN: fa3-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// !hopper.shared_tile
//===----------------------------------------------------------------------===//

// expected-error @+1 {{expected elements of 8 or 16 bits, but got 'f32'}}
func.func private @wide_elements(!hopper.shared_tile<64x64xf32>)

// -----

// expected-error @+1 {{expected elements of 8 or 16 bits, but got 'index'}}
func.func private @index_elements(!hopper.shared_tile<64x64xindex>)

// -----

// Eight rows are the swizzle's period.
// expected-error @+1 {{expected a multiple of 8 rows, at most 256, but got 0}}
func.func private @no_rows(!hopper.shared_tile<0x64xf16>)

// -----

// expected-error @+1 {{expected a multiple of 8 rows, at most 256, but got 60}}
func.func private @odd_rows(!hopper.shared_tile<60x64xf16>)

// -----

// The side of a box of the copy engine.
// expected-error @+1 {{expected a multiple of 8 rows, at most 256, but got 264}}
func.func private @many_rows(!hopper.shared_tile<264x64xf16>)

// -----

// expected-error @+1 {{expected a multiple of 8 columns, at most 512, but got 0}}
func.func private @no_columns(!hopper.shared_tile<64x0xf16>)

// -----

// expected-error @+1 {{expected a multiple of 8 columns, at most 512, but got 68}}
func.func private @odd_columns(!hopper.shared_tile<64x68xf16>)

// -----

// expected-error @+1 {{expected a multiple of 8 columns, at most 512, but got 520}}
func.func private @many_columns(!hopper.shared_tile<64x520xf16>)

// -----

// expected-error @+1 {{expected rows and columns, but got 1 sizes}}
func.func private @rank(!hopper.shared_tile<64xf16>)

// -----

// expected-error @+1 {{expected static shape}}
func.func private @dynamic(!hopper.shared_tile<?x64xf16>)

// -----

//===----------------------------------------------------------------------===//
// !hopper.channel
//===----------------------------------------------------------------------===//

// expected-error @+1 {{expected a depth between 1 and 32, but got 0}}
func.func private @no_slots(!hopper.channel<0 x 64x64xf16>)

// -----

// expected-error @+1 {{expected a depth between 1 and 32, but got 33}}
func.func private @many_slots(!hopper.channel<33 x 64x64xf16>)

// -----

// The tile is checked as well.
// expected-error @+1 {{expected a multiple of 8 rows, at most 256, but got 60}}
func.func private @tile_of_channel(!hopper.channel<2 x 60x64xf16>)

// -----

//===----------------------------------------------------------------------===//
// !hopper.pending
//===----------------------------------------------------------------------===//

// expected-error @+2 {{invalid kind of type specified: expected builtin.vector, but found 'f32'}}
// expected-error @+1 {{failed to parse Hopper_PendingType parameter 'vector'}}
func.func private @pending_scalar(!hopper.pending<f32>)

// -----

// expected-error @+1 {{expected interleaved columns to be a multiple of 16, of 8 bits each, but got 24 of type 'f8E4M3FN'}}
func.func private @interleaved_columns(!hopper.shared_tile<64x24xf8E4M3FN, interleaved>)

// -----

// expected-error @+1 {{expected interleaved columns to be a multiple of 16, of 8 bits each, but got 64 of type 'f16'}}
func.func private @interleaved_wide(!hopper.shared_tile<64x64xf16, interleaved>)

// -----

// expected-error @+1 {{expected row_sums in a tile of f8E4M3FN with rows beside the last 8, but got 8 of type 'f8E4M3FN'}}
func.func private @sums_alone(!hopper.shared_tile<8x64xf8E4M3FN, row_sums>)

// -----

// expected-error @+1 {{expected row_sums in a tile of f8E4M3FN with rows beside the last 8, but got 72 of type 'f16'}}
func.func private @sums_wide(!hopper.shared_tile<72x64xf16, row_sums>)

// -----

// expected-error @+1 {{expected 'interleaved', 'row_sums', or both in this order}}
func.func private @sums_first(!hopper.shared_tile<72x64xf8E4M3FN, row_sums, interleaved>)
