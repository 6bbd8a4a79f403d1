//! What programs copy and what they do not, how large they are, what is paid for, and what becomes of
//! handles; values as such are the vectors' part.

mod wrong;

use std::boxed::Box;
use std::format;
use std::vec;
use std::vec::Vec;

use super::{
    Allocation, Charge, HandleTransfer, Memories, Program, Size, Source, Step, Target, step,
};
use crate::component::abi::CanonicalOptions;
use crate::component::abi::oracle::guest::{Allocator, FRESH, Guest};
use crate::component::types::{Defined, ResourceId, TypeTable, ValueType};
use crate::component::{AddressType, Primitive, StringEncoding};
use crate::error::cause::LimitError;
use crate::spec::Trap;

/// Two guests, or one that calls itself.
pub(super) struct Pair {
    pub(super) source: Option<Guest>,
    pub(super) target: Guest,
    /// Bytes that were paid for, and that there are at most.
    charged: u64,
    most: u64,
}

impl Pair {
    pub(super) fn new(one: bool, allocator: Allocator) -> Self {
        let source = (!one).then(|| Guest::new(Allocator::Bump { top: 64 }));
        Self {
            source,
            target: Guest::new(allocator),
            charged: 0,
            most: u64::MAX,
        }
    }

    pub(super) fn source_mut(&mut self) -> &mut Vec<u8> {
        match &mut self.source {
            Some(guest) => &mut guest.memory,
            None => &mut self.target.memory,
        }
    }
}

impl Memories for Pair {
    fn source(&self) -> &[u8] {
        &self.source.as_ref().unwrap_or(&self.target).memory
    }

    fn target(&mut self) -> &mut [u8] {
        &mut self.target.memory
    }

    fn both(&mut self) -> Option<(&[u8], &mut [u8])> {
        let source = &self.source.as_ref()?.memory;
        Some((source, &mut self.target.memory))
    }
}

impl Charge for Pair {
    fn charge(&mut self, bytes: u64) -> Result<(), Trap> {
        self.charged += bytes;
        if self.charged > self.most {
            return Err(Trap::OutOfFuel);
        }
        Ok(())
    }
}

/// Room for every program.
pub(super) fn large() -> Size {
    Size::new(u64::MAX)
}

/// Tables without handles.
pub(super) struct NoTransfer;

impl HandleTransfer for NoTransfer {
    fn own(&mut self, _: ResourceId, _: u32) -> Result<u32, Trap> {
        Err(Trap::UnknownHandle)
    }

    fn borrow(&mut self, _: ResourceId, _: u32) -> Result<u32, Trap> {
        Err(Trap::UnknownHandle)
    }
}

/// Runs a program to its end; what was in the registers before means nothing.
pub(super) fn finished(
    program: &Program,
    flat: &[u64],
    pair: &mut Pair,
    handles: &mut impl HandleTransfer,
) -> Result<Vec<u64>, Trap> {
    let mut registers = vec![0xAAAA_AAAA_AAAA_AAAA; program.registers()];
    program.start(&mut registers);
    let source = program.source_slots();
    assert_eq!(source.len(), flat.len(), "core values");
    registers[source].copy_from_slice(flat);
    // Where a result is wanted, if the program asks.
    if let Some(given) = registers
        .get_mut(program.target_slots())
        .and_then(<[u64]>::first_mut)
    {
        *given = 1_024;
    }
    let (mut answer, mut asked) = (None, Allocation::default());
    loop {
        match step(program, &mut registers, pair, handles, answer, &mut asked)? {
            Step::Done => return Ok(registers[program.target_slots()].to_vec()),
            Step::Again => answer = None,
            Step::Allocate => {
                let Allocation {
                    old,
                    old_size,
                    align,
                    size,
                } = asked;
                answer = Some(pair.target.answer(old, old_size, align, size)?);
            }
        }
    }
}

const U8: ValueType = ValueType::Primitive(Primitive::U8);
const U16: ValueType = ValueType::Primitive(Primitive::U16);
const U32: ValueType = ValueType::Primitive(Primitive::U32);
const U64: ValueType = ValueType::Primitive(Primitive::U64);
const BOOL: ValueType = ValueType::Primitive(Primitive::Bool);
const CHAR: ValueType = ValueType::Primitive(Primitive::Char);
const STRING: ValueType = ValueType::Primitive(Primitive::String);

const PLAIN: CanonicalOptions = CanonicalOptions {
    address: AddressType::I32,
    encoding: StringEncoding::Utf8,
};

fn defined(types: &mut TypeTable, ty: Defined) -> ValueType {
    ValueType::Defined(types.add(ty).unwrap().unwrap())
}

fn program(types: &TypeTable, ty: ValueType, from: Source, to: Target) -> Program {
    Program::compile(types, &[ty], (PLAIN, from), (PLAIN, to), &mut large()).unwrap()
}

/// Moves what the memory of a source begins with to address 1,024 of the target's.
fn moved(types: &TypeTable, ty: ValueType, bytes: &[u8]) -> Result<Pair, Trap> {
    let mut pair = Pair::new(false, Allocator::Bump { top: 2_048 });
    pair.source_mut().fill(0xEE);
    pair.source_mut()[..bytes.len()].copy_from_slice(bytes);
    let program = program(types, ty, Source::Memory, Target::Given);
    finished(&program, &[0], &mut pair, &mut NoTransfer)?;
    Ok(pair)
}

#[test]
fn padding_of_the_source_never_arrives() {
    let mut types = TypeTable::default();
    let record = defined(&mut types, Defined::Tuple(Box::new([U8, U32, U16])));
    let option = defined(&mut types, Defined::Option(U64));
    let result = defined(
        &mut types,
        Defined::Result {
            ok: Some(U8),
            err: Some(U64),
        },
    );
    let list = defined(&mut types, Defined::List(record));
    let both = defined(&mut types, Defined::Tuple(Box::new([record, option])));
    let fixed = defined(&mut types, Defined::FixedList(both, 2));
    let p = FRESH;
    let e = 0xEE;

    let pair = moved(&types, record, &[1, e, e, e, 2, 0, 0, 0, 3, 0, e, e]).unwrap();
    assert_eq!(
        pair.target.memory[1_024..1_036],
        [1, p, p, p, 2, 0, 0, 0, 3, 0, p, p]
    );
    let pair = moved(&types, option, &[0]).unwrap();
    assert_eq!(pair.target.memory[1_024..1_026], [0, p]);
    assert_eq!(pair.target.memory[1_032..1_040], [p; 8]);
    let pair = moved(&types, result, &[0, e, e, e, e, e, e, e, 5]).unwrap();
    let expected = [0, p, p, p, p, p, p, p, 5, p, p, p, p, p, p, p];
    assert_eq!(pair.target.memory[1_024..1_040], expected);

    let elements = [
        1, e, e, e, 2, 0, 0, 0, 3, 0, e, e, 4, e, e, e, 5, 0, 0, 0, 6, 0, e, e,
    ];
    let pair = moved(
        &types,
        list,
        &[[8, 0, 0, 0, 2, 0, 0, 0].as_slice(), &elements].concat(),
    );
    let pair = pair.unwrap();
    assert_eq!(pair.target.memory[1_024..1_032], [0, 8, 0, 0, 2, 0, 0, 0]);
    let arrived = elements.map(|byte| if byte == e { p } else { byte });
    assert_eq!(pair.target.memory[2_048..2_072], arrived);

    let one = [
        1, e, e, e, 2, 0, 0, 0, 3, 0, e, e, e, e, e, e, 0, e, e, e, e, e, e, e,
    ];
    let one = [one.as_slice(), &[e; 8]].concat();
    let pair = moved(&types, fixed, &[one.clone(), one.clone()].concat()).unwrap();
    let arrived: Vec<u8> = one
        .iter()
        .map(|byte| if *byte == e { p } else { *byte })
        .collect();
    assert_eq!(
        pair.target.memory[1_024..1_088],
        [arrived.clone(), arrived].concat()
    );
}

#[test]
fn what_is_the_same_bits_is_one_copy() {
    let mut types = TypeTable::default();
    let pair = defined(&mut types, Defined::Tuple(Box::new([U32, U32])));
    let triple = defined(&mut types, Defined::Tuple(Box::new([pair, U64])));
    let padded = defined(&mut types, Defined::Tuple(Box::new([U8, U8, U32, U64])));
    let list = defined(&mut types, Defined::List(triple));
    let ops = |ty| program(&types, ty, Source::Memory, Target::Given).ops.len();
    // Two addresses, a copy, the end; with padding, a call, two copies and the return.
    assert_eq!(ops(triple), 4);
    assert_eq!(ops(padded), 7);
    // A list with its elements, and its address.
    assert_eq!(ops(list), 6);
}

#[test]
fn strings_of_a_list_arrive_one_after_the_other() {
    let mut types = TypeTable::default();
    let list = defined(&mut types, Defined::List(STRING));
    let lengths = program(&types, list, Source::Flat, Target::Flat);
    // The list, its strings, its address, and the end.
    assert_eq!(lengths.ops.len(), 4);
    for encoding in [StringEncoding::Utf8, StringEncoding::Utf16] {
        let options = CanonicalOptions { encoding, ..PLAIN };
        let (from, to) = ((options, Source::Flat), (options, Target::Flat));
        let program = Program::compile(&types, &[list], from, to, &mut large()).unwrap();
        let unit = encoding.unit();
        // The second string is wrong in turn: nothing, its address, its length, its first unit.
        for (second, bad, trap) in [
            ((264, 2), 0x61, None),
            ((65_536, 2), 0x61, Some(Trap::StringOutOfBounds)),
            ((264, 1 << 28), 0x61, Some(Trap::StringOutOfBounds)),
            ((264, 2), 0xDFDF, Some(Trap::InvalidString)),
        ] {
            let mut pair = Pair::new(false, Allocator::Bump { top: 2_048 });
            let memory = pair.source_mut();
            memory[256..512].fill(0);
            memory[264..266].copy_from_slice(&u16::to_le_bytes(bad)[..]);
            for (place, word) in [256, 3, second.0, second.1, 0, 0].into_iter().enumerate() {
                memory[4 * place..][..4].copy_from_slice(&u32::to_le_bytes(word));
            }
            let moved = finished(&program, &[0, 3], &mut pair, &mut NoTransfer);
            let blocks: Vec<_> = pair
                .target
                .calls
                .iter()
                .map(|call| (call.2, call.3))
                .collect();
            let (three, two) = (u64::from(3 * unit), u64::from(2 * unit));
            let all = [(4, 24), (unit, three), (unit, two), (unit, 0)];
            match trap {
                Some(trap) => {
                    assert_eq!(moved, Err(trap));
                    // The first is there already.
                    assert_eq!(blocks, all[..2]);
                    assert_eq!(pair.target.memory[2_048..2_056], [24, 8, 0, 0, 3, 0, 0, 0]);
                }
                None => {
                    assert_eq!(moved, Ok(vec![2_048, 3]));
                    assert_eq!(blocks, all);
                    let second = pair.target.calls[2].4.unwrap() as usize;
                    assert_eq!(pair.target.memory[second], 0x61);
                }
            }
        }
    }
}

#[test]
fn a_step_ends_after_some_elements() {
    let mut types = TypeTable::default();
    let option = defined(&mut types, Defined::Option(U8));
    let list = defined(&mut types, Defined::List(option));
    let program = program(&types, list, Source::Flat, Target::Flat);
    // That there is no further one counts as one.
    for (count, expected) in [(65_535, 0), (65_536, 1), (131_071, 1), (131_072, 2)] {
        let mut pair = Pair::new(false, Allocator::Bump { top: 64 });
        *pair.source_mut() = vec![1; 1 << 19];
        pair.target.memory.resize(1 << 19, 0);
        let mut registers = vec![0; program.registers()];
        program.start(&mut registers);
        registers[program.source_slots()].copy_from_slice(&[1_024, count]);
        let (mut steps, mut answer) = (0, None);
        loop {
            let registers = &mut registers;
            let asked = &mut Allocation::default();
            match step(
                &program,
                registers,
                &mut pair,
                &mut NoTransfer,
                answer,
                asked,
            )
            .unwrap()
            {
                Step::Done => break,
                Step::Again => (steps, answer) = (steps + 1, None),
                Step::Allocate => answer = Some(64),
            }
        }
        assert_eq!(steps, expected, "{count}");
        let moved = &pair.target.memory[64..][..2 * count as usize];
        assert!(moved.iter().all(|byte| *byte == 1));
        assert_eq!(registers[program.target_slots()], [64, count]);
    }
}

#[test]
fn a_program_is_as_large_as_its_types() {
    let mut types = TypeTable::default();
    let mut ty = CHAR;
    for depth in 0..90 {
        let cases = ["a", "b", "c"].map(|name| (name.into(), Some(ty)));
        ty = defined(&mut types, Defined::Variant(Box::new(cases)));
        let deep = program(&types, ty, Source::Memory, Target::Given);
        assert!(
            deep.ops.len() < 10 * (depth + 2),
            "{depth}: {}",
            deep.ops.len()
        );
        if depth < 15 {
            let flat = program(&types, ty, Source::Flat, Target::Flat);
            assert!(
                flat.ops.len() < 10 * (depth + 2),
                "{depth}: {}",
                flat.ops.len()
            );
        }
    }
    let deep = program(&types, ty, Source::Memory, Target::Given);
    assert!(deep.registers() < 1_000, "{}", deep.registers());
    let flat = program(&types, U32, Source::Flat, Target::Flat);
    assert_eq!(flat.registers(), 14);
}

#[test]
fn cases_with_values_of_one_type_are_one() {
    let mut types = TypeTable::default();
    let case = |place| (format!("c{place}").into(), (place % 2 == 0).then_some(CHAR));
    let ty = Defined::Variant((0..10_000).map(case).collect());
    let ty = defined(&mut types, ty);
    // The entry, the number of the case, and two cases of at most three operations.
    let flat = program(&types, ty, Source::Flat, Target::Flat);
    assert!(flat.ops.len() <= 9, "{}", flat.ops.len());
    assert_eq!(flat.cases.len(), 10_000);
    for (case, slots) in [(0, [0, 97]), (9_999, [9_999, 0])] {
        let mut pair = Pair::new(false, Allocator::Script(Vec::new()));
        let moved = finished(&flat, &[case, 97], &mut pair, &mut NoTransfer);
        assert_eq!(moved, Ok(slots.to_vec()));
    }
}

#[test]
fn programs_have_a_limit() {
    let mut types = TypeTable::default();
    let ty = defined(&mut types, Defined::Option(STRING));
    let sides = ((PLAIN, Source::Flat), (PLAIN, Target::Flat));
    let mut size = large();
    Program::compile(&types, &[ty], sides.0, sides.1, &mut size).unwrap();
    let mut size = Size::new(2 * size.taken - 1);
    Program::compile(&types, &[ty], sides.0, sides.1, &mut size).unwrap();
    let error = Program::compile(&types, &[ty], sides.0, sides.1, &mut size).unwrap_err();
    assert!(error.is::<LimitError>(), "{error}");
}

#[test]
fn bytes_are_paid_for_before_they_are_copied() {
    let mut types = TypeTable::default();
    let list = defined(&mut types, Defined::List(U64));
    for (ty, bytes) in [(list, 800), (STRING, 100)] {
        let program = program(&types, ty, Source::Flat, Target::Flat);
        let mut pair = Pair::new(false, Allocator::Bump { top: 2_048 });
        pair.source_mut().fill(b'a');
        finished(&program, &[0, 100], &mut pair, &mut NoTransfer).unwrap();
        assert_eq!(pair.charged, bytes);
        let mut poor = Pair::new(false, Allocator::Bump { top: 2_048 });
        poor.source_mut().fill(b'a');
        poor.most = bytes - 1;
        let refused = finished(&program, &[0, 100], &mut poor, &mut NoTransfer);
        assert_eq!(refused, Err(Trap::OutOfFuel));
        assert!(poor.target.calls.is_empty());
    }
}

/// Handles whose numbers say what was done with them.
struct Numbered;

impl HandleTransfer for Numbered {
    fn own(&mut self, resource: ResourceId, handle: u32) -> Result<u32, Trap> {
        Ok(1_000 * resource.0 + handle)
    }

    fn borrow(&mut self, resource: ResourceId, handle: u32) -> Result<u32, Trap> {
        Ok(1_000 * resource.0 + 100 + handle)
    }
}

#[test]
fn handles_go_through_both_tables() {
    let mut types = TypeTable::default();
    let own = defined(&mut types, Defined::Own(ResourceId(1)));
    let borrow = defined(&mut types, Defined::Borrow(ResourceId(2)));
    let list = defined(&mut types, Defined::List(own));
    let params = defined(&mut types, Defined::Tuple(Box::new([own, borrow, list])));
    let program = program(&types, params, Source::Flat, Target::Flat);
    let mut pair = Pair::new(false, Allocator::Bump { top: 2_048 });
    pair.source_mut()[..8].copy_from_slice(&[7, 0, 0, 0, 8, 0, 0, 0]);
    let flat = finished(&program, &[3, 4, 0, 2], &mut pair, &mut Numbered);
    assert_eq!(flat, Ok(vec![1_003, 2_104, 2_048, 2]));
    let elements = [1_007u32.to_le_bytes(), 1_008u32.to_le_bytes()].concat();
    assert_eq!(pair.target.memory[2_048..2_056], elements);
}

#[test]
fn within_one_memory() {
    let mut types = TypeTable::default();
    let list = defined(&mut types, Defined::List(U16));
    let record = defined(&mut types, Defined::Tuple(Box::new([list, STRING, BOOL])));
    let program = program(&types, record, Source::Memory, Target::Allocated);
    let mut pair = Pair::new(true, Allocator::Bump { top: 2_048 });
    pair.source_mut()[..17].copy_from_slice(&[32, 0, 0, 0, 2, 0, 0, 0, 36, 0, 0, 0, 3, 0, 0, 0, 9]);
    pair.source_mut()[32..39].copy_from_slice(&[1, 2, 3, 4, b'a', b'b', b'c']);
    let flat = finished(&program, &[0], &mut pair, &mut NoTransfer);
    assert_eq!(flat, Ok(vec![2_048]));
    let expected = [20, 8, 0, 0, 2, 0, 0, 0, 24, 8, 0, 0, 3, 0, 0, 0, 1];
    assert_eq!(pair.target.memory[2_048..2_065], expected);
    assert_eq!(
        pair.target.memory[2_068..2_075],
        [1, 2, 3, 4, b'a', b'b', b'c']
    );
}

#[test]
fn text_of_every_kind_and_length_arrives() {
    let types = TypeTable::default();
    // Blocks of ASCII are written at once; others, and characters across a block's end, one by one.
    let parts = [
        "a",
        "0123456789",
        "\u{e9}",
        "\u{20ac}",
        "\u{1f370}",
        "\u{ff}\u{100}",
    ];
    for (one, other) in parts
        .iter()
        .flat_map(|one| parts.map(|other| (*one, other)))
    {
        for count in [1, 7, 62, 63, 64, 65, 130] {
            let text = [one.repeat(count), other.repeat(3), one.repeat(70)].concat();
            for encoding in StringEncoding::ALL {
                let options = CanonicalOptions { encoding, ..PLAIN };
                let through = |source, target, flat: &[u64], pair: &mut Pair| {
                    let sides = ((source, Source::Flat), (target, Target::Flat));
                    let program =
                        Program::compile(&types, &[STRING], sides.0, sides.1, &mut large());
                    finished(&program.unwrap(), flat, pair, &mut NoTransfer).unwrap()
                };
                let mut there = Pair::new(false, Allocator::Bump { top: 32 });
                there.source_mut()[..text.len()].copy_from_slice(text.as_bytes());
                let given = through(PLAIN, options, &[0, text.len() as u64], &mut there);
                let mut back = Pair::new(false, Allocator::Bump { top: 32 });
                back.source = Some(there.target);
                let found = through(options, PLAIN, &given, &mut back);
                let [at, size] = [found[0] as usize, found[1] as usize];
                let found = &back.target.memory[at..at + size];
                assert_eq!(core::str::from_utf8(found), Ok(&*text), "{encoding:?}");
            }
        }
    }
}
