//! Documents to the model: one file a noun, one file a mini-language.
//!
//! Lowering judges the form of cells; whether the facts agree with each other is for
//! [`crate::check`].

mod component;
mod costs;
mod examples;
mod expression;
mod facts;
mod failures;
mod forms;
mod immediate;
mod instruction;
mod layout;
mod levels;
mod limits;
mod predicate;
mod proposals;
mod row;
mod scanner;
mod sections;
mod signature;
mod tiers;
mod wire;

pub use examples::lower as examples;
pub use instruction::COLUMNS;

use crate::diag::{self, Diagnostic};
use crate::load::Document;
use crate::model::Model;

/// Lowers all tables.
pub fn lower(documents: &[Document]) -> (Model, Vec<Diagnostic>) {
    let mut report = Vec::new();
    let mut model = Model::default();
    known_files(documents, &mut report);
    let table = |name: &str| table(documents, name);
    let out = &mut report;
    model.proposals = proposals::lower(table("proposals"), out);
    model
        .proposals
        .extend(proposals::lower(table("component/proposals"), out));
    (model.capabilities, model.tiers) = tiers::lower(table("tiers"), &model.proposals, out);
    model.limits = limits::lower(table("limits"), &model.tiers, out);
    model
        .limits
        .extend(limits::lower(table("component/limits"), &model.tiers, out));
    model.wire = wire::lower(table("types"), out);
    model.sections = sections::lower(table("sections"), out);
    let productions = ["types", "canon", "names"].map(|name| table(&format!("component/{name}")));
    model.component = component::lower(
        table("component/sections"),
        table("component/sorts"),
        &productions,
        table("component/layout"),
        out,
    );
    model.traps = failures::traps(table("traps"), out);
    model.errors = failures::errors(table("errors"), out);
    model.misuses = failures::misuses(table("errors"), out);
    model.levels = levels::lower(table("levels"), out);
    model.costs = costs::lower(table("costs"), out);
    model.forms = forms::lower(table("forms"), table("fusion"), out);
    let instructions = documents.iter().filter(|document| document.instructions);
    model.ops = instruction::lower(instructions, out);
    facts::relate(&mut model.ops);
    (model, report)
}

/// Tables other than instructions.
const TABLES: &[&str] = &[
    "tiers",
    "proposals",
    "limits",
    "types",
    "sections",
    "traps",
    "errors",
    "levels",
    "costs",
    "forms",
    "fusion",
    "component/proposals",
    "component/limits",
    "component/sections",
    "component/sorts",
    "component/types",
    "component/canon",
    "component/names",
    "component/layout",
];

fn table<'a>(documents: &'a [Document], name: &str) -> Option<&'a Document> {
    let file = format!("spec/{name}.toml");
    documents.iter().find(|document| document.file == file)
}

fn known_files(documents: &[Document], report: &mut Vec<Diagnostic>) {
    for name in TABLES
        .iter()
        .filter(|name| table(documents, name).is_none())
    {
        report.push(Diagnostic::error(format!("there is no spec/{name}.toml")));
    }
    for document in documents.iter().filter(|document| !document.instructions) {
        let name = document
            .file
            .trim_start_matches("spec/")
            .trim_end_matches(".toml");
        if !TABLES.contains(&name) {
            let hint = diag::did_you_mean(name, TABLES.iter().copied(), "no table has this name");
            report.push(Diagnostic::error(format!("{} is not a table", document.file)).help(hint));
        }
    }
}
