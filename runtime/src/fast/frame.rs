//! Instructions that enter and leave frames: calls, returns, and what stands outside any function.
//!
//! Calling convention: the callee's frame begins at its first argument, in the caller's operands;
//! results come back at the same place, the first one in the accumulator of its type as well. A
//! call pushes a [`Record`], sets `acc` to the callee's [`Cell`], and jumps to the cell's entry.
//! What is not a function of the running instance is called through [`FOREIGN`], with its entity
//! in `acc`.

use core::marker::PhantomData;
use core::ptr::{self, NonNull};

use super::cold::{self, Turned};
use super::control::copy;
use super::handler::{Handler, handler};
use super::instruction::{Instruction, attempt, instructions, target};
use super::layout::{Ending, Layout, Operand, Pinned};
use super::place::Source;
use super::register::Register;
use super::stack::{Record, Stack};
use super::state::{Exit, Flow, State};
use crate::exec::slot::{Row, Value};
use crate::module::code::Cell;
use crate::spec::Trap;
use crate::store::entity::{FuncBody, FuncEntity, InstanceEntity};
use crate::types::Ref;

/// Code that stands outside any function.
#[repr(C, align(8))]
pub(crate) struct Fixed(Handler);

/// Translates the function whose cell is in `acc`, then runs it.
pub(crate) static LAZY: Fixed = Fixed(handler::<Lazy>());
/// Calls the function whose entity is in `acc`; its record is pushed already.
pub(crate) static FOREIGN: Fixed = Fixed(handler::<Foreign>());
/// Returns into the instance whose address stands for the frame.
pub(crate) static LEAVE: Fixed = Fixed(handler::<Leave>());
/// Returns with the results that stand in the frame.
pub(crate) static RETURN: Fixed = Fixed(handler::<ReturnSlots>());
/// Begins the function of the library whose entity is in `acc`.
static BEGIN: Fixed = Fixed(handler::<Begin>());
/// Goes on with the function of the library whose entity is in `p`, at the turn that is in `q`.
static RESUME: Fixed = Fixed(handler::<Resume>());
/// Ends the run.
pub(crate) static DONE: Fixed = Fixed(handler::<Done>());

impl Fixed {
    /// Its address as code.
    #[inline(always)]
    pub(crate) fn ip(&'static self) -> *const u32 {
        ptr::from_ref(self).cast()
    }
}

instructions! {
    /// Returns nothing.
    Return [; Ending::Return(0)] |_words, state| { leave_frame(state) }

    /// Returns results that stand in a row: from, count.
    ReturnMany [Operand::Results; Ending::Elsewhere] |words, state| {
        copy(state.sp.add(*words as usize), state.sp, *words.add(1));
        return_slots(state)
    }

    /// Returns the results that stand at the beginning of the frame.
    ReturnSlots [; Ending::Elsewhere] |_words, state| { return_slots(state) }

    /// Ends the run.
    Done [; Ending::Elsewhere] |_words, _state| { Flow::Exit(Exit::Done) }

    /// Switches back to the instance whose address was saved as a frame.
    Leave [; Ending::Elsewhere] |_words, state| {
        let Some(instance) = NonNull::new(state.sp.cast::<InstanceEntity>()) else {
            return Flow::Exit(Exit::Failed);
        };
        (*state.context).switch(instance);
        leave_frame(state)
    }

    /// Translates a function on its first call.
    Lazy [; Ending::Elsewhere] |_words, state| {
        match cold::translate(state.context, state.acc as *const Cell) {
            Some(entry) => Flow::Jump(entry),
            None => Flow::Exit(Exit::Failed),
        }
    }

    /// Calls a function of the host or of another instance.
    Foreign [; Ending::Elsewhere] |_words, state| {
        let func = state.acc as *const FuncEntity;
        match &(*func).body {
            FuncBody::Wasm { instance, cell, .. } => {
                enter_instance(state, *instance);
                state.acc = cell.as_ptr() as u64;
                Flow::Jump(cell.as_ref().entry())
            }
            FuncBody::Host(host) => match cold::call_host(state.context, host, state.sp) {
                Ok(()) => return_slots(state),
                Err(exit) => Flow::Exit(exit),
            },
            FuncBody::Turns(_) => Flow::Jump(BEGIN.ip()),
        }
    }

    /// Begins a function of the library that calls others.
    Begin [; Ending::Elsewhere] |_words, state| { turn(state, state.acc as *const FuncEntity, 0) }

    /// Goes on with a function of the library when what it called has returned.
    Resume [; Ending::Elsewhere] |_words, state| { turn(state, state.p as *const FuncEntity, state.q) }

    /// Calls an imported function: index, frame.
    CallImport [Operand::Import, Operand::Frame; Ending::Next] |words, state| {
        let func = import(state, *words);
        push::<true, true>(state, words, 2);
        state.sp = state.sp.add(*words.add(1) as usize);
        state.acc = func.as_ptr() as u64;
        Flow::Jump(FOREIGN.ip())
    }

    /// Calls a function of this instance in place of the running one: cell, from, count.
    ReturnCall [Operand::Cell, Operand::Arguments; Ending::Elsewhere] |words, state| {
        copy(state.sp.add(*words.add(2) as usize), state.sp, *words.add(3));
        state.acc = crate::module::code::long(words);
        Flow::Jump((*(state.acc as *const Cell)).entry())
    }

    /// Calls an imported function in place of the running one: index, from, count.
    ReturnCallImport [Operand::Import, Operand::Arguments; Ending::Elsewhere] |words, state| {
        let func = import(state, *words);
        copy(state.sp.add(*words.add(1) as usize), state.sp, *words.add(2));
        state.acc = func.as_ptr() as u64;
        Flow::Jump(FOREIGN.ip())
    }
}

/// Enters a function: slots of the frame, first local to zero, how many; then the locals to load
/// into `p` and `q` (if `INT`) and into `fp` and `fq` (if `FLOAT`).
pub(crate) struct Enter<const INT: bool, const FLOAT: bool>;

impl<const INT: bool, const FLOAT: bool> Instruction for Enter<INT, FLOAT> {
    const LAYOUT: Layout = {
        const PINS: &[Operand] = &[Operand::Local; 4];
        let (pins, _) = PINS.split_at(2 * INT as usize + 2 * FLOAT as usize);
        Layout::NONE
            .all(&[Operand::FrameSize, Operand::Zeroed])
            .all(pins)
            .pins(Pinned::new(INT, FLOAT))
    };

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type and a live state. That the frame
        // fits was just compared; the locals to zero and to load are slots of it, by the
        // translator.
        unsafe {
            let end = state.sp.wrapping_add(*words as usize + Stack::MARGIN);
            if end > (*state.context).records.cast() {
                return Flow::Trap(Trap::StackOverflow);
            }
            let mut local = state.sp.add(*words.add(1) as usize);
            for _ in 0..*words.add(2) {
                // Volatile, lest the loop becomes a call, which would cost every entry a prologue.
                local.write_volatile(0);
                local = local.add(1);
            }
            let slot = |at: usize| *state.sp.add(*words.add(3 + at) as usize);
            if INT {
                (state.p, state.q) = (slot(0), slot(1));
            }
            if FLOAT {
                let at = 2 * INT as usize;
                (state.fp, state.fq) = (f64::from_slot(slot(at)), f64::from_slot(slot(at + 1)));
            }
        }
        Flow::Next
    }
}

/// Calls a function of this instance: cell, frame. `INT` and `FLOAT` say which pins are in use.
pub(crate) struct Call<const INT: bool, const FLOAT: bool>;

impl<const INT: bool, const FLOAT: bool> Instruction for Call<INT, FLOAT> {
    const LAYOUT: Layout = Layout::NONE
        .all(&[Operand::Cell, Operand::Frame])
        .keeps(Pinned::new(INT, FLOAT));

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type and a live state. `Enter` left
        // room for a record, and the cell is one of the running instance's module, which outlives
        // the code.
        unsafe {
            push::<INT, FLOAT>(state, words, 3);
            state.sp = state.sp.add(*words.add(2) as usize);
            state.acc = crate::module::code::long(words);
            Flow::Jump((*(state.acc as *const Cell)).entry())
        }
    }
}

/// Calls the running function again: distance to its beginning, frame. `INT` and `FLOAT` as for
/// [`Call`].
pub(crate) struct CallSelf<const INT: bool, const FLOAT: bool>;

impl<const INT: bool, const FLOAT: bool> Instruction for CallSelf<INT, FLOAT> {
    const LAYOUT: Layout = Layout::NONE
        .all(&[Operand::Entry, Operand::Frame])
        .keeps(Pinned::new(INT, FLOAT));

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type and a live state. `Enter` left
        // room for a record; the code that runs is the function's, whose cell is not asked for.
        unsafe {
            push::<INT, FLOAT>(state, words, Self::words());
            state.sp = state.sp.add(*words.add(1) as usize);
            target(words, 0)
        }
    }
}

/// Calls through a table: operand, type, table, frame.
pub(crate) struct CallIndirect<T, A>(PhantomData<(T, A)>);

impl<T: Register + Into<u64>, A: Source> Instruction for CallIndirect<T, A> {
    const LAYOUT: Layout =
        Layout::NONE
            .value::<T>(A::SITE)
            .all(&[Operand::Type, table::<T>(), Operand::Frame]);

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type and a live state. Type and table
        // are indices that the validator checked, and `Enter` left room for two records.
        unsafe {
            let index: T = A::read(words, state);
            let operands = words.add(A::words::<T>());
            let func = attempt!(element(state, index.into(), *operands, *operands.add(1)));
            push::<true, true>(state, words, Self::words());
            state.sp = state.sp.add(*operands.add(2) as usize);
            Flow::Jump(callee(state, func))
        }
    }
}

/// Calls a reference: operand, frame.
pub(crate) struct CallRef<A>(PhantomData<A>);

impl<A: Source> Instruction for CallRef<A> {
    const LAYOUT: Layout = Layout::NONE.value::<Ref>(A::SITE).with(Operand::Frame);

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type and a live state. The operand is
        // null or a reference to a function of the store, and `Enter` left room for two records.
        unsafe {
            let func = attempt!(function(state, A::read(words, state), Trap::NullReference));
            push::<true, true>(state, words, Self::words());
            state.sp = state.sp.add(*words.add(A::words::<Ref>()) as usize);
            Flow::Jump(callee(state, func))
        }
    }
}

/// Calls through a table in place of the running function: operand, type, table, from, count.
pub(crate) struct ReturnCallIndirect<T, A>(PhantomData<(T, A)>);

impl<T: Register + Into<u64>, A: Source> Instruction for ReturnCallIndirect<T, A> {
    const LAYOUT: Layout = Layout::NONE
        .value::<T>(A::SITE)
        .all(&[Operand::Type, table::<T>(), Operand::Arguments])
        .ending(Ending::Elsewhere);

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type and a live state. Type and table
        // are indices that the validator checked; the arguments lie in the frame, above its
        // beginning.
        unsafe {
            let index: T = A::read(words, state);
            let words = words.add(A::words::<T>());
            let func = attempt!(element(state, index.into(), *words, *words.add(1)));
            copy(
                state.sp.add(*words.add(2) as usize),
                state.sp,
                *words.add(3),
            );
            Flow::Jump(callee(state, func))
        }
    }
}

/// Calls a reference in place of the running function: operand, from, count.
pub(crate) struct ReturnCallRef<A>(PhantomData<A>);

impl<A: Source> Instruction for ReturnCallRef<A> {
    const LAYOUT: Layout = Layout::NONE
        .value::<Ref>(A::SITE)
        .with(Operand::Arguments)
        .ending(Ending::Elsewhere);

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type and a live state. The operand is
        // null or a reference to a function of the store; the arguments lie in the frame, above its
        // beginning.
        unsafe {
            let func = attempt!(function(state, A::read(words, state), Trap::NullReference));
            let words = words.add(A::words::<Ref>());
            copy(state.sp.add(*words as usize), state.sp, *words.add(1));
            Flow::Jump(callee(state, func))
        }
    }
}

/// Returns one result of type `T`.
pub(crate) struct ReturnValue<T, A>(PhantomData<(T, A)>);

impl<T: Register, A: Source> Instruction for ReturnValue<T, A> {
    const LAYOUT: Layout = Layout::NONE
        .value::<T>(A::SITE)
        .ending(Ending::Return(T::Slots::LEN));

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type and a live state. A frame has
        // room for its results, and a running function has a record to return to.
        unsafe {
            let value: T = A::read(words, state);
            value.store(state.sp);
            value.set_accumulator(state);
            leave_frame(state)
        }
    }
}

/// The operand that names a table with indices of type `T`.
const fn table<T>() -> Operand {
    Operand::Table(Some(size_of::<T>() == size_of::<u64>()))
}

/// Pushes a record that goes on behind the call whose `count` operand words begin at `words`.
///
/// # Safety
/// The running frame's `Enter` left room for two records.
#[inline(always)]
unsafe fn push<const INT: bool, const FLOAT: bool>(state: &State, words: *const u32, count: usize) {
    // SAFETY: the caller promises that `Enter` left room, so one more record lies in the stack,
    // above the frame; the address behind the call's words is one of its code.
    unsafe {
        let context = state.context;
        let record = (*context).records.sub(1);
        // Instructions are aligned, also behind one whose second part this is.
        let end = words.add(count);
        (*record).ip = end.map_addr(|end| end.next_multiple_of(size_of::<u64>()));
        (*record).sp = state.sp;
        if INT {
            (*record).p = state.p;
            (*record).q = state.q;
        }
        if FLOAT {
            (*record).fp = state.fp;
            (*record).fq = state.fq;
        }
        (*context).records = record;
    }
}

/// Pops a record and goes on where it says.
///
/// # Safety
/// The state is live: there is a record.
#[inline(always)]
unsafe fn leave_frame(state: &mut State) -> Flow {
    // SAFETY: the caller promises that there is a record: `push`, `enter_instance` or `call` wrote
    // it whole.
    unsafe {
        let record = (*state.context).records;
        (*state.context).records = record.add(1);
        state.sp = (*record).sp;
        (state.p, state.q) = ((*record).p, (*record).q);
        (state.fp, state.fq) = ((*record).fp, (*record).fq);
        Flow::Jump((*record).ip)
    }
}

/// Returns with results that stand at the beginning of the frame.
///
/// # Safety
/// As for [`leave_frame`]; a frame has at least one slot.
#[inline(always)]
unsafe fn return_slots(state: &mut State) -> Flow {
    // SAFETY: the caller promises a record, and that the frame has a slot to read.
    unsafe {
        state.accumulate(*state.sp);
        leave_frame(state)
    }
}

/// The entity of a function of the running instance.
///
/// # Safety
/// The state is live, the index valid.
#[inline(always)]
unsafe fn import(state: &State, index: u32) -> NonNull<FuncEntity> {
    // SAFETY: the caller promises that the index is one of the running instance's functions; a
    // function's number in it is one of the store's, whose addresses the context has.
    unsafe {
        let context = state.context;
        let func = *(*context)
            .instance
            .as_ref()
            .funcs
            .as_ptr()
            .add(index as usize);
        *(*context).funcs.add(func as usize)
    }
}

/// The function behind a reference.
///
/// # Safety
/// The state is live, the reference one to a function of its store.
#[inline(always)]
unsafe fn function(state: &State, reference: Ref, null: Trap) -> Result<NonNull<FuncEntity>, Trap> {
    if reference.is_null() {
        return Err(null);
    }
    // SAFETY: the caller promises a reference to a function of the store: such a number less one is
    // that of the function, and the context has the addresses of all.
    Ok(unsafe { *(*state.context).funcs.add(reference.0 as usize - 1) })
}

/// The function at an index of a table, if it has the type.
///
/// # Safety
/// The state is live, the index of the table valid.
#[inline(always)]
unsafe fn element(
    state: &State,
    index: u64,
    ty: u32,
    table: u32,
) -> Result<NonNull<FuncEntity>, Trap> {
    // SAFETY: the caller promises that the table is one of the running instance, of whose first one
    // the context has the elements. A table of functions holds references of its store only; the index
    // was compared with the length, and references to elements end here.
    unsafe {
        let context = state.context;
        let (elements, count) = match table {
            0 => ((*context).elements, (*context).element_count),
            _ => {
                let tables = (*context).instance.as_ref().tables.as_ptr();
                let elements = &(*(*tables.add(table as usize)).as_ptr()).elements;
                (elements.as_ptr(), elements.len() as u64)
            }
        };
        if index >= count {
            return Err(Trap::TableOutOfBounds);
        }
        let reference = *elements.add(index as usize);
        let func = function(state, reference, Trap::IndirectCallToNull)?;
        if func.as_ref().ty.0 == ty {
            Ok(func)
        } else {
            Err(Trap::BadSignature)
        }
    }
}

/// Puts a function where its code expects it, and gives the code to jump to.
///
/// # Safety
/// The state is live, the function one of its store.
#[inline(always)]
unsafe fn callee(state: &mut State, func: NonNull<FuncEntity>) -> *const u32 {
    // SAFETY: the caller promises a live state and a function of its store, which stays where it
    // is; its cell is one of a module that its instance keeps alive.
    unsafe {
        match &func.as_ref().body {
            FuncBody::Wasm { instance, cell, .. } if *instance == (*state.context).instance => {
                state.acc = cell.as_ptr() as u64;
                cell.as_ref().entry()
            }
            _ => {
                state.acc = func.as_ptr() as u64;
                FOREIGN.ip()
            }
        }
    }
}

/// Takes a turn of a function of the library, whose record is pushed, and calls what it asks for.
///
/// # Safety
/// The state is live, the function one of its store, and the turn the one that comes next in the
/// frame.
#[inline(always)]
unsafe fn turn(state: &mut State, func: *const FuncEntity, number: u64) -> Flow {
    // SAFETY: the caller promises a live state and a function of its store. `cold::turn` has compared
    // the end of the frame with the innermost record: there is room for both records of a turn.
    unsafe {
        match cold::turn(state.context, func, state.sp, number) {
            Turned::Done => return_slots(state),
            Turned::Again { next } => {
                (state.p, state.q) = (func as u64, next);
                Flow::Jump(RESUME.ip())
            }
            Turned::Call {
                func: called,
                at,
                next,
            } => {
                // Below the record that leads back here; so nothing is switched between two calls.
                keep_instance(state);
                let record = (*state.context).records.sub(1);
                *record = Record {
                    ip: RESUME.ip(),
                    sp: state.sp,
                    p: func as u64,
                    q: next,
                    fp: 0.0,
                    fq: 0.0,
                };
                (*state.context).records = record;
                state.sp = state.sp.add(at);
                Flow::Jump(callee(state, called))
            }
            Turned::Trap(trap) => Flow::Trap(trap),
            Turned::Exit(exit) => Flow::Exit(exit),
        }
    }
}

/// Switches to another instance; a record switches back on return, or leads to a function of the
/// library, which runs in any.
///
/// # Safety
/// As for [`push`].
unsafe fn enter_instance(state: &State, instance: NonNull<InstanceEntity>) {
    // SAFETY: the caller promises a live state with room for a record; it, and the instance that
    // runs, are of the store of `instance`. No other reference to the context is alive.
    unsafe {
        if (*state.context).instance == instance {
            return;
        }
        if (*(*state.context).records).ip != RESUME.ip() {
            keep_instance(state);
        }
        (*state.context).switch(instance);
    }
}

/// Pushes a record that switches back to the running instance, unless one switches already.
///
/// # Safety
/// As for [`push`].
#[inline(always)]
unsafe fn keep_instance(state: &State) {
    // SAFETY: the caller promises a live state with room for a record.
    unsafe {
        let context = state.context;
        if (*(*context).records).ip != LEAVE.ip() {
            let record = (*context).records.sub(1);
            *record = Record {
                ip: LEAVE.ip(),
                sp: (*context).instance.as_ptr().cast(),
                p: 0,
                q: 0,
                fp: 0.0,
                fq: 0.0,
            };
            (*context).records = record;
        }
    }
}
