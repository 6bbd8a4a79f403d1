//! Definitions of types of values, functions and resources.
//!
//! Each is measured when it is defined: its size and depth as a tree, how values of it lie, how they
//! are passed, and which handles occur in it. Standard: Component Model, `Explainer.md`, "Type
//! Definitions".

use super::Full;
use super::record::{Definition, Entity, Kind, Origin, TypeUse};
use super::shape::{Flat, Layout, Measure, Shape};
use super::signature::Signature;
use super::storage::ComponentStorage;
use super::value::result_of;
use crate::generated::woven::component::layout;
use crate::profile::Gate;
use crate::read::component::{
    CoreFuncIdx, DefinedType, Field, List, Primitive, ResultList, Sort, ValType,
};
use crate::reject::Reject;
use crate::spec::{ErrorCode, Proposal};
use crate::types::ValType as CoreValType;

impl<'a, G: Gate, S: ComponentStorage> Full<'a, '_, G, S> {
    /// A type that is no scope.
    pub(super) fn define_type(&mut self, ty: &DefinedType<'a>, at: usize) -> Result<(), Reject> {
        let definition = match *ty {
            DefinedType::Func { params, result } | DefinedType::AsyncFunc { params, result } => {
                let measure = self.func_type(&params, &result, at)?;
                let scope = self.scope().interface;
                self.add(Definition::new(Kind::Func, at as u32, scope, measure), at)?
            }
            DefinedType::Resource { rep, dtor } => self.resource_type(rep, dtor, at)?,
            _ => {
                let Shape {
                    measure,
                    layout,
                    flat,
                } = self.value_shape(ty, at)?;
                let scope = self.scope().interface;
                let definition = Definition::new(Kind::Value, at as u32, scope, measure);
                self.add(
                    Definition {
                        layout,
                        flat,
                        ..definition
                    },
                    at,
                )?
            }
        };
        self.define(Entity::of(Sort::Type, TypeUse::of(definition)), at)
    }

    fn func_type(
        &mut self,
        params: &List<'a, Field<'a>>,
        result: &ResultList,
        at: usize,
    ) -> Result<Measure, Reject> {
        self.unique_labels(params.iter().map(|param| param.name), at)?;
        let mut measure = Measure::ONE;
        for ty in params.iter().map(|param| param.ty).chain(result_of(result)) {
            let part = self.part_shape(ty, at)?;
            measure = measure.with(part.measure, self.gate.limits(), at)?;
        }
        if let Some(result) = result_of(result) {
            self.without_borrow(result, at)?;
        }
        Ok(measure)
    }

    /// A resource; who defines it knows how it is represented.
    fn resource_type(
        &mut self,
        rep: CoreValType,
        dtor: Option<CoreFuncIdx>,
        at: usize,
    ) -> Result<u32, Reject> {
        let origin = match rep {
            CoreValType::I32 => Origin::Local32,
            CoreValType::I64 => {
                self.gate
                    .admit(Proposal::ComponentModelMemory64, at, Origin::Local64)?
            }
            _ => return Err(Reject::new(ErrorCode::ResourceRepresentation, at)),
        };
        if let Some(dtor) = dtor {
            self.has_signature(dtor.0, Signature::of([rep], []), at)?;
        }
        self.fresh(origin, at)
    }

    /// No borrowed handle leaves a function or goes through a stream.
    pub(super) fn without_borrow(&self, ty: ValType, at: usize) -> Result<(), Reject> {
        match self.part_shape(ty, at)?.layout.has_borrow() {
            true => Err(Reject::new(ErrorCode::Borrow, at)),
            false => Ok(()),
        }
    }

    /// What is kept of a type of values in the innermost scope.
    pub(super) fn part_shape(&self, ty: ValType, at: usize) -> Result<Shape, Reject> {
        self.value_type(ty, at).map(|ty| self.shape(ty))
    }

    fn value_shape(&mut self, ty: &DefinedType<'a>, at: usize) -> Result<Shape, Reject> {
        match *ty {
            DefinedType::Primitive { ty } => Ok(Shape::primitive(ty)),
            DefinedType::Record { fields } => {
                self.unique_labels(fields.iter().map(|field| field.name), at)?;
                self.product(fields.iter().map(|field| field.ty), at)
            }
            DefinedType::Tuple { types } => self.product(types.iter(), at),
            DefinedType::Variant { cases } => {
                self.unique_labels(cases.iter().map(|case| case.name), at)?;
                self.sum(cases.len(), cases.iter().map(|case| case.ty), at)
            }
            DefinedType::Option { ty } => self.sum(2, [None, Some(ty)].into_iter(), at),
            DefinedType::Result { ok, err } => self.sum(2, [ok, err].into_iter(), at),
            DefinedType::Enum { labels } => {
                self.unique_labels(labels.iter(), at)?;
                self.number(layout::discriminant(labels.len() as u64), at)
            }
            DefinedType::Flags { labels } => {
                self.unique_labels(labels.iter(), at)?;
                self.number(layout::flags(labels.len() as u64), at)
            }
            DefinedType::List { element } => {
                let part = self.part_shape(element, at)?;
                self.around(Shape::of(layout::LIST), part, at)
            }
            DefinedType::FixedList { element, length } => {
                let part = self.part_shape(element, at)?;
                let shape = Shape {
                    measure: Measure::ONE.with(part.measure, self.gate.limits(), at)?,
                    layout: sized(part.layout.times(length.get()), at)?,
                    flat: part.flat.times(length.get()),
                };
                Ok(shape)
            }
            DefinedType::Map { key, value } => self.map(key, value, at),
            DefinedType::Own { resource } => self.handle(layout::OWN, resource.0, at),
            DefinedType::Borrow { resource } => {
                let shape = self.handle(layout::BORROW, resource.0, at)?;
                Ok(Shape {
                    layout: shape.layout.with_borrow(),
                    ..shape
                })
            }
            DefinedType::Stream { element } => {
                if let Some(element) = element {
                    let char = super::value::primitive(Primitive::Char);
                    if self.plain(element, at)? == Some(char) {
                        return Err(Reject::new(ErrorCode::StreamElement, at));
                    }
                }
                self.channel(layout::STREAM, element, at)
            }
            DefinedType::Future { ty } => self.channel(layout::FUTURE, ty, at),
            // These are no types of values.
            DefinedType::Func { .. }
            | DefinedType::AsyncFunc { .. }
            | DefinedType::Component { .. }
            | DefinedType::Instance { .. }
            | DefinedType::Resource { .. } => Err(Reject::new(ErrorCode::NotAValueType, at)),
        }
    }

    /// All of these, one behind the other.
    fn product(&self, parts: impl Iterator<Item = ValType>, at: usize) -> Result<Shape, Reject> {
        let (mut measure, mut layout, mut flat) = (Measure::ONE, Layout::NONE, Flat::NONE);
        for part in parts {
            let part = self.part_shape(part, at)?;
            measure = measure.with(part.measure, self.gate.limits(), at)?;
            layout = sized(layout.then(part.layout), at)?;
            flat = flat.and(part.flat);
        }
        let layout = sized(layout.padded(), at)?;
        Ok(Shape {
            measure,
            layout,
            flat,
        })
    }

    /// One of these, and a number that says which.
    fn sum(
        &self,
        count: usize,
        cases: impl Iterator<Item = Option<ValType>>,
        at: usize,
    ) -> Result<Shape, Reject> {
        let tag = self.number(layout::discriminant(count as u64), at)?;
        let (mut measure, mut payload, mut flat) = (Measure::ONE, Layout::NONE, Flat::NONE);
        for case in cases.flatten() {
            let case = self.part_shape(case, at)?;
            measure = measure.with(case.measure, self.gate.limits(), at)?;
            payload = sized(payload.or(case.layout), at)?;
            flat = flat.join(case.flat);
        }
        let layout = tag.layout.then(payload).and_then(Layout::padded);
        Ok(Shape {
            measure,
            layout: sized(layout, at)?,
            flat: tag.flat.and(flat),
        })
    }

    /// A number that says which.
    fn number(&self, number: Option<Primitive>, at: usize) -> Result<Shape, Reject> {
        let number = number.ok_or(Reject::new(ErrorCode::TooManyParts, at))?;
        Ok(Shape::primitive(number))
    }

    /// What lies apart, and the handles in it.
    fn around(&self, shape: Shape, part: Shape, at: usize) -> Result<Shape, Reject> {
        Ok(Shape {
            measure: shape.measure.with(part.measure, self.gate.limits(), at)?,
            layout: shape.layout.holding(part.layout),
            ..shape
        })
    }

    fn map(&self, key: ValType, value: ValType, at: usize) -> Result<Shape, Reject> {
        let plain = self.plain(key, at)?;
        let keys = [Primitive::F32, Primitive::F64, Primitive::ErrorContext];
        let never = keys.map(|ty| Some(super::value::primitive(ty)));
        if plain.is_none() || never.contains(&plain) {
            return Err(Reject::new(ErrorCode::MapKey, at));
        }
        let (key, value) = (self.part_shape(key, at)?, self.part_shape(value, at)?);
        if value.layout.has_handle() {
            return Err(Reject::new(ErrorCode::MapValue, at));
        }
        let shape = self.around(Shape::of(layout::MAP), key, at)?;
        self.around(shape, value, at)
    }

    /// The type as one that needs no definition, if it is that.
    fn plain(&self, ty: ValType, at: usize) -> Result<Option<Entity>, Reject> {
        let value = self.value_type(ty, at)?;
        if super::value::is_primitive(value) {
            return Ok(Some(value));
        }
        match self.defined_type(&self.unnamed(value.first))? {
            DefinedType::Primitive { ty } => Ok(Some(super::value::primitive(ty))),
            _ => Ok(None),
        }
    }

    fn handle(
        &self,
        layout: crate::read::component::ValueLayout,
        resource: u32,
        at: usize,
    ) -> Result<Shape, Reject> {
        self.resource_at(resource, at)?;
        let shape = Shape::of(layout);
        Ok(Shape {
            measure: shape.measure.with_resources(),
            layout: shape.layout.with_handle(),
            ..shape
        })
    }

    /// A resource of the innermost scope.
    pub(super) fn resource_at(&self, index: u32, at: usize) -> Result<TypeUse, Reject> {
        let ty = self.entity(Sort::Type, index).ty();
        match self.kind_of(ty) {
            Kind::Resource => Ok(ty),
            _ => Err(Reject::new(ErrorCode::NotAResource, at)),
        }
    }

    /// A handle to what other values come out of.
    fn channel(
        &self,
        layout: crate::read::component::ValueLayout,
        element: Option<ValType>,
        at: usize,
    ) -> Result<Shape, Reject> {
        let mut shape = Shape::of(layout);
        shape.layout = shape.layout.with_handle();
        if let Some(element) = element {
            self.without_borrow(element, at)?;
            let part = self.part_shape(element, at)?;
            let measure = shape.measure.with(part.measure, self.gate.limits(), at)?;
            // What is behind a handle is not passed with it.
            shape.measure = measure.with_pointers(false);
        }
        Ok(shape)
    }
}

/// The layout, if values are not too large.
fn sized(layout: Option<Layout>, at: usize) -> Result<Layout, Reject> {
    layout.ok_or(Reject::new(ErrorCode::ValueSize, at))
}
