//! Components made to take time, memory or stack.
//!
//! Each is looked at and validated in a thread with little stack, and in time that grows with its
//! size.

use std::thread;
use std::time::Instant;

use tabwasm::profile::{Features, Profile, Std};
use tabwasm::reject::{Reject, Verdict};
use tabwasm::spec::{Level, Limit, Proposals};
use tabwasm::validate::{Scope, basic, check_component_at};
use tabwasm::view::ComponentView;

/// Bytes of the stack.
const STACK: usize = 64 << 10;

/// Levels of nesting.
const DEEP: usize = 100_000;

/// Milliseconds that a bomb may take, without optimisation and on a busy machine.
const PATIENCE: u128 = 20_000;

const PREAMBLE: &[u8] = b"\0asm\x0d\0\x01\0";

/// Looks at all definitions and validates, with little stack.
fn defuse(bytes: Vec<u8>) -> (Result<usize, Reject>, Verdict) {
    let defused = thread::Builder::new().stack_size(STACK).spawn(move || {
        let start = Instant::now();
        let view = ComponentView::new(&bytes).expect("the preamble is right");
        let seen = view
            .definitions()
            .try_fold(0, |count, one| one.map(|_| count + 1));
        let gate = Features {
            proposals: Proposals::ALL,
            limits: Std::LIMITS,
        };
        let mut scopes = vec![Scope::default(); 100];
        let checked = check_component_at(Level::Standard, &bytes, &gate, &mut scopes, |module| {
            basic(module, &gate)
        });
        assert!(
            start.elapsed().as_millis() < PATIENCE,
            "{:?}",
            start.elapsed()
        );
        (seen, checked.into())
    });
    defused.expect("a thread").join().expect("no panic")
}

fn is_too_deep(verdict: &Verdict) -> bool {
    matches!(
        verdict,
        Verdict::OutOfBudget {
            limit: Limit::ComponentNesting,
            ..
        }
    )
}

#[test]
fn types_nest_deeply() {
    // Instance types with one type each, and an empty one within.
    let nested = [0x42, 0x01, 0x01].repeat(DEEP);
    let (seen, verdict) = defuse(with_section(
        7,
        &[&[0x01], &nested[..], &[0x42, 0x00]].concat(),
    ));
    assert_eq!(seen, Ok(1));
    assert!(is_too_deep(&verdict), "{verdict}");
}

#[test]
fn components_nest_deeply() {
    let mut bytes = PREAMBLE.to_vec();
    // Inside out it would be quadratic to make: sizes first, then the bytes outside in.
    let mut sizes = vec![PREAMBLE.len()];
    for _ in 0..DEEP {
        let inner = sizes.last().copied().unwrap_or_default();
        sizes.push(PREAMBLE.len() + 1 + leb(inner).len() + inner);
    }
    for inner in sizes.iter().rev().skip(1) {
        bytes.push(4);
        bytes.extend(leb(*inner));
        bytes.extend(PREAMBLE);
    }
    let (seen, verdict) = defuse(bytes);
    assert_eq!(seen, Ok(1));
    assert!(is_too_deep(&verdict), "{verdict}");
}

#[test]
fn counts_claim_what_is_not_there() {
    let most = leb(u32::MAX as usize);
    for code in [
        &[0x72][..],
        &[0x71],
        &[0x6F],
        &[0x6E],
        &[0x6D],
        &[0x40],
        &[0x41],
        &[0x42],
    ] {
        let (seen, verdict) = defuse(with_section(7, &[&[0x01], code, &most].concat()));
        assert!(seen.is_err(), "{code:02X?}");
        assert!(!matches!(verdict, Verdict::Valid), "{code:02X?}");
    }
    for section in [2, 3, 5, 6, 7, 8, 10, 11, 12] {
        let (seen, verdict) = defuse(with_section(section, &most));
        assert!(
            seen.is_err() && !matches!(verdict, Verdict::Valid),
            "section {section}"
        );
    }
}

/// A component with one section.
fn with_section(id: u8, body: &[u8]) -> Vec<u8> {
    [PREAMBLE, &[id], &leb(body.len()), body].concat()
}

fn leb(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7F {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}
