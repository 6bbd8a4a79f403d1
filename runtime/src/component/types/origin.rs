//! Where types come from: the component, and the instance if there is one.
//!
//! Numbers of types mean something together with their component only, so what the host is given
//! holds both. Of a component alone, each type of resources stands for itself; an instance has put
//! another in its place.

use alloc::boxed::Box;

use super::value::{
    Enum, FixedLengthList, Flags, FutureType, List, Map, OptionType, Record, ResultType,
    StreamType, Tuple, Type, Variant,
};
use super::{Defined, FuncTypeId, ResourceId, ResourceType, TypeId, ValueType};
use crate::component::plan::Plan;
use crate::component::{Component, Primitive};
use crate::shared::Shared;

/// What the types of resources of a component are in an instance, by number.
pub(in crate::component) type Resources = Shared<Box<[ResourceType]>>;

/// Where a type comes from.
#[derive(Clone)]
pub(in crate::component) struct Origin {
    component: Component,
    resources: Option<Resources>,
}

/// A defined type.
#[derive(Clone)]
pub(super) struct Handle {
    pub(super) origin: Origin,
    id: TypeId,
}

impl Origin {
    /// A component, and one of its instances if there is one.
    pub(in crate::component) fn new(component: Component, resources: Option<Resources>) -> Self {
        Self {
            component,
            resources,
        }
    }

    pub(super) fn plan(&self) -> &Plan {
        self.component.plan()
    }

    pub(super) fn func(&self, ty: FuncTypeId) -> super::ComponentFunc {
        super::ComponentFunc::within(self.clone(), ty)
    }

    /// A type of resources.
    pub(in crate::component) fn resource(&self, id: ResourceId) -> ResourceType {
        let resources = self.resources.as_ref();
        let given = resources.and_then(|resources| resources.get(id.0 as usize));
        match given {
            Some(ty) => *ty,
            None => ResourceType::uninstantiated(self.component.id(), id),
        }
    }

    pub(super) fn optional(&self, ty: Option<ValueType>) -> Option<Type> {
        ty.map(|ty| self.value(ty))
    }

    /// A type of values.
    pub(super) fn value(&self, ty: ValueType) -> Type {
        let id = match ty {
            ValueType::Primitive(primitive) => return of_primitive(primitive),
            ValueType::Defined(id) => id,
        };
        let handle = Handle {
            origin: self.clone(),
            id,
        };
        match *self.plan().types.get(id) {
            Defined::Record(_) => Type::Record(Record(handle)),
            Defined::Variant(_) => Type::Variant(Variant(handle)),
            Defined::Tuple(_) => Type::Tuple(Tuple(handle)),
            Defined::Flags(_) => Type::Flags(Flags(handle)),
            Defined::Enum(_) => Type::Enum(Enum(handle)),
            Defined::List(element) => Type::List(List(self.clone(), element)),
            Defined::FixedList(element, length) => {
                Type::FixedLengthList(FixedLengthList(self.clone(), element, length))
            }
            Defined::Option(some) => Type::Option(OptionType(self.clone(), some)),
            Defined::Result { ok, err } => Type::Result(ResultType(self.clone(), ok, err)),
            Defined::Map(key, value) => Type::Map(Map(self.clone(), key, value)),
            Defined::Own(resource) => Type::Own(self.resource(resource)),
            Defined::Borrow(resource) => Type::Borrow(self.resource(resource)),
            Defined::Stream(ty) => Type::Stream(StreamType(self.clone(), ty)),
            Defined::Future(ty) => Type::Future(FutureType(self.clone(), ty)),
        }
    }
}

impl Handle {
    pub(super) fn defined(&self) -> &Defined {
        self.origin.plan().types.get(self.id)
    }
}

fn of_primitive(primitive: Primitive) -> Type {
    match primitive {
        Primitive::Bool => Type::Bool,
        Primitive::S8 => Type::S8,
        Primitive::U8 => Type::U8,
        Primitive::S16 => Type::S16,
        Primitive::U16 => Type::U16,
        Primitive::S32 => Type::S32,
        Primitive::U32 => Type::U32,
        Primitive::S64 => Type::S64,
        Primitive::U64 => Type::U64,
        Primitive::F32 => Type::Float32,
        Primitive::F64 => Type::Float64,
        Primitive::Char => Type::Char,
        Primitive::String => Type::String,
        Primitive::ErrorContext => Type::ErrorContext,
    }
}
