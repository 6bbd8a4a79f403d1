//! `woven/config.rs`: a switch of the engine's configuration for each proposal.
//!
//! Methods such as `wasm_multi_memory`, with wasmtime's names, so that a new row of
//! `spec/proposals.toml` has its switch without a line by hand.

use super::Source;
use crate::model::{Model, Proposal};
use crate::names::{ident, variant};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new(
        "spec/proposals.toml",
        "A switch of the configuration for each proposal.",
    );
    let switches = model.proposals.iter().map(switch);
    source.item(quote! {
        use crate::generated::facts::proposal::Proposal;
        use crate::engine::config::Config;
    });
    source.item(quote! { impl Config { #(#switches)* } });
    source
}

fn switch(proposal: &Proposal) -> TokenStream {
    let name = format_ident!("wasm_{}", proposal.key);
    let variant = ident(&variant(&proposal.key));
    let support = if proposal.supported {
        ""
    } else {
        " Not supported yet."
    };
    let doc = format!(
        "Whether to admit `{}`: {}.{support}",
        proposal.key, proposal.doc
    );
    quote! {
        #[doc = #doc]
        pub fn #name(&mut self, enable: bool) -> &mut Self {
            self.wasm_proposal(Proposal::#variant, enable)
        }
    }
}
