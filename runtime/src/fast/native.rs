//! What processors do with vectors that compilers do not find in portable code.
//!
//! A row's function of lanes becomes vector instructions by itself, but for a few: bytes that move to
//! any place, and a bit of each lane. Where the processor has an instruction for that, the translator
//! takes one of these operations in place of the row's own (`Operation::on`); elsewhere the
//! portable one runs. A test compares both. Some processors of an architecture have the instruction
//! and others do not, so that the processor is asked, once.
//!
//! Invariant: an operation that needs [`Native::byte_shuffle`] is in code only if the processor has
//! said that it has it.

use core::sync::atomic::{AtomicU8, Ordering};

use super::operation::{Binary, Unary};
use super::vector::{Vector, held, hold};
use crate::spec::Trap;
use crate::types::V128;

/// What the processor can do.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Native {
    /// Bytes of a register move to places that another register says.
    byte_shuffle: bool,
    /// A bit of each lane goes to a number.
    bitmask: bool,
}

impl Native {
    /// That of the processor that this runs on.
    pub(crate) fn detect() -> Self {
        const UNKNOWN: u8 = 0;
        const ABSENT: u8 = 1;
        const PRESENT: u8 = 2;
        // To ask takes long where a machine is simulated; whoever comes at the same time asks again.
        static BYTE_SHUFFLE: AtomicU8 = AtomicU8::new(UNKNOWN);
        let byte_shuffle = match BYTE_SHUFFLE.load(Ordering::Relaxed) {
            UNKNOWN => {
                let has = processor::has_byte_shuffle();
                BYTE_SHUFFLE.store(if has { PRESENT } else { ABSENT }, Ordering::Relaxed);
                has
            }
            known => known == PRESENT,
        };
        Self {
            byte_shuffle,
            bitmask: processor::HAS_BITMASK,
        }
    }

    /// Whether bytes of a register move to places that another register says.
    #[inline]
    pub(crate) fn byte_shuffle(self) -> bool {
        self.byte_shuffle
    }

    /// Whether a bit of each lane goes to a number.
    #[inline]
    pub(crate) fn bitmask(self) -> bool {
        self.bitmask
    }
}

/// As `i8x16.swizzle`.
pub(crate) struct NativeSwizzle;

impl Binary for NativeSwizzle {
    type A = V128;
    type B = V128;
    type I = ();
    type R = V128;

    #[inline(always)]
    fn apply(a: V128, b: V128, (): ()) -> Result<V128, Trap> {
        Ok(held(processor::swizzle(hold(a), hold(b))))
    }
}

/// As `i8x16.shuffle`.
pub(crate) struct NativeShuffle;

impl Binary for NativeShuffle {
    type A = V128;
    type B = V128;
    type I = [u8; 16];
    type R = V128;

    #[inline(always)]
    fn apply(a: V128, b: V128, lanes: [u8; 16]) -> Result<V128, Trap> {
        let lanes = hold(V128::from_le_bytes(lanes));
        Ok(held(processor::shuffle(hold(a), hold(b), lanes)))
    }
}

macro_rules! bitmasks {
    ($($(#[$doc:meta])* $name:ident = $function:ident;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl Unary for $name {
            type A = V128;
            type I = ();
            type R = i32;

            #[inline(always)]
            fn apply(a: V128, (): ()) -> Result<i32, Trap> {
                Ok(processor::$function(hold(a)))
            }
        }
    )*};
}

bitmasks! {
    /// As `i8x16.bitmask`.
    NativeBitmask8 = bitmask_8;
    /// As `i16x8.bitmask`.
    NativeBitmask16 = bitmask_16;
    /// As `i32x4.bitmask`.
    NativeBitmask32 = bitmask_32;
    /// As `i64x2.bitmask`.
    NativeBitmask64 = bitmask_64;
}

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
mod processor {
    use core::arch::asm;
    use core::arch::x86_64::*;

    use super::Vector;

    /// Every processor of the architecture has it.
    pub(super) const HAS_BITMASK: bool = true;

    /// SSSE3: bit 9 of what `cpuid` says of features.
    pub(super) fn has_byte_shuffle() -> bool {
        const SSSE3: u32 = 1 << 9;
        #[allow(unused_unsafe, reason = "some compilers take it to be safe")]
        // SAFETY: every processor of the architecture has the instruction, and leaf 1.
        let features = unsafe { __cpuid(1) };
        features.ecx & SSSE3 != 0
    }

    /// Bytes of `bytes` at the places that `places` says; zero where the highest bit is set.
    #[inline(always)]
    fn pshufb(mut bytes: Vector, places: Vector) -> Vector {
        // SAFETY: the instruction changes nothing but its first register. The processor has it, by
        // the module's invariant. As an intrinsic it could not be part of a handler, which is
        // compiled for all processors.
        unsafe {
            asm!(
                "pshufb {bytes}, {places}",
                bytes = inout(xmm_reg) bytes,
                places = in(xmm_reg) places,
                options(pure, nomem, nostack, preserves_flags)
            );
        }
        bytes
    }

    /// Sets the highest bit of places from 16 on and leaves the others' lower four bits alone.
    #[inline(always)]
    fn beyond(places: Vector) -> Vector {
        // SAFETY: the build has SSE2, or this module would not be there.
        unsafe { _mm_adds_epu8(places, _mm_set1_epi8(i8::MAX - 15)) }
    }

    #[inline(always)]
    pub(super) fn swizzle(a: Vector, places: Vector) -> Vector {
        pshufb(a, beyond(places))
    }

    #[inline(always)]
    pub(super) fn shuffle(a: Vector, b: Vector, lanes: Vector) -> Vector {
        // SAFETY: the build has SSE2, or this module would not be there.
        unsafe {
            let of_second = _mm_sub_epi8(lanes, _mm_set1_epi8(16));
            _mm_or_si128(pshufb(a, beyond(lanes)), pshufb(b, of_second))
        }
    }

    #[inline(always)]
    pub(super) fn bitmask_8(a: Vector) -> i32 {
        // SAFETY: the build has SSE2, or this module would not be there.
        unsafe { _mm_movemask_epi8(a) }
    }

    #[inline(always)]
    pub(super) fn bitmask_16(a: Vector) -> i32 {
        // SAFETY: the build has SSE2, or this module would not be there. Narrowing keeps signs.
        unsafe { _mm_movemask_epi8(_mm_packs_epi16(a, _mm_setzero_si128())) }
    }

    #[inline(always)]
    pub(super) fn bitmask_32(a: Vector) -> i32 {
        // SAFETY: the build has SSE2, or this module would not be there.
        unsafe { _mm_movemask_ps(_mm_castsi128_ps(a)) }
    }

    #[inline(always)]
    pub(super) fn bitmask_64(a: Vector) -> i32 {
        // SAFETY: the build has SSE2, or this module would not be there.
        unsafe { _mm_movemask_pd(_mm_castsi128_pd(a)) }
    }
}

#[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
mod processor {
    use core::arch::aarch64::*;

    use super::Vector;
    use super::portable;
    pub(super) use portable::{bitmask_8, bitmask_16, bitmask_32, bitmask_64};

    /// It has no such instruction.
    pub(super) const HAS_BITMASK: bool = false;

    /// Every processor of the architecture has it.
    pub(super) fn has_byte_shuffle() -> bool {
        true
    }

    #[inline(always)]
    pub(super) fn swizzle(a: Vector, places: Vector) -> Vector {
        // SAFETY: the build has NEON, or this module would not be there.
        unsafe { vqtbl1q_u8(a, places) }
    }

    #[inline(always)]
    pub(super) fn shuffle(a: Vector, b: Vector, lanes: Vector) -> Vector {
        // SAFETY: the build has NEON, or this module would not be there.
        unsafe { vqtbl2q_u8(uint8x16x2_t(a, b), lanes) }
    }
}

#[cfg(not(any(
    all(target_arch = "x86_64", target_feature = "sse2"),
    all(target_arch = "aarch64", target_feature = "neon")
)))]
mod processor {
    pub(super) use super::portable::*;

    /// It has no such instruction.
    pub(super) const HAS_BITMASK: bool = false;

    /// It has no such instruction.
    pub(super) fn has_byte_shuffle() -> bool {
        false
    }
}

/// Where there is no instruction: the same as the rows do.
#[cfg_attr(
    all(target_arch = "x86_64", target_feature = "sse2"),
    allow(dead_code, reason = "the processor has instructions for all")
)]
#[cfg_attr(
    all(target_arch = "aarch64", target_feature = "neon"),
    allow(dead_code, reason = "the processor has instructions for some")
)]
mod portable {
    use super::{Vector, held, hold};
    use crate::num::simd;

    pub(super) fn swizzle(a: Vector, b: Vector) -> Vector {
        hold(simd::swizzle(held(a), held(b)))
    }

    pub(super) fn shuffle(a: Vector, b: Vector, lanes: Vector) -> Vector {
        let lanes = held(lanes).to_le_bytes();
        hold(simd::shuffle(held(a), held(b), lanes))
    }

    pub(super) fn bitmask_8(a: Vector) -> i32 {
        simd::bitmask::<16>(held(a))
    }

    pub(super) fn bitmask_16(a: Vector) -> i32 {
        simd::bitmask::<8>(held(a))
    }

    pub(super) fn bitmask_32(a: Vector) -> i32 {
        simd::bitmask::<4>(held(a))
    }

    pub(super) fn bitmask_64(a: Vector) -> i32 {
        simd::bitmask::<2>(held(a))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers without a pattern (xorshift64*), as vectors.
    fn vectors(count: usize) -> impl Iterator<Item = V128> {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut next = move || {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            u128::from(state.wrapping_mul(0x2545_F491_4F6C_DD1D))
        };
        (0..count).map(move |_| V128::from(next() << 64 | next()))
    }

    #[test]
    fn the_processor_gives_what_portable_code_gives() {
        let native = Native::detect();
        let mut last = V128::default();
        for a in vectors(20_000) {
            let (x, y) = (hold(a), hold(last));
            if native.byte_shuffle {
                let near = V128::from(a.as_u128() & 0x1F1F_1F1F_1F1F_1F1F_1F1F_1F1F_1F1F_1F1F);
                for places in [a, near] {
                    let places = hold(places);
                    let (found, wanted) =
                        (processor::swizzle(y, places), portable::swizzle(y, places));
                    assert_eq!(held(found), held(wanted), "{last:?} {a:?}");
                }
                let lanes = hold(near);
                let (found, wanted) = (
                    processor::shuffle(y, x, lanes),
                    portable::shuffle(y, x, lanes),
                );
                assert_eq!(held(found), held(wanted), "{last:?} {a:?}");
            }
            assert_eq!(processor::bitmask_8(x), portable::bitmask_8(x), "{a:?}");
            assert_eq!(processor::bitmask_16(x), portable::bitmask_16(x), "{a:?}");
            assert_eq!(processor::bitmask_32(x), portable::bitmask_32(x), "{a:?}");
            assert_eq!(processor::bitmask_64(x), portable::bitmask_64(x), "{a:?}");
            last = a;
        }
    }
}
