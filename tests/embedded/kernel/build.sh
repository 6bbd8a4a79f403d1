#!/usr/bin/env bash
# Rebuilds the kernel. Needs `pip install ziglang`; PYTHON chooses the interpreter that has it.
set -euo pipefail
cd "$(dirname "$0")"
"${PYTHON:-python3}" -m ziglang cc -target wasm32-freestanding -Os -std=c23 -Wall -Wextra \
    -nostdlib -Wl,--no-entry -Wl,--strip-all -Wl,-z,stack-size=1024 -o kernel.wasm kernel.c
chmod a-x kernel.wasm
stat -c '%8s %n' kernel.wasm
