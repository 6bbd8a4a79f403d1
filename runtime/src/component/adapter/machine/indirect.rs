//! What is behind an address: strings and lists, which need memory of the guest.
//!
//! The source is checked and paid for before the first call of the allocator; where the guest says
//! that the copy is to go, before the first byte is written.

use super::super::op::{BEGIN, COUNT, Extent, FROM, LEFT, Place, TO};
use super::super::{Allocation, Charge, HandleTransfer, Memories};
use super::Machine;
use super::access::part_of;
use crate::component::MAX_LIST_BYTE_LENGTH;
use crate::component::abi::transcode::{Next, Transcoding, WORDS};
use crate::component::abi::{LiftContext, WasmStr, pointer};
use crate::spec::Trap;

impl<M: Memories + Charge + ?Sized, H: HandleTransfer + ?Sized> Machine<'_, M, H> {
    /// Moves a string, and writes its address and length when it is there.
    pub(super) fn string(&mut self, from: Place, to: Place) -> Result<Option<Allocation>, Trap> {
        let program = self.program;
        let encoding = program.target.encoding;
        let Some(answer) = self.answer.take() else {
            let words = self.words(from)?;
            let cx = LiftContext::new(self.memories.source(), program.source);
            let string = WasmStr::new(&cx, words)?;
            let (form, at, units) = string.source();
            let bytes = units.saturating_mul(form.unit().into());
            self.memories.charge(bytes)?;
            form.check(part_of(self.memories.source(), at, bytes)?)?;
            let (begun, first) = Transcoding::begin((form, at, units), encoding)?;
            self.keep(&begun)?;
            return Ok(Some(first));
        };
        let mut kept = Transcoding::unpack(*self.kept()?);
        let address = program.target.address;
        match kept.resume(self.memories, encoding, address, answer)? {
            Next::Allocate(allocation) => {
                self.keep(&kept)?;
                Ok(Some(allocation))
            }
            Next::Done { at, units } => {
                self.write_words(to, (at, units))?;
                Ok(None)
            }
        }
    }

    /// Checks a list, and then where its elements are to go.
    pub(super) fn list(
        &mut self,
        from: Place,
        source: Extent,
        target: Extent,
    ) -> Result<Option<Allocation>, Trap> {
        let outside = Trap::ListOutOfBounds;
        let Some(answer) = self.answer.take() else {
            let (at, count) = self.words(from)?;
            let bytes = |size| pointer::bytes(count, size, MAX_LIST_BYTE_LENGTH).ok_or(outside);
            let memory = self.memories.source().len();
            pointer::checked(at, source.align, bytes(source.size)?, memory, outside)?;
            self.memories.charge(bytes(source.size)?)?;
            let frame = self.locals()?;
            frame[COUNT] = count;
            frame[LEFT] = count;
            frame[FROM] = at;
            return Ok(Some(block(target.align, bytes(target.size)?)));
        };
        let bytes = self.local(COUNT).saturating_mul(target.size.into());
        let memory = self.memories.target().len();
        pointer::checked(answer, target.align, bytes, memory, outside)?;
        *self.local(BEGIN) = answer;
        *self.local(TO) = answer;
        Ok(None)
    }

    /// Keeps a string on its way while the guest runs.
    fn keep(&mut self, transcoding: &Transcoding) -> Result<(), Trap> {
        let kept: &mut [u64; WORDS] = self.kept()?;
        *kept = transcoding.pack();
        Ok(())
    }

    /// Where it is kept.
    fn kept(&mut self) -> Result<&mut [u64; WORDS], Trap> {
        let kept = self.locals()?.last_chunk_mut();
        kept.ok_or(Trap::StackOverflow)
    }
}

/// The first block of a value.
pub(super) const fn block(align: u32, size: u64) -> Allocation {
    Allocation {
        old: 0,
        old_size: 0,
        align,
        size,
    }
}
