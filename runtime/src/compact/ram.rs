//! The memory of a store, which its owner hands over.
//!
//! One slice for each kind of thing, so that the owner decides where each is (fast memory for the
//! stack, external memory for the guest's bytes) and how much there is. The store never asks for
//! more; it says what is missing.

use super::entity::{Frame, Global, Memory, Segment, Table};
use super::instance::Instance;
use super::link::Link;
use crate::types::{Ref, TypeId};

/// Slices for all that a store consists of. What a module needs of each, [`Needs`](super::Needs)
/// says; a slice of the default, empty, is right for what the modules do not have.
///
/// Slots are of the type that the store's profile says ([`Profile::Slot`](crate::profile::Profile)):
/// `u64`, so that this is a `Ram` without more, or `[u64; 2]` where modules may use vectors. Each
/// value takes one slot in both, so that the lengths are the same.
#[derive(Debug, Default)]
pub struct Ram<'m, 's, S = u64> {
    /// The value stack: locals and operands of the functions that run.
    pub slots: &'s mut [S],
    /// Callers that wait.
    pub frames: &'s mut [Frame],
    /// Instances.
    pub instances: &'s mut [Instance<'m>],
    /// What imports are linked to.
    pub links: &'s mut [Link],
    /// Tables.
    pub tables: &'s mut [Table],
    /// Elements of all tables, and of passive segments.
    pub elements: &'s mut [Ref],
    /// Memories.
    pub memories: &'s mut [Memory],
    /// Bytes of all memories.
    pub memory: &'s mut [u8],
    /// Globals.
    pub globals: &'s mut [Global<S>],
    /// Types of all instances.
    pub types: &'s mut [TypeId],
    /// Element segments, and data segments that instructions refer to.
    pub segments: &'s mut [Segment],
}
