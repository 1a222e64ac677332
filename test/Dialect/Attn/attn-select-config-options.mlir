// Options that are not understood.

// RUN: not fa3-opt %s --attn-select-config=target=ampere 2>&1 | FileCheck %s --check-prefix=TARGET
// TARGET: error: expected target hopper or cpu, but got ampere

// RUN: not fa3-opt %s --attn-select-config=config=128x128 2>&1 | FileCheck %s --check-prefix=CONFIG
// CONFIG: error: expected a configuration like 'tile = 128x176, stages = 2, consumers = 2, registers = 24x240', but got '128x128'

// RUN: not fa3-opt %s --attn-select-config=narrower=-3 2>&1 | FileCheck %s --check-prefix=NARROWER
// RUN: not fa3-compile %s --emit=ptx -o - --pipeline-options=narrower=-3 2>&1 | FileCheck %s --check-prefix=NARROWER
// NARROWER: error: expected narrower of at least 0, but got -3

// RUN: not fa3-opt %s --attn-select-config=expected-rows=-1 2>&1 | FileCheck %s --check-prefix=ROWS
// ROWS: error: expected expected-rows of at least 1, or 0 where it is not known, but got -1

// RUN: not fa3-opt %s --attn-select-config=narrower=5000 2>&1 | FileCheck %s --check-prefix=NARROWEST
// NARROWEST: error: 'attn.forward' op expected narrower to be less than the {{[0-9]+}} tiles of keys that fit, but got 5000

// A configuration that is given is checked too.
// RUN: not fa3-opt %s --attn-select-config="config='tile = 128x256, stages = 2, consumers = 2, registers = 24x240'" 2>&1 | FileCheck %s --check-prefix=CHECKED
// CHECKED: error: {{.*}}expected at most 232448 bytes of shared memory, but the tile 128x256 with 2 stages needs 295936

func.func @attention(%q: memref<?x?x8x128xf16>) {
  attn.forward ins(%q, %q, %q : memref<?x?x8x128xf16>, memref<?x?x8x128xf16>,
                   memref<?x?x8x128xf16>)
               outs(%q : memref<?x?x8x128xf16>)
  return
}
