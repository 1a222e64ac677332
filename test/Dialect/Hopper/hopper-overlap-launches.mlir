// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(hopper-overlap-launches))' --split-input-file | FileCheck %s
// Again: nothing is left to do.
// RUN: fa3-opt %s --pass-pipeline='builtin.module(gpu.module(hopper-overlap-launches,hopper-overlap-launches))' --split-input-file | FileCheck %s

// A kernel that follows waits at its entry; the one in front lets it begin.

// CHECK-LABEL: gpu.func @first()
//       CHECK:   nvvm.griddepcontrol launch_dependents
//   CHECK-NOT:   griddepcontrol
// CHECK-LABEL: gpu.func @second(
//  CHECK-SAME:   hopper.follows, hopper.overlapped
//  CHECK-NEXT:   llvm.inline_asm has_side_effects {{.*}}"griddepcontrol.wait;", "~{memory}"
//   CHECK-NOT:   griddepcontrol
gpu.module @pair {
  gpu.func @first() kernel {
    gpu.return
  }
  gpu.func @second(%m: memref<4xf32>) kernel attributes {hopper.follows} {
    %c0 = arith.constant 0 : index
    %v = memref.load %m[%c0] : memref<4xf32>
    gpu.return
  }
}

// -----

// Kernels by themselves, and one that copies what the one in front may write.

// CHECK-LABEL: gpu.module @apart
//   CHECK-NOT: griddepcontrol
//   CHECK-NOT: hopper.overlapped
gpu.module @apart {
  gpu.func @first() kernel {
    gpu.return
  }
  gpu.func @second(%a: memref<1x16x1x64xf16>) kernel {
    %c0 = arith.constant 0 : index
    %v = arith.constant 0.0 : f16
    memref.store %v, %a[%c0, %c0, %c0, %c0] : memref<1x16x1x64xf16>
    gpu.return
  }
  gpu.func @third(%a: memref<1x16x1x64xf16>, %map: !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none> {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [3, 1, 2, 0], box = [64, 64, 1, 1], element = f16>}) kernel attributes {hopper.follows} {
    gpu.return
  }
}

// -----

// What it copies was there before.

// CHECK-LABEL: gpu.module @older
//       CHECK: gpu.func @first(
//  CHECK-NEXT:   nvvm.griddepcontrol launch_dependents
//       CHECK: gpu.func @second(
//       CHECK:   hopper.overlapped
//  CHECK-NEXT:   llvm.inline_asm has_side_effects {{.*}}"griddepcontrol.wait;", "~{memory}"
gpu.module @older {
  gpu.func @first(%a: memref<1x16x1x64xf16>, %list: memref<4xi32>) kernel {
    %c0 = arith.constant 0 : index
    %v = arith.constant 0 : i32
    memref.store %v, %list[%c0] : memref<4xi32>
    gpu.return
  }
  gpu.func @second(%a: memref<1x16x1x64xf16>, %list: memref<4xi32>, %map: !nvgpu.tensormap.descriptor<tensor = memref<64x64xf16, 3>, swizzle = swizzle_128b, l2promo = l2promo_256b, oob = zero, interleave = none> {hopper.tensor_map = #hopper.tensor_map<argument = 0, dims = [3, 1, 2, 0], box = [64, 64, 1, 1], element = f16>}) kernel attributes {hopper.follows} {
    gpu.return
  }
}
