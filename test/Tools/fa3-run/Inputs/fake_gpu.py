"""Runs a command on the driver without a GPU, which must be told the sizes of a
kernel's parameters: MANIFEST COMMAND…"""
import json
import os
import subprocess
import sys

SIZES = {"tensor_map": 128, "pointer": 8, "i32": 4, "i64": 8, "f32": 4, "f64": 8}

kernel = json.load(open(sys.argv[1]))["kernels"][0]
sizes = [SIZES.get(parameter["kind"]) or SIZES[parameter["type"]]
         for parameter in kernel["parameters"]]
os.environ["FA3_FAKE_CUDA_PARAMETERS"] = ",".join(map(str, sizes))
sys.exit(subprocess.run(sys.argv[2:]).returncode)
