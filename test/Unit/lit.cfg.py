"""lit suite of the googletest binaries: each case of each is a test."""

import os

import lit.formats

config.name = "FA3-Unit"
config.suffixes = []
config.test_source_root = os.path.join(config.fa3_obj_root, "test", "Unit")
config.test_exec_root = config.test_source_root
config.test_format = lit.formats.GoogleTest(".", "Tests")

# What a CUDA runtime and the sanitizers read from the environment.
for name in (
    "HOME",
    "LD_LIBRARY_PATH",
    "CUDA_VISIBLE_DEVICES",
    "ASAN_OPTIONS",
    "UBSAN_OPTIONS",
    "LSAN_OPTIONS",
):
    if name in os.environ:
        config.environment[name] = os.environ[name]
