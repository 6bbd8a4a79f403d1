//! Playing on a machine that has memory: scripts from bytes, buffers from its heap.
//!
//! The lengths are those of the boards, so that a count which differs there is a difference of the
//! library.

use std::boxed::Box;
use std::vec;

use tabwasm::profile::Profile;

use crate::{Broken, Buffers, Counts, Listener, Lists, Source, lengths, play};

/// Plays all scripts in these bytes with the proposals of a profile, and this many bytes for memories.
pub fn play_bytes<P: Profile>(
    bytes: &[u8],
    memory: usize,
    listener: &mut impl Listener,
) -> Result<Counts, Broken> {
    let buffers = Buffers {
        pool: &mut vec![0; lengths::POOL],
        memory: &mut vec![0; memory],
        lists: &mut Box::new(Lists::EMPTY),
    };
    play::<P>(&mut Bytes(bytes), buffers, listener)
}

struct Bytes<'b>(&'b [u8]);

impl Source for Bytes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> usize {
        let count = buffer.len().min(self.0.len());
        let (now, later) = self.0.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.0 = later;
        count
    }
}
