//! An implementation of a trait.

struct Environment;

#[tabwasm_macros::host(module = "env")]
impl Drop for Environment {
    fn drop(&mut self) {}
}

fn main() {}
