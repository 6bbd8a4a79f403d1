#!/usr/bin/env python3
"""What Tabwasm takes on a Cortex-M4: measures the programs, and holds them to `footprint.txt`.

    footprint.py FOLDER [--bless]     FOLDER: where the programs of the release profile are

Flash is the program without the bytes of the kernel or component, its table, and what `baseline` takes. RAM is what
the caller hands over: the arena for validation, and the slices of the store but for the guest's
linear memory. The stack is measured by filling it with a pattern, and bounded by `stack_bound.py`.
Instructions are counted by QEMU.

Fails if a program has symbols of an allocator or of panics, if its stack has no bound, or if a
figure is larger than in `footprint.txt`. `--bless` writes the figures there, and the table into
README.md; a figure may rise only if its line is deleted by hand before.
"""

import os
import subprocess
import sys
from pathlib import Path

from elf import Elf

HERE = Path(__file__).resolve().parent
README = HERE / "../../README.md"
LIMITS = HERE / "footprint.txt"
KERNEL = (HERE / "kernel/kernel.wasm").stat().st_size

PROGRAMS = {
    "complete": "validate and execute",
    "execute": "execute, its table in flash",
    "validate": "validate",
    "component": "validate a component",
    "vector": "validate and execute, with vectors",
}

# Others, measured with the same kernel in the same run; no figure of theirs is held.
PEERS = {"wasmi": "wasmi 2.0"}

# What compilers of other versions may add.
TOLERANCE = 1.02

ROWS = {
    "flash": "flash, bytes",
    "arena": "RAM for validation, bytes",
    "table": "table of the module, bytes",
    "state": "RAM of the store, bytes",
    "stack": "native stack, measured, bytes",
    "bound": "native stack, upper bound, bytes",
    "heap": "heap, bytes",
    "instructions": "instructions",
}


def main():
    folder = Path(sys.argv[1])
    baseline = measure(folder, "baseline")
    figures = {name: measure(folder, name) | bound(folder, name) | {"heap": 0} for name in PROGRAMS}
    peers = {name: measure(folder, name) for name in PEERS}
    for name, found in (figures | peers).items():
        found["flash"] -= baseline["flash"] + (found.get("table", 0) if name == "execute" else 0)
        # It holds another input than the kernel.
        found["flash"] += KERNEL - found.get("input", KERNEL)
    table = markdown(figures, peers)
    print(table)
    complaints = [line for name in PROGRAMS for line in forbidden(folder / name)]
    limits = read_limits()
    if "--bless" in sys.argv:
        write_limits(figures, limits)
        update_readme(table)
    complaints += compare(figures, read_limits())
    for complaint in complaints:
        print(f"footprint: {complaint}", file=sys.stderr)
    sys.exit(bool(complaints))


def measure(folder, name):
    """Everything that is known of a program."""
    program = folder / name
    runner = os.environ["CARGO_TARGET_THUMBV7EM_NONE_EABI_RUNNER"].split()
    command = [*runner[:-1], "-icount", "shift=0", runner[-1], str(program)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if run.returncode != 0:
        sys.exit(f"footprint: {name}: status {run.returncode}: {run.stdout}{run.stderr}")
    figures = {}
    for line in (run.stdout + run.stderr).splitlines():
        what, _, number = line.partition(" ")
        figures[what] = int(number)
    figures["flash"] = Elf(program).flash()
    return figures


def bound(folder, name):
    """What the stack of a program cannot exceed."""
    run = subprocess.run([sys.executable, HERE / "stack_bound.py", folder / name], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"footprint: {name}: {run.stderr}")
    return {"bound": int(run.stdout)}


def forbidden(program):
    """Symbols that must not be there."""
    for name, _, _, _ in Elf(program).symbols():
        if "panicking" in name or "alloc" in name.replace("NoAlloc", "").replace("no_alloc", ""):
            yield f"{program.name} contains {name}"


def markdown(figures, peers):
    titles = [*PROGRAMS.values(), *(f"{peer}: the same" for peer in PEERS.values())]
    lines = ["| | " + " | ".join(titles) + " |", "|---" * (len(titles) + 1) + "|"]
    for row, title in ROWS.items():
        cells = [f"{found[row]:,}" if row in found else "" for found in (figures | peers).values()]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    per_byte = figures["validate"]["instructions"] / KERNEL
    lines.append(f"\nThe kernel has {KERNEL:,} bytes; validation takes {per_byte:.0f} instructions a byte.")
    size = figures["component"]["input"]
    per_byte = figures["component"]["instructions"] / size
    lines.append(f"The component has {size:,} bytes, and takes {per_byte:.0f} instructions a byte.")
    for name, peer in PEERS.items():
        flash, work = (figures["complete"][row] / peers[name][row] for row in ("flash", "instructions"))
        lines.append(f"Flash is {flash:.2f} of that of {peer}, instructions are {work:.2f} times as many.")
    return "\n".join(lines)


def read_limits():
    limits = {}
    for line in LIMITS.read_text().splitlines() if LIMITS.exists() else []:
        if line and not line.startswith("#"):
            program, row, number = line.split()
            limits[program, row] = int(number)
    return limits


def write_limits(figures, limits):
    lines = ["# The most of each figure of `footprint.py`. It may only fall."]
    for name, found in figures.items():
        for row in ROWS:
            if row in found:
                lines.append(f"{name} {row} {min(found[row], limits.get((name, row), found[row]))}")
    LIMITS.write_text("\n".join(lines) + "\n")


def compare(figures, limits):
    for name, found in figures.items():
        for row in ROWS:
            if row in found and found[row] > limits.get((name, row), 0) * TOLERANCE:
                yield f"{name}: {ROWS[row]}: {found[row]}, at most {limits.get((name, row), 0)}"


def update_readme(table):
    begin, end = "<!-- footprint -->\n", "<!-- end of footprint -->"
    text = README.read_text()
    if begin not in text:
        sys.exit("footprint: README.md has no markers")
    before, _, rest = text.partition(begin)
    README.write_text(before + begin + table + "\n" + end + rest.partition(end)[2])


if __name__ == "__main__":
    main()
