//! `types.rs`, `canon.rs` and `names.rs` of `woven/component/`: an enum for each group, a struct for
//! each sequence, and how they are read.
//!
//! The grammar of `Binary.md` is a table, and this makes of it the types that views show and the
//! decoder that fills them, so that neither can know a production that the other lacks.

use super::read::{Arm, alternatives};
use super::sort::function;
use crate::emit::Source;
use crate::emit::decode::hex;
use crate::emit::enumeration::{Member, accessor, enumeration, option};
use crate::emit::section::proposal;
use crate::emit::trap::sentence;
use crate::model::{
    Around, CanonValue, Component, Group, Model, Part, PartKind, Production, ProductionFile,
};
use crate::names::{ident, variant};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The file that a table becomes.
pub(super) fn emit(model: &Model, file: ProductionFile, tagline: &str) -> Source {
    let component = &model.component;
    let mut source = Source::new(&format!("spec/component/{file}.toml"), tagline);
    source.item(quote! {
        #![allow(unused_imports, unused_variables, reason = "each table needs some of them")]
    });
    let files = ["canon", "names", "sort", "types"].into_iter();
    let others = files.filter(|other| *other != file.word()).map(ident);
    source.item(quote! {
        use core::num::NonZeroU32;

        use super::{#(#others::*),*};
        use crate::read::component::{
            CanonValue, CoreExternType, CoreGroup, CoreImport, CoreItem, CoreSort, CoreValType, Declarators, Decode,
            Item, DecodeRules, Label, List, Options, ValType, list, read, reserved,
        };
        use crate::generated::facts::error_code::ErrorCode;
        use crate::generated::facts::limits::Limit;
        use crate::generated::facts::proposal::Proposal;
        use crate::read::{Reader, malformed};
        use crate::reject::Reject;
    });
    for group in component.groups.iter().filter(|group| group.file == file) {
        if group.is_sequence() {
            for row in &group.rows {
                sequence(&mut source, model, row);
            }
        } else {
            alternative(&mut source, model, group);
        }
    }
    source
}

/// A struct.
fn sequence(source: &mut Source, model: &Model, row: &Production) {
    let component = &model.component;
    let (name, doc) = (ident(&variant(&row.key)), document(row));
    let generics = lifetime(borrows_row(component, row));
    let fields = fields(component, row, &quote!(pub));
    source.item(quote! {
        #[doc = #doc]
        #[derive(Clone, Copy, Debug)]
        pub struct #name #generics { #(#fields),* }
    });
    head(source, &name.to_string(), borrows_row(component, row));
    let reserved = row.parts.iter().any(|part| part.name.is_none());
    if row.check.is_some() {
        source.line("        let at = r.position();");
    }
    if reserved {
        for part in &row.parts {
            source.line(&match &part.name {
                Some(name) => format!("        let {name} = {};", read(row, part)),
                None => format!("        reserved::{}(r)?;", component.word(&part.kind)),
            });
        }
        let names: Vec<&str> = row
            .parts
            .iter()
            .filter_map(|part| part.name.as_deref())
            .collect();
        source.line(&format!("        Ok(Self {{ {} }})", names.join(", ")));
    } else {
        let value = value(model, row, "Self");
        source.line(&match value.strip_suffix('?') {
            Some(result) => format!("        {result}"),
            None => format!("        Ok({value})"),
        });
    }
    source.line("    }");
    source.line("}\n");
}

/// An enum.
fn alternative(source: &mut Source, model: &Model, group: &Group) {
    let component = &model.component;
    let name = ident(&variant(&group.key));
    let borrows = group.rows.iter().any(|row| borrows_row(component, row));
    let (generics, any) = (
        lifetime(borrows),
        if borrows { quote!(<'_>) } else { quote!() },
    );
    let doc = format!("Alternatives of the table `{}`.", group.key);
    source.item(if group.is_plain() {
        let member = |row: &Production| Member {
            name: ident(&variant(&row.key)),
            doc: document(row),
        };
        let members: Vec<Member> = group.rows.iter().map(member).collect();
        enumeration(&variant(&group.key), &doc, "u8", &members)
    } else {
        let variants = group.rows.iter().map(|row| {
            let (name, doc) = (ident(&variant(&row.key)), document(row));
            let fields = fields(component, row, &quote!());
            let fields = (!row.parts.is_empty()).then(|| quote! { { #(#fields),* } });
            quote! { #[doc = #doc] #name #fields }
        });
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy, Debug)]
            pub enum #name #generics { #(#variants),* }
        }
    });
    let accessors = accessors(model, group);
    source.item(quote! { impl #name #any { #accessors } });
    head(source, &name.to_string(), borrows);
    decode(source, model, group);
}

/// The beginning of the function that reads a type.
fn head(source: &mut Source, name: &str, borrows: bool) {
    let generics = if borrows { "<'a>" } else { "" };
    source.line(&format!("impl<'a> Decode<'a> for {name}{generics} {{"));
    source.line("    #[rustfmt::skip]");
    source.line(
        "    fn decode(r: &mut Reader<'a>, rules: &impl DecodeRules) -> Result<Self, Reject> {",
    );
}

fn decode(source: &mut Source, model: &Model, group: &Group) {
    let error = group
        .error
        .as_ref()
        .map(|(key, _)| variant(key))
        .unwrap_or_default();
    let construct = |row: &Production| value(model, row, &format!("Self::{}", variant(&row.key)));
    let arms: Vec<Arm> = group
        .rows
        .iter()
        .filter(|row| !row.code.is_empty())
        .map(|row| Arm {
            code: row.code.clone(),
            value: construct(row),
        })
        .collect();
    let other = group.rows.iter().find(|row| row.code.is_empty());
    if other.is_some() {
        source.line("        let start = *r;");
    }
    let other = other.map(|row| format!("{{ *r = start; {} }}", construct(row)));
    function(source, &alternatives(&arms, other.as_deref(), &error));
}

/// The expression that reads the parts of a row and makes a value of them.
fn value(model: &Model, row: &Production, path: &str) -> String {
    let part = |part: &Part| Some(format!("{}: {}", part.name.as_ref()?, read(row, part)));
    let parts: Vec<String> = row.parts.iter().filter_map(part).collect();
    let mut value = path.to_string();
    if !parts.is_empty() {
        value = format!("{path} {{ {} }}", parts.join(", "));
    }
    if let Some(check) = &row.check {
        value = format!("rules.{check}(at, {value})?");
    }
    match row.proposal {
        Some(id) => {
            let proposal = variant(&model.proposal(id).key);
            format!("rules.admit(Proposal::{proposal}, at, {value})?")
        }
        None => value,
    }
}

/// The expression that reads a part.
fn read(row: &Production, part: &Part) -> String {
    if !part.is_list() {
        return "read(r, rules)?".to_string();
    }
    let most = row
        .bounds
        .most
        .map_or_else(|| "u32::MAX".to_string(), |most| most.to_string());
    let limit = variant(row.bounds.limit.as_deref().unwrap_or_default());
    format!(
        "list(r, rules, {}..={most}, Limit::{limit})?",
        row.bounds.least
    )
}

fn accessors(model: &Model, group: &Group) -> TokenStream {
    let parts = |row: &Production| {
        if row.parts.is_empty() {
            quote!()
        } else {
            quote!({ .. })
        }
    };
    let each = |value: &dyn Fn(&Production) -> TokenStream| -> Vec<(Ident, TokenStream)> {
        group
            .rows
            .iter()
            .map(|row| (ident(&variant(&row.key)), value(row)))
            .collect()
    };
    let by_row = |doc: &str,
                  name: &str,
                  result: TokenStream,
                  value: &dyn Fn(&Production) -> TokenStream| {
        if group.is_plain() {
            return accessor(doc, name, result, &each(value));
        }
        let name = ident(name);
        let arms = group.rows.iter().map(|row| {
            let (variant, parts, value) = (ident(&variant(&row.key)), parts(row), value(row));
            quote! { Self::#variant #parts => #value }
        });
        quote! { #[doc = #doc] pub const fn #name(&self) -> #result { match self { #(#arms),* } } }
    };
    let name = by_row(
        "How the text format calls it.",
        "name",
        quote!(&'static str),
        &|row| {
            let name = row.spelling();
            quote!(#name)
        },
    );
    let code = group.is_plain().then(|| {
        by_row("Its byte on the wire.", "code", quote!(u8), &|row| {
            let byte = hex(row.code.first().copied().unwrap_or_default().into());
            quote!(#byte)
        })
    });
    let some = |cell: &dyn Fn(&Production) -> bool| group.rows.iter().any(cell);
    let proposal = some(&|row| row.proposal.is_some()).then(|| {
        let doc = "The proposal that brought it, if not the first version.";
        by_row(doc, "proposal", quote!(Option<Proposal>), &|row| {
            option(row.proposal.map(|id| proposal(model, id)))
        })
    });
    let defines = some(&|row| row.defines.is_some()).then(|| {
        by_row(
            "The sort of which it defines one.",
            "defines",
            quote!(Sort),
            &|row| {
                let sort = row
                    .defines
                    .map(|id| ident(&variant(&model.component.sort(id).key)));
                quote!(Sort::#sort)
            },
        )
    });
    let class = some(&|row| row.group.is_some()).then(|| {
        let doc = "Of those with the same there can be one.";
        by_row(doc, "group", quote!(&'static str), &|row| {
            let group = row.group.as_deref().unwrap_or_default();
            quote!(#group)
        })
    });
    let needs = some(&|row| row.needs.is_some()).then(|| {
        let doc = "The group of which one must be there, too.";
        by_row(doc, "needs", quote!(Option<&'static str>), &|row| {
            option(row.needs.as_ref().map(|group| quote!(#group)))
        })
    });
    let core = some(&|row| row.core.is_some()).then(|| {
        let doc = "What the core function takes and gives that it defines; nothing of those whose \
                   types say it.";
        let result = quote!((&'static [CanonValue], &'static [CanonValue]));
        by_row(doc, "core", result, &|row| {
            let values = |values: &[CanonValue]| {
                let values = values.iter().map(|value| ident(&variant(value.word())));
                quote!(&[#(CanonValue::#values),*])
            };
            let signature = row.core.clone().unwrap_or_default();
            let (params, results) = (values(&signature.params), values(&signature.results));
            quote!((#params, #results))
        })
    });
    quote! { #name #code #proposal #defines #class #needs #core }
}

fn fields(component: &Component, row: &Production, public: &TokenStream) -> Vec<TokenStream> {
    let named = row
        .parts
        .iter()
        .filter_map(|part| Some((part.name.as_ref()?, part)));
    named
        .map(|(name, part)| {
            let (name, rust) = (ident(name), rust(component, part));
            let word = component.word(&part.kind);
            let kind = match part.around {
                Some(around) => format!("{around}<{word}>"),
                None => word.to_string(),
            };
            let doc = format!("The part `{kind}`.");
            quote! { #[doc = #doc] #public #name: #rust }
        })
        .collect()
}

/// The type of a part.
fn rust(component: &Component, part: &Part) -> TokenStream {
    let inner: TokenStream = match &part.kind {
        PartKind::ByHand(by_hand) => by_hand.rust().parse().unwrap_or_default(),
        // It has no name, so that it is no field.
        PartKind::Reserved(_) => quote!(()),
        PartKind::Index(sort) => {
            let name = ident(&format!("{}Idx", variant(&component.sort(*sort).key)));
            quote!(#name)
        }
        PartKind::Group(key) | PartKind::Sequence(key) => {
            let lifetime = lifetime(borrows(component, &part.kind));
            let name = ident(&variant(key));
            quote!(#name #lifetime)
        }
    };
    match part.around {
        Some(Around::List) => quote!(List<'a, #inner>),
        Some(Around::Option) => quote!(Option<#inner>),
        None => inner,
    }
}

fn lifetime(borrows: bool) -> TokenStream {
    if borrows { quote!(<'a>) } else { quote!() }
}

fn borrows_row(component: &Component, row: &Production) -> bool {
    row.parts
        .iter()
        .any(|part| part.is_list() || borrows(component, &part.kind))
}

/// Whether the type of a kind holds a part of the bytes.
fn borrows(component: &Component, kind: &PartKind) -> bool {
    match kind {
        PartKind::ByHand(part) => part.borrows(),
        PartKind::Reserved(_) | PartKind::Index(_) => false,
        PartKind::Group(key) => {
            let rows = component
                .group(key)
                .into_iter()
                .flat_map(|group| &group.rows);
            rows.into_iter().any(|row| borrows_row(component, row))
        }
        PartKind::Sequence(key) => component
            .sequence(key)
            .is_some_and(|row| borrows_row(component, row)),
    }
}

fn document(row: &Production) -> String {
    if row.doc.is_empty() {
        format!("`{}`", row.spelling())
    } else {
        sentence(&row.doc)
    }
}
