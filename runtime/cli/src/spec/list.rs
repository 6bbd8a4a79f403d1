//! `tabwasm spec list`: all instructions, or those of a proposal.
//!
//! The columns are those of `generated/index.md`, made by the same function of the generator; only
//! the layout differs: lines for people, JSON, Markdown or values between commas.

use tabwasm_codegen::diag::did_you_mean;
use tabwasm_codegen::emit::index;
use tabwasm_codegen::model::{Model, Op};

use super::args::List;
use super::tables::Tables;
use crate::diagnostic;
use crate::exit::ExitStatus;
use crate::json::Object;
use crate::output::{line, text};

/// Prints the instructions of a proposal, or all.
pub(super) fn run(args: &List) -> Result<ExitStatus, ExitStatus> {
    let model = Tables::read(&args.tables.name)?.model;
    let only = args
        .proposal
        .as_deref()
        .map(|key| model.proposal_named(key));
    if let (Some(proposal), Some(None)) = (&args.proposal, only) {
        let keys = model.proposals.iter().map(|proposal| proposal.key.as_str());
        diagnostic::error(format_args!("no proposal `{proposal}`"));
        diagnostic::help(did_you_mean(proposal, keys, "see spec/proposals.toml"));
        return Err(ExitStatus::Usage);
    }
    let wanted = |op: &&Op| only.is_none_or(|only| only == Some(op.proposal));
    let ops: Vec<&Op> = model.ops.iter().filter(wanted).collect();
    if args.md {
        text(format_args!("{}", index::markdown_table(&model, &ops)));
    } else if args.json {
        ops.iter().for_each(|op| line!("{}", object(&model, op)));
    } else if args.csv {
        line!("{}", index::COLUMNS.join(","));
        for op in ops {
            let columns = index::columns(&model, op).map(|text| quoted(&text));
            line!("{}", columns.join(","));
        }
    } else {
        plain(&model, &ops);
    }
    Ok(ExitStatus::Success)
}

fn object(model: &Model, op: &Op) -> Object {
    let columns = index::columns(model, op);
    let pairs = index::COLUMNS.iter().zip(&columns);
    pairs.fold(Object::line(), |object, (name, text)| {
        object.text(name, text)
    })
}

/// A value between commas (RFC 4180).
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// Columns for people.
fn plain(model: &Model, ops: &[&Op]) {
    let rows: Vec<[String; 4]> = ops
        .iter()
        .map(|op| {
            let [bytes, key, _, _, signature, check, .., proposal, _] = index::columns(model, op);
            let rule = if signature.is_empty() {
                format!("rule `{check}`")
            } else {
                signature
            };
            [bytes, key, rule, proposal]
        })
        .collect();
    let widths = [0, 1, 2].map(|column| {
        let width = |row: &[String; 4]| row[column].chars().count();
        rows.iter().map(width).max().unwrap_or(0)
    });
    for [bytes, key, rule, proposal] in rows {
        let [first, second, third] = widths;
        line!("{bytes:<first$}  {key:<second$}  {rule:<third$}  {proposal}");
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn values_with_commas_are_quoted() {
        assert_eq!(quoted("a.load(b)"), "a.load(b)");
        assert_eq!(quoted("max(a, b)"), "\"max(a, b)\"");
        assert_eq!(quoted("\"a\""), "\"\"\"a\"\"\"");
    }
}
