//! What is behind an address: strings and lists, which need memory of the guest.
//!
//! The source is checked and paid for before the first call of the allocator; where the guest says
//! that the copy is to go, before the first byte is written.

use super::super::op::{AT, BEGIN, COUNT, Extent, FRAME, FROM, LEFT, Place, TO, UNITS};
use super::super::{Allocation, Charge, HandleTransfer, Memories, Program};
use super::Machine;
use super::access::{part_of, store_words};
use crate::component::abi::transcode::{Form, Next, Transcoding, WORDS, copy};
use crate::component::abi::{LiftContext, WasmStr, pointer};
use crate::component::{MAX_LIST_BYTE_LENGTH, MAX_STRING_BYTE_LENGTH, StringEncoding};
use crate::spec::Trap;

impl<M: Memories + Charge + ?Sized, H: HandleTransfer + ?Sized> Machine<'_, M, H> {
    /// Moves a string, and writes its address and length when it is there.
    pub(super) fn string(&mut self, from: Place, to: Place) -> Result<bool, Trap> {
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
            return self.ask(first);
        };
        let mut kept = Transcoding::unpack(*self.kept()?);
        let address = program.target.address;
        match kept.resume(self.memories, encoding, address, answer)? {
            Next::Allocate(allocation) => {
                self.keep(&kept)?;
                self.ask(allocation)
            }
            Next::Done { at, units } => {
                self.write_words(to, (at, units))?;
                Ok(false)
            }
        }
    }

    /// Moves a string that is in one encoding on both sides.
    pub(super) fn text(&mut self, from: Place, to: Place) -> Result<bool, Trap> {
        let Some(answer) = self.answer.take() else {
            let words = self.words(from)?;
            let frame = self.locals()?;
            (frame[AT], frame[UNITS]) = words;
            let allocation = begin_text(self.program, self.memories, words)?;
            return self.ask(allocation);
        };
        let words = (*self.local(AT), *self.local(UNITS));
        let words = end_text(self.program, self.memories, words, answer)?;
        self.write_words(to, words)?;
        Ok(false)
    }

    /// Moves the strings of a list, which are such and this far from each other.
    #[inline(never)]
    pub(super) fn texts(&mut self, from: u32, to: u32) -> Result<bool, Trap> {
        let (program, memories) = (self.program, &mut *self.memories);
        let frame = self.registers.get_mut(self.frame..);
        let frame = frame.and_then(|frame| frame.first_chunk_mut::<FRAME>());
        let frame = frame.ok_or(Trap::StackOverflow)?;
        if let Some(answer) = self.answer.take() {
            let words = (frame[AT], frame[UNITS]);
            let words = end_text(program, memories, words, answer)?;
            let address = program.target.address;
            store_words(memories.target(), address, frame[TO], words)?;
            frame[LEFT] = frame[LEFT].saturating_sub(1);
            frame[FROM] = frame[FROM].saturating_add(from.into());
            frame[TO] = frame[TO].saturating_add(to.into());
        }
        if frame[LEFT] == 0 {
            return Ok(false);
        }
        let words = LiftContext::new(memories.source(), program.source).words(frame[FROM])?;
        (frame[AT], frame[UNITS]) = words;
        *self.asked = begin_text(program, memories, words)?;
        Ok(true)
    }

    /// Checks a list, and then where its elements are to go.
    pub(super) fn list(
        &mut self,
        from: Place,
        source: Extent,
        target: Extent,
    ) -> Result<bool, Trap> {
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
            return self.ask(block(target.align, bytes(target.size)?));
        };
        let bytes = self.local(COUNT).saturating_mul(target.size.into());
        let memory = self.memories.target().len();
        pointer::checked(answer, target.align, bytes, memory, outside)?;
        *self.local(BEGIN) = answer;
        *self.local(TO) = answer;
        Ok(false)
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

/// Checks a string that goes to the same encoding, and asks for a block of its size.
#[inline]
fn begin_text<M: Memories + Charge + ?Sized>(
    program: &Program,
    memories: &mut M,
    (at, units): (u64, u64),
) -> Result<Allocation, Trap> {
    let (encoding, outside) = (program.source.encoding, Trap::StringOutOfBounds);
    let bytes = pointer::bytes(units, encoding.unit(), MAX_STRING_BYTE_LENGTH).ok_or(outside)?;
    let memory = memories.source().len();
    pointer::checked(at, encoding.align(), bytes, memory, outside)?;
    memories.charge(bytes)?;
    let form = match encoding {
        StringEncoding::Utf8 => Form::Utf8,
        _ => Form::Utf16,
    };
    form.check(part_of(memories.source(), at, bytes)?)?;
    Ok(block(encoding.align(), bytes))
}

/// Copies it there, and says where it is.
#[inline]
fn end_text<M: Memories + ?Sized>(
    program: &Program,
    memories: &mut M,
    (at, units): (u64, u64),
    answer: u64,
) -> Result<(u64, u64), Trap> {
    let (encoding, outside) = (program.target.encoding, Trap::StringOutOfBounds);
    let bytes = units.saturating_mul(encoding.unit().into());
    let memory = memories.target().len();
    pointer::checked(answer, encoding.align(), bytes, memory, outside)?;
    copy(memories, at, answer, bytes)?;
    Ok((answer, units))
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
