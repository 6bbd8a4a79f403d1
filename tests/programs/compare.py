#!/usr/bin/env python3
"""Real programs from start to exit, on Tabwasm and on peers: seconds and peak memory, as a table.

Usage: tests/programs/compare.py [ROUNDS], after tests/programs/fetch.sh. Makes the peers at first: the
command of wasmi from its crate, and wasmtime's package of Python, which translates without a cache.
Runtimes take turns; shown are medians, of five times as many rounds for what is over at once. wasmtime,
which takes minutes for clang, runs once.
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "target/programs"
REAL = ROOT / "tests/programs/real"
WORK = PROGRAMS / "work"

# Strings, dictionaries, sorting, integers of any length: a second or two of them.
WORDS = """
import random
random.seed(1)
words = ["".join(random.choice("abcde") for _ in range(4)) for _ in range(20000)]
counts = {}
for word in words:
    counts[word] = counts.get(word, 0) + 1
common = sorted(counts, key=lambda word: (-counts[word], word))[:3]
text = " ".join(words)
places = [at for at in range(len(text)) if text.startswith(common[0], at)]
product = 1
for at in places:
    product = product * (at + 1) % (10 ** 40 + 7)
print(common, len(places), product)
"""

# Name, file, arguments, directories (by one name for host and guest, since wasmi has no other way), and
# whether it is over at once.
TASKS = [
    ("`clang --version`", "clang", ["--version"], [], False),
    (
        "clang, a small program in C",
        "clang",
        ["--target=wasm32-wasip1", "--sysroot=usr", "-O2", "-c", "work/hello.c", "-o", "work/hello.o"],
        ["work", "usr"],
        False,
    ),
    ("CPython, `print(1)`", "python", ["-c", "print(1)"], [], False),
    ("CPython, a program that counts words", "python", ["-c", WORDS], [], False),
    ("SQLite, a query", "sqlite", ["work/words.db", "query"], ["work"], True),
]

WASMTIME = """
import sys
from wasmtime import Config, Engine, ExitTrap, Linker, Module, Store, WasiConfig
file, count = sys.argv[1], int(sys.argv[2])
engine = Engine(Config())
wasi = WasiConfig()
wasi.argv = [file, *sys.argv[3 + count:]]
wasi.inherit_stdout()
for folder in sys.argv[3:3 + count]:
    wasi.preopen_dir(folder, folder)
store = Store(engine)
store.set_wasi(wasi)
linker = Linker(engine)
linker.define_wasi()
instance = linker.instantiate(store, Module.from_file(engine, file))
try:
    instance.exports(store)["_start"](store)
except ExitTrap as exit:
    sys.exit(exit.code)
"""


def tabwasm(file, args, folders):
    return [ROOT / "target/release/tabwasm", *options(folders), file, *args], {}


def wasmi(file, args, folders):
    return [PROGRAMS / "wasmi/bin/wasmi", "run", *options(folders), file, *args], {}


def wasmtime(file, args, folders):
    command = [sys.executable, "-c", WASMTIME, file, str(len(folders)), *folders, *args]
    return command, {"PYTHONPATH": str(PROGRAMS / "wasmtime")}


def options(folders):
    return [word for folder in folders for word in ("--dir", folder)]


RUNTIMES = {"Tabwasm": tabwasm, "wasmi 2.0": wasmi, "wasmtime": wasmtime}


def prepare():
    """Makes the runtimes, and a folder in which everything has the name that the guest uses."""
    subprocess.run(["cargo", "build", "--release", "-p", "tabwasm-cli"], cwd=ROOT, check=True)
    if not (PROGRAMS / "wasmi/bin").exists():
        install = ["cargo", "install", "--quiet", "wasmi_cli@2.0.0", "--root", PROGRAMS / "wasmi"]
        subprocess.run(install, check=True)
    if not (PROGRAMS / "wasmtime").exists():
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--target", PROGRAMS / "wasmtime", "wasmtime"]
        subprocess.run(install, check=True)
    shutil.rmtree(WORK, ignore_errors=True)
    (WORK / "work").mkdir(parents=True)
    shutil.copy(REAL / "hello.c", WORK / "work")
    for name, file in [
        ("clang", "clang/gen/llvm.core.wasm"),
        ("python", "python/dist/python.wasm"),
        ("sqlite", "sqlite.wasm"),
        ("usr", "clang/usr"),
    ]:
        (WORK / name).symlink_to(PROGRAMS / file)
    measure(*tabwasm("sqlite", ["work/words.db", "make"], ["work"]))


def measure(command, variables):
    """Seconds and MB of one run."""
    began = time.monotonic()
    process = subprocess.Popen(
        command, cwd=WORK, env=os.environ | variables, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command}: {process.returncode}\n{errors.decode()}")
    return time.monotonic() - began, usage.ru_maxrss / 1024


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    prepare()
    print("| start to exit |", " | ".join(RUNTIMES), "|\n|---|" + "---:|" * len(RUNTIMES))
    for name, file, args, folders, short in TASKS:
        runs = {runtime: [] for runtime in RUNTIMES}
        for number in range(rounds * 5 if short else rounds):
            for runtime, command in RUNTIMES.items():
                if number == 0 or runtime != "wasmtime":
                    runs[runtime].append(measure(*command(file, args, folders)))
        cells = [
            f"{statistics.median(run[0] for run in all):.3g} s, {statistics.median(run[1] for run in all):.0f} MB"
            for all in runs.values()
        ]
        print("|", name, "|", " | ".join(cells), "|", flush=True)


main()
