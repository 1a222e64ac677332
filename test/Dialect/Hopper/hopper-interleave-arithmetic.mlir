// RUN: fa3-opt %s --allow-unregistered-dialect --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-interleave-arithmetic)))' | FileCheck %s

gpu.module @kernels {
  // One element goes through all that is done to it, then the next.
  // CHECK-LABEL: gpu.func @chains(
  //  CHECK-SAME:     %[[S0:.*]]: f32, %[[S1:.*]]: f32, %[[F:.*]]: f32, %[[C:.*]]: f32)
  //  CHECK-NEXT:   %[[X0:.*]] = math.fma %[[S0]], %[[F]], %[[C]]
  //  CHECK-NEXT:   %[[P0:.*]] = math.exp2 %[[X0]]
  //  CHECK-NEXT:   %[[X1:.*]] = math.fma %[[S1]], %[[F]], %[[C]]
  //  CHECK-NEXT:   %[[P1:.*]] = math.exp2 %[[X1]]
  //  CHECK-NEXT:   "test.use"(%[[P0]], %[[P1]])
  gpu.func @chains(%s0: f32, %s1: f32, %f: f32, %c: f32) {
    %x0 = math.fma %s0, %f, %c : f32
    %x1 = math.fma %s1, %f, %c : f32
    %p0 = math.exp2 %x0 : f32
    %p1 = math.exp2 %x1 : f32
    "test.use"(%p0, %p1) : (f32, f32) -> ()
    gpu.return
  }

  // Two users of a value, one of which waits for the element before; of users
  // that can stand next the latest goes first.
  // CHECK-LABEL: gpu.func @sum(
  //  CHECK-SAME:     %[[L:[^:]*]]: f32)
  //  CHECK-NEXT:   %[[X0:.*]] = math.fma
  //  CHECK-NEXT:   %[[P0:.*]] = math.exp2 %[[X0]]
  //  CHECK-NEXT:   %[[H0:.*]] = arith.truncf %[[P0]]
  //  CHECK-NEXT:   %[[T0:.*]] = arith.addf %[[L]], %[[P0]]
  //  CHECK-NEXT:   %[[X1:.*]] = math.fma
  //  CHECK-NEXT:   %[[P1:.*]] = math.exp2 %[[X1]]
  //  CHECK-NEXT:   %[[H1:.*]] = arith.truncf %[[P1]]
  //  CHECK-NEXT:   %[[T1:.*]] = arith.addf %[[T0]], %[[P1]]
  //  CHECK-NEXT:   "test.use"(%[[H0]], %[[H1]], %[[T1]])
  gpu.func @sum(%s0: f32, %s1: f32, %f: f32, %c: f32, %l: f32) {
    %x0 = math.fma %s0, %f, %c : f32
    %x1 = math.fma %s1, %f, %c : f32
    %p0 = math.exp2 %x0 : f32
    %p1 = math.exp2 %x1 : f32
    %t0 = arith.addf %l, %p0 : f32
    %t1 = arith.addf %t0, %p1 : f32
    %h0 = arith.truncf %p0 : f32 to f16
    %h1 = arith.truncf %p1 : f32 to f16
    "test.use"(%h0, %h1, %t1) : (f16, f16, f32) -> ()
    gpu.return
  }

  // An operand that is taken twice is missing once.
  // CHECK-LABEL: gpu.func @squares(
  //  CHECK-NEXT:   %[[X0:.*]] = arith.negf
  //  CHECK-NEXT:   %[[Y0:.*]] = arith.mulf %[[X0]], %[[X0]]
  //  CHECK-NEXT:   %[[X1:.*]] = arith.negf
  //  CHECK-NEXT:   %[[Y1:.*]] = arith.mulf %[[X1]], %[[X1]]
  //  CHECK-NEXT:   "test.use"(%[[Y0]], %[[Y1]])
  gpu.func @squares(%s0: f32, %s1: f32) {
    %x0 = arith.negf %s0 : f32
    %x1 = arith.negf %s1 : f32
    %y0 = arith.mulf %x0, %x0 : f32
    %y1 = arith.mulf %x1, %x1 : f32
    "test.use"(%y0, %y1) : (f32, f32) -> ()
    gpu.return
  }

  // Each block on its own, up to its terminator.
  // CHECK-LABEL: gpu.func @loop(
  //       CHECK:   scf.for
  //  CHECK-NEXT:     %[[X0:.*]] = arith.negf
  //  CHECK-NEXT:     %[[P0:.*]] = math.exp2 %[[X0]]
  //  CHECK-NEXT:     %[[X1:.*]] = arith.negf
  //  CHECK-NEXT:     %[[P1:.*]] = math.exp2 %[[X1]]
  //  CHECK-NEXT:     scf.yield %[[P0]], %[[P1]]
  gpu.func @loop(%s0: f32, %s1: f32, %n: index) {
    %r:2 = scf.for %i = %n to %n step %n iter_args(%a = %s0, %b = %s1) -> (f32, f32) {
      %x0 = arith.negf %a : f32
      %x1 = arith.negf %b : f32
      %p0 = math.exp2 %x0 : f32
      %p1 = math.exp2 %x1 : f32
      scf.yield %p0, %p1 : f32, f32
    }
    gpu.return
  }

  // Nothing moves past what has effects.
  // CHECK-LABEL: gpu.func @effects(
  //  CHECK-NEXT:   %[[X0:.*]] = arith.negf
  //  CHECK-NEXT:   %[[X1:.*]] = arith.negf
  //  CHECK-NEXT:   %[[O:.*]] = hopper.thread_wgmma_wait
  //  CHECK-NEXT:   %[[P0:.*]] = math.exp2 %[[X0]]
  //  CHECK-NEXT:   %[[P1:.*]] = math.exp2 %[[X1]]
  //  CHECK-NEXT:   hopper.hold %[[P0]]
  //  CHECK-NEXT:   %[[Y0:.*]] = arith.addf %[[P0]], %[[O]]
  //  CHECK-NEXT:   %[[Y1:.*]] = arith.addf %[[P1]], %[[O]]
  //  CHECK-NEXT:   "test.use"(%[[Y0]], %[[Y1]])
  gpu.func @effects(%s0: f32, %s1: f32, %pending: f32) {
    %x0 = arith.negf %s0 : f32
    %x1 = arith.negf %s1 : f32
    %o = hopper.thread_wgmma_wait %pending groups 0 : f32
    %p0 = math.exp2 %x0 : f32
    %p1 = math.exp2 %x1 : f32
    hopper.hold %p0 : f32
    %y0 = arith.addf %p0, %o : f32
    %y1 = arith.addf %p1, %o : f32
    "test.use"(%y0, %y1) : (f32, f32) -> ()
    gpu.return
  }

  // Nor past a region, even one without effects.
  // CHECK-LABEL: gpu.func @regions(
  //  CHECK-NEXT:   %[[X0:.*]] = arith.negf
  //  CHECK-NEXT:   %[[X1:.*]] = arith.negf
  //  CHECK-NEXT:   %[[R:.*]] = scf.if
  //       CHECK:   } else {
  //       CHECK:   }
  //  CHECK-NEXT:   math.exp2 %[[X0]]
  //  CHECK-NEXT:   math.exp2 %[[X1]]
  gpu.func @regions(%s0: f32, %s1: f32, %b: i1) {
    %x0 = arith.negf %s0 : f32
    %x1 = arith.negf %s1 : f32
    %r = scf.if %b -> (f32) {
      scf.yield %s0 : f32
    } else {
      scf.yield %s1 : f32
    }
    %p0 = math.exp2 %x0 : f32
    %p1 = math.exp2 %x1 : f32
    "test.use"(%p0, %p1, %r) : (f32, f32, f32) -> ()
    gpu.return
  }
}
