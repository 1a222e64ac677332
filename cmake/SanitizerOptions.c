//===- SanitizerOptions.c - Defaults of a build with sanitizers -----------===//
//
// Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLVM's allocators poison what they have not handed out yet. They are inline:
// our code poisons, while libMLIR, which is built without the sanitizers, takes
// from the same allocator and does not unpoison.
//
//===----------------------------------------------------------------------===//

const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "allow_user_poisoning=0"; }
