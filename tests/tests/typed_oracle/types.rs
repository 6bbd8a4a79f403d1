//! The types that are compared: those of the standard library that vectors have most, and records,
//! variants, enums and flags by the derives, whose parts have the types that the vectors say.

use serde_json::{Value, json};
use tabwasm_macros::{ComponentType, Lift, Lower};

use super::Type;
use super::written::{Written, list, number};

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
pub(crate) fn types() -> Vec<Type> {
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
