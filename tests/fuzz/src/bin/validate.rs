//! Validation of any bytes: the three levels, both kinds of storage, and wasmparser agree.
//!
//! A disagreement is a panic, and so a finding; so is a panic of the library.

#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use tabwasm::profile::{Features, Std};
use tabwasm::reject::{Detail, Reject, Verdict};
use tabwasm::spec::{ErrorClass, Level, Limit};
use tabwasm::validate::{Arena, Heap, check_at};
use wasmparser::{Validator, WasmFeatures};

/// What this library supports. Recursion groups and reading earlier globals in constant
/// expressions are part of `gc` there and of smaller proposals here.
const SAME: WasmFeatures = WasmFeatures::WASM2
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::TAIL_CALL)
    .union(WasmFeatures::MULTI_MEMORY)
    .union(WasmFeatures::MEMORY64)
    .union(WasmFeatures::FUNCTION_REFERENCES)
    .union(WasmFeatures::CUSTOM_PAGE_SIZES)
    .union(WasmFeatures::GC_TYPES)
    .difference(WasmFeatures::SIMD);

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
    match full.into() {
        Verdict::Valid => {
            let peer = peer(bytes, SAME.union(WasmFeatures::GC));
            assert!(peer.is_ok(), "valid, but {peer:?}");
        }
        Verdict::Invalid { rule, .. } if rule.class() != ErrorClass::Unsupported => {
            assert!(
                peer(bytes, SAME).is_err(),
                "{full:?}, but wasmparser finds it valid"
            );
        }
        _ => {}
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

fn peer(bytes: &[u8], features: WasmFeatures) -> Result<(), String> {
    let mut validator = Validator::new_with_features(features);
    let result = validator.validate_all(bytes);
    result.map(drop).map_err(|error| error.to_string())
}
