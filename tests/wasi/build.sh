#!/usr/bin/env bash
# Rebuilds the programs, and runs those that Linux can answer for itself: what they print is what is
# right. What `descriptors` and `server` print is written by hand, as Linux has no descriptors with rights
# and runs no second program here. Needs `pip install ziglang`; PYTHON chooses the interpreter that has it.
set -euo pipefail
cd "$(dirname "$0")"
compile() { "${PYTHON:-python3}" -m ziglang cc -std=gnu23 -Wall -Wextra "$@"; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for file in *.c; do
    name=${file%.c}
    compile -target wasm32-wasi -Os -s -o "$name.wasm" "$file"
    chmod a-x "$name.wasm"
    printf '%8d %s\n' "$(stat -c %s "$name.wasm")" "$name.wasm"
    case $name in
    files | directories | links | times)
        mkdir "$scratch/$name.d"
        compile -D_GNU_SOURCE -O1 -o "$scratch/$name" "$file"
        "$scratch/$name" "$scratch/$name.d" > "$name.txt"
        ;;
    esac
done
