#!/usr/bin/env bash
# Runs all fuzz targets, each for some seconds (30 unless told otherwise), as many at a time as there are cores:
#   tests/fuzz/run.sh [SECONDS [SEED]]
# The seed is fixed unless told otherwise, so that CI tries the same inputs as long as the code is
# the same.
#
# libFuzzer stands in the crate `libfuzzer-sys`; the coverage that it needs comes from flags that the
# stable compiler takes. An input that fails stays in target/finds/TARGET, and its path is printed.
# The corpus is made by the test `fuzz_corpus`; what a fuzzer adds to it stays in target/corpus.
set -euo pipefail
cd "$(dirname "$0")"

seconds=${1:-30} seed=${2:-1}
targets=(validate translate differential views components wasi tables)
host=$(rustc -vV | sed -n 's/^host: //p')

if ! command -v c++ > /dev/null; then
    echo 'SKIPPED: fuzz targets: libFuzzer needs a C++ compiler, and there is none'
    exit 0
fi

# With a target, build scripts and macros are built without the flags.
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares"
cargo build --release --target "$host" --bins
programs=target/$host/release

try() {
    local target=$1 log=target/$1.log
    mkdir -p "target/corpus/$target" "target/finds/$target"
    if "$programs/$target" "target/corpus/$target" "corpus/$target" -max_total_time="$seconds" -seed="$seed" \
        -timeout=25 -rss_limit_mb=3072 -artifact_prefix="target/finds/$target/" 2> "$log"; then
        printf '%-12s %s\n' "$target" "$(grep -E '^Done' "$log")"
        return
    fi
    printf '%-12s FAILED\n' "$target"
    tail -n 40 "$log"
    grep -E 'Test unit written to' "$log" | sed "s|to target|to $PWD/target|" || true
    return 1
}

running=()
for target in "${targets[@]}"; do
    try "$target" &
    running+=($!)
    # One ends before the next begins.
    ((${#running[@]} < $(nproc))) || wait -n || true
done
failed=0
for job in "${running[@]}"; do
    wait "$job" || failed=1
done
exit "$failed"
