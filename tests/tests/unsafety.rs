//! Unsafe code says what it needs, and why it has it: the sources, parsed.
//!
//! - A safe function does not follow a pointer that it was given: nobody could say that it is good.
//!   What counts as a pointer is `*const`, `*mut`, `NonNull`, and each struct with a field of such a
//!   type, at any depth. A struct in [`KEEPERS`] answers for its pointers itself.
//! - A `SAFETY` comment says more than that somebody has promised something.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};
use syn::{
    Block, Expr, ExprMethodCall, ExprPath, ExprUnsafe, Fields, FnArg, Ident, ImplItemFn, ItemEnum,
    ItemFn, ItemImpl, ItemMod, ItemStruct, Macro, Pat, PatIdent, Signature, TraitItemFn, Type,
    TypePath, TypePtr,
};
use tabwasm_tests::sources::{Source, is_test, sources};

/// Structs with pointers whose own functions are safe, and why they may be: nobody else makes one or
/// sets its fields, and whoever made it was asked for a promise or had what it points at.
const KEEPERS: [(&str, &str); 12] = [
    (
        "Registry",
        "holds none: its `Record` is another struct than that of the stack",
    ),
    (
        "StoreInner",
        "whoever has the store exclusively has all that it owns",
    ),
    ("Suspended", "goes on only in the store whose number it has"),
    ("Restore", "made by `epoch_deadline`, which is unsafe"),
    ("Arena", "its fields are private; it owns what it points at"),
    ("Block", "private to the arena; owns what it points at"),
    ("Bytes", "its fields are private; it owns what it points at"),
    (
        "Reservation",
        "its fields are private; it owns what it points at",
    ),
    (
        "Shared",
        "its field is private; it owns what it points at together with others",
    ),
    (
        "Nesting",
        "`enter` is unsafe: the store is there as long as it lives",
    ),
    (
        "Context",
        "`new` is unsafe: the store is there as long as it is used",
    ),
    (
        "View",
        "made by `Memory::view`, which is unsafe, for one instruction",
    ),
];

/// Words with which a comment only points elsewhere.
const ELSEWHERE: [&str; 12] = [
    "the module's invariant",
    "the caller's promise",
    "the function's promise",
    "the promise of `instruction::execute`",
    "as above",
    "as in",
    "as for",
    "as the caller promises",
    "see above",
    "of this module",
    "the caller promises",
    "the same",
];

#[test]
fn safe_functions_follow_no_pointers() {
    let sources = sources(&["runtime/src"]);
    let mut search = Search::new(&sources);
    for source in &sources {
        search.path = source.path.display().to_string();
        search.visit_file(&source.syntax);
    }
    println!(
        "{} structs hold pointers; {} functions take some, {} of them are safe",
        search.pointing.len(),
        search.given,
        search.safe
    );
    assert!(
        search.given > 100,
        "only {} functions were found",
        search.given
    );
    assert!(search.found.is_empty(), "{}", search.found.join("\n"));
    let mut stale = KEEPERS.to_vec();
    stale.retain(|(keeper, _)| !search.pointing.contains(*keeper));
    assert!(stale.is_empty(), "these hold no pointers: {stale:?}");
}

#[test]
fn comments_say_why() {
    let mut comments = 0;
    let mut wrong = Vec::new();
    for source in sources(&["runtime/src"]) {
        for (line, comment) in safety_comments(&source.text) {
            comments += 1;
            if says_nothing(&comment) {
                wrong.push(format!("{}:{line}: {comment}", source.path.display()));
            }
        }
    }
    println!("{comments} comments say why unsafe code is sound");
    assert!(comments > 100, "only {comments} comments were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_search_finds_each_kind() {
    let text = "struct Raw { at: *mut u8 }
        struct Outer { raw: Option<Raw>, other: u8 }
        fn follows(at: *const u8) -> u8 { unsafe { *at } }
        fn keeps(at: *const u8) -> usize { at as usize }
        unsafe fn asks(at: *const u8) -> u8 { unsafe { *at } }
        fn within(outer: &Outer) -> u8 { g!(unsafe { *outer.raw.at }) }
        fn closure(list: Box<[NonNull<u8>]>) { list.iter().map(|it| unsafe { it.as_ref() }); }
        fn other(at: *const u8, n: u8) { unsafe { f(n) } }
        impl Raw { fn read(&self) -> u8 { unsafe { *self.at } } }
        impl Bytes { fn read(&self) -> u8 { unsafe { *self.at } } }
        trait T { fn read(at: NonNull<u8>) -> u8 { unsafe { *at.as_ptr() } } }
        #[cfg(test)] mod tests { fn follows(at: *const u8) -> u8 { unsafe { *at } } }";
    let source = Source {
        path: "some.rs".into(),
        text: text.into(),
        syntax: syn::parse_file(text).expect("Rust"),
    };
    let sources = [source];
    let mut search = Search::new(&sources);
    search.visit_file(&sources[0].syntax);
    let found: Vec<&str> = search
        .found
        .iter()
        .filter_map(|found| found.rsplit(": ").next()?.split(' ').next())
        .collect();
    assert_eq!(found, ["follows", "within", "closure", "read", "read"]);

    for empty in [
        "SAFETY: the module's invariant.",
        "SAFETY: The caller's promise; as above.",
        "SAFETY: as in `load`.",
    ] {
        assert!(says_nothing(empty), "{empty}");
    }
    assert!(!says_nothing(
        "SAFETY: the caller promises that there are two words."
    ));
}

/// `SAFETY` comments with the lines on which they begin.
fn safety_comments(text: &str) -> Vec<(usize, String)> {
    let mut comments: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (number, line) in (1..).zip(text.lines()) {
        let Some(comment) = line.trim().strip_prefix("// ") else {
            open = false;
            continue;
        };
        if comment.starts_with("SAFETY:") {
            comments.push((number, comment.to_string()));
            open = true;
        } else if let Some((_, last)) = comments.last_mut().filter(|_| open) {
            last.push(' ');
            last.push_str(comment);
        }
    }
    comments
}

/// Whether nothing of substance is left without the words that point elsewhere.
fn says_nothing(comment: &str) -> bool {
    let mut rest = comment.replace("SAFETY:", "").to_lowercase();
    for words in ELSEWHERE {
        rest = rest.replace(words, "");
    }
    let words = rest
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphabetic) && !word.starts_with('`'));
    words.count() < 3
}

struct Search {
    path: String,
    /// Names of structs with pointers, by field.
    pointing: BTreeSet<String>,
    /// The type whose functions these are.
    owner: String,
    given: usize,
    safe: usize,
    found: Vec<String>,
}

impl Search {
    fn new(sources: &[Source]) -> Self {
        let mut structs = Structs::default();
        for source in sources {
            structs.visit_file(&source.syntax);
        }
        let mut pointing = BTreeSet::new();
        loop {
            let before = pointing.len();
            for (name, fields) in &structs.0 {
                if fields.iter().any(|field| is_pointer(field, &pointing)) {
                    pointing.insert(name.clone());
                }
            }
            if pointing.len() == before {
                break;
            }
        }
        Self {
            path: String::new(),
            pointing,
            owner: String::new(),
            given: 0,
            safe: 0,
            found: Vec::new(),
        }
    }

    fn function(&mut self, signature: &Signature, body: &Block) {
        let mut pointers = BTreeSet::new();
        for input in &signature.inputs {
            match input {
                FnArg::Receiver(_) => {
                    if self.pointing.contains(&self.owner) && !is_keeper(&self.owner) {
                        pointers.insert("self".to_string());
                    }
                }
                FnArg::Typed(argument) if is_pointer(&argument.ty, &self.pointing) => {
                    pointers.extend(bound(&argument.pat));
                }
                FnArg::Typed(_) => {}
            }
        }
        if pointers.is_empty() {
            return;
        }
        self.given += 1;
        if matches!(signature.safety, syn::Safety::Unsafe(_)) {
            return;
        }
        self.safe += 1;
        let mut uses = Uses {
            names: pointers,
            inside: false,
            found: BTreeSet::new(),
        };
        uses.visit_block(body);
        if !uses.found.is_empty() {
            let line = signature.ident.span().start().line;
            self.found.push(format!(
                "{}:{line}: {} is safe and follows {:?}",
                self.path, signature.ident, uses.found
            ));
        }
    }
}

impl<'ast> Visit<'ast> for Search {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let owner = match &*item.self_ty {
            Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
            _ => None,
        };
        let before = std::mem::replace(&mut self.owner, owner.unwrap_or_default());
        visit::visit_item_impl(self, item);
        self.owner = before;
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.function(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.function(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        if let Some(body) = &item.default {
            self.function(&item.sig, body);
        }
    }
}

/// Structs and enums with the types of their fields.
#[derive(Default)]
struct Structs(Vec<(String, Vec<Type>)>);

impl Structs {
    fn add<'f>(&mut self, name: &Ident, fields: impl Iterator<Item = &'f Fields>) {
        let types = fields.flatten().map(|field| field.ty.clone()).collect();
        self.0.push((name.to_string(), types));
    }
}

impl<'ast> Visit<'ast> for Structs {
    fn visit_item_struct(&mut self, item: &'ast ItemStruct) {
        self.add(&item.ident, std::iter::once(&item.fields));
    }

    fn visit_item_enum(&mut self, item: &'ast ItemEnum) {
        self.add(
            &item.ident,
            item.variants.iter().map(|variant| &variant.fields),
        );
    }
}

/// Whether a type is a pointer or names one; what a keeper holds is its own.
fn is_pointer(ty: &Type, pointing: &BTreeSet<String>) -> bool {
    struct Points<'s>(&'s BTreeSet<String>, bool);

    impl<'ast> Visit<'ast> for Points<'_> {
        fn visit_type_ptr(&mut self, _: &'ast TypePtr) {
            self.1 = true;
        }

        fn visit_type_path(&mut self, path: &'ast TypePath) {
            let last = path.path.segments.last().map(|last| last.ident.to_string());
            let last = last.unwrap_or_default();
            if is_keeper(&last) {
                return;
            }
            self.1 |= last == "NonNull" || self.0.contains(&last);
            visit::visit_type_path(self, path);
        }
    }

    let mut points = Points(pointing, false);
    points.visit_type(ty);
    points.1
}

fn is_keeper(name: &str) -> bool {
    KEEPERS.iter().any(|(keeper, _)| *keeper == name)
}

/// The names that a pattern binds.
fn bound(pat: &Pat) -> BTreeSet<String> {
    struct Names(BTreeSet<String>);

    impl<'ast> Visit<'ast> for Names {
        fn visit_pat_ident(&mut self, pat: &'ast PatIdent) {
            self.0.insert(pat.ident.to_string());
            visit::visit_pat_ident(self, pat);
        }
    }

    let mut names = Names(BTreeSet::new());
    names.visit_pat(pat);
    names.0
}

/// Finds names in unsafe blocks: those of pointers, and of what was made from them.
struct Uses {
    names: BTreeSet<String>,
    /// Whether this is in an unsafe block.
    inside: bool,
    found: BTreeSet<String>,
}

impl Uses {
    fn mentions(&self, expression: &Expr) -> bool {
        struct Mentions<'n>(&'n BTreeSet<String>, bool);

        impl<'ast> Visit<'ast> for Mentions<'_> {
            fn visit_expr_path(&mut self, path: &'ast ExprPath) {
                let name = path.path.get_ident().map(Ident::to_string);
                self.1 |= name.is_some_and(|name| self.0.contains(&name));
            }
        }

        let mut mentions = Mentions(&self.names, false);
        mentions.visit_expr(expression);
        mentions.1
    }
}

impl<'ast> Visit<'ast> for Uses {
    fn visit_local(&mut self, local: &'ast syn::Local) {
        visit::visit_local(self, local);
        if let Some(init) = &local.init
            && self.mentions(&init.expr)
        {
            self.names.extend(bound(&local.pat));
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if self.mentions(&call.receiver) {
            for argument in &call.args {
                if let Expr::Closure(closure) = argument {
                    self.names.extend(closure.inputs.iter().flat_map(bound));
                }
            }
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_unsafe(&mut self, block: &'ast ExprUnsafe) {
        let before = std::mem::replace(&mut self.inside, true);
        visit::visit_expr_unsafe(self, block);
        self.inside = before;
    }

    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        if let Some(name) = path.path.get_ident().map(Ident::to_string)
            && self.inside
            && self.names.contains(&name)
        {
            self.found.insert(name);
        }
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        let text = call.tokens.to_string();
        let words: BTreeSet<&str> = text
            .split(|at: char| !at.is_alphanumeric() && at != '_')
            .collect();
        if self.inside || words.contains("unsafe") {
            let named = self.names.iter().filter(|name| words.contains(&***name));
            self.found.extend(named.cloned());
        }
    }
}
