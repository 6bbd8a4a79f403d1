//! The function types of an engine: equal types have one number, whichever module wrote them.
//!
//! Types are compared by recursion group, as the standard says (section 2.3.8). A group is a
//! [`Record`] of words, which stands once, in [`Words`]; [`Index`] finds it by its key, which is
//! what [`Environment::group_key`] makes of it. Who uses a type holds its group ([`held`]), and a
//! group holds the groups that it refers to, which are earlier ones. A group that nobody holds
//! goes, and then its numbers are free for other types. Groups that go are a list through their
//! own entries, so that letting one go neither recurses nor allocates.

pub(crate) mod held;
mod index;
mod record;
mod words;

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::allocation::OutOfMemory;
use crate::read::{CompositeType, CoreTypes, SubType};
use crate::types::{RefType, TypeId, TypeIdx, ValType};
use crate::validate::{Environment, Heap, group};
use index::Index;
pub(crate) use record::Member;
use record::{Record, WIDE};
use words::{RecordAddr, Words};

/// The types of an engine.
#[derive(Default)]
pub(crate) struct Registry {
    /// By number.
    entries: Vec<Entry>,
    /// How many of them are of a type.
    live: usize,
    /// The first free number.
    free: Option<TypeId>,
    words: Words,
    index: Index,
}

/// What is known of a number.
#[derive(Clone, Copy)]
struct Entry {
    /// Where the record of the group stands, or [`Place::NOWHERE`] if the number is free.
    record: RecordAddr,
    /// Of the first type of a group, how many hold the group; of another, where it stands in the
    /// record; of a free number and of the first of a group that goes, the next such number plus
    /// one.
    link: u32,
}

impl Registry {
    /// The number of a type of its own, whose references are the engine's; it is held once more.
    pub(crate) fn func_type(
        &mut self,
        params: &[ValType],
        results: &[ValType],
    ) -> Result<TypeId, OutOfMemory> {
        let short = (u16::try_from(params.len()), u16::try_from(results.len()));
        let shape = match short {
            (Ok(params), Ok(results)) => u32::from(params) << u16::BITS | u32::from(results),
            _ => WIDE,
        };
        let wide = [params.len() as u32, results.len() as u32];
        let wide = wide.into_iter().filter(|_| shape == WIDE);
        let types = params.iter().chain(results).map(|ty| ty.bits());
        let key = [1, shape].into_iter().chain(wide).chain(types);
        self.group(1, || key.clone())
    }

    /// The numbers of the types of a group that stands in a component, where the first has the index
    /// `first`; each is held once more. `outside` tells the number of a type that is not in the group.
    pub(crate) fn core_types(
        &mut self,
        types: &CoreTypes<'_>,
        first: u32,
        outside: &impl Fn(TypeIdx) -> TypeId,
    ) -> Result<Box<[TypeId]>, OutOfMemory> {
        let length = types.len() as u32;
        let word = |ty: ValType| group::word(ty, first, length, |ty| outside(ty).0);
        let mut ids = Vec::new();
        ids.try_reserve_exact(types.len())
            .map_err(|_| OutOfMemory)?;
        let known = self.group(length, || {
            let members = types.iter().flat_map(|ty| member(&ty, word));
            [length].into_iter().chain(members)
        })?;
        let numbers = self.record(known).into_iter().flat_map(Record::ids);
        ids.extend(numbers.map(|id| TypeId(*id)));
        // It has been held once for the first.
        for id in ids.iter().skip(1) {
            self.hold(*id);
        }
        Ok(ids.into())
    }

    /// The numbers of all types of a module; each is held once for each time that it stands there.
    pub(crate) fn module(&mut self, env: &Environment<Heap>) -> Result<Box<[TypeId]>, OutOfMemory> {
        let mut ids = Vec::new();
        ids.try_reserve_exact(env.type_count() as usize)
            .map_err(|_| OutOfMemory)?;
        ids.extend((0..env.type_count()).map(|_| TypeId::default()));
        let mut done = 0;
        let outcome = self.groups(env, &mut ids, &mut done);
        if outcome.is_ok() {
            for id in &ids {
                self.hold(*id);
            }
        }
        // Each group has been held once so that it stays until here.
        for group in env.groups().take(done) {
            self.release(number(&ids, group));
        }
        outcome.map(|()| ids.into_boxed_slice())
    }

    /// Numbers the groups of a module, and counts them; each of these is held once.
    fn groups(
        &mut self,
        env: &Environment<Heap>,
        ids: &mut [TypeId],
        done: &mut usize,
    ) -> Result<(), OutOfMemory> {
        for group in env.groups() {
            let length = env.group_length(group);
            let first = self.group(length, || env.group_key(group, |ty| number(ids, ty).0))?;
            *done += 1;
            let numbers = self.record(first).into_iter().flat_map(Record::ids);
            let places = ids.iter_mut().skip(group.0 as usize);
            for (place, id) in places.zip(numbers) {
                *place = TypeId(*id);
            }
        }
        // Canonical types come before those that are equal to them.
        for ty in (0..env.type_count()).map(TypeIdx) {
            let canonical = env.canonical(ty).map(|ty| number(ids, ty));
            if let Some(place) = ids.get_mut(ty.0 as usize) {
                *place = canonical.unwrap_or_default();
            }
        }
        Ok(())
    }

    /// The type with this number, if there is one.
    pub(crate) fn get(&self, id: TypeId) -> Option<Member<'_>> {
        let record = self.record(id)?;
        let entry = self.entries.get(id.0 as usize)?;
        let begin = match record.first() == id {
            true => record.head(),
            false => entry.link as usize,
        };
        record.member(begin)
    }

    /// Holds the group of a type once more; says whether there is such a type.
    pub(crate) fn hold(&mut self, id: TypeId) -> bool {
        let holders = self.holders(id);
        if let Some(holders) = holders {
            // A count that is full stays: the type is never let go.
            *holders = holders.saturating_add(1);
            return true;
        }
        false
    }

    /// Holds the group of a type once less, and lets go what nobody holds then.
    pub(crate) fn release(&mut self, id: TypeId) {
        let mut gone = None;
        self.lessen(id, &mut gone);
        while let Some(first) = gone {
            gone = self.link_of(first);
            self.let_go(first, &mut gone);
        }
        if self.live == 0 {
            *self = Self::default();
        }
    }

    /// Takes a holder away; the last one's group joins those that go.
    fn lessen(&mut self, id: TypeId, gone: &mut Option<TypeId>) {
        let Some(first) = self.record(id).map(Record::first) else {
            return;
        };
        let Some(holders) = self.holders(first) else {
            return;
        };
        match *holders {
            u32::MAX => (),
            1 => {
                *holders = link(*gone);
                *gone = Some(first);
            }
            more => *holders = more.saturating_sub(1),
        }
    }

    /// Drops a group, and lets go of what it refers to.
    fn let_go(&mut self, first: TypeId, gone: &mut Option<TypeId>) {
        let Some(place) = self.entry(first).map(|entry| entry.record) else {
            return;
        };
        let size = Record::at(&self.words, place).size();
        self.index.remove(place, size, &self.words, &self.entries);
        for word in 1..size {
            let other = Record::at(&self.words, place).outside(word);
            if let Some(other) = other {
                self.lessen(other, gone);
            }
        }
        let length = Record::at(&self.words, place).length();
        for member in 0..length {
            let id = Record::at(&self.words, place).id(member);
            let next = link(self.free);
            if let Some(entry) = id.and_then(|id| self.entries.get_mut(id.0 as usize)) {
                *entry = Entry {
                    record: RecordAddr::NOWHERE,
                    link: next,
                };
                self.free = id;
                self.live -= 1;
            }
        }
        if let Some(chunk) = self.words.drop_record(place, size) {
            self.compact(chunk);
        }
    }

    /// Moves the records that are left of a chunk to where new ones go, as long as there is memory.
    fn compact(&mut self, chunk: usize) {
        self.words.leave(chunk);
        let mut next = self.words.first_of(chunk);
        while let Some(place) = next {
            let record = Record::at(&self.words, place);
            let (size, length) = (record.size(), record.length());
            if !record.is_dropped() {
                let Ok(new) = self.words.copy(place, size) else {
                    return;
                };
                for member in 0..length {
                    let id = Record::at(&self.words, new).id(member);
                    if let Some(entry) = id.and_then(|id| self.entries.get_mut(id.0 as usize)) {
                        entry.record = new;
                    }
                }
                self.words.drop_record(place, size);
            }
            // Nothing, once all of the chunk was dropped.
            next = self.words.after(place, size);
        }
    }

    /// The first type of the group with this key, held once more; a new one if there is none. The
    /// key begins with the number of its types.
    fn group<K: Iterator<Item = u32>>(
        &mut self,
        length: u32,
        key: impl Fn() -> K,
    ) -> Result<TypeId, OutOfMemory> {
        let ids = core::iter::repeat_n(0, length as usize);
        let size = 1 + length as usize + key().skip(1).count();
        let words = [length].into_iter().chain(ids).chain(key().skip(1));
        let place = self.words.push(size, words)?;
        let found = self.index.find(place, size, &self.words, &self.entries);
        let first = match found {
            Ok(first) => {
                self.words.pop(place);
                self.hold(first);
                first
            }
            Err(gap) => {
                let made = self.reserve(length).and_then(|first| {
                    self.index.insert(gap, first)?;
                    Ok(first)
                });
                if made.is_err() {
                    self.words.pop(place);
                }
                let first = made?;
                self.define(place, size, length);
                first
            }
        };
        Ok(first)
    }

    /// Makes room for this many numbers more, and gives the first that will be taken.
    fn reserve(&mut self, length: u32) -> Result<TypeId, OutOfMemory> {
        let free = self.entries.len() - self.live;
        let more = (length as usize).saturating_sub(free);
        let wanted = self.entries.len() + more;
        if wanted > RefType::NUMBER as usize {
            return Err(OutOfMemory);
        }
        if wanted > self.entries.capacity() {
            // An eighth ahead: doubling would hold half of it for nothing.
            let ahead = more.max(wanted / 8);
            self.entries
                .try_reserve_exact(ahead)
                .or_else(|_| self.entries.try_reserve_exact(more))
                .map_err(|_| OutOfMemory)?;
        }
        Ok(self.free.unwrap_or(TypeId(self.entries.len() as u32)))
    }

    /// Gives the types of a new group their numbers, for which there is room. It is held once, and
    /// holds what it refers to.
    fn define(&mut self, place: RecordAddr, size: usize, length: u32) {
        let mut begin = 1 + length as usize;
        for member in 0..length {
            let entry = Entry {
                record: place,
                link: if member == 0 { 1 } else { begin as u32 },
            };
            let id = match self.free {
                Some(id) => {
                    self.free = self.link_of(id);
                    if let Some(place) = self.entries.get_mut(id.0 as usize) {
                        *place = entry;
                    }
                    id
                }
                None => {
                    self.entries.push(entry);
                    TypeId(self.entries.len() as u32 - 1)
                }
            };
            self.live += 1;
            if let Some(word) = self.words.get_mut(place, 1 + member as usize) {
                *word = id.0;
            }
            let member = Record::at(&self.words, place).member(begin);
            begin += member.map_or(0, |member| member.size());
        }
        for word in 1..size {
            if let Some(other) = Record::at(&self.words, place).outside(word) {
                self.hold(other);
            }
        }
    }

    fn entry(&self, id: TypeId) -> Option<Entry> {
        let entry = self.entries.get(id.0 as usize).copied();
        entry.filter(|entry| entry.record != RecordAddr::NOWHERE)
    }

    fn record(&self, id: TypeId) -> Option<Record<'_>> {
        Some(Record::at(&self.words, self.entry(id)?.record))
    }

    /// How many hold the group of a type.
    fn holders(&mut self, id: TypeId) -> Option<&mut u32> {
        let first = self.record(id)?.first();
        Some(&mut self.entries.get_mut(first.0 as usize)?.link)
    }

    /// The next number in the list of the free ones or of those that go.
    fn link_of(&self, id: TypeId) -> Option<TypeId> {
        let entry = self.entries.get(id.0 as usize)?;
        entry.link.checked_sub(1).map(TypeId)
    }
}

/// The words of a type of a group, by those of value types.
fn member<'t, W: Fn(ValType) -> u32>(
    ty: &SubType<'t>,
    word: W,
) -> impl Iterator<Item = u32> + use<'t, W> {
    let types = match ty.composite {
        CompositeType::Func { params, results } => Some((params, results)),
        // No engine has the proposal.
        CompositeType::Struct { .. } | CompositeType::Array { .. } => None,
    };
    let shape = types.map(|(params, results)| {
        let (params, results) = (params.len() as u32, results.len() as u32);
        params << u16::BITS | results
    });
    let types = types.into_iter();
    let types = types.flat_map(|(params, results)| params.iter().chain(results.iter()));
    shape.into_iter().chain(types.map(word))
}

/// A number as a link.
fn link(id: Option<TypeId>) -> u32 {
    id.map_or(0, |id| id.0 + 1)
}

fn number(ids: &[TypeId], ty: TypeIdx) -> TypeId {
    ids.get(ty.0 as usize).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;
