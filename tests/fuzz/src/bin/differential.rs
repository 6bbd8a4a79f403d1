//! The fast engine against the compact one, on modules made of the fuzzer's bytes, alone or linked.
//!
//! A difference in results, traps, memory or fuel is a panic, and so a finding.

#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use tabwasm_differential::Twins;

thread_local! {
    static TWINS: RefCell<Twins> = RefCell::default();
}

fuzz_target!(|bytes: &[u8]| {
    let Some(modules) = tabwasm_fuzz::modules(bytes) else {
        return;
    };
    let linked: Vec<&[u8]> = modules.iter().map(Vec::as_slice).collect();
    let seed = bytes.len() as u64;
    let compared = TWINS.with_borrow_mut(|twins| twins.compare_linked(&linked, seed));
    assert!(compared.is_ok(), "{compared:?}");
});
