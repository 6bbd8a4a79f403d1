//! What a module's functions take: bytes of the binary format, and bytes of code.
//!
//! Code counts against a limit of its module; here a host sees which functions it belongs to, and which were
//! never translated because nobody called them.

use super::Module;
use super::code::Cell;

/// A function that a module defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ModuleFunction {
    /// Its index among all functions, the imported ones before it.
    pub index: u32,
    /// Bytes of its body.
    pub body: usize,
    /// Bytes of its code, with what says where traps are; none before it is translated.
    pub code: Option<u64>,
}

impl Module {
    /// The functions that it defines, in order.
    pub fn functions(&self) -> impl ExactSizeIterator<Item = ModuleFunction> {
        let imported = self.env().imported_funcs();
        let bodies = self.parts().bodies.iter().enumerate();
        bodies.map(move |(index, body)| {
            let cell = self.code().cell(index as u32);
            ModuleFunction {
                index: imported + index as u32,
                body: body.range().len(),
                code: cell.and_then(Cell::code).map(|code| code.size()),
            }
        })
    }
}
