//! The name of a built-in profile.

tabwasm_macros::runtime! {
    pub struct NoAlloc;
    tier = no_alloc,
    proposals = [mvp],
}

fn main() {}
