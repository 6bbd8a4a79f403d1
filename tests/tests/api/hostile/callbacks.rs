//! Host functions and epoch callbacks of the user that panic, call the guest again, and change what
//! they were called with.
//!
//! They are called while the guest's frames wait below them, and they get the store exclusively:
//! they may grow the memory and replace the table that the guest is about to use.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tabwasm::{
    AsContextMut, Caller, Config, Engine, Error, Extern, ExternRef, Func, FuncType, Instance,
    Linker, Memory, MemoryType, Result, ResumableCall, Store, Trap, UpdateDeadline, Val, ValType,
};

use super::super::module;
use super::{fail, panics};

/// A memory, host functions of each kind, and locals that stand in all registers across a call.
const PROGRAM: &str = r#"(module
    (import "host" "plain" (func $plain (param i32) (result i32)))
    (import "host" "any" (func $any (param i32) (result i32)))
    (import "host" "tick" (func $tick))
    (memory (export "memory") 1)
    (table (export "table") 1 funcref)
    (func (export "plain") (param i32) (result i32) (call $around (local.get 0) (i32.const 0)))
    (func (export "any") (param i32) (result i32) (call $around (local.get 0) (i32.const 1)))
    (func $around (param i32 i32) (result i32)
      (local $before i32)
      (local.set $before (i32.load (i32.const 8)))
      (local.set 1 (if (result i32) (local.get 1)
        (then (call $any (local.get 0)))
        (else (call $plain (local.get 0)))))
      (i32.store (i32.const 8) (i32.add (local.get $before) (i32.const 1)))
      (i32.add (local.get 1) (i32.load (i32.const 8))))
    (func (export "last") (result i32)
      (i32.load8_u (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 1))))
    (func (export "spin") (param i32) (result i32)
      (loop
        (call $tick)
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br_if 0 (local.get 0)))
      (local.get 0))
    (func (export "forever") (loop (br 0))))"#;

/// What the host does when it is called.
type Act = Arc<dyn Fn(Caller<'_, State>, i32) -> Result<i32> + Send + Sync>;

#[derive(Default)]
struct State {
    act: Option<Act>,
    instance: Option<Instance>,
}

fn start() -> Result<(Store<State>, Instance)> {
    let engine = Engine::new(Config::new().epoch_interruption(true))?;
    let mut linker = Linker::new(&engine);
    let act = |caller: Caller<'_, State>, value: i32| match caller.data().act.clone() {
        Some(act) => act(caller, value),
        None => Ok(value),
    };
    linker.func_wrap("host", "plain", act)?;
    let ty = FuncType::new([ValType::I32], [ValType::I32]);
    linker.func_new("host", "any", ty, move |caller, params, results| {
        let Val::I32(value) = params[0] else {
            tabwasm::bail!("an integer");
        };
        results[0] = Val::I32(act(caller, value)?);
        Ok(())
    })?;
    let own = engine.clone();
    linker.func_wrap("host", "tick", move || own.increment_epoch())?;
    let mut store = Store::new(&engine, State::default());
    store.set_epoch_deadline(1_000_000);
    let instance = linker.instantiate(&mut store, &module(&engine, PROGRAM))?;
    store.data_mut().instance = Some(instance);
    Ok((store, instance))
}

fn does(
    store: &mut Store<State>,
    act: impl Fn(Caller<'_, State>, i32) -> Result<i32> + Send + Sync + 'static,
) {
    store.data_mut().act = Some(Arc::new(act));
}

/// Calls of the guest work, and its memory is where it says.
fn is_whole(store: &mut Store<State>, instance: Instance) -> Result<()> {
    store.data_mut().act = None;
    store.set_epoch_deadline(1_000_000);
    let memory = instance
        .get_memory(&mut *store, "memory")
        .expect("exported");
    for name in ["plain", "any"] {
        let func = instance.get_typed_func::<i32, i32>(&mut *store, name)?;
        memory.write(&mut *store, 8, &40i32.to_le_bytes())?;
        assert_eq!(func.call(&mut *store, 1)?, 42);
    }
    let last = instance.get_typed_func::<(), i32>(&mut *store, "last")?;
    let end = memory.data_size(&*store) - 1;
    memory.write(&mut *store, end, &[9])?;
    assert_eq!(last.call(&mut *store, ())?, 9);
    memory.write(&mut *store, end, &[0])?;
    Ok(())
}

#[test]
fn host_functions_panic() -> Result<()> {
    let (mut store, instance) = start()?;
    for name in ["plain", "any"] {
        // More often than calls may be nested.
        for _ in 0..200 {
            does(&mut store, |_, _| fail("the host panics"));
            let func = instance.get_typed_func::<i32, i32>(&mut store, name)?;
            assert_eq!(panics(|| func.call(&mut store, 1)), "the host panics");
        }
        is_whole(&mut store, instance)?;
    }
    Ok(())
}

/// Deep in calls of the guest and the host in turn, more often than they may be nested.
#[test]
fn host_functions_call_the_guest() -> Result<()> {
    let (mut store, instance) = start()?;
    for (end, panics_there) in [(3, false), (20, false), (20, true), (100_000, false)] {
        let deepest = Arc::new(AtomicUsize::new(0));
        let seen = deepest.clone();
        does(&mut store, move |mut caller, depth| {
            seen.fetch_max(depth as usize, Ordering::Relaxed);
            if depth >= end {
                if panics_there {
                    fail("deep down");
                }
                return Ok(depth);
            }
            let instance = caller.data().instance.expect("it runs");
            let name = if depth % 2 == 0 { "plain" } else { "any" };
            let func = instance.get_typed_func::<i32, i32>(&mut caller, name)?;
            func.call(&mut caller, depth + 1)
        });
        let plain = instance.get_typed_func::<i32, i32>(&mut store, "plain")?;
        let result =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| plain.call(&mut store, 0)));
        match result {
            Err(_) => assert!(panics_there),
            Ok(Ok(_)) => assert!(end < 100),
            Ok(Err(error)) => {
                assert_eq!(error.as_trap_code(), Some(Trap::StackOverflow));
                println!(
                    "{} calls of the host within each other",
                    deepest.load(Ordering::Relaxed)
                );
            }
        }
        is_whole(&mut store, instance)?;
    }
    Ok(())
}

/// What the running guest holds in registers moves under it.
#[test]
fn host_functions_change_everything() -> Result<()> {
    let (mut store, instance) = start()?;
    does(&mut store, |mut caller, value| {
        let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
            tabwasm::bail!("no memory");
        };
        let Some(Extern::Table(table)) = caller.get_export("table") else {
            tabwasm::bail!("no table");
        };
        memory.grow(&mut caller, 1)?;
        table.grow(&mut caller, 1, tabwasm::Ref::Func(None))?;
        for _ in 0..100 {
            Func::wrap(&mut caller, || ());
            ExternRef::new(&mut caller, 1)?;
            Memory::new(&mut caller, MemoryType::new(0, None))?;
        }
        let module = caller
            .data()
            .instance
            .expect("it runs")
            .module(&caller)?
            .clone();
        let nothing = Instance::new(&mut caller, &module, &[]);
        assert!(nothing.is_err(), "the imports are missing");
        // The closure that runs is dropped, but for the copy that runs.
        caller.data_mut().act = None;
        Ok(value)
    });
    let plain = instance.get_typed_func::<i32, i32>(&mut store, "plain")?;
    assert_eq!(plain.call(&mut store, 3)?, 4);
    is_whole(&mut store, instance)
}

/// A host function suspends the call that its own call is nested in, and keeps it beyond.
#[test]
fn suspended_calls_are_kept_by_host_functions() -> Result<()> {
    let (mut store, instance) = start()?;
    let kept: Arc<Mutex<Vec<ResumableCall>>> = Arc::default();
    let own = kept.clone();
    does(&mut store, move |mut caller, depth| {
        if depth > 5 {
            return Err(Error::msg("deep down"));
        }
        let instance = caller.data().instance.expect("it runs");
        let func = instance.get_func(&mut caller, "any").expect("exported");
        let mut results = [Val::I32(0)];
        let call = func.call_resumable(&mut caller, &[Val::I32(depth + 1)], &mut results)?;
        own.lock().expect("no panic").push(call);
        Err(Error::msg("not so deep"))
    });
    let plain = instance.get_typed_func::<i32, i32>(&mut store, "plain")?;
    assert!(plain.call(&mut store, 0).is_err());
    let calls = std::mem::take(&mut *kept.lock().expect("no panic"));
    assert_eq!(calls.len(), 6);
    is_whole(&mut store, instance)?;
    for call in calls {
        let ResumableCall::HostTrap(call) = call else {
            panic!("{call:?}");
        };
        let mut results = [Val::I32(0)];
        let call = call.resume(&mut store, &[Val::I32(1)], &mut results)?;
        assert!(matches!(call, ResumableCall::Finished), "{call:?}");
    }
    is_whole(&mut store, instance)
}

#[test]
fn epoch_callbacks_panic_and_fail() -> Result<()> {
    let (mut store, instance) = start()?;
    let forever = instance.get_typed_func::<(), ()>(&mut store, "forever")?;
    let calls = Arc::new(AtomicUsize::new(0));
    let own = calls.clone();
    store.epoch_deadline_callback(move |_| match own.fetch_add(1, Ordering::Relaxed) % 2 {
        0 => fail("the callback panics"),
        _ => Err(Error::msg("the callback fails")),
    });
    for round in 1..=10 {
        store.set_epoch_deadline(0);
        assert_eq!(
            panics(|| forever.call(&mut store, ())),
            "the callback panics"
        );
        let error = forever.call(&mut store, ()).expect_err("it never ends");
        assert_eq!(error.to_string(), "the callback fails");
        assert_eq!(
            calls.load(Ordering::Relaxed),
            2 * round,
            "it is still there"
        );
    }
    is_whole(&mut store, instance)
}

/// Within the callback the guest runs without one: what reaches a deadline there is interrupted.
#[test]
fn epoch_callbacks_call_the_guest() -> Result<()> {
    let (mut store, instance) = start()?;
    let calls = Arc::new(AtomicUsize::new(0));
    let own = calls.clone();
    store.epoch_deadline_callback(move |mut store| {
        own.fetch_add(1, Ordering::Relaxed);
        let instance = store.data().instance.expect("it runs");
        let forever = instance.get_typed_func::<(), ()>(store.as_context_mut(), "forever")?;
        let error = forever
            .call(store.as_context_mut(), ())
            .expect_err("the deadline is over");
        assert_eq!(error.as_trap_code(), Some(Trap::Interrupt));
        let memory = instance
            .get_memory(store.as_context_mut(), "memory")
            .expect("exported");
        memory.grow(store.as_context_mut(), 1)?;
        store.data_mut().act = None;
        Ok(UpdateDeadline::Continue(2))
    });
    store.set_epoch_deadline(2);
    let spin = instance.get_typed_func::<i32, i32>(&mut store, "spin")?;
    assert_eq!(spin.call(&mut store, 20)?, 0);
    println!(
        "{} calls of the callback in 20 ticks",
        calls.load(Ordering::Relaxed)
    );
    // One at each second tick; behind the last one there is no loop to interrupt.
    assert_eq!(calls.load(Ordering::Relaxed), 9);
    is_whole(&mut store, instance)
}
