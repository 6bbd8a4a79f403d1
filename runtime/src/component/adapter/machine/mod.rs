//! Running a program, from one call of the guest's allocator to the next.
//!
//! Two registers say which operation is next and where its frame begins. An operation that needs
//! memory of the guest runs twice: it asks, and then goes on with the answer; what it must know then
//! is in its frame.

mod access;
mod indirect;

use self::access::{checked, part};
use self::indirect::block;
use super::element;
use super::op::{BEGIN, COUNT, FRAME, FROM, LEFT, Op, Place, RETURN, SOURCE, Scalar, TARGET, TO};
use super::{Allocation, Charge, HandleTransfer, Memories, Program, Step};
use crate::component::abi::transcode;
use crate::spec::Trap;

/// Elements of lists that a step moves one by one: a few milliseconds.
const ELEMENTS: u32 = 1 << 16;

/// Runs a program until it needs the guest, has moved everything, or as many elements as a step may.
///
/// Registers are as [`Program::start`] made them, and after that as the last step left them. With
/// [`Step::Allocate`] the call of the allocator is in `asked`; a step after it gets the answer, every other
/// one none.
pub(crate) fn step<M: Memories + Charge + ?Sized, H: HandleTransfer + ?Sized>(
    program: &Program,
    registers: &mut [u64],
    memories: &mut M,
    handles: &mut H,
    answer: Option<u64>,
    asked: &mut Allocation,
) -> Result<Step, Trap> {
    let registers = registers.get_mut(..program.registers());
    let registers = registers.ok_or(Trap::StackOverflow)?;
    let (pc, frame) = (registers[0] as usize, registers[1] as usize);
    if !(program.frames()..=program.registers() - FRAME).contains(&frame) {
        return Err(Trap::StackOverflow);
    }
    let mut machine = Machine {
        program,
        registers,
        pc,
        frame,
        memories,
        handles,
        answer,
        asked,
    };
    // A list has many strings, for each of which it stops: so there is little to do before the next.
    if let (Some(Op::Texts { from, to }), Some(_)) = (program.ops.get(pc), answer) {
        if machine.texts(*from, *to)? {
            return Ok(Step::Allocate);
        }
        machine.pc += 1;
    }
    machine.all()
}

impl Program {
    /// Runs a program that is direct ([`is_direct`](Self::is_direct)), from core values of the source
    /// to those of the target.
    pub(crate) fn pass(&self, source: &[u64], target: &mut [u64]) -> Result<(), Trap> {
        let begin = (self.source_slots().start, self.target_slots().start);
        for op in &self.ops {
            let Op::Scalar {
                scalar,
                from: Place::Slot(from),
                to: Place::Slot(to),
            } = *op
            else {
                break;
            };
            let from = source.get(from as usize - begin.0);
            let to = target.get_mut(to as usize - begin.1);
            let (Some(from), Some(to)) = (from, to) else {
                return Err(Trap::StackOverflow);
            };
            *to = scalar.lift(*from)?;
        }
        Ok(())
    }
}

struct Machine<'a, M: ?Sized, H: ?Sized> {
    program: &'a Program,
    /// As many as the program takes.
    registers: &'a mut [u64],
    /// The next operation, and where its frame begins.
    pc: usize,
    frame: usize,
    memories: &'a mut M,
    handles: &'a mut H,
    /// What the operation was waiting for at which the last step stopped.
    answer: Option<u64>,
    /// What an operation asks the allocator for. Not in what functions give, since to move that from one to
    /// the next took half of the time of a list of strings.
    asked: &'a mut Allocation,
}

impl<M: Memories + Charge + ?Sized, H: HandleTransfer + ?Sized> Machine<'_, M, H> {
    /// Runs operations until one needs memory of the guest, there is none left, or this is enough.
    #[inline(never)]
    fn all(&mut self) -> Result<Step, Trap> {
        let program = self.program;
        let mut elements = 0;
        while let Some(op) = program.ops.get(self.pc) {
            let next = match op {
                Op::Done => break,
                Op::Each { .. } if elements == ELEMENTS => Some(Step::Again),
                _ => {
                    elements += u32::from(matches!(op, Op::Each { .. }));
                    self.run(op)?.then_some(Step::Allocate)
                }
            };
            if let Some(next) = next {
                self.registers[0] = self.pc as u64;
                self.registers[1] = self.frame as u64;
                return Ok(next);
            }
        }
        Ok(Step::Done)
    }

    /// Runs an operation; if it needs memory of the guest, which is said, it runs again with the answer.
    #[inline]
    fn run(&mut self, op: &Op) -> Result<bool, Trap> {
        let pc = self.pc + 1;
        match *op {
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
                    return self.ask(block(extent.align, extent.size.into()));
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
                if self.string(from, to)? {
                    return Ok(true);
                }
            }
            Op::Text { from, to } => {
                if self.text(from, to)? {
                    return Ok(true);
                }
            }
            Op::Texts { from, to } => {
                if self.texts(from, to)? {
                    return Ok(true);
                }
            }
            Op::List {
                from,
                source,
                target,
            } => {
                if self.list(from, source, target)? {
                    return Ok(true);
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
                let frame = self.locals()?;
                if let Some(left) = frame[LEFT].checked_sub(1) {
                    let (source, target) = (frame[FROM], frame[TO]);
                    frame[LEFT] = left;
                    frame[FROM] = source.saturating_add(from.into());
                    frame[TO] = target.saturating_add(to.into());
                    self.call(body, pc - 1, source, target)?;
                    return Ok(false);
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
                self.pc = *case.ok_or(Trap::InvalidDiscriminant)? as usize;
                return Ok(false);
            }
            Op::Zero { slot, count } => {
                let slots = slot as usize..(slot + count) as usize;
                self.registers[slots].fill(0);
            }
            Op::Call { body, from, to } => {
                let (source, target) = (self.from(from), self.to(to));
                self.call(body, pc, source, target)?;
                return Ok(false);
            }
            Op::Return => {
                self.pc = *self.local(RETURN) as usize;
                self.frame -= FRAME;
                return Ok(false);
            }
            Op::Fail(trap) => return Err(trap),
            Op::Done => return Ok(false),
        }
        self.pc = pc;
        Ok(false)
    }

    /// Asks for memory of the guest.
    fn ask(&mut self, allocation: Allocation) -> Result<bool, Trap> {
        *self.asked = allocation;
        Ok(true)
    }

    /// Goes to a body with a frame of its own.
    #[inline]
    fn call(&mut self, body: u32, back: usize, source: u64, target: u64) -> Result<(), Trap> {
        self.pc = body as usize;
        self.frame += FRAME;
        let frame = self.locals()?;
        frame[RETURN] = back as u64;
        frame[SOURCE] = source;
        frame[TARGET] = target;
        Ok(())
    }
}
