//! Playing on a machine that has memory: scripts from bytes, buffers from its heap.
//!
//! The lengths are those of the boards, so that a count which differs there is a difference of the
//! library.

use std::vec;

use crate::{Broken, Buffers, Counts, Listener, Source, lengths, play};

/// Plays all scripts in these bytes, with this many bytes for memories.
pub fn play_bytes(
    bytes: &[u8],
    memory: usize,
    listener: &mut impl Listener,
) -> Result<Counts, Broken> {
    let buffers = Buffers {
        pool: &mut vec![0; lengths::POOL],
        slots: &mut vec![0; lengths::SLOTS],
        frames: &mut vec![Default::default(); lengths::FRAMES],
        links: &mut vec![Default::default(); lengths::ENTITIES],
        tables: &mut vec![Default::default(); lengths::ENTITIES],
        elements: &mut vec![Default::default(); lengths::ELEMENTS],
        memories: &mut vec![Default::default(); lengths::ENTITIES],
        memory: &mut vec![0; memory],
        globals: &mut vec![Default::default(); lengths::ENTITIES],
        types: &mut vec![Default::default(); lengths::TYPES],
        segments: &mut vec![Default::default(); lengths::TYPES],
    };
    play(&mut Bytes(bytes), buffers, listener)
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
