//! Slots of 8 bytes do not hold vectors.

use tabwasm::compact::{Ram, Store};
use tabwasm::profile::Profile;
use tabwasm::spec::{Limits, Proposal, Proposals, Tier};

struct Narrow;

impl Profile for Narrow {
    type Slot = u64;
    const PROPOSALS: Proposals = Proposals::EMPTY.with(Proposal::Mvp).with(Proposal::Simd);
    const LIMITS: Limits = Tier::NoAlloc.limits();
}

fn main() {
    let _ = Store::<Narrow>::new(Ram::default());
}
