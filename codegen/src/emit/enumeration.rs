//! Enums without fields, which most tables become.
//!
//! A table's rows are variants in its order, with a list `ALL` of them, so that a number can be
//! turned back into a variant without an unsafe cast.

use crate::names::ident;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

/// One variant.
pub struct Member {
    /// Its name.
    pub name: Ident,
    /// Its documentation.
    pub doc: String,
}

/// An enum and the list `ALL` of its variants.
pub fn enumeration(name: &str, doc: &str, repr: &str, members: &[Member]) -> TokenStream {
    let (name, repr) = (ident(name), ident(repr));
    let variants = members
        .iter()
        .map(|Member { name, doc }| quote! { #[doc = #doc] #name });
    let names = members.iter().map(|member| &member.name);
    let count = Literal::usize_unsuffixed(members.len());
    quote! {
        #[doc = #doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(#repr)]
        pub enum #name { #(#variants),* }

        impl #name {
            /// All of them, in the order of the table.
            pub const ALL: [#name; #count] = [#(#name::#names),*];
        }
    }
}

/// A `const fn` that matches each variant to a value; equal values share an arm.
pub fn accessor(
    doc: &str,
    name: &str,
    result: TokenStream,
    arms: &[(Ident, TokenStream)],
) -> TokenStream {
    let name = ident(name);
    let mut merged: Vec<(Vec<&Ident>, &TokenStream, String)> = Vec::new();
    for (variant, value) in arms {
        let text = value.to_string();
        match merged.iter_mut().find(|(_, _, other)| *other == text) {
            Some((variants, _, _)) => variants.push(variant),
            None => merged.push((vec![variant], value, text)),
        }
    }
    let arms = merged
        .iter()
        .map(|(variants, value, _)| quote! { #(Self::#variants)|* => #value });
    quote! {
        #[doc = #doc]
        pub const fn #name(self) -> #result {
            match self { #(#arms),* }
        }
    }
}

/// A row that official scripts expect by its text: variant, number, text, other texts.
pub type Expected<'m> = (Ident, u16, &'m str, &'m [String]);

/// The accessors `number`, `from_number`, `text` and `also` of such rows.
pub fn expectations(rows: &[Expected<'_>]) -> TokenStream {
    let numbered = numbered(rows, "What the official scripts expect, and people read.");
    let also: Vec<_> = rows
        .iter()
        .map(|(name, _, _, also)| (name.clone(), quote! { &[#(#also),*] }))
        .collect();
    let also = accessor(
        "What the official scripts call it elsewhere.",
        "also",
        quote! { &'static [&'static str] },
        &also,
    );
    quote! { #numbered #also }
}

/// The accessors `number`, `from_number` and `text`, the last with this documentation.
pub fn numbered(rows: &[Expected<'_>], doc: &str) -> TokenStream {
    let numbers: Vec<_> = rows
        .iter()
        .map(|(name, number, _, _)| {
            let number = Literal::u16_unsuffixed(*number);
            (name.clone(), quote! { #number })
        })
        .collect();
    let named = numbers
        .iter()
        .map(|(name, number)| quote! { #number => Some(Self::#name) });
    let number = accessor(
        "Its number, the same in every version; nothing else that can go wrong has it.",
        "number",
        quote! { u16 },
        &numbers,
    );
    let text: Vec<_> = rows
        .iter()
        .map(|(name, _, text, _)| (name.clone(), quote! { #text }))
        .collect();
    let text = accessor(doc, "text", quote! { &'static str }, &text);
    quote! {
        #number

        /// What has this number.
        pub const fn from_number(number: u16) -> Option<Self> {
            match number { #(#named,)* _ => None }
        }

        #text
    }
}

/// `Some(value)` or `None`.
pub fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote! { Some(#value) },
        None => quote! { None },
    }
}
