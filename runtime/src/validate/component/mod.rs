//! Levels of validation for components.
//!
//! One pass over the bytes with the decoder of the views, whose rules know what is defined so far.
//! The binary is the only copy of what it says: kept are thirteen counters for each scope, in
//! memory of the caller. Components and types nest in these scopes, never in calls. Rules: the
//! table `component` of `spec/levels.toml`.
#![forbid(unsafe_code)]

mod name;
mod rules;
mod scope;

pub use scope::Scope;

use rules::Scoped;
use scope::{ScopeKind, Scopes};

use crate::profile::Gate;
use crate::read::Reader;
use crate::read::component::{
    self, Alias, Canon, ComponentSectionId, CoreDefinition, CoreInstanceExpression, Declarator,
    Decode, DefinedType, Export, Import, InstanceExpression, ModuleDeclarator, Sort, Start,
    ValueDefinition,
};
use crate::reject::{Reject, Verdict};
use crate::spec::{ErrorCode, Level, Limit};
use crate::view::{preamble, section};

/// Says whether these bytes pass a level of validation as a component.
///
/// The number of `scopes` bounds how deep components and types may nest. Core modules are given to
/// `modules`, which validates them at any level.
///
/// ```
/// use tabwasm::profile::{Features, NoAlloc};
/// use tabwasm::reject::Verdict;
/// use tabwasm::spec::Level;
/// use tabwasm::validate::{Scope, basic, validate_component_at};
///
/// // (component (alias export 0 "f" (func)))
/// let lacking = b"\0asm\x0d\0\x01\0\x06\x06\x01\x01\0\0\x01f";
/// let gate = Features::of::<NoAlloc>().with_components();
/// let mut scopes = [Scope::default(); 4];
/// let mut at = |level| {
///     validate_component_at(level, lacking, &gate, &mut scopes, |module| basic(module, &gate))
/// };
/// assert_eq!(at(Level::Basic), Verdict::Valid);
/// assert!(matches!(at(Level::Standard), Verdict::Invalid { .. }));
/// ```
pub fn validate_component_at<'a>(
    level: Level,
    bytes: &'a [u8],
    gate: &impl Gate,
    scopes: &mut [Scope],
    modules: impl FnMut(&'a [u8]) -> Result<(), Reject>,
) -> Verdict {
    check_component_at(level, bytes, gate, scopes, modules).into()
}

/// The same, with the whole reason.
///
/// # Errors
/// The first rule that is broken; [`Level::Full`] is not supported for components.
pub fn check_component_at<'a>(
    level: Level,
    bytes: &'a [u8],
    gate: &impl Gate,
    scopes: &mut [Scope],
    modules: impl FnMut(&'a [u8]) -> Result<(), Reject>,
) -> Result<(), Reject> {
    if level == Level::Full {
        return Err(Reject::new(ErrorCode::Level, 0));
    }
    let size = bytes.len() as u64;
    if size > gate.limits().module_size {
        return Err(Reject::limit(Limit::ModuleSize, size, 0));
    }
    let mut pass = Pass {
        bytes,
        gate,
        level,
        scopes: Scopes::new(scopes, gate.limits().component_nesting),
        modules,
    };
    pass.component()
}

/// The pass over one component and all that is in it.
struct Pass<'a, 'g, 's, G, M> {
    bytes: &'a [u8],
    gate: &'g G,
    level: Level,
    scopes: Scopes<'s>,
    modules: M,
}

impl<'a, G: Gate, M: FnMut(&'a [u8]) -> Result<(), Reject>> Pass<'a, '_, '_, G, M> {
    fn component(&mut self) -> Result<(), Reject> {
        let mut reader = Reader::new(self.bytes);
        self.open(&mut reader)?;
        while let Some(end) = self.scopes.end() {
            if reader.position() < end {
                self.section(&mut reader)?;
            } else {
                self.scopes.pop();
                reader = Reader::range(self.bytes, end..self.scopes.end().unwrap_or(end));
                self.define(Sort::Component, 1, end)?;
            }
        }
        Ok(())
    }

    /// Enters the component that a reader stands before.
    fn open(&mut self, r: &mut Reader<'a>) -> Result<(), Reject> {
        let at = r.position();
        preamble(r)?;
        self.scopes.push(ScopeKind::Component { end: r.end() }, at)
    }

    fn section(&mut self, r: &mut Reader<'a>) -> Result<(), Reject> {
        use ComponentSectionId as Id;
        let at = r.position();
        let section = section(r)?;
        if let Some(proposal) = section.id.proposal() {
            self.gate.admit(proposal, at, ())?;
        }
        let mut body = section.reader();
        match section.id {
            Id::Custom => return body.name(self.gate).map(drop),
            Id::CoreModule => return self.module(body),
            Id::Component => {
                *r = body;
                return self.open(r);
            }
            Id::Start => self.start(&mut body)?,
            Id::CoreInstance => self.each::<CoreInstanceExpression<'_>>(&mut body)?,
            Id::CoreType => self.each::<CoreDefinition<'_>>(&mut body)?,
            Id::Instance => self.each::<InstanceExpression<'_>>(&mut body)?,
            Id::Alias => self.each::<Alias<'_>>(&mut body)?,
            Id::Type => self.each::<DefinedType<'_>>(&mut body)?,
            Id::Canon => self.each::<Canon<'_>>(&mut body)?,
            Id::Import => self.each::<Import<'_>>(&mut body)?,
            Id::Export => self.each::<Export<'_>>(&mut body)?,
            Id::Value => self.each::<ValueDefinition<'_>>(&mut body)?,
        }
        body.complete()
    }

    /// A core module; what is wrong with it is told with the offset in the component.
    fn module(&mut self, body: Reader<'a>) -> Result<(), Reject> {
        let at = body.position();
        (self.modules)(body.rest()).map_err(|mut reject| {
            reject.offset = reject.offset.saturating_add(at);
            reject
        })?;
        self.define(Sort::CoreModule, 1, at)
    }

    fn start(&mut self, r: &mut Reader<'a>) -> Result<(), Reject> {
        let at = r.position();
        let start: Start<'a> = self.read(r)?;
        self.define(Sort::Value, start.results, at)
    }

    /// The entries of a section.
    fn each<T: Entry<'a>>(&mut self, r: &mut Reader<'a>) -> Result<(), Reject> {
        for _ in 0..r.u32()? {
            let at = r.position();
            let entry: T = self.read(r)?;
            match entry.scope() {
                Some(kind) => self.scope(kind, r, at)?,
                None => {
                    entry.permitted(&self.scopes, self.level, at)?;
                    let (sort, count) = entry.defines();
                    self.define(sort, count, at)?;
                }
            }
        }
        Ok(())
    }

    /// A type with scopes: its declarators, and those of the types among them.
    fn scope(&mut self, kind: ScopeKind, r: &mut Reader<'a>, at: usize) -> Result<(), Reject> {
        let outside = self.scopes.depth();
        self.scopes.push(kind, at)?;
        while self.scopes.depth() > outside {
            let at = r.position();
            let entry = match self.scopes.take() {
                None => {
                    let sort = self.scopes.pop();
                    self.define(sort, 1, at)?;
                    continue;
                }
                Some(ScopeKind::Module { .. }) => {
                    let declarator: ModuleDeclarator<'a> = self.read(r)?;
                    Declared::of_module(&declarator, at)?
                }
                Some(kind) => {
                    let declarator: Declarator<'a> = self.read(r)?;
                    Declared::of_type(&declarator, kind, &self.scopes, self.level, at)?
                }
            };
            match entry {
                Declared::Scope(kind) => self.scopes.push(kind, at)?,
                Declared::Some(sort, count) => self.define(sort, count, at)?,
                Declared::Nothing => {}
            }
        }
        Ok(())
    }

    /// Reads what is there and asks what this level asks.
    fn read<T: Decode<'a>>(&self, r: &mut Reader<'a>) -> Result<T, Reject> {
        let rules = Scoped {
            gate: self.gate,
            level: self.level,
            scopes: self.scopes.entered(),
        };
        component::read(r, &rules)
    }

    /// There are this many more of a sort.
    fn define(&mut self, sort: Sort, count: u32, at: usize) -> Result<(), Reject> {
        self.scopes.define(sort, count, self.gate.limits(), at)
    }
}

/// What a declarator adds to its scope.
enum Declared {
    /// Some of a sort.
    Some(Sort, u32),
    /// A type with declarators of its own, which come next.
    Scope(ScopeKind),
    /// Nothing.
    Nothing,
}

impl Declared {
    fn of_module(declarator: &ModuleDeclarator<'_>, at: usize) -> Result<Self, Reject> {
        Ok(match declarator {
            ModuleDeclarator::Type { ty } => match ty.scope() {
                // Types of modules do not nest.
                Some(_) => return Err(Reject::new(ErrorCode::MalformedDeclarator, at)),
                None => Self::of(ty),
            },
            ModuleDeclarator::Alias { .. } => Self::Some(Sort::CoreType, 1),
            ModuleDeclarator::Import { .. } | ModuleDeclarator::Export { .. } => Self::Nothing,
        })
    }

    fn of_type(
        declarator: &Declarator<'_>,
        kind: ScopeKind,
        scopes: &Scopes<'_>,
        level: Level,
        at: usize,
    ) -> Result<Self, Reject> {
        Ok(match declarator {
            Declarator::CoreType { ty } => Self::of(ty),
            Declarator::Type { ty } => {
                Entry::permitted(ty, scopes, level, at)?;
                Self::of(ty)
            }
            Declarator::Alias { alias } => Self::of(alias),
            Declarator::Import { .. } if matches!(kind, ScopeKind::Instance { .. }) => {
                return Err(Reject::new(ErrorCode::MalformedDeclarator, at));
            }
            Declarator::Import { import } => Self::of(import),
            Declarator::Export { ty, .. } => Self::Some(ty.defines(), 1),
        })
    }

    fn of<'a>(entry: &impl Entry<'a>) -> Self {
        match entry.scope() {
            Some(kind) => Self::Scope(kind),
            None => {
                let (sort, count) = entry.defines();
                Self::Some(sort, count)
            }
        }
    }
}

/// What sections and declarators define.
trait Entry<'a>: Decode<'a> {
    /// How many of which sort there are more of.
    fn defines(&self) -> (Sort, u32);

    /// The scope that follows.
    fn scope(&self) -> Option<ScopeKind> {
        None
    }

    /// Whether it may stand in this scope.
    fn permitted(&self, scopes: &Scopes<'_>, level: Level, at: usize) -> Result<(), Reject> {
        let _ = (scopes, level, at);
        Ok(())
    }
}

macro_rules! entries {
    ($($ty:ty: $entry:ident => $defines:expr;)*) => {$(
        impl<'a> Entry<'a> for $ty {
            fn defines(&self) -> (Sort, u32) {
                let $entry = self;
                ($defines, 1)
            }
        }
    )*};
}

entries! {
    CoreInstanceExpression<'a>: _entry => Sort::CoreInstance;
    InstanceExpression<'a>: _entry => Sort::Instance;
    Alias<'a>: alias => alias.sort;
    Canon<'a>: canon => canon.defines();
    Import<'a>: import => import.ty.defines();
    Export<'a>: export => export.item.sort;
    ValueDefinition<'a>: _entry => Sort::Value;
}

impl<'a> Entry<'a> for CoreDefinition<'a> {
    fn defines(&self) -> (Sort, u32) {
        let count = match self {
            Self::Group { group } | Self::Sub { group } => group.len() as u32,
            Self::Module { .. } => 1,
        };
        (Sort::CoreType, count)
    }

    fn scope(&self) -> Option<ScopeKind> {
        CoreDefinition::scope(self).map(ScopeKind::of)
    }
}

impl<'a> Entry<'a> for DefinedType<'a> {
    fn defines(&self) -> (Sort, u32) {
        (Sort::Type, 1)
    }

    fn scope(&self) -> Option<ScopeKind> {
        DefinedType::scope(self).map(ScopeKind::of)
    }

    fn permitted(&self, scopes: &Scopes<'_>, level: Level, at: usize) -> Result<(), Reject> {
        let resource = matches!(self, Self::Resource { .. });
        if resource && level >= Level::Standard && scopes.end().is_none() {
            return Err(Reject::new(ErrorCode::ResourceInType, at));
        }
        Ok(())
    }
}
