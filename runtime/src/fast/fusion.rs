//! Pairs of instructions that one handler does.
//!
//! The generator lists them in rows, in the order of their operations; a row stands for each of its
//! first forms with each of its second ones. Handlers are numbered in this order, behind those of
//! single operations.

use super::handler::Entry;
use super::handlers::{FUSED, HANDLERS, PAIRS};
use super::operations::{INFOS, Operation};

/// The pairs of a row.
pub(crate) struct Pairs {
    pub(crate) first: Operation,
    /// Numbers of the handlers that can come first.
    pub(crate) firsts: &'static [u16],
    pub(crate) then: Operation,
    /// Numbers of the handlers that can follow.
    pub(crate) thens: &'static [u16],
}

/// The handlers of a row: for each first one those with each that can follow.
pub(crate) type Fused = &'static [&'static [Entry]];

/// Declares the pairs, by operations and forms.
macro_rules! pairs {
    ($($first:ident $($before:literal)*, $then:ident $($behind:literal)*;)*) => {
        [$(Pairs {
            first: Operation::$first,
            firsts: &[$(form::number(Operation::$first, $before)),*],
            then: Operation::$then,
            thens: &[$(form::number(Operation::$then, $behind)),*],
        }),*]
    };
}
pub(crate) use pairs;

/// Declares their handlers, by types.
macro_rules! fused {
    (@ $first:ty, [$($then:ty),*]) => { &[$(entry::<Seq<$first, $then>>()),*] };
    ($([$($first:ty),*] $thens:tt;)*) => { [$(&[$(fused!(@ $first, $thens)),*]),*] };
}
pub(crate) use fused;

/// The number of each row's first handler.
static BASES: [u16; PAIRS.len()] = {
    let mut bases = [0; PAIRS.len()];
    let (mut at, mut next) = (0, HANDLERS.len() as u16);
    while at < PAIRS.len() {
        bases[at] = next;
        next += (PAIRS[at].firsts.len() * PAIRS[at].thens.len()) as u16;
        at += 1;
    }
    bases
};

/// For each operation the first row that begins with it or with a later one.
static ROWS: [u16; INFOS.len() + 1] = {
    let mut rows = [0; INFOS.len() + 1];
    let (mut operation, mut at) = (0, 0);
    while operation <= INFOS.len() {
        while at < PAIRS.len() && (PAIRS[at].first as usize) < operation {
            at += 1;
        }
        rows[operation] = at as u16;
        operation += 1;
    }
    rows
};

/// The second operation of each row, apart from the rest: a row is looked for at every instruction that
/// is laid down. That they ascend is checked when the crate is compiled.
static THEN: [Operation; PAIRS.len()] = {
    let mut then = [Operation::EQZ; PAIRS.len()];
    let mut at = 0;
    while at < PAIRS.len() {
        then[at] = PAIRS[at].then;
        assert!(
            at == 0
                || (PAIRS[at - 1].first as usize) < PAIRS[at].first as usize
                || then[at - 1] as usize <= then[at] as usize,
            "pairs are in the order of their operations"
        );
        at += 1;
    }
    then
};

/// Handlers, a bit for each that stands for one operation.
type Set = [u64; HANDLERS.len().div_ceil(u64::BITS as usize)];

/// Those that come first in a pair, and those that follow: most do neither.
static FIRST: Set = side(true);
static FOLLOWING: Set = side(false);

const fn side(first: bool) -> Set {
    let (mut set, mut row) = ([0; size_of::<Set>() / size_of::<u64>()], 0);
    while row < PAIRS.len() {
        let Pairs { firsts, thens, .. } = &PAIRS[row];
        let (numbers, mut at) = (if first { *firsts } else { *thens }, 0);
        while at < numbers.len() {
            set[(numbers[at] as u32 / u64::BITS) as usize] |= 1 << (numbers[at] as u32 % u64::BITS);
            at += 1;
        }
        row += 1;
    }
    set
}

fn contains(set: &Set, number: u16) -> bool {
    let word = set.get((u32::from(number) / u64::BITS) as usize);
    word.is_some_and(|word| word >> (u32::from(number) % u64::BITS) & 1 != 0)
}

/// The handler that does what two do in a row, by their operations and numbers, if there is one.
#[inline]
pub(crate) fn together(
    first: (Operation, u16),
    then: (Operation, u16),
) -> Option<(u16, &'static Entry)> {
    match contains(&FIRST, first.1) && contains(&FOLLOWING, then.1) {
        true => pair(first, then),
        false => None,
    }
}

fn pair(first: (Operation, u16), then: (Operation, u16)) -> Option<(u16, &'static Entry)> {
    let operation = first.0 as usize;
    let (start, end) = (
        usize::from(ROWS[operation]),
        usize::from(ROWS[operation + 1]),
    );
    // Rows with the same first operation are in the order of the second one.
    let before = THEN[start..end].partition_point(|it| (*it as usize) < then.0 as usize);
    let mut rows = (start + before..end).take_while(|row| THEN[*row] == then.0);
    rows.find_map(|row| {
        let Pairs { firsts, thens, .. } = PAIRS[row];
        let before = firsts.iter().position(|one| *one == first.1)?;
        let behind = thens.iter().position(|one| *one == then.1)?;
        let number = BASES[row] + (before * thens.len() + behind) as u16;
        Some((number, &FUSED[row].get(before)?[behind]))
    })
}

/// The numbers of the handlers that a fused one does in a row.
pub(crate) fn parts(number: u16) -> Option<(u16, u16)> {
    let (row, before, behind) = place(number)?;
    let pairs = &PAIRS[row];
    Some((*pairs.firsts.get(before)?, pairs.thens[behind]))
}

/// The handler with a number.
pub(crate) fn entry(number: u16) -> Option<&'static Entry> {
    HANDLERS.get(usize::from(number)).or_else(|| {
        let (row, before, behind) = place(number)?;
        Some(&FUSED[row].get(before)?[behind])
    })
}

/// The number of the handler with an address.
pub(crate) fn number(address: usize) -> Option<u16> {
    let fused = FUSED.iter().copied().flatten().copied().flatten();
    let all = HANDLERS.iter().chain(fused);
    let at = all.map(|entry| entry.handler as usize);
    let at = at.into_iter().position(|handler| handler == address)?;
    u16::try_from(at).ok()
}

/// Where the handler with a number stands: its row, and the place of each part in that.
fn place(number: u16) -> Option<(usize, usize, usize)> {
    let row = BASES
        .partition_point(|base| *base <= number)
        .checked_sub(1)?;
    let (at, thens) = (usize::from(number - BASES[row]), PAIRS[row].thens.len());
    Some((row, at / thens, at % thens))
}

#[cfg(all(test, verify, feature = "std"))]
mod tests;
