//! Attributes that say nothing, too much, or not what they can.

#[derive(tabwasm_macros::Lift)]
#[component]
struct Person {
    #[component(nmae = "first-name")]
    first: u32,
    #[component(record)]
    age: u8,
    #[component(name)]
    size: u8,
    #[component(name = 7)]
    shoes: u8,
    #[component(name = "hat", name = "cap")]
    hat: u8,
    #[component("coat")]
    coat: u8,
    #[component(name = "glove" name = "mitten")]
    glove: u8,
}

fn main() {}
