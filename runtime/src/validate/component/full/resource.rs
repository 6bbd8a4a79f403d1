//! Resources: which of them types mention, and which of them leave a component.
//!
//! A component is a unit of its own: from what is around it, it takes no type in which a resource
//! occurs; what it defines may not occur in its imports, and must be exported if its exports mention
//! it. Standard: Component Model, `Explainer.md`, "Type Checking" and "Alias Definitions".

use super::Full;
use super::record::{Definition, Entity, InterfaceKind, Kind, Origin, TypeUse};
use super::storage::ComponentStorage;
use crate::profile::Gate;
use crate::read::component::{DefinedType, Sort};
use crate::reject::Reject;
use crate::spec::ErrorCode;
use crate::validate::List;

impl<'a, G: Gate, S: ComponentStorage> Full<'a, '_, G, S> {
    /// The next resource that occurs in what is left to look at, as it is known here. Those that an
    /// interface binds are among them.
    pub(super) fn next_resource(
        &mut self,
        before: usize,
        at: usize,
    ) -> Result<Option<u32>, Reject> {
        while let Some(goal) = self.next_goal(before, at)? {
            let entity = goal.actual;
            match entity.sort {
                Sort::Instance | Sort::Component => {
                    self.look_at_members(entity.first, entity.second, at)?;
                }
                Sort::Func | Sort::Type => {
                    if let Some(resource) = self.look_at_type(entity.ty(), at)? {
                        return Ok(Some(resource));
                    }
                }
                Sort::Value if !super::value::is_primitive(entity) => {
                    if let Some(resource) = self.look_at_type(entity.ty(), at)? {
                        return Ok(Some(resource));
                    }
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// Looks at a type: it is a resource, or its parts are to be looked at, too.
    fn look_at_type(&mut self, ty: TypeUse, at: usize) -> Result<Option<u32>, Reject> {
        if !self.definition(ty.definition).measure.has_resources() {
            return Ok(None);
        }
        let ty = self.resolve(ty, at)?;
        let definition = self.definition(ty.definition);
        match definition.kind {
            Kind::Resource => self.resource(ty.definition, ty.substitution, at).map(Some),
            Kind::Instance | Kind::Component => {
                self.look_at_members(definition.place, ty.substitution, at)?;
                Ok(None)
            }
            Kind::Value | Kind::Func => {
                self.look_at_parts(&definition, ty.substitution, at)?;
                Ok(None)
            }
            // `resolve` leaves none.
            Kind::Name => Ok(None),
        }
    }

    /// Looks at what a type of values or functions uses.
    pub(super) fn look_at_parts(
        &mut self,
        definition: &Definition,
        substitution: u32,
        at: usize,
    ) -> Result<(), Reject> {
        let ty = self.defined_type(definition)?;
        if let DefinedType::Own { resource } | DefinedType::Borrow { resource } = ty {
            let resource = self.type_of(definition.scope, Sort::Type, resource.0);
            let resource = self.entity_under(resource, substitution, at)?;
            return self.goal(resource, at);
        }
        for part in super::value::Parts::of(&ty) {
            if let Some(part) = self.part(part, definition.scope, substitution, at)? {
                self.goal(part, at)?;
            }
        }
        Ok(())
    }

    fn look_at_members(
        &mut self,
        interface: u32,
        substitution: u32,
        at: usize,
    ) -> Result<(), Reject> {
        let interface = self.interface(interface);
        if interface.kind == InterfaceKind::Module || !interface.measure.has_resources() {
            return Ok(());
        }
        for place in 0..interface.count {
            self.step(1, at)?;
            if let Some(member) = self.members.get((interface.members + place) as usize) {
                let entity = self.entity_under(member.entity, substitution, at)?;
                self.goal(entity, at)?;
            }
        }
        Ok(())
    }

    /// Whether a type mentions resources of a scope that is open.
    pub(super) fn is_closed(&mut self, ty: TypeUse, at: usize) -> Result<bool, Reject> {
        let mark = self.mark();
        let before = self.goals.len();
        self.goal(Entity::of(Sort::Type, ty), at)?;
        let mut closed = true;
        while closed && let Some(resource) = self.next_resource(before, at)? {
            let owner = self.definition(resource).place;
            // A resource of a closed interface is bound there.
            closed = !self.interface(owner).open;
        }
        self.forget(mark);
        Ok(closed)
    }

    /// What the innermost scope defines: none of it occurs in its imports; what occurs in its exports
    /// is exported, and belongs to the type of the component.
    pub(super) fn finish(&mut self, at: usize) -> Result<(), Reject> {
        let scope = self.scope();
        if self.interface(scope.interface).resources == 0 {
            return Ok(());
        }
        let mark = self.mark();
        let before = self.goals.len();
        for import in [true, false] {
            for place in scope.members as usize..self.open_members.len() {
                match self.open_members.get(place) {
                    Some(member) if member.import == import => self.goal(member.entity, at)?,
                    _ => {}
                }
            }
            while let Some(resource) = self.next_resource(before, at)? {
                let mut definition = self.definition(resource);
                if definition.place != scope.interface
                    || Origin::of(&definition) == Origin::Imported
                {
                    continue;
                }
                if import {
                    return Err(Reject::new(ErrorCode::LocalResourceImported, at));
                }
                definition.scope = Origin::Exported as u32;
                self.definitions.set(resource as usize, definition);
            }
        }
        self.exports_are_explicit(at)?;
        self.forget(mark);
        Ok(())
    }

    /// What exports mention is itself exported.
    fn exports_are_explicit(&mut self, at: usize) -> Result<(), Reject> {
        let scope = self.scope();
        let interface = self.interface(scope.interface);
        // Marked for now are those that no export has been found to be.
        let mut missing = 0_u32;
        let own = |definition: &Definition| {
            definition.kind == Kind::Resource
                && definition.place == scope.interface
                && Origin::of(definition) == Origin::Exported
        };
        self.step(self.definitions.len() - interface.first as usize, at)?;
        for number in interface.first as usize..self.definitions.len() {
            let definition = self.definitions.get(number);
            missing += u32::from(definition.is_some_and(|definition| own(&definition)));
        }
        if missing == 0 {
            return Ok(());
        }
        let (before, start) = (self.goals.len(), self.pairs.len());
        for place in (scope.members as usize..self.open_members.len()).rev() {
            match self.open_members.get(place) {
                Some(member) if !member.import => self.goal(member.entity, at)?,
                _ => {}
            }
        }
        while let Some(goal) = self.next_goal(before, at)? {
            let entity = goal.actual;
            match entity.sort {
                Sort::Instance => self.look_at_members(entity.first, entity.second, at)?,
                Sort::Type => {
                    let ty = self.resolve(entity.ty(), at)?;
                    let definition = self.definition(ty.definition);
                    if definition.kind == Kind::Resource {
                        let resource = self.resource(ty.definition, ty.substitution, at)?;
                        if own(&self.definition(resource)) {
                            // Each is found once: the list of pairs says which were.
                            self.add_resource(start, resource, resource, at)?;
                        }
                    }
                }
                _ => {}
            }
        }
        if (self.pairs.len() - start) as u32 != missing {
            return Err(Reject::new(ErrorCode::LocalResourceUnexported, at));
        }
        Ok(())
    }
}
