//! The function types of an engine: equal types have one number, whichever module wrote them.
//!
//! Types are compared by recursion group, as the standard says (section 2.3.8). The key of a
//! group is what [`Environment::group_key`] makes of it.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::func_type::FuncType;
use crate::types::{TypeId, TypeIdx, ValType};
use crate::validate::{Environment, Heap};

/// The types of an engine; they stay for its life.
#[derive(Default)]
pub(crate) struct Registry {
    types: Vec<FuncType>,
    groups: BTreeMap<Box<[u32]>, TypeId>,
}

impl Registry {
    /// The number of a type of its own, whose references are the engine's.
    pub(crate) fn func_type(&mut self, ty: &FuncType) -> TypeId {
        let (params, results) = (ty.param_types(), ty.result_types());
        let types = params.iter().chain(results).map(|ty| ty.bits());
        let key = match (u16::try_from(params.len()), u16::try_from(results.len())) {
            (Ok(params), Ok(results)) => {
                let shape = u32::from(params) << u16::BITS | u32::from(results);
                [1, shape].into_iter().chain(types).collect()
            }
            // No module has such a type, and no group that many members.
            _ => [u32::MAX, params.len() as u32]
                .into_iter()
                .chain(types)
                .collect(),
        };
        self.group(key, |_| [ty.clone()])
    }

    /// The numbers of all types of a module.
    pub(crate) fn module(&mut self, env: &Environment<Heap>) -> Box<[TypeId]> {
        let mut ids: Vec<TypeId> = (0..env.type_count()).map(|_| TypeId::default()).collect();
        let number = |ids: &[TypeId], ty: u32| ids.get(ty as usize).map_or(0, |id| id.0);
        // Doubling from little would hold everything twice for a while.
        let different = env.groups().map(|group| env.group_length(group) as usize);
        self.types.reserve(different.sum());
        for group in env.groups() {
            let members = group.0..group.0 + env.group_length(group);
            let key = env.group_key(group, |ty| number(&ids, ty.0)).collect();
            let first = self.group(key, |first| {
                let absolute = |ty| match members.contains(&ty) {
                    true => first.0 + (ty - members.start),
                    false => number(&ids, ty),
                };
                let ty = |ty| {
                    let signature = env.type_func(TypeIdx(ty));
                    let (params, results) =
                        signature.map_or((&[][..], &[][..]), |ty| (ty.params(), ty.results()));
                    let convert = |ty: &ValType| ty.renumber(absolute);
                    FuncType::new(params.iter().map(convert), results.iter().map(convert))
                };
                members.clone().map(ty).collect::<Vec<_>>()
            });
            for (id, member) in (first.0..).zip(members) {
                if let Some(place) = ids.get_mut(member as usize) {
                    *place = TypeId(id);
                }
            }
        }
        // Canonical types come before those that are equal to them.
        for ty in 0..env.type_count() {
            let canonical = env
                .canonical(TypeIdx(ty))
                .map_or(0, |ty| number(&ids, ty.0));
            if let Some(place) = ids.get_mut(ty as usize) {
                *place = TypeId(canonical);
            }
        }
        ids.into_boxed_slice()
    }

    /// The type with this number.
    pub(crate) fn get(&self, id: TypeId) -> Option<&FuncType> {
        self.types.get(id.0 as usize)
    }

    /// The number of the first type of a group; `types` makes the group if it is new.
    fn group<I: IntoIterator<Item = FuncType>>(
        &mut self,
        key: Box<[u32]>,
        types: impl FnOnce(TypeId) -> I,
    ) -> TypeId {
        if let Some(first) = self.groups.get(&key) {
            return *first;
        }
        let first = TypeId(self.types.len() as u32);
        self.types.extend(types(first));
        self.groups.insert(key, first);
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_types_have_one_number() {
        let mut registry = Registry::default();
        let binary = FuncType::new([ValType::I32, ValType::I32], [ValType::I32]);
        let id = registry.func_type(&binary);
        assert_eq!(registry.func_type(&binary.clone()), id);
        assert_ne!(
            registry.func_type(&FuncType::new([ValType::I32; 3], [])),
            id
        );
        assert_eq!(registry.get(id), Some(&binary));
        let wide = |params, results| {
            FuncType::new(
                [ValType::I32].repeat(params),
                [ValType::I32].repeat(results),
            )
        };
        assert_ne!(
            registry.func_type(&wide(1, 65_536)),
            registry.func_type(&wide(65_537, 0))
        );
    }
}
