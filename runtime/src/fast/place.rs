//! Where operands come from and results go to.
//!
//! Letters as in `spec/forms.toml`. Each place is a unit type; a handler is monomorphised over
//! the places of its operands.
//!
//! Invariant: `words` points at the operand words that the translator wrote for this place, and
//! slot numbers in them lie within the frame that `Enter` checked.

use super::instruction::target;
use super::layout::{Operand, Site};
use super::register::Register;
use super::state::{Flow, State};

/// A place to read an operand from.
pub(crate) trait Source {
    /// What it takes in the code.
    const SITE: Site;

    /// Words it takes in the code for a value of type `T`.
    #[inline(always)]
    fn words<T: Register>() -> usize {
        const { Self::SITE.words::<T>() }
    }

    /// Reads the operand.
    ///
    /// # Safety
    /// The module's invariant.
    unsafe fn read<T: Register>(words: *const u32, state: &State) -> T;

    /// Reads the operand even if it turns out not to be needed: compilers then do not choose an
    /// address by a condition and load behind it.
    ///
    /// # Safety
    /// The module's invariant.
    #[inline(always)]
    unsafe fn read_anyway<T: Register>(words: *const u32, state: &State) -> T {
        // SAFETY: the caller promises what `read` asks for: words of this place and a live state.
        unsafe { Self::read(words, state) }
    }
}

/// A place to write a result to.
pub(crate) trait Destination {
    /// What it takes in the code: the number of a slot, or nothing.
    const SITE: Site;

    /// Writes the result.
    ///
    /// # Safety
    /// The module's invariant.
    unsafe fn write<T: Register>(words: *const u32, state: &mut State, value: T);
}

/// Where a branch goes, and when.
pub(crate) trait Branching {
    /// What it takes in the code.
    const OPERANDS: &'static [Operand];
    /// Whether it goes there if a truth value holds; otherwise if it does not.
    const IF: bool;

    /// Goes there; its words stand from `at` on.
    ///
    /// # Safety
    /// The module's invariant; `words` are the first of the instruction.
    unsafe fn go(words: *const u32, at: usize, state: &State) -> Flow;
}

/// A slot of the frame.
pub(crate) struct S;
/// The accumulator of the value's class.
pub(crate) struct A;
/// The first pinned local of the value's class.
pub(crate) struct P;
/// The second pinned local of the value's class.
#[cfg_attr(
    not(feature = "std"),
    allow(dead_code, reason = "the tier may have no such forms")
)]
pub(crate) struct Q;
/// An immediate in the code.
pub(crate) struct I;
/// A slot of the frame and the accumulator.
pub(crate) struct W;
/// A jump if the value is not zero.
pub(crate) struct J;
/// A jump if the value is zero.
pub(crate) struct N;
/// A jump to the head of the innermost loop if the value is not zero.
#[cfg_attr(
    not(feature = "std"),
    allow(dead_code, reason = "the tier may have no such forms")
)]
pub(crate) struct L;
/// A jump to the head of the innermost loop if the value is zero.
#[cfg_attr(
    not(feature = "std"),
    allow(dead_code, reason = "the tier may have no such forms")
)]
pub(crate) struct M;

impl Source for S {
    const SITE: Site = Site::Slot;

    #[inline(always)]
    unsafe fn read<T: Register>(words: *const u32, state: &State) -> T {
        // SAFETY: the caller promises the module's invariant: the word is the number of a slot in
        // the frame, which `sp` points at, and the value's slots begin there.
        unsafe { T::load(state.sp.add(*words as usize)) }
    }

    #[inline(always)]
    unsafe fn read_anyway<T: Register>(words: *const u32, state: &State) -> T {
        // SAFETY: the caller promises the module's invariant: the word is the number of a slot in
        // the frame, which `sp` points at, and the value's slots begin there.
        T::from_slots(unsafe {
            state
                .sp
                .add(*words as usize)
                .cast::<T::Slots>()
                .read_volatile()
        })
    }
}

impl Source for A {
    const SITE: Site = Site::Register;

    #[inline(always)]
    unsafe fn read<T: Register>(_: *const u32, state: &State) -> T {
        T::accumulator(state)
    }
}

impl Source for P {
    const SITE: Site = Site::Pin;

    #[inline(always)]
    unsafe fn read<T: Register>(_: *const u32, state: &State) -> T {
        T::first_pin(state)
    }
}

impl Source for Q {
    const SITE: Site = Site::Pin;

    #[inline(always)]
    unsafe fn read<T: Register>(_: *const u32, state: &State) -> T {
        T::second_pin(state)
    }
}

impl Source for I {
    const SITE: Site = Site::Immediate;

    #[inline(always)]
    unsafe fn read<T: Register>(words: *const u32, _: &State) -> T {
        // SAFETY: the caller promises the module's invariant: the words are those of an immediate
        // of this type.
        unsafe { T::immediate(words) }
    }
}

impl Destination for S {
    const SITE: Site = Site::Slot;

    #[inline(always)]
    unsafe fn write<T: Register>(words: *const u32, state: &mut State, value: T) {
        // SAFETY: the caller promises the module's invariant: the word is the number of a slot in
        // the frame, which `sp` points at, and the value's slots begin there.
        unsafe { value.store(state.sp.add(*words as usize)) }
    }
}

impl Destination for W {
    const SITE: Site = Site::Slot;

    #[inline(always)]
    unsafe fn write<T: Register>(words: *const u32, state: &mut State, value: T) {
        // SAFETY: the caller promises the module's invariant, which is the same for `S`.
        unsafe { S::write(words, state, value) }
        value.set_accumulator(state);
    }
}

impl Destination for A {
    const SITE: Site = Site::Register;

    #[inline(always)]
    unsafe fn write<T: Register>(_: *const u32, state: &mut State, value: T) {
        value.set_accumulator(state);
    }
}

impl Destination for P {
    const SITE: Site = Site::Pin;

    #[inline(always)]
    unsafe fn write<T: Register>(_: *const u32, state: &mut State, value: T) {
        value.set_first_pin(state);
    }
}

impl Destination for Q {
    const SITE: Site = Site::Pin;

    #[inline(always)]
    unsafe fn write<T: Register>(_: *const u32, state: &mut State, value: T) {
        value.set_second_pin(state);
    }
}

/// Implements [`Branching`] for jumps to a distance, which is a word.
macro_rules! to_target {
    ($($place:ident if $if:literal)*) => {$(
        impl Branching for $place {
            const OPERANDS: &'static [Operand] = &[Operand::Target(0)];
            const IF: bool = $if;

            #[inline(always)]
            unsafe fn go(words: *const u32, at: usize, _: &State) -> Flow {
                // SAFETY: the caller promises the module's invariant: the word is the distance.
                unsafe { target(words, at) }
            }
        }
    )*};
}
to_target! { J if true N if false }

/// Implements [`Branching`] for jumps to the head of the innermost loop, which is in the context:
/// the next iteration then waits for no word of the code.
macro_rules! to_head {
    ($($place:ident if $if:literal)*) => {$(
        impl Branching for $place {
            const OPERANDS: &'static [Operand] = &[Operand::Again];
            const IF: bool = $if;

            #[inline(always)]
            unsafe fn go(_: *const u32, _: usize, state: &State) -> Flow {
                // SAFETY: the caller promises the module's invariant, and so a live context.
                Flow::Jump(unsafe { (*state.context).loop_head })
            }
        }
    )*};
}
to_head! { L if true M if false }
