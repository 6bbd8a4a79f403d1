//! The two memories that a value is moved between, and what is asked of the one that it goes to.
//!
//! They may be one, as two instances can share it; then no slice of both can be had, and copies go
//! within it. Nobody keeps a slice while the guest runs, which may make its memory another one.

use crate::component::abi::pointer;
use crate::spec::Trap;

/// Where values come from, and where they go.
pub(crate) trait Memories {
    /// The memory that they come from.
    fn source(&self) -> &[u8];

    /// The memory that they go to; another one after each call of the guest.
    fn target(&mut self) -> &mut [u8];

    /// Both; none if they are one.
    fn both(&mut self) -> Option<(&[u8], &mut [u8])>;
}

/// A call of a guest's allocator that is to be made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Allocation {
    /// The block that it replaces; 0 if there is none.
    pub(crate) old: u64,
    /// Its bytes.
    pub(crate) old_size: u64,
    /// A multiple of this must be the answer.
    pub(crate) align: u32,
    /// The bytes of the new block.
    pub(crate) size: u64,
}

/// Copies bytes to the other memory.
#[inline]
pub(in crate::component) fn copy(
    memories: &mut (impl Memories + ?Sized),
    from: u64,
    to: u64,
    size: u64,
) -> Result<(), Trap> {
    let outside = Trap::MemoryOutOfBounds;
    if let Some((source, target)) = memories.both() {
        let from = pointer::range(from, size, source.len()).ok_or(outside)?;
        let to = pointer::range(to, size, target.len()).ok_or(outside)?;
        let (source, target) = (source.get(from), target.get_mut(to));
        let (Some(source), Some(target)) = (source, target) else {
            return Err(outside);
        };
        target.copy_from_slice(source);
    } else {
        let memory = memories.target();
        let from = pointer::range(from, size, memory.len()).ok_or(outside)?;
        let to = pointer::range(to, size, memory.len()).ok_or(outside)?;
        memory.copy_within(from, to.start);
    }
    Ok(())
}
