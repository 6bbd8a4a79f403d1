//! Modules that are part of a program, and hosts that they call.
//!
//! The macros are used as a program would use them, and the functions are run: with typed arguments
//! and results, a host whose errors are traps, fuel that ends and is refilled, and one host that
//! serves both engines.

use tabwasm::compact::{Error, Value};
use tabwasm::host::{CallError, Memory};
use tabwasm::profile::Profile;
use tabwasm::{Engine, Linker, Module, Store, Trap, V128};
use tabwasm_macros::{host, include_wasm, runtime};

runtime! {
    /// Integers only.
    pub struct Sensor;
    tier = no_alloc,
    proposals = [mvp, mutable_globals, multi_value],
    limits { name_length = 16, memories = 1 },
}

runtime! {
    /// Vectors, for which slots are wide.
    pub struct Lanes;
    tier = no_alloc,
    proposals = [mvp, floats, simd],
}

include_wasm!(Sensor, "modules/sensor.wat");
include_wasm!(Lanes, "modules/vector.wat");
include_wasm!(pub mod built_in, tabwasm::profile::NoAllocVector, "modules/vector.wat");
include_wasm!(pub mod recursive, tabwasm::profile::NoAlloc, "modules/fib.wat");

#[derive(Default)]
struct Board {
    logged: Vec<String>,
}

impl sensor::Imports for Board {
    fn log(&mut self, mut memory: Memory<'_>, at: i32, len: i32) -> Result<(), Trap> {
        let text = memory.text(at as u32, len as u32)?.unwrap_or_default();
        self.logged.push(text.into());
        Ok(())
    }

    fn read(&mut self, _: Memory<'_>, pin: i32) -> Result<i32, Trap> {
        match pin {
            0..4 => Ok(pin * 50),
            _ => Err(Trap::UnreachableCodeReached),
        }
    }
}

#[test]
fn functions_are_typed() {
    let mut ram = sensor::Ram::new();
    let mut fuel = 1000;
    let mut sensor = sensor::Instance::new(ram.lend(), Board::default(), &mut fuel).unwrap();
    assert_eq!(sensor.sample(&mut fuel, 1), Ok(100));
    assert_eq!(sensor.sample(&mut fuel, 3), Ok(300));
    assert_eq!(sensor.divmod(&mut fuel, 17, 5), Ok((3, 2)));
    assert_eq!(sensor.host().0.logged, ["warm"]);
    assert_eq!(sensor.global("calls"), Some(Value::I32(2)));
    assert_eq!(&sensor.memory("memory")[8..12], b"warm");
}

/// Vectors in the caller's memory, turned by the first byte of its own.
struct Turner;

#[host(module = "host")]
impl Turner {
    fn turn(&mut self, mut memory: Memory<'_>, vector: V128, at: u32) -> Result<V128, Trap> {
        let [first, ..] = memory.read::<16>(at)?;
        Ok(vector.as_u128().rotate_left(first.into()).into())
    }
}

#[test]
fn vectors_are_typed() {
    assert_eq!(size_of::<<Lanes as Profile>::Slot>(), 16);
    assert_eq!(size_of::<<Sensor as Profile>::Slot>(), 8);
    let (given, turned) = (
        V128::from(8 << 64 | 40),
        4 << 96 | 11 << 64 | 2 << 32 | 41_u128,
    );
    let (mut ram, mut other, mut fuel) = (vector::Ram::new(), built_in::Ram::new(), 1000);
    let mut one = vector::Instance::linked(ram.lend(), Turner, &mut fuel).unwrap();
    let mut two = built_in::Instance::linked(other.lend(), Turner, &mut fuel).unwrap();
    let result = Ok(V128::from(turned.rotate_left(40)));
    assert_eq!(one.add_first(&mut fuel, given), result);
    assert_eq!(two.add_first(&mut fuel, given), result);
    let first = V128::from(4 << 96 | 3 << 64 | 2 << 32 | 1_u128);
    assert_eq!(one.global("first"), Some(Value::V128(first)));
    assert_eq!(&one.memory("memory")[8..24], &given.to_le_bytes());
}

#[test]
fn errors_of_the_host_are_traps() {
    let (mut ram, mut fuel) = (sensor::Ram::new(), 1000);
    let mut sensor = sensor::Instance::new(ram.lend(), Board::default(), &mut fuel).unwrap();
    let trap = Err(CallError::Trap(Trap::UnreachableCodeReached));
    assert_eq!(sensor.sample(&mut fuel, 9), trap);
    let trap = Err(CallError::Trap(Trap::MemoryOutOfBounds));
    assert_eq!(sensor.wild(&mut fuel), trap);
    assert_eq!(sensor.sample(&mut fuel, 2), Ok(200));
}

#[test]
fn fuel_can_be_refilled() {
    let (mut ram, mut fuel) = (sensor::Ram::new(), 100);
    let mut sensor = sensor::Instance::new(ram.lend(), Board::default(), &mut fuel).unwrap();
    assert_eq!(sensor.spin(&mut fuel), Err(CallError::Fuel));
    assert_eq!(
        sensor.sample(&mut 100, 1),
        Err(CallError::Error(Error::Busy))
    );
    assert_eq!(sensor.resume::<()>(&mut 100), Err(CallError::Fuel));
    sensor.abort();
    assert_eq!(sensor.sample(&mut 100, 1), Ok(100));
}

#[test]
fn calls_without_a_bound_get_what_they_are_given() {
    let (mut ram, mut fuel) = (recursive::Ram::<64, 12>::new(), 100_000);
    let mut fib = recursive::Instance::new(ram.lend(), (), &mut fuel).unwrap();
    assert_eq!(fib.fib(&mut fuel, 10), Ok(55));
    assert_eq!(fib.fib(&mut fuel, 40), Err(CallError::StackFull));
    assert_eq!(fib.fib(&mut fuel, 10), Ok(55));
}

/// What the environment of a device gives.
#[derive(Default)]
struct Environment {
    logged: Vec<String>,
    reads: u32,
}

/// A value out of range.
struct OutOfRange;

impl From<OutOfRange> for Trap {
    fn from(_: OutOfRange) -> Trap {
        Trap::IntegerOverflow
    }
}

#[host(module = "env")]
impl Environment {
    /// Writes a line.
    fn log(&mut self, mut memory: Memory<'_>, at: u32, len: u32) -> Result<(), Trap> {
        let text = memory.text(at, len)?.unwrap_or_default();
        self.logged.push(text.into());
        Ok(())
    }

    fn read(&mut self, pin: u32) -> Result<i32, OutOfRange> {
        self.reads += 1;
        if pin < 4 {
            Ok(pin as i32 * 60)
        } else {
            Err(OutOfRange)
        }
    }

    #[host(name = "now", module = "clock")]
    fn time(&mut self) -> u64 {
        self.reads.into()
    }
}

#[test]
fn a_host_serves_included_modules() {
    let (mut ram, mut fuel) = (sensor::Ram::new(), 1000);
    let host = Environment::default();
    let mut sensor = sensor::Instance::linked(ram.lend(), host, &mut fuel).unwrap();
    assert_eq!(sensor.sample(&mut fuel, 2), Ok(240));
    assert_eq!(
        sensor.sample(&mut fuel, 4),
        Err(CallError::Trap(Trap::IntegerOverflow))
    );
    assert_eq!(sensor.host().logged, ["warm"]);
    assert_eq!(sensor.host().reads, 2);
}

#[test]
fn a_host_serves_linkers() {
    let engine = Engine::default();
    let module = Module::new(&engine, sensor::WASM).unwrap();
    let mut linker = Linker::new(&engine);
    tabwasm::host::link(&mut linker, |host: &mut Environment| host).unwrap();
    let mut store = Store::new(&engine, Environment::default());
    let instance = linker.instantiate(&mut store, &module).unwrap();
    let sample = instance
        .get_typed_func::<i32, i32>(&mut store, "sample")
        .unwrap();
    assert_eq!(sample.call(&mut store, 2).unwrap(), 240);
    let error = sample.call(&mut store, 4).unwrap_err();
    assert_eq!(error.as_trap_code(), Some(Trap::IntegerOverflow));
    assert_eq!(store.data().logged, ["warm"]);
}
