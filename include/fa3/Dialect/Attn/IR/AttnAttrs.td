//===- AttnAttrs.td - Attributes of the attn dialect -------*- tablegen -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_DIALECT_ATTN_IR_ATTNATTRS_TD
#define FA3_DIALECT_ATTN_IR_ATTNATTRS_TD

include "fa3/Dialect/Attn/IR/AttnBase.td"

class Attn_Attr<string name, string attrMnemonic, list<Trait> traits = []>
    : AttrDef<Attn_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
}

//===----------------------------------------------------------------------===//
// Enumerations
//===----------------------------------------------------------------------===//

def Attn_Layout : I32EnumAttr<"Layout", "order of the dimensions of Q, K, V, O", [
    I32EnumAttrCase<"BSHD", 0, "bshd">,
    I32EnumAttrCase<"BHSD", 1, "bhsd">]> {
  let cppNamespace = "::mlir::attn";
  let genSpecializedAttr = 0;
}
def Attn_LayoutAttr : EnumAttr<Attn_Dialect, Attn_Layout, "layout"> {
  let assemblyFormat = "`<` $value `>`";
}

def Attn_Alignment : I32EnumAttr<"Alignment",
    "which corner of the score matrix a causal mask or a window is aligned to", [
    I32EnumAttrCase<"BottomRight", 0, "bottom_right">,
    I32EnumAttrCase<"TopLeft", 1, "top_left">]> {
  let cppNamespace = "::mlir::attn";
  let genSpecializedAttr = 0;
}
def Attn_AlignmentAttr : EnumAttr<Attn_Dialect, Attn_Alignment, "alignment"> {
  let assemblyFormat = "`<` $value `>`";
}

def Attn_ValueLayout : I32EnumAttr<"ValueLayout", "how V lies in memory", [
    // As K does, in the `layout` of the operation.
    I32EnumAttrCase<"Rows", 0, "rows">,
    // [B, Hk, Dv, P] in either layout, with P = 16·⌈Sk/16⌉ places for the keys
    // of a column: of each 16 keys, key 8c + 2t + b stands at place 4t + 2c + b
    // (t in 0…3, c and b in 0…1), which is the order of interleaved tiles
    // (`!hopper.shared_tile`). Places of keys beyond the end hold finite numbers.
    // What `attn.quantize` gives with `transposed` is of this form.
    I32EnumAttrCase<"Transposed", 1, "transposed">]> {
  let cppNamespace = "::mlir::attn";
  let genSpecializedAttr = 0;
}
def Attn_ValueLayoutAttr
    : EnumAttr<Attn_Dialect, Attn_ValueLayout, "value_layout"> {
  let assemblyFormat = "`<` $value `>`";
}

//===----------------------------------------------------------------------===//
// Sliding window
//===----------------------------------------------------------------------===//

def Attn_WindowAttr : Attn_Attr<"Window", "window"> {
  let summary = "the keys a query sees on either side of its own position";
  let description = [{
    A query at key position p sees keys p - left … p + right. Both are counts of
    keys, not negative; a side that is left out is not bounded.

    ```mlir
    #attn.window<left = 128, right = 0>
    #attn.window<left = 1023>
    ```
  }];
  let parameters = (ins
    OptionalParameter<"std::optional<int64_t>">:$left,
    OptionalParameter<"std::optional<int64_t>">:$right);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

//===----------------------------------------------------------------------===//
// Configuration of a kernel
//===----------------------------------------------------------------------===//

def Attn_ConfigAttr : Attn_Attr<"Config", "config"> {
  let summary = "the shape and the resources of one kernel";
  let description = [{
    Everything about a kernel that is chosen and not computed. The pass
    `attn-select-config` fills it in where it is missing; a user can write it on
    `attn.forward` by hand; every pass that uses it checks it again.

    - `tile`: query rows of a block × keys of a loop step (Br × Bc).
    - `stages`: depth of the ring of K and V tiles in shared memory.
    - `consumers`: warpgroups that compute, each on 64 of the Br rows.
    - `registers`: registers of a thread of the producer warpgroup and of a
      consumer (PTX ISA, `setmaxnreg`).
    - `speculation`, optional: exponentials are taken under the row maximum known
      before the tile, and again under the true one only where a thread's part
      of a row's sum, or a probability where a product adds them up
      (`attn-fuse-row-sums`), passes this bound (`attn-speculate-maximum`). It is at
      most 32768 where probabilities are f16, 448 where they are f8E4M3FN, and 127
      where they are i8.
    - `pin`, optional: the wait for P·V is held until this share, in percent, of
      the softmax's exponentials has run (`hopper-place-waits`). Without it ptxas
      decides.
    - `query_stages`, optional: depth of the ring of Q tiles, 1 where it is left
      out. A block that takes several row tiles loads the next one's queries under
      the tile at hand where it is 2.
    - `exponent`, optional: for 8-bit V, probabilities are multiplied by two to
      this power before they are rounded to 8 bits, of which 448 is the largest
      number; 8 where it is left out, and 4 with `speculation`, whose
      probabilities may pass 1. For V of i8 they are multiplied by 127, the
      largest number, where it is left out, and it is 6 at most.
    - `emulate`, optional, with `speculation` and 8-bit V: of this many
      exponentials, a multiple of 4, one is a polynomial on the units of
      multiply-adds, which takes work off the special function units
      (`hopper-emulate-exponentials`).
    - `two_level`, optional: products with V are added up in registers of f32
      from tile to tile, and not by the matrix units, which keep fewer bits of
      products of 8-bit floats (`hopper-split-accumulation`). Those of i8 are
      integers, which no correction of the softmax multiplies: there it stands
      always.
    - `persistent`, optional: as many blocks as the machine has multiprocessors,
      each of which takes one tile after another (`hopper-make-persistent`).
    - `pack`, optional: this many query heads that share a head of K and V stand
      in the rows of one tile, which then has Br / pack query rows of each
      (`attn-tile`). It divides Br, and is less. Where there are fewer heads, or
      they do not fill their last tile, rows of it are left empty.
    - `splits`, optional: the keys are cut into this many ranges, each of which
      is an attention of its own, and these are merged (`attn-split-keys`). Ranges
      are for grids that are short of multiprocessors: their blocks take one tile,
      so `persistent` does not apply to them.

    ```mlir
    #attn.config<tile = 128x176, stages = 2, consumers = 2, registers = 24x240>
    #attn.config<tile = 128x128, stages = 2, consumers = 2, registers = 24x240, speculation = 256, pin = 50, query_stages = 2, persistent>
    #attn.config<tile = 64x128, stages = 3, consumers = 1, registers = 24x240, pack = 8, splits = 16>
    ```
  }];
  let parameters = (ins
    "int64_t":$tileQ, "int64_t":$tileKV, "int64_t":$stages,
    "int64_t":$consumers, "int64_t":$producerRegisters,
    "int64_t":$consumerRegisters,
    OptionalParameter<"std::optional<int64_t>">:$speculation,
    OptionalParameter<"std::optional<int64_t>">:$pin,
    OptionalParameter<"std::optional<int64_t>">:$queryStages,
    OptionalParameter<"std::optional<int64_t>">:$exponent,
    OptionalParameter<"std::optional<int64_t>">:$emulate,
    DefaultValuedParameter<"bool", "false">:$twoLevel,
    DefaultValuedParameter<"bool", "false">:$persistent,
    OptionalParameter<"std::optional<int64_t>">:$pack,
    OptionalParameter<"std::optional<int64_t>">:$splits);
  let extraClassDeclaration = [{
    /// The same without splits, and with blocks that stay or not: ones that do
    /// not have no next queries to load.
    ConfigAttr withoutSplits(bool persistent) const;
  }];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

#endif // FA3_DIALECT_ATTN_IR_ATTNATTRS_TD
