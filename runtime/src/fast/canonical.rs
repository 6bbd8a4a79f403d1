//! NaNs made canonical, for the deterministic profile.
//!
//! Which NaN an operation gives, the standard leaves open; in its deterministic profile it is the
//! positive canonical one. The translator lays one of these operations down behind each row whose
//! cell `nans` says so, if the engine is to be deterministic, and otherwise none. Standard: appendix,
//! "Profiles", and section 4.3.3, "Floating-Point Operations", "NaN Propagation".

use super::operation::Unary;
use crate::num::{float, simd};
use crate::spec::Trap;
use crate::types::V128;

macro_rules! canonical {
    ($($(#[$doc:meta])* $name:ident: $ty:ty = |$value:ident| $canonical:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl Unary for $name {
            type A = $ty;
            type I = ();
            type R = $ty;

            #[inline(always)]
            fn apply($value: $ty, (): ()) -> Result<$ty, Trap> {
                Ok($canonical)
            }
        }
    )*};
}

canonical! {
    /// Of an `f32`.
    CanonicalF32: f32 = |value| float::canonical(value);
    /// Of an `f64`.
    CanonicalF64: f64 = |value| float::canonical(value);
    /// Of four `f32`.
    CanonicalF32x4: V128 = |value| simd::map::<f32, 4>(value, float::canonical);
    /// Of two `f64`.
    CanonicalF64x2: V128 = |value| simd::map::<f64, 2>(value, float::canonical);
}
