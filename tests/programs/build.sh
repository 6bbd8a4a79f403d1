#!/usr/bin/env bash
# Rebuilds the programs. Needs `pip install ziglang`; PYTHON chooses the interpreter that has it.
set -euo pipefail
cd "$(dirname "$0")"
for file in *.c; do
    "${PYTHON:-python3}" -m ziglang cc -target wasm32-wasi -O2 -s -std=c23 -Wall -Wextra \
        -o "${file%.c}.wasm" "$file"
    chmod a-x "${file%.c}.wasm"
    printf '%8d %s\n' "$(stat -c %s "${file%.c}.wasm")" "${file%.c}.wasm"
done
