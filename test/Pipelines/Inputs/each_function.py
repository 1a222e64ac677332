"""Runs a command on each function of a file as if it were alone in it, for tools
that take one kernel: FILE PREFIX COMMAND…, with PREFIX for temporary files."""
import re
import subprocess
import sys

source, prefix, command = sys.argv[1], sys.argv[2], sys.argv[3:]
text = open(source).read()
parts = re.split(r"(?m)^(?=func\.func )", text)
aliases = "".join(line + "\n" for line in text.splitlines() if line[:1] in "!#")
for function in parts[1:]:
    name = re.match(r"func\.func @(\w+)", function).group(1)
    path = f"{prefix}.{name}.mlir"
    open(path, "w").write(aliases + function)
    # Its output follows what is printed here.
    print(f"// {name}", flush=True)
    if subprocess.run([command[0], path, *command[1:]]).returncode != 0:
        sys.exit(f"{name}: failed")
