//! What is known of a validated module besides its bytes: the module's table.
//!
//! A header, then lists of items of fixed sizes. Only offsets and numbers, least significant
//! byte first: a table that one machine has made serves on another, from read-only memory.

use crate::read::Span;
use crate::reject::Reject;
use crate::spec::ErrorCode;
use crate::types::{ExternKind, GlobalType, MemoryType, TableType, ValType};
use crate::validate::TypeDef;
use crate::validate::arena::{Arena, ListName};
use crate::validate::item::{Item, fields};

/// The lists of the table that are not the validator's, at the front of its arena.
impl ListName {
    /// [`ImportEntry`]
    pub(crate) const IMPORTS: Self = Self::KeptImports;
    /// [`Body`]
    pub(crate) const BODIES: Self = Self::KeptFuncs;
    /// [`Span`] of an initial value
    pub(crate) const TABLE_INITS: Self = Self::KeptTables;
    /// [`Span`] of an initial value
    pub(crate) const GLOBAL_INITS: Self = Self::KeptGlobals;
    /// [`Elements`]
    pub(crate) const ELEMENTS: Self = Self::KeptElements;
    /// Words of branches
    pub(crate) const BRANCHES: Self = Self::KeptCode;
    /// [`Data`]
    pub(crate) const DATA: Self = Self::KeptData;
}

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

    /// Whether instructions can use its items.
    pub(crate) fn is_passive(&self) -> bool {
        self.flags & (Self::ACTIVE | Self::DECLARATIVE) == 0
    }
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

/// The front of the table, as the validator makes it: its words before the counts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Front([u32; Word::Counts as usize]);

/// Kinds of objects that are imported and counted.
const IMPORTED: usize = ExternKind::Tag as usize;

/// The words of the front.
#[derive(Clone, Copy)]
pub(crate) enum Word {
    Format,
    /// Bytes of the module.
    Length,
    /// Fingerprint of the module, lower half first.
    Fingerprint,
    /// The start function plus one, or zero.
    Start = 4,
    /// Offset of the first export.
    Exports,
    /// How many exports there are.
    ExportCount,
    /// Whether instructions can refer to data segments, and whether values may be vectors.
    Flags,
    /// How many functions, tables, memories and globals are imported.
    Imported,
    /// How many items each list has.
    Counts = Word::Imported as isize + IMPORTED as isize,
    End = Word::Counts as isize + SIZES.len() as isize,
}

/// What the front of a table says, read where it is. A table may be of another module, so that
/// all that it says may be wrong; no count is larger than the table.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Header<'t> {
    table: &'t [u8],
}

/// Bytes of the items of each list, in the order of the places.
const SIZES: [u8; ListName::DATA as usize + 1] = [
    ValType::SIZE as u8,
    TypeDef::SIZE as u8,
    ImportEntry::SIZE as u8,
    u32::SIZE as u8,
    Body::SIZE as u8,
    TableType::SIZE as u8,
    Span::SIZE as u8,
    MemoryType::SIZE as u8,
    GlobalType::SIZE as u8,
    Span::SIZE as u8,
    Elements::SIZE as u8,
    u32::SIZE as u8,
    Data::SIZE as u8,
];

fields! {
    Body { code: u32, end: u32, branches: u32, locals: u16, height: u16 }
    ImportEntry { name: u32, kind: u8 }
    Elements { offset: Span, items: Span, count: u32, table: u32, flags: u8 }
    Data { offset: Span, bytes: Span, memory: u32, active: bool }
}

impl Front {
    /// Bytes of the front of every table.
    pub(crate) const SIZE: usize = Word::End as usize * u32::SIZE;

    /// One of the words.
    pub(crate) fn get(&self, word: Word) -> u32 {
        self.0.get(word as usize).copied().unwrap_or(0)
    }

    /// Says what one of the words is.
    pub(crate) fn set(&mut self, word: Word, value: u32) {
        self.put(word as usize, value);
    }

    /// Says how many objects of a kind are imported.
    pub(crate) fn set_imported(&mut self, kind: ExternKind, count: u32) {
        self.put(Word::Imported as usize + kind as usize, count);
    }

    fn put(&mut self, word: usize, value: u32) {
        if let Some(word) = self.0.get_mut(word) {
            *word = value;
        }
    }

    /// Writes the front of a table whose lists are at the front of an arena; gives its length.
    pub(crate) fn write(&mut self, arena: &Arena<'_>, wasm: &[u8]) -> usize {
        let fingerprint = fingerprint(wasm);
        let [format, length, low, high, ..] = &mut self.0;
        *format = Header::FORMAT;
        *length = wasm.len() as u32;
        *low = fingerprint as u32;
        *high = (fingerprint >> u32::BITS) as u32;
        for (word, index) in self.0.iter().zip(0..) {
            word.put(arena.front(), index * u32::SIZE);
        }
        let (mut at, mut end) = (Word::Counts as usize * u32::SIZE, Self::SIZE);
        for (bytes, size) in arena.sizes().zip(&SIZES) {
            let length = bytes / usize::from(*size);
            (length as u32).put(arena.front(), at);
            at += u32::SIZE;
            end += bytes;
        }
        end
    }
}

impl<'t> Header<'t> {
    /// What this version writes and reads.
    const FORMAT: u32 = 4;

    /// In [`Word::Flags`]: instructions can refer to data segments.
    pub(crate) const DATA_COUNT: u32 = 1;
    /// In [`Word::Flags`]: values may be vectors, for which slots have to be wide.
    pub(crate) const VECTORS: u32 = 2;

    /// Of a table.
    pub(crate) const fn of(table: &'t [u8]) -> Self {
        Self { table }
    }

    fn word(self, word: usize) -> u32 {
        u32::get(self.table, word.wrapping_mul(u32::SIZE))
    }

    /// A count of items, each of which has four bytes at least.
    #[inline(never)]
    fn counted(self, word: usize) -> u32 {
        let most = self.table.len() / u32::SIZE;
        self.word(word).min(most as u32)
    }

    /// Whether the table was made of this module.
    pub(crate) fn fits(self, wasm: &[u8]) -> Result<(), Reject> {
        let fits = self.word(Word::Format as usize) == Self::FORMAT
            && self.word(Word::Length as usize) as usize == wasm.len()
            && self.end() == self.table.len()
            && self.fingerprint() == fingerprint(wasm);
        if fits {
            Ok(())
        } else {
            Err(Reject::new(ErrorCode::ForeignTable, 0))
        }
    }

    /// The fingerprint of the module.
    pub(crate) fn fingerprint(self) -> u64 {
        u64::get(self.table, Word::Fingerprint as usize * u32::SIZE)
    }

    /// The start function plus one, or zero.
    pub(crate) fn start_function(self) -> u32 {
        self.word(Word::Start as usize)
    }

    /// Offset of the first export.
    pub(crate) fn exports(self) -> usize {
        self.word(Word::Exports as usize) as usize
    }

    /// How many exports there are.
    pub(crate) fn export_count(self) -> u32 {
        self.word(Word::ExportCount as usize)
    }

    /// Whether instructions can refer to data segments.
    pub(crate) fn data_count(self) -> bool {
        self.flag(Self::DATA_COUNT)
    }

    /// Whether the validator has admitted vectors.
    pub(crate) fn vectors(self) -> bool {
        self.flag(Self::VECTORS)
    }

    fn flag(self, flag: u32) -> bool {
        self.word(Word::Flags as usize) & flag != 0
    }

    /// How many items a list has.
    pub(crate) fn count(self, list: ListName) -> u32 {
        self.counted(Word::Counts as usize + list as usize)
    }

    /// How many objects of a kind are imported.
    pub(crate) fn imported(self, kind: ExternKind) -> u32 {
        self.counted(Word::Imported as usize + kind as usize)
    }

    /// How many data segments instructions can refer to.
    pub(crate) fn kept_data(self) -> u32 {
        if self.data_count() {
            self.count(ListName::DATA)
        } else {
            0
        }
    }

    /// Where a list begins; a position beyond the table holds zeros.
    pub(crate) fn start(self, list: ListName) -> usize {
        self.extent(list as usize)
    }

    /// The length of the table.
    pub(crate) fn end(self) -> usize {
        self.extent(SIZES.len())
    }

    /// Bytes up to a list.
    #[inline(never)]
    fn extent(self, lists: usize) -> usize {
        let mut end = Front::SIZE;
        for (size, word) in SIZES.iter().take(lists).zip(Word::Counts as usize..) {
            let bytes = (self.counted(word) as usize).saturating_mul(usize::from(*size));
            end = end.saturating_add(bytes);
        }
        end
    }

    /// An item of a list of the table.
    pub(crate) fn item<T: Item>(self, list: ListName, index: u32) -> T {
        item(self.table, self.start(list), index)
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
    T::record(
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
