//! A vector as the machine's register holds it.
//!
//! A handler passes its accumulators on as arguments, and only some types of the compiler travel in a
//! register of the processor for vectors: there a [`Vector`] is such a type, elsewhere a number in two
//! registers for integers. What it holds are the sixteen bytes of a [`V128`], in their order.

use crate::types::V128;

/// The register.
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
pub(crate) type Vector = core::arch::x86_64::__m128i;
/// The register.
#[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
pub(crate) type Vector = core::arch::aarch64::uint8x16_t;
/// The register.
#[cfg(not(any(
    all(target_arch = "x86_64", target_feature = "sse2"),
    all(target_arch = "aarch64", target_feature = "neon")
)))]
pub(crate) type Vector = u128;

/// As the register holds it.
#[inline(always)]
pub(crate) const fn hold(vector: V128) -> Vector {
    // SAFETY: both are sixteen bytes, and each of the registers may hold any.
    unsafe { core::mem::transmute::<V128, Vector>(vector) }
}

/// What the register holds.
#[inline(always)]
pub(crate) const fn held(vector: Vector) -> V128 {
    // SAFETY: both are sixteen bytes, and a vector may have any.
    unsafe { core::mem::transmute::<Vector, V128>(vector) }
}
