//! Operands: edge values, numbers beside them, and any bits.
//!
//! All are the lower ones of 128 bits. A vector is made of lanes of one width, as integers or as
//! floats: edge vectors are each edge value in all lanes, and different ones side by side, so that
//! pairs of vectors have all pairs of edge values in their lanes.

use tabwasm_codegen::model::NumberType;
use tabwasm_generator::Random;

use super::row::{Operand, Row};

/// Where operands come from.
pub struct Values {
    random: Random,
    /// Edge values of each [`Lane`].
    edges: [Vec<u64>; LANES.len()],
}

/// What the bits of a lane are.
#[derive(Clone, Copy)]
enum Lane {
    I8,
    I16,
    I32,
    I64,
    F32,
    F64,
}

/// In the order of their numbers.
const LANES: [Lane; 6] = [
    Lane::I8,
    Lane::I16,
    Lane::I32,
    Lane::I64,
    Lane::F32,
    Lane::F64,
];

/// Values at which mistakes are made: for vectors, of lanes of all kinds.
pub fn edges(number: NumberType) -> Vec<u128> {
    match Lane::of(number) {
        Some(lane) => lane.edges().into_iter().map(u128::from).collect(),
        None => LANES.into_iter().flat_map(vectors).collect(),
    }
}

/// Each edge value in all lanes, and all of them side by side.
fn vectors(lane: Lane) -> impl Iterator<Item = u128> {
    splats(lane).into_iter().chain(groups(lane))
}

fn splats(lane: Lane) -> Vec<u128> {
    let edges = lane.edges().into_iter();
    edges.map(|edge| lane.vector(|_| edge)).collect()
}

fn groups(lane: Lane) -> Vec<u128> {
    let edges = lane.edges();
    let groups = edges.chunks((u128::BITS / lane.bits()) as usize);
    groups
        .map(|group| lane.vector(|at| group[at % group.len()]))
        .collect()
}

/// All pairs of edge values of two types; of two vectors, in their lanes.
fn pairs(one: NumberType, two: NumberType) -> Vec<(u128, u128)> {
    if one == NumberType::V128 && two == NumberType::V128 {
        let lanes = LANES.into_iter();
        let pairs = lanes.flat_map(|lane| product(splats(lane), groups(lane)));
        pairs
            .flat_map(|(splat, group)| [(splat, group), (group, splat)])
            .collect()
    } else {
        product(edges(one), edges(two)).collect()
    }
}

fn product(one: Vec<u128>, two: Vec<u128>) -> impl Iterator<Item = (u128, u128)> {
    one.into_iter().flat_map(move |first| {
        let second = two.clone().into_iter();
        second.map(move |second| (first, second))
    })
}

impl Lane {
    /// The one that is all of a value; none if that is a vector.
    fn of(number: NumberType) -> Option<Self> {
        match number {
            NumberType::I32 => Some(Self::I32),
            NumberType::I64 => Some(Self::I64),
            NumberType::F32 => Some(Self::F32),
            NumberType::F64 => Some(Self::F64),
            NumberType::V128 => None,
        }
    }

    fn bits(self) -> u32 {
        match self {
            Self::I8 => u8::BITS,
            Self::I16 => u16::BITS,
            Self::I32 | Self::F32 => u32::BITS,
            Self::I64 | Self::F64 => u64::BITS,
        }
    }

    fn mask(self) -> u64 {
        u64::MAX >> (u64::BITS - self.bits())
    }

    fn vector(self, mut lane: impl FnMut(usize) -> u64) -> u128 {
        let count = u128::BITS / self.bits();
        (0..count).fold(0, |all, at| {
            all | u128::from(lane(at as usize) & self.mask()) << (at * self.bits())
        })
    }

    fn edges(self) -> Vec<u64> {
        let mut edges = match self {
            Self::I8 | Self::I16 | Self::I32 | Self::I64 => integers(self.bits()),
            Self::F32 => floats()
                .into_iter()
                .map(|float| u64::from((float as f32).to_bits()))
                .chain(patterns(
                    f32::MANTISSA_DIGITS,
                    f32::to_bits(f32::INFINITY).into(),
                ))
                .collect(),
            Self::F64 => floats()
                .into_iter()
                .map(f64::to_bits)
                .chain(patterns(f64::MANTISSA_DIGITS, f64::to_bits(f64::INFINITY)))
                .collect(),
        };
        for edge in &mut edges {
            *edge &= self.mask();
        }
        edges.sort_unstable();
        edges.dedup();
        edges
    }

    /// An edge value, one beside it, a number of usual size, or any bits.
    fn random(self, edges: &[u64], random: &mut Random) -> u64 {
        let bits = match random.below(8) {
            0 => *random.pick(edges),
            1 => {
                let beside = random.below(9) as u64;
                random.pick(edges).wrapping_add(beside).wrapping_sub(4)
            }
            2..5 => match self {
                Self::F32 => (random.float() as f32).to_bits().into(),
                Self::F64 => random.float().to_bits(),
                _ => random.integer() as u64,
            },
            5 => {
                let any_size = random.next() as i64 >> random.below(64);
                match self {
                    Self::F32 => (any_size as f32).to_bits().into(),
                    Self::F64 => (any_size as f64).to_bits(),
                    _ => any_size as u64,
                }
            }
            _ => random.next(),
        };
        bits & self.mask()
    }
}

/// Integers around zero and the powers of two at which types end, and amounts of shifts.
fn integers(bits: u32) -> Vec<u64> {
    let mut all: Vec<u64> = vec![0, 1, 2, 3, u64::MAX, u64::MAX - 1, 0x5555_5555_5555_5555];
    all.extend(
        (3..bits)
            .filter(|bit| bit.is_power_of_two() || (bit + 1).is_power_of_two())
            .map(u64::from),
    );
    for power in [7, 8, 15, 16, 24, 31, 32, 53, 63] {
        if power < bits {
            let power = 1 << power;
            all.extend([
                power - 1,
                power,
                power + 1,
                u64::MAX - power,
                power.wrapping_neg(),
            ]);
        }
    }
    all
}

/// Numbers at which roundings and conversions change, with both signs.
fn floats() -> Vec<f64> {
    let mut all = vec![0.0, 0.1, 0.5, 1.0, 1.5, 2.5, 3.7, 1e300, f64::INFINITY];
    for power in [8, 16, 23, 31, 32, 52, 63, 64] {
        let power = f64::powi(2.0, power);
        let below = f64::from((power as f32).next_down());
        all.extend([below, power.next_down(), power - 0.5, power, power + 1.0]);
    }
    for near in [0.5_f64, 1.0] {
        all.extend([near.next_down(), f64::from((near as f32).next_down())]);
    }
    // Where single precision ends.
    all.extend([
        f32::MAX.into(),
        f32::MIN_POSITIVE.into(),
        3.402_823_567_797_336_7e38,
    ]);
    all.extend([f32::from_bits(1).into(), f64::from(f32::from_bits(1)) / 2.0]);
    let negative: Vec<f64> = all.iter().map(|float| -float).collect();
    all.extend(negative);
    all
}

/// Bits of the least and greatest numbers of a float, and of NaNs, with both signs.
fn patterns(digits: u32, infinity: u64) -> Vec<u64> {
    // The highest digit is not stored.
    let least_normal = 1 << (digits - 1);
    let quiet = infinity | least_normal >> 1;
    let sign = infinity + least_normal;
    let positive = [
        1,
        least_normal - 1,
        least_normal,
        infinity - 1,
        // The canonical NaN, another one, and two that signal.
        quiet,
        quiet + 1,
        infinity + 1,
        quiet - 1,
        infinity + least_normal - 1,
    ];
    positive
        .into_iter()
        .flat_map(|bits| [bits, bits | sign])
        .collect()
}

impl Values {
    /// Values that depend on a seed.
    pub fn new(seed: u64) -> Self {
        Self {
            random: Random::new(seed),
            edges: LANES.map(Lane::edges),
        }
    }

    /// A number below another.
    pub fn below(&mut self, end: u32) -> usize {
        self.random.below(end as usize)
    }

    /// Any value of a type.
    pub fn number(&mut self, number: NumberType) -> u128 {
        match Lane::of(number) {
            Some(lane) => self.lane(lane).into(),
            None => {
                let lane = *self.random.pick(&LANES);
                lane.vector(|_| self.lane(lane))
            }
        }
    }

    fn lane(&mut self, lane: Lane) -> u64 {
        lane.random(&self.edges[lane as usize], &mut self.random)
    }

    /// Random operands of a row.
    pub fn random(&mut self, row: &Row) -> Vec<u128> {
        let operands = row.operands.iter();
        operands
            .map(|operand| self.number(operand.number()))
            .collect()
    }

    /// All pairs of edge values, for each two operands of a row; the others are any of them.
    pub fn edges(&mut self, row: &Row) -> Vec<Vec<u128>> {
        let types: Vec<NumberType> = row
            .operands
            .iter()
            .map(|operand| operand.number())
            .collect();
        let edges: Vec<Vec<u128>> = types.iter().map(|number| edges(*number)).collect();
        match &edges[..] {
            [] => return vec![Vec::new()],
            [only] => return only.iter().map(|edge| vec![*edge]).collect(),
            _ => {}
        }
        let mut tuples = Vec::new();
        for second in 1..types.len() {
            for first in 0..second {
                for pair in pairs(types[first], types[second]) {
                    let any = edges.iter().map(|edges| *self.random.pick(edges));
                    let mut tuple: Vec<u128> = any.collect();
                    (tuple[first], tuple[second]) = pair;
                    tuples.push(tuple);
                }
            }
        }
        tuples
    }
}

impl Operand {
    /// The type of the value; at an address, there is a vector.
    fn number(self) -> NumberType {
        match self {
            Self::Value(number) => number,
            Self::Address => NumberType::V128,
        }
    }
}
