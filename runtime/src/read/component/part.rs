//! Parts of productions that are no rows: numbers, names, value types, items, core types.
//!
//! A row of `spec/component/` names its parts by type, and the generated code calls [`Decode`] of
//! each. The types here have a rule that a table cannot say, such as a value type, which is a code
//! if negative and an index otherwise. Standard: Component Model, `Binary.md`.

use core::fmt;
use core::num::NonZeroU32;

use super::{Decode, DecodeRules, List, index, list, read};
use crate::generated::woven::component::layout::FlatType;
use crate::read::component::{CanonOption, Primitive, Sort, TypeIdx};
use crate::read::{CoreTypes, Reader, malformed};
use crate::reject::Reject;
use crate::spec::{ErrorCode, Limit};

/// A value type of core WebAssembly.
pub type CoreValType = crate::types::ValType;
/// An import of core WebAssembly.
pub type CoreImport<'a> = crate::read::Import<'a>;
/// The type of an import or export of core WebAssembly.
pub type CoreExternType = crate::read::ImportType;
/// Types of core WebAssembly that are defined together.
pub type CoreGroup<'a> = CoreTypes<'a>;
/// Options of a canonical definition.
pub type Options<'a> = List<'a, CanonOption>;

/// A value type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValType {
    /// One that needs no definition.
    Primitive(Primitive),
    /// A defined one.
    Type(TypeIdx),
}

/// The type of what a built-in core function takes or gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CanonValue {
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// That of addresses of the memory that the options name.
    Address,
    /// That by which a resource is represented.
    Representation,
    /// That of what a task keeps.
    Context,
    /// That of indices of the table.
    Index,
    /// That of what a thread starts with.
    Start,
}

/// A layout that does not follow from others: a row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueLayout {
    /// The same for both address types.
    Scalar {
        /// Bytes.
        size: u32,
        /// A multiple of this is the address.
        align: u32,
        /// The core type.
        flat: FlatType,
    },
    /// This many addresses or lengths.
    Words(u32),
}

/// A label: words with hyphens between them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label<'a>(pub &'a str);

/// Something in an index space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Item {
    /// Its sort.
    pub sort: Sort,
    /// Its index among those of the sort.
    pub index: u32,
}

/// Something of core WebAssembly in an index space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CoreItem(pub Item);

/// A sort of core WebAssembly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CoreSort(pub Sort);

impl fmt::Debug for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

impl<'a> Decode<'a> for ValType {
    fn decode(r: &mut Reader<'a>, rules: &impl DecodeRules) -> Result<Self, Reject> {
        let mut ahead = *r;
        // Codes are negative numbers, indices are not.
        match u32::try_from(ahead.i33()?) {
            Ok(_) => index(r, rules, Sort::Type).map(|index| Self::Type(TypeIdx(index))),
            Err(_) => read(r, rules).map(Self::Primitive),
        }
    }
}

impl<'a> Decode<'a> for Label<'a> {
    fn decode(r: &mut Reader<'a>, rules: &impl DecodeRules) -> Result<Self, Reject> {
        let at = r.position();
        let label = r.name(rules)?;
        rules.label(at, label)?;
        Ok(Self(label))
    }
}

impl<'a> Decode<'a> for Item {
    fn decode(r: &mut Reader<'a>, rules: &impl DecodeRules) -> Result<Self, Reject> {
        let sort = read(r, rules)?;
        let index = index(r, rules, sort)?;
        Ok(Self { sort, index })
    }
}

impl<'a> Decode<'a> for CoreItem {
    fn decode(r: &mut Reader<'a>, rules: &impl DecodeRules) -> Result<Self, Reject> {
        let sort = Sort::core(r)?;
        let index = index(r, rules, sort)?;
        Ok(Self(Item { sort, index }))
    }
}

impl<'a> Decode<'a> for CoreSort {
    fn decode(r: &mut Reader<'a>, _: &impl DecodeRules) -> Result<Self, Reject> {
        Sort::core(r).map(Self)
    }
}

impl<'a> Decode<'a> for Options<'a> {
    fn decode(r: &mut Reader<'a>, rules: &impl DecodeRules) -> Result<Self, Reject> {
        let at = r.position();
        let options = list(r, rules, 0..=u32::MAX, Limit::ComponentOptions)?;
        rules.options(at, &options)?;
        Ok(options)
    }
}

impl<'a, T: Decode<'a>> Decode<'a> for Option<T> {
    fn decode(r: &mut Reader<'a>, rules: &impl DecodeRules) -> Result<Self, Reject> {
        match bool::decode(r, rules)? {
            true => read(r, rules).map(Some),
            false => Ok(None),
        }
    }
}

impl<'a> Decode<'a> for bool {
    fn decode(r: &mut Reader<'a>, _: &impl DecodeRules) -> Result<Self, Reject> {
        let at = r.position();
        match r.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            code => Err(malformed(ErrorCode::MalformedFlag, at, code)),
        }
    }
}

impl<'a> Decode<'a> for u32 {
    fn decode(r: &mut Reader<'a>, _: &impl DecodeRules) -> Result<Self, Reject> {
        r.u32()
    }
}

impl<'a> Decode<'a> for NonZeroU32 {
    fn decode(r: &mut Reader<'a>, _: &impl DecodeRules) -> Result<Self, Reject> {
        let at = r.position();
        Self::new(r.u32()?).ok_or(Reject::new(ErrorCode::TooFewParts, at))
    }
}

impl<'a> Decode<'a> for &'a str {
    fn decode(r: &mut Reader<'a>, rules: &impl DecodeRules) -> Result<Self, Reject> {
        r.name(rules)
    }
}

impl<'a> Decode<'a> for &'a [u8] {
    fn decode(r: &mut Reader<'a>, _: &impl DecodeRules) -> Result<Self, Reject> {
        let length = r.u32()?;
        r.counted(length)
    }
}

impl<'a> Decode<'a> for CoreValType {
    fn decode(r: &mut Reader<'a>, rules: &impl DecodeRules) -> Result<Self, Reject> {
        r.val_type(rules)
    }
}

impl<'a> Decode<'a> for CoreImport<'a> {
    fn decode(r: &mut Reader<'a>, rules: &impl DecodeRules) -> Result<Self, Reject> {
        let at = r.position();
        let import = r.import(rules)?;
        rules.core_type(at, &import.ty)?;
        Ok(import)
    }
}

impl<'a> Decode<'a> for CoreExternType {
    fn decode(r: &mut Reader<'a>, rules: &impl DecodeRules) -> Result<Self, Reject> {
        let at = r.position();
        let ty = r.import_type(rules)?;
        rules.core_type(at, &ty)?;
        Ok(ty)
    }
}

impl<'a> Decode<'a> for CoreGroup<'a> {
    fn decode(r: &mut Reader<'a>, rules: &impl DecodeRules) -> Result<Self, Reject> {
        r.core_types(rules)
    }
}
