//! What a module needs to run.
//!

use super::module::Module;
use super::table::{Elements, item};
use crate::types::{MemoryType, TableType, TypeIdx};
use crate::validate::TypeDef;

/// Lengths of the lists of a [`Ram`](super::Ram) for one instance of a module.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Needs {
    /// Bytes of the module's table.
    pub table: usize,
    /// Slots of the function that needs most, its parameters included: calls that are nested need
    /// those of all functions that wait, together.
    pub slots: usize,
    /// Instances: one.
    pub instances: usize,
    /// Imports of functions, tables, memories and globals.
    pub links: usize,
    /// Tables, without imported ones.
    pub tables: usize,
    /// Elements that tables start with, and those of passive segments.
    pub elements: u64,
    /// Memories, without imported ones.
    pub memories: usize,
    /// Bytes that memories start with.
    pub memory: u64,
    /// Globals, without imported ones.
    pub globals: usize,
    /// Types.
    pub types: usize,
    /// Segments.
    pub segments: usize,
}

impl Needs {
    pub(crate) fn of(module: Module<'_>) -> Self {
        let (header, layout) = (module.header(), module.layout());
        let funcs = (0..header.bodies).map(|index| {
            let body = module.body(index);
            let ty: u32 = item(module.table, layout.funcs, header.imported_funcs + index);
            let ty: TypeDef = item(module.table, layout.types, TypeIdx(ty).0);
            usize::from(ty.params.max(ty.results))
                + usize::from(body.locals)
                + usize::from(body.height)
        });
        let tables = header.imported_tables..header.tables;
        let elements = tables.clone().map(|index| {
            let ty: TableType = item(module.table, layout.tables, index);
            ty.min
        });
        let passive = (0..header.elements).map(|index| {
            let segment = module.elements(index);
            let kept = segment.flags & (Elements::ACTIVE | Elements::DECLARATIVE) == 0;
            if kept { segment.count.into() } else { 0 }
        });
        let memories = header.imported_memories..header.memories;
        let bytes = memories.clone().map(|index| {
            let ty: MemoryType = item(module.table, layout.memories, index);
            ty.bytes(ty.min).unwrap_or(u64::MAX)
        });
        let links = header.imported_funcs
            + header.imported_tables
            + header.imported_memories
            + header.imported_globals;
        let data = if header.data_count { header.data } else { 0 };
        Self {
            table: layout.end as usize,
            slots: funcs.max().unwrap_or(0).max(CONSTANT),
            instances: 1,
            links: links as usize,
            tables: tables.len(),
            elements: elements.chain(passive).fold(0, u64::saturating_add),
            memories: memories.len(),
            memory: bytes.fold(0, u64::saturating_add),
            globals: (header.globals - header.imported_globals) as usize,
            types: header.types as usize,
            segments: (header.elements + data) as usize,
        }
    }
}

/// Slots that the evaluation of usual constant expressions needs.
const CONSTANT: usize = 8;
