//! Typed functions of the host, and typed calls of modules that are part of the program.
//!
//! This is what the macros of `tabwasm-macros` write against; it can be used by hand as well. A
//! [`Host`] has functions that modules import by name. The compact engine leaves its run loop for
//! them, and [`Instance`] brings the two together; other engines take them by [`link`].

mod instance;
#[cfg(feature = "alloc")]
mod link;
mod memory;
mod number;

pub use instance::{CallError, Instance, places};
#[cfg(feature = "alloc")]
pub use link::link;
pub use memory::Memory;
pub use number::{Number, Outcome, Results};

use crate::compact::Value;
use crate::spec::Trap;
use crate::types::ValType;

/// The most parameters, and the most results, of a function of the host.
pub const ARITY: usize = 16;

/// A function of the host.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// First name of imports of it.
    pub module: &'static str,
    /// Second name of imports of it.
    pub name: &'static str,
    /// Types of the parameters.
    pub params: &'static [ValType],
    /// Types of the results.
    pub results: &'static [ValType],
}

/// Something whose functions modules can import.
pub trait Host {
    /// The functions.
    const FUNCTIONS: &'static [Function];

    /// Calls one of them, by its place in the list, with the caller's memory. Parameters are of
    /// the types that the list says, and there is room for the results.
    fn call(
        &mut self,
        function: usize,
        memory: Memory<'_>,
        params: &[Value],
        results: &mut [Value],
    ) -> Result<(), Trap>;
}

/// Nothing to import.
impl Host for () {
    const FUNCTIONS: &'static [Function] = &[];

    fn call(&mut self, _: usize, _: Memory<'_>, _: &[Value], _: &mut [Value]) -> Result<(), Trap> {
        Err(Trap::UnreachableCodeReached)
    }
}

/// The place of a function in a list, at compile time if asked in a constant.
pub const fn find(functions: &[Function], wanted: &Function) -> Option<usize> {
    let mut place = 0;
    while place < functions.len() {
        let function = &functions[place];
        if same(function.module.as_bytes(), wanted.module.as_bytes())
            && same(function.name.as_bytes(), wanted.name.as_bytes())
            && alike(function.params, wanted.params)
            && alike(function.results, wanted.results)
        {
            return Some(place);
        }
        place += 1;
    }
    None
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    let mut place = 0;
    while place < one.len() && place < other.len() && one[place] == other[place] {
        place += 1;
    }
    one.len() == other.len() && place == one.len()
}

const fn alike(one: &[ValType], other: &[ValType]) -> bool {
    let mut place = 0;
    while place < one.len() && place < other.len() && one[place].bits() == other[place].bits() {
        place += 1;
    }
    one.len() == other.len() && place == one.len()
}
