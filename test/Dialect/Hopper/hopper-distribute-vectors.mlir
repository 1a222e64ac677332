// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-distribute-vectors)))' --split-input-file | FileCheck %s

// Thread t holds the rows 16·(t / 32) + (t mod 32) / 4 and that plus 8, and of
// them the pairs of columns 8·q + 2·(t mod 4) (PTX ISA, wgmma).

#config = #attn.config<tile = 64x8, stages = 1, consumers = 1, registers = 24x240>
!tile = vector<64x8xf32>

gpu.module @kernels {
  // The thread's coordinates; the warpgroup's first row is the same for all
  // threads of a warp.
  // CHECK-LABEL: gpu.func @coordinates
  //       CHECK:   %[[ID:.+]] = gpu.thread_id x
  //       CHECK:   %[[T:.+]] = arith.index_cast %[[ID]] : index to i32
  //   CHECK-NOT:   arith.subi
  //   CHECK-DAG:   %[[LANE:.+]] = arith.remui %[[T]], %c32_i32{{.*}}
  //   CHECK-DAG:   %[[QUAD:.+]] = arith.divui %[[LANE]], %c4_i32{{.*}}
  //   CHECK-DAG:   %[[WARP:.+]] = arith.divui %[[T]], %c32_i32{{.*}}
  //   CHECK-DAG:   %[[WARPROW:.+]] = arith.muli %[[WARP]], %c16_i32{{.*}}
  //   CHECK-DAG:   %[[ROW:.+]] = arith.addi %[[WARPROW]], %[[QUAD]]
  //   CHECK-DAG:   %[[PLACE:.+]] = arith.remui %[[T]], %c4_i32{{.*}}
  //   CHECK-DAG:   %[[COLUMN:.+]] = arith.muli %[[PLACE]], %c2_i32{{.*}}
  //       CHECK:   %[[GROUP:.+]] = nvvm.shfl.sync idx
  //       CHECK:   arith.muli %[[GROUP]], %c64_i32{{.*}}
  gpu.func @coordinates() attributes {attn.config = #config} {
    gpu.return
  }

  // Element by element: 64·8 / 128 = 4 registers a thread; scalars stay.
  // CHECK-LABEL: gpu.func @elementwise
  //  CHECK-SAME:   %[[S:[a-z0-9]+]]: f32
  //       CHECK:   %[[ONE:.+]] = arith.constant 1.000000e+00 : f32
  // CHECK-COUNT-4:   arith.addf %[[ONE]], %[[S]] : f32
  // CHECK-COUNT-4:   math.exp2 %{{.+}} : f32
  //   CHECK-NOT:   vector<64
  gpu.func @elementwise(%s: f32) attributes {attn.config = #config} {
    %0 = arith.constant dense<1.0> : !tile
    %1 = vector.broadcast %s : f32 to !tile
    %2 = arith.addf %0, %1 : !tile
    %3 = math.exp2 %2 : !tile
    gpu.return
  }

  // A row has two registers. In a tile, registers 0, 1 are of the thread's first
  // row and 2, 3 of the second one.
  // CHECK-LABEL: gpu.func @rows
  //       CHECK:   %[[R0:.+]] = arith.addi %[[AT:.+]], %c0
  //       CHECK:   %[[R8:.+]] = arith.addi %[[AT]], %c8
  //       CHECK:   %[[A:.+]] = arith.muli %[[R0]], %[[R0]]
  //       CHECK:   %[[B:.+]] = arith.muli %[[R8]], %[[R8]]
  //       CHECK:   arith.addi %[[A]], %[[A]]
  //       CHECK:   arith.addi %[[A]], %[[A]]
  //       CHECK:   arith.addi %[[B]], %[[B]]
  //       CHECK:   arith.addi %[[B]], %[[B]]
  gpu.func @rows(%origin: index) attributes {attn.config = #config} {
    %0 = attn.coordinates %origin {dimension = 0 : i64} : vector<64x1xindex>
    %1 = arith.muli %0, %0 : vector<64x1xindex>
    %2 = vector.broadcast %1 : vector<64x1xindex> to vector<64x8xindex>
    %3 = arith.addi %2, %2 : vector<64x8xindex>
    gpu.return
  }

  // A column vector of 16 has four registers, columns 0, 1, 8, 9 from the thread's
  // own; in a tile each serves both rows.
  // CHECK-LABEL: gpu.func @columns
  //       CHECK:   %[[C0:.+]] = arith.addi %[[AT:.+]], %c0
  //       CHECK:   %[[C1:.+]] = arith.addi %[[AT]], %c1
  //       CHECK:   %[[C8:.+]] = arith.addi %[[AT]], %c8
  //       CHECK:   %[[C9:.+]] = arith.addi %[[AT]], %c9
  //  CHECK-NEXT:   arith.addi %[[C0]], %[[C0]]
  //  CHECK-NEXT:   arith.addi %[[C1]], %[[C1]]
  //  CHECK-NEXT:   arith.addi %[[C0]], %[[C0]]
  //  CHECK-NEXT:   arith.addi %[[C1]], %[[C1]]
  //  CHECK-NEXT:   arith.addi %[[C8]], %[[C8]]
  //  CHECK-NEXT:   arith.addi %[[C9]], %[[C9]]
  //  CHECK-NEXT:   arith.addi %[[C8]], %[[C8]]
  //  CHECK-NEXT:   arith.addi %[[C9]], %[[C9]]
  gpu.func @columns(%origin: index) attributes {attn.config = #config} {
    %0 = attn.coordinates %origin {dimension = 1 : i64} : vector<1x16xindex>
    %1 = vector.broadcast %0 : vector<1x16xindex> to vector<64x16xindex>
    %2 = arith.addi %1, %1 : vector<64x16xindex>
    gpu.return
  }

  // f32 to f16: pairs in one register, the second element in the upper half.
  // CHECK-LABEL: gpu.func @packing
  //       CHECK:   %[[E0:.+]] = math.exp2
  //       CHECK:   %[[E1:.+]] = math.exp2
  //       CHECK:   %[[E2:.+]] = math.exp2
  //       CHECK:   %[[E3:.+]] = math.exp2
  //       CHECK:   nvvm.convert.f32x2.to.f16x2 %[[E1]], %[[E0]] {rnd = #nvvm.fp_rnd_mode<rn>} : vector<2xf16>
  //       CHECK:   nvvm.convert.f32x2.to.f16x2 %[[E3]], %[[E2]] {rnd = #nvvm.fp_rnd_mode<rn>} : vector<2xf16>
  //       CHECK:   nvvm.convert.f32x2.to.bf16x2 %[[E1]], %[[E0]] {rnd = #nvvm.fp_rnd_mode<rn>} : vector<2xbf16>
  //       CHECK:   arith.negf %{{.+}} : vector<2xbf16>
  gpu.func @packing(%s: f32) attributes {attn.config = #config} {
    %0 = vector.broadcast %s : f32 to !tile
    %1 = math.exp2 %0 : !tile
    %2 = arith.truncf %1 : !tile to vector<64x8xf16>
    %3 = arith.truncf %1 : !tile to vector<64x8xbf16>
    %4 = arith.negf %3 : vector<64x8xbf16>
    gpu.return
  }

  //===--------------------------------------------------------------------===//
  // Reductions
  //===--------------------------------------------------------------------===//

  // A row: its registers, then two exchanges among the four threads that hold it,
  // then the accumulator.
  // CHECK-LABEL: gpu.func @row_maximum
  //       CHECK:   %[[E0:.+]] = math.exp2
  //       CHECK:   %[[E1:.+]] = math.exp2
  //       CHECK:   %[[E2:.+]] = math.exp2
  //       CHECK:   %[[E3:.+]] = math.exp2
  //       CHECK:   %[[OWN:.+]] = arith.maxnumf %[[E0]], %[[E1]]
  //       CHECK:   %[[X:.+]] = nvvm.shfl.sync bfly %c-1_i32{{.*}}, %[[OWN]], %c1_i32{{.*}}
  //       CHECK:   %[[TWO:.+]] = arith.maxnumf %[[OWN]], %[[X]]
  //       CHECK:   %[[Y:.+]] = nvvm.shfl.sync bfly %c-1_i32{{.*}}, %[[TWO]], %c2_i32{{.*}}
  //       CHECK:   %[[FOUR:.+]] = arith.maxnumf %[[TWO]], %[[Y]]
  //       CHECK:   arith.maxnumf %[[FOUR]], %[[ACC:.+]] : f32
  //       CHECK:   arith.maxnumf %[[E2]], %[[E3]]
  // CHECK-COUNT-2:   nvvm.shfl.sync bfly
  //   CHECK-NOT:   nvvm.shfl.sync
  gpu.func @row_maximum(%s: f32) attributes {attn.config = #config} {
    %0 = vector.broadcast %s : f32 to !tile
    %1 = math.exp2 %0 : !tile
    %m = arith.constant dense<0xFF800000> : vector<64xf32>
    %2 = vector.multi_reduction <maxnumf>, %1, %m [1] : !tile to vector<64xf32>
    gpu.return
  }

  // A thread's part of the rows' sums: no exchange until they are added up.
  // CHECK-LABEL: gpu.func @row_parts
  //       CHECK:   %[[E0:.+]] = math.exp2
  //       CHECK:   %[[E1:.+]] = math.exp2
  //       CHECK:   %[[E2:.+]] = math.exp2
  //       CHECK:   %[[E3:.+]] = math.exp2
  //   CHECK-NOT:   nvvm.shfl
  //       CHECK:   %[[A:.+]] = arith.addf %[[E0]], %[[E1]]
  //  CHECK-NEXT:   %[[A1:.+]] = arith.addf %[[A]], %{{.+}}
  //  CHECK-NEXT:   %[[B:.+]] = arith.addf %[[E2]], %[[E3]]
  //  CHECK-NEXT:   %[[B1:.+]] = arith.addf %[[B]], %{{.+}}
  //       CHECK:   nvvm.shfl.sync bfly {{.*}}%[[A1]], %c1_i32{{.*}}
  //       CHECK:   nvvm.shfl.sync bfly
  //       CHECK:   nvvm.shfl.sync bfly {{.*}}%[[B1]], %c1_i32{{.*}}
  //       CHECK:   nvvm.shfl.sync bfly
  gpu.func @row_parts(%s: f32) attributes {attn.config = #config} {
    %0 = vector.broadcast %s : f32 to !tile
    %1 = math.exp2 %0 : !tile
    %z = arith.constant dense<0.0> : vector<64x4xf32>
    %2 = vector.shape_cast %1 : !tile to vector<64x1x4x2xf32>
    %3 = vector.multi_reduction <add>, %2, %z [1, 3] : vector<64x1x4x2xf32> to vector<64x4xf32>
    %y = arith.constant dense<0.0> : vector<64xf32>
    %4 = vector.multi_reduction <add>, %3, %y [1] : vector<64x4xf32> to vector<64xf32>
    gpu.return
  }
}

// -----

#config = #attn.config<tile = 64x8, stages = 1, consumers = 1, registers = 24x240>
!tile = vector<64x8xf32>

gpu.module @kernels {
  //===--------------------------------------------------------------------===//
  // Masks
  //===--------------------------------------------------------------------===//

  // The limit is computed once for each row half, in the thread's columns, and
  // clamped to what 32 bits hold; each element is then a constant compared with
  // it.
  // CHECK-LABEL: gpu.func @extent
  //  CHECK-SAME:   %[[S:[a-z0-9]+]]: f32, %[[Q:[a-z0-9]+]]: index, %[[KV:[a-z0-9]+]]: index, %[[END:[a-z0-9]+]]: index
  //       CHECK:   %[[ORIGIN:.+]] = arith.addi %[[KV]], %{{.+}} : index
  //       CHECK:   %[[LEFT:.+]] = arith.subi %[[END]], %[[ORIGIN]]
  //       CHECK:   %[[LOW:.+]] = arith.maxsi %[[LEFT]], %c-1
  //       CHECK:   %[[LIMIT:.+]] = arith.minsi %[[LOW]], %c9
  //       CHECK:   %[[BELOW:.+]] = arith.index_cast %[[LIMIT]] : index to i32
  //       CHECK:   %[[INF:.+]] = arith.constant 0xFF800000 : f32
  //       CHECK:   %[[K0:.+]] = arith.cmpi slt, %c0_i32{{.*}}, %[[BELOW]]
  //  CHECK-NEXT:   arith.select %[[K0]], %[[S]], %[[INF]]
  //       CHECK:   %[[K1:.+]] = arith.cmpi slt, %c1_i32{{.*}}, %[[BELOW]]
  //  CHECK-NEXT:   arith.select %[[K1]], %[[S]], %[[INF]]
  //   CHECK-NOT:   arith.cmpi sge
  gpu.func @extent(%s: f32, %q: index, %kv: index, %end: index) attributes {attn.config = #config} {
    %0 = vector.broadcast %s : f32 to !tile
    %1 = attn.band_mask %0 at(%q, %kv) extent(%end) : !tile
    gpu.return
  }

  // lower ≤ (kv + c) − (q + r) ≤ upper: c < upper + row + 1 − origin, and
  // c ≥ lower + row − origin.
  // CHECK-LABEL: gpu.func @band
  //  CHECK-SAME:   %[[S:[a-z0-9]+]]: f32, %[[Q:[a-z0-9]+]]: index, %[[KV:[a-z0-9]+]]: index, %[[LO:[a-z0-9]+]]: index, %[[UP:[a-z0-9]+]]: index
  //       CHECK:   %[[ORIGIN:.+]] = arith.addi %[[KV]], %{{.+}} : index
  //       CHECK:   %[[ROW:.+]] = arith.addi %[[Q]], %{{.+}} : index
  //       CHECK:   %[[A:.+]] = arith.addi %[[UP]], %[[ROW]]
  //       CHECK:   %[[B:.+]] = arith.addi %[[A]], %c1
  //       CHECK:   %[[C:.+]] = arith.subi %[[B]], %[[ORIGIN]]
  //       CHECK:   arith.maxsi %[[C]]
  //       CHECK:   %[[BELOW:.+]] = arith.index_cast
  //       CHECK:   %[[D:.+]] = arith.addi %[[LO]], %[[ROW]]
  //       CHECK:   %[[E:.+]] = arith.subi %[[D]], %[[ORIGIN]]
  //       CHECK:   arith.maxsi %[[E]]
  //       CHECK:   %[[FROM:.+]] = arith.index_cast
  //       CHECK:   %[[K:.+]] = arith.cmpi slt, %c0_i32{{.*}}, %[[BELOW]]
  //       CHECK:   %[[V:.+]] = arith.select %[[K]], %[[S]]
  //       CHECK:   %[[L:.+]] = arith.cmpi sge, %c0_i32{{.*}}, %[[FROM]]
  //       CHECK:   arith.select %[[L]], %[[V]]
  // CHECK-COUNT-3:   arith.cmpi sge
  //   CHECK-NOT:   arith.cmpi sge
  gpu.func @band(%s: f32, %q: index, %kv: index, %lo: index, %up: index) attributes {attn.config = #config} {
    %0 = vector.broadcast %s : f32 to !tile
    %1 = attn.band_mask %0 at(%q, %kv) lower(%lo) upper(%up) : !tile
    gpu.return
  }

  // A thread begins at its first column, once for each row half.
  // CHECK-LABEL: gpu.func @ramp
  //  CHECK-SAME:   %[[BASE:[a-z0-9]+]]: f32, %[[STEP:[a-z0-9]+]]: f32
  //       CHECK:   %[[COLUMN:.+]] = arith.sitofp %{{.+}} : i32 to f32
  //       CHECK:   %[[TOP:.+]] = math.fma %[[STEP]], %[[COLUMN]], %[[BASE]] : f32
  //       CHECK:   %[[BOTTOM:.+]] = math.fma %[[STEP]], %[[COLUMN]], %[[BASE]] : f32
  //       CHECK:   %[[ONE:.+]] = arith.constant 1.000000e+00 : f32
  //       CHECK:   math.fma %[[STEP]], %[[ONE]], %[[TOP]] : f32
  //       CHECK:   math.fma %[[STEP]], %{{.+}}, %[[BOTTOM]] : f32
  //       CHECK:   %[[FIRST:.+]] = math.fma %[[STEP]], %{{.+}}, %[[BASE]] : f32
  //       CHECK:   math.fma %[[STEP]], %{{.+}}, %[[FIRST]] : f32
  //   CHECK-NOT:   math.fma
  gpu.func @ramp(%base: f32, %step: f32) attributes {attn.config = #config} {
    %0 = vector.broadcast %base : f32 to vector<64x1xf32>
    %1 = vector.broadcast %step : f32 to vector<64x1xf32>
    %2 = attn.ramp %0, %1 : vector<64x1xf32> to !tile
    %3 = attn.ramp %base, %step : f32 to vector<1x8xf32>
    gpu.return
  }

  //===--------------------------------------------------------------------===//
  // Memory
  //===--------------------------------------------------------------------===//

  // A masked lane reads the first element in place of its own.
  // CHECK-LABEL: gpu.func @gather
  //  CHECK-SAME:   %[[M:[a-z0-9]+]]: memref<?xf32>, %[[AT:[a-z0-9]+]]: i32
  //       CHECK:   %[[I:.+]] = arith.index_cast %[[AT]] : i32 to index
  //       CHECK:   %[[SAFE:.+]] = arith.select %[[KEEP:.+]], %[[I]], %c0
  //       CHECK:   %[[PLACE:.+]] = arith.addi %{{.+}}, %[[SAFE]]
  //       CHECK:   %[[READ:.+]] = memref.load %[[M]][%[[PLACE]]]
  //       CHECK:   arith.select %[[KEEP]], %[[READ]], %{{.+}} : f32
  // CHECK-COUNT-3:   memref.load
  //   CHECK-NOT:   memref.load
  gpu.func @gather(%m: memref<?xf32>, %at: i32, %b: i1) attributes {attn.config = #config} {
    %c0 = arith.constant 0 : index
    %indices = vector.broadcast %at : i32 to vector<64x8xi32>
    %mask = vector.broadcast %b : i1 to vector<64x8xi1>
    %pass = arith.constant dense<0.0> : !tile
    %0 = vector.gather %m[%c0] [%indices], %mask, %pass : memref<?xf32>, vector<64x8xi32>, vector<64x8xi1>, !tile into !tile
    gpu.return
  }

  // Rows that may be out of bounds are guarded, one at a time; pairs are stored
  // as one.
  // CHECK-LABEL: gpu.func @write_tile
  //  CHECK-SAME:   %[[S:[a-z0-9]+]]: f32, %[[O:[a-z0-9]+]]: memref<?x8xf16>
  //       CHECK:   %[[PAIR:.+]] = nvvm.convert
  //       CHECK:   %[[END:.+]] = memref.dim %[[O]], %c0
  //       CHECK:   %[[IN:.+]] = arith.cmpi slt, %[[ROW:.+]], %[[END]]
  //       CHECK:   scf.if %[[IN]] {
  //       CHECK:     vector.store %[[PAIR]], %[[O]][%[[ROW]], %{{.+}}] {alignment = 4 : i64} : memref<?x8xf16>, vector<2xf16>
  //   CHECK-NOT:     vector.store
  //       CHECK:   }
  //       CHECK:   scf.if
  //       CHECK:     vector.store
  gpu.func @write_tile(%s: f32, %o: memref<?x8xf16>) attributes {attn.config = #config} {
    %c0 = arith.constant 0 : index
    %0 = vector.broadcast %s : f32 to !tile
    %1 = arith.truncf %0 : !tile to vector<64x8xf16>
    vector.transfer_write %1, %o[%c0, %c0] {in_bounds = [false, true]} : vector<64x8xf16>, memref<?x8xf16>
    gpu.return
  }

  // Rows in groups: a group may end before the rows do.
  // CHECK-LABEL: gpu.func @write_groups
  //       CHECK:   %[[REST:.+]] = arith.remui %[[ROW:.+]], %c4{{.*}} : index
  //       CHECK:   %[[IN_GROUP:.+]] = arith.addi %{{.+}}, %[[REST]] : index
  //       CHECK:   %[[GROUP_END:.+]] = memref.dim %{{.+}}, %c1{{.*}} : memref<?x3x8xf16>
  //       CHECK:   %[[GROUP_ENDS:.+]] = arith.cmpi slt, %[[IN_GROUP]], %[[GROUP_END]] : index
  //       CHECK:   %[[GROUP:.+]] = arith.divui %[[ROW]], %c4{{.*}} : index
  //       CHECK:   %[[PLACE:.+]] = arith.addi %{{.+}}, %[[GROUP]] : index
  //       CHECK:   %[[END:.+]] = memref.dim %{{.+}}, %c0{{.*}} : memref<?x3x8xf16>
  //       CHECK:   %[[ROWS_END:.+]] = arith.cmpi slt, %[[PLACE]], %[[END]] : index
  //       CHECK:   %[[WRITES:.+]] = arith.andi %[[GROUP_ENDS]], %[[ROWS_END]] : i1
  //       CHECK:   scf.if %[[WRITES]] {
  gpu.func @write_groups(%s: f32, %o: memref<?x3x8xf16>) attributes {attn.config = #config} {
    %c0 = arith.constant 0 : index
    %0 = vector.broadcast %s : f32 to !tile
    %1 = arith.truncf %0 : !tile to vector<64x8xf16>
    %2 = vector.shape_cast %1 : vector<64x8xf16> to vector<16x4x8xf16>
    vector.transfer_write %2, %o[%c0, %c0, %c0] {in_bounds = [false, false, true]} : vector<16x4x8xf16>, memref<?x3x8xf16>
    gpu.return
  }

  // In bounds: no guard.
  // CHECK-LABEL: gpu.func @write_in_bounds
  //   CHECK-NOT:   scf.if
  // CHECK-COUNT-4:   memref.store
  //       CHECK:   gpu.return
  gpu.func @write_in_bounds(%s: f32, %o: memref<64x8xf32>) attributes {attn.config = #config} {
    %c0 = arith.constant 0 : index
    %0 = vector.broadcast %s : f32 to !tile
    vector.transfer_write %0, %o[%c0, %c0] {in_bounds = [true, true]} : !tile, memref<64x8xf32>
    gpu.return
  }

  // One thread of a row's four writes what belongs to the row.
  // CHECK-LABEL: gpu.func @write_rows
  //       CHECK:   %[[IN:.+]] = arith.cmpi slt
  //       CHECK:   %[[FIRST:.+]] = arith.cmpi eq, %{{.+}}, %c0_i32{{.*}}
  //       CHECK:   %[[WRITES:.+]] = arith.andi %[[IN]], %[[FIRST]]
  //       CHECK:   scf.if %[[WRITES]] {
  //       CHECK:     memref.store
  //       CHECK:   }
  //       CHECK:   scf.if
  gpu.func @write_rows(%s: f32, %lse: memref<?xf32>) attributes {attn.config = #config} {
    %c0 = arith.constant 0 : index
    %0 = vector.broadcast %s : f32 to vector<64xf32>
    vector.transfer_write %0, %lse[%c0] : vector<64xf32>, memref<?xf32>
    gpu.return
  }
}

// -----

#config = #attn.config<tile = 64x8, stages = 1, consumers = 1, registers = 24x240>
!q = !hopper.shared_tile<64x16xf16>
!k = !hopper.shared_tile<16x16xf16>
!v = !hopper.shared_tile<16x8xf16>

gpu.module @kernels {
  //===--------------------------------------------------------------------===//
  // Pairs
  //===--------------------------------------------------------------------===//

  // A tile of 16-bit floats is held in pairs. Elements are read one by one, the
  // arithmetic is that of pairs, and what changes the width takes them apart.
  // CHECK-LABEL: gpu.func @halves
  //  CHECK-SAME:   %[[M:[a-z0-9]+]]: memref<?xf16>
  //       CHECK:   %[[READ:.+]] = memref.load %[[M]]
  //  CHECK-NEXT:   %[[A:.+]] = arith.select %{{.+}}, %[[READ]], %{{.+}} : f16
  //       CHECK:   %[[READ:.+]] = memref.load %[[M]]
  //  CHECK-NEXT:   %[[B:.+]] = arith.select %{{.+}}, %[[READ]], %{{.+}} : f16
  //       CHECK:   %[[PAIR:.+]] = vector.from_elements %[[A]], %[[B]] : vector<2xf16>
  //       CHECK:   %[[SUM:.+]] = arith.addf %[[PAIR]], %{{.+}} : vector<2xf16>
  //       CHECK:   %[[FIRST:.+]] = vector.extract %[[SUM]][0]
  //       CHECK:   %[[SECOND:.+]] = vector.extract %[[SUM]][1]
  //       CHECK:   arith.extf %[[FIRST]] : f16 to f32
  //       CHECK:   arith.extf %[[SECOND]] : f16 to f32
  //       CHECK:   %[[E:.+]] = vector.extract %[[SUM]][0]
  //       CHECK:   math.exp2 %{{.+}} : f16
  gpu.func @halves(%m: memref<?xf16>, %i: index, %b: i1, %s: f16) attributes {attn.config = #config} {
    %indices = vector.broadcast %i : index to vector<64x16xindex>
    %mask = vector.broadcast %b : i1 to vector<64x16xi1>
    %pass = arith.constant dense<0.0> : vector<64x16xf16>
    %0 = vector.gather %m[%i] [%indices], %mask, %pass : memref<?xf16>, vector<64x16xindex>, vector<64x16xi1>, vector<64x16xf16> into vector<64x16xf16>
    %column = vector.broadcast %s : f16 to vector<1x16xf16>
    %wide = vector.broadcast %column : vector<1x16xf16> to vector<64x16xf16>
    %1 = arith.addf %0, %wide : vector<64x16xf16>
    %2 = arith.extf %1 : vector<64x16xf16> to vector<64x16xf32>
    %3 = math.exp2 %1 : vector<64x16xf16>
    gpu.return
  }

  //===--------------------------------------------------------------------===//
  // Products
  //===--------------------------------------------------------------------===//

  // Both products in flight: the first wait leaves one, the second one none. The
  // wait gives the accumulators that may be read.
  // CHECK-LABEL: gpu.func @products
  //  CHECK-SAME:   %[[Q:[a-z0-9]+]]: !hopper.shared_tile<64x16xf16>, %[[K:[a-z0-9]+]]: !hopper.shared_tile<16x16xf16>, %[[V:[a-z0-9]+]]: !hopper.shared_tile<16x8xf16>
  //       CHECK:   %[[ROW:.+]] = arith.muli %{{.+}}, %c64_i32{{.*}}
  //       CHECK:   %[[P:.+]] = arith.constant dense<1.000000e+00> : vector<2xf16>
  //       CHECK:   %[[S:.+]]:8 = hopper.thread_wgmma %[[Q]], %[[K]], %[[ROW]] {depth = 16 : i64, n = 16 : i64, operandSegmentSizes = array<i32: 1, 0, 1, 0, 1>, transpose_rhs}
  //       CHECK:   %[[O:.+]]:4 = hopper.thread_wgmma %[[P]], %[[P]], %[[P]], %[[P]], %[[V]], %[[Z:.+]], %[[Z]], %[[Z]], %[[Z]] {depth = 16 : i64, n = 8 : i64, operandSegmentSizes = array<i32: 0, 4, 1, 4, 0>}
  //       CHECK:   %[[W:.+]]:8 = hopper.thread_wgmma_wait %[[S]]#0, {{.*}} groups 1
  //       CHECK:   arith.addf %[[W]]#0, %[[W]]#0
  //       CHECK:   hopper.thread_wgmma_wait %[[O]]#0, {{.*}} groups 0
  gpu.func @products(%q: !q, %k: !k, %v: !v) attributes {attn.config = #config} {
    %p = arith.constant dense<1.0> : vector<64x16xf16>
    %z = arith.constant dense<0.0> : vector<64x8xf32>
    %s = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x16xf32>>
    %o = hopper.wgmma %p, %v acc %z : vector<64x16xf16>, !v, vector<64x8xf32> -> !hopper.pending<vector<64x8xf32>>
    %ws = hopper.wgmma_wait %s : !hopper.pending<vector<64x16xf32>>
    %x = arith.addf %ws, %ws : vector<64x16xf32>
    %wo = hopper.wgmma_wait %o : !hopper.pending<vector<64x8xf32>>
    gpu.return
  }

  // A product that the loop carries in flight: at its wait those issued since are
  // the other one of the iteration before, and the one in front of the wait.
  // CHECK-LABEL: gpu.func @carried_product
  //       CHECK:   %[[FIRST:.+]]:8 = hopper.thread_wgmma
  //       CHECK:   hopper.thread_wgmma
  //       CHECK:   %[[LAST:.+]]:8 = scf.for {{.*}} iter_args(%[[BEFORE:.+]] = %[[FIRST]]#0, {{.*}}) -> (f32, f32, f32, f32, f32, f32, f32, f32) {
  //       CHECK:     hopper.thread_wgmma
  //       CHECK:     hopper.thread_wgmma_wait %[[BEFORE]], {{.*}} groups 2
  //       CHECK:     %[[NEXT:.+]]:8 = hopper.thread_wgmma
  //       CHECK:     hopper.thread_wgmma
  //       CHECK:     scf.yield %[[NEXT]]#0, %[[NEXT]]#1
  //       CHECK:   hopper.thread_wgmma_wait %[[LAST]]#0, {{.*}} groups 0
  gpu.func @carried_product(%q: !q, %k: !k, %n: index) attributes {attn.config = #config} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %first = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x16xf32>>
    %other = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x16xf32>>
    %last = scf.for %i = %c0 to %n step %c1 iter_args(%before = %first) -> !hopper.pending<vector<64x16xf32>> {
      %a = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x16xf32>>
      %s = hopper.wgmma_wait %before : !hopper.pending<vector<64x16xf32>>
      %next = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x16xf32>>
      %b = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x16xf32>>
      scf.yield %next : !hopper.pending<vector<64x16xf32>>
    }
    %s = hopper.wgmma_wait %last : !hopper.pending<vector<64x16xf32>>
    gpu.return
  }

  // Nothing is issued behind the first product: at the first wait for what is
  // carried none may stay in flight, though one could at all later ones.
  // CHECK-LABEL: gpu.func @carried_product_last_before_the_loop
  //       CHECK:   scf.for {{.*}} iter_args(%[[BEFORE:.+]] = %{{.+}}#0, {{.*}}) -> (f32, f32, f32, f32, f32, f32, f32, f32) {
  //       CHECK:     hopper.thread_wgmma_wait %[[BEFORE]], {{.*}} groups 0
  gpu.func @carried_product_last_before_the_loop(%q: !q, %k: !k, %n: index) attributes {attn.config = #config} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %first = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x16xf32>>
    %last = scf.for %i = %c0 to %n step %c1 iter_args(%before = %first) -> !hopper.pending<vector<64x16xf32>> {
      %s = hopper.wgmma_wait %before : !hopper.pending<vector<64x16xf32>>
      %next = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x16xf32>>
      %b = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x16xf32>>
      scf.yield %next : !hopper.pending<vector<64x16xf32>>
    }
    %s = hopper.wgmma_wait %last : !hopper.pending<vector<64x16xf32>>
    gpu.return
  }

  // The same where the wait is deeper than the loop: nobody counts.
  // CHECK-LABEL: gpu.func @carried_into_a_branch
  //       CHECK:   scf.for
  //       CHECK:     scf.if
  //       CHECK:       hopper.thread_wgmma_wait %{{.+}} groups 0
  gpu.func @carried_into_a_branch(%q: !q, %k: !k, %n: index, %c: i1) attributes {attn.config = #config} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %zero = arith.constant dense<0.0> : vector<64x16xf32>
    %first = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x16xf32>>
    %last:2 = scf.for %i = %c0 to %n step %c1 iter_args(%s = %zero, %before = %first) -> (vector<64x16xf32>, !hopper.pending<vector<64x16xf32>>) {
      %r = scf.if %c -> vector<64x16xf32> {
        %w = hopper.wgmma_wait %before : !hopper.pending<vector<64x16xf32>>
        scf.yield %w : vector<64x16xf32>
      } else {
        %w = hopper.wgmma_wait %before : !hopper.pending<vector<64x16xf32>>
        scf.yield %w : vector<64x16xf32>
      }
      %next = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x16xf32>>
      scf.yield %r, %next : vector<64x16xf32>, !hopper.pending<vector<64x16xf32>>
    }
    gpu.return
  }

  // From a branch; nobody counts what was issued since.
  // CHECK-LABEL: gpu.func @product_of_branch
  //       CHECK:   %[[P:.+]]:8 = scf.if
  //       CHECK:     hopper.thread_wgmma
  //       CHECK:     scf.yield
  //       CHECK:   hopper.thread_wgmma_wait %[[P]]#0, {{.*}} groups 0
  gpu.func @product_of_branch(%q: !q, %k: !k, %c: i1) attributes {attn.config = #config} {
    %p = scf.if %c -> !hopper.pending<vector<64x16xf32>> {
      %a = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x16xf32>>
      scf.yield %a : !hopper.pending<vector<64x16xf32>>
    } else {
      %b = hopper.wgmma %q, %q {transpose_rhs} : !q, !q -> !hopper.pending<vector<64x64xf32>>
      %wb = hopper.wgmma_wait %b : !hopper.pending<vector<64x64xf32>>
      %c0 = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x16xf32>>
      scf.yield %c0 : !hopper.pending<vector<64x16xf32>>
    }
    %s = hopper.wgmma_wait %p : !hopper.pending<vector<64x16xf32>>
    gpu.return
  }

  // A wait leaves at most 7 in flight.
  // CHECK-LABEL: gpu.func @many_products
  //       CHECK:   hopper.thread_wgmma_wait %{{.*}} groups 7
  gpu.func @many_products(%q: !q, %k: !k) attributes {attn.config = #config} {
    %p = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x16xf32>>
    %p0 = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x16xf32>>
    %p1 = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x16xf32>>
    %p2 = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x16xf32>>
    %p3 = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x16xf32>>
    %p4 = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x16xf32>>
    %p5 = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x16xf32>>
    %p6 = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x16xf32>>
    %p7 = hopper.wgmma %q, %k {transpose_rhs} : !q, !k -> !hopper.pending<vector<64x16xf32>>
    %s = hopper.wgmma_wait %p : !hopper.pending<vector<64x16xf32>>
    gpu.return
  }

  //===--------------------------------------------------------------------===//
  // Control flow
  //===--------------------------------------------------------------------===//

  // Loops and branches carry registers beside what is no vector.
  // CHECK-LABEL: gpu.func @loop
  //       CHECK:   %[[L:.+]]:5 = scf.for {{.*}} -> (f32, f32, f32, f32, index) {
  //       CHECK:     math.exp2
  //       CHECK:     scf.yield %{{.+}}, %{{.+}}, %{{.+}}, %{{.+}}, %{{.+}} : f32, f32, f32, f32, index
  //       CHECK:   %[[B:.+]]:3 = scf.if %{{.+}} -> (f32, f32, index) {
  //       CHECK:     scf.yield
  //       CHECK:   } else {
  //       CHECK:     scf.yield
  //       CHECK:   memref.load %{{.+}}[%[[L]]#4]
  //       CHECK:   memref.load %{{.+}}[%[[B]]#2]
  gpu.func @loop(%n: index, %s: f32, %b: i1, %m: memref<?xf32>) attributes {attn.config = #config} {
    %z = arith.constant dense<0.0> : vector<64x8xf32>
    %y = arith.constant dense<0.0> : vector<64xf32>
    %r:2 = scf.for %i = %n to %n step %n iter_args(%x = %z, %a = %n) -> (vector<64x8xf32>, index) {
      %e = math.exp2 %x : vector<64x8xf32>
      %c = arith.addi %a, %n : index
      scf.yield %e, %c : vector<64x8xf32>, index
    }
    %t:2 = scf.if %b -> (vector<64xf32>, index) {
      %u = vector.broadcast %s : f32 to vector<64xf32>
      scf.yield %u, %n : vector<64xf32>, index
    } else {
      scf.yield %y, %n : vector<64xf32>, index
    }
    %0 = memref.load %m[%r#1] : memref<?xf32>
    %1 = memref.load %m[%t#1] : memref<?xf32>
    gpu.return
  }
}

// -----

// The consumers of a kernel with roles: threads from 128 on. What the producer
// does stays; constants in front of the roles come into the consumers' one.

#config = #attn.config<tile = 128x8, stages = 1, consumers = 2, registers = 24x240>
gpu.module @kernels {
  // CHECK-LABEL: gpu.func @roles
  //  CHECK-NEXT:   hopper.warp_specialize
  //  CHECK-NEXT:     memref.store
  //  CHECK-NEXT:   } consumer {
  //       CHECK:     %[[ID:.+]] = gpu.thread_id x
  //       CHECK:     %[[T:.+]] = arith.index_cast %[[ID]]
  //       CHECK:     arith.subi %[[T]], %c128_i32{{.*}}
  // CHECK-COUNT-4:     math.exp2 %{{.+}} : f32
  gpu.func @roles(%m: memref<?xf32>, %i: index, %s: f32) attributes {attn.config = #config} {
    %z = arith.constant dense<0.0> : vector<128x8xf32>
    hopper.warp_specialize consumers(2) registers(24, 240) producer {
      memref.store %s, %m[%i] : memref<?xf32>
    } consumer {
      %e = math.exp2 %z : vector<128x8xf32>
    }
    gpu.return
  }
}

// -----

#config = #attn.config<tile = 64x32, stages = 1, consumers = 1, registers = 24x240>

gpu.module @kernels {
  // Four 8-bit floats in a register: two pairs of columns, 8 apart; two
  // instructions convert them. 64·32 / 128 / 4 registers, in steps of 32 along the
  // inner dimension.
  // CHECK-LABEL: gpu.func @narrow
  //       CHECK:   %[[LOW:.+]] = nvvm.convert.f32x2.to.f8x2 %[[X:.+]], %[[X]] {rnd = #nvvm.fp_rnd_mode<rn>, sat = #nvvm.sat_mode<satfinite>} : i16(f8E4M3FN)
  //       CHECK:   %[[HIGH:.+]] = nvvm.convert.f32x2.to.f8x2
  //       CHECK:   %[[BOTH:.+]] = vector.from_elements %[[LOW]], %[[HIGH]] : vector<2xi16>
  //       CHECK:   vector.bitcast %[[BOTH]] : vector<2xi16> to vector<4xf8E4M3FN>
  // CHECK-COUNT-6:   nvvm.convert.f32x2.to.f8x2
  //   CHECK-NOT:   nvvm.convert.f32x2.to.f8x2
  //       CHECK:   hopper.thread_wgmma {{.*}} {depth = 32 : i64, n = 8 : i64, {{.*}}transpose_rhs} : (vector<4xf8E4M3FN>, vector<4xf8E4M3FN>, vector<4xf8E4M3FN>, vector<4xf8E4M3FN>, !hopper.shared_tile<8x32xf8E4M3FN, interleaved>)
  gpu.func @narrow(%s: f32, %v: !hopper.shared_tile<8x32xf8E4M3FN, interleaved>) attributes {attn.config = #config} {
    %0 = vector.broadcast %s : f32 to vector<64x32xf32>
    %1 = arith.truncf %0 : vector<64x32xf32> to vector<64x32xf8E4M3FN>
    %2 = hopper.wgmma %1, %v {transpose_rhs} : vector<64x32xf8E4M3FN>, !hopper.shared_tile<8x32xf8E4M3FN, interleaved> -> !hopper.pending<vector<64x8xf32>>
    %3 = hopper.wgmma_wait %2 : !hopper.pending<vector<64x8xf32>>
    gpu.return
  }

  // Integers likewise; their products are in registers of i32.
  // CHECK-LABEL: gpu.func @integers
  //       CHECK:   %[[FOUR:.+]] = vector.from_elements %{{.+}} : vector<4xf32>
  //       CHECK:   attn.round %[[FOUR]] : vector<4xf32> to vector<4xi8>
  // CHECK-COUNT-3:   attn.round
  //   CHECK-NOT:   attn.round
  //       CHECK:   %[[P:.+]]:4 = hopper.thread_wgmma {{.*}} {depth = 32 : i64, n = 8 : i64, {{.*}}transpose_rhs} : (vector<4xi8>, vector<4xi8>, vector<4xi8>, vector<4xi8>, !hopper.shared_tile<8x32xi8, interleaved>) -> (i32, i32, i32, i32)
  //       CHECK:   %[[W:.+]]:4 = hopper.thread_wgmma_wait %[[P]]#0, {{.*}} groups 0 : i32, i32, i32, i32
  // CHECK-COUNT-4:   arith.sitofp %{{.+}} : i32 to f32
  gpu.func @integers(%s: f32, %v: !hopper.shared_tile<8x32xi8, interleaved>) attributes {attn.config = #config} {
    %0 = vector.broadcast %s : f32 to vector<64x32xf32>
    %1 = attn.round %0 : vector<64x32xf32> to vector<64x32xi8>
    %2 = hopper.wgmma %1, %v {transpose_rhs} : vector<64x32xi8>, !hopper.shared_tile<8x32xi8, interleaved> -> !hopper.pending<vector<64x8xi32>>
    %3 = hopper.wgmma_wait %2 : !hopper.pending<vector<64x8xi32>>
    %4 = arith.sitofp %3 : vector<64x8xi32> to vector<64x8xf32>
    gpu.return
  }

  // Columns of blocks: the first two of four steps of 8 have one scale, the others
  // another one.
  // CHECK-LABEL: gpu.func @blocks
  //  CHECK-SAME:   %[[A:[a-z0-9]+]]: f32, %[[B:[a-z0-9]+]]: f32
  // CHECK-COUNT-8:   arith.mulf %{{.+}}, %[[A]] : f32
  // CHECK-COUNT-8:   arith.mulf %{{.+}}, %[[B]] : f32
  gpu.func @blocks(%a: f32, %b: f32) attributes {attn.config = #config} {
    %tile = arith.constant dense<2.0> : vector<64x32xf32>
    %none = arith.constant dense<0.0> : vector<1x32xf32>
    %0 = vector.broadcast %a : f32 to vector<1x16xf32>
    %1 = vector.broadcast %b : f32 to vector<1x16xf32>
    %2 = vector.insert_strided_slice %0, %none {offsets = [0, 0], strides = [1, 1]} : vector<1x16xf32> into vector<1x32xf32>
    %3 = vector.insert_strided_slice %1, %2 {offsets = [0, 16], strides = [1, 1]} : vector<1x16xf32> into vector<1x32xf32>
    %4 = vector.broadcast %3 : vector<1x32xf32> to vector<64x32xf32>
    %5 = arith.mulf %tile, %4 : vector<64x32xf32>
    gpu.return
  }
}
