//! Values by the typed path, types of Rust and their derives, against vectors that the executable
//! definition of the Canonical ABI computed: core values, bytes in memory, calls of the allocator.
//!
//! The vectors are no part of the project; without them this test says that it is skipped. Floats keep
//! the bits of a NaN, which the vectors make canonical, so that values are read with canonical ones.

use std::fmt::Debug;
use std::fs;

use serde_json::{Value, json};
use tabwasm::Trap;
use tabwasm::component::{
    AddressType, CanonicalOptions, Lift, LiftContext, Lower, LowerContext, MAX_FLAT_PARAMS,
    Realloc, StringEncoding,
};
use tabwasm_macros::{ComponentType, Lift, Lower};
use tabwasm_tests::shared;

/// Least types with vectors, and least vectors of them all.
const LEAST: [usize; 2] = [100, 2_000];

/// Where blocks begin, and what is at the start in each byte of the guest's memory of so many.
const BASE: u64 = 16;
const FRESH: u8 = 0xCD;
const SIZE: usize = 65_536;

#[test]
fn vectors() {
    let Some(folder) = shared("oracle/canonical-abi") else {
        println!("SKIPPED: the vectors are not here (shared/oracle/canonical-abi)");
        return;
    };
    let text = fs::read_to_string(folder.join("values.jsonl")).expect("the vectors can be read");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let types = types();
    let mut counts = vec![0; types.len()];
    for line in &lines {
        if let Some(at) = types.iter().position(|ty| ty.name == line["type"]) {
            (types[at].check)(&Vector::new(line));
            counts[at] += 1;
        }
    }
    for (ty, count) in types.iter().zip(&counts) {
        assert!(*count > 0, "no vector has {}", ty.name);
    }
    let found = [counts.len(), counts.iter().sum()];
    println!("{} types, {} vectors", found[0], found[1]);
    assert!(found >= LEAST, "{found:?}");
}

/// A type of Rust, as vectors call it.
struct Type {
    name: Value,
    check: fn(&Vector<'_>),
}

/// A value that vectors write down.
trait Written: Lift + Lower + Debug {
    /// What they call its type.
    fn name() -> Value;

    /// Reads it.
    fn read(json: &Value) -> Self;
}

/// A line of the vectors.
struct Vector<'a> {
    line: &'a Value,
    options: CanonicalOptions,
}

impl<'a> Vector<'a> {
    fn new(line: &'a Value) -> Self {
        let address = match text(&line["ptr"]) {
            "i32" => AddressType::I32,
            "i64" => AddressType::I64,
            other => panic!("no type of addresses: {other}"),
        };
        let encoding = match text(&line["enc"]) {
            "utf8" => StringEncoding::Utf8,
            "utf16" => StringEncoding::Utf16,
            "latin1+utf16" => StringEncoding::Latin1Utf16,
            other => panic!("no encoding: {other}"),
        };
        let options = CanonicalOptions { address, encoding };
        Self { line, options }
    }

    fn check<T: Written>(&self) {
        match text(&self.line["kind"]) {
            "lower" => self.lower::<T>(),
            "lower-script" => self.lower_script::<T>(),
            "lift" => self.expect(self.lifted::<T>()),
            "load" => {
                let guest = self.guest();
                let at = number(&self.line["at"]);
                self.expect(LiftContext::new(&guest.memory, self.options).load::<T>(at));
            }
            other => panic!("no kind of vectors: {other}"),
        }
    }

    fn value<T: Written>(&self) -> T {
        T::read(&self.line["value"])
    }

    fn flat<T: Written>(&self, guest: &mut Guest) -> Result<Vec<u64>, Trap> {
        let mut slots = [0; MAX_FLAT_PARAMS];
        let mut cx = LowerContext::new(guest, self.options);
        let count = cx.lower(&self.value::<T>(), &mut slots, MAX_FLAT_PARAMS)?;
        Ok(slots[..count].to_vec())
    }

    fn lower<T: Written>(&self) {
        let (line, id) = (self.line, &self.line["id"]);
        let mut guest = Guest::new(Answers::Behind(BASE));
        let flat = self.flat::<T>(&mut guest).expect("it can be lowered");
        assert_eq!(flat, slots(&line["flat"]), "{id}: core values");
        guest.check(id, &line["flat_reallocs"], &line["flat_image"]);
        let cx = LiftContext::new(&guest.memory, self.options);
        self.expect(cx.lift::<T>(&flat, MAX_FLAT_PARAMS));

        let mut guest = Guest::new(Answers::Behind(number(&line["store_heap"])));
        let at = number(&line["store_at"]);
        let mut cx = LowerContext::new(&mut guest, self.options);
        cx.store(&self.value::<T>(), at).expect("it can be stored");
        guest.check(id, &line["store_reallocs"], &line["store_image"]);
        self.expect(LiftContext::new(&guest.memory, self.options).load::<T>(at));
    }

    fn lower_script<T: Written>(&self) {
        let (line, id) = (self.line, &self.line["id"]);
        let answers = list(&line["realloc_returns"]).iter();
        let mut answers: Vec<Option<u64>> = answers.map(Value::as_u64).collect();
        answers.reverse();
        let mut guest = Guest::new(Answers::These(answers));
        let flat = self.flat::<T>(&mut guest);
        if line.get("trap").is_some() {
            assert!(flat.is_err(), "{id}: no trap");
            guest.check(id, &line["flat_reallocs"], &json!([]));
            return;
        }
        assert_eq!(flat, Ok(slots(&line["flat"])), "{id}: core values");
        guest.check(id, &line["flat_reallocs"], &line["flat_image"]);
    }

    /// A guest with the bytes of the line.
    fn guest(&self) -> Guest {
        let mut guest = Guest::new(Answers::These(Vec::new()));
        if let Some(image) = self.line.get("image") {
            for (at, bytes) in blocks(image) {
                guest.memory[at..at + bytes.len()].copy_from_slice(&bytes);
            }
        }
        guest
    }

    fn lifted<T: Written>(&self) -> Result<T, Trap> {
        let guest = self.guest();
        let flat = slots(&self.line["flat"]);
        LiftContext::new(&guest.memory, self.options).lift(&flat, MAX_FLAT_PARAMS)
    }

    /// What is shown of two values is equal if they are; `0.0` and `-0.0` are not.
    fn expect<T: Written>(&self, found: Result<T, Trap>) {
        let id = &self.line["id"];
        match self.line.get("trap") {
            Some(_) => assert!(found.is_err(), "{id}: no trap, but {found:?}"),
            None => {
                let found = format!("{:?}", found.map_err(|trap| trap.to_string()));
                let expected = format!("{:?}", Ok::<T, String>(self.value()));
                assert_eq!(found, expected, "{id}");
            }
        }
    }
}

/// The memory of a guest, and what its allocator was asked for.
struct Guest {
    memory: Vec<u8>,
    answers: Answers,
    /// Old address, old size, alignment, size, answer.
    calls: Vec<Value>,
}

/// How an allocator answers.
enum Answers {
    /// Behind all blocks.
    Behind(u64),
    /// The last of these; without one, a trap.
    These(Vec<Option<u64>>),
}

impl Guest {
    fn new(answers: Answers) -> Self {
        Self {
            memory: vec![FRESH; SIZE],
            answers,
            calls: Vec::new(),
        }
    }

    #[track_caller]
    fn check(&self, id: &Value, calls: &Value, image: &Value) {
        assert_eq!(self.calls, *list(calls), "{id}: calls of `realloc`");
        for (at, bytes) in blocks(image) {
            let found = &self.memory[at..at + bytes.len()];
            assert_eq!(found, bytes, "{id}: memory from {at} on");
        }
    }
}

impl Realloc for Guest {
    fn memory(&mut self) -> &mut [u8] {
        &mut self.memory
    }

    fn realloc(&mut self, old: u64, old_size: u64, align: u32, size: u64) -> Result<u64, Trap> {
        let answer = match &mut self.answers {
            Answers::Behind(top) => {
                let at = top.next_multiple_of(align.into());
                *top = at + size;
                Some(at).filter(|at| at + size <= SIZE as u64)
            }
            Answers::These(all) => all.pop().expect("one call of `realloc` too many"),
        };
        let told = answer.map_or(json!(-1), |at| json!(at));
        self.calls.push(json!([old, old_size, align, size, told]));
        let at = answer.ok_or(Trap::UnreachableCodeReached)?;
        if at.saturating_add(size) <= SIZE as u64 {
            let kept = old..old + old_size.min(size);
            self.memory
                .copy_within(kept.start as usize..kept.end as usize, at as usize);
        }
        Ok(at)
    }
}

fn text(json: &Value) -> &str {
    json.as_str().unwrap_or_else(|| panic!("no text: {json}"))
}

fn number(json: &Value) -> u64 {
    json.as_u64().unwrap_or_else(|| panic!("no number: {json}"))
}

fn list(json: &Value) -> &Vec<Value> {
    json.as_array().unwrap_or_else(|| panic!("no list: {json}"))
}

/// Core values of a line.
fn slots(json: &Value) -> Vec<u64> {
    let slot = |json: &Value| u64::from_str_radix(text(&json[1]), 16).expect("digits");
    list(json).iter().map(slot).collect()
}

/// Bytes of a memory, and where they stand.
fn blocks(json: &Value) -> Vec<(usize, Vec<u8>)> {
    let byte = |digits: &[u8]| {
        let digits = std::str::from_utf8(digits).expect("digits");
        u8::from_str_radix(digits, 16).expect("digits")
    };
    let block = |json: &Value| {
        let bytes = text(&json[1]).as_bytes().chunks(2).map(byte);
        (number(&json[0]) as usize, bytes.collect())
    };
    list(json).iter().map(block).collect()
}

/// Types without parts: what vectors call them, and how they write their values.
macro_rules! plain {
    ($($type:ty: $name:literal |$json:ident| $value:expr;)*) => {$(
        impl Written for $type {
            fn name() -> Value {
                json!($name)
            }

            fn read($json: &Value) -> Self {
                $value
            }
        }
    )*};
}

plain! {
    bool: "bool" |json| json.as_bool().expect("a truth value");
    i8: "s8" |json| signed(json) as i8;
    u8: "u8" |json| number(json) as u8;
    i16: "s16" |json| signed(json) as i16;
    u16: "u16" |json| number(json) as u16;
    i32: "s32" |json| signed(json) as i32;
    u32: "u32" |json| number(json) as u32;
    i64: "s64" |json| text(json).parse().expect("a number");
    u64: "u64" |json| text(json).parse().expect("a number");
    f32: "f32" |json| {
        let float = f32::from_bits(bits(json) as u32);
        if float.is_nan() { f32::NAN } else { float }
    };
    f64: "f64" |json| {
        let float = f64::from_bits(bits(json));
        if float.is_nan() { f64::NAN } else { float }
    };
    char: "char" |json| char::from_u32(number(json) as u32).expect("a character");
    String: "string" |json| text(json).to_owned();
}

fn signed(json: &Value) -> i64 {
    json.as_i64().unwrap_or_else(|| panic!("no number: {json}"))
}

fn bits(json: &Value) -> u64 {
    u64::from_str_radix(text(json), 16).expect("digits")
}

impl<T: Written> Written for Vec<T> {
    fn name() -> Value {
        json!(["list", T::name()])
    }

    fn read(json: &Value) -> Self {
        list(json).iter().map(T::read).collect()
    }
}

impl<T: Written> Written for Option<T> {
    fn name() -> Value {
        json!(["option", T::name()])
    }

    fn read(json: &Value) -> Self {
        (number(&json[0]) == 1).then(|| T::read(&json[1]))
    }
}

/// What a case of a `result` has, perhaps nothing.
trait Payload: Lift + Lower + Debug {
    fn payload() -> Value;
    fn read_payload(json: &Value) -> Self;
}

impl Payload for () {
    fn payload() -> Value {
        Value::Null
    }

    fn read_payload(_: &Value) -> Self {}
}

impl<T: Written> Payload for T {
    fn payload() -> Value {
        T::name()
    }

    fn read_payload(json: &Value) -> Self {
        T::read(json)
    }
}

impl<T: Payload, E: Payload> Written for Result<T, E> {
    fn name() -> Value {
        json!(["result", T::payload(), E::payload()])
    }

    fn read(json: &Value) -> Self {
        match number(&json[0]) {
            0 => Ok(T::read_payload(&json[1])),
            _ => Err(E::read_payload(&json[1])),
        }
    }
}

macro_rules! tuples {
    ($(($($part:ident)*);)*) => {$(
        impl<$($part: Written),*> Written for ($($part,)*) {
            fn name() -> Value {
                json!(["tuple", [$($part::name()),*]])
            }

            fn read(json: &Value) -> Self {
                let mut parts = list(json).iter();
                let mut next = || parts.next().expect("a part");
                ($($part::read(next()),)*)
            }
        }
    )*};
}

tuples! {
    (A);
    (A B);
    (A B C);
    (A B C D);
    (A B C D E);
    (A B C D E F G H);
    (A B C D E F G H I);
}

macro_rules! records {
    ($($name:ident { $($field:ident: $ty:ty),* })*) => {$(
        #[derive(ComponentType, Lift, Lower, Debug)]
        #[component(record)]
        struct $name { $($field: $ty),* }

        impl Written for $name {
            fn name() -> Value {
                json!(["record", [$(<$ty>::name()),*]])
            }

            fn read(json: &Value) -> Self {
                let mut fields = list(json).iter();
                $(let $field = <$ty>::read(fields.next().expect("a field"));)*
                Self { $($field),* }
            }
        }
    )*};
}

macro_rules! variants {
    (@ name) => { Value::Null };
    (@ name $ty:ty) => { <$ty>::name() };
    ($($name:ident { $($case:ident $(($ty:ty))?),* })*) => {$(
        #[derive(ComponentType, Lift, Lower, Debug)]
        #[component(variant)]
        enum $name { $($case $(($ty))?),* }

        impl Written for $name {
            fn name() -> Value {
                json!(["variant", [$(variants!(@ name $($ty)?)),*]])
            }

            fn read(json: &Value) -> Self {
                let mut cases = 0..;
                $(if cases.next() == Some(number(&json[0])) {
                    return Self::$case $((<$ty>::read(&json[1])))?;
                })*
                panic!("no case: {json}")
            }
        }
    )*};
}

macro_rules! enums {
    ($($name:ident { $($case:ident)* })*) => {$(
        #[derive(ComponentType, Lift, Lower, Clone, Copy, Debug)]
        #[component(enum)]
        enum $name { $($case),* }

        impl Written for $name {
            fn name() -> Value {
                let cases = [$(Self::$case),*];
                json!(["enum", (cases.len())])
            }

            fn read(json: &Value) -> Self {
                [$(Self::$case),*][number(json) as usize]
            }
        }
    )*};
}

macro_rules! flags {
    ($($name:ident { $($flag:ident)* })*) => {$(
        #[derive(ComponentType, Lift, Lower, Debug)]
        #[component(flags)]
        struct $name { $($flag: bool),* }

        impl Written for $name {
            fn name() -> Value {
                let flags = [$(stringify!($flag)),*];
                json!(["flags", (flags.len())])
            }

            fn read(json: &Value) -> Self {
                let mut bits = (0..).map(|at| number(json) >> at & 1 == 1);
                $(let $flag = bits.next().expect("a flag");)*
                Self { $($flag),* }
            }
        }
    )*};
}

records! {
    Small { f0: u8, f1: String, f2: u8 }
    Whole { f0: i32 }
    Truth { f0: bool }
    Long { f0: i64 }
    Padded { f0: u8, f1: u64, f2: u8 }
    Listed { f0: u16, f1: Vec<u16>, f2: u8 }
    Rising { f0: u8, f1: u16, f2: u32, f3: u64 }
    Falling { f0: u64, f1: u32, f2: u16, f3: u8 }
    Letters { f0: bool, f1: char, f2: bool }
    Floats { f0: u8, f1: f32, f2: u8, f3: f64, f4: u8 }
    Options { f0: u8, f1: Option<u8>, f2: Option<u16>, f3: Option<u32>, f4: Option<u64> }
    Outcome { f0: u32, f1: Result<(), ()>, f2: u8 }
}

variants! {
    Nothing { C0 }
    Joined { C0((f32, f32, f32)), C1((u64, f32, u8)), C2(String) }
    TextOrPair { C0(String), C1((f32, f64)) }
    Three { C0(u8), C1(f32), C2 }
    Lists { C0(Vec<u16>), C1(f64), C2(Option<f32>) }
    TextPairFloat { C0(String), C1((u64, f64)), C2(f32) }
    Bare { C0, C1 }
    Numbers { C0(i8), C1(f32), C2(i64), C3(f64), C4, C5(char), C6(bool) }
    Signed { C0(i8), C1(i16), C2(i32), C3(u8), C4(u16) }
    Letter { C0(char), C1 }
    Narrow { C0(f32), C1 }
    Wide { C0(i8), C1(i16), C2(i32), C3(u64) }
    Spread { C0, C1((f32, f64)), C2((f32, f64, u16)) }
    WordOrFloat { C0(u32), C1(f32) }
    TwoFloats { C0(f32), C1(f64) }
    Mixed { C0(i16), C1(f32), C2(f64) }
    Many { C0, C1(u8), C2((f64, f64, f32, i64)) }
}

enums! {
    Enum1 { C0 }
    Enum2 { C0 C1 }
    Enum3 { C0 C1 C2 }
    Enum16 { C0 C1 C2 C3 C4 C5 C6 C7 C8 C9 C10 C11 C12 C13 C14 C15 }
}

flags! {
    Flags1 { f0 }
    Flags3 { f0 f1 f2 }
    Flags8 { f0 f1 f2 f3 f4 f5 f6 f7 }
    Flags9 { f0 f1 f2 f3 f4 f5 f6 f7 f8 }
    Flags15 { f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 }
    Flags16 { f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 }
    Flags17 { f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 }
    Flags24 { f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 }
    Flags31 {
        f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19
        f20 f21 f22 f23 f24 f25 f26 f27 f28 f29 f30
    }
    Flags32 {
        f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19
        f20 f21 f22 f23 f24 f25 f26 f27 f28 f29 f30 f31
    }
}

/// Lists types with their checks.
macro_rules! types {
    ($($ty:ty;)*) => {
        vec![$(Type { name: <$ty>::name(), check: |vector| vector.check::<$ty>() }),*]
    };
}

#[rustfmt::skip]
fn types() -> Vec<Type> {
    types! {
        String;
        Vec<u8>;
        Result<(), ()>;
        f32;
        f64;
        Vec<u64>;
        Vec<u16>;
        Vec<String>;
        Option<String>;
        char;
        i8;
        u8;
        i16;
        i32;
        u16;
        u32;
        bool;
        Vec<bool>;
        Vec<i64>;
        Vec<u32>;
        Vec<i8>;
        Vec<char>;
        Vec<Vec<u32>>;
        Vec<f32>;
        Option<i16>;
        Vec<f64>;
        i64;
        Vec<i16>;
        Option<u64>;
        Option<u32>;
        Option<char>;
        u64;
        Vec<i32>;
        Option<i64>;
        Option<f32>;
        Result<String, ()>;
        Vec<Vec<u16>>;
        Option<u16>;
        Option<f64>;
        Result<(), String>;
        Result<String, String>;
        Option<(String, u64, f32)>;
        Option<i8>;
        Option<i32>;
        Option<bool>;
        Option<u8>;
        Result<u16, ()>;
        Result<i32, ()>;
        Result<(), i32>;
        Result<(), i64>;
        Vec<Result<String, u64>>;
        (u8, String, u8);
        (String, String, String, String, String, String, String, String);
        (String, String, String, String, String, String, String, String, u8);
        (Option<String>, Vec<Result<u8, String>>);
        Option<Result<(), ()>>;
        Result<i8, ()>;
        Result<i16, ()>;
        Result<(), u16>;
        Result<u32, ()>;
        Result<(), u32>;
        Result<(), u64>;
        Result<(), f32>;
        Result<(), char>;
        Vec<Option<u8>>;
        Vec<Result<(), ()>>;
        Result<bool, ()>;
        Result<(), bool>;
        Result<(), u8>;
        Result<(), i16>;
        Result<i64, ()>;
        Result<u64, ()>;
        Vec<Vec<u8>>;
        Result<Result<u8, ()>, Option<u64>>;
        Option<Option<Option<bool>>>;
        Vec<(u8, u32)>;
        Vec<(u8, u8, u8)>;
        Result<(), i8>;
        Result<u8, ()>;
        Result<f32, ()>;
        Result<f64, ()>;
        Result<(), f64>;
        (u32,);
        Option<Vec<f64>>;
        Option<Vec<f32>>;
        Vec<Vec<i64>>;
        Result<char, ()>;
        Vec<Vec<Vec<u16>>>;
        Vec<(u8, u16, u8, u32)>;
        Vec<(u16, u8)>;
        Vec<((u16, u8), u8)>;
        Vec<Option<u64>>;
        Vec<Option<Option<u8>>>;
        (u16, Vec<u16>, u8);
        Result<u8, u32>;
        Result<f32, f64>;
        (i32,);
        (u64,);
        Option<Vec<i32>>;
        Vec<Vec<i32>>;
        Result<(), Vec<u8>>;
        Option<Vec<u64>>;
        Vec<Option<u16>>;
        (u8,);
        Option<Option<u8>>;
        (f64,);
        Result<Result<(), ()>, ()>;
        Option<Vec<String>>;
        Vec<Vec<Option<u8>>>;
        Vec<Vec<Vec<i32>>>;
        Vec<Vec<String>>;
        Vec<Option<Vec<u8>>>;
        Vec<Vec<f32>>;
        (u8, u16, u32, u64);
        (u64, u32, u16, u8);
        (u8, u64, u8);
        (bool, char, bool);
        (u8, f32, u8, f64, u8);
        (u8, Option<u8>, Option<u16>, Option<u32>, Option<u64>);
        (u32, Result<(), ()>, u8);
        Result<i8, u16>;
        (Vec<Result<(), i64>>, char);
        Result<u64, Option<(Vec<u32>,)>>;
        Option<Result<u8, ()>>;
        Result<Option<u16>, i32>;
        Option<Result<u32, ()>>;
        (Vec<u32>, bool);
        Vec<Vec<bool>>;
        Result<Option<bool>, f64>;
        Option<(u32,)>;
        (Vec<bool>, Vec<u8>);
        Vec<(i32, f64, char)>;
        (i8, String);
        (i16,);
        Option<Option<Option<String>>>;
        Vec<(Vec<Vec<i32>>,)>;
        Result<Option<Option<(u32, u16)>>, u64>;
        Small;
        Whole;
        Truth;
        Long;
        Padded;
        Listed;
        Rising;
        Falling;
        Letters;
        Floats;
        Options;
        Outcome;
        Nothing;
        Joined;
        TextOrPair;
        Three;
        Lists;
        TextPairFloat;
        Bare;
        Numbers;
        Signed;
        Letter;
        Narrow;
        Wide;
        Spread;
        WordOrFloat;
        TwoFloats;
        Mixed;
        Many;
        Enum1;
        Enum2;
        Enum3;
        Enum16;
        Flags1;
        Flags3;
        Flags8;
        Flags9;
        Flags15;
        Flags16;
        Flags17;
        Flags24;
        Flags31;
        Flags32;
        Vec<Enum3>;
        Vec<Flags9>;
        Option<Flags9>;
        Option<Enum2>;
        Result<Option<char>, Enum3>;
        Vec<Flags1>;
    }
}
