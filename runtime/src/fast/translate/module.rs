//! What the translator asks of the module. Indices were checked by the validator; for others
//! there is some answer, never a panic.

use super::Translator;
use super::operand::Kind;
use crate::types::{FuncIdx, FuncSignature, GlobalIdx, MemoryIdx, TableIdx, TypeIdx};

const NOTHING: FuncSignature<'static> = FuncSignature {
    params: &[],
    results: &[],
};

impl<'m> Translator<'m> {
    /// Parameters and results of a function.
    pub(super) fn func(&self, f: FuncIdx) -> FuncSignature<'m> {
        self.module.env().func_type(f).unwrap_or(NOTHING)
    }

    /// Parameters and results of a function type.
    pub(super) fn func_type(&self, y: TypeIdx) -> FuncSignature<'m> {
        self.module.env().type_func(y).unwrap_or(NOTHING)
    }

    /// The class of a global's value.
    pub(super) fn global(&self, x: GlobalIdx) -> Kind {
        self.module
            .env()
            .global(x)
            .map_or(Kind::Int, |global| Kind::of(global.content))
    }

    /// Whether a memory has 64-bit addresses.
    pub(super) fn is_wide_memory(&self, x: MemoryIdx) -> bool {
        self.module
            .env()
            .memory(x)
            .is_some_and(|memory| memory.is_64)
    }

    /// Whether a table has 64-bit indices.
    pub(super) fn is_wide_table(&self, x: TableIdx) -> bool {
        self.module.env().table(x).is_some_and(|table| table.is_64)
    }
}
