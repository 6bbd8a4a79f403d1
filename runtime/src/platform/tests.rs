//! Memories that count what they ask of the system: each of the ways that a memory can go.
//!
//! The platform is the system's own, behind a counter; it can also refuse.

use alloc::vec::Vec;
use core::mem::MaybeUninit;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicUsize, Ordering};

use super::{File, Part, Platform, own};
use crate::{Config, Engine, Instance, Memory, MemoryType, Module, PoolingAllocationConfig, Store};

/// The platform, with a count of what is asked of it; it reserves no more than `most` bytes at a time.
struct Counted {
    calls: AtomicUsize,
    releases: AtomicUsize,
    most: usize,
    refuses: Refuses,
}

/// What a platform cannot do.
#[derive(Clone, Copy, PartialEq)]
enum Refuses {
    Nothing,
    /// To keep an image.
    Keeping,
    /// To map it.
    Mapping,
    /// To make its pages blank again.
    Blanking,
}

impl Counted {
    const fn new(most: usize) -> Self {
        Self {
            calls: AtomicUsize::new(0),
            releases: AtomicUsize::new(0),
            most,
            refuses: Refuses::Nothing,
        }
    }

    const fn refusing(refuses: Refuses) -> Self {
        Self {
            refuses,
            ..Self::new(usize::MAX)
        }
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
        self.releases.fetch_add(1, Ordering::Relaxed);
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

    fn enlarge_pages(&self, room: &mut [MaybeUninit<u8>]) {
        own().enlarge_pages(room);
    }

    fn keep(&self, size: usize, parts: &mut dyn Iterator<Item = Part<'_>>) -> Option<File> {
        self.count();
        match self.refuses {
            Refuses::Keeping => None,
            _ => own().keep(size, parts),
        }
    }

    unsafe fn map(&self, file: &File, base: NonNull<u8>, size: usize) -> bool {
        self.count();
        // SAFETY: the caller promises that the pages are of a reservation, which is the platform's.
        self.refuses != Refuses::Mapping && unsafe { own().map(file, base, size) }
    }

    unsafe fn blank(&self, base: NonNull<u8>, size: usize) -> bool {
        self.count();
        // SAFETY: the caller promises that the pages are of a reservation, which is the platform's.
        self.refuses != Refuses::Blanking && unsafe { own().blank(base, size) }
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

/// Bytes of a data segment that is long enough for an image.
const LONG: usize = 70_000;

/// A module that has segments of so many bytes, at these places, of one byte each.
fn filled(segments: &[(usize, usize, char)]) -> std::string::String {
    let segments = segments.iter().map(|(at, length, byte)| {
        let bytes = std::format!("{byte}").repeat(*length);
        std::format!(r#"(data (i32.const {at}) "{bytes}")"#)
    });
    let segments: std::string::String = segments.collect();
    std::format!(r#"(module (memory (export "memory") 4) {segments})"#)
}

/// What instances of a module have in their memories, one after the other, each of which writes all of it
/// before it ends; and how many calls of the system each took.
fn contents(engine: &Engine, platform: &Counted, text: &str) -> [(Vec<u8>, usize); 4] {
    let module = Module::new(engine, wat::parse_str(text).expect("text")).expect("module");
    std::array::from_fn(|number| {
        let before = platform.calls();
        let mut store = Store::new(engine, ());
        let instance = Instance::new(&mut store, &module, &[]).expect("instance");
        let calls = platform.calls() - before;
        let memory = instance.get_memory(&mut store, "memory").expect("exported");
        let data = memory.data(&store).to_vec();
        memory.data_mut(&mut store).fill(number as u8 + 1);
        memory.grow(&mut store, 2).expect("within limits");
        let grown = &memory.data(&store)[data.len()..];
        assert!(grown.iter().all(|byte| *byte == 0));
        (data, calls)
    })
}

#[test]
fn later_instances_begin_with_an_image() {
    static PLATFORM: Counted = Counted::new(usize::MAX);
    let engine = Engine::on(&Config::new(), &PLATFORM).expect("configuration");
    // The last one lies over the others.
    let segments = [(100, LONG, 'a'), (LONG, 5_000, 'b'), (90, 20, 'c')];
    let all = contents(&engine, &PLATFORM, &filled(&segments));
    let mut expected = std::vec![0; 4 << 16];
    for (at, length, byte) in segments {
        expected[at..at + length].fill(byte as u8);
    }
    for (data, _) in &all {
        assert!(*data == expected);
    }
    // The memory itself is one call. The first has its pages populated, the second makes the image and
    // begins with it, the others begin with it.
    assert_eq!(all.map(|(_, calls)| calls), [2, 3, 2, 2]);
    let mut config = Config::new();
    config.memory_init_cow(false);
    let engine = Engine::on(&config, &PLATFORM).expect("configuration");
    let all = contents(&engine, &PLATFORM, &filled(&segments));
    assert!(
        all.iter()
            .all(|(data, calls)| *data == expected && *calls == 2)
    );
}

#[test]
fn what_is_short_or_scattered_has_no_image() {
    static PLATFORM: Counted = Counted::new(usize::MAX);
    let engine = Engine::on(&Config::new(), &PLATFORM).expect("configuration");
    for segments in [
        &[(0, 60_000, 'a')][..],
        &[],
        // A quarter of a memory of four pages is less than it takes.
        &[(0, 30_000, 'a'), (230_000, 30_000, 'b')],
    ] {
        let all = contents(&engine, &PLATFORM, &filled(segments));
        let first = all[0].clone();
        assert!(all.into_iter().all(|other| other == first));
    }
}

#[test]
fn a_system_that_refuses_images_gets_copies() {
    static KEEPS: Counted = Counted::refusing(Refuses::Keeping);
    static MAPS: Counted = Counted::refusing(Refuses::Mapping);
    for (platform, calls) in [
        (&KEEPS, [2, 3, 2, 2]),
        // What was lost is never given back; other bytes are reserved instead. That is tried once.
        (&MAPS, [2, 5, 2, 2]),
    ] {
        let engine = Engine::on(&Config::new(), platform).expect("configuration");
        let all = contents(&engine, platform, &filled(&[(100, LONG, 'a')]));
        assert!(all.iter().all(|(data, _)| *data == all[0].0));
        assert_eq!(all.map(|(_, calls)| calls), calls);
        assert_eq!(platform.releases.load(Ordering::Relaxed), 4);
    }
}

#[test]
fn slots_of_a_pool_that_are_lost_are_not_used_again() {
    static MAPS: Counted = Counted::refusing(Refuses::Mapping);
    static BLANKS: Counted = Counted::refusing(Refuses::Blanking);
    // The second instance loses one of two slots and has the other, and so has the third, without an image;
    // or the second and the third leave an image in a slot each.
    for (platform, instances) in [(&MAPS, [true; 4]), (&BLANKS, [true, true, true, false])] {
        slots_that_are_lost(platform, instances);
    }
}

fn slots_that_are_lost(platform: &'static Counted, instances: [bool; 4]) {
    let mut pooling = PoolingAllocationConfig::new();
    pooling.total_memories(2).max_memory_size(8 << 16);
    let mut config = Config::new();
    config.allocation_strategy(pooling);
    let engine = Engine::on(&config, platform).expect("configuration");
    let text = wat::parse_str(filled(&[(100, LONG, 'a')])).expect("text");
    let module = Module::new(&engine, text).expect("module");
    for made in instances {
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]);
        assert_eq!(instance.is_ok(), made);
    }
    drop((module, engine));
    assert_eq!(platform.releases.load(Ordering::Relaxed), 0);
}

/// A module that is so large that its copy is in large pages, where there are such.
#[test]
fn large_modules_are_copied_whole() {
    let content: Vec<u8> = (0..5_000_003_u32).map(|at| (at % 251) as u8).collect();
    let mut wasm = wat::parse_str("(module)").expect("text");
    // A custom section called `x`.
    let mut size = content.len() + 2;
    wasm.push(0);
    while size > 0x7F {
        wasm.push(size as u8 | 0x80);
        size >>= 7;
    }
    wasm.extend([size as u8, 1, b'x']);
    wasm.extend(&content);
    let engine = Engine::default();
    let path = std::env::temp_dir().join(std::format!("tabwasm-{}.wasm", std::process::id()));
    std::fs::write(&path, &wasm).expect("written");
    let modules = [
        Module::new(&engine, &wasm),
        Module::from_file(&engine, &path),
        Module::new(&engine, wasm.clone()),
    ];
    std::fs::remove_file(&path).expect("removed");
    for module in modules {
        let module = module.expect("module");
        let mut sections = module.custom_sections("x");
        assert!(sections.next().is_some_and(|section| section == content));
    }
}
