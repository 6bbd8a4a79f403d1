//! Builds for size and for speed have the same algorithms: one file asks which build it is.
//!
//! `runtime/build.rs` sets `small` and `brief`; `runtime/src/policy.rs` makes decisions of them, which
//! algorithms name. Elsewhere they may only say which functions are inlined, and what is rare. The
//! sources are parsed, so that no run in any build is needed.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Macro, Meta};
use tabwasm_tests::sources::sources;

/// The file that asks.
const POLICY: &str = "runtime/src/policy.rs";
/// What `build.rs` says of a build for size.
const BUILDS: &[&str] = &["small", "brief"];
/// Attributes that change no meaning.
const HINTS: &[&str] = &["inline", "cold"];

#[test]
fn one_file_asks_how_it_is_compiled() {
    let mut found = Vec::new();
    let mut decisions = 0;
    for source in sources(&["runtime/src", "generated"]) {
        let faults = faults(&source.syntax);
        if source.path.ends_with(POLICY) {
            decisions = faults.len();
            continue;
        }
        let path = source.path.display();
        found.extend(faults.iter().map(|fault| format!("{path}: {fault}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(decisions > 0, "nothing is asked in {POLICY}");
}

#[test]
fn faults_are_found() {
    let text = "
        #[cfg(small)]
        fn another() {}
        #[cfg_attr(small, inline(never), cold)]
        #[cfg_attr(all(not(brief), test), inline)]
        fn hinted() { if cfg!(brief) { return } }
        #[cfg_attr(small, path = \"small.rs\")]
        mod other;
        const WIDE: bool = either! { cfg!(any(test, small)); #[cfg_attr(small, cold)] fn f() {} };
        #[cfg(feature = \"small\")]
        fn small() { let brief = small; }
    ";
    let syntax = syn::parse_file(text).unwrap();
    let wanted = [
        "cfg (small)",
        "cfg (brief)",
        "cfg_attr (small , path = \"small.rs\")",
        "cfg (any (test , small))",
    ];
    assert_eq!(faults(&syntax), wanted);
}

/// The places that ask, but for hints.
fn faults(syntax: &syn::File) -> Vec<String> {
    let mut questions = Questions(Vec::new());
    questions.visit_file(syntax);
    questions.0
}

struct Questions(Vec<String>);

impl Questions {
    /// What an attribute or macro of this name has as its argument.
    fn add(&mut self, name: &str, argument: &TokenStream) {
        let asks = match name {
            "cfg" => names_build(argument),
            "cfg_attr" => names_build(argument) && !only_hints(argument),
            _ => false,
        };
        if asks {
            self.0.push(format!("{name} ({argument})"));
        }
    }

    /// Those inside of a macro's argument, which is not parsed.
    fn add_within(&mut self, tokens: &TokenStream) {
        let mut name = String::new();
        for token in tokens.clone() {
            match token {
                TokenTree::Group(group) => {
                    self.add(&name, &group.stream());
                    self.add_within(&group.stream());
                }
                TokenTree::Ident(ident) => name = ident.to_string(),
                TokenTree::Punct(mark) if mark.as_char() == '!' => {}
                _ => name.clear(),
            }
        }
    }
}

impl<'ast> Visit<'ast> for Questions {
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let (Meta::List(list), Some(name)) = (&attribute.meta, attribute.path().get_ident()) {
            self.add(&name.to_string(), &list.tokens);
        }
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        if let Some(name) = item.path.get_ident() {
            self.add(&name.to_string(), &item.tokens);
        }
        self.add_within(&item.tokens);
        visit::visit_macro(self, item);
    }
}

/// Whether a condition names a build; a feature's name is a string.
fn names_build(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(name) => BUILDS.iter().any(|build| name == build),
        TokenTree::Group(group) => names_build(&group.stream()),
        _ => false,
    })
}

/// Whether an attribute gives hints alone; the first part is its condition.
fn only_hints(tokens: &TokenStream) -> bool {
    let mut starts = true;
    let mut parts = 0;
    tokens.clone().into_iter().all(|token| {
        let first = std::mem::replace(&mut starts, false);
        match token {
            TokenTree::Punct(mark) if mark.as_char() == ',' => {
                (starts, parts) = (true, parts + 1);
                true
            }
            TokenTree::Ident(name) if first && parts > 0 => HINTS.iter().any(|hint| name == hint),
            _ => !first || parts == 0,
        }
    })
}
