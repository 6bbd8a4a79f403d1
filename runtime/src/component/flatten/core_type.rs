//! Core types of a scope, and the types of the core modules that are imported.
//!
//! Types of functions get the engine's numbers where they are defined, so that the linker compares
//! numbers. Types of modules are kept as bytes with their scope, as those of instances, and are read
//! when a module of such a type is imported. Standard: Component Model, `Explainer.md`, "Core
//! Definitions".

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::scope::{CoreType, ScopeId, found};
use super::{Pass, push};
use crate::component::module_type::ModuleType;
use crate::engine::entity_type::EntityType;
use crate::engine::registry::held::ModuleTypes;
use crate::error::Result;
use crate::read::ImportType;
use crate::read::component::{
    CoreAliasTarget, CoreDefinition, CoreGroup, CoreTypeIdx, Declarators, ModuleDeclarator,
};
use crate::types::{GlobalType, TableType, TypeId, TypeIdx};

impl<'a> Pass<'a, '_> {
    /// Adds what a definition stands for to the scope.
    pub(super) fn core_type(&mut self, ty: CoreDefinition<'a>) -> Result<()> {
        match ty {
            CoreDefinition::Module { declarators } => {
                let ty = CoreType::Module(declarators, self.current()?.scope);
                push(&mut self.scope()?.core_types, ty)?;
            }
            CoreDefinition::Group { group } | CoreDefinition::Sub { group } => {
                let scope = self.current()?.scope;
                let mut types = core::mem::take(&mut self.scope()?.core_types);
                self.group(&group, &mut types)?;
                found(self.scopes.get_mut(scope), "scope")?.core_types = types;
            }
        }
        Ok(())
    }

    /// Adds the types of a group to those of a scope, or of a type of modules.
    fn group(&mut self, group: &CoreGroup<'a>, types: &mut Vec<CoreType<'a>>) -> Result<()> {
        self.count_steps(group.len())?;
        let number = |ty: TypeIdx| func(types, ty).unwrap_or_default();
        let first = types.len() as u32;
        let held = ModuleTypes::group(self.engine, group, first, number)?;
        for id in held.ids() {
            push(types, CoreType::Func(*id))?;
        }
        push(&mut self.plan.core_types, held)?;
        Ok(())
    }

    /// The place of a type of modules in the plan.
    pub(super) fn module_type(&mut self, index: CoreTypeIdx) -> Result<u32> {
        let CoreType::Module(declarators, around) = self.scope()?.core_type(index.0)? else {
            return found(None, "type of core modules");
        };
        let ty = self.read_module_type(declarators, around)?;
        let place = self.plan.module_types.len() as u32;
        push(&mut self.plan.module_types, ty)?;
        Ok(place)
    }

    fn read_module_type(
        &mut self,
        declarators: Declarators<'a>,
        around: ScopeId,
    ) -> Result<ModuleType> {
        let mut types = Vec::new();
        let mut ty = ModuleType::default();
        for declarator in declarators.iter_module() {
            self.count_steps(1)?;
            match declarator? {
                ModuleDeclarator::Type { ty } => match ty {
                    CoreDefinition::Group { group } | CoreDefinition::Sub { group } => {
                        self.group(&group, &mut types)?;
                    }
                    CoreDefinition::Module { .. } => return found(None, "type of core functions"),
                },
                ModuleDeclarator::Alias { alias } => {
                    let CoreAliasTarget::Outer { count, index } = alias.target;
                    let aliased = match count.checked_sub(1) {
                        None => found(types.get(index as usize).copied(), "core type")?,
                        Some(count) => {
                            let scope = self.outer(around, count)?;
                            found(self.scopes.get(scope), "scope")?.core_type(index)?
                        }
                    };
                    push(&mut types, aliased)?;
                }
                ModuleDeclarator::Import { import } => {
                    let names = (Box::from(import.module), Box::from(import.name));
                    ty.imports.insert(names, entity(&types, import.ty)?);
                }
                ModuleDeclarator::Export { name, ty: exported } => {
                    ty.exports.insert(name.into(), entity(&types, exported)?);
                }
            }
        }
        Ok(ty)
    }
}

/// The type of an import or export with the engine's numbers.
fn entity(types: &[CoreType<'_>], ty: ImportType) -> Result<EntityType> {
    let number = |ty: TypeIdx| found(func(types, ty), "type of core functions");
    // References name types that the validator has found; others have the number of none.
    let renumber = |ty: u32| func(types, TypeIdx(ty)).unwrap_or_default().0;
    Ok(match ty {
        ImportType::Func(ty) => EntityType::Func(number(ty)?),
        ImportType::Tag(ty) => EntityType::Tag(number(ty.func)?),
        ImportType::Memory(ty) => EntityType::Memory(ty),
        ImportType::Table(ty) => EntityType::Table(TableType {
            element: ty.element.renumber(renumber),
            ..ty
        }),
        ImportType::Global(ty) => EntityType::Global(GlobalType {
            content: ty.content.renumber(renumber),
            ..ty
        }),
    })
}

/// The engine's number of a type of functions.
fn func(types: &[CoreType<'_>], ty: TypeIdx) -> Option<TypeId> {
    match types.get(ty.0 as usize)? {
        CoreType::Func(id) => Some(*id),
        CoreType::Module(..) => None,
    }
}
