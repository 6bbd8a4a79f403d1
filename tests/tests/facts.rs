//! No fact of the tables is typed by hand: the sources of the runtime are parsed and searched.
//!
//! Outside of `generated/` there are no integer literals in match patterns but 0 and 1 (wire
//! bytes and section ids have names), no hexadecimal literals but the bits of floats in `num/`,
//! no numbers of `limits.toml`, and no texts that the official
//! scripts expect. Tests may have them: modules behind `cfg(test)`, in the file or in
//! files of their own.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ItemMod, Lit, LitInt, LitStr, Macro, Pat};
use tabwasm_codegen::model::{ErrorClass, Model};
use tabwasm_codegen::{Tree, diag, model};
use tabwasm_tests::sources::is_test;
use tabwasm_tests::workspace;

#[test]
fn no_fact_is_typed_by_hand() {
    let workspace = workspace();
    let tree = Tree::read(workspace).unwrap();
    let model =
        model(&tree).unwrap_or_else(|report| panic!("{}", diag::render(&tree, &report, false)));
    let mut found = Vec::new();
    let mut files = 0;
    let tests: Vec<String> = tree
        .matching("runtime/src/", ".rs")
        .flat_map(|(file, text)| test_modules(file, text))
        .collect();
    let is_test = |file: &str| {
        let behind = |module: &String| file.strip_prefix(module.as_str());
        let mut behind = tests.iter().filter_map(behind);
        behind.any(|rest| rest == ".rs" || rest.starts_with('/'))
    };
    for (file, text) in tree.matching("runtime/src/", ".rs") {
        if is_test(file) {
            continue;
        }
        found.extend(search(file, text, &model));
        files += 1;
    }
    assert!(files > 50, "only {files} files were searched");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_search_finds_each_kind() {
    let workspace = workspace();
    let model = model(&Tree::read(workspace).unwrap()).unwrap_or_default();
    let text = "fn f(code: u8) -> &'static str {
        match code { 0 => panic!(\"unreachable\"), 2..=5 => \"integer overflow\", 11 => \"\", _ => \"\" }
    }
    const LOCALS: u32 = 50_000;
    const ADD: u8 = 0x6A;
    #[cfg(test)]
    mod tests { const ADD: u8 = 0x6A; }";
    let found = search("some.rs", text, &model);
    assert_eq!(found.len(), 7, "{found:#?}");
}

/// Where the files of modules are that are compiled for tests only, without what ends their names.
fn test_modules(file: &str, text: &str) -> Vec<String> {
    let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
    let own = file
        .strip_suffix("/mod.rs")
        .or(file.strip_suffix("/lib.rs"));
    let folder = own.or(file.strip_suffix(".rs")).unwrap_or(file);
    let modules = parsed.items.iter().filter_map(|item| match item {
        syn::Item::Mod(module) if module.content.is_none() && is_test(&module.attrs) => {
            Some(format!("{folder}/{}", module.ident))
        }
        _ => None,
    });
    modules.collect()
}

fn search(file: &str, text: &str, model: &Model) -> Vec<String> {
    let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut search = Search {
        file,
        model,
        found: Vec::new(),
    };
    search.visit_file(&parsed);
    search.found
}

struct Search<'a> {
    file: &'a str,
    model: &'a Model,
    found: Vec<String>,
}

impl Search<'_> {
    fn report(&mut self, span: proc_macro2::Span, what: &str) {
        let (file, line) = (self.file, span.start().line);
        self.found.push(format!(
            "{file}:{line}: {what}: use its name in crate::spec"
        ));
    }

    fn integer(&mut self, literal: &LitInt) {
        let value: u64 = literal.base10_parse().unwrap_or(0);
        let text = literal.to_string();
        if text.starts_with("0x") && !self.file.starts_with("runtime/src/num/") {
            self.report(literal.span(), &format!("the code {text}"));
        }
        let limits = self.model.limits.iter();
        let known = limits
            .flat_map(|limit| limit.tiers.iter().chain([&limit.max]))
            .any(|limit| *limit == value);
        let round = value.is_power_of_two() || value.wrapping_add(1).is_power_of_two();
        if known && value >= 1_000 && !round {
            self.report(literal.span(), &format!("the limit {text}"));
        }
    }

    fn text(&mut self, literal: &LitStr) {
        let text = literal.value();
        let traps = self.model.traps.iter().map(|trap| &trap.text);
        let scripts = [ErrorClass::Malformed, ErrorClass::Invalid];
        let errors = self
            .model
            .errors
            .iter()
            .filter(|error| scripts.contains(&error.class));
        let errors = errors.map(|error| &error.text);
        if traps.chain(errors).any(|known| *known == text) {
            self.report(literal.span(), &format!("the text \"{text}\""));
        }
    }

    fn pattern(&mut self, expression: &Expr) {
        if let Expr::Lit(literal) = expression
            && let Lit::Int(literal) = &literal.lit
            && !matches!(literal.base10_parse::<u64>(), Ok(0 | 1))
        {
            self.report(
                literal.span(),
                &format!("the number {literal} in a pattern"),
            );
        }
    }

    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Literal(literal) => self.visit_lit(&Lit::new(literal)),
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Search<'_> {
    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    fn visit_item_mod(&mut self, node: &'ast ItemMod) {
        let is_test = |attribute: &Attribute| {
            attribute.path().is_ident("cfg")
                && attribute
                    .parse_args::<syn::Ident>()
                    .is_ok_and(|argument| argument == "test")
        };
        if !node.attrs.iter().any(is_test) {
            visit::visit_item_mod(self, node);
        }
    }

    fn visit_macro(&mut self, node: &'ast Macro) {
        self.tokens(node.tokens.clone());
    }

    fn visit_lit(&mut self, node: &'ast Lit) {
        match node {
            Lit::Int(literal) => self.integer(literal),
            Lit::Str(literal) => self.text(literal),
            _ => {}
        }
    }

    fn visit_pat(&mut self, node: &'ast Pat) {
        match node {
            Pat::Lit(literal) => self.pattern(&Expr::Lit(literal.clone())),
            Pat::Range(range) => {
                range
                    .start
                    .iter()
                    .chain(&range.end)
                    .for_each(|end| self.pattern(end));
            }
            _ => {}
        }
        visit::visit_pat(self, node);
    }
}
