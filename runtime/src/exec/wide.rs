//! Arithmetic on numbers of 128 bits: `i64.add128`, `i64.sub128`, `i64.mul_wide_s` and
//! `i64.mul_wide_u`.
//!
//! A number is two operands or results, its lower half first. These rows touch no state; they have
//! functions here because they give two results, which a `do` cell cannot. Proposal "Wide
//! Arithmetic".

use super::machine::{Machine, Stop};

/// `i64.add128`
pub(crate) fn add128<M: Machine>(
    _: &mut M,
    a: i64,
    b: i64,
    c: i64,
    d: i64,
) -> Result<(i64, i64), Stop> {
    Ok(halves(whole(a, b).wrapping_add(whole(c, d))))
}

/// `i64.sub128`
pub(crate) fn sub128<M: Machine>(
    _: &mut M,
    a: i64,
    b: i64,
    c: i64,
    d: i64,
) -> Result<(i64, i64), Stop> {
    Ok(halves(whole(a, b).wrapping_sub(whole(c, d))))
}

/// `i64.mul_wide_s`: of numbers with a sign.
pub(crate) fn mul_wide_s<M: Machine>(_: &mut M, a: i64, b: i64) -> Result<(i64, i64), Stop> {
    Ok(halves(i128::from(a).wrapping_mul(b.into())))
}

/// `i64.mul_wide_u`: of numbers without one.
pub(crate) fn mul_wide_u<M: Machine>(_: &mut M, a: i64, b: i64) -> Result<(i64, i64), Stop> {
    let (a, b) = (u128::from(a as u64), u128::from(b as u64));
    Ok(halves(a.wrapping_mul(b) as i128))
}

fn whole(low: i64, high: i64) -> i128 {
    i128::from(low as u64) | i128::from(high) << 64
}

fn halves(number: i128) -> (i64, i64) {
    (number as i64, (number >> 64) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_half_comes_first() {
        assert_eq!(whole(-1, 0), i128::from(u64::MAX));
        assert_eq!(whole(0, -1), -(1 << 64));
        for (low, high) in [(-1, 0), (0, -1), (i64::MIN, i64::MAX), (1, -2)] {
            assert_eq!(halves(whole(low, high)), (low, high));
        }
    }
}
