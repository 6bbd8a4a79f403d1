//! Parameters that a module cannot hand over.

struct Environment;

#[tabwasm_macros::host(module = "env")]
impl Environment {
    fn log(&mut self, line: &str) {}
    fn put(&mut self, bytes: [u8; 4], at: usize) {}
}

fn main() {}
