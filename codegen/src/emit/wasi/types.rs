//! `wasi/types.rs`: numbers and layouts of the types that guest and host share.
//!
//! An enum becomes an enum; flags become a module with a constant for each bit; a record becomes a
//! module with its size and the offset of each field, a union one with its size and where what it brings
//! begins. What only names another type has no values to name, so it becomes nothing.

use super::TABLE;
use crate::emit::Source;
use crate::emit::limits::grouped;
use crate::emit::trap::sentence;
use crate::model::Model;
use crate::model::wasi::{Field, Integer, Member, POINTER, Shape, Type, TypeId, Wasi};
use crate::names::{constant, function, ident, variant};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// The file.
pub(super) fn emit(model: &Model) -> Source {
    let wasi = &model.wasi;
    let mut source = Source::new(TABLE, "Types of WASI preview 1.");
    let (module, pointer) = (&wasi.module, number(POINTER));
    source.item(quote! {
        /// The module that guests import from.
        pub const MODULE: &str = #module;

        /// Bytes of an address of the guest.
        pub const POINTER_SIZE: u32 = #pointer;
    });
    for limit in &wasi.limits {
        let name = ident(&format!("MAX_{}", constant(&limit.key)));
        let (doc, max) = (format!("Most {}.", limit.doc), grouped(limit.number));
        source.item(quote! { #[doc = #doc] pub const #name: u32 = #max; });
    }
    for ty in &wasi.types {
        let item = match &ty.shape {
            Shape::Is(_) | Shape::Record(_) | Shape::Union { .. } => layout(wasi, ty),
            Shape::Enum {
                repr,
                success,
                members,
            } => Some(enumeration(ty, *repr, success.as_deref(), members)),
            Shape::Flags { repr, members } => Some(flags(ty, *repr, members)),
        };
        if let Some(item) = item {
            source.item(item);
        }
    }
    source
}

/// How a type lies in memory, if it has parts.
pub(super) fn layout(wasi: &Wasi, ty: &Type) -> Option<TokenStream> {
    match &ty.shape {
        Shape::Is(_) | Shape::Enum { .. } | Shape::Flags { .. } => None,
        Shape::Record(fields) => Some(record(wasi, ty, fields)),
        Shape::Union { tag, cases } => Some(union(wasi, ty, *tag, cases)),
    }
}

fn enumeration(ty: &Type, repr: Integer, success: Option<&str>, members: &[Member]) -> TokenStream {
    let (name, repr) = (ident(&variant(&ty.name)), ident(repr.word()));
    let doc = sentence(&ty.doc);
    let numbered = |member: &Member| Literal::u64_unsuffixed(member.number);
    let (successes, values): (Vec<&Member>, _) = members
        .iter()
        .partition(|member| Some(member.key.as_str()) == success);
    let successes = successes.into_iter().map(|member| {
        let (name, number) = (ident(&constant(&member.name)), numbered(member));
        let doc = format!(
            "{} Stands where an [`{}`] stands otherwise.",
            sentence(&member.doc),
            variant(&ty.name)
        );
        quote! { #[doc = #doc] pub const #name: #repr = #number; }
    });
    let variants = values.iter().map(|member| {
        let (name, number) = (ident(&variant(&member.name)), numbered(member));
        let doc = told(member);
        quote! { #[doc = #doc] #name = #number }
    });
    let arms = values.iter().map(|member| {
        let (name, number) = (ident(&variant(&member.name)), numbered(member));
        quote! { #number => Some(Self::#name) }
    });
    quote! {
        #(#successes)*

        #[doc = #doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(#repr)]
        pub enum #name { #(#variants),* }

        impl #name {
            /// What has this number.
            pub const fn from_number(number: #repr) -> Option<Self> {
                match number { #(#arms,)* _ => None }
            }
        }
    }
}

fn flags(ty: &Type, repr: Integer, members: &[Member]) -> TokenStream {
    let (name, repr) = (ident(&function(&ty.name)), ident(repr.word()));
    let doc = format!("Flags: {}.", ty.doc);
    let bits = members.iter().map(|member| {
        let (name, bit) = (
            ident(&constant(&member.name)),
            Literal::u64_unsuffixed(member.number),
        );
        let doc = told(member);
        quote! { #[doc = #doc] pub const #name: #repr = 1 << #bit; }
    });
    quote! { #[doc = #doc] pub mod #name { #(#bits)* } }
}

fn record(wasi: &Wasi, ty: &Type, fields: &[Field]) -> TokenStream {
    let offsets = wasi.offsets(fields);
    let fields = fields.iter().zip(offsets).map(|(field, at)| {
        let (name, at) = (ident(&constant(&field.name)), number(at));
        let doc = format!("Offset of `{}: {}`.", field.name, field.written);
        quote! { #[doc = #doc] pub const #name: u32 = #at; }
    });
    in_memory(wasi, ty, quote! { #(#fields)* })
}

fn union(wasi: &Wasi, ty: &Type, tag: TypeId, cases: &[Field]) -> TokenStream {
    let content = number(wasi.content(tag, cases));
    let tag = format!("Offset of the tag: `{}`.", wasi.get(tag).key);
    let brought = cases
        .iter()
        .map(|case| format!("`{}` with `{}`", case.written, case.name));
    let brought: Vec<String> = brought.collect();
    let doc = format!("Offset of what the tag brings: {}.", brought.join(", "));
    in_memory(
        wasi,
        ty,
        quote! {
            #[doc = #tag]
            pub const TAG: u32 = 0;
            #[doc = #doc]
            pub const CONTENT: u32 = #content;
        },
    )
}

/// The module of a type that lies in memory.
fn in_memory(wasi: &Wasi, ty: &Type, offsets: TokenStream) -> TokenStream {
    let layout = wasi.layout_of(&ty.shape);
    let (name, size) = (ident(&function(&ty.name)), number(layout.size));
    let doc = format!("Layout: {}.", ty.doc);
    let bytes = format!("Its bytes, aligned to {}.", layout.align);
    quote! {
        #[doc = #doc]
        pub mod #name {
            #[doc = #bytes]
            pub const BYTES: u32 = #size;
            #offsets
        }
    }
}

/// The standard's word, and what it means.
fn told(member: &Member) -> String {
    format!("`{}`: {}", member.key, member.doc)
}

fn number(value: u32) -> Literal {
    Literal::u32_unsuffixed(value)
}
