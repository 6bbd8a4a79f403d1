//! What the sections of a module say besides its index spaces, in the order of its bytes.
//!
//! Instantiation walks through these lists: imports, initial values, segments, start, exports.
//! Names and contents stay in the module's bytes and are kept as spans, so that a list costs a few
//! words an entry. Standard: section 2.5, "Modules".

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::read::{ConstExpr, DataSegment, ElementSegment, Span};
use crate::types::{DataIdx, ExternKind, FuncIdx, MemoryIdx};

/// What the sections say besides the index spaces.
#[derive(Default)]
pub(crate) struct Parts {
    pub(crate) imports: Vec<ImportPart>,
    pub(crate) exports: Vec<ExportPart>,
    /// Places of the exports in the order of their names.
    pub(crate) by_name: Box<[u32]>,
    /// Initial values of defined tables.
    pub(crate) tables: Vec<Option<ConstExpr>>,
    /// Initial values of defined globals.
    pub(crate) globals: Vec<ConstExpr>,
    pub(crate) start: Option<FuncIdx>,
    pub(crate) elements: Vec<ElementSegment>,
    pub(crate) datas: Vec<DataSegment>,
    /// Bodies of defined functions.
    pub(crate) bodies: Vec<Span>,
    pub(crate) customs: Vec<CustomPart>,
}

#[derive(Clone, Copy)]
pub(crate) struct ImportPart {
    pub(crate) module: Span,
    pub(crate) name: Span,
    pub(crate) kind: ExternKind,
    /// In the index space of the kind.
    pub(crate) index: u32,
}

#[derive(Clone, Copy)]
pub(crate) struct ExportPart {
    pub(crate) name: Span,
    pub(crate) kind: ExternKind,
    /// In the index space of the kind.
    pub(crate) index: u32,
}

#[derive(Clone, Copy)]
pub(crate) struct CustomPart {
    pub(crate) name: Span,
    pub(crate) content: Span,
}

/// A data segment that is copied when an instance is made.
pub(crate) struct ActiveData<'m> {
    pub(crate) data: DataIdx,
    /// The memory that it goes to, and where.
    pub(crate) target: MemoryIdx,
    pub(crate) offset: ConstExpr,
    pub(crate) bytes: &'m [u8],
}
