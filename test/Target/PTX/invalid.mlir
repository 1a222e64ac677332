// RUN: split-file %s %t
// RUN: not fa3-compile %t/dialect.mlir --emit=ptx --manifest=false -o - 2>&1 | FileCheck %s --check-prefix=DIALECT
// RUN: not fa3-compile %t/kernel.mlir --emit=ptx --manifest=false -o - 2>&1 | FileCheck %s --check-prefix=KERNEL
// RUN: not fa3-compile %t/linalg.mlir --emit=ptx --manifest=false -o - 2>&1 | FileCheck %s --check-prefix=LINALG
// RUN: not fa3-compile %t/modules.mlir --emit=ptx --manifest=false -o - 2>&1 | FileCheck %s --check-prefix=MODULES
// RUN: not fa3-compile %t/modules.mlir --emit=ptx --manifest=false --entry=c -o - 2>&1 | FileCheck %s --check-prefix=ENTRY
// RUN: not fa3-compile %t/select.mlir --emit=ptx --manifest=false -o - 2>&1 | FileCheck %s --check-prefix=SELECT

// DIALECT: dialect.mlir:3:3: error: expected operations of the llvm and nvvm dialects, but got 'gpu.barrier'

//--- dialect.mlir
gpu.module @m {
llvm.func @k() attributes {nvvm.kernel} {
  gpu.barrier
  llvm.return
}
}

// KERNEL: error: expected a function that is one attn.forward, or a kernel (an llvm.func with nvvm.kernel), but got neither

//--- kernel.mlir
gpu.module @m {
llvm.func @f() { llvm.return }
}

// LINALG: error: expected a function that is one attn.forward, or a kernel (an llvm.func with nvvm.kernel), but got neither
// LINALG: linalg.mlir:3:8: note: fa3-opt --raise-to-attn makes attn.forward of what is written out

//--- linalg.mlir
func.func @f(%q: tensor<64x64xf16>, %k: tensor<64x64xf16>, %init: tensor<64x64xf16>) -> tensor<64x64xf16> {
  %e = tensor.empty() : tensor<64x64xf16>
  %0 = linalg.matmul ins(%q, %k : tensor<64x64xf16>, tensor<64x64xf16>) outs(%init : tensor<64x64xf16>) -> tensor<64x64xf16>
  return %0 : tensor<64x64xf16>
}

// MODULES: error: expected kernels in one gpu.module, but got 'a', 'b' in 2; choose one by its entry
// ENTRY: error: expected a kernel named 'c', but got 'a', 'b'

//--- modules.mlir
gpu.module @m {
llvm.func @a() attributes {nvvm.kernel} { llvm.return }
}
gpu.module @n {
llvm.func @b() attributes {nvvm.kernel} { llvm.return }
}

// A fatal error of LLVM's code generator is an error of ours, not the end of
// the process.
// SELECT: select.mlir:1:1: error: LLVM could not generate PTX: {{.*}}Cannot select

//--- select.mlir
gpu.module @m {
llvm.func @k(%p: !llvm.ptr<1>, %x: f64) attributes {nvvm.kernel} {
  %y = llvm.intr.log2(%x) : (f64) -> f64
  llvm.store %y, %p : f64, !llvm.ptr<1>
  llvm.return
}
}
