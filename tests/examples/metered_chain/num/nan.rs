//! The canonical NaN in place of any other.

/// Of a result of 32 bits.
#[inline(always)]
pub(crate) fn single(value: f32) -> f32 {
    if value.is_nan() {
        f32::from_bits(CANONICAL_32)
    } else {
        value
    }
}

/// Of a result of 64 bits.
#[inline(always)]
pub(crate) fn double(value: f64) -> f64 {
    if value.is_nan() {
        f64::from_bits(CANONICAL_64)
    } else {
        value
    }
}

/// Sign clear, exponent full, the first bit of the payload alone.
const CANONICAL_32: u32 = 0x7FC0_0000;
const CANONICAL_64: u64 = 0x7FF8_0000_0000_0000;
