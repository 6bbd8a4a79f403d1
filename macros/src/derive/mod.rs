//! `#[derive(ComponentType, Lift, Lower)]`: types of Rust as types of components.
//!
//! [`Item::parse`] finds out what a type is and all that is wrong with it; the three derives only
//! write down what follows. Layouts are constants that the library computes of the type, so nothing
//! here knows a size.

mod attribute;
mod item;
mod lift;
mod lower;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, GenericParam, WhereClause, parse_quote};

use item::{Case, Field, Item, Shape};

/// The expansion of `ComponentType`.
pub(crate) fn component_type(input: TokenStream) -> syn::Result<TokenStream> {
    let (input, item) = parse(input)?;
    let path = quote! { ::tabwasm::component::ComponentType };
    Ok(implement(&input, &item, &path, &TokenStream::new()))
}

/// The expansion of `Lift`.
pub(crate) fn lift(input: TokenStream) -> syn::Result<TokenStream> {
    let (input, item) = parse(input)?;
    let path = quote! { ::tabwasm::component::Lift };
    Ok(implement(&input, &item, &path, &lift::functions(&item)))
}

/// The expansion of `Lower`.
pub(crate) fn lower(input: TokenStream) -> syn::Result<TokenStream> {
    let (input, item) = parse(input)?;
    let path = quote! { ::tabwasm::component::Lower };
    Ok(implement(&input, &item, &path, &lower::functions(&item)))
}

fn parse(input: TokenStream) -> syn::Result<(DeriveInput, Item)> {
    let input: DeriveInput = syn::parse2(input)?;
    let item = Item::parse(&input)?;
    Ok((input, item))
}

/// An implementation of a trait, with its constant `TYPE`, for which the parameters of the type
/// must implement it, too.
fn implement(
    input: &DeriveInput,
    item: &Item,
    path: &TokenStream,
    functions: &TokenStream,
) -> TokenStream {
    let name = &input.ident;
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    let mut bounds = bounds.cloned().unwrap_or_else(|| WhereClause {
        where_token: Default::default(),
        predicates: Default::default(),
    });
    for param in &input.generics.params {
        if let GenericParam::Type(param) = param {
            let param = &param.ident;
            bounds.predicates.push(parse_quote! { #param: #path });
        }
    }
    let ty = described(&item.shape, path);
    quote! {
        #[automatically_derived]
        impl #generics #path for #name #arguments #bounds {
            const TYPE: ::tabwasm::component::Type<'static> = #ty;
            #functions
        }
    }
}

/// What WIT calls the type.
fn described(shape: &Shape, path: &TokenStream) -> TokenStream {
    let of = quote! { ::tabwasm::component::Type };
    match shape {
        Shape::Record(fields) => {
            let fields = fields
                .iter()
                .map(|Field { label, ty, .. }| quote! { (#label, <#ty as #path>::TYPE) });
            quote! { #of::Record(&[#(#fields),*]) }
        }
        Shape::Flags(fields) => {
            let labels = fields.iter().map(|field| &field.label);
            quote! { #of::Flags(&[#(#labels),*]) }
        }
        Shape::Enum(cases) => {
            let labels = cases.iter().map(|case| &case.label);
            quote! { #of::Enum(&[#(#labels),*]) }
        }
        Shape::Variant(cases) => {
            let cases = cases.iter().map(|Case { label, value, .. }| match value {
                Some(ty) => {
                    quote! { (#label, ::core::option::Option::Some(<#ty as #path>::TYPE)) }
                }
                None => quote! { (#label, ::core::option::Option::None) },
            });
            quote! { #of::Variant(&[#(#cases),*]) }
        }
    }
}
