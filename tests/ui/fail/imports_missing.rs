//! Methods of `Imports` that are missing or of another name.

use tabwasm::Trap;
use tabwasm::host::Memory;
use tabwasm::profile::NoAlloc;

tabwasm_macros::include_wasm!(NoAlloc, "../modules/imports_several.wat");

struct Host;

impl imports_several::Imports for Host {
    fn print(&mut self, _: Memory<'_>, _: i32, _: i32) -> Result<(), Trap> {
        Ok(())
    }
}

fn main() {}
