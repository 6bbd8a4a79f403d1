//! Names and shapes that wasmi and wasmtime have: both must compile, and do the same.
//!
//! Whole programs of either are in `peers`; here is what such a program need not use.

use tabwasm::errors::ErrorKind;
use tabwasm::{
    AsContext, CallHook, Caller, Context, Engine, Error, Extern, Func, LimitError, Linker, Module,
    Result, Store, Trap, TypedResumableCallHostTrap,
};

use super::{instance, module};

const OBJECTS: &str = r#"(module (memory (export "memory") 1) (table (export "table") 1 funcref)
    (global (export "global") i32 (i32.const 7)) (func (export "func")))"#;

/// What only reads takes a shared reference to the store.
#[test]
fn a_shared_store_is_enough_to_read() -> Result<()> {
    let (mut store, instance) = instance(OBJECTS);
    fn read(store: impl AsContext, instance: tabwasm::Instance) -> Option<i32> {
        let store = store.as_context();
        instance.get_export(store, "func")?;
        instance.get_func(store, "func")?;
        instance.get_memory(store, "memory")?;
        let table = instance.get_table(store, "table")?;
        table.get(store, 0)?;
        instance.get_typed_func::<(), ()>(store, "func").ok()?;
        instance.get_global(store, "global")?.get(store).i32()
    }
    assert_eq!(read(&store, instance), Some(7));
    assert_eq!(read(&mut store, instance), Some(7));
    let mut linker = Linker::new(store.engine());
    linker.instance(&store, "first", instance)?;
    linker.instance(&mut store, "second", instance)?;
    let find = |caller: Caller<'_, ()>| caller.get_export("memory").is_none();
    let find = Func::wrap(&mut store, move |caller: Caller<'_, ()>| {
        i32::from(find(caller))
    });
    assert_eq!(find.typed::<(), i32>(&store)?.call(&mut store, ())?, 1);
    Ok(())
}

#[test]
fn options_have_context() {
    let found: Result<i32> = Some(1).context("never shown");
    assert_eq!(found.ok(), Some(1));
    let error = None::<i32>.context("nothing there").expect_err("nothing");
    assert_eq!(format!("{error:#}"), "nothing there");
    let error = None::<i32>
        .with_context(|| format!("no {}", 7))
        .expect_err("nothing");
    assert_eq!(error.to_string(), "no 7");
}

#[test]
fn modules_have_a_default_function() -> Result<()> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, 0);
    let mut linker = Linker::<i32>::new(&engine);
    linker
        .get_default(&mut store, "nothing")?
        .call(&mut store, &[], &mut [])?;
    linker.func_wrap("command", "_start", |mut caller: Caller<'_, i32>| {
        *caller.data_mut() = 1
    })?;
    linker
        .get_default(&mut store, "command")?
        .call(&mut store, &[], &mut [])?;
    assert_eq!(*store.data(), 1);
    linker.func_wrap("command", "", |mut caller: Caller<'_, i32>| {
        *caller.data_mut() = 2
    })?;
    linker
        .get_default(&mut store, "command")?
        .call(&mut store, &[], &mut [])?;
    assert_eq!(*store.data(), 2);
    let exports = linker.instantiate(&mut store, &module(&engine, OBJECTS))?;
    let memory = exports.get_memory(&store, "memory").expect("exported");
    linker.define(&store, "other", "_start", memory)?;
    assert!(linker.get_default(&mut store, "other").is_err());
    Ok(())
}

/// What is no function stays without definition; what is one becomes a trap.
#[test]
fn unknown_imports_that_are_no_functions_are_skipped() -> Result<()> {
    let engine = Engine::default();
    let module = module(
        &engine,
        r#"(module (import "host" "global" (global i32)) (import "host" "func" (func $func))
            (import "host" "memory" (memory 1)) (func (export "run") (call $func)))"#,
    );
    let mut linker = Linker::<()>::new(&engine);
    linker.define_unknown_imports_as_traps(&module)?;
    let mut store = Store::new(&engine, ());
    let names: Vec<_> = module
        .imports()
        .map(|import| linker.get_by_import(&mut store, &import))
        .collect();
    assert!(matches!(names[..], [None, Some(Extern::Func(_)), None]));
    let error = linker
        .instantiate(&mut store, &module)
        .expect_err("the global is missing");
    assert!(error.to_string().contains("host::global"), "{error}");
    Ok(())
}

/// Generic code need not say that results are of WebAssembly.
#[test]
fn host_errors_are_there_for_any_results() {
    fn error<R>(call: &TypedResumableCallHostTrap<R>) -> (&Error, Func) {
        (call.host_error(), call.host_func())
    }
    let _ = error::<i32>;
}

#[test]
fn errors_have_kinds() -> Result<()> {
    let (mut store, instance) = instance(OBJECTS);
    let memory = instance.get_memory(&store, "memory").expect("exported");
    let error = memory.grow(&mut store, 1 << 20).expect_err("too large");
    assert!(matches!(
        error.kind(),
        ErrorKind::Limits(LimitError { limit: 65_536, .. })
    ));
    let error = Error::from(memory.read(&store, 1 << 20, &mut [0]).expect_err("beyond"));
    assert!(matches!(
        error.context("reading").kind(),
        ErrorKind::Memory(_)
    ));
    let error = Error::from(Trap::IntegerOverflow);
    assert!(matches!(
        error.kind(),
        ErrorKind::TrapCode(Trap::IntegerOverflow)
    ));
    assert!(matches!(
        Error::i32_exit(3).kind(),
        ErrorKind::I32ExitStatus(3)
    ));
    assert!(matches!(
        Error::msg("text").kind(),
        ErrorKind::Message("text")
    ));
    assert!(matches!(
        Error::new(std::fmt::Error).kind(),
        ErrorKind::Host(_)
    ));
    let error = instance
        .get_typed_func::<i32, ()>(&store, "func")
        .expect_err("another type");
    assert!(matches!(error.kind(), ErrorKind::Use(_)));
    let error = Module::new(store.engine(), b"\0asm").expect_err("too short");
    assert!(matches!(error.kind(), ErrorKind::Wasm(_)));
    let needy = module(store.engine(), r#"(module (import "a" "b" (func)))"#);
    let error = Linker::new(store.engine())
        .instantiate(&mut store, &needy)
        .expect_err("no import");
    assert!(matches!(error.kind(), ErrorKind::Linker(_)));
    Ok(())
}

const CALLS: &str = r#"(module (import "host" "add" (func $add (param i32) (result i32)))
    (func $start (drop (call $add (i32.const 0)))) (start $start)
    (func (export "run") (param i32) (result i32) (call $add (call $add (local.get 0))))
    (func (export "trap") unreachable))"#;

/// Counts in the order of `CallHook`.
type Counts = [u32; 4];

fn hooked() -> Result<(Store<Counts>, tabwasm::Instance, Linker<Counts>)> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, [0; 4]);
    store.call_hook(|mut store, state| {
        let (place, entering) = match state {
            CallHook::CallingWasm => (0, false),
            CallHook::ReturningFromWasm => (1, true),
            CallHook::CallingHost => (2, true),
            CallHook::ReturningFromHost => (3, false),
        };
        assert_eq!(
            (state.entering_host(), state.exiting_host()),
            (entering, !entering)
        );
        let counts = store.data_mut();
        counts[place] += 1;
        if counts[2] == 9 {
            tabwasm::bail!("no ninth call");
        }
        Ok(())
    });
    let mut linker = Linker::new(&engine);
    linker.func_wrap("host", "add", |x: i32| {
        if x < 0 {
            Err(Error::msg("below zero"))
        } else {
            Ok(x + 1)
        }
    })?;
    let instance = linker.instantiate(&mut store, &module(&engine, CALLS))?;
    Ok((store, instance, linker))
}

#[test]
fn hooks_see_every_call() -> Result<()> {
    let (mut store, instance, linker) = hooked()?;
    assert_eq!(*store.data(), [1, 1, 1, 1]);
    let run = instance.get_typed_func::<i32, i32>(&store, "run")?;
    assert_eq!(run.call(&mut store, 5)?, 7);
    assert_eq!(*store.data(), [2, 2, 3, 3]);
    let trap = instance.get_typed_func::<(), ()>(&store, "trap")?;
    assert!(trap.call(&mut store, ()).is_err());
    assert_eq!(*store.data(), [3, 3, 3, 3]);
    // A function of the host that the host calls, as in wasmtime.
    let add = linker
        .get(&mut store, "host", "add")
        .and_then(Extern::into_func)
        .expect("defined");
    assert_eq!(add.typed::<i32, i32>(&store)?.call(&mut store, 1)?, 2);
    assert_eq!(*store.data(), [4, 4, 4, 4]);
    assert!(run.call(&mut store, -1).is_err());
    assert_eq!(*store.data(), [5, 5, 5, 5]);
    Ok(())
}

#[test]
fn hooks_see_suspended_calls_and_can_end_calls() -> Result<()> {
    let (mut store, instance, _) = hooked()?;
    let run = instance.get_typed_func::<i32, i32>(&store, "run")?;
    let tabwasm::TypedResumableCall::HostTrap(call) = run.call_resumable(&mut store, -1)? else {
        panic!("the host function fails");
    };
    assert_eq!(*store.data(), [2, 2, 2, 2]);
    call.resume(&mut store, &[tabwasm::Val::I32(1)])?;
    assert_eq!(*store.data(), [3, 3, 3, 3]);
    store.data_mut()[2] = 8;
    let error = run.call(&mut store, 1).expect_err("the hook ends it");
    assert_eq!(error.to_string(), "no ninth call");
    Ok(())
}

/// Without the feature `wat`, text is refused with what to do; it is what it is as a binary, too.
#[test]
fn text_is_told_from_binaries() {
    let engine = Engine::default();
    let error = Module::new(&engine, "\n ;; a note\n(module)").expect_err("text");
    assert!(
        error.to_string().starts_with("the module is text"),
        "{error}"
    );
    assert!(error.to_string().contains("feature `wat`"), "{error}");
    assert!(error.as_reject().is_some());
    let path = std::env::temp_dir().join(format!("tabwasm-api-{}.wat", std::process::id()));
    std::fs::write(&path, "(module)").expect("written");
    let error = Module::from_file(&engine, &path).expect_err("text");
    std::fs::remove_file(&path).expect("removed");
    let expected = format!("{} is text", path.display());
    assert!(error.to_string().starts_with(&expected), "{error}");
    let error = Module::new(&engine, "<html>").expect_err("something else");
    assert!(!error.to_string().contains("text"), "{error}");
}
