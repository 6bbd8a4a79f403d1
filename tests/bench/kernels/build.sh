#!/usr/bin/env bash
# Rebuilds the kernels; those in `simd` use vectors, those in `memory64` addresses of 64 bits. Needs `pip install ziglang`; PYTHON chooses the interpreter that has it.
set -euo pipefail
cd "$(dirname "$0")"
for source in "${@:-*.c simd/*.c memory64/*.c}"; do
    for file in $source; do
        architecture=wasm32 simd=()
        [[ $file == simd/* ]] && simd=(-msimd128)
        [[ $file == memory64/* ]] && architecture=wasm64
        "${PYTHON:-python3}" -m ziglang cc -target "$architecture-freestanding" -O2 -std=c23 "${simd[@]}" -Wall -Wextra -Wno-missing-field-initializers \
            -nostdlib -Wl,--no-entry -Wl,--strip-all -Wl,-z,stack-size=65536 \
            -o "${file%.c}.wasm" "$file"
        chmod a-x "${file%.c}.wasm"
        printf '%8d %s\n' "$(stat -c %s "${file%.c}.wasm")" "${file%.c}.wasm"
    done
done
