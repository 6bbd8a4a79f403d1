//! Subtyping of references.
//!
//! Value types are equal when their words are ([`Environment`](super::Environment) keeps indices
//! canonical); this is what is left to decide when they are not. Standard: section 3.3.

use crate::types::{HeapType, RefType, ValType};

/// Whether values of the first type are values of the second.
#[cfg_attr(not(small), inline(always))]
pub(crate) fn is_subtype(found: ValType, expected: ValType) -> bool {
    found == expected || is_proper_subtype(found, expected)
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
}
