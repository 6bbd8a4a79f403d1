//! The pass over the bytes of a component, and of all that is in it.
//!
//! One loop reads sections, entries and declarators, whatever the level; what a level keeps of them
//! is its [`Definitions`]. Components and types nest in scopes, never in calls.

use super::rules::Scoped;
use super::scope::{ScopeKind, Scopes, Scoping};
use crate::profile::Gate;
use crate::read::Reader;
use crate::read::component::{
    self, Alias, Canon, ComponentSectionId, CoreAlias, CoreDefinition, CoreExternType, CoreImport,
    CoreInstanceExpression, Declarator, Decode, DefinedType, Export, ExternName, ExternType,
    Import, InstanceExpression, ModuleDeclarator, Sort, Start, ValueDefinition,
};
use crate::reject::Reject;
use crate::spec::{ErrorCode, Level, Limits};
use crate::view::{preamble, section};

/// What a level keeps of what is defined.
pub(super) trait Definitions<'a>: Scoping {
    /// Opens a scope.
    fn open(&mut self, kind: ScopeKind, at: usize) -> Result<(), Reject>;

    /// Closes the innermost scope, and defines what it is of.
    fn close(&mut self, at: usize) -> Result<(), Reject>;

    /// Defines something in the innermost scope.
    fn take_definition(&mut self, definition: &Defined<'a>, at: usize) -> Result<(), Reject>;
}

/// Something that an entry or a declarator defines, and that is no scope.
pub(super) enum Defined<'a> {
    Module(Reader<'a>),
    CoreInstance(CoreInstanceExpression<'a>),
    CoreType(CoreDefinition<'a>),
    Instance(InstanceExpression<'a>),
    Alias(Alias<'a>),
    Type(DefinedType<'a>),
    Canon(Canon<'a>),
    Start(Start<'a>),
    Import(Import<'a>),
    Export(Export<'a>),
    Value(ValueDefinition<'a>),
    /// An export that a type declares.
    Declared(ExternName<'a>, ExternType),
    CoreAlias(CoreAlias),
    CoreImport(CoreImport<'a>),
    CoreExport(&'a str, CoreExternType),
}

impl Defined<'_> {
    /// How many of which sort there are more of, if any.
    pub(super) fn counts(&self) -> Option<(Sort, u32)> {
        let one = |sort| Some((sort, 1));
        match self {
            Self::Module(_) => one(Sort::CoreModule),
            Self::CoreInstance(_) => one(Sort::CoreInstance),
            Self::CoreType(CoreDefinition::Group { group } | CoreDefinition::Sub { group }) => {
                Some((Sort::CoreType, group.len() as u32))
            }
            Self::CoreType(CoreDefinition::Module { .. }) | Self::CoreAlias(_) => {
                one(Sort::CoreType)
            }
            Self::Instance(_) => one(Sort::Instance),
            Self::Alias(alias) => one(alias.sort),
            Self::Type(_) => one(Sort::Type),
            Self::Canon(canon) => one(canon.defines()),
            Self::Start(start) => Some((Sort::Value, start.results)),
            Self::Import(import) => one(import.ty.defines()),
            Self::Export(export) => one(export.item.sort),
            Self::Value(_) => one(Sort::Value),
            Self::Declared(_, ty) => one(ty.defines()),
            Self::CoreImport(_) | Self::CoreExport(..) => None,
        }
    }

    /// The scope that follows, if it opens one.
    fn scope(&self) -> Option<ScopeKind> {
        match self {
            Self::CoreType(ty) => ty.scope().map(ScopeKind::of),
            Self::Type(ty) => ty.scope().map(ScopeKind::of),
            _ => None,
        }
    }
}

/// The pass over one component and all that is in it.
pub(super) struct Pass<'a, 'g, G, D> {
    bytes: &'a [u8],
    gate: &'g G,
    level: Level,
    definitions: D,
}

impl<'a, 'g, G: Gate, D: Definitions<'a>> Pass<'a, 'g, G, D> {
    pub(super) fn new(bytes: &'a [u8], gate: &'g G, level: Level, definitions: D) -> Self {
        Self {
            bytes,
            gate,
            level,
            definitions,
        }
    }

    /// Reads the component.
    pub(super) fn run(&mut self) -> Result<(), Reject> {
        let mut reader = Reader::new(self.bytes);
        self.open(&mut reader)?;
        while let Some(end) = self.definitions.end() {
            if reader.position() < end {
                self.section(&mut reader)?;
            } else {
                self.definitions.close(end)?;
                reader = Reader::range(self.bytes, end..self.definitions.end().unwrap_or(end));
            }
        }
        Ok(())
    }

    /// Enters the component that a reader stands before.
    fn open(&mut self, r: &mut Reader<'a>) -> Result<(), Reject> {
        let at = r.position();
        preamble(r)?;
        let end = r.end();
        self.definitions.open(ScopeKind::Component { end }, at)
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
            Id::CoreModule => {
                let at = body.position();
                return self.definitions.take_definition(&Defined::Module(body), at);
            }
            Id::Component => {
                *r = body;
                return self.open(r);
            }
            Id::Start => {
                let at = body.position();
                let start = Defined::Start(self.read(&mut body)?);
                self.definitions.take_definition(&start, at)?;
            }
            Id::CoreInstance => self.each(&mut body, Defined::CoreInstance)?,
            Id::CoreType => self.each(&mut body, Defined::CoreType)?,
            Id::Instance => self.each(&mut body, Defined::Instance)?,
            Id::Alias => self.each(&mut body, Defined::Alias)?,
            Id::Type => self.each(&mut body, Defined::Type)?,
            Id::Canon => self.each(&mut body, Defined::Canon)?,
            Id::Import => self.each(&mut body, Defined::Import)?,
            Id::Export => self.each(&mut body, Defined::Export)?,
            Id::Value => self.each(&mut body, Defined::Value)?,
        }
        body.complete()
    }

    /// The entries of a section.
    fn each<T: Decode<'a>>(
        &mut self,
        r: &mut Reader<'a>,
        defined: fn(T) -> Defined<'a>,
    ) -> Result<(), Reject> {
        for _ in 0..r.u32()? {
            let at = r.position();
            let entry = defined(self.read(r)?);
            match entry.scope() {
                Some(kind) => self.scope(kind, r, at)?,
                None => self.definitions.take_definition(&entry, at)?,
            }
        }
        Ok(())
    }

    /// A type with scopes: its declarators, and those of the types among them.
    fn scope(&mut self, kind: ScopeKind, r: &mut Reader<'a>, at: usize) -> Result<(), Reject> {
        let outside = self.definitions.depth();
        self.definitions.open(kind, at)?;
        while self.definitions.depth() > outside {
            let at = r.position();
            let entry = match self.definitions.take() {
                None => {
                    self.definitions.close(at)?;
                    continue;
                }
                Some(ScopeKind::Module { .. }) => of_module(self.read(r)?, at)?,
                Some(kind) => of_type(self.read(r)?, kind, self.level, at)?,
            };
            match entry.scope() {
                Some(kind) => self.definitions.open(kind, at)?,
                None => self.definitions.take_definition(&entry, at)?,
            }
        }
        Ok(())
    }

    /// Reads what is there and asks what this level asks.
    fn read<T: Decode<'a>>(&self, r: &mut Reader<'a>) -> Result<T, Reject> {
        let rules = Scoped {
            gate: self.gate,
            level: self.level,
            scopes: &self.definitions,
        };
        component::read(r, &rules)
    }
}

fn of_module<'a>(declarator: ModuleDeclarator<'a>, at: usize) -> Result<Defined<'a>, Reject> {
    Ok(match declarator {
        // Types of modules do not nest.
        ModuleDeclarator::Type { ty } if ty.scope().is_some() => {
            return Err(Reject::new(ErrorCode::MalformedDeclarator, at));
        }
        ModuleDeclarator::Type { ty } => Defined::CoreType(ty),
        ModuleDeclarator::Alias { alias } => Defined::CoreAlias(alias),
        ModuleDeclarator::Import { import } => Defined::CoreImport(import),
        ModuleDeclarator::Export { name, ty } => Defined::CoreExport(name, ty),
    })
}

fn of_type<'a>(
    declarator: Declarator<'a>,
    kind: ScopeKind,
    level: Level,
    at: usize,
) -> Result<Defined<'a>, Reject> {
    Ok(match declarator {
        Declarator::Import { .. } if matches!(kind, ScopeKind::Instance { .. }) => {
            return Err(Reject::new(ErrorCode::MalformedDeclarator, at));
        }
        // Only components define resources.
        Declarator::Type {
            ty: DefinedType::Resource { .. },
        } if level >= Level::Standard => return Err(Reject::new(ErrorCode::ResourceInType, at)),
        Declarator::CoreType { ty } => Defined::CoreType(ty),
        Declarator::Type { ty } => Defined::Type(ty),
        Declarator::Alias { alias } => Defined::Alias(alias),
        Declarator::Import { import } => Defined::Import(import),
        Declarator::Export { name, ty } => Defined::Declared(name, ty),
    })
}

/// The levels that only count.
pub(super) struct Counted<'s, 'g, M> {
    pub(super) scopes: Scopes<'s>,
    pub(super) limits: &'g Limits,
    pub(super) modules: M,
}

impl<M> Scoping for Counted<'_, '_, M> {
    fn depth(&self) -> usize {
        self.scopes.depth()
    }

    fn kind(&self) -> Option<ScopeKind> {
        self.scopes.kind()
    }

    fn set_kind(&mut self, kind: ScopeKind) {
        self.scopes.set_kind(kind);
    }

    fn count(&self, outwards: usize, sort: Sort) -> Option<u32> {
        self.scopes.count(outwards, sort)
    }
}

impl<'a, M: FnMut(&'a [u8]) -> Result<(), Reject>> Definitions<'a> for Counted<'_, '_, M> {
    fn open(&mut self, kind: ScopeKind, at: usize) -> Result<(), Reject> {
        self.scopes.push(kind, at)
    }

    fn close(&mut self, at: usize) -> Result<(), Reject> {
        let sort = self.scopes.pop();
        self.scopes.define(sort, 1, self.limits, at)
    }

    fn take_definition(&mut self, definition: &Defined<'a>, at: usize) -> Result<(), Reject> {
        if let Defined::Module(body) = definition {
            // What is wrong with it is told with the offset in the component.
            (self.modules)(body.rest()).map_err(|mut reject| {
                reject.offset = reject.offset.saturating_add(at);
                reject
            })?;
        }
        match definition.counts() {
            Some((sort, count)) => self.scopes.define(sort, count, self.limits, at),
            None => Ok(()),
        }
    }
}
