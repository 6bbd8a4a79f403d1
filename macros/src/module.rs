//! The item that `include_wasm!` becomes: bytes, sizes, typed functions, what the host gives.
//!
//! The module was validated a moment ago, so its table is written as constant bytes and no
//! validator is linked into the program. Lengths of the store's lists are constants too; each
//! exported function becomes a method with the types of its signature, each import a place in
//! `Imports`.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Path, Visibility};
use tabwasm::compact::{Depth, Module};
use tabwasm::types::{ExternKind, FuncIdx, ValType};

use crate::host::implementation;
use crate::message::Message;
use crate::names::distinct;

/// A module, and what it is to be called.
pub(crate) struct Source<'a> {
    pub(crate) visibility: &'a Visibility,
    pub(crate) name: &'a Ident,
    pub(crate) profile: &'a Path,
    pub(crate) path: &'a str,
    /// Where the file is named.
    pub(crate) at: Span,
    pub(crate) is_text: bool,
    pub(crate) module: Module<'a>,
    pub(crate) depth: Option<Depth>,
}

/// A function that is exported or imported.
struct Func {
    /// Its name; of an import, the two names.
    label: [String; 2],
    index: u32,
    params: Vec<ValType>,
    results: Vec<ValType>,
}

/// Methods that every instance has.
const METHODS: [&str; 8] = [
    "new", "linked", "resume", "abort", "host", "memory", "global", "self",
];

/// The item, or the errors that prevent it.
pub(crate) fn write(source: &Source<'_>) -> Result<TokenStream, Vec<Message>> {
    let mut errors = Vec::new();
    let module = source.module;
    let exports: Vec<Func> = module
        .exports()
        .filter(|export| export.kind == ExternKind::Func)
        .map(|export| func(module, ["".into(), export.name.into()], export.index))
        .collect();
    let mut imports = Vec::new();
    for import in module.imports() {
        let label = [import.module.to_string(), import.name.to_string()];
        match import.kind {
            ExternKind::Func => imports.push(func(module, label, imports.len() as u32)),
            _ => errors.push(
                Message::new(format!("import `{}` `{}` is no function", import.module, import.name))
                    .help("a module that is included can import functions only; link others by hand in a `compact::Store`"),
            ),
        }
    }
    let calls = exports_of(&exports, &mut errors);
    let host = host(&imports, source, &mut errors);
    let ram = ram(source);
    if !errors.is_empty() {
        return Err(errors);
    }
    let (visibility, name, profile) = (source.visibility, source.name, inward(source.profile));
    let doc = format!(
        "The module `{}`.",
        source.path.rsplit(['/', '\\']).next().unwrap_or_default()
    );
    let bytes = bytes(source);
    let table = Literal::byte_string(module.table());
    let instance = instance(&calls, imports.is_empty());
    Ok(quote! {
        #[doc = #doc]
        #[allow(dead_code, unused_imports, clippy::all)]
        #visibility mod #name {
            use super::*;

            /// The runtime that it was validated for.
            pub type Profile = #profile;

            #bytes

            /// The module's table: what validation has found out.
            pub static TABLE: &[u8] = #table;

            /// The module.
            pub const MODULE: ::tabwasm::compact::Module<'static> =
                ::tabwasm::compact::Module::with_trusted_table(WASM, TABLE);

            #ram
            #host
            #instance
        }
    })
}

/// A path as it is written one module further in.
fn inward(path: &Path) -> TokenStream {
    let first = path
        .segments
        .first()
        .map(|segment| segment.ident.to_string());
    let rest = path.segments.iter().skip(1);
    match first.as_deref() {
        Some("self") => quote! { super #(::#rest)* },
        Some("super") => quote! { super::#path },
        _ => quote! { #path },
    }
}

fn func(module: Module<'_>, label: [String; 2], index: u32) -> Func {
    let (params, results) = module.func_type(FuncIdx(index));
    Func {
        label,
        index,
        params: params.collect(),
        results: results.collect(),
    }
}

/// The bytes; the compiler watches the file.
fn bytes(source: &Source<'_>) -> TokenStream {
    let path = source.path;
    let (watched, bytes) = if source.is_text {
        let bytes = Literal::byte_string(source.module.wasm());
        (
            quote! { const _: &[u8] = ::core::include_bytes!(#path); },
            quote! { #bytes },
        )
    } else {
        (quote! {}, quote! { ::core::include_bytes!(#path) })
    };
    quote! {
        #watched

        /// The module's bytes.
        pub static WASM: &[u8] = #bytes;
    }
}

/// How much memory an instance takes, and a place for it.
fn ram(source: &Source<'_>) -> TokenStream {
    let needs = source.module.needs();
    let depth = source.depth.map(|depth| {
        let slots = depth.slots.max(needs.slots as u64) as usize;
        (slots, depth.frames as usize)
    });
    let number = Literal::usize_unsuffixed;
    let (links, tables, memories) = (
        number(needs.links),
        number(needs.tables),
        number(needs.memories),
    );
    let (globals, types, segments) = (
        number(needs.globals),
        number(needs.types),
        number(needs.segments),
    );
    let (elements, memory) = (
        number(needs.elements as usize),
        number(needs.memory as usize),
    );
    let (declared, used, note, constants) = match depth {
        Some((slots, frames)) => {
            let (slots, frames) = (number(slots), number(frames));
            let constants = quote! {
                /// Slots that its calls need at most.
                pub const SLOTS: usize = #slots;
                /// Frames that its calls need at most.
                pub const FRAMES: usize = #frames;
            };
            (
                quote! {},
                quote! {},
                "Memory for one instance, exactly as much as it needs.",
                constants,
            )
        }
        None => {
            let slots = number(needs.slots);
            let constants = quote! {
                /// Slots of the function that needs most: its calls nest without a bound.
                pub const SLOTS_OF_ONE: usize = #slots;
            };
            let declared = quote! { <const SLOTS: usize, const FRAMES: usize> };
            let used = quote! { <SLOTS, FRAMES> };
            (
                declared,
                used,
                "Memory for one instance. How deep its calls nest has no bound: slots and frames say how deep they may.",
                constants,
            )
        }
    };
    quote! {
        #constants
        /// Bytes of memory that it starts with.
        pub const MEMORY: usize = #memory;

        #[doc = #note]
        pub struct Ram #declared {
            slots: [<Profile as ::tabwasm::profile::Profile>::Slot; SLOTS],
            frames: [::tabwasm::compact::Frame; FRAMES],
            instances: [::tabwasm::compact::Instance<'static>; 1],
            links: [::tabwasm::compact::Link; #links],
            tables: [::tabwasm::compact::Table; #tables],
            elements: [::tabwasm::types::Ref; #elements],
            memories: [::tabwasm::compact::Memory; #memories],
            memory: [u8; MEMORY],
            globals: [::tabwasm::compact::Global<<Profile as ::tabwasm::profile::Profile>::Slot>; #globals],
            types: [::tabwasm::types::TypeId; #types],
            segments: [::tabwasm::compact::Segment; #segments],
        }

        impl #declared Ram #used {
            /// Not in use; a constant, for statics.
            pub const fn new() -> Self {
                Self {
                    slots: [::tabwasm::profile::Slot::ZERO; SLOTS],
                    frames: [::tabwasm::compact::Frame::EMPTY; FRAMES],
                    instances: [::tabwasm::compact::Instance::EMPTY; 1],
                    links: [::tabwasm::compact::Link::EMPTY; #links],
                    tables: [::tabwasm::compact::Table::EMPTY; #tables],
                    elements: [::tabwasm::types::Ref::NULL; #elements],
                    memories: [::tabwasm::compact::Memory::EMPTY; #memories],
                    memory: [0; MEMORY],
                    globals: [::tabwasm::compact::Global::EMPTY; #globals],
                    types: [::tabwasm::types::TypeId(0); #types],
                    segments: [::tabwasm::compact::Segment::EMPTY; #segments],
                }
            }

            /// Lends it to a store.
            pub fn lend(&mut self) -> ::tabwasm::compact::Ram<'static, '_, <Profile as ::tabwasm::profile::Profile>::Slot> {
                ::tabwasm::compact::Ram {
                    slots: &mut self.slots,
                    frames: &mut self.frames,
                    instances: &mut self.instances,
                    links: &mut self.links,
                    tables: &mut self.tables,
                    elements: &mut self.elements,
                    memories: &mut self.memories,
                    memory: &mut self.memory,
                    globals: &mut self.globals,
                    types: &mut self.types,
                    segments: &mut self.segments,
                }
            }
        }
    }
}

/// What the module imports: a trait, a host made of it, and a list.
///
/// What the compiler says about a wrong method shows the trait's, and where that stands: at the name
/// of the file. It prints signatures for types that differ only; the whole `impl` is in the trait's
/// documentation, and in the error where there is none.
fn host(imports: &[Func], source: &Source<'_>, errors: &mut Vec<Message>) -> TokenStream {
    let plain: Vec<_> = imports
        .iter()
        .map(|import| import.label[1].clone())
        .collect();
    let repeated = |name: &String| plain.iter().filter(|other| *other == name).count() > 1;
    let names: Vec<_> = imports
        .iter()
        .map(
            |Func {
                 label: [module, name],
                 ..
             }| match repeated(name) {
                true => format!("{module}_{name}"),
                false => name.clone(),
            },
        )
        .collect();
    let names = distinct(&names, "imports", &["self"], errors);
    let mut methods = Vec::new();
    let mut signatures = Vec::new();
    let mut arms = Vec::new();
    let mut functions = Vec::new();
    for (place, (import, name)) in imports.iter().zip(&names).enumerate() {
        let [module, field] = &import.label;
        let params = types(&import.params, import, errors);
        let results = types(&import.results, import, errors);
        if import.params.len().max(import.results.len()) > tabwasm::host::ARITY {
            errors.push(Message::new(format!(
                "import `{module}` `{field}` has more than {} parameters or results",
                tabwasm::host::ARITY
            )));
        }
        let arguments: Vec<_> = (0..params.len())
            .map(|index| format_ident!("p{index}"))
            .collect();
        let result = tuple(&results);
        let shown = params.iter().map(|ty| spanned(ty.clone(), source.at));
        let signature = signature(name, import);
        let doc = format!("`{module}` `{field}`.\n\n```text\n{signature}\n```");
        signatures.push(signature);
        methods.push(quote_spanned! { source.at =>
            #[doc = #doc]
            fn #name(&mut self, memory: ::tabwasm::host::Memory<'_> #(, #arguments: #shown)*) -> ::core::result::Result<#result, ::tabwasm::Trap>;
        });
        functions.push(quote! {
            ::tabwasm::host::Function {
                module: #module,
                name: #field,
                params: &[#(<#params as ::tabwasm::host::Number>::TYPE),*],
                results: &[#(<#results as ::tabwasm::host::Number>::TYPE),*],
            }
        });
        arms.push(quote! {
            (#place, [#(#arguments),*]) => {
                let done = self.0.#name(memory #(, convert(*#arguments)?)*)?;
                ::tabwasm::host::Results::into_values(done, results);
                ::core::result::Result::Ok(())
            }
        });
    }
    let count = imports.len();
    let header = quote! { impl<T: Imports> ::tabwasm::host::Host for Implemented<T> };
    let implementation = implementation(&header, &quote! { &IMPORTS }, arms.into_iter());
    let skeleton = skeleton(source.name, &signatures);
    let doc = format!("What the module imports.\n\n```text\n{skeleton}```");
    let wanted = format!("write\n{skeleton}");
    let declaration = quote_spanned! { source.at => pub trait Imports };
    quote! {
        #[doc = #doc]
        #[diagnostic::on_unimplemented(note = #wanted)]
        #declaration {
            #(#methods)*
        }

        /// A host made of an implementation of [`Imports`].
        pub struct Implemented<T>(pub T);

        /// The functions that the module imports, in its order.
        pub const IMPORTS: [::tabwasm::host::Function; #count] = [#(#functions),*];

        #implementation
    }
}

/// The method that an import asks for, as a program would write it.
fn signature(name: &Ident, import: &Func) -> String {
    let params: String = (0..)
        .zip(&import.params)
        .map(|(index, ty)| format!(", p{index}: {}", written(*ty)))
        .collect();
    let results: Vec<_> = import.results.iter().map(|ty| written(*ty)).collect();
    let result = match &results[..] {
        [one] => (*one).to_owned(),
        results => format!("({})", results.join(", ")),
    };
    format!(
        "fn {name}(&mut self, memory: tabwasm::host::Memory<'_>{params}) -> Result<{result}, tabwasm::Trap>"
    )
}

/// An `impl` to copy, whose methods do nothing.
fn skeleton(name: &Ident, signatures: &[String]) -> String {
    let methods = signatures
        .iter()
        .map(|signature| format!("    {signature} {{\n        todo!()\n    }}\n"));
    let methods: String = methods.collect();
    format!("impl {name}::Imports for Host {{\n{methods}}}\n")
}

/// A method for each exported function.
fn exports_of(exports: &[Func], errors: &mut Vec<Message>) -> Vec<TokenStream> {
    let names: Vec<_> = exports
        .iter()
        .map(|export| export.label[1].clone())
        .collect();
    let names = distinct(&names, "exports", &METHODS, errors);
    let method = |(export, name): (&Func, &Ident)| {
        let params = types(&export.params, export, errors);
        let result = tuple(&types(&export.results, export, errors));
        let arguments: Vec<_> = (0..params.len())
            .map(|index| format_ident!("p{index}"))
            .collect();
        let doc = format!("Calls `{}`.", export.label[1]);
        let index = export.index;
        quote! {
            #[doc = #doc]
            pub fn #name(&mut self, fuel: &mut u64 #(, #arguments: #params)*) -> ::core::result::Result<#result, ::tabwasm::host::CallError> {
                let params = [#(::tabwasm::host::Number::into_value(#arguments)),*];
                self.0.call(::tabwasm::types::FuncIdx(#index), &params, fuel)
            }
        }
    };
    exports.iter().zip(&names).map(method).collect()
}

fn instance(calls: &[TokenStream], no_imports: bool) -> TokenStream {
    let nothing = no_imports.then(|| quote! { impl Imports for () {} });
    quote! {
        #nothing

        /// An instance of the module, with the host that it calls.
        pub struct Instance<'r, H>(::tabwasm::host::Instance<'r, Profile, H>);

        impl<'r, T: Imports> Instance<'r, Implemented<T>> {
            /// An instance that imports from an implementation of [`Imports`].
            pub fn new(
                ram: ::tabwasm::compact::Ram<'static, 'r, <Profile as ::tabwasm::profile::Profile>::Slot>,
                imports: T,
                fuel: &mut u64,
            ) -> ::core::result::Result<Self, ::tabwasm::host::CallError> {
                Self::linked(ram, Implemented(imports), fuel)
            }
        }

        impl<'r, H: ::tabwasm::host::Host> Instance<'r, H> {
            /// An instance that imports from a host. What it lacks is a compile error.
            pub fn linked(
                ram: ::tabwasm::compact::Ram<'static, 'r, <Profile as ::tabwasm::profile::Profile>::Slot>,
                host: H,
                fuel: &mut u64,
            ) -> ::core::result::Result<Self, ::tabwasm::host::CallError> {
                let places = const { ::tabwasm::host::places::<H, { IMPORTS.len() }>(IMPORTS) };
                ::tabwasm::host::Instance::new(MODULE, &places, ram, host, fuel).map(Self)
            }

            #(#calls)*

            /// Continues a call that stopped because there was no fuel left.
            pub fn resume<R: ::tabwasm::host::Results>(&mut self, fuel: &mut u64) -> ::core::result::Result<R, ::tabwasm::host::CallError> {
                self.0.resume(fuel)
            }

            /// Ends the call that is under way, if any.
            pub fn abort(&mut self) {
                self.0.abort();
            }

            /// What it imports from.
            pub fn host(&mut self) -> &mut H {
                self.0.host()
            }

            /// The bytes of the memory that it exports by this name.
            pub fn memory(&mut self, name: &str) -> &mut [u8] {
                self.0.memory(name)
            }

            /// The value of the global that it exports by this name.
            pub fn global(&mut self, name: &str) -> ::core::option::Option<::tabwasm::compact::Value> {
                self.0.global(name)
            }
        }
    }
}

/// Types of Rust for types of the guest.
fn types(types: &[ValType], func: &Func, errors: &mut Vec<Message>) -> Vec<TokenStream> {
    let mut all = Vec::new();
    for ty in types {
        match rust(*ty) {
            Some((tokens, _)) => all.push(tokens),
            None => {
                let name = &func.label[1];
                errors.push(Message::new(format!(
                    "`{name}` has the type `{ty}`, for which there is no type of Rust"
                )));
            }
        }
    }
    all
}

/// A type of Rust, in full and as a program would write it.
fn rust(ty: ValType) -> Option<(TokenStream, &'static str)> {
    Some(match ty {
        ValType::I32 => (quote! { i32 }, "i32"),
        ValType::I64 => (quote! { i64 }, "i64"),
        ValType::F32 => (quote! { f32 }, "f32"),
        ValType::F64 => (quote! { f64 }, "f64"),
        ValType::V128 => (quote! { ::tabwasm::types::V128 }, "tabwasm::types::V128"),
        ValType::FUNCREF => (
            quote! { ::core::option::Option<::tabwasm::compact::FuncAddr> },
            "Option<tabwasm::compact::FuncAddr>",
        ),
        ValType::EXTERNREF => (quote! { ::core::option::Option<u32> }, "Option<u32>"),
        _ => return None,
    })
}

/// The same tokens, at another place.
fn spanned(tokens: TokenStream, at: Span) -> TokenStream {
    let moved = tokens.into_iter().map(|mut token| {
        token.set_span(at);
        token
    });
    moved.collect()
}

/// A type as a program would write it.
fn written(ty: ValType) -> &'static str {
    rust(ty).map_or("_", |(_, written)| written)
}

fn tuple(types: &[TokenStream]) -> TokenStream {
    match types {
        [one] => one.clone(),
        types => quote! { (#(#types,)*) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tabwasm::profile::NoAlloc;

    /// The item of a text, formatted by nobody.
    fn item(text: &str) -> String {
        let wasm = wat::parse_str(text).expect("it is text");
        let mut room = vec![0; 1 << 16];
        let module = Module::new(&wasm, &NoAlloc, &mut room).expect("it is valid");
        let name = format_ident!("guest");
        let source = Source {
            visibility: &Visibility::Inherited,
            name: &name,
            profile: &syn::parse_quote!(NoAlloc),
            path: "guest.wat",
            at: Span::call_site(),
            is_text: true,
            module,
            depth: None,
        };
        write(&source).unwrap_or_default().to_string()
    }

    #[test]
    fn what_is_imported_is_documented_to_be_copied() {
        let item = item(
            r#"(module (import "env" "log" (func (param i32 i64)))
                (import "a" "type" (func (param f32 externref) (result f64 i32)))
                (import "b" "type" (func (result funcref))))"#,
        );
        let log = "fn log(&mut self, memory: tabwasm::host::Memory<'_>, p0: i32, p1: i64) \
            -> Result<(), tabwasm::Trap>";
        let first = "fn a_type(&mut self, memory: tabwasm::host::Memory<'_>, p0: f32, \
            p1: Option<u32>) -> Result<(f64, i32), tabwasm::Trap>";
        let second = "fn b_type(&mut self, memory: tabwasm::host::Memory<'_>) \
            -> Result<Option<tabwasm::compact::FuncAddr>, tabwasm::Trap>";
        for (label, signature) in [
            ("`env` `log`.", log),
            ("`a` `type`.", first),
            ("`b` `type`.", second),
        ] {
            let doc = format!("{label}\n\n```text\n{signature}\n```");
            assert!(item.contains(&format!("{doc:?}")), "{doc:?}\n{item}");
        }
        let skeleton = format!(
            "impl guest::Imports for Host {{\n    {log} {{\n        todo!()\n    }}\n    {first} {{\n"
        );
        for before in ["What the module imports.\n\n```text\n", "write\n"] {
            let text = format!("{before}{skeleton}");
            let text = format!("{text:?}");
            assert!(item.contains(text.trim_end_matches('"')), "{text}\n{item}");
        }
    }
}
