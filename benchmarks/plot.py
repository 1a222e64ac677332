# Part of the FA3 project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Draws the CSV files of benchmarks/results.

    python3 -m venv build/plot-venv && build/plot-venv/bin/pip install matplotlib
    build/plot-venv/bin/python benchmarks/plot.py benchmarks/results/*.csv

A file becomes PNG files of its name in benchmarks/results/plots, by what it holds:

    NAME.png            speed by length, a panel for each pass, mask and head size
    NAME-ablation.png   speed with one technique left out, beside the full kernel
    NAME-errors.png     relative errors against float64, where nothing was timed
    NAME.png            times of the compiler's steps
"""

import argparse
import collections
import csv
import pathlib

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

# Ours in the strong colours, peers in greys.
OURS = {"f16": "#0b5394", "bf16": "#3fa0c8", "f8E4M3FN": "#b45f06",
        "f8E5M2": "#e69138"}
PEERS = ["#444444", "#888888", "#bbbbbb"]
STYLE = {"font.size": 8, "axes.spines.top": False, "axes.spines.right": False,
         "axes.grid": True, "grid.color": "#e6e6e6", "axes.axisbelow": True,
         "legend.frameon": False, "figure.dpi": 150,
         "axes.titlesize": 9, "axes.titleweight": "bold"}


def read(path):
    """Comments as a dictionary of their first words, and the rows."""
    lines = path.read_text().splitlines()
    comments = dict(line[1:].split(maxsplit=1) for line in lines
                    if line.startswith("#") and len(line.split()) > 2)
    return comments, list(csv.DictReader(
        line for line in lines if line and not line.startswith("#")))


def caption(figure, path, comments):
    figure.text(0.01, 0.005, f"{path.name}: {comments.get('machine', '')}",
                fontsize=6, color="#777777")


def is_ours(system):
    return system.split("-no-")[0] == "fa3"


def problem_of(row):
    return tuple(row[key] for key in ("pass", "dtype", "d", "dv", "mask", "batch",
                                      "sq", "sk"))


def draw_speed(path, comments, rows, out):
    """A line for each system and element type, a panel for each problem."""
    panels = collections.defaultdict(lambda: collections.defaultdict(list))
    ablated = {problem_of(row) for row in rows if "-no-" in row["system"]}
    for row in rows:
        if problem_of(row) not in ablated:
            panels[row["pass"], row["mask"], int(row["d"]), int(row["dv"])][
                row["system"], row["dtype"]].append(
                    (int(row["sk"]), float(row["tflops"])))
    if not panels:
        return
    keys = sorted(panels)
    masks = sorted({k[:2] for k in keys}, key=lambda k: (k[0], k[1] != "none", k))
    columns = max(sum(k[:2] == mask for k in keys) for mask in masks)
    figure, axes = plt.subplots(len(masks), columns, sharey=True, squeeze=False,
                                figsize=(2.6 * columns + 0.6,
                                         2.3 * len(masks) + 0.5))
    peers = sorted({s for v in panels.values() for s, _ in v if not is_ours(s)})
    for mask, row_axes in zip(masks, axes):
        own = [k for k in keys if k[:2] == mask]
        for axis in row_axes[len(own):]:
            axis.set_visible(False)
        for key, axis in zip(own, row_axes):
            for (system, dtype), points in sorted(
                    panels[key].items(), key=lambda i: (not is_ours(i[0][0]), i)):
                points = sorted(dict(points).items())
                axis.plot(*zip(*points), marker="o", markersize=2.5,
                          linewidth=1.6 if is_ours(system) else 1.1,
                          linestyle="-" if dtype != "bf16" else "--",
                          color=OURS.get(dtype, "#0b5394") if is_ours(system)
                          else PEERS[peers.index(system) % len(PEERS)],
                          label=f"{system} {dtype}")
            axis.set_xscale("log", base=2)
            lengths = sorted({s for line in panels[key].values()
                              for s, _ in line})
            axis.set_xticks(lengths, [f"{s // 1024}k" if s >= 1024 else str(s)
                                      for s in lengths], minor=False)
            head = f"{key[2]}" if key[2] == key[3] else f"{key[2]}/{key[3]}"
            axis.set_title(f"D {head}" + (f", {key[1]}" if key[1] != "none"
                                          else ", no mask") +
                           (f", {key[0]}" if key[0] != "fwd" else ""),
                           loc="left")
        row_axes[0].set_ylabel("TFLOP/s")
    for axis in axes[-1]:
        axis.set_xlabel("length")
    axes[0][0].set_ylim(bottom=0)
    axes[0][0].legend(fontsize=6, loc="lower right")
    figure.tight_layout(rect=(0, 0.02, 1, 1))
    caption(figure, path, comments)
    save(figure, out / f"{path.stem}.png")


def draw_ablation(path, comments, rows, out):
    """One bar for each technique left out, on the problem of all of them."""
    left_out = [r for r in rows if "-no-" in r["system"]]
    if not left_out:
        return
    same = [r for r in rows if problem_of(r) == problem_of(left_out[0])]
    full = [r for r in same if r["system"] == "fa3"]
    bars = [("all", float(full[0]["tflops"]))] if full else []
    bars += sorted((("without " + r["system"].split("-no-")[1].replace("-", " "),
                     float(r["tflops"])) for r in left_out),
                   key=lambda bar: -bar[1])
    figure, axis = plt.subplots(figsize=(5.6, 0.3 * len(bars) + 1.0))
    names, values = zip(*reversed(bars))
    axis.barh(names, values, height=0.65,
              color=["#0b5394" if n == "all" else "#9fc5e8" for n in names])
    for y, value in enumerate(values):
        axis.text(value, y, f" {value:.0f}", va="center", fontsize=7)
    peers = [float(r["tflops"]) for r in same if not is_ours(r["system"])]
    if peers:
        axis.axvspan(min(peers), max(peers), color="#888888", alpha=0.25,
                     linewidth=0)
        axis.text(min(peers), len(bars) - 0.4, "cuDNN in the same run",
                  fontsize=6, color="#555555")
    row = left_out[0]
    axis.set_title(f"{row['dtype']} D {row['d']}, batch {row['batch']}, length "
                   f"{row['sk']}: TFLOP/s", loc="left")
    axis.grid(axis="y", visible=False)
    figure.tight_layout(rect=(0, 0.03, 1, 1))
    caption(figure, path, comments)
    save(figure, out / f"{path.stem}-ablation.png")


def draw_errors(path, comments, rows, out):
    """How many cases have which error, by element type."""
    errors = collections.defaultdict(list)
    for row in rows:
        if row["relerr"] and float(row["relerr"]) > 0:
            errors[row["dtype"]].append(float(row["relerr"]))
    if not errors:
        return
    figure, axis = plt.subplots(figsize=(5.6, 2.2))
    low = min(min(e) for e in errors.values())
    high = max(max(e) for e in errors.values())
    edges = [low * (high / low) ** (i / 60) for i in range(61)]
    for dtype, values in errors.items():
        axis.hist(values, bins=edges, color=OURS.get(dtype, "#777777"),
                  alpha=0.75, label=f"{dtype}: {len(values)} cases, at most "
                                    f"{max(values):.2g}")
    axis.set_xscale("log")
    axis.set_xlabel("relative error against float64")
    axis.set_ylabel("cases")
    axis.legend(fontsize=7)
    figure.tight_layout(rect=(0, 0.04, 1, 1))
    caption(figure, path, comments)
    save(figure, out / f"{path.stem}-errors.png")


def draw_compile_time(path, comments, rows, out):
    steps = [("passes", "#0b5394", lambda r: float(r["passes_ms"])),
             ("LLVM, to PTX", "#3fa0c8",
              lambda r: float(r["op_to_ptx_ms"]) - float(r["passes_ms"])),
             ("ptxas", "#bbbbbb", lambda r: float(r["ptxas_ms"]))]
    names = [f"{r['dtype']} D {r['d']}"
             f"{'' if r['mask'] == 'none' else ' ' + r['mask']}" for r in rows]
    figure, axis = plt.subplots(figsize=(5.6, 0.3 * len(rows) + 1.0))
    left = [0.0] * len(rows)
    for name, colour, value in steps:
        values = [value(r) for r in rows]
        axis.barh(names, values, left=left, color=colour, height=0.65,
                  label=name)
        left = [a + b for a, b in zip(left, values)]
    axis.invert_yaxis()
    axis.set_xlabel("milliseconds")
    axis.grid(axis="y", visible=False)
    axis.legend(fontsize=7)
    figure.tight_layout(rect=(0, 0.03, 1, 1))
    caption(figure, path, comments)
    save(figure, out / f"{path.stem}.png")


def save(figure, path):
    # Without the version of matplotlib, the same data give the same file.
    figure.savefig(path, metadata={"Software": None})
    plt.close(figure)
    print(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path,
                        default=pathlib.Path(__file__).parent / "results/plots")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    plt.rcParams.update(STYLE)
    for path in arguments.files:
        comments, rows = read(path)
        if not rows:
            parser.error(f"{path}: expected rows below a header")
        if "passes_ms" in rows[0]:
            draw_compile_time(path, comments, rows, arguments.out)
            continue
        timed = [row for row in rows if row["tflops"]]
        if timed:
            draw_speed(path, comments, timed, arguments.out)
            draw_ablation(path, comments, timed, arguments.out)
        else:
            draw_errors(path, comments, rows, arguments.out)


if __name__ == "__main__":
    main()
