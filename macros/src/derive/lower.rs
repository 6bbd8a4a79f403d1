//! The functions of `Lower`, for each shape: to core values, and to memory.
//!
//! The counterpart of `lift`, with the same calls in the same order, so that what one writes the
//! other reads. Standard: Component Model, `CanonicalABI.md`, "Storing" and "Flat Lowering".

use proc_macro2::TokenStream;
use quote::quote;

use super::item::{Case, Field, Item, Shape};

/// `lower_flat` and `store`.
pub(super) fn functions(item: &Item) -> TokenStream {
    let (flat, store) = match &item.shape {
        Shape::Record(fields) => record(fields),
        Shape::Flags(fields) => flags(fields),
        Shape::Variant(cases) | Shape::Enum(cases) => variant(cases),
    };
    quote! {
        fn lower_flat<__R: ::tabwasm::component::Realloc + ?::core::marker::Sized>(
            &self,
            cx: &mut ::tabwasm::component::LowerContext<'_, __R>,
            flat: &mut ::tabwasm::component::FlatWriter<'_>,
        ) -> ::core::result::Result<(), ::tabwasm::Trap> {
            #flat
        }

        fn store<__R: ::tabwasm::component::Realloc + ?::core::marker::Sized>(
            &self,
            cx: &mut ::tabwasm::component::LowerContext<'_, __R>,
            at: u64,
        ) -> ::core::result::Result<(), ::tabwasm::Trap> {
            #store
        }
    }
}

fn record(fields: &[Field]) -> (TokenStream, TokenStream) {
    let names = fields.iter().map(|field| &field.item);
    let same = names.clone();
    let flat = quote! {
        #(::tabwasm::component::Lower::lower_flat(&self.#names, cx, flat)?;)*
        ::core::result::Result::Ok(())
    };
    let store = quote! {
        let mut end = at;
        #(cx.store_field(&self.#same, &mut end)?;)*
        ::core::result::Result::Ok(())
    };
    (flat, store)
}

fn flags(fields: &[Field]) -> (TokenStream, TokenStream) {
    let places = 0..fields.len() as u32;
    let names = fields.iter().map(|field| &field.item);
    let count = fields.len();
    let bits = quote! { let bits = 0 #(| u32::from(self.#names) << #places)*; };
    let flat = quote! { #bits flat.push(u64::from(bits)) };
    let store = quote! {
        #bits
        const { ::tabwasm::component::Labels::of(#count) }.store(cx, at, bits)
    };
    (flat, store)
}

fn variant(cases: &[Case]) -> (TokenStream, TokenStream) {
    let body = |method: TokenStream, to: TokenStream| {
        let arms = cases.iter().zip(0u32..).map(|(case, number)| {
            let name = &case.item;
            match case.value {
                Some(_) => quote! { Self::#name(value) => cases.#method(cx, #to, #number, value) },
                None => quote! { Self::#name => cases.#method(cx, #to, #number, &()) },
            }
        });
        quote! {
            let cases = const {
                ::tabwasm::component::Cases::of(&<Self as ::tabwasm::component::Lower>::TYPE)
            };
            match self { #(#arms),* }
        }
    };
    (
        body(quote! { lower }, quote! { flat }),
        body(quote! { store }, quote! { at }),
    )
}
