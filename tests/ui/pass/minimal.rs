//! The least that a configuration says.

use tabwasm::profile::Profile;
use tabwasm::spec::{Proposal, Tier};

tabwasm_macros::runtime! {
    struct Least;
    tier = no_alloc,
    proposals = [mvp],
}

fn main() {
    assert!(Least::PROPOSALS.contains(Proposal::Mvp));
    assert!(!Least::PROPOSALS.contains(Proposal::Floats));
    assert_eq!(Least::LIMITS, Tier::NoAlloc.limits());
    assert!(Least::METERED);
}
