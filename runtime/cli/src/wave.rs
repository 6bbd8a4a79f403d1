//! Values of components on the command line, in WAVE: what `--invoke` takes, and what it prints.
//!
//! The crate `wasm-wave` reads and writes the text; what stands here tells it the library's types and
//! values. Types are looked at one level at a time, because all of one can be more than anybody has
//! memory for. A handle cannot be written. Language: `wasm-wave`'s README.

use std::borrow::Cow;
use std::fmt::Write;

use tabwasm::component::Val;
use tabwasm::component::types::{ComponentFunc, Type};
use wasm_wave::parser::ParserError;
use wasm_wave::untyped::UntypedFuncCall;
use wasm_wave::wasm::{WasmType, WasmTypeKind as Kind, WasmValue, WasmValueError};

/// A call as text, divided: the function's name, and where the arguments begin with a parenthesis.
pub fn name(call: &str) -> (&str, &str) {
    let (name, arguments) = call.split_at(call.find('(').unwrap_or(call.len()));
    (name.trim(), arguments)
}

/// The arguments of a call of a function of this type.
///
/// # Errors
/// A message of several lines, if there are none.
pub fn arguments(call: &str, ty: &ComponentFunc) -> Result<Vec<Val>, String> {
    let (name, arguments) = call.split_at(call.find('(').unwrap_or(call.len()));
    // Names of exports are more than WAVE knows. Another of the same length keeps all places.
    let known = "f".repeat(name.len().max(1));
    let arguments = if arguments.is_empty() {
        "()"
    } else {
        arguments
    };
    let text = format!("{known}{arguments}");
    let types: Vec<_> = ty.params().map(|(_, ty)| Typed(ty)).collect();
    let values = UntypedFuncCall::parse(&text)
        .and_then(|call| call.to_wasm_params::<Value>(&types))
        .map_err(|error| excerpt(call, &error))?;
    Ok(values.into_iter().map(|value| value.0).collect())
}

/// A value in WAVE.
///
/// # Errors
/// A message, if it has a handle in it.
pub fn show(value: &Val) -> Result<String, String> {
    wasm_wave::to_string(&Value(value.clone())).map_err(|error| error.to_string())
}

/// The type of a function, on one line, its parameters by kind.
pub fn signature(ty: &ComponentFunc) -> String {
    let params = ty.params();
    let params: Vec<_> = params
        .map(|(name, ty)| format!("{name}: {}", ty.kind()))
        .collect();
    let mut shown = format!("func({})", params.join(", "));
    for result in ty.results() {
        let _ = write!(shown, " -> {}", result.kind());
    }
    shown
}

/// What is wrong, and where in the call.
fn excerpt(call: &str, error: &ParserError) -> String {
    let mut message = match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    };
    if let Some(source) = std::error::Error::source(error) {
        let _ = write!(message, ": {source}");
    }
    let span = error.span();
    let before = call.get(..span.start).unwrap_or(call);
    let marked = call.get(span).unwrap_or_default();
    let (indent, length) = (before.chars().count(), marked.chars().count().max(1));
    let mark = "^".repeat(length);
    format!("{message}\n  | {call}\n  | {:indent$}{mark}", "")
}

/// A type, as `wasm-wave` asks about it.
#[derive(Clone)]
struct Typed(Type);

/// A value, as `wasm-wave` makes it and asks about it.
#[derive(Clone)]
struct Value(Val);

impl WasmType for Typed {
    fn kind(&self) -> Kind {
        match self.0 {
            Type::Bool => Kind::Bool,
            Type::S8 => Kind::S8,
            Type::U8 => Kind::U8,
            Type::S16 => Kind::S16,
            Type::U16 => Kind::U16,
            Type::S32 => Kind::S32,
            Type::U32 => Kind::U32,
            Type::S64 => Kind::S64,
            Type::U64 => Kind::U64,
            Type::Float32 => Kind::F32,
            Type::Float64 => Kind::F64,
            Type::Char => Kind::Char,
            Type::String => Kind::String,
            Type::List(_) | Type::FixedLengthList(_) => Kind::List,
            Type::Map(_) => Kind::Map,
            Type::Record(_) => Kind::Record,
            Type::Tuple(_) => Kind::Tuple,
            Type::Variant(_) => Kind::Variant,
            Type::Enum(_) => Kind::Enum,
            Type::Option(_) => Kind::Option,
            Type::Result(_) => Kind::Result,
            Type::Flags(_) => Kind::Flags,
            Type::Own(_)
            | Type::Borrow(_)
            | Type::Future(_)
            | Type::Stream(_)
            | Type::ErrorContext => Kind::Unsupported,
        }
    }

    fn list_element_type(&self) -> Option<Self> {
        match &self.0 {
            Type::List(list) => Some(Self(list.ty())),
            Type::FixedLengthList(list) => Some(Self(list.ty())),
            _ => None,
        }
    }

    fn record_fields(&self) -> Box<dyn Iterator<Item = (Cow<'_, str>, Self)> + '_> {
        match &self.0 {
            Type::Record(record) => {
                let fields = record.fields();
                Box::new(fields.map(|field| (field.name.into(), Self(field.ty))))
            }
            _ => Box::new(std::iter::empty()),
        }
    }

    fn tuple_element_types(&self) -> Box<dyn Iterator<Item = Self> + '_> {
        match &self.0 {
            Type::Tuple(tuple) => Box::new(tuple.types().map(Self)),
            _ => Box::new(std::iter::empty()),
        }
    }

    fn variant_cases(&self) -> Box<dyn Iterator<Item = (Cow<'_, str>, Option<Self>)> + '_> {
        match &self.0 {
            Type::Variant(variant) => {
                let cases = variant.cases();
                Box::new(cases.map(|case| (case.name.into(), case.ty.map(Self))))
            }
            _ => Box::new(std::iter::empty()),
        }
    }

    fn enum_cases(&self) -> Box<dyn Iterator<Item = Cow<'_, str>> + '_> {
        match &self.0 {
            Type::Enum(names) => Box::new(names.names().map(Cow::from)),
            _ => Box::new(std::iter::empty()),
        }
    }

    fn option_some_type(&self) -> Option<Self> {
        match &self.0 {
            Type::Option(option) => Some(Self(option.ty())),
            _ => None,
        }
    }

    fn result_types(&self) -> Option<(Option<Self>, Option<Self>)> {
        match &self.0 {
            Type::Result(result) => Some((result.ok().map(Self), result.err().map(Self))),
            _ => None,
        }
    }

    fn flags_names(&self) -> Box<dyn Iterator<Item = Cow<'_, str>> + '_> {
        match &self.0 {
            Type::Flags(names) => Box::new(names.names().map(Cow::from)),
            _ => Box::new(std::iter::empty()),
        }
    }

    fn map_key_value_types(&self) -> Option<(Self, Self)> {
        match &self.0 {
            Type::Map(map) => Some((Self(map.key()), Self(map.value()))),
            _ => None,
        }
    }
}

/// Functions that make and take apart values of types that Rust has, too. What is of another type
/// is not asked for.
macro_rules! plain {
    ($($make:ident $take:ident $ty:ty, $case:ident;)*) => {$(
        fn $make(value: $ty) -> Self {
            Self(Val::$case(value))
        }

        fn $take(&self) -> $ty {
            match &self.0 {
                Val::$case(value) => *value,
                _ => <$ty>::default(),
            }
        }
    )*};
}

/// The parts of a value.
type Parts<'p, T> = Box<dyn Iterator<Item = T> + 'p>;

impl WasmValue for Value {
    type Type = Typed;

    fn kind(&self) -> Kind {
        match &self.0 {
            Val::Bool(_) => Kind::Bool,
            Val::S8(_) => Kind::S8,
            Val::U8(_) => Kind::U8,
            Val::S16(_) => Kind::S16,
            Val::U16(_) => Kind::U16,
            Val::S32(_) => Kind::S32,
            Val::U32(_) => Kind::U32,
            Val::S64(_) => Kind::S64,
            Val::U64(_) => Kind::U64,
            Val::Float32(_) => Kind::F32,
            Val::Float64(_) => Kind::F64,
            Val::Char(_) => Kind::Char,
            Val::String(_) => Kind::String,
            Val::List(_) => Kind::List,
            Val::Map(_) => Kind::Map,
            Val::Record(_) => Kind::Record,
            Val::Tuple(_) => Kind::Tuple,
            Val::Variant(..) => Kind::Variant,
            Val::Enum(_) => Kind::Enum,
            Val::Option(_) => Kind::Option,
            Val::Result(_) => Kind::Result,
            Val::Flags(_) => Kind::Flags,
            Val::Resource(_) => Kind::Unsupported,
        }
    }

    plain! {
        make_bool unwrap_bool bool, Bool;
        make_s8 unwrap_s8 i8, S8;
        make_s16 unwrap_s16 i16, S16;
        make_s32 unwrap_s32 i32, S32;
        make_s64 unwrap_s64 i64, S64;
        make_u8 unwrap_u8 u8, U8;
        make_u16 unwrap_u16 u16, U16;
        make_u32 unwrap_u32 u32, U32;
        make_u64 unwrap_u64 u64, U64;
        make_f32 unwrap_f32 f32, Float32;
        make_f64 unwrap_f64 f64, Float64;
        make_char unwrap_char char, Char;
    }

    fn make_string(value: Cow<'_, str>) -> Self {
        Self(Val::String(value.into_owned()))
    }

    fn make_list(
        ty: &Typed,
        values: impl IntoIterator<Item = Self>,
    ) -> Result<Self, WasmValueError> {
        let values: Vec<_> = values.into_iter().map(|value| value.0).collect();
        match &ty.0 {
            Type::FixedLengthList(list) if list.len() as usize != values.len() => {
                let (expected, found) = (list.len(), values.len());
                Err(WasmValueError::Other(format!(
                    "expected {expected} elements, found {found}"
                )))
            }
            _ => Ok(Self(Val::List(values))),
        }
    }

    fn make_record<'a>(
        _: &Typed,
        fields: impl IntoIterator<Item = (&'a str, Self)>,
    ) -> Result<Self, WasmValueError> {
        let fields = fields.into_iter();
        let fields = fields.map(|(name, value)| (name.to_owned(), value.0));
        Ok(Self(Val::Record(fields.collect())))
    }

    fn make_tuple(
        _: &Typed,
        values: impl IntoIterator<Item = Self>,
    ) -> Result<Self, WasmValueError> {
        let values = values.into_iter().map(|value| value.0);
        Ok(Self(Val::Tuple(values.collect())))
    }

    fn make_variant(_: &Typed, case: &str, value: Option<Self>) -> Result<Self, WasmValueError> {
        Ok(Self(Val::Variant(case.to_owned(), boxed(value))))
    }

    fn make_enum(ty: &Typed, case: &str) -> Result<Self, WasmValueError> {
        match ty.enum_cases().any(|name| name == case) {
            true => Ok(Self(Val::Enum(case.to_owned()))),
            false => Err(WasmValueError::UnknownCase(case.to_owned())),
        }
    }

    fn make_option(_: &Typed, value: Option<Self>) -> Result<Self, WasmValueError> {
        Ok(Self(Val::Option(boxed(value))))
    }

    fn make_result(
        _: &Typed,
        value: Result<Option<Self>, Option<Self>>,
    ) -> Result<Self, WasmValueError> {
        let value = value.map(boxed).map_err(boxed);
        Ok(Self(Val::Result(value)))
    }

    fn make_flags<'a>(
        ty: &Typed,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, WasmValueError> {
        let names =
            names
                .into_iter()
                .map(|name| match ty.flags_names().any(|known| known == name) {
                    true => Ok(name.to_owned()),
                    false => Err(WasmValueError::UnknownCase(name.to_owned())),
                });
        Ok(Self(Val::Flags(names.collect::<Result<_, _>>()?)))
    }

    fn make_map(
        _: &Typed,
        entries: impl IntoIterator<Item = (Self, Self)>,
    ) -> Result<Self, WasmValueError> {
        let entries = entries.into_iter();
        let entries = entries.map(|(key, value)| (key.0, value.0));
        Ok(Self(Val::Map(entries.collect())))
    }

    fn unwrap_string(&self) -> Cow<'_, str> {
        match &self.0 {
            Val::String(value) => value.into(),
            _ => Cow::default(),
        }
    }

    fn unwrap_list(&self) -> Parts<'_, Cow<'_, Self>> {
        match &self.0 {
            Val::List(values) => Box::new(values.iter().map(part)),
            _ => Box::new(std::iter::empty()),
        }
    }

    fn unwrap_record(&self) -> Parts<'_, (Cow<'_, str>, Cow<'_, Self>)> {
        match &self.0 {
            Val::Record(fields) => {
                let fields = fields.iter();
                Box::new(fields.map(|(name, value)| (name.into(), part(value))))
            }
            _ => Box::new(std::iter::empty()),
        }
    }

    fn unwrap_tuple(&self) -> Parts<'_, Cow<'_, Self>> {
        match &self.0 {
            Val::Tuple(values) => Box::new(values.iter().map(part)),
            _ => Box::new(std::iter::empty()),
        }
    }

    fn unwrap_variant(&self) -> (Cow<'_, str>, Option<Cow<'_, Self>>) {
        match &self.0 {
            Val::Variant(name, value) => (name.into(), value.as_deref().map(part)),
            _ => Default::default(),
        }
    }

    fn unwrap_enum(&self) -> Cow<'_, str> {
        match &self.0 {
            Val::Enum(name) => name.into(),
            _ => Cow::default(),
        }
    }

    fn unwrap_option(&self) -> Option<Cow<'_, Self>> {
        match &self.0 {
            Val::Option(value) => value.as_deref().map(part),
            _ => None,
        }
    }

    fn unwrap_result(&self) -> Result<Option<Cow<'_, Self>>, Option<Cow<'_, Self>>> {
        match &self.0 {
            Val::Result(Ok(value)) => Ok(value.as_deref().map(part)),
            Val::Result(Err(value)) => Err(value.as_deref().map(part)),
            _ => Ok(None),
        }
    }

    fn unwrap_flags(&self) -> Parts<'_, Cow<'_, str>> {
        match &self.0 {
            Val::Flags(names) => Box::new(names.iter().map(Cow::from)),
            _ => Box::new(std::iter::empty()),
        }
    }

    fn unwrap_map(&self) -> Parts<'_, (Cow<'_, Self>, Cow<'_, Self>)> {
        match &self.0 {
            Val::Map(entries) => {
                let entries = entries.iter();
                Box::new(entries.map(|(key, value)| (part(key), part(value))))
            }
            _ => Box::new(std::iter::empty()),
        }
    }
}

fn boxed(value: Option<Value>) -> Option<Box<Val>> {
    value.map(|value| Box::new(value.0))
}

/// A copy of a part of a value: one is written once for each level that it is nested, and these
/// are few.
fn part(value: &Val) -> Cow<'_, Value> {
    Cow::Owned(Value(value.clone()))
}
