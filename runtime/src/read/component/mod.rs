//! Reading the productions of the component format.
//!
//! The generated decoders say what consists of what; here are the parts that are no rows. One
//! decoder serves everybody: views read with [`DecodeRules`] that accept everything, the levels of
//! validation with rules that know the index spaces. Standard: Component Model, `Binary.md`.

mod declarators;
mod list;
mod name;
mod part;
pub(crate) mod reserved;

pub(crate) use declarators::Scope;
pub use declarators::{Declarators, DeclaratorsIter, ModuleDeclaratorsIter};
pub(crate) use list::list;
pub use list::{List, ListIter};
pub use name::is_label;
pub use part::{
    CanonValue, CoreExternType, CoreGroup, CoreImport, CoreItem, CoreSort, CoreValType, Item,
    Label, Options, ValType, ValueLayout,
};

pub(crate) use crate::generated::woven::component::{
    canon::*, names::*, section::ComponentSectionId, sort::*, types::*,
};
use crate::profile::{Everything, Gate};
use crate::read::Reader;
use crate::reject::Reject;

/// Says whether what is read is allowed; by default everything is that the gate admits.
pub(crate) trait DecodeRules: Gate {
    /// An index of a sort.
    fn index(&self, at: usize, sort: Sort, index: u32) -> Result<(), Reject> {
        let _ = (at, sort, index);
        Ok(())
    }

    /// An alias.
    fn alias<'a>(&self, at: usize, alias: Alias<'a>) -> Result<Alias<'a>, Reject> {
        let _ = at;
        Ok(alias)
    }

    /// An alias within a type of modules.
    fn core_alias(&self, at: usize, alias: CoreAlias) -> Result<CoreAlias, Reject> {
        let _ = at;
        Ok(alias)
    }

    /// The type of an import or export of a core module.
    fn core_type(&self, at: usize, ty: &CoreExternType) -> Result<(), Reject> {
        let _ = (at, ty);
        Ok(())
    }

    /// A label.
    fn label(&self, at: usize, label: &str) -> Result<(), Reject> {
        let _ = (at, label);
        Ok(())
    }

    /// A name of an import or export.
    fn extern_name<'a>(&self, at: usize, name: ExternName<'a>) -> Result<ExternName<'a>, Reject> {
        let _ = at;
        Ok(name)
    }

    /// The options of a canonical definition.
    fn options(&self, at: usize, options: &Options<'_>) -> Result<(), Reject> {
        let _ = (at, options);
        Ok(())
    }
}

impl DecodeRules for Everything {}

/// What can be read.
pub(crate) trait Decode<'a>: Copy {
    /// Reads one.
    fn decode(r: &mut Reader<'a>, rules: &impl DecodeRules) -> Result<Self, Reject>;
}

/// Reads what is expected.
pub(crate) fn read<'a, T: Decode<'a>>(
    r: &mut Reader<'a>,
    rules: &impl DecodeRules,
) -> Result<T, Reject> {
    T::decode(r, rules)
}

/// An index of a sort.
pub(crate) fn index(
    r: &mut Reader<'_>,
    rules: &impl DecodeRules,
    sort: Sort,
) -> Result<u32, Reject> {
    let at = r.position();
    let index = r.u32()?;
    rules.index(at, sort, index)?;
    Ok(index)
}
