//! Whether two parts of generated files are the same, and what they are called.
//!
//! Compared are tokens without documentation, because a mutant that changes only words of a comment
//! changes nothing that a test could see.

use quote::ToTokens;
use syn::{Attribute, ImplItem, Item};

/// Without documentation: words are no facts of a program.
pub(crate) fn tokens(node: &impl ToTokens) -> String {
    let text = node.to_token_stream().to_string();
    if !text.contains("doc =") && !text.contains("///") {
        return text;
    }
    match syn::parse_str::<Item>(&text) {
        Ok(item) => undocumented(item).to_token_stream().to_string(),
        Err(_) => text,
    }
}

fn undocumented(mut item: Item) -> Item {
    let strip = |attributes: &mut Vec<Attribute>| {
        attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    };
    match &mut item {
        Item::Enum(item) => {
            strip(&mut item.attrs);
            for variant in &mut item.variants {
                strip(&mut variant.attrs);
            }
        }
        Item::Struct(item) => {
            strip(&mut item.attrs);
            for field in &mut item.fields {
                strip(&mut field.attrs);
            }
        }
        Item::Macro(item) => strip(&mut item.attrs),
        Item::Const(item) => strip(&mut item.attrs),
        Item::Static(item) => strip(&mut item.attrs),
        _ => {}
    }
    item
}

/// Whether both say the same, words for people aside.
pub(crate) fn same<T: ToTokens>(before: &T, after: &T) -> bool {
    tokens(before) == tokens(after)
}

/// The same words, in whatever order: `ALL` lists what there is.
pub(crate) fn same_set(before: &ImplItem, after: &ImplItem) -> bool {
    let words = |item: &ImplItem| {
        let text = tokens(item);
        let mut words: Vec<String> = text.split_whitespace().map(str::to_string).collect();
        words.sort();
        words
    };
    words(before) == words(after)
}

/// What kind of item, and which.
pub(crate) fn name_of(item: &Item) -> String {
    match item {
        Item::Fn(item) => format!("fn {}", item.sig.ident),
        Item::Enum(item) => format!("enum {}", item.ident),
        Item::Struct(item) => format!("struct {}", item.ident),
        Item::Const(item) => format!("const {}", item.ident),
        Item::Static(item) => format!("static {}", item.ident),
        Item::Impl(item) => {
            let methods: Vec<String> = item.items.iter().map(method_name).collect();
            let of = item.trait_.as_ref().map(|(path, _)| tokens(path) + " for ");
            let of = of.unwrap_or_default();
            format!(
                "impl {of}{} ({})",
                tokens(&item.self_ty),
                methods.join(", ")
            )
        }
        Item::Use(item) => format!("use {}", tokens(item)),
        Item::Macro(item) => tokens(item),
        other => tokens(other),
    }
}

/// What a member of an implementation is called.
pub(crate) fn method_name(item: &ImplItem) -> String {
    match item {
        ImplItem::Fn(item) => item.sig.ident.to_string(),
        ImplItem::Const(item) => item.ident.to_string(),
        other => tokens(other),
    }
}
