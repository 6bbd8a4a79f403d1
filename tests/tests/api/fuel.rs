//! What fuel pays for: work that depends on an operand, on a type, or on the host.

use tabwasm::spec::{Opcode, Rate};
use tabwasm::{
    Config, Engine, Func, Instance, Linker, Result, ResumableCall, Store, StoreLimitsBuilder, Trap,
    Val,
};

use tabwasm_tests::work::{BULK, moving};

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
    let (mut store, instance) = metered(BULK);
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
    let (mut store, instance) = metered(BULK);
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
    let instance = Linker::new(&engine).instantiate(&mut store, &module(&engine, BULK))?;
    let grow = instance.get_typed_func::<i32, ()>(&mut store, "memory.grow")?;
    let mut costs = Vec::new();
    for bytes in [0, 1 << 16, 1 << 16] {
        store.set_fuel(10_000)?;
        grow.call(&mut store, bytes)?;
        costs.push(10_000 - store.get_fuel()?);
    }
    assert_eq!(costs, [costs[0], costs[0] + (1 << 16) / 32, costs[0]]);
    Ok(())
}

#[test]
fn a_call_goes_on_at_the_very_instruction() -> Result<()> {
    let (mut store, instance) = metered(BULK);
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

/// What a call burns in a module where so many values are moved.
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
    let (mut store, instance) = super::instance(BULK);
    let fill = instance.get_typed_func::<i32, ()>(&mut store, "memory.fill")?;
    for _ in 0..100 {
        fill.call(&mut store, 1 << 17)?;
    }
    Ok(())
}
