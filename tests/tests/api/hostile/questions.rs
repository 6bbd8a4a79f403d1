//! A public function asks what the user gave for a store once: the sources, parsed.
//!
//! The rule by which this is checked is stricter: each function that is generic over contexts,
//! public or not, names its context exactly once, outside of loops and closures. What it does
//! with it is to convert it, or to hand it to another such function.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};
use syn::{
    Block, Expr, ExprClosure, ExprForLoop, ExprLoop, ExprPath, ExprWhile, FnArg, GenericParam,
    Generics, Ident, ImplItemFn, ItemFn, ItemImpl, Macro, Pat, PatIdent, Signature, Stmt, Type,
    TypeParamBound, Visibility,
};
use tabwasm_tests::sources::{is_test, sources};

/// A function that is generic over what gives a store.
pub(super) struct Question {
    /// Its type and its name.
    pub(super) name: String,
    /// Whether users can call it by that name.
    pub(super) public: bool,
    /// File and line.
    place: String,
    /// How often it may ask.
    asks: usize,
}

/// All such functions of the library and of WASI.
pub(super) fn questions() -> Vec<Question> {
    let mut search = Search::default();
    for source in sources(&["runtime/src", "runtime/wasi/src"]) {
        search.path = source.path.display().to_string();
        search.visit_file(&source.syntax);
    }
    search.found
}

#[test]
fn contexts_are_named_once() {
    let questions = questions();
    let public = questions.iter().filter(|question| question.public).count();
    println!(
        "{} functions take a context, {public} of them are public",
        questions.len()
    );
    assert!(public > 50, "only {public} public functions were found");
    let wrong: Vec<String> = questions
        .iter()
        .filter(|question| question.asks != 1)
        .map(|it| {
            format!(
                "{}: {} names its context {} times",
                it.place, it.name, it.asks
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_search_finds_each_kind() {
    let text = "impl Thing {
        pub fn once(&self, mut store: impl AsContextMut) { let store = store.as_context_mut(); store.a(store.b()) }
        pub fn handed_on(&self, store: impl AsContext) { self.once(store) }
        pub fn twice(&self, mut store: impl AsContextMut) { self.once(&mut store); self.once(&mut store) }
        fn hidden<C: AsContextMut>(store: &mut C) { f(store); g!(store) }
        fn bound<C>(store: C) where C: Into<StoreContext<'a, T>> { for x in y { store.into() } }
        pub fn closure(store: impl AsContext) { f(|| store.as_context()) }
        pub fn renamed(store: impl AsContext) { let other = &store; f(other.as_context(), other.as_context()) }
        pub fn never(_: impl AsContext) {}
        fn context(&self, store: &mut StoreContextMut<'_, T>) { store.a(); store.b() }
    }
    impl<C: AsContext> AsContext for &'_ C {
        fn as_context(&self) -> StoreContext<'_, C::Data> { C::as_context(self) }
    }";
    let mut search = Search::default();
    search.visit_file(&syn::parse_file(text).expect("Rust"));
    let found: Vec<_> = search
        .found
        .iter()
        .map(|it| (&*it.name, it.public, it.asks))
        .collect();
    let expected = [
        ("Thing::once", true, 1),
        ("Thing::handed_on", true, 1),
        ("Thing::twice", true, 2),
        ("Thing::hidden", false, 2),
        ("Thing::bound", false, MANY),
        ("Thing::closure", true, MANY),
        ("Thing::renamed", true, MANY),
        ("Thing::never", true, 0),
        ("C::as_context", false, 1),
    ];
    assert_eq!(found, expected);
}

/// What may happen any number of times.
const MANY: usize = 100;

#[derive(Default)]
struct Search {
    path: String,
    /// The type whose functions these are.
    owner: String,
    /// Parameters of the implementation that stand for contexts.
    outer: BTreeSet<String>,
    /// Whether the owner itself is such a parameter, or a reference to one.
    own: bool,
    /// Whether these are functions of a trait, which are called by the trait's name.
    of_trait: bool,
    found: Vec<Question>,
}

impl Search {
    fn function(&mut self, vis: &Visibility, signature: &Signature, body: &Block) {
        let contexts: BTreeSet<String> = self
            .outer
            .union(&parameters(&signature.generics))
            .cloned()
            .collect();
        for input in &signature.inputs {
            let name = match input {
                FnArg::Receiver(_) if self.own => "self".to_string(),
                FnArg::Typed(argument) if is_context(&argument.ty, &contexts) => {
                    match &*argument.pat {
                        Pat::Ident(pat) => pat.ident.to_string(),
                        _ => "_".to_string(),
                    }
                }
                _ => continue,
            };
            let owner = if self.owner.is_empty() {
                String::new()
            } else {
                format!("{}::", self.owner)
            };
            self.found.push(Question {
                name: format!("{owner}{}", signature.ident),
                public: matches!(vis, Visibility::Public(_)) && !self.of_trait,
                place: format!("{}:{}", self.path, signature.ident.span().start().line),
                asks: Mentions::of(&name, body),
            });
        }
    }
}

impl<'ast> Visit<'ast> for Search {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.function(&item.vis, &item.sig, &item.block);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        self.outer = parameters(&item.generics);
        self.owner = last_name(&item.self_ty);
        self.own = self.outer.contains(&self.owner);
        self.of_trait = item.trait_.is_some();
        visit::visit_item_impl(self, item);
        *self = Self {
            path: std::mem::take(&mut self.path),
            found: std::mem::take(&mut self.found),
            ..Self::default()
        };
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.function(&item.vis, &item.sig, &item.block);
    }
}

/// The name of a type without its parameters, or of what it is a reference to.
fn last_name(ty: &Type) -> String {
    match ty {
        Type::Reference(reference) => last_name(&reference.elem),
        Type::Path(path) => path
            .path
            .segments
            .last()
            .map(|segment| segment.ident.to_string())
            .unwrap_or_default(),
        _ => String::new(),
    }
}

/// The type parameters that stand for contexts.
fn parameters(generics: &Generics) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for parameter in &generics.params {
        if let GenericParam::Type(parameter) = parameter
            && parameter.bounds.iter().any(gives_context)
        {
            names.insert(parameter.ident.to_string());
        }
    }
    for predicate in generics.where_clause.iter().flat_map(|it| &it.predicates) {
        if let syn::WherePredicate::Type(predicate) = predicate
            && predicate.bounds.iter().any(gives_context)
        {
            names.insert(last_name(&predicate.bounded_ty));
        }
    }
    names
}

/// Whether a bound is one of the traits whose functions are the user's and give a store.
fn gives_context(bound: &TypeParamBound) -> bool {
    let mut idents = Idents::default();
    idents.visit_type_param_bound(bound);
    let into = idents.0.contains("Into");
    let context = idents.0.iter().any(|name| name.starts_with("StoreContext"));
    idents.0.contains("AsContext") || idents.0.contains("AsContextMut") || (into && context)
}

fn is_context(ty: &Type, contexts: &BTreeSet<String>) -> bool {
    match ty {
        Type::ImplTrait(ty) => ty.bounds.iter().any(gives_context),
        Type::Reference(reference) => is_context(&reference.elem, contexts),
        ty => contexts.contains(&last_name(ty)),
    }
}

#[derive(Default)]
struct Idents(BTreeSet<String>);

impl<'ast> Visit<'ast> for Idents {
    fn visit_ident(&mut self, ident: &'ast Ident) {
        self.0.insert(ident.to_string());
    }
}

/// Counts how often a block names a variable before another one of that name hides it.
struct Mentions<'n> {
    name: &'n str,
    /// By how much a mention counts.
    weight: usize,
    count: usize,
}

impl<'n> Mentions<'n> {
    fn of(name: &'n str, body: &Block) -> usize {
        let (weight, count) = (1, 0);
        let mut mentions = Self {
            name,
            weight,
            count,
        };
        mentions.visit_block(body);
        mentions.count
    }

    fn repeated(&mut self, visit: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.weight, MANY);
        visit(self);
        self.weight = before;
    }

    /// Whether an expression is the variable itself: then it has two names from here on.
    fn is_alias(&self, value: &Expr) -> bool {
        match value {
            Expr::Path(path) => path.path.is_ident(self.name),
            Expr::Reference(reference) => self.is_alias(&reference.expr),
            Expr::Paren(inner) => self.is_alias(&inner.expr),
            _ => false,
        }
    }
}

impl<'ast> Visit<'ast> for Mentions<'_> {
    fn visit_block(&mut self, block: &'ast Block) {
        for statement in &block.stmts {
            if let Stmt::Local(local) = statement {
                let value = local.init.as_ref().map(|init| &*init.expr);
                if value.is_some_and(|value| self.is_alias(value)) {
                    self.count += MANY;
                    return;
                }
                self.visit_stmt(statement);
                let mut bound = Bound(self.name, false);
                bound.visit_pat(&local.pat);
                if bound.1 {
                    return;
                }
            } else {
                self.visit_stmt(statement);
            }
        }
    }

    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        if path.path.is_ident(self.name) {
            self.count += self.weight;
        }
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        let text = call.tokens.to_string();
        let words = text.split(|at: char| !at.is_alphanumeric() && at != '_');
        self.count += self.weight * words.filter(|word| *word == self.name).count();
    }

    fn visit_expr_closure(&mut self, item: &'ast ExprClosure) {
        self.repeated(|this| visit::visit_expr_closure(this, item));
    }

    fn visit_expr_loop(&mut self, item: &'ast ExprLoop) {
        self.repeated(|this| visit::visit_expr_loop(this, item));
    }

    fn visit_expr_while(&mut self, item: &'ast ExprWhile) {
        self.repeated(|this| visit::visit_expr_while(this, item));
    }

    fn visit_expr_for_loop(&mut self, item: &'ast ExprForLoop) {
        self.visit_expr(&item.expr);
        self.repeated(|this| this.visit_block(&item.body));
    }
}

/// Whether a pattern binds a name.
struct Bound<'n>(&'n str, bool);

impl<'ast> Visit<'ast> for Bound<'_> {
    fn visit_pat_ident(&mut self, pat: &'ast PatIdent) {
        self.1 |= pat.ident == self.0;
        visit::visit_pat_ident(self, pat);
    }
}
