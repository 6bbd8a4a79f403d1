//! A function that waits.

struct Environment;

#[tabwasm_macros::host(module = "env")]
impl Environment {
    async fn wait(&mut self, millis: u32) {}
}

fn main() {}
