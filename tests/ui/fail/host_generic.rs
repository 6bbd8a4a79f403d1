//! A generic function.

struct Environment;

#[tabwasm_macros::host(module = "env")]
impl Environment {
    fn log<T: Into<i64>>(&mut self, value: i64) {}
}

fn main() {}
