//! Limits of stores, fuel and epochs: each stops a guest at the number that the host stated.
//!
//! Also that some of them are on by default, and that a guest which is stopped leaves a store that
//! can go on.

use tabwasm::{
    Config, Engine, ExternRef, Instance, LimitError, Linker, Memory, MemoryType, Ref, RefType,
    ResourceLimiter, Result, Store, StoreLimits, StoreLimitsBuilder, Table, TableType, Trap,
    UpdateDeadline,
};

use super::{configured, instance, module};

const GROW: &str = r#"(module (memory (export "memory") 1) (table 1 funcref)
    (func (export "memory.grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "table.grow") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))"#;

fn limited(limits: StoreLimits) -> Result<(Store<StoreLimits>, Instance)> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, limits);
    store.limiter(|limits| limits);
    let instance = Instance::new(&mut store, &module(&engine, GROW), &[])?;
    Ok((store, instance))
}

#[test]
fn growth_stops_at_the_limit() -> Result<()> {
    let limits = StoreLimitsBuilder::new()
        .memory_size(2 << 16)
        .table_elements(3)
        .build();
    let (mut store, instance) = limited(limits)?;
    for (name, least) in [("memory.grow", 1), ("table.grow", 2)] {
        let grow = instance.get_typed_func::<i32, i32>(&mut store, name)?;
        assert_eq!(grow.call(&mut store, least + 1)?, -1);
        assert_eq!(grow.call(&mut store, least)?, 1);
        assert_eq!(grow.call(&mut store, 1)?, -1);
        assert_eq!(grow.call(&mut store, 0)?, least + 1);
    }
    let memory = instance.get_memory(&mut store, "memory").expect("exported");
    assert!(memory.grow(&mut store, 1).is_err());
    Ok(())
}

#[test]
fn growth_can_end_the_call() -> Result<()> {
    let limits = StoreLimitsBuilder::new()
        .memory_size(2 << 16)
        .trap_on_grow_failure(true)
        .build();
    let (mut store, instance) = limited(limits)?;
    let grow = instance.get_typed_func::<i32, i32>(&mut store, "memory.grow")?;
    let error = grow
        .call(&mut store, 2)
        .expect_err("the limiter forbids it");
    assert_eq!(
        error.downcast_ref::<LimitError>().map(|error| error.limit),
        Some(2 << 16)
    );
    assert_eq!(grow.call(&mut store, 1)?, 1);
    Ok(())
}

/// Of types, engines, stores and buffers, with the number that was reached and the one wanted.
#[test]
fn errors_name_the_limit_that_refused() -> Result<()> {
    let mut config = Config::new();
    let mut limits = *config.get_limits();
    (limits.store_memory, limits.store_elements) = (1 << 40, 9_000);
    (limits.memory_pages, limits.table_elements) = (1 << 20, 5_000);
    config.limits(limits);
    let engines = [Engine::default(), Engine::new(&config)?];
    let (narrow, wide) = (MemoryType::new(1, None), MemoryType::new64(1, None));
    for (engine, ty, delta, expected) in [
        (
            0,
            MemoryType::new(1, Some(3)),
            3,
            "pages of the memory's type limited to 3, 4 wanted",
        ),
        (
            0,
            narrow,
            65_536,
            "pages of the memory's address type limited to 65536, 65537 wanted",
        ),
        (
            0,
            wide,
            65_536,
            "memory_pages limited to 65536, 65537 wanted",
        ),
        (
            0,
            wide,
            u64::MAX,
            "memory_pages limited to 65536, 18446744073709551615 wanted",
        ),
        (
            1,
            narrow,
            65_536,
            "pages of the memory's address type limited to 65536, 65537 wanted",
        ),
        (
            1,
            wide,
            1 << 20,
            "memory_pages limited to 1048576, 1048577 wanted",
        ),
    ] {
        for trap in [false, true] {
            let limits = StoreLimitsBuilder::new().trap_on_grow_failure(trap).build();
            let mut store = Store::new(&engines[engine], limits);
            store.limiter(|limits| limits);
            let memory = Memory::new(&mut store, ty)?;
            let error = memory.grow(&mut store, delta).expect_err(expected);
            assert_eq!(format!("{error:#}"), expected);
            assert!(error.is::<LimitError>());
        }
    }
    let ty = |max| TableType::new(RefType::FUNCREF, 1, max);
    for (engine, ty, delta, expected) in [
        (
            0,
            ty(Some(3)),
            3,
            "elements of the table's type limited to 3, 4 wanted",
        ),
        (
            0,
            ty(None),
            10_000_000,
            "table_elements limited to 10000000, 10000001 wanted",
        ),
        (
            1,
            ty(None),
            5_000,
            "table_elements limited to 5000, 5001 wanted",
        ),
    ] {
        let mut store = Store::new(&engines[engine], ());
        let table = Table::new(&mut store, ty, Ref::Func(None))?;
        let error = table
            .grow(&mut store, delta, Ref::Func(None))
            .expect_err(expected);
        assert_eq!(format!("{error:#}"), expected);
    }
    let mut store = Store::new(&engines[1], ());
    Table::new(&mut store, ty(None), Ref::Func(None))?;
    Table::new(
        &mut store,
        TableType::new(RefType::FUNCREF, 5_000, None),
        Ref::Func(None),
    )?;
    let error = Table::new(
        &mut store,
        TableType::new(RefType::FUNCREF, 4_000, None),
        Ref::Func(None),
    )
    .expect_err("too many of the store");
    assert_eq!(
        error.to_string(),
        "store_elements limited to 9000, 9001 wanted"
    );
    let buffer = Box::leak(vec![0; 2 << 16].into_boxed_slice());
    let memory = Memory::new_static(&mut store, narrow, buffer)?;
    let error = memory
        .grow(&mut store, 2)
        .expect_err("the buffer is too small");
    assert_eq!(
        error.to_string(),
        "bytes of the buffer limited to 131072, 196608 wanted"
    );
    Ok(())
}

/// The same of the limits that the host has set, whether they end the guest's call or not.
#[test]
fn errors_name_the_limit_of_the_host() -> Result<()> {
    for trap in [false, true] {
        let limits = StoreLimitsBuilder::new()
            .memory_size(2 << 16)
            .table_elements(3);
        let (mut store, instance) = limited(limits.trap_on_grow_failure(trap).build())?;
        let memory = instance.get_memory(&mut store, "memory").expect("exported");
        let error = memory.grow(&mut store, 2).expect_err("beyond the limit");
        assert_eq!(
            error.to_string(),
            "memory bytes limited to 131072, 196608 wanted"
        );
        let table = TableType::new(RefType::FUNCREF, 4, None);
        let error = Table::new(&mut store, table, Ref::Func(None)).expect_err("beyond the limit");
        assert_eq!(error.to_string(), "table elements limited to 3, 4 wanted");
    }
    Ok(())
}

/// What ends the guest's call are the limits of types, engine and buffer, too.
#[test]
fn every_failing_growth_can_end_the_call() -> Result<()> {
    let limits = StoreLimitsBuilder::new().trap_on_grow_failure(true);
    let (mut store, instance) = limited(limits.build())?;
    for (name, expected) in [
        (
            "memory.grow",
            "pages of the memory's address type limited to 65536, 4294967296 wanted",
        ),
        (
            "table.grow",
            "table_elements limited to 10000000, 4294967296 wanted",
        ),
    ] {
        let grow = instance.get_typed_func::<i32, i32>(&mut store, name)?;
        let error = grow.call(&mut store, -1).expect_err("it ends the call");
        assert_eq!(error.to_string(), expected);
        assert_eq!(grow.call(&mut store, 1)?, 1);
    }
    Ok(())
}

#[test]
fn instances_are_counted() -> Result<()> {
    assert!(limited(StoreLimitsBuilder::new().instances(0).build()).is_err());
    assert!(limited(StoreLimitsBuilder::new().memories(0).build()).is_err());
    assert!(limited(StoreLimitsBuilder::new().tables(0).build()).is_err());
    assert!(limited(StoreLimitsBuilder::new().memory_size(1).build()).is_err());
    let (mut store, instance) = limited(StoreLimitsBuilder::new().instances(1).build())?;
    let module = instance.module(&store)?.clone();
    assert!(Instance::new(&mut store, &module, &[]).is_err());
    Ok(())
}

#[test]
fn limits_are_on_by_default() -> Result<()> {
    let mut config = Config::new();
    let mut limits = *config.get_limits();
    (limits.store_memory, limits.store_objects) = (3 << 16, 4);
    config.limits(limits);
    let engine = Engine::new(&config)?;
    let mut store = Store::new(&engine, ());
    Memory::new(&mut store, MemoryType::new(1, None))?;
    assert!(Memory::new(&mut store, MemoryType::new(3, None)).is_err());
    let memory = Memory::new(&mut store, MemoryType::new(1, None))?;
    assert_eq!(memory.grow(&mut store, 1)?, 1);
    assert!(memory.grow(&mut store, 1).is_err());
    for value in 0..4 {
        ExternRef::new(&mut store, value)?;
    }
    assert!(ExternRef::new(&mut store, 4).is_err());
    Ok(())
}

struct Counting(Vec<(usize, usize)>);

impl ResourceLimiter for Counting {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        self.0.push((current, desired));
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> Result<bool> {
        tabwasm::bail!("no tables")
    }
}

#[test]
fn limiters_see_what_is_asked() -> Result<()> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, Counting(Vec::new()));
    store.limiter(|limiter| limiter);
    let memory = Memory::new(&mut store, MemoryType::new(1, Some(4)))?;
    memory.grow(&mut store, 2)?;
    assert_eq!(store.data().0, [(0, 1 << 16), (1 << 16, 3 << 16)]);
    assert!(Instance::new(&mut store, &module(&engine, GROW), &[]).is_err());
    Ok(())
}

#[test]
fn small_steps_of_growth_do_not_copy_everything() -> Result<()> {
    let (mut store, instance) = instance(GROW);
    let grow = instance.get_typed_func::<i32, i32>(&mut store, "memory.grow")?;
    let memory = instance.get_memory(&mut store, "memory").expect("exported");
    for pages in 1..4_000 {
        assert_eq!(grow.call(&mut store, 1)?, pages);
    }
    let end = memory.data_size(&store);
    assert_eq!(end, 4_000 << 16);
    assert_eq!(memory.data(&store).last(), Some(&0));
    Ok(())
}

const LOOP: &str = r#"(module (func (export "forever") (loop br 0))
    (func (export "count") (param i32) (result i32) (loop
      (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
      (br_if 0 (local.get 0))) (local.get 0)))"#;

#[test]
fn fuel_runs_out() -> Result<()> {
    let (mut store, instance) = configured(|config| _ = config.consume_fuel(true), LOOP);
    let forever = instance.get_typed_func::<(), ()>(&mut store, "forever")?;
    store.set_fuel(1_000)?;
    let error = forever.call(&mut store, ()).expect_err("it never ends");
    assert_eq!(error.as_trap_code(), Some(Trap::OutOfFuel));
    let count = instance.get_typed_func::<i32, i32>(&mut store, "count")?;
    store.set_fuel(10_000)?;
    count.call(&mut store, 100)?;
    let used = 10_000 - store.get_fuel()?;
    store.set_fuel(10_000)?;
    count.call(&mut store, 100)?;
    assert_eq!(10_000 - store.get_fuel()?, used);
    Ok(())
}

#[test]
fn fuel_must_be_switched_on() {
    let (mut store, _) = instance(LOOP);
    assert!(store.set_fuel(1).is_err());
    assert!(store.get_fuel().is_err());
}

#[test]
fn epochs_interrupt() -> Result<()> {
    let (mut store, instance) = configured(|config| _ = config.epoch_interruption(true), LOOP);
    let forever = instance.get_typed_func::<(), ()>(&mut store, "forever")?;
    store.set_epoch_deadline(1);
    let engine = store.engine().clone();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(std::time::Duration::from_millis(20));
            engine.increment_epoch();
        });
        let error = forever.call(&mut store, ()).expect_err("it never ends");
        assert_eq!(error.as_trap_code(), Some(Trap::Interrupt));
    });
    Ok(())
}

/// A loop in which the host advances the epoch by one tick at each round.
fn ticking() -> Result<(Store<u32>, Instance)> {
    let engine = Engine::new(Config::new().epoch_interruption(true))?;
    let mut linker = Linker::new(&engine);
    let own = engine.clone();
    linker.func_wrap("host", "tick", move || own.increment_epoch())?;
    let text = r#"(module (import "host" "tick" (func $tick))
        (func (export "rounds") (param i32) (result i32) (loop
          (call $tick)
          (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
          (br_if 0 (local.get 0))) (local.get 0)))"#;
    let mut store = Store::new(&engine, 0);
    let instance = linker.instantiate(&mut store, &module(&engine, text))?;
    Ok((store, instance))
}

#[test]
fn epoch_callbacks_extend_the_deadline() -> Result<()> {
    let (mut store, instance) = ticking()?;
    store.epoch_deadline_callback(|mut store| {
        *store.data_mut() += 1;
        match *store.data() {
            3 => Ok(UpdateDeadline::Interrupt),
            _ => Ok(UpdateDeadline::Continue(1)),
        }
    });
    let rounds = instance.get_typed_func::<i32, i32>(&mut store, "rounds")?;
    let error = rounds
        .call(&mut store, 100)
        .expect_err("the third time it ends");
    assert_eq!(error.as_trap_code(), Some(Trap::Interrupt));
    assert_eq!(*store.data(), 3);
    store.epoch_deadline_trap();
    assert!(rounds.call(&mut store, 100).is_err());
    assert_eq!(*store.data(), 3);
    Ok(())
}

#[test]
fn a_deadline_moves_on_by_a_tick_at_least() -> Result<()> {
    let (mut store, instance) = ticking()?;
    for (ticks, calls) in [(0, 10), (1, 10), (2, 5), (u64::MAX, 1)] {
        store.epoch_deadline_callback(move |mut store| {
            *store.data_mut() += 1;
            match *store.data() {
                // The same place would be interrupted for ever.
                100 => Ok(UpdateDeadline::Interrupt),
                _ => Ok(UpdateDeadline::Continue(ticks)),
            }
        });
        *store.data_mut() = 0;
        store.set_epoch_deadline(0);
        let rounds = instance.get_typed_func::<i32, i32>(&mut store, "rounds")?;
        assert_eq!(rounds.call(&mut store, 10)?, 0);
        println!(
            "{} calls in 10 rounds with {ticks} more ticks each",
            store.data()
        );
        assert_eq!(*store.data(), calls);
    }
    Ok(())
}
