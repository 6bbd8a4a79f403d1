#!/usr/bin/env python3
"""Real components on Tabwasm and on wasmtime: what they answer, which must be equal, and how fast.

Usage: tests/components.py [FOLDER], after tests/components.sh. QuickJS, StarlingMonkey and CPython, each
with a program that exports `greet`, are loaded, instantiated and called through the API of Tabwasm, by
its command, and by wasmtime's package of Python, which is fetched at first. The table shows medians;
wasmtime compiles without a cache, once.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "target/components").resolve()

COMPONENTS = [("QuickJS", "stubbed.wasm"), ("StarlingMonkey", "starling-pure.wasm"), ("CPython", "python.wasm")]

INSTANCES = 5
CALLS = 101

# The same as tests/bench/examples/greet.rs.
WASMTIME = """
import json, statistics, sys, time
from wasmtime import Config, Engine, Store
from wasmtime.component import Component, Linker
file, instances, calls = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
loads, makes, greets = [], [], []
def timed(times, do):
    began = time.perf_counter()
    result = do()
    times.append(time.perf_counter() - began)
    return result
engine = Engine(Config())
component = timed(loads, lambda: Component.from_file(engine, file))
linker = Linker(engine)
for _ in range(instances):
    store = Store(engine)
    instance = timed(makes, lambda: linker.instantiate(store, component))
greet = instance.get_func(store, "greet")
def call():
    answer = greet(store, "World")
    greet.post_return(store)
    return answer
first = []
answer = timed(first, call)
for _ in range(calls):
    assert timed(greets, call) == answer
seconds = dict(load=statistics.median(loads), instantiate=statistics.median(makes), first=first[0], call=statistics.median(greets))
print(json.dumps(dict(answer=answer, seconds=seconds)))
"""


def output(command, **variables):
    """What a command prints; it must succeed."""
    result = subprocess.run(command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{command[0]} {command[-1]}: {result.returncode}\n{result.stderr}")
    return result.stdout


def prepare():
    """Makes the runtimes."""
    manifest = ROOT / "tests/bench/Cargo.toml"
    build = ["cargo", "build", "--release", "--manifest-path", manifest, "--no-default-features", "--features", "std"]
    subprocess.run([*build, "--example", "greet"], cwd=ROOT, check=True)
    subprocess.run(["cargo", "build", "--release", "-p", "tabwasm-cli"], cwd=ROOT, check=True)
    if not (FOLDER / "wasmtime").exists():
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--target", FOLDER / "wasmtime", "wasmtime"]
        subprocess.run(install, check=True)


def built(crate, path):
    """A program of a crate that was built for release."""
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / crate / "target")) / "release" / path


def show(seconds):
    for limit, factor, unit in [(1e-3, 1e6, "µs"), (1, 1e3, "ms"), (float("inf"), 1, "s")]:
        if seconds < limit:
            return f"{seconds * factor:.3g} {unit}"


def main():
    found = [(name, FOLDER / file) for name, file in COMPONENTS if (FOLDER / file).exists()]
    for name, file in COMPONENTS:
        if (name, FOLDER / file) not in found:
            print(f"SKIPPED: {name}: {file} is not in {FOLDER} (tests/components.sh)")
    if not found:
        return
    prepare()
    counts = [str(INSTANCES), str(CALLS)]
    steps = ["load", "instantiate", "first", "call"]
    print("| |", " | ".join(f"{step} | wasmtime" for step in steps), "|")
    print("|---|" + "---:|" * (2 * len(steps)))
    for name, file in found:
        ours = json.loads(output([built("tests/bench", "examples/greet"), file, *counts]))
        theirs = json.loads(
            output([sys.executable, "-c", WASMTIME, str(file), *counts], PYTHONPATH=str(FOLDER / "wasmtime"))
        )
        if ours["answer"] != theirs["answer"]:
            sys.exit(f"{name}: {ours['answer']!r} is not wasmtime's {theirs['answer']!r}")
        said = output([built("", "tabwasm"), "run", "--invoke", 'greet("World")', file])
        if json.loads(said) != theirs["answer"]:
            sys.exit(f"{name}: the command says {said!r}, not wasmtime's {theirs['answer']!r}")
        cells = [show(runtime["seconds"][step]) for step in steps for runtime in (ours, theirs)]
        print("|", name, "|", " | ".join(cells), "|", flush=True)


main()
