#!/usr/bin/env bash
# A Rust that builds `core` for bare metal, from Debian's own packages, beside rustup.
#
#   setup.sh PREFIX
#
# Leaves in PREFIX an unpacked (never installed) rustc with the source of the same version, and
# PREFIX/env.sh to source. QEMU and a few libraries are installed with apt-get, only if missing; an
# emulator that cannot be installed without removing another package is unpacked into PREFIX too.
# C cross compilers link programs with std: that for s390x those for a machine of the other byte order.
# A second run finds everything in place and does nothing.
#
# Exit status: 0 ready, 77 this machine cannot have it (say so and skip), 1 a step failed.
#
# Environment: TABWASM_RUST_WEB=VERSION  pins the Debian version of rustc-web
#              TABWASM_DEBS=FOLDER       keeps the downloaded packages there (a cache for CI)
set -euo pipefail

# Raise when the layout of PREFIX changes: an older PREFIX is then made anew.
RECIPE=1
# The oldest release tried with cargo 1.95; a stale package list offers an older one.
OLDEST=1.96
HOST=x86_64-unknown-linux-gnu

# command:package
QEMU=(qemu-system-arm:qemu-system-arm qemu-system-riscv32:qemu-system-misc
    qemu-s390x:qemu-user qemu-aarch64:qemu-user qemu-riscv64:qemu-user)
LIBRARIES=(libz3-4 libedit2 libxml2 libzstd1 libffi8
    gcc-s390x-linux-gnu libc6-dev-s390x-cross gcc-aarch64-linux-gnu libc6-dev-arm64-cross
    gcc-riscv64-linux-gnu libc6-dev-riscv64-cross)

main() {
    [ $# -eq 1 ] || die "usage: setup.sh PREFIX"
    mkdir -p "$1"
    PREFIX=$(cd "$1" && pwd)
    [[ $PREFIX != *[[:space:]\"\'\$]* ]] || die "cargo splits runners at spaces: no spaces, quotes or dollars in PREFIX"
    need_machine
    exec 9>"$PREFIX/.lock"
    flock 9

    local pair
    ready_toolchain || make_toolchain
    install_packages
    for pair in "${QEMU[@]}"; do
        [ -n "$(emulator "${pair%%:*}")" ] || make_emulator "${pair%%:*}" "${pair#*:}"
    done
    check_pair
    write_env
    say "ready: . $PREFIX/env.sh   ($(cat "$PREFIX/.stamp"))"
}

say() { echo "bare-metal: $*" >&2; }
die() { say "error: $*"; exit 1; }
skip() { say "SKIP (77): $*"; exit 77; }

need_machine() {
    local tool
    [ "$(uname -sm)" = "Linux x86_64" ] || skip "the packages are for x86_64 Linux, this is $(uname -sm)"
    for tool in apt-get apt-cache dpkg-deb dpkg-query flock tar; do
        command -v "$tool" >/dev/null || skip "no $tool: this needs Debian 12 or a system of its kind"
    done
    command -v rustc >/dev/null || skip "no rustc: install rustup's stable toolchain first"
    RUST_LLD=$(env -u RUSTC_BOOTSTRAP rustc --print sysroot)/lib/rustlib/$HOST/bin/rust-lld
    [ -x "$RUST_LLD" ] || skip "no rust-lld in the toolchain of $(command -v rustc): is it rustup's?"
}

# ---- the compiler and its source ---------------------------------------------------------------

ready_toolchain() {
    [ -f "$PREFIX/.stamp" ] && [[ $(cat "$PREFIX/.stamp") == "recipe $RECIPE,"* ]] &&
        [ -x "$PREFIX/usr/bin/rustc" ] && [ -f "$PREFIX/usr/lib/rustlib/src/rust/library/core/src/lib.rs" ]
}

make_toolchain() {
    local debs=${TABWASM_DEBS:-$PREFIX/debs}
    rm -rf "$PREFIX/.stamp" "$PREFIX/usr" "$PREFIX/unpack"
    mkdir -p "$PREFIX/unpack"

    find_packages || { update_lists && find_packages; } || skip "$missing"
    download "$debs" || { update_lists && find_packages && download "$debs"; } || skip "cannot download ${packages[*]}"

    say "unpacking into $PREFIX"
    local file
    for file in "${files[@]}"; do
        dpkg-deb --fsys-tarfile "$debs/$file" | tar -x -C "$PREFIX/unpack" \
            --anchored --no-wildcards-match-slash --exclude='./usr/share' --exclude='./usr/libexec' \
            --exclude='./usr/src/rustc-*/compiler' --exclude='./usr/src/rustc-*/src' --exclude='./usr/src/rustc-*/debian'
    done
    mv "$PREFIX/unpack/usr" "$PREFIX/usr"
    rmdir "$PREFIX/unpack"
    [ -n "${TABWASM_DEBS:-}" ] || rm -rf "$debs"
    echo "recipe $RECIPE, ${packages[*]}" >"$PREFIX/.stamp"
}

# Sets `packages` to name=version of the five packages, compiler and source of one version, or
# `missing` to what is not there. The names of two follow from what the others depend on.
find_packages() {
    local version std llvm
    packages=()
    version=${TABWASM_RUST_WEB:-$(candidate rustc-web)}
    missing="no package rustc-web of $OLDEST or later (found: ${version:-none}); Debian 12 has it in its security archive"
    [ -n "$version" ] && dpkg --compare-versions "$version" ge "$OLDEST" || return 1
    std=$(depends "libstd-rust-web-dev=$version" | grep -o '^libstd-rust-web-[0-9.]*') || std=
    missing="no package libstd-rust-web-dev of version $version"
    [ -n "$std" ] || return 1
    llvm=$(depends "$std=$version" | grep -o '^libllvm[0-9]*') || llvm=
    missing="no package $std of version $version"
    [ -n "$llvm" ] || return 1
    missing="no package $llvm"
    [ -n "$(candidate "$llvm")" ] || return 1
    missing="no package rust-web-src of version $version: compiler and source must be of one version"
    [ -n "$(apt-cache show "rust-web-src=$version" 2>/dev/null)" ] || return 1
    packages=("rustc-web=$version" "$std=$version" "libstd-rust-web-dev=$version" "rust-web-src=$version"
        "$llvm=$(candidate "$llvm")")
}

candidate() { apt-cache policy "$1" 2>/dev/null | awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'; }

depends() {
    apt-cache show "$1" 2>/dev/null | awk -F': ' '$1 == "Depends" { print $2; exit }' | tr ',' '\n' | sed 's/^ *//'
}

# Sets `files` to the file names, in the order of `packages`. apt-get checks their hashes, also of
# those that are there already.
download() {
    local package
    say "fetching ${packages[*]}"
    mkdir -p "$1"
    (cd "$1" && apt-get download -qq "${packages[@]}" 2> >(grep -v unsandboxed >&2)) || return 1
    files=()
    for package in "${packages[@]}"; do
        files+=("$(cd "$1" && ls -- "${package%%=*}_$(sed 's/:/%3a/' <<<"${package#*=}")_"*.deb)") || return 1
    done
}

# ---- what apt-get installs ---------------------------------------------------------------------

install_packages() {
    local wanted=() package
    for package in "${LIBRARIES[@]}"; do
        installed "$package" || wanted+=("$package")
    done
    command -v cc >/dev/null || wanted+=(gcc libc6-dev)
    install "${wanted[@]}"
}

# The emulator as env.sh names it: a path inside PREFIX, a command of PATH, or nothing.
emulator() {
    if [ -x "$PREFIX/usr/bin/$1" ]; then echo "$PREFIX/usr/bin/$1"; elif command -v "$1" >/dev/null; then echo "$1"; fi
}

make_emulator() {
    local libraries library wanted=()
    if try_install "$2" || { update_lists && try_install "$2"; }; then return; fi
    say "$2 cannot be installed beside what is here; unpacking $1 into $PREFIX"
    packages=("$2=$(candidate "$2")")
    libraries=$(depends "${packages[0]}" | sed 's/[ |].*//' | grep -v '^qemu-')
    for library in $libraries; do
        installed "$library" || wanted+=("$library")
    done
    install "${wanted[@]}"
    download "$PREFIX/debs" || skip "cannot download $2"
    mkdir -p "$PREFIX/unpack"
    dpkg-deb --fsys-tarfile "$PREFIX/debs/${files[0]}" | tar -x -C "$PREFIX/unpack" "./usr/bin/$1"
    mv "$PREFIX/unpack/usr/bin/$1" "$PREFIX/usr/bin/$1"
    rm -rf "$PREFIX/unpack" "$PREFIX/debs"
}

installed() { dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed; }

install() {
    [ $# -eq 0 ] || try_install "$@" || { update_lists && try_install "$@"; } || skip "cannot install $*"
}

# Never at the price of a package that is there.
try_install() {
    local log
    say "installing $*"
    log=$(as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --no-remove \
        -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 "$@" 2>&1) && return
    say "$(grep -a '^E:' <<<"$log" || tail -n 3 <<<"$log")"
    return 1
}

# At most once a run, and false after that. The lock of the lists, unlike dpkg's, has no timeout.
update_lists() {
    local tries=24 log
    [ -z "${updated:-}" ] || return 1
    updated=1
    say "apt-get update"
    while ! log=$(as_root apt-get update -qq -o DPkg::Lock::Timeout=600 2>&1); do
        if [[ $log != *"Could not get lock"* ]] || [ $((tries -= 1)) -eq 0 ]; then
            say "apt-get update: $log" # one broken source of many is no reason to give up
            return 0
        fi
        sleep 5
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo -n "$@"; else
        skip "needs root (or sudo without a password) for: $*"
    fi
}

# ---- the result --------------------------------------------------------------------------------

# std builds only with the compiler of exactly its own version.
check_pair() {
    local compiler source
    compiler=$(LD_LIBRARY_PATH=$PREFIX/usr/lib/x86_64-linux-gnu "$PREFIX/usr/bin/rustc" --version) ||
        die "the unpacked rustc does not start"
    source=$(basename "$(readlink -f "$PREFIX/usr/lib/rustlib/src/rust")")
    [[ $compiler == "rustc ${source#rustc-}"* ]] || die "$compiler, but its source is $source"
}

write_env() {
    local text
    text=$(env_text)
    [ -f "$PREFIX/env.sh" ] && [ "$text" = "$(cat "$PREFIX/env.sh")" ] && return
    printf '%s\n' "$text" >"$PREFIX/env.sh.new"
    mv "$PREFIX/env.sh.new" "$PREFIX/env.sh"
}

env_text() {
    local semihosting='-nographic -monitor none -serial null -semihosting-config enable=on,target=native'
    local target
    echo "# Written by setup.sh; source it. Use rustup's cargo; do not put $PREFIX/usr/bin in PATH."
    export_line RUSTC "$PREFIX/usr/bin/rustc"
    export_line RUSTDOC "$PREFIX/usr/bin/rustdoc"
    export_line RUSTC_BOOTSTRAP 1
    export_line TABWASM_RUST_LLD "$RUST_LLD"
    cat <<-TEXT
	case ":\${LD_LIBRARY_PATH:-}:" in
	*":$PREFIX/usr/lib/x86_64-linux-gnu:"*) ;;
	*) export LD_LIBRARY_PATH="$PREFIX/usr/lib/x86_64-linux-gnu\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}" ;;
	esac
	TEXT

    for target in thumbv6m-none-eabi thumbv7em-none-eabi riscv32imac-unknown-none-elf; do
        export_line "$(cargo_key "$target")_LINKER" "$RUST_LLD"
    done
    export_line "$(cargo_key thumbv6m-none-eabi)_RUNNER" "$(emulator qemu-system-arm) -M mps2-an385 $semihosting -kernel"
    export_line "$(cargo_key thumbv7em-none-eabi)_RUNNER" "$(emulator qemu-system-arm) -M mps2-an386 $semihosting -kernel"
    export_line "$(cargo_key riscv32imac-unknown-none-elf)_RUNNER" \
        "$(emulator qemu-system-riscv32) -M virt -bios none $semihosting -kernel"
    # Little address space: QEMU keeps sixteen bytes for each page that was ever reserved, and a memory
    # reserves a million. What is refused is allocated.
    local machine
    for target in s390x-unknown-linux-gnu aarch64-unknown-linux-gnu riscv64gc-unknown-linux-gnu; do
        machine=${target%%-*} machine=${machine%gc}
        export_line "$(cargo_key "$target")_LINKER" "$machine-linux-gnu-gcc"
        export_line "$(cargo_key "$target")_RUNNER" "$(emulator "qemu-$machine") -R 64G -L /usr/$machine-linux-gnu"
    done
}

export_line() { printf "export %s='%s'\n" "$1" "$2"; }
cargo_key() { tr 'a-z.-' 'A-Z__' <<<"CARGO_TARGET_$1"; }

main "$@"
