//! From validated instructions to register code, in one pass with the validator.
//!
//! The translator is a [`Sink`]. It keeps the operand stack symbolically ([`operand`]): a
//! `local.get` or a constant pushes a note, not code. The instruction emitted last stays *open*
//! ([`operate`]) until the next one decides where its result goes: the accumulator, if it is
//! consumed at once; a local, if it is assigned; otherwise the slot at its height.
//!
//! Where control splits or merges, no value may live in a local that is assigned later, so such
//! notes become slots before the split; constants stay constants. Temporaries stand at their
//! stack height, so that merges need no moves.

mod block;
mod call;
pub(crate) mod control;
mod emit;
mod failure;
mod module;
mod operand;
mod operate;

use alloc::boxed::Box;
use alloc::vec::Vec;

use self::block::Block;
use self::emit::{Emitter, LabelId, Operands};
use self::failure::{Contradiction, Failure};
use self::operand::{At, Operand, Words};
pub(crate) use self::operand::{Constant, Kind, Place, To};
use self::operate::Open;
use super::code::Code;
use super::dispatch::Operation;
use super::rows;
use super::survey::Pins;
use super::verify::{self, Log};
use crate::error::Error;
use crate::generated::shared::instruction::Instruction;
use crate::module::Module;
use crate::reject::Reject;
use crate::spec::Rate;
use crate::types::ValType;
use crate::validate::{Effect, Header, List, LocalRun, Sink};

/// Translates all functions that the module defines.
pub(crate) fn all(module: &Module) -> Result<(), Error> {
    for index in 0.. {
        let Some(cell) = module.code().cell(index) else {
            break;
        };
        if cell.code().is_none() {
            cell.publish(Box::new(function(module, index)?));
        }
    }
    Ok(())
}

/// Translates a function that the module defines.
pub(crate) fn function(module: &Module, index: u32) -> Result<Code, Error> {
    let (code, log, locals) = unverified(module, index)?;
    verify::check(module, index, locals, &code, &log)?;
    Ok(code)
}

/// The code of a function with what the verifier wants to know of it: the instructions, and how
/// many locals there are.
pub(crate) fn unverified(module: &Module, index: u32) -> Result<(Code, Log, usize), Error> {
    let mut translator = Translator::new(module, index);
    if let Err(reject) = module.walk(index, &mut translator) {
        return Err(translator.code.failure().map_or(reject.into(), Error::from));
    }
    let (code, log) = translator.code.finish()?;
    Ok((code, log, translator.locals.len()))
}

/// The state of a translation.
pub(crate) struct Translator<'m> {
    module: &'m Module,
    /// Index of the function among those that the module defines.
    index: u32,
    code: Emitter,
    /// Offset in the module of the instruction at hand.
    at: usize,
    pins: Pins,
    /// Classes of the locals.
    locals: Vec<Kind>,
    params: usize,
    results: usize,
    stack: Vec<Operand>,
    /// Below this height no value is a note of a local.
    settled: usize,
    /// The most values on the stack at once.
    height: usize,
    blocks: Vec<Block>,
    /// The instruction whose result has no destination yet.
    open: Option<Open>,
    /// For each class, the slot whose value its accumulator holds as well.
    held: [Option<u32>; 3],
    /// Blocks entered since the code became unreachable.
    dead: Option<u32>,
    enter: Option<Operands>,
    meter: Option<Meter>,
    epoch: bool,
}

/// Fuel of the block of code at hand.
struct Meter {
    /// The instruction that charges it; none before the first block.
    charge: Option<Operands>,
    cost: u32,
}

/// Notes of locals deeper than this become slots, so that an assignment looks at few of them.
const NOTES: usize = 32;

impl<'m> Translator<'m> {
    fn new(module: &'m Module, index: u32) -> Self {
        let config = module.engine().config();
        let body = module.body(module.env().imported_funcs() + index);
        Self {
            module,
            index,
            code: Emitter::default(),
            // What happens at the entry stands before the first instruction.
            at: body.map_or(0, |body| body.start),
            pins: module.pins(index),
            locals: Vec::new(),
            params: module.defined_signature(index).params().len(),
            results: module.defined_signature(index).results().len(),
            stack: Vec::new(),
            settled: 0,
            height: 0,
            blocks: Vec::new(),
            open: None,
            held: [None; 3],
            dead: None,
            enter: None,
            meter: config.fuel.then_some(Meter {
                charge: None,
                cost: 0,
            }),
            epoch: config.epoch,
        }
    }

    /// The slot of the stack at a height.
    fn temp(&self, height: usize) -> u32 {
        (self.locals.len() + height) as u32
    }

    fn push(&mut self, kind: Kind, at: At) {
        self.stack.push(Operand { kind, at });
        self.height = self.height.max(self.stack.len());
    }

    fn pop(&mut self) -> Operand {
        let found = self.stack.pop();
        let operand = self.known(found, "operand", 0).unwrap_or(Operand {
            kind: Kind::Int,
            at: At::Const(0),
        });
        self.settled = self.settled.min(self.stack.len());
        operand
    }

    /// Pushes a value of a type, in its slot.
    fn push_temp(&mut self, ty: ValType) {
        self.push(Kind::of(ty), At::Temp);
    }

    /// A constant.
    pub(crate) fn constant<T: Constant>(&mut self, value: T) {
        self.push(T::KIND, At::Const(value.bits()));
    }

    /// Pushes a note of a local.
    fn push_local(&mut self, local: u32) {
        if self.stack.len() >= self.settled + NOTES {
            self.spill();
            self.settle(self.settled);
            self.settled += 1;
        }
        self.push(self.locals[local as usize], At::Local(local));
    }

    /// Puts a value into the slot at its height, unless it is a constant.
    fn settle(&mut self, height: usize) {
        if let At::Local(_) = self.stack[height].at {
            self.materialise(height);
        }
    }

    /// Puts a value into the slot at its height.
    fn materialise(&mut self, height: usize) {
        let operand = self.stack[height];
        match operand.at {
            At::Temp => {}
            At::Open => self.spill(),
            At::Local(_) | At::Const(_) => {
                self.move_to_slot(operand, self.temp(height));
                self.stack[height].at = At::Temp;
            }
        }
    }

    /// Leaves no note of a local below a height.
    fn settle_below(&mut self, height: usize) {
        for height in self.settled..height {
            self.settle(height);
        }
        self.settled = self.settled.max(height);
    }

    /// Gets the stack ready for a split or a merge: no notes of locals, and the values on top,
    /// which travel with the branch, in their slots. The open instruction may stay open if its
    /// value has been popped.
    fn settle_all(&mut self, top: usize) {
        let first = self.stack.len() - top;
        for height in self.settled.min(first)..self.stack.len() {
            if height < first {
                self.settle(height);
            } else {
                self.materialise(height);
            }
        }
        self.settled = self.stack.len();
    }

    /// Forgets what the accumulators hold, as code that can be jumped to must.
    fn forget(&mut self) {
        self.held = [None; 3];
    }

    /// Notes that a slot was written, by code that left the accumulators alone.
    fn wrote(&mut self, slot: u32) {
        for held in &mut self.held {
            if *held == Some(slot) {
                *held = None;
            }
        }
    }

    /// Ends the walk over the body if something failed.
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
        self.instruction(operation, &[], None, words, None)
    }

    /// The same for one that can trap or call.
    fn placed(&mut self, operation: Operation, words: &[u32]) -> Operands {
        self.instruction(operation, &[], None, words, Some(self.at))
    }

    /// Begins a block of code that is charged as a whole.
    fn begin_charge(&mut self) {
        let Some(meter) = self.meter.take() else {
            return;
        };
        meter.settle(&mut self.code);
        let charge = self.placed(Operation::Fuel, &[0]);
        self.code.seal();
        self.meter = Some(Meter {
            charge: Some(charge),
            cost: 0,
        });
    }

    /// Charges the instruction at hand.
    fn charge(&mut self, instruction: &Instruction<'_>) {
        if let Some(meter) = &mut self.meter {
            meter.cost = meter.cost.saturating_add(instruction.opcode().fuel());
        }
    }

    /// Charges work that follows from a type or from the locals, with the block at hand.
    fn charge_for(&mut self, rate: Rate, count: usize) {
        if let Some(meter) = &mut self.meter {
            let fuel = u32::try_from(rate.fuel(count as u64)).unwrap_or(u32::MAX);
            meter.cost = meter.cost.saturating_add(fuel);
        }
    }

    /// Emits what a loop and a function begin with: the look at the clock, then the charge.
    fn begin_poll(&mut self) {
        if self.epoch {
            self.placed(Operation::Epoch, &[]);
        }
        self.begin_charge();
    }

    /// The first instruction of the function; its words are written again at the end.
    fn begin_function(&mut self) {
        let zeroed = [
            0,
            self.params as u32,
            (self.locals.len() - self.params) as u32,
        ];
        let [p, q] = self.pins.integers.map(slot_of);
        let [fp, fq] = self.pins.floats.map(slot_of);
        let has = |pins: [Option<super::survey::Pin>; 2]| pins[0].is_some();
        let enter = match (has(self.pins.integers), has(self.pins.floats)) {
            (false, false) => self.placed(Operation::Enter, &zeroed),
            (true, false) => self.enter(Operation::EnterInt, zeroed, &[p, q]),
            (false, true) => self.enter(Operation::EnterFloat, zeroed, &[fp, fq]),
            (true, true) => self.enter(Operation::EnterBoth, zeroed, &[p, q, fp, fq]),
        };
        self.code.seal();
        self.enter = Some(enter);
        self.begin_poll();
        self.charge_for(Rate::ZEROED, self.locals.len() - self.params);
    }

    fn enter(&mut self, operation: Operation, zeroed: [u32; 3], pins: &[u32]) -> Operands {
        let mut words = Words::default();
        words.extend(&zeroed);
        words.extend(pins);
        self.placed(operation, words.as_slice())
    }

    /// Writes the size of the frame, now that it is known.
    fn end_function(&mut self) {
        if let Some(meter) = self.meter.take() {
            meter.settle(&mut self.code);
        }
        let values = self.locals.len() + self.height;
        let slots = values.max(self.results).max(1) as u32;
        if let Some(enter) = self.enter {
            self.code.patch(enter, 0, slots);
        }
    }
}

/// The slot of a pinned local; any slot, if there is none.
fn slot_of(pin: Option<super::survey::Pin>) -> u32 {
    pin.map_or(0, |pin| u32::from(pin.get()) - 1)
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
            self.locals.resize(run.end as usize, Kind::of(run.ty));
        }
        self.begin();
        self.proceed()
    }

    fn accept(&mut self, at: usize, i: &Instruction<'a>, _: Effect<'_>) -> Result<(), Reject> {
        self.at = at;
        if let Some(depth) = self.dead {
            self.skip(i, depth);
        } else {
            self.charge(i);
            rows::translate(self, i);
        }
        self.proceed()
    }
}
