//! What the level `standard` asks of a definition while it is read.
//!
//! The decoder asks its rules about each index, alias, label, name and list of options that it
//! meets. These know the open scopes, so that an index that does not exist is rejected where it
//! stands and no definition has to be kept. At the level `basic` the same rules ask less. They are
//! the table `component` of `spec/levels.toml`.

use super::name;
use super::scope::Scoping;
use crate::profile::Gate;
use crate::read::component::{
    Alias, AliasTarget, CoreAlias, CoreAliasTarget, CoreExternType, DecodeRules, ExternName,
    Options, Sort,
};
use crate::reject::{Detail, Reject};
use crate::spec::{ErrorCode, Level, Limits, Proposal, Proposals};

/// A rules that knows the scopes.
pub(super) struct Scoped<'p, G, C> {
    pub(super) gate: &'p G,
    pub(super) level: Level,
    pub(super) scopes: &'p C,
}

impl<G: Gate, C> Gate for Scoped<'_, G, C> {
    const KNOWN: Option<Proposals> = G::KNOWN;

    fn has(&self, proposal: Proposal) -> bool {
        self.gate.has(proposal)
    }

    fn limits(&self) -> &Limits {
        self.gate.limits()
    }
}

impl<G: Gate, C: Scoping> Scoped<'_, G, C> {
    fn is_standard(&self) -> bool {
        self.level >= Level::Standard
    }

    /// Whether a scope, counted from the innermost one, has this index.
    fn exists(&self, at: usize, outwards: u32, sort: Sort, index: u32) -> Result<(), Reject> {
        let Some(count) = self.scopes.count(outwards as usize, sort) else {
            let detail = Detail::OutOf(outwards.into(), self.scopes.depth() as u64);
            return Err(Reject::with(ErrorCode::UnknownScope, at, detail));
        };
        if index < count {
            return Ok(());
        }
        let detail = Detail::OutOf(index.into(), count.into());
        Err(Reject::with(sort.unknown(), at, detail))
    }

    fn outer(&self, at: usize, sort: Sort, count: u32, index: u32) -> Result<(), Reject> {
        if !sort.is_outer() {
            return Err(Reject::new(ErrorCode::AliasSort, at));
        }
        self.exists(at, count, sort, index)
    }
}

impl<G: Gate, C: Scoping> DecodeRules for Scoped<'_, G, C> {
    fn index(&self, at: usize, sort: Sort, index: u32) -> Result<(), Reject> {
        if self.is_standard() {
            self.exists(at, 0, sort, index)
        } else {
            Ok(())
        }
    }

    fn alias<'a>(&self, at: usize, alias: Alias<'a>) -> Result<Alias<'a>, Reject> {
        if self.is_standard() {
            let sort = alias.sort;
            let permitted = match alias.target {
                AliasTarget::Export { .. } => !sort.is_core() || sort == Sort::CoreModule,
                AliasTarget::CoreExport { .. } => sort.is_core() && !sort.is_outer(),
                AliasTarget::Outer { count, index } => {
                    self.outer(at, sort, count, index)?;
                    true
                }
            };
            if !permitted {
                return Err(Reject::new(ErrorCode::AliasSort, at));
            }
        }
        Ok(alias)
    }

    fn core_alias(&self, at: usize, alias: CoreAlias) -> Result<CoreAlias, Reject> {
        let CoreAliasTarget::Outer { count, index } = alias.target;
        if self.is_standard() {
            self.outer(at, alias.sort.0, count, index)?;
        }
        Ok(alias)
    }

    fn core_type(&self, at: usize, ty: &CoreExternType) -> Result<(), Reject> {
        match ty {
            CoreExternType::Func(ty) => self.index(at, Sort::CoreType, ty.0),
            CoreExternType::Tag(ty) => self.index(at, Sort::CoreType, ty.func.0),
            _ => Ok(()),
        }
    }

    fn label(&self, at: usize, label: &str) -> Result<(), Reject> {
        if self.is_standard() && !name::is_label(label) {
            return Err(Reject::new(ErrorCode::MalformedLabel, at));
        }
        Ok(())
    }

    fn extern_name<'a>(&self, at: usize, name: ExternName<'a>) -> Result<ExternName<'a>, Reject> {
        if self.is_standard() && !name::is_extern_name(name.as_str(), self.gate) {
            return Err(Reject::new(ErrorCode::MalformedName, at));
        }
        Ok(name)
    }

    fn options(&self, at: usize, options: &Options<'_>) -> Result<(), Reject> {
        if !self.is_standard() {
            return Ok(());
        }
        for (place, option) in options.iter().enumerate() {
            let mut before = options.iter().take(place);
            if before.any(|other| other.group() == option.group()) {
                return Err(Reject::new(ErrorCode::DuplicateOption, at));
            }
            if let Some(needed) = option.needs()
                && !options.iter().any(|other| other.group() == needed)
            {
                return Err(Reject::new(ErrorCode::MissingOption, at));
            }
        }
        Ok(())
    }
}
