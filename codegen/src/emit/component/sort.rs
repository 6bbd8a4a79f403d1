//! `woven/component/sort.rs`: sorts, and a newtype for the indices of each.
//!
//! Indices of two sorts cannot be confused, since they have two types; reading one asks the rules
//! of the reader whether it is there. Standard: Component Model, `Binary.md`, "Index Spaces".

use super::read::{Arm, alternatives};
use crate::emit::Source;
use crate::emit::enumeration::{Member, accessor, enumeration, option};
use crate::emit::section::proposal;
use crate::model::{Model, Sort};
use crate::names::{ident, variant};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The file.
pub(super) fn emit(model: &Model) -> Source {
    let sorts = &model.component.sorts;
    let mut source = Source::new(
        "spec/component/sorts.toml",
        "Sorts, and the indices of what is of them.",
    );
    source.item(quote! {
        use crate::read::component::{Decode, DecodeRules, index};
        use crate::generated::facts::error_code::ErrorCode;
        use crate::generated::facts::limits::Limit;
        use crate::generated::facts::proposal::Proposal;
        use crate::read::{Reader, malformed};
        use crate::reject::Reject;
    });
    let members: Vec<Member> = sorts
        .iter()
        .map(|sort| Member {
            name: ident(&variant(&sort.key)),
            doc: format!("{}.", capital(&sort.doc)),
        })
        .collect();
    let doc = "What can be defined, imported and exported.";
    source.item(enumeration("Sort", doc, "u8", &members));
    source.item(accessors(model, sorts));
    decoders(&mut source, model, sorts);
    for sort in sorts {
        source.item(index(sort));
    }
    source
}

fn accessors(model: &Model, sorts: &[Sort]) -> TokenStream {
    let each = |value: &dyn Fn(&Sort) -> TokenStream| -> Vec<(Ident, TokenStream)> {
        sorts
            .iter()
            .map(|sort| (ident(&variant(&sort.key)), value(sort)))
            .collect()
    };
    let names = each(&|sort| {
        let name = sort.key.replace('_', " ");
        quote!(#name)
    });
    let core = each(&|sort| {
        let core = sort.code.len() > 1;
        quote!(#core)
    });
    let outer = each(&|sort| {
        let outer = sort.outer;
        quote!(#outer)
    });
    let limits = each(&|sort| {
        let limit = ident(&variant(&sort.limit));
        quote!(Limit::#limit)
    });
    let unknown = each(&|sort| {
        let error = ident(&variant(&sort.error));
        quote!(ErrorCode::#error)
    });
    let proposals = each(&|sort| option(sort.proposal.map(|id| proposal(model, id))));
    let name = accessor(
        "How the text format calls it.",
        "name",
        quote!(&'static str),
        &names,
    );
    let core = accessor(
        "Whether it is one of core WebAssembly.",
        "is_core",
        quote!(bool),
        &core,
    );
    let outer = accessor(
        "Whether an alias may name one of an enclosing scope.",
        "is_outer",
        quote!(bool),
        &outer,
    );
    let limit = accessor(
        "The limit on how many there are.",
        "limit",
        quote!(Limit),
        &limits,
    );
    let unknown = accessor(
        "The error of an index that does not exist.",
        "unknown",
        quote!(ErrorCode),
        &unknown,
    );
    let brought = accessor(
        "The proposal that brought it, if not the first version.",
        "proposal",
        quote!(Option<Proposal>),
        &proposals,
    );
    quote! { impl Sort { #name #core #outer #limit #unknown #brought } }
}

/// Reading a sort, with the byte that marks those of core WebAssembly and without it.
fn decoders(source: &mut Source, model: &Model, sorts: &[Sort]) {
    let arm = |sort: &Sort, skip: usize| {
        let name = variant(&sort.key);
        Arm {
            code: sort.code.get(skip..).unwrap_or_default().to_vec(),
            value: match sort.proposal {
                Some(id) => {
                    let proposal = variant(&model.proposal(id).key);
                    format!("rules.admit(Proposal::{proposal}, at, Self::{name})?")
                }
                None => format!("Self::{name}"),
            },
        }
    };
    let all: Vec<Arm> = sorts.iter().map(|sort| arm(sort, 0)).collect();
    source.line("impl<'a> Decode<'a> for Sort {");
    source.line("    #[rustfmt::skip]");
    source.line(
        "    fn decode(r: &mut Reader<'a>, rules: &impl DecodeRules) -> Result<Self, Reject> {",
    );
    function(source, &alternatives(&all, None, ERROR));
    source.line("impl Sort {");
    source.line("    /// A sort where only those of core WebAssembly are possible.");
    source.line("    #[rustfmt::skip]");
    source.line("    pub(crate) fn core(r: &mut Reader<'_>) -> Result<Self, Reject> {");
    let core = sorts.iter().filter(|sort| sort.code.len() > 1);
    let core: Vec<Arm> = core.map(|sort| arm(sort, 1)).collect();
    function(source, &alternatives(&core, None, ERROR));
}

const ERROR: &str = "MalformedSort";

/// The body of a function whose value these lines are, and the end of its `impl`.
pub(super) fn function(source: &mut Source, lines: &[String]) {
    source.line("        let at = r.position();");
    for (place, line) in lines.iter().enumerate() {
        let open = if place == 0 { "Ok(" } else { "" };
        let close = if place + 1 == lines.len() { ")" } else { "" };
        source.line(&format!("        {open}{line}{close}"));
    }
    source.line("    }");
    source.line("}\n");
}

fn index(sort: &Sort) -> TokenStream {
    let (name, variant) = (
        ident(&format!("{}Idx", variant(&sort.key))),
        ident(&variant(&sort.key)),
    );
    let doc = format!("Index in the space of {}.", sort.doc);
    quote! {
        #[doc = #doc]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct #name(pub u32);

        impl<'a> Decode<'a> for #name {
            fn decode(r: &mut Reader<'a>, rules: &impl DecodeRules) -> Result<Self, Reject> {
                index(r, rules, Sort::#variant).map(Self)
            }
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().to_string() + letters.as_str()
    })
}
