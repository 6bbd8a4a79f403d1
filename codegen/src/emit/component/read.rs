//! Matches over the first bytes of alternatives.
//!
//! Alternatives of a production are told apart by one byte or a few. Those that begin with the same
//! byte share an arm, in which the next byte is matched, so that no byte is read twice.

use crate::emit::source::aligned;

/// What is read behind its bytes.
pub(super) struct Arm {
    /// The bytes.
    pub(super) code: Vec<u8>,
    /// The expression of its value; it may use `r`, `rules` and `at`.
    pub(super) value: String,
}

/// Lines of an expression that matches the bytes of `r` against these alternatives. What no
/// alternative begins with is `otherwise`, or the error.
pub(super) fn alternatives(arms: &[Arm], otherwise: Option<&str>, error: &str) -> Vec<String> {
    let error = format!("return Err(malformed(ErrorCode::{error}, at, code))");
    let mut lines = vec!["match r.u8()? {".to_string()];
    let mut left = arms;
    while let Some(first) = left.first().and_then(|arm| arm.code.first()) {
        let same = left
            .iter()
            .take_while(|arm| arm.code.first() == Some(first))
            .count();
        let (group, rest) = left.split_at(same);
        // Plain rows that follow each other are lined up.
        if group.iter().any(|arm| arm.code.len() > 1) {
            lines.push(format!("    0x{first:02X} => match r.u8()? {{"));
            let below = group
                .iter()
                .map(|arm| [hex(arm.code.get(1)), arrow(&arm.value)].to_vec());
            let below: Vec<Vec<String>> = below.collect();
            lines.extend(aligned(&below).iter().map(|line| format!("        {line}")));
            lines.push(format!("        code => {error},"));
            lines.push("    },".to_string());
            left = rest;
        } else {
            let plain = left.iter().take_while(|arm| arm.code.len() == 1).count();
            let (plain, rest) = left.split_at(plain.max(1));
            let rows = plain
                .iter()
                .map(|arm| [hex(arm.code.first()), arrow(&arm.value)].to_vec());
            let rows: Vec<Vec<String>> = rows.collect();
            lines.extend(aligned(&rows).iter().map(|line| format!("    {line}")));
            left = rest;
        }
    }
    lines.push(match otherwise {
        Some(value) => format!("    _ => {value},"),
        None => format!("    code => {error},"),
    });
    lines.push("}".to_string());
    lines
}

fn hex(byte: Option<&u8>) -> String {
    format!("0x{:02X}", byte.copied().unwrap_or_default())
}

fn arrow(value: &str) -> String {
    format!("=> {value},")
}
