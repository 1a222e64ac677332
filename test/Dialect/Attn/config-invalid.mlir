// What #attn.config refuses, and the dialect as an attribute of other operations.

// RUN: fa3-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// attributes on other operations
//===----------------------------------------------------------------------===//

// An array of i64 for the arguments that results became.
// expected-error @+1 {{expected attn.results to be an array of i64, but got 3 : i64}}
func.func @results_number() attributes {attn.results = 3} {
  return
}

// -----

// expected-error @+1 {{expected attn.config to be an #attn.config, but got 3 : i64}}
func.func private @config_of_other_type() attributes {attn.config = 3 : i64}

// -----

// expected-error @+1 {{unknown attribute of the attn dialect: "attn.confg"; expected attn.config}}
func.func private @unknown_attribute() attributes {attn.confg = 3 : i64}

// -----

//===----------------------------------------------------------------------===//
// #attn.config
//===----------------------------------------------------------------------===//

// expected-error @+1 {{expected a tile of positive size, but got 0x16}}
#c = #attn.config<tile = 0x16, stages = 1, consumers = 1, registers = 24x24>

// -----

// expected-error @+1 {{expected two numbers joined by 'x', but got 1}}
#c = #attn.config<tile = 16, stages = 1, consumers = 1, registers = 24x24>

// -----

// expected-error @+1 {{expected two numbers joined by 'x', but got 3}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24x24>

// -----

// expected-error @+1 {{expected tile to be at most 32768, but got 32784}}
#c = #attn.config<tile = 4x32784, stages = 1, consumers = 1, registers = 24x24>

// -----

// expected-error @+1 {{expected at least 1 stage, but got 0}}
#c = #attn.config<tile = 4x16, stages = 0, consumers = 1, registers = 24x24>

// -----

// The product of these with the bytes of a tile does not fit 64 bits.
// expected-error @+1 {{expected stages to be at most 32768, but got 4611686018427387904}}
#c = #attn.config<tile = 4x16, stages = 4611686018427387904, consumers = 1, registers = 24x24>

// -----

// expected-error @+1 {{expected at least 1 consumer, but got -2}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = -2, registers = 24x24>

// -----

// expected-error @+1 {{expected consumers to be at most 32768, but got 288230376151711744}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 288230376151711744, registers = 24x24>

// -----

// expected-error @+1 {{expected registers to be a multiple of 8 between 24 and 256, but got 16}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 16x240>

// -----

// expected-error @+1 {{expected registers to be a multiple of 8 between 24 and 256, but got 236}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x236>

// -----

// expected-error @+1 {{expected registers to be a multiple of 8 between 24 and 256, but got 264}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x264>

// -----

// expected-error @+1 {{expected speculation, pin, query_stages, exponent, emulate, two_level, persistent, pack or splits, each at most once, but got other}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, other = 1>

// -----

// expected-error @+1 {{expected speculation, pin, query_stages, exponent, emulate, two_level, persistent, pack or splits, each at most once, but got pin}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, pin = 1, pin = 1>

// -----

// expected-error @+1 {{expected at least 1 stage of queries, but got 0}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, query_stages = 0>

// -----

// expected-error @+1 {{expected speculation, pin, query_stages, exponent, emulate, two_level, persistent, pack or splits, each at most once, but got persistent}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, persistent, persistent>

// -----

// expected-error @+1 {{expected '='}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation, persistent>

// -----

// expected-error @+1 {{expected a bound of speculation in 1 to 1152921504606846976, but got 0}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 0>

// -----

// expected-error @+1 {{expected a bound of speculation in 1 to 1152921504606846976, but got 1152921504606846977}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 1152921504606846977>

// -----

// expected-error @+1 {{expected pin to be a percentage, but got 101}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, pin = 101>

// -----

// expected-error @+1 {{expected pin to be a percentage, but got -1}}
#c = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, pin = -1>

// -----

// expected-error @+1 {{expected stages in an #attn.config}}
#c = #attn.config<tile = 4x16, depth = 1, consumers = 1, registers = 24x24>

// -----

// expected-error @+1 {{expected pack to divide the 64 rows of the tile and to be less, but got 64}}
func.func private @config_pack() attributes {attn.config = #attn.config<tile = 64x128, stages = 2, consumers = 1, registers = 24x240, pack = 64>}

// -----

// expected-error @+1 {{expected 1 to 256 splits, but got 0}}
func.func private @config_splits() attributes {attn.config = #attn.config<tile = 64x128, stages = 2, consumers = 1, registers = 24x240, splits = 0>}

// -----

func.func @config_emulate() attributes {
    // expected-error @+1 {{expected emulate to be a multiple of 4 up to 256, but got 6}}
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, speculation = 1, emulate = 6>} {
  return
}

// -----

func.func @config_emulate_alone() attributes {
    // expected-error @+1 {{expected emulate = 4 to stand beside a bound of speculation, which finds what a polynomial does not bear}}
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, emulate = 4>} {
  return
}

// -----

func.func @config_exponent() attributes {
    // expected-error @+1 {{expected an exponent in 0 to 8, but got 9}}
    attn.config = #attn.config<tile = 4x16, stages = 1, consumers = 1, registers = 24x24, exponent = 9>} {
  return
}
