//! Core types and functions: what they are, and whether two are the same.
//!
//! A core function is the space in which its type has an index, and that index: a core module, or the
//! scope of a component or type. So are tags. Of tables, memories and globals it is the space, and
//! where the type stands. Equal types have equal groups. Standard: section 3.3, "Matching", and
//! Component Model, `Explainer.md`, "Core Definitions".

use super::Full;
use super::record::{Entity, InterfaceKind};
use super::signature::Signature;
use super::storage::ComponentStorage;
use crate::profile::{Everything, Gate};
use crate::read::component::{CoreDefinition, CoreGroup, Declarator, ModuleDeclarator, Sort, read};
use crate::read::{CompositeType, Reader, SubType};
use crate::reject::{Detail, Reject};
use crate::spec::ErrorCode;
use crate::types::{RefType, ValType, ValTypes};
use crate::validate::List;

/// What marks a core type that is one of another space.
const ALIAS: u32 = 1 << 31;

/// What marks a type of modules.
const MODULE: u32 = 1 << 30;

/// The type of modules with an interface.
pub(super) fn module_type(interface: u32) -> Entity {
    Entity::new(Sort::CoreType, interface, MODULE)
}

/// Whether it is a type of modules.
pub(super) fn is_module_type(ty: Entity) -> bool {
    ty.second & (ALIAS | MODULE) == MODULE
}

/// A core type by the group that it is defined in.
pub(super) struct CoreDefined<'a> {
    space: u32,
    /// The index of the first type of the group.
    first: u32,
    position: u32,
    pub(super) group: CoreGroup<'a>,
}

impl<'a> CoreDefined<'a> {
    pub(super) fn in_space(space: u32, first: u32, position: u32, group: CoreGroup<'a>) -> Self {
        Self {
            space,
            first,
            position,
            group,
        }
    }

    /// The type itself.
    pub(super) fn ty(&self) -> Option<SubType<'a>> {
        self.group.iter().nth(self.position as usize)
    }

    /// The place within the group of the type with an index, if it is one of the group.
    fn inside(&self, index: u32) -> Option<u32> {
        let place = index.checked_sub(self.first)?;
        ((place as usize) < self.group.len()).then_some(place)
    }
}

/// The type of a core function.
pub(super) enum CoreFunc<'a> {
    /// A canonical definition has made it.
    Made(Signature),
    /// It is written in a group of so many types.
    Written {
        params: ValTypes<'a>,
        results: ValTypes<'a>,
        group: usize,
    },
}

impl<'a, G: Gate, S: ComponentStorage> Full<'a, '_, G, S> {
    /// Core types of a component, or of a type.
    pub(super) fn define_core_types(
        &mut self,
        group: &CoreGroup<'a>,
        at: usize,
    ) -> Result<(), Reject> {
        use crate::validate::component::scope::Scoping;
        let first = self.count(0, Sort::CoreType).unwrap_or(0);
        let known = first.saturating_add(group.len() as u32);
        for ty in group.iter() {
            let CompositeType::Func { params, results } = ty.composite else {
                // No gate admits the proposal.
                return Err(Reject::new(ErrorCode::MalformedType, at));
            };
            for ty in params.iter().chain(results.iter()) {
                self.known_core_type(ty, known, at)?;
            }
        }
        for position in 0..group.len() as u32 {
            self.define(Entity::new(Sort::CoreType, at as u32, position), at)?;
        }
        Ok(())
    }

    /// The type that a reference names is there.
    pub(super) fn known_core_type(&self, ty: ValType, known: u32, at: usize) -> Result<(), Reject> {
        let concrete = ty.as_ref_type().and_then(RefType::concrete);
        match concrete.filter(|index| *index >= known) {
            Some(index) => {
                let detail = Detail::OutOf(index.into(), known.into());
                Err(Reject::with(ErrorCode::UnknownType, at, detail))
            }
            None => Ok(()),
        }
    }

    /// A core type of a scope as an entity of another: types of modules stay what they are.
    pub(super) fn core_type_alias(&self, outwards: usize, index: u32) -> Entity {
        let entity = self.outer_entity(outwards, Sort::CoreType, index);
        if entity.second & (ALIAS | MODULE) != 0 {
            return entity;
        }
        let place = self.scopes.len().checked_sub(1 + outwards);
        let scope = place.and_then(|place| self.scopes.get(place));
        let interface = scope.map_or(0, |scope| scope.interface);
        Entity::new(Sort::CoreType, interface, index | ALIAS)
    }

    /// The interface of a type of modules.
    pub(super) fn module_type_at(&self, index: u32, at: usize) -> Result<u32, Reject> {
        let ty = self.entity(Sort::CoreType, index);
        match is_module_type(ty) {
            true => Ok(ty.first),
            false => Err(Reject::new(ErrorCode::NotAModuleType, at)),
        }
    }

    /// A function of a core type of the innermost scope.
    pub(super) fn core_func_of(&self, index: u32, at: usize) -> Result<Entity, Reject> {
        let space = self.scope().interface;
        let func = Entity::new(Sort::CoreFunc, space, index);
        match self.core_defined(space, index)?.and_then(|ty| ty.ty()) {
            Some(_) => Ok(func),
            None => Err(Reject::new(ErrorCode::NotAFunctionType, at)),
        }
    }

    /// The definition of a core type of a space; there is none of a type of modules.
    pub(super) fn core_defined(
        &self,
        mut space: u32,
        mut index: u32,
    ) -> Result<Option<CoreDefined<'a>>, Reject> {
        let mut interface = self.interface(space);
        if interface.kind != InterfaceKind::Module {
            let entity = self.type_of(space, Sort::CoreType, index);
            if entity.second & ALIAS == 0 {
                return self.written_core_type(space, index, entity);
            }
            (space, index) = (entity.first, entity.second & !ALIAS);
            interface = self.interface(space);
        }
        if interface.kind == InterfaceKind::Module {
            return self.module_core_type(space, index);
        }
        let entity = self.type_of(space, Sort::CoreType, index);
        self.written_core_type(space, index, entity)
    }

    fn written_core_type(
        &self,
        space: u32,
        index: u32,
        entity: Entity,
    ) -> Result<Option<CoreDefined<'a>>, Reject> {
        if entity.second & MODULE != 0 {
            return Ok(None);
        }
        let at = entity.first as usize;
        let mut reader = Reader::range(self.bytes, at..self.bytes.len());
        let definition = match self.interface(space).kind {
            InterfaceKind::Component => read(&mut reader, &Everything)?,
            InterfaceKind::ModuleType => match read(&mut reader, &Everything)? {
                ModuleDeclarator::Type { ty } => ty,
                _ => return Ok(None),
            },
            _ => match read(&mut reader, &Everything)? {
                Declarator::CoreType { ty } => ty,
                _ => return Ok(None),
            },
        };
        let (CoreDefinition::Group { group } | CoreDefinition::Sub { group }) = definition else {
            return Ok(None);
        };
        self.count_step(group.len());
        let position = entity.second;
        Ok(Some(CoreDefined {
            space,
            first: index.saturating_sub(position),
            position,
            group,
        }))
    }

    /// The type of a core function.
    pub(super) fn core_func(&self, func: Entity) -> Result<CoreFunc<'a>, Reject> {
        if let Some(signature) = Signature::made(func) {
            return Ok(CoreFunc::Made(signature));
        }
        if let Some(defined) = self.core_defined(func.first, func.second)?
            && let Some(ty) = defined.ty()
            && let CompositeType::Func { params, results } = ty.composite
        {
            return Ok(CoreFunc::Written {
                params,
                results,
                group: defined.group.len(),
            });
        }
        // All core functions have been looked up before.
        Ok(CoreFunc::Made(Signature::NONE))
    }

    /// Whether a core function of the innermost scope takes and gives this.
    pub(super) fn has_signature(
        &self,
        index: u32,
        signature: Signature,
        at: usize,
    ) -> Result<(), Reject> {
        let same = match self.core_func(self.entity(Sort::CoreFunc, index))? {
            CoreFunc::Made(made) => made == signature,
            CoreFunc::Written {
                params, results, ..
            } => params.iter().eq(signature.params()) && results.iter().eq(signature.results()),
        };
        match same {
            true => Ok(()),
            false => Err(Reject::new(ErrorCode::CoreSignature, at)),
        }
    }

    /// Whether two core functions are of the same type.
    pub(super) fn same_core_funcs(
        &mut self,
        one: Entity,
        other: Entity,
        at: usize,
    ) -> Result<bool, Reject> {
        let before = self.goals.len();
        self.pair(one, other, at)?;
        while let Some(goal) = self.next_goal(before, at)? {
            if !self.look_at_core_funcs(goal.actual, goal.expected, at)? {
                self.goals.truncate(before);
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn look_at_core_funcs(
        &mut self,
        one: Entity,
        other: Entity,
        at: usize,
    ) -> Result<bool, Reject> {
        if one == other {
            return Ok(true);
        }
        let (made, written) = match (Signature::made(one), Signature::made(other)) {
            (Some(one), Some(other)) => return Ok(one == other),
            (Some(made), None) => (made, other),
            (None, Some(made)) => (made, one),
            (None, None) => return self.look_at_groups(one, other, at),
        };
        Ok(match self.core_func(written)? {
            CoreFunc::Made(_) => false,
            CoreFunc::Written {
                params,
                results,
                group,
            } => group == 1 && params.iter().eq(made.params()) && results.iter().eq(made.results()),
        })
    }

    /// Equal groups have equal types at each place; those outside of the group are to be looked at.
    fn look_at_groups(&mut self, one: Entity, other: Entity, at: usize) -> Result<bool, Reject> {
        let one = self.core_defined(one.first, one.second)?;
        let other = self.core_defined(other.first, other.second)?;
        let (Some(one), Some(other)) = (one, other) else {
            return Ok(false);
        };
        if one.position != other.position || one.group.len() != other.group.len() {
            return Ok(false);
        }
        if (one.space, one.first) == (other.space, other.first) {
            return Ok(true);
        }
        for (left, right) in one.group.iter().zip(other.group.iter()) {
            let (
                CompositeType::Func { params, results },
                CompositeType::Func {
                    params: other_params,
                    results: other_results,
                },
            ) = (left.composite, right.composite)
            else {
                return Ok(false);
            };
            if params.len() != other_params.len() || results.len() != other_results.len() {
                return Ok(false);
            }
            self.step(params.len() + results.len(), at)?;
            let types = params.iter().chain(results.iter());
            for (left, right) in types.zip(other_params.iter().chain(other_results.iter())) {
                if !self.look_at_types(&one, left, &other, right, at)? {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    fn look_at_types(
        &mut self,
        one: &CoreDefined<'_>,
        left: ValType,
        other: &CoreDefined<'_>,
        right: ValType,
        at: usize,
    ) -> Result<bool, Reject> {
        let concrete = |ty: ValType| ty.as_ref_type().and_then(RefType::concrete);
        let (Some(index), Some(other_index)) = (concrete(left), concrete(right)) else {
            return Ok(left == right);
        };
        if left.renumber(|_| 0) != right.renumber(|_| 0) {
            return Ok(false);
        }
        match (one.inside(index), other.inside(other_index)) {
            (Some(place), Some(other_place)) => Ok(place == other_place),
            (None, None) => {
                let left = Entity::new(Sort::CoreFunc, one.space, index);
                let right = Entity::new(Sort::CoreFunc, other.space, other_index);
                self.pair(left, right, at)?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }
}
