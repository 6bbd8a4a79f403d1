//! Pools of memories: nobody sees what was in a slot before, and who gets none learns the limit.
#![cfg(all(unix, target_pointer_width = "64"))]

use tabwasm::{
    Config, Engine, Instance, LimitError, Memory, MemoryType, Module, PoolingAllocationConfig,
    Result, Store, UseError,
};

use super::module;

const PAGE: usize = 1 << 16;

/// Writes, looks for bytes that are not zero, and grows.
const GUEST: &str = r#"(module (memory (export "memory") 2)
    (func (export "fill") (param i32)
      (memory.fill (i32.const 0) (local.get 0) (i32.mul (memory.size) (i32.const 0x10000))))
    (func (export "sum") (result i64) (local $at i32) (local $sum i64)
      (loop $next
        (local.set $sum (i64.or (local.get $sum) (i64.load (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br_if $next
          (i32.lt_u (local.get $at) (i32.mul (memory.size) (i32.const 0x10000)))))
      (local.get $sum))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"#;

/// An engine with a pool of so many memories, of so many bytes.
fn pool(
    memories: u32,
    size: usize,
    configure: impl FnOnce(&mut PoolingAllocationConfig),
) -> Result<Engine> {
    let mut pooling = PoolingAllocationConfig::new();
    pooling.total_memories(memories).max_memory_size(size);
    configure(&mut pooling);
    Engine::new(Config::new().allocation_strategy(pooling))
}

/// Everything is written, then the slot is used again, by smaller and by larger memories, and also
/// where bytes lie beyond the former end.
#[test]
fn nobody_sees_the_bytes_of_another() -> Result<()> {
    for resident in [0, 1, PAGE, 3 * PAGE, 100 * PAGE] {
        let engine = pool(2, 8 * PAGE, |pool| {
            _ = pool.linear_memory_keep_resident(resident)
        })?;
        let module = module(&engine, GUEST);
        let mut addresses = std::collections::BTreeSet::new();
        for round in 0..7 {
            let mut stores = [Store::new(&engine, ()), Store::new(&engine, ())];
            for store in &mut stores {
                let instance = Instance::new(&mut *store, &module, &[])?;
                let memory = instance
                    .get_memory(&mut *store, "memory")
                    .expect("exported");
                addresses.insert(memory.data_ptr(&mut *store) as usize);
                let sum = instance.get_typed_func::<(), i64>(&mut *store, "sum")?;
                let grow = instance.get_typed_func::<i32, i32>(&mut *store, "grow")?;
                let fill = instance.get_typed_func::<i32, ()>(&mut *store, "fill")?;
                assert_eq!(
                    sum.call(&mut *store, ())?,
                    0,
                    "round {round}, {resident} resident"
                );
                // Up to a size that is different each time: each is followed by a smaller and by a larger one.
                assert_eq!(grow.call(&mut *store, round * 5 % 7)?, 2);
                assert_eq!(
                    sum.call(&mut *store, ())?,
                    0,
                    "round {round}, {resident} resident"
                );
                fill.call(&mut *store, 0xA5)?;
                assert_ne!(sum.call(&mut *store, ())?, 0);
            }
            // The one that is dropped last is used first.
            if round % 2 == 0 {
                stores.reverse();
            }
        }
        assert_eq!(addresses.len(), 2, "slots are used again");
    }
    Ok(())
}

/// The host's own memories, of pages of one byte, which end in the middle of a page of the system.
#[test]
fn sizes_need_not_be_whole_pages() -> Result<()> {
    let engine = pool(1, 10_001, |pool| {
        _ = pool.linear_memory_keep_resident(5_000)
    })?;
    for size in [10_001, 1, 4_095, 9_999, 4_097, 10_001, 5_001] {
        let mut store = Store::new(&engine, ());
        let ty = MemoryType::builder().page_size_log2(0).min(size).build()?;
        let memory = Memory::new(&mut store, ty)?;
        assert!(memory.data(&store).iter().all(|byte| *byte == 0));
        memory.grow(&mut store, 10_001 - size)?;
        assert!(memory.data(&store).iter().all(|byte| *byte == 0));
        memory.data_mut(&mut store).fill(0xFF);
    }
    Ok(())
}

#[test]
fn who_gets_none_learns_the_limit() -> Result<()> {
    let engine = pool(3, 4 * PAGE, |_| {})?;
    let module = module(&engine, GUEST);
    let mut store = Store::new(&engine, ());
    let mut other = Store::new(&engine, ());
    let refused = |error: tabwasm::Error, text: &str| {
        assert_eq!(error.to_string(), text);
        assert!(error.is::<LimitError>());
    };
    for _ in 0..2 {
        Instance::new(&mut store, &module, &[])?;
    }
    let memory = Memory::new(&mut other, MemoryType::new(1, None))?;
    let error = Instance::new(&mut store, &module, &[]).expect_err("no slot");
    refused(error, "pool_memories limited to 3, 4 wanted");
    drop(store);
    let mut store = Store::new(&engine, ());
    Instance::new(&mut store, &module, &[])?;
    // Memories that are larger than a slot, at once or in time.
    let error = Memory::new(&mut store, MemoryType::new(5, None)).expect_err("too large");
    refused(error, "pool_memory_size limited to 262144, 327680 wanted");
    assert_eq!(memory.grow(&mut other, 3)?, 1);
    let error = memory.grow(&mut other, 1).expect_err("too large");
    refused(error, "pool_memory_size limited to 262144, 327680 wanted");
    // Bytes of the host need no slot.
    Memory::new(&mut store, MemoryType::new(1, None))?;
    let given = Box::leak(vec![0; PAGE].into_boxed_slice());
    Memory::new_static(&mut store, MemoryType::new(1, None), given)?;
    assert!(Memory::new(&mut store, MemoryType::new(0, None)).is_err());
    Ok(())
}

#[test]
fn a_pool_that_cannot_be_is_refused() {
    for (memories, size, text) in [
        (
            1_000_001,
            PAGE,
            "limit `pool_memories` cannot be above 1000000",
        ),
        (
            1,
            1 << 49,
            "limit `pool_memory_size` cannot be above 281474976710656",
        ),
        (
            1_000_000,
            1 << 48,
            "no address space for a pool of 1000000 memories of 281474976710656 bytes",
        ),
        (
            1_000,
            1 << 48,
            "no address space for a pool of 1000 memories of 281474976710656 bytes",
        ),
        (
            0,
            PAGE,
            "no address space for a pool of 0 memories of 65536 bytes",
        ),
        (2, 0, "no address space for a pool of 2 memories of 0 bytes"),
    ] {
        let error = pool(memories, size, |_| {}).expect_err(text);
        assert_eq!(error.to_string(), text);
        assert!(error.is::<UseError>());
    }
}

/// Memories live as long as their store, slots as long as a memory is in them, whoever goes first.
#[test]
fn a_pool_outlives_its_engine_in_many_threads() -> Result<()> {
    let engine = pool(8, 2 * PAGE, |_| {})?;
    let module = Module::new(&engine, wat::parse_str(GUEST).expect("text"))?;
    let mut last = Store::new(&engine, ());
    let kept = Memory::new(&mut last, MemoryType::new(2, None))?;
    std::thread::scope(|scope| {
        for value in 1..=7 {
            let (engine, module) = (&engine, &module);
            scope.spawn(move || {
                for _ in 0..50 {
                    let mut store = Store::new(engine, ());
                    let instance = Instance::new(&mut store, module, &[]).expect("a slot for each");
                    let memory = instance.get_memory(&mut store, "memory").expect("exported");
                    assert!(memory.data(&store).iter().all(|byte| *byte == 0));
                    memory.data_mut(&mut store).fill(value);
                    assert!(memory.data(&store).iter().all(|byte| *byte == value));
                }
            });
        }
    });
    drop((module, engine));
    kept.data_mut(&mut last).fill(1);
    assert_eq!(kept.data(&last).len(), 2 * PAGE);
    Ok(())
}

/// One slot, in which memories that begin with an image take turns with others.
#[test]
fn nobody_sees_the_image_of_another() -> Result<()> {
    for resident in [0, PAGE, 100 * PAGE] {
        let engine = pool(1, 8 * PAGE, |pool| {
            _ = pool.linear_memory_keep_resident(resident)
        })?;
        let segment = |at: usize, byte: &str| {
            let bytes = byte.repeat(PAGE + 5);
            format!(r#"(module (memory (export "memory") 3) (data (i32.const {at}) "{bytes}"))"#)
        };
        let texts = [segment(7, "a"), segment(PAGE + 9, "b"), GUEST.into()];
        let modules = texts.map(|text| module(&engine, &text));
        let mut first: [Option<Vec<u8>>; 3] = Default::default();
        for turn in [0, 1, 2, 0, 1, 2, 0, 0, 2, 1, 1, 2, 0, 1, 0, 2] {
            let mut store = Store::new(&engine, ());
            let instance = Instance::new(&mut store, &modules[turn], &[])?;
            let memory = instance.get_memory(&mut store, "memory").expect("exported");
            let data = memory.data(&store).to_vec();
            assert!(data == *first[turn].get_or_insert(data.clone()), "{turn}");
            memory.data_mut(&mut store).fill(0xA5);
            memory.grow(&mut store, 2)?;
            let grown = &memory.data(&store)[data.len()..];
            assert!(grown.iter().all(|byte| *byte == 0), "{turn}");
            memory.data_mut(&mut store).fill(0x5A);
        }
        let filled =
            first.map(|data| data.map(|data| data.iter().filter(|byte| **byte != 0).count()));
        assert_eq!(filled, [Some(PAGE + 5), Some(PAGE + 5), Some(0)]);
    }
    Ok(())
}
