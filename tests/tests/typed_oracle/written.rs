//! Values as vectors write them down: what they call a type of Rust, and how its values are read. What is
//! made of others, a list or a tuple, is read by its parts.

use std::fmt::Debug;

use serde_json::{Value, json};
use tabwasm::component::{Lift, Lower};

/// A value that vectors write down.
pub(crate) trait Written: Lift + Lower + Debug {
    /// What they call its type.
    fn name() -> Value;

    /// Reads it.
    fn read(json: &Value) -> Self;
}

pub(crate) fn text(json: &Value) -> &str {
    json.as_str().unwrap_or_else(|| panic!("no text: {json}"))
}

pub(crate) fn number(json: &Value) -> u64 {
    json.as_u64().unwrap_or_else(|| panic!("no number: {json}"))
}

pub(crate) fn list(json: &Value) -> &Vec<Value> {
    json.as_array().unwrap_or_else(|| panic!("no list: {json}"))
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
