//===- HopperBase.td - The hopper dialect ------------------*- tablegen -*-===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FA3_DIALECT_HOPPER_IR_HOPPERBASE_TD
#define FA3_DIALECT_HOPPER_IR_HOPPERBASE_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def Hopper_Dialect : Dialect {
  let name = "hopper";
  let cppNamespace = "::mlir::hopper";
  let summary = "asynchronous tiles, warp roles and warpgroup matrix products";
  let description = [{
    The levels of a kernel between tiles (`attn`, `vector`, `scf`) and the
    target (`nvvm`, `llvm`), for NVIDIA's Hopper (sm_90a).

    *Asynchronous level.* Tiles of operands stand in shared memory
    (`!hopper.shared_tile`), and reach it through channels
    (`!hopper.channel`): rings of slots, each handed from a producer to its
    consumers and back. A matrix product is issued (`hopper.wgmma`) and gives a
    pending value, which nothing but `hopper.wgmma_wait` can read. The protocol
    is in the types and the operations, and not yet in barriers and phases.

    *Role level.* `hopper.warp_specialize` holds one region for the producer
    warpgroup and one for the consumers; `hopper.turn_wait` and
    `hopper.turn_pass` order the consumers (ping-pong).

    *Thread level.* The operations whose name begins with `thread_` are what one
    thread does: their operands are registers. They fill gaps of upstream's
    `nvvm` and are the only ones that become inline assembly.

    Sources: PTX ISA 8.x, sections "Asynchronous Warpgroup Level Matrix
    Instructions", "mbarrier", "cp.async.bulk.tensor"; FlashAttention-3 (arXiv
    2407.08608), section 3.
  }];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let dependentDialects = ["::mlir::gpu::GPUDialect"];
}

class Hopper_Op<string mnemonic, list<Trait> traits = []>
    : Op<Hopper_Dialect, mnemonic, [NativeOpTrait<"KnownAttributes">] # traits>;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

class Hopper_Type<string name, string typeMnemonic>
    : TypeDef<Hopper_Dialect, name> {
  let mnemonic = typeMnemonic;
}

def Hopper_SharedTileType : Hopper_Type<"SharedTile", "shared_tile"> {
  let summary = "a tile of an operand in shared memory";
  let description = [{
    Rows × columns elements, in the one layout that both the tensor copy engine
    writes and the matrix units read without bank conflicts: slabs of 128 bytes
    of columns, slab after slab; a slab holds its rows one after the other, 128
    bytes each, swizzled by 128 bytes (16-byte chunk c of row r stands at chunk
    c xor (r mod 8)). A last slab that is not full is padded: with zeros, or in an
    interleaved tile with anything, as no product reads it.

    `interleaved` is for products of 8 bits whose left-hand side is in registers:
    of each 16 columns, column 8·c + 2·t + b stands at place 4·t + 2·c + b. Where
    a matrix unit expects four columns next to each other in a thread, it then
    finds the two pairs that its accumulators leave there (PTX ISA, "Register
    Fragments for wgmma").

    `row_sums` says that the last 8 rows are constant: ones in the first of them,
    zeros in the others. No copy writes them; they stand in every slot of a channel
    from the kernel's beginning. As the right-hand side of a product, transposed, the
    tile then gives the sums of the left-hand side's rows, in the column behind those
    of the rows that are copied.

    ```mlir
    !hopper.shared_tile<176x128xf16>   // two slabs of 176 rows × 64 columns
    !hopper.shared_tile<128x224xf8E4M3FN, interleaved>
    !hopper.shared_tile<136x224xf8E4M3FN, interleaved, row_sums> // 128 are copied
    ```
  }];
  let parameters = (ins "int64_t":$rows, "int64_t":$columns,
                        "::mlir::Type":$elementType,
                        DefaultValuedParameter<"bool", "false">:$interleaved,
                        DefaultValuedParameter<"bool", "false">:$rowSums);
  let builders = [
    TypeBuilder<(ins "int64_t":$rows, "int64_t":$columns,
                     "::mlir::Type":$elementType), [{
      return $_get($_ctxt, rows, columns, elementType, false, false);
    }]>
  ];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Bytes of a slab's row: the width of the swizzle.
    static constexpr int64_t kSlabBytes = 128;
    /// Constant rows of a tile that gives row sums: as many columns of a product
    /// are the fewest there are.
    static constexpr int64_t kSumRows = 8;
    int64_t getElementBytes() const;
    /// Columns in one slab.
    int64_t getSlabColumns() const;
    int64_t getNumSlabs() const;
    /// Bytes of the whole tile, padding included.
    int64_t getBytes() const;
    /// Rows that are copied, and the bytes of their slabs.
    int64_t getCopiedRows() const;
    int64_t getCopiedBytes() const;
  }];
}

def Hopper_ChannelType : Hopper_Type<"Channel", "channel"> {
  let summary = "a ring of tiles between a producer and its consumers";
  let description = [{
    `depth` slots of one tile type in shared memory. Each slot has a full and an
    empty barrier. A producer acquires the next slot when it is empty, and a copy
    fills it; the consumers wait for it, read it and release it. Slots are used
    in turn, by either side.

    ```mlir
    !hopper.channel<2 x 176x128xf16>
    ```
  }];
  let parameters = (ins "int64_t":$depth,
                        "::mlir::hopper::SharedTileType":$tile);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def Hopper_PendingType : Hopper_Type<"Pending", "pending"> {
  let summary = "the result of a matrix product that may still be in flight";
  let description = [{
    The accumulators of an issued `hopper.wgmma`. Only `hopper.wgmma_wait` reads
    them.

    ```mlir
    !hopper.pending<vector<128x176xf32>>
    ```
  }];
  let parameters = (ins "::mlir::VectorType":$vector);
  let assemblyFormat = "`<` $vector `>`";
}

#endif // FA3_DIALECT_HOPPER_IR_HOPPERBASE_TD
