#!/usr/bin/env bash
# The tier no_alloc where it belongs: builds for bare metal, runs in QEMU, measures. And the whole library
# on processors other than this one, in QEMU.
#
#   run.sh [--bless]     --bless: write the figures into footprint.txt and README.md
#   run.sh --host        only what this machine can build and run
#
# The proof that neither std nor an allocator is needed always runs, and so do the official scripts
# here, built for size. The rest needs a compiler that builds `core`: `setup.sh` fetches one into
# TABWASM_BARE_METAL (default: target/toolchain here), and where it cannot, the rest is skipped, loudly.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
counts=

MEASURED=thumbv7em-none-eabi
BOARDS=(thumbv7em-none-eabi thumbv6m-none-eabi riscv32imac-unknown-none-elf)
BIG_ENDIAN=s390x-unknown-linux-gnu
PROCESSORS=(aarch64-unknown-linux-gnu riscv64gc-unknown-linux-gnu)
OTHER_SYSTEMS=(aarch64-apple-darwin x86_64-pc-windows-msvc)

main() {
    freestanding
    suite_here
    [ "${1:-}" != --host ] || return 0
    local toolchain=${TABWASM_BARE_METAL:-$here/target/toolchain} status=0
    ./setup.sh "$toolchain" || status=$?
    case $status in
        0) ;;
        77)
            echo 'SKIPPED: programs on bare metal, footprint, big endian: no compiler for them (see above)'
            echo "SKIPPED: the suites on ${PROCESSORS[*]}: the same lacks them"
            return
            ;;
        *) exit $status ;;
    esac
    # From here on with that compiler.
    . "$toolchain/env.sh"
    export CARGO_TARGET_DIR=$here/target/bare-metal RUSTFLAGS='-Z emit-stack-sizes'
    footprint "$@"
    local target
    for target in "${BOARDS[@]}"; do
        board "$target"
    done
    big_endian
    for target in "${OTHER_SYSTEMS[@]}"; do
        other_system "$target"
    done
    processors
}

# Encodes the official scripts, and plays them on this machine, in each profile: what the others are
# compared with.
suite_here() {
    say 'the official scripts, here'
    mkdir -p "$here/target/suite"
    # Of the whole workspace, as its tests are built, so that nothing is built twice.
    cargo build -q --release --workspace --bin encode --manifest-path ../../Cargo.toml
    local scripts
    scripts=$(../../target/release/encode "$here/target/suite/suite.bin") || fail "$scripts"
    stock build -q --release -p desk
    counts=$("$here/target/stock/release/desk" "$here/target/suite/suite.bin") || fail "the host: $counts"
    local line
    while IFS= read -r line; do
        listed "$scripts: $line"
    done <<<"$counts"
}

# listed LINE: prints a line of counts, which counts.txt must have.
listed() {
    echo "$1"
    grep -qxF -- "$1" counts.txt || fail 'counts.txt has no such line'
}

# Cargo with the compiler that users have.
stock() { CARGO_TARGET_DIR=$here/target/stock cargo "$@"; }

footprint() {
    say "footprint on $MEASURED"
    cargo build -q --release -p firmware --target $MEASURED -Zbuild-std=core
    cargo build -q --release -p peers --target $MEASURED -Zbuild-std=core,alloc
    ./footprint.py "$CARGO_TARGET_DIR/$MEASURED/release" "$@"
}

# Ten programs and the official scripts on a board.
board() {
    say "programs and the official scripts on $1"
    cargo build -q --release -p firmware --features libm --bin programs --bin suite --target "$1" -Zbuild-std=core
    local key=CARGO_TARGET_$(tr 'a-z-' 'A-Z_' <<<"$1")_RUNNER
    run ${!key} "$CARGO_TARGET_DIR/$1/release/programs"
    compare "$1" run ${!key} "$CARGO_TARGET_DIR/$1/release/suite"
}

big_endian() {
    say "the official scripts on $BIG_ENDIAN"
    cargo build -q --release -p desk --target $BIG_ENDIAN -Zbuild-std=std,panic_abort
    compare $BIG_ENDIAN run $CARGO_TARGET_S390X_UNKNOWN_LINUX_GNU_RUNNER \
        "$CARGO_TARGET_DIR/$BIG_ENDIAN/release/desk" suite.bin
}

# WASI and the command for a system that nobody here runs.
other_system() {
    say "WASI for $1"
    cargo check -q -p tabwasm-wasi -p tabwasm-cli --manifest-path ../../Cargo.toml \
        --target "$1" -Zbuild-std=std,panic_abort
}

# The suites of the whole library, and what its handlers end with, on processors other than this one, with
# the compiler that users have: which calls become jumps is its choice.
processors() {
    say 'the suites, here'
    unset RUSTC RUSTDOC RUSTC_BOOTSTRAP RUSTFLAGS LD_LIBRARY_PATH CARGO_TARGET_DIR
    local counts line target
    counts=$(suites test --release --workspace)
    while IFS= read -r line; do
        listed "$line"
    done <<<"$counts"
    for target in "${PROCESSORS[@]}"; do
        if rustup -q target add "$target"; then
            processor "$target"
        else
            echo "SKIPPED: the suites on $target: rustup has no standard library for it"
        fi
    done
    say 'what handlers end with'
    cargo test -q --release --workspace --manifest-path ../../Cargo.toml --test handlers -- \
        --include-ignored --nocapture
}

# A build for release dispatches by tail calls, one that checks itself by a loop.
processor() {
    say "the suites on $1, dispatch by tail calls"
    compare "$1" suites test --release -p tabwasm-tests --target "$1"
    say "the suites on $1, dispatch by a loop"
    compare "$1" suites checked -p tabwasm-tests --target "$1"
}

# suites COMMAND...: what cargo's command counts.
suites() {
    local output
    output=$(cargo "$@" --manifest-path ../../Cargo.toml --test suite -- --quiet 2>&1) || fail "$*: $output"
    grep '^suites' <<<"$output"
}

# Where the encoded scripts are. A program that hangs hangs QEMU.
run() { (cd "$here/target/suite" && timeout 600 "$@" 2>&1); }

# compare NAME COMMAND...: the counts must be those of this machine.
compare() {
    local name=$1 found
    shift
    found=$("$@") || fail "$name: $found"
    echo "$found"
    [ "$found" = "$counts" ] || fail "$name: other counts than here"
}

# Built by the compiler that users have. That it must not build with the features shows that the
# build without them proves something.
freestanding() {
    say 'without std and alloc'
    local program=$here/target/stock/release/freestanding
    stock build -q --release -p freestanding
    "$program"
    expect 1 'on purpose' "$program" argument
    [ -z "$(nm -u "$program")" ] || fail 'the program has undefined symbols'
    expect 101 'no global memory allocator found' stock build -q --release -p freestanding --features alloc
    expect 101 'duplicate lang item' stock build -q --release -p freestanding --features std
}

# expect STATUS PATTERN COMMAND...
expect() {
    local status=0 output wanted=$1 pattern=$2
    shift 2
    output=$("$@" 2>&1) || status=$?
    [ "$status" -eq "$wanted" ] && grep -q -- "$pattern" <<<"$output" ||
        fail "$*: status $status, expected $wanted and '$pattern': $output"
}

say() { printf -- '-- %s (%d s)\n' "$*" "$SECONDS"; }
fail() { echo "embedded: $*" >&2; exit 1; }

main "$@"
