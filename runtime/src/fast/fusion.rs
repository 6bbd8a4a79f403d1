//! Pairs of instructions that one handler does.
//!
//! The generator lists them in rows, in the order of their operations; a row stands for each of its
//! first forms with each of its second ones. Handlers are numbered in this order, behind those of
//! single operations.

use super::handler::Entry;
use super::handlers::{FUSED, HANDLERS, PAIRS};

/// The pairs of a row.
pub(crate) struct Pairs {
    /// Numbers of the handlers that can come first.
    pub(crate) firsts: &'static [u16],
    /// Numbers of the handlers that can follow.
    pub(crate) thens: &'static [u16],
}

/// The handlers of a row: for each first one those with each that can follow.
pub(crate) type Fused = &'static [&'static [Entry]];

/// Declares the pairs, by operations and forms.
macro_rules! pairs {
    ($($first:ident $($before:literal)*, $then:ident $($behind:literal)*;)*) => {
        [$(Pairs {
            firsts: &[$(form::number(Operation::$first, $before)),*],
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

/// How many pairs there are.
const COUNT: usize = {
    let (mut count, mut at) = (0, 0);
    while at < PAIRS.len() {
        count += PAIRS[at].firsts.len() * PAIRS[at].thens.len();
        at += 1;
    }
    count
};

/// What follows in a pair, and where the handler stands that does both.
#[derive(Clone, Copy)]
struct Follower {
    then: u16,
    row: u16,
    /// The place of each part in its row.
    places: [u16; 2],
}

/// For each handler of one operation where its followers begin: a pair is looked for at every instruction
/// that is laid down.
static FOLLOWERS: [u16; HANDLERS.len() + 1] = starts();

/// All followers, by what comes first.
static ALL: [Follower; COUNT] = {
    let none = Follower {
        then: 0,
        row: 0,
        places: [0; 2],
    };
    let (mut all, mut next) = ([none; COUNT], starts());
    let mut row = 0;
    while row < PAIRS.len() {
        let Pairs { firsts, thens, .. } = &PAIRS[row];
        let mut at = 0;
        while at < firsts.len() * thens.len() {
            let (before, behind) = (at / thens.len(), at % thens.len());
            let place = &mut next[firsts[before] as usize];
            all[*place as usize] = Follower {
                then: thens[behind],
                row: row as u16,
                places: [before as u16, behind as u16],
            };
            *place += 1;
            at += 1;
        }
        row += 1;
    }
    all
};

const fn starts() -> [u16; HANDLERS.len() + 1] {
    let (mut starts, mut row) = ([0; HANDLERS.len() + 1], 0);
    while row < PAIRS.len() {
        let Pairs { firsts, thens, .. } = &PAIRS[row];
        let mut at = 0;
        while at < firsts.len() {
            starts[firsts[at] as usize + 1] += thens.len() as u16;
            at += 1;
        }
        row += 1;
    }
    let mut at = 0;
    while at < HANDLERS.len() {
        starts[at + 1] += starts[at];
        at += 1;
    }
    starts
}

/// The handler that does what two do in a row, by their numbers, if there is one.
#[inline]
pub(crate) fn together(first: u16, then: u16) -> Option<(u16, &'static Entry)> {
    let at = usize::from(first);
    let (start, end) = (*FOLLOWERS.get(at)?, *FOLLOWERS.get(at + 1)?);
    let followers = &ALL[usize::from(start)..usize::from(end)];
    let found = followers.iter().find(|it| it.then == then)?;
    let (row, [before, behind]) = (usize::from(found.row), found.places.map(usize::from));
    let number = BASES.get(row)? + (before * PAIRS.get(row)?.thens.len() + behind) as u16;
    Some((number, FUSED.get(row)?.get(before)?.get(behind)?))
}

/// The numbers of the handlers that a fused one does in a row.
pub(crate) fn parts(number: u16) -> Option<(u16, u16)> {
    let (row, before, behind) = place(number)?;
    let pairs = &PAIRS[row];
    Some((*pairs.firsts.get(before)?, pairs.thens[behind]))
}

/// The handler with a number.
#[cfg(verify)]
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
