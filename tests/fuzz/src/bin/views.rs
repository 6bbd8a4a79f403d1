//! Views of modules: any bytes can be looked into, and of what is valid a view reads what the
//! decoder of the runtime and wasmparser read.
#![no_main]

#[path = "../../../tests/views/decoder.rs"]
mod decoder;
#[path = "../../../tests/views/module.rs"]
mod module;
#[path = "../../../tests/views/peer_module.rs"]
mod peer_module;

use libfuzzer_sys::fuzz_target;
use tabwasm_fuzz::nameless;
use wasmparser::{Validator, WasmFeatures};

type Lines<E> = Result<Vec<String>, E>;

fuzz_target!(|bytes: &[u8]| {
    let ours = module::lines(bytes);
    let view = decoder::view(bytes);
    if let Some(decoded) = decoder::lines(bytes) {
        assert_eq!(view.ok(), Some(decoded));
        let mut peer = Validator::new_with_features(WasmFeatures::all());
        if peer.validate_all(bytes).is_ok() {
            let theirs = peer_module::lines(bytes).ok().map(nameless);
            assert_eq!(ours.ok().map(nameless), theirs);
        }
    }
});
