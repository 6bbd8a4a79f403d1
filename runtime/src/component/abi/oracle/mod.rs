//! Vectors of the canonical ABI, which the executable definition of the standard computed.
//!
//! They are no part of the project; tests that lack them say that they are skipped. Here is what
//! reads their types and values. Two things are as the standard allows them, and not as the vectors
//! have them, which come from its deterministic profile: floats keep the bits of a NaN. So a NaN is
//! made the canonical one before it is lowered, and every NaN is equal to another.

mod flatten;
pub(in crate::component) mod guest;
pub(in crate::component) mod json;

use std::boxed::Box;
use std::string::{String, ToString};
use std::vec::Vec;
use std::{env, format, fs, path::PathBuf, println};

use self::json::Json;
use super::CanonicalOptions;
use crate::component::types::{Defined, FuncType, ResourceId, TypeTable, ValueType};
use crate::component::val::Val;
use crate::component::{AddressType, Primitive, StringEncoding};

/// The lines of a file; none if it is not there.
pub(in crate::component) fn lines(file: &str) -> Option<Vec<Json>> {
    let shared = match env::var_os("TABWASM_SHARED") {
        Some(folder) => PathBuf::from(folder),
        // Tests run in the folder of their package.
        None => PathBuf::from("../../shared"),
    };
    let folder = shared.join("oracle/canonical-abi");
    if !folder.is_dir() {
        println!(
            "SKIPPED: the vectors of the canonical ABI: no folder `shared/oracle/canonical-abi` beside the workspace or in TABWASM_SHARED"
        );
        return None;
    }
    let text = fs::read_to_string(folder.join(file)).expect("the vectors can be read");
    Some(text.lines().map(Json::parse).collect())
}

/// The type that a line writes down.
pub(in crate::component) fn ty(types: &mut TypeTable, json: &Json) -> ValueType {
    if let Json::String(name) = json {
        let known = Primitive::ALL
            .into_iter()
            .find(|known| known.name() == name);
        return ValueType::Primitive(known.unwrap_or_else(|| panic!("no type `{name}`")));
    }
    let [kind, parts @ ..] = json.list() else {
        panic!("no type: {json:?}")
    };
    let mut several = |json: &Json| -> Vec<ValueType> {
        json.list().iter().map(|json| ty(types, json)).collect()
    };
    let defined = match kind.text() {
        "record" => {
            let fields = several(&parts[0]).into_iter().enumerate();
            Defined::Record(fields.map(|(place, ty)| (label(place), ty)).collect())
        }
        "tuple" => Defined::Tuple(several(&parts[0]).into()),
        "variant" => {
            let cases = parts[0].list().iter().enumerate();
            Defined::Variant(
                cases
                    .map(|(place, json)| (label(place), optional(types, json)))
                    .collect(),
            )
        }
        "enum" => Defined::Enum((0..parts[0].number() as usize).map(label).collect()),
        "flags" => Defined::Flags((0..parts[0].number() as usize).map(label).collect()),
        "list" if parts.len() == 2 => {
            Defined::FixedList(ty(types, &parts[0]), parts[1].number() as u32)
        }
        "list" => Defined::List(ty(types, &parts[0])),
        "option" => Defined::Option(ty(types, &parts[0])),
        "result" => Defined::Result {
            ok: optional(types, &parts[0]),
            err: optional(types, &parts[1]),
        },
        "map" => Defined::Map(ty(types, &parts[0]), ty(types, &parts[1])),
        "own" => Defined::Own(ResourceId(0)),
        "borrow" => Defined::Borrow(ResourceId(0)),
        "stream" => Defined::Stream(optional(types, &parts[0])),
        "future" => Defined::Future(optional(types, &parts[0])),
        other => panic!("no type `{other}`"),
    };
    let id = types
        .add(defined)
        .expect("memory")
        .expect("a type of components");
    ValueType::Defined(id)
}

fn optional(types: &mut TypeTable, json: &Json) -> Option<ValueType> {
    (*json != Json::Null).then(|| ty(types, json))
}

fn label(place: usize) -> Box<str> {
    format!("f{place}").into()
}

/// The type of a function.
pub(in crate::component) fn func(params: &[ValueType], result: Option<ValueType>) -> FuncType {
    let params = params.iter().enumerate();
    FuncType {
        params: params.map(|(place, ty)| (label(place), *ty)).collect(),
        result,
        is_async: false,
    }
}

/// The value of a type that a line writes down.
pub(in crate::component) fn value(types: &TypeTable, ty: ValueType, json: &Json) -> Val {
    let id = match ty {
        ValueType::Primitive(ty) => return primitive(ty, json),
        ValueType::Defined(id) => id,
    };
    let all = |ty: ValueType| {
        json.list()
            .iter()
            .map(move |json| value(types, ty, json))
            .collect()
    };
    let boxed = |ty: Option<ValueType>, json: &Json| ty.map(|ty| Box::new(value(types, ty, json)));
    match types.get(id) {
        Defined::Record(fields) => {
            let fields = fields.iter().zip(json.list());
            let field = |((name, ty), json): (&(Box<str>, ValueType), &Json)| {
                (name.to_string(), value(types, *ty, json))
            };
            Val::Record(fields.map(field).collect())
        }
        Defined::Tuple(fields) => {
            let fields = fields.iter().zip(json.list());
            Val::Tuple(fields.map(|(ty, json)| value(types, *ty, json)).collect())
        }
        Defined::List(ty) | Defined::FixedList(ty, _) => Val::List(all(*ty)),
        Defined::Map(key, with) => {
            let pairs = json.list().iter().map(|pair| {
                let [one, other] = pair.list() else {
                    panic!("no pair: {pair:?}")
                };
                (value(types, *key, one), value(types, *with, other))
            });
            Val::Map(pairs.collect())
        }
        Defined::Enum(labels) => Val::Enum(labels[json.number() as usize].to_string()),
        Defined::Flags(labels) => {
            let set = |place: &usize| json.number() >> place & 1 == 1;
            let places = (0..labels.len()).filter(set);
            Val::Flags(places.map(|place| labels[place].to_string()).collect())
        }
        Defined::Variant(cases) => {
            let (name, ty) = &cases[json.list()[0].number() as usize];
            Val::Variant(name.to_string(), boxed(*ty, &json.list()[1]))
        }
        Defined::Option(ty) => {
            let some = json.list()[0].number() == 1;
            Val::Option(boxed(some.then_some(*ty), &json.list()[1]))
        }
        Defined::Result { ok, err } => match json.list()[0].number() {
            0 => Val::Result(Ok(boxed(*ok, &json.list()[1]))),
            _ => Val::Result(Err(boxed(*err, &json.list()[1]))),
        },
        other => panic!("no values of {other:?}"),
    }
}

fn primitive(ty: Primitive, json: &Json) -> Val {
    let bits = || u64::from_str_radix(json.text(), 16).expect("digits");
    match ty {
        Primitive::Bool => Val::Bool(*json == Json::Bool(true)),
        Primitive::S8 => Val::S8(json.number() as i8),
        Primitive::U8 => Val::U8(json.number() as u8),
        Primitive::S16 => Val::S16(json.number() as i16),
        Primitive::U16 => Val::U16(json.number() as u16),
        Primitive::S32 => Val::S32(json.number() as i32),
        Primitive::U32 => Val::U32(json.number() as u32),
        Primitive::S64 => Val::S64(json.text().parse().expect("a number")),
        Primitive::U64 => Val::U64(json.text().parse().expect("a number")),
        Primitive::F32 => {
            let float = f32::from_bits(bits() as u32);
            Val::Float32(if float.is_nan() { f32::NAN } else { float })
        }
        Primitive::F64 => {
            let float = f64::from_bits(bits());
            Val::Float64(if float.is_nan() { f64::NAN } else { float })
        }
        Primitive::Char => Val::Char(char::from_u32(json.number() as u32).expect("a character")),
        Primitive::String => Val::String(String::from(json.text())),
        Primitive::ErrorContext => panic!("no values of error contexts"),
    }
}

/// Address type and encoding of a line.
pub(in crate::component) fn options(address: &Json, encoding: &Json) -> CanonicalOptions {
    CanonicalOptions {
        address: address_type(address.text()),
        encoding: StringEncoding::ALL
            .into_iter()
            .find(|known| encoding_name(*known) == encoding.text())
            .expect("an encoding"),
    }
}

pub(in crate::component) fn address_type(name: &str) -> AddressType {
    match name {
        "i32" => AddressType::I32,
        "i64" => AddressType::I64,
        other => panic!("no type of addresses: {other}"),
    }
}

fn encoding_name(encoding: StringEncoding) -> &'static str {
    match encoding {
        StringEncoding::Utf8 => "utf8",
        StringEncoding::Utf16 => "utf16",
        StringEncoding::Latin1Utf16 => "latin1+utf16",
    }
}

/// Core values of a line.
pub(in crate::component) fn slots(json: &Json) -> Vec<u64> {
    let slot = |json: &Json| u64::from_str_radix(json.list()[1].text(), 16).expect("digits");
    json.list().iter().map(slot).collect()
}
