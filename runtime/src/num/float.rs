//! Floats: what Rust's operators and `core` do not give, or give otherwise.
//!
//! Section 4.3.3 of the standard. A NaN that comes out of an operation is quiet: any canonical
//! one if all NaNs that went in are canonical, which keeping the payload of an operand gives.
//! Rounding is arithmetic, not a call into a mathematical library, so that a handler stays a
//! handler.

use core::ops;

use super::backend;
use crate::policy::{self, If};

/// `f32` and `f64`.
pub(crate) trait Float: Copy + PartialOrd + ops::Add<Output = Self> {
    /// Numbers from here on have no fraction.
    const INTEGRAL: Self;
    /// One.
    const ONE: Self;

    /// Without the sign.
    fn magnitude(self) -> Self;
    /// With the sign of another.
    fn signed(self, like: Self) -> Self;
    /// This minus another.
    fn minus(self, other: Self) -> Self;
    /// With all bits that either of two has.
    fn either(self, other: Self) -> Self;
    /// With all bits that both of two have.
    fn both(self, other: Self) -> Self;
    /// A NaN becomes quiet and keeps its payload; a number stays what it is.
    fn quiet(self) -> Self;
    /// The canonical NaN in place of any; a number stays what it is.
    fn canonical(self) -> Self;
    /// The next integer in a direction.
    fn rounded(self, to: Rounding) -> Self;
    /// The square root as the backend computes it.
    fn root(self) -> Self;
}

/// In 64 bits. Machines without floats leave a NaN as it is.
#[inline(always)]
pub(crate) fn promote(a: f32) -> f64 {
    f64::from(a).quiet()
}

/// The smaller one; -0 is smaller than 0, and a NaN wins over all.
#[inline(always)]
pub(crate) fn min<F: Float>(a: F, b: F) -> F {
    if a < b {
        a
    } else if b < a {
        b
    } else if a == b {
        a.either(b)
    } else {
        a + b
    }
}

/// The larger one; 0 is larger than -0, and a NaN wins over all.
#[inline(always)]
pub(crate) fn max<F: Float>(a: F, b: F) -> F {
    if a > b {
        a
    } else if b > a {
        b
    } else if a == b {
        a.both(b)
    } else {
        a + b
    }
}

/// The positive canonical NaN in place of any.
#[inline(always)]
pub(crate) fn canonical<F: Float>(a: F) -> F {
    a.canonical()
}

/// The next integer, ties to the even one.
#[inline(always)]
pub(crate) fn nearest<F: Float>(a: F) -> F {
    a.rounded(Rounding::Nearest)
}

/// The next integer that is not larger.
#[inline(always)]
pub(crate) fn floor<F: Float>(a: F) -> F {
    a.rounded(Rounding::Floor)
}

/// The next integer that is not smaller.
#[inline(always)]
pub(crate) fn ceil<F: Float>(a: F) -> F {
    a.rounded(Rounding::Ceil)
}

/// The next integer towards zero.
#[inline(always)]
pub(crate) fn trunc<F: Float>(a: F) -> F {
    a.rounded(Rounding::Trunc)
}

/// The square root.
#[inline(always)]
pub(crate) fn sqrt<F: Float>(a: F) -> F {
    a.root()
}

/// The smaller one, but the first one if they are equal, or one is a NaN.
#[inline(always)]
pub(crate) fn pmin<F: PartialOrd>(a: F, b: F) -> F {
    if b < a { b } else { a }
}

/// The larger one, but the first one if they are equal, or one is a NaN.
#[inline(always)]
pub(crate) fn pmax<F: PartialOrd>(a: F, b: F) -> F {
    if a < b { b } else { a }
}

/// The sum, as a function of lanes.
#[inline(always)]
pub(crate) fn add<F: ops::Add<Output = F>>(a: F, b: F) -> F {
    a + b
}

/// The difference, as a function of lanes.
#[inline(always)]
pub(crate) fn sub<F: ops::Sub<Output = F>>(a: F, b: F) -> F {
    a - b
}

/// The product, as a function of lanes.
#[inline(always)]
pub(crate) fn mul<F: ops::Mul<Output = F>>(a: F, b: F) -> F {
    a * b
}

/// The quotient, as a function of lanes.
#[inline(always)]
pub(crate) fn div<F: ops::Div<Output = F>>(a: F, b: F) -> F {
    a / b
}

/// With the other sign, as a function of a lane.
#[inline(always)]
pub(crate) fn neg<F: ops::Neg<Output = F>>(a: F) -> F {
    -a
}

/// Where to round to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rounding {
    Nearest,
    Floor,
    Ceil,
    Trunc,
}

/// Rounds: a sum with [`Float::INTEGRAL`] has no room for a fraction, and floating-point addition
/// rounds to nearest, ties to even. The sign of a zero is kept.
#[cfg_attr(not(small), inline(always))]
fn round<F: Float>(a: F, to: Rounding) -> F {
    let size = a.magnitude();
    if size < F::INTEGRAL {
        let near = (size + F::INTEGRAL).minus(F::INTEGRAL);
        let rounded = match to {
            Rounding::Nearest => near,
            Rounding::Trunc if near > size => near.minus(F::ONE),
            Rounding::Trunc => near,
            Rounding::Floor if near.signed(a) > a => near.signed(a).minus(F::ONE),
            Rounding::Ceil if near.signed(a) < a => near.signed(a) + F::ONE,
            Rounding::Floor | Rounding::Ceil => near,
        };
        rounded.signed(a)
    } else {
        a.quiet()
    }
}

macro_rules! float {
    ($float:ty, $root:path, $quiet:literal, $wide:ty) => {
        impl Float for $float {
            const INTEGRAL: Self = 1.0 / Self::EPSILON;
            const ONE: Self = 1.0;

            #[inline(always)]
            fn magnitude(self) -> Self {
                self.abs()
            }

            #[inline(always)]
            fn signed(self, like: Self) -> Self {
                self.copysign(like)
            }

            #[inline(always)]
            fn minus(self, other: Self) -> Self {
                self - other
            }

            #[inline(always)]
            fn either(self, other: Self) -> Self {
                Self::from_bits(self.to_bits() | other.to_bits())
            }

            #[inline(always)]
            fn both(self, other: Self) -> Self {
                Self::from_bits(self.to_bits() & other.to_bits())
            }

            #[inline(always)]
            fn quiet(self) -> Self {
                if self.is_nan() {
                    Self::from_bits(self.to_bits() | $quiet)
                } else {
                    self
                }
            }

            #[inline(always)]
            fn canonical(self) -> Self {
                // By its bits: where `is_nan` follows a square root, LLVM leaves the choice out, since
                // any NaN is as good as another to it.
                let infinity = Self::INFINITY.to_bits();
                if self.magnitude().to_bits() > infinity {
                    Self::from_bits(infinity | $quiet)
                } else {
                    self
                }
            }

            #[inline(always)]
            fn rounded(self, to: Rounding) -> Self {
                round(<$wide>::from(self), to) as Self
            }

            #[inline(always)]
            fn root(self) -> Self {
                $root(self)
            }
        }
    };
}

/// What an `f32` is rounded as.
type Wide = If<{ policy::ROUND_AS_F64 }, f64, f32>;

float!(f32, backend::sqrt_f32, 0x0040_0000, Wide);
float!(f64, backend::sqrt_f64, 0x0008_0000_0000_0000, f64);

#[cfg(test)]
mod tests {
    #[cfg(any(feature = "std", feature = "libm"))]
    use core::hint::black_box;

    use super::*;

    const SIGNALING: u32 = 0x7FA0_1234;

    fn same(a: f64, b: f64) {
        assert_eq!(a.to_bits(), b.to_bits(), "{a} is not {b}");
    }

    #[test]
    fn minimum_and_maximum_know_the_sign_of_zero() {
        same(min(0.0, -0.0), -0.0);
        same(min(-0.0, 0.0), -0.0);
        same(max(0.0, -0.0), 0.0);
        same(max(-0.0, -0.0), -0.0);
        same(min(1.0, f64::NEG_INFINITY), f64::NEG_INFINITY);
        same(max(1.0, 2.0), 2.0);
    }

    #[test]
    fn a_nan_wins_and_is_quiet() {
        for result in [
            min(f32::from_bits(SIGNALING), 1.0),
            max(1.0, f32::from_bits(SIGNALING)),
            min(f32::from_bits(SIGNALING), f32::NAN),
            nearest(f32::from_bits(SIGNALING)),
            floor(f32::from_bits(SIGNALING)),
            ceil(f32::from_bits(SIGNALING)),
            trunc(f32::from_bits(SIGNALING)),
        ] {
            assert!(result.is_nan());
            assert_ne!(result.to_bits() & 0x0040_0000, 0);
        }
        assert_eq!(
            floor(f32::from_bits(SIGNALING)).to_bits(),
            SIGNALING | 0x0040_0000
        );
    }

    #[test]
    fn rounding_by_hand() {
        for (a, near, down, up, zero) in [
            (0.0, 0.0, 0.0, 0.0, 0.0),
            (-0.0, -0.0, -0.0, -0.0, -0.0),
            (0.5, 0.0, 0.0, 1.0, 0.0),
            (-0.5, -0.0, -1.0, -0.0, -0.0),
            (1.5, 2.0, 1.0, 2.0, 1.0),
            (-1.5, -2.0, -2.0, -1.0, -1.0),
            (2.5, 2.0, 2.0, 3.0, 2.0),
            (-2.5, -2.0, -3.0, -2.0, -2.0),
            (0.49999999999999994, 0.0, 0.0, 1.0, 0.0),
            (5e-324, 0.0, 0.0, 1.0, 0.0),
            (-5e-324, -0.0, -1.0, -0.0, -0.0),
            (
                4503599627370495.5,
                4503599627370496.0,
                4503599627370495.0,
                4503599627370496.0,
                4503599627370495.0,
            ),
            (
                4503599627370497.0,
                4503599627370497.0,
                4503599627370497.0,
                4503599627370497.0,
                4503599627370497.0,
            ),
            (
                f64::INFINITY,
                f64::INFINITY,
                f64::INFINITY,
                f64::INFINITY,
                f64::INFINITY,
            ),
        ] {
            same(nearest(a), near);
            same(floor(a), down);
            same(ceil(a), up);
            same(trunc(a), zero);
        }
    }

    #[cfg(feature = "std")]
    #[test]
    fn rounding_as_std_does() {
        let mut bits = 0x1234_5678_9ABC_DEF1_u64;
        for _ in 0..200_000 {
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            // Exponents around those of small integers and of the largest fractions.
            let exponent = 1020 + (bits >> 52) % 56;
            let a = f64::from_bits(bits & 0x800F_FFFF_FFFF_FFFF | exponent << 52);
            same(nearest(a), a.round_ties_even());
            same(floor(a), a.floor());
            same(ceil(a), a.ceil());
            same(trunc(a), a.trunc());
            let a = a as f32;
            assert_eq!(nearest(a).to_bits(), a.round_ties_even().to_bits());
            assert_eq!(floor(a).to_bits(), a.floor().to_bits());
            assert_eq!(ceil(a).to_bits(), a.ceil().to_bits());
            assert_eq!(trunc(a).to_bits(), a.trunc().to_bits());
        }
    }

    #[cfg(any(feature = "std", feature = "libm"))]
    #[test]
    fn square_roots() {
        same(sqrt(4.0), 2.0);
        same(sqrt(-0.0), -0.0);
        same(sqrt(2.0), core::f64::consts::SQRT_2);
        assert_eq!(sqrt(2.0f32), core::f32::consts::SQRT_2);
        assert!(sqrt(-1.0f32).is_nan());
        assert_ne!(sqrt(f32::from_bits(SIGNALING)).to_bits() & 0x0040_0000, 0);
    }

    #[cfg(any(feature = "std", feature = "libm"))]
    #[test]
    fn the_nan_of_a_square_root_becomes_canonical() {
        let root = |a: f32| canonical(sqrt(black_box(a))).to_bits();
        assert_eq!(root(-1.0), 0x7FC0_0000);
        assert_eq!(root(f32::from_bits(SIGNALING)), 0x7FC0_0000);
        assert_eq!(root(-0.0), 0x8000_0000);
        let root = |a: f64| canonical(sqrt(black_box(a))).to_bits();
        assert_eq!(root(-1.0), 0x7FF8_0000_0000_0000);
    }
}
