//! A recursion group as words: how many types it has, their numbers, then each type.
//!
//! A type is its shape (parameters in the upper half of a word, results in the lower half; or
//! [`WIDE`] and a word for each), then the types of the values. References within the group are
//! marked ([`RefType::IN_GROUP`]) and count its types; all others are numbers of the engine.

use super::words::{RecordAddr, Words};
use crate::types::{RefType, TypeId, ValType};

/// A group; behind it there may be others.
#[derive(Clone, Copy)]
pub(super) struct Record<'w>(&'w [u32]);

/// The shape of a type with more parameters or results than half a word can count. No module has
/// one, and no group of several types.
pub(super) const WIDE: u32 = u32::MAX;

/// A type of a group.
#[derive(Clone, Copy)]
pub(crate) struct Member<'w> {
    group: Record<'w>,
    /// Words of the shape.
    head: usize,
    params: usize,
    /// Words of the parameters, then of the results.
    types: &'w [u32],
}

impl<'w> Record<'w> {
    pub(super) fn at(words: &'w Words, place: RecordAddr) -> Self {
        Self(words.record(place))
    }

    /// How many types it has.
    pub(super) fn length(self) -> u32 {
        self.0.first().copied().unwrap_or(0)
    }

    /// Where its first type stands.
    pub(super) fn head(self) -> usize {
        1 + self.length() as usize
    }

    /// The numbers of its types.
    pub(super) fn ids(self) -> &'w [u32] {
        self.0.get(1..self.head()).unwrap_or_default()
    }

    /// The number of one of its types.
    pub(super) fn id(self, member: u32) -> Option<TypeId> {
        self.ids().get(member as usize).copied().map(TypeId)
    }

    /// The number of its first type.
    pub(super) fn first(self) -> TypeId {
        self.id(0).unwrap_or_default()
    }

    /// Whether it was dropped and only its words are still there.
    pub(super) fn is_dropped(self) -> bool {
        self.0.get(1) == Some(&Words::DROPPED)
    }

    /// The type that begins at a word.
    pub(super) fn member(self, begin: usize) -> Option<Member<'w>> {
        let words = self.0.get(begin..)?;
        let (head, params, results) = match *words {
            [WIDE, params, results, ..] => (3, params, results),
            [shape, ..] => (1, shape >> u16::BITS, shape & u32::from(u16::MAX)),
            [] => return None,
        };
        let count = params as usize + results as usize;
        Some(Member {
            group: self,
            head,
            params: params as usize,
            types: words.get(head..head + count)?,
        })
    }

    /// How many words it has.
    pub(super) fn size(self) -> usize {
        let mut end = self.head();
        for _ in 0..self.length() {
            end += self.member(end).map_or(0, |member| member.size());
        }
        end
    }

    /// What groups are ordered by: how many types, then the words of the types, behind which there
    /// may be others. No group's words are the beginning of another's of as many types.
    pub(super) fn key(self) -> (u32, &'w [u32]) {
        let words = self.0.get(self.head()..);
        (self.length(), words.unwrap_or_default())
    }

    /// The type of another group that a word of a value type refers to.
    pub(super) fn outside(self, word: usize) -> Option<TypeId> {
        let bits = *self.0.get(word).filter(|_| word >= self.head())?;
        let concrete = RefType::from_bits(bits)?.concrete()?;
        (bits & RefType::IN_GROUP == 0).then_some(TypeId(concrete))
    }
}

impl<'w> Member<'w> {
    /// How many words it has.
    pub(super) fn size(&self) -> usize {
        self.head + self.types.len()
    }

    /// How many parameters it has.
    pub(crate) fn param_count(&self) -> usize {
        self.params
    }

    /// How many parameters and results it has.
    pub(crate) fn len(&self) -> usize {
        self.types.len()
    }

    /// The type of a parameter or, counted behind them, of a result.
    pub(crate) fn get(&self, place: usize) -> Option<ValType> {
        self.types.get(place).map(|word| self.resolve(*word))
    }

    /// The types of all parameters, then of all results.
    pub(crate) fn types(self) -> impl ExactSizeIterator<Item = ValType> + 'w {
        self.types.iter().map(move |word| self.resolve(*word))
    }

    /// Whether it is the only type of its group and does not refer to itself, so that its
    /// parameters and results say all of it.
    pub(crate) fn is_alone(&self) -> bool {
        let refers =
            |word: &u32| RefType::from_bits(*word).is_some() && word & RefType::IN_GROUP != 0;
        self.group.length() == 1 && !self.types.iter().any(refers)
    }

    /// A value type, with the engine's numbers.
    fn resolve(&self, word: u32) -> ValType {
        let ty = ValType::from_bits(word & !RefType::IN_GROUP);
        if word & RefType::IN_GROUP == 0 || !ty.is_ref() {
            return ty;
        }
        ty.renumber(|place| self.group.id(place).map_or(0, |id| id.0))
    }
}
