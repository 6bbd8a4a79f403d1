//! Types of every form, generic ones and ones with lifetimes, through memory and core values.

use tabwasm::Trap;
use tabwasm::component::{
    AddressType, CanonicalOptions, ComponentType, LiftContext, LowerContext, MAX_FLAT_PARAMS, Type, WasmStr,
};
use tabwasm_macros::{ComponentType, Lift, Lower};

#[derive(ComponentType, Lift, Lower, Clone, Copy, Debug, PartialEq)]
#[component(record)]
struct Point {
    x: f32,
    #[component(name = "vertical")]
    y: f32,
}

#[derive(ComponentType, Lift, Lower, Debug, PartialEq)]
enum Shape<T> {
    Dot(T),
    Line((Point, Point)),
    Nothing,
}

#[derive(ComponentType, Lift, Lower, Clone, Copy, Debug, PartialEq)]
#[component(enum)]
enum Colour {
    DarkRed,
    Green,
}

#[derive(ComponentType, Lift, Lower, Clone, Copy, Debug, PartialEq)]
#[component(flags)]
struct Style {
    r#bold: bool,
    dashed: bool,
}

#[derive(Lower)]
struct Sent<'a, R: Copy> {
    text: &'a str,
    cx: R,
}

#[derive(Lift)]
struct Received {
    text: WasmStr,
    number: u8,
}

fn main() -> Result<(), Trap> {
    assert_eq!(Colour::TYPE, Type::Enum(&["dark-red", "green"]));
    assert_eq!(Style::TYPE, Type::Flags(&["bold", "dashed"]));
    let Type::Record([_, ("vertical", _)]) = Point::TYPE else { panic!("{:?}", Point::TYPE) };
    assert_eq!((Shape::<u64>::SIZE32, Shape::<u64>::ALIGN32, Shape::<u8>::SIZE64), (24, 8, 20));

    let point = Point { x: 1.0, y: -0.0 };
    let value = (Colour::Green, Style { bold: true, dashed: false }, Shape::Dot(u64::MAX), Shape::<u8>::Line((point, point)));
    for address in AddressType::ALL {
        let options = CanonicalOptions { address, ..CanonicalOptions::default() };
        let mut memory = [0xAA; 64];
        let mut cx = LowerContext::new(&mut memory[..], options);
        cx.store(&value, 8)?;
        let mut slots = [u64::MAX; MAX_FLAT_PARAMS];
        let count = cx.lower(&value, &mut slots, MAX_FLAT_PARAMS)?;
        let cx = LiftContext::new(&memory, options);
        assert_eq!(cx.load::<(Colour, Style, Shape<u64>, Shape<u8>)>(8)?, value);
        assert_eq!(cx.lift::<(Colour, Style, Shape<u64>, Shape<u8>)>(&slots[..count], MAX_FLAT_PARAMS)?, value);
        assert_eq!(cx.load::<Shape<u8>>(12), Err(Trap::InvalidDiscriminant));
    }

    let mut memory = [0; 32];
    memory[..16].copy_from_slice(b"\x0c\0\0\0\x02\0\0\0\x07\0\0\0hi!!");
    let received: Received = LiftContext::new(&memory, CanonicalOptions::default()).load(0)?;
    assert_eq!((received.text.as_utf8(&memory)?, received.number), (Some("hi"), 7));
    // There is no allocator for the string.
    let mut cx = LowerContext::new(&mut memory[..], CanonicalOptions::default());
    assert_eq!(cx.store(&Sent { text: "no", cx: 1u8 }, 0), Err(Trap::NoAllocator));
    Ok(())
}
