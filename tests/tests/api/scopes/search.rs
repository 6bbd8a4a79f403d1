//! The public functions that take two things with a scope: the sources, parsed.
//!
//! The list of `pairs` is written by hand, so this finds each such function of the library by its
//! signature and asks whether the list has it.

use std::collections::BTreeSet;
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{
    FnArg, GenericParam, Generics, Ident, ImplItemFn, ItemFn, ItemImpl, Signature, Type,
    TypeParamBound, Visibility,
};
use tabwasm_tests::sources::{is_test, sources};

/// What belongs to an engine or to a store, or gives one.
const SCOPED: [&str; 35] = [
    "AsContext",
    "AsContextMut",
    "Caller",
    "Engine",
    "Export",
    "ExportType",
    "Extern",
    "ExternRef",
    "ExternType",
    "Func",
    "FuncType",
    "Global",
    "GlobalType",
    "HeapType",
    "ImportType",
    "Instance",
    "InstancePre",
    "Linker",
    "Memory",
    "Module",
    "Ref",
    "RefType",
    "ResumableCallHostTrap",
    "ResumableCallOutOfFuel",
    "Store",
    "StoreContext",
    "StoreContextMut",
    "Table",
    "TableType",
    "Tag",
    "TypedFunc",
    "TypedResumableCallHostTrap",
    "TypedResumableCallOutOfFuel",
    "Val",
    "ValType",
];

/// Bounds of generic parameters whose values have a scope.
const BOUNDS: [&str; 1] = ["WasmParams"];

/// Other parts of the library: their objects have the same names and numbers of their own.
const OTHERS: [&str; 9] = [
    "compact",
    "component",
    "exec",
    "fast",
    "host",
    "read",
    "types",
    "validate",
    "view",
];

/// The names of these functions, with the types that have them.
pub(super) fn functions() -> BTreeSet<String> {
    let mut search = Search::default();
    let root = Path::new("runtime/src");
    for source in sources(&["runtime/src", "runtime/wasi/src"]) {
        if !OTHERS
            .iter()
            .any(|other| source.path.starts_with(root.join(other)))
        {
            search.visit_file(&source.syntax);
        }
    }
    search.found
}

#[test]
fn the_search_finds_each_kind() {
    let text = "impl Thing { pub fn alone(&self, store: impl AsContext) {} }
        impl Func {
            pub fn with(&self, store: impl AsContext) {}
            pub fn converted<'a, T: 'a>(&self, store: impl Into<StoreContext<'a, T>>) {}
            pub fn bounded<C>(store: C, ty: FuncType) where C: AsContextMut {}
            pub fn same(a: &Self, b: &Self) {}
            pub fn lists(params: &[Val], results: &mut [Val]) {}
            pub fn generic<P: WasmParams>(&self, params: P) {}
            pub fn closure(&self, f: impl Fn(Caller<'_, T>, &[Val])) {}
            pub fn one(&self, name: &str) {}
            fn hidden(&self, store: impl AsContext) {}
            pub(crate) fn inner(&self, store: &Engine) {}
        }
        pub fn free(linker: &mut Linker<T>, module: &Module) {}
        impl Trait for Func { fn of_trait(&self, store: &Engine) {} }";
    let mut search = Search::default();
    search.visit_file(&syn::parse_file(text).expect("Rust"));
    let found: Vec<&str> = search.found.iter().map(String::as_str).collect();
    let expected = [
        "Func::bounded",
        "Func::converted",
        "Func::generic",
        "Func::lists",
        "Func::same",
        "Func::with",
        "free",
    ];
    assert_eq!(found, expected);
}

#[derive(Default)]
struct Search {
    /// The type whose functions these are.
    owner: String,
    /// Parameters of the implementation whose values have a scope.
    outer: BTreeSet<String>,
    found: BTreeSet<String>,
}

impl Search {
    fn function(&mut self, vis: &Visibility, signature: &Signature) {
        let mut scoped = scoped_parameters(&signature.generics);
        scoped.extend(self.outer.iter().cloned());
        if SCOPED.contains(&&*self.owner) {
            scoped.insert("Self".to_string());
        }
        let has_scope = |input: &&FnArg| match input {
            FnArg::Receiver(_) => scoped.contains("Self"),
            FnArg::Typed(argument) => {
                let idents = idents(&argument.ty);
                idents
                    .iter()
                    .any(|name| SCOPED.contains(&&**name) || scoped.contains(name))
            }
        };
        let things = signature.inputs.iter().filter(has_scope).count();
        if matches!(vis, Visibility::Public(_)) && things >= 2 {
            let name = match self.owner.as_str() {
                "" => signature.ident.to_string(),
                owner => format!("{owner}::{}", signature.ident),
            };
            self.found.insert(name);
        }
    }
}

impl<'ast> Visit<'ast> for Search {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.function(&item.vis, &item.sig);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        // Functions of traits have the visibility of the trait: nobody writes `pub` there.
        self.outer = scoped_parameters(&item.generics);
        if let Type::Path(path) = &*item.self_ty
            && let Some(last) = path.path.segments.last()
        {
            self.owner = last.ident.to_string();
        }
        visit::visit_item_impl(self, item);
        self.owner.clear();
        self.outer.clear();
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.function(&item.vis, &item.sig);
    }
}

/// The generic parameters whose values have a scope.
fn scoped_parameters(generics: &Generics) -> BTreeSet<String> {
    let has_scope = |bound: &TypeParamBound| {
        let mut names = Idents::default();
        names.visit_type_param_bound(bound);
        let names = &names.0;
        names
            .iter()
            .any(|name| SCOPED.contains(&&**name) || BOUNDS.contains(&&**name))
    };
    let mut names = BTreeSet::new();
    for parameter in &generics.params {
        if let GenericParam::Type(parameter) = parameter
            && parameter.bounds.iter().any(has_scope)
        {
            names.insert(parameter.ident.to_string());
        }
    }
    for predicate in generics.where_clause.iter().flat_map(|it| &it.predicates) {
        if let syn::WherePredicate::Type(predicate) = predicate
            && predicate.bounds.iter().any(has_scope)
        {
            names.extend(idents(&predicate.bounded_ty));
        }
    }
    names
}

fn idents(ty: &Type) -> BTreeSet<String> {
    let mut idents = Idents::default();
    idents.visit_type(ty);
    idents.0
}

/// The names in a type, without those of what closures take and give.
#[derive(Default)]
struct Idents(BTreeSet<String>);

impl<'ast> Visit<'ast> for Idents {
    fn visit_ident(&mut self, ident: &'ast Ident) {
        self.0.insert(ident.to_string());
    }

    fn visit_parenthesized_generic_arguments(
        &mut self,
        _: &'ast syn::ParenthesizedGenericArguments,
    ) {
    }
}
