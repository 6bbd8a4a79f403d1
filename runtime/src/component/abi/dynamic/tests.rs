//! What the vectors do not have: what is counted while lifting, what is said of a value that does not
//! fit, how deep types may be, handles, and results in memory.

use std::boxed::Box;
use std::string::ToString;
use std::vec;
use std::vec::Vec;

use super::{Handles, Lifting, Lowering};
use crate::component::abi::oracle::guest::{Allocator, Guest};
use crate::component::abi::{CanonicalOptions, Realloc};
use crate::component::resource::{ResourceAny, ResourceType};
use crate::component::types::{Defined, FuncType, ResourceId, TypeTable, ValueType};
use crate::component::val::{Val, ValueMismatch};
use crate::component::{MAX_FLAT_PARAMS, Primitive};
use crate::spec::Trap;

/// Tables without handles.
pub(in crate::component) struct NoHandles;

/// Such tables, for as long as anybody wants; they take no memory.
pub(in crate::component) fn no_handles() -> &'static mut NoHandles {
    Box::leak(Box::new(NoHandles))
}

impl Handles for NoHandles {
    fn lift_own(&mut self, _: ResourceId, _: u32) -> Result<ResourceAny, Trap> {
        Err(Trap::UnknownHandle)
    }

    fn lift_borrow(&mut self, _: ResourceId, _: u32) -> Result<ResourceAny, Trap> {
        Err(Trap::UnknownHandle)
    }

    fn lower_own(&mut self, _: ResourceId, _: ResourceAny) -> Result<u32, Trap> {
        Err(Trap::TooManyHandles)
    }

    fn lower_borrow(&mut self, _: ResourceId, _: ResourceAny) -> Result<u32, Trap> {
        Err(Trap::TooManyHandles)
    }
}

impl Handles for Guest {
    fn lift_own(&mut self, resource: ResourceId, handle: u32) -> Result<ResourceAny, Trap> {
        NoHandles.lift_own(resource, handle)
    }

    fn lift_borrow(&mut self, resource: ResourceId, handle: u32) -> Result<ResourceAny, Trap> {
        NoHandles.lift_borrow(resource, handle)
    }

    fn lower_own(&mut self, resource: ResourceId, value: ResourceAny) -> Result<u32, Trap> {
        NoHandles.lower_own(resource, value)
    }

    fn lower_borrow(&mut self, resource: ResourceId, value: ResourceAny) -> Result<u32, Trap> {
        NoHandles.lower_borrow(resource, value)
    }
}

/// A guest with handles whose numbers say what was done with them.
struct Numbered(Guest);

fn held(index: u32, owned: bool) -> ResourceAny {
    ResourceAny {
        ty: ResourceType::host::<Numbered>(),
        index,
        owned,
    }
}

impl Handles for Numbered {
    fn lift_own(&mut self, resource: ResourceId, handle: u32) -> Result<ResourceAny, Trap> {
        Ok(held(1_000 * resource.0 + handle, true))
    }

    fn lift_borrow(&mut self, resource: ResourceId, handle: u32) -> Result<ResourceAny, Trap> {
        Ok(held(1_000 * resource.0 + 100 + handle, false))
    }

    fn lower_own(&mut self, resource: ResourceId, value: ResourceAny) -> Result<u32, Trap> {
        Ok(10_000 * resource.0 + value.index)
    }

    fn lower_borrow(&mut self, resource: ResourceId, value: ResourceAny) -> Result<u32, Trap> {
        Ok(10_000 * resource.0 + 5_000 + value.index)
    }
}

impl Realloc for Numbered {
    fn memory(&mut self) -> &mut [u8] {
        self.0.memory()
    }

    fn realloc(&mut self, old: u64, old_size: u64, align: u32, size: u64) -> Result<u64, Trap> {
        self.0.realloc(old, old_size, align, size)
    }
}

const U8: ValueType = ValueType::Primitive(Primitive::U8);
const U32: ValueType = ValueType::Primitive(Primitive::U32);
const STRING: ValueType = ValueType::Primitive(Primitive::String);

fn defined(types: &mut TypeTable, ty: Defined) -> ValueType {
    ValueType::Defined(types.add(ty).unwrap().unwrap())
}

fn one(ty: ValueType) -> FuncType {
    FuncType {
        params: Box::new([("value".into(), ty)]),
        result: Some(ty),
        is_async: false,
    }
}

/// Lifts from a memory, with what is left of the budget.
fn load(types: &TypeTable, ty: ValueType, memory: &[u8], budget: u64) -> (Result<Val, Trap>, u64) {
    let mut left = budget;
    let options = CanonicalOptions::default();
    let value = Lifting::new(types, memory, options, no_handles(), &mut left).load(ty, 0);
    (value, left)
}

#[test]
fn what_is_lifted_is_counted() {
    let mut types = TypeTable::default();
    let list = defined(&mut types, Defined::List(U8));
    let mut memory = vec![0; 1 << 20];
    memory[..8].copy_from_slice(&[16, 0, 0, 0, 0, 0, 8, 0]);
    let takes = (size_of::<Val>() as u64) << 19;
    let (whole, left) = load(&types, list, &memory, takes + 5);
    assert!(matches!(whole, Ok(Val::List(values)) if values.len() == 1 << 19));
    assert_eq!(left, 5);
    let (less, _) = load(&types, list, &memory, takes - 1);
    assert_eq!(less, Err(Trap::LiftedTooMuch));

    // A string takes its bytes in UTF-8.
    let (string, left) = load(&types, STRING, &memory, 1 << 20);
    assert!(string.is_ok());
    assert_eq!(left, 1 << 19);
    assert_eq!(
        load(&types, STRING, &memory, 1 << 18).0,
        Err(Trap::LiftedTooMuch)
    );

    // Names are copied, too: four bytes in the memory, many in the host.
    let name: Box<str> = "a".repeat(1_000).into();
    let record = defined(&mut types, Defined::Record(Box::new([(name, U8)])));
    let records = defined(&mut types, Defined::List(record));
    memory[..8].copy_from_slice(&[16, 0, 0, 0, 100, 0, 0, 0]);
    assert_eq!(
        load(&types, records, &memory, 100_000).0,
        Err(Trap::LiftedTooMuch)
    );
    assert!(load(&types, records, &memory, 120_000).0.is_ok());
}

#[test]
fn depth_takes_no_native_stack() {
    let mut types = TypeTable::default();
    let mut ty = U8;
    for _ in 0..10_000 {
        ty = defined(&mut types, Defined::Tuple(Box::new([ty])));
    }
    let thread = std::thread::Builder::new().stack_size(64 << 10);
    let check = move || {
        let mut left = u64::MAX;
        let mut flat = [7; MAX_FLAT_PARAMS];
        let options = CanonicalOptions::default();
        let mut lifting = Lifting::new(&types, &[], options, no_handles(), &mut left);
        let mut value = lifting.result(&one(ty), &flat).unwrap().unwrap();
        let mut none = Guest::new(Allocator::Script(Vec::new()));
        let mut lowering = Lowering::new(&types, &mut none, options);
        assert_eq!(
            lowering
                .result(&one(ty), Some(&value), 0, &mut flat)
                .unwrap(),
            1
        );
        // To drop it is as deep as it is, which is the type's depth and at most 100 otherwise.
        while let Val::Tuple(mut values) = value {
            value = values.pop().unwrap();
        }
    };
    thread.spawn(check).unwrap().join().unwrap();
}

#[test]
fn handles_go_through_their_tables() {
    let mut types = TypeTable::default();
    let own = defined(&mut types, Defined::Own(ResourceId(1)));
    let borrow = defined(&mut types, Defined::Borrow(ResourceId(2)));
    let both = defined(&mut types, Defined::Tuple(Box::new([own, borrow])));
    let (mut left, options) = (u64::MAX, CanonicalOptions::default());
    let mut guest = Numbered(Guest::new(Allocator::Bump { top: 64 }));
    let mut lifting = Lifting::new(&types, &[], options, &mut guest, &mut left);
    let values = lifting.params(&one(both), &[3, 4]).unwrap();
    let resources = [held(1_003, true), held(2_104, false)].map(Val::Resource);
    assert_eq!(values, [Val::Tuple(resources.into())]);

    let mut lowering = Lowering::new(&types, &mut guest, options);
    lowering.store(both, &values[0], 8).unwrap();
    assert_eq!(guest.0.memory[8..12], 11_003u32.to_le_bytes());
    assert_eq!(guest.0.memory[12..16], 27_104u32.to_le_bytes());
}

#[test]
fn results_go_where_the_caller_wants_them() {
    let mut types = TypeTable::default();
    let pair = defined(&mut types, Defined::Tuple(Box::new([U8, U32])));
    let value = Val::Tuple(vec![Val::U8(1), Val::U32(2)]);
    let mut guest = Guest::new(Allocator::Script(Vec::new()));
    let options = CanonicalOptions::default();
    let mut flat = [0; MAX_FLAT_PARAMS];
    let mut result = |at, value: &Val| {
        let mut lowering = Lowering::new(&types, &mut guest, options);
        let count = lowering.result(&one(pair), Some(value), at, &mut flat);
        count.map_err(|error| error.as_trap_code())
    };
    assert_eq!(result(6, &value), Err(Some(Trap::UnalignedPointer)));
    assert_eq!(result(65_536, &value), Err(Some(Trap::MemoryOutOfBounds)));
    assert_eq!(result(8, &value), Ok(0));
    let mut left = u64::MAX;
    let mut lifting = Lifting::new(&types, &guest.memory, options, no_handles(), &mut left);
    assert_eq!(lifting.result(&one(pair), &[8]), Ok(Some(value)));
    assert_eq!(
        lifting.result(&one(pair), &[6]),
        Err(Trap::UnalignedPointer)
    );
    assert_eq!(
        lifting.result(&one(pair), &[65_532]),
        Err(Trap::MemoryOutOfBounds)
    );
}

#[test]
fn what_does_not_fit_names_the_type() {
    let mut types = TypeTable::default();
    let name = |name: &str| -> Box<str> { name.into() };
    let record = Defined::Record(Box::new([(name("x"), U8), (name("y"), STRING)]));
    let record = defined(&mut types, record);
    let list = defined(&mut types, Defined::List(record));
    let variant = Defined::Variant(Box::new([(name("a"), Some(U8)), (name("b"), None)]));
    let variant = defined(&mut types, variant);
    let labels = Box::new([name("red"), name("blue")]);
    let colour = defined(&mut types, Defined::Enum(labels.clone()));
    let flags = defined(&mut types, Defined::Flags(labels));
    let fixed = defined(&mut types, Defined::FixedList(U8, 2));
    let result = defined(
        &mut types,
        Defined::Result {
            ok: Some(U8),
            err: None,
        },
    );
    let some = || Some(Box::new(Val::U8(1)));
    let field = |name: &str, value| (name.to_string(), value);
    let cases = [
        (U8, Val::U32(1), "u8", "u32"),
        (
            record,
            Val::Record(vec![field("x", Val::U8(1))]),
            "record { x, y }",
            "record { x }",
        ),
        (
            list,
            Val::List(vec![Val::Record(vec![
                field("x", Val::U8(1)),
                field("y", Val::Char('y')),
            ])]),
            "string",
            "char",
        ),
        (
            variant,
            Val::Variant("c".into(), None),
            "variant { a(..), b }",
            "variant { c }",
        ),
        (
            variant,
            Val::Variant("b".into(), some()),
            "variant { a(..), b }",
            "variant { b(..) }",
        ),
        (
            variant,
            Val::Variant("a".into(), None),
            "variant { a(..), b }",
            "variant { a }",
        ),
        (
            colour,
            Val::Enum("green".into()),
            "enum { red, blue }",
            "enum { green }",
        ),
        (
            flags,
            Val::Flags(vec!["green".into()]),
            "flags { red, blue }",
            "flags { green }",
        ),
        (fixed, Val::List(vec![Val::U8(1)]), "list of 2", "list of 1"),
        (
            result,
            Val::Result(Err(some())),
            "result { ok(..), err }",
            "result { err(..) }",
        ),
    ];
    for (ty, value, expected, found) in cases {
        let mut guest = Guest::new(Allocator::Bump { top: 64 });
        let options = CanonicalOptions::default();
        let mut lowering = Lowering::new(&types, &mut guest, options);
        let error = lowering.store(ty, &value, 0).unwrap_err();
        let mismatch = error.downcast_ref::<ValueMismatch>().unwrap();
        assert_eq!((mismatch.expected(), mismatch.found()), (expected, found));
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn values_of_missing_proposals_trap() {
    let mut types = TypeTable::default();
    let stream = defined(&mut types, Defined::Stream(Some(U8)));
    let future = defined(&mut types, Defined::Future(None));
    for ty in [
        stream,
        future,
        ValueType::Primitive(Primitive::ErrorContext),
    ] {
        assert_eq!(
            load(&types, ty, &[0; 16], u64::MAX).0,
            Err(Trap::MissingAsync)
        );
    }
}
