//! What a module asks for and does not get here: proposals, and imports.
//!
//! A validator stops at the first thing that it does not admit, and one at a time makes a long
//! search. Here a gate admits everything and remembers what it was asked: first the validator reads
//! all but the bodies through it, then each instruction is read on its own.

use tabwasm::Config;
use tabwasm::reject::{Detail, Reject};
use tabwasm::spec::Proposal;
use tabwasm::validate::{Heap, standard};
use tabwasm::view::ModuleView;
#[cfg(feature = "std")]
use tabwasm::{Engine, Linker, Store};

use crate::asked::Asked;

/// The proposals that a module needs and that an engine of the default configuration does not
/// have, in the order of the table.
pub fn proposals(module: ModuleView<'_>) -> Vec<&'static str> {
    let asked = Asked::default();
    // Other errors are not the question here.
    let _ = asked.remember(standard(module.bytes(), &asked, Heap));
    for body in module.bodies().flatten() {
        let _ = asked.remember(asked.body(module.bytes(), body));
    }
    let admitted = Config::new().proposals();
    let lacking = asked.take().iter();
    lacking
        .filter(|proposal| !admitted.contains(*proposal))
        .map(Proposal::name)
        .collect()
}

/// The same, of a module that was refused for lack of one; of other modules none.
pub fn of(bytes: &[u8], reject: &Reject) -> Vec<&'static str> {
    match (reject.detail(), ModuleView::new(bytes)) {
        (Detail::Proposal(_), Ok(module)) => proposals(module),
        _ => Vec::new(),
    }
}

/// The imports, with both names, that `tabwasm run` gives to no module.
#[cfg(feature = "std")]
pub fn imports<'a>(module: ModuleView<'a>) -> Vec<(&'a str, &'a str)> {
    let engine = Engine::default();
    let Ok(linker) = given(&engine) else {
        return Vec::new();
    };
    let mut store = Store::new(&engine, tabwasm_wasi::WasiCtxBuilder::new().build());
    let named = module.imports().flatten();
    named
        .map(|import| (import.module, import.name))
        .filter(|(module, name)| linker.get(&mut store, module, name).is_none())
        .collect()
}

#[cfg(feature = "std")]
fn given(engine: &Engine) -> tabwasm::Result<Linker<tabwasm_wasi::WasiCtx>> {
    let mut linker = Linker::new(engine);
    tabwasm_wasi::add_to_linker(&mut linker, |wasi| wasi)?;
    tabwasm_wasi::preview0::add_to_linker(&mut linker, |wasi| wasi)?;
    Ok(linker)
}

/// The imports that are given to no module: without WASI, all.
#[cfg(not(feature = "std"))]
pub fn imports<'a>(module: ModuleView<'a>) -> Vec<(&'a str, &'a str)> {
    let named = module.imports().flatten();
    named.map(|import| (import.module, import.name)).collect()
}
