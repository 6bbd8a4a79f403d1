//! A method of `Imports` with other types: the compiler shows the signature.

use tabwasm::Trap;
use tabwasm::host::Memory;
use tabwasm::profile::NoAlloc;

tabwasm_macros::include_wasm!(NoAlloc, "../modules/imports_several.wat");

struct Host;

impl imports_several::Imports for Host {
    fn log(&mut self, _: Memory<'_>, _: u32, _: u32) -> Result<(), Trap> {
        Ok(())
    }

    fn pick(&mut self, _: Memory<'_>, _: f64, _: Option<u32>) -> Result<i64, Trap> {
        Ok(0)
    }
}

fn main() {}
