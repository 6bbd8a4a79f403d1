//! The types of lanes, and what a lane of one type is in another.
//!
//! Lanes become bytes in the order of linear memory on every machine. They are copied in pieces as
//! long as a lane, for which compilers need no instruction; byte by byte they would need several.
//! Standard: section 4.2.1, "Values", and section 4.3, "Numerics", "Conversions".

use core::ops::{BitAnd, BitOr, Not};

use super::super::float;
use crate::types::V128;

/// What a vector has `N` of.
pub(crate) trait Lane<const N: usize>: Copy + Default + PartialOrd {
    /// The unsigned integer of the same size.
    type Mask: Lane<N>
        + BitAnd<Output = Self::Mask>
        + BitOr<Output = Self::Mask>
        + Not<Output = Self::Mask>;

    /// The lanes of a vector.
    fn split(vector: V128) -> [Self; N];

    /// The vector that has these lanes.
    fn join(lanes: [Self; N]) -> V128;

    /// All bits if something is true, and none if not.
    fn mask(truth: bool) -> Self::Mask;
}

/// Is another type by `as`: integers keep their value or their low bits, floats are rounded, and
/// become the nearest integer towards zero; a NaN gives 0.
pub(crate) trait To<T>: Copy {
    /// As the other type.
    fn to(self) -> T;
}

/// Has a nearest value in a narrower type.
pub(crate) trait Narrow<T>: Copy {
    /// The nearest value.
    fn narrow(self) -> T;
}

macro_rules! lanes {
    ($($count:literal $mask:ty: $($type:ty)*;)*) => {$($(
        impl Lane<$count> for $type {
            type Mask = $mask;

            #[inline(always)]
            fn split(vector: V128) -> [Self; $count] {
                let bytes = vector.to_le_bytes();
                let mut lanes = [Self::default(); $count];
                for (lane, bytes) in lanes.iter_mut().zip(bytes.as_chunks().0) {
                    *lane = Self::from_le_bytes(*bytes);
                }
                lanes
            }

            #[inline(always)]
            fn join(lanes: [Self; $count]) -> V128 {
                let mut bytes = [0; 16];
                for (bytes, lane) in bytes.as_chunks_mut().0.iter_mut().zip(lanes) {
                    *bytes = lane.to_le_bytes();
                }
                V128::from_le_bytes(bytes)
            }

            #[inline(always)]
            fn mask(truth: bool) -> $mask {
                if truth { <$mask>::MAX } else { 0 }
            }
        }
    )*)*};
}

lanes! {
    16 u8: i8 u8;
    8 u16: i16 u16;
    4 u32: i32 u32 f32;
    2 u64: i64 u64 f64;
}

macro_rules! to {
    ($($from:ty: $($to:ty)*;)*) => {$($(
        impl To<$to> for $from {
            #[inline(always)]
            fn to(self) -> $to {
                self as $to
            }
        }
    )*)*};
}

to! {
    i8: i16;
    u8: i16 u32;
    i16: i32;
    u16: i32 u32;
    i32: i64 f32 f64;
    u32: i64 f32 f64 u8 u16;
    f32: i32 u32;
    f64: i32 u32 f32;
}

impl To<f64> for f32 {
    #[inline(always)]
    fn to(self) -> f64 {
        float::promote(self)
    }
}

macro_rules! narrow {
    ($($from:ty: $($to:ty)*;)*) => {$($(
        impl Narrow<$to> for $from {
            #[inline(always)]
            fn narrow(self) -> $to {
                self.max(<$to>::MIN.into()).min(<$to>::MAX.into()) as $to
            }
        }
    )*)*};
}

narrow! {
    i16: i8 u8;
    i32: i16 u16;
}
