//! Validates a component fully, and nothing else of Tabwasm.
//!
//! For devices that pass components on; it shows what their validator takes, that of the core modules
//! in them included.

#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::Board;
use firmware::memory::{Once, take};
use tabwasm::profile::Profile;
use tabwasm::reject::Verdict;
use tabwasm::spec::{Limits, Proposals};
use tabwasm::validate::{Arena, validate_component};

/// Made by the build script of `kernel/component.wat`.
static COMPONENT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/component.wasm"));

/// The profile of the others, with components.
struct Components;

impl Profile for Components {
    type Slot = <Board as Profile>::Slot;
    const PROPOSALS: Proposals = Board::PROPOSALS.union(Proposals::COMPONENTS);
    const LIMITS: Limits = Board::LIMITS;
}

static ARENA: Once<[u8; 8192]> = Once::new([0; 8192]);

#[unsafe(no_mangle)]
fn main() -> u32 {
    let arena = Arena::new(take(&ARENA));
    let clock = board::clock::start();
    let verdict = validate_component(black_box(COMPONENT), &Components, &arena);
    board::report("instructions", clock.instructions());
    board::report("input", COMPONENT.len() as u32);
    board::report("arena", arena.peak() as u32);
    board::report("stack", board::stack::peak());
    u32::from(verdict != Verdict::Valid)
}
