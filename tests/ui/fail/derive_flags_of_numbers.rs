//! Flags that are not on or off.

#[derive(tabwasm_macros::Lift, tabwasm_macros::Lower)]
#[component(flags)]
struct Style {
    bold: bool,
    size: u8,
    colour: Option<bool>,
}

fn main() {}
