//! The functions of the runtime that rows can name, parsed with syn.
//!
//! Cells name hand-written functions, so the checks need their names, places and signatures without
//! compiling the runtime. Functions of a file and methods of its types count, if they can be called
//! from outside of the file.

use crate::diag::Diagnostic;
use crate::model::Origin;
use crate::tree::Tree;
use syn::{Attribute, ImplItem, Item, Signature, Visibility};

/// A function or method that can be called from outside of its file.
pub(super) struct Function {
    /// Its name.
    pub(super) name: String,
    /// Place of its name.
    pub(super) name_origin: Origin,
    /// Place of the whole signature.
    pub(super) origin: Origin,
    /// The signature.
    pub(super) signature: Signature,
    /// Carries `#[inline(always)]`.
    pub(super) inlined: bool,
}

/// The functions of a file, or nothing if there is no such file.
pub(super) fn functions(tree: &Tree, file: &str) -> Option<Result<Vec<Function>, Diagnostic>> {
    let text = tree.get(file)?;
    Some(match syn::parse_file(text) {
        Ok(parsed) => Ok(parsed
            .items
            .iter()
            .flat_map(|item| of_item(file, item))
            .collect()),
        Err(error) => {
            let place = origin(file, error.span().byte_range());
            Err(Diagnostic::error(format!("{file} is not Rust")).at(&place, error.to_string()))
        }
    })
}

fn of_item(file: &str, item: &Item) -> Vec<Function> {
    match item {
        Item::Fn(item) => function(file, &item.vis, &item.attrs, &item.sig)
            .into_iter()
            .collect(),
        Item::Impl(item) if item.trait_.is_none() => {
            let methods = item.items.iter().filter_map(|item| match item {
                ImplItem::Fn(item) => function(file, &item.vis, &item.attrs, &item.sig),
                _ => None,
            });
            methods.collect()
        }
        _ => Vec::new(),
    }
}

fn function(
    file: &str,
    visibility: &Visibility,
    attributes: &[Attribute],
    signature: &Signature,
) -> Option<Function> {
    if matches!(visibility, Visibility::Inherited) {
        return None;
    }
    let inlined = attributes.iter().any(|attribute| {
        attribute.path().is_ident("inline")
            && attribute
                .parse_args::<syn::Ident>()
                .is_ok_and(|argument| argument == "always")
    });
    let (start, end) = (
        signature.fn_token.span.byte_range().start,
        end_of(signature),
    );
    Some(Function {
        name: signature.ident.to_string(),
        name_origin: origin(file, signature.ident.span().byte_range()),
        origin: origin(file, start..end),
        signature: signature.clone(),
        inlined,
    })
}

fn end_of(signature: &Signature) -> usize {
    use syn::spanned::Spanned;
    match &signature.output {
        syn::ReturnType::Default => signature.paren_token.span.close().byte_range().end,
        syn::ReturnType::Type(_, result) => result.span().byte_range().end,
    }
}

fn origin(file: &str, range: std::ops::Range<usize>) -> Origin {
    Origin {
        file: file.to_string(),
        start: range.start,
        end: range.end,
    }
}
