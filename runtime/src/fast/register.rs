//! Types of the machine: how each lives in accumulators, pinned registers and immediates.
//!
//! How a value lies in slots is said by [`Value`]; this adds what only this engine has. Handlers
//! are generic over [`Register`], so that the type of an operation's operand selects its
//! accumulator and pinned locals at compile time, and the translator notes constants as
//! immediates have them.

use super::state::State;
use super::vector;
use crate::exec::slot::{Row, Value};
use crate::types::{Ref, V128, ValType};

/// A type that slots, an accumulator, pinned registers and an immediate can hold.
pub(crate) trait Register: Value {
    /// The class of registers that hold it.
    const KIND: RegisterClass;
    /// Words of an immediate.
    const IMMEDIATE_WORDS: usize;

    /// Reads it from its slots.
    ///
    /// # Safety
    /// `slots` points at as many slots as it takes.
    #[inline(always)]
    unsafe fn load(slots: *const u64) -> Self {
        // SAFETY: the caller promises as many slots.
        Self::from_slots(unsafe { *slots.cast() })
    }

    /// Writes it to its slots.
    ///
    /// # Safety
    /// `slots` points at as many slots as it takes.
    #[inline(always)]
    unsafe fn store(self, slots: *mut u64) {
        // SAFETY: the caller promises as many slots.
        unsafe { *slots.cast() = self.into_slots() }
    }

    /// From an immediate.
    ///
    /// # Safety
    /// `words` points at [`Self::IMMEDIATE_WORDS`] words of code.
    unsafe fn immediate(words: *const u32) -> Self;

    /// The accumulator of this type's class.
    fn accumulator(state: &State) -> Self;

    /// Sets the accumulator of this type's class.
    fn set_accumulator(self, state: &mut State);

    /// The first pinned register of this type's class.
    fn first_pin(state: &State) -> Self;

    /// Sets the first pinned register of this type's class.
    fn set_first_pin(self, state: &mut State);

    /// The second pinned register of this type's class.
    #[cfg_attr(
        not(feature = "std"),
        allow(dead_code, reason = "the tier may have no such forms")
    )]
    fn second_pin(state: &State) -> Self;

    /// Sets the second pinned register of this type's class.
    #[cfg_attr(
        not(feature = "std"),
        allow(dead_code, reason = "the tier may have no such forms")
    )]
    fn set_second_pin(self, state: &mut State);
}

/// A type whose constants the translator notes.
pub(crate) trait Constant: Register {
    /// A constant's bits as they are noted: its slot, but an `i32` is sign-extended as immediates
    /// are, so that one word is enough for negative numbers of both widths.
    fn constant(self) -> u64;
}

/// The class of registers that can hold a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum RegisterClass {
    /// Integers and references.
    Int,
    /// `f32`.
    F32,
    /// `f64`.
    F64,
    /// `v128`.
    V128,
}

impl RegisterClass {
    /// All of them, in order of their numbers.
    pub(crate) const ALL: [Self; Self::COUNT] = [Self::Int, Self::F32, Self::F64, Self::V128];
    /// How many there are.
    pub(crate) const COUNT: usize = 4;

    /// The slots that a value takes.
    pub(crate) const fn slots(self) -> usize {
        match self {
            Self::Int | Self::F32 | Self::F64 => 1,
            Self::V128 => <V128 as Value>::Slots::LEN,
        }
    }

    /// The class of a type.
    pub(crate) fn of(ty: ValType) -> Self {
        match ty {
            ValType::F32 => Self::F32,
            ValType::F64 => Self::F64,
            ValType::V128 => Self::V128,
            _ => Self::Int,
        }
    }
}

/// Implements the trait: a type's class, its immediate as words, its accumulator and both pinned
/// registers.
macro_rules! registers {
    ($(
        $type:ty: $kind:ident, |[$($word:ident),*]| $immediate:expr, {$($own:tt)*}
        $accumulator:ident $first:ident $second:ident, |$held:ident| $from:expr, |$value:ident| $into:expr;
    )*) => {$(
        impl Register for $type {
            const KIND: RegisterClass = RegisterClass::$kind;
            const IMMEDIATE_WORDS: usize = [$(stringify!($word)),*].len();
            $($own)*

            #[inline(always)]
            unsafe fn immediate(words: *const u32) -> Self {
                // SAFETY: the caller promises as many words of code.
                let [$($word),*] = unsafe { *words.cast::<[u32; Self::IMMEDIATE_WORDS]>() };
                $immediate
            }

            #[inline(always)]
            fn accumulator(state: &State) -> Self {
                let $held = state.$accumulator;
                $from
            }

            #[inline(always)]
            fn set_accumulator(self, state: &mut State) {
                let $value = self;
                state.$accumulator = $into;
            }

            #[inline(always)]
            fn first_pin(state: &State) -> Self {
                let $held = state.$first;
                $from
            }

            #[inline(always)]
            fn set_first_pin(self, state: &mut State) {
                let $value = self;
                state.$first = $into;
            }

            #[inline(always)]
            fn second_pin(state: &State) -> Self {
                let $held = state.$second;
                $from
            }

            #[inline(always)]
            fn set_second_pin(self, state: &mut State) {
                let $value = self;
                state.$second = $into;
            }
        }
    )*};
}

/// Implements [`Constant`]: the bits of a constant.
macro_rules! constants {
    ($($type:ty, |$number:ident| $constant:expr;)*) => {$(
        impl Constant for $type {
            fn constant(self) -> u64 {
                let $number = self;
                $constant
            }
        }
    )*};
}

/// The same for types whose registers hold what a slot holds.
macro_rules! integers {
    ($($type:ty, |$word:ident| $immediate:expr;)*) => {
        registers! {$(
            $type: Int, |[$word]| $immediate, {}
            acc p q, |slot| Self::from_slot(slot), |value| value.into_slot();
        )*}
    };
}

integers! {
    i32, |word| word as i32;
    u32, |word| word;
    i64, |word| i64::from(word as i32);
    u64, |word| i64::from(word as i32) as u64;
    Ref, |word| Ref(word);
}

// An `f32` has an accumulator of its own, and so has a vector. Both are pinned nowhere: `forms.toml`
// lists no form that would ask for it, and locals of these types are not chosen.
registers! {
    f32: F32, |[word]| f32::from_bits(word), {} g g g, |held| held, |value| value;
    f64: F64, |[low, high]| Self::from_slot(u64::from(low) | u64::from(high) << u32::BITS), {}
        f fp fq, |held| held, |value| value;
    V128: V128, |[a, b, c, d]| Self::from_slots([
            u64::from(a) | u64::from(b) << u32::BITS,
            u64::from(c) | u64::from(d) << u32::BITS,
        ]),
        {
            #[inline(always)]
            unsafe fn load(slots: *const u64) -> Self {
                // SAFETY: the caller promises two slots, which are as many bytes.
                unsafe {
                    match BYTES_AS_SLOTS {
                        true => Self::from_le_bytes(*slots.cast()),
                        false => Self::from_slots(*slots.cast()),
                    }
                }
            }

            #[inline(always)]
            unsafe fn store(self, slots: *mut u64) {
                // SAFETY: the caller promises two slots, which are as many bytes.
                unsafe {
                    match BYTES_AS_SLOTS {
                        true => *slots.cast() = self.to_le_bytes(),
                        false => *slots.cast() = self.into_slots(),
                    }
                }
            }
        }
        v v v, |held| vector::held(held), |value| vector::hold(value);
}

/// Whether the bytes of a vector are those of its slots: then they are copied as a whole, of which
/// compilers make one access and see the lanes; of the numbers that slots are they do not.
const BYTES_AS_SLOTS: bool = cfg!(target_endian = "little");

constants! {
    i32, |value| i64::from(value).into_slot();
    i64, |value| value.into_slot();
    f32, |value| value.into_slot();
    f64, |value| value.into_slot();
    Ref, |value| value.into_slot();
}
