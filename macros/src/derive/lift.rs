//! The functions of `Lift`, for each shape: from core values, and from memory.
//!
//! The code that is written is short: it calls the library for each field or case, in order, and
//! the library knows the layout. Standard: Component Model, `CanonicalABI.md`, "Loading" and "Flat
//! Lifting".

use proc_macro2::TokenStream;
use quote::quote;

use super::item::{Case, Field, Item, Shape};

/// `lift_flat` and `load`.
pub(super) fn functions(item: &Item) -> TokenStream {
    let (flat, load) = match &item.shape {
        Shape::Record(fields) => record(fields),
        Shape::Flags(fields) => flags(fields),
        Shape::Variant(cases) | Shape::Enum(cases) => variant(cases),
    };
    quote! {
        #[allow(unused_variables, reason = "cases without values")]
        fn lift_flat(
            cx: &::tabwasm::component::LiftContext<'_>,
            flat: &mut ::tabwasm::component::FlatReader<'_>,
        ) -> ::core::result::Result<Self, ::tabwasm::Trap> {
            #flat
        }

        #[allow(unused_variables, reason = "cases without values")]
        fn load(
            cx: &::tabwasm::component::LiftContext<'_>,
            at: u64,
        ) -> ::core::result::Result<Self, ::tabwasm::Trap> {
            #load
        }
    }
}

fn record(fields: &[Field]) -> (TokenStream, TokenStream) {
    let names = fields.iter().map(|field| &field.item);
    let same = names.clone();
    let flat = quote! {
        ::core::result::Result::Ok(Self {
            #(#names: ::tabwasm::component::Lift::lift_flat(cx, flat)?),*
        })
    };
    let load = quote! {
        let mut end = at;
        ::core::result::Result::Ok(Self { #(#same: cx.load_field(&mut end)?),* })
    };
    (flat, load)
}

fn flags(fields: &[Field]) -> (TokenStream, TokenStream) {
    let places = 0..fields.len() as u32;
    let names = fields.iter().map(|field| &field.item);
    let count = fields.len();
    let value = quote! {
        ::core::result::Result::Ok(Self { #(#names: bits >> #places & 1 == 1),* })
    };
    let flat = quote! { let bits = flat.take()? as u32; #value };
    let load = quote! {
        let bits = const { ::tabwasm::component::Labels::of(#count) }.load(cx, at)?;
        #value
    };
    (flat, load)
}

fn variant(cases: &[Case]) -> (TokenStream, TokenStream) {
    let layout = quote! {
        let cases = const {
            ::tabwasm::component::Cases::of(&<Self as ::tabwasm::component::Lift>::TYPE)
        };
    };
    let arms = |value: TokenStream| {
        let arms = cases.iter().zip(0u32..).map(|(case, number)| {
            let name = &case.item;
            match case.value {
                Some(_) => quote! { #number => #value.map(Self::#name) },
                None => quote! { #number => ::core::result::Result::Ok(Self::#name) },
            }
        });
        quote! {
            #(#arms,)*
            _ => ::core::result::Result::Err(::tabwasm::Trap::InvalidDiscriminant)
        }
    };
    let flat = arms(quote! { ::tabwasm::component::Lift::lift_flat(cx, flat) });
    let load = arms(quote! { ::tabwasm::component::Lift::load(cx, value) });
    (
        quote! { #layout cases.lift(cx, flat, |case, flat| match case { #flat }) },
        quote! {
            #layout
            let (case, value) = cases.load(cx, at)?;
            match case { #load }
        },
    )
}
