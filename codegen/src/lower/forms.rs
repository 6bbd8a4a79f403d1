//! `spec/forms.toml` and `spec/fusion.toml`.

use super::costs::number;
use super::row::{self, Row};
use super::tiers::documented;
use crate::diag::Diagnostic;
use crate::load::Document;
use crate::model::{FormClass, Forms, Fusion};

pub(super) fn lower(
    forms: Option<&Document>,
    fusion: Option<&Document>,
    report: &mut Vec<Diagnostic>,
) -> Forms {
    let fusions = fusions(fusion, report);
    let Some(document) = row::tables(forms, &["place", "class", "budget"], report) else {
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
    Forms {
        places,
        classes,
        budgets,
        fusions,
    }
}

fn classes(document: &Document, tiers: &[&str], report: &mut Vec<Diagnostic>) -> Vec<FormClass> {
    let mut columns = tiers.to_vec();
    columns.push("doc");
    let mut classes = Vec::new();
    for entry in document.rows("class") {
        let Some(mut row) = Row::new(&entry, &columns, report) else {
            continue;
        };
        classes.push(FormClass {
            key: row.key.to_string(),
            tiers: tiers
                .iter()
                .map(|tier| (tier.to_string(), row.strings(tier)))
                .collect(),
            doc: row.required("doc"),
            origin: entry.origin.clone(),
        });
    }
    classes
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
