//! A runtime of each tier in one program, and configurations of engines made of them.

use tabwasm::profile::Profile;
use tabwasm::spec::Proposal;
use tabwasm::{Config, Engine};

tabwasm_macros::runtime! {
    /// Small.
    pub struct Small;
    tier = no_alloc,
    proposals = [mvp, mutable_globals],
    limits { name_length = 64, locals = 64 },
    metered = false
}

tabwasm_macros::runtime! {
    pub(crate) struct Middle;
    tier = alloc,
    proposals = [mvp, floats, bulk_memory_opt, bulk_memory, multi_memory],
    limits { memories = 2 },
}

tabwasm_macros::runtime! {
    struct Large;
    metered = true,
    limits { name_length = 100_000, },
    proposals = [mvp, floats, tail_call,],
    tier = std,
}

fn main() {
    assert_eq!(Small::LIMITS.name_length, 64);
    assert_eq!(Middle::LIMITS.memories, 2);
    assert_eq!(Large::LIMITS.name_length, 100_000);
    assert!(!Small::METERED);
    let config = Config::of::<Middle>();
    assert!(config.proposals().contains(Proposal::MultiMemory));
    assert_eq!(config.get_limits().memories, 2);
    Engine::new(&config).unwrap();
}
