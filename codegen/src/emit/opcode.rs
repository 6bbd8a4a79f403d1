//! `facts/opcode.rs`: the list of instructions, with what is known of each.
//!
//! Facts that are asked for by opcode and not by instruction: name, bytes, proposal, fuel. Programs
//! get them as `tabwasm::spec::Opcode`.

use super::Source;
use super::enumeration::{Member, enumeration};
use crate::model::{Code, Model, Op};
use crate::names::{constant, ident};
use proc_macro2::Literal;
use quote::quote;

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new(
        "spec/instructions/, spec/costs.toml",
        "Every opcode, in the order of the codes.",
    );
    let schedule = Literal::u32_unsuffixed(model.costs.schedule);
    source.item(quote! { use super::proposal::Proposal; });
    source.item(quote! {
        /// Version of the schedule that [`Opcode::fuel`] follows.
        pub const FUEL_SCHEDULE: u32 = #schedule;
    });
    for (key, cost) in &model.costs.host {
        let doc = format!("Fuel of a function of WASI: `{key}`.");
        let (name, cost) = (
            ident(&format!("HOST_{}", constant(key))),
            Literal::u32_unsuffixed(*cost),
        );
        source.item(quote! {
            #[doc = #doc]
            pub const #name: u32 = #cost;
        });
    }
    let members: Vec<Member> = model.ops.iter().map(member).collect();
    source.item(enumeration("Opcode", "An opcode.", "u16", &members));
    source.item(quote! {
        impl Opcode {
            /// Name in the text format; a few opcodes share theirs.
            pub const fn mnemonic(self) -> &'static str {
                FACTS[self as usize].mnemonic
            }

            /// Prefix byte, if any, and the byte, or the number after the prefix.
            pub const fn code(self) -> (Option<u8>, u32) {
                FACTS[self as usize].code
            }

            /// The proposal that brought it.
            pub const fn proposal(self) -> Proposal {
                FACTS[self as usize].proposal
            }

            /// What it costs to execute.
            pub const fn fuel(self) -> u32 {
                FACTS[self as usize].fuel
            }
        }

        struct Facts {
            mnemonic: &'static str,
            code: (Option<u8>, u32),
            proposal: Proposal,
            fuel: u32,
        }

        const fn one(byte: u8, mnemonic: &'static str, proposal: Proposal, fuel: u32) -> Facts {
            Facts { mnemonic, code: (None, byte as u32), proposal, fuel }
        }

        const fn two(prefix: u8, number: u32, mnemonic: &'static str, proposal: Proposal, fuel: u32) -> Facts {
            Facts { mnemonic, code: (Some(prefix), number), proposal, fuel }
        }
    });
    let rows: Vec<Vec<String>> = model.ops.iter().map(|op| row(model, op)).collect();
    let open = format!("static FACTS: [Facts; {}] = [", rows.len());
    source.table("", &open, &rows, "];");
    source
}

fn member(op: &Op) -> Member {
    let doc = match &op.doc {
        Some(doc) => format!("`{}`: {doc}", op.key),
        None => format!("`{}`", op.key),
    };
    Member {
        name: ident(&op.variant),
        doc,
    }
}

fn row(model: &Model, op: &Op) -> Vec<String> {
    let code = match op.code {
        Code {
            prefix: None,
            value,
        } => format!("one(0x{value:02X},"),
        Code {
            prefix: Some(prefix),
            value,
        } => format!("two(0x{prefix:02X}, {value},"),
    };
    let proposal = format!(
        "Proposal::{},",
        crate::names::variant(&model.proposal(op.proposal).key)
    );
    vec![
        code,
        format!("\"{}\",", op.mnemonic),
        proposal,
        format!("{}),", fuel(model, op)),
    ]
}

/// What an opcode costs: the row's own cost, else that of the column that gives its meaning.
pub(super) fn fuel(model: &Model, op: &Op) -> u32 {
    let class = op.meaning.class();
    let own = model
        .costs
        .exceptions
        .iter()
        .find(|(key, _, _)| *key == op.key)
        .map(|(_, cost, _)| *cost);
    let of_class = model
        .costs
        .classes
        .iter()
        .find(|(known, _)| *known == class)
        .map(|(_, cost)| *cost);
    own.or(of_class).unwrap_or_default()
}
