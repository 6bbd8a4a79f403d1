//! Values as slots hold them: 64 bits without a type.
//!
//! Both engines keep values so, and hand-written functions get them typed. Whoever writes a
//! narrower value leaves the upper bits zero, and whoever reads one ignores them, so that a slot
//! never has to be prepared for the type that is read. Floats keep their bits, NaNs included.

use crate::types::Ref;

/// A value that a slot holds. Numbers of 32 bits leave the upper bits zero.
pub(crate) trait Value: Copy {
    /// From a slot's bits.
    fn from_bits(bits: u64) -> Self;

    /// To a slot's bits.
    fn into_bits(self) -> u64;
}

macro_rules! values {
    ($($ty:ty, |$bits:ident| $from:expr, |$value:ident| $into:expr;)*) => {$(
        impl Value for $ty {
            #[inline(always)]
            fn from_bits($bits: u64) -> Self {
                $from
            }

            #[inline(always)]
            fn into_bits(self) -> u64 {
                let $value = self;
                $into
            }
        }
    )*};
}

values! {
    i32, |bits| bits as i32, |value| (value as u32).into();
    i64, |bits| bits as i64, |value| value as u64;
    u64, |bits| bits, |value| value;
    f32, |bits| f32::from_bits(bits as u32), |value| value.to_bits().into();
    f64, |bits| f64::from_bits(bits), |value| value.to_bits();
    Ref, |bits| Ref(bits as u32), |value| value.0.into();
}
