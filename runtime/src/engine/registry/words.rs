//! Records of words, in chunks, so that neither growth nor the end of a record moves the others.
//!
//! A record lies in one chunk; one that is longer than chunks are has a chunk for itself. Of a
//! chunk that is full, at least half is in use: when less is, the owner moves what is left
//! ([`Words::drop_record`] says so).

use alloc::vec::Vec;

use crate::allocation::OutOfMemory;

/// The records.
#[derive(Default)]
pub(super) struct Words {
    chunks: Vec<Chunk>,
    /// Chunks without memory; there is room for all.
    spare: Vec<u32>,
    /// Where new records go, unless they are longer than a chunk.
    current: Option<usize>,
}

#[derive(Default)]
struct Chunk {
    words: Vec<u32>,
    /// Words of records that were dropped.
    dropped: usize,
}

/// Where a record begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct RecordAddr(u32);

impl RecordAddr {
    /// Where no record is: each has several words, and lies in one chunk.
    pub(super) const NOWHERE: Self = Self(u32::MAX);

    fn chunk(self) -> usize {
        self.0 as usize / Words::CHUNK
    }

    fn offset(self) -> usize {
        self.0 as usize % Words::CHUNK
    }
}

impl Words {
    /// The most words of a chunk of several records.
    pub(super) const CHUNK: usize = 1 << 14;
    /// The second word of a record that was dropped.
    pub(super) const DROPPED: u32 = u32::MAX;

    /// Adds a record of this many words.
    pub(super) fn push(
        &mut self,
        size: usize,
        words: impl Iterator<Item = u32>,
    ) -> Result<RecordAddr, OutOfMemory> {
        let number = self.chunk_for(size)?;
        let chunk = self.chunks.get_mut(number).ok_or(OutOfMemory)?;
        let offset = chunk.words.len();
        let addr = number * Self::CHUNK + offset;
        let addr = u32::try_from(addr).map_err(|_| OutOfMemory)?;
        let (capacity, wanted) = (chunk.words.capacity(), offset + size);
        if wanted > capacity {
            let ahead = (2 * capacity).min(Self::CHUNK).max(wanted);
            chunk
                .words
                .try_reserve_exact(ahead - offset)
                .map_err(|_| OutOfMemory)?;
        }
        chunk.words.extend(words.take(size));
        chunk.words.resize(wanted, 0);
        Ok(RecordAddr(addr))
    }

    /// The chunk in which a record of this many words finds room.
    fn chunk_for(&mut self, size: usize) -> Result<usize, OutOfMemory> {
        if size > Self::CHUNK {
            return self.open();
        }
        if let Some(number) = self.current {
            let chunk = self.chunks.get(number);
            if chunk.is_some_and(|chunk| chunk.words.len() + size <= Self::CHUNK) {
                return Ok(number);
            }
        }
        let number = self.open()?;
        self.current = Some(number);
        Ok(number)
    }

    /// A chunk for new records.
    fn open(&mut self) -> Result<usize, OutOfMemory> {
        if let Some(chunk) = self.spare.pop() {
            return Ok(chunk as usize);
        }
        self.chunks.try_reserve(1).map_err(|_| OutOfMemory)?;
        let missing = self.chunks.len() + 1 - self.spare.len();
        self.spare.try_reserve(missing).map_err(|_| OutOfMemory)?;
        self.chunks.push(Chunk::default());
        Ok(self.chunks.len() - 1)
    }

    /// Takes back the record that was added last.
    pub(super) fn pop(&mut self, addr: RecordAddr) {
        if let Some(chunk) = self.chunks.get_mut(addr.chunk()) {
            chunk.words.truncate(addr.offset());
            self.close_if_empty(addr.chunk());
        }
    }

    /// Gives the memory of an empty chunk back, unless new records go there.
    fn close_if_empty(&mut self, number: usize) {
        let Some(chunk) = self.chunks.get_mut(number) else {
            return;
        };
        if chunk.words.is_empty() {
            chunk.dropped = 0;
            if self.current != Some(number) {
                chunk.words = Vec::new();
                self.spare.push(number as u32);
            }
        }
    }

    /// A record, and what follows it.
    pub(super) fn record(&self, addr: RecordAddr) -> &[u32] {
        let chunk = self.chunks.get(addr.chunk());
        let words = chunk.and_then(|chunk| chunk.words.get(addr.offset()..));
        words.unwrap_or_default()
    }

    /// A word of a record.
    pub(super) fn get_mut(&mut self, addr: RecordAddr, word: usize) -> Option<&mut u32> {
        let chunk = self.chunks.get_mut(addr.chunk())?;
        chunk.words.get_mut(addr.offset() + word)
    }

    /// Drops a record of this many words. Gives a chunk of which less than half is in use.
    pub(super) fn drop_record(&mut self, addr: RecordAddr, size: usize) -> Option<usize> {
        if let Some(word) = self.get_mut(addr, 1) {
            *word = Self::DROPPED;
        }
        let number = addr.chunk();
        let chunk = self.chunks.get_mut(number)?;
        chunk.dropped += size;
        if chunk.dropped >= chunk.words.len() {
            chunk.words.clear();
            self.close_if_empty(number);
            return None;
        }
        let sparse = 2 * chunk.dropped > chunk.words.len();
        // What is small is worth no work while it grows.
        let settled = self.current != Some(number) || chunk.words.len() > Self::CHUNK / 4;
        (sparse && settled).then_some(number)
    }

    /// Lets new records go elsewhere than to this chunk.
    pub(super) fn leave(&mut self, chunk: usize) {
        if self.current == Some(chunk) {
            self.current = None;
        }
    }

    /// The first record of a chunk.
    pub(super) fn first_of(&self, chunk: usize) -> Option<RecordAddr> {
        self.at(chunk, 0)
    }

    /// The record behind one of this many words, in its chunk.
    pub(super) fn after(&self, addr: RecordAddr, size: usize) -> Option<RecordAddr> {
        self.at(addr.chunk(), addr.offset() + size)
    }

    fn at(&self, chunk: usize, offset: usize) -> Option<RecordAddr> {
        let words = &self.chunks.get(chunk)?.words;
        let addr = u32::try_from(chunk * Self::CHUNK + offset).ok()?;
        (offset < words.len()).then_some(RecordAddr(addr))
    }

    /// Adds a copy of a record.
    pub(super) fn copy(
        &mut self,
        addr: RecordAddr,
        size: usize,
    ) -> Result<RecordAddr, OutOfMemory> {
        let new = self.push(size, core::iter::empty())?;
        let (from, to) = (addr.chunk(), new.chunk());
        if let Ok([from, to]) = self.chunks.get_disjoint_mut([from, to]) {
            let from = from.words.get(addr.offset()..addr.offset() + size);
            let to = to.words.get_mut(new.offset()..new.offset() + size);
            if let (Some(from), Some(to)) = (from, to) {
                to.copy_from_slice(from);
            }
        }
        Ok(new)
    }
}
