// Each refusal says what would be right, and ends with 1.
// RUN: rm -rf %t && mkdir %t && touch %t/file

// RUN: not fa3-compile %s --emit=sass -o - 2>&1 | FileCheck %s --check-prefix=LEVEL
// LEVEL: fa3-compile: error: --emit: expected one of attn, tile, async, roles, nvvm, llvm-ir, ptx, cubin, but got 'sass'
// RUN: not fa3-compile %s 2>&1 | FileCheck %s --check-prefix=OUTPUT
// OUTPUT: fa3-compile: error: expected -o with the name of a file for a cubin, or --emit with a level that is text, but got neither
// RUN: not fa3-compile %s --emit=cubin -o - 2>&1 | FileCheck %s --check-prefix=STDOUT
// STDOUT: fa3-compile: error: -o: expected the name of a file for a cubin, but got '-'
// RUN: not fa3-compile %s -o %t/k.foo 2>&1 | FileCheck %s --check-prefix=ENDING
// ENDING: fa3-compile: error: -o: expected a name that ends in .cubin, .ptx or .ll, or --emit, but got '{{.*}}k.foo'
// RUN: not fa3-compile %s --emit=ptx -o %t/k.cubin 2>&1 | FileCheck %s --check-prefix=OTHER
// OTHER: fa3-compile: error: -o: expected a name for ptx, but got '{{.*}}k.cubin', which is one for cubin
// RUN: not fa3-compile %s --emit=cubin -o %t/k.json 2>&1 | FileCheck %s --check-prefix=JSON
// JSON: fa3-compile: error: -o: expected the name of the image, but got '{{.*}}k.json', which is that of the manifest
// RUN: not fa3-compile %s --emit=ptx --opt-level=4 -o - 2>&1 | FileCheck %s --check-prefix=OPT
// OPT: fa3-compile: error: --opt-level: expected a level of at most 3, but got 4
// RUN: not fa3-compile %s --emit=ptx -o - --pipeline-options=prun=false 2>&1 | FileCheck %s --check-prefix=PIPELINE
// PIPELINE: fa3-compile: error: expected options of attn-to-hopper, but got 'prun=false': there is no 'prun', but adapt, classify, config, {{.*}}, prune, {{.*}}; did you mean 'prune'?
// RUN: not fa3-compile %s --emit=ptx -o - --pipeline-options="split=false prune=maybe" 2>&1 | FileCheck %s --check-prefix=VALUE --implicit-check-not=error:
// VALUE: fa3-compile: error: expected options of attn-to-hopper, but got 'split=false prune=maybe': expected 'prune' to be true or false
// RUN: not fa3-compile %s --emit=ptx -o - --pipeline-options="config=#attn.config<tile = 1x2>" 2>&1 | FileCheck %s --check-prefix=QUOTES
// QUOTES: a value with spaces stands in quotes
// RUN: not fa3-compile %s --emit=ptx -o - --pipeline-options="splits=two" 2>&1 | FileCheck %s --check-prefix=NUMBER --implicit-check-not=splits
// NUMBER: fa3-compile: error: expected a number for splits, but got 'two'{{$}}
// RUN: not fa3-compile %s --emit=ptx -o - --pipeline-options="splits" 2>&1 | FileCheck %s --check-prefix=NO-NUMBER
// NO-NUMBER: fa3-compile: error: expected a number for splits, but got ''
// RUN: not fa3-compile %s --emit=ptx -o - --pipeline-options="config='tile = 128x128, stages = 2" 2>&1 | FileCheck %s --check-prefix=UNCLOSED
// UNCLOSED: fa3-compile: error: expected options of attn-to-hopper, but got 'config='tile = 128x128, stages = 2': expected the quote in front of the value of 'config' to be closed{{$}}
// RUN: not fa3-compile %s --emit=ptx -o - --entry=nope 2>&1 | FileCheck %s --check-prefix=ENTRY
// ENTRY: fa3-compile: error: expected a kernel named 'nope', but got 'k'
// RUN: not fa3-compile %s -o %t/k.cubin --ptxas=/nope 2>&1 | FileCheck %s --check-prefix=PTXAS
// PTXAS: fa3-compile: error: expected ptxas of CUDA 12.7 or newer, but got no file at '/nope'
// RUN: not fa3-compile %s --frobnicate 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: Unknown command line argument '--frobnicate'
// RUN: not fa3-compile %t/missing.mlir --emit=ptx -o - 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: fa3-compile: error: cannot open input file '{{.*}}missing.mlir': No such file or directory
// RUN: not fa3-compile %t --emit=ptx -o - 2>&1 | FileCheck %s --check-prefix=FOLDER
// FOLDER: fa3-compile: error: cannot open input file '{{.*}}': Is a directory
// RUN: not fa3-compile %s --emit=ptx -o %t/file/k.ptx 2>&1 | FileCheck %s --check-prefix=PARENT
// PARENT: fa3-compile: error: cannot write '{{.*}}file/k.ptx': Not a directory
// RUN: not fa3-compile %s --emit=ptx -o %t/none/k.ptx 2>&1 | FileCheck %s --check-prefix=NOWHERE
// NOWHERE: fa3-compile: error: cannot write '{{.*}}none/k.ptx': No such file or directory
// RUN: not fa3-compile %s --emit=ptx -o %t 2>&1 | FileCheck %s --check-prefix=DIRECTORY
// DIRECTORY: fa3-compile: error: cannot write '{{.*}}': Is a directory
#k = #hopper.kernel<arguments = [memref<?xf32>], grid = #hopper.expression<() -> (1)>, threads = 128, shared_memory = 0, parameters = [#hopper.parameter<pointer, argument = 0>]>
gpu.module @m {
  llvm.func @k(%p: !llvm.ptr<1>) attributes {nvvm.kernel, hopper.kernel = #k} {
  %z = llvm.mlir.zero : i32
  llvm.store %z, %p : i32, !llvm.ptr<1>
  llvm.return
}
}
