//! What errors say: the cause with its data, and the functions of the guest that were running.
//!
//! Hosts find causes by type and programs by code, people read the text; each of these is asked for
//! where a host would ask.

use tabwasm::{
    Context, Engine, Error, I32Exit, LinkError, Linker, MemoryFault, Module, Result, Store, Trap,
    Val, WasmBacktrace,
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

/// How many bytes a load or store moves, by its name; none, if it is another instruction.
fn width(mnemonic: &str) -> Option<u64> {
    let (ty, rest) = mnemonic.split_once('.')?;
    let bits = rest.strip_prefix("load").or(rest.strip_prefix("store"))?;
    let bits = bits.trim_end_matches(|c: char| !c.is_ascii_digit());
    let bits = if bits.is_empty() { &ty[1..] } else { bits };
    bits.parse::<u64>().ok().map(|bits| bits / 8)
}

/// Ways to come to an address: locals in registers and in slots, what was just computed, constants.
const ADDRESSES: [&str; 6] = [
    "(local.get 0)",
    "(local.get 7)",
    "(AT.add (local.get 0) (AT.const 0))",
    "(AT.sub (local.get 7) (local.get 1))",
    "(local.tee 5 (AT.mul (local.get 0) (AT.const 1)))",
    "(select (AT.const 65533) (AT.const 65533) (i32.const 1))",
];

#[test]
fn traps_of_loads_and_stores_know_address_and_memory() -> Result<()> {
    let engine = Engine::default();
    let mut tried = 0;
    for opcode in tabwasm::spec::Opcode::ALL {
        let mnemonic = opcode.mnemonic();
        let Some(size) = width(mnemonic) else {
            continue;
        };
        let (ty, _) = mnemonic.split_once('.').unwrap_or_default();
        // Vectors have immediates of other kinds; what they trap with, official scripts say.
        if ty == "v128" {
            continue;
        }
        for (memory, at) in [(0, "i32"), (1, "i32"), (0, "i64")] {
            for address in ADDRESSES {
                let address = address.replace("AT", at);
                // Behind what a byte can be read of, whatever the width is.
                let access = format!("{mnemonic} {memory} offset=3 {address}");
                let access = match mnemonic.contains("store") {
                    true => format!("({access} ({ty}.const 1))"),
                    false => format!("(drop ({access}))"),
                };
                // The first two locals are used most, so that they are in registers.
                let text = format!(
                    "(module (memory {at} 1) (memory {at} 1)
                        (func (export \"f\") (param {at}) (local {at} {at} {at} {at} {at} {at} {at})
                            (local.set 7 (local.get 0))
                            (loop (local.set 0 (local.get 0)) (local.set 1 (local.get 1))
                                (local.set 0 (local.get 0)) (local.set 1 (local.get 1)))
                            {access}))"
                );
                let mut store = Store::new(&engine, ());
                let module = module(&engine, &text);
                let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
                let func = instance.get_func(&mut store, "f").expect("it is there");
                let param = match at {
                    "i32" => Val::I32(65_533),
                    _ => Val::I64(65_533),
                };
                let error = func.call(&mut store, &[param], &mut []);
                let error = error.expect_err("it traps");
                assert_eq!(error.to_string(), Trap::MemoryOutOfBounds.text());
                let fault = error.wasm_backtrace().and_then(WasmBacktrace::memory_fault);
                let fault = fault.unwrap_or_else(|| panic!("{text}"));
                assert_eq!((fault.address(), fault.size()), (65_536, size), "{text}");
                assert_eq!((fault.memory(), fault.memory_size()), (memory, 65_536));
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 23 * 3 * ADDRESSES.len());
    Ok(())
}

#[test]
fn traps_of_many_bytes_know_address_and_memory() -> Result<()> {
    // Memory 0 has one page, memory 1 has two and 64-bit addresses. What lies within one and not
    // within the other, ends that no integer is, sizes that 32 bits of an operand are: each says the
    // range that a memory lacks, the one written first.
    let page = 65_536;
    let cases = [
        (
            "memory.fill 0 (i32.const 65530) (i32.const 1) (i32.const 7)",
            Some((0, 65_530, 7)),
        ),
        (
            "memory.fill 0 (i32.const -1) (i32.const 1) (i32.const -1)",
            Some((0, 0xFFFF_FFFF, 0xFFFF_FFFF)),
        ),
        (
            "memory.fill 0 (i32.const 65537) (i32.const 1) (i32.const 0)",
            Some((0, page + 1, 0)),
        ),
        (
            "memory.fill 1 (i64.const -1) (i32.const 1) (i64.const 2)",
            Some((1, u64::MAX, 2)),
        ),
        (
            "memory.fill 1 (i64.const 1) (i32.const 1) (i64.const -1)",
            Some((1, 1, u64::MAX)),
        ),
        (
            "memory.copy 0 0 (i32.const 65535) (i32.const 0) (i32.const 2)",
            Some((0, 65_535, 2)),
        ),
        (
            "memory.copy 0 0 (i32.const 0) (i32.const 65535) (i32.const 2)",
            Some((0, 65_535, 2)),
        ),
        (
            "memory.copy 0 0 (i32.const 65534) (i32.const 65535) (i32.const 3)",
            Some((0, 65_534, 3)),
        ),
        (
            "memory.copy 0 1 (i32.const 65536) (i64.const 65536) (i32.const 1)",
            Some((0, page, 1)),
        ),
        (
            "memory.copy 0 1 (i32.const 0) (i64.const 131072) (i32.const 1)",
            Some((1, 2 * page, 1)),
        ),
        (
            "memory.copy 1 0 (i64.const 65536) (i32.const 65536) (i32.const 1)",
            Some((0, page, 1)),
        ),
        (
            "memory.init 0 $s (i32.const 65535) (i32.const 0) (i32.const 2)",
            Some((0, 65_535, 2)),
        ),
        (
            "memory.init 0 $s (i32.const -2) (i32.const 9) (i32.const -1)",
            Some((0, 0xFFFF_FFFE, 0xFFFF_FFFF)),
        ),
        (
            "memory.init 1 $s (i64.const -2) (i32.const 1) (i32.const 1)",
            Some((1, u64::MAX - 1, 1)),
        ),
        // It is the segment that lacks a byte.
        (
            "memory.init 0 $s (i32.const 0) (i32.const 2) (i32.const 2)",
            None,
        ),
    ];
    let engine = Engine::default();
    for (access, expected) in cases {
        let text = format!(
            "(module (memory 1) (memory i64 2) (data $s \"abc\") (func (export \"f\") ({access})))"
        );
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate(&mut store, &module(&engine, &text))?;
        let func = instance.get_typed_func::<(), ()>(&mut store, "f")?;
        // What one call keeps is not told of the next one.
        for _ in 0..2 {
            let error = func.call(&mut store, ()).expect_err("it traps");
            assert_eq!(
                error.as_trap_code(),
                Some(Trap::MemoryOutOfBounds),
                "{text}"
            );
            let fault = error.wasm_backtrace().and_then(WasmBacktrace::memory_fault);
            let found = fault.map(|fault| (fault.memory(), fault.address(), fault.size()));
            assert_eq!(found, expected, "{text}");
            if let Some(fault) = fault {
                let memory_size = page * u64::from(fault.memory() + 1);
                assert_eq!(fault.memory_size(), memory_size, "{text}");
            }
        }
    }
    Ok(())
}

#[test]
fn traps_of_fused_instructions_say_what_is_true() -> Result<()> {
    // A load that ends in a test or a shift, a value that is added or moved first, two accesses.
    let bodies = [
        "(if (i32.eqz (i32.load (local.get 0))) (then unreachable))",
        "(drop (i32.shr_u (i32.load (local.get 0)) (local.get 7)))",
        "(drop (i32.load8_u (i32.add (local.get 7) (i32.const 0))))",
        "(i32.store8 (local.get 0) (i32.or (i32.const 1) (local.get 1)))",
        "(local.set 6 (local.get 5)) (local.set 5 (i32.load8_s (local.get 7)))",
        "(local.set 0 (i32.load (local.get 0)))",
        "(local.set 1 (i32.load (local.get 1))) (local.set 0 (i32.load (local.get 0)))",
    ];
    let engine = Engine::default();
    for body in bodies {
        let text = format!(
            "(module (memory 1) (func (export \"f\") (param i32)
                (local i32 i32 i32 i32 i32 i32 i32) (local.set 7 (local.get 0))
                (loop (local.set 0 (local.get 0)) (local.set 1 (local.get 1))) {body}))"
        );
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate(&mut store, &module(&engine, &text))?;
        let func = instance.get_typed_func::<i32, ()>(&mut store, "f")?;
        let error = func.call(&mut store, -2).expect_err("it traps");
        let fault = error.wasm_backtrace().and_then(WasmBacktrace::memory_fault);
        let address = fault.map(MemoryFault::address);
        assert_eq!(address, Some(0xFFFF_FFFE), "{text}");
    }
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
