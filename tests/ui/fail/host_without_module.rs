//! No module.

struct Environment;

#[tabwasm_macros::host()]
impl Environment {
    fn log(&mut self, value: i64) {}
}

fn main() {}
