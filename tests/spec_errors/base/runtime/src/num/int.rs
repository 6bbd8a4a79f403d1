//! Integers.

#[inline(always)]
pub(crate) fn div_s(a: i32, b: i32) -> Result<i32, Trap> {
    a.checked_div(b).ok_or(Trap::IntegerDivisionByZero)
}
