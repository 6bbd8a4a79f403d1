#!/usr/bin/env bash
# Rebuilds the kernels; those in `simd` use vectors. Needs `pip install ziglang`; PYTHON chooses the interpreter that has it.
set -euo pipefail
cd "$(dirname "$0")"
for source in "${@:-*.c simd/*.c}"; do
    for file in $source; do
        simd=()
        [[ $file == simd/* ]] && simd=(-msimd128)
        "${PYTHON:-python3}" -m ziglang cc -target wasm32-freestanding -O2 -std=c23 "${simd[@]}" -Wall -Wextra -Wno-missing-field-initializers \
            -nostdlib -Wl,--no-entry -Wl,--strip-all -Wl,-z,stack-size=65536 \
            -o "${file%.c}.wasm" "$file"
        chmod a-x "${file%.c}.wasm"
        printf '%8d %s\n' "$(stat -c %s "${file%.c}.wasm")" "${file%.c}.wasm"
    done
done
