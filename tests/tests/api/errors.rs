//! What errors say: the cause with its data, and the functions of the guest that were running.
//!
//! Hosts find causes by type and programs by code, people read the text; each of these is asked for
//! where a host would ask.

use tabwasm::{
    Context, Engine, Error, I32Exit, LinkError, Linker, Module, Result, Store, Trap, WasmBacktrace,
};

use super::{instance, module};

#[test]
fn traps_name_the_functions_that_were_running() -> Result<()> {
    let text = r#"(module $program
        (func $inner (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
        (func $outer (export "run") (result i32) (i32.add (i32.const 1) (call $inner (i32.const 0)))))"#;
    let (mut store, instance) = instance(text);
    let run = instance.get_typed_func::<(), i32>(&mut store, "run")?;
    let error = run.call(&mut store, ()).expect_err("it traps");
    assert_eq!(error.as_trap_code(), Some(Trap::IntegerDivisionByZero));
    let backtrace = error.downcast_ref::<WasmBacktrace>().expect("there is one");
    let names: Vec<_> = backtrace
        .frames()
        .iter()
        .map(|frame| frame.func_name())
        .collect();
    assert_eq!(names, [Some("inner"), Some("outer")]);
    let offset = backtrace.frames()[0].module_offset().expect("known");
    // `i32.div_s`
    assert_eq!(wat::parse_str(text).expect("text")[offset], 0x6D);
    assert!(format!("{error:?}").contains("program!inner"));
    Ok(())
}

#[test]
fn errors_of_the_host_come_back_as_they_were() -> Result<()> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    linker.func_wrap("host", "exit", |status: i32| -> Result<()> {
        Err(Error::i32_exit(status))
    })?;
    linker.func_wrap("host", "parse", || -> Result<i32> {
        "x".parse::<i32>().context("parsing")
    })?;
    let text = r#"(module (import "host" "exit" (func $exit (param i32)))
        (import "host" "parse" (func $parse (result i32)))
        (func (export "exit") (call $exit (i32.const 3)))
        (func (export "parse") (result i32) (call $parse)))"#;
    let instance = linker.instantiate(&mut store, &module(&engine, text))?;
    let exit = instance.get_typed_func::<(), ()>(&mut store, "exit")?;
    let error = exit.call(&mut store, ()).expect_err("it exits");
    assert_eq!(error.i32_exit_status(), Some(3));
    assert_eq!(error.downcast_ref::<I32Exit>(), Some(&I32Exit(3)));
    let parse = instance.get_typed_func::<(), i32>(&mut store, "parse")?;
    let error = parse.call(&mut store, ()).expect_err("it fails");
    assert_eq!(error.to_string(), "parsing");
    assert!(error.is::<std::num::ParseIntError>());
    assert_eq!(
        error.wasm_backtrace().map(|trace| trace.frames().len()),
        Some(1)
    );
    Ok(())
}

#[test]
fn rejected_modules_say_where_and_why() {
    let engine = Engine::default();
    let text = "(module (func (result i32) i64.const 0))";
    let bytes = wat::parse_str(text).expect("text");
    let error = Module::new(&engine, &bytes).expect_err("it is invalid");
    let reject = error.as_reject().expect("it says why");
    assert!(reject.offset > 8 && reject.offset <= bytes.len());
    assert!(error.to_string().starts_with("type mismatch"), "{error}");
    assert!(Module::validate(&engine, &bytes).is_err());
    assert!(Module::new(&engine, b"\0as").is_err());
}

#[test]
fn link_errors_name_the_import() -> Result<()> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    let module = module(
        &engine,
        r#"(module (import "host" "f" (func (param i32))))"#,
    );
    let error = linker
        .instantiate(&mut store, &module)
        .expect_err("undefined");
    assert!(matches!(
        error.downcast_ref(),
        Some(LinkError::Unknown { .. })
    ));
    assert!(error.to_string().contains("`host::f`"), "{error}");
    linker.func_wrap("host", "f", |_: i64| ())?;
    let error = linker
        .instantiate(&mut store, &module)
        .expect_err("another type");
    assert!(matches!(
        error.downcast_ref(),
        Some(LinkError::Incompatible { .. })
    ));
    let error = linker
        .func_wrap("host", "f", |_: i32| ())
        .expect_err("defined already");
    assert!(matches!(
        error.downcast_ref(),
        Some(LinkError::Duplicate { .. })
    ));
    linker
        .allow_shadowing(true)
        .func_wrap("host", "f", |_: i32| ())?;
    linker.instantiate(&mut store, &module)?;
    Ok(())
}

#[test]
fn segments_that_do_not_fit_are_named() -> Result<()> {
    let engine = Engine::default();
    for (text, trap, expected) in [
        (
            r#"(module (memory 0) (memory 1) (data (i32.const 0)) (data (memory 1) (i32.const -2) "abc"))"#,
            Trap::MemoryOutOfBounds,
            "data segment 1: 3 bytes at 4294967294, memory 1 has 65536 bytes",
        ),
        (
            r#"(module (memory i64 1) (data (i64.const -1) "a"))"#,
            Trap::MemoryOutOfBounds,
            "data segment 0: 1 bytes at 18446744073709551615, memory 0 has 65536 bytes",
        ),
        (
            "(module (table 1 funcref) (table 3 funcref) (func $f)
                (elem (table 1) (i32.const 2) func $f $f))",
            Trap::TableOutOfBounds,
            "element segment 0: 2 elements at 2, table 1 has 3",
        ),
    ] {
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate(&mut store, &module(&engine, text));
        let error = instance.expect_err("it does not fit");
        assert_eq!(error.downcast_ref(), Some(&trap));
        assert_eq!(error.as_trap_code(), Some(trap));
        assert_eq!(error.to_string(), expected);
        assert_eq!(format!("{error:#}"), format!("{expected}: {trap}"));
    }
    Ok(())
}

#[test]
fn unknown_imports_can_trap() -> Result<()> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    let text = r#"(module (import "host" "f" (func $f)) (func (export "run") (call $f)))"#;
    let module = module(&engine, text);
    linker.define_unknown_imports_as_traps(&module)?;
    let instance = linker.instantiate(&mut store, &module)?;
    let error = instance
        .get_typed_func::<(), ()>(&mut store, "run")?
        .call(&mut store, ());
    assert!(matches!(
        error.expect_err("it fails").downcast_ref(),
        Some(LinkError::Unknown { .. })
    ));
    Ok(())
}

#[test]
fn errors_become_boxed_standard_errors() {
    fn run() -> Result<(), Box<dyn std::error::Error>> {
        Err(Error::msg("inner").context("outer"))?;
        Ok(())
    }
    let error = run().expect_err("it fails");
    assert_eq!(error.to_string(), "outer");
    assert_eq!(
        error.source().map(ToString::to_string).as_deref(),
        Some("inner")
    );
}
