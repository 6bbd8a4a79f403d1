//! `woven/semantics.rs`: the column `do`, typed by rustc.
//!
//! Each cell becomes a function with the types of its row, so that a mistake in a cell is an error
//! of rustc with the row's name, and both engines call one meaning. Cells of an overlay are not laid
//! out: rustc shows the one line with the function, the cell and the overlay's name, as their authors
//! do not know this file. Standard: section 4.3, "Numerics", and section 4.6, "Instructions".

use super::Source;
use crate::model::{Model, Op};
use crate::names::ident;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Expr;

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new(
        "spec/instructions/",
        "The meaning of instructions: the cells `do`, one function each.",
    );
    let ops: Vec<&Op> = model
        .ops
        .iter()
        .filter(|op| op.expression().is_some())
        .collect();
    source.item(imports(&ops));
    for op in ops {
        match model.overlays.rank(&op.cell("do").file) {
            0 => source.item(function(op)),
            _ => source.line(&of_overlay(op)),
        };
    }
    source
}

fn imports(ops: &[&Op]) -> TokenStream {
    let mut modules: Vec<&str> = Vec::new();
    for path in ops.iter().flat_map(|op| &op.facts.primitives) {
        let module = path.split("::").next().unwrap_or(path);
        if !modules.contains(&module) {
            modules.push(module);
        }
    }
    modules.sort_unstable();
    let modules = modules.iter().map(|module| ident(module));
    let access = ops
        .iter()
        .any(|op| touches_memory(op))
        .then(|| quote! { use crate::exec::access::Access; });
    let trap = ops
        .iter()
        .any(|op| op.facts.may_trap)
        .then(|| quote! { use crate::generated::facts::trap::Trap; });
    let names = |ty: &str| {
        let mut all = ops.iter();
        all.any(|op| op.parameters().iter().any(|(_, rust)| rust == ty) || result(op) == ty)
    };
    let types = ["Ref", "V128"].into_iter().filter(|ty| names(ty));
    let types = types.map(|ty| {
        let ty = ident(ty);
        quote! { use crate::types::#ty; }
    });
    quote! { #trap #access use crate::num::{#(#modules),*}; #(#types)* }
}

fn function(op: &Op) -> TokenStream {
    let Some(expression) = op.expression() else {
        return TokenStream::new();
    };
    let (name, doc) = (ident(&op.function), format!("`{}`", op.key));
    let generics = touches_memory(op).then(|| quote! { <M: Access> });
    let parameters = op.parameters().into_iter().map(|(name, rust)| {
        let (name, rust): (_, TokenStream) = (ident(&name), rust.parse().unwrap_or_default());
        quote! { #name: #rust }
    });
    let result: TokenStream = result(op).parse().unwrap_or_default();
    let (result, body) = match &expression.tree {
        tree if !op.facts.may_trap => (result, tree.to_token_stream()),
        Expr::Try(whole) => (
            quote! { Result<#result, Trap> },
            whole.expr.to_token_stream(),
        ),
        tree => (quote! { Result<#result, Trap> }, quote! { Ok(#tree) }),
    };
    quote! {
        #[doc = #doc]
        #[inline(always)]
        pub(crate) fn #name #generics (#(#parameters),*) -> #result {
            #body
        }
    }
}

/// The same in one line, with the cell as its author wrote it and the place where it stands.
fn of_overlay(op: &Op) -> String {
    let cell = op.expression().map(|it| it.text.as_str());
    let cell = cell.unwrap_or_default().replace('\n', " ");
    let generics = if touches_memory(op) {
        "<M: Access>"
    } else {
        ""
    };
    let parameters = op.parameters().into_iter();
    let parameters: Vec<String> = parameters
        .map(|(name, rust)| format!("{name}: {rust}"))
        .collect();
    let (result, body) = match op.facts.may_trap {
        true => (
            format!("Result<{}, Trap>", result(op)),
            format!("Ok({cell})"),
        ),
        false => (result(op).to_string(), cell),
    };
    let file = &op.cell("do").file;
    let file = file.rsplit('/').next().unwrap_or(file);
    format!(
        "/// `{key}`\n#[rustfmt::skip]\n#[inline(always)]\n\
         pub(crate) fn {name}{generics}({parameters}) -> {result} {{ {body} }} \
         // `do` of `{key}` in {file}\n",
        key = op.key,
        name = op.function,
        parameters = parameters.join(", "),
    )
}

fn touches_memory(op: &Op) -> bool {
    op.facts.loads || op.facts.stores
}

fn result(op: &Op) -> &'static str {
    op.results()
        .first()
        .map_or("()", |item| item.rust().unwrap_or("Ref"))
}
