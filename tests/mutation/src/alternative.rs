//! What else a cell could say.
//!
//! Few values for each cell, chosen so that each differs in one fact: a number by one, a type by
//! its width or its kind, a list by one member, an expression by one operator.

use crate::{form, row};
use tabwasm_codegen::load::{Cell, Value};
use tabwasm_codegen::model::{ErrorClass, Meaning, Model};

/// Where a cell stands.
pub(crate) struct CellPlace<'a> {
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
    /// Those that are there.
    pub(crate) proposals: Vec<String>,
    /// Functions of meanings.
    pub(crate) hands: Vec<String>,
    sections: Vec<String>,
    /// Traps, by key.
    pub(crate) traps: Vec<String>,
    /// Tiers with forms.
    tiers: Vec<String>,
}

impl Facts {
    pub(crate) fn new(model: &Model) -> Facts {
        let cost = |op: &tabwasm_codegen::model::Op| {
            let own = model
                .costs
                .exceptions
                .iter()
                .any(|(key, ..)| *key == op.key);
            let class = op.meaning.class();
            let mut classes = model.costs.classes.iter();
            let of_class = classes.find(|(known, _)| *known == class);
            of_class.filter(|_| !own).map(|(_, cost)| *cost)
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
                .map(|op| {
                    let proposal = model.proposal(op.proposal).key.clone();
                    (op.key.clone(), proposal, cost(op))
                })
                .collect(),
            proposals: supported.map(|proposal| proposal.key.clone()).collect(),
            hands: model.ops.iter().filter_map(hand).collect(),
            sections: model
                .sections
                .iter()
                .filter_map(|s| s.limit.clone())
                .collect(),
            traps: model.traps.iter().map(|trap| trap.key.clone()).collect(),
            tiers: model
                .forms
                .budgets
                .iter()
                .map(|(tier, ..)| model.tier(*tier).key.clone())
                .collect(),
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

/// Integers that represent enums and flags of WASI.
const INTEGERS: [&str; 4] = ["u8", "u16", "u32", "u64"];

/// The member after this one, and the first after the last.
pub(crate) fn next(all: &[String], own: &str) -> String {
    let at = all.iter().position(|one| one == own).map_or(0, |at| at + 1);
    all.get(at).or(all.first()).cloned().unwrap_or_default()
}

/// The other values of a cell.
pub(crate) fn of(place: &CellPlace<'_>, value: &Value, facts: &Facts) -> Vec<Alternative> {
    if place.file.starts_with("spec/instructions/") {
        return row::of(place, value, facts);
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
        ("component/layout", _, Value::Integer(number)) => numbers("layout", *number),
        ("component/layout", _, Value::Text(own)) if CORE.contains(&own.as_str()) => {
            vec![text("layout", &next(&CORE.map(str::to_string), own))]
        }
        ("wasi/preview1", "number" | "bit", Value::Integer(number)) => numbers("wasi", *number),
        ("wasi/preview1", "record" | "type", Value::Text(cell)) => without_each_part(cell),
        ("wasi/preview1", "enum" | "flags", Value::Text(own)) => {
            vec![text("wasi", &next(&INTEGERS.map(str::to_string), own))]
        }
        ("forms", column, Value::Text(cell)) if facts.tiers.iter().any(|tier| tier == column) => {
            form::others(cell)
        }
        ("costs", "bytes" | "elements" | "slots", Value::Integer(number)) => {
            // Others than powers of two are refused.
            let both = [number / 2, number * 2]
                .into_iter()
                .filter(|number| *number > 0);
            both.map(|number| with("cost", number.to_string()))
                .collect()
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
            let classes = ErrorClass::ALL.iter().map(ToString::to_string);
            vec![text("trap", &next(&classes.collect::<Vec<_>>(), class))]
        }
        _ => Vec::new(),
    }
}

/// The list without each of its members.
pub(crate) fn without_each(kind: &'static str, cells: &[Cell]) -> Vec<Alternative> {
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

/// `name: type, name: type -> name: type` without each of its names.
fn without_each_part(cell: &str) -> Vec<Alternative> {
    let sides: Vec<Vec<&str>> = cell
        .split("->")
        .map(|side| side.split(',').map(str::trim).collect())
        .collect();
    let named = |part: &&str| part.contains(':');
    let mut all = Vec::new();
    for (side, parts) in sides.iter().enumerate() {
        for at in (0..parts.len()).filter(|at| named(&parts[*at])) {
            let mut sides = sides.clone();
            sides[side].remove(at);
            let sides: Vec<String> = sides.iter().map(|parts| parts.join(", ")).collect();
            all.push(text("wasi", sides.join(" -> ").trim()));
        }
    }
    all
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

pub(crate) fn text(kind: &'static str, text: &str) -> Alternative {
    with(kind, format!("'{text}'"))
}

pub(crate) fn with(kind: &'static str, with: String) -> Alternative {
    Alternative {
        kind,
        with: Some(with),
    }
}

pub(crate) fn gone(kind: &'static str) -> Alternative {
    Alternative { kind, with: None }
}
