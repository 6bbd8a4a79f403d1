//! Where square roots come from: `std`, the crate `libm`, or nowhere.
//!
//! `core` has no square root, and the standard wants it correctly rounded (section 4.3.3). This is
//! the only file that selects. Without a backend the decoder refuses the rows that need the
//! capability `square_root`, by [`SQUARE_ROOT`], and nothing below is ever called.

/// Whether square roots can be computed.
pub(crate) const SQUARE_ROOT: bool = cfg!(any(feature = "std", feature = "libm"));

/// The square root of an `f32`.
#[inline(always)]
pub(crate) fn sqrt_f32(a: f32) -> f32 {
    #[cfg(feature = "std")]
    return a.sqrt();
    #[cfg(all(feature = "libm", not(feature = "std")))]
    return libm::sqrtf(a);
    #[cfg(not(any(feature = "std", feature = "libm")))]
    return a * f32::NAN;
}

/// The square root of an `f64`.
#[inline(always)]
pub(crate) fn sqrt_f64(a: f64) -> f64 {
    #[cfg(feature = "std")]
    return a.sqrt();
    #[cfg(all(feature = "libm", not(feature = "std")))]
    return libm::sqrt(a);
    #[cfg(not(any(feature = "std", feature = "libm")))]
    return a * f64::NAN;
}
