//! Each primitive against a model that computes lane by lane from shifts of one number.

use super::*;

#[test]
fn a_number_beyond_the_last_byte_gives_zero() {
    let numbers = V128::from(0x7F80_FF10_0F00_0102_0304_0506_0708_090A);
    let a = V128::from(0x0F0E_0D0C_0B0A_0908_0706_0504_0302_0100);
    let expected = V128::from(0x0000_0000_0F00_0102_0304_0506_0708_090A);
    assert_eq!(swizzle(a, numbers), expected);
}
