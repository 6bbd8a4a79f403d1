//! Floats: arithmetic, minimum and maximum, rounding, comparisons.
//!
//! NaNs are judged by the standard's rule for what may come out; where the scalar primitives compute
//! the same, lanes must give the same bits.

use super::super::super::float as scalar;
use super::*;

/// Edge values that are no NaN.
pub(super) const EDGES: [f64; 27] = [
    0.0,
    -0.0,
    0.5,
    -0.5,
    0.499_999_999_999_999_94,
    -0.9,
    1.0,
    -1.0,
    1.5,
    -1.5,
    2.5,
    -2.5,
    8_388_607.5,
    -8_388_607.5,
    8_388_609.0,
    4_503_599_627_370_495.5,
    -4_503_599_627_370_495.5,
    4_503_599_627_370_497.0,
    2_147_483_647.0,
    2_147_483_648.0,
    -2_147_483_648.0,
    -2_147_483_649.0,
    4_294_967_295.0,
    4_294_967_296.0,
    1e-310,
    3.4e38,
    1e300,
];

/// Size of the fraction in bits, and the bits of infinity.
fn parts(bits: u32) -> (u32, u64) {
    match bits {
        32 => (23, 0x7F80_0000),
        _ => (52, 0x7FF0_0000_0000_0000),
    }
}

fn is_nan(bits: u32, lane: u64) -> bool {
    let (_, infinity) = parts(bits);
    lane & !(1 << (bits - 1)) > infinity
}

/// Whether a NaN has no bit in its fraction but the highest.
fn is_canonical(bits: u32, lane: u64) -> bool {
    let (fraction, infinity) = parts(bits);
    lane & !(1 << (bits - 1)) == infinity | 1 << (fraction - 1)
}

/// A result is the one of the model; in place of a NaN it may be any that the standard allows: a
/// quiet one, and a canonical one if all NaNs that went in are.
pub(super) fn same(bits: u32, found: u64, model: u64, operands: &[(u32, u64)]) {
    if !is_nan(bits, model) {
        assert_eq!(found, model, "{found:#x} of {operands:x?}");
        return;
    }
    let (fraction, _) = parts(bits);
    let mut nans = operands.iter().filter(|(bits, lane)| is_nan(*bits, *lane));
    let canonical = nans.all(|(bits, lane)| is_canonical(*bits, *lane));
    let is_quiet = found >> (fraction - 1) & 1 == 1;
    assert!(
        is_nan(bits, found) && is_quiet,
        "{found:#x} of {operands:x?}"
    );
    assert!(
        !canonical || is_canonical(bits, found),
        "{found:#x} of {operands:x?}"
    );
}

fn check_each(bits: u32, found: impl Fn(V128) -> V128, model: impl Fn(u64) -> u64) {
    for (a, _) in operands(bits) {
        let found = u128::from(found(V128::from(a)));
        for (a, found) in all(bits, a).zip(all(bits, found)) {
            same(bits, found, model(a), &[(bits, a)]);
        }
    }
}

fn check_both(bits: u32, found: impl Fn(V128, V128) -> V128, model: impl Fn(u64, u64) -> u64) {
    for (a, b) in operands(bits) {
        let found = u128::from(found(V128::from(a), V128::from(b)));
        for ((a, b), found) in all(bits, a).zip(all(bits, b)).zip(all(bits, found)) {
            same(bits, found, model(a, b), &[(bits, a), (bits, b)]);
        }
    }
}

/// The next integer of a float in a direction, by way of integers.
#[derive(Clone, Copy, PartialEq)]
enum To {
    Nearest,
    Floor,
    Ceil,
    Zero,
}

fn rounded(a: f64, to: To) -> f64 {
    // From here on, and of NaNs, there is no fraction.
    if a.is_nan() || a.abs() >= 4_503_599_627_370_496.0 {
        return a;
    }
    let whole = a as i64;
    let rest = a - whole as f64;
    let step =
        match to {
            To::Nearest if rest.abs() > 0.5 || rest.abs() == 0.5 && whole % 2 != 0 => {
                if rest > 0.0 { 1 } else { -1 }
            }
            To::Floor if rest < 0.0 => -1,
            To::Ceil if rest > 0.0 => 1,
            _ => 0,
        };
    ((whole + step) as f64).copysign(a)
}

macro_rules! shape {
    ($name:ident, $float:ident, $bits:ident, $count:literal) => {
        #[test]
        fn $name() {
            const BITS: u32 = $bits::BITS;
            const N: usize = $count;
            let of = |lane: u64| $float::from_bits(lane as $bits);
            let two =
                |f: fn($float, $float) -> $float| move |a, b| u64::from(f(of(a), of(b)).to_bits());
            check_both(
                BITS,
                |a, b| zip::<$float, N>(a, b, scalar::add),
                two(|a, b| a + b),
            );
            check_both(
                BITS,
                |a, b| zip::<$float, N>(a, b, scalar::sub),
                two(|a, b| a - b),
            );
            check_both(
                BITS,
                |a, b| zip::<$float, N>(a, b, scalar::mul),
                two(|a, b| a * b),
            );
            check_both(
                BITS,
                |a, b| zip::<$float, N>(a, b, scalar::div),
                two(|a, b| a / b),
            );

            let (zero, nan) = (1u64 << (BITS - 1), u64::from($float::NAN.to_bits()));
            let least = |is_max: bool| {
                move |a: u64, b: u64| {
                    if is_nan(BITS, a) || is_nan(BITS, b) {
                        nan
                    } else if (a | b) & !zero == 0 {
                        if is_max { a & b } else { a | b }
                    } else if (of(a) > of(b)) == is_max {
                        a
                    } else {
                        b
                    }
                }
            };
            check_both(BITS, |a, b| zip::<$float, N>(a, b, min), least(false));
            check_both(BITS, |a, b| zip::<$float, N>(a, b, max), least(true));
            let pmin = |a, b| if of(b) < of(a) { b } else { a };
            check_two(
                BITS,
                |a, b| zip::<$float, N>(a, b, scalar::pmin),
                both(BITS, pmin),
            );
            let pmax = |a, b| if of(a) < of(b) { b } else { a };
            check_two(
                BITS,
                |a, b| zip::<$float, N>(a, b, scalar::pmax),
                both(BITS, pmax),
            );

            let one =
                |to: To| move |a| u64::from((rounded(f64::from(of(a)), to) as $float).to_bits());
            check_each(BITS, |a| map::<$float, N>(a, nearest), one(To::Nearest));
            check_each(BITS, |a| map::<$float, N>(a, floor), one(To::Floor));
            check_each(BITS, |a| map::<$float, N>(a, ceil), one(To::Ceil));
            check_each(BITS, |a| map::<$float, N>(a, trunc), one(To::Zero));
            check_one(BITS, |a| map(a, $float::abs), each(BITS, |a| a & !zero));
            check_one(
                BITS,
                |a| map::<$float, N>(a, scalar::neg),
                each(BITS, |a| a ^ zero),
            );

            let mask = |f: fn(&$float, &$float) -> bool| {
                both(
                    BITS,
                    move |a, b| if f(&of(a), &of(b)) { u64::MAX } else { 0 },
                )
            };
            check_two(BITS, |a, b| compare(a, b, $float::eq), mask(|a, b| a == b));
            check_two(BITS, |a, b| compare(a, b, $float::ne), mask(|a, b| a != b));
            check_two(BITS, |a, b| compare(a, b, $float::lt), mask(|a, b| a < b));
            check_two(BITS, |a, b| compare(a, b, $float::gt), mask(|a, b| a > b));
            check_two(BITS, |a, b| compare(a, b, $float::le), mask(|a, b| a <= b));
            check_two(BITS, |a, b| compare(a, b, $float::ge), mask(|a, b| a >= b));
        }
    };
}

shape!(four_floats, f32, u32, 4);
shape!(two_floats, f64, u64, 2);

/// Scalars take other ways to the same bits.
#[test]
fn lanes_are_rounded_as_scalars_are() {
    for (a, b) in operands(32) {
        for (a, b) in all(32, a).zip(all(32, b)) {
            let (a, b) = (f32::from_bits(a as u32), f32::from_bits(b as u32));
            let pairs = [
                (nearest(a), scalar::nearest(a)),
                (floor(a), scalar::floor(a)),
                (ceil(a), scalar::ceil(a)),
                (trunc(a), scalar::trunc(a)),
                (min(a, b), scalar::min(a, b)),
                (max(a, b), scalar::max(a, b)),
            ];
            for (lane, scalar) in pairs {
                assert_eq!(lane.is_nan(), scalar.is_nan());
                if !lane.is_nan() {
                    assert_eq!(lane.to_bits(), scalar.to_bits(), "{a} {b}");
                }
            }
        }
    }
}
