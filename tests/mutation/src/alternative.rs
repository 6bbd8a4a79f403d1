//! What else a cell could say.
//!
//! Few values for each cell, chosen so that each differs in one fact: a number by one, a type by
//! its width or its kind, a list by one member, an expression by one operator.

use crate::expression;
use tabwasm_codegen::load::{Cell, Value};
use tabwasm_codegen::model::{Meaning, Model};

/// Where a cell stands.
pub(crate) struct Place<'a> {
    /// The file.
    pub(crate) file: &'a str,
    /// The column.
    pub(crate) column: &'a str,
}

/// Another value.
pub(crate) struct Alternative {
    /// The kind of the mutant.
    pub(crate) kind: &'static str,
    /// The text of the cell; none, if it goes.
    pub(crate) with: Option<String>,
}

/// What alternatives are made of.
pub(crate) struct Facts {
    /// Row, its proposal, and the cost of its class if it has none of its own.
    ops: Vec<(String, String, Option<u32>)>,
    proposals: Vec<String>,
    hands: Vec<String>,
    sections: Vec<String>,
    traps: Vec<String>,
}

impl Facts {
    pub(crate) fn new(model: &Model) -> Facts {
        let class = |key: &str| model.costs.classes.iter().find(|(class, _)| class == key);
        let cost = |op: &tabwasm_codegen::model::Op| {
            let own = model
                .costs
                .exceptions
                .iter()
                .any(|(key, ..)| *key == op.key);
            let name = match op.meaning {
                Meaning::Do(_) => "do",
                Meaning::Hand { .. } => "hand",
                Meaning::Control(_) => "control",
            };
            class(name).filter(|_| !own).map(|(_, cost)| *cost)
        };
        let hand = |op: &tabwasm_codegen::model::Op| match &op.meaning {
            Meaning::Hand { module, function } => Some(format!("{module}::{function}")),
            _ => None,
        };
        let supported = model
            .proposals
            .iter()
            .filter(|proposal| proposal.supported && !proposal.key.starts_with("component"));
        Facts {
            ops: model
                .ops
                .iter()
                .map(|op| (op.key.clone(), op.proposal.clone(), cost(op)))
                .collect(),
            proposals: supported.map(|proposal| proposal.key.clone()).collect(),
            hands: model.ops.iter().filter_map(hand).collect(),
            sections: model
                .sections
                .iter()
                .filter_map(|s| s.limit.clone())
                .collect(),
            traps: model.traps.iter().map(|trap| trap.key.clone()).collect(),
        }
    }

    /// Proposals that a row could wrongly belong to.
    pub(crate) fn other_gates(&self, key: &str) -> Vec<String> {
        let own = self.ops.iter().find(|(op, ..)| op == key);
        let Some((_, own, _)) = own else {
            return Vec::new();
        };
        let next = next(&self.proposals, own);
        let mut others: Vec<String> = ["mvp".to_string(), next].into();
        others.retain(|other| other != own);
        others.dedup();
        others
    }

    /// Instructions that cost what their class costs.
    pub(crate) fn costs_of_classes(&self) -> Vec<(String, u32)> {
        let costs = self.ops.iter();
        costs
            .filter_map(|(key, _, cost)| Some((key.clone(), (*cost)?)))
            .collect()
    }
}

/// Core types of numbers.
const CORE: [&str; 4] = ["i32", "i64", "f32", "f64"];

/// The member after this one, and the first after the last.
fn next(all: &[String], own: &str) -> String {
    let at = all.iter().position(|one| one == own).map_or(0, |at| at + 1);
    all.get(at).or(all.first()).cloned().unwrap_or_default()
}

/// The other values of a cell.
pub(crate) fn of(place: &Place<'_>, value: &Value, facts: &Facts) -> Vec<Alternative> {
    if place.file.starts_with("spec/instructions/") {
        return instruction(place, value, facts);
    }
    let file = place
        .file
        .trim_start_matches("spec/")
        .trim_end_matches(".toml");
    match (file, place.column, value) {
        ("limits" | "component/limits", _, Value::Integer(number)) => numbers("limit", *number),
        ("limits" | "component/limits", "above", Value::List(cells)) => {
            without_each("limit", cells)
        }
        ("limits" | "component/limits", "several", _) => vec![gone("limit")],
        // Bounds are constants wherever they are used: nothing asks for them at run time.
        ("component/layout", "max", _) => Vec::new(),
        ("component/layout", _, Value::Integer(number)) => numbers("layout", *number),
        ("component/layout", _, Value::Text(own)) if CORE.contains(&own.as_str()) => {
            vec![text("layout", &next(&CORE.map(str::to_string), own))]
        }
        ("costs", _, Value::Integer(number)) => numbers("cost", *number),
        ("sections", "id", Value::Integer(number)) => numbers("section", *number),
        ("sections", "limit", Value::Text(limit)) => {
            vec![
                gone("section"),
                text("section", &next(&facts.sections, limit)),
            ]
        }
        ("sections", "proposal", Value::Text(own)) => {
            vec![gone("gate"), text("gate", &next(&facts.proposals, own))]
        }
        ("traps" | "errors", "number", Value::Integer(number)) => numbers("trap", *number),
        ("traps" | "errors", "text", Value::Text(words)) => vec![text("trap", &other_words(words))],
        ("traps" | "errors", "also", Value::List(cells)) => without_each("trap", cells),
        ("errors", "class", Value::Text(class)) => {
            let classes = ["malformed", "invalid", "unsupported", "limit"].map(str::to_string);
            vec![text("trap", &next(&classes, class))]
        }
        _ => Vec::new(),
    }
}

fn instruction(place: &Place<'_>, value: &Value, facts: &Facts) -> Vec<Alternative> {
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

/// The list without each of its members.
fn without_each(kind: &'static str, cells: &[Cell]) -> Vec<Alternative> {
    if cells.len() < 2 {
        return vec![gone(kind)];
    }
    let words: Vec<&str> = cells
        .iter()
        .filter_map(|cell| match &cell.value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let without = |at: usize| {
        let mut words = words.clone();
        words.remove(at);
        let words: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
        with(kind, format!("[{}]", words.join(", ")))
    };
    (0..words.len()).map(without).collect()
}

/// A number and its neighbours.
fn numbers(kind: &'static str, number: u64) -> Vec<Alternative> {
    let less = number.checked_sub(1);
    let more = number.checked_add(1);
    let both = less.into_iter().chain(more);
    both.map(|number| with(kind, number.to_string())).collect()
}

/// Words that are neither a prefix of these nor the other way round.
fn other_words(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters
        .next()
        .map_or('x', |first| if first == 'x' { 'y' } else { 'x' });
    format!("{first}{}", letters.as_str())
}

fn text(kind: &'static str, text: &str) -> Alternative {
    with(kind, format!("'{text}'"))
}

fn with(kind: &'static str, with: String) -> Alternative {
    Alternative {
        kind,
        with: Some(with),
    }
}

fn gone(kind: &'static str) -> Alternative {
    Alternative { kind, with: None }
}
