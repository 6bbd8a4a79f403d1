//! `#[host]`: the functions of an `impl` as what modules import.
//!
//! The block stays as it is; an implementation of the library's trait `Host` is added: the list of
//! functions with their types, and a `match` that converts arguments and results. It works for both
//! engines, because that trait does.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{FnArg, ImplItem, ImplItemFn, ItemImpl, LitStr, Pat, ReturnType, Token, Type};

use crate::message::{Errors, Message, listed};

/// Types that a function may take.
const NUMBERS: [&str; 7] = ["i32", "u32", "i64", "u64", "f32", "f64", "V128"];

/// `module = "env"`, and for one function `name = "log"`.
#[derive(Default)]
struct Names {
    module: Option<LitStr>,
    name: Option<LitStr>,
}

impl Parse for Names {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut names = Self::default();
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            let text: LitStr = input.parse()?;
            match key.to_string().as_str() {
                "module" => names.module = Some(text),
                "name" => names.name = Some(text),
                other => {
                    let message = Message::new(format!("`{other}` is no key of `host`"));
                    return Err(message.meant(other, &["module", "name"]).at(key.span()));
                }
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(names)
    }
}

/// A function, as it is imported.
struct Function {
    module: String,
    name: String,
    item: Ident,
    memory: bool,
    params: Vec<Type>,
    output: TokenStream,
}

/// The expansion.
pub(crate) fn expand(arguments: TokenStream, input: TokenStream) -> syn::Result<TokenStream> {
    let mut errors = Errors::default();
    let names = errors
        .keep(syn::parse2::<Names>(arguments))
        .unwrap_or_default();
    let Ok(mut block) = syn::parse2::<ItemImpl>(input.clone()) else {
        let message = Message::new("`#[host]` belongs on an `impl` block")
            .help("write `#[host(module = \"env\")] impl Environment { … }`");
        errors.at(&input, message);
        return errors.finish(TokenStream::new());
    };
    if let Some((path, _)) = &block.trait_ {
        errors.at(
            path,
            Message::new("`#[host]` belongs on an `impl` of its own, not on that of a trait"),
        );
    }
    let mut functions: Vec<Function> = Vec::new();
    for item in &mut block.items {
        if let ImplItem::Fn(item) = item
            && let Some(function) = function(item, &names, &mut errors)
        {
            let same =
                |other: &Function| other.module == function.module && other.name == function.name;
            if functions.iter().any(same) {
                let (module, name) = (&function.module, &function.name);
                errors.at(
                    &item.sig.ident,
                    Message::new(format!("`{module}` `{name}` is there twice")),
                );
            }
            functions.push(function);
        }
    }
    let host = host(&block, &functions);
    errors.finish(quote! { #block #host })
}

/// One function, and what is wrong with it; those that take no `&mut self` are the owner's own.
fn function(item: &mut ImplItemFn, names: &Names, errors: &mut Errors) -> Option<Function> {
    let mut own = Names::default();
    item.attrs.retain(|attribute| {
        let is_host = attribute.path().is_ident("host");
        if is_host {
            own = errors.keep(attribute.parse_args()).unwrap_or_default();
        }
        !is_host
    });
    let signature = &item.sig;
    let Some(FnArg::Receiver(_)) = signature.inputs.first() else {
        return None;
    };
    if let Some(token) = &signature.asyncness {
        errors.at(
            token,
            Message::new("a function of the host cannot be `async`")
                .help("leave the run loop and resume it instead"),
        );
    }
    if !signature.generics.params.is_empty() {
        errors.at(
            &signature.generics,
            Message::new("a function of the host cannot be generic")
                .note("a module imports it with one type"),
        );
    }
    let mut params = Vec::new();
    let mut memory = false;
    for (place, input) in signature.inputs.iter().skip(1).enumerate() {
        let FnArg::Typed(typed) = input else { continue };
        match last(&typed.ty) {
            Some(name) if name == "Memory" && place == 0 => memory = true,
            Some(name) if name == "Memory" => {
                errors.at(
                    &typed.ty,
                    Message::new("the memory comes first, after `self`"),
                );
            }
            Some(name) if NUMBERS.contains(&name.as_str()) => params.push((*typed.ty).clone()),
            _ => {
                let shown = match &*typed.pat {
                    Pat::Ident(pat) => pat.ident.to_string(),
                    _ => "this".to_string(),
                };
                let message = Message::new(format!(
                    "`{shown}` is of a type that a module cannot hand over"
                ))
                .help(format!(
                    "take one of {}, and `Memory<'_>` to look at what addresses point to",
                    listed(&NUMBERS)
                ));
                errors.at(&typed.ty, message);
            }
        }
    }
    if params.len() > tabwasm::host::ARITY {
        errors.at(
            &signature.ident,
            Message::new(format!(
                "a function of the host has at most {} parameters",
                tabwasm::host::ARITY
            )),
        );
    }
    let module = own.module.as_ref().or(names.module.as_ref());
    if module.is_none() {
        errors.at(
            &signature.ident,
            Message::new("the module that it is imported from has no name")
                .help("write `#[host(module = \"env\")]`"),
        );
    }
    Some(Function {
        module: module.map(LitStr::value).unwrap_or_default(),
        name: own
            .name
            .map_or_else(|| signature.ident.to_string(), |name| name.value()),
        item: signature.ident.clone(),
        memory,
        params,
        output: match &signature.output {
            ReturnType::Default => quote! { () },
            ReturnType::Type(_, ty) => quote! { #ty },
        },
    })
}

/// The last name of a path.
fn last(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .map(|segment| segment.ident.to_string()),
        _ => None,
    }
}

fn host(block: &ItemImpl, functions: &[Function]) -> TokenStream {
    let (generics, _, bounds) = block.generics.split_for_impl();
    let ty = &block.self_ty;
    let list = functions.iter().map(|Function { module, name, params, output, .. }| {
        quote! {
            ::tabwasm::host::Function {
                module: #module,
                name: #name,
                params: &[#(<#params as ::tabwasm::host::Number>::TYPE),*],
                results: <<#output as ::tabwasm::host::Outcome>::Results as ::tabwasm::host::Results>::TYPES,
            }
        }
    });
    let arms = functions.iter().enumerate().map(|(place, function)| {
        let names: Vec<_> = (0..function.params.len())
            .map(|index| Ident::new(&format!("p{index}"), Span::mixed_site()))
            .collect();
        let item = &function.item;
        let memory = function.memory.then(|| quote! { memory, });
        quote! {
            (#place, [#(#names),*]) => {
                let done = self.#item(#memory #(convert(*#names)?),*);
                ::tabwasm::host::Results::into_values(::tabwasm::host::Outcome::into_result(done)?, results);
                ::core::result::Result::Ok(())
            }
        }
    });
    let header = quote! { impl #generics ::tabwasm::host::Host for #ty #bounds };
    implementation(&header, &quote! { &[#(#list),*] }, arms)
}

/// Implements `Host`: under this header, with this list of functions, whose calls are these arms over
/// the number of the function and its parameters; they convert with `convert`.
pub(crate) fn implementation(
    header: &TokenStream,
    functions: &TokenStream,
    arms: impl Iterator<Item = TokenStream>,
) -> TokenStream {
    quote! {
        #header {
            const FUNCTIONS: &'static [::tabwasm::host::Function] = #functions;

            #[allow(unused_variables)]
            fn call(
                &mut self,
                function: usize,
                memory: ::tabwasm::host::Memory<'_>,
                params: &[::tabwasm::compact::Value],
                results: &mut [::tabwasm::compact::Value],
            ) -> ::core::result::Result<(), ::tabwasm::Trap> {
                fn convert<T: ::tabwasm::host::Number>(value: ::tabwasm::compact::Value) -> ::core::result::Result<T, ::tabwasm::Trap> {
                    T::from_value(value).ok_or(::tabwasm::Trap::BadSignature)
                }
                match (function, params) {
                    #(#arms)*
                    _ => ::core::result::Result::Err(::tabwasm::Trap::BadSignature),
                }
            }
        }
    }
}
