//! Aliases: what an instance exports, and what a scope further out has, under an index here.
//!
//! An alias is another entry of an index space, and costs no more: what it stands for is found once,
//! when it is defined. Standard: Component Model, `Explainer.md`, "Alias Definitions".

use super::Full;
use super::record::Entity;
use super::storage::ComponentStorage;
use crate::profile::Gate;
use crate::read::component::{Alias, AliasTarget, CoreAlias, CoreAliasTarget, Sort};
use crate::reject::Reject;
use crate::spec::ErrorCode;
use crate::validate::List;

impl<'a, G: Gate, S: ComponentStorage> Full<'a, '_, G, S> {
    pub(super) fn define_alias(&mut self, alias: &Alias<'a>, at: usize) -> Result<(), Reject> {
        let sort = alias.sort;
        if !self.scope().is_component() {
            let permitted = match alias.target {
                AliasTarget::Export { .. } => matches!(sort, Sort::Type | Sort::Instance),
                AliasTarget::Outer { .. } => matches!(sort, Sort::Type | Sort::CoreType),
                AliasTarget::CoreExport { .. } => false,
            };
            if !permitted {
                return Err(Reject::new(ErrorCode::AliasSort, at));
            }
        }
        let entity = match alias.target {
            AliasTarget::Export { instance, name } => {
                let instance = self.entity(Sort::Instance, instance.0);
                let exports = self.interface(instance.first);
                let found = self.member(&exports, false, name.as_bytes(), at)?;
                let found = found.ok_or(Reject::new(ErrorCode::UnknownExport, at))?;
                self.entity_under(found.entity, instance.second, at)?
            }
            AliasTarget::CoreExport { instance, name } => {
                let instance = self.entity(Sort::CoreInstance, instance.0);
                let found = self.core_export(instance.first, name.as_bytes(), at)?;
                found.ok_or(Reject::new(ErrorCode::UnknownExport, at))?
            }
            AliasTarget::Outer { count, index } => self.outer(sort, count, index, at)?,
        };
        if entity.sort != sort {
            return Err(Reject::new(ErrorCode::ExportSort, at));
        }
        match sort {
            Sort::Value => self.define(super::value::unused(entity), at),
            _ => self.define(entity, at),
        }
    }

    /// Something of a scope further out. A component takes from around it only what mentions no
    /// resource.
    fn outer(&mut self, sort: Sort, count: u32, index: u32, at: usize) -> Result<Entity, Reject> {
        let outwards = count as usize;
        if sort == Sort::CoreType {
            return Ok(self.core_type_alias(outwards, index));
        }
        let entity = self.outer_entity(outwards, sort, index);
        let inner = self.scopes.len().checked_sub(outwards);
        let inner = inner.and_then(|place| self.scopes.get(place));
        if sort == Sort::Type
            && inner.is_some_and(|scope| scope.is_component())
            && !self.is_closed(entity.ty(), at)?
        {
            return Err(Reject::new(ErrorCode::OuterResource, at));
        }
        Ok(entity)
    }

    /// An alias within a type of modules: a core type.
    pub(super) fn define_core_alias(&mut self, alias: &CoreAlias, at: usize) -> Result<(), Reject> {
        let CoreAliasTarget::Outer { count, index } = alias.target;
        let ty = self.core_type_alias(count as usize, index);
        match alias.sort.0 == Sort::CoreType && !super::core_type::is_module_type(ty) {
            true => self.define(ty, at),
            false => Err(Reject::new(ErrorCode::AliasSort, at)),
        }
    }
}
