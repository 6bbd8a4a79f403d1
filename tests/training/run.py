#!/usr/bin/env python3
"""Runs every program of programs.toml with `tabwasm`, and shows the seconds that each takes.

Usage: tests/training/run.py [FOLDER], after build.sh and fetch.sh. TABWASM names the command, by default
that of target/release. What is not in FOLDER is skipped, loudly; a program that fails is an error.
"""

import os
import resource
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "target/training").resolve()
TABWASM = os.environ.get("TABWASM", ROOT / "target/release/tabwasm")


def programs():
    """Name, file, and the words around the file on the command line."""
    with open(HERE / "programs.toml", "rb") as file:
        table = tomllib.load(file)
    for name, count in table["own"].items():
        for level in "O2", "Os":
            yield f"{name} -{level}", f"own/{name}.{level}.wasm", ["--invoke", "run"], [str(count)]
    for name, row in table["foreign"].items():
        if "invoke" in row:
            options = ["--unknown-imports", "default", "--invoke", row["invoke"]]
        else:
            folders = ["--dir-ro", f"{HERE}/inputs::/in", "--dir-ro", f"{HERE}/inputs/dev::/dev"]
            options = [*folders, "--tmpfs", "/tmp"]
        yield name, row["file"], options, row["arguments"]


def seconds():
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime


def main():
    ran, skipped, failed = 0, 0, 0
    for name, file, options, arguments in programs():
        if not (FOLDER / file).exists():
            print(f"SKIPPED: {name}: {file} is not in {FOLDER}")
            skipped += 1
            continue
        before = seconds()
        with tempfile.TemporaryFile() as output:
            command = [TABWASM, "run", *options, FOLDER / file, *arguments]
            status = subprocess.run(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL).returncode
            print(f"{name:16} {seconds() - before:6.3f} s", "" if status == 0 else f"failed: {status}", flush=True)
            if status == 0:
                ran += 1
                continue
            failed += 1
            output.seek(0)
            print(output.read().decode(errors="replace"))
    print(f"{ran} ran, {skipped} skipped, {failed} failed")
    sys.exit(failed > 0)


main()
