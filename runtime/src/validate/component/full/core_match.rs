//! Whether what one core module exports can be given for what another imports.
//!
//! Both types are read again where they stand; references in them are indices of two spaces, and are
//! compared by what they refer to. Standard: section 3.3, "Matching".

use super::Full;
use super::record::Entity;
use super::storage::ComponentStorage;
use crate::profile::{Everything, Gate};
use crate::read::Reader;
use crate::read::component::Sort;
use crate::reject::Reject;
use crate::types::{RefType, ValType, limits_match};
use crate::validate::subtype::is_subtype;

impl<G: Gate, S: ComponentStorage> Full<'_, '_, G, S> {
    /// Whether one core entity can be given where another is wanted.
    pub(super) fn core_matches(
        &mut self,
        actual: Entity,
        expected: Entity,
        at: usize,
    ) -> Result<bool, Reject> {
        if actual.sort != expected.sort {
            return Ok(false);
        }
        if actual == expected {
            return Ok(true);
        }
        let range = |entity: Entity| entity.second as usize..self.bytes.len();
        let mut left = Reader::range(self.bytes, range(actual));
        let mut right = Reader::range(self.bytes, range(expected));
        let spaces = [actual.first, expected.first];
        Ok(match actual.sort {
            Sort::CoreTable => {
                let (left, right) = (
                    left.table_type(&Everything)?,
                    right.table_type(&Everything)?,
                );
                left.is_64 == right.is_64
                    && limits_match(left.min, left.max, right.min, right.max)
                    && self.same_refs(spaces, left.element, right.element, at)?
            }
            Sort::CoreMemory => {
                let left = left.memory_type(&Everything)?;
                let right = right.memory_type(&Everything)?;
                (left.is_64, left.shared, left.page_size_log2)
                    == (right.is_64, right.shared, right.page_size_log2)
                    && limits_match(left.min, left.max, right.min, right.max)
            }
            Sort::CoreGlobal => {
                let left = left.global_type(&Everything)?;
                let right = right.global_type(&Everything)?;
                let types = [left.content, right.content];
                left.mutable == right.mutable
                    && match left.mutable {
                        false => self.core_subtype(spaces, types, at)?,
                        true => {
                            let [one, other] = spaces;
                            self.core_subtype(spaces, types, at)?
                                && self.core_subtype(
                                    [other, one],
                                    [right.content, left.content],
                                    at,
                                )?
                        }
                    }
            }
            _ => self.same_core_funcs(actual, expected, at)?,
        })
    }

    fn same_refs(
        &mut self,
        [one, other]: [u32; 2],
        left: RefType,
        right: RefType,
        at: usize,
    ) -> Result<bool, Reject> {
        let types = [left.into(), right.into()];
        Ok(left.is_nullable() == right.is_nullable()
            && self.core_subtype([one, other], types, at)?
            && self.core_subtype([other, one], [right.into(), left.into()], at)?)
    }

    /// Whether values of one type, which is in one space, are values of another in another.
    fn core_subtype(
        &mut self,
        [one, other]: [u32; 2],
        [found, expected]: [ValType; 2],
        at: usize,
    ) -> Result<bool, Reject> {
        let concrete = |ty: ValType| ty.as_ref_type().and_then(RefType::concrete);
        if let (Some(left), Some(right)) = (concrete(found), concrete(expected)) {
            let left = Entity::new(Sort::CoreFunc, one, left);
            let right = Entity::new(Sort::CoreFunc, other, right);
            let (found, expected) = (found.renumber(|_| 0), expected.renumber(|_| 0));
            return Ok(is_subtype(found, expected) && self.same_core_funcs(left, right, at)?);
        }
        Ok(is_subtype(found, expected))
    }
}
