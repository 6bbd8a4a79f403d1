//! All but floats.

tabwasm_macros::runtime! {
    struct Runtime;
    tier = no_alloc,
    proposals = [
        mvp, mutable_globals, sign_extension, multi_value, bulk_memory_opt, bulk_memory,
        call_indirect_overlong, reference_types, extended_const, tail_call, multi_memory, memory64,
        function_references, custom_page_sizes,
    ],
}

tabwasm_macros::include_wasm!(Runtime, "../add.wat");

fn main() {
    let mut ram = add::Ram::new();
    let added =
        add::Instance::new(ram.lend(), (), &mut 100).and_then(|mut add| add.add(&mut 100, 1, 2));
    assert_eq!(added, Ok(3));
}
