//! Values on the command line: what `--invoke` takes, and what it prints.
//!
//! Both are as in the text format, so that what is printed can be given again and means the same
//! bits: floats are short and exact, a NaN has its sign and payload. References that are not null
//! can be printed only. Standard: section 6.3, "Values".

use tabwasm::{V128, Val, ValType};
use wast::core::V128Const;
use wast::parser::{self, Parse, ParseBuffer};
use wast::token::{F32, F64};

/// A value of a type.
///
/// # Errors
/// A message, if the text is none.
pub fn parse(ty: &ValType, text: &str) -> Result<Val, String> {
    let value = match ty {
        ValType::I32 => read(text).map(Val::I32),
        ValType::I64 => read(text).map(Val::I64),
        ValType::F32 => read(text).map(|F32 { bits }| Val::F32(bits)),
        ValType::F64 => read(text).map(|F64 { bits }| Val::F64(bits)),
        ValType::V128 => read(text).map(|vector| Val::V128(v128(&vector))),
        _ => return null(ty, text),
    };
    value.ok_or_else(|| format!("`{text}` is no value of type {ty}"))
}

/// A vector that is written out.
pub fn v128(vector: &V128Const) -> V128 {
    u128::from_le_bytes(vector.to_le_bytes()).into()
}

/// A reference; of those, only null can be written.
fn null(ty: &ValType, text: &str) -> Result<Val, String> {
    let Some(null) = Val::default_for_ty(ty) else {
        return Err(format!(
            "a value of type {ty} cannot be written on the command line"
        ));
    };
    let shown = show(&null);
    match text == shown {
        true => Ok(null),
        false => Err(format!("of type {ty}, only `{shown}` can be written here")),
    }
}

fn read<T: for<'a> Parse<'a>>(text: &str) -> Option<T> {
    let buffer = ParseBuffer::new(text).ok()?;
    parser::parse(&buffer).ok()
}

/// As the text format writes it.
pub fn show(value: &Val) -> String {
    match *value {
        Val::I32(value) => value.to_string(),
        Val::I64(value) => value.to_string(),
        Val::F32(bits) => {
            let value = f32::from_bits(bits);
            let payload = bits & ((1 << (f32::MANTISSA_DIGITS - 1)) - 1);
            match value.is_nan() {
                true => nan(
                    value.is_sign_negative(),
                    payload.into(),
                    f32::MANTISSA_DIGITS,
                ),
                false => format!("{value:?}"),
            }
        }
        Val::F64(bits) => {
            let value = f64::from_bits(bits);
            let payload = bits & ((1 << (f64::MANTISSA_DIGITS - 1)) - 1);
            match value.is_nan() {
                true => nan(value.is_sign_negative(), payload, f64::MANTISSA_DIGITS),
                false => format!("{value:?}"),
            }
        }
        Val::V128(value) => {
            let bytes = value.to_le_bytes();
            let lanes = bytes.chunks_exact(4).map(|lane| {
                let bits = lane
                    .iter()
                    .rev()
                    .fold(0, |bits, byte| bits << 8 | u32::from(*byte));
                format!(" {bits:#010x}")
            });
            format!("i32x4{}", lanes.collect::<String>())
        }
        Val::FuncRef(None) => "ref.null func".to_owned(),
        Val::FuncRef(Some(_)) => "ref.func".to_owned(),
        Val::ExternRef(None) => "ref.null extern".to_owned(),
        Val::ExternRef(Some(_)) => "ref.extern".to_owned(),
        ref other => format!("{other:?}"),
    }
}

/// `nan` is the canonical one.
fn nan(negative: bool, payload: u64, digits: u32) -> String {
    let sign = if negative { "-" } else { "" };
    let canonical = 1 << (digits - 2);
    if payload == canonical {
        format!("{sign}nan")
    } else {
        format!("{sign}nan:{payload:#x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(ty: ValType, text: &str) -> Option<String> {
        parse(&ty, text).ok().map(|value| show(&value))
    }

    #[test]
    fn vectors_are_written_by_lanes() {
        for (text, shown_as) in [
            (
                "i32x4 1 -1 0x10 0",
                "i32x4 0x00000001 0xffffffff 0x00000010 0x00000000",
            ),
            (
                "f64x2 1 -0",
                "i32x4 0x00000000 0x3ff00000 0x00000000 0x80000000",
            ),
            (
                "i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
                "i32x4 0x03020100 0x07060504 0x0b0a0908 0x0f0e0d0c",
            ),
        ] {
            assert_eq!(shown(ValType::V128, text).as_deref(), Some(shown_as));
            assert_eq!(shown(ValType::V128, shown_as).as_deref(), Some(shown_as));
        }
        for text in ["i32x4 1 2 3", "i32x3 1 2 3", "1", ""] {
            assert_eq!(shown(ValType::V128, text), None, "{text}");
        }
    }

    #[test]
    fn integers_are_signed_or_unsigned() {
        let cases = [
            (ValType::I32, "4294967295", Some("-1")),
            (ValType::I32, "-0x80000000", Some("-2147483648")),
            (ValType::I32, "+1_000", Some("1000")),
            (ValType::I32, "4294967296", None),
            (ValType::I32, "1 2", None),
            (ValType::I32, "", None),
            (ValType::I64, "18446744073709551615", Some("-1")),
        ];
        for (ty, text, expected) in cases {
            assert_eq!(shown(ty, text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_printed_means_the_same_bits() {
        for bits in [
            0,
            1 << 63,
            0x3FF8_0000_0000_0000,
            0x7E37_E43C_8800_759C,
            0x7FF0_0000_0000_0000,
            0x7FF0_0000_0000_0001,
            0xFFF8_0000_0000_0000,
            1,
        ] {
            let text = show(&Val::F64(bits));
            let value = parse(&ValType::F64, &text).expect("it can be given again");
            assert!(matches!(value, Val::F64(read) if read == bits), "{text}");
            assert!(text.len() < 25, "{text}");
        }
        let cases = [
            ("0x1.8p1", "3.0"),
            ("1e30", "1e30"),
            ("16777216", "16777216.0"),
            ("-inf", "-inf"),
            ("nan", "nan"),
            ("-nan:0x200000", "-nan:0x200000"),
            ("nan:0x400000", "nan"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(ValType::F32, text).as_deref(), Some(expected));
        }
        assert_eq!(shown(ValType::F32, "NaN"), None);
    }

    #[test]
    fn of_references_there_is_null() {
        let null = |ty, text| shown(ty, text);
        assert_eq!(
            null(ValType::FUNCREF, "ref.null func").as_deref(),
            Some("ref.null func")
        );
        assert_eq!(
            null(ValType::EXTERNREF, "ref.null extern").as_deref(),
            Some("ref.null extern")
        );
        assert_eq!(null(ValType::FUNCREF, "ref.null extern"), None);
        assert_eq!(null(ValType::FUNCREF, "0"), None);
    }
}
