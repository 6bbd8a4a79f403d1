//! Documents to the model: one file a noun, one file a mini-language.
//!
//! The second step. Here text becomes typed: a word of a closed vocabulary becomes its variant, a
//! key becomes the number of its row. Lowering judges the form of cells; whether the facts agree
//! with each other is for [`crate::check`].

mod component;
mod costs;
mod examples;
mod expression;
mod facts;
mod forms;
mod immediate;
mod instruction;
mod keys;
mod layout;
mod levels;
mod limits;
mod predicate;
mod proposals;
mod row;
mod scanner;
mod sections;
mod signature;
mod terms;
mod tiers;
mod traps;
mod wasi;
mod wire;

pub use examples::lower as examples;
pub use instruction::COLUMNS;

use crate::diag::{self, Diagnostic};
use crate::load::Document;
use crate::model::{Model, Overlays, ProductionFile, ProposalId, SortId, TierId};
use keys::Keys;

/// Lowers all tables, over which these overlays lie.
pub fn lower(documents: &[Document], overlays: Overlays) -> (Model, Vec<Diagnostic>) {
    let mut report = Vec::new();
    known_files(documents, &mut report);
    let table = |name: &str| table(documents, name);
    let out = &mut report;
    let of_proposals = [table("proposals"), table("component/proposals")];
    let proposals = &Keys::new(&of_proposals, "proposal", ProposalId, &overlays);
    let tiers = &Keys::new(&[table("tiers")], "tier", TierId, &overlays);
    let sorts = &Keys::new(&[table("component/sorts")], "sort", SortId, &overlays);
    let mut model = Model::default();
    for document in of_proposals {
        model
            .proposals
            .extend(proposals::lower(document, proposals, out));
    }
    (model.capabilities, model.tiers) =
        tiers::lower(table("tiers"), &model.proposals, proposals, tiers, out);
    for document in [table("limits"), table("component/limits")] {
        let limits = limits::lower(document, &model.tiers, proposals, out);
        model.limits.extend(limits);
    }
    model.wire = wire::lower(table("types"), proposals, out);
    model.sections = sections::lower(table("sections"), proposals, out);
    let productions = ProductionFile::ALL.iter();
    let productions = productions.filter_map(|file| {
        let document = table(&format!("component/{file}"))?;
        Some((*file, document))
    });
    let tables = component::Tables {
        sections: table("component/sections"),
        sorts: table("component/sorts"),
        productions: productions.collect(),
        layout: table("component/layout"),
    };
    model.component = component::lower(&tables, sorts, proposals, out);
    model.traps = traps::traps(table("traps"), out);
    model.errors = traps::errors(table("errors"), out);
    model.misuses = traps::misuses(table("errors"), out);
    model.levels = levels::lower(table("levels"), out);
    model.costs = costs::lower(table("costs"), out);
    model.forms = forms::lower(table("forms"), table("fusion"), tiers, out);
    model.wasi = wasi::lower(table("wasi/preview1"), &overlays, out);
    let instructions = documents.iter().filter(|document| document.instructions);
    model.ops = instruction::lower(instructions, &model.wire, proposals, out);
    facts::relate(&mut model.ops);
    model.overlays = overlays;
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
    "wasi/preview1",
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
