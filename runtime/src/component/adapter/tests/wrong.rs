//! How each kind of wrong value of a source, and of wrong answers of an allocator, traps by its name:
//! none of them is copied, written to, or taken for something else.

use std::boxed::Box;
use std::vec;

use super::{
    BOOL, CHAR, NoTransfer, PLAIN, Pair, STRING, U32, defined, finished, large, moved, program,
};
use crate::component::abi::CanonicalOptions;
use crate::component::abi::oracle::guest::Allocator;
use crate::component::adapter::{Program, Source, Target};
use crate::component::types::{Defined, ResourceId, TypeTable, ValueType};
use crate::component::{MAX_LIST_BYTE_LENGTH, StringEncoding};
use crate::spec::Trap;

/// The trap of moving this.
#[track_caller]
fn traps(types: &TypeTable, ty: ValueType, bytes: &[u8], expected: Trap) {
    let found = moved(types, ty, bytes).map(|_| ());
    assert_eq!(found, Err(expected));
}

/// Two words.
fn words(one: u32, two: u32) -> [u8; 8] {
    let (one, two) = (one.to_le_bytes(), two.to_le_bytes());
    core::array::from_fn(|place| {
        if place < 4 {
            one[place]
        } else {
            two[place - 4]
        }
    })
}

#[test]
fn each_wrong_value_traps_by_its_name() {
    let mut types = TypeTable::default();
    let list = defined(&mut types, Defined::List(U32));
    let bools = defined(&mut types, Defined::List(BOOL));
    let chars = defined(&mut types, Defined::List(CHAR));
    let option = defined(&mut types, Defined::Option(STRING));
    let options = defined(&mut types, Defined::List(option));
    let colour = defined(
        &mut types,
        Defined::Enum(Box::new(["red".into(), "blue".into()])),
    );
    let colours = defined(&mut types, Defined::List(colour));
    let own = defined(&mut types, Defined::Own(ResourceId(0)));
    let borrow = defined(&mut types, Defined::Borrow(ResourceId(0)));
    let end = 65_536;
    let long = MAX_LIST_BYTE_LENGTH as u32;

    // Pointers and lengths.
    traps(&types, STRING, &words(end, 1), Trap::StringOutOfBounds);
    traps(&types, STRING, &words(0, end + 1), Trap::StringOutOfBounds);
    traps(&types, STRING, &words(0, u32::MAX), Trap::StringOutOfBounds);
    traps(&types, list, &words(end, 1), Trap::ListOutOfBounds);
    traps(&types, list, &words(0, end / 4 + 1), Trap::ListOutOfBounds);
    traps(&types, bools, &words(0, long + 1), Trap::ListOutOfBounds);
    traps(&types, options, &words(9, 1), Trap::UnalignedPointer);
    // Alignment.
    traps(&types, list, &words(2, 1), Trap::UnalignedPointer);
    // Encoding.
    traps(
        &types,
        STRING,
        &[words(8, 1).as_slice(), &[0xFF]].concat(),
        Trap::InvalidString,
    );
    // Numbers of cases, in memory, in a list, and among core values.
    traps(&types, option, &[2], Trap::InvalidDiscriminant);
    traps(&types, colour, &[2], Trap::InvalidDiscriminant);
    traps(
        &types,
        colours,
        &[words(8, 2).as_slice(), &[1, 2]].concat(),
        Trap::InvalidDiscriminant,
    );
    // Characters.
    traps(&types, CHAR, &[0, 0xD8, 0, 0], Trap::InvalidChar);
    let bytes = [words(8, 1).as_slice(), &[0, 0, 0x11, 0]].concat();
    traps(&types, chars, &bytes, Trap::InvalidChar);
    // Handles.
    traps(&types, own, &[1, 0, 0, 0], Trap::UnknownHandle);
    traps(&types, borrow, &[1, 0, 0, 0], Trap::UnknownHandle);
    // What is not there.
    let stream = defined(&mut types, Defined::Stream(None));
    traps(&types, stream, &[1, 0, 0, 0], Trap::MissingAsync);

    // Where spilled values are, and where results go.
    let through = |ty, at, to| {
        let program = program(&types, ty, Source::Memory, to);
        let mut pair = Pair::new(false, Allocator::Script(vec![4]));
        pair.source_mut().fill(0);
        finished(&program, &[at], &mut pair, &mut NoTransfer).err()
    };
    assert_eq!(through(U32, 2, Target::Given), Some(Trap::UnalignedPointer));
    assert_eq!(
        through(U32, 65_536, Target::Given),
        Some(Trap::MemoryOutOfBounds)
    );
    assert_eq!(through(U32, 8, Target::Allocated), None);
}

#[test]
fn each_wrong_answer_of_an_allocator_traps_by_its_name() {
    let mut types = TypeTable::default();
    let list = defined(&mut types, Defined::List(U32));
    let with = |ty, source, to, answers: &[i128]| {
        let program = Program::compile(
            &types,
            &[ty],
            (PLAIN, source),
            (to, Target::Flat),
            &mut large(),
        )
        .unwrap();
        let mut pair = Pair::new(false, Allocator::Script(answers.to_vec()));
        pair.source_mut().fill(b'a');
        pair.source_mut()[2..4].copy_from_slice("é".as_bytes());
        finished(&program, &[0, 4], &mut pair, &mut NoTransfer).err()
    };
    let utf16 = CanonicalOptions {
        encoding: StringEncoding::Utf16,
        ..PLAIN
    };
    let flat = Source::Flat;
    assert_eq!(with(list, flat, PLAIN, &[2]), Some(Trap::UnalignedPointer));
    assert_eq!(
        with(list, flat, PLAIN, &[65_524]),
        Some(Trap::ListOutOfBounds)
    );
    assert_eq!(
        with(list, flat, PLAIN, &[-1]),
        Some(Trap::UnreachableCodeReached)
    );
    assert_eq!(
        with(STRING, flat, PLAIN, &[65_533]),
        Some(Trap::StringOutOfBounds)
    );
    assert_eq!(
        with(STRING, flat, utf16, &[3]),
        Some(Trap::UnalignedPointer)
    );
    // The second answer, after which nothing is written any more.
    assert_eq!(
        with(STRING, flat, utf16, &[8, 3]),
        Some(Trap::UnalignedPointer)
    );
    assert_eq!(
        with(STRING, flat, utf16, &[8, 65_536]),
        Some(Trap::StringOutOfBounds)
    );
    assert_eq!(with(STRING, flat, utf16, &[8, 8]), None);
    // Where all parameters go that are too many.
    let program = program(&types, U32, Source::Memory, Target::Allocated);
    for (answer, trap) in [
        (2, Trap::UnalignedPointer),
        (65_536, Trap::MemoryOutOfBounds),
    ] {
        let mut pair = Pair::new(false, Allocator::Script(vec![answer]));
        let moved = finished(&program, &[0], &mut pair, &mut NoTransfer);
        assert_eq!(moved, Err(trap));
    }
}
