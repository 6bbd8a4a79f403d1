#!/usr/bin/env bash
# Builds the programs of c/, each for speed and for size, into FOLDER/own.
# Usage: tests/training/build.sh [FOLDER], by default target/training. Needs Python with pip.
set -euo pipefail
cd "$(dirname "$0")"
folder=${1:-../../target/training}
mkdir -p "$folder/own"
folder=$(cd "$folder" && pwd)

[[ -d $folder/zig ]] || "${PYTHON:-python3}" -m pip install --quiet --target "$folder/zig" ziglang==0.17.1
for source in c/*.c; do
    for level in O2 Os; do
        PYTHONPATH=$folder/zig "${PYTHON:-python3}" -m ziglang cc -target wasm32-freestanding "-$level" -std=c23 \
            -Wall -Wextra -Wno-missing-field-initializers -I ../bench/kernels -nostdlib \
            -Wl,--no-entry -Wl,--strip-all -Wl,-z,stack-size=65536 \
            -o "$folder/own/$(basename "$source" .c).$level.wasm" "$source"
    done
done
