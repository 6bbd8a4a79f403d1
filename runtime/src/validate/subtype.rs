//! Subtyping of references.
//!
//! Value types are equal when their words are ([`Environment`](super::Environment) keeps indices
//! canonical); this is what is left to decide when they are not. Lists of types are compared many
//! words at a time, since a branch can carry a thousand. Standard: section 3.3, "Matching".

use crate::types::{HeapType, RefType, ValType};

/// Whether values of the first type are values of the second.
#[inline(always)]
pub(crate) fn is_subtype(found: ValType, expected: ValType) -> bool {
    found == expected || is_proper_subtype(found, expected)
}

/// Whether values of the first types are values of the second, one by one. Many words are compared
/// at once; only where words do not say it, [`is_subtype`] is asked.
pub(crate) fn are_subtypes(found: &[ValType], expected: &[ValType]) -> bool {
    const AT_ONCE: usize = 64;
    let mut parts = found.chunks(AT_ONCE).zip(expected.chunks(AT_ONCE));
    found.len() == expected.len()
        && parts.all(|(found, expected)| {
            let pairs = || found.iter().copied().zip(expected.iter().copied());
            let different = pairs().fold(0, |different, (found, expected)| {
                different | (found.bits() ^ expected.bits())
            });
            different == 0
                || pairs().fold(true, |all, (found, expected)| all & agree(found, expected))
                || pairs().all(|(found, expected)| is_subtype(found, expected))
        })
}

/// Whether words alone say that values of the first type are values of the second: all that
/// function references know, without a branch, so that compilers do it for several at once.
#[inline(always)]
fn agree(found: ValType, expected: ValType) -> bool {
    const NULLABLE: u32 = RefType::NULLABLE;
    const NOTHING: u32 = RefType::new(true, HeapType::Bottom).bits();
    let (found, expected) = (found.bits(), expected.bits());
    let (heap, wanted) = (found | NULLABLE, expected | NULLABLE);
    let same = heap == wanted;
    let function = (wanted == RefType::FUNCREF.bits()) & (found & RefType::CONCRETE != 0);
    let nothing = (heap == NOTHING) & (expected & RefType::TAG != 0);
    let null = found & !expected & NULLABLE != 0;
    (found == ValType::BOTTOM.bits()) | (same | function | nothing) & !null
}

#[cold]
#[inline(never)]
fn is_proper_subtype(found: ValType, expected: ValType) -> bool {
    if found == ValType::BOTTOM {
        return true;
    }
    match (found.as_ref_type(), expected.as_ref_type()) {
        (Some(found), Some(expected)) => is_ref_subtype(found, expected),
        _ => false,
    }
}

/// Whether references of the first type are references of the second.
pub(crate) fn is_ref_subtype(found: RefType, expected: RefType) -> bool {
    (expected.is_nullable() || !found.is_nullable())
        && is_heap_subtype(found.heap(), expected.heap())
}

/// Whether the first heap type is a subtype of the second, both canonical.
fn is_heap_subtype(found: HeapType, expected: HeapType) -> bool {
    use HeapType::*;
    match (found, expected) {
        _ if found == expected => true,
        (Bottom, _) => true,
        // All defined types are functions.
        (Concrete(_), Func) => true,
        (NoFunc, Func | Concrete(_)) => true,
        (NoExtern, Extern) => true,
        (NoExn, Exn) => true,
        (None, Any | Eq | I31 | Struct | Array) => true,
        (Eq | I31 | Struct | Array, Any) => true,
        (I31 | Struct | Array, Eq) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(nullable: bool, heap: HeapType) -> ValType {
        ValType::reference(RefType::new(nullable, heap))
    }

    #[test]
    fn references() {
        let concrete = reference(false, HeapType::Concrete(3));
        assert!(is_subtype(concrete, ValType::FUNCREF));
        assert!(is_subtype(concrete, reference(true, HeapType::Concrete(3))));
        assert!(!is_subtype(
            concrete,
            reference(true, HeapType::Concrete(4))
        ));
        assert!(!is_subtype(ValType::FUNCREF, concrete));
        assert!(!is_subtype(ValType::FUNCREF, ValType::EXTERNREF));
        assert!(!is_subtype(
            ValType::FUNCREF,
            reference(false, HeapType::Func)
        ));
        assert!(is_subtype(reference(false, HeapType::Bottom), concrete));
        assert!(!is_subtype(reference(true, HeapType::Bottom), concrete));
        assert!(!is_subtype(ValType::I32, ValType::I64));
        assert!(is_subtype(ValType::BOTTOM, ValType::I64));
        assert!(!is_subtype(concrete, ValType::I32));
    }

    /// Every abstract heap type, defined types, and what is no reference.
    fn types() -> impl Iterator<Item = ValType> + Clone {
        let heaps = (0..).map_while(HeapType::numbered);
        let heaps = heaps.chain([3, 4].map(HeapType::Concrete));
        let references = heaps.flat_map(|heap| [reference(false, heap), reference(true, heap)]);
        references.chain([ValType::I32, ValType::F64, ValType::BOTTOM])
    }

    #[test]
    fn rows_are_judged_as_their_types_are() {
        assert_eq!(types().count(), 33);
        for (found, expected) in types().flat_map(|found| types().map(move |ty| (found, ty))) {
            let holds = is_subtype(found, expected);
            assert!(holds || !agree(found, expected), "{found} {expected}");
            for place in [0, 63, 64, 99] {
                let (mut row, mut wanted) = ([ValType::I32; 100], [ValType::I32; 100]);
                (row[place], wanted[place]) = (found, expected);
                assert_eq!(are_subtypes(&row, &wanted), holds, "{found} {expected}");
            }
        }
        assert!(!are_subtypes(&[ValType::I32; 2], &[ValType::I32; 3]));
    }
}
