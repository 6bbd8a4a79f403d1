//! A host without `Imports`: the error has the whole `impl` to copy.

use tabwasm::profile::NoAlloc;

tabwasm_macros::include_wasm!(NoAlloc, "../modules/imports_several.wat");

struct Host;

fn main() {
    let mut ram = imports_several::Ram::new();
    let _ = imports_several::Instance::new(ram.lend(), Host, &mut 100);
}
