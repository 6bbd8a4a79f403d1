//! Cases with fields, with several values, and with none in brackets.

#[derive(tabwasm_macros::Lift, tabwasm_macros::Lower)]
enum Shape {
    Circle { radius: f32 },
    Rectangle(f32, f32),
    Nothing(),
}

fn main() {}
