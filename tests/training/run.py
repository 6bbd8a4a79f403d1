#!/usr/bin/env python3
"""Runs every program of programs.toml with `tabwasm`, and shows the seconds that each takes.

Usage: tests/training/run.py [FOLDER] [--patterns COUNTS], after build.sh and fetch.sh. TABWASM names the
command, by default that of target/release. With --patterns the instructions of each program are counted
in files of the folder COUNTS, for `cargo gen fuse`: as it is, with fuel, and with epochs. What is not in
FOLDER is skipped, loudly; a program that fails is an error.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ARGUMENTS = argparse.ArgumentParser()
ARGUMENTS.add_argument("folder", nargs="?", type=Path, default=ROOT / "target/training")
ARGUMENTS.add_argument("--patterns", type=Path)
# How the names of modules end, where a source is built more than once.
LEVELS = {"c": [".O2", ".Os"]}
# How a program runs when it is counted: the ends of the file's name, and options that stop nothing.
WAYS = {"": [], ".fuel": ["--fuel", "1000000000000"], ".epoch": ["--timeout", "1h"]}
TABWASM = os.environ.get("TABWASM", ROOT / "target/release/tabwasm")


def programs():
    """Name, file, and the words around the file on the command line."""
    with open(HERE / "programs.toml", "rb") as file:
        table = tomllib.load(file)
    for language, counts in table["own"].items():
        for name, count in counts.items():
            for level in LEVELS.get(language, [""]):
                yield f"{name}{level}", f"own/{name}{level}.wasm", ["--invoke", "run"], [str(count)]
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
    arguments = ARGUMENTS.parse_args()
    folder, patterns = arguments.folder.resolve(), arguments.patterns
    if patterns:
        patterns.mkdir(parents=True, exist_ok=True)
    ran, skipped, failed = 0, 0, 0
    for name, file, options, words in programs():
        if not (folder / file).exists():
            print(f"SKIPPED: {name}: {file} is not in {folder}")
            skipped += 1
            continue
        before = seconds()
        ways = [["run"]]
        if patterns:
            ways = [["profile", "--patterns", patterns / f"{name}{end}.tsv", *way] for end, way in WAYS.items()]
        with tempfile.TemporaryFile() as output:
            for way in ways:
                command = [TABWASM, *way, *options, folder / file, *words]
                status = subprocess.run(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL).returncode
                if status != 0:
                    break
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
