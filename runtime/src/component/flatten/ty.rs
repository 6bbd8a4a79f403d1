//! Types of a scope: indices become what they stand for.
//!
//! A type is read where it is defined, and names only types before it, so that one level is looked
//! at. Types of instances and components are kept as bytes with their scope, and are run when
//! something of such a type is imported: each import has resources of its own. Standard: Component
//! Model, `Explainer.md`, "Type Definitions".

use alloc::boxed::Box;

use super::scope::{Item, Type, found};
use super::{Pass, push};
use crate::allocation::{self, OutOfMemory};
use crate::component::plan::{Resource, Step};
use crate::component::types::{Defined, FuncType, Named, ResourceId, ValueType};
use crate::error::Result;
use crate::read::component::{DefinedType, Field, List, ResultList, Sort, TypeIdx, ValType};

impl<'a> Pass<'a, '_> {
    /// What a definition stands for.
    pub(super) fn ty(&mut self, ty: DefinedType<'a>) -> Result<Type<'a>> {
        let defined = match ty {
            DefinedType::Primitive { ty } => return Ok(Type::Value(ValueType::Primitive(ty))),
            DefinedType::Func { params, result } => return self.func(params, result, false),
            DefinedType::AsyncFunc { params, result } => return self.func(params, result, true),
            DefinedType::Instance { declarators } => {
                return Ok(Type::Instance(declarators, self.current()?.scope));
            }
            DefinedType::Component { .. } => return Ok(Type::Component),
            DefinedType::Resource { dtor, .. } => {
                let id = ResourceId(self.plan.resources.len() as u32);
                let dtor = match dtor {
                    Some(func) => {
                        let def = self.scope()?.core_funcs.get(func.0 as usize).cloned();
                        Some(found(def, "core function")?)
                    }
                    None => None,
                };
                let instance = self.instance()?;
                push(
                    &mut self.plan.resources,
                    Resource::Defined { instance, dtor },
                )?;
                push(&mut self.plan.steps, Step::Resource(id))?;
                return Ok(Type::Resource(id));
            }
            DefinedType::Record { fields } => Defined::Record(self.fields(fields)?),
            DefinedType::Variant { cases } => {
                Defined::Variant(list(cases.iter().map(|case| {
                    Ok((allocation::boxed_str(case.name.0)?, self.optional(case.ty)?))
                }))?)
            }
            DefinedType::List { element } => Defined::List(self.value(element)?),
            DefinedType::FixedList { element, length } => {
                Defined::FixedList(self.value(element)?, length.get())
            }
            DefinedType::Tuple { types } => {
                Defined::Tuple(list(types.iter().map(|ty| self.value(ty)))?)
            }
            DefinedType::Flags { labels } => Defined::Flags(list(
                labels
                    .iter()
                    .map(|label| Ok(allocation::boxed_str(label.0)?)),
            )?),
            DefinedType::Enum { labels } => Defined::Enum(list(
                labels
                    .iter()
                    .map(|label| Ok(allocation::boxed_str(label.0)?)),
            )?),
            DefinedType::Option { ty } => Defined::Option(self.value(ty)?),
            DefinedType::Result { ok, err } => Defined::Result {
                ok: self.optional(ok)?,
                err: self.optional(err)?,
            },
            DefinedType::Own { resource } => Defined::Own(self.resource(resource)?),
            DefinedType::Borrow { resource } => Defined::Borrow(self.resource(resource)?),
            DefinedType::Stream { element } => Defined::Stream(self.optional(element)?),
            DefinedType::Future { ty } => Defined::Future(self.optional(ty)?),
            DefinedType::Map { key, value } => Defined::Map(self.value(key)?, self.value(value)?),
        };
        let id = found(self.plan.types.add(defined)?, "layout of a type")?;
        Ok(Type::Value(ValueType::Defined(id)))
    }

    /// The resource that a type index stands for.
    pub(super) fn resource(&self, index: TypeIdx) -> Result<ResourceId> {
        match self.type_at(index)? {
            Type::Resource(id) => Ok(id),
            _ => found(None, "type of resources"),
        }
    }

    /// What a type index stands for.
    pub(super) fn type_at(&self, index: TypeIdx) -> Result<Type<'a>> {
        let scope = found(self.scopes.get(self.current()?.scope), "scope")?;
        match scope.item(Sort::Type, index.0)? {
            Item::Type(ty) => Ok(ty),
            _ => found(None, "type"),
        }
    }

    /// A type of values.
    pub(super) fn value(&self, ty: ValType) -> Result<ValueType> {
        match ty {
            ValType::Primitive(primitive) => Ok(ValueType::Primitive(primitive)),
            ValType::Type(index) => match self.type_at(index)? {
                Type::Value(ty) => Ok(ty),
                _ => found(None, "type of values"),
            },
        }
    }

    fn optional(&self, ty: Option<ValType>) -> Result<Option<ValueType>> {
        ty.map(|ty| self.value(ty)).transpose()
    }

    fn fields(&self, fields: List<'a, Field<'a>>) -> Result<Named> {
        let field =
            |field: Field<'a>| Ok((allocation::boxed_str(field.name.0)?, self.value(field.ty)?));
        list(fields.iter().map(field))
    }

    fn func(
        &mut self,
        params: List<'a, Field<'a>>,
        result: ResultList,
        is_async: bool,
    ) -> Result<Type<'a>> {
        let result = match result {
            ResultList::One { ty } => Some(self.value(ty)?),
            ResultList::None => None,
        };
        let ty = FuncType {
            params: self.fields(params)?,
            result,
            is_async,
        };
        Ok(Type::Func(self.plan.types.add_func(ty)?))
    }
}

/// All of them, or what went wrong.
fn list<T>(items: impl Iterator<Item = Result<T>>) -> Result<Box<[T]>> {
    let mut all = alloc::vec::Vec::new();
    for item in items {
        allocation::reserve(&mut all, 1).map_err(|OutOfMemory| OutOfMemory)?;
        all.push(item?);
    }
    Ok(all.into())
}
