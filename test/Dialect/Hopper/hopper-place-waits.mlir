// RUN: fa3-opt %s --allow-unregistered-dialect --pass-pipeline='builtin.module(gpu.module(gpu.func(hopper-place-waits)))' | FileCheck %s

#half = #attn.config<tile = 128x64, stages = 2, consumers = 2, registers = 24x240, pin = 50>
#all = #attn.config<tile = 128x64, stages = 2, consumers = 2, registers = 24x240, pin = 100>
#zero = #attn.config<tile = 128x64, stages = 2, consumers = 2, registers = 24x240, pin = 0>
#none = #attn.config<tile = 128x64, stages = 2, consumers = 2, registers = 24x240>
!tile = !hopper.shared_tile<64x64xf16>
!ring = !hopper.channel<2 x 64x64xf16>

gpu.module @kernels {
  // Behind the first of two exponentials.
  // CHECK-LABEL: gpu.func @exponentials(
  //  CHECK-SAME:     %[[X0:.*]]: f32, %[[X1:.*]]: f32, %[[PENDING:.*]]: f32)
  //  CHECK-NEXT:   %[[P0:.*]] = math.exp2 %[[X0]]
  //  CHECK-NEXT:   hopper.hold %[[P0]] : f32
  //  CHECK-NEXT:   %[[O:.*]] = hopper.thread_wgmma_wait %[[PENDING]] groups 0
  //  CHECK-NEXT:   %[[P1:.*]] = math.exp2 %[[X1]]
  //  CHECK-NEXT:   "test.use"(%[[P0]], %[[P1]], %[[O]])
  gpu.func @exponentials(%x0: f32, %x1: f32, %pending: f32) attributes {attn.config = #half} {
    %p0 = math.exp2 %x0 : f32
    %p1 = math.exp2 %x1 : f32
    %o = hopper.thread_wgmma_wait %pending groups 0 : f32
    "test.use"(%p0, %p1, %o) : (f32, f32, f32) -> ()
    gpu.return
  }

  // What they have been added up to is held in their place: it comes along, and
  // what only later exponentials need goes behind the wait.
  // CHECK-LABEL: gpu.func @sum(
  //  CHECK-NEXT:   %[[X0:.*]] = math.fma %arg0
  //  CHECK-NEXT:   %[[X1:.*]] = math.fma %arg1
  //  CHECK-NEXT:   %[[P0:.*]] = math.exp2 %[[X0]]
  //  CHECK-NEXT:   %[[P1:.*]] = math.exp2 %[[X1]]
  //  CHECK-NEXT:   %[[T0:.*]] = arith.addf %[[P0]], %[[P1]]
  //  CHECK-NEXT:   hopper.hold %[[T0]] : f32
  //  CHECK-NEXT:   hopper.thread_wgmma_wait
  //  CHECK-NEXT:   %[[X2:.*]] = math.fma %arg2
  //  CHECK-NEXT:   %[[X3:.*]] = math.fma %arg3
  //  CHECK-NEXT:   %[[P2:.*]] = math.exp2 %[[X2]]
  //  CHECK-NEXT:   %[[P3:.*]] = math.exp2 %[[X3]]
  //  CHECK-NEXT:   %[[T1:.*]] = arith.addf %[[T0]], %[[P2]]
  //  CHECK-NEXT:   %[[T2:.*]] = arith.addf %[[T1]], %[[P3]]
  //  CHECK-NEXT:   "test.use"
  gpu.func @sum(%s0: f32, %s1: f32, %s2: f32, %s3: f32, %f: f32, %c: f32, %pending: f32) attributes {attn.config = #half} {
    %x0 = math.fma %s0, %f, %c : f32
    %x1 = math.fma %s1, %f, %c : f32
    %x2 = math.fma %s2, %f, %c : f32
    %x3 = math.fma %s3, %f, %c : f32
    %p0 = math.exp2 %x0 : f32
    %p1 = math.exp2 %x1 : f32
    %p2 = math.exp2 %x2 : f32
    %p3 = math.exp2 %x3 : f32
    %t0 = arith.addf %p0, %p1 : f32
    %t1 = arith.addf %t0, %p2 : f32
    %t2 = arith.addf %t1, %p3 : f32
    %o = hopper.thread_wgmma_wait %pending groups 0 : f32
    "test.use"(%p0, %p1, %p2, %p3, %t2, %o) : (f32, f32, f32, f32, f32, f32) -> ()
    gpu.return
  }

  // The rows of a thread have a sum each.
  // CHECK-LABEL: gpu.func @two_rows(
  //  CHECK-NEXT:   %[[P0:.*]] = math.exp2 %arg0
  //  CHECK-NEXT:   %[[P1:.*]] = math.exp2 %arg1
  //  CHECK-NEXT:   %[[T0:.*]] = arith.addf %[[P0]], %arg4
  //  CHECK-NEXT:   %[[T1:.*]] = arith.addf %[[P1]], %arg5
  //  CHECK-NEXT:   hopper.hold %[[T0]], %[[T1]] : f32, f32
  //  CHECK-NEXT:   hopper.thread_wgmma_wait
  //  CHECK-NEXT:   math.exp2 %arg2
  //  CHECK-NEXT:   math.exp2 %arg3
  gpu.func @two_rows(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %l0: f32, %l1: f32, %pending: f32) attributes {attn.config = #half} {
    %p0 = math.exp2 %x0 : f32
    %p1 = math.exp2 %x1 : f32
    %p2 = math.exp2 %x2 : f32
    %p3 = math.exp2 %x3 : f32
    %t0 = arith.addf %p0, %l0 : f32
    %t1 = arith.addf %p1, %l1 : f32
    %t2 = arith.addf %t0, %p2 : f32
    %t3 = arith.addf %t1, %p3 : f32
    %o = hopper.thread_wgmma_wait %pending groups 0 : f32
    "test.use"(%p0, %p1, %p2, %p3, %t2, %t3, %o) : (f32, f32, f32, f32, f32, f32, f32) -> ()
    gpu.return
  }

  // The first of a sum is held itself.
  // CHECK-LABEL: gpu.func @first_of_sums(
  //  CHECK-NEXT:   %[[P0:.*]] = math.exp2 %arg0
  //  CHECK-NEXT:   %[[P1:.*]] = math.exp2 %arg1
  //  CHECK-NEXT:   hopper.hold %[[P0]], %[[P1]] : f32, f32
  //  CHECK-NEXT:   hopper.thread_wgmma_wait
  //  CHECK-NEXT:   math.exp2 %arg2
  //  CHECK-NEXT:   math.exp2 %arg3
  gpu.func @first_of_sums(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %pending: f32) attributes {attn.config = #half} {
    %p0 = math.exp2 %x0 : f32
    %p1 = math.exp2 %x1 : f32
    %p2 = math.exp2 %x2 : f32
    %p3 = math.exp2 %x3 : f32
    %t0 = arith.addf %p0, %p2 : f32
    %t1 = arith.addf %p1, %p3 : f32
    %o = hopper.thread_wgmma_wait %pending groups 0 : f32
    "test.use"(%p0, %p1, %p2, %p3, %t0, %t1, %o) : (f32, f32, f32, f32, f32, f32, f32) -> ()
    gpu.return
  }

  // Of those that no thread adds up the last is held alone.
  // CHECK-LABEL: gpu.func @no_sums(
  //  CHECK-NEXT:   %[[P1:.*]] = math.exp2 %arg1
  //  CHECK-NEXT:   hopper.hold %[[P1]] : f32
  //  CHECK-NEXT:   hopper.thread_wgmma_wait
  //  CHECK-NEXT:   math.exp2 %arg0
  //  CHECK-NEXT:   math.exp2 %arg2
  //  CHECK-NEXT:   math.exp2 %arg3
  gpu.func @no_sums(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %pending: f32) attributes {attn.config = #half} {
    %p0 = math.exp2 %x0 : f32
    %p1 = math.exp2 %x1 : f32
    %p2 = math.exp2 %x2 : f32
    %p3 = math.exp2 %x3 : f32
    %o = hopper.thread_wgmma_wait %pending groups 0 : f32
    "test.use"(%p0, %p1, %p2, %p3, %o) : (f32, f32, f32, f32, f32) -> ()
    gpu.return
  }

  // The tile that the product read is free as soon as before.
  // CHECK-LABEL: gpu.func @release(
  //       CHECK:   hopper.hold
  //  CHECK-NEXT:   hopper.thread_wgmma_wait
  //  CHECK-NEXT:   hopper.release
  //  CHECK-NEXT:   math.exp2 %arg1
  //  CHECK-NEXT:   "test.use"
  gpu.func @release(%x0: f32, %x1: f32, %pending: f32, %tile: !tile, %ring: !ring) attributes {attn.config = #half} {
    %p0 = math.exp2 %x0 : f32
    %p1 = math.exp2 %x1 : f32
    %o = hopper.thread_wgmma_wait %pending groups 0 : f32
    hopper.release %tile to %ring : !tile, !ring
    "test.use"(%p0, %p1, %o) : (f32, f32, f32) -> ()
    gpu.return
  }

  // Counted are the exponentials behind the wait before. That one leaves some
  // products in flight and stays where it is.
  // CHECK-LABEL: gpu.func @two_waits(
  //  CHECK-NEXT:   math.exp2
  //  CHECK-NEXT:   math.exp2
  //  CHECK-NEXT:   %[[S:.*]] = hopper.thread_wgmma_wait %{{.*}} groups 1
  //  CHECK-NEXT:   %[[P2:.*]] = math.exp2 %[[S]]
  //  CHECK-NEXT:   hopper.hold %[[P2]]
  //  CHECK-NEXT:   hopper.thread_wgmma_wait %{{.*}} groups 0
  //  CHECK-NEXT:   math.exp2 %arg0
  gpu.func @two_waits(%x0: f32, %x1: f32, %first: f32, %second: f32) attributes {attn.config = #half} {
    %p0 = math.exp2 %x0 : f32
    %p1 = math.exp2 %x1 : f32
    %s = hopper.thread_wgmma_wait %first groups 1 : f32
    %p2 = math.exp2 %s : f32
    %p3 = math.exp2 %x0 : f32
    %o = hopper.thread_wgmma_wait %second groups 0 : f32
    "test.use"(%p0, %p1, %p2, %p3, %o) : (f32, f32, f32, f32, f32) -> ()
    gpu.return
  }

  // Behind all of them, in a loop; what is not added up goes behind the wait.
  // CHECK-LABEL: gpu.func @all(
  //       CHECK:   scf.for
  //  CHECK-NEXT:     %[[P0:.*]] = math.exp2
  //  CHECK-NEXT:     %[[P1:.*]] = math.exp2
  //  CHECK-NEXT:     %[[T:.*]] = arith.addf %[[P0]], %[[P1]]
  //  CHECK-NEXT:     hopper.hold %[[T]]
  //  CHECK-NEXT:     %[[O:.*]] = hopper.thread_wgmma_wait
  //  CHECK-NEXT:     %[[H:.*]] = arith.truncf %[[P0]]
  //  CHECK-NEXT:     "test.use"(%[[H]], %[[T]], %[[O]])
  gpu.func @all(%x0: f32, %x1: f32, %pending: f32, %n: index) attributes {attn.config = #all} {
    scf.for %i = %n to %n step %n {
      %p0 = math.exp2 %x0 : f32
      %p1 = math.exp2 %x1 : f32
      %h = arith.truncf %p0 : f32 to f16
      %t = arith.addf %p0, %p1 : f32
      %o = hopper.thread_wgmma_wait %pending groups 0 : f32
      "test.use"(%h, %t, %o) : (f16, f32, f32) -> ()
    }
    gpu.return
  }

  // Not in front of the issue of its product, and what is before that does not
  // count.
  // CHECK-LABEL: gpu.func @issue(
  //  CHECK-NEXT:   math.exp2
  //  CHECK-NEXT:   math.exp2
  //  CHECK-NEXT:   %[[PENDING:.*]] = "test.issue"
  //  CHECK-NEXT:   %[[P2:.*]] = math.exp2
  //  CHECK-NEXT:   hopper.hold %[[P2]]
  //  CHECK-NEXT:   hopper.thread_wgmma_wait %[[PENDING]]
  //  CHECK-NEXT:   math.exp2
  gpu.func @issue(%x0: f32, %x1: f32) attributes {attn.config = #half} {
    %p0 = math.exp2 %x0 : f32
    %p1 = math.exp2 %x1 : f32
    %pending = "test.issue"() : () -> f32
    %p2 = math.exp2 %x0 : f32
    %p3 = math.exp2 %x1 : f32
    %o = hopper.thread_wgmma_wait %pending groups 0 : f32
    "test.use"(%p0, %p1, %p2, %p3, %o) : (f32, f32, f32, f32, f32) -> ()
    gpu.return
  }

  // Half of one exponential is none; so are 0 percent.
  // CHECK-LABEL: gpu.func @one(
  //   CHECK-NOT:   hopper.hold
  // CHECK-LABEL: gpu.func @zero(
  //   CHECK-NOT:   hopper.hold
  gpu.func @one(%x0: f32, %pending: f32) attributes {attn.config = #half} {
    %p0 = math.exp2 %x0 : f32
    %o = hopper.thread_wgmma_wait %pending groups 0 : f32
    "test.use"(%p0, %o) : (f32, f32) -> ()
    gpu.return
  }
  gpu.func @zero(%x0: f32, %x1: f32, %pending: f32) attributes {attn.config = #zero} {
    %p0 = math.exp2 %x0 : f32
    %p1 = math.exp2 %x1 : f32
    %o = hopper.thread_wgmma_wait %pending groups 0 : f32
    "test.use"(%p0, %p1, %o) : (f32, f32, f32) -> ()
    gpu.return
  }

  // No exponentials; or a region between them and the wait.
  // CHECK-LABEL: gpu.func @no_exponentials(
  //   CHECK-NOT:   hopper.hold
  // CHECK-LABEL: gpu.func @region(
  //   CHECK-NOT:   hopper.hold
  gpu.func @no_exponentials(%x0: f32, %x1: f32, %pending: f32) attributes {attn.config = #half} {
    %t = arith.addf %x0, %x1 : f32
    %o = hopper.thread_wgmma_wait %pending groups 0 : f32
    "test.use"(%t, %o) : (f32, f32) -> ()
    gpu.return
  }
  gpu.func @region(%x0: f32, %x1: f32, %pending: f32, %b: i1) attributes {attn.config = #half} {
    %p0 = math.exp2 %x0 : f32
    %p1 = math.exp2 %x1 : f32
    scf.if %b {
      "test.use"(%p0) : (f32) -> ()
    }
    %o = hopper.thread_wgmma_wait %pending groups 0 : f32
    "test.use"(%p0, %p1, %o) : (f32, f32, f32) -> ()
    gpu.return
  }

  // The configuration has no pin, or there is none.
  // CHECK-LABEL: gpu.func @no_pin(
  //   CHECK-NOT:   hopper.hold
  // CHECK-LABEL: gpu.func @no_config(
  //   CHECK-NOT:   hopper.hold
  gpu.func @no_pin(%x0: f32, %x1: f32, %pending: f32) attributes {attn.config = #none} {
    %p0 = math.exp2 %x0 : f32
    %p1 = math.exp2 %x1 : f32
    %o = hopper.thread_wgmma_wait %pending groups 0 : f32
    "test.use"(%p0, %p1, %o) : (f32, f32, f32) -> ()
    gpu.return
  }
  gpu.func @no_config(%x0: f32, %x1: f32, %pending: f32) {
    %p0 = math.exp2 %x0 : f32
    %p1 = math.exp2 %x1 : f32
    %o = hopper.thread_wgmma_wait %pending groups 0 : f32
    "test.use"(%p0, %p1, %o) : (f32, f32, f32) -> ()
    gpu.return
  }
}
