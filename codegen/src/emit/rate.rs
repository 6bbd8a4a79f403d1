//! `woven/rate.rs`: how much work one unit of fuel pays for.
//!
//! A rate for each row whose work depends on an operand, and for work that is no instruction's own,
//! such as zeroing locals; hand-written code pays by them before it works. Table:
//! `spec/costs.toml`.

use super::Source;
use crate::model::{Model, Op};
use crate::names::{constant, ident};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new(
        "spec/costs.toml",
        "Rates of instructions, and of work that is no instruction's own.",
    );
    source.item(quote! {
        use crate::generated::facts::opcode::Opcode;
        use crate::rate::Rate;
    });
    let rated = model.ops.iter().filter_map(|op| {
        let rate = model.costs.rate(&op.key)?;
        Some((ident(&op.variant), Literal::u32_unsuffixed(rate.per)))
    });
    let (rated, per): (Vec<_>, Vec<_>) = rated.unzip();
    let work = model.costs.work.iter().map(|work| {
        let (doc, name) = (&work.doc, ident(&constant(&work.key)));
        let per = Literal::u32_unsuffixed(work.per);
        quote! {
            #[doc = #doc]
            pub const #name: Self = Self::per(#per);
        }
    });
    source.item(quote! {
        impl Opcode {
            /// How much of its work one more unit of fuel pays for, if that depends on an operand.
            pub const fn rate(self) -> Option<Rate> {
                match self {
                    #(Self::#rated => Some(Rate::per(#per)),)*
                    _ => None,
                }
            }
        }

        impl Rate {
            #(#work)*
        }
    });
    source
}

/// The rate of a `hand` row as its function's last argument, if the row has one.
pub(super) fn argument(model: &Model, op: &Op) -> Option<TokenStream> {
    let per = Literal::u32_unsuffixed(model.costs.rate(&op.key)?.per);
    Some(quote! { , Rate::per(#per) })
}
