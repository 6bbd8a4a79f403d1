//! Kinds that do not suit the type, do not exist, or are too many.

#[derive(tabwasm_macros::Lower)]
#[component(variant)]
struct Point {
    x: u32,
}

#[derive(tabwasm_macros::Lower)]
#[component(flags)]
enum Style {
    Bold,
}

#[derive(tabwasm_macros::Lower)]
#[component(recrod)]
struct Line {
    end: u32,
}

#[derive(tabwasm_macros::Lower)]
#[component(variant, enum)]
enum Colour {
    Red,
}

#[derive(tabwasm_macros::Lower)]
#[component(record = "line", name = "circle")]
struct Circle {
    radius: u32,
}

fn main() {}
