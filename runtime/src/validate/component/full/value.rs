//! Values and their types: reading a definition again, and what it consists of.
//!
//! A value is its type and whether it was used; a type that needs no definition is a number of its own
//! kind, any other is looked up where it was defined. Standard: Component Model, `Explainer.md`, "Type
//! Definitions" and "Value Definitions".

use super::Full;
use super::record::{Definition, Entity, InterfaceKind, Kind, TypeUse};
use super::shape::Shape;
use super::storage::ComponentStorage;
use crate::profile::{Everything, Gate};
use crate::read::Reader;
use crate::read::component::{
    Case, Declarator, DefinedType, Field, ListIter, Primitive, ResultList, Sort, ValType, read,
};
use crate::reject::Reject;
use crate::spec::ErrorCode;

/// What marks a value whose type needs no definition; the rest of the number says which.
const PRIMITIVE: u32 = 1 << 31;

/// Bytes that are read again in a step.
const A_STEP: usize = 8;

/// What marks a value that was used.
const USED: u32 = 1 << 31;

/// Whether a value's type needs no definition.
pub(super) fn is_primitive(value: Entity) -> bool {
    value.first & PRIMITIVE != 0
}

/// A value of a type that needs no definition.
pub(super) fn primitive(ty: Primitive) -> Entity {
    Entity::new(Sort::Value, PRIMITIVE | ty as u32, 0)
}

/// The value as one that was used.
pub(super) fn used(value: Entity) -> Entity {
    Entity {
        second: value.second | USED,
        ..value
    }
}

/// Another value of the same type, which was not used.
pub(super) fn unused(value: Entity) -> Entity {
    Entity {
        second: value.second & !USED,
        ..value
    }
}

/// Whether the value was used.
pub(super) fn is_used(value: Entity) -> bool {
    value.second & USED != 0
}

/// A type of values, as it is compared with others.
pub(super) enum Value<'a> {
    Primitive(Primitive),
    Defined {
        ty: DefinedType<'a>,
        scope: u32,
        substitution: u32,
    },
}

/// The types of values that a definition has in it, in order; resources are none.
pub(super) struct Parts<'a> {
    fields: Option<ListIter<'a, Field<'a>>>,
    cases: Option<ListIter<'a, Case<'a>>>,
    types: Option<ListIter<'a, ValType>>,
    others: [Option<ValType>; 2],
}

impl<'a> Parts<'a> {
    pub(super) fn of(ty: &DefinedType<'a>) -> Self {
        let mut parts = Self {
            fields: None,
            cases: None,
            types: None,
            others: [None; 2],
        };
        match *ty {
            DefinedType::Record { fields } => parts.fields = Some(fields.iter()),
            DefinedType::Variant { cases } => parts.cases = Some(cases.iter()),
            DefinedType::Tuple { types } => parts.types = Some(types.iter()),
            DefinedType::List { element } | DefinedType::FixedList { element, .. } => {
                parts.others = [Some(element), None];
            }
            DefinedType::Option { ty } => parts.others = [Some(ty), None],
            DefinedType::Result { ok, err } => parts.others = [ok, err],
            DefinedType::Stream { element } => parts.others = [element, None],
            DefinedType::Future { ty } => parts.others = [ty, None],
            DefinedType::Map { key, value } => parts.others = [Some(key), Some(value)],
            DefinedType::Func { params, result } | DefinedType::AsyncFunc { params, result } => {
                parts.fields = Some(params.iter());
                parts.others = [result_of(&result), None];
            }
            DefinedType::Primitive { .. }
            | DefinedType::Flags { .. }
            | DefinedType::Enum { .. }
            | DefinedType::Own { .. }
            | DefinedType::Borrow { .. }
            | DefinedType::Component { .. }
            | DefinedType::Instance { .. }
            | DefinedType::Resource { .. } => {}
        }
        parts
    }
}

impl Iterator for Parts<'_> {
    type Item = ValType;

    fn next(&mut self) -> Option<ValType> {
        if let Some(field) = self.fields.as_mut().and_then(Iterator::next) {
            return Some(field.ty);
        }
        while let Some(case) = self.cases.as_mut().and_then(Iterator::next) {
            if case.ty.is_some() {
                return case.ty;
            }
        }
        if let Some(ty) = self.types.as_mut().and_then(Iterator::next) {
            return Some(ty);
        }
        let [first, second] = &mut self.others;
        first.take().or_else(|| second.take())
    }
}

/// The type of a result, if there is one.
pub(super) fn result_of(result: &ResultList) -> Option<ValType> {
    match result {
        ResultList::One { ty } => Some(*ty),
        ResultList::None => None,
    }
}

impl<'a, G: Gate, S: ComponentStorage> Full<'a, '_, G, S> {
    /// Reads the definition of a type again that was read before.
    pub(super) fn defined_type(&self, definition: &Definition) -> Result<DefinedType<'a>, Reject> {
        let at = definition.place as usize;
        let mut reader = Reader::range(self.bytes, at..self.bytes.len());
        let defined = match self.interface(definition.scope).kind {
            InterfaceKind::Component => read(&mut reader, &Everything)?,
            _ => match read(&mut reader, &Everything)? {
                Declarator::Type { ty } => ty,
                // Nothing else has made the record.
                _ => return Err(Reject::new(ErrorCode::MalformedDeclarator, at)),
            },
        };
        self.count_step((reader.position() - at) / A_STEP);
        Ok(defined)
    }

    /// A type of values in the innermost scope, as an entity.
    pub(super) fn value_type(&self, ty: ValType, at: usize) -> Result<Entity, Reject> {
        match ty {
            ValType::Primitive(ty) => Ok(primitive(ty)),
            ValType::Type(index) => {
                let ty = self.entity(Sort::Type, index.0).ty();
                match self.kind_of(ty) {
                    Kind::Value => Ok(Entity::of(Sort::Value, ty)),
                    _ => Err(Reject::new(ErrorCode::NotAValueType, at)),
                }
            }
        }
    }

    /// A part of a definition in a scope, under a substitution.
    pub(super) fn part(
        &mut self,
        ty: ValType,
        scope: u32,
        substitution: u32,
        at: usize,
    ) -> Result<Option<Entity>, Reject> {
        match ty {
            ValType::Primitive(_) => Ok(None),
            ValType::Type(index) => {
                let ty = self.type_of(scope, Sort::Type, index.0).ty();
                let ty = self.under(ty, substitution, at)?;
                Ok(Some(Entity::of(Sort::Value, ty)))
            }
        }
    }

    /// The same; what needs no definition is an entity, too.
    pub(super) fn any_part(
        &mut self,
        ty: ValType,
        scope: u32,
        substitution: u32,
        at: usize,
    ) -> Result<Entity, Reject> {
        match ty {
            ValType::Primitive(ty) => Ok(primitive(ty)),
            ValType::Type(index) => {
                let ty = self.type_of(scope, Sort::Type, index.0).ty();
                Ok(Entity::of(Sort::Value, self.under(ty, substitution, at)?))
            }
        }
    }

    /// What kind of type it is, whatever its names.
    pub(super) fn kind_of(&self, ty: TypeUse) -> Kind {
        self.unnamed(ty.definition).kind
    }

    /// The definition behind all names of a type.
    pub(super) fn unnamed(&self, number: u32) -> Definition {
        let definition = self.definition(number);
        match definition.root() {
            Some(root) => self.definition(root),
            None => definition,
        }
    }

    /// The type of a value, names and what only names another apart.
    pub(super) fn value(&mut self, value: Entity, at: usize) -> Result<Value<'a>, Reject> {
        if is_primitive(value) {
            let ty = Primitive::ALL.get((value.first & !PRIMITIVE) as usize);
            return Ok(Value::Primitive(ty.copied().unwrap_or(Primitive::Bool)));
        }
        let ty = self.resolve(unused(value).ty(), at)?;
        let definition = self.definition(ty.definition);
        Ok(match self.defined_type(&definition)? {
            DefinedType::Primitive { ty } => Value::Primitive(ty),
            defined => Value::Defined {
                ty: defined,
                scope: definition.scope,
                substitution: ty.substitution,
            },
        })
    }

    /// What is kept of the type of a value.
    pub(super) fn shape(&self, value: Entity) -> Shape {
        if is_primitive(value) {
            let ty = Primitive::ALL.get((value.first & !PRIMITIVE) as usize);
            return Shape::primitive(ty.copied().unwrap_or(Primitive::Bool));
        }
        let definition = self.unnamed(value.first);
        Shape {
            measure: definition.measure,
            layout: definition.layout,
            flat: definition.flat,
        }
    }

    /// Takes a value of the innermost scope, which nobody has taken before.
    pub(super) fn take_value(&mut self, index: u32, at: usize) -> Result<Entity, Reject> {
        let value = self.entity(Sort::Value, index);
        if is_used(value) {
            return Err(Reject::new(ErrorCode::UsedValue, at));
        }
        self.set_entity(index, used(value));
        Ok(value)
    }

    /// All values of the innermost scope were taken.
    pub(super) fn values_are_used(&mut self, at: usize) -> Result<(), Reject> {
        use crate::validate::component::scope::Scoping;
        let count = self.count(0, Sort::Value).unwrap_or(0);
        match (0..count).all(|index| is_used(self.entity(Sort::Value, index))) {
            true => Ok(()),
            false => Err(Reject::new(ErrorCode::UnusedValue, at)),
        }
    }
}
