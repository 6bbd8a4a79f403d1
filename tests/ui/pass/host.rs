//! A host, generic, with functions of all shapes.

use tabwasm::Trap;
use tabwasm::compact::Value;
use tabwasm::host::{Host, Memory};
use tabwasm_macros::host;

struct Environment<T>(T);

#[host(module = "env")]
impl<T: Into<u64> + Copy> Environment<T> {
    /// Not for modules: it takes no `self`.
    fn new(value: T) -> Self {
        Self(value)
    }

    fn nothing(&mut self) {}

    fn pair(&self, _memory: Memory<'_>, of: u64) -> (u64, u64) {
        (self.0.into(), of)
    }

    #[host(name = "try")]
    fn attempt(&mut self, a: f32, b: f64) -> Result<f64, Trap> {
        if b == 0.0 { Err(Trap::IntegerDivisionByZero) } else { Ok(f64::from(a) / b) }
    }
}

fn main() {
    let mut host = Environment::new(7u8);
    let functions = <Environment<u8> as Host>::FUNCTIONS;
    assert_eq!(functions.iter().map(|function| function.name).collect::<Vec<_>>(), ["nothing", "pair", "try"]);
    let mut results = [Value::I32(0); 2];
    host.call(1, Memory::new(&mut []), &[Value::I64(3)], &mut results).unwrap();
    assert_eq!(results, [Value::I64(7), Value::I64(3)]);
    let zero = [Value::from(1f32), Value::from(0f64)];
    assert_eq!(host.call(2, Memory::new(&mut []), &zero, &mut results), Err(Trap::IntegerDivisionByZero));
    assert_eq!(host.call(9, Memory::new(&mut []), &[], &mut []), Err(Trap::BadSignature));
}
