//! What loading and translating may take: time that a deadline ends, and code within a limit.
//!
//! Translation is work that a module sizes and that happens during a call, so the epoch is polled
//! there as well, and code counts against a limit of its module. Modules here are long enough that
//! a deadline falls into the middle.

use tabwasm::{
    Config, Engine, Instance, LimitError, Module, Result, Store, Trap, TypedFunc, UpdateDeadline,
};

/// A module that exports `f`: a function of about this many bytes that gives 7.
fn long(bytes: usize) -> Vec<u8> {
    let nops = "nop ".repeat(bytes);
    let text = format!(r#"(module (func (export "f") (result i32) {nops} i32.const 7))"#);
    wat::parse_str(text).expect("text")
}

fn instance<T>(store: &mut Store<T>, bytes: &[u8]) -> Result<TypedFunc<(), i32>> {
    let module = Module::new(store.engine(), bytes)?;
    Instance::new(&mut *store, &module, &[])?.get_typed_func(&mut *store, "f")
}

const LONG: usize = 200_000;

#[test]
fn a_deadline_ends_a_first_call_while_it_is_translated() -> Result<()> {
    let engine = Engine::new(Config::new().epoch_interruption(true))?;
    let mut store = Store::new(&engine, ());
    let f = instance(&mut store, &long(LONG))?;
    for _ in 0..2 {
        store.set_epoch_deadline(0);
        let error = f.call(&mut store, ()).expect_err("the time is up");
        assert_eq!(error.as_trap_code(), Some(Trap::Interrupt));
    }
    // The store goes on, and so does the function.
    store.set_epoch_deadline(1);
    assert_eq!(f.call(&mut store, ())?, 7);
    assert_eq!(f.call(&mut store, ())?, 7);
    Ok(())
}

#[test]
fn a_callback_decides_during_translation_as_at_any_other_look() -> Result<()> {
    let engine = Engine::new(Config::new().epoch_interruption(true))?;
    let mut store = Store::new(&engine, (0, UpdateDeadline::Interrupt));
    let f = instance(&mut store, &long(LONG))?;
    store.set_epoch_deadline(0);
    store.epoch_deadline_callback(|mut store| {
        let (looks, decision) = store.data_mut();
        *looks += 1;
        Ok(*decision)
    });
    for calls in 1..3 {
        let error = f.call(&mut store, ()).expect_err("the callback says so");
        assert_eq!(error.as_trap_code(), Some(Trap::Interrupt));
        assert_eq!(store.data().0, calls);
    }
    // A call that was ended is translated anew; to go on means to go on from there.
    store.data_mut().1 = UpdateDeadline::Continue(1);
    assert_eq!(f.call(&mut store, ())?, 7);
    assert_eq!(store.data().0, 3);
    store.engine().increment_epoch();
    assert_eq!(f.call(&mut store, ())?, 7);
    // At the entry, for it is translated now.
    assert_eq!(store.data().0, 4);
    Ok(())
}

#[test]
fn what_a_call_burns_does_not_depend_on_translation() -> Result<()> {
    let engine = Engine::new(Config::new().consume_fuel(true))?;
    let mut store = Store::new(&engine, ());
    let f = instance(&mut store, &long(LONG))?;
    let burnt = [(); 2].map(|()| {
        store.set_fuel(1_000_000)?;
        f.call(&mut store, ())?;
        Result::<u64>::Ok(1_000_000 - store.get_fuel()?)
    });
    let [first, second] = burnt;
    assert_eq!(first?, second?);
    Ok(())
}

#[test]
fn a_deadline_ends_loading() -> Result<()> {
    let engine = Engine::default();
    let bytes = long(LONG);
    let error = Module::new_with_epoch_deadline(&engine, &bytes, 0).expect_err("the time is up");
    assert_eq!(error.as_trap_code(), Some(Trap::Interrupt));
    engine.increment_epoch();
    // It counts from the call.
    Module::new_with_epoch_deadline(&engine, &bytes, 1)?;
    Ok(())
}

#[test]
fn code_beyond_the_limit_is_an_error_with_name_and_number() -> Result<()> {
    let mut config = Config::new();
    let mut limits = *config.get_limits();
    limits.translated_code = 1_000;
    config.limits(limits);
    let engine = Engine::new(&config)?;
    let adds = "(local.set 0 (i32.add (local.get 1) (local.get 2)))".repeat(60);
    let text = format!(
        r#"(module
            (func (export "f") (result i32) (i32.const 7))
            (func (export "large") (local i32 i32 i32) {adds})
            (func (export "g") (result i32) (i32.const 8)))"#
    );
    let mut store = Store::new(&engine, ());
    let module = Module::new(&engine, wat::parse_str(text)?)?;
    let instance = Instance::new(&mut store, &module, &[])?;
    let large = instance.get_typed_func::<(), ()>(&mut store, "large")?;
    for _ in 0..2 {
        let error = large.call(&mut store, ()).expect_err("it is too large");
        let limit = error.downcast_ref::<LimitError>().expect("a limit");
        assert_eq!((limit.what, limit.limit), ("translated_code", 1_000));
        assert!(limit.wanted > 1_000 && limit.wanted < 6_000, "{limit}");
        assert!(
            error
                .to_string()
                .contains("translated_code limited to 1000")
        );
    }
    // Other functions run, as long as all of them together are within the limit.
    for (name, result) in [("f", 7), ("g", 8)] {
        let func = instance.get_typed_func::<(), i32>(&mut store, name)?;
        assert_eq!(func.call(&mut store, ())?, result);
    }
    Ok(())
}

#[test]
fn functions_count_together() -> Result<()> {
    let mut config = Config::new();
    let mut limits = *config.get_limits();
    limits.translated_code = 1_000;
    config.limits(limits);
    let engine = Engine::new(&config)?;
    let func = |name| format!(r#"(func (export "{name}") (result i32) (i32.const 7))"#);
    let funcs: String = (0..100).map(func).collect();
    let mut store = Store::new(&engine, ());
    let module = Module::new(&engine, wat::parse_str(format!("(module {funcs})"))?)?;
    let instance = Instance::new(&mut store, &module, &[])?;
    let mut call = |name: usize| {
        let func = instance.get_typed_func::<(), i32>(&mut store, &name.to_string())?;
        func.call(&mut store, ())
    };
    let ran = (0..100).take_while(|name| call(*name).is_ok()).count();
    assert!((10..90).contains(&ran), "{ran}");
    assert!(call(ran).is_err_and(|error| error.is::<LimitError>()));
    assert_eq!(call(0)?, 7);
    Ok(())
}
