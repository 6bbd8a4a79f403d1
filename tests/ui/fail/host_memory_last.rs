//! The memory behind other parameters.

struct Environment;

#[tabwasm_macros::host(module = "env")]
impl Environment {
    fn log(&mut self, at: u32, memory: tabwasm::host::Memory<'_>) {}
}

fn main() {}
