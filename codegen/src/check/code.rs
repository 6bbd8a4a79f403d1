//! The functions of the runtime that rows can name, parsed with syn.
//!
//! Cells name hand-written functions, so the checks need their names, places and signatures without
//! compiling the runtime. Functions of a file and methods of its types count, if they can be called
//! from outside of the file.

use crate::diag::Diagnostic;
use crate::model::Origin;
use crate::tree::Tree;
use syn::{Attribute, ImplItem, Item, Signature, UseTree, Visibility};

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

/// The functions of a file, and those that it lets others see of its modules, or nothing if there is
/// no such file.
pub(super) fn functions(tree: &Tree, file: &str) -> Option<Result<Vec<Function>, Diagnostic>> {
    let text = tree.get(file)?;
    let parsed = match syn::parse_file(text) {
        Ok(parsed) => parsed,
        Err(error) => {
            let place = origin(file, error.span().byte_range());
            let error =
                Diagnostic::error(format!("{file} is not Rust")).at(&place, error.to_string());
            return Some(Err(error));
        }
    };
    let mut functions: Vec<Function> = parsed
        .items
        .iter()
        .flat_map(|item| of_item(file, item))
        .collect();
    for (module, names) in parsed.items.iter().filter_map(shown) {
        let file = format!("{}/{module}.rs", file.trim_end_matches(".rs"));
        match self::functions(tree, &file) {
            Some(Ok(inner)) => {
                functions.extend(inner.into_iter().filter(|it| names.contains(&it.name)));
            }
            Some(Err(error)) => return Some(Err(error)),
            None => {}
        }
    }
    Some(Ok(functions))
}

/// `pub(crate) use module::{name, name};`
fn shown(item: &Item) -> Option<(String, Vec<String>)> {
    let Item::Use(item) = item else { return None };
    if matches!(item.vis, Visibility::Inherited) {
        return None;
    }
    let UseTree::Path(path) = &item.tree else {
        return None;
    };
    let name = |tree: &UseTree| match tree {
        UseTree::Name(name) => Some(name.ident.to_string()),
        _ => None,
    };
    let names = match &*path.tree {
        UseTree::Group(group) => group.items.iter().filter_map(name).collect(),
        tree => name(tree).into_iter().collect(),
    };
    Some((path.ident.to_string(), names))
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
