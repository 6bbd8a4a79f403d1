//! The scopes that are open: what they were opened for, and what closing them leaves.
//!
//! When a scope is closed, its types stay, since those of its interface name them by index; the
//! other index spaces are dropped.

use core::cell::Cell;

use super::Full;
use super::record::{Definition, Entity, Interface, InterfaceKind, Kind, Origin, TypeUse};
use super::shape::Measure;
use super::space::SORTS;
use super::storage::ComponentStorage;
use crate::profile::Gate;
use crate::read::component::Sort;
use crate::reject::Reject;
use crate::spec::Limit;
use crate::types::ValType;
use crate::validate::List;
use crate::validate::component::scope::{ScopeKind, Scoping};
use crate::validate::item::{Bytes, Item, fields};

/// A scope that is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct OpenScope {
    pub(super) kind: ScopeKind,
    pub(super) interface: u32,
    /// Where its part of each index space begins.
    bases: [u32; SORTS],
    /// Where its imports and exports begin.
    pub(super) members: u32,
    /// Where its named types begin.
    pub(super) named: u32,
    /// Whether it has a start function.
    pub(super) started: bool,
    /// The type of what `context.get` and `context.set` keep, once one was there.
    pub(super) context: u32,
}

impl OpenScope {
    /// No type of what `context.get` and `context.set` keep.
    pub(super) const NO_CONTEXT: u32 = ValType::BOTTOM.bits();

    /// Where its part of an index space begins.
    fn base(&self, sort: Sort) -> u32 {
        self.bases.get(sort as usize).copied().unwrap_or(0)
    }

    /// Whether it is of a component, not of a type.
    pub(super) fn is_component(&self) -> bool {
        matches!(self.kind, ScopeKind::Component { .. })
    }

    /// Whether it is of a type of instances.
    pub(super) fn is_instance(&self) -> bool {
        matches!(self.kind, ScopeKind::Instance { .. })
    }
}

fields! {
    OpenScope {
        kind: ScopeKind, interface: u32, bases: Bases, members: u32, named: u32, started: bool,
        context: u32,
    }
}

/// Where a scope's part of each index space begins, as it is stored.
type Bases = [u32; SORTS];

impl Item for ScopeKind {
    const SIZE: usize = InterfaceKind::SIZE + usize::SIZE;

    fn get(bytes: &(impl Bytes + ?Sized), at: usize) -> Self {
        let rest = usize::get(bytes, at + InterfaceKind::SIZE);
        let left = rest as u32;
        match InterfaceKind::get(bytes, at) {
            InterfaceKind::ComponentType => Self::ComponentType { left },
            InterfaceKind::InstanceType => Self::Instance { left },
            InterfaceKind::ModuleType => Self::Module { left },
            _ => Self::Component { end: rest },
        }
    }

    fn put(self, bytes: &[Cell<u8>], at: usize) {
        let rest = match self {
            Self::Component { end } => end,
            Self::ComponentType { left } | Self::Instance { left } | Self::Module { left } => {
                left as usize
            }
        };
        InterfaceKind::of(self).put(bytes, at);
        rest.put(bytes, at + InterfaceKind::SIZE);
    }
}

impl InterfaceKind {
    /// That of what a scope belongs to.
    const fn of(scope: ScopeKind) -> Self {
        match scope {
            ScopeKind::Component { .. } => Self::Component,
            ScopeKind::ComponentType { .. } => Self::ComponentType,
            ScopeKind::Instance { .. } => Self::InstanceType,
            ScopeKind::Module { .. } => Self::ModuleType,
        }
    }
}

impl<G: Gate, S: ComponentStorage> Scoping for Full<'_, '_, G, S> {
    fn depth(&self) -> usize {
        self.scopes.len()
    }

    fn kind(&self) -> Option<ScopeKind> {
        self.scopes.last().map(|scope| scope.kind)
    }

    fn set_kind(&mut self, kind: ScopeKind) {
        if let Some(mut scope) = self.scopes.last() {
            scope.kind = kind;
            self.scopes.set_last(scope);
        }
    }

    fn count(&self, outwards: usize, sort: Sort) -> Option<u32> {
        let place = self.scopes.len().checked_sub(1 + outwards)?;
        let base = self.scopes.get(place)?.base(sort);
        // What is further in begins where this scope has come to.
        let end = match self.scopes.get(place + 1) {
            Some(inner) => inner.base(sort),
            None => self.spaces.len(sort) as u32,
        };
        Some(end - base)
    }
}

impl<G: Gate, S: ComponentStorage> Full<'_, '_, G, S> {
    /// The innermost scope; there is one whenever something is defined.
    pub(super) fn scope(&self) -> OpenScope {
        self.scopes.last().unwrap_or(OpenScope {
            kind: ScopeKind::Component { end: 0 },
            interface: 0,
            bases: [0; SORTS],
            members: 0,
            named: 0,
            started: false,
            context: OpenScope::NO_CONTEXT,
        })
    }

    pub(super) fn interface(&self, number: u32) -> Interface {
        self.interfaces
            .get(number as usize)
            .unwrap_or(Interface::NONE)
    }

    pub(super) fn add_interface(&mut self, interface: Interface, at: usize) -> Result<u32, Reject> {
        let number = self.interfaces.len() as u32;
        let most = u64::from(u32::MAX);
        self.interfaces
            .add(interface, Limit::ComponentInstances, most, at)?;
        Ok(number)
    }

    /// Opens a scope.
    pub(super) fn open_scope(&mut self, kind: ScopeKind, at: usize) -> Result<(), Reject> {
        let bases = Sort::ALL.map(|sort| self.spaces.len(sort) as u32);
        let interface = self.add_interface(
            Interface {
                kind: InterfaceKind::of(kind),
                open: true,
                types: self.spaces.len(Sort::Type) as u32,
                core_types: self.spaces.len(Sort::CoreType) as u32,
                members: 0,
                count: 0,
                first: self.definitions.len() as u32,
                end: 0,
                resources: 0,
                measure: Measure::ONE,
            },
            at,
        )?;
        let scope = OpenScope {
            kind,
            interface,
            bases,
            members: self.open_members.len() as u32,
            named: self.named.len() as u32,
            started: false,
            context: OpenScope::NO_CONTEXT,
        };
        let most = self.gate.limits().component_nesting;
        self.scopes.add(scope, Limit::ComponentNesting, most, at)
    }

    /// Closes the innermost scope, and defines what it was of in the one around it.
    pub(super) fn close_scope(&mut self, at: usize) -> Result<(), Reject> {
        let scope = self.scope();
        self.unique_members(at)?;
        match scope.kind {
            ScopeKind::Component { .. } => {
                self.values_are_used(at)?;
                self.finish(at)?;
            }
            ScopeKind::ComponentType { .. } => self.finish(at)?,
            ScopeKind::Instance { .. } | ScopeKind::Module { .. } => {}
        }
        let mut interface = self.interface(scope.interface);
        interface.types = self.keep(Sort::Type, &scope, at)?;
        interface.core_types = self.keep(Sort::CoreType, &scope, at)?;
        interface.members = self.members.len() as u32;
        interface.count = self.open_members.len() as u32 - scope.members;
        for place in scope.members as usize..self.open_members.len() {
            if let Some(member) = self.open_members.get(place) {
                let most = u64::from(u32::MAX);
                self.members
                    .add(member, Limit::ComponentExports, most, at)?;
            }
        }
        interface.end = self.definitions.len() as u32;
        interface.open = false;
        self.interfaces.set(scope.interface as usize, interface);
        for sort in Sort::ALL {
            self.spaces.truncate(sort, scope.base(sort) as usize);
        }
        self.open_members.truncate(scope.members as usize);
        self.named.truncate(scope.named as usize);
        self.scopes.pop();
        if self.scopes.is_empty() {
            return Ok(());
        }
        self.define_interface(scope.kind, scope.interface, interface.measure, at)
    }

    /// Defines what a closed scope was of.
    fn define_interface(
        &mut self,
        kind: ScopeKind,
        interface: u32,
        measure: Measure,
        at: usize,
    ) -> Result<(), Reject> {
        let kind = match kind {
            ScopeKind::Component { .. } => {
                let component = Entity::new(Sort::Component, interface, 0);
                return self.define(component, at);
            }
            ScopeKind::Module { .. } => {
                return self.define(super::core_type::module_type(interface), at);
            }
            ScopeKind::ComponentType { .. } => Kind::Component,
            ScopeKind::Instance { .. } => Kind::Instance,
        };
        let number = self.add(Definition::new(kind, interface, 0, measure), at)?;
        self.define(Entity::of(Sort::Type, TypeUse::of(number)), at)
    }

    /// Keeps the types of a scope, or its core types; gives where.
    fn keep(&mut self, sort: Sort, scope: &OpenScope, at: usize) -> Result<u32, Reject> {
        let start = self.closed.len() as u32;
        for place in scope.base(sort) as usize..self.spaces.len(sort) {
            if let Some(entity) = self.spaces.get(sort, place) {
                let most = u64::from(u32::MAX);
                self.closed.add(entity, Limit::ComponentTypes, most, at)?;
            }
        }
        Ok(start)
    }

    /// There is something more in the innermost scope.
    pub(super) fn define(&mut self, entity: Entity, at: usize) -> Result<(), Reject> {
        let there = u64::from(self.count(0, entity.sort).unwrap_or(0)) + 1;
        let limit = entity.sort.limit();
        if there > self.gate.limits().get(limit) {
            return Err(Reject::limit(limit, there, at));
        }
        self.spaces.push(entity.sort, entity, at)
    }

    /// Something of the innermost scope; that it is there was asked when it was read.
    pub(super) fn entity(&self, sort: Sort, index: u32) -> Entity {
        self.outer_entity(0, sort, index)
    }

    /// Something of a scope further out.
    pub(super) fn outer_entity(&self, outwards: usize, sort: Sort, index: u32) -> Entity {
        let place = self.scopes.len().checked_sub(1 + outwards);
        let scope = place.and_then(|place| self.scopes.get(place));
        let base = scope.map_or(0, |scope| scope.base(sort));
        let entity = self.spaces.get(sort, (base + index) as usize);
        entity.unwrap_or(Entity::new(sort, 0, 0))
    }

    /// Replaces something of the innermost scope.
    pub(super) fn set_entity(&mut self, index: u32, entity: Entity) {
        let base = self.scope().base(entity.sort);
        self.spaces
            .set(entity.sort, (base + index) as usize, entity);
    }

    /// The type or core type with an index in the scope of an interface, open or closed.
    pub(super) fn type_of(&self, interface: u32, sort: Sort, index: u32) -> Entity {
        let scope = self.interface(interface);
        let start = match sort {
            Sort::CoreType => scope.core_types,
            _ => scope.types,
        };
        let place = (start + index) as usize;
        let entity = match scope.open {
            true => self.spaces.get(sort, place),
            false => self.closed.get(place),
        };
        entity.unwrap_or(Entity::new(sort, 0, 0))
    }

    /// A resource of the innermost scope, which nobody has defined before.
    pub(super) fn fresh(&mut self, origin: Origin, at: usize) -> Result<u32, Reject> {
        let interface = self.scope().interface;
        if let Some(mut owner) = self.interfaces.get(interface as usize) {
            owner.resources += 1;
            self.interfaces.set(interface as usize, owner);
        }
        let measure = Measure::ONE.with_resources();
        let resource = Definition::new(Kind::Resource, interface, origin as u32, measure);
        self.add(resource, at)
    }

    /// Adds the measure of an import or export to that of the innermost scope.
    pub(super) fn measure_member(&mut self, part: Measure, at: usize) -> Result<(), Reject> {
        let number = self.scope().interface;
        let mut interface = self.interface(number);
        interface.measure = interface.measure.with(part, self.gate.limits(), at)?;
        self.interfaces.set(number as usize, interface);
        Ok(())
    }
}
