"""What a pipeline of fa3-opt consists of."""

import subprocess


def dump_pipeline(tool, pipeline):
    """Its text, a line for each pass and for each bracket, from builtin.module on."""
    text = subprocess.run(
        [tool, "--" + pipeline, "--dump-pass-pipeline"],
        input="module {}", capture_output=True, text=True,
    ).stderr
    return text[text.index("builtin.module(") :].splitlines()
