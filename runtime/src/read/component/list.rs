//! Lists that stay in the component's bytes.
//!
//! Types of components contain lists of fields, cases and options, in each other, to any depth of
//! the tables. Each is decoded once, so that it is known to be well formed, and then kept as a
//! reader and a count; whoever wants the items decodes them again. So all values are small and
//! `Copy`, and nothing is allocated. Standard: Component Model, `Binary.md`, `vec(...)`.

use core::fmt;
use core::marker::PhantomData;
use core::ops::RangeInclusive;

use super::{Decode, DecodeRules};
use crate::profile::Everything;
use crate::read::Reader;
use crate::reject::{Detail, Reject};
use crate::spec::{ErrorCode, Limit};

/// A list; all of it was read once.
pub struct List<'a, T> {
    items: Reader<'a>,
    count: u32,
    item: PhantomData<T>,
}

/// Reads a list whose count is within `bounds` and `limit`.
pub(crate) fn list<'a, T: Decode<'a>>(
    r: &mut Reader<'a>,
    rules: &impl DecodeRules,
    bounds: RangeInclusive<u32>,
    limit: Limit,
) -> Result<List<'a, T>, Reject> {
    let at = r.position();
    let count = r.count(limit, rules.limits().get(limit))?;
    if count < *bounds.start() {
        return Err(Reject::new(ErrorCode::TooFewParts, at));
    }
    if count > *bounds.end() {
        let detail = Detail::AtMost(count.into(), u64::from(*bounds.end()));
        return Err(Reject::with(ErrorCode::TooManyParts, at, detail));
    }
    let items = *r;
    for _ in 0..count {
        T::decode(r, rules)?;
    }
    Ok(List {
        items,
        count,
        item: PhantomData,
    })
}

impl<T> List<'_, T> {
    /// How many items there are.
    pub const fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }
}

#[expect(private_bounds, reason = "what is read is settled by the tables")]
impl<'a, T: Decode<'a>> List<'a, T> {
    /// The items in order.
    pub fn iter(&self) -> ListIter<'a, T> {
        ListIter(*self)
    }
}

impl<T> Clone for List<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for List<'_, T> {}

impl<'a, T: Decode<'a> + fmt::Debug> fmt::Debug for List<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a, T: Decode<'a>> IntoIterator for List<'a, T> {
    type Item = T;
    type IntoIter = ListIter<'a, T>;

    fn into_iter(self) -> ListIter<'a, T> {
        ListIter(self)
    }
}

/// The items of a list, one after the other.
#[derive(Clone)]
pub struct ListIter<'a, T>(List<'a, T>);

impl<'a, T: Decode<'a>> Iterator for ListIter<'a, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.0.count = self.0.count.checked_sub(1)?;
        T::decode(&mut self.0.items, &Everything).ok()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.0.len()))
    }
}
