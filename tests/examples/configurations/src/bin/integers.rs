//! WebAssembly 1.0 without floats.

tabwasm_macros::runtime! {
    struct Runtime;
    tier = no_alloc,
    proposals = [mvp, mutable_globals],
}

tabwasm_macros::include_wasm!(Runtime, "../add.wat");

fn main() {
    let mut ram = add::Ram::new();
    let added =
        add::Instance::new(ram.lend(), (), &mut 100).and_then(|mut add| add.add(&mut 100, 1, 2));
    assert_eq!(added, Ok(3));
}
