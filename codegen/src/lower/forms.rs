//! `spec/forms.toml` and `spec/fusion.toml`: which handlers the fast engine has.
//!
//! A cell such as `SPA SPI -> W` lists the places of each operand and the result; it is expanded
//! here into single forms, in a fixed order that the runtime computes again. Pairs that are fused
//! name two rows and become operations of their own.

use super::costs::number;
use super::keys::Keys;
use super::row::{self, Row, Text};
use super::tiers::documented;
use crate::diag::{Diagnostic, did_you_mean};
use crate::load::{Document, Entry};
use crate::model::{
    EngineInstruction, Form, FormClass, Forms, Fused, Fusion, MemoryKind, OperandClass, Origin,
    Place, RegisterClass, ResultClass, Shape, TierId,
};

pub(super) fn lower(
    forms: Option<&Document>,
    fusion: Option<&Document>,
    tiers: &Keys<'_, TierId>,
    report: &mut Vec<Diagnostic>,
) -> Forms {
    let fusions = fusions(fusion, report);
    let tables = ["place", "class", "engine", "budget", "fused"];
    let Some(document) = row::tables(forms, &tables, report) else {
        return Forms {
            fusions,
            ..Forms::default()
        };
    };
    let [budgets, fused] = ["budget", "fused"].map(|table| document.rows(table));
    let [budgeted, fusing] = [&budgets, &fused].map(|rows| known(rows, tiers, report));
    let keys = budgets.iter().map(|entry| entry.key.as_str());
    let columns: Vec<(&str, Option<TierId>)> = keys.zip(budgeted.iter().copied()).collect();
    let budgets = numbered(&budgets, &budgeted, report);
    let fused = numbered(&fused, &fusing, report);
    Forms {
        places: places(document, report),
        classes: classes(document, &columns, report),
        engine: engine(document, &columns, report),
        budgets,
        fused,
        fusions,
    }
}

/// The places that have a row.
/// The tier that each row of a table is for.
fn known(
    rows: &[Entry],
    tiers: &Keys<'_, TierId>,
    report: &mut Vec<Diagnostic>,
) -> Vec<Option<TierId>> {
    let find = |row: &Entry| tiers.find(&row.key, &row.origin, report);
    rows.iter().map(find).collect()
}

/// The number in each row, with its tier.
fn numbered(
    rows: &[Entry],
    tiers: &[Option<TierId>],
    report: &mut Vec<Diagnostic>,
) -> Vec<(TierId, u32, Origin)> {
    let rows = rows.iter().zip(tiers);
    rows.filter_map(|(row, tier)| {
        let number = number(row, report);
        Some(((*tier)?, number?, row.origin.clone()))
    })
    .collect()
}

fn places(document: &Document, report: &mut Vec<Diagnostic>) -> Vec<Place> {
    let mut places = Vec::new();
    for row in documented(document, "place", report) {
        match Place::from_word(&row.key) {
            Some(place) => places.push(place),
            None => {
                let words = Place::ALL.iter().map(|place| place.word());
                let hint = did_you_mean(&row.key, words, "the engine has no such place");
                let error = Diagnostic::error(format!("no place `{}`", row.key));
                report.push(error.at(&row.origin, hint));
            }
        }
    }
    places
}

/// Columns of tiers, with the tiers that there are.
type Columns<'a> = [(&'a str, Option<TierId>)];

fn classes(
    document: &Document,
    tiers: &Columns<'_>,
    report: &mut Vec<Diagnostic>,
) -> Vec<FormClass> {
    let mut columns = vec!["type", "rows", "memory", "doc"];
    columns.extend(tiers.iter().map(|(column, _)| column));
    let mut classes = Vec::new();
    for entry in document.rows("class") {
        let Some(mut row) = Row::new(&entry, &columns, report) else {
            continue;
        };
        let Some((operands, result)) = class_type(&mut row) else {
            continue;
        };
        classes.push(FormClass {
            key: row.key.to_string(),
            operands,
            result,
            rows: row.strings("rows"),
            memory: row.word(
                "memory",
                "kind of memory",
                MemoryKind::ALL,
                MemoryKind::word,
            ),
            tiers: shapes(&mut row, tiers),
            doc: row.required("doc"),
            origin: entry.origin.clone(),
        });
    }
    classes
}

/// Classes of operands and result: `int int -> truth`; nothing if one is none.
fn class_type(row: &mut Row<'_>) -> Option<(Vec<OperandClass>, Option<ResultClass>)> {
    let text = row.required_text("type")?;
    let (operands, result) = text.text.split_once("->").unwrap_or((&text.text, ""));
    let mut classes = Vec::new();
    for word in operands.split_whitespace() {
        let class = OperandClass::from_word(word);
        if class.is_none() {
            let words = OperandClass::ALL.iter().map(|class| class.word());
            no_class(row, &text, "operands", word, words);
        }
        classes.extend(class);
    }
    let word = result.trim();
    let result = ResultClass::from_word(word);
    if result.is_none() && !word.is_empty() {
        let words = ResultClass::ALL.iter().map(|class| class.word());
        no_class(row, &text, "results", word, words);
    }
    (!row.is_broken()).then_some((classes, result))
}

fn no_class<'w>(
    row: &mut Row<'_>,
    text: &Text,
    what: &str,
    word: &str,
    words: impl Iterator<Item = &'w str>,
) {
    let words: Vec<&str> = words.collect();
    let error = Diagnostic::error(format!("no class of {what} `{word}`"));
    let known = format!("one of {}", words.join(", "));
    row.report(error.at(&text.origin, known));
}

fn engine(
    document: &Document,
    tiers: &Columns<'_>,
    report: &mut Vec<Diagnostic>,
) -> Vec<EngineInstruction> {
    let mut columns = vec![
        "instruction",
        "result",
        "traps",
        "stands_for",
        "processor",
        "doc",
    ];
    columns.extend(tiers.iter().map(|(column, _)| column));
    let mut engine = Vec::new();
    for entry in document.rows("engine") {
        let Some(mut row) = Row::new(&entry, &columns, report) else {
            continue;
        };
        let class = "class of registers";
        engine.push(EngineInstruction {
            key: row.key.to_string(),
            instruction: row.required("instruction"),
            result: row.word("result", class, RegisterClass::ALL, RegisterClass::word),
            traps: row.flag("traps").unwrap_or(false),
            stands_for: row.text("stands_for").map(|text| text.text),
            processor: row.text("processor").map(|text| text.text),
            tiers: shapes(&mut row, tiers),
            doc: row.required("doc"),
            origin: entry.origin.clone(),
        });
    }
    engine
}

fn shapes(row: &mut Row<'_>, tiers: &Columns<'_>) -> Vec<(TierId, Shape)> {
    let mut shapes = Vec::new();
    for (column, tier) in tiers {
        let text = row.required_text(column);
        let shape = text.map(|text| shape(row, column, &text));
        shapes.extend(tier.map(|tier| (tier, shape.unwrap_or_default())));
    }
    shapes
}

/// Letters of places before and behind `->`.
fn shape(row: &mut Row<'_>, column: &str, text: &Text) -> Shape {
    let (operands, result) = text.text.split_once("->").unwrap_or((&text.text, ""));
    let label = format!("`{column}` of `{}`", row.key);
    let mut letters = |letters: &str| places_of(letters, &text.origin, &label, row);
    Shape {
        operands: operands.split_whitespace().map(&mut letters).collect(),
        result: letters(result.trim()),
        at: text.origin.clone(),
    }
}

/// The places of letters; those that are none are reported.
fn places_of(letters: &str, at: &Origin, label: &str, row: &mut Row<'_>) -> Vec<Place> {
    let mut places = Vec::new();
    for letter in letters.chars() {
        let place = Place::from_word(letter.encode_utf8(&mut [0; 4]));
        if place.is_none() {
            let error = Diagnostic::error(format!("no place `{letter}`"));
            row.report(error.at(at, label));
        }
        places.extend(place);
    }
    places
}

fn fusions(document: Option<&Document>, report: &mut Vec<Diagnostic>) -> Vec<Fusion> {
    let Some(document) = row::tables(document, &["fusion"], report) else {
        return Vec::new();
    };
    let mut fusions = Vec::new();
    for entry in document.rows("fusion") {
        let Some(mut row) = Row::new(&entry, &["first", "then", "gain"], report) else {
            continue;
        };
        let pair = [fused(&mut row, "first"), fused(&mut row, "then")];
        let gain = row.number("gain", MILLION);
        if row.is_broken() {
            continue;
        }
        if let [Some(first), Some(then)] = pair {
            fusions.push(Fusion {
                key: row.key.to_string(),
                first,
                then,
                gain: gain as u32,
                origin: entry.origin.clone(),
            });
        }
    }
    fusions
}

/// What gains are shares of.
const MILLION: u64 = 1_000_000;

/// `i32.add PIP SIP`
fn fused(row: &mut Row<'_>, column: &str) -> Option<Fused> {
    let text = row.required_text(column)?;
    let (key, words) = text.text.split_once(' ').unwrap_or((&text.text, ""));
    let (key, mut start) = (key.to_string(), key.len() + 1);
    let mut forms = Vec::new();
    for word in words.split(' ') {
        let at = text.part(start..start + word.len());
        start += word.len() + 1;
        if !word.is_empty() {
            forms.push((Form(places_of(word, &at, "in this form", row)), at));
        }
    }
    if forms.is_empty() {
        forms.push((Form::default(), text.origin.clone()));
    }
    let origin = text.origin;
    Some(Fused { key, forms, origin })
}
