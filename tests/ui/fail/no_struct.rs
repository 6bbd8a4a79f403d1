//! No name.

tabwasm_macros::runtime! {
    tier = no_alloc,
    proposals = [mvp],
}

fn main() {}
