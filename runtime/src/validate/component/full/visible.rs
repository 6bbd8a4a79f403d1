//! What is visible from outside has a name there.
//!
//! Who binds a component sees its imports and exports only. So the resources, records, variants, enums
//! and flags that occur in the type of a function or value that is imported have been imported
//! before it, by themselves or with an instance; those of what is exported have been imported or
//! exported. Standard: Component Model, `Explainer.md`, "Import and Export Definitions".

use super::Full;
use super::record::{Entity, Kind, Named, TypeUse};
use super::storage::ComponentStorage;
use super::value::is_primitive;
use crate::profile::Gate;
use crate::read::component::{DefinedType, Sort};
use crate::reject::Reject;
use crate::spec::{ErrorCode, Limit};
use crate::validate::List;

/// What is to be looked at in another way than its sort says: its sort is one that types lack.
mod look {
    use super::Sort;

    /// A type of an instance that has been entered ends: what it named is forgotten.
    pub(super) const END: Sort = Sort::CoreInstance;
    /// The parts of a type of values, whose own name does not matter.
    pub(super) const PARTS: Sort = Sort::CoreType;
    /// What a type of instances exports.
    pub(super) const EXPORT: Sort = Sort::CoreModule;
}

impl<'a, G: Gate, S: ComponentStorage> Full<'a, '_, G, S> {
    /// An import or export shows only what has a name, and names what it exports.
    pub(super) fn show(&mut self, entity: Entity, import: bool, at: usize) -> Result<(), Reject> {
        if self.scope().is_instance() {
            return Ok(());
        }
        // What is named here stays, so that its substitutions do.
        let before = self.goals.len();
        self.goal(entity, at)?;
        while let Some(goal) = self.next_goal(before, at)? {
            let entity = goal.actual;
            let shown = match entity.sort {
                Sort::Type => self.show_type(entity.ty(), import, at)?,
                Sort::Instance => {
                    self.show_exports(entity.first, entity.second, None, at)?;
                    true
                }
                Sort::Func => self.is_shown(
                    Entity {
                        sort: look::PARTS,
                        ..entity
                    },
                    import,
                    at,
                )?,
                Sort::Value => self.is_shown(entity, import, at)?,
                _ => true,
            };
            if !shown {
                return Err(Reject::new(ErrorCode::UnnamedType, at));
            }
        }
        Ok(())
    }

    /// Puts what an interface exports before what is left to look at, the first one first.
    fn show_exports(
        &mut self,
        interface: u32,
        substitution: u32,
        sort: Option<Sort>,
        at: usize,
    ) -> Result<(), Reject> {
        let interface = self.interface(interface);
        for place in (0..interface.count).rev() {
            self.step(1, at)?;
            if let Some(member) = self.member_at(&interface, place)
                && !member.import
            {
                let entity = self.entity_under(member.entity, substitution, at)?;
                match sort {
                    None => self.goal(entity, at)?,
                    Some(sort) => {
                        let look = Entity { sort, ..entity };
                        self.pair(look, entity, at)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// A type that is imported or exported: its parts have names, and now it has one.
    fn show_type(&mut self, ty: TypeUse, import: bool, at: usize) -> Result<bool, Reject> {
        let referenced = match self.definition(ty.definition).named() {
            Some(named) => self.under(named, ty.substitution, at)?,
            None => ty,
        };
        if import
            && self.has_name(referenced, false, at)?
            && !self.has_name(referenced, true, at)?
        {
            return Ok(false);
        }
        let parts = Entity::of(look::PARTS, referenced);
        if !self.is_shown(parts, import, at)? {
            return Ok(false);
        }
        let ty = self.renamed(ty, at)?;
        self.add_name(ty, import, true, at)?;
        Ok(true)
    }

    fn add_name(
        &mut self,
        ty: TypeUse,
        imported: bool,
        exported: bool,
        at: usize,
    ) -> Result<(), Reject> {
        let named = Named {
            ty,
            imported,
            exported,
        };
        let most = u64::from(u32::MAX);
        self.found_name = self.named.len();
        let mut definition = self.definition(ty.definition);
        definition.measure = definition.measure.named(true);
        self.definitions.set(ty.definition as usize, definition);
        self.named.add(named, Limit::ComponentTypes, most, at)
    }

    /// Whether the innermost scope has imported the type, or else exported it.
    fn has_name(&mut self, ty: TypeUse, import: bool, at: usize) -> Result<bool, Reject> {
        let ty = self.renamed(ty, at)?;
        if !self.definition(ty.definition).measure.is_named() {
            return Ok(false);
        }
        let (start, end) = (self.scope().named as usize, self.named.len());
        // Types are mostly used in the order in which they were named. `clamp` could panic.
        let first = self.found_name.max(start).min(end);
        for place in (first..end).chain(start..first) {
            self.step(1, at)?;
            if let Some(named) = self.named.get(place)
                && (if import {
                    named.imported
                } else {
                    named.exported
                })
                && self.same(named.ty, ty, at)?
            {
                self.found_name = place;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether all that something mentions has a name; what instances in it name counts within
    /// them only.
    fn is_shown(&mut self, entity: Entity, import: bool, at: usize) -> Result<bool, Reject> {
        let (before, names) = (self.goals.len(), self.named.len());
        let mark = self.mark();
        self.pair(entity, entity, at)?;
        let mut shown = true;
        while shown && let Some(goal) = self.next_goal(before, at)? {
            shown = match goal.actual.sort {
                look::END => {
                    self.named.truncate(goal.actual.first as usize);
                    true
                }
                look::EXPORT => self.look_at_export(goal.expected, import, at)?,
                look::PARTS => {
                    self.look_at_shown(goal.actual.ty(), at)?;
                    true
                }
                _ if is_primitive(goal.actual) => true,
                _ => self.look_at_use(goal.actual, import, at)?,
            };
        }
        self.forget(mark);
        self.named.truncate(names);
        Ok(shown)
    }

    /// What a type of instances exports: parts have names; what is exported gets one.
    fn look_at_export(&mut self, entity: Entity, import: bool, at: usize) -> Result<bool, Reject> {
        match entity.sort {
            Sort::Func => self.look_at_shown(entity.ty(), at)?,
            Sort::Value if !is_primitive(entity) => self.look_at_shown(entity.ty(), at)?,
            Sort::Type => {
                let ty = self.renamed(entity.ty(), at)?;
                self.add_name(ty, import, !import, at)?;
                self.look_at_shown(entity.ty(), at)?;
            }
            Sort::Instance => self.enter(entity.first, entity.second, at)?,
            _ => {}
        }
        Ok(true)
    }

    /// Looks at the parts of a type.
    fn look_at_shown(&mut self, ty: TypeUse, at: usize) -> Result<(), Reject> {
        let ty = self.resolve(ty, at)?;
        let definition = self.definition(ty.definition);
        match definition.kind {
            Kind::Value | Kind::Func => self.look_at_parts(&definition, ty.substitution, at),
            Kind::Instance => self.enter(definition.place, ty.substitution, at),
            // Components are closed; a resource has no parts.
            Kind::Resource | Kind::Component | Kind::Name => Ok(()),
        }
    }

    fn enter(&mut self, interface: u32, substitution: u32, at: usize) -> Result<(), Reject> {
        let end = Entity::new(look::END, self.named.len() as u32, 0);
        self.goal(end, at)?;
        self.show_exports(interface, substitution, Some(look::EXPORT), at)
    }

    /// A use of a type: it has a name, or needs none if its parts have.
    fn look_at_use(&mut self, entity: Entity, import: bool, at: usize) -> Result<bool, Reject> {
        if entity.sort == Sort::Type {
            // A resource.
            return self.has_name(entity.ty(), import, at);
        }
        let ty = self.resolve(entity.ty(), at)?;
        let definition = self.definition(ty.definition);
        match self.defined_type(&definition)? {
            DefinedType::Record { .. }
            | DefinedType::Variant { .. }
            | DefinedType::Enum { .. }
            | DefinedType::Flags { .. } => self.has_name(entity.ty(), import, at),
            _ => {
                self.look_at_parts(&definition, ty.substitution, at)?;
                Ok(true)
            }
        }
    }
}
