//! Recursion groups: equality of types without allocation.
//!
//! Two types are equal when they have the same place in equal groups; two groups are equal when
//! their words are: counts, then value types, with references into the group by place and all
//! others by canonical index. A group that is equal to an earlier one takes over its canonical
//! indices; a crit-bit tree finds it in time linear in the words, whatever the input. Standard:
//! section 3.1.2, "Rolling and Unrolling".

use core::cell::Cell;
use core::iter::FusedIterator;
use core::ops::Range;

use super::environment::{Environment, TypeDef};
use super::item::{Bytes, Item};
use super::storage::{List, Storage};
use crate::policy;
use crate::profile::Gate;
use crate::reject::Reject;
use crate::spec::{Limit, Proposal};
use crate::types::{RefType, TypeIdx, ValType};

/// A node of the tree: the first bit in which the groups below it differ.
#[derive(Clone, Copy, Debug, Default)]
pub struct Node {
    word: u32,
    bit: u32,
    below: [u32; 2],
}

impl Item for Node {
    const SIZE: usize = 4 * u32::SIZE;

    fn get(bytes: &(impl Bytes + ?Sized), at: usize) -> Self {
        let word = |index: usize| u32::get(bytes, at + index * u32::SIZE);
        Self {
            word: word(0),
            bit: word(1),
            below: [word(2), word(3)],
        }
    }

    fn put(self, bytes: &[Cell<u8>], at: usize) {
        let [left, right] = self.below;
        for (word, index) in [self.word, self.bit, left, right].into_iter().zip(0..) {
            word.put(bytes, at + index * u32::SIZE);
        }
    }
}

/// Marks, in `below`, a group rather than a node.
const LEAF: u32 = 1 << 31;

/// The words of a group: equal for equal groups, never a prefix of another group's.
pub struct GroupWords<'e, S: Storage, F> {
    env: &'e Environment<S>,
    /// The next type.
    next: u32,
    /// Value types of the current type, not yet given.
    pending: Range<u32>,
    first: u32,
    length: u32,
    outside: F,
    begun: bool,
}

impl<S: Storage> Environment<S> {
    /// The first types of the recursion groups that are equal to no earlier one, in order.
    pub fn groups(&self) -> impl Iterator<Item = TypeIdx> + '_ {
        (0..self.type_count())
            .filter(|index| {
                let def = self.types.get(*index as usize);
                def.is_some_and(|def| def.group == *index && def.canonical == *index)
            })
            .map(TypeIdx)
    }

    /// How many types the group that begins with this type has.
    pub fn group_length(&self, first: TypeIdx) -> u32 {
        let in_group = |index: &u32| {
            let def = self.types.get(*index as usize);
            def.is_some_and(|def| def.group == first.0)
        };
        (first.0..).take_while(in_group).count() as u32
    }

    /// A key of the group that begins with this type: equal groups of any modules have equal
    /// keys, if `outside` gives equal numbers for equal types. It is asked for canonical types
    /// outside of the group.
    pub fn group_key<F: FnMut(TypeIdx) -> u32>(
        &self,
        first: TypeIdx,
        outside: F,
    ) -> GroupWords<'_, S, F> {
        GroupWords {
            env: self,
            next: first.0,
            pending: 0..0,
            first: first.0,
            length: self.group_length(first),
            outside,
            begun: false,
        }
    }

    /// Makes the group that begins at `first`, now complete, canonical.
    pub(crate) fn close_group<G: Gate>(
        &mut self,
        first: u32,
        most: u64,
        at: usize,
    ) -> Result<(), Reject> {
        if G::may(Proposal::FunctionReferences) && first as usize == self.types.len() {
            return Ok(());
        }
        if policy::COMPARE_IN_PAIRS {
            if let Some(twin) = self.earlier::<G>(first) {
                self.replace::<G>(first, twin);
            }
            return Ok(());
        }
        let Some(root) = self.root else {
            self.root = Some(first | LEAF);
            return Ok(());
        };
        let twin = self.similar(root, first);
        match self.difference(first, twin) {
            Some((word, bit, side)) => self.insert(root, first, (word, bit, side), most, at),
            None => {
                self.replace::<G>(first, twin);
                Ok(())
            }
        }
    }

    /// The first group that is equal to the last one, which begins at `first`, found by comparing
    /// with one after the other.
    fn earlier<G: Gate>(&self, first: u32) -> Option<u32> {
        let grouped = G::may(Proposal::FunctionReferences);
        let length = self.length_from::<G>(first);
        let def = |index: u32| self.types.get(index as usize);
        let value_type = |index: u32, group: u32| {
            let ty = self.value_types.get(index as usize).unwrap_or_default();
            let inside = match grouped {
                true => place_in_group(ty, group, length),
                false => None,
            };
            inside.unwrap_or(ty.bits())
        };
        (0..first).find(|other| {
            let equal = |place: u32| {
                let (Some(ours), Some(theirs)) = (def(first + place), def(other + place)) else {
                    return false;
                };
                let count = u32::from(ours.params) + u32::from(ours.results);
                let mut places = (ours.start..ours.start + count).zip(theirs.start..);
                let first_of_its_group =
                    (theirs.group, theirs.canonical) == (*other, other + place);
                (first_of_its_group || !grouped)
                    && (ours.params, ours.results) == (theirs.params, theirs.results)
                    && places.all(|(a, b)| value_type(a, first) == value_type(b, *other))
            };
            let longer = || def(other + length).is_some_and(|def| def.group == *other);
            (0..length).all(equal) && !(grouped && longer())
        })
    }

    /// How many types the last group has, which begins at `first`: one where there are no groups.
    fn length_from<G: Gate>(&self, first: u32) -> u32 {
        match G::may(Proposal::FunctionReferences) {
            true => self.types.len() as u32 - first,
            false => 1,
        }
    }

    fn words(&self, first: u32) -> GroupWords<'_, S, impl FnMut(TypeIdx) -> u32 + use<S>> {
        self.group_key(TypeIdx(first), |ty| ty.0)
    }

    /// The group that agrees with this one in all bits that the tree looks at.
    fn similar(&self, root: u32, first: u32) -> u32 {
        let mut words = self.words(first);
        let (mut place, mut word) = (0, words.next().unwrap_or(0));
        let mut below = root;
        while below & LEAF == 0 {
            let Some(node) = self.nodes.get(below as usize) else {
                break;
            };
            if node.word > place {
                word = words.nth((node.word - place - 1) as usize).unwrap_or(0);
                place = node.word;
            }
            below = node.below[side(word, node.bit)];
        }
        below & !LEAF
    }

    /// Where two groups differ first, and the side of the first of them.
    fn difference(&self, first: u32, other: u32) -> Option<(u32, u32, usize)> {
        let pairs = self.words(first).zip(self.words(other)).zip(0..);
        let mut different = pairs.filter(|((a, b), _)| a != b);
        different.next().map(|((a, b), place)| {
            let bit = (a ^ b).leading_zeros();
            (place, bit, side(a, bit))
        })
    }

    fn insert(
        &mut self,
        root: u32,
        first: u32,
        (word, bit, side_of_first): (u32, u32, usize),
        most: u64,
        at: usize,
    ) -> Result<(), Reject> {
        let mut words = self.words(first);
        let (mut place, mut current) = (0, words.next().unwrap_or(0));
        let mut below = root;
        let mut parent = None;
        while below & LEAF == 0 {
            let Some(node) = self.nodes.get(below as usize) else {
                break;
            };
            if (node.word, node.bit) >= (word, bit) {
                break;
            }
            if node.word > place {
                current = words.nth((node.word - place - 1) as usize).unwrap_or(0);
                place = node.word;
            }
            let turn = side(current, node.bit);
            parent = Some((below, turn));
            below = node.below[turn];
        }
        let mut node = Node {
            word,
            bit,
            below: [below; 2],
        };
        node.below[side_of_first] = first | LEAF;
        let number = self.nodes.len();
        self.nodes
            .push(node, most)
            .map_err(|full| full.reject(Limit::Types, number, at))?;
        match parent {
            None => self.root = Some(number as u32),
            Some((parent, turn)) => {
                if let Some(mut node) = self.nodes.get(parent as usize) {
                    node.below[turn] = number as u32;
                    self.nodes.set(parent as usize, node);
                }
            }
        }
        Ok(())
    }

    /// Lets the types of a group be those of an earlier, equal one, and forgets their words.
    fn replace<G: Gate>(&mut self, first: u32, twin: u32) {
        if let Some(def) = self.types.get(first as usize) {
            self.value_types.truncate(def.start as usize);
        }
        for place in 0..self.length_from::<G>(first) {
            if let Some(twin) = self.types.get((twin + place) as usize) {
                let def = TypeDef {
                    group: first,
                    ..twin
                };
                self.types.set((first + place) as usize, def);
            }
        }
    }
}

/// Which way a node's bit sends a word; bits count from the most significant.
fn side(word: u32, bit: u32) -> usize {
    usize::from(word << bit & LEAF != 0)
}

impl<S: Storage, F: FnMut(TypeIdx) -> u32> Iterator for GroupWords<'_, S, F> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if !self.begun {
            self.begun = true;
            return Some(self.length);
        }
        if let Some(index) = self.pending.next() {
            let ty = self.env.value_types.get(index as usize)?;
            return Some(self.word(ty));
        }
        let def = self.env.types.get(self.next as usize)?;
        if def.group != self.first {
            return None;
        }
        self.next += 1;
        let count = u32::from(def.params) + u32::from(def.results);
        self.pending = def.start..def.start + count;
        Some(u32::from(def.params) << u16::BITS | u32::from(def.results))
    }
}

impl<S: Storage, F: FnMut(TypeIdx) -> u32> FusedIterator for GroupWords<'_, S, F> {}

impl<S: Storage, F: FnMut(TypeIdx) -> u32> GroupWords<'_, S, F> {
    fn word(&mut self, ty: ValType) -> u32 {
        word(ty, self.first, self.length, &mut self.outside)
    }
}

/// The word of a value type of the group of this many types that begins with `first`.
pub(crate) fn word(
    ty: ValType,
    first: u32,
    length: u32,
    outside: impl FnOnce(TypeIdx) -> u32,
) -> u32 {
    let Some(index) = ty.as_ref_type().and_then(RefType::concrete) else {
        return ty.bits();
    };
    place_in_group(ty, first, length)
        .unwrap_or_else(|| ty.bits() & !RefType::NUMBER | outside(TypeIdx(index)))
}

/// The word of a reference to a type of a group, by its place there.
fn place_in_group(ty: ValType, first: u32, length: u32) -> Option<u32> {
    let place = ty.as_ref_type()?.concrete()?.checked_sub(first)?;
    let outer = ty.bits() & !RefType::NUMBER;
    (place < length).then_some(outer | RefType::IN_GROUP | place)
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use super::*;
    use crate::profile::Std;
    use crate::types::HeapType;
    use crate::validate::Heap;

    /// Adds a group of types whose parameters are those of a random number, and says where its
    /// twin is by both ways of looking for one.
    fn add(env: &mut Environment<Heap>, mut random: u64) -> [Option<u32>; 2] {
        let first = env.types.len() as u32;
        let mut draw = |below: u64| {
            let drawn = random % below;
            random /= below;
            drawn as u32
        };
        let length = 1 + draw(3);
        for canonical in first..first + length {
            let start = env.value_types.len() as u32;
            let params = draw(3) as u16;
            for _ in 0..params {
                let to = draw(u64::from(4 + length));
                let index = if to < 2 {
                    None
                } else if to < 4 {
                    env.types.get(to as usize).map(|def| def.canonical)
                } else {
                    Some(first + to - 4)
                };
                let reference = |index| RefType::new(true, HeapType::Concrete(index));
                let ty = index.map_or(ValType::I32, |index| reference(index).into());
                env.value_types.push(ty);
            }
            env.types.push(TypeDef {
                start,
                params,
                results: 0,
                canonical,
                group: first,
            });
        }
        let earlier = env.earlier::<Std>(first);
        env.close_group::<Std>(first, u64::MAX, 0).unwrap();
        let canonical = env.types[first as usize].canonical;
        [earlier, (canonical != first).then_some(canonical)]
    }

    #[test]
    fn twins_are_found_one_by_one_as_by_the_tree() {
        let (mut env, _) = Heap.open();
        let mut random = 1_u64;
        let mut twins = 0;
        for _ in 0..600 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let [earlier, tree] = add(&mut env, random >> 20);
            assert_eq!(earlier, tree);
            twins += usize::from(tree.is_some());
        }
        assert!((100..500).contains(&twins), "{twins}");
    }
}
