//! NaNs made canonical, for profiles that are deterministic.
//!
//! An arm passes the result of a row through one of these if the row's cell `nans` says that it may be
//! a NaN of any payload. In other profiles that is nothing. Standard: appendix, "Profiles".

use crate::exec::slot::Value;
use crate::num::float::Float;
use crate::num::simd::Lane;
use crate::num::{float, simd};
use crate::profile::Profile;
use crate::types::V128;

macro_rules! canonical {
    ($($(#[$doc:meta])* $name:ident: $ty:ty = |$value:ident| $canonical:expr;)*) => {$(
        $(#[$doc])*
        #[inline(always)]
        pub(crate) fn $name<P: Profile>($value: $ty) -> $ty {
            if P::DETERMINISTIC { $canonical } else { $value }
        }
    )*};
}

canonical! {
    /// Of an `f32`.
    canonical_f32: f32 = |value| float::canonical(value);
    /// Of an `f64`.
    canonical_f64: f64 = |value| float::canonical(value);
    /// Of four `f32`, in the slots of their vector.
    canonical_f32x4: [u64; 2] = |value| lanes::<f32, 4>(value);
    /// Of two `f64`.
    canonical_f64x2: [u64; 2] = |value| lanes::<f64, 2>(value);
}

#[inline(never)]
fn lanes<F: Float + Lane<N>, const N: usize>(slots: [u64; 2]) -> [u64; 2] {
    simd::map::<F, N>(V128::from_slots(slots), float::canonical).into_slots()
}
