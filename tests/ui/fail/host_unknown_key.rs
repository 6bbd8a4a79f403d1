//! A key that is none.

struct Environment;

#[tabwasm_macros::host(modul = "env")]
impl Environment {
    fn log(&mut self, value: i64) {}
}

fn main() {}
