// Outputs are replaced together, or not at all.
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: echo old-image > k.ptx && echo old-manifest > k.json

// A compilation that fails leaves them.
// RUN: not fa3-compile %s --entry=none -o k.ptx
// RUN: FileCheck %s --check-prefix=OLD-IMAGE < k.ptx
// RUN: FileCheck %s --check-prefix=OLD-MANIFEST < k.json
// OLD-IMAGE: old-image
// OLD-MANIFEST: old-manifest

// A manifest that cannot be written leaves the image.
// RUN: mkdir d d/k.json && echo old-image > d/k.ptx
// RUN: not fa3-compile %s -o d/k.ptx 2>&1 | FileCheck %s --check-prefix=FOLDER
// FOLDER: error: cannot write 'd/k.json': Is a directory
// RUN: FileCheck %s --check-prefix=OLD-IMAGE < d/k.ptx

// Success replaces both, and nothing else is left behind.
// RUN: fa3-compile %s -o k.ptx
// RUN: FileCheck %s --check-prefix=NEW-IMAGE < k.ptx
// RUN: FileCheck %s --check-prefix=NEW-MANIFEST < k.json
// NEW-IMAGE: .entry k
// NEW-MANIFEST: "image": "k.ptx"
// RUN: ls . d | FileCheck %s --check-prefix=FILES
// FILES-NOT: tmp
// FILES-NOT: old
#k = #hopper.kernel<arguments = [memref<?xf32>], grid = #hopper.expression<() -> (1)>, threads = 128, shared_memory = 0, parameters = [#hopper.parameter<pointer, argument = 0>]>
gpu.module @m {
  llvm.func @k(%p: !llvm.ptr<1>) attributes {nvvm.kernel, hopper.kernel = #k} {
  %z = llvm.mlir.zero : i32
  llvm.store %z, %p : i32, !llvm.ptr<1>
  llvm.return
}
}
