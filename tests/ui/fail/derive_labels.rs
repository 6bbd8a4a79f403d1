//! Labels that are none, or the same.

#[derive(tabwasm_macros::Lower)]
struct Person {
    first_name: u32,
    #[component(name = "firstName")]
    last_name: u32,
    #[component(name = "first-name")]
    nick: u32,
    #[component(name = "2nd")]
    second: u32,
    größe: u32,
    a__b: u32,
}

#[derive(tabwasm_macros::Lower)]
enum Colour {
    DarkRed,
    Darkred,
}

fn main() {}
