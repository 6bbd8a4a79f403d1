//! An enum one of whose cases has a value.

#[derive(tabwasm_macros::Lift, tabwasm_macros::Lower)]
#[component(enum)]
enum Colour {
    Red,
    Grey(u8),
}

fn main() {}
