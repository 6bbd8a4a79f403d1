//! Imports and exports of components and of their types, start functions and values.
//!
//! Standard: Component Model, `Explainer.md`, "Import and Export Definitions" and "Start
//! Definitions".

use super::Full;
use super::record::{Entity, Kind, Origin};
use super::storage::ComponentStorage;
use super::value::{result_of, used};
use crate::profile::Gate;
use crate::read::component::{
    DefinedType, Export, ExternName, ExternType, Import, Sort, Start, ValueDefinition,
};
use crate::reject::Reject;
use crate::spec::ErrorCode;
use crate::validate::List;

impl<'a, G: Gate, S: ComponentStorage> Full<'a, '_, G, S> {
    pub(super) fn define_import(&mut self, import: &Import<'a>, at: usize) -> Result<(), Reject> {
        let entity = self.extern_type(&import.ty, Origin::Imported, at)?;
        let entity = self.with_own_resources(entity, Origin::Imported, at)?;
        self.define(entity, at)?;
        self.show(entity, true, at)?;
        self.add_member(&import.name, entity, true, at)
    }

    /// An export that a type declares.
    pub(super) fn declare_export(
        &mut self,
        name: &ExternName<'a>,
        ty: &ExternType,
        at: usize,
    ) -> Result<(), Reject> {
        let entity = self.extern_type(ty, Origin::Defined, at)?;
        let entity = self.with_own_resources(entity, Origin::Defined, at)?;
        self.add_export(name, entity, at)
    }

    pub(super) fn define_export(&mut self, export: &Export<'a>, at: usize) -> Result<(), Reject> {
        let mut entity = self.item(&export.item, at)?;
        if entity.sort == Sort::Type {
            entity = self.name_type(entity.ty(), at)?;
        }
        if let Some(ty) = &export.ty {
            let ascribed = self.extern_type(ty, Origin::Defined, at)?;
            let mark = self.mark();
            if !self.matches(super::value::unused(entity), ascribed, at)? {
                return Err(Reject::new(ErrorCode::TypeMismatch, at));
            }
            self.forget(mark);
            entity = self.with_own_resources(ascribed, Origin::Defined, at)?;
        }
        self.add_export(&export.name, entity, at)
    }

    fn add_export(
        &mut self,
        name: &ExternName<'a>,
        entity: Entity,
        at: usize,
    ) -> Result<(), Reject> {
        match entity.sort {
            Sort::Value if self.shape(entity).layout.has_borrow() => {
                return Err(Reject::new(ErrorCode::Borrow, at));
            }
            Sort::Value => self.define(used(entity), at)?,
            _ => self.define(entity, at)?,
        }
        self.show(entity, false, at)?;
        self.add_member(name, entity, false, at)
    }

    pub(super) fn define_start(&mut self, start: &Start<'a>, at: usize) -> Result<(), Reject> {
        let mut scope = self.scope();
        if scope.started {
            return Err(Reject::new(ErrorCode::SecondStart, at));
        }
        scope.started = true;
        self.scopes.set_last(scope);
        let func = self.resolve(self.entity(Sort::Func, start.func.0).ty(), at)?;
        let definition = self.definition(func.definition);
        let (DefinedType::Func { params, result } | DefinedType::AsyncFunc { params, result }) =
            self.defined_type(&definition)?
        else {
            return Err(Reject::new(ErrorCode::NotAFunctionType, at));
        };
        let result = result_of(&result);
        if params.len() != start.args.len() || u32::from(result.is_some()) != start.results {
            return Err(Reject::new(ErrorCode::StartFunction, at));
        }
        for (param, arg) in params.iter().zip(start.args.iter()) {
            let actual = super::value::unused(self.take_value(arg.0, at)?);
            let expected = self.any_part(param.ty, definition.scope, func.substitution, at)?;
            if !self.matches(actual, expected, at)? {
                return Err(Reject::new(ErrorCode::TypeMismatch, at));
            }
        }
        match result {
            Some(result) => {
                let value = self.any_part(result, definition.scope, func.substitution, at)?;
                self.define(value, at)
            }
            None => Ok(()),
        }
    }

    pub(super) fn define_value(
        &mut self,
        value: &ValueDefinition<'a>,
        at: usize,
    ) -> Result<(), Reject> {
        let ty = self.value_type(value.ty, at)?;
        self.is_content(ty, value.content, at)?;
        self.define(ty, at)
    }

    /// A function of the innermost scope, and its type.
    pub(super) fn func_type_at(
        &self,
        index: u32,
        at: usize,
    ) -> Result<super::record::TypeUse, Reject> {
        self.type_at(index, Kind::Func, ErrorCode::NotAFunctionType, at)
    }
}
