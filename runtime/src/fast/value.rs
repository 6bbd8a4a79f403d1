//! Types of the machine: how each lives in slots, accumulators and immediates.
//!
//! A slot is 64 bits; narrower values are zero-extended when written, and truncated when read.
//! Handlers are generic over [`Value`], so that the type of an operation's operand selects its
//! accumulator and pinned locals at compile time.

use super::layout::Pinned;
use super::state::State;
use crate::types::Ref;

/// A type that one slot, one accumulator and one pinned register can hold.
pub(crate) trait Value: Copy {
    /// Words of an immediate.
    const IMMEDIATE_WORDS: usize;
    /// The registers in which locals of this class are pinned.
    const PINNED: Pinned;

    /// From a slot's bits.
    fn from_slot(slot: u64) -> Self;

    /// To a slot's bits.
    fn into_slot(self) -> u64;

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

macro_rules! integer {
    ($type:ty, $narrow:ty, |$word:ident| $immediate:expr) => {
        impl Value for $type {
            const IMMEDIATE_WORDS: usize = 1;
            const PINNED: Pinned = Pinned::new(true, false);

            #[inline(always)]
            fn from_slot(slot: u64) -> Self {
                slot as $narrow as $type
            }

            #[inline(always)]
            fn into_slot(self) -> u64 {
                self as $narrow as u64
            }

            #[inline(always)]
            unsafe fn immediate(words: *const u32) -> Self {
                // SAFETY: the caller promises one word of code.
                let $word = unsafe { *words };
                $immediate
            }

            integer!(@registers);
        }
    };
    (@registers) => {
        #[inline(always)]
        fn accumulator(state: &State) -> Self {
            Self::from_slot(state.acc)
        }

        #[inline(always)]
        fn set_accumulator(self, state: &mut State) {
            state.acc = self.into_slot();
        }

        #[inline(always)]
        fn first_pin(state: &State) -> Self {
            Self::from_slot(state.p)
        }

        #[inline(always)]
        fn set_first_pin(self, state: &mut State) {
            state.p = self.into_slot();
        }

        #[inline(always)]
        fn second_pin(state: &State) -> Self {
            Self::from_slot(state.q)
        }

        #[inline(always)]
        fn set_second_pin(self, state: &mut State) {
            state.q = self.into_slot();
        }
    };
}

integer!(i32, u32, |word| word as i32);
integer!(u32, u32, |word| word);
integer!(i64, u64, |word| i64::from(word as i32));
integer!(u64, u64, |word| i64::from(word as i32) as u64);

impl Value for Ref {
    const IMMEDIATE_WORDS: usize = 1;
    const PINNED: Pinned = Pinned::new(true, false);

    #[inline(always)]
    fn from_slot(slot: u64) -> Self {
        Ref(slot as u32)
    }

    #[inline(always)]
    fn into_slot(self) -> u64 {
        u64::from(self.0)
    }

    #[inline(always)]
    unsafe fn immediate(words: *const u32) -> Self {
        // SAFETY: the caller promises one word of code.
        Ref(unsafe { *words })
    }

    integer!(@registers);
}

impl Value for f64 {
    const IMMEDIATE_WORDS: usize = 2;
    const PINNED: Pinned = Pinned::new(false, true);

    #[inline(always)]
    fn from_slot(slot: u64) -> Self {
        f64::from_bits(slot)
    }

    #[inline(always)]
    fn into_slot(self) -> u64 {
        self.to_bits()
    }

    #[inline(always)]
    unsafe fn immediate(words: *const u32) -> Self {
        // SAFETY: the caller promises two words of code.
        let (low, high) = unsafe { (*words, *words.add(1)) };
        f64::from_bits(u64::from(low) | u64::from(high) << 32)
    }

    #[inline(always)]
    fn accumulator(state: &State) -> Self {
        state.f
    }

    #[inline(always)]
    fn set_accumulator(self, state: &mut State) {
        state.f = self;
    }

    #[inline(always)]
    fn first_pin(state: &State) -> Self {
        state.fp
    }

    #[inline(always)]
    fn set_first_pin(self, state: &mut State) {
        state.fp = self;
    }

    #[inline(always)]
    fn second_pin(state: &State) -> Self {
        state.fq
    }

    #[inline(always)]
    fn set_second_pin(self, state: &mut State) {
        state.fq = self;
    }
}

/// An `f32` has an accumulator of its own, and is pinned nowhere: `forms.toml` lists no form
/// that would ask for it, and locals of this type are not chosen.
impl Value for f32 {
    const IMMEDIATE_WORDS: usize = 1;
    const PINNED: Pinned = Pinned::NONE;

    #[inline(always)]
    fn from_slot(slot: u64) -> Self {
        f32::from_bits(slot as u32)
    }

    #[inline(always)]
    fn into_slot(self) -> u64 {
        u64::from(self.to_bits())
    }

    #[inline(always)]
    unsafe fn immediate(words: *const u32) -> Self {
        // SAFETY: the caller promises one word of code.
        f32::from_bits(unsafe { *words })
    }

    #[inline(always)]
    fn accumulator(state: &State) -> Self {
        state.g
    }

    #[inline(always)]
    fn set_accumulator(self, state: &mut State) {
        state.g = self;
    }

    #[inline(always)]
    fn first_pin(state: &State) -> Self {
        state.g
    }

    #[inline(always)]
    fn set_first_pin(self, state: &mut State) {
        state.g = self;
    }

    #[inline(always)]
    fn second_pin(state: &State) -> Self {
        state.g
    }

    #[inline(always)]
    fn set_second_pin(self, state: &mut State) {
        state.g = self;
    }
}
