#!/usr/bin/env bash
# Builds our programs into FOLDER/own: those of c/ for speed and for size, those of as/, rust/ and zig/ for speed.
# Usage: tests/training/build.sh [FOLDER], by default target/training. C and Zig take Python with pip,
# AssemblyScript takes npm, and Rust a target that rustup adds; without these two, theirs are skipped, loudly.
set -euo pipefail
cd "$(dirname "$0")"
folder=${1:-../../target/training}
mkdir -p "$folder/own"
folder=$(cd "$folder" && pwd)
target=wasm32-unknown-unknown

zig() { PYTHONPATH=$folder/zig "${PYTHON:-python3}" -m ziglang "$@"; }

own() { echo "$folder/own/$(basename "${1%.*}")"; }

skip() { echo "SKIPPED: programs in $1 are not built: there is no $2"; }

c() {
    for level in O2 Os; do
        zig cc -target wasm32-freestanding "-$level" -std=c23 \
            -Wall -Wextra -Wno-missing-field-initializers -I ../bench/kernels -nostdlib \
            -Wl,--no-entry -Wl,--strip-all -Wl,-z,stack-size=65536 \
            -o "$(own "$1").$level.wasm" "$1"
    done
}

zig_program() {
    zig build-exe -target wasm32-freestanding -O ReleaseFast -fstrip -fno-entry --stack 65536 --export=run \
        -femit-bin="$(own "$1").wasm" "$1"
}

assemblyscript() {
    # Without `abort`, whatever is wrong traps.
    "$folder/node_modules/.bin/asc" "$1" -O3 --runtime incremental --use abort= --outFile "$(own "$1").wasm"
}

rust() {
    rustc --edition 2024 --target "$target" -C opt-level=3 -C lto -C panic=abort -C codegen-units=1 \
        -C strip=symbols -C link-arg=--no-entry -C link-arg=-zstack-size=65536 -o "$(own "$1").wasm" "$1"
}

[[ -d $folder/zig ]] || "${PYTHON:-python3}" -m pip install --quiet --target "$folder/zig" ziglang==0.17.1
for source in c/*.c; do c "$source"; done
for source in zig/*.zig; do zig_program "$source"; done

if command -v npm > /dev/null; then
    [[ -d $folder/node_modules/assemblyscript ]] ||
        npm install --silent --no-audit --no-fund --prefix "$folder" assemblyscript@0.28.20
    for source in as/*.ts; do assemblyscript "$source"; done
else
    skip AssemblyScript npm
fi

if [[ -d $(rustc --target "$target" --print target-libdir) ]] || rustup --quiet target add "$target"; then
    for source in rust/*.rs; do rust "$source"; done
else
    skip Rust "target $target"
fi
