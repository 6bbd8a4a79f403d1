//! A proposal that needs what the tier does not provide.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_alloc,
    proposals = [
        mvp, bulk_memory_opt, bulk_memory, call_indirect_overlong, reference_types, function_references, gc,
    ],
}

fn main() {}
