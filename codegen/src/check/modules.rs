//! Modules with functions that rows name: of the runtime, or beside an overlay.

use super::Context;
use crate::diag::Diagnostic;
use crate::model::{Op, Origin, Plot, beside};

/// A module of an overlay may not have the name of another one.
pub(super) fn check(context: &mut Context<'_>) {
    let own = context.model.overlays.modules(context.tree);
    for (place, module) in own.iter().enumerate() {
        let of_runtime = of_runtime(module.plot, &module.name);
        let mut before = own[..place].iter();
        let twin = before.find(|other| other.name == module.name && other.plot == module.plot);
        let taken = match twin {
            Some(twin) => twin.file.clone(),
            None if context.tree.get(&of_runtime).is_some() => of_runtime,
            None => continue,
        };
        let message = format!("there are two modules `{}`", module.name);
        let error = Diagnostic::error(message).at(&start_of(&module.file), "this one");
        let error = error.with(&start_of(&taken), "and this one");
        context.report.push(error.help("rename the file"));
    }
}

/// The file of a module that a row names. If there is none, where it would have to be.
pub(super) fn file(context: &Context<'_>, op: &Op, plot: Plot, module: &str) -> String {
    let of_runtime = of_runtime(plot, module);
    if context.tree.get(&of_runtime).is_some() {
        return of_runtime;
    }
    let own = context.model.overlays.modules(context.tree);
    let own = own.into_iter();
    let mut own = own.filter(|own| own.plot == plot && own.name == module);
    let overlay = &op.origin.file;
    match own.next() {
        Some(own) => own.file,
        None if context.model.overlays.rank(overlay) > 0 => {
            beside(overlay, &format!("{}/{module}.rs", plot.beside))
        }
        None => of_runtime,
    }
}

fn of_runtime(plot: Plot, module: &str) -> String {
    format!("runtime/src/{}/{module}.rs", plot.within)
}

fn start_of(file: &str) -> Origin {
    Origin {
        file: file.to_string(),
        ..Origin::default()
    }
}
