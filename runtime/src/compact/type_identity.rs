//! Types of different modules: which are the same.
//!
//! Equal types have one number in a store. Two are equal when they have the same place in groups
//! that are: of the same number of types with the same parameters and results, in which other
//! types of the groups stand at the same places, and types outside of them have the same number.
//! Standard: section 3.1.2, "Rolling and Unrolling".

use super::instance::Instance;
use super::state::State;
use crate::profile::Profile;
use crate::spec::Proposal;
use crate::types::{RefType, TypeId, TypeIdx, ValType};
use crate::validate::TypeDef;

impl<'m, P: Profile> State<'m, '_, P> {
    /// The number that a type of an instance gets, whose earlier types have theirs.
    pub(crate) fn number_type(&self, own: &Instance<'m>, ty: u32) -> TypeId {
        let def = own.ty(TypeIdx(ty));
        if def.canonical != ty {
            return self.number_of(own, def.canonical);
        }
        // It follows from the number of the first type of its group.
        let grouped = P::PROPOSALS.contains(Proposal::FunctionReferences);
        if grouped && def.group != ty {
            let first = self.number_of(own, def.group);
            return TypeId(first.0.wrapping_add(ty.wrapping_sub(def.group)));
        }
        for index in 0..own.index {
            let Some(other) = self.instances.get(index as usize) else {
                continue;
            };
            for first in 0..other.types() {
                let same = if grouped {
                    self.is_same_group((own, ty), (other, first))
                } else {
                    is_same_type(own, def, other, other.ty(TypeIdx(first)))
                };
                if same {
                    return self.number_of(other, first);
                }
            }
        }
        TypeId(own.bases.types.wrapping_add(ty))
    }

    /// The store's number of an instance's type.
    pub(crate) fn number_of(&self, of: &Instance<'m>, ty: u32) -> TypeId {
        let place = of.bases.types.wrapping_add(ty) as usize;
        self.types.get(place).copied().unwrap_or_default()
    }

    /// The type with the store's number in place of the instance's.
    pub(crate) fn outside(&self, of: &Instance<'m>, ty: ValType) -> ValType {
        if P::PROPOSALS.contains(Proposal::FunctionReferences) {
            ty.renumber(|number| self.number_of(of, number).0)
        } else {
            ty
        }
    }

    /// The same for a reference.
    pub(crate) fn outside_ref(&self, of: &Instance<'m>, ty: RefType) -> RefType {
        if P::PROPOSALS.contains(Proposal::FunctionReferences) {
            ty.renumber(|number| self.number_of(of, number).0)
        } else {
            ty
        }
    }

    fn is_same_group(
        &self,
        (own, first): (&Instance<'m>, u32),
        (other, twin): (&Instance<'m>, u32),
    ) -> bool {
        let (mut own_ty, mut other_ty) = (first, twin);
        loop {
            let (a, b) = (member(own, own_ty, first), member(other, other_ty, twin));
            let (Some(a), Some(b)) = (a, b) else {
                return a.is_none() && b.is_none();
            };
            if !is_same_shape(a, b) {
                return false;
            }
            let mut pairs = value_types(own, a).zip(value_types(other, b));
            let same = pairs
                .all(|(a, b)| self.comparable(own, first, a) == self.comparable(other, twin, b));
            if !same {
                return false;
            }
            own_ty += 1;
            other_ty += 1;
        }
    }

    /// A type of a group, so that equal ones of equal groups are equal.
    fn comparable(&self, of: &Instance<'m>, first: u32, ty: ValType) -> (bool, ValType) {
        let inside = ty
            .as_ref_type()
            .and_then(|ty| ty.concrete())
            .is_some_and(|number| member(of, number, first).is_some());
        if inside {
            (true, ty.renumber(|number| number.wrapping_sub(first)))
        } else {
            (false, self.outside(of, ty))
        }
    }
}

/// Whether types without concrete references are equal: their words are.
fn is_same_type(own: &Instance<'_>, a: TypeDef, other: &Instance<'_>, b: TypeDef) -> bool {
    is_same_shape(a, b) && own.module.value_type_bytes(a) == other.module.value_type_bytes(b)
}

fn is_same_shape(a: TypeDef, b: TypeDef) -> bool {
    (a.params, a.results) == (b.params, b.results)
}

/// Types of the parameters, then of the results.
fn value_types<'m>(of: &Instance<'m>, ty: TypeDef) -> impl Iterator<Item = ValType> + use<'m> {
    let count = ty.params.wrapping_add(ty.results);
    of.module.value_types(ty.start, count)
}

/// A type of the group that begins at `first`, if it is one of them, and they are no copy.
fn member(of: &Instance<'_>, ty: u32, first: u32) -> Option<TypeDef> {
    let def = (ty < of.types()).then(|| of.ty(TypeIdx(ty)))?;
    (def.group == first && ty >= first && def.canonical == ty).then_some(def)
}
