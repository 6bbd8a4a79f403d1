//! Differences from wasmtime that are none of ours to mend.
//!
//! Each is told by its operands, so that another difference of the same row is not excused. All are
//! choices of relaxed instructions: standard, section 4.3, "Relaxed Operations".

/// A row whose results differ.
pub struct Known {
    /// Its key.
    pub row: &'static str,
    /// Why.
    pub reason: &'static str,
    /// Whether these operands show it.
    concerns: fn(&[u128]) -> bool,
}

/// All of them.
pub const KNOWN: &[Known] = &[
    Known {
        row: "f32x4.relaxed_madd",
        reason: FUSED,
        concerns: |operands| is_rounded_twice_f32(operands, 1.0),
    },
    Known {
        row: "f32x4.relaxed_nmadd",
        reason: FUSED,
        concerns: |operands| is_rounded_twice_f32(operands, -1.0),
    },
    Known {
        row: "f64x2.relaxed_madd",
        reason: FUSED,
        concerns: |operands| is_rounded_twice_f64(operands, 1.0),
    },
    Known {
        row: "f64x2.relaxed_nmadd",
        reason: FUSED,
        concerns: |operands| is_rounded_twice_f64(operands, -1.0),
    },
    Known {
        row: "i16x8.relaxed_dot_i8x16_i7x16_s",
        reason: DOT,
        concerns: overflows,
    },
    Known {
        row: "i32x4.relaxed_dot_i8x16_i7x16_add_s",
        reason: DOT,
        concerns: overflows,
    },
];

const FUSED: &str = "the product is rounded before the sum in the standard's deterministic profile, \
                     and only the sum in wasmtime's";
const DOT: &str = "sums of two products saturate in the standard, and in wasmtime they wrap or have \
                   32 bits";

/// Whether a difference of a row is a known one.
pub fn explains(row: &str, operands: &[u128]) -> bool {
    let known = KNOWN.iter().find(|known| known.row == row);
    known.is_some_and(|known| (known.concerns)(operands))
}

/// Whether a sum of products of two neighbours is more than 16 bits hold.
fn overflows(operands: &[u128]) -> bool {
    let [one, two, ..] = lanes(operands, |bits| bits.to_le_bytes().map(u8::cast_signed));
    let products: Vec<i32> = one
        .iter()
        .zip(&two)
        .map(|(one, two)| i32::from(*one) * i32::from(*two))
        .collect();
    let mut sums = products.chunks(2).map(|two| two.iter().sum::<i32>());
    sums.any(|sum| i16::try_from(sum).is_err())
}

macro_rules! is_rounded_twice {
    ($name:ident, $float:ident) => {
        /// Whether a lane has another sum if its product, times a sign, is rounded before.
        fn $name(operands: &[u128], sign: $float) -> bool {
            let [one, two, three] = lanes(operands, |bits| {
                let bytes = bits.to_le_bytes();
                let lanes = bytes.as_chunks().0.iter();
                lanes
                    .map(|lane| $float::from_le_bytes(*lane))
                    .collect::<Vec<_>>()
            });
            (0..one.len()).any(|lane| {
                let (factor, other, more) = (sign * one[lane], two[lane], three[lane]);
                let [once, twice] = [factor.mul_add(other, more), factor * other + more];
                once.to_bits() != twice.to_bits() && !(once.is_nan() && twice.is_nan())
            })
        }
    };
}

is_rounded_twice!(is_rounded_twice_f32, f32);
is_rounded_twice!(is_rounded_twice_f64, f64);

/// The lanes of three operands; of two, the third has zeros.
fn lanes<T>(operands: &[u128], split: impl Fn(u128) -> T) -> [T; 3] {
    std::array::from_fn(|place| split(operands.get(place).copied().unwrap_or(0)))
}
