//! Instructions that go on elsewhere in the function, or ask whether to go on: branches, loops, fuel, epochs,
//! traps. What leaves the function is in [`frame`](super::frame), what only computes in
//! [`instruction`](super::instruction).

use core::marker::PhantomData;

use super::handler::{HANDLER_WORDS, length};
use super::instruction::{Instruction, instructions, target};
use super::layout::{Ending, Layout, Operand};
use super::place::Source;
use super::state::{Exit, Flow, State};
use crate::engine::counter::Counter;
use crate::spec::Trap;
use crate::types::Ref;

// The head of a loop stands right behind the handler's address of `LoopHead`, which has no words.
const _: () = assert!(length(0) == HANDLER_WORDS);

instructions! {
    /// Traps.
    Unreachable [; Ending::Elsewhere] |_words, _state| { Flow::Trap(Trap::UnreachableCodeReached) }

    /// Jumps.
    Jump [Operand::Target(0); Ending::Elsewhere] |words, _state| { target(words, 0) }

    /// Makes the next instruction the head of the innermost loop.
    LoopHead [Operand::Head; Ending::Next] |words, state| {
        (*state.context).loop_head = words;
        Flow::Next
    }

    /// Jumps to the head of the innermost loop.
    JumpAgain [Operand::Again; Ending::Elsewhere] |_words, state| { Flow::Jump((*state.context).loop_head) }

    /// Counts that what follows runs: the address of the counter.
    Count [Operand::Long; Ending::Next] |words, _state| {
        (*(crate::module::code::long(words) as *const Counter)).next();
        Flow::Next
    }

    /// Copies operands down to where a label expects them: from, to, count.
    CopyDown [Operand::Down; Ending::Next] |words, state| {
        copy(state.sp.add(*words as usize), state.sp.add(*words.add(1) as usize), *words.add(2));
        Flow::Next
    }

    /// Charges a block's fuel.
    Fuel [Operand::Immediate; Ending::Next] |words, state| {
        match (*state.context).burn(u64::from(*words)) {
            Ok(()) => Flow::Next,
            Err(exit) => Flow::Exit(exit),
        }
    }

    /// Looks whether the engine's epoch has reached the deadline.
    Epoch [; Ending::Next] |_words, state| {
        let context = state.context;
        let now = (*context).epoch.as_ref().now();
        if now >= (*context).deadline { Flow::Exit(Exit::Epoch) } else { Flow::Next }
    }
}

/// Branches by an index: operand, number of targets without the default, targets.
pub(crate) struct BrTable<A>(PhantomData<A>);

impl<A: Source> Instruction for BrTable<A> {
    const LAYOUT: Layout = Layout::NONE
        .value::<u32>(A::SITE)
        .with(Operand::Targets(0))
        .ending(Ending::Elsewhere);

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type and a live state. The default
        // stands behind the other targets, and no index is above its place.
        unsafe {
            let index: u32 = A::read(words, state);
            let at = A::words::<u32>();
            let index = index.min(*words.add(at));
            // The distance counts from `index` words behind the operands, because one address then
            // serves both to read it and to add it to.
            target(words.add(index as usize), at + 1)
        }
    }
}

/// Branches by an index, with values that stand higher than labels expect them: operand, fuel for
/// moving them, from, count, number of targets without the default; then for each target the
/// distance and where its values go to.
pub(crate) struct BrTableMany<A>(PhantomData<A>);

impl<A: Source> Instruction for BrTableMany<A> {
    const LAYOUT: Layout = Layout::NONE
        .value::<u32>(A::SITE)
        .with(Operand::Immediate)
        .with(Operand::MovingTargets)
        .ending(Ending::Elsewhere);

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type and a live state. The default
        // stands behind the other targets, no index is above its place, and values move downwards
        // within the frame.
        unsafe {
            let index: u32 = A::read(words, state);
            let words = words.add(A::words::<u32>());
            let (fuel, from, count) = (*words, *words.add(1), *words.add(2));
            let index = index.min(*words.add(3));
            let entry = words.add(4 + 2 * index as usize);
            let to = *entry.add(1);
            if from != to {
                if let Err(exit) = (*state.context).burn(u64::from(fuel)) {
                    return Flow::Exit(exit);
                }
                copy(
                    state.sp.add(from as usize),
                    state.sp.add(to as usize),
                    count,
                );
            }
            target(entry, 0)
        }
    }
}

/// Traps on a null reference.
pub(crate) struct NonNullOrTrap<A>(PhantomData<A>);

impl<A: Source> Instruction for NonNullOrTrap<A> {
    const LAYOUT: Layout = Layout::NONE.value::<Ref>(A::SITE);

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type and a live state.
        let reference: Ref = unsafe { A::read(words, state) };
        if reference.is_null() {
            Flow::Trap(Trap::NullReference)
        } else {
            Flow::Next
        }
    }
}

/// Copies slots downwards, one by one: the ranges may overlap.
///
/// # Safety
/// Both ranges lie within the frame, `to` not above `from`.
#[inline(always)]
pub(super) unsafe fn copy(from: *const u64, to: *mut u64, count: u32) {
    for at in 0..count as usize {
        // SAFETY: the caller promises that both ranges lie in the frame. Volatile for the same
        // reason as in `Enter`.
        unsafe { to.add(at).write_volatile(*from.add(at)) }
    }
}
