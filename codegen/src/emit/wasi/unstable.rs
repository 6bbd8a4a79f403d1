//! `wasi/unstable.rs`: what old guests know differently.
//!
//! They import from a module of another name. A type with another layout for them, be it because of a
//! field of a field, becomes a module with that one, as in `wasi/types.rs`; an enum with other numbers
//! a function; and functions that they do not have a list.

use super::TABLE;
use super::types::layout;
use crate::emit::Source;
use crate::emit::trap::sentence;
use crate::model::Model;
use crate::model::wasi::{Shape, Type};
use crate::names::{function, ident, variant};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// The file.
pub(super) fn emit(model: &Model) -> Source {
    let mut source = Source::new(TABLE, "What old guests of WASI know differently.");
    let (wasi, old) = (&model.wasi, model.wasi.for_old_guests());
    let Some(module) = &wasi.unstable else {
        return source;
    };
    let functions = wasi.functions.iter();
    let lacking = functions.filter(|function| !function.unstable);
    let lacking = lacking.map(|function| function.key.as_str());
    source.item(quote! {
        /// The module that they import from.
        pub const MODULE: &str = #module;

        /// Functions that they do not have.
        pub const LACKING: &[&str] = &[#(#lacking),*];
    });
    for (ty, of_old) in wasi.types.iter().zip(&old.types) {
        if let Some(numbers) = numbers(ty) {
            source.item(numbers);
        }
        if let Some(own) = layout(&old, of_old)
            && layout(wasi, ty).is_some_and(|new| new.to_string() != own.to_string())
        {
            source.item(own);
        }
    }
    source
}

/// An enum by other numbers.
fn numbers(ty: &Type) -> Option<TokenStream> {
    let members = ty.shape.members();
    let Shape::Enum { repr, .. } = ty.shape else {
        return None;
    };
    if members.iter().all(|member| member.unstable.is_none()) {
        return None;
    }
    let (module, name, repr) = (
        ident("super"),
        ident(&variant(&ty.name)),
        ident(repr.word()),
    );
    let arms = members.iter().map(|member| {
        let own = ident(&variant(&member.name));
        let number = Literal::u64_unsuffixed(member.unstable.unwrap_or(member.number));
        quote! { #number => Some(#name::#own) }
    });
    let (doc, from) = (sentence(&ty.doc), ident(&function(&ty.name)));
    Some(quote! {
        #[doc = #doc]
        pub const fn #from(number: #repr) -> Option<#module::types::#name> {
            use #module::types::#name;
            match number { #(#arms,)* _ => None }
        }
    })
}
