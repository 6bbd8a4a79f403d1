//! Lanes of another type: wider and narrower ones, sums of neighbours, floats.
//!
//! The model converts a lane in 128 bits or by the bits of a float, so that it has no step in common with
//! what is tested.

use super::*;

/// Lanes of another width: `count` of them, from `start` on.
fn widened(from: u32, start: u32, f: impl Fn(u64) -> u64) -> impl Fn(u128) -> u128 {
    let to = from * 2;
    move |a| {
        put(
            to,
            (0..128 / to).map(|place| f(get(from, a, start + place))),
        )
    }
}

macro_rules! widening {
    ($name:ident, $signed:ident $unsigned:ident $from:literal, $to:ident $count:literal) => {
        #[test]
        fn $name() {
            const BITS: u32 = $signed::BITS;
            const N: usize = $from;
            const M: usize = $count;
            let sign = |lane| signed(BITS, lane) as u64;
            let same = |lane| lane;
            let half = $count;
            check_one(BITS, convert::<$signed, $to, N, M>, widened(BITS, 0, sign));
            check_one(
                BITS,
                convert::<$unsigned, $to, N, M>,
                widened(BITS, 0, same),
            );
            check_one(
                BITS,
                convert_high::<$signed, $to, N, M>,
                widened(BITS, half, sign),
            );
            check_one(
                BITS,
                convert_high::<$unsigned, $to, N, M>,
                widened(BITS, half, same),
            );

            let product = |extend: fn(u64) -> u64, start: u32| {
                move |a, b| {
                    let lane = |place| {
                        let (a, b) = (get(BITS, a, start + place), get(BITS, b, start + place));
                        extend(a).wrapping_mul(extend(b))
                    };
                    put(BITS * 2, (0..half).map(lane))
                }
            };
            let f = $to::wrapping_mul;
            let (low, high) = (product(sign, 0), product(sign, half));
            check_two(BITS, |a, b| zip_low::<$signed, $to, N, M>(a, b, f), low);
            check_two(BITS, |a, b| zip_high::<$signed, $to, N, M>(a, b, f), high);
            let (low, high) = (product(same, 0), product(same, half));
            check_two(BITS, |a, b| zip_low::<$unsigned, $to, N, M>(a, b, f), low);
            check_two(BITS, |a, b| zip_high::<$unsigned, $to, N, M>(a, b, f), high);

            let sum = |extend: fn(u64) -> u64| {
                move |a| {
                    let of = |place| extend(get(BITS, a, place));
                    put(
                        BITS * 2,
                        (0..half).map(|place| of(2 * place).wrapping_add(of(2 * place + 1))),
                    )
                }
            };
            let f = $to::wrapping_add;
            check_one(BITS, |a| pairs::<$signed, $to, N, M>(a, f), sum(sign));
            check_one(BITS, |a| pairs::<$unsigned, $to, N, M>(a, f), sum(same));
        }
    };
}

widening!(bytes_become_wider, i8 u8 16, i16 8);
widening!(two_bytes_become_wider, i16 u16 8, i32 4);
widening!(four_bytes_become_wider, i32 u32 4, i64 2);

/// The products of lanes and the sum of two neighbours, in bits that hold all of it.
fn dots(bits: u32, a: u128, b: u128) -> impl Iterator<Item = i128> {
    let product =
        move |place| signed(bits, get(bits, a, place)) * signed(bits, get(bits, b, place));
    (0..64 / bits).map(move |place| product(2 * place) + product(2 * place + 1))
}

#[test]
fn products_of_neighbours_are_added() {
    let sums = |a, b| put(32, dots(16, a, b).map(|sum| sum as u64));
    check_two(
        16,
        |a, b| dot::<i16, i32, 8, 4>(a, b, i32::wrapping_add),
        sums,
    );
    let sums = |a, b| put(16, dots(8, a, b).map(|sum| saturated(16, true, sum)));
    check_two(
        8,
        |a, b| dot::<i8, i16, 16, 8>(a, b, i16::saturating_add),
        sums,
    );
}

#[test]
fn products_of_four_bytes_are_added_to_a_lane() {
    let mut random = Random(0xFEDC_BA98_7654_3211);
    for (a, b) in operands(8) {
        let c = random.vector();
        let sums: Vec<u64> = dots(8, a, b).map(|sum| saturated(16, true, sum)).collect();
        let four = sums
            .chunks(2)
            .map(|two| signed(16, two[0]) + signed(16, two[1]));
        let sums = four
            .zip(all(32, c))
            .map(|(sum, c)| (sum as u64).wrapping_add(c));
        let found = dot_add(V128::from(a), V128::from(b), V128::from(c));
        assert_eq!(
            u128::from(found),
            put(32, sums),
            "{a:#034x} {b:#034x} {c:#034x}"
        );
    }
}

#[test]
fn narrower_lanes_saturate() {
    let narrowed = |bits: u32, is_signed: bool| {
        move |a, b| {
            let lanes = all(bits, a)
                .chain(all(bits, b))
                .map(|lane| signed(bits, lane));
            put(
                bits / 2,
                lanes.map(|lane| saturated(bits / 2, is_signed, lane)),
            )
        }
    };
    check_two(16, narrow::<i16, i8, 8, 16>, narrowed(16, true));
    check_two(16, narrow::<i16, u8, 8, 16>, narrowed(16, false));
    check_two(32, narrow::<i32, i16, 4, 8>, narrowed(32, true));
    check_two(32, narrow::<i32, u16, 4, 8>, narrowed(32, false));
}

/// The integer before the point of a float, from its bits; nothing of a NaN.
fn integer(float: f64) -> i128 {
    let bits = float.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7FF) as i32 - 1075, bits & ((1 << 52) - 1));
    if exponent == 0x7FF - 1075 && fraction != 0 {
        return 0;
    }
    let digits = i128::from(fraction | 1 << 52);
    let size = match exponent {
        // Beyond all integers of 32 bits, and to be cut off.
        64.. => 1 << 100,
        0..64 => digits << exponent,
        -52..0 => digits >> -exponent,
        _ => 0,
    };
    if bits >> 63 == 1 { -size } else { size }
}

#[test]
fn floats_become_integers() {
    let of_f32 = |is_signed| {
        let model = move |lane| {
            let float = f64::from(f32::from_bits(lane as u32));
            saturated(32, is_signed, integer(float))
        };
        each(32, model)
    };
    check_one(32, convert::<f32, i32, 4, 4>, of_f32(true));
    check_one(32, convert::<f32, u32, 4, 4>, of_f32(false));
    let of_f64 = |is_signed| {
        let integer = move |lane| saturated(32, is_signed, integer(f64::from_bits(lane)));
        move |a| put(32, all(64, a).map(integer))
    };
    check_one(64, convert::<f64, i32, 2, 4>, of_f64(true));
    check_one(64, convert::<f64, u32, 2, 4>, of_f64(false));
}

#[test]
fn integers_become_floats() {
    // An integer of 32 bits is an `f64`, which is rounded once.
    let f32_of = |value: i128| u64::from((value as f64 as f32).to_bits());
    let f64_of = |value: i128| (value as f64).to_bits();
    let unsigned = |lane: u64| i128::from(lane);
    check_one(
        32,
        convert::<i32, f32, 4, 4>,
        each(32, |lane| f32_of(signed(32, lane))),
    );
    check_one(
        32,
        convert::<u32, f32, 4, 4>,
        each(32, |lane| f32_of(unsigned(lane))),
    );
    let low = widened(32, 0, |lane| f64_of(signed(32, lane)));
    check_one(32, convert::<i32, f64, 4, 2>, low);
    check_one(
        32,
        convert::<u32, f64, 4, 2>,
        widened(32, 0, |lane| f64_of(unsigned(lane))),
    );
}

#[test]
fn floats_become_wider_and_narrower() {
    for (a, _) in operands(32) {
        let found = u128::from(convert::<f32, f64, 4, 2>(V128::from(a)));
        for (place, found) in (0..).zip(all(64, found)) {
            let float = f32::from_bits(get(32, a, place) as u32);
            float::same(
                64,
                found,
                f64::from(float).to_bits(),
                &[(32, get(32, a, place))],
            );
        }
    }
    for (a, _) in operands(64) {
        let found = u128::from(convert::<f64, f32, 2, 4>(V128::from(a)));
        assert_eq!(found >> 64, 0);
        for (place, found) in (0..).zip(all(32, found).take(2)) {
            let float = f64::from_bits(get(64, a, place)) as f32;
            float::same(
                32,
                found,
                float.to_bits().into(),
                &[(64, get(64, a, place))],
            );
        }
    }
}
