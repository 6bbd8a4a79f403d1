//! Imports that nobody gives: `--unknown-imports` and `--stub`.
//!
//! A program built for another host often runs without what it imports from there, as long as that
//! is not called or its answer does not matter. Definitions are added to the linker before the
//! module is instantiated; what is defined already, as WASI, stays as it is. The two ways are those
//! of wasmtime's `-W unknown-imports-trap` and `-W unknown-imports-default`.

use clap::{Args, ValueEnum};
use tabwasm::component::{self, Component};
use tabwasm::{
    AsContextMut, Caller, ExternType, Global, ImportType, Linker, Memory, Module, Ref, Result,
    Store, Table, Val,
};

/// What to do with imports that are not defined.
#[derive(Args, Debug)]
pub struct Imports {
    /// What becomes of imports that are not defined: `--unknown-imports trap`.
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = Unknown::Error)]
    unknown_imports: Unknown,
    /// The same as `--unknown-imports default`, but of the imports of this module's name only:
    /// `--stub env`.
    #[arg(long, value_name = "MODULE")]
    stub: Vec<String>,
}

/// What an import that is not defined becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Unknown {
    /// An error before anything runs.
    Error,
    /// A function that traps when it is called; what is no function is an error. For components, too.
    Trap,
    /// A function that does nothing and returns zeros and nulls; memories, tables and globals of them.
    Default,
}

impl Imports {
    /// Defines them.
    ///
    /// # Errors
    /// If the store has no room for them.
    pub fn define<T>(
        &self,
        linker: &mut Linker<T>,
        store: &mut Store<T>,
        module: &Module,
    ) -> Result<()> {
        for import in module.imports() {
            let stubbed = self.stub.iter().any(|name| name == import.module());
            let defaults = stubbed || self.unknown_imports == Unknown::Default;
            if defaults && linker.get_by_import(&mut *store, &import).is_none() {
                define_default(linker, store, &import)?;
            }
        }
        match self.unknown_imports {
            Unknown::Trap => linker.define_unknown_imports_as_traps(module),
            Unknown::Error | Unknown::Default => Ok(()),
        }
    }
}

impl Imports {
    /// Whether they become traps.
    pub(crate) fn are_traps(&self) -> bool {
        self.unknown_imports == Unknown::Trap
    }

    /// Defines those of a component.
    ///
    /// # Errors
    /// If a name is taken; and a message, if something is asked for that components do not have.
    pub(crate) fn define_in_component<T: 'static>(
        &self,
        linker: &mut component::Linker<T>,
        component: &Component,
    ) -> Result<Result<(), &'static str>> {
        match (self.unknown_imports, &self.stub[..]) {
            (Unknown::Error, []) => Ok(Ok(())),
            (Unknown::Trap, []) => linker.define_unknown_imports_as_traps(component).map(Ok),
            _ => Ok(Err(
                "of a component, imports that are not defined can be traps only: \
                 `--unknown-imports trap`",
            )),
        }
    }
}

/// Defines an import as what has nothing in it. Where a type has no such value, it stays undefined.
fn define_default<T>(
    linker: &mut Linker<T>,
    store: &mut Store<T>,
    import: &ImportType<'_>,
) -> Result<()> {
    let (module, name) = (import.module(), import.name());
    match import.ty() {
        ExternType::Func(ty) => {
            let values = ty.results().map(|ty| Val::default_for_ty(&ty));
            let Some(values) = values.collect::<Option<Vec<_>>>() else {
                return Ok(());
            };
            let zeros = move |_: Caller<'_, T>, _: &[Val], results: &mut [Val]| {
                results.clone_from_slice(&values);
                Ok(())
            };
            linker.func_new(module, name, ty, zeros)?;
        }
        ExternType::Global(ty) => {
            if let Some(value) = Val::default_for_ty(ty.content()) {
                let global = Global::new(store.as_context_mut(), ty, value)?;
                linker.define(&*store, module, name, global)?;
            }
        }
        ExternType::Table(ty) => {
            if let Some(null) = Ref::null(ty.element()) {
                let table = Table::new(store.as_context_mut(), ty, null)?;
                linker.define(&*store, module, name, table)?;
            }
        }
        ExternType::Memory(ty) => {
            let memory = Memory::new(store.as_context_mut(), ty)?;
            linker.define(&*store, module, name, memory)?;
        }
        _ => {}
    }
    Ok(())
}
