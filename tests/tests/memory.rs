//! Memories in address space of the system, as the system sees them.
//!
//! The kernel's own figures of a process are compared: resident pages, mappings, address space. So each
//! test runs in a process of its own, with one thread that does anything, some with a limit on address
//! space.
#![cfg(all(target_os = "linux", target_pointer_width = "64"))]

use std::env;
use std::fs;
use std::process::Command;

use tabwasm::{
    Config, Engine, Instance, Memory, MemoryType, Module, PoolingAllocationConfig, Store,
};

/// Names the test that the child is for.
const CHILD: &str = "TABWASM_MEMORY_CHILD";

/// Grows by a page until that fails.
const GROW: &str = r#"(module (memory (export "memory") 1)
    (func (export "fill") (result i32) (local $steps i32)
      (loop $again
        (local.set $steps (i32.add (local.get $steps) (i32.const 1)))
        (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
      (local.get $steps)))"#;

/// Runs `work` in a process that can have this many KiB of address space.
fn alone(test: &str, space: Option<u64>, work: fn()) {
    if env::var(CHILD).is_ok_and(|child| child == test) {
        return work();
    }
    let limit = space.map_or("unlimited".to_owned(), |space| space.to_string());
    let output = Command::new("sh")
        .args([
            "-c",
            r#"ulimit -v "$1" && shift && exec "$@""#,
            "sh",
            &limit,
        ])
        .arg(env::current_exe().expect("this program"))
        .args(["--exact", test, "--nocapture", "--test-threads", "1"])
        .env(CHILD, test)
        .output()
        .expect("a shell");
    let said = String::from_utf8_lossy(&output.stdout);
    print!("{said}");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{test}:\n{errors}");
}

/// What the kernel counts.
#[derive(Clone, Copy, Debug)]
struct Figures {
    /// Pages of address space.
    space: u64,
    /// Pages that are in memory.
    resident: u64,
    /// Mappings.
    mappings: usize,
}

fn figures() -> Figures {
    let mappings = fs::read_to_string("/proc/self/maps").expect("of this process");
    let mappings = mappings.lines().count();
    let pages = fs::read_to_string("/proc/self/statm").expect("of this process");
    let mut pages = pages
        .split(' ')
        .map(|count| count.parse().expect("a number"));
    let (space, resident) = (pages.next().expect("size"), pages.next().expect("resident"));
    Figures {
        space,
        resident,
        mappings,
    }
}

fn instance(config: &Config) -> (Store<()>, Instance) {
    let engine = Engine::new(config).expect("configuration");
    let module = Module::new(&engine, wat::parse_str(GROW).expect("text")).expect("module");
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[]).expect("instance");
    (store, instance)
}

#[test]
fn pages_that_nobody_touches_are_not_resident() {
    alone("pages_that_nobody_touches_are_not_resident", None, || {
        let grow = || {
            let (mut store, instance) = instance(&Config::new());
            let fill = instance.get_typed_func::<(), i32>(&mut store, "fill");
            let memory = instance.get_memory(&mut store, "memory").expect("exported");
            let before = figures();
            let steps = fill.and_then(|fill| fill.call(&mut store, ()));
            (store, memory, before, steps.expect("no trap"), figures())
        };
        // Once before, so that the code of this program is resident.
        drop(grow());
        let (mut store, memory, before, steps, after) = grow();
        println!("{steps} steps: {before:?}, then {after:?}");
        assert_eq!((steps, memory.data_size(&store)), (65_536, 1 << 32));
        // The call has a stack of its own, a mapping of a megabyte.
        assert!(after.space - before.space <= 512);
        assert!(after.mappings <= before.mappings + 1);
        assert!(after.resident - before.resident < 48);
        // Touched pages are, and have been zero.
        let data = memory.data_mut(&mut store);
        let touched = (0..100).map(|number| number * (41 << 20));
        for at in touched {
            assert_eq!(std::mem::replace(&mut data[at], 1), 0);
        }
        let touched = figures();
        println!("100 pages touched: {touched:?}");
        assert!((100..132).contains(&(touched.resident - after.resident)));
        drop(store);
        assert!(before.space - figures().space >= 1 << 20);
    });
}

#[test]
fn a_reservation_that_is_refused_is_allocated() {
    let test = "a_reservation_that_is_refused_is_allocated";
    alone(test, Some(2 << 20), || {
        let before = figures();
        let (mut store, instance) = instance(&Config::new());
        let memory = instance.get_memory(&mut store, "memory").expect("exported");
        memory.data_mut(&mut store).fill(7);
        for pages in 1..200 {
            assert_eq!(memory.grow(&mut store, 1).expect("grown"), pages);
        }
        let (first, new) = memory.data(&store).split_at(1 << 16);
        assert!(first.iter().all(|byte| *byte == 7) && new.iter().all(|byte| *byte == 0));
        let after = figures();
        println!("refused: {before:?}, then {after:?}");
        assert!(after.space - before.space < 1 << 15);
        // Whoever wants more than there is gets an error.
        assert!(memory.grow(&mut store, 65_000).is_err());
        assert_eq!(memory.size(&store), 200);
        // A smaller one fits.
        Memory::new(&mut store, MemoryType::new(1, Some(1 << 14))).expect("memory");
        assert!(figures().space - after.space >= 1 << 18);
    });
}

#[test]
fn a_slot_of_a_pool_gives_its_pages_back() {
    alone("a_slot_of_a_pool_gives_its_pages_back", None, || {
        for kept in [0, 64 << 12] {
            let mut pooling = PoolingAllocationConfig::new();
            pooling.total_memories(100).max_memory_size(1 << 32);
            pooling.linear_memory_keep_resident(kept);
            let mut config = Config::new();
            config.allocation_strategy(pooling);
            let engine = Engine::new(&config).expect("configuration");
            let use_memory = || {
                let mut store = Store::new(&engine, ());
                let ty = MemoryType::new(64, None);
                let memory = Memory::new(&mut store, ty).expect("memory");
                memory.data_mut(&mut store).fill(1);
                (store, figures())
            };
            drop(use_memory());
            let before = figures();
            let (store, during) = use_memory();
            drop(store);
            let after = figures();
            println!("{kept} bytes kept: {before:?}, {during:?}, {after:?}");
            assert_eq!(before.space, after.space);
            let resident = kept as u64 >> 12;
            assert!((1024 - resident..1040).contains(&(during.resident - before.resident)));
            assert!(after.resident.abs_diff(before.resident) < 16);
        }
    });
}
