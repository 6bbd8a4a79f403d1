#!/usr/bin/env bash
# Rebuilds the programs: four in C and two each in Rust, Zig and AssemblyScript.
# Usage: build.sh [FILE]...; compilers go to TABWASM_COMPILERS, by default target/compilers. C and Zig take `pip`,
# AssemblyScript takes `npm`; Rust takes tests/embedded/setup.sh, which gets a compiler with the source of `core`.
set -euo pipefail
cd "$(dirname "$0")"
root=$(git rev-parse --show-toplevel)
compilers=${TABWASM_COMPILERS:-$root/target/compilers}
bare_metal=${TABWASM_BARE_METAL:-$root/tests/embedded/target/toolchain}

zig() {
    [[ -d $compilers/zig ]] || "${PYTHON:-python3}" -m pip install --quiet --target "$compilers/zig" ziglang==0.17.1
    PYTHONPATH=$compilers/zig "${PYTHON:-python3}" -m ziglang "$@"
}

c() {
    zig cc -target wasm32-freestanding -O2 -std=c23 -Wall -Wextra -Wno-missing-field-initializers \
        -nostdlib -Wl,--no-entry -Wl,--strip-all -Wl,-z,stack-size=65536 -o "$2" "$1"
}

zig_program() {
    zig build-exe -target wasm32-freestanding -O ReleaseFast -fstrip -fno-entry --stack 65536 --export=run \
        -femit-bin="$2" "$1"
}

assemblyscript() {
    [[ -d $compilers/node_modules/assemblyscript ]] ||
        npm install --silent --no-audit --no-fund --prefix "$compilers" assemblyscript@0.28.20
    # Without `abort`, whatever is wrong traps.
    "$compilers/node_modules/.bin/asc" "$1" -O3 --runtime incremental --use abort= --outFile "$2"
}

rust() {
    "$root/tests/embedded/setup.sh" "$bare_metal"
    (
        . "$bare_metal/env.sh"
        folder=$(mktemp -d)
        trap 'rm -rf "$folder"' EXIT
        cat > "$folder/Cargo.toml" << TOML
[workspace]
[package]
name = "program"
edition = "2024"
[[bin]]
name = "program"
path = "$PWD/$1"
[profile.release]
lto = true
panic = "abort"
codegen-units = 1
strip = true
TOML
        export RUSTFLAGS="-C linker=$TABWASM_RUST_LLD -C link-arg=--no-entry -C link-arg=-zstack-size=262144"
        cargo build --quiet --release --manifest-path "$folder/Cargo.toml" --target-dir "$compilers/rust" \
            --target wasm32-unknown-unknown -Z build-std=core
        cp "$compilers/rust/wasm32-unknown-unknown/release/program.wasm" "$2"
    )
}

mkdir -p "$compilers"
for file in "${@:-*.c *.rs *.zig *.ts}"; do
    for source in $file; do
        wasm=${source%.*}.wasm
        case $source in
            *.c) c "$source" "$wasm" ;;
            *.rs) rust "$source" "$wasm" ;;
            *.zig) zig_program "$source" "$wasm" ;;
            *.ts) assemblyscript "$source" "$wasm" ;;
        esac
        chmod a-x "$wasm"
        printf '%8d %s\n' "$(stat -c %s "$wasm")" "$wasm"
    done
done
