//! Conversions of floats to integers that trap.
//!
//! Every `f32` is an `f64`, so one function serves both. The conversions that saturate, and all
//! the others, are what `as` does, and stand as such in the tables.

use crate::spec::Trap;

/// Towards zero, to a signed integer of 32 bits.
#[inline(always)]
pub(crate) fn to_i32<F: Into<f64>>(a: F) -> Result<i32, Trap> {
    i32_of(a.into())
}

#[cfg_attr(not(small), inline(always))]
fn i32_of(a: f64) -> Result<i32, Trap> {
    if a > -2_147_483_649.0 && a < 2_147_483_648.0 {
        Ok(a as i32)
    } else {
        Err(unfit(a))
    }
}

/// Towards zero, to an unsigned integer of 32 bits.
#[inline(always)]
pub(crate) fn to_u32<F: Into<f64>>(a: F) -> Result<u32, Trap> {
    u32_of(a.into())
}

#[cfg_attr(not(small), inline(always))]
fn u32_of(a: f64) -> Result<u32, Trap> {
    if a > -1.0 && a < 4_294_967_296.0 {
        Ok(a as u32)
    } else {
        Err(unfit(a))
    }
}

/// Towards zero, to a signed integer of 64 bits.
#[inline(always)]
pub(crate) fn to_i64<F: Into<f64>>(a: F) -> Result<i64, Trap> {
    i64_of(a.into())
}

#[cfg_attr(not(small), inline(always))]
fn i64_of(a: f64) -> Result<i64, Trap> {
    // The least integer is a float, and the next smaller float is far below it.
    let integers = -9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0;
    if integers.contains(&a) {
        Ok(a as i64)
    } else {
        Err(unfit(a))
    }
}

/// Towards zero, to an unsigned integer of 64 bits.
#[inline(always)]
pub(crate) fn to_u64<F: Into<f64>>(a: F) -> Result<u64, Trap> {
    u64_of(a.into())
}

#[cfg_attr(not(small), inline(always))]
fn u64_of(a: f64) -> Result<u64, Trap> {
    if a > -1.0 && a < 18_446_744_073_709_551_616.0 {
        Ok(a as u64)
    } else {
        Err(unfit(a))
    }
}

/// Why a float is no integer of the wanted type.
#[inline(always)]
fn unfit(a: f64) -> Trap {
    if a.is_nan() {
        Trap::BadConversionToInteger
    } else {
        Trap::IntegerOverflow
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_floats_that_fit_do() {
        assert_eq!(to_i32(-2_147_483_648.999), Ok(i32::MIN));
        assert_eq!(to_i32(2_147_483_647.999), Ok(i32::MAX));
        assert_eq!(to_u32(-0.999f32), Ok(0));
        assert_eq!(to_u32(4_294_967_295.999), Ok(u32::MAX));
        assert_eq!(to_i64(-9_223_372_036_854_775_808.0), Ok(i64::MIN));
        assert_eq!(
            to_i64(9_223_372_036_854_774_784.0),
            Ok(9_223_372_036_854_774_784)
        );
        assert_eq!(
            to_u64(18_446_744_073_709_549_568.0),
            Ok(18_446_744_073_709_549_568)
        );
    }

    #[test]
    fn the_next_ones_do_not() {
        assert_eq!(to_i32(-2_147_483_649.0), Err(Trap::IntegerOverflow));
        assert_eq!(to_i32(2_147_483_648.0f32), Err(Trap::IntegerOverflow));
        assert_eq!(to_u32(-1.0f32), Err(Trap::IntegerOverflow));
        assert_eq!(to_u32(4_294_967_296.0), Err(Trap::IntegerOverflow));
        assert_eq!(
            to_i64(-9_223_372_036_854_777_856.0),
            Err(Trap::IntegerOverflow)
        );
        assert_eq!(
            to_i64(9_223_372_036_854_775_808.0),
            Err(Trap::IntegerOverflow)
        );
        assert_eq!(to_u64(f64::INFINITY), Err(Trap::IntegerOverflow));
        assert_eq!(to_u64(f32::NEG_INFINITY), Err(Trap::IntegerOverflow));
    }

    #[test]
    fn nan_is_no_integer() {
        assert_eq!(to_i32(f32::NAN), Err(Trap::BadConversionToInteger));
        assert_eq!(to_u32(-f64::NAN), Err(Trap::BadConversionToInteger));
        assert_eq!(to_i64(f32::NAN), Err(Trap::BadConversionToInteger));
        assert_eq!(to_u64(f64::NAN), Err(Trap::BadConversionToInteger));
    }
}
