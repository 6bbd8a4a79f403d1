//! Components: levels of validation, and views against wasmparser.
//!
//! Any bytes that begin as a component: nothing panics, a higher level refuses what a lower one
//! does, the full level says the same in an arena, and a view reads what wasmparser reads.

#![no_main]

#[path = "../../../tests/views/component.rs"]
mod component;
#[path = "../../../tests/views/module.rs"]
mod module;
#[path = "../../../tests/views/peer_component.rs"]
mod peer_component;
#[path = "../../../tests/views/peer_module.rs"]
mod peer_module;
#[path = "../../../tests/views/text.rs"]
mod text;

use libfuzzer_sys::fuzz_target;
use tabwasm::profile::{Features, Profile, Std};
use tabwasm::reject::Reject;
use tabwasm::spec::{ErrorClass, Level, Proposals};
use tabwasm::validate::{Arena, Heap, Scope, basic, check_component, check_component_at};
use tabwasm_fuzz::nameless;
use wasmparser::{CanonicalFunction, Parser, Payload, Validator, WasmFeatures};

/// Bytes of an arena that is large enough for most.
const ARENA: usize = 1 << 20;

type Lines<E> = Result<Vec<String>, E>;

fuzz_target!(|bytes: &[u8]| {
    if !component::is_component(bytes) {
        return;
    }
    let lines = component::lines(bytes);
    let levels = [Level::Basic, Level::Standard].map(|level| check(level, bytes));
    assert!(levels[0].is_ok() || levels[1].is_err(), "{levels:?}");
    let full = check_component(bytes, &gate(), Heap);
    assert!(levels[1].is_ok() || full.is_err(), "{levels:?} {full:?}");
    let mut memory = vec![0; ARENA];
    match check_component(bytes, &gate(), &Arena::new(&mut memory)) {
        Err(reject) if reject.class() == ErrorClass::Limit => {}
        in_arena => assert_eq!(in_arena, full),
    }
    let mut peer = Validator::new_with_features(WasmFeatures::all());
    if peer.validate_all(bytes).is_err() || is_outdated(bytes) {
        return;
    }
    for refused in levels.into_iter().filter_map(Result::err) {
        assert!(
            is_ours(&refused),
            "{refused}, but wasmparser finds it valid"
        );
    }
    match (lines, peer_component::lines(bytes)) {
        (Ok(ours), Ok(theirs)) => assert_eq!(nameless(ours), nameless(theirs)),
        (Err(reject), Ok(_)) => assert!(is_ours(&reject), "{reject}"),
        (_, Err(_)) => {}
    }
});

/// Whether there are built-ins that wasmparser reads as they were before they said whether a thread is
/// shared. Standard: "Binary format", `canon` 0x40 to 0x42.
fn is_outdated(bytes: &[u8]) -> bool {
    let outdated = |function| {
        matches!(
            function,
            CanonicalFunction::ThreadSpawnRef { .. }
                | CanonicalFunction::ThreadSpawnIndirect { .. }
                | CanonicalFunction::ThreadAvailableParallelism
        )
    };
    Parser::new(0).parse_all(bytes).flatten().any(|payload| {
        let Payload::ComponentCanonicalSection(section) = payload else {
            return false;
        };
        section.into_iter().flatten().any(outdated)
    })
}

/// Whether it is this library that does not support something, or not as much of it.
fn is_ours(reject: &Reject) -> bool {
    matches!(reject.class(), ErrorClass::Unsupported | ErrorClass::Limit)
}

fn gate() -> Features {
    Features {
        proposals: Proposals::ALL,
        limits: Std::LIMITS,
    }
}

fn check(level: Level, bytes: &[u8]) -> Result<(), Reject> {
    let gate = gate();
    let mut scopes = [Scope::default(); 100];
    check_component_at(level, bytes, &gate, &mut scopes, |module| {
        basic(module, &gate)
    })
}
