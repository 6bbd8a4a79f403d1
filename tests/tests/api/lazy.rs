//! Functions that are validated when they are called: what is wrong in one is found then, and only then.
//! Modules of good and bad functions are loaded, and the good ones called first.

use tabwasm::{CompilationMode, Config, Engine, Instance, Module, Result, Store, Trap};

/// `good` calls `bad` if it is told to; no other mode takes this module.
const MIXED: &str = r#"(module
    (memory (export "memory") 1)
    (func $good (export "good") (param i32) (result i32)
      (if (local.get 0) (then (drop (call $bad))))
      (i32.store (i32.const 0) (i32.const 7))
      (i32.load (i32.const 0)))
    (func $bad (export "bad") (result i32) (i64.const 1))
    (func (export "unclosed") (local i32) (local.set 1 (i32.const 1)))
    (func (export "trap") (unreachable)))"#;

fn engine(mode: CompilationMode) -> Engine {
    Engine::new(Config::new().compilation_mode(mode)).expect("configuration")
}

#[test]
fn what_is_invalid_is_found_when_it_is_called() -> Result<()> {
    let bytes = wat::parse_str(MIXED)?;
    let refused = [CompilationMode::Eager, CompilationMode::LazyTranslation]
        .map(|mode| Module::new(&engine(mode), &bytes).expect_err("it is not valid"));
    let engine = engine(CompilationMode::Lazy);
    let module = Module::new(&engine, &bytes)?;
    assert!(Module::validate(&engine, &bytes).is_err());
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[])?;
    let good = instance.get_typed_func::<i32, i32>(&mut store, "good")?;
    let bad = instance.get_typed_func::<(), i32>(&mut store, "bad")?;
    let unclosed = instance.get_typed_func::<(), ()>(&mut store, "unclosed")?;
    let trap = instance.get_typed_func::<(), ()>(&mut store, "trap")?;
    // Each time, and as often as somebody tries.
    for _ in 0..3 {
        assert_eq!(good.call(&mut store, 0)?, 7);
        for error in [
            bad.call(&mut store, ()).expect_err("its result is another"),
            good.call(&mut store, 1).expect_err("it calls the other"),
        ] {
            let expected = refused[0].as_reject().expect("a reject");
            let found = error.as_reject().expect("a reject");
            assert_eq!(
                (found.code(), found.offset),
                (expected.code(), expected.offset)
            );
            assert!(error.as_trap_code().is_none());
        }
        let error = unclosed.call(&mut store, ()).expect_err("it has one local");
        assert!(error.as_reject().is_some());
        let error = trap.call(&mut store, ()).expect_err("it traps");
        assert_eq!(error.as_trap_code(), Some(Trap::UnreachableCodeReached));
    }
    Ok(())
}

/// Bodies only: the rest is validated when the module is made, and bodies must be where they should be.
#[test]
fn what_is_not_in_a_body_is_refused_at_once() {
    let engine = engine(CompilationMode::Lazy);
    for text in [
        "(module (func $f (result i32) (i32.const 1)) (start $f))",
        "(module (func) (export \"f\" (func 1)))",
        "(module (global i32 (i64.const 1)))",
        "(module (memory 1) (data (i32.const 0) \"x\") (data (i64.const 0) \"x\"))",
    ] {
        assert!(
            Module::new(&engine, wat::parse_str(text).expect("text")).is_err(),
            "{text}"
        );
    }
    let bytes = wat::parse_str("(module (func (nop) (nop)))").expect("text");
    assert!(Module::new(&engine, &bytes).is_ok());
    for length in 0..bytes.len() {
        // What ends behind a section is a module, unless the function lacks its body.
        let complete = length == 8 || bytes[..length].ends_with(b"\x01\x04\x01\x60\x00\x00");
        assert_eq!(
            Module::new(&engine, &bytes[..length]).is_ok(),
            complete,
            "{length}"
        );
    }
}

/// The epoch ends validation at the first call, too.
#[test]
fn a_deadline_ends_late_validation() -> Result<()> {
    let body = "(nop)".repeat(100_000);
    let bytes = wat::parse_str(format!("(module (func (export \"f\") {body}))"))?;
    let mut config = Config::new();
    config
        .compilation_mode(CompilationMode::Lazy)
        .epoch_interruption(true);
    let engine = Engine::new(&config)?;
    let module = Module::new(&engine, &bytes)?;
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[])?;
    let run = instance.get_typed_func::<(), ()>(&mut store, "f")?;
    store.set_epoch_deadline(0);
    let error = run.call(&mut store, ()).expect_err("it is late");
    assert_eq!(error.as_trap_code(), Some(Trap::Interrupt));
    store.set_epoch_deadline(1);
    run.call(&mut store, ())
}
