//! What resources of an interface stand for, when something is given for its imports or exports.
//!
//! Each resource of an interface is introduced by an import or export, or within an instance there. So
//! what stands for it is found where it is given under the same names. That what is given fits is
//! asked later: a resource for which nothing is found stands for itself, and then nothing fits.

use super::Full;
use super::record::{Entity, InterfaceKind, Kind, Origin};
use super::storage::ComponentStorage;
use crate::profile::Gate;
use crate::read::component::Sort;
use crate::reject::Reject;
use crate::spec::ErrorCode;
use crate::validate::List;

/// Where what is given is found.
#[derive(Clone, Copy)]
pub(super) enum Given {
    /// Among the arguments of an instantiation, which are sorted by name.
    Arguments,
    /// Among the imports or the exports of an interface, under a substitution.
    Members {
        interface: u32,
        substitution: u32,
        import: bool,
    },
}

impl<'a, G: Gate, S: ComponentStorage> Full<'a, '_, G, S> {
    /// Finds what is given under a name.
    fn given(&mut self, given: Given, name: &[u8], at: usize) -> Result<Option<Entity>, Reject> {
        match given {
            Given::Arguments => {
                self.step(1, at)?;
                Ok(self.sorted_name(name).map(|argument| argument.entity))
            }
            Given::Members {
                interface,
                substitution,
                import,
            } => {
                let interface = self.interface(interface);
                match self.member(&interface, import, name, at)? {
                    Some(member) => self.entity_under(member.entity, substitution, at).map(Some),
                    None => Ok(None),
                }
            }
        }
    }

    /// A substitution of the resources that an interface imports, or of those that it defines, by
    /// what is given.
    pub(super) fn match_resources(
        &mut self,
        interface: u32,
        substitution: u32,
        import: bool,
        given: Given,
        at: usize,
    ) -> Result<u32, Reject> {
        let start = self.pairs.len();
        self.collect_resources(interface, substitution, import, given, at)?;
        let resources = self.pairs.len() - start;
        self.close_pairs(start, resources, at)
    }

    /// The same as pairs.
    pub(super) fn collect_resources(
        &mut self,
        number: u32,
        substitution: u32,
        import: bool,
        given: Given,
        at: usize,
    ) -> Result<(), Reject> {
        let interface = self.interface(number);
        if interface.resources == 0 {
            return Ok(());
        }
        let (start, before) = (self.pairs.len(), self.goals.len());
        for place in (0..interface.count).rev() {
            self.step(1, at)?;
            if let Some(member) = self.member_at(&interface, place)
                && member.import == import
                && matches!(member.entity.sort, Sort::Type | Sort::Instance)
                && let Some(actual) = self.given(given, self.name(member.name), at)?
            {
                let expected = self.entity_under(member.entity, substitution, at)?;
                self.pair(actual, expected, at)?;
            }
        }
        while let Some(goal) = self.next_goal(before, at)? {
            let (actual, expected) = (goal.actual, goal.expected);
            match (actual.sort, expected.sort) {
                (Sort::Type, Sort::Type) => {
                    let (actual, expected) = (actual.ty(), expected.ty());
                    let expected = self.resolve(expected, at)?;
                    let actual = self.resolve(actual, at)?;
                    let kinds = [actual, expected].map(|ty| self.definition(ty.definition).kind);
                    if kinds != [Kind::Resource; 2] {
                        continue;
                    }
                    let resource = self.resource(expected.definition, expected.substitution, at)?;
                    let definition = self.definition(resource);
                    let wanted = match import {
                        true => Origin::Imported,
                        false => self.exported(&interface.kind),
                    };
                    if definition.place == number && Origin::of(&definition) == wanted {
                        let actual = self.resource(actual.definition, actual.substitution, at)?;
                        self.add_resource(start, resource, actual, at)?;
                    }
                }
                (Sort::Instance, Sort::Instance) => self.match_exports(actual, expected, at)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// The origin of resources that belong to what such an interface exports.
    pub(super) fn exported(&self, kind: &InterfaceKind) -> Origin {
        match kind {
            InterfaceKind::Component | InterfaceKind::ComponentType => Origin::Exported,
            _ => Origin::Defined,
        }
    }

    /// Looks at the exports of an instance beside those of what is given for it, the first one first.
    fn match_exports(&mut self, actual: Entity, expected: Entity, at: usize) -> Result<(), Reject> {
        let interface = self.interface(expected.first);
        let given = Given::Members {
            interface: actual.first,
            substitution: actual.second,
            import: false,
        };
        for place in (0..interface.count).rev() {
            self.step(1, at)?;
            if let Some(member) = self.member_at(&interface, place)
                && !member.import
                && matches!(member.entity.sort, Sort::Type | Sort::Instance)
                && let Some(actual) = self.given(given, self.name(member.name), at)?
            {
                let expected = self.entity_under(member.entity, expected.second, at)?;
                self.pair(actual, expected, at)?;
            }
        }
        Ok(())
    }

    /// What is given has all that an interface imports, or all that it exports: each pair is to be
    /// looked at. The substitution is that of the interface.
    pub(super) fn give(
        &mut self,
        number: u32,
        substitution: u32,
        import: bool,
        given: Given,
        at: usize,
    ) -> Result<bool, Reject> {
        let interface = self.interface(number);
        for place in 0..interface.count {
            self.step(1, at)?;
            let Some(member) = self.member_at(&interface, place) else {
                continue;
            };
            if member.import != import {
                continue;
            }
            let Some(actual) = self.given(given, self.name(member.name), at)? else {
                return Ok(false);
            };
            let expected = self.entity_under(member.entity, substitution, at)?;
            self.pair(actual, expected, at)?;
        }
        Ok(true)
    }

    /// The arguments fit what a component imports; gives the substitution of its resources, and of
    /// the names of its types, and fresh resources for those that it defines.
    pub(super) fn apply(&mut self, component: Entity, at: usize) -> Result<Entity, Reject> {
        let (number, own) = (component.first, component.second);
        let start = self.pairs.len();
        self.collect_resources(number, own, true, Given::Arguments, at)?;
        let imported = self.pairs.len() - start;
        let mark = self.mark();
        let inner = self.close_pairs(start, imported, at)?;
        let under = self.compose(own, inner, at)?;
        let before = self.goals.len();
        if !self.give(number, under, true, Given::Arguments, at)? {
            return Err(Reject::new(ErrorCode::MissingArgument, at));
        }
        if !self.all_match(before, at)? {
            return Err(Reject::new(ErrorCode::TypeMismatch, at));
        }
        self.forget(mark);
        let interface = self.interface(number);
        for resource in interface.first..interface.end {
            self.step(1, at)?;
            let definition = self.definition(resource);
            if definition.kind == Kind::Resource
                && definition.place == number
                && Origin::of(&definition) == self.exported(&interface.kind)
            {
                let fresh = self.fresh(Origin::Defined, at)?;
                self.add_resource(start, resource, fresh, at)?;
            }
        }
        let resources = self.pairs.len() - start;
        self.rename_arguments(number, own, at)?;
        let substitution = self.close_pairs(start, resources, at)?;
        self.entity_under(Entity::new(Sort::Instance, number, own), substitution, at)
    }

    /// Types that are imported, by themselves or with an instance, are what was given for them.
    fn rename_arguments(&mut self, number: u32, own: u32, at: usize) -> Result<(), Reject> {
        let interface = self.interface(number);
        let before = self.goals.len();
        for place in (0..interface.count).rev() {
            if let Some(member) = self.member_at(&interface, place)
                && member.import
                && matches!(member.entity.sort, Sort::Type | Sort::Instance)
                && let Some(actual) = self.given(Given::Arguments, self.name(member.name), at)?
            {
                let expected = self.entity_under(member.entity, own, at)?;
                self.pair(actual, expected, at)?;
            }
        }
        while let Some(goal) = self.next_goal(before, at)? {
            match goal.expected.sort {
                Sort::Type => {
                    let to = self.renamed(goal.actual.ty(), at)?;
                    self.add_pair(goal.expected.ty(), to, at)?;
                }
                Sort::Instance => self.match_exports(goal.actual, goal.expected, at)?,
                _ => {}
            }
        }
        Ok(())
    }
}
