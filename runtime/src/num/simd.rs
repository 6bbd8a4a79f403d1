//! Vectors: what `do` cells of the tables do with lanes.
//!
//! A primitive takes vectors apart into lanes, applies a function to one or two lanes, and puts the
//! results together. A row names the function, and the type and the number of the lanes where the
//! function does not say them. Nothing here branches on a lane or calls a function that is not
//! inlined, so that compilers make a few vector instructions of each primitive, and the frame of a
//! handler stays empty. Standard: section 4.3, "Numerics", "Vector Operations".

mod lane;
#[cfg(all(test, feature = "std"))]
mod tests;

use core::ops::Mul;

use super::float::Float;
use crate::types::V128;
pub(crate) use lane::Lane;
use lane::{Narrow, To};

/// A vector of equal lanes.
#[inline(always)]
pub(crate) fn splat<T: Lane<N>, const N: usize>(lane: T) -> V128 {
    T::join([lane; N])
}

/// A vector with a first lane, and zeros.
#[inline(always)]
pub(crate) fn first<T: Lane<N>, const N: usize>(lane: T) -> V128 {
    let mut lanes = [T::default(); N];
    if let Some(first) = lanes.first_mut() {
        *first = lane;
    }
    T::join(lanes)
}

/// A lane; its number is below the number of lanes.
#[inline(always)]
pub(crate) fn lane<T: Lane<N>, const N: usize>(a: V128, number: u8) -> T {
    // The remainder lets compilers see that there is one.
    let number = usize::from(number) % N;
    T::split(a).get(number).copied().unwrap_or_default()
}

/// The vector with another value of a lane.
#[inline(always)]
pub(crate) fn with_lane<T: Lane<N>, const N: usize>(a: V128, number: u8, lane: T) -> V128 {
    // A mask, since to read a vector from memory waits if a part of it has just been written.
    let mut lanes = T::Mask::split(a);
    let new = T::Mask::split(splat::<T, N>(lane));
    for (place, (old, new)) in (0..).zip(lanes.iter_mut().zip(new)) {
        let mask = T::mask(place == number);
        *old = (new & mask) | (*old & !mask);
    }
    T::Mask::join(lanes)
}

/// Each lane by itself.
#[inline(always)]
pub(crate) fn map<T: Lane<N>, const N: usize>(a: V128, f: impl Fn(T) -> T) -> V128 {
    let mut lanes = T::split(a);
    for lane in &mut lanes {
        *lane = f(*lane);
    }
    T::join(lanes)
}

/// Each lane with the one at the same place.
#[inline(always)]
pub(crate) fn zip<T: Lane<N>, const N: usize>(a: V128, b: V128, f: impl Fn(T, T) -> T) -> V128 {
    let mut lanes = T::split(a);
    for (a, b) in lanes.iter_mut().zip(T::split(b)) {
        *a = f(*a, b);
    }
    T::join(lanes)
}

/// All bits of a lane where something is true of two lanes, and none where it is not.
#[inline(always)]
pub(crate) fn compare<T: Lane<N>, const N: usize>(
    a: V128,
    b: V128,
    f: impl Fn(&T, &T) -> bool,
) -> V128 {
    let mut masks = [T::Mask::default(); N];
    for (mask, (a, b)) in masks.iter_mut().zip(T::split(a).iter().zip(&T::split(b))) {
        *mask = T::mask(f(a, b));
    }
    T::Mask::join(masks)
}

/// Each lane shifted by a count of bits, of which the function takes the remainder.
#[inline(always)]
pub(crate) fn shift<T: Lane<N>, const N: usize>(
    a: V128,
    count: i32,
    f: impl Fn(T, u32) -> T,
) -> V128 {
    map::<T, N>(a, |lane| f(lane, count as u32))
}

/// Lanes of another type: as many of the first ones as there is room for, and zeros after them.
#[inline(always)]
pub(crate) fn convert<T, U, const N: usize, const M: usize>(a: V128) -> V128
where
    T: Lane<N> + To<U>,
    U: Lane<M>,
{
    U::join(converted(&T::split(a)))
}

/// Lanes of another type: the upper half of them.
#[inline(always)]
pub(crate) fn convert_high<T, U, const N: usize, const M: usize>(a: V128) -> V128
where
    T: Lane<N> + To<U>,
    U: Lane<M>,
{
    U::join(converted(upper(&T::split(a))))
}

/// The first lanes of two vectors, as another type.
#[inline(always)]
pub(crate) fn zip_low<T, U, const N: usize, const M: usize>(
    a: V128,
    b: V128,
    f: impl Fn(U, U) -> U,
) -> V128
where
    T: Lane<N> + To<U>,
    U: Lane<M>,
{
    zip::<U, M>(convert::<T, U, N, M>(a), convert::<T, U, N, M>(b), f)
}

/// The upper halves of two vectors, as another type.
#[inline(always)]
pub(crate) fn zip_high<T, U, const N: usize, const M: usize>(
    a: V128,
    b: V128,
    f: impl Fn(U, U) -> U,
) -> V128
where
    T: Lane<N> + To<U>,
    U: Lane<M>,
{
    zip::<U, M>(
        convert_high::<T, U, N, M>(a),
        convert_high::<T, U, N, M>(b),
        f,
    )
}

/// Each lane with its neighbour, as another type.
#[inline(always)]
pub(crate) fn pairs<T, U, const N: usize, const M: usize>(a: V128, f: impl Fn(U, U) -> U) -> V128
where
    T: Lane<N> + To<U>,
    U: Lane<M>,
{
    let lanes = T::split(a);
    let (pairs, _) = lanes.as_chunks();
    let mut results = [U::default(); M];
    for (result, [even, odd]) in results.iter_mut().zip(pairs) {
        *result = f(even.to(), odd.to());
    }
    U::join(results)
}

/// The products of lanes, as another type, each with its neighbour; the type has room for a product.
#[inline(always)]
pub(crate) fn dot<T, U, const N: usize, const M: usize>(
    a: V128,
    b: V128,
    sum: impl Fn(U, U) -> U,
) -> V128
where
    T: Lane<N> + To<U>,
    U: Lane<M> + Mul<Output = U>,
{
    let (a, b) = (T::split(a), T::split(b));
    let ((a, _), (b, _)) = (a.as_chunks(), b.as_chunks());
    let mut results = [U::default(); M];
    for (result, ([a, c], [b, d])) in results.iter_mut().zip(a.iter().zip(b)) {
        *result = sum(a.to() * b.to(), c.to() * d.to());
    }
    U::join(results)
}

/// The products of bytes, four of them and a lane of a third vector together.
#[inline(always)]
pub(crate) fn dot_add(a: V128, b: V128, c: V128) -> V128 {
    let sums = dot::<i8, i16, 16, 8>(a, b, i16::saturating_add);
    let sums = pairs::<i16, i32, 8, 4>(sums, i32::wrapping_add);
    zip(sums, c, i32::wrapping_add)
}

/// The lanes of two vectors as a narrower type, the nearest value of it each.
#[inline(always)]
pub(crate) fn narrow<T, U, const N: usize, const M: usize>(a: V128, b: V128) -> V128
where
    T: Lane<N> + Narrow<U>,
    U: Lane<M>,
{
    let (a, b) = (T::split(a), T::split(b));
    let mut results = [U::default(); M];
    for (result, lane) in results.iter_mut().zip(a.iter().chain(&b)) {
        *result = lane.narrow();
    }
    U::join(results)
}

/// Whether a bit is set.
#[inline(always)]
pub(crate) fn is_any_true(a: V128) -> bool {
    a.as_u128() != 0
}

/// Whether no lane is zero.
#[inline(always)]
pub(crate) fn is_all_true<T: Lane<N>, const N: usize>(a: V128) -> bool {
    let zero = T::default();
    !T::split(a)
        .iter()
        .fold(false, |found, lane| found | (*lane == zero))
}

/// The signs of lanes: that of the first one is the lowest bit.
#[inline(always)]
pub(crate) fn bitmask<const N: usize>(a: V128) -> i32 {
    // Lanes in a half of the vector, and bits in a lane.
    let (count, bits) = const { (N as u32 / 2, 128 / N as u32) };
    let spread = |step: u32| (0..count).fold(0, |sum, place| sum | 1u64 << (step * place));
    let signs = spread(bits) << (bits - 1);
    let [low, high] = u64::split(a).map(|lanes| {
        // One of these products has each sign where it belongs in the highest bits.
        (lanes & signs).wrapping_mul(spread(bits - 1)) >> (u64::BITS - count)
    });
    (low | high << count) as i32
}

/// Bytes of two vectors, by their numbers.
#[inline(always)]
pub(crate) fn shuffle(a: V128, b: V128, numbers: [u8; 16]) -> V128 {
    let vectors = [a, b].map(V128::to_le_bytes);
    let bytes = vectors.as_flattened();
    // Eight numbers from one register, one after the other: the sixteen at once are more than there
    // are registers.
    let halves = u64::split(V128::from_le_bytes(numbers)).map(|numbers| {
        (0..8).fold(0, |sum, place| {
            let number = (numbers >> (8 * place)) as usize % 32;
            sum | u64::from(bytes.get(number).copied().unwrap_or_default()) << (8 * place)
        })
    });
    u64::join(halves)
}

/// Bytes of a vector, by their numbers; where there is no such byte, zero.
#[inline(always)]
pub(crate) fn swizzle(a: V128, numbers: V128) -> V128 {
    let bytes = a.to_le_bytes();
    let chosen = map(numbers, |number: u8| {
        let number = usize::from(number) % bytes.len();
        bytes.get(number).copied().unwrap_or_default()
    });
    chosen & compare(numbers, splat(16u8), u8::lt)
}

/// The mean of two lanes, rounded up.
#[inline(always)]
pub(crate) fn average<T: To<u32>>(a: T, b: T) -> T
where
    u32: To<T>,
{
    ((a.to() + b.to() + 1) >> 1).to()
}

/// The product of two fractions of 2^15, rounded; only that of the two least does not fit.
#[inline(always)]
pub(crate) fn multiply_q15(a: i16, b: i16) -> i16 {
    // One less, which always fits, and then one more.
    let less = ((i32::from(a) * i32::from(b) - (1 << 14)) >> 15) as i16;
    less.saturating_add(1)
}

/// The number of bits that are set.
#[inline(always)]
pub(crate) fn count_ones(a: u8) -> u8 {
    a.count_ones() as u8
}

/// The smaller of two floats, as `float::min` gives it. This and what follows goes the same way for
/// all lanes, where a scalar takes one of several and is done early: so it can be a vector.
#[inline(always)]
pub(crate) fn min<F: Float>(a: F, b: F) -> F {
    // Of two that are equal these are both, so that the sign is that of either.
    let (one, other) = (if a < b { a } else { b }, if b < a { b } else { a });
    ordered(a, b, one.either(other))
}

/// The larger of two floats, as `float::max` gives it.
#[inline(always)]
pub(crate) fn max<F: Float>(a: F, b: F) -> F {
    let (one, other) = (if a > b { a } else { b }, if b > a { b } else { a });
    ordered(a, b, one.both(other))
}

/// The next integer, ties to the even one.
#[inline(always)]
pub(crate) fn nearest<F: Float>(a: F) -> F {
    round(a, |near| near)
}

/// The next integer that is not larger.
#[inline(always)]
pub(crate) fn floor<F: Float>(a: F) -> F {
    round(a, |near| near.minus(one_if(near > a)))
}

/// The next integer that is not smaller.
#[inline(always)]
pub(crate) fn ceil<F: Float>(a: F) -> F {
    round(a, |near| near + one_if(near < a))
}

/// The next integer towards zero.
#[inline(always)]
pub(crate) fn trunc<F: Float>(a: F) -> F {
    round(a, |near| {
        near.minus(one_if::<F>(near.magnitude() > a.magnitude()).signed(a))
    })
}

#[inline(always)]
fn converted<T: To<U>, U: Lane<M>, const M: usize>(lanes: &[T]) -> [U; M] {
    let mut results = [U::default(); M];
    for (result, lane) in results.iter_mut().zip(lanes) {
        *result = lane.to();
    }
    results
}

#[inline(always)]
fn upper<T>(lanes: &[T]) -> &[T] {
    lanes
        .split_at_checked(lanes.len() / 2)
        .map_or(&[], |(_, upper)| upper)
}

/// A result, but the NaN if one of two is one.
#[inline(always)]
fn ordered<F: Float>(a: F, b: F, result: F) -> F {
    let sum = a + b;
    if a.partial_cmp(&b).is_some() {
        result
    } else {
        sum
    }
}

/// As `float::round`; a NaN goes through the sums, which make it quiet.
#[inline(always)]
fn round<F: Float>(a: F, correct: impl Fn(F) -> F) -> F {
    let (integral, zero) = (F::INTEGRAL.signed(a), one_if::<F>(false).signed(a));
    let rounded = correct((a + integral).minus(integral)).either(zero);
    if a.magnitude() >= F::INTEGRAL {
        a
    } else {
        rounded
    }
}

#[inline(always)]
fn one_if<F: Float>(truth: bool) -> F {
    if truth { F::ONE } else { F::ONE.minus(F::ONE) }
}
