//! Memory images, by hand from the rules of `CanonicalABI.md`, and what is wrong with others.
//!
//! Each image is lifted and lowered, for 32-bit and 64-bit addresses, so that a mistake made in
//! both directions is found as well. They run in every tier: nothing here allocates.

use super::*;
use crate::component::{
    AddressType, FlatType, MAX_FLAT_PARAMS, MAX_LIST_BYTE_LENGTH, MAX_STRING_BYTE_LENGTH,
    StringEncoding,
};
use crate::spec::Trap;

const PLAIN: CanonicalOptions = CanonicalOptions {
    address: AddressType::I32,
    encoding: StringEncoding::Utf8,
};
const WIDE: CanonicalOptions = CanonicalOptions {
    address: AddressType::I64,
    encoding: StringEncoding::Utf8,
};

/// A guest whose allocator goes through the memory from a place on, and counts its calls.
struct Guest<'m> {
    memory: &'m mut [u8],
    next: u64,
    calls: [(u64, u64, u32, u64); 8],
    count: usize,
    /// What to give instead.
    wrong: Option<u64>,
}

impl<'m> Guest<'m> {
    fn new(memory: &'m mut [u8], next: u64) -> Self {
        Self {
            memory,
            next,
            calls: [(0, 0, 0, 0); 8],
            count: 0,
            wrong: None,
        }
    }

    fn calls(&self) -> &[(u64, u64, u32, u64)] {
        &self.calls[..self.count]
    }
}

impl Realloc for Guest<'_> {
    fn memory(&mut self) -> &mut [u8] {
        self.memory
    }

    fn realloc(&mut self, old: u64, old_size: u64, align: u32, size: u64) -> Result<u64, Trap> {
        self.calls[self.count] = (old, old_size, align, size);
        self.count += 1;
        if let Some(wrong) = self.wrong {
            return Ok(wrong);
        }
        if old != 0 && size <= old_size {
            return Ok(old);
        }
        let at = self.next.next_multiple_of(align.into());
        self.next = at + size;
        let (from, to) = (old as usize, at as usize);
        self.memory.copy_within(from..from + old_size as usize, to);
        Ok(at)
    }
}

/// Writes a value to address 0 of a memory of 0xAA, and reads it again.
#[track_caller]
fn image<T>(value: T, options: CanonicalOptions, expected: &[u8])
where
    T: Lower + Lift + PartialEq + core::fmt::Debug,
{
    let mut memory = [0xAA; 64];
    LowerContext::new(&mut memory[..], options)
        .store(&value, 0)
        .unwrap();
    let (written, rest) = memory.split_at(expected.len());
    assert_eq!(written, expected);
    assert!(
        rest.iter().all(|byte| *byte == 0xAA),
        "written beyond the value"
    );
    let cx = LiftContext::new(&memory, options);
    assert_eq!(cx.load::<T>(0).as_ref(), Ok(&value));

    let mut slots = [u64::MAX; MAX_FLAT_PARAMS];
    let mut cx = LowerContext::new(&mut memory[..], options);
    let count = cx.lower(&value, &mut slots, MAX_FLAT_PARAMS).unwrap();
    let flat = <T as Lower>::ABI.with(options.address).flat;
    assert_eq!(flat.types().map(<[FlatType]>::len), Some(count));
    for (slot, ty) in slots.iter().zip(flat.types().unwrap()) {
        let narrow = [FlatType::I32, FlatType::F32].contains(ty);
        assert!(!narrow || *slot <= u32::MAX.into(), "{ty:?} {slot:x}");
    }
    let cx = LiftContext::new(&memory, options);
    assert_eq!(cx.lift::<T>(&slots[..count], MAX_FLAT_PARAMS), Ok(value));
}

#[test]
fn scalars() {
    image(true, PLAIN, &[1]);
    image(-2i8, PLAIN, &[0xFE]);
    image(0x1234u16, PLAIN, &[0x34, 0x12]);
    image(i32::MIN, PLAIN, &[0, 0, 0, 0x80]);
    image(
        u64::MAX - 1,
        PLAIN,
        &[0xFE, 255, 255, 255, 255, 255, 255, 255],
    );
    image(1.5f32, PLAIN, &[0, 0, 0xC0, 0x3F]);
    image(-0.0f64, PLAIN, &[0, 0, 0, 0, 0, 0, 0, 0x80]);
    image('é', PLAIN, &[0xE9, 0, 0, 0]);
}

#[test]
fn padding_is_left_alone() {
    image(
        (1u8, 2u32, 3u16),
        PLAIN,
        &[1, 0xAA, 0xAA, 0xAA, 2, 0, 0, 0, 3, 0],
    );
    image(Some(7u16), PLAIN, &[1, 0xAA, 7, 0]);
    image(None::<u16>, WIDE, &[0]);
    image(
        Err::<u64, u8>(9),
        PLAIN,
        &[1, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 9],
    );
    image(Ok::<(), u32>(()), PLAIN, &[0]);
    image(Some(Some(1u8)), PLAIN, &[1, 1, 1]);
}

#[test]
fn cases_share_core_values() {
    let flat = <Result<f32, u64> as Lower>::ABI.memory32.flat;
    assert_eq!(flat.types(), Some(&[FlatType::I32, FlatType::I64][..]));
    let mut memory = [];
    let mut slots = [u64::MAX; MAX_FLAT_PARAMS];
    let mut cx = LowerContext::new(&mut memory[..], PLAIN);
    let one = cx.lower(&Ok::<f32, u64>(1.0), &mut slots, MAX_FLAT_PARAMS);
    assert_eq!((one, &slots[..2]), (Ok(2), &[0, 0x3F80_0000][..]));
    let none = cx.lower(&None::<(u64, f64)>, &mut slots, MAX_FLAT_PARAMS);
    assert_eq!((none, &slots[..3]), (Ok(3), &[0, 0, 0][..]));
    // Signed numbers fill 32 bits; what is above means nothing when they come back.
    cx.lower(&-1i8, &mut slots, 1).unwrap();
    assert_eq!(slots[0], u32::MAX.into());
    let cx = LiftContext::new(&[], PLAIN);
    assert_eq!(cx.lift::<u8>(&[0x1FF], 1), Ok(0xFF));
    assert_eq!(cx.lift::<bool>(&[0x100], 1), Ok(true));
}

#[test]
fn nan_keeps_its_bits() {
    let bits = 0x7FA0_0001u32;
    let cx = LiftContext::new(&[], PLAIN);
    assert_eq!(
        cx.lift::<f32>(&[bits.into()], 1).map(f32::to_bits),
        Ok(bits)
    );
}

#[test]
fn strings_in_utf8() {
    let mut memory = [0; 64];
    let mut guest = Guest::new(&mut memory, 32);
    let mut cx = LowerContext::new(&mut guest, PLAIN);
    cx.store(&("héllo", 5u8), 4).unwrap();
    assert_eq!(guest.calls(), [(0, 0, 1, 6)]);
    assert_eq!(memory[4..13], [32, 0, 0, 0, 6, 0, 0, 0, 5]);
    assert_eq!(&memory[32..38], "héllo".as_bytes());
    let (text, number) = LiftContext::new(&memory, PLAIN)
        .load::<(WasmStr, u8)>(4)
        .unwrap();
    assert_eq!((text.as_utf8(&memory), number), (Ok(Some("héllo")), 5));
    assert!(text.chars(&memory).unwrap().eq("héllo".chars().map(Ok)));
}

#[test]
fn strings_in_utf16() {
    let options = CanonicalOptions {
        encoding: StringEncoding::Utf16,
        ..WIDE
    };
    let mut memory = [0; 64];
    let mut guest = Guest::new(&mut memory, 31);
    LowerContext::new(&mut guest, options)
        .store("aß😀", 0)
        .unwrap();
    // A unit for each byte at first, then what it takes.
    assert_eq!(guest.calls(), [(0, 0, 2, 14), (32, 14, 2, 8)]);
    assert_eq!(
        memory[..16],
        [32, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]
    );
    assert_eq!(memory[32..40], [0x61, 0, 0xDF, 0, 0x3D, 0xD8, 0, 0xDE]);
    let text: WasmStr = LiftContext::new(&memory, options).load(0).unwrap();
    assert_eq!(text.as_utf8(&memory), Ok(None));
    assert!(text.chars(&memory).unwrap().eq("aß😀".chars().map(Ok)));
    // Half of a pair.
    memory[38] = 0x61;
    memory[39] = 0;
    assert!(
        text.chars(&memory)
            .unwrap()
            .any(|char| char == Err(Trap::InvalidString))
    );
}

#[test]
fn strings_in_latin1_or_utf16() {
    let options = CanonicalOptions {
        encoding: StringEncoding::Latin1Utf16,
        ..PLAIN
    };
    let mut memory = [0; 64];
    let mut guest = Guest::new(&mut memory, 32);
    LowerContext::new(&mut guest, options)
        .store("aß", 0)
        .unwrap();
    assert_eq!(guest.calls(), [(0, 0, 2, 3), (32, 3, 2, 2)]);
    assert_eq!(
        (&memory[..8], &memory[32..34]),
        (&[32, 0, 0, 0, 2, 0, 0, 0][..], &[0x61, 0xDF][..])
    );
    let text: WasmStr = LiftContext::new(&memory, options).load(0).unwrap();
    assert!(text.chars(&memory).unwrap().eq("aß".chars().map(Ok)));

    let mut guest = Guest::new(&mut memory, 32);
    LowerContext::new(&mut guest, options)
        .store("aßc€", 0)
        .unwrap();
    assert_eq!(
        guest.calls(),
        [(0, 0, 2, 7), (32, 7, 2, 14), (40, 14, 2, 8)]
    );
    assert_eq!(memory[..8], [40, 0, 0, 0, 4, 0, 0, 0x80]);
    assert_eq!(memory[40..48], [0x61, 0, 0xDF, 0, 0x63, 0, 0xAC, 0x20]);
    let text: WasmStr = LiftContext::new(&memory, options).load(0).unwrap();
    assert!(text.chars(&memory).unwrap().eq("aßc€".chars().map(Ok)));
}

#[test]
fn lists() {
    let mut memory = [0; 128];
    let mut guest = Guest::new(&mut memory, 17);
    let list: &[(u8, u16)] = &[(1, 2), (3, 4)];
    let mut cx = LowerContext::new(&mut guest, PLAIN);
    cx.store(&(list, &["x", "yz"][..], &[7u64][..]), 64)
        .unwrap();
    assert_eq!(memory[18..26], [1, 0, 2, 0, 3, 0, 4, 0]);
    assert_eq!(memory[64..72], [18, 0, 0, 0, 2, 0, 0, 0]);
    let cx = LiftContext::new(&memory, PLAIN);
    type Lists = (WasmList<(u8, u16)>, WasmList<WasmStr>, WasmList<u64>);
    let (pairs, strings, numbers) = cx.load::<Lists>(64).unwrap();
    assert!(pairs.iter(&memory).eq(list.iter().copied().map(Ok)));
    assert_eq!(
        (pairs.len(), pairs.get(&memory, 1), pairs.get(&memory, 2)),
        (2, Some(Ok((3, 4))), None)
    );
    let texts = strings.iter(&memory).map(|string| string.unwrap());
    assert!(
        texts
            .map(|string| string.as_utf8(&memory).unwrap().unwrap())
            .eq(["x", "yz"])
    );
    assert_eq!(numbers.get(&memory, 0), Some(Ok(7)));
    // A shorter memory than before.
    assert_eq!(
        numbers.get(&memory[..20], 0),
        Some(Err(Trap::MemoryOutOfBounds))
    );
}

#[test]
fn what_is_too_much_for_core_values_goes_through_memory() {
    let mut memory = [0; 128];
    let mut guest = Guest::new(&mut memory, 20);
    let mut slots = [0; MAX_FLAT_PARAMS];
    let value = (1u8, (2u64, 3u64));
    let mut cx = LowerContext::new(&mut guest, PLAIN);
    assert_eq!(cx.lower(&value, &mut slots, 2), Ok(1));
    assert_eq!((guest.calls(), slots[0]), (&[(0, 0, 8, 24)][..], 24));
    let cx = LiftContext::new(&memory, PLAIN);
    assert_eq!(cx.lift::<(u8, (u64, u64))>(&slots[..1], 2), Ok(value));
    assert_eq!(
        cx.lift::<(u8, (u64, u64))>(&[25], 2),
        Err(Trap::UnalignedPointer)
    );
    assert_eq!(cx.lift::<(u8, (u64, u64))>(&[], 2), Err(Trap::BadSignature));
    // There are never more core values than fit, however many a type would have.
    type Many = (
        (u8, u8, u8, u8, u8, u8),
        (u8, u8, u8, u8, u8, u8),
        (u8, u8, u8, u8, u8, u8),
    );
    let flat = <Many as Lower>::ABI.memory32.flat;
    assert_eq!((flat.count(), flat.types()), (18, None));
    let many: Many = Default::default();
    let mut cx = LowerContext::new(&mut memory[..], PLAIN);
    assert_eq!(
        cx.lower(&many, &mut slots, usize::MAX),
        Err(Trap::BadSignature)
    );
}

/// The trap of reading a value.
#[track_caller]
fn traps<T: Lift>(memory: &[u8], at: u64, options: CanonicalOptions, expected: Trap) {
    let found = LiftContext::new(memory, options).load::<T>(at);
    assert_eq!(found.err(), Some(expected));
}

#[test]
fn wrong_addresses() {
    let memory = [0; 16];
    traps::<u32>(&memory, 2, PLAIN, Trap::UnalignedPointer);
    traps::<u32>(&memory, 16, PLAIN, Trap::MemoryOutOfBounds);
    traps::<u32>(&memory, u64::MAX - 3, PLAIN, Trap::MemoryOutOfBounds);
    // Alignment first.
    traps::<u32>(&memory, u64::MAX, PLAIN, Trap::UnalignedPointer);
    traps::<(u8, u64)>(&memory[..15], 0, PLAIN, Trap::MemoryOutOfBounds);
    // Whoever implements the traits is not asked to check.
    let cx = LiftContext::new(&memory, PLAIN);
    assert_eq!(
        <(u64, u64)>::load(&cx, u64::MAX),
        Err(Trap::MemoryOutOfBounds)
    );
    assert_eq!(
        Option::<u64>::load(&cx, u64::MAX),
        Err(Trap::MemoryOutOfBounds)
    );
    let mut memory = [0; 4];
    let mut cx = LowerContext::new(&mut memory[..], PLAIN);
    assert_eq!(cx.store(&1u64, 0), Err(Trap::MemoryOutOfBounds));
    assert_eq!(cx.store(&1u16, 1), Err(Trap::UnalignedPointer));
    assert_eq!(
        (1u64, 2u64).store(&mut cx, u64::MAX),
        Err(Trap::MemoryOutOfBounds)
    );
}

#[test]
fn wrong_numbers() {
    traps::<Option<u8>>(&[2, 0], 0, PLAIN, Trap::InvalidDiscriminant);
    traps::<Result<u8, ()>>(&[255, 0], 0, PLAIN, Trap::InvalidDiscriminant);
    for code in [0xD800u32, 0xDFFF, 0x11_0000, u32::MAX] {
        traps::<char>(&code.to_le_bytes(), 0, PLAIN, Trap::InvalidChar);
        let flat = LiftContext::new(&[], PLAIN).lift::<char>(&[code.into()], 1);
        assert_eq!(flat, Err(Trap::InvalidChar));
    }
    let cx = LiftContext::new(&[], PLAIN);
    assert_eq!(
        cx.lift::<Option<u8>>(&[2, 0], 2),
        Err(Trap::InvalidDiscriminant)
    );
    assert_eq!(cx.lift::<char>(&[0x10_FFFF], 1), Ok('\u{10FFFF}'));
}

/// A memory that begins with two words.
fn words(one: u64, two: u64) -> [u8; 32] {
    let mut memory = [0; 32];
    memory[..8].copy_from_slice(&one.to_le_bytes());
    memory[8..16].copy_from_slice(&two.to_le_bytes());
    memory
}

#[test]
fn wrong_strings() {
    let long = MAX_STRING_BYTE_LENGTH as u64;
    for (at, len) in [
        (33, 0),
        (0, 33),
        (u64::MAX, 1),
        (0, long + 1),
        (0, u64::MAX),
        (31, 2),
    ] {
        traps::<WasmStr>(&words(at, len), 0, WIDE, Trap::StringOutOfBounds);
    }
    let utf16 = CanonicalOptions {
        encoding: StringEncoding::Utf16,
        ..WIDE
    };
    traps::<WasmStr>(&words(0, long / 2 + 1), 0, utf16, Trap::StringOutOfBounds);
    traps::<WasmStr>(&words(17, 1), 0, utf16, Trap::UnalignedPointer);
    let latin1 = CanonicalOptions {
        encoding: StringEncoding::Latin1Utf16,
        ..WIDE
    };
    traps::<WasmStr>(&words(17, 1), 0, latin1, Trap::UnalignedPointer);
    traps::<WasmStr>(&words(16, 1 << 63 | 9), 0, latin1, Trap::StringOutOfBounds);
    assert!(
        LiftContext::new(&words(16, 1 << 63 | 8), latin1)
            .load::<WasmStr>(0)
            .is_ok()
    );

    for bytes in [&[0xFF][..], &[0xC3], &[0xED, 0xA0, 0x80], &[0xC0, 0x80]] {
        let mut memory = words(16, bytes.len() as u64);
        memory[16..16 + bytes.len()].copy_from_slice(bytes);
        let text: WasmStr = LiftContext::new(&memory, WIDE).load(0).unwrap();
        assert_eq!(text.as_utf8(&memory), Err(Trap::InvalidString));
        assert!(text.chars(&memory).is_err());
        #[cfg(feature = "alloc")]
        traps::<alloc::string::String>(&memory, 0, WIDE, Trap::InvalidString);
    }
}

#[test]
fn wrong_lists() {
    let long = MAX_LIST_BYTE_LENGTH as u64;
    let outside = [
        (33, 0),
        (0, 9),
        (u64::MAX - 3, 1),
        (0, long / 4 + 1),
        (0, u64::MAX / 2),
    ];
    for (at, len) in outside {
        let wanted = if at == 33 {
            Trap::UnalignedPointer
        } else {
            Trap::ListOutOfBounds
        };
        traps::<WasmList<u32>>(&words(at, len), 0, WIDE, wanted);
    }
    traps::<WasmList<u8>>(&words(33, 0), 0, WIDE, Trap::ListOutOfBounds);
    traps::<WasmList<u16>>(&words(1, 1), 0, WIDE, Trap::UnalignedPointer);
    // An element is read when it is asked for.
    let memory = words(16, 2);
    let list: WasmList<char> = LiftContext::new(&memory, WIDE).load(0).unwrap();
    assert!(list.iter(&memory).eq([Ok('\0'), Ok('\0')]));
    #[cfg(feature = "alloc")]
    {
        let mut memory = memory;
        memory[20..24].copy_from_slice(&[0, 0xD8, 0, 0]);
        traps::<alloc::vec::Vec<char>>(&memory, 0, WIDE, Trap::InvalidChar);
        assert_eq!(
            LiftContext::new(&memory, WIDE).load(0),
            Ok(alloc::vec![0u32, 0xD800])
        );
    }
}

#[test]
fn wrong_allocators() {
    let lower = |wrong, value: &dyn Fn(&mut LowerContext<'_, Guest<'_>>) -> Result<(), Trap>| {
        let mut memory = [0; 32];
        let mut guest = Guest::new(&mut memory, 16);
        guest.wrong = Some(wrong);
        value(&mut LowerContext::new(&mut guest, PLAIN))
    };
    let text = |cx: &mut LowerContext<'_, Guest<'_>>| cx.store("abc", 0);
    let list = |cx: &mut LowerContext<'_, Guest<'_>>| cx.store(&[1u32, 2][..], 0);
    let empty = |cx: &mut LowerContext<'_, Guest<'_>>| cx.store::<[u8]>(&[], 0);
    assert_eq!(lower(30, &text), Err(Trap::StringOutOfBounds));
    assert_eq!(lower(u64::MAX, &text), Err(Trap::StringOutOfBounds));
    assert_eq!(lower(28, &list), Err(Trap::ListOutOfBounds));
    assert_eq!(lower(18, &list), Err(Trap::UnalignedPointer));
    // Even for nothing.
    assert_eq!(lower(u32::MAX.into(), &empty), Err(Trap::ListOutOfBounds));
    assert_eq!(lower(32, &empty), Ok(()));
}

#[test]
fn what_is_no_type() {
    let of = |ty: &Type<'_>| CanonicalAbiInfo::of(ty, AddressType::I32);
    assert_eq!(of(&Type::List(&Type::Tuple(&[]))), None);
    assert_eq!(of(&Type::Flags(&["f"; 33])), None);
}
