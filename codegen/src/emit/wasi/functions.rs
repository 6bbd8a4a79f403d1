//! `wasi/functions.rs`: a line for each function that guests import.
//!
//! The line has the core signature that follows from the row, and the call that answers: what the cell `do`
//! says, or the method of `WasiCtx` with the row's name, so that a method which is not there, or
//! takes something else, does not compile. The macro around the lines stands in
//! `runtime/wasi/src/preview1.rs`.

use super::TABLE;
use crate::emit::Source;
use crate::model::Model;
use crate::model::wasi::Function;
use crate::names;
use std::iter;

/// Columns of a line; rustfmt leaves macros alone.
const WIDTH: usize = 100;

/// The file.
pub(super) fn emit(model: &Model) -> Source {
    let mut source = Source::new(TABLE, "Functions of WASI preview 1, and what answers each.");
    source.line("use crate::preview1::functions;\n");
    source.line("functions! {");
    let functions = model.wasi.functions.iter();
    let (answering, ending): (Vec<&Function>, _) =
        functions.partition(|function| function.results.is_some());
    for function in answering {
        source.line(&line(model, function));
    }
    for function in ending {
        source.line(&line(model, function));
    }
    source.line("}");
    source
}

fn line(model: &Model, function: &Function) -> String {
    let core = model.wasi.core(function);
    let core: Vec<(String, &str)> = core
        .iter()
        .map(|(name, core)| (names::function(name), core.rust()))
        .collect();
    // What the answer does not name begins with an underscore, as rustc asks for.
    let named = |name: &str| match &function.answer {
        Some(answer) if !answer.names.iter().any(|used| used == name) => format!("_{name}"),
        _ => name.to_string(),
    };
    let params: Vec<String> = core
        .iter()
        .map(|(name, ty)| format!("{}: {ty}", named(name)))
        .collect();
    let params = params.join(", ");
    let method = names::function(&function.key);
    let call = match &function.answer {
        Some(answer) => answer.expression.text.clone(),
        None => call(function, &method, &core),
    };
    let line = match function.results {
        Some(_) => {
            let (ctx, guest) = (named("ctx"), named("guest"));
            format!("    {method}({params}) => |{ctx}, {guest}| {call};")
        }
        None => format!("    !{method}({params}) => {call};"),
    };
    match line.len() <= WIDTH {
        true => line,
        false => line.replacen(" =>", "\n        =>", 1),
    }
}

/// The call of the method with the row's name; without a guest that it could return to, it is a
/// function.
fn call(function: &Function, method: &str, core: &[(String, &str)]) -> String {
    let arguments = core.iter().map(|(name, _)| name.as_str());
    if function.results.is_none() {
        let arguments: Vec<&str> = arguments.collect();
        return format!("crate::ctx::WasiCtx::{method}({})", arguments.join(", "));
    }
    let arguments: Vec<&str> = iter::once("guest").chain(arguments).collect();
    format!("ctx.{method}({})", arguments.join(", "))
}
