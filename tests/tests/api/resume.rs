//! Calls that go on after an interruption, from every amount of fuel and from errors of the host.
//!
//! A call in portions must give what it gives at once, and a suspended one must be refused where it
//! does not belong.

use tabwasm::{
    Config, Engine, Error, Instance, Linker, Result, ResumableCall, Store, TypedResumableCall, Val,
};

use super::module;

const PROGRAM: &str = r#"(module
    (import "host" "ask" (func $ask (param i32) (result i32)))
    (memory 1)
    (func $fib (export "fib") (param i32) (result i32)
      (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
        (then (local.get 0))
        (else (i32.add
          (call $fib (i32.sub (local.get 0) (i32.const 1)))
          (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
    (func (export "sum") (param i32) (result i64)
      (local $at i32) (local $sum i64)
      (loop $next
        (i32.store (local.get $at) (i32.mul (local.get $at) (i32.const 3)))
        (local.set $sum (i64.add (local.get $sum) (i64.load32_u (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br_if $next (i32.lt_u (local.get $at) (local.get 0))))
      (local.get $sum))
    (func (export "ask") (param i32) (result i32)
      (i32.add (call $ask (local.get 0)) (call $ask (i32.const 10)))))"#;

fn start(fuel: bool) -> Result<(Store<()>, Instance)> {
    let engine = Engine::new(Config::new().consume_fuel(fuel))?;
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    linker.func_wrap("host", "ask", |question: i32| -> Result<i32> {
        Err(Error::msg(format!("asked {question}")))
    })?;
    let instance = linker.instantiate(&mut store, &module(&engine, PROGRAM))?;
    Ok((store, instance))
}

/// Runs with `fuel`, then with just what is asked for each time; gives the result and all fuel used.
fn in_steps(name: &str, argument: i32, fuel: u64) -> Result<(Val, u64)> {
    let (mut store, instance) = start(true)?;
    let func = instance.get_func(&mut store, name).expect("exported");
    let mut results = [Val::I32(0)];
    store.set_fuel(fuel)?;
    let mut given = fuel;
    let mut call = func.call_resumable(&mut store, &[Val::I32(argument)], &mut results)?;
    loop {
        call = match call {
            ResumableCall::Finished => return Ok((results[0], given - store.get_fuel()?)),
            ResumableCall::OutOfFuel(call) => {
                let left = store.get_fuel()?;
                assert!(call.required_fuel() > left);
                given += call.required_fuel() - left;
                store.set_fuel(call.required_fuel())?;
                call.resume(&mut store, &mut results)?
            }
            call => panic!("{call:?}"),
        }
    }
}

#[test]
fn from_every_fuel_value() -> Result<()> {
    for (name, argument) in [("fib", 7), ("sum", 64)] {
        let (whole, cost) = in_steps(name, argument, 1_000_000)?;
        for fuel in 0..=cost {
            let (result, used) = in_steps(name, argument, fuel)?;
            assert_eq!(
                format!("{result:?}"),
                format!("{whole:?}"),
                "{name} from {fuel}"
            );
            assert_eq!(used, cost, "{name} from {fuel}");
        }
    }
    Ok(())
}

#[test]
fn with_results_for_the_host_function() -> Result<()> {
    let (mut store, instance) = start(false)?;
    let ask = instance.get_typed_func::<i32, i32>(&mut store, "ask")?;
    let TypedResumableCall::HostTrap(call) = ask.call_resumable(&mut store, 5)? else {
        panic!("the host function fails");
    };
    assert_eq!(call.host_error().to_string(), "asked 5");
    assert_eq!(call.host_func().ty(&store).results().len(), 1);
    let TypedResumableCall::HostTrap(call) = call.resume(&mut store, &[Val::I32(100)])? else {
        panic!("it fails again");
    };
    assert_eq!(call.host_error().to_string(), "asked 10");
    let TypedResumableCall::Finished(sum) = call.resume(&mut store, &[Val::I32(20)])? else {
        panic!("it is done");
    };
    assert_eq!(sum, 120);
    Ok(())
}

#[test]
fn wrong_use_is_an_error() -> Result<()> {
    let (mut store, instance) = start(false)?;
    let (mut other, _) = start(false)?;
    let ask = instance.get_func(&mut store, "ask").expect("exported");
    let mut results = [Val::I32(0)];
    let mut trapped = || match ask.call_resumable(&mut store, &[Val::I32(5)], &mut [Val::I32(0)]) {
        Ok(ResumableCall::HostTrap(call)) => call,
        other => panic!("{other:?}"),
    };
    let (first, second, third, fourth) = (trapped(), trapped(), trapped(), trapped());
    assert!(first.resume(&mut store, &[], &mut results).is_err());
    assert!(
        second
            .resume(&mut store, &[Val::I64(1)], &mut results)
            .is_err()
    );
    assert!(
        third
            .resume(&mut other, &[Val::I32(1)], &mut results)
            .is_err()
    );
    assert!(fourth.resume(&mut store, &[Val::I32(1)], &mut []).is_err());
    Ok(())
}

#[test]
fn suspended_calls_do_not_disturb_others() -> Result<()> {
    let (mut store, instance) = start(true)?;
    let fib = instance.get_typed_func::<i32, i32>(&mut store, "fib")?;
    store.set_fuel(50)?;
    let TypedResumableCall::OutOfFuel(suspended) = fib.call_resumable(&mut store, 10)? else {
        panic!("that is too little");
    };
    store.set_fuel(1_000_000)?;
    assert_eq!(fib.call(&mut store, 11)?, 89);
    let TypedResumableCall::Finished(result) = suspended.resume(&mut store)? else {
        panic!("that is enough");
    };
    assert_eq!(result, 55);
    Ok(())
}
