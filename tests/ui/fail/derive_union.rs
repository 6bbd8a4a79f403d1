//! A union, whose fields nothing tells apart.

#[derive(tabwasm_macros::Lift, tabwasm_macros::Lower)]
union Number {
    float: f32,
    bits: u32,
}

fn main() {}
