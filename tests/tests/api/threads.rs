//! What threads share: engines, modules and their code, which is translated at the first call.
//!
//! `tests/sanitizers.sh` runs these tests where every access of a thread is watched.

use std::fmt::Write;
use std::sync::Barrier;
use std::thread;

use tabwasm::{Config, Engine, Func, Instance, Linker, Module, Result, Store, Trap};

use super::module;

const THREADS: usize = 4;

/// How often it is tried: each time everything is new.
const ROUNDS: usize = if cfg!(debug_assertions) { 20 } else { 100 };

/// Functions of a module; each calls the next.
const FUNCTIONS: usize = 12;

/// A module in which function `n` gives its argument and `FUNCTIONS - n` more.
fn chain() -> String {
    let mut text = String::from("(module");
    for number in 0..FUNCTIONS {
        let next = match number + 1 {
            FUNCTIONS => String::from("(local.get 0)"),
            next => format!("(call $f{next} (local.get 0))"),
        };
        write!(
            text,
            "(func $f{number} (export \"f{number}\") (param i32) (result i32)
               (i32.add {next} (i32.const 1)))"
        )
        .expect("a string takes it");
    }
    text + ")"
}

/// Runs this on several threads, which begin together.
fn together(run: impl Fn(usize) + Sync) {
    let barrier = Barrier::new(THREADS);
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (barrier, run) = (&barrier, &run);
            scope.spawn(move || {
                barrier.wait();
                run(number);
            });
        }
    });
}

#[test]
fn first_calls_at_the_same_time() {
    let text = chain();
    for round in 0..ROUNDS {
        let engine = Engine::default();
        let module = module(&engine, &text);
        together(|thread| {
            let mut store = Store::new(&engine, ());
            let instance = Instance::new(&mut store, &module, &[]).expect("an instance");
            for place in 0..FUNCTIONS {
                // Threads begin at the same function or at different ones, up or down the chain.
                let number = match round % 3 {
                    0 => place,
                    1 => (place + thread * 3) % FUNCTIONS,
                    _ => FUNCTIONS - 1 - place,
                };
                let func = instance.get_typed_func::<i32, i32>(&mut store, &format!("f{number}"));
                let result = func.and_then(|func| func.call(&mut store, 5));
                assert_eq!(result.expect("a result"), (5 + FUNCTIONS - number) as i32);
            }
        });
    }
}

#[test]
fn modules_and_their_types_come_and_go_at_the_same_time() {
    let text = r#"(module (type $pair (func (param i32 i64) (result i64 i32)))
        (import "host" "swap" (func $swap (type $pair)))
        (func (export "swap") (type $pair) (call $swap (local.get 0) (local.get 1))))"#;
    let wasm = wat::parse_str(text).expect("text");
    for _ in 0..ROUNDS {
        let engine = Engine::default();
        together(|_| {
            let module = Module::new(&engine, &wasm).expect("a module");
            let mut store = Store::new(&engine, ());
            let swap = Func::wrap(&mut store, |a: i32, b: i64| (b, a));
            let instance = Instance::new(&mut store, &module, &[swap.into()]);
            // The instance keeps the module.
            drop(module);
            let swap = instance.expect("an instance").get_func(&mut store, "swap");
            let swap = swap
                .expect("exported")
                .typed::<(i32, i64), (i64, i32)>(&store);
            let result = swap.and_then(|swap| swap.call(&mut store, (1, 2)));
            assert_eq!(result.expect("a result"), (2, 1));
        });
    }
}

#[test]
fn one_linker_serves_the_stores_of_all_threads() -> Result<()> {
    let engine = Engine::default();
    let mut linker: Linker<usize> = Linker::new(&engine);
    linker.func_wrap("host", "who", |caller: tabwasm::Caller<'_, usize>| {
        *caller.data() as i32
    })?;
    let text = r#"(module (import "host" "who" (func $who (result i32)))
        (func (export "who") (result i32) (call $who)))"#;
    let module = module(&engine, text);
    together(|thread| {
        for _ in 0..ROUNDS {
            let mut store = Store::new(&engine, thread);
            let instance = linker
                .instantiate(&mut store, &module)
                .expect("an instance");
            let who = instance.get_typed_func::<(), i32>(&mut store, "who");
            let result = who.and_then(|who| who.call(&mut store, ()));
            assert_eq!(result.expect("a result"), thread as i32);
        }
    });
    Ok(())
}

#[test]
fn another_thread_ends_an_endless_loop() -> Result<()> {
    let engine = Engine::new(Config::new().epoch_interruption(true))?;
    let module = module(&engine, r#"(module (func (export "run") (loop (br 0))))"#);
    let ready = Barrier::new(THREADS);
    together(|thread| {
        if thread == 0 {
            ready.wait();
            return engine.increment_epoch();
        }
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).expect("an instance");
        let run = instance.get_typed_func::<(), ()>(&mut store, "run");
        // The tick comes after this.
        store.set_epoch_deadline(1);
        ready.wait();
        let error = run
            .and_then(|run| run.call(&mut store, ()))
            .expect_err("it is endless");
        assert_eq!(error.as_trap_code(), Some(Trap::Interrupt));
    });
    Ok(())
}
