//! Handles of an instance, and the host's of the same resources.
//!
//! Of resources that are the host's own, the host knows the representation; of others it has handles
//! in a table like an instance's. What is lent goes on lent until the call ends, which the borrower
//! must not outlive. Standard: Component Model, `CanonicalABI.md`, `lift_own` to `lower_borrow`.

use core::any::TypeId;
use core::cell::RefCell;

use super::abi::LiftHandles;
use super::abi::dynamic::Handles;
use super::adapter::HandleTransfer;
use super::guest::Guest;
use super::resource::{Kind, ResourceAny, ResourceType};
use super::types::ResourceId;
use crate::spec::{Limit, Trap};
use crate::store::arena::Arena;
use crate::store::component::{
    Calls, ComponentEntity, GuestOptions, Handle, HandleError, HandleKind, HandleTable, Owner,
    ResourceEntity, ResourceNumber,
};
use crate::store::inner::StoreInner;

/// The handles of a component instance and of the host.
pub(super) struct HostHandles<'s> {
    components: &'s mut Arena<ComponentEntity>,
    resources: &'s [ResourceEntity],
    given: &'s mut HandleTable,
    calls: &'s mut Calls,
    /// The number of the store, for types.
    store: u64,
    most: u64,
    component: u32,
    instance: u32,
}

impl<'s> HostHandles<'s> {
    /// Those of an instance, and beside them the bytes of a memory.
    pub(super) fn with_memory(
        store: &'s mut StoreInner,
        component: u32,
        instance: u32,
        options: GuestOptions,
    ) -> (&'s [u8], Self) {
        let memory = options.memory.and_then(|memory| store.memories.get(memory));
        let handles = Self {
            components: &mut store.components,
            resources: &store.resources,
            given: &mut store.given,
            calls: &mut store.calls,
            store: store.id,
            most: store.engine.limits().get(Limit::ComponentHandles),
            component,
            instance,
        };
        (
            memory.map_or(&[], |memory| memory.bytes.as_slice()),
            handles,
        )
    }

    /// A handle of the guest for a resource of the host.
    pub(super) fn lower_host(&mut self, ty: TypeId, own: bool, rep: u32) -> Result<u32, Trap> {
        let entity = self
            .components
            .get(self.component)
            .ok_or(Trap::UnknownHandle)?;
        let ty = entity.host_resource(ty).ok_or(Trap::WrongHandleType)?;
        let kind = match own {
            true => HandleKind::Own,
            false => self.calls.borrow(),
        };
        let most = self.most;
        let handle = Handle::new(ty, rep, kind);
        self.table()?.add(handle, most).map_err(trap)
    }

    /// The representation behind a handle of the guest for a resource of the host.
    fn lift_host(&mut self, ty: TypeId, own: bool, index: u32) -> Result<u32, Trap> {
        let found = self.table()?.any(index).ok_or(Trap::UnknownHandle)?.ty;
        let resource = self.resources.get(found.0 as usize);
        if resource.is_none_or(|resource| resource.owner != Owner::Host(ty)) {
            return Err(Trap::WrongHandleType);
        }
        match own {
            true => Ok(self.table()?.take(index, found)?.rep),
            false => self.lend(index, found).map(|handle| handle.rep),
        }
    }

    /// Lends a handle of the guest for the call.
    fn lend(&mut self, index: u32, ty: ResourceNumber) -> Result<Handle, Trap> {
        let (component, instance) = (self.component, self.instance);
        let entity = self
            .components
            .get_mut(component)
            .ok_or(Trap::UnknownHandle)?;
        let place = entity.instances.get_mut(instance as usize);
        let handle = place.ok_or(Trap::UnknownHandle)?.handles.get(index, ty)?;
        let lent = self.calls.lend(Some((component, instance)), index, handle);
        lent.map_err(|_| Trap::AllocationTooLarge)?;
        Ok(*handle)
    }

    fn table(&mut self) -> Result<&mut HandleTable, Trap> {
        let entity = self.components.get_mut(self.component);
        let instance = entity.and_then(|entity| entity.instances.get_mut(self.instance as usize));
        Ok(&mut instance.ok_or(Trap::UnknownHandle)?.handles)
    }

    /// The type of resources that has this number in the component.
    fn resource(&self, id: ResourceId) -> Result<(ResourceNumber, Owner), Trap> {
        let entity = self.components.get(self.component);
        let number = entity.and_then(|entity| entity.resources.get(id.0 as usize));
        let number = *number.ok_or(Trap::UnknownHandle)?;
        let resource = self.resources.get(number.0 as usize);
        Ok((number, resource.ok_or(Trap::UnknownHandle)?.owner))
    }

    /// What the host gets for a handle of a guest.
    fn give(&mut self, handle: Handle, owner: Owner) -> Result<ResourceAny, Trap> {
        let owned = handle.kind == HandleKind::Own;
        let (ty, index) = match owner {
            Owner::Host(ty) => (Kind::Host(ty), handle.rep),
            Owner::Guest(..) => {
                let index = self.given.add(handle, self.most).map_err(trap)?;
                (Kind::Guest(self.store, handle.ty), index)
            }
        };
        Ok(ResourceAny {
            ty: ResourceType(ty),
            index,
            owned,
        })
    }

    fn is(&self, value: ResourceAny, number: ResourceNumber, owner: Owner) -> Result<(), Trap> {
        let expected = match owner {
            Owner::Host(ty) => Kind::Host(ty),
            Owner::Guest(..) => Kind::Guest(self.store, number),
        };
        match value.ty.0 == expected {
            true => Ok(()),
            false => Err(Trap::WrongHandleType),
        }
    }
}

impl Handles for HostHandles<'_> {
    fn lift_own(&mut self, resource: ResourceId, index: u32) -> Result<ResourceAny, Trap> {
        let (ty, owner) = self.resource(resource)?;
        let handle = self.table()?.take(index, ty)?;
        self.give(handle, owner)
    }

    fn lift_borrow(&mut self, resource: ResourceId, index: u32) -> Result<ResourceAny, Trap> {
        let (ty, owner) = self.resource(resource)?;
        let mut handle = Handle {
            lends: 0,
            ..self.lend(index, ty)?
        };
        handle.kind = match owner {
            // The host holds no handle of it.
            Owner::Host(_) => HandleKind::Borrow { call: 0 },
            Owner::Guest(..) => self.calls.borrow(),
        };
        self.give(handle, owner)
    }

    fn lower_own(&mut self, resource: ResourceId, value: ResourceAny) -> Result<u32, Trap> {
        let (ty, owner) = self.resource(resource)?;
        self.is(value, ty, owner)?;
        if !value.owned {
            return Err(Trap::WrongHandleType);
        }
        let rep = match owner {
            Owner::Host(_) => value.index,
            Owner::Guest(..) => self.given.take(value.index, ty)?.rep,
        };
        let most = self.most;
        let handle = Handle::new(ty, rep, HandleKind::Own);
        self.table()?.add(handle, most).map_err(trap)
    }

    fn lower_borrow(&mut self, resource: ResourceId, value: ResourceAny) -> Result<u32, Trap> {
        let (ty, owner) = self.resource(resource)?;
        self.is(value, ty, owner)?;
        let rep = match owner {
            Owner::Host(_) => value.index,
            Owner::Guest(..) => {
                let handle = self.given.get(value.index, ty)?;
                let lent = self.calls.lend(None, value.index, handle);
                lent.map_err(|_| Trap::AllocationTooLarge)?;
                handle.rep
            }
        };
        if owner == Owner::Guest(self.component, self.instance) {
            return Ok(rep);
        }
        let handle = Handle::new(ty, rep, self.calls.borrow());
        let most = self.most;
        self.table()?.add(handle, most).map_err(trap)
    }
}

/// The same where values are lifted as they are read.
pub(super) struct Lifted<'h, 's>(pub(super) RefCell<&'h mut HostHandles<'s>>);

impl LiftHandles for Lifted<'_, '_> {
    fn lift(&self, ty: TypeId, own: bool, handle: u32) -> Result<u32, Trap> {
        self.0.borrow_mut().lift_host(ty, own, handle)
    }
}

/// The handles of two instances of one component, between which values move.
pub(super) struct InstanceHandles<'s> {
    pub(super) components: &'s mut Arena<ComponentEntity>,
    pub(super) resources: &'s [ResourceEntity],
    pub(super) calls: &'s mut Calls,
    /// The number of the entity.
    pub(super) component: u32,
    /// The places of the instances.
    pub(super) source: u32,
    pub(super) target: u32,
    /// How many handles an instance may have.
    pub(super) most: u64,
}

impl InstanceHandles<'_> {
    fn entity(&mut self) -> Result<&mut ComponentEntity, Trap> {
        self.components
            .get_mut(self.component)
            .ok_or(Trap::UnknownHandle)
    }

    fn table(&mut self, instance: u32) -> Result<&mut HandleTable, Trap> {
        let instance = self.entity()?.instances.get_mut(instance as usize);
        Ok(&mut instance.ok_or(Trap::UnknownHandle)?.handles)
    }

    fn number(&mut self, resource: ResourceId) -> Result<ResourceNumber, Trap> {
        let number = self.entity()?.resources.get(resource.0 as usize);
        number.copied().ok_or(Trap::UnknownHandle)
    }
}

impl HandleTransfer for InstanceHandles<'_> {
    fn own(&mut self, resource: ResourceId, index: u32) -> Result<u32, Trap> {
        let ty = self.number(resource)?;
        let handle = self.table(self.source)?.take(index, ty)?;
        let most = self.most;
        self.table(self.target)?.add(handle, most).map_err(trap)
    }

    fn borrow(&mut self, resource: ResourceId, index: u32) -> Result<u32, Trap> {
        let ty = self.number(resource)?;
        let (component, source) = (self.component, self.source);
        let entity = self
            .components
            .get_mut(component)
            .ok_or(Trap::UnknownHandle)?;
        let instance = entity.instances.get_mut(source as usize);
        let handle = instance
            .ok_or(Trap::UnknownHandle)?
            .handles
            .get(index, ty)?;
        let lent = self.calls.lend(Some((component, source)), index, handle);
        lent.map_err(|_| Trap::AllocationTooLarge)?;
        let rep = handle.rep;
        let owner = self.resources.get(ty.0 as usize).map(|it| it.owner);
        if owner == Some(Owner::Guest(component, self.target)) {
            return Ok(rep);
        }
        let handle = Handle::new(ty, rep, self.calls.borrow());
        let most = self.most;
        self.table(self.target)?.add(handle, most).map_err(trap)
    }
}

/// Of a guest whose values are lowered: those of its instance.
impl<T> Handles for Guest<'_, T> {
    fn lift_own(&mut self, resource: ResourceId, index: u32) -> Result<ResourceAny, Trap> {
        self.handles().lift_own(resource, index)
    }

    fn lift_borrow(&mut self, resource: ResourceId, index: u32) -> Result<ResourceAny, Trap> {
        self.handles().lift_borrow(resource, index)
    }

    fn lower_own(&mut self, resource: ResourceId, value: ResourceAny) -> Result<u32, Trap> {
        self.handles().lower_own(resource, value)
    }

    fn lower_borrow(&mut self, resource: ResourceId, value: ResourceAny) -> Result<u32, Trap> {
        self.handles().lower_borrow(resource, value)
    }
}

impl<T> Guest<'_, T> {
    pub(super) fn handles(&mut self) -> HostHandles<'_> {
        let (component, instance, options) = (self.component, self.instance, self.options);
        HostHandles::with_memory(&mut self.store.inner, component, instance, options).1
    }
}

/// A guest that makes the host run short of memory is stopped.
fn trap(error: HandleError) -> Trap {
    match error {
        HandleError::Trap(trap) => trap,
        HandleError::OutOfMemory => Trap::AllocationTooLarge,
    }
}
