//! Errors for constrained places: plain values with numbers, and no code that needs words.
//!
//! The sources of the tier `no_alloc` are parsed, beginning with `lib.rs` and without the modules
//! that need an allocator. `core::fmt` is used in implementations of its traits only, so that
//! whoever displays nothing links none of it; and nothing says that it panics.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{
    Attribute, ExprConst, ExprIndex, ExprMethodCall, ImplItemFn, ItemConst, ItemImpl, ItemMod,
    Macro, UseName,
};
use tabwasm::handle::HandleError;
use tabwasm::reject::{Detail, Reject, Verdict};
use tabwasm::spec::{ErrorCode, Limit, Misuse, Proposal, Trap};
use tabwasm::types::ValType;
use tabwasm_tests::workspace;

/// Macros that make text or panic.
const REFUSED: [&str; 15] = [
    "panic",
    "unreachable",
    "unimplemented",
    "todo",
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "write",
    "writeln",
    "format",
    "format_args",
    "concat_bytes",
];

/// Findings that cannot go wrong: file, how many at most, and why. Whether the compiler sees it, too, is
/// shown by the symbols of a release build.
const PROVED: [(&str, usize, &str); 11] = [
    (
        "generated/facts/opcode.rs",
        4,
        "there is a fact for each opcode",
    ),
    (
        "compact/module.rs",
        1,
        "the remainder of a division by the length",
    ),
    (
        "component/abi/canonical.rs",
        4,
        "of constants, or compared with the length before",
    ),
    (
        "component/abi/cases.rs",
        5,
        "of constants, or one of two types of addresses",
    ),
    (
        "component/abi/flat.rs",
        6,
        "compared with the length before",
    ),
    (
        "host/instance.rs",
        4,
        "of constants: what is missing does not compile",
    ),
    ("host/mod.rs", 5, "compared with the length before"),
    ("types/reference.rs", 1, "compared with the length before"),
    (
        "validate/arena.rs",
        3,
        "of constants, or there is a start and an end for each place",
    ),
    ("validate/group.rs", 4, "two branches, chosen by a bit"),
    (
        "validate/regular.rs",
        1,
        "of constants: a table without room does not compile",
    ),
];

#[test]
fn errors_are_plain_values() {
    const fn plain<T: Copy + Send + Sync + 'static>(most: usize) {
        assert!(size_of::<T>() <= most);
    }
    const {
        plain::<Reject>(40);
        plain::<Verdict>(24);
        plain::<Trap>(1);
        plain::<ErrorCode>(1);
        plain::<HandleError>(1);
        plain::<tabwasm::compact::Error>(16);
        plain::<tabwasm::compact::Exit>(16);
    }
}

#[test]
fn numbers_name_errors_and_traps() {
    let mut seen = BTreeSet::new();
    for code in ErrorCode::ALL {
        assert!(seen.insert(code.number()), "{code:?}");
        assert_eq!(ErrorCode::from_number(code.number()), Some(code));
    }
    for trap in Trap::ALL {
        assert!(seen.insert(trap.number()), "{trap:?}");
        assert_eq!(Trap::from_number(trap.number()), Some(trap));
    }
    for misuse in Misuse::ALL {
        assert!(seen.insert(misuse.number()), "{misuse:?}");
        assert_eq!(Misuse::from_number(misuse.number()), Some(misuse));
    }
    for number in (0..=u16::MAX).filter(|number| !seen.contains(number)) {
        assert_eq!(ErrorCode::from_number(number), None);
        assert_eq!(Trap::from_number(number), None);
        assert_eq!(Misuse::from_number(number), None);
    }
}

#[test]
fn details_are_numbers() {
    let limit = Limit::ALL[3];
    let details = [
        (Detail::None, (0, 0)),
        (Detail::Number(7), (7, 0)),
        (Detail::OutOf(7, 3), (7, 3)),
        (Detail::AtMost(9, 4), (9, 4)),
        (Detail::Proposal(Proposal::ALL[2]), (2, 0)),
        (Detail::Limit { limit, at_least: 5 }, (3, 5)),
    ];
    for (detail, numbers) in details {
        assert_eq!(detail.numbers(), numbers, "{detail:?}");
    }
    let (expected, found) = (ValType::I32, ValType::F64);
    let (first, second) = Detail::Types { expected, found }.numbers();
    assert_ne!(first, second);
    assert_eq!(Detail::Missing(expected).numbers(), (first, 0));
}

#[test]
fn misuses_are_numbers() {
    use tabwasm::compact::{Capacity, Error};
    let list = Capacity::Slots;
    let error = Error::Capacity { list, at_least: 9 };
    assert_eq!(error.number(), Misuse::Capacity.number());
    assert_eq!(
        error.to_string(),
        "a buffer is too short: `Slots` would have to have a length of 9"
    );
    let trap = Error::Trap(Trap::NullReference);
    assert_eq!(
        (trap.number(), trap.misuse()),
        (Trap::NullReference.number(), Err(Trap::NullReference))
    );
    assert_eq!(trap.to_string(), Trap::NullReference.text());
    assert_eq!(HandleError::Dropped.misuse(), Misuse::DroppedHandle);
}

#[test]
fn no_words_and_no_panics() {
    let mut search = Search::default();
    search.file(&workspace().join("runtime/src/lib.rs"));
    assert!(
        search.files > 60,
        "only {} files were searched",
        search.files
    );
    for (file, count, _) in PROVED {
        let before = search.found.len();
        let place = format!("runtime/src/{file}:");
        search.found.retain(|found| !found.starts_with(&place));
        let found = before - search.found.len();
        assert!(
            found <= count,
            "{found} findings in {file}, of which {count} are known"
        );
    }
    assert!(search.found.is_empty(), "{}", search.found.join("\n"));
}

#[test]
fn the_search_finds_each_kind() {
    let text = "use core::fmt::Write;
        fn f(a: &[u8], b: Option<u8>) { a[0]; b.unwrap(); b.expect(\"\"); panic!(); write!(x, \"\"); }
        fn g(f: &mut core::fmt::Formatter<'_>) {}
        impl fmt::Display for A { fn fmt(&self) { write!(f, \"\") } }
        const _: () = assert!(true);
        #[cfg(test)] mod tests { fn f() { panic!() } }
        #[cfg(feature = \"alloc\")] fn h() { panic!() }";
    let mut search = Search::default();
    search.text(Path::new("some.rs"), text);
    assert_eq!(search.found.len(), 7, "{:#?}", search.found);
}

#[derive(Default)]
struct Search {
    path: PathBuf,
    files: usize,
    found: Vec<String>,
    /// Whether this is an implementation of a trait of `core::fmt`.
    displays: bool,
}

impl Search {
    fn file(&mut self, path: &Path) {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        self.text(path, &text);
    }

    fn text(&mut self, path: &Path, text: &str) {
        let before = std::mem::replace(&mut self.path, path.to_path_buf());
        self.files += 1;
        let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        self.visit_file(&file);
        self.path = before;
    }

    fn report(&mut self, span: proc_macro2::Span, what: &str) {
        let file = self.path.strip_prefix(workspace()).unwrap_or(&self.path);
        let line = span.start().line;
        self.found
            .push(format!("{}:{line}: {what}", file.display()));
    }

    /// The folder of the modules that this file declares.
    fn folder(&self) -> PathBuf {
        let stem = self.path.file_stem().unwrap_or_default();
        if stem == "mod" || stem == "lib" {
            self.path.with_file_name("")
        } else {
            self.path.with_extension("")
        }
    }
}

impl<'ast> Visit<'ast> for Search {
    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_elsewhere(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if module.content.is_some() {
            // `generated` is the only one that is not in a file, and holds files.
            let before = self.path.clone();
            self.path = self.folder().join(module.ident.to_string()).join("mod.rs");
            visit::visit_item_mod(self, module);
            self.path = before;
            return;
        }
        let path = self.folder().join(module.ident.to_string());
        let file = path.with_extension("rs");
        let file = if file.is_file() {
            file
        } else {
            path.join("mod.rs")
        };
        self.file(&file);
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let before = self.displays;
        let name = item
            .trait_
            .as_ref()
            .and_then(|(path, ..)| path.segments.last());
        self.displays = name.is_some_and(|name| name.ident == "Display" || name.ident == "Debug");
        visit::visit_item_impl(self, item);
        self.displays = before;
    }

    // What is evaluated by the compiler cannot go wrong later.
    fn visit_item_const(&mut self, _: &'ast ItemConst) {}
    fn visit_expr_const(&mut self, _: &'ast ExprConst) {}
    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}

    fn visit_use_name(&mut self, name: &'ast UseName) {
        if name.ident == "Write" {
            self.report(name.ident.span(), "writes text");
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        if !is_elsewhere(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if !self.displays
            && path
                .segments
                .last()
                .is_some_and(|last| last.ident == "Formatter")
        {
            self.report(path.segments[0].ident.span(), "needs core::fmt");
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        let name = call.path.segments.last().map(|name| name.ident.to_string());
        let name = name.unwrap_or_default();
        if !self.displays && REFUSED.contains(&name.as_str()) {
            self.report(call.bang_token.span, &format!("calls {name}!"));
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if call.method == "unwrap" || call.method == "expect" {
            self.report(call.method.span(), &format!("calls {}", call.method));
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_index(&mut self, index: &'ast ExprIndex) {
        self.report(index.bracket_token.span.open(), "indexes");
        visit::visit_expr_index(self, index);
    }
}

/// Whether something is for tests or for tiers with an allocator only.
fn is_elsewhere(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let condition = match &attribute.meta {
            syn::Meta::List(list) if list.path.is_ident("cfg") => list.tokens.to_string(),
            _ => return false,
        };
        let needs = |what: &str| condition.contains(what) && !condition.contains("not");
        needs("test")
            || needs("\"alloc\"")
            || needs("\"std\"")
            || condition.starts_with("all (feature = \"alloc\"")
    })
}

fn attributes(item: &syn::Item) -> &[Attribute] {
    use syn::Item::{
        Const, Enum, ExternCrate, Fn, Impl, Macro, Mod, Static, Struct, Trait, Type, Use,
    };
    match item {
        Const(item) => &item.attrs,
        Enum(item) => &item.attrs,
        ExternCrate(item) => &item.attrs,
        Fn(item) => &item.attrs,
        Impl(item) => &item.attrs,
        Macro(item) => &item.attrs,
        Mod(item) => &item.attrs,
        Static(item) => &item.attrs,
        Struct(item) => &item.attrs,
        Trait(item) => &item.attrs,
        Type(item) => &item.attrs,
        Use(item) => &item.attrs,
        _ => &[],
    }
}
