//! Memory that scripts are played in: on all machines of the same lengths, so that the counts are.

use tabwasm::compact::{Frame, Global, Link, Memory, Segment, Table};
use tabwasm::profile::Slot;
use tabwasm::types::{Ref, TypeId};

/// Memory for one script at a time.
pub struct Buffers<'r, S> {
    /// Modules, their tables, and the validator's arena.
    pub pool: &'r mut [u8],
    /// Bytes of memories.
    pub memory: &'r mut [u8],
    /// All else.
    pub lists: &'r mut Lists<S>,
}

/// Lists of lengths that suffice for the official scripts.
pub struct Lists<S> {
    pub(crate) slots: [S; lengths::SLOTS],
    pub(crate) frames: [Frame; lengths::FRAMES],
    pub(crate) links: [Link; lengths::ENTITIES],
    pub(crate) tables: [Table; lengths::ENTITIES],
    pub(crate) elements: [Ref; lengths::ELEMENTS],
    pub(crate) memories: [Memory; lengths::ENTITIES],
    pub(crate) globals: [Global<S>; lengths::ENTITIES],
    pub(crate) types: [TypeId; lengths::TYPES],
    pub(crate) segments: [Segment; lengths::TYPES],
}

impl<S: Slot> Lists<S> {
    /// What they hold before they are used.
    pub const EMPTY: Self = Self {
        slots: [S::ZERO; lengths::SLOTS],
        frames: [Frame::EMPTY; lengths::FRAMES],
        links: [Link::EMPTY; lengths::ENTITIES],
        tables: [Table::EMPTY; lengths::ENTITIES],
        elements: [Ref::NULL; lengths::ELEMENTS],
        memories: [Memory::EMPTY; lengths::ENTITIES],
        globals: [Global::EMPTY; lengths::ENTITIES],
        types: [TypeId(0); lengths::TYPES],
        segments: [Segment::EMPTY; lengths::TYPES],
    };
}

/// Lengths that suffice for the official scripts.
pub mod lengths {
    /// Bytes of the pool.
    pub const POOL: usize = 1 << 20;
    /// Bytes of memories.
    pub const MEMORY: usize = 9 << 18;
    /// Slots of the value stack.
    pub(crate) const SLOTS: usize = 4096;
    /// Callers that wait.
    pub(crate) const FRAMES: usize = 512;
    /// What imports are linked to, tables, memories, globals.
    pub(crate) const ENTITIES: usize = 256;
    /// Elements of tables and of passive segments.
    pub(crate) const ELEMENTS: usize = 1 << 15;
    /// Types and segments.
    pub(crate) const TYPES: usize = 2048;
}
