//! Values as slots hold them: the one place that says how a value of Wasm lies in memory.
//!
//! A slot is 64 bits without a type. Frames, globals, arguments and results of calls are rows of
//! slots; which type is read from where, the validator has proved, so that nobody stores it. Each
//! engine adds to [`Value`] only what its machine has besides: the fast engine registers and
//! immediates. What a reference means in a store is added by the types of the host. Standard:
//! section 4.2, "Runtime Structure", "Values".
//!
//! # What lies where
//!
//! | type | slots | bits |
//! |---|---|---|
//! | `i64` | 1 | the number in two's complement, signed or not |
//! | `i32` | 1 | the same in the lower half |
//! | `f64` | 1 | the bits of IEEE 754 |
//! | `f32` | 1 | the same in the lower half |
//! | references | 1 | a [`Ref`] in the lower half |
//! | `v128` | 2 | bits 0 to 63 in the first slot, bits 64 to 127 in the next one |
//!
//! - **Who reads a 32-bit value takes the lower half, and who writes one leaves the upper half
//!   zero.** Reading so costs nothing where registers have a name for their lower half. Whether the
//!   zeros stay there is up to the engine:
//!   - In the fast engine they do not: a constant is an immediate that is sign-extended for `i32`
//!     and `i64` alike, so that one handler serves both, and a slot is copied as a whole. To restore
//!     zeros would cost an instruction. Nobody may count on them; addresses of 32 bits are `u32`.
//!   - In the compact engine they do: constants are written as values, and results that are
//!     addresses are narrowed. So an address is read as 64 bits without a look at its memory or
//!     table, whichever of both types it has.
//! - **Floats are their bits**, signaling NaNs and payloads included: `to_bits` and `from_bits`
//!   compute nothing.
//! - **A reference is a number, with 0 for null**; what other numbers mean, the store knows. No slot
//!   has ever an address of the host, so that a guest can make none.
//! - **Zeros are the default value of every type that has one** (0, +0.0, null): locals are
//!   initialised without looking at their types.
//! - **A `v128` takes two consecutive slots, the low half first.** Slots stay at 8 bytes, because
//!   16 would double the frames of all functions for the few that compute with vectors, and at an
//!   alignment of 8: a vector begins at any slot and is accessed unaligned. The low half is first
//!   because linear memory has it so: on a machine with the least significant byte first, both slots
//!   are the 16 bytes that `v128.store` writes. The fast engine's translator then gives a local or
//!   an operand the slot that follows from the widths before it, instead of its index.
//! - **In the compact engine a value is one slot**: it runs the module's bytes, in which indices of
//!   locals and heights of branches count values, and nobody is there to count anything else. So a
//!   profile with vectors has slots of 16 bytes, at whose front [`Value::Slots`] stand, and others
//!   keep 8: a [`Slot`] is one of both.
//!
//! Integers of 8 and 16 bits are in no slot: they are types of memory
//! ([`Scalar`](crate::exec::access::Scalar)), which loads extend and stores cut off.

use core::fmt;

use crate::types::{Ref, V128, ValType};
use crate::validate::item::Item;

/// A value that lies in slots; the head of the module says how.
pub trait Value: Copy {
    /// Its slots, one behind the other: `[u64; 1]`, or `[u64; 2]` for 128 bits.
    type Slots: Row;

    /// From its slots.
    fn from_slots(slots: Self::Slots) -> Self;

    /// To its slots.
    fn into_slots(self) -> Self::Slots;

    /// From its only slot.
    #[inline(always)]
    fn from_slot(slot: u64) -> Self
    where
        Self: Value<Slots = [u64; 1]>,
    {
        Self::from_slots([slot])
    }

    /// To its only slot.
    #[inline(always)]
    fn into_slot(self) -> u64
    where
        Self: Value<Slots = [u64; 1]>,
    {
        let [slot] = self.into_slots();
        slot
    }
}

/// Slots one behind the other, a number of them that is known when this is compiled.
#[cfg_attr(
    not(feature = "alloc"),
    allow(dead_code, reason = "the compact engine has values in one slot only")
)]
pub trait Row: Copy + 'static {
    /// How many.
    const LEN: usize;

    /// The first ones of `slots`, and those behind them, if there are enough.
    fn split(slots: &[u64]) -> Option<(&Self, &[u64])>;

    /// The same, to be written.
    fn split_mut(slots: &mut [u64]) -> Option<(&mut Self, &mut [u64])>;

    /// Up to two, with zeros behind them.
    fn into_pair(self) -> [u64; 2];

    /// The first ones of two.
    fn from_pair(pair: [u64; 2]) -> Self;
}

/// Pairs are spelled out because compilers make nothing of that, at any level.
macro_rules! rows {
    ($($len:literal: $own:pat => $into:expr, $pair:pat => $from:expr;)*) => {$(
        impl Row for [u64; $len] {
            const LEN: usize = $len;

            #[inline(always)]
            fn split(slots: &[u64]) -> Option<(&Self, &[u64])> {
                slots.split_first_chunk()
            }

            #[inline(always)]
            fn split_mut(slots: &mut [u64]) -> Option<(&mut Self, &mut [u64])> {
                slots.split_first_chunk_mut()
            }

            #[inline(always)]
            fn into_pair(self) -> [u64; 2] {
                let $own = self;
                $into
            }

            #[inline(always)]
            fn from_pair(pair: [u64; 2]) -> Self {
                let $pair = pair;
                $from
            }
        }
    )*};
}

rows! {
    1: [low] => [low, 0], [low, _] => [low];
    2: pair => pair, pair => pair;
}

/// A slot that is wide enough for any value of a module: `u64`, or `[u64; 2]` if there are vectors.
///
/// Only these two are slots; what a slot holds is the engine's.
pub trait Slot: Item + Default + PartialEq + fmt::Debug + Send + Sync + 'static {
    /// The default of all types: what a list holds before it is used.
    const ZERO: Self;

    /// The slot of a value.
    #[doc(hidden)]
    fn hold<V: Value>(value: V) -> Self;

    /// The value of a slot.
    #[doc(hidden)]
    fn value<V: Value>(self) -> V;
}

/// Of modules without vectors, which the proposals keep away from where slots are of 64 bits.
impl Slot for u64 {
    const ZERO: Self = 0;

    #[inline(always)]
    fn hold<V: Value>(value: V) -> Self {
        let [slot, _] = value.into_slots().into_pair();
        slot
    }

    #[inline(always)]
    fn value<V: Value>(self) -> V {
        V::from_slots(V::Slots::from_pair([self, 0]))
    }
}

impl Slot for [u64; 2] {
    const ZERO: Self = [0; 2];

    #[inline(always)]
    fn hold<V: Value>(value: V) -> Self {
        value.into_slots().into_pair()
    }

    #[inline(always)]
    fn value<V: Value>(self) -> V {
        V::from_slots(V::Slots::from_pair(self))
    }
}

/// How many slots values of these types take in a row.
#[cfg_attr(
    not(feature = "alloc"),
    allow(dead_code, reason = "in the compact engine each value takes one")
)]
pub(crate) fn count(types: &[ValType]) -> usize {
    types.len() + vectors(types)
}

/// How many of these types are those of vectors.
#[cfg_attr(
    not(feature = "alloc"),
    allow(dead_code, reason = "in the compact engine each value takes one slot")
)]
fn vectors(types: &[ValType]) -> usize {
    types.iter().filter(|&&ty| ty == ValType::V128).count()
}

macro_rules! values {
    ($($type:ty, |$slots:pat_param| $from:expr, |$value:ident| $into:expr;)*) => {$(
        impl Value for $type {
            type Slots = [u64; 1];

            #[inline(always)]
            fn from_slots($slots: [u64; 1]) -> Self {
                $from
            }

            #[inline(always)]
            fn into_slots(self) -> [u64; 1] {
                let $value = self;
                [$into]
            }
        }
    )*};
}

values! {
    i32, |[slot]| slot as i32, |value| (value as u32).into();
    u32, |[slot]| slot as u32, |value| value.into();
    i64, |[slot]| slot as i64, |value| value as u64;
    u64, |[slot]| slot, |value| value;
    f32, |[slot]| f32::from_bits(slot as u32), |value| value.to_bits().into();
    f64, |[slot]| f64::from_bits(slot), |value| value.to_bits();
    Ref, |[slot]| Ref(slot as u32), |value| value.0.into();
}

/// Two slots as they are, of a value that is made of them elsewhere.
impl Value for [u64; 2] {
    type Slots = Self;

    #[inline(always)]
    fn from_slots(slots: Self) -> Self {
        slots
    }

    #[inline(always)]
    fn into_slots(self) -> Self {
        self
    }
}

/// Slot by slot, of which compilers make one access where it matters little how many they make.
impl Value for V128 {
    type Slots = [u64; 2];

    #[inline(always)]
    fn from_slots(slots: [u64; 2]) -> Self {
        let mut bytes = [0; 16];
        for (bytes, slot) in bytes.as_chunks_mut().0.iter_mut().zip(slots) {
            *bytes = slot.to_le_bytes();
        }
        Self::from_le_bytes(bytes)
    }

    #[inline(always)]
    fn into_slots(self) -> [u64; 2] {
        let (bytes, mut slots) = (self.to_le_bytes(), [0; 2]);
        for (slot, bytes) in slots.iter_mut().zip(bytes.as_chunks().0) {
            *slot = u64::from_le_bytes(*bytes);
        }
        slots
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes a value behind one slot, and reads it again; what else it has written is seen.
    fn through<V: Value>(value: V) -> V {
        let mut slots = [7; 4];
        let (row, rest) = V::Slots::split_mut(&mut slots[1..]).unwrap();
        *row = value.into_slots();
        assert!(rest.iter().all(|slot| *slot == 7) && rest.len() == 3 - V::Slots::LEN);
        assert_eq!(slots[0], 7);
        V::from_slots(*V::Slots::split(&slots[1..]).unwrap().0)
    }

    #[test]
    fn values_come_back_bit_by_bit() {
        for bits in [
            0,
            1,
            0x7FFF_FFFF,
            0x8000_0000,
            u32::MAX,
            0x7F80_0001,
            0xFFC1_2345,
        ] {
            assert_eq!(through(bits), bits);
            assert_eq!(through(bits as i32), bits as i32);
            assert_eq!(through(f32::from_bits(bits)).to_bits(), bits);
            assert_eq!(through(Ref(bits)), Ref(bits));
            for half in [0, 1, u32::MAX] {
                let bits = u64::from(half) << 32 | u64::from(bits);
                assert_eq!(through(bits), bits);
                assert_eq!(through(bits as i64), bits as i64);
                assert_eq!(through(f64::from_bits(bits)).to_bits(), bits);
                let wide = V128::from(u128::from(bits) << 64 | 5);
                assert_eq!(through(wide), wide);
                assert_eq!(wide.into_slots(), [5, bits]);
            }
        }
    }

    #[test]
    fn upper_halves_are_written_as_zeros_and_read_by_nobody() {
        assert_eq!((-1i32).into_slot(), 0xFFFF_FFFF);
        assert_eq!((-0.0f32).into_slot(), 0x8000_0000);
        let slot = 0xABCD_EF01_8000_0001;
        assert_eq!(i32::from_slot(slot), i32::MIN + 1);
        assert_eq!(u32::from_slot(slot), 0x8000_0001);
        assert_eq!(f32::from_slot(slot).to_bits(), 0x8000_0001);
        assert_eq!(Ref::from_slot(slot), Ref(0x8000_0001));
    }

    #[test]
    fn zeros_are_defaults() {
        assert_eq!(i32::from_slot(0), 0);
        assert_eq!(i64::from_slot(0), 0);
        assert_eq!(f32::from_slot(0).to_bits(), 0);
        assert_eq!(f64::from_slot(0).to_bits(), 0);
        assert!(Ref::from_slot(0).is_null());
        assert_eq!(V128::from_slots([0; 2]), V128::default());
    }

    #[test]
    fn rows_that_are_too_short_are_not_split() {
        assert_eq!(<[u64; 2]>::split(&[1]), None);
        assert_eq!(<[u64; 2]>::split_mut(&mut [1]), None);
        assert_eq!(<[u64; 2]>::split(&[1, 2, 3]), Some((&[1, 2], &[3][..])));
    }
}
