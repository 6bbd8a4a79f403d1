//! Loads a component that exports `greet: func(name: string) -> string`, instantiates and calls it, and
//! prints what it answers and how long each step took, as JSON: for `tests/components.py`.
//!
//! `greet FILE INSTANCES CALLS`: as many instances, and as many calls of the last one after the first.

use std::time::Instant;

use tabwasm::component::{Component, Linker};
use tabwasm::{Engine, Store};

type Error = Box<dyn std::error::Error + Send + Sync>;

/// How often it is loaded.
const LOADS: usize = 5;

fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = || arguments.next().ok_or("usage: greet FILE INSTANCES CALLS");
    let wasm = std::fs::read(argument()?)?;
    let (instances, calls): (usize, usize) = (argument()?.parse()?, argument()?.parse()?);

    let engine = Engine::default();
    let (load, component) = median(LOADS, || Ok(Component::new(&engine, &wasm)?))?;
    let linker = Linker::new(&engine);
    let (instantiate, (mut store, instance)) = median(instances, || {
        let mut store = Store::new(&engine, ());
        let instance = linker.instantiate(&mut store, &component)?;
        Ok((store, instance))
    })?;
    let greet = instance.get_typed_func::<(&str,), (String,)>(&mut store, "greet")?;
    let mut call = || Ok(greet.call(&mut store, ("World",))?);
    let (first, (answer,)) = median(1, &mut call)?;
    let (call, (last,)) = median(calls, call)?;
    assert_eq!(answer, last);
    println!(
        r#"{{"answer": {answer:?}, "seconds": {{"load": {load}, "instantiate": {instantiate}, "first": {first}, "call": {call}}}}}"#
    );
    Ok(())
}

/// Does something so many times: the median of the seconds, and the last result.
fn median<R>(times: usize, mut make: impl FnMut() -> Result<R, Error>) -> Result<(f64, R), Error> {
    let mut timed = || {
        let start = Instant::now();
        let made = make()?;
        Ok::<_, Error>((start.elapsed().as_secs_f64(), made))
    };
    let (seconds, mut last) = timed()?;
    let mut all = vec![seconds];
    for _ in 1..times {
        let (seconds, made) = timed()?;
        all.push(seconds);
        last = made;
    }
    all.sort_by(f64::total_cmp);
    Ok((all[all.len() / 2], last))
}
