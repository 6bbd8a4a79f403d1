#!/usr/bin/env bash
# The tier no_alloc where it belongs: builds for bare metal, runs in QEMU, measures.
#
#   run.sh [--bless]     --bless: write the figures into footprint.txt and README.md
#
# The proof that neither std nor an allocator is needed always runs. The rest needs a compiler that
# builds `core`: `setup.sh` fetches one into TABWASM_BARE_METAL (default: target/toolchain here), and
# where it cannot, the rest is skipped, loudly.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD

BOARDS=(thumbv7em-none-eabi thumbv6m-none-eabi riscv32imac-unknown-none-elf)
BIG_ENDIAN=s390x-unknown-linux-gnu

main() {
    freestanding
    local toolchain=${TABWASM_BARE_METAL:-$here/target/toolchain} status=0
    ./setup.sh "$toolchain" || status=$?
    case $status in
        0) ;;
        77)
            echo 'SKIPPED: programs on bare metal, footprint, big endian: no compiler for them (see above)'
            return
            ;;
        *) exit $status ;;
    esac
    (
        . "$toolchain/env.sh"
        export CARGO_TARGET_DIR=$here/target/bare-metal RUSTFLAGS='-Z emit-stack-sizes'
        local target
        for target in "${BOARDS[@]}"; do
            say "build for $target"
            cargo build -q --release -p firmware --target "$target" -Zbuild-std=core
        done
        say 'footprint'
        ./footprint.py "$CARGO_TARGET_DIR/thumbv7em-none-eabi/release" "$@"
    )
}

# Built by the compiler that users have. That it must not build with the features shows that the
# build without them proves something.
freestanding() {
    say 'without std and alloc'
    export CARGO_TARGET_DIR=$here/target/stock
    local program=$CARGO_TARGET_DIR/release/freestanding
    cargo build -q --release -p freestanding
    "$program"
    expect 1 'on purpose' "$program" argument
    [ -z "$(nm -u "$program")" ] || fail 'the program has undefined symbols'
    expect 101 'no global memory allocator found' cargo build -q --release -p freestanding --features alloc
    expect 101 'duplicate lang item' cargo build -q --release -p freestanding --features std
    cargo build -q --release -p freestanding
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
