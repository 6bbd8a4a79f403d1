//! What else a cell of an instruction's row could say.
//!
//! For each column, values that are near to the right one: another opcode, another immediate, a
//! type of other width, another trap.

use crate::alternative::{Alternative, CellPlace, Facts, gone, next, text, with, without_each};
use crate::expression;
use tabwasm_codegen::load::{Cell, Value};

/// The other values of a cell.
pub(crate) fn of(place: &CellPlace<'_>, value: &Value, facts: &Facts) -> Vec<Alternative> {
    match (place.column, value) {
        ("op", Value::Integer(byte)) => opcodes(*byte),
        ("op", Value::List(cells)) => numbered_opcodes(cells),
        ("imm", Value::Text(cell)) => immediates(cell),
        ("type", Value::Text(cell)) => types(cell),
        ("do", Value::Text(cell)) => expression::others(cell)
            .into_iter()
            .map(|other| text("meaning", &other))
            .collect(),
        ("hand", Value::Text(own)) => vec![text("implementation", &next(&facts.hands, own))],
        ("const", Value::Text(own)) => {
            vec![
                gone("constant"),
                text("constant", &next(&facts.proposals, own)),
            ]
        }
        ("where", Value::List(cells)) => without_each("condition", cells),
        ("traps", Value::List(cells)) => {
            let mut all = without_each("traps of a row", cells);
            if let Some(Value::Text(first)) = cells.first().map(|cell| &cell.value) {
                let other = format!("['{}']", next(&facts.traps, first));
                all.push(with("traps of a row", other));
            }
            all
        }
        ("needs", _) => vec![gone("gate")],
        _ => Vec::new(),
    }
}

/// The neighbours of an opcode, and one that is free.
fn opcodes(byte: u64) -> Vec<Alternative> {
    let neighbours = [byte + 1, byte.wrapping_sub(1)];
    let neighbours = neighbours.into_iter().filter(|byte| *byte < 256);
    neighbours
        .chain([0xFF])
        .map(|byte| with("opcode", format!("0x{byte:02X}")))
        .collect()
}

fn numbered_opcodes(cells: &[Cell]) -> Vec<Alternative> {
    let [prefix, number] = cells else {
        return Vec::new();
    };
    let (Value::Integer(prefix), Value::Integer(number)) = (&prefix.value, &number.value) else {
        return Vec::new();
    };
    let others = [
        (*prefix, number + 1),
        (*prefix, number.wrapping_sub(1)),
        (*prefix, number + 100),
        (prefix - 1, number + 100),
    ];
    let others = others.into_iter().filter(|(_, number)| *number < u64::MAX);
    others
        .map(|(prefix, number)| with("opcode", format!("[0x{prefix:02X}, {number}]")))
        .collect()
}

/// Each immediate of another kind, with another bound, gone, or exchanged with the next.
fn immediates(cell: &str) -> Vec<Alternative> {
    const INDICES: [&str; 9] = [
        "label", "local", "global", "func", "type", "table", "memory", "data", "elem",
    ];
    let parts: Vec<&str> = cell.split(", ").collect();
    let replaced = |at: usize, part: String| {
        let mut parts: Vec<String> = parts.iter().map(|part| part.to_string()).collect();
        parts[at] = part;
        parts.join(", ")
    };
    let mut all = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let Some((name, kind)) = part.split_once(": ") else {
            continue;
        };
        match kind.split_once('<') {
            Some((kind, bound)) => {
                let bound: u32 = bound.trim_end_matches('>').parse().unwrap_or(1);
                let what = if kind == "memarg" {
                    "alignment"
                } else {
                    "lane bound"
                };
                for other in [bound * 2, bound / 2] {
                    let part = format!("{name}: {kind}<{other}>");
                    all.push(text(what, &replaced(at, part)));
                }
            }
            None => {
                let kinds: Vec<&str> = match kind {
                    "i32" => vec!["i64", "u32"],
                    "i64" => vec!["i32"],
                    "f32" => vec!["f64"],
                    "f64" => vec!["f32"],
                    "labels" => vec!["valtypes"],
                    "valtypes" => vec!["labels"],
                    "heap" => vec!["type"],
                    "block" => vec!["type"],
                    index => INDICES
                        .into_iter()
                        .filter(|other| *other != index)
                        .collect(),
                };
                for other in kinds {
                    let part = format!("{name}: {other}");
                    all.push(text("immediate", &replaced(at, part)));
                }
            }
        }
        let mut others = parts.clone();
        others.remove(at);
        all.push(match others.as_slice() {
            [] => gone("immediate"),
            others => text("immediate", &others.join(", ")),
        });
        if at + 1 < parts.len() {
            let mut others = parts.clone();
            others.swap(at, at + 1);
            all.push(text("immediate", &others.join(", ")));
        }
    }
    all
}

/// Each operand and result of another type, gone, twice, or exchanged with the next.
fn types(cell: &str) -> Vec<Alternative> {
    let items = items(cell);
    let mut all = Vec::new();
    let mut push = |items: Vec<String>| {
        let other = items.join(" ");
        if other != cell {
            all.push(text("type", &other));
        }
    };
    for (at, item) in items.iter().enumerate().filter(|(_, item)| *item != "->") {
        for other in other_types(item) {
            let mut items = items.clone();
            items[at] = other;
            push(items);
        }
        let mut without = items.clone();
        without.remove(at);
        push(without);
        if item != "!" {
            let mut twice = items.clone();
            twice.insert(at, item.clone());
            push(twice);
        }
        if items
            .get(at + 1)
            .is_some_and(|next| next != "->" && next != item)
        {
            let mut items = items.clone();
            items.swap(at, at + 1);
            push(items);
        }
    }
    all
}

/// The items of a type, each with what is in its parentheses.
fn items(cell: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    let mut depth = 0_usize;
    for word in cell.split(' ').filter(|word| !word.is_empty()) {
        match items.last_mut().filter(|_| depth > 0) {
            Some(item) => *item = format!("{item} {word}"),
            None => items.push(word.to_string()),
        }
        depth += word.matches('(').count();
        depth -= word.matches(')').count();
    }
    items
}

fn other_types(item: &str) -> Vec<String> {
    let others: &[&str] = match item {
        "i32" => &["i64", "f32"],
        "i64" => &["i32", "f64"],
        "f32" => &["f64", "i32"],
        "f64" => &["f32", "i64"],
        "funcref" => &["externref"],
        "externref" => &["funcref"],
        "ref" => &["funcref"],
        "!" => &[],
        item if item.starts_with("(ref null") => {
            return vec![item.replacen("(ref null", "(ref", 1)];
        }
        item if item.starts_with("(ref") => return vec![item.replacen("(ref", "(ref null", 1)],
        item => {
            let (name, argument) = item.split_once('(').unwrap_or((item, ""));
            let other = match name {
                "at" => return vec!["i32".to_string(), "i64".to_string()],
                "min_at" => {
                    let first = argument.split([',', ')']).next().unwrap_or_default();
                    return vec![format!("at({first})"), "i32".to_string()];
                }
                "params" => "results",
                "results" => "params",
                "local" | "global" | "elem" => return vec!["i32".to_string()],
                _ => return Vec::new(),
            };
            return vec![format!("{other}({argument}")];
        }
    };
    others.iter().map(|other| other.to_string()).collect()
}
