//! `wasi/reasons.rs`: why functions fail.
//!
//! Each row of `[reason]` becomes a variant with its errors, each function a line with its reasons, so
//! that hosts can read why a call failed, and a test can provoke every pair.

use super::TABLE;
use crate::emit::Source;
use crate::emit::trap::sentence;
use crate::model::Model;
use crate::names::{ident, variant};
use quote::quote;

/// The file.
pub(super) fn emit(model: &Model) -> Source {
    let wasi = &model.wasi;
    let mut source = Source::new(TABLE, "Why functions of WASI preview 1 fail.");
    source.line("use super::types::Errno;\n");
    let of = |key: &str| {
        let errno = wasi.errno().map_or(&[][..], |ty| ty.shape.members());
        let member = errno.iter().find(|member| member.key == key);
        ident(&variant(member.map_or(key, |member| &member.name)))
    };
    let variants = wasi.reasons.iter().map(|reason| {
        let (name, doc) = (ident(&variant(&reason.key)), sentence(&reason.doc));
        quote! { #[doc = #doc] #name }
    });
    let all = wasi.reasons.iter().map(|reason| {
        let name = ident(&variant(&reason.key));
        quote! { Self::#name }
    });
    let errnos = wasi.reasons.iter().map(|reason| {
        let name = ident(&variant(&reason.key));
        let errnos = reason.errnos.iter().map(|errno| of(&errno.key));
        quote! { Self::#name => &[#(Errno::#errnos),*] }
    });
    let docs = wasi.reasons.iter().map(|reason| {
        let (name, doc) = (ident(&variant(&reason.key)), &reason.doc);
        quote! { Self::#name => #doc }
    });
    source.item(quote! {
        /// Why a function fails.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason { #(#variants),* }

        impl Reason {
            /// All, in the order of the table.
            pub const ALL: &[Self] = &[#(#all),*];

            /// What the guest is told; if there are several, what stands below the function says which.
            pub const fn errnos(self) -> &'static [Errno] {
                match self { #(#errnos,)* }
            }

            /// In words.
            pub const fn doc(self) -> &'static str {
                match self { #(#docs,)* }
            }
        }
    });
    let functions = wasi.functions.iter();
    let rows: Vec<Vec<String>> = functions
        .filter(|function| function.results.is_some())
        .map(|function| {
            let reasons = function.reasons.iter();
            let reasons =
                reasons.map(|(id, _)| format!("Reason::{}", variant(&wasi.reason(*id).key)));
            let reasons: Vec<String> = reasons.collect();
            vec![
                format!("({:?},", function.key),
                format!("&[{}]),", reasons.join(", ")),
            ]
        })
        .collect();
    source.table(
        "Why each function can fail.",
        "pub const REASONS: &[(&str, &[Reason])] = &[",
        &rows,
        "];",
    );
    source
}
