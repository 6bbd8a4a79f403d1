//! Guests that grow their memories and tables step by step: what is allocated keeps within what
//! the limiter and the limits allow, capacity ahead included.
//!
//! The allocator counts as one that moves what it enlarges, and holds both meanwhile, unless a test
//! wants it otherwise.

use tabwasm::{
    Config, Engine, Instance, Module, ResourceLimiter, Result, Store, StoreLimits,
    StoreLimitsBuilder,
};

use crate::counting;

/// Bytes that a memory may have here, and, at four bytes an element, a table.
const ALLOWED: usize = 36 << 20;

/// What else a call allocates.
const BESIDES: usize = 64 << 10;

/// How a memory grows, and a table: by 64 KiB at each step.
const GROW: &str = r#"(module
    (memory (export "memory") 1) (memory $second 1)
    (table (export "table") 1 funcref) (table $second 1 funcref)
    (func (export "memory.grow") (result i32) (memory.grow (i32.const 1)))
    (func (export "second.grow") (result i32) (memory.grow $second (i32.const 1)))
    (func (export "table.grow") (result i32)
      (table.grow (ref.null func) (i32.const 0x4000)))
    (func (export "second_table.grow") (result i32)
      (table.grow $second (ref.null func) (i32.const 0x4000))))"#;

/// What was allocated for one kind of growth.
struct Taken {
    /// The most at once.
    peak: usize,
    /// In the end.
    held: usize,
    /// Steps until it was refused.
    steps: usize,
}

/// Calls functions of the guest in turn until all of them are refused.
fn grow<T>(store: &mut Store<T>, instance: Instance, names: &[&str]) -> Taken {
    let functions: Vec<_> = names
        .iter()
        .map(|name| {
            instance
                .get_typed_func::<(), i32>(&mut *store, name)
                .expect("exported")
        })
        .collect();
    for function in &functions {
        // Translated, with a stack at rest.
        function.call(&mut *store, ()).expect("no trap");
    }
    let (before, mut steps) = (counting::held(), 0);
    let ((), peak) = counting::peak(|| {
        let mut going = true;
        while going {
            going = false;
            for function in &functions {
                if function.call(&mut *store, ()).expect("no trap") >= 0 {
                    (going, steps) = (true, steps + 1);
                }
            }
        }
    });
    let held = usize::try_from(counting::held() - before).expect("it grew");
    println!("{names:?}: {steps} steps, {peak} bytes at the peak, {held} held");
    Taken { peak, held, steps }
}

/// An engine whose memories are allocated, even where there is address space to reserve.
fn allocating() -> Engine {
    Engine::new(Config::new().memory_reservation(0)).expect("configuration")
}

fn limited<T: ResourceLimiter + 'static>(engine: &Engine, limits: T) -> (Store<T>, Instance) {
    let module = Module::new(engine, wat::parse_str(GROW).expect("text")).expect("module");
    let mut store = Store::new(engine, limits);
    store.limiter(|limits| limits);
    let instance = Instance::new(&mut store, &module, &[]).expect("instance");
    (store, instance)
}

#[test]
fn room_ahead_keeps_within_the_limiter() {
    for name in ["memory.grow", "table.grow"] {
        let limits = StoreLimitsBuilder::new()
            .memory_size(ALLOWED)
            .table_elements(ALLOWED / 4)
            .build();
        let (mut store, instance) = limited::<StoreLimits>(&allocating(), limits);
        let taken = grow(&mut store, instance, &[name]);
        assert!(taken.steps > 500);
        assert!(taken.held <= ALLOWED);
        assert!(taken.peak <= 2 * ALLOWED + BESIDES);
    }
}

#[test]
fn an_allocator_that_enlarges_in_place_is_used_so() {
    counting::enlarges_in_place(true);
    for name in ["memory.grow", "table.grow"] {
        let limits = StoreLimitsBuilder::new()
            .memory_size(ALLOWED)
            .table_elements(ALLOWED / 4)
            .build();
        let (mut store, instance) = limited::<StoreLimits>(&allocating(), limits);
        let taken = grow(&mut store, instance, &[name]);
        assert!(taken.steps > 500);
        assert!(taken.peak <= ALLOWED + BESIDES);
    }
    counting::enlarges_in_place(false);
}

/// A limiter that does not know of capacity ahead.
struct Exact {
    allowed: usize,
}

impl ResourceLimiter for Exact {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        Ok(desired <= self.allowed)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        Ok(desired <= self.allowed / 4)
    }
}

#[test]
fn a_limiter_gets_what_it_allows() {
    let first = 4 << 20;
    for name in ["memory.grow", "table.grow"] {
        let (mut store, instance) = limited(&allocating(), Exact { allowed: first });
        let before = counting::held();
        let mut held = 0;
        // It may allow more later: what was not allowed before was not taken before.
        for allowed in [first, 2 * first, 3 * first] {
            store.data_mut().allowed = allowed;
            grow(&mut store, instance, &[name]);
            held = usize::try_from(counting::held() - before).expect("it grew");
            assert!(
                held <= allowed + (1 << 20) + BESIDES,
                "{held} bytes of {allowed}"
            );
        }
        assert!(held > 2 * first);
    }
}

#[test]
fn a_store_keeps_within_its_limits() {
    let mut config = Config::new();
    config.memory_reservation(0);
    let mut limits = *config.get_limits();
    (limits.store_memory, limits.store_elements) = (ALLOWED as u64, ALLOWED as u64 / 4);
    config.limits(limits);
    let engine = Engine::new(&config).expect("configuration");
    let limits = || StoreLimitsBuilder::new().build();
    for names in [
        ["memory.grow", "second.grow"],
        ["table.grow", "second_table.grow"],
    ] {
        let (mut store, instance) = limited(&engine, limits());
        let taken = grow(&mut store, instance, &names[..1]);
        assert!(taken.held <= ALLOWED && taken.peak <= 2 * ALLOWED + BESIDES);
        // Each of two may have taken an eighth ahead when there was so much left.
        let (mut store, instance) = limited(&engine, limits());
        let taken = grow(&mut store, instance, &names);
        assert!(taken.held <= ALLOWED + ALLOWED / 8);
        assert!(taken.peak <= taken.held + ALLOWED / 2 + ALLOWED / 8 + BESIDES);
    }
}

/// Where there are no limits but the engine's, room is an eighth ahead.
#[test]
fn room_ahead_is_an_eighth() {
    let engine = allocating();
    for name in ["memory.grow", "table.grow"] {
        let limits = StoreLimitsBuilder::new().build();
        let (mut store, instance) = limited(&engine, limits);
        let before = counting::held();
        let function = instance
            .get_typed_func::<(), i32>(&mut store, name)
            .expect("exported");
        for step in 2..1000usize {
            function.call(&mut store, ()).expect("no trap");
            let held = usize::try_from(counting::held() - before).expect("it grew");
            let bytes = step << 16;
            let stack = 1 << 20;
            assert!(
                held <= bytes + bytes / 8 + stack + BESIDES,
                "{held} of {bytes}"
            );
        }
    }
}

/// A memory in address space that it has reserved grows without the allocator, up to the same limits.
#[cfg(all(unix, target_pointer_width = "64"))]
#[test]
fn what_was_reserved_is_not_allocated() {
    for reserved in [true, false] {
        let limits = StoreLimitsBuilder::new().memory_size(ALLOWED).build();
        let engine = if reserved {
            Engine::default()
        } else {
            allocating()
        };
        let (mut store, instance) = limited(&engine, limits);
        let taken = grow(&mut store, instance, &["memory.grow"]);
        // One step is done before.
        assert_eq!(taken.steps, (ALLOWED >> 16) - 2);
        assert_eq!(taken.peak <= BESIDES, reserved);
    }
}
