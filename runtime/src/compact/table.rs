//! What is known of a validated module besides its bytes: the module's table.
//!
//! A header, then lists of items of fixed sizes. Only offsets and numbers, least significant
//! byte first: a table that one machine has made serves on another, from read-only memory.

use super::branch::Branch;
use crate::read::Span;
use crate::reject::Reject;
use crate::spec::ErrorCode;
use crate::types::{ExternKind, GlobalType, MemoryType, TableType, ValType};
use crate::validate::TypeDef;
use crate::validate::arena::{Arena, Place};
use crate::validate::item::{Item, fields};

/// A function with a body.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Body {
    /// Offset of the first instruction.
    pub(crate) code: u32,
    /// Offset of the last `end`.
    pub(crate) end: u32,
    /// Its first branch.
    pub(crate) branches: u32,
    /// Locals besides the parameters.
    pub(crate) locals: u16,
    /// The most operands that there are at any time.
    pub(crate) height: u16,
}

/// An import.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ImportEntry {
    /// Offset of the first of its two names.
    pub(crate) name: u32,
    /// Its kind, as a number.
    pub(crate) kind: u8,
}

/// An element segment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Elements {
    /// A constant expression for its offset, if it is active.
    pub(crate) offset: Span,
    /// The items: function indices or constant expressions.
    pub(crate) items: Span,
    /// How many there are.
    pub(crate) count: u32,
    /// The table, if it is active.
    pub(crate) table: u32,
    /// Whether it is active, whether it is declarative, and whether items are expressions.
    pub(crate) flags: u8,
}

impl Elements {
    pub(crate) const ACTIVE: u8 = 1;
    pub(crate) const DECLARATIVE: u8 = 2;
    pub(crate) const EXPRESSIONS: u8 = 4;
}

/// A data segment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Data {
    /// A constant expression for its offset, if it is active.
    pub(crate) offset: Span,
    /// Its bytes.
    pub(crate) bytes: Span,
    /// The memory, if it is active.
    pub(crate) memory: u32,
    /// Whether it is active.
    pub(crate) active: bool,
}

/// The front of the table.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Header {
    pub(crate) format: u32,
    /// Bytes of the module.
    pub(crate) length: u32,
    /// Fingerprint of the module.
    pub(crate) fingerprint: u64,
    /// The start function plus one, or zero.
    pub(crate) start: u32,
    /// Offset of the first export.
    pub(crate) exports: u32,
    /// How many exports there are.
    pub(crate) export_count: u32,
    /// Whether instructions can refer to data segments.
    pub(crate) data_count: bool,
    pub(crate) imported_funcs: u32,
    pub(crate) imported_tables: u32,
    pub(crate) imported_memories: u32,
    pub(crate) imported_globals: u32,
    pub(crate) value_types: u32,
    pub(crate) types: u32,
    pub(crate) imports: u32,
    pub(crate) funcs: u32,
    pub(crate) bodies: u32,
    pub(crate) tables: u32,
    pub(crate) table_inits: u32,
    pub(crate) memories: u32,
    pub(crate) globals: u32,
    pub(crate) global_inits: u32,
    pub(crate) elements: u32,
    pub(crate) branches: u32,
    pub(crate) data: u32,
}

fields! {
    Body { code: u32, end: u32, branches: u32, locals: u16, height: u16 }
    ImportEntry { name: u32, kind: u8 }
    Elements { offset: Span, items: Span, count: u32, table: u32, flags: u8 }
    Data { offset: Span, bytes: Span, memory: u32, active: bool }
    Header {
        format: u32, length: u32, fingerprint: u64,
        start: u32, exports: u32, export_count: u32, data_count: bool,
        imported_funcs: u32, imported_tables: u32, imported_memories: u32, imported_globals: u32,
        value_types: u32, types: u32, imports: u32, funcs: u32, bodies: u32, tables: u32,
        table_inits: u32, memories: u32, globals: u32, global_inits: u32,
        elements: u32, branches: u32, data: u32,
    }
}

impl Header {
    /// What this version writes and reads.
    const FORMAT: u32 = 1;

    /// The header of a table; the one of an empty module, if what it says cannot be.
    pub(crate) fn of(table: &[u8]) -> Self {
        let header = Self::get(table, 0);
        let possible = Layout::of(&header).end == table.len() as u64
            && header.imported_funcs <= header.funcs
            && header.imported_tables <= header.tables
            && header.imported_memories <= header.memories
            && header.imported_globals <= header.globals
            && header.bodies <= header.funcs - header.imported_funcs
            && header.table_inits <= header.tables - header.imported_tables
            && header.global_inits <= header.globals - header.imported_globals;
        if possible { header } else { Self::default() }
    }

    /// The header of what the lists at the front of an arena hold.
    pub(crate) fn count(self, arena: &Arena<'_>, wasm: &[u8]) -> Self {
        let count = |place| arena.extent(place).1 as u32;
        Self {
            format: Self::FORMAT,
            length: wasm.len() as u32,
            fingerprint: fingerprint(wasm),
            value_types: count(Place::ValueTypes),
            types: count(Place::Types),
            imports: count(Place::Imports),
            funcs: count(Place::Funcs),
            bodies: count(Place::Bodies),
            tables: count(Place::Tables),
            table_inits: count(Place::TableInits),
            memories: count(Place::Memories),
            globals: count(Place::Globals),
            global_inits: count(Place::GlobalInits),
            elements: count(Place::Elements),
            branches: count(Place::Branches),
            data: count(Place::Data),
            ..self
        }
    }

    /// Whether the table was made of this module.
    pub(crate) fn fits(&self, wasm: &[u8], table: &[u8]) -> Result<(), Reject> {
        let fits = self.format == Self::FORMAT
            && self.length as usize == wasm.len()
            && Layout::of(self).end == table.len() as u64
            && self.fingerprint == fingerprint(wasm);
        if fits {
            Ok(())
        } else {
            Err(Reject::new(ErrorCode::ForeignTable, 0))
        }
    }
}

/// A number that another module is unlikely to have: FNV-1a.
fn fingerprint(wasm: &[u8]) -> u64 {
    const BASIS: u64 = 14_695_981_039_346_656_037;
    const PRIME: u64 = 1_099_511_628_211;
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(PRIME);
    wasm.iter().fold(BASIS, step)
}

/// Where the lists of a table begin.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Layout {
    pub(crate) value_types: usize,
    pub(crate) types: usize,
    pub(crate) imports: usize,
    pub(crate) funcs: usize,
    pub(crate) bodies: usize,
    pub(crate) tables: usize,
    pub(crate) table_inits: usize,
    pub(crate) memories: usize,
    pub(crate) globals: usize,
    pub(crate) global_inits: usize,
    pub(crate) elements: usize,
    pub(crate) branches: usize,
    pub(crate) data: usize,
    /// The length of the table, which a header that lies may let be large.
    pub(crate) end: u64,
}

impl Layout {
    pub(crate) fn of(header: &Header) -> Self {
        let mut end = Header::SIZE as u64;
        let mut list = |count: u32, size: usize| {
            let start = end;
            end += u64::from(count) * size as u64;
            // Positions beyond the table hold zeros.
            usize::try_from(start).unwrap_or(usize::MAX)
        };
        Self {
            value_types: list(header.value_types, ValType::SIZE),
            types: list(header.types, TypeDef::SIZE),
            imports: list(header.imports, ImportEntry::SIZE),
            funcs: list(header.funcs, u32::SIZE),
            bodies: list(header.bodies, Body::SIZE),
            tables: list(header.tables, TableType::SIZE),
            table_inits: list(header.table_inits, Span::SIZE),
            memories: list(header.memories, MemoryType::SIZE),
            globals: list(header.globals, GlobalType::SIZE),
            global_inits: list(header.global_inits, Span::SIZE),
            elements: list(header.elements, Elements::SIZE),
            branches: list(header.branches, Branch::SIZE),
            data: list(header.data, Data::SIZE),
            end,
        }
    }
}

/// An item of a list that begins at `start`.
#[inline(always)]
pub(crate) fn item<T: Item>(table: &[u8], start: usize, index: u32) -> T {
    T::get(
        table,
        start.wrapping_add((index as usize).wrapping_mul(T::SIZE)),
    )
}

/// Kinds of imports as numbers.
pub(crate) const KINDS: [ExternKind; ExternKind::COUNT] = [
    ExternKind::Func,
    ExternKind::Table,
    ExternKind::Memory,
    ExternKind::Global,
    ExternKind::Tag,
];
