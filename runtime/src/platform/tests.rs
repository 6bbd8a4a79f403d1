//! Memories that count what they ask of the system: each of the ways that a memory can go.
//!
//! The platform is the system's own, behind a counter; it can also refuse.

use core::ptr::NonNull;
use core::sync::atomic::{AtomicUsize, Ordering};

use super::{Platform, own};
use crate::{Config, Engine, Instance, Memory, MemoryType, Module, Store};

/// The platform, with a count of what is asked of it; it reserves no more than `most` bytes at a time.
struct Counted {
    calls: AtomicUsize,
    most: usize,
}

impl Counted {
    const fn new(most: usize) -> Self {
        let calls = AtomicUsize::new(0);
        Self { calls, most }
    }

    fn count(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

// SAFETY: what it promises, the platform keeps that it asks.
unsafe impl Platform for Counted {
    fn page(&self) -> usize {
        own().page()
    }

    fn reserve(&self, size: usize) -> Option<NonNull<u8>> {
        self.count();
        (size <= self.most).then(|| own().reserve(size))?
    }

    unsafe fn release(&self, base: NonNull<u8>, size: usize) {
        self.count();
        // SAFETY: the caller promises that it is a reservation of `reserve`, which is the platform's.
        unsafe { own().release(base, size) }
    }

    unsafe fn decommit(&self, base: NonNull<u8>, size: usize) -> bool {
        self.count();
        // SAFETY: the caller promises that the pages are of a reservation, which is the platform's.
        unsafe { own().decommit(base, size) }
    }

    unsafe fn populate(&self, base: NonNull<u8>, size: usize) {
        self.count();
        // SAFETY: the caller promises that the pages are of a reservation, which is the platform's.
        unsafe { own().populate(base, size) }
    }
}

const GROW: &str = r#"(module (memory (export "memory") 1)
    (func (export "fill") (result i32) (local $steps i32)
      (loop $again
        (local.set $steps (i32.add (local.get $steps) (i32.const 1)))
        (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
      (local.get $steps)))"#;

/// What a guest does in an engine with this platform, until its memory does not grow any more.
fn fill(platform: &'static Counted, config: &Config) -> (i32, usize) {
    let engine = Engine::on(config, platform).expect("configuration");
    let module = Module::new(&engine, wat::parse_str(GROW).expect("text")).expect("module");
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[]).expect("instance");
    let fill = instance
        .get_typed_func::<(), i32>(&mut store, "fill")
        .expect("exported");
    let memory = instance.get_memory(&mut store, "memory").expect("exported");
    let (before, first) = (platform.calls(), memory.data_ptr(&mut store));
    let steps = fill.call(&mut store, ()).expect("no trap");
    assert_eq!(memory.data_ptr(&mut store), first);
    assert_eq!(memory.data(&store).last(), Some(&0));
    (steps, platform.calls() - before)
}

#[test]
fn growing_page_by_page_asks_nothing_of_the_system() {
    static PLATFORM: Counted = Counted::new(usize::MAX);
    let (steps, calls) = fill(&PLATFORM, &Config::new());
    let (all, page) = (PLATFORM.calls(), own().page());
    std::println!(
        "{steps} steps to 4 GiB: {calls} calls of the system while growing, {all} in all; pages of {page}"
    );
    // What was asked for is the stack of the call; then it and the memory end.
    assert_eq!((steps, calls, all), (65_536, 1, 4));
}

#[test]
fn a_call_takes_no_stack_from_the_allocator() {
    static PLATFORM: Counted = Counted::new(usize::MAX);
    let engine = Engine::on(&Config::new(), &PLATFORM).expect("configuration");
    let text = r#"(module (func $f (export "f") (param i32) (result i32)
        (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 7))
            (else (call $f (i32.sub (local.get 0) (i32.const 1)))))))"#;
    let module = Module::new(&engine, wat::parse_str(text).expect("text")).expect("module");
    for stores in 1..4 {
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).expect("instance");
        let func = instance.get_typed_func::<i32, i32>(&mut store, "f");
        let func = func.expect("exported");
        // A store keeps it for the next call.
        for _ in 0..3 {
            assert_eq!(func.call(&mut store, 1_000).expect("no trap"), 7);
            assert_eq!(PLATFORM.calls(), 2 * stores - 1);
        }
        drop(store);
        assert_eq!(PLATFORM.calls(), 2 * stores);
    }
}

#[test]
fn a_stack_is_as_deep_wherever_it_comes_from() {
    static GIVES: Counted = Counted::new(usize::MAX);
    static REFUSES: Counted = Counted::new(0);
    let text = r#"(module (global $depth (export "depth") (mut i32) (i32.const 0))
        (func $f (export "f") (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
            (call $f) (call $f)))"#;
    let depths = [&GIVES, &REFUSES].map(|platform| {
        let engine = Engine::on(Config::new().max_wasm_stack(10_001), platform);
        let engine = engine.expect("configuration");
        let module = Module::new(&engine, wat::parse_str(text).expect("text")).expect("module");
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).expect("instance");
        let func = instance.get_typed_func::<(), ()>(&mut store, "f");
        let error = func.and_then(|func| func.call(&mut store, ()));
        let error = error.expect_err("it never ends");
        assert_eq!(error.as_trap_code(), Some(crate::Trap::StackOverflow));
        let depth = instance.get_global(&mut store, "depth").expect("exported");
        depth.get(&mut store).i32()
    });
    assert!(
        depths[0] > Some(100) && depths[0] == depths[1],
        "{depths:?}"
    );
    assert_eq!((GIVES.calls(), REFUSES.calls()), (2, 1));
}

#[test]
fn reservations_are_as_large_as_they_must() {
    static PLATFORM: Counted = Counted::new(3 << 16);
    let mut config = Config::new();
    // Beyond the limits nothing is asked for; what the system refuses is allocated.
    for (reservation, max, reserved) in [
        (4 << 30, Some(3), true),
        (4 << 30, Some(4), false),
        (3 << 16, None, true),
        (0, Some(1), false),
        (1 << 15, None, false),
    ] {
        config.memory_reservation(reservation);
        let engine = Engine::on(&config, &PLATFORM).expect("configuration");
        let mut store = Store::new(&engine, ());
        let memory = Memory::new(&mut store, MemoryType::new(1, max)).expect("memory");
        let space = engine.space().reserved();
        assert_eq!(space > 0, reserved, "{reservation} {max:?}");
        assert!(space <= 3 << 16);
        memory.data_mut(&mut store).fill(7);
        // A memory that leaves its reservation takes its bytes along.
        for pages in 1..6 {
            let grown = memory.grow(&mut store, 1).is_ok();
            assert_eq!(grown, max.is_none_or(|max| pages < max));
        }
        let data = memory.data(&store);
        assert!(
            data[..1 << 16].iter().all(|byte| *byte == 7),
            "{reservation}"
        );
        assert!(
            data[1 << 16..].iter().all(|byte| *byte == 0),
            "{reservation}"
        );
        drop(store);
        assert_eq!(engine.space().reserved(), 0);
    }
}

#[test]
fn memories_beyond_the_space_of_an_engine_are_allocated() {
    static PLATFORM: Counted = Counted::new(usize::MAX);
    let mut config = Config::new();
    let mut limits = *config.get_limits();
    limits.reserved_memory = 5 << 16;
    config.limits(limits);
    let engine = Engine::on(&config, &PLATFORM).expect("configuration");
    for _ in 0..3 {
        let mut store = Store::new(&engine, ());
        for expected in [2, 4, 4, 5] {
            let max = if expected == 5 { 1 } else { 2 };
            let ty = MemoryType::new(1, Some(max));
            Memory::new(&mut store, ty).expect("memory");
            assert_eq!(engine.space().reserved(), expected << 16);
        }
    }
    assert_eq!(engine.space().reserved(), 0);
}

#[test]
fn what_segments_fill_is_asked_for_at_once() {
    static PLATFORM: Counted = Counted::new(usize::MAX);
    let engine = Engine::on(&Config::new(), &PLATFORM).expect("configuration");
    let page = own().page();
    // Segments of half a page, so far from each other: several pages, one page, too far.
    for (distance, count, asked) in [(page / 2, 8, 1), (page / 2, 2, 0), (4 * page, 8, 0)] {
        let segment = |place: usize| {
            let (at, half) = (place * distance, "a".repeat(page / 2));
            std::format!(r#"(data (i32.const {at}) "{half}")"#)
        };
        let segments: std::string::String = (0..count).map(segment).collect();
        let text = std::format!(r#"(module (memory (export "memory") 16) {segments})"#);
        let module = Module::new(&engine, wat::parse_str(text).expect("text")).expect("module");
        let mut store = Store::new(&engine, ());
        let before = PLATFORM.calls();
        let instance = Instance::new(&mut store, &module, &[]).expect("instance");
        // The memory itself is one call.
        assert_eq!(PLATFORM.calls() - before, 1 + asked, "{distance}");
        let memory = instance.get_memory(&mut store, "memory").expect("exported");
        let data = memory.data(&store);
        for place in 0..count {
            let filled = &data[place * distance..][..page / 2];
            assert!(filled.iter().all(|byte| *byte == b'a'));
        }
        let filled = data.iter().filter(|byte| **byte != 0).count();
        assert_eq!(filled, count * page / 2);
    }
}
