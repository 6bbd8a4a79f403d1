//! Substitutions: what the resources of an interface, and the names of its types, stand for.
//!
//! An instantiation replaces the resources that a component imports by those that it is given, and
//! those that it defines by fresh ones. Nothing is copied for that: a use of a type carries the
//! number of a substitution, a list of such replacements one after the other, and whoever meets a
//! resource asks what it stands for. Names of types are replaced in the same way; they matter only
//! for what is visible outside. Substitutions that a check makes are dropped with it.

use super::Full;
use super::record::{Entity, Kind, Pair, Substitution, TypeUse};
use super::storage::ComponentStorage;
use crate::profile::Gate;
use crate::read::component::Sort;
use crate::reject::Reject;
use crate::spec::Limit;
use crate::validate::List;

/// How much there is to come back to.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    substitutions: usize,
    pairs: usize,
    goals: usize,
}

impl<G: Gate, S: ComponentStorage> Full<'_, '_, G, S> {
    /// Where a check begins.
    pub(super) fn mark(&self) -> Mark {
        Mark {
            substitutions: self.substitutions.len(),
            pairs: self.pairs.len(),
            goals: self.goals.len(),
        }
    }

    /// Drops what a check has made.
    pub(super) fn forget(&mut self, mark: Mark) {
        self.substitutions.truncate(mark.substitutions);
        self.pairs.truncate(mark.pairs);
        self.goals.truncate(mark.goals);
    }

    fn substitution(&self, number: u32) -> Option<Substitution> {
        self.substitutions.get((number as usize).checked_sub(1)?)
    }

    /// A substitution of the pairs from a place on, of which so many are of resources.
    pub(super) fn close_pairs(
        &mut self,
        start: usize,
        resources: usize,
        at: usize,
    ) -> Result<u32, Reject> {
        let names = self.pairs.len() - start - resources;
        if resources + names == 0 {
            return Ok(0);
        }
        self.add_substitution(
            Substitution {
                pairs: start as u32,
                resources: resources as u32,
                names: names as u32,
                next: 0,
            },
            at,
        )
    }

    fn add_substitution(&mut self, link: Substitution, at: usize) -> Result<u32, Reject> {
        let most = u64::from(u32::MAX);
        self.substitutions
            .add(link, Limit::ComponentInstances, most, at)?;
        Ok(self.substitutions.len() as u32)
    }

    /// Adds a replacement.
    pub(super) fn add_pair(&mut self, from: TypeUse, to: TypeUse, at: usize) -> Result<(), Reject> {
        let most = u64::from(u32::MAX);
        self.pairs
            .add(Pair { from, to }, Limit::ComponentTypes, most, at)
    }

    /// Adds the replacement of a resource to the sorted ones from a place on, unless it has one.
    pub(super) fn add_resource(
        &mut self,
        start: usize,
        from: u32,
        to: u32,
        at: usize,
    ) -> Result<(), Reject> {
        let new = Pair {
            from: TypeUse::of(from),
            to: TypeUse::of(to),
        };
        let end = self.pairs.len();
        let mut place = end;
        while place > start
            && let Some(before) = self.pairs.get(place - 1)
        {
            self.step(1, at)?;
            if before.from.definition == from {
                return Ok(());
            }
            if before.from.definition < from {
                break;
            }
            place -= 1;
        }
        self.add_pair(new.from, new.to, at)?;
        for moved in (place..end).rev() {
            if let Some(pair) = self.pairs.get(moved) {
                self.pairs.set(moved + 1, pair);
            }
        }
        self.pairs.set(place, new);
        Ok(())
    }

    /// The first substitution, then the second.
    pub(super) fn compose(&mut self, first: u32, second: u32, at: usize) -> Result<u32, Reject> {
        if second == 0 {
            return Ok(first);
        }
        let Some(mut link) = self.substitution(first) else {
            return Ok(second);
        };
        // The links of the first are copied, so that others keep their ends.
        let start = self.substitutions.len() as u32 + 1;
        loop {
            self.step(1, at)?;
            let next = self.substitution(link.next);
            let copy = match next {
                Some(_) => self.substitutions.len() as u32 + 2,
                None => second,
            };
            self.add_substitution(Substitution { next: copy, ..link }, at)?;
            match next {
                Some(next) => link = next,
                None => return Ok(start),
            }
        }
    }

    /// A use of a type under a further substitution.
    pub(super) fn under(
        &mut self,
        ty: TypeUse,
        substitution: u32,
        at: usize,
    ) -> Result<TypeUse, Reject> {
        Ok(TypeUse {
            substitution: self.compose(ty.substitution, substitution, at)?,
            ..ty
        })
    }

    /// An entity under a further substitution.
    pub(super) fn entity_under(
        &mut self,
        entity: Entity,
        substitution: u32,
        at: usize,
    ) -> Result<Entity, Reject> {
        match entity.sort {
            Sort::Func | Sort::Type | Sort::Component | Sort::Instance => {}
            Sort::Value if !super::value::is_primitive(entity) => {}
            _ => return Ok(entity),
        }
        let second = self.compose(entity.second, substitution, at)?;
        Ok(Entity { second, ..entity })
    }

    /// What a resource stands for.
    pub(super) fn resource(
        &mut self,
        mut resource: u32,
        substitution: u32,
        at: usize,
    ) -> Result<u32, Reject> {
        let mut next = substitution;
        while let Some(link) = self.substitution(next) {
            resource = self.replaced(&link, resource, at)?;
            next = link.next;
        }
        Ok(resource)
    }

    /// What one link replaces a resource by.
    fn replaced(&mut self, link: &Substitution, resource: u32, at: usize) -> Result<u32, Reject> {
        let (mut low, mut high) = (link.pairs, link.pairs + link.resources);
        while low < high {
            self.step(1, at)?;
            let middle = low + (high - low) / 2;
            let Some(pair) = self.pairs.get(middle as usize) else {
                break;
            };
            if pair.from.definition == resource {
                return Ok(pair.to.definition);
            }
            if pair.from.definition < resource {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(resource)
    }

    /// The type under the name by which it is known here: what an instantiation was given in the
    /// place of an imported type is that type.
    pub(super) fn renamed(&mut self, ty: TypeUse, at: usize) -> Result<TypeUse, Reject> {
        let resource = self.definition(ty.definition).kind == Kind::Resource;
        if !resource && !self.has_names(ty.substitution, at)? {
            return Ok(ty);
        }
        let (mut current, mut next) = (TypeUse::of(ty.definition), ty.substitution);
        while let Some(link) = self.substitution(next) {
            let is_resource = self.definition(current.definition).kind == Kind::Resource;
            current = match self.rename(&link, current, at)? {
                Some(name) => name,
                None if is_resource => TypeUse::of(self.replaced(&link, current.definition, at)?),
                None => {
                    let alone = self.add_substitution(Substitution { next: 0, ..link }, at)?;
                    self.under(current, alone, at)?
                }
            };
            next = link.next;
        }
        Ok(current)
    }

    fn has_names(&self, substitution: u32, at: usize) -> Result<bool, Reject> {
        let mut next = substitution;
        while let Some(link) = self.substitution(next) {
            self.step(1, at)?;
            if link.names > 0 {
                return Ok(true);
            }
            next = link.next;
        }
        Ok(false)
    }

    /// The name that one link gives a type.
    fn rename(
        &mut self,
        link: &Substitution,
        ty: TypeUse,
        at: usize,
    ) -> Result<Option<TypeUse>, Reject> {
        let start = (link.pairs + link.resources) as usize;
        for place in start..start + link.names as usize {
            self.step(1, at)?;
            if let Some(pair) = self.pairs.get(place)
                && self.same(pair.from, ty, at)?
            {
                return Ok(Some(pair.to));
            }
        }
        Ok(None)
    }

    /// Whether both are the same definition, with the same resources in it.
    pub(super) fn same(&mut self, one: TypeUse, other: TypeUse, at: usize) -> Result<bool, Reject> {
        if one.definition != other.definition {
            return Ok(false);
        }
        let definition = self.definition(one.definition);
        if one.substitution == other.substitution || !definition.measure.has_resources() {
            return Ok(true);
        }
        let before = self.goals.len();
        self.goal(Entity::of(Sort::Type, TypeUse::of(one.definition)), at)?;
        while let Some(resource) = self.next_resource(before, at)? {
            let of_one = self.resource(resource, one.substitution, at)?;
            if of_one != self.resource(resource, other.substitution, at)? {
                self.goals.truncate(before);
                return Ok(false);
            }
        }
        Ok(true)
    }
}
