//! `spec/forms.toml` and `spec/fusion.toml`.

use super::costs::number;
use super::row::{self, Row};
use super::tiers::documented;
use crate::diag::Diagnostic;
use crate::load::Document;
use crate::model::{EngineInstruction, FormClass, Forms, Fusion, Shape};

pub(super) fn lower(
    forms: Option<&Document>,
    fusion: Option<&Document>,
    report: &mut Vec<Diagnostic>,
) -> Forms {
    let fusions = fusions(fusion, report);
    let Some(document) = row::tables(forms, &["place", "class", "engine", "budget"], report) else {
        return Forms {
            fusions,
            ..Forms::default()
        };
    };
    let mut budgets = Vec::new();
    for entry in document.rows("budget") {
        let most = number(&entry, report);
        budgets.extend(most.map(|most| (entry.key.clone(), most, entry.origin.clone())));
    }
    let places = documented(document, "place", report);
    let tiers: Vec<&str> = budgets.iter().map(|(tier, _, _)| tier.as_str()).collect();
    let classes = classes(document, &tiers, report);
    let engine = engine(document, &tiers, report);
    Forms {
        places,
        classes,
        engine,
        budgets,
        fusions,
    }
}

fn classes(document: &Document, tiers: &[&str], report: &mut Vec<Diagnostic>) -> Vec<FormClass> {
    let columns = [&["type", "rows", "memory", "doc"], tiers].concat();
    let mut classes = Vec::new();
    for entry in document.rows("class") {
        let Some(mut row) = Row::new(&entry, &columns, report) else {
            continue;
        };
        let Shape {
            operands, result, ..
        } = Shape::parse(&row.required("type"));
        classes.push(FormClass {
            key: row.key.to_string(),
            operands,
            result: Some(result).filter(|result| !result.is_empty()),
            rows: row.strings("rows"),
            memory: row.text("memory").map(|memory| memory.text),
            tiers: shapes(&mut row, tiers),
            doc: row.required("doc"),
            origin: entry.origin.clone(),
        });
    }
    classes
}

fn engine(
    document: &Document,
    tiers: &[&str],
    report: &mut Vec<Diagnostic>,
) -> Vec<EngineInstruction> {
    let columns = [&["instruction", "result", "traps", "doc"], tiers].concat();
    let mut engine = Vec::new();
    for entry in document.rows("engine") {
        let Some(mut row) = Row::new(&entry, &columns, report) else {
            continue;
        };
        engine.push(EngineInstruction {
            key: row.key.to_string(),
            instruction: row.required("instruction"),
            result: row.text("result").map(|result| result.text),
            traps: row.flag("traps").unwrap_or(false),
            tiers: shapes(&mut row, tiers),
            doc: row.required("doc"),
            origin: entry.origin.clone(),
        });
    }
    engine
}

fn shapes(row: &mut Row<'_>, tiers: &[&str]) -> Vec<(String, Shape)> {
    let of = |tier: &&str| {
        let shape = Shape::parse(&row.required(tier));
        let at = row.text(tier).map(|text| text.origin).unwrap_or_default();
        (tier.to_string(), Shape { at, ..shape })
    };
    tiers.iter().map(of).collect()
}

fn fusions(document: Option<&Document>, report: &mut Vec<Diagnostic>) -> Vec<Fusion> {
    let Some(document) = row::tables(document, &["fusion"], report) else {
        return Vec::new();
    };
    let mut fusions = Vec::new();
    for entry in document.rows("fusion") {
        let Some(mut row) = Row::new(&entry, &["sequence", "from"], report) else {
            continue;
        };
        fusions.push(Fusion {
            sequence: row.strings("sequence"),
            from: row.required("from"),
            origin: entry.origin.clone(),
        });
    }
    fusions
}
