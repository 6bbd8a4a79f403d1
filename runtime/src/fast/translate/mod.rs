//! From validated instructions to register code, in one pass with the validator.
//!
//! The translator is a [`Sink`]. It keeps the operand stack symbolically ([`operand`]): a
//! `local.get` or a constant pushes a note, not code. The instruction emitted last stays *open*
//! ([`open`]) until the next one decides where its result goes: the accumulator, if it is
//! consumed at once; a local, if it is assigned; otherwise the slot at its height.
//!
//! Where control splits or merges, no value may live in a local that is assigned later, so such
//! notes become slots before the split; constants stay constants. Temporaries stand at their
//! stack height, so that merges need no moves.

mod arity;
mod block;
mod call;
pub(crate) mod control;
mod emit;
mod failure;
mod locals;
mod module;
mod open;
mod operand;
mod operate;
mod pins;
mod stack;
mod unset;
mod workspace;

use alloc::vec::Vec;
use core::mem;
use core::ops::Range;

use self::arity::Arity;
use self::block::{Block, Target};
use self::emit::{Emitter, LabelId, Operands};
use self::failure::Contradiction;
pub(crate) use self::failure::Failure;
use self::locals::Locals;
use self::open::Open;
use self::operand::{At, Operand, Words};
pub(crate) use self::operand::{Place, To};
use self::stack::Stack;
use self::unset::Unset;
use self::workspace::Memory;
pub(crate) use self::workspace::Workspace;
use super::native::Native;
use super::operations::Operation;
use super::pins::{FuncPins, Pins};
use super::register::{Constant, RegisterClass};
use super::rows;
use super::verify::{self, Log};
use crate::allocation::reserve;
use crate::error::Error;
use crate::exec::slot::Value;
use crate::generated::woven::instruction::Instruction;
use crate::module::code::{Cell, Code, halves};
use crate::module::{Module, Watch, Watched};
use crate::reject::Reject;
use crate::spec::Rate;
use crate::types::{V128, ValType};
use crate::validate::{Effect, Header, List, LocalRun, Sink};

/// Translates a function of the module and publishes its code; gives the entry that counts.
pub(crate) fn function(
    module: &Module,
    cell: &Cell,
    workspace: &mut Workspace,
    watch: &mut Watch<'_>,
) -> Result<*const u32, Error> {
    let (code, log, locals) = unverified(module, cell.index, workspace, watch)?;
    verify::check(module, cell.index, locals, &code, &log)?;
    let most = module.engine().limits().translated_code;
    module.code().publish(cell, code, most)
}

/// The code of a function with what the verifier wants to know of it: the instructions, and how
/// many locals there are.
pub(crate) fn unverified(
    module: &Module,
    index: u32,
    workspace: &mut Workspace,
    watch: &mut Watch<'_>,
) -> Result<(Code, Log, usize), Error> {
    let plan = find_pins(module, index, workspace, watch)?;
    let sink = Translator::new(module, index, plan, mem::take(&mut workspace.memory));
    let mut watched = Watched { sink, watch };
    let walked = module.walk(index, &mut workspace.scratch, &mut watched);
    let Watched { mut sink, watch } = watched;
    let made = match (watch.error(), walked) {
        (Some(error), _) => Err(error),
        (None, Err(reject)) => Err(sink.code.failure().map_or(reject.into(), Error::from)),
        (None, Ok(())) => sink.code.finish().map_err(Error::from),
    };
    let locals = sink.locals.len();
    workspace.memory = sink.into_memory();
    let (code, log) = made?;
    Ok((code, log, locals))
}

/// What of a function lives in registers; nothing, if it cannot be read.
fn find_pins(
    module: &Module,
    index: u32,
    workspace: &mut Workspace,
    watch: &mut Watch<'_>,
) -> Result<FuncPins, Error> {
    let sink = mem::take(&mut workspace.pinning);
    let mut watched = Watched { sink, watch };
    let read = module.survey(index, &mut workspace.scratch, &mut watched);
    let Watched { sink, watch } = watched;
    workspace.pinning = sink;
    // The translator comes by again, and says what is wrong.
    watch.restart(module.body_start(index));
    match (watch.error(), read) {
        (Some(error), _) => Err(error),
        (None, Ok(())) => Ok(workspace.pinning.finish()?),
        (None, Err(_)) => Ok(FuncPins::default()),
    }
}

/// The state of a translation.
pub(crate) struct Translator<'m> {
    module: &'m Module,
    /// Index of the function among those that the module defines.
    index: u32,
    code: Emitter,
    /// Offset in the module of the instruction that is being translated.
    at: usize,
    /// What of the function lives in registers.
    plan: FuncPins,
    /// The slots of the locals that do, where the code being laid down runs.
    pins: Pins,
    /// Blocks to which branches lead from the innermost loop by an exit, for their locals in registers
    /// are others than the loop's.
    exits: Vec<usize>,
    locals: Locals,
    unset: Unset,
    params: Arity,
    results: Arity,
    stack: Stack,
    blocks: Vec<Block>,
    /// The instruction whose result has no destination yet.
    open: Option<Open>,
    /// For each class, the slot whose value its accumulator holds as well.
    held: [Option<u32>; RegisterClass::COUNT],
    /// For each class, slots that hold the same as its pinned locals do.
    copies: [[Option<u32>; 2]; RegisterClass::COUNT],
    /// Loops so far.
    loops: u32,
    /// The innermost open loop, if it has no loops and no calls.
    leaf: Option<LabelId>,
    /// Blocks entered since the code became unreachable.
    dead: Option<u32>,
    enter: Option<Operands>,
    meter: Option<Meter>,
    epoch: bool,
    native: Native,
    /// Whether NaNs are made canonical.
    deterministic: bool,
}

/// Fuel of the block of code that is being laid down.
struct Meter {
    /// The instruction that charges it; none before the first block.
    charge: Option<Operands>,
    cost: u32,
}

impl<'m> Translator<'m> {
    fn new(module: &'m Module, index: u32, plan: FuncPins, mut memory: Memory) -> Self {
        memory.clear();
        let Memory {
            code,
            stack,
            locals,
            unset,
            blocks,
            exits,
        } = memory;
        let config = module.engine().config();
        let body = module.body(module.env().imported_funcs() + index);
        Self {
            module,
            index,
            code: Emitter::new(
                code,
                module.code().allowance(config.get_limits().translated_code),
                body.as_ref().map_or(0, Range::len),
                config,
            ),
            // What happens at the entry stands before the first instruction.
            at: body.map_or(0, |body| body.start),
            plan,
            pins: Pins::default(),
            exits,
            locals,
            unset,
            params: Arity::of(module.defined_signature(index).params()),
            results: Arity::of(module.defined_signature(index).results()),
            stack,
            blocks,
            open: None,
            held: [None; RegisterClass::COUNT],
            copies: [[None; 2]; RegisterClass::COUNT],
            loops: 0,
            leaf: None,
            dead: None,
            enter: None,
            meter: config.fuel.then_some(Meter {
                charge: None,
                cost: 0,
            }),
            epoch: config.epoch,
            native: Native::detect(),
            deterministic: config.deterministic,
        }
    }

    /// Its memory, for the next translation.
    fn into_memory(self) -> Memory {
        Memory {
            code: self.code.into_buffers(),
            stack: self.stack,
            locals: self.locals,
            unset: self.unset,
            blocks: self.blocks,
            exits: self.exits,
        }
    }

    /// The slot of the stack at a height.
    fn temp(&self, height: usize) -> u32 {
        (self.locals.len() + height) as u32
    }

    #[inline(always)]
    fn push(&mut self, kind: RegisterClass, at: At) {
        self.stack.push(Operand { kind, at });
    }

    fn pop(&mut self) -> Operand {
        let found = self.stack.pop();
        self.known(found, "operand", 0).unwrap_or(Operand {
            kind: RegisterClass::Int,
            at: At::Const(0),
        })
    }

    /// Pushes values of these types, in their slots.
    fn push_types(&mut self, types: &[ValType]) {
        if self.stack.extend(types).is_err() {
            self.code.fail(Failure::OutOfMemory);
        }
    }

    /// A constant.
    pub(crate) fn constant<T: Constant>(&mut self, value: T) {
        self.push(T::KIND, At::Const(value.constant()));
    }

    /// A constant that is more than a note holds.
    pub(crate) fn vector(&mut self, value: V128) {
        let [low, high] = value.into_slots().map(halves);
        self.operate(Operation::ConstV128, &[low[0], low[1], high[0], high[1]]);
    }

    /// Pushes a note of a local.
    fn push_local(&mut self, local: u32) {
        if let Some(height) = self.stack.overdue() {
            self.spill();
            self.materialise(height);
        }
        self.push(self.locals.kind(local), At::Local(local));
    }

    /// Puts a value into the slot at its height.
    fn materialise(&mut self, height: usize) {
        let operand = self.stack[height];
        match operand.at {
            At::Temp | At::Rest => {}
            At::Open => self.spill(),
            At::Local(_) | At::Const(_) => {
                self.move_to_slot(operand, self.temp(height));
                self.stack.settle(height);
            }
        }
    }

    /// Puts the values of a range of heights into their slots. Of the open instruction there is a
    /// value only if it has been laid down already.
    fn materialise_all(&mut self, heights: Range<usize>) {
        let notes = self.stack.notes(heights);
        for place in notes.clone() {
            self.materialise(self.stack.note(place));
        }
        self.stack.forget_notes(notes);
    }

    /// Leaves no note of a local below a height.
    fn settle_below(&mut self, height: usize) {
        while let Some(local) = self.stack.lowest_local(height) {
            self.materialise(local);
        }
    }

    /// Gets the stack ready for a split or a merge: no notes of locals, and the values on top,
    /// which travel with the branch, in their slots. The open instruction may stay open if its
    /// value has been popped.
    fn settle_all(&mut self, top: usize) {
        let first = self.stack.len() - top;
        self.settle_below(first);
        self.materialise_all(first..self.stack.len());
    }

    /// Forgets which slots hold the same as registers, as code that can be jumped to must.
    fn forget(&mut self) {
        self.held = [None; RegisterClass::COUNT];
        self.copies = [[None; 2]; RegisterClass::COUNT];
    }

    /// Notes that a value was written to a slot, by code that left the registers alone.
    fn wrote(&mut self, slot: u32, kind: RegisterClass) {
        let end = slot + kind.slots() as u32;
        for class in RegisterClass::ALL {
            let ours = class.slots() as u32;
            let release = |same: &mut Option<u32>| {
                if same.is_some_and(|first| first < end && slot < first + ours) {
                    *same = None;
                }
            };
            release(&mut self.held[class as usize]);
            self.copies[class as usize].iter_mut().for_each(release);
        }
    }

    /// Notes that a pinned local was written, with what a slot holds if there is one.
    fn wrote_pin(&mut self, to: To, kind: RegisterClass, same: Option<u32>) {
        match to {
            To::P => self.copies[kind as usize][0] = same,
            To::Q => self.copies[kind as usize][1] = same,
            _ => {}
        }
    }

    /// Makes room for the values and the block of one instruction, besides results of calls.
    #[inline]
    fn reserve(&mut self) -> Result<(), Reject> {
        if self.stack.reserve().is_err() || reserve(&mut self.blocks, 1).is_err() {
            self.code.fail(Failure::OutOfMemory);
            return self.proceed();
        }
        Ok(())
    }

    /// Ends the walk over the body if something failed.
    #[inline]
    fn proceed(&self) -> Result<(), Reject> {
        match self.code.failure() {
            Some(_) => Err(Failure::stop(self.at)),
            None => Ok(()),
        }
    }

    /// Keeps what cannot be.
    fn contradict(&mut self, contradiction: Contradiction) {
        let at = self.at;
        self.code.fail(Failure::Internal { contradiction, at });
    }

    /// Emits an instruction whose operands and result are in no places.
    fn fixed(&mut self, operation: Operation, words: &[u32]) -> Operands {
        self.instruction(operation, &[], None, &words.into(), None)
    }

    /// The same for one that can trap or call.
    fn placed(&mut self, operation: Operation, words: &[u32]) -> Operands {
        self.instruction(operation, &[], None, &words.into(), Some(self.at))
    }

    /// Begins a block of code that is charged as a whole.
    fn begin_charge(&mut self) {
        let Some(meter) = self.meter.take() else {
            return;
        };
        meter.settle(&mut self.code);
        let charge = self.placed(Operation::Fuel, &[0]);
        self.meter = Some(Meter {
            charge: Some(charge),
            cost: 0,
        });
    }

    /// Charges the instruction that is being translated.
    fn charge(&mut self, instruction: &Instruction<'_>) {
        if let Some(meter) = &mut self.meter {
            meter.cost = meter.cost.saturating_add(instruction.opcode().fuel());
        }
    }

    /// Charges work that follows from a type or from the locals, with the present block.
    fn charge_for(&mut self, rate: Rate, count: usize) {
        let fuel = self.price(rate, count);
        if let Some(meter) = &mut self.meter {
            meter.cost = meter.cost.saturating_add(fuel);
        }
    }

    /// What work costs; nothing if fuel is not counted.
    fn price(&self, rate: Rate, count: usize) -> u32 {
        match self.meter {
            Some(_) => u32::try_from(rate.fuel(count as u64)).unwrap_or(u32::MAX),
            None => 0,
        }
    }

    /// Emits what a loop and a function begin with: the look at the clock, then the charge.
    fn begin_poll(&mut self) {
        if self.epoch {
            self.placed(Operation::Epoch, &[]);
        }
        self.begin_charge();
    }

    /// The first instruction of a function that declares so many locals; its words are written
    /// again at the end.
    fn begin_function(&mut self, declared: usize) {
        let first = self.params.slots;
        // How large it is and what is to be zero, is written at the end.
        let zeroed = [0, first as u32, 0];
        if self.unset.begin(self.locals.len()).is_err() {
            self.code.fail(Failure::OutOfMemory);
        }
        let [p, q] = self.pins.integers.map(pins::slot_of);
        let [fp, fq] = self.pins.floats.map(pins::slot_of);
        let enter = match self.pinned() {
            (false, false) => self.placed(Operation::Enter, &zeroed),
            (true, false) => self.enter(Operation::EnterInt, zeroed, &[p, q]),
            (false, true) => self.enter(Operation::EnterFloat, zeroed, &[fp, fq]),
            (true, true) => self.enter(Operation::EnterBoth, zeroed, &[p, q, fp, fq]),
        };
        self.enter = Some(enter);
        self.begin_poll();
        self.charge_for(Rate::ZEROED, declared);
    }

    fn enter(&mut self, operation: Operation, zeroed: [u32; 3], pins: &[u32]) -> Operands {
        let mut words = Words::default();
        words.extend(&zeroed);
        words.extend(pins);
        self.placed(operation, words.as_slice())
    }

    /// Writes the size of the frame and which locals are to be zero, now that it is known.
    fn end_function(&mut self) {
        if let Some(meter) = self.meter.take() {
            meter.settle(&mut self.code);
        }
        let values = self.locals.len() + self.stack.most();
        let slots = values.max(self.results.slots).max(1) as u32;
        if let Some(enter) = self.enter {
            self.code.patch(enter, 0, slots);
            let zeroed = self.unset.read();
            if zeroed.end > 0 {
                self.code.patch(enter, 1, zeroed.start);
                self.code.patch(enter, 2, zeroed.end - zeroed.start);
            }
        }
    }
}

impl Meter {
    /// Writes the cost of the block that ends.
    fn settle(&self, code: &mut Emitter) {
        if let Some(charge) = self.charge {
            code.patch(charge, 0, self.cost);
        }
    }
}

impl<'a> Sink<'a> for Translator<'_> {
    fn begin(&mut self, header: Header<'_, impl List<LocalRun>>) -> Result<(), Reject> {
        for run in header.runs() {
            if self.locals.extend(run).is_err() {
                self.code.fail(Failure::OutOfMemory);
                return self.proceed();
            }
        }
        self.pins = self.placed_pins(self.plan.locals);
        self.reserve()?;
        self.begin(header.locals.saturating_sub(header.params) as usize);
        self.proceed()
    }

    fn accept(&mut self, at: usize, i: &Instruction<'a>, _: Effect<'_>) -> Result<(), Reject> {
        self.at = at;
        self.reserve()?;
        if let Some(depth) = self.dead {
            self.skip(i, depth);
        } else {
            self.charge(i);
            rows::translate(self, i);
        }
        self.proceed()
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;
    use crate::engine::Engine;
    use crate::engine::config::{CompilationMode, Config};

    /// Bytes of code for each byte of a body, in the median of the functions of real programs.
    const MEDIAN: f64 = 6.0;

    #[test]
    fn real_functions_become_little_code() {
        let mut factors = Vec::new();
        for name in ["sha256", "sudoku", "words"] {
            let path = std::format!("../tests/programs/{name}.wasm");
            let mut config = Config::new();
            config.compilation_mode(CompilationMode::Eager);
            let module = Module::from_file(&Engine::new(&config).unwrap(), &path).unwrap();
            for func in module.functions() {
                factors.push(func.code.unwrap() as f64 / func.body as f64);
            }
        }
        factors.sort_by(f64::total_cmp);
        let (median, most) = (factors[factors.len() / 2], factors[factors.len() - 1]);
        std::println!(
            "{} functions: median {median:.2}, most {most:.2}",
            factors.len()
        );
        assert!(median <= MEDIAN, "{median}");
        assert!(most <= 24.0, "{most}");
    }
}
