//! Values of the host that call and panic when they are dropped.
//!
//! The library drops values of the host at places where its own state is half changed unless care
//! is taken: when a value is replaced, when the guest runs, when an error is thrown away. Each
//! value must be dropped once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tabwasm::{
    Engine, Error, ExternRef, Func, Instance, Linker, Result, ResumableCall, Store, Val,
};

use super::super::module;
use super::{fail, panics};

/// Counts its end; some panic then, and some use the engine.
#[derive(Debug)]
struct Mortal {
    dropped: Arc<AtomicUsize>,
    last: Last,
}

#[derive(Clone, Debug)]
enum Last {
    Nothing,
    Panic,
    /// Makes a store and runs a module in it.
    Run(Engine),
}

impl Drop for Mortal {
    fn drop(&mut self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
        match &self.last {
            Last::Nothing => {}
            Last::Panic => fail("the value panics"),
            Last::Run(engine) => run(engine).expect("the engine works"),
        }
    }
}

impl std::fmt::Display for Mortal {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Err(std::fmt::Error)
    }
}

impl std::error::Error for Mortal {}

fn run(engine: &Engine) -> Result<()> {
    let text = "(module (func (export \"f\") (result i32) (i32.const 7)))";
    let mut store = Store::new(engine, ());
    let instance = Instance::new(&mut store, &module(engine, text), &[])?;
    let f = instance.get_typed_func::<(), i32>(&mut store, "f")?;
    assert_eq!(f.call(&mut store, ())?, 7);
    Ok(())
}

/// Makes values that count their end.
struct Maker {
    dropped: Arc<AtomicUsize>,
    made: usize,
}

impl Maker {
    fn new() -> Self {
        let dropped = Arc::default();
        Self { dropped, made: 0 }
    }

    fn make(&mut self, last: &Last) -> Mortal {
        self.made += 1;
        let dropped = self.dropped.clone();
        let last = last.clone();
        Mortal { dropped, last }
    }

    fn dropped(&self) -> usize {
        self.dropped.load(Ordering::Relaxed)
    }
}

/// A store that holds such values wherever one can be; the one at `place` has a last word.
fn full(engine: &Engine, maker: &mut Maker, place: usize, last: &Last) -> Result<Store<Mortal>> {
    let mut at = 0;
    let mut next = |maker: &mut Maker| {
        let last = if at == place { last } else { &Last::Nothing };
        at += 1;
        maker.make(last)
    };
    let mut store = Store::new(engine, next(maker));
    for _ in 0..2 {
        let value = next(maker);
        Func::wrap(&mut store, move || _ = &value);
        let value = next(maker);
        ExternRef::new(&mut store, value)?;
    }
    let value = next(maker);
    store.epoch_deadline_callback(move |_| {
        _ = &value;
        Err(Error::msg("never"))
    });
    let value = next(maker);
    store.limiter(move |_| {
        _ = &value;
        panic!("never")
    });
    Ok(store)
}

const PLACES: usize = 7;

#[test]
fn each_value_is_dropped_once() -> Result<()> {
    let engine = Engine::default();
    for place in 0..PLACES {
        for last in [Last::Nothing, Last::Panic, Last::Run(engine.clone())] {
            let mut maker = Maker::new();
            let store = full(&engine, &mut maker, place, &last)?;
            assert_eq!((maker.made, maker.dropped()), (PLACES, 0));
            match last {
                Last::Panic => assert_eq!(panics(|| drop(store)), "the value panics"),
                _ => drop(store),
            }
            assert_eq!(maker.dropped(), PLACES, "{last:?} at {place}");
        }
    }
    run(&engine)
}

/// What replaces a value that panics is in its place.
#[test]
fn what_is_replaced_panics() -> Result<()> {
    let engine = Engine::default();
    for place in [0, 5, 6] {
        let mut maker = Maker::new();
        let mut store = full(&engine, &mut maker, place, &Last::Panic)?;
        let text = panics(|| match place {
            0 => *store.data_mut() = maker.make(&Last::Nothing),
            5 => store.epoch_deadline_trap(),
            _ => store.limiter(|_| panic!("never")),
        });
        assert_eq!(text, "the value panics");
        let dropped = maker.dropped();
        assert_eq!(dropped, 1);
        drop(store);
        assert_eq!(maker.dropped(), maker.made);
    }
    Ok(())
}

/// Taken out of a store by a host function, while the guest that passed it runs.
#[test]
fn values_end_while_the_guest_runs() -> Result<()> {
    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    linker.func_wrap(
        "host",
        "end",
        |mut caller: tabwasm::Caller<'_, ()>, value: Option<ExternRef>| -> Result<()> {
            drop(value.expect("a value").take(&mut caller)?);
            Ok(())
        },
    )?;
    let text = r#"(module (import "host" "end" (func $end (param externref)))
        (func (export "end") (param externref) (result externref)
          (call $end (local.get 0)) (local.get 0))
        (func (export "twice") (param externref)
          (call $end (local.get 0)) (call $end (local.get 0))))"#;
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate(&mut store, &module(&engine, text))?;
    let mut maker = Maker::new();
    for (name, last) in [
        ("end", Last::Nothing),
        ("end", Last::Panic),
        ("end", Last::Run(engine.clone())),
        ("twice", Last::Nothing),
        ("twice", Last::Panic),
    ] {
        let value = ExternRef::new(&mut store, maker.make(&last))?;
        let func = instance.get_func(&mut store, name).expect("exported");
        let mut results = [Val::ExternRef(None)];
        let results = &mut results[..usize::from(name == "end")];
        let params = [Val::ExternRef(Some(value))];
        match (name, last) {
            (_, Last::Panic) => {
                panics(|| func.call(&mut store, &params, results));
            }
            ("twice", _) => assert!(func.call(&mut store, &params, results).is_err()),
            _ => func.call(&mut store, &params, results)?,
        }
        assert!(value.data(&store).is_err(), "it is gone");
        assert_eq!(maker.dropped(), maker.made);
    }
    Ok(())
}

/// Errors of host functions are values of the user, too.
#[test]
fn errors_panic_when_dropped() -> Result<()> {
    let engine = Engine::default();
    let mut maker = Maker::new();
    let dropped = maker.dropped.clone();
    let mut linker = Linker::new(&engine);
    linker.func_wrap("host", "fail", move || -> Result<()> {
        let (dropped, last) = (dropped.clone(), Last::Panic);
        Err(Error::new(Mortal { dropped, last }))
    })?;
    let text = r#"(module (import "host" "fail" (func $fail))
        (func (export "f") (call $fail)))"#;
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate(&mut store, &module(&engine, text))?;
    let f = instance.get_func(&mut store, "f").expect("exported");
    for _ in 0..200 {
        maker.made += 2;
        let error = f.call(&mut store, &[], &mut []).expect_err("it fails");
        assert!(error.is::<Mortal>());
        assert_eq!(panics(|| drop(error)), "the value panics");
        let ResumableCall::HostTrap(call) = f.call_resumable(&mut store, &[], &mut [])? else {
            panic!("it fails");
        };
        // Its error is dropped before the guest goes on.
        assert_eq!(
            panics(|| call.resume(&mut store, &[], &mut [])),
            "the value panics"
        );
    }
    assert_eq!(maker.dropped(), maker.made);
    run(&engine)
}
