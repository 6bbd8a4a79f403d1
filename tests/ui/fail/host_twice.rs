//! Two functions with one name.

struct Environment;

#[tabwasm_macros::host(module = "env")]
impl Environment {
    fn log(&mut self, value: i64) {}

    #[host(name = "log")]
    fn print(&mut self, value: i32) {}
}

fn main() {}
