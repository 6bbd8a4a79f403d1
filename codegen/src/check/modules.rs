//! Modules with functions that rows name: of the runtime, or beside an overlay.
//!
//! An overlay brings its own functions in files beside it, which a vendored runtime gets among its
//! own modules. Two files of one name would take each other's place, so that is an error.

use super::Context;
use crate::diag::Diagnostic;
use crate::model::{HandSite, Op, Origin, beside};

/// A module of an overlay may not have the name of another one.
pub(super) fn check(context: &mut Context<'_>) {
    let own = context.model.overlays.modules(context.tree);
    for (place, module) in own.iter().enumerate() {
        let of_runtime = module.site.of_runtime(&module.name);
        let mut before = own[..place].iter();
        let twin = before.find(|other| other.name == module.name && other.site == module.site);
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
pub(super) fn file(context: &Context<'_>, op: &Op, site: HandSite, module: &str) -> String {
    let overlays = &context.model.overlays;
    let overlay = &op.origin.file;
    match overlays.file(context.tree, site, module) {
        Some(file) => file,
        None if overlays.rank(overlay) > 0 => {
            beside(overlay, &format!("{}/{module}.rs", site.beside))
        }
        None => site.of_runtime(module),
    }
}

fn start_of(file: &str) -> Origin {
    Origin {
        file: file.to_string(),
        ..Origin::default()
    }
}
