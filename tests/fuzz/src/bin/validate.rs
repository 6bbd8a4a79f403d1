//! Validation of any bytes: the three levels, both kinds of storage, and wasmparser agree.
//!
//! A disagreement is a panic, and so a finding; so is a panic of the library.

#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use tabwasm::profile::{Features, Std};
use tabwasm::reject::{Detail, Reject};
use tabwasm::spec::{Level, Limit};
use tabwasm::validate::{Arena, Heap, check_at};
use tabwasm_differential::validity::difference;

thread_local! {
    static MEMORY: RefCell<Vec<u8>> = RefCell::new(vec![0; 1 << 20]);
}

fuzz_target!(|bytes: &[u8]| {
    let features = Features::of::<Std>();
    let [basic, standard, full] = Level::ALL.map(|level| check_at(level, bytes, &features, Heap));
    assert!(basic.is_ok() || standard.is_err(), "{basic:?} {standard:?}");
    assert!(standard.is_ok() || full.is_err(), "{standard:?} {full:?}");
    let arena = MEMORY
        .with_borrow_mut(|memory| check_at(Level::Full, bytes, &features, &Arena::new(memory)));
    assert!(
        arena == full || arena.is_err_and(|reject| is_arena(&reject)),
        "{arena:?} {full:?}"
    );
    if let Some(difference) = difference(bytes, &full.into()) {
        panic!("{difference}");
    }
});

/// Whether the caller's memory is too small.
fn is_arena(reject: &Reject) -> bool {
    matches!(
        reject.detail(),
        Detail::Limit {
            limit: Limit::Arena,
            ..
        }
    )
}
