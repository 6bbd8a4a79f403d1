//! Each primitive against a model that computes lane by lane from shifts of one number.
//!
//! Nothing of the implementation is used for the model: lanes are taken out of a number of 128 bits
//! by shifts, integers are computed in 128 bits and cut off, and floats are taken apart into their
//! bits. Operands are all pairs of edge values of each width, and 10,000 random ones.

mod convert;
mod float;
mod integer;
mod lanes;

use std::vec;
use std::vec::Vec;

use super::*;

/// The lane of a number, without a sign.
fn get(bits: u32, vector: u128, place: u32) -> u64 {
    (vector >> (bits * place)) as u64 & u64::MAX >> (64 - bits)
}

/// The number that has these lanes, each cut off to its bits.
fn put(bits: u32, lanes: impl IntoIterator<Item = u64>) -> u128 {
    let lanes = lanes.into_iter().zip(0..128 / bits);
    lanes.fold(0, |vector, (lane, place)| {
        vector | u128::from(lane & u64::MAX >> (64 - bits)) << (bits * place)
    })
}

fn all(bits: u32, vector: u128) -> impl DoubleEndedIterator<Item = u64> + Clone {
    (0..128 / bits).map(move |place| get(bits, vector, place))
}

/// The value of a lane with a sign.
fn signed(bits: u32, lane: u64) -> i128 {
    let lane = i128::from(lane);
    if lane >> (bits - 1) & 1 == 1 {
        lane - (1 << bits)
    } else {
        lane
    }
}

/// The nearest value with a sign, or without one.
fn saturated(bits: u32, is_signed: bool, value: i128) -> u64 {
    let (least, most) = if is_signed {
        (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
    } else {
        (0, (1 << bits) - 1)
    };
    value.clamp(least, most) as u64 & u64::MAX >> (64 - bits)
}

/// Pseudo-random numbers, the same ones each time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn vector(&mut self) -> u128 {
        u128::from(self.next()) << 64 | u128::from(self.next())
    }
}

/// Edge values of a width: integers, and the floats that have this width.
fn edges(bits: u32) -> Vec<u64> {
    let top = 1u64 << (bits - 1);
    let mut edges = vec![
        0,
        1,
        2,
        3,
        top - 1,
        top,
        top + 1,
        !0 - 1,
        !0,
        0x80,
        0xFF,
        15,
        16,
        32,
    ];
    match bits {
        32 => edges.extend(
            float::EDGES
                .iter()
                .map(|edge| u64::from((*edge as f32).to_bits())),
        ),
        64 => edges.extend(float::EDGES.iter().map(|edge| edge.to_bits())),
        _ => {}
    }
    let (fraction, infinity) = match bits {
        32 => (23, 0x7F80_0000),
        64 => (52, 0x7FF0_0000_0000_0000),
        _ => return edges,
    };
    // Infinity, canonical, quiet and signaling NaNs, and numbers around those without a fraction.
    let quiet = 1 << (fraction - 1);
    let odd = [
        infinity,
        infinity | quiet,
        infinity | quiet | 5,
        infinity | 5,
        quiet,
        quiet - 1,
    ];
    edges.extend(odd.iter().flat_map(|edge| [*edge, edge | top]));
    edges
}

/// Operands of instructions with two: all pairs of edges in some lane, each edge in all lanes, edges
/// among random lanes, and random ones.
fn operands(bits: u32) -> Vec<(u128, u128)> {
    let edges = edges(bits);
    let pairs: Vec<(u64, u64)> = edges
        .iter()
        .flat_map(|a| edges.iter().map(|b| (*a, *b)))
        .collect();
    let mut random = Random(0x1234_5678_9ABC_DEF1);
    let packed = pairs.chunks(128 / bits as usize).map(|pairs| {
        let (a, b): (Vec<u64>, Vec<u64>) = pairs.iter().copied().unzip();
        (put(bits, a), put(bits, b))
    });
    let equal = edges.iter().map(|edge| put(bits, [*edge; 16]));
    let mut operands: Vec<(u128, u128)> = packed.chain(equal.map(|a| (a, a))).collect();
    operands.extend((0..10_000).map(|round| {
        let (a, b) = (random.vector(), random.vector());
        let mut mixed = |vector: u128| {
            let lanes: Vec<u64> = all(bits, vector).collect();
            put(
                bits,
                lanes.into_iter().map(|lane| match random.next() % 4 {
                    0 => edges[(random.next() % edges.len() as u64) as usize],
                    _ => lane,
                }),
            )
        };
        if round % 2 == 0 {
            (a, b)
        } else {
            (mixed(a), mixed(b))
        }
    }));
    operands
}

/// A primitive of one operand against its model.
fn check_one(bits: u32, found: impl Fn(V128) -> V128, model: impl Fn(u128) -> u128) {
    for (a, _) in operands(bits) {
        let found = u128::from(found(V128::from(a)));
        assert_eq!(found, model(a), "{found:#034x} of {a:#034x}");
    }
}

/// A primitive of two operands against its model.
fn check_two(bits: u32, found: impl Fn(V128, V128) -> V128, model: impl Fn(u128, u128) -> u128) {
    for (a, b) in operands(bits) {
        let found = u128::from(found(V128::from(a), V128::from(b)));
        assert_eq!(
            found,
            model(a, b),
            "{found:#034x} of {a:#034x} and {b:#034x}"
        );
    }
}

/// The same function of each lane.
fn each(bits: u32, f: impl Fn(u64) -> u64) -> impl Fn(u128) -> u128 {
    move |a| put(bits, all(bits, a).map(&f))
}

/// The same function of each lane and the one at its place.
fn both(bits: u32, f: impl Fn(u64, u64) -> u64) -> impl Fn(u128, u128) -> u128 {
    move |a, b| put(bits, all(bits, a).zip(all(bits, b)).map(|(a, b)| f(a, b)))
}
