//! Subtyping: whether one thing can be given where another is wanted.
//!
//! An instance may export more than is wanted; a component may import less and export more. Types of
//! values and functions must be the same, and resources, too. Everything is a conjunction, so that
//! pairs are looked at in any order, from a list. Standard: Component Model, `Subtyping.md`; like
//! all who run components, this does not relate types of values that differ.

use super::Full;
use super::matching::Given;
use super::module::Cursor;
use super::record::{Entity, Goal, Kind, TypeUse};
use super::storage::ComponentStorage;
use super::value::{Value, result_of};
use crate::profile::Gate;
use crate::read::component::{DefinedType, Sort, ValType};
use crate::reject::Reject;
use crate::validate::List;

impl<'a, G: Gate, S: ComponentStorage> Full<'a, '_, G, S> {
    /// Whether one thing can be given where another is wanted.
    pub(super) fn matches(
        &mut self,
        actual: Entity,
        expected: Entity,
        at: usize,
    ) -> Result<bool, Reject> {
        let before = self.goals.len();
        self.pair(actual, expected, at)?;
        self.all_match(before, at)
    }

    /// Whether that is so of all pairs behind so many.
    pub(super) fn all_match(&mut self, before: usize, at: usize) -> Result<bool, Reject> {
        while let Some(goal) = self.next_goal(before, at)? {
            if !self.look_at_pair(goal, at)? {
                self.goals.truncate(before);
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn look_at_pair(&mut self, goal: Goal, at: usize) -> Result<bool, Reject> {
        let Goal { actual, expected } = goal;
        if actual == expected {
            return Ok(true);
        }
        if actual.sort != expected.sort {
            return Ok(false);
        }
        match actual.sort {
            Sort::Type => self.look_at_kinds(actual.ty(), expected.ty(), at),
            Sort::Func => self.look_at_funcs(actual.ty(), expected.ty(), at),
            Sort::Value => self.look_at_values(actual, expected, at),
            Sort::Instance => self.look_at_instances(actual, expected, at),
            Sort::Component => self.look_at_components(actual, expected, at),
            Sort::CoreModule => self.modules_match(actual.first, expected.first, at),
            _ => self.core_matches(actual, expected, at),
        }
    }

    fn look_at_kinds(
        &mut self,
        actual: TypeUse,
        expected: TypeUse,
        at: usize,
    ) -> Result<bool, Reject> {
        let (actual, expected) = (self.resolve(actual, at)?, self.resolve(expected, at)?);
        let left = self.definition(actual.definition);
        let right = self.definition(expected.definition);
        if left.kind != right.kind {
            return Ok(false);
        }
        let sort = match left.kind {
            Kind::Resource => return self.same_resources(actual, expected, at),
            Kind::Value => {
                let actual = Entity::of(Sort::Value, actual);
                return self.look_at_values(actual, Entity::of(Sort::Value, expected), at);
            }
            Kind::Func => return self.look_at_funcs(actual, expected, at),
            Kind::Instance => Sort::Instance,
            Kind::Component => Sort::Component,
            // `resolve` leaves none.
            Kind::Name => return Ok(false),
        };
        let actual = Entity::new(sort, left.place, actual.substitution);
        let expected = Entity::new(sort, right.place, expected.substitution);
        self.pair(actual, expected, at)?;
        Ok(true)
    }

    fn same_resources(
        &mut self,
        actual: TypeUse,
        expected: TypeUse,
        at: usize,
    ) -> Result<bool, Reject> {
        let (actual, expected) = (self.resolve(actual, at)?, self.resolve(expected, at)?);
        let left = self.resource(actual.definition, actual.substitution, at)?;
        Ok(left == self.resource(expected.definition, expected.substitution, at)?)
    }

    fn look_at_funcs(
        &mut self,
        actual: TypeUse,
        expected: TypeUse,
        at: usize,
    ) -> Result<bool, Reject> {
        let (actual, expected) = (self.resolve(actual, at)?, self.resolve(expected, at)?);
        if actual == expected {
            return Ok(true);
        }
        let left = self.definition(actual.definition);
        let right = self.definition(expected.definition);
        let types = (self.defined_type(&left)?, self.defined_type(&right)?);
        let (params, results) = match types {
            (
                DefinedType::Func { params, result },
                DefinedType::Func {
                    params: others,
                    result: other,
                },
            )
            | (
                DefinedType::AsyncFunc { params, result },
                DefinedType::AsyncFunc {
                    params: others,
                    result: other,
                },
            ) => ((params, others), (result_of(&result), result_of(&other))),
            _ => return Ok(false),
        };
        if params.0.len() != params.1.len() {
            return Ok(false);
        }
        let scopes = [
            (left.scope, actual.substitution),
            (right.scope, expected.substitution),
        ];
        for (param, other) in params.0.iter().zip(params.1.iter()) {
            if param.name != other.name {
                return Ok(false);
            }
            self.pair_parts(param.ty, other.ty, scopes, at)?;
        }
        self.pair_options(results.0, results.1, scopes, at)
    }

    /// Two parts of definitions shall be the same.
    fn pair_parts(
        &mut self,
        left: ValType,
        right: ValType,
        [(scope, substitution), (other_scope, other_substitution)]: [(u32, u32); 2],
        at: usize,
    ) -> Result<(), Reject> {
        let left = self.any_part(left, scope, substitution, at)?;
        let right = self.any_part(right, other_scope, other_substitution, at)?;
        self.pair(left, right, at)
    }

    /// Both are there, and shall be the same, or neither is.
    fn pair_options(
        &mut self,
        left: Option<ValType>,
        right: Option<ValType>,
        scopes: [(u32, u32); 2],
        at: usize,
    ) -> Result<bool, Reject> {
        match (left, right) {
            (Some(left), Some(right)) => {
                self.pair_parts(left, right, scopes, at)?;
                Ok(true)
            }
            (None, None) => Ok(true),
            _ => Ok(false),
        }
    }

    fn look_at_values(
        &mut self,
        actual: Entity,
        expected: Entity,
        at: usize,
    ) -> Result<bool, Reject> {
        let (ty, other, scopes) = match (self.value(actual, at)?, self.value(expected, at)?) {
            (Value::Primitive(left), Value::Primitive(right)) => return Ok(left == right),
            (
                Value::Defined {
                    ty,
                    scope,
                    substitution,
                },
                Value::Defined {
                    ty: other,
                    scope: other_scope,
                    substitution: other_substitution,
                },
            ) => {
                let scopes = [(scope, substitution), (other_scope, other_substitution)];
                (ty, other, scopes)
            }
            _ => return Ok(false),
        };
        self.look_at_parts_of(&ty, &other, scopes, at)
    }

    fn look_at_parts_of(
        &mut self,
        left: &DefinedType<'a>,
        right: &DefinedType<'a>,
        scopes: [(u32, u32); 2],
        at: usize,
    ) -> Result<bool, Reject> {
        use DefinedType as D;
        match (*left, *right) {
            (D::Record { fields }, D::Record { fields: others }) => {
                if fields.len() != others.len() {
                    return Ok(false);
                }
                for (field, other) in fields.iter().zip(others.iter()) {
                    if field.name != other.name {
                        return Ok(false);
                    }
                    self.pair_parts(field.ty, other.ty, scopes, at)?;
                }
                Ok(true)
            }
            (D::Variant { cases }, D::Variant { cases: others }) => {
                if cases.len() != others.len() {
                    return Ok(false);
                }
                for (case, other) in cases.iter().zip(others.iter()) {
                    if case.name != other.name
                        || !self.pair_options(case.ty, other.ty, scopes, at)?
                    {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (D::Tuple { types }, D::Tuple { types: others }) => {
                if types.len() != others.len() {
                    return Ok(false);
                }
                for (ty, other) in types.iter().zip(others.iter()) {
                    self.pair_parts(ty, other, scopes, at)?;
                }
                Ok(true)
            }
            (D::Flags { labels }, D::Flags { labels: others })
            | (D::Enum { labels }, D::Enum { labels: others }) => {
                self.step(labels.len(), at)?;
                Ok(labels.iter().eq(others.iter()))
            }
            (
                D::FixedList { element, length },
                D::FixedList {
                    element: other,
                    length: others,
                },
            ) => {
                self.pair_parts(element, other, scopes, at)?;
                Ok(length == others)
            }
            (D::List { element }, D::List { element: other })
            | (D::Option { ty: element }, D::Option { ty: other }) => {
                self.pair_parts(element, other, scopes, at)?;
                Ok(true)
            }
            (
                D::Map { key, value },
                D::Map {
                    key: other_key,
                    value: other_value,
                },
            ) => {
                self.pair_parts(key, other_key, scopes, at)?;
                self.pair_parts(value, other_value, scopes, at)?;
                Ok(true)
            }
            (
                D::Result { ok, err },
                D::Result {
                    ok: other_ok,
                    err: other_err,
                },
            ) => Ok(self.pair_options(ok, other_ok, scopes, at)?
                && self.pair_options(err, other_err, scopes, at)?),
            (D::Stream { element: ty }, D::Stream { element: other })
            | (D::Future { ty }, D::Future { ty: other }) => {
                self.pair_options(ty, other, scopes, at)
            }
            (D::Own { resource }, D::Own { resource: other })
            | (D::Borrow { resource }, D::Borrow { resource: other }) => {
                let [(scope, substitution), (other_scope, other_substitution)] = scopes;
                let left = self.type_of(scope, Sort::Type, resource.0).ty();
                let left = self.under(left, substitution, at)?;
                let right = self.type_of(other_scope, Sort::Type, other.0).ty();
                let right = self.under(right, other_substitution, at)?;
                self.same_resources(left, right, at)
            }
            _ => Ok(false),
        }
    }

    fn look_at_instances(
        &mut self,
        actual: Entity,
        expected: Entity,
        at: usize,
    ) -> Result<bool, Reject> {
        let given = Given::Members {
            interface: actual.first,
            substitution: actual.second,
            import: false,
        };
        self.give(expected.first, expected.second, false, given, at)
    }

    /// What the wanted component imports must be enough for the actual one, and what that exports
    /// then must be enough for the wanted one.
    fn look_at_components(
        &mut self,
        actual: Entity,
        expected: Entity,
        at: usize,
    ) -> Result<bool, Reject> {
        let given = |entity: Entity, import| Given::Members {
            interface: entity.first,
            substitution: entity.second,
            import,
        };
        let imports = given(expected, true);
        let inner = self.match_resources(actual.first, actual.second, true, imports, at)?;
        let actual = self.entity_under(actual, inner, at)?;
        if !self.give(actual.first, actual.second, true, imports, at)? {
            return Ok(false);
        }
        let exports = given(actual, false);
        let inner = self.match_resources(expected.first, expected.second, false, exports, at)?;
        let expected = self.entity_under(expected, inner, at)?;
        self.give(expected.first, expected.second, false, exports, at)
    }

    /// A core module imports no more than is wanted, and exports no less.
    fn modules_match(&mut self, actual: u32, expected: u32, at: usize) -> Result<bool, Reject> {
        let mut imports = Cursor::default();
        while let Some(import) = self.core_member(actual, true, &mut imports)? {
            let mut others = Cursor::default();
            let mut found = None;
            while let Some(other) = self.core_member(expected, true, &mut others)? {
                self.step(1, at)?;
                if (other.module, other.name) == (import.module, import.name) {
                    found = Some(other.entity);
                    break;
                }
            }
            match found {
                Some(found) if self.core_matches(found, import.entity, at)? => {}
                _ => return Ok(false),
            }
        }
        let mut exports = Cursor::default();
        while let Some(export) = self.core_member(expected, false, &mut exports)? {
            match self.core_export(actual, export.name, at)? {
                Some(found) if self.core_matches(found, export.entity, at)? => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    }
}
