//! The registry against a model.
//!
//! The model is a list of types with their numbers. Types are registered and released at random,
//! while words move and numbers are used again; each live type must keep its number and its words.
//! Besides, chains of 200,000 types, which must be dropped without recursion, and types too long
//! for the packed form.

use alloc::vec;

use super::*;
use crate::types::HeapType;

fn reference(id: TypeId) -> ValType {
    RefType::new(true, HeapType::Concrete(id.0)).into()
}

fn types(registry: &Registry, id: TypeId) -> Option<Vec<ValType>> {
    registry.get(id).map(|ty| ty.types().collect())
}

#[test]
fn equal_types_have_one_number() {
    let mut registry = Registry::default();
    let mut register = |params: &[ValType], results: &[ValType]| {
        registry.func_type(params, results).expect("memory")
    };
    let [one, two] = [&[ValType::I32][..], &[ValType::I32; 2]];
    let id = register(two, one);
    assert_eq!(register(two, one), id);
    assert_ne!(register(one, two), id);
    let wide = [1, 65_535, 65_536, 65_537].map(|count| [ValType::I32].repeat(count));
    let [one, most, more, still_more] = &wide;
    let wide = [
        register(one, more),
        register(still_more, &[]),
        register(most, most),
        register(&[], still_more),
    ];
    for (place, id) in wide.iter().enumerate() {
        assert!(!wide[..place].contains(id));
    }
    let counts = wide.map(|id| registry.get(id).map(|ty| (ty.param_count(), ty.len())));
    let expected = [
        (1, 65_537),
        (65_537, 65_537),
        (65_535, 131_070),
        (0, 65_537),
    ];
    assert_eq!(counts, expected.map(Some));
}

#[test]
fn a_type_stays_for_as_long_as_it_is_held() {
    let mut registry = Registry::default();
    let inner = registry.func_type(&[ValType::I64], &[]).expect("memory");
    let outer = registry
        .func_type(&[reference(inner)], &[])
        .expect("memory");
    registry.release(inner);
    // The other one holds it.
    assert_eq!(types(&registry, inner), Some(vec![ValType::I64]));
    let again = registry
        .func_type(&[reference(inner)], &[])
        .expect("memory");
    assert_eq!(again, outer);
    registry.release(outer);
    assert_eq!(types(&registry, outer), Some(vec![reference(inner)]));
    registry.release(outer);
    assert!(types(&registry, outer).is_none() && types(&registry, inner).is_none());
    assert!(!registry.hold(outer));
    assert_eq!(registry.entries.capacity(), 0);
}

#[test]
fn a_long_chain_goes_without_recursion() {
    let mut registry = Registry::default();
    let mut last = registry.func_type(&[], &[]).expect("memory");
    for _ in 0..200_000 {
        let next = registry.func_type(&[reference(last)], &[]).expect("memory");
        registry.release(last);
        last = next;
    }
    assert_eq!(registry.live, 200_001);
    registry.release(last);
    assert_eq!((registry.live, registry.entries.capacity()), (0, 0));
}

/// Types come and go at random, of all lengths; those that are there keep their number and their
/// words, while others are moved and numbers are used again.
#[test]
fn as_a_model_says() {
    let mut registry = Registry::default();
    let mut model: Vec<(TypeId, Vec<ValType>)> = Vec::new();
    let mut random = 1_u64;
    let mut draw = |below: usize| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (random >> 33) as usize % below
    };
    let mut most = 0;
    for round in 0..12_000 {
        let shrinks = (round / 2_000) % 2 == 1;
        if draw(10) < if shrinks { 7 } else { 3 } && !model.is_empty() {
            let (id, _) = model.swap_remove(draw(model.len()));
            registry.release(id);
            let is_left = model
                .iter()
                .any(|(other, params)| *other == id || params.contains(&reference(id)));
            assert_eq!(registry.get(id).is_some(), is_left);
            continue;
        }
        let count = match draw(1_000) {
            0 => 20_000,
            1..100 => draw(300),
            _ => draw(8),
        };
        let mut params: Vec<ValType> = (0..count)
            .map(|_| [ValType::I32, ValType::F64][draw(2)])
            .collect();
        // Only types without references are referred to, so that the model is simple.
        if let Some((other, _)) = model.get(draw(model.len() + 1))
            && registry
                .get(*other)
                .is_some_and(|ty| ty.types().all(|ty| !ty.is_ref()))
        {
            params.push(reference(*other));
        }
        let id = registry.func_type(&params, &[]).expect("memory");
        let known = model.iter().find(|(_, known)| *known == params);
        assert!(known.is_none_or(|(known, _)| *known == id));
        assert!(known.is_some() || model.iter().all(|(other, _)| *other != id));
        model.push((id, params));
        most = most.max(registry.entries.len());
        if round % 1_000 == 0 {
            for (id, params) in &model {
                assert_eq!(types(&registry, *id).as_ref(), Some(params));
            }
        }
    }
    assert!(most < 4_000, "{most} numbers for few types");
    for (id, params) in model {
        assert_eq!(types(&registry, id), Some(params));
        registry.release(id);
    }
    assert_eq!((registry.live, registry.entries.capacity()), (0, 0));
}
