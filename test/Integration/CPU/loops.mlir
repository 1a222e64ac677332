// Attention in a loop, beside tensors that each turn makes anew: what a turn allocates
// it frees.

// RUN: fa3-opt %s --attn-to-cpu \
// RUN: | mlir-runner --entry-point-result=void \
// RUN:     --shared-libs=%llvm_lib/libmlir_runner_utils.so,%llvm_lib/libmlir_c_runner_utils.so,%llvm_lib/libmlir_float16_utils.so \
// RUN: | FileCheck %s
// CHECK: data =
// CHECK-NEXT: [2, 2, 2, 2]
// CHECK: data =
// CHECK-NEXT: [2, 2, 2, 2]

#id = affine_map<(i) -> (i)>
func.func private @printMemrefF32(tensor<*xf32>)
// Layers: each reads what the one before has made.
func.func @layers(%x: tensor<1x9x1x16xf16>, %n: index) -> tensor<1x9x1x16xf16> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%q = %x) -> tensor<1x9x1x16xf16> {
    %o0 = tensor.empty() : tensor<1x9x1x16xf16>
    %o = attn.forward ins(%q, %x, %x : tensor<1x9x1x16xf16>, tensor<1x9x1x16xf16>, tensor<1x9x1x16xf16>) outs(%o0 : tensor<1x9x1x16xf16>) {causal} -> tensor<1x9x1x16xf16>
    scf.yield %o : tensor<1x9x1x16xf16>
  }
  return %r : tensor<1x9x1x16xf16>
}

func.func @main() {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0 : index
  %two = arith.constant 2.0 : f16
  %t0 = tensor.empty() : tensor<1x9x1x16xf16>
  %x = linalg.fill ins(%two : f16) outs(%t0 : tensor<1x9x1x16xf16>) -> tensor<1x9x1x16xf16>
  %r0 = tensor.empty() : tensor<4xf32>
  %r = scf.for %n = %c0 to %c4 step %c1 iter_args(%sums = %r0) -> tensor<4xf32> {
    %o0 = tensor.empty() : tensor<1x9x1x16xf16>
    %k0 = tensor.empty() : tensor<1x9x1x16xf16>
    // Another tensor in each turn.
    %k = linalg.map { arith.mulf } ins(%x, %x : tensor<1x9x1x16xf16>, tensor<1x9x1x16xf16>) outs(%k0 : tensor<1x9x1x16xf16>)
    %o = attn.forward ins(%x, %k, %x : tensor<1x9x1x16xf16>, tensor<1x9x1x16xf16>, tensor<1x9x1x16xf16>) outs(%o0 : tensor<1x9x1x16xf16>) -> tensor<1x9x1x16xf16>
    %first = tensor.extract %o[%zero, %n, %zero, %zero] : tensor<1x9x1x16xf16>
    %wide = arith.extf %first : f16 to f32
    %next = tensor.insert %wide into %sums[%n] : tensor<4xf32>
    scf.yield %next : tensor<4xf32>
  }
  %any = tensor.cast %r : tensor<4xf32> to tensor<*xf32>
  call @printMemrefF32(%any) : (tensor<*xf32>) -> ()
  %l = call @layers(%x, %c4) : (tensor<1x9x1x16xf16>, index) -> tensor<1x9x1x16xf16>
  %part = tensor.extract_slice %l[0, 3, 0, 0] [1, 4, 1, 1] [1, 1, 1, 1] : tensor<1x9x1x16xf16> to tensor<4xf16>
  %part0 = tensor.empty() : tensor<4xf32>
  %part_wide = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%part : tensor<4xf16>) outs(%part0 : tensor<4xf32>) {
  ^bb0(%a: f16, %out: f32):
    %0 = arith.extf %a : f16 to f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  %part_any = tensor.cast %part_wide : tensor<4xf32> to tensor<*xf32>
  call @printMemrefF32(%part_any) : (tensor<*xf32>) -> ()
  return
}
