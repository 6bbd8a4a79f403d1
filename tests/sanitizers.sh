#!/usr/bin/env bash
# Runs tests where memory and threads are watched. The product stays on stable; what is absent is
# skipped, loudly:
#
# - the address sanitizer, for the API and the two engines beside each other, needs a nightly compiler;
# - the thread sanitizer, for what threads share, needs the sources of the standard library as well
#   (rust-src): it takes what stands behind a lock that it cannot see into for a race;
# - without them valgrind watches the threads of the release build, whose handlers call each other in
#   tail position.
set -euo pipefail
cd "$(dirname "$0")/.."

host=$(rustc -vV | sed -n 's/^host: //p')
# With a target, build scripts and macros are built without the flags, and once for all.
nightly() { CARGO_TARGET_DIR=target/sanitizers cargo +nightly "$@" --target "$host" -p tabwasm-tests; }
skipped() { printf '\n=== SKIPPED: %s\n' "$1"; }

if ! rustup toolchain list 2> /dev/null | grep -q '^nightly'; then
    skipped 'address and thread sanitizers: no nightly toolchain'
    sources=
else
    sources=$(rustc +nightly --print sysroot)/lib/rustlib/src/rust/library
    printf '\n=== address sanitizer\n'
    # Some tests leak memory for good, as `Memory::new_static` wants it; what the library leaks the
    # test `out_of_memory` counts.
    ASAN_OPTIONS=detect_leaks=0 RUSTFLAGS=-Zsanitizer=address nightly test --test api --test differential
fi

if [[ -d $sources ]]; then
    printf '\n=== thread sanitizer\n'
    RUSTFLAGS=-Zsanitizer=thread nightly test -Zbuild-std --test api threads
    exit 0
fi
[[ -z $sources ]] || skipped 'thread sanitizer: no rust-src for the nightly toolchain'

if command -v valgrind > /dev/null; then
    printf '\n=== valgrind\n'
    program=$(cargo test --release --workspace --test api --no-run 2>&1 | sed -n 's/.*Executable.*(\(.*\))$/\1/p')
    valgrind --quiet --error-exitcode=1 "$program" threads
else
    skipped 'threads: no valgrind either'
fi
