//! Running a program, from one call of the guest's allocator to the next.

use super::element;
use super::op::{
    BEGIN, COUNT, Extent, FRAME, FROM, LEFT, LOCAL, Op, Place, RETURN, SOURCE, Scalar, TARGET, TO,
};
use super::{Allocation, Charge, HandleTransfer, Memories, Program, Step};
use crate::component::abi::transcode::{self, Next, Transcoding, WORDS};
use crate::component::abi::{LiftContext, WasmStr, pointer};
use crate::component::{AddressType, MAX_LIST_BYTE_LENGTH};
use crate::spec::Trap;

/// Runs a program until it needs the guest, or has moved everything.
///
/// Registers are as [`Program::start`] made them, and after that as the last step left them. A
/// step after [`Step::Allocate`] gets the answer of the allocator, every other one none.
pub(crate) fn step<M: Memories + Charge + ?Sized, H: HandleTransfer + ?Sized>(
    program: &Program,
    registers: &mut [u64],
    memories: &mut M,
    handles: &mut H,
    answer: Option<u64>,
) -> Result<Step, Trap> {
    let registers = registers.get_mut(..program.registers());
    let mut machine = Machine {
        program,
        registers: registers.ok_or(Trap::StackOverflow)?,
        memories,
        handles,
        answer,
    };
    while let Some(op) = program.ops.get(machine.registers[0] as usize) {
        match *op {
            Op::Done => break,
            op => {
                if let Some(allocation) = machine.run(op)? {
                    return Ok(Step::Allocate(allocation));
                }
            }
        }
    }
    Ok(Step::Done)
}

struct Machine<'a, M: ?Sized, H: ?Sized> {
    program: &'a Program,
    /// As many as the program takes.
    registers: &'a mut [u64],
    memories: &'a mut M,
    handles: &'a mut H,
    /// What the operation was waiting for at which the last step stopped.
    answer: Option<u64>,
}

impl<M: Memories + Charge + ?Sized, H: HandleTransfer + ?Sized> Machine<'_, M, H> {
    /// Runs an operation; if it needs memory of the guest, it runs again with the answer.
    fn run(&mut self, op: Op) -> Result<Option<Allocation>, Trap> {
        let pc = self.registers[0] + 1;
        match op {
            Op::Source { slot, extent } => {
                let at = self.word(slot, self.program.source.address);
                let memory = self.memories.source().len();
                *self.local(SOURCE) = checked(at, extent, memory)?;
                self.memories.charge(extent.size.into())?;
            }
            Op::Target { slot, extent } => {
                let at = self.word(slot, self.program.target.address);
                let memory = self.memories.target().len();
                *self.local(TARGET) = checked(at, extent, memory)?;
            }
            Op::Allocate { slot, extent } => {
                let Some(at) = self.answer.take() else {
                    return Ok(Some(block(extent.align, extent.size.into())));
                };
                let at = checked(at, extent, self.memories.target().len())?;
                *self.local(TARGET) = at;
                self.registers[slot as usize] = at;
            }
            Op::Copy { from, to, size } => {
                let (from, to) = (self.from(from), self.to(to));
                transcode::copy(self.memories, from, to, size.into())?;
            }
            Op::Scalar { scalar, from, to } => {
                let value = self.read(scalar, from)?;
                self.write(scalar.size(), to, value)?;
            }
            Op::Handle {
                own,
                resource,
                from,
                to,
            } => {
                let number = Scalar::Bits(size_of::<u32>() as u32);
                let handle = self.read(number, from)? as u32;
                let handle = match own {
                    true => self.handles.own(resource, handle)?,
                    false => self.handles.borrow(resource, handle)?,
                };
                self.write(number.size(), to, handle.into())?;
            }
            Op::String { from, to } => {
                if let Some(allocation) = self.string(from, to)? {
                    return Ok(Some(allocation));
                }
            }
            Op::List {
                from,
                source,
                target,
            } => {
                if let Some(allocation) = self.list(from, source, target)? {
                    return Ok(Some(allocation));
                }
            }
            Op::Fixed { from, to, count } => {
                let (from, to) = (self.from(from), self.to(to));
                *self.local(FROM) = from;
                *self.local(BEGIN) = to;
                *self.local(TO) = to;
                *self.local(COUNT) = count.into();
                *self.local(LEFT) = count.into();
            }
            Op::Elements { size } => {
                let (from, to) = (*self.local(FROM), *self.local(TO));
                let bytes = self.local(COUNT).saturating_mul(size.into());
                transcode::copy(self.memories, from, to, bytes)?;
            }
            Op::Check { scalar } => {
                let (begin, count) = (*self.local(BEGIN), *self.local(COUNT));
                let bytes = count.saturating_mul(scalar.size().into());
                element::check(scalar, part(self.memories.target(), begin, bytes)?)?;
            }
            Op::Each { body, from, to } => {
                if let Some(left) = self.local(LEFT).checked_sub(1) {
                    let (source, target) = (*self.local(FROM), *self.local(TO));
                    *self.local(LEFT) = left;
                    *self.local(FROM) = source.saturating_add(from.into());
                    *self.local(TO) = target.saturating_add(to.into());
                    self.call(body, pc - 1, source, target);
                    return Ok(None);
                }
            }
            Op::Words { to } => {
                let words = (*self.local(BEGIN), *self.local(COUNT));
                self.write_words(to, words)?;
            }
            Op::Switch {
                size,
                count,
                from,
                to,
                cases,
            } => {
                let case = self.read(Scalar::Case { size, count }, from)?;
                self.write(size, to, case)?;
                let case = self.program.cases.get(cases as usize + case as usize);
                self.registers[0] = (*case.ok_or(Trap::InvalidDiscriminant)?).into();
                return Ok(None);
            }
            Op::Zero { slot, count } => {
                let slots = slot as usize..(slot + count) as usize;
                self.registers[slots].fill(0);
            }
            Op::Call { body, from, to } => {
                let (source, target) = (self.from(from), self.to(to));
                self.call(body, pc, source, target);
                return Ok(None);
            }
            Op::Return => {
                self.registers[0] = *self.local(RETURN);
                self.registers[1] -= FRAME as u64;
                return Ok(None);
            }
            Op::Fail(trap) => return Err(trap),
            Op::Done => return Ok(None),
        }
        self.registers[0] = pc;
        Ok(None)
    }

    /// Moves a string, and writes its address and length when it is there.
    fn string(&mut self, from: Place, to: Place) -> Result<Option<Allocation>, Trap> {
        let program = self.program;
        let encoding = program.target.encoding;
        let next = match self.answer.take() {
            None => {
                let words = self.words(from)?;
                let cx = LiftContext::new(self.memories.source(), program.source);
                let string = WasmStr::new(&cx, words)?;
                let (form, at, units) = string.source();
                let bytes = units.saturating_mul(form.unit().into());
                self.memories.charge(bytes)?;
                form.check(part_of(self.memories.source(), at, bytes)?)?;
                let (begun, first) = Transcoding::begin((form, at, units), encoding)?;
                self.keep(&begun);
                return Ok(Some(first));
            }
            Some(answer) => {
                let mut kept = self.kept();
                let address = program.target.address;
                let next = kept.resume(self.memories, encoding, address, answer)?;
                self.keep(&kept);
                next
            }
        };
        match next {
            Next::Allocate(allocation) => Ok(Some(allocation)),
            Next::Done { at, units } => {
                self.write_words(to, (at, units))?;
                Ok(None)
            }
        }
    }

    /// Checks a list, and then where its elements are to go.
    fn list(
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
            *self.local(COUNT) = count;
            *self.local(LEFT) = count;
            *self.local(FROM) = at;
            return Ok(Some(block(target.align, bytes(target.size)?)));
        };
        let bytes = self.local(COUNT).saturating_mul(target.size.into());
        let memory = self.memories.target().len();
        pointer::checked(answer, target.align, bytes, memory, outside)?;
        *self.local(BEGIN) = answer;
        *self.local(TO) = answer;
        Ok(None)
    }

    /// Goes to a body with a frame of its own.
    fn call(&mut self, body: u32, back: u64, source: u64, target: u64) {
        self.registers[0] = body.into();
        self.registers[1] += FRAME as u64;
        *self.local(RETURN) = back;
        *self.local(SOURCE) = source;
        *self.local(TARGET) = target;
    }

    fn frame(&self) -> usize {
        self.registers[1] as usize
    }

    /// A register of the frame.
    fn local(&mut self, register: usize) -> &mut u64 {
        let frame = self.frame();
        &mut self.registers[frame + register]
    }

    /// The address of a part of the source.
    fn from(&mut self, offset: u32) -> u64 {
        self.local(SOURCE).saturating_add(offset.into())
    }

    /// The address of a part of the target.
    fn to(&mut self, offset: u32) -> u64 {
        self.local(TARGET).saturating_add(offset.into())
    }

    /// An address or length in a register.
    fn word(&self, slot: u32, address: AddressType) -> u64 {
        let word = self.registers[slot as usize];
        match address {
            AddressType::I32 => u64::from(word as u32),
            AddressType::I64 => word,
        }
    }

    /// An address and a length of the source.
    fn words(&mut self, from: Place) -> Result<(u64, u64), Trap> {
        let options = self.program.source;
        match from {
            Place::Slot(slot) => Ok((
                self.word(slot, options.address),
                self.word(slot + 1, options.address),
            )),
            Place::Memory(offset) => {
                let at = self.from(offset);
                LiftContext::new(self.memories.source(), options).words(at)
            }
        }
    }

    /// Writes an address and a length of the target.
    fn write_words(&mut self, to: Place, (one, two): (u64, u64)) -> Result<(), Trap> {
        let size = self.program.target.address.size();
        let behind = match to {
            Place::Slot(slot) => Place::Slot(slot + 1),
            Place::Memory(offset) => Place::Memory(offset + size),
        };
        self.write(size, to, one)?;
        self.write(size, behind, two)
    }

    /// Reads a number as a core value.
    fn read(&mut self, scalar: Scalar, from: Place) -> Result<u64, Trap> {
        scalar.lift(match from {
            Place::Slot(slot) => self.registers[slot as usize],
            Place::Memory(offset) => {
                let at = self.from(offset);
                number(part_of(self.memories.source(), at, scalar.size().into())?)
            }
        })
    }

    /// Writes a core value that is this many bytes in memory.
    fn write(&mut self, size: u32, to: Place, value: u64) -> Result<(), Trap> {
        match to {
            Place::Slot(slot) => self.registers[slot as usize] = value,
            Place::Memory(offset) => {
                let at = self.to(offset);
                let place = part(self.memories.target(), at, size.into())?;
                for (byte, value) in place.iter_mut().zip(value.to_le_bytes()) {
                    *byte = value;
                }
            }
        }
        Ok(())
    }

    /// Keeps a string on its way while the guest runs.
    fn keep(&mut self, transcoding: &Transcoding) {
        let start = self.frame() + LOCAL;
        self.registers[start..start + WORDS].copy_from_slice(&transcoding.pack());
    }

    fn kept(&self) -> Transcoding {
        let words = self.registers.get(self.frame() + LOCAL..);
        let words = words.and_then(|words| words.first_chunk());
        Transcoding::unpack(words.copied().unwrap_or_default())
    }
}

/// The first block of a value.
const fn block(align: u32, size: u64) -> Allocation {
    Allocation {
        old: 0,
        old_size: 0,
        align,
        size,
    }
}

/// An address, if there is so much memory behind it.
fn checked(at: u64, extent: Extent, memory: usize) -> Result<u64, Trap> {
    let outside = Trap::MemoryOutOfBounds;
    pointer::checked(at, extent.align, extent.size.into(), memory, outside)?;
    Ok(at)
}

/// A number of at most eight bytes.
pub(super) fn number(bytes: &[u8]) -> u64 {
    let bytes = bytes.iter().rev();
    bytes.fold(0, |number, byte| number << u8::BITS | u64::from(*byte))
}

fn part_of(memory: &[u8], at: u64, size: u64) -> Result<&[u8], Trap> {
    let range = pointer::range(at, size, memory.len());
    let part = range.and_then(|range| memory.get(range));
    part.ok_or(Trap::MemoryOutOfBounds)
}

fn part(memory: &mut [u8], at: u64, size: u64) -> Result<&mut [u8], Trap> {
    let range = pointer::range(at, size, memory.len());
    let part = range.and_then(|range| memory.get_mut(range));
    part.ok_or(Trap::MemoryOutOfBounds)
}
