//! What a module asks for and does not get here: proposals, and imports.
//!
//! A validator stops at the first thing that it does not admit, and one at a time makes a long
//! search. Here a gate admits everything and remembers what it was asked: first the validator reads
//! all but the bodies through it, then each instruction is read on its own. Instructions of proposals
//! that the tables have no rows for cannot be decoded, only named; `wasmparser` says where they end.

use std::cell::Cell;

use tabwasm::Config;
use tabwasm::profile::Gate;
use tabwasm::read::Reader;
use tabwasm::reject::{Detail, Reject};
use tabwasm::spec::{Limits, Proposal, Proposals};
use tabwasm::validate::{Heap, standard};
use tabwasm::view::{FunctionBody, ModuleView};
#[cfg(feature = "std")]
use tabwasm::{Engine, Linker, Store};
use wasmparser::BinaryReader;

/// The proposals that a module needs and that an engine of the default configuration does not
/// have, in the order of the table.
pub fn proposals(module: ModuleView<'_>) -> Vec<&'static str> {
    let asked = Asked::default();
    asked.remember(standard(module.bytes(), &asked, Heap));
    for body in module.bodies().flatten() {
        asked.body(module.bytes(), body);
    }
    let admitted = Config::new().proposals();
    let lacking = asked.0.get().iter();
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

/// Admits everything, and remembers what it was asked to admit.
struct Asked(Cell<Proposals>);

impl Default for Asked {
    fn default() -> Self {
        Self(Cell::new(Proposals::EMPTY))
    }
}

impl Gate for Asked {
    const KNOWN: Option<Proposals> = None;

    fn has(&self, _: Proposal) -> bool {
        true
    }

    fn limits(&self) -> &Limits {
        &Limits::MAX
    }

    fn admit<T>(&self, proposal: Proposal, _: usize, value: T) -> Result<T, Reject> {
        self.0.set(self.0.get().with(proposal));
        Ok(value)
    }
}

impl Asked {
    /// What the decoder cannot read is a proposal's, too.
    fn remember<T>(&self, result: Result<T, Reject>) {
        if let Err(reject) = result
            && let Detail::Proposal(proposal) = reject.detail()
        {
            self.0.set(self.0.get().with(proposal));
        }
    }

    fn body(&self, module: &[u8], body: FunctionBody<'_>) {
        body.locals_admitted(self)
            .for_each(|local| self.remember(local));
        let range = body.span().range();
        let Some(bytes) = module.get(range.clone()) else {
            return;
        };
        let reader = BinaryReader::new(bytes, range.start as u64);
        let Ok(mut operators) = wasmparser::FunctionBody::new(reader).get_operators_reader() else {
            return;
        };
        while !operators.eof() {
            let at = operators.original_position() as usize;
            self.remember(Reader::range(module, at..range.end).instruction(self));
            if operators.read().is_err() {
                return;
            }
        }
    }
}
