//! Instructions as types: an operation and the places of its operands and result.
//!
//! Operand words stand in the order operands, immediates, destination or target. Targets are
//! [distances](super::distance) from the instruction they belong to; those of a table count as if operand
//! words began at their own.

use core::hint::select_unpredictable;
use core::marker::PhantomData;

use super::distance;
use super::layout::{Layout, Operand, Pinned, words};
use super::memory::Memory;
use super::operation::{self, Immediate, Truth};
use super::place::{Branching, Destination, P, Q, S, Source};
use super::register::Register;
use super::state::{Flow, State};
use crate::spec::Trap;

/// What a handler does.
pub(crate) trait Instruction {
    /// Its operand words.
    const LAYOUT: Layout;

    /// How many they are; of a table of targets only the count.
    #[inline(always)]
    fn words() -> usize {
        const { Self::LAYOUT.words() }
    }

    /// Runs it.
    ///
    /// # Safety
    /// `words` points at the operand words that the translator wrote for this very type; the
    /// state is that of a live run.
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow;
}

/// Where a taken branch goes.
///
/// # Safety
/// `words.add(at)` holds the distance to an instruction.
#[inline(always)]
pub(crate) unsafe fn target(words: *const u32, at: usize) -> Flow {
    // SAFETY: the caller promises that the word is there; what it leads to is an instruction of the
    // same code.
    Flow::Jump(unsafe { distance::follow(words, *words.add(at)) })
}

/// Unwraps a result, or leaves the instruction with the trap.
macro_rules! attempt {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(trap) => return Flow::Trap(trap),
        }
    };
}
pub(crate) use attempt;

/// Declares instructions without parameters.
macro_rules! instructions {
    ($($(#[$doc:meta])* $name:ident [$($operand:expr),*; $ending:expr] |$w:ident, $s:ident| $body:block)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name;
        impl Instruction for $name {
            const LAYOUT: Layout = Layout::NONE.all(&[$($operand),*]).ending($ending);

            #[inline(always)]
            #[allow(unused_unsafe, reason = "some of them only say where to go on")]
            unsafe fn execute($w: *const u32, $s: &mut State) -> Flow {
                // SAFETY: `Instruction::execute` requires the words of this very type and a live
                // state: indices, cells, counters and targets in them are the validator's and the
                // translator's, slots lie in the frame, and the context is there.
                unsafe { $body }
            }
        }
    )*};
}
pub(crate) use instructions;

/// An operation on one operand.
pub(crate) struct Unary<O, A, D>(PhantomData<(O, A, D)>);
/// An operation on two operands.
pub(crate) struct Binary<O, L, R, D>(PhantomData<(O, L, R, D)>);
/// An operation on three operands.
pub(crate) struct Ternary<O, A, B, C, D>(PhantomData<(O, A, B, C, D)>);
/// A branch by a test of one operand.
pub(crate) struct Test<O, A, B>(PhantomData<(O, A, B)>);
/// A branch by a comparison.
pub(crate) struct Branch<O, L, R, B>(PhantomData<(O, L, R, B)>);
/// A load from memory `M`.
pub(crate) struct Load<O, M, A, D>(PhantomData<(O, M, A, D)>);
/// A load of a lane from memory `M`.
pub(crate) struct LoadLane<O, M, A, B, D>(PhantomData<(O, M, A, B, D)>);
/// A store to memory `M`.
pub(crate) struct Store<O, M, A, B>(PhantomData<(O, M, A, B)>);
/// A copy of a value of type `T`.
pub(crate) struct Move<T, A, D>(PhantomData<(T, A, D)>);
/// A 64-bit constant in two words.
pub(crate) struct Long<D>(PhantomData<D>);
/// One of two values, by a condition.
pub(crate) struct Select<T, A, B, C, D>(PhantomData<(T, A, B, C, D)>);
/// Reads a global.
pub(crate) struct GlobalGet<T, D>(PhantomData<(T, D)>);
/// Writes a global.
pub(crate) struct GlobalSet<T, A>(PhantomData<(T, A)>);
/// Gives the registers of pinned locals to others: where `q` and `p` go to, where the new `p` and `q`
/// come from.
pub(crate) struct Repin<T>(PhantomData<T>);
/// Two instructions, the second right behind the first, in one.
pub(crate) struct Seq<X, Y>(PhantomData<(X, Y)>);

impl<O: operation::Unary, A: Source, D: Destination> Instruction for Unary<O, A, D> {
    const LAYOUT: Layout = Layout::NONE
        .value::<O::A>(A::SITE)
        .all(O::I::OPERANDS)
        .value::<O::R>(D::SITE);

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type, operand, immediate and destination
        // in this order, and a live state.
        unsafe {
            let value = A::read(words, state);
            let words = words.add(A::words::<O::A>());
            let result = attempt!(O::apply(value, O::I::read(words)));
            D::write(words.add(immediates::<O::I>()), state, result);
        }
        Flow::Next
    }
}

impl<O: operation::Binary, L: Source, R: Source, D: Destination> Instruction
    for Binary<O, L, R, D>
{
    const LAYOUT: Layout = Layout::NONE
        .value::<O::A>(L::SITE)
        .value::<O::B>(R::SITE)
        .all(O::I::OPERANDS)
        .value::<O::R>(D::SITE);

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type, two operands and a destination
        // in this order, and a live state.
        unsafe {
            let result = attempt!(apply::<O, L, R>(words, state));
            D::write(words.add(operands::<O, L, R>()), state, result);
        }
        Flow::Next
    }
}

/// Words of an immediate.
#[inline(always)]
fn immediates<I: Immediate>() -> usize {
    const { words(I::OPERANDS) }
}

/// Words of the two operands of an operation, and of its immediate.
#[inline(always)]
fn operands<O: operation::Binary, L: Source, R: Source>() -> usize {
    L::words::<O::A>() + R::words::<O::B>() + immediates::<O::I>()
}

/// Reads the two operands of an operation and applies it.
///
/// # Safety
/// As for [`Instruction::execute`].
#[inline(always)]
unsafe fn apply<O: operation::Binary, L: Source, R: Source>(
    words: *const u32,
    state: &State,
) -> Result<O::R, Trap> {
    // SAFETY: the caller promises the words of this operation's two operands and of its immediate,
    // and a live state.
    unsafe {
        let first = L::read(words, state);
        let words = words.add(L::words::<O::A>());
        let second = R::read(words, state);
        O::apply(first, second, O::I::read(words.add(R::words::<O::B>())))
    }
}

impl<O: operation::Binary<R: Truth, I = ()>, L: Source, R: Source, B: Branching> Instruction
    for Branch<O, L, R, B>
{
    const LAYOUT: Layout = Layout::NONE
        .value::<O::A>(L::SITE)
        .value::<O::B>(R::SITE)
        .all(B::OPERANDS);

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type, two operands and a target in
        // this order, and a live state.
        unsafe {
            let holds = attempt!(apply::<O, L, R>(words, state)).holds();
            if holds == B::IF {
                B::go(words, operands::<O, L, R>(), state)
            } else {
                Flow::Next
            }
        }
    }
}

impl<O: operation::Unary<R: Truth, I = ()>, A: Source, B: Branching> Instruction for Test<O, A, B> {
    const LAYOUT: Layout = Layout::NONE.value::<O::A>(A::SITE).all(B::OPERANDS);

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type, operand and target in this
        // order, and a live state.
        unsafe {
            let holds = attempt!(O::apply(A::read(words, state), ())).holds();
            if holds == B::IF {
                B::go(words, A::words::<O::A>(), state)
            } else {
                Flow::Next
            }
        }
    }
}

impl<O: operation::Load, M: Memory, A: Source, D: Destination> Instruction for Load<O, M, A, D> {
    const LAYOUT: Layout = Layout::NONE
        .value::<M::Address>(A::SITE)
        .all(M::OPERANDS)
        .value::<O::R>(D::SITE);

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type, address, memory and destination
        // in this order, and a live state.
        unsafe {
            let at = A::read(words, state);
            let words = words.add(A::words::<M::Address>());
            let result = attempt!(O::apply(M::view(words, state), at));
            D::write(words.add(M::WORDS), state, result);
        }
        Flow::Next
    }
}

impl<O: operation::Store, M: Memory, A: Source, B: Source> Instruction for Store<O, M, A, B> {
    const LAYOUT: Layout = Layout::NONE
        .value::<M::Address>(A::SITE)
        .value::<O::B>(B::SITE)
        .all(M::OPERANDS)
        .all(O::I::OPERANDS);

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type, address, value, memory and
        // immediate in this order, and a live state.
        unsafe {
            let at = A::read(words, state);
            let words = words.add(A::words::<M::Address>());
            let value = B::read(words, state);
            let words = words.add(B::words::<O::B>());
            let immediate = O::I::read(words.add(M::WORDS));
            attempt!(O::apply(M::view(words, state), at, value, immediate));
        }
        Flow::Next
    }
}

impl<O: operation::LoadLane, M: Memory, A: Source, B: Source, D: Destination> Instruction
    for LoadLane<O, M, A, B, D>
{
    const LAYOUT: Layout = Layout::NONE
        .value::<M::Address>(A::SITE)
        .value::<O::B>(B::SITE)
        .all(M::OPERANDS)
        .all(O::I::OPERANDS)
        .value::<O::R>(D::SITE);

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type, address, value, memory, immediate
        // and destination in this order, and a live state.
        unsafe {
            let at = A::read(words, state);
            let words = words.add(A::words::<M::Address>());
            let value = B::read(words, state);
            let words = words.add(B::words::<O::B>());
            let memory = M::view(words, state);
            let words = words.add(M::WORDS);
            let result = attempt!(O::apply(memory, at, value, O::I::read(words)));
            D::write(words.add(immediates::<O::I>()), state, result);
        }
        Flow::Next
    }
}

impl<O: operation::Ternary, A: Source, B: Source, C: Source, D: Destination> Instruction
    for Ternary<O, A, B, C, D>
{
    const LAYOUT: Layout = Layout::NONE
        .value::<O::A>(A::SITE)
        .value::<O::B>(B::SITE)
        .value::<O::C>(C::SITE)
        .value::<O::R>(D::SITE);

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type, three operands and a destination
        // in this order, and a live state.
        unsafe {
            let first = A::read(words, state);
            let words = words.add(A::words::<O::A>());
            let second = B::read(words, state);
            let words = words.add(B::words::<O::B>());
            let third = C::read(words, state);
            let result = attempt!(O::apply(first, second, third));
            D::write(words.add(C::words::<O::C>()), state, result);
        }
        Flow::Next
    }
}

impl<T: Register, A: Source, D: Destination> Instruction for Move<T, A, D> {
    const LAYOUT: Layout = Layout::NONE.value::<T>(A::SITE).value::<T>(D::SITE);

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type, operand and destination in this
        // order, and a live state.
        unsafe {
            let value: T = A::read(words, state);
            D::write(words.add(A::words::<T>()), state, value);
        }
        Flow::Next
    }
}

impl<D: Destination> Instruction for Long<D> {
    const LAYOUT: Layout = Layout::NONE.with(Operand::Long).value::<u64>(D::SITE);

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type, the two of a constant and a
        // destination, and a live state.
        unsafe { D::write(words.add(2), state, crate::module::code::long(words)) }
        Flow::Next
    }
}

impl<T: Register, A: Source, B: Source, C: Source, D: Destination> Instruction
    for Select<T, A, B, C, D>
{
    const LAYOUT: Layout = Layout::NONE
        .value::<T>(A::SITE)
        .value::<T>(B::SITE)
        .value::<i32>(C::SITE)
        .value::<T>(D::SITE);

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type, three operands and a destination
        // in this order, and a live state.
        unsafe {
            let first: T = A::read_anyway(words, state);
            let words = words.add(A::words::<T>());
            let second: T = B::read_anyway(words, state);
            let words = words.add(B::words::<T>());
            let condition: i32 = C::read(words, state);
            let value = select_unpredictable(condition.holds(), first, second);
            D::write(words.add(C::words::<i32>()), state, value);
        }
        Flow::Next
    }
}

impl<T: Register> Instruction for Repin<T> {
    const LAYOUT: Layout = Layout::NONE
        .all(&[Operand::Local; 4])
        .pins(Pinned::of(T::KIND));

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type and a live state: each is the number
        // of a slot of the frame, by the translator.
        unsafe {
            let (p, q): (T, T) = (P::read(words, state), Q::read(words, state));
            S::write(words, state, q);
            S::write(words.add(1), state, p);
            let (p, q): (T, T) = (S::read(words.add(2), state), S::read(words.add(3), state));
            P::write(words, state, p);
            Q::write(words, state, q);
        }
        Flow::Next
    }
}

impl<T: Register, D: Destination> Instruction for GlobalGet<T, D> {
    const LAYOUT: Layout = Layout::NONE.with(Operand::Global).value::<T>(D::SITE);

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type and a live state. The validator
        // compared the index with the number of globals of the running instance, whose addresses
        // the context has; nobody else uses a global while the guest runs. It has two slots, and no
        // value has more.
        unsafe {
            let global = *(*state.context).globals.add(*words as usize);
            let value = T::load((&raw const (*global.as_ptr()).value).cast());
            D::write(words.add(1), state, value);
        }
        Flow::Next
    }
}

impl<T: Register, A: Source> Instruction for GlobalSet<T, A> {
    const LAYOUT: Layout = Layout::NONE.value::<T>(A::SITE).with(Operand::Global);

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type and a live state. The validator
        // compared the index with the number of globals of the running instance, whose addresses
        // the context has; nobody else uses a global while the guest runs. It has two slots, and no
        // value has more.
        unsafe {
            let value: T = A::read(words, state);
            let index = *words.add(A::words::<T>()) as usize;
            let global = *(*state.context).globals.add(index);
            value.store((&raw mut (*global.as_ptr()).value).cast());
        }
        Flow::Next
    }
}

/// The second may do anything that leads back to no word of it. Where a run can stop in it and go on
/// there later, the first does the same when it runs again.
impl<X: Instruction, Y: Instruction> Instruction for Seq<X, Y> {
    const LAYOUT: Layout = X::LAYOUT.then(Y::LAYOUT);

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the caller promises the words of this very type, which are those of both in a
        // row, and a live state, which the first leaves live when it goes on at the next.
        unsafe {
            match X::execute(words, state) {
                Flow::Next => {
                    let words = words.add(X::words());
                    match Y::execute(words, state) {
                        Flow::Trap(trap) => Flow::TrapIn(trap, words),
                        Flow::Exit(exit) => Flow::ExitIn(exit, words),
                        other => other,
                    }
                }
                other => other,
            }
        }
    }
}
