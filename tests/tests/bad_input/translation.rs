//! Memory of translation: for each byte of a body, code of 24 bytes at most, and at most
//! [`PEAK`] bytes at once while it is made.

use tabwasm::{Config, Engine, Instance, Module, Store};

use super::binary::{counted, module, number, section};
use super::counting::{held, peak};
use super::small_stack;

/// Bytes of code for a byte of a body, at most.
const CODE: usize = 24;
/// Bytes that are held at once for a byte of a body, at most: the code while it grows by half and
/// moves, or the code and its final copy, what is known of each value and block, and in builds that
/// verify code a log of it.
const PEAK: usize = 96;
/// What a function may take besides.
const FIXED: usize = 16 << 10;
/// Bodies above this are translated once only.
const LARGE: usize = 1 << 20;

const END: u8 = 0x0B;
const DROP: u8 = 0x1A;
const ZERO: &[u8] = &[0x41, 0];
const I32: u8 = 0x7F;

/// Translates a function that returns at once, whose body goes on with `first`, then `again` as
/// often as that takes `size` bytes, then `last`; says what that took for each byte.
fn translate(name: &str, types: &[Vec<u8>], first: &[u8], again: &[u8], last: &[u8], size: usize) {
    // Three `i32` locals, the parameter included; type 0 takes an `i32`, type 1 nothing.
    let again = again.repeat(size / again.len());
    let enter = [1, 2, I32, 0x20, 0, 0x04, 0x40, 0x0F, END];
    let body = [&enter, first, &again, last, &[END]].concat();
    let length = body.len();
    let own = [vec![0x60, 1, I32, 0], vec![0x60, 0, 0]];
    let types = [&own[..], types].concat();
    let idle = counted(&[0, END]);
    let bytes = module(&[
        section(1, &[number(types.len() as u64), types.concat()].concat()),
        section(3, &[2, 0, 1]),
        section(4, &[1, 0x70, 0, 1]),
        section(5, &[1, 0, 1]),
        section(7, b"\x02\x01f\0\0\x01g\0\x01"),
        section(10, &[&[2], &counted(&body)[..], &idle].concat()),
    ]);
    let name = name.to_owned();
    small_stack(move || {
        // The largest take a while as it is.
        for metered in [false, true]
            .into_iter()
            .take(if length > LARGE { 1 } else { 2 })
        {
            let mut config = Config::new();
            config.consume_fuel(metered).epoch_interruption(metered);
            let engine = Engine::new(&config).expect("a configuration");
            let module = Module::new(&engine, &bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
            let mut store = Store::new(&engine, ());
            store.set_epoch_deadline(u64::MAX);
            if metered {
                store.set_fuel(1_000).expect("it is switched on");
            }
            let instance = Instance::new(&mut store, &module, &[]).expect("an instance");
            // The store's own memory is there before.
            let idle = instance
                .get_typed_func::<(), ()>(&mut store, "g")
                .expect("exported");
            idle.call(&mut store, ()).expect("it does nothing");
            let f = instance
                .get_typed_func::<i32, ()>(&mut store, "f")
                .expect("exported");
            let before = held();
            let (result, peak) = peak(|| f.call(&mut store, 1));
            result.unwrap_or_else(|error| panic!("{name}: {error}"));
            let code = usize::try_from(held() - before).unwrap_or(0);
            let each = |bytes: usize| bytes as f64 / length as f64;
            println!(
                "{:6.2} {:6.2} {name}, metered: {metered}",
                each(code),
                each(peak)
            );
            assert!(code <= CODE * length + FIXED, "{name}: {code} for {length}");
            assert!(peak <= PEAK * length + FIXED, "{name}: {peak} for {length}");
        }
    });
}

/// `br_table` with this many targets, all to the labels around it in turn.
fn table(targets: usize, labels: usize) -> Vec<u8> {
    let targets_of = (0..=targets).map(|at| (at % labels) as u8);
    let count = number(targets as u64);
    [&[0x0E], &count[..], &targets_of.collect::<Vec<_>>()].concat()
}

#[test]
fn a_function_full_of_tables_takes_little_memory() {
    // As large as a function can be.
    const SIZE: usize = 7_600_000;
    for (name, targets) in [("tables of one target", 1), ("large tables", 65_520)] {
        let again = [&[0x02, 0x40], ZERO, &table(targets, 2), &[END]].concat();
        translate(name, &[], &[0x02, 0x40], &again, &[END], SIZE);
    }
}

#[test]
fn each_byte_becomes_little_code() {
    const SIZE: usize = 120_000;
    let many = |ty: u8, count: usize| [&number(count as u64)[..], &vec![ty; count]].concat();
    let two = vec![0x60, 0, 2, I32, I32];
    let one = vec![0x60, 0, 1, I32];
    let taker = [&[0x60], &many(I32, 100)[..], &[0]].concat();
    let types = [one, two, taker];
    for (name, first, again, last) in [
        ("empty blocks", &[][..], &[0x02, 0x40, END][..], &[][..]),
        ("empty loops", &[], &[0x03, 0x40, END], &[]),
        ("ifs", &[], &[0x41, 0, 0x04, 0x40, END], &[]),
        ("ifs with else", &[], &[0x41, 0, 0x04, 0x40, 0x05, END], &[]),
        ("branches", &[], &[0x02, 0x40, 0x0C, 0, END], &[]),
        (
            "branches to a block",
            &[0x02, 0x40],
            &[0x41, 0, 0x0D, 0],
            &[END],
        ),
        (
            "branches with a value below",
            &[0x02, 2, 0x41, 1, 0x41, 2],
            &[0x20, 0, 0x0D, 0],
            &[DROP, END, DROP],
        ),
        (
            "branches with two values",
            &[0x02, 3, 0x41, 1, 0x41, 2, 0x41, 3],
            &[0x20, 0, 0x0D, 0],
            &[0x21, 1, 0x21, 2, DROP, 0x20, 1, 0x20, 2, END, DROP, DROP],
        ),
        ("returns", &[], &[0x02, 0x40, 0x0F, END], &[]),
        ("calls", &[], &[0x10, 1], &[]),
        ("calls with a constant", &[], &[0x41, 0, 0x10, 0], &[]),
        ("indirect calls", &[], &[0x41, 0, 0x11, 1, 0], &[]),
        ("tee", &[0x41, 0], &[0x22, 1, 0x22, 2], &[DROP]),
        ("bits", &[0x20, 0], &[0x67], &[DROP]),
        ("sums", &[], &[0x20, 0, 0x20, 1, 0x6A, 0x21, 1], &[]),
        ("quotients", &[0x20, 0], &[0x20, 1, 0x6D], &[DROP]),
        ("conversions that trap", &[0x20, 0], &[0xB7, 0xAA], &[DROP]),
        ("loads", &[0x20, 0], &[0x28, 2, 0], &[DROP]),
        ("stores", &[], &[0x20, 0, 0x20, 1, 0x36, 2, 0], &[]),
        ("growth", &[0x20, 0], &[0x40, 0], &[DROP]),
        ("choices", &[0x41, 0], &[0x41, 0, 0x41, 0, 0x1B], &[DROP]),
        ("null references", &[], &[0xD0, 0x70, 0xD1, DROP], &[]),
        ("unreachable code", &[], &[0x02, 0x40, 0x00, END], &[]),
    ] {
        translate(name, &types, first, again, last, SIZE);
    }
    let constants = [&ZERO.repeat(100)[..], &[0x41, 0, 0x11, 4, 0]].concat();
    translate("constants as arguments", &types, &[], &constants, &[], SIZE);
    let locals = [&[0x20, 0].repeat(100)[..], &[0x41, 0, 0x11, 4, 0]].concat();
    translate("locals as arguments", &types, &[], &locals, &[], SIZE);
    let deep = [0x02, 0x40].repeat(SIZE / 3);
    translate(
        "deep blocks",
        &types,
        &deep,
        &[0x01],
        &vec![END; SIZE / 3],
        1,
    );
    let deep = [0x03, 0x40].repeat(SIZE / 3);
    translate(
        "deep loops",
        &types,
        &deep,
        &[0x01],
        &vec![END; SIZE / 3],
        1,
    );
    // With values on the stack: each label has a stub of its own.
    let labels = 60;
    let opened = [0x02, 2].repeat(labels);
    let closed = [&[0x41, 0, END][..], &[DROP]].concat().repeat(labels);
    let again = [
        &[0x02, 2],
        ZERO,
        ZERO,
        ZERO,
        &table(labels - 1, labels),
        &[END, DROP],
    ]
    .concat();
    translate(
        "tables with a value below",
        &types,
        &opened,
        &again,
        &closed,
        SIZE,
    );
}
