//! The code of the runtime that its users build, without comments, texts and what is for tests.
//!
//! A test may name a row that the runtime itself can do without. What is for tests is told by
//! `cfg(test)`, on an item or on the declaration of a file's module, or of one above it.

use super::place;
use crate::tree::Tree;
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use std::ops::Range;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Meta, Token};

const ROOT: &str = "runtime/src/";

/// Where a name begins in the product code of a file, if it is there.
pub(super) fn find(tree: &Tree, file: &str, name: &str) -> Option<usize> {
    let text = tree.get(file)?;
    let anywhere = place::find(text, name)?;
    let (Ok(parsed), Ok(tokens)) = (syn::parse_file(text), text.parse()) else {
        return Some(anywhere);
    };
    if is_in_test_module(tree, file) {
        return None;
    }
    let mut code = vec![b' '; text.len()];
    copy(text, tokens, &mut code);
    for range in Tests::of(&parsed).ranges {
        code.get_mut(range)
            .into_iter()
            .flatten()
            .for_each(|byte| *byte = b' ');
    }
    place::find(&String::from_utf8_lossy(&code), name)
}

/// Whether a file's module, or one that it is in, is declared for tests.
fn is_in_test_module(tree: &Tree, file: &str) -> bool {
    let path = file.trim_start_matches(ROOT).trim_end_matches(".rs");
    let path = path.trim_end_matches("/mod");
    let names: Vec<&str> = path.split('/').collect();
    names.iter().enumerate().any(|(depth, name)| {
        let parent = names[..depth].join("/");
        let parents = match depth {
            0 => vec![format!("{ROOT}lib.rs")],
            _ => vec![
                format!("{ROOT}{parent}.rs"),
                format!("{ROOT}{parent}/mod.rs"),
            ],
        };
        let parents = parents.iter().filter_map(|parent| tree.get(parent));
        let mut parents = parents.filter_map(|text| syn::parse_file(text).ok());
        parents.any(|parent| {
            Tests::of(&parent)
                .modules
                .iter()
                .any(|module| module == name)
        })
    })
}

/// Copies the tokens of a text that are code to their places.
fn copy(text: &str, tokens: TokenStream, code: &mut [u8]) {
    for tree in tokens {
        match tree {
            TokenTree::Ident(it) => token(text, it.span(), &it.to_string(), code),
            TokenTree::Punct(it) => token(text, it.span(), &it.as_char().to_string(), code),
            TokenTree::Literal(_) => {}
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                token(text, group.span_open(), open, code);
                token(text, group.span_close(), close, code);
                copy(text, group.stream(), code);
            }
        }
    }
}

/// Copies a token, but for those of a comment that documents something: they do not look like it.
fn token(text: &str, span: Span, word: &str, code: &mut [u8]) {
    let range = span.byte_range();
    if text.get(range.clone()) == Some(word)
        && let Some(place) = code.get_mut(range)
    {
        place.copy_from_slice(word.as_bytes());
    }
}

/// What of a file is for tests.
#[derive(Default)]
struct Tests {
    ranges: Vec<Range<usize>>,
    /// Modules in files of their own.
    modules: Vec<String>,
}

impl Tests {
    fn of(file: &syn::File) -> Tests {
        let mut tests = Tests::default();
        tests.visit_file(file);
        tests
    }
}

/// Visits what can have attributes, up to what is for tests.
macro_rules! up_to_tests {
    ($($visit:ident: $node:ident,)*) => {
        $(fn $visit(&mut self, node: &'ast syn::$node) {
            match is_for_tests(&node.attrs) {
                true => self.ranges.push(node.span().byte_range()),
                false => visit::$visit(self, node),
            }
        })*
    };
}

impl<'ast> Visit<'ast> for Tests {
    fn visit_item_mod(&mut self, node: &'ast syn::ItemMod) {
        if !is_for_tests(&node.attrs) {
            return visit::visit_item_mod(self, node);
        }
        self.ranges.push(node.span().byte_range());
        self.modules.push(node.ident.to_string());
    }

    up_to_tests! {
        visit_item_const: ItemConst,
        visit_item_enum: ItemEnum,
        visit_item_fn: ItemFn,
        visit_item_impl: ItemImpl,
        visit_item_macro: ItemMacro,
        visit_item_static: ItemStatic,
        visit_item_struct: ItemStruct,
        visit_item_trait: ItemTrait,
        visit_item_type: ItemType,
        visit_item_use: ItemUse,
        visit_impl_item_const: ImplItemConst,
        visit_impl_item_fn: ImplItemFn,
        visit_trait_item_const: TraitItemConst,
        visit_trait_item_fn: TraitItemFn,
        visit_arm: Arm,
        visit_expr_block: ExprBlock,
        visit_field: Field,
        visit_field_value: FieldValue,
        visit_local: Local,
        visit_variant: Variant,
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let condition = || attribute.parse_args::<Meta>();
        attribute.path().is_ident("test")
            || attribute.path().is_ident("cfg") && condition().is_ok_and(|it| holds_in_tests(&it))
    })
}

/// Whether a condition holds in builds of tests only.
fn holds_in_tests(condition: &Meta) -> bool {
    let Meta::List(list) = condition else {
        return condition.path().is_ident("test");
    };
    let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    let Ok(parts) = parts else { return false };
    match list.path.get_ident() {
        Some(name) if name == "all" => parts.iter().any(holds_in_tests),
        Some(name) if name == "any" => !parts.is_empty() && parts.iter().all(holds_in_tests),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks into a file of a library that consists of these.
    fn found(files: &[(&str, &str)], file: &str) -> Option<usize> {
        let below = |file: &str| format!("{ROOT}{file}");
        let files: Vec<(String, &str)> = files
            .iter()
            .map(|(file, text)| (below(file), *text))
            .collect();
        let tree = files
            .iter()
            .map(|(file, text)| (file.as_str(), *text))
            .collect();
        find(&tree, &below(file), "Trap::A")
    }

    #[test]
    fn code_is_found() {
        for text in [
            "fn f() { Trap::A }",
            "/// Trap::A\nfn f() { g(\"Trap::A\"); Trap::A }",
            "#[cfg(not(test))] fn f() { Trap::A }",
            "#[cfg(any(test, feature = \"x\"))] const A: Trap = Trap::A;",
            "#[cfg(test)] fn f() {} fn g() { m!(Trap::A) }",
            "not Rust { Trap::A",
        ] {
            let last = text.rfind("Trap::A");
            assert_eq!(found(&[("a.rs", text)], "a.rs"), last, "{text}");
        }
    }

    #[test]
    fn comments_texts_and_tests_are_not() {
        for text in [
            "// Trap::A\n",
            "//! Trap::A\n\n/// Trap::A\nfn f() { \"Trap::A\" }",
            "#[cfg(test)] mod tests { fn f() { Trap::A } }",
            "#[test] fn f() { Trap::A }",
            "#[cfg(all(feature = \"std\", test))] impl X { fn f() { Trap::A } }",
            "#[cfg(any(test, all(test, verify)))] const A: Trap = Trap::A;",
            "impl X { #[cfg(test)] fn f() { Trap::A } }",
            "fn f() { #[cfg(test)] let a = Trap::A; }",
            "fn f() { match x { #[cfg(test)] Trap::A => {} _ => {} } }",
        ] {
            assert_eq!(found(&[("a.rs", text)], "a.rs"), None, "{text}");
        }
    }

    #[test]
    fn files_of_tests_are_not() {
        let test = "fn f() { Trap::A }";
        for (parent, declared) in [
            ("lib.rs", "#[cfg(test)] mod a;"),
            ("a.rs", "#[cfg(test)] mod b;"),
            ("a/mod.rs", "#[cfg(all(test, verify))] mod b;"),
            ("a/b.rs", "#[cfg(test)] mod c;"),
        ] {
            for file in ["a/b/c.rs", "a/b/c/mod.rs"] {
                assert_eq!(
                    found(&[(parent, declared), (file, test)], file),
                    None,
                    "{parent}"
                );
                let plain = declared.replace("test", "unix");
                assert_eq!(
                    found(&[(parent, &plain), (file, test)], file),
                    Some(9),
                    "{parent}"
                );
            }
        }
    }
}
