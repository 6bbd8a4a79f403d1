//! Values of scripts, and the patterns that results are compared with.
//!
//! The kinds are those of the encoded form. A pattern can allow several values, such as any
//! canonical NaN. Language: `interpreter/README.md` of the specification's repository, "Scripts".

use tabwasm::compact::Value;
use tabwasm::types::V128;

use crate::Broken;
use crate::cursor::Cursor;
use crate::format::PatternKind;

/// The value, unless it is a pattern.
pub(crate) fn argument((kind, bits): (PatternKind, u128)) -> Option<Value> {
    Some(match kind {
        PatternKind::I32 => Value::I32(bits as i32),
        PatternKind::I64 => Value::I64(bits as i64),
        PatternKind::F32 => Value::F32(bits as u32),
        PatternKind::F64 => Value::F64(bits as u64),
        PatternKind::V128 => Value::V128(bits.into()),
        PatternKind::NullFunc => Value::FuncRef(None),
        PatternKind::NullExtern => Value::ExternRef(None),
        PatternKind::Extern => Value::ExternRef(Some(bits as u32)),
        _ => return None,
    })
}

/// Whether a result is as the pattern that comes next.
pub(crate) fn matches(cursor: &mut Cursor<'_>, found: Value) -> Result<bool, Broken> {
    let (kind, bits) = cursor.value()?;
    if kind != PatternKind::Either {
        return one(cursor, (kind, bits), found);
    }
    let mut any = false;
    for _ in 0..bits {
        let pattern = cursor.value()?;
        any |= one(cursor, pattern, found)?;
    }
    Ok(any)
}

/// Of a pattern that is no choice.
fn one(
    cursor: &mut Cursor<'_>,
    (kind, bits): (PatternKind, u128),
    found: Value,
) -> Result<bool, Broken> {
    if kind != PatternKind::Lanes {
        return Ok(scalar((kind, bits), found));
    }
    let mut all = true;
    for index in 0..bits {
        let pattern = cursor.value()?;
        all &= match (bits, found) {
            (4, Value::V128(vector)) => scalar(pattern, Value::F32(lane(vector, index, 32) as u32)),
            (2, Value::V128(vector)) => scalar(pattern, Value::F64(lane(vector, index, 64) as u64)),
            (_, Value::V128(_)) => return Err(Broken),
            _ => false,
        };
    }
    Ok(all)
}

/// A lane, and those above it.
fn lane(vector: V128, index: u128, width: u128) -> u128 {
    vector.as_u128() >> (index * width)
}

/// Of a pattern that stands alone.
fn scalar((kind, bits): (PatternKind, u128), found: Value) -> bool {
    const QUIET_32: u32 = f32::NAN.to_bits();
    const QUIET_64: u64 = f64::NAN.to_bits();
    match (kind, found) {
        (PatternKind::F32Canonical, Value::F32(found)) => found & (u32::MAX >> 1) == QUIET_32,
        (PatternKind::F32Arithmetic, Value::F32(found)) => found & QUIET_32 == QUIET_32,
        (PatternKind::F64Canonical, Value::F64(found)) => found & (u64::MAX >> 1) == QUIET_64,
        (PatternKind::F64Arithmetic, Value::F64(found)) => found & QUIET_64 == QUIET_64,
        (PatternKind::Null, found) => {
            matches!(found, Value::FuncRef(None) | Value::ExternRef(None))
        }
        (PatternKind::Func, found) => matches!(found, Value::FuncRef(Some(_))),
        (PatternKind::AnyExtern, found) => matches!(found, Value::ExternRef(Some(_))),
        (kind, found) => argument((kind, bits)) == Some(found),
    }
}
