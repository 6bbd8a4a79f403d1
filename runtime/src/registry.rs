//! The function types of an engine: equal types have one number, whichever module wrote them.
//!
//! Types are compared by recursion group, as the standard says (section 2.3.8): a group is
//! written as a row of words, in which references into the group count from its start, and equal
//! rows are the same group.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::func_type::FuncType;
use crate::types::{HeapType, RefType, TypeId, ValType};

/// One type of a recursion group, before it has a number. Concrete references in it are numbers
/// of whoever wrote it.
pub(crate) struct Candidate<'a> {
    /// Parameters.
    pub(crate) params: &'a [ValType],
    /// Results.
    pub(crate) results: &'a [ValType],
    /// The declared supertype.
    pub(crate) supertype: Option<u32>,
    /// Whether it may have no subtypes.
    pub(crate) is_final: bool,
}

/// What a number in a [`Candidate`] stands for.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    /// A type that the engine knows.
    Known(TypeId),
    /// A type of the same group, counted from its start.
    Inside(u32),
}

/// The types of an engine; they stay for its life.
#[derive(Default)]
pub(crate) struct Registry {
    types: Vec<Definition>,
    groups: BTreeMap<Box<[u32]>, TypeId>,
}

struct Definition {
    ty: FuncType,
    supertype: Option<TypeId>,
}

impl Registry {
    /// The number of a type of its own, without supertype, whose references are the engine's.
    pub(crate) fn func_type(&mut self, ty: &FuncType) -> TypeId {
        let (params, results) = (ty.params(), ty.results());
        let candidate = Candidate { params, results, supertype: None, is_final: true };
        self.group(&[candidate], |number| Target::Known(TypeId(number)))
    }

    /// The number of the first type of a group; the others follow.
    pub(crate) fn group(
        &mut self,
        group: &[Candidate<'_>],
        resolve: impl Fn(u32) -> Target,
    ) -> TypeId {
        let key = key(group, &resolve);
        if let Some(first) = self.groups.get(&*key) {
            return *first;
        }
        let first = TypeId(self.types.len() as u32);
        let absolute = |number| match resolve(number) {
            Target::Known(id) => id,
            Target::Inside(place) => TypeId(first.0.saturating_add(place)),
        };
        let convert = |ty: &ValType| with_numbers(*ty, |number| absolute(number).0);
        self.types.extend(group.iter().map(|candidate| Definition {
            ty: FuncType::new(
                candidate.params.iter().map(convert),
                candidate.results.iter().map(convert),
            ),
            supertype: candidate.supertype.map(absolute),
        }));
        self.groups.insert(key, first);
        first
    }

    /// The type with this number.
    pub(crate) fn get(&self, id: TypeId) -> Option<&FuncType> {
        self.types.get(id.0 as usize).map(|definition| &definition.ty)
    }

    /// Whether each value of type `sub` is one of type `sup`.
    pub(crate) fn is_subtype(&self, sub: TypeId, sup: TypeId) -> bool {
        // A supertype was there before its subtypes: the chain ends.
        core::iter::successors(Some(sub), |id| self.types.get(id.0 as usize)?.supertype)
            .any(|id| id == sup)
    }
}

/// The type with another number in the place of its concrete one.
pub(crate) fn with_numbers(ty: ValType, number: impl FnOnce(u32) -> u32) -> ValType {
    match ty.as_ref_type() {
        Some(reference) => ValType::reference(ref_with_numbers(reference, number)),
        None => ty,
    }
}

/// The type with another number in the place of its concrete one.
pub(crate) fn ref_with_numbers(ty: RefType, number: impl FnOnce(u32) -> u32) -> RefType {
    match ty.concrete() {
        Some(old) => RefType::new(ty.is_nullable(), HeapType::Concrete(number(old))),
        None => ty,
    }
}

/// The group as words; equal groups have equal words.
fn key(group: &[Candidate<'_>], resolve: &impl Fn(u32) -> Target) -> Box<[u32]> {
    let number = |number| match resolve(number) {
        Target::Known(id) => id.0,
        Target::Inside(place) => place | RefType::IN_GROUP,
    };
    let mut key = Vec::new();
    for candidate in group {
        key.push(u32::from(candidate.is_final));
        key.push(candidate.supertype.map_or(u32::MAX, number));
        for types in [candidate.params, candidate.results] {
            key.push(types.len() as u32);
            key.extend(types.iter().map(|ty| {
                match ty.as_ref_type().and_then(RefType::concrete) {
                    Some(old) => ty.bits() & !RefType::MAX_NUMBER | number(old),
                    None => ty.bits(),
                }
            }));
        }
    }
    key.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn reference(number: u32) -> ValType {
        ValType::reference(RefType::new(true, HeapType::Concrete(number)))
    }

    #[test]
    fn equal_types_have_one_number() {
        let mut registry = Registry::default();
        let binary = FuncType::new([ValType::I32, ValType::I32], [ValType::I32]);
        let id = registry.func_type(&binary);
        assert_eq!(registry.func_type(&binary.clone()), id);
        assert_ne!(registry.func_type(&FuncType::new([ValType::I32], [ValType::I32])), id);
        assert_eq!(registry.get(id), Some(&binary));
    }

    #[test]
    fn groups_are_compared_as_wholes() {
        let mut registry = Registry::default();
        // `(rec (func (param (ref null 0))))`, written by two modules at two places.
        let lone = |registry: &mut Registry, place: u32| {
            let params = vec![reference(place)];
            let group = [Candidate { params: &params, results: &[], supertype: None, is_final: true }];
            registry.group(&group, |number| Target::Inside(number - place))
        };
        let id = lone(&mut registry, 0);
        assert_eq!(lone(&mut registry, 5), id);
        assert_eq!(registry.get(id).and_then(|ty| ty.param(0)), Some(reference(id.0)));
        // The same type twice in one group is another group.
        let group = [0, 1].map(|_| Candidate { params: &[], results: &[], supertype: None, is_final: true });
        let twin = registry.group(&group, |_| Target::Inside(0));
        assert_ne!(registry.func_type(&FuncType::new([], [])), twin);
    }

    #[test]
    fn subtypes_follow_declarations() {
        let mut registry = Registry::default();
        let open = |supertype| Candidate { params: &[], results: &[], supertype, is_final: false };
        let base = registry.group(&[open(None)], |_| Target::Inside(0));
        let derived = registry.group(&[open(Some(base.0))], |id| Target::Known(TypeId(id)));
        assert!(registry.is_subtype(derived, base));
        assert!(registry.is_subtype(base, base));
        assert!(!registry.is_subtype(base, derived));
    }
}
