//! Integers: arithmetic, comparisons, shifts, and what many lanes give together.
//!
//! The model computes in 128 bits, where nothing overflows, and then wraps or saturates to the width of
//! a lane.

use super::*;

fn truth(truth: bool) -> u64 {
    if truth { u64::MAX } else { 0 }
}

macro_rules! shape {
    ($name:ident, $signed:ident, $unsigned:ident, $count:literal) => {
        #[test]
        fn $name() {
            const BITS: u32 = $signed::BITS;
            let sign = |lane| signed(BITS, lane);
            let add = |a: u64, b: u64| a.wrapping_add(b);
            check_two(
                BITS,
                |a, b| zip(a, b, $signed::wrapping_add),
                both(BITS, add),
            );
            let sub = |a: u64, b: u64| a.wrapping_sub(b);
            check_two(
                BITS,
                |a, b| zip(a, b, $signed::wrapping_sub),
                both(BITS, sub),
            );
            let mul = |a: u64, b: u64| a.wrapping_mul(b);
            check_two(
                BITS,
                |a, b| zip(a, b, $signed::wrapping_mul),
                both(BITS, mul),
            );
            let neg = |a: u64| 0u64.wrapping_sub(a);
            check_one(BITS, |a| map(a, $signed::wrapping_neg), each(BITS, neg));
            let abs = |a| sign(a).unsigned_abs() as u64;
            check_one(BITS, |a| map(a, $signed::wrapping_abs), each(BITS, abs));

            let min_s = |a, b| sign(a).min(sign(b)) as u64;
            check_two(BITS, |a, b| zip(a, b, $signed::min), both(BITS, min_s));
            let max_s = |a, b| sign(a).max(sign(b)) as u64;
            check_two(BITS, |a, b| zip(a, b, $signed::max), both(BITS, max_s));
            check_two(BITS, |a, b| zip(a, b, $unsigned::min), both(BITS, u64::min));
            check_two(BITS, |a, b| zip(a, b, $unsigned::max), both(BITS, u64::max));

            let eq = |a, b| truth(a == b);
            check_two(BITS, |a, b| compare(a, b, $signed::eq), both(BITS, eq));
            let ne = |a, b| truth(a != b);
            check_two(BITS, |a, b| compare(a, b, $signed::ne), both(BITS, ne));
            let lt_s = |a, b| truth(sign(a) < sign(b));
            check_two(BITS, |a, b| compare(a, b, $signed::lt), both(BITS, lt_s));
            let gt_s = |a, b| truth(sign(a) > sign(b));
            check_two(BITS, |a, b| compare(a, b, $signed::gt), both(BITS, gt_s));
            let le_s = |a, b| truth(sign(a) <= sign(b));
            check_two(BITS, |a, b| compare(a, b, $signed::le), both(BITS, le_s));
            let ge_s = |a, b| truth(sign(a) >= sign(b));
            check_two(BITS, |a, b| compare(a, b, $signed::ge), both(BITS, ge_s));
            let lt_u = |a, b| truth(a < b);
            check_two(BITS, |a, b| compare(a, b, $unsigned::lt), both(BITS, lt_u));
            let gt_u = |a, b| truth(a > b);
            check_two(BITS, |a, b| compare(a, b, $unsigned::gt), both(BITS, gt_u));
            let le_u = |a, b| truth(a <= b);
            check_two(BITS, |a, b| compare(a, b, $unsigned::le), both(BITS, le_u));
            let ge_u = |a, b| truth(a >= b);
            check_two(BITS, |a, b| compare(a, b, $unsigned::ge), both(BITS, ge_u));

            for count in [0, 1, 7, 8, 15, 31, 33, 63, 64, 65, -1, i32::MIN, i32::MAX] {
                let by = count as u32 % BITS;
                let operands = operands(BITS).into_iter().step_by(20);
                for (a, _) in operands {
                    let vector = V128::from(a);
                    let shl = shift(vector, count, $signed::wrapping_shl);
                    assert_eq!(u128::from(shl), each(BITS, |a| a << by)(a));
                    let shr_s = shift(vector, count, $signed::wrapping_shr);
                    assert_eq!(u128::from(shr_s), each(BITS, |a| (sign(a) >> by) as u64)(a));
                    let shr_u = shift(vector, count, $unsigned::wrapping_shr);
                    assert_eq!(u128::from(shr_u), each(BITS, |a| a >> by)(a));
                }
            }

            let several = operands(BITS)
                .into_iter()
                .flat_map(|(a, b)| [a, b, a & b, a | b]);
            for a in several.chain([0, !0, 1, 1 << 127]) {
                let vector = V128::from(a);
                assert_eq!(is_any_true(vector), all(BITS, a).any(|lane| lane != 0));
                let all_true = is_all_true::<$signed, $count>(vector);
                assert_eq!(all_true, all(BITS, a).all(|lane| lane != 0), "{a:#034x}");
                let signs = all(BITS, a).map(|lane| lane >> (BITS - 1));
                let mask = signs.rev().fold(0, |mask, sign| mask << 1 | sign as i32);
                assert_eq!(bitmask::<$count>(vector), mask, "{a:#034x}");
            }
        }
    };
}

shape!(sixteen_bytes, i8, u8, 16);
shape!(eight_of_two_bytes, i16, u16, 8);
shape!(four_of_four_bytes, i32, u32, 4);
shape!(two_of_eight_bytes, i64, u64, 2);

macro_rules! saturating {
    ($name:ident, $signed:ident, $unsigned:ident, $count:literal) => {
        #[test]
        fn $name() {
            const BITS: u32 = $signed::BITS;
            let sign = |lane| signed(BITS, lane);
            let add_s = |a, b| saturated(BITS, true, sign(a) + sign(b));
            check_two(
                BITS,
                |a, b| zip(a, b, $signed::saturating_add),
                both(BITS, add_s),
            );
            let sub_s = |a, b| saturated(BITS, true, sign(a) - sign(b));
            check_two(
                BITS,
                |a, b| zip(a, b, $signed::saturating_sub),
                both(BITS, sub_s),
            );
            let add_u = |a, b| saturated(BITS, false, i128::from(a) + i128::from(b));
            check_two(
                BITS,
                |a, b| zip(a, b, $unsigned::saturating_add),
                both(BITS, add_u),
            );
            let sub_u = |a, b| saturated(BITS, false, i128::from(a) - i128::from(b));
            check_two(
                BITS,
                |a, b| zip(a, b, $unsigned::saturating_sub),
                both(BITS, sub_u),
            );
            let average_u = |a: u64, b: u64| (a + b).div_ceil(2);
            let found = |a, b| zip::<$unsigned, $count>(a, b, average);
            check_two(BITS, found, both(BITS, average_u));
        }
    };
}

saturating!(bytes_saturate, i8, u8, 16);
saturating!(two_bytes_saturate, i16, u16, 8);

#[test]
fn bits_of_bytes_are_counted() {
    let count = |lane: u64| (0..8).filter(|bit| lane >> bit & 1 == 1).count() as u64;
    check_one(8, |a| map(a, count_ones), each(8, count));
}

#[test]
fn products_of_fractions_are_rounded() {
    let product = |a, b| {
        let product = (signed(16, a) * signed(16, b) + (1 << 14)).div_euclid(1 << 15);
        saturated(16, true, product)
    };
    check_two(16, |a, b| zip(a, b, multiply_q15), both(16, product));
}

#[test]
fn bits_are_those_of_one_number() {
    check_one(64, |a| !a, |a| !a);
    check_two(64, |a, b| a & b, |a, b| a & b);
    check_two(64, |a, b| a | b, |a, b| a | b);
    check_two(64, |a, b| a ^ b, |a, b| a ^ b);
}
