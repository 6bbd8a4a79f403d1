//! A method of `Imports` with too few parameters: the compiler shows counts, at the file's name.

use tabwasm::Trap;
use tabwasm::host::Memory;
use tabwasm::profile::NoAlloc;

tabwasm_macros::include_wasm!(NoAlloc, "../modules/imports_several.wat");

struct Host;

impl imports_several::Imports for Host {
    fn log(&mut self, _: Memory<'_>, _: i32) -> Result<(), Trap> {
        Ok(())
    }

    fn pick(&mut self, _: Memory<'_>, _: f64, _: Option<u32>) -> Result<(i64, f32), Trap> {
        Ok((0, 0.0))
    }
}

fn main() {}
