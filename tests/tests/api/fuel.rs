//! What fuel pays for: work that depends on an operand, on a type, or on the host.
//!
//! A unit of fuel must bound time, so no instruction may do much work for the price of one. The
//! costs are compared with the tables and counted; how much time a unit takes is shown by
//! `tabwasm-bench fuel`.

use tabwasm::spec::{HOST_CALL, HOST_ITEM, Opcode, Rate};
use tabwasm::{
    Caller, Config, Engine, Func, Instance, Linker, Result, ResumableCall, Store,
    StoreLimitsBuilder, Trap, Val,
};

use tabwasm_tests::work::{LARGE, bulk, moving};

use super::{configured, module};

fn metered(text: &str) -> (Store<()>, Instance) {
    configured(|config| _ = config.consume_fuel(true), text)
}

/// What a call burns, and how it ends.
fn burned(
    store: &mut Store<()>,
    instance: Instance,
    name: &str,
    arguments: &[Val],
) -> Result<(u64, Option<Trap>)> {
    const FUEL: u64 = 1 << 40;
    store.set_fuel(FUEL)?;
    let func = instance.get_func(&mut *store, name).expect("exported");
    let mut results = vec![Val::I32(0); func.ty(&*store).results().len()];
    let ended = func.call(&mut *store, arguments, &mut results);
    let trap = ended
        .err()
        .map(|error| error.as_trap_code().expect("a trap"));
    Ok((FUEL - store.get_fuel()?, trap))
}

fn cost(store: &mut Store<()>, instance: Instance, name: &str, argument: i32) -> Result<u64> {
    let (cost, trap) = burned(store, instance, name, &[Val::I32(argument)])?;
    assert_eq!(trap, None, "{name} {argument}");
    Ok(cost)
}

#[test]
fn a_gigabyte_is_not_filled_for_four_units() -> Result<()> {
    let (mut store, instance) = metered(
        r#"(module (memory 16384) (func (export "f")
            (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x40000000))))"#,
    );
    store.set_fuel(1_000_000)?;
    let func = instance.get_func(&mut store, "f").expect("exported");
    let call = func.call_resumable(&mut store, &[], &mut [])?;
    let ResumableCall::OutOfFuel(call) = call else {
        panic!("{call:?}");
    };
    assert_eq!(call.required_fuel(), 0x4000_0000 / 32);
    assert_eq!(store.get_fuel()?, 1_000_000 - 4);
    Ok(())
}

#[test]
fn each_row_pays_for_its_work() -> Result<()> {
    let (mut store, instance) = metered(&bulk(LARGE));
    let mut rows = 0;
    for opcode in Opcode::ALL {
        let Some(rate) = opcode.rate() else { continue };
        let name = opcode.mnemonic();
        let nothing = cost(&mut store, instance, name, 0)?;
        let counts: &[i32] = match name {
            "memory.init" => &[1, 31, 32, 63, 64],
            "table.init" => &[1, 3, 4, 7, 8],
            "memory.grow" => &[1 << 16, 3 << 16],
            _ => &[1, 3, 4, 31, 32, 4_000],
        };
        for count in counts {
            let more = cost(&mut store, instance, name, *count)? - nothing;
            assert_eq!(more, rate.fuel(*count as u64), "{name} {count}");
        }
        // A loop pays four units for eight bytes, or for an element.
        assert!(rate.count() <= 32, "{name}");
        rows += 1;
    }
    assert_eq!(rows, 8);
    Ok(())
}

#[test]
fn what_is_not_done_is_not_paid_for() -> Result<()> {
    let (mut store, instance) = metered(&bulk(LARGE));
    for (name, trap) in [
        ("memory.fill", Some(Trap::MemoryOutOfBounds)),
        ("memory.copy", Some(Trap::MemoryOutOfBounds)),
        ("memory.init", Some(Trap::MemoryOutOfBounds)),
        ("memory.grow", None),
        ("table.fill", Some(Trap::TableOutOfBounds)),
        ("table.copy", Some(Trap::TableOutOfBounds)),
        ("table.init", Some(Trap::TableOutOfBounds)),
        ("table.grow", None),
    ] {
        let nothing = cost(&mut store, instance, name, 0)?;
        let all = burned(&mut store, instance, name, &[Val::I32(i32::MAX)])?;
        assert_eq!(all, (nothing, trap), "{name}");
    }
    Ok(())
}

#[test]
fn a_growth_that_the_host_refuses_costs_nothing() -> Result<()> {
    let engine = Engine::new(Config::new().consume_fuel(true))?;
    let limits = StoreLimitsBuilder::new().memory_size(3 << 16).build();
    let mut store = Store::new(&engine, limits);
    store.limiter(|limits| limits);
    let instance = Linker::new(&engine).instantiate(&mut store, &module(&engine, &bulk(LARGE)))?;
    let grow = instance.get_typed_func::<i32, ()>(&mut store, "memory.grow")?;
    let mut costs = Vec::new();
    for bytes in [0, 1 << 16, 1 << 16] {
        store.set_fuel(10_000)?;
        grow.call(&mut store, bytes)?;
        costs.push(10_000 - store.get_fuel()?);
    }
    assert_eq!(
        costs,
        [
            costs[0],
            costs[0] + Opcode::MemoryGrow.rate().expect("it has one").fuel(1 << 16),
            costs[0]
        ]
    );
    Ok(())
}

#[test]
fn a_call_goes_on_at_the_very_instruction() -> Result<()> {
    let (mut store, instance) = metered(&bulk(LARGE));
    let memory = instance.get_memory(&mut store, "memory").expect("exported");
    let table = instance.get_table(&mut store, "table").expect("exported");
    for opcode in Opcode::ALL.into_iter().filter(|it| it.rate().is_some()) {
        let name = opcode.mnemonic();
        let count = match name {
            "memory.init" | "table.init" => 8 * 8,
            "memory.grow" => 1 << 16,
            _ => 4_000,
        };
        let count = if name == "table.init" { 8 } else { count };
        let rate = opcode.rate().expect("has one");
        let nothing = cost(&mut store, instance, name, 0)?;
        let func = instance.get_func(&mut store, name).expect("exported");
        let sizes = |store: &Store<()>| (memory.data(store).to_vec(), table.size(store));
        let before = sizes(&store);
        // One less than the work costs: all else is paid for.
        store.set_fuel(nothing + rate.fuel(count as u64) - 1)?;
        let call = func.call_resumable(&mut store, &[Val::I32(count)], &mut [])?;
        let ResumableCall::OutOfFuel(call) = call else {
            panic!("{name}: {call:?}");
        };
        assert_eq!(call.required_fuel(), rate.fuel(count as u64), "{name}");
        assert_eq!(store.get_fuel()?, rate.fuel(count as u64) - 1, "{name}");
        assert!(before == sizes(&store), "{name} has done nothing");
        // It stops again, and nothing is lost.
        let ResumableCall::OutOfFuel(call) = call.resume(&mut store, &mut [])? else {
            panic!("{name}");
        };
        store.set_fuel(rate.fuel(count as u64))?;
        let done = call.resume(&mut store, &mut [])?;
        assert!(matches!(done, ResumableCall::Finished), "{name}");
        assert_eq!(store.get_fuel()?, 0, "{name}");
        if matches!(name, "memory.fill" | "memory.grow" | "table.grow") {
            assert!(before != sizes(&store), "{name} has done it");
        }
    }
    Ok(())
}

/// What a call burns in a module where this many values are moved.
fn moved(count: usize, name: &str) -> Result<u64> {
    let engine = Engine::new(Config::new().consume_fuel(true))?;
    let mut store = Store::new(&engine, ());
    let module = module(&engine, &moving(count));
    let import = module.imports().next().expect("imported").ty();
    let ty = import.func().expect("a function").clone();
    let take = Func::new(&mut store, ty, |_, _, _| Ok(()));
    let mut linker = Linker::new(&engine);
    linker.define(&mut store, "host", "take", take)?;
    let instance = linker.instantiate(&mut store, &module)?;
    let arguments = match name {
        "branched by table" => vec![Val::I32(0)],
        _ => Vec::new(),
    };
    let (cost, trap) = burned(&mut store, instance, name, &arguments)?;
    assert_eq!(trap, None, "{name}");
    Ok(cost)
}

#[test]
fn values_that_are_moved_are_paid_for() -> Result<()> {
    // How many units an instruction pays for pushing, dropping or reading one value, how often
    // they all are moved, and at which rate.
    for (name, steps, moves, rate) in [
        ("zeroed", 0, 1, Rate::ZEROED),
        ("returned", 2, 1, Rate::MOVED),
        ("returned early", 2, 1, Rate::MOVED),
        ("branched out", 2, 2, Rate::MOVED),
        ("branched", 2, 1, Rate::MOVED),
        ("branched if", 2, 1, Rate::MOVED),
        ("not branched", 4, 0, Rate::MOVED),
        ("branched by table", 4, 1, Rate::MOVED),
        ("branched on null", 2, 1, Rate::MOVED),
        ("tail", 2, 1, Rate::MOVED),
        ("tail by table", 2, 1, Rate::MOVED),
        ("tail by reference", 2, 1, Rate::MOVED),
        ("passed", 1, 1, Rate::PASSED),
    ] {
        let few = moved(4, name)?;
        for count in [7, 8, 16, 100] {
            let more = moved(count, name)? - few;
            let expected = steps * (count as u64 - 4) + moves * rate.fuel(count as u64);
            assert_eq!(more, expected, "{name} {count}");
        }
    }
    Ok(())
}

#[test]
fn calls_of_functions_with_many_locals_cost_more() -> Result<()> {
    let text = format!(
        r#"(module
            (func $f (local{}))
            (func (export "f") (param $n i32)
                (loop $again
                    (call $f)
                    (br_if $again
                        (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))"#,
        " i64".repeat(40_000)
    );
    let (mut store, instance) = metered(&text);
    let one = cost(&mut store, instance, "f", 1)?;
    let two = cost(&mut store, instance, "f", 2)?;
    assert!(two - one >= 40_000 / 8, "{one} {two}");
    Ok(())
}

#[test]
fn no_sequence_is_free() -> Result<()> {
    for part in [" nop", " (block)", " (loop)", " (drop (i32.const 0))"] {
        let parts = part.repeat(1_000);
        let text = format!("(module (func (export \"f\") (param i32){parts}))");
        let (mut store, instance) = metered(&text);
        assert!(cost(&mut store, instance, "f", 0)? >= 1_000, "{part}");
    }
    Ok(())
}

#[test]
fn without_fuel_nothing_runs_out() -> Result<()> {
    let (mut store, instance) = super::instance(&bulk(LARGE));
    let fill = instance.get_typed_func::<i32, ()>(&mut store, "memory.fill")?;
    for _ in 0..100 {
        fill.call(&mut store, 1 << 17)?;
    }
    Ok(())
}

#[test]
fn a_function_of_the_host_charges() -> Result<()> {
    let engine = Engine::new(Config::new().consume_fuel(true))?;
    let mut linker = Linker::new(&engine);
    linker.func_wrap("host", "work", |mut caller: Caller<'_, u32>, units: u32| {
        caller.consume_fuel(units.into())?;
        *caller.data_mut() += units;
        Ok(())
    })?;
    let mut store = Store::new(&engine, 0);
    let text = r#"(module (import "host" "work" (func $work (param i32)))
        (func (export "f") (param i32) (call $work (local.get 0))))"#;
    let instance = linker.instantiate(&mut store, &module(&engine, text))?;
    let work = instance.get_typed_func::<u32, ()>(&mut store, "f")?;
    store.set_fuel(1_000)?;
    work.call(&mut store, 0)?;
    let nothing = 1_000 - store.get_fuel()?;
    store.set_fuel(nothing + 500)?;
    work.call(&mut store, 500)?;
    assert_eq!((store.get_fuel()?, *store.data()), (0, 500));
    store.set_fuel(nothing + 499)?;
    let error = work.call(&mut store, 500).expect_err("one unit is lacking");
    assert_eq!(error.as_trap_code(), Some(Trap::OutOfFuel));
    assert_eq!((store.get_fuel()?, *store.data()), (499, 500));
    // The store and its contexts are asked in the same way, and an engine that does not count.
    assert!(store.consume_fuel(500).is_err());
    store.consume_fuel(499)?;
    assert_eq!(store.get_fuel()?, 0);
    Store::new(&Engine::default(), ()).consume_fuel(u64::MAX)?;
    Ok(())
}

/// Functions of WASI that do much for one call.
#[cfg(feature = "std")]
const WASI: &str = r#"(module
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write"
        (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff"
        (func $poll (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 32)
    (func (export "random_get") (result i32) (call $random (i32.const 64) (i32.const 1000000)))
    ;; One vector at 8: a million bytes from 64 on.
    (func $vector
        (i32.store (i32.const 8) (i32.const 64)) (i32.store (i32.const 12) (i32.const 1000000)))
    (func (export "fd_write") (result i32)
        (call $vector) (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 4)))
    (func (export "fd_read") (result i32)
        (call $vector) (call $read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 4)))
    (func (export "args_get") (result i32) (call $args (i32.const 1000000) (i32.const 64)))
    (func (export "environ_get") (result i32) (call $environ (i32.const 1000000) (i32.const 64)))
    (func (export "poll_oneoff") (result i32)
        (call $poll (i32.const 64) (i32.const 1000000) (i32.const 1000) (i32.const 4))))"#;

#[cfg(feature = "std")]
#[test]
fn wasi_charges_for_what_it_moves() -> Result<()> {
    use tabwasm_wasi::pipe::{MemoryInputPipe, MemoryOutputPipe};
    use tabwasm_wasi::{WasiCtx, WasiCtxBuilder, add_to_linker};

    let engine = Engine::new(Config::new().consume_fuel(true))?;
    let mut linker = Linker::new(&engine);
    add_to_linker(&mut linker, |ctx: &mut WasiCtx| ctx)?;
    let module = module(&engine, WASI);
    let bytes = Rate::HOST.fuel(1_000_000);
    for (name, least) in [
        ("random_get", bytes),
        ("fd_write", bytes + u64::from(HOST_ITEM)),
        ("fd_read", bytes + u64::from(HOST_ITEM)),
        ("args_get", bytes),
        ("environ_get", bytes),
        ("poll_oneoff", 1_000 * u64::from(HOST_ITEM)),
    ] {
        let output = MemoryOutputPipe::new(2_000_000);
        let ctx = WasiCtxBuilder::new()
            .arg("a".repeat(900_000))?
            .arg("b".repeat(100_000))?
            .env("n", "c".repeat(1_000_000))?
            .random(Ones)
            .clock(Still)
            .stdin(MemoryInputPipe::new(vec![1; 2_000_000]))
            .stdout(output.clone())
            .build();
        let mut store = Store::new(&engine, ctx);
        store.set_fuel(1 << 20)?;
        let instance = linker.instantiate(&mut store, &module)?;
        let memory = instance.get_memory(&mut store, "memory").expect("exported");
        let func = instance.get_typed_func::<(), i32>(&mut store, name)?;
        let untouched = |store: &Store<WasiCtx>| {
            let bytes = memory.data(store);
            let mut places = bytes[4..8].iter().chain(&bytes[64..]);
            places.all(|byte| *byte == 0) && output.contents().is_empty()
        };
        store.set_fuel(least)?;
        let error = func.call(&mut store, ()).expect_err(name);
        assert_eq!(error.as_trap_code(), Some(Trap::OutOfFuel), "{name}");
        assert!(untouched(&store), "{name} has done nothing");
        store.set_fuel(1 << 20)?;
        assert_eq!(func.call(&mut store, ())?, 0, "{name}");
        let used = (1 << 20) - store.get_fuel()?;
        assert!(used >= least + u64::from(HOST_CALL), "{name}: {used}");
        assert!(!untouched(&store), "{name} has done it");
    }
    Ok(())
}

/// Makes ones.
#[cfg(feature = "std")]
struct Ones;

#[cfg(feature = "std")]
impl tabwasm_wasi::Random for Ones {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), tabwasm_wasi::Errno> {
        buffer.fill(1);
        Ok(())
    }
}

/// Is always due.
#[cfg(feature = "std")]
struct Still;

#[cfg(feature = "std")]
impl tabwasm_wasi::Clock for Still {
    fn resolution(&self, _: tabwasm_wasi::abi::ClockId) -> Result<u64, tabwasm_wasi::Errno> {
        Ok(1)
    }

    fn now(&self, _: tabwasm_wasi::abi::ClockId) -> Result<u64, tabwasm_wasi::Errno> {
        Ok(1)
    }

    fn sleep(&self, _: u64) {}
}
