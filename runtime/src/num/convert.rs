//! Conversions between floats and integers.
//!
//! Every `f32` is an `f64`, so one function serves both. Machines that have floats do what `as`
//! does. For others ([`policy::CONVERT_BY_SHIFTS`]) one function of a few instructions takes the
//! place of all that compilers would link. Standard: section 4.3.4, "Conversions".

use crate::policy;
use crate::spec::Trap;

/// Towards zero, to a signed integer of 32 bits.
#[inline(always)]
pub(crate) fn to_i32<F: Into<f64>>(a: F) -> Result<i32, Trap> {
    Ok(fit(a.into(), Integer::I32)? as i32)
}

/// Towards zero, to an unsigned integer of 32 bits.
#[inline(always)]
pub(crate) fn to_u32<F: Into<f64>>(a: F) -> Result<u32, Trap> {
    Ok(fit(a.into(), Integer::U32)? as u32)
}

/// Towards zero, to a signed integer of 64 bits.
#[inline(always)]
pub(crate) fn to_i64<F: Into<f64>>(a: F) -> Result<i64, Trap> {
    Ok(fit(a.into(), Integer::I64)? as i64)
}

/// Towards zero, to an unsigned integer of 64 bits.
#[inline(always)]
pub(crate) fn to_u64<F: Into<f64>>(a: F) -> Result<u64, Trap> {
    fit(a.into(), Integer::U64)
}

/// To the nearest signed integer of 32 bits towards zero; a NaN gives 0.
#[inline(always)]
pub(crate) fn saturate_i32<F: Into<f64>>(a: F) -> i32 {
    saturate(a.into(), Integer::I32) as i32
}

/// To the nearest unsigned integer of 32 bits towards zero; a NaN gives 0.
#[inline(always)]
pub(crate) fn saturate_u32<F: Into<f64>>(a: F) -> u32 {
    saturate(a.into(), Integer::U32) as u32
}

/// To the nearest signed integer of 64 bits towards zero; a NaN gives 0.
#[inline(always)]
pub(crate) fn saturate_i64<F: Into<f64>>(a: F) -> i64 {
    saturate(a.into(), Integer::I64) as i64
}

/// To the nearest unsigned integer of 64 bits towards zero; a NaN gives 0.
#[inline(always)]
pub(crate) fn saturate_u64<F: Into<f64>>(a: F) -> u64 {
    saturate(a.into(), Integer::U64)
}

/// To the nearest `f32`.
#[inline(always)]
pub(crate) fn f32_of(a: i64) -> f32 {
    nearest_f32(a)
}

/// To the nearest `f64`.
#[inline(always)]
pub(crate) fn f64_of(a: i64) -> f64 {
    nearest_f64(a)
}

#[cfg_attr(not(small), inline(always))]
#[cfg_attr(small, inline(never))]
fn nearest_f32(a: i64) -> f32 {
    a as f32
}

#[cfg_attr(not(small), inline(always))]
#[cfg_attr(small, inline(never))]
fn nearest_f64(a: i64) -> f64 {
    a as f64
}

/// Types of integers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Integer {
    I32,
    U32,
    I64,
    U64,
}

/// An integer of a type, or why there is none.
#[inline(always)]
fn fit(a: f64, ty: Integer) -> Result<u64, Trap> {
    if policy::CONVERT_BY_SHIFTS {
        let (integer, trap) = truncate(a, ty);
        return trap.map_or(Ok(integer), Err);
    }
    // The least integer of 64 bits is a float, and the next smaller float is far below it.
    let fits = match ty {
        Integer::I32 => a > -2_147_483_649.0 && a < 2_147_483_648.0,
        Integer::U32 => a > -1.0 && a < 4_294_967_296.0,
        Integer::I64 => (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&a),
        Integer::U64 => a > -1.0 && a < 18_446_744_073_709_551_616.0,
    };
    if fits {
        Ok(saturate(a, ty))
    } else if a.is_nan() {
        Err(Trap::BadConversionToInteger)
    } else {
        Err(Trap::IntegerOverflow)
    }
}

/// The integer of a type that is nearest towards zero.
#[inline(always)]
fn saturate(a: f64, ty: Integer) -> u64 {
    if policy::CONVERT_BY_SHIFTS {
        return truncate(a, ty).0;
    }
    match ty {
        Integer::I32 => a as i32 as u64,
        Integer::U32 => a as u32 as u64,
        Integer::I64 => a as i64 as u64,
        Integer::U64 => a as u64,
    }
}

/// The integer of a type that is nearest towards zero, and why it is not all that there is before
/// the point: without floats.
#[inline(never)]
fn truncate(a: f64, ty: Integer) -> (u64, Option<Trap>) {
    const FRACTION: u32 = f64::MANTISSA_DIGITS - 1;
    const INFINITE: u64 = f64::INFINITY.to_bits();
    /// Bits that a fraction can be moved up, and the exponent with which it is not moved.
    const MOST: i32 = (u64::BITS - f64::MANTISSA_DIGITS) as i32;
    const EVEN: i32 = f64::MAX_EXP - 1 + FRACTION as i32;
    let (negative, bits) = (a.is_sign_negative(), a.abs().to_bits());
    let (digits, shift) = (
        bits & ((1 << FRACTION) - 1) | 1 << FRACTION,
        (bits >> FRACTION) as i32 - EVEN,
    );
    let size = if shift > 0 {
        digits.wrapping_shl(shift as u32)
    } else {
        digits.checked_shr(shift.unsigned_abs()).unwrap_or(0)
    };
    let most = match (ty, negative) {
        (Integer::I32, _) => i32::MAX as u64 + u64::from(negative),
        (Integer::I64, _) => i64::MAX as u64 + u64::from(negative),
        (Integer::U32 | Integer::U64, true) => 0,
        (Integer::U32, _) => u32::MAX.into(),
        (Integer::U64, _) => u64::MAX,
    };
    let (size, trap) = if bits > INFINITE {
        (0, Some(Trap::BadConversionToInteger))
    } else if shift > MOST || size > most {
        (most, Some(Trap::IntegerOverflow))
    } else {
        (size, None)
    };
    (if negative { size.wrapping_neg() } else { size }, trap)
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
    fn what_has_no_floats_does_what_as_does() {
        let mut bits = 0x1234_5678_9ABC_DEF1_u64;
        let special = [
            0.0,
            -0.0,
            0.5,
            -1.0,
            f64::NAN,
            -f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
        ];
        let random = (0..200_000).map(|_| {
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            // Exponents from those of the least fractions to those beyond all integers.
            let exponent = 1020 + (bits >> 52) % 70;
            f64::from_bits(bits & 0x800F_FFFF_FFFF_FFFF | exponent << 52)
        });
        let powers = (0..70).flat_map(|exponent| {
            let power = f64::from(exponent).exp2();
            [power.next_down(), power, power.next_up()]
        });
        for a in special.into_iter().chain(powers).chain(random) {
            for a in [a, -a] {
                for ty in [Integer::I32, Integer::U32, Integer::I64, Integer::U64] {
                    let (value, trap) = truncate(a, ty);
                    assert_eq!(value, saturate(a, ty), "{a} {ty:?}");
                    assert_eq!(trap.map_or(Ok(value), Err), fit(a, ty), "{a} {ty:?}");
                }
            }
        }
    }

    #[test]
    fn nan_is_no_integer() {
        assert_eq!(to_i32(f32::NAN), Err(Trap::BadConversionToInteger));
        assert_eq!(to_u32(-f64::NAN), Err(Trap::BadConversionToInteger));
        assert_eq!(to_i64(f32::NAN), Err(Trap::BadConversionToInteger));
        assert_eq!(to_u64(f64::NAN), Err(Trap::BadConversionToInteger));
    }
}
