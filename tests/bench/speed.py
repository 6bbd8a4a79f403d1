#!/usr/bin/env python3
"""Measures how fast Tabwasm is beside its peers, and writes figures, tables and a picture of it.

Usage: tests/bench/speed.py [--rounds N]   measures, which takes half an hour, most of it to build peers
       tests/bench/speed.py --draw         writes tables and picture again, of the figures that are there
       tests/bench/speed.py --check        tells whether they are those of the figures

The figures are in `speed/figures.json`; of them are made `speed/table.txt`, which `tabwasm bench` shows,
`speed/picture.svg`, and what stands in README.md between its comments. Medians of N rounds, 9 if not said.
"""

import datetime
import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parents[1]
FOLDER = BENCH / "speed"
README = ROOT / "README.md"
BEGIN, END = "<!-- speed -->\n", "<!-- end of speed -->\n"

# What is run: its key, features of the build, and arguments. Builds that are the same follow each other.
ALL = "std,tables,wasmi,sf-nano,wasmtime"
RUNS = [
    ("kernels", ALL, ["--library"]),
    ("programs", ALL, ["--programs"]),
    ("vectors", ALL, ["--simd"]),
    ("metered", ALL, ["--metered"]),
    ("metered programs", ALL, ["--metered", "--programs"]),
    ("unfused", ALL, ["--unfused"]),
    ("alloc", "alloc,wasmi", []),
    ("loop", "std,dispatch-loop,wasmi", []),
]

# Rows of the tables: a run, the name of ours in it, and what is said of it.
ROWS = [
    ("kernels", "tabwasm", "twenty kernels in C"),
    ("programs", "tabwasm", "ten programs in four languages"),
    ("vectors", "tabwasm", "six kernels of vectors"),
    ("metered", "tabwasm-fuel", "the kernels, both with fuel"),
    ("metered", "tabwasm-epoch", "the kernels, ours with epochs"),
    ("metered programs", "tabwasm-fuel", "the programs, both with fuel"),
    ("metered programs", "tabwasm-epoch", "the programs, ours with epochs"),
    ("unfused", "tabwasm-unfused", "the kernels, without fused pairs"),
    ("alloc", "tabwasm", "the kernels, tier `alloc`"),
    ("loop", "tabwasm", "the kernels, both dispatch by a loop"),
]

# Peers that interpret, in the picture beside each kernel.
INTERPRETERS = ["wasmi", "sf-nano"]


def measure(rounds):
    runs = {}
    for key, features, arguments in RUNS:
        command = ["cargo", "run", "--quiet", "--release", "--manifest-path", BENCH / "Cargo.toml"]
        command += ["--no-default-features", "--features", features, "--"]
        command += ["--json", "--rounds", str(rounds), *arguments]
        print(f"{key}: {' '.join(map(str, command))}", flush=True)
        result = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
        for kernel in result.pop("kernels"):
            if kernel["apart"]:
                result.setdefault("apart", []).append(kernel["name"])
        runs[key] = result
    compiler = subprocess.run(["rustc", "--version"], cwd=ROOT, check=True, capture_output=True, text=True)
    return {
        "schema": 1,
        "date": datetime.date.today().isoformat(),
        "machine": machine(),
        "compiler": " ".join(compiler.stdout.split()[:2]),
        "runs": runs,
    }


def machine():
    """The processor, how many of it this process may use, and the system."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        found = re.search(r"^model name\s*: (.*)$", cpuinfo.read_text(), re.MULTILINE)
        processor = found.group(1) if found else processor
    return f"{processor}, {len(os.sched_getaffinity(0))} processors, {platform.system()} {platform.machine()}"


class Comparison:
    """One column of a run: ours over a peer."""

    def __init__(self, figures, row, ratios):
        key, self.ours, self.what = row
        run = figures["runs"][key]
        titles = {engine["name"]: engine["title"] for engine in run["engines"]}
        apart = run.get("apart", [])
        self.theirs, self.title, self.mean = ratios["theirs"], titles[ratios["theirs"]], ratios["geomean"]
        self.kernels = {name: ratio for name, ratio in ratios["kernels"].items() if name not in apart}
        self.apart = {name: ratio for name, ratio in ratios["kernels"].items() if name in apart}

    def end(self, choose):
        name = choose(self.kernels, key=self.kernels.get)
        return name, self.kernels[name]


def comparisons(figures):
    """By row, in the order of the peers in ENGINES, the reference first."""
    found = []
    for row in ROWS:
        ratios = figures["runs"][row[0]]["ratios"]
        ratios = [ratio for ratio in ratios if ratio["ours"] == row[1]]
        found += [Comparison(figures, row, ratio) for ratio in reversed(ratios)]
    return found


def circumstances(figures):
    rounds = {run["rounds"] for run in figures["runs"].values()}
    rounds = " to ".join(str(number) for number in sorted({min(rounds), max(rounds)}))
    return f"{figures['date']}, {figures['machine']}, {figures['compiler']}, medians of {rounds} rounds"


def lost(found):
    """What a peer that interprets does faster."""
    names = []
    for comparison in found:
        if comparison.theirs.split("-fuel")[0] in INTERPRETERS:
            slower = sorted((ratio, name) for name, ratio in comparison.kernels.items() if ratio < 1)
            if slower:
                kernels = ", ".join(f"`{name}` {ratio:.2f}" for ratio, name in slower)
                names.append(f"{comparison.what}, beside {comparison.title}: {kernels}")
    return names


def sentences(figures, found):
    """What the tables do not say."""
    for name in found[0].apart:
        beside = [it for it in found if it.what == found[0].what and name in it.apart]
        ratios = ", ".join(f"{it.apart[name]:.2f} times as fast as {it.title}" for it in beside)
        yield f"A kernel on a memory with addresses of 64 bits, `{name}`: {ratios}."
    library = figures["runs"]["kernels"]["library"]
    handlers = [
        f"{tier['all']:,} in the tier `{tier['tier']}`, {tier['fused']:,} of them for {tier['fused_rows']:,} rows of pairs"
        for tier in library["handlers"]
    ]
    yield f"Handlers: {'; '.join(handlers)}."
    yield (
        f"A release build of the library takes {library['build_seconds']:.0f} seconds here, "
        f"{library['build_cpu_seconds']:.0f} of processors; a minimal program with it has "
        f"{library['text_bytes']:,} bytes of code (`.text` of `tests/bench/examples/minimal.rs`)."
    )
    slower = lost(found)
    yield f"Not won: {'; '.join(slower)}." if slower else "Nothing is slower than on an interpreter beside it."


HEADS = ["how many times as fast as", "on", "mean", "worst", "best"]


def cells(comparison, code):
    ends = [comparison.end(min), comparison.end(max)]
    ends = [f"{ratio:.2f} ({code}{name}{code})" for name, ratio in ends]
    return [comparison.title, comparison.what, f"{comparison.mean:.2f}", *ends]


def markdown(figures, found):
    lines = [f"| {' | '.join(HEADS)} |", "|---|---|---:|---:|---:|"]
    for comparison in found:
        title, what, mean, *ends = cells(comparison, "`")
        lines.append(f"| {title} | {what} | **{mean}** | {' | '.join(ends)} |")
    text = "\n".join(lines) + "\n\n![the same for each kernel](tests/bench/speed/picture.svg)\n"
    for sentence in [f"{circumstances(figures)}.", *sentences(figures, found)]:
        text += "\n" + wrapped(sentence, 120)
    return text


def table(figures, found):
    rows = [HEADS, *(cells(comparison, "") for comparison in found)]
    rows = [[cell.replace("`", "") for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    lines = []
    for row in rows:
        left = [cell.ljust(width) for cell, width in zip(row[:2], widths)]
        right = [cell.rjust(width) for cell, width in zip(row[2:], widths[2:])]
        lines.append("  ".join(left + right))
    text = "\n".join(lines) + "\n"
    for sentence in [f"{circumstances(figures)}.", *sentences(figures, found)]:
        text += "\n" + wrapped(sentence.replace("`", ""), 100)
    return text


def wrapped(text, width):
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return "\n".join(lines) + "\n"


# The picture: bars of ratios, one row for each kernel, then the means. Lengths in pixels.
LABEL, BAR, SCALE, HEAD, GAP = 250, 8, 130, 64, 7
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 15px }
  .note { fill: #59636e; font-size: 11px }
  .grid { stroke: #d1d9e0 }
  .even { stroke: #1f2328; stroke-dasharray: 3 3 }
  .first { fill: #0969da }
  .second { fill: #bf8700 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .note { fill: #9198a1 }
    .grid { stroke: #3d444d }
    .even { stroke: #f0f6fc }
    .first { fill: #4493f8 }
    .second { fill: #d29922 }
  }
"""


def picture(figures, found):
    beside = [next(it for it in found if it.theirs == peer) for peer in INTERPRETERS]
    bars = [(name, [it.kernels[name] for it in beside]) for name in beside[0].kernels]
    apart = [(f"{name} (memory64)", [ratio]) for name, ratio in beside[0].apart.items()]
    means = {}
    for it in found:
        if it.theirs.split("-fuel")[0] in INTERPRETERS:
            means.setdefault(it.what.replace("`", ""), []).append(it.mean)
    groups = [bars + apart, list(means.items())]
    longest = max(ratio for group in groups for _, ratios in group for ratio in ratios)
    right = int(longest) + 1
    width = LABEL + right * SCALE + 50
    body, y = [], HEAD
    for group in groups:
        if y > HEAD:
            y += 30
            body.append(f'<text class="title" x="12" y="{y - 10}">Geometric means</text>')
        for label, ratios in group:
            middle = y + BAR * len(ratios) / 2
            body.append(f'<text x="{LABEL - 8}" y="{middle + 4:g}" text-anchor="end">{escaped(label)}</text>')
            for ratio, kind in zip(ratios, ("first", "second")):
                length = f"{ratio * SCALE:.1f}"
                body.append(f'<rect class="{kind}" x="{LABEL}" y="{y}" width="{length}" height="{BAR - 1}"/>')
                place = f'x="{LABEL + ratio * SCALE + 4:.1f}" y="{y + BAR - 0.5:g}"'
                body.append(f'<text class="note" {place} style="font-size: 9px">{ratio:.2f}</text>')
                y += BAR
            y += GAP
    height = y + 44
    lines = []
    for mark in range(right + 1):
        x = LABEL + mark * SCALE
        lines.append(f'<line class="{"even" if mark == 1 else "grid"}" x1="{x}" x2="{x}" y1="{HEAD - 6}" y2="{y}"/>')
        lines.append(f'<text class="note" x="{x}" y="{y + 14}" text-anchor="middle">{mark} ×</text>')
    legend, x = [], 12
    for it, kind in zip(beside, ("first", "second")):
        legend.append(f'<rect class="{kind}" x="{x}" y="34" width="10" height="10"/>')
        legend.append(f'<text x="{x + 15}" y="43">{escaped(it.title)}</text>')
        x += 130
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img">',
            "<title>How many times as fast as other interpreters Tabwasm is</title>",
            f"<style>{STYLE}</style>",
            '<text class="title" x="12" y="22">Tabwasm: how many times as fast as</text>',
            *legend,
            *lines,
            *body,
            f'<text class="note" x="12" y="{height - 10}">{escaped(circumstances(figures))}</text>',
            "</svg>\n",
        ]
    )


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def outputs(figures):
    found = comparisons(figures)
    readme = README.read_text()
    before, rest = readme.split(BEGIN)
    _, after = rest.split(END)
    return {
        FOLDER / "table.txt": table(figures, found),
        FOLDER / "picture.svg": picture(figures, found),
        README: before + BEGIN + markdown(figures, found) + END + after,
    }


def main():
    arguments = sys.argv[1:]
    path = FOLDER / "figures.json"
    match arguments:
        case ["--check"]:
            stale = [file for file, text in outputs(json.loads(path.read_text())).items() if file.read_text() != text]
            if stale:
                sys.exit(f"not of the figures, see tests/bench/speed.py --draw: {', '.join(map(str, stale))}")
            return
        case ["--draw"]:
            pass
        case [] | ["--rounds", _]:
            figures = measure(int(arguments[1]) if arguments else 9)
            path.write_text(json.dumps(figures, indent=1) + "\n")
        case _:
            sys.exit(__doc__)
    for file, text in outputs(json.loads(path.read_text())).items():
        file.write_text(text)


if __name__ == "__main__":
    main()
