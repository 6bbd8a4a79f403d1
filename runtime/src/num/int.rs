//! Integer division and remainder, which trap.
//!
//! An integer of WebAssembly has no sign; these functions take it as the signed Rust type.
//! Everything else on integers is an operator of Rust and stands in the `do` cell itself. Standard:
//! section 4.3.2, "Integer Operations".

use crate::spec::Trap;

/// `i32` and `i64`.
pub(crate) trait Int: Copy {
    /// See [`div_s`].
    fn div_s(self, by: Self) -> Result<Self, Trap>;
    /// See [`div_u`].
    fn div_u(self, by: Self) -> Result<Self, Trap>;
    /// See [`rem_s`].
    fn rem_s(self, by: Self) -> Result<Self, Trap>;
    /// See [`rem_u`].
    fn rem_u(self, by: Self) -> Result<Self, Trap>;
}

/// The signed quotient, rounded towards zero.
#[inline(always)]
pub(crate) fn div_s<T: Int>(a: T, b: T) -> Result<T, Trap> {
    a.div_s(b)
}

/// The unsigned quotient, rounded towards zero.
#[inline(always)]
pub(crate) fn div_u<T: Int>(a: T, b: T) -> Result<T, Trap> {
    a.div_u(b)
}

/// The signed remainder, with the sign of `a`.
#[inline(always)]
pub(crate) fn rem_s<T: Int>(a: T, b: T) -> Result<T, Trap> {
    a.rem_s(b)
}

/// The unsigned remainder.
#[inline(always)]
pub(crate) fn rem_u<T: Int>(a: T, b: T) -> Result<T, Trap> {
    a.rem_u(b)
}

macro_rules! int {
    ($signed:ty, $unsigned:ty) => {
        impl Int for $signed {
            #[inline(always)]
            fn div_s(self, by: Self) -> Result<Self, Trap> {
                match self.checked_div(by) {
                    Some(quotient) => Ok(quotient),
                    None if by == 0 => Err(Trap::IntegerDivisionByZero),
                    None => Err(Trap::IntegerOverflow),
                }
            }

            #[inline(always)]
            fn div_u(self, by: Self) -> Result<Self, Trap> {
                match (self as $unsigned).checked_div(by as $unsigned) {
                    Some(quotient) => Ok(quotient as Self),
                    None => Err(Trap::IntegerDivisionByZero),
                }
            }

            #[inline(always)]
            fn rem_s(self, by: Self) -> Result<Self, Trap> {
                match self.checked_rem(by) {
                    Some(remainder) => Ok(remainder),
                    None if by == 0 => Err(Trap::IntegerDivisionByZero),
                    // The quotient of the least number and -1 overflows, the remainder does not.
                    None => Ok(0),
                }
            }

            #[inline(always)]
            fn rem_u(self, by: Self) -> Result<Self, Trap> {
                match (self as $unsigned).checked_rem(by as $unsigned) {
                    Some(remainder) => Ok(remainder as Self),
                    None => Err(Trap::IntegerDivisionByZero),
                }
            }
        }
    };
}

int!(i32, u32);
int!(i64, u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division_rounds_towards_zero() {
        assert_eq!(div_s(7, 2), Ok(3));
        assert_eq!(div_s(-7, 2), Ok(-3));
        assert_eq!(rem_s(-7, 2), Ok(-1));
        assert_eq!(rem_s(7i64, -2), Ok(1));
    }

    #[test]
    fn unsigned_division_ignores_the_sign() {
        assert_eq!(div_u(-1, 2), Ok(i32::MAX));
        assert_eq!(rem_u(-1i64, 10), Ok(5));
        assert_eq!(div_u(i32::MIN, -1), Ok(0));
        assert_eq!(rem_u(i32::MIN, -1), Ok(i32::MIN));
    }

    #[test]
    fn zero_traps() {
        for a in [0, 1, -1, i32::MIN, i32::MAX] {
            for divide in [div_s, div_u, rem_s, rem_u] {
                assert_eq!(divide(a, 0), Err(Trap::IntegerDivisionByZero));
            }
            for divide in [div_s, div_u, rem_s, rem_u] {
                assert_eq!(divide(i64::from(a), 0), Err(Trap::IntegerDivisionByZero));
            }
        }
    }

    #[test]
    fn only_the_quotient_overflows() {
        assert_eq!(div_s(i32::MIN, -1), Err(Trap::IntegerOverflow));
        assert_eq!(div_s(i64::MIN, -1), Err(Trap::IntegerOverflow));
        assert_eq!(rem_s(i32::MIN, -1), Ok(0));
        assert_eq!(rem_s(i64::MIN, -1), Ok(0));
    }
}
