//! What a module needs to run: the length of each slice of a `Ram`.
//!
//! Read from the table alone, so that a device can ask as well. What depends on how deep calls nest
//! is for `calls`; what a program makes larger while it runs is for the host to decide.

use super::module::Module;
use super::table::Body;
use crate::types::{ExternKind, MemoryType, TableType, V128};
use crate::validate::TypeDef;
use crate::validate::arena::ListName;

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
        let header = module.header();
        let first = header.imported(ExternKind::Func);
        let funcs = (0..header.count(ListName::BODIES)).map(|index| {
            let body: Body = header.item(ListName::BODIES, index);
            let ty: u32 = header.item(ListName::Funcs, first + index);
            let ty: TypeDef = header.item(ListName::Types, ty);
            usize::from(ty.params.max(ty.results))
                + usize::from(body.locals)
                + usize::from(body.height)
        });
        let tables = header.imported(ExternKind::Table)..header.count(ListName::Tables);
        let elements = tables.clone().map(|index| {
            let ty: TableType = header.item(ListName::Tables, index);
            ty.min
        });
        let segments = header.count(ListName::ELEMENTS);
        let passive = (0..segments).map(|index| {
            let segment = module.elements(index);
            if segment.is_passive() {
                segment.count.into()
            } else {
                0
            }
        });
        let memories = header.imported(ExternKind::Memory)..header.count(ListName::Memories);
        let bytes = memories.clone().map(|index| {
            let ty: MemoryType = header.item(ListName::Memories, index);
            ty.bytes(ty.min).unwrap_or(u64::MAX)
        });
        let globals = header
            .count(ListName::Globals)
            .saturating_sub(header.imported(ExternKind::Global));
        let imported = [
            ExternKind::Func,
            ExternKind::Table,
            ExternKind::Memory,
            ExternKind::Global,
        ];
        Self {
            table: header.end(),
            slots: funcs.max().unwrap_or(0).max(match header.vectors() {
                true => CONSTANT_VECTOR,
                false => CONSTANT,
            }),
            instances: 1,
            links: imported
                .into_iter()
                .map(|kind| header.imported(kind) as usize)
                .sum(),
            tables: tables.len(),
            elements: elements.chain(passive).fold(0, u64::saturating_add),
            memories: memories.len(),
            memory: bytes.fold(0, u64::saturating_add),
            globals: globals as usize,
            types: header.count(ListName::Types) as usize,
            segments: segments as usize + header.kept_data() as usize,
        }
    }
}

/// Slots that the evaluation of usual constant expressions needs.
const CONSTANT: usize = 8;

/// The same if vectors may be among them: an operand is counted for each two bytes of `v128.const`,
/// its vector and the end.
const CONSTANT_VECTOR: usize = (size_of::<u16>() + size_of::<V128>() + size_of::<u8>()).div_ceil(2);
