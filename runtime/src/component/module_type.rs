//! Types of core modules, and whether a module has such a type.
//!
//! A component that imports a core module says what it may import, and what it exports at least. A
//! module of the host has the type if it imports nothing else, each as what is promised or more
//! generally, and if it exports all of that, each as what is expected or more specifically. Standard:
//! Component Model, `Explainer.md`, "Core Definitions" (`core:moduletype`).

use alloc::boxed::Box;
use alloc::collections::BTreeMap;

use crate::engine::entity_type::EntityType;
use crate::engine::link_error::LinkError;
use crate::error::{Error, Result};
use crate::module::Module;

/// The type of a core module, with the engine's numbers of the types that it names.
#[derive(Default)]
pub(crate) struct ModuleType {
    /// What such a module may import, by both names.
    pub(crate) imports: BTreeMap<(Box<str>, Box<str>), EntityType>,
    /// What it exports.
    pub(crate) exports: BTreeMap<Box<str>, EntityType>,
}

impl ModuleType {
    /// Looks whether a module of the same engine has this type.
    ///
    /// # Errors
    /// If not, with the first import or export that does not match.
    pub(super) fn check(&self, given: &Module) -> Result<()> {
        let engine = given.engine();
        for import in &given.parts().imports {
            let (module, name, wanted) = given.import(import);
            let key = (Box::from(module), Box::from(name));
            let Some(promised) = self.imports.get(&key) else {
                let (module, name) = key;
                let expected = Box::new(wanted.in_engine(engine));
                return Err(LinkError::Unknown {
                    module,
                    name,
                    expected,
                }
                .into());
            };
            if !promised.matches(&wanted, engine) {
                let (module, name) = key;
                return Err(LinkError::Incompatible {
                    module,
                    name,
                    expected: Box::new(wanted.in_engine(engine)),
                    found: Box::new(promised.in_engine(engine)),
                }
                .into());
            }
        }
        for (name, wanted) in &self.exports {
            let expected = wanted.in_engine(engine);
            let Some(export) = given.export(name) else {
                return Err(Error::msg(format_args!(
                    "the module does not export `{name}`: expected {expected}"
                )));
            };
            let found = given.entity_type(export.kind, export.index);
            if !found.matches(wanted, engine) {
                let found = found.in_engine(engine);
                return Err(Error::msg(format_args!(
                    "the module exports `{name}` as another type: expected {expected}, found {found}"
                )));
            }
        }
        Ok(())
    }
}
