// RUN: fa3-opt %s --allow-unregistered-dialect --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-emulate-exponentials)))' | FileCheck %s

#four = #attn.config<tile = 128x64, stages = 2, consumers = 2, registers = 24x240, speculation = 448, emulate = 4>
#eight = #attn.config<tile = 128x64, stages = 2, consumers = 2, registers = 24x240, speculation = 448, emulate = 8>
#none = #attn.config<tile = 128x64, stages = 2, consumers = 2, registers = 24x240, speculation = 448>

gpu.module @kernels {
  // Results 0 and 4 of a product, which are of one row. What rows share is
  // computed once: 1/252 of the factor and of the shift, and 125/252.
  // CHECK-LABEL: gpu.func @fourth(
  //  CHECK-SAME:     %[[S0:[^:]*]]: f32, %{{[^:]*}}: f32, %{{[^:]*}}: f32, %{{[^:]*}}: f32, %[[S4:[^:]*]]: f32, %[[FACTOR:[^:]*]]: f32, %[[SHIFT:[^:]*]]: f32)
  //       CHECK:   %[[SHIFT1:.*]] = math.fma %[[SHIFT]], %{{.*}}, %{{.*}} : f32
  //       CHECK:   %[[FACTOR1:.*]] = arith.mulf %[[FACTOR]], %{{.*}} : f32
  //       CHECK:   %[[S:.*]]:5 = hopper.thread_wgmma_wait
  //       CHECK:   %[[Y:.*]] = hopper.saturating_fma %[[S]]#0, %[[FACTOR1]], %[[SHIFT1]] : f32
  //       CHECK:   %[[WIDTH:.*]] = arith.constant 2.520000e+02 : f32
  //       CHECK:   %[[ROUNDING:.*]] = arith.constant 0x4B3FFF83 : f32
  //       CHECK:   %[[T:.*]] = math.fma %[[Y]], %[[WIDTH]], %[[ROUNDING]] : f32
  //       CHECK:   %[[I:.*]] = arith.subf %[[T]], %[[ROUNDING]] : f32
  //       CHECK:   %[[MINUS:.*]] = arith.negf %[[I]] : f32
  //       CHECK:   %[[F:.*]] = math.fma %[[Y]], %[[WIDTH]], %[[MINUS]] : f32
  //       CHECK:   %[[Q:.*]] = math.fma %[[F]], %{{.*}}, %{{.*}} : f32
  //       CHECK:   %[[R:.*]] = math.fma %[[Q]], %[[F]], %{{.*}} : f32
  //       CHECK:   %[[C23:.*]] = arith.constant 23 : i32
  //   CHECK-DAG:   %[[RBITS:.*]] = arith.bitcast %[[R]] : f32 to i32
  //   CHECK-DAG:   %[[TBITS:.*]] = arith.bitcast %[[T]] : f32 to i32
  //       CHECK:   %[[SHIFTED:.*]] = arith.shli %[[TBITS]], %[[C23]] : i32
  //       CHECK:   %[[BITS:.*]] = arith.addi %[[RBITS]], %[[SHIFTED]] : i32
  //       CHECK:   %[[P0:.*]] = arith.bitcast %[[BITS]] : i32 to f32
  //       CHECK:   %[[X1:.*]] = math.fma %[[S]]#1, %[[FACTOR]], %[[SHIFT]] : f32
  //       CHECK:   %[[P1:.*]] = math.exp2 %[[X1]] fastmath<afn> : f32
  //       CHECK:   %[[P2:.*]] = math.exp2
  //       CHECK:   hopper.saturating_fma %[[S]]#4, %[[FACTOR1]], %[[SHIFT1]] : f32
  //       CHECK:   %[[P4:.*]] = arith.bitcast %{{.*}} : i32 to f32
  //  CHECK-NEXT:   "test.use"(%[[P0]], %[[P1]], %[[P2]], %[[P4]])
  gpu.func @fourth(%s0: f32, %s1: f32, %s2: f32, %s3: f32, %s4: f32, %factor: f32, %shift: f32) attributes {attn.config = #four} {
    %s:5 = hopper.thread_wgmma_wait %s0, %s1, %s2, %s3, %s4 groups 0 : f32, f32, f32, f32, f32
    %x0 = math.fma %s#0, %factor, %shift : f32
    %p0 = math.exp2 %x0 fastmath<afn> : f32
    %x1 = math.fma %s#1, %factor, %shift : f32
    %p1 = math.exp2 %x1 fastmath<afn> : f32
    %x2 = math.fma %s#2, %factor, %shift : f32
    %p2 = math.exp2 %x2 fastmath<afn> : f32
    %x4 = math.fma %s#4, %factor, %shift : f32
    %p4 = math.exp2 %x4 fastmath<afn> : f32
    "test.use"(%p0, %p1, %p2, %p4) : (f32, f32, f32, f32) -> ()
    gpu.return
  }

  // An exponent that has other users stays for them.
  // CHECK-LABEL: gpu.func @eighth(
  //       CHECK:   %[[S:.*]]:5 = hopper.thread_wgmma_wait
  //       CHECK:   %[[X0:.*]] = math.fma %[[S]]#0
  //       CHECK:   hopper.saturating_fma %[[S]]#0
  //       CHECK:   %[[X4:.*]] = math.fma %[[S]]#4
  //       CHECK:   math.exp2 %[[X4]] fastmath<afn>
  //       CHECK:   "test.use"(%{{.*}}, %{{.*}}, %[[X0]])
  gpu.func @eighth(%s0: f32, %s1: f32, %s2: f32, %s3: f32, %s4: f32, %factor: f32, %shift: f32) attributes {attn.config = #eight} {
    %s:5 = hopper.thread_wgmma_wait %s0, %s1, %s2, %s3, %s4 groups 0 : f32, f32, f32, f32, f32
    %x0 = math.fma %s#0, %factor, %shift : f32
    %p0 = math.exp2 %x0 fastmath<afn> : f32
    %x4 = math.fma %s#4, %factor, %shift : f32
    %p4 = math.exp2 %x4 fastmath<afn> : f32
    "test.use"(%p0, %p4, %x0) : (f32, f32, f32) -> ()
    gpu.return
  }

  // A product of integers, which is never NaN.
  // CHECK-LABEL: gpu.func @integers(
  //       CHECK:   %[[SCORE:.*]] = arith.sitofp
  //       CHECK:   hopper.saturating_fma %[[SCORE]]
  gpu.func @integers(%s0: i32, %factor: f32, %shift: f32) attributes {attn.config = #four} {
    %s = hopper.thread_wgmma_wait %s0 groups 0 : i32
    %score = arith.sitofp %s : i32 to f32
    %x0 = math.fma %score, %factor, %shift : f32
    %p0 = math.exp2 %x0 fastmath<afn> : f32
    "test.use"(%p0) : (f32) -> ()
    gpu.return
  }

  // What it leaves alone: exponentials that are to be exact, or of something
  // else than a product, of which NaN might stand alone; kernels whose
  // configuration does not ask for it.
  // CHECK-LABEL: gpu.func @others(
  //   CHECK-NOT:   hopper.saturating_fma
  //       CHECK: gpu.func @some_of_these(
  //       CHECK:   %[[S:.*]]:4 = hopper.thread_wgmma_wait
  //       CHECK:   math.exp2
  //       CHECK:   hopper.saturating_fma %[[S]]#0
  //       CHECK: gpu.func @not_asked(
  //   CHECK-NOT:   hopper.saturating_fma
  //       CHECK:   gpu.return
  gpu.func @others(%s0: f32, %factor: f32, %shift: f32) attributes {attn.config = #four} {
    %s = hopper.thread_wgmma_wait %s0 groups 0 : f32
    %x0 = math.fma %s, %factor, %shift : f32
    %p0 = math.exp2 %x0 : f32
    %p1 = math.exp2 %s fastmath<afn> : f32
    %x2 = math.fma %s0, %factor, %shift : f32
    %p2 = math.exp2 %x2 fastmath<afn> : f32
    "test.use"(%p0, %p1, %p2) : (f32, f32, f32) -> ()
    gpu.return
  }
  gpu.func @some_of_these(%s0: f32, %s1: f32, %s2: f32, %s3: f32, %factor: f32, %shift: f32) attributes {attn.config = #four} {
    %s:4 = hopper.thread_wgmma_wait %s0, %s1, %s2, %s3 groups 0 : f32, f32, f32, f32
    %x3 = math.fma %s#3, %factor, %shift : f32
    %p3 = math.exp2 %x3 fastmath<afn> : f32
    %x0 = math.fma %s#0, %factor, %shift : f32
    %p0 = math.exp2 %x0 fastmath<afn,contract> : f32
    "test.use"(%p0, %p3) : (f32, f32) -> ()
    gpu.return
  }
  gpu.func @not_asked(%s0: f32, %factor: f32, %shift: f32) attributes {attn.config = #none} {
    %s = hopper.thread_wgmma_wait %s0 groups 0 : f32
    %x0 = math.fma %s, %factor, %shift : f32
    %p0 = math.exp2 %x0 fastmath<afn> : f32
    "test.use"(%p0) : (f32) -> ()
    gpu.return
  }
}
