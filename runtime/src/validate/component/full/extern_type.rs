//! What imports and exports say of their types.
//!
//! A type that is imported or exported gets another name, whatever it had before; an instance whose
//! type has resources gets resources of its own. Standard: Component Model, `Explainer.md`, "Import
//! and Export Definitions".

use super::Full;
use super::record::{Definition, Entity, Kind, Origin, TypeUse};
use super::shape::Measure;
use super::storage::ComponentStorage;
use crate::profile::Gate;
use crate::read::component::{ExternType, Sort, TypeBound, ValueBound};
use crate::reject::Reject;
use crate::spec::ErrorCode;
use crate::validate::List;

impl<G: Gate, S: ComponentStorage> Full<'_, '_, G, S> {
    /// What an import or export of such a type is; resources are of this origin.
    pub(super) fn extern_type(
        &mut self,
        ty: &ExternType,
        origin: Origin,
        at: usize,
    ) -> Result<Entity, Reject> {
        match *ty {
            ExternType::CoreModule { ty } => {
                let interface = self.module_type_at(ty.0, at)?;
                Ok(Entity::new(Sort::CoreModule, interface, 0))
            }
            ExternType::Func { ty } => {
                let ty = self.type_at(ty.0, Kind::Func, ErrorCode::NotAFunctionType, at)?;
                Ok(Entity::of(Sort::Func, ty))
            }
            ExternType::Value { bound } => match bound {
                ValueBound::Type { ty } => self.value_type(ty, at),
                ValueBound::Eq { value } => {
                    Ok(super::value::unused(self.entity(Sort::Value, value.0)))
                }
            },
            ExternType::Type { bound } => match bound {
                TypeBound::Eq { ty } => {
                    let ty = self.entity(Sort::Type, ty.0).ty();
                    self.name_type(ty, at)
                }
                TypeBound::SubResource => {
                    let resource = self.fresh(origin, at)?;
                    Ok(Entity::of(Sort::Type, TypeUse::of(resource)))
                }
            },
            ExternType::Component { ty } => {
                self.interface_at(ty.0, Kind::Component, ErrorCode::NotAComponentType, at)
            }
            ExternType::Instance { ty } => {
                self.interface_at(ty.0, Kind::Instance, ErrorCode::NotAnInstanceType, at)
            }
        }
    }

    /// A type of the innermost scope that must be of a kind.
    pub(super) fn type_at(
        &self,
        index: u32,
        kind: Kind,
        error: ErrorCode,
        at: usize,
    ) -> Result<TypeUse, Reject> {
        let ty = self.entity(Sort::Type, index).ty();
        match self.kind_of(ty) == kind {
            true => Ok(ty),
            false => Err(Reject::new(error, at)),
        }
    }

    /// An instance or component whose type has an index in the innermost scope.
    fn interface_at(
        &mut self,
        index: u32,
        kind: Kind,
        error: ErrorCode,
        at: usize,
    ) -> Result<Entity, Reject> {
        let ty = self.type_at(index, kind, error, at)?;
        let ty = self.resolve(ty, at)?;
        let sort = match kind {
            Kind::Component => Sort::Component,
            _ => Sort::Instance,
        };
        let interface = self.definition(ty.definition).place;
        Ok(Entity::new(sort, interface, ty.substitution))
    }

    /// Another name of a type.
    pub(super) fn name_type(&mut self, ty: TypeUse, at: usize) -> Result<Entity, Reject> {
        let definition = self.definition(ty.definition);
        let root = definition.root().unwrap_or(ty.definition);
        let name = Definition::name(ty, root, definition.measure.named(false));
        let number = self.add(name, at)?;
        Ok(Entity::of(Sort::Type, TypeUse::of(number)))
    }

    /// An instance of a type, with resources of its own in the place of those of the type.
    pub(super) fn with_own_resources(
        &mut self,
        instance: Entity,
        origin: Origin,
        at: usize,
    ) -> Result<Entity, Reject> {
        use super::record::InterfaceKind;
        let interface = self.interface(instance.first);
        if instance.sort != Sort::Instance
            || interface.kind != InterfaceKind::InstanceType
            || interface.resources == 0
        {
            return Ok(instance);
        }
        let start = self.pairs.len();
        for number in interface.first..interface.end {
            self.step(1, at)?;
            let definition = self.definition(number);
            if definition.kind == Kind::Resource && definition.place == instance.first {
                let own = self.fresh(origin, at)?;
                self.add_pair(TypeUse::of(number), TypeUse::of(own), at)?;
            }
        }
        let resources = self.pairs.len() - start;
        let own = self.close_pairs(start, resources, at)?;
        self.entity_under(instance, own, at)
    }

    /// The measure of something, as a part of what it is imported into or exported from.
    pub(super) fn measure(&self, entity: Entity) -> Measure {
        match entity.sort {
            Sort::Func | Sort::Type => self.definition(entity.first).measure,
            Sort::Value => self.shape(entity).measure,
            Sort::Component | Sort::Instance | Sort::CoreModule | Sort::CoreInstance => {
                self.interface(entity.first).measure
            }
            _ => Measure::ONE,
        }
    }
}
