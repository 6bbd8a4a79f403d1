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
    format: u32,
    /// Bytes of the module.
    length: u32,
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
    /// How many functions, tables, memories and globals are imported.
    pub(crate) imported: [u32; IMPORTED.len()],
    /// How many items the lists have.
    counts: [u32; SIZES.len()],
}

/// Bytes of the items of each list, in the order of the places.
const SIZES: [usize; Place::Data as usize + 1] = [
    ValType::SIZE,
    TypeDef::SIZE,
    ImportEntry::SIZE,
    u32::SIZE,
    Body::SIZE,
    TableType::SIZE,
    Span::SIZE,
    MemoryType::SIZE,
    GlobalType::SIZE,
    Span::SIZE,
    Elements::SIZE,
    Branch::SIZE,
    Data::SIZE,
];

/// Where imported objects and defined ones are counted together, and where the defined ones alone;
/// in the order of the kinds.
const IMPORTED: [(Place, Option<Place>); 4] = [
    (Place::Funcs, Some(Place::Bodies)),
    (Place::Tables, Some(Place::TableInits)),
    (Place::Memories, None),
    (Place::Globals, Some(Place::GlobalInits)),
];

fields! {
    Body { code: u32, end: u32, branches: u32, locals: u16, height: u16 }
    ImportEntry { name: u32, kind: u8 }
    Elements { offset: Span, items: Span, count: u32, table: u32, flags: u8 }
    Data { offset: Span, bytes: Span, memory: u32, active: bool }
    Header {
        format: u32, length: u32, fingerprint: u64,
        start: u32, exports: u32, export_count: u32, data_count: bool,
        imported: [u32; IMPORTED.len()], counts: [u32; SIZES.len()],
    }
}

impl Header {
    /// What this version writes and reads.
    const FORMAT: u32 = 1;

    /// The header of a table; the one of an empty module, if what it says cannot be.
    #[inline(never)]
    pub(crate) fn of(table: &[u8]) -> Self {
        let header = Self::get(table, 0);
        let possible = header.end() == table.len() as u64
            && IMPORTED
                .iter()
                .zip(header.imported)
                .all(|((all, defined), imported)| {
                    let defined = defined.map_or(0, |place| header.count(place));
                    let least = u64::from(imported) + u64::from(defined);
                    least <= header.count(*all).into()
                });
        if possible { header } else { Self::default() }
    }

    /// The header of what the lists at the front of an arena hold.
    pub(crate) fn complete(mut self, arena: &Arena<'_>, wasm: &[u8]) -> Self {
        self.format = Self::FORMAT;
        self.length = wasm.len() as u32;
        self.fingerprint = fingerprint(wasm);
        for (count, length) in self.counts.iter_mut().zip(arena.lengths()) {
            *count = length as u32;
        }
        self
    }

    /// Whether the table was made of this module.
    pub(crate) fn fits(&self, wasm: &[u8], table: &[u8]) -> Result<(), Reject> {
        let fits = self.format == Self::FORMAT
            && self.length as usize == wasm.len()
            && self.end() == table.len() as u64
            && self.fingerprint == fingerprint(wasm);
        if fits {
            Ok(())
        } else {
            Err(Reject::new(ErrorCode::ForeignTable, 0))
        }
    }

    /// How many items a list has.
    pub(crate) fn count(&self, list: Place) -> u32 {
        self.counts.get(list as usize).copied().unwrap_or(0)
    }

    /// How many objects of a kind are imported.
    pub(crate) fn imported(&self, kind: ExternKind) -> u32 {
        self.imported.get(kind as usize).copied().unwrap_or(0)
    }

    /// How many data segments instructions can refer to.
    pub(crate) fn kept_data(&self) -> u32 {
        if self.data_count {
            self.count(Place::Data)
        } else {
            0
        }
    }

    /// Where a list begins; a position beyond the table holds zeros.
    pub(crate) fn start(&self, list: Place) -> usize {
        usize::try_from(self.extent(list as usize)).unwrap_or(usize::MAX)
    }

    /// The length of the table.
    pub(crate) fn end(&self) -> u64 {
        self.extent(SIZES.len())
    }

    /// Bytes up to a list.
    #[inline(never)]
    fn extent(&self, lists: usize) -> u64 {
        let sizes = self.counts.iter().zip(SIZES).take(lists);
        sizes.fold(Self::SIZE as u64, |end, (count, size)| {
            end + u64::from(*count) * size as u64
        })
    }

    /// An item of a list of the table.
    pub(crate) fn item<T: Item>(&self, table: &[u8], list: Place, index: u32) -> T {
        item(table, self.start(list), index)
    }
}

/// A number that another module is unlikely to have: FNV-1a.
fn fingerprint(wasm: &[u8]) -> u64 {
    const BASIS: u64 = 14_695_981_039_346_656_037;
    const PRIME: u64 = 1_099_511_628_211;
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(PRIME);
    wasm.iter().fold(BASIS, step)
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
