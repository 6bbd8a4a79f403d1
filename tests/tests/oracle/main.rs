//! The tables against facts that others extracted from the standard.
//!
//! Extracts of three official sources, when they are there ([`standard`]), and the crates
//! wasmparser ([`peer`], [`bounds`]) and wit-parser ([`layout`]), and the header of wasi-libc
//! ([`wasi`]). Tables are typed by hand and never
//! made from these, so an agreement means something. Every disagreement is listed, with the row and
//! the column.

mod bounds;
mod layout;
mod peer;
mod standard;
mod wasi;

use std::fmt::Display;

use tabwasm_codegen::model::{Code, Model, Op};

/// What does not agree.
#[derive(Default)]
struct Report {
    compared: usize,
    wrong: Vec<String>,
}

impl Report {
    /// Compares a fact of the tables with the same one of an oracle.
    fn compare<T: PartialEq + Display>(&mut self, row: &str, column: &str, table: T, oracle: T) {
        self.compared += 1;
        if table != oracle {
            self.wrong.push(format!(
                "row `{row}`, column {column}: table `{table}`, oracle `{oracle}`"
            ));
        }
    }

    /// Something that has no counterpart.
    fn lacks(&mut self, what: String) {
        self.wrong.push(what);
    }

    /// Ends the test.
    fn finish(self, at_least: usize) {
        println!("{} facts compared", self.compared);
        assert!(
            self.wrong.is_empty(),
            "the tables disagree with the oracle:\n{}",
            self.wrong.join("\n")
        );
        assert!(
            self.compared >= at_least,
            "only {} facts compared",
            self.compared
        );
    }
}

/// The bytes of an opcode.
fn bytes(code: Code) -> Vec<u8> {
    let Some(prefix) = code.prefix else {
        return vec![code.value as u8];
    };
    let (mut bytes, mut rest) = (vec![prefix], code.value);
    while rest > 0x7F {
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
    bytes
}

/// The proposal of a row as others call it, who do not tell the parts of some of them apart.
fn proposal<'m>(model: &'m Model, op: &Op) -> &'m str {
    match model.proposal(op.proposal).key.as_str() {
        "floats" => "mvp",
        "bulk_memory_opt" => "bulk_memory",
        other => other,
    }
}

/// Opcodes without rows, with the proposals that reserve them.
fn reserved(model: &Model) -> impl Iterator<Item = (Code, &str)> {
    model.proposals.iter().flat_map(|proposal| {
        proposal.reserved.iter().flat_map(move |range| {
            let code = move |value| Code {
                prefix: range.prefix,
                value,
            };
            (range.first..=range.last).map(move |value| (code(value), proposal.key.as_str()))
        })
    })
}
