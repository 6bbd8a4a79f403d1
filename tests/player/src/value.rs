//! Values of scripts, and the patterns that results are compared with.
//!
//! The kinds are those of the encoded form. A pattern can allow several values, such as any
//! canonical NaN. Language: `interpreter/README.md` of the specification's repository, "Scripts".

use tabwasm::compact::Value;

use crate::format::Kind;

/// The value, unless it is a pattern.
pub(crate) fn argument((kind, bits): (Kind, u64)) -> Option<Value> {
    Some(match kind {
        Kind::I32 => Value::I32(bits as i32),
        Kind::I64 => Value::I64(bits as i64),
        Kind::F32 => Value::F32(bits as u32),
        Kind::F64 => Value::F64(bits),
        Kind::NullFunc => Value::FuncRef(None),
        Kind::NullExtern => Value::ExternRef(None),
        Kind::Extern => Value::ExternRef(Some(bits as u32)),
        _ => return None,
    })
}

/// Whether a result is as expected.
pub(crate) fn matches((kind, bits): (Kind, u64), found: Value) -> bool {
    const QUIET_32: u32 = f32::NAN.to_bits();
    const QUIET_64: u64 = f64::NAN.to_bits();
    match (kind, found) {
        (Kind::F32Canonical, Value::F32(found)) => found & (u32::MAX >> 1) == QUIET_32,
        (Kind::F32Arithmetic, Value::F32(found)) => found & QUIET_32 == QUIET_32,
        (Kind::F64Canonical, Value::F64(found)) => found & (u64::MAX >> 1) == QUIET_64,
        (Kind::F64Arithmetic, Value::F64(found)) => found & QUIET_64 == QUIET_64,
        (Kind::Null, found) => matches!(found, Value::FuncRef(None) | Value::ExternRef(None)),
        (Kind::Func, found) => matches!(found, Value::FuncRef(Some(_))),
        (Kind::AnyExtern, found) => matches!(found, Value::ExternRef(Some(_))),
        (kind, found) => argument((kind, bits)) == Some(found),
    }
}
