// What a user changes in the IR between two levels is followed, or refused with
// the numbers that do not go together.

// RUN: fa3-opt %s --attn-select-config -o %t.attn.mlir
// RUN: fa3-opt %s --attn-to-tile -o %t.tile.mlir
// RUN: fa3-opt %t.tile.mlir --tile-to-async -o %t.async.mlir
// RUN: fa3-opt %t.async.mlir --async-to-roles -o %t.roles.mlir

//===----------------------------------------------------------------------===//
// The tile of keys
//===----------------------------------------------------------------------===//

// Before tiling: followed.
// RUN: sed 's/tile = 128x176/tile = 128x144/' %t.attn.mlir | fa3-opt --attn-to-hopper | FileCheck %s --check-prefix=TILE
// TILE: threads = 384, shared_memory = 180304
// TILE: wgmma.mma_async.sync.aligned.m64n144k16

// Behind it, the shape is that of the vectors.
// RUN: sed 's/tile = 128x176/tile = 128x144/' %t.tile.mlir | not fa3-opt --tile-to-async 2>&1 | FileCheck %s --check-prefix=TILED
// TILED: error: 'vector.contract' op expected the 144 keys of the configuration's tile as columns or as depth, but got 176 and 128

// Shapes alone: the keys are still counted, and gone through, by the old tile.
// RUN: sed 's/128x176/128x144/g; s/<176x/<144x/g' %t.tile.mlir | not fa3-opt --tile-to-async 2>&1 | FileCheck %s --check-prefix=TILE-STEP
// TILE-STEP: error: {{.*}}expected steps of the 144 {{rows|columns}} of its tile, but got 176

// In shared memory, the tile is that of the channels.
// RUN: sed 's/tile = 128x176/tile = 128x144/' %t.async.mlir | not fa3-opt --async-to-roles 2>&1 | FileCheck %s --check-prefix=TILE-ASYNC
// TILE-ASYNC: error: 'hopper.wgmma' op expected a right-hand side of the 144 keys of the configuration, but got 176

//===----------------------------------------------------------------------===//
// Stages
//===----------------------------------------------------------------------===//

// Three stages of 128x176 do not fit, of 128x80 they do.
// RUN: sed 's/stages = 2/stages = 3/' %t.attn.mlir | not fa3-opt --attn-to-hopper 2>&1 | FileCheck %s --check-prefix=STAGES-NO-FIT
// RUN: sed 's/stages = 2/stages = 3/' %t.tile.mlir | not fa3-opt --tile-to-async 2>&1 | FileCheck %s --check-prefix=STAGES-TILED
// RUN: sed 's/128x176, stages = 2/128x80, stages = 3/' %t.attn.mlir | fa3-opt --attn-to-tile --tile-to-async --async-to-roles | FileCheck %s --check-prefix=STAGES
// STAGES-NO-FIT: error: 'attn.forward' op expected at most 232448 bytes of shared memory, but the tile 128x176 with 3 stages needs 304128
// STAGES-TILED: error: {{.*}} expected at most 232448 bytes of shared memory, but its channels need 303216
// STAGES: hopper.create_channel {{.*}} <1 x 128x128xf16>
// STAGES: hopper.create_channel {{.*}} <3 x 80x128xf16>
// STAGES: hopper.create_channel {{.*}} <3 x 80x128xf16>

// A ring that is made keeps its depth, unless it is edited itself.
// RUN: sed 's/stages = 2/stages = 3/' %t.async.mlir | not fa3-opt --async-to-roles 2>&1 | FileCheck %s --check-prefix=STAGES-ASYNC
// RUN: sed 's/tile = 128x176, stages = 2/tile = 128x176, stages = 1/; s/<2 x /<1 x /g' %t.async.mlir | fa3-opt --async-to-roles --roles-to-nvvm | FileCheck %s --check-prefix=DEPTH
// STAGES-ASYNC: error: 'hopper.create_channel' op expected the 3 slots of the configuration's stages, but got 2
// DEPTH: shared_memory = 122928

//===----------------------------------------------------------------------===//
// Turns
//===----------------------------------------------------------------------===//

// What enters a level is checked there, not only what its passes leave.
// RUN: sed '/turn_pass/d' %t.roles.mlir | not fa3-opt --roles-to-nvvm 2>&1 | FileCheck %s --check-prefix=TURN
// RUN: sed '/turn_pass/d' %t.roles.mlir | fa3-opt --roles-to-nvvm=verify=false -o /dev/null
// TURN: error: 'hopper.turn_wait' op expected the turn to be passed before the next wait for it

//===----------------------------------------------------------------------===//
// Consumers and registers
//===----------------------------------------------------------------------===//

// RUN: sed 's/consumers = 2/consumers = 3/' %t.attn.mlir | not fa3-opt --attn-to-hopper 2>&1 | FileCheck %s --check-prefix=CONSUMERS
// RUN: sed 's/128x176, stages = 2, consumers = 2, registers = 24x240/192x64, stages = 2, consumers = 3, registers = 32x160/' %t.attn.mlir | fa3-opt --attn-to-hopper | FileCheck %s --check-prefix=THREE
// RUN: sed 's/consumers = 2, registers = 24x240/consumers = 3, registers = 32x160/' %t.tile.mlir | not fa3-opt --tile-to-async 2>&1 | FileCheck %s --check-prefix=CONSUMERS-ROWS
// RUN: sed 's/consumers = 2, registers = 24x240/consumers = 3, registers = 32x160/' %t.async.mlir | not fa3-opt --async-to-roles 2>&1 | FileCheck %s --check-prefix=CONSUMERS-ROWS
// RUN: sed 's/consumers = 2, registers = 24x240/consumers = 3, registers = 32x160/' %t.roles.mlir | not fa3-opt --roles-to-nvvm 2>&1 | FileCheck %s --check-prefix=CONSUMERS-THREADS
// RUN: sed 's/warp_specialize consumers(2) registers(24, 240)/warp_specialize consumers(3) registers(32, 160)/' %t.roles.mlir | not fa3-opt --roles-to-nvvm 2>&1 | FileCheck %s --check-prefix=ROLES
// CONSUMERS: error: 'attn.forward' op expected a tile of 64 rows for each of 3 consumers = 192, but got 128
// THREE: threads = 512
// THREE: nvvm.setmaxregister decrease 32
// THREE: nvvm.setmaxregister increase 160
// CONSUMERS-ROWS: error: {{.*}}expected 64 rows for each of 3 consumers = 192, but got 128
// CONSUMERS-THREADS: error: 'hopper.warp_specialize' op expected 3 consumers and registers 32 and 160 as the configuration has, but got 2, 24 and 240
// ROLES: error: 'hopper.warp_specialize' op expected 2 consumers and registers 24 and 240 as the configuration has, but got 3, 32 and 160

// Without a producer, the consumers hold what the copies need as well.
// RUN: not fa3-opt %t.attn.mlir --attn-to-hopper=warp-specialize=false 2>&1 | FileCheck %s --check-prefix=OWN-COPIES
// OWN-COPIES: error: {{.*}} expected a consumer to need at most its 255 registers, but accumulators and operands of 196 and 64 for all else are live here

// RUN: sed 's/24x240/40x240/' %t.attn.mlir | not fa3-opt --attn-to-hopper 2>&1 | FileCheck %s --check-prefix=REGISTERS
// RUN: sed 's/24x240/40x240/' %t.async.mlir | not fa3-opt --async-to-roles 2>&1 | FileCheck %s --check-prefix=REGISTERS-ASYNC
// RUN: sed 's/24x240/24x128/' %t.attn.mlir | not fa3-opt --attn-to-hopper 2>&1 | FileCheck %s --check-prefix=FEW-REGISTERS
// RUN: sed 's/24x240/40x232/' %t.async.mlir | fa3-opt --async-to-roles --roles-to-nvvm | FileCheck %s --check-prefix=OTHER-REGISTERS
// RUN: sed 's/24x240/40x232/; s/registers(24, 240)/registers(40, 232)/' %t.roles.mlir | fa3-opt --roles-to-nvvm | FileCheck %s --check-prefix=OTHER-REGISTERS
// REGISTERS: error: 'attn.forward' op expected at most 65536 registers in a block, but 2 consumers and a producer need 66560
// REGISTERS-ASYNC: error: 'hopper.warp_specialize' op expected at most 65536 registers in a block, but got 66560
// FEW-REGISTERS: error: 'attn.forward' op expected a consumer to need at most its 128 registers, but scores, probabilities and output of the tile need 228
// OTHER-REGISTERS: nvvm.setmaxregister decrease 40
// OTHER-REGISTERS: nvvm.setmaxregister increase 232

//===----------------------------------------------------------------------===//
// The schedule
//===----------------------------------------------------------------------===//

// All in one stage: no prologue, but the order of the clusters.
// RUN: fa3-opt %t.async.mlir --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-specialize-warps,hopper-schedule-loop)))' -o %t.schedule.mlir
// RUN: sed 's/<stage = 1, cluster = 1>/<stage = 0, cluster = 5>/; s/<stage = 1, cluster = 3>/<stage = 0, cluster = 6>/' %t.schedule.mlir | fa3-opt --async-to-roles='warp-specialize=false ping-pong=false' --roles-to-nvvm | FileCheck %s --check-prefix=ONE-STAGE
// ONE-STAGE: llvm.func @attention

// The later product in front of what it reads.
// RUN: sed 's/<stage = 1, cluster = 1>/<stage = 0, cluster = 1>/' %t.schedule.mlir | not fa3-opt --async-to-roles=warp-specialize=false 2>&1 | FileCheck %s --check-prefix=ILLEGAL
// ILLEGAL: error: 'vector.broadcast' op expected to be scheduled behind its operand, but got stage 0, cluster 1 before stage 0, cluster 2

//===----------------------------------------------------------------------===//
// The grid
//===----------------------------------------------------------------------===//

// Upstream's canonicalizer folds a grid of a single block, with its configuration.
// RUN: sed 's/2x?x8x128/1x64x1x128/; s/128x176, stages = 2, consumers = 2/64x128, stages = 2, consumers = 1/' %s > %t.block.mlir
// RUN: fa3-opt %t.block.mlir --attn-to-tile -o %t.block.tile.mlir
// RUN: fa3-opt %t.block.tile.mlir --tile-to-async -o /dev/null
// RUN: fa3-opt %t.block.tile.mlir --canonicalize | not fa3-opt --tile-to-async 2>&1 | FileCheck %s --check-prefix=ONE-BLOCK
// ONE-BLOCK: error: 'vector.contract' op expected a grid (scf.forall) around it, but got none; canonicalize folds one of a single block

!t = memref<2x?x8x128xf16>
func.func @attention(%q: !t, %k: !t, %v: !t, %o: !t) {
  attn.forward ins(%q, %k, %v : !t, !t, !t) outs(%o : !t) {config = #attn.config<tile = 128x176, stages = 2, consumers = 2, registers = 24x240>}
  return
}
