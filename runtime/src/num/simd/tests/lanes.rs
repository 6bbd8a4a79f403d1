//! Lanes that are taken out, put in, spread and exchanged.
//!
//! The model takes lanes out of a number of 128 bits by shifts, and puts them back so, on every machine
//! in the same way.

use super::*;

macro_rules! lanes {
    ($($name:ident: $type:ident $bits:ident $count:literal;)*) => {$(
        #[test]
        fn $name() {
            const BITS: u32 = $bits::BITS;
            for (a, b) in operands(BITS) {
                let value = get(BITS, b, 0);
                let lane_of = |bits: u64| <$type>::from_le_bytes((bits as $bits).to_le_bytes());
                let bits_of = |lane: $type| u64::from(<$bits>::from_le_bytes(lane.to_le_bytes()));
                let whole = u128::from(splat(lane_of(value)));
                assert_eq!(whole, put(BITS, [value; $count]));
                let only = u128::from(first(lane_of(value)));
                assert_eq!(only, u128::from(value));
                for place in 0..$count {
                    let found = lane::<$type, $count>(V128::from(a), place);
                    assert_eq!(bits_of(found), get(BITS, a, place.into()));
                    let found = with_lane(V128::from(a), place, lane_of(value));
                    let model = all(BITS, a).zip(0..).map(|(lane, at)| {
                        if at == place { value } else { lane }
                    });
                    assert_eq!(u128::from(found), put(BITS, model));
                }
            }
        }
    )*};
}

lanes! {
    lanes_of_i8: i8 u8 16;
    lanes_of_u8: u8 u8 16;
    lanes_of_i16: i16 u16 8;
    lanes_of_u16: u16 u16 8;
    lanes_of_i32: i32 u32 4;
    lanes_of_u32: u32 u32 4;
    lanes_of_f32: f32 u32 4;
    lanes_of_i64: i64 u64 2;
    lanes_of_u64: u64 u64 2;
    lanes_of_f64: f64 u64 2;
}

#[test]
fn bytes_are_chosen_by_number() {
    let mut random = Random(0xFEDC_BA98_7654_3211);
    for (a, b) in operands(8) {
        let of = |number: u64| match number {
            0..16 => get(8, a, number as u32),
            16..32 => get(8, b, number as u32 - 16),
            _ => 0,
        };
        let numbers = random.vector() & put(8, [31; 16]);
        let found = shuffle(V128::from(a), V128::from(b), numbers.to_le_bytes());
        assert_eq!(u128::from(found), put(8, all(8, numbers).map(of)));

        let of = |number: u64| if number < 16 { of(number) } else { 0 };
        for numbers in [b, numbers] {
            let found = swizzle(V128::from(a), V128::from(numbers));
            assert_eq!(u128::from(found), put(8, all(8, numbers).map(of)));
        }
    }
}
