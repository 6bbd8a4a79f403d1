//! Running out of memory: an allocator that fails the n-th allocation, for every n until the
//! operation succeeds.
//!
//! - [`operations`]: what a guest or a module drives never aborts, leaks nothing, and says that
//!   memory was short or finds another way; the store stays usable;
//! - [`constructors`]: the checked list of what only the host calls and what does abort.

mod allocator;
mod constructors;
mod operations;
mod sweep;

use sweep::{Attempt, sweep};

#[global_allocator]
static ALLOCATOR: allocator::Failing = allocator::Failing;

/// Sweeps an operation, in which there are at least this many allocations.
fn survives(test: &str, least: u64, operation: fn(&mut Attempt)) {
    let Some(found) = sweep(test, operation) else {
        return;
    };
    let (points, attempts, errors) = (found.points, found.attempts, found.errors);
    println!("{test}: {points} allocations; {attempts} attempts, {errors} errors");
    let faults: Vec<_> = found.faults.iter().map(|fault| &*fault.text).collect();
    let all = faults.join("\n");
    assert!(faults.is_empty(), "{} faults:\n{all}", faults.len());
    assert!(points >= least && attempts >= 2 * least);
}

macro_rules! operations {
    ($($name:ident, $least:literal;)*) => {$(
        #[test]
        fn $name() {
            survives(stringify!($name), $least, operations::$name);
        }
    )*};
}

operations! {
    load, 20;
    load_program, 20;
    instantiate, 20;
    translate, 20;
    translate_at_first_call, 5;
    validate_at_first_call, 6;
    run, 10;
    grow, 3;
    grow_allocated, 4;
    call_host, 5;
    make_objects, 5;
    make_objects_allocated, 6;
    resume, 5;
    drop_all, 0;
}

/// Sweeps what is on the list: it aborts, and nothing else is wrong.
fn aborts(test: &str, operation: fn(&mut Attempt)) {
    let Some(found) = sweep(test, operation) else {
        return;
    };
    let (points, faults) = (found.points, found.faults);
    let aborts = faults.iter().filter(|fault| fault.is_abort).count();
    println!("{test}: {points} allocations, {aborts} aborts: on the list");
    let wrong = faults.iter().find(|fault| !fault.is_abort);
    assert!(wrong.is_none(), "{}", wrong.map_or("", |fault| &fault.text));
    assert!(aborts > 0, "{test} does not abort: take it from the list");
}

macro_rules! constructors {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            aborts(stringify!($name), constructors::$name);
        }
    )*};
}

constructors! {
    engine_new
    store_new
    store_limiter
    epoch_deadline_callback
    func_type_new
    func_wrap
    linker_define
    linker_func_wrap
    linker_func_new
}
