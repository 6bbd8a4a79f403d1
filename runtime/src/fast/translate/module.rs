//! What the translator asks of the module: types of functions, globals, memories and tables.
//!
//! Indices were checked by the validator a moment ago. One of nothing is therefore an
//! internal error: it is kept as the translation's failure, and the value that is given in its
//! place ends up in no code.

use super::failure::Contradiction;
use super::{Translator, block::BlockTypes};
use crate::fast::register::RegisterClass;
use crate::module::code::Cell;
use crate::types::{FuncIdx, FuncSignature, GlobalIdx, MemoryIdx, TableIdx, TypeIdx};

const NOTHING: FuncSignature<'static> = FuncSignature {
    params: &[],
    results: &[],
};

impl<'m> Translator<'m> {
    /// Parameters and results of a function.
    pub(super) fn func(&mut self, f: FuncIdx) -> FuncSignature<'m> {
        let found = self.module.env().func_type(f);
        self.known(found, "function", f.0).unwrap_or(NOTHING)
    }

    /// Where a function finds its code, if the module defines it.
    pub(super) fn cell(&mut self, f: FuncIdx) -> Option<*const Cell> {
        if f.0 < self.module.env().imported_funcs() {
            return None;
        }
        let found = self.module.cell(f);
        self.known(found, "function", f.0)
    }

    /// Parameters and results of a function type.
    pub(super) fn func_type(&mut self, y: TypeIdx) -> FuncSignature<'m> {
        let found = self.module.env().type_func(y);
        self.known(found, "function type", y.0).unwrap_or(NOTHING)
    }

    /// Pushes values of a block's parameters or results, in their slots.
    pub(super) fn push_block(&mut self, types: BlockTypes, params: bool) {
        match types {
            BlockTypes::Short(ty) => self.push_types(ty.filter(|_| !params).as_slice()),
            BlockTypes::Function => {
                let own = self.module.defined_signature(self.index);
                self.push_types(own.results());
            }
            BlockTypes::Func(ty) => {
                let ty = self.func_type(ty);
                self.push_types(if params { ty.params() } else { ty.results() });
            }
        }
    }

    /// The class of a global's value.
    pub(super) fn global(&mut self, x: GlobalIdx) -> RegisterClass {
        let found = self.module.env().global(x);
        let found = found.map(|global| RegisterClass::of(global.content));
        self.known(found, "global", x.0)
            .unwrap_or(RegisterClass::Int)
    }

    /// Whether a memory has 64-bit addresses.
    pub(super) fn is_wide_memory(&mut self, x: MemoryIdx) -> bool {
        let found = self.module.env().memory(x).map(|memory| memory.is_64);
        self.known(found, "memory", x.0).unwrap_or_default()
    }

    /// Whether a table has 64-bit indices.
    pub(super) fn is_wide_table(&mut self, x: TableIdx) -> bool {
        let found = self.module.env().table(x).map(|table| table.is_64);
        self.known(found, "table", x.0).unwrap_or_default()
    }

    /// What was found; if nothing was, that cannot be.
    pub(super) fn known<T>(
        &mut self,
        found: Option<T>,
        what: &'static str,
        index: u32,
    ) -> Option<T> {
        if found.is_none() {
            self.contradict(Contradiction::Unknown { what, index });
        }
        found
    }
}
