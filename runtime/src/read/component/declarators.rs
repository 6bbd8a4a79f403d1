//! The declarators of types of components, instances and modules.
//!
//! They nest: a declarator can define such a type in turn. Nothing here recurses. Where a scope
//! begins, only its count is read, and who goes on reading finds its declarators next; a whole
//! scope is skipped by counting what is left in all of its nested ones together.

use super::{Decode, DecodeRules};
use crate::profile::Everything;
use crate::read::Reader;
use crate::read::component::{CoreDefinition, Declarator, DefinedType, ModuleDeclarator};
use crate::reject::Reject;
use crate::spec::Limit;

/// The declarators of a type, not yet read.
#[derive(Clone, Copy, Debug)]
pub struct Declarators<'a> {
    /// How many there are.
    pub count: u32,
    pub(crate) reader: Reader<'a>,
}

impl<'a> Decode<'a> for Declarators<'a> {
    fn decode(r: &mut Reader<'a>, rules: &impl DecodeRules) -> Result<Self, Reject> {
        let limit = Limit::ComponentDeclarators;
        let count = r.count(limit, rules.limits().get(limit))?;
        Ok(Self { count, reader: *r })
    }
}

impl<'a> Declarators<'a> {
    /// The declarators of a type of components or instances. Those of a nested type are found in
    /// that type.
    pub fn iter(&self) -> DeclaratorsIter<'a> {
        DeclaratorsIter(*self)
    }

    /// The declarators of a type of modules.
    pub fn iter_module(&self) -> ModuleDeclaratorsIter<'a> {
        ModuleDeclaratorsIter(*self)
    }

    /// Takes one, its nested scopes included, unless none is left or the last one was wrong.
    fn next<T: Decode<'a>>(
        &mut self,
        scope: impl Fn(&T) -> Option<Scope<'a>>,
    ) -> Option<Result<T, Reject>> {
        self.count = self.count.checked_sub(1)?;
        let mut taken = T::decode(&mut self.reader, &Everything);
        if let Ok(item) = &taken
            && let Some(scope) = scope(item)
            && let Err(reject) = scope.skip(&mut self.reader)
        {
            taken = Err(reject);
        }
        if taken.is_err() {
            self.count = 0;
        }
        Some(taken)
    }
}

/// The declarators of a type of components or instances, one after the other; none after an error.
#[derive(Clone, Debug)]
pub struct DeclaratorsIter<'a>(Declarators<'a>);

impl<'a> Iterator for DeclaratorsIter<'a> {
    type Item = Result<Declarator<'a>, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next(Declarator::scope)
    }
}

/// The declarators of a type of modules, one after the other; none after an error.
#[derive(Clone, Debug)]
pub struct ModuleDeclaratorsIter<'a>(Declarators<'a>);

impl<'a> Iterator for ModuleDeclaratorsIter<'a> {
    type Item = Result<ModuleDeclarator<'a>, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next(ModuleDeclarator::scope)
    }
}

/// The scope that a definition opens.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope<'a> {
    /// Of a type of components.
    Component(Declarators<'a>),
    /// Of a type of instances.
    Instance(Declarators<'a>),
    /// Of a type of modules.
    Module(Declarators<'a>),
}

impl<'a> Scope<'a> {
    /// Skips its declarators, which stand next.
    pub(crate) fn skip(self, r: &mut Reader<'a>) -> Result<(), Reject> {
        let mut left = 0;
        self.enter(r, &mut left)?;
        while left > 0 {
            left -= 1;
            let declarator = Declarator::decode(r, &Everything)?;
            if let Some(scope) = declarator.scope() {
                scope.enter(r, &mut left)?;
            }
        }
        Ok(())
    }

    /// Adds the declarators to those that are left, or skips them if they are other ones.
    fn enter(self, r: &mut Reader<'a>, left: &mut u64) -> Result<(), Reject> {
        match self {
            Self::Component(declarators) | Self::Instance(declarators) => {
                *left = left.saturating_add(declarators.count.into());
            }
            Self::Module(declarators) => {
                let mut inner = u64::from(declarators.count);
                while inner > 0 {
                    let declarator = ModuleDeclarator::decode(r, &Everything)?;
                    let below = declarator
                        .scope()
                        .map_or(0, |scope| scope.declarators().count);
                    inner = (inner - 1).saturating_add(below.into());
                }
            }
        }
        Ok(())
    }

    pub(crate) const fn declarators(self) -> Declarators<'a> {
        match self {
            Self::Component(declarators)
            | Self::Instance(declarators)
            | Self::Module(declarators) => declarators,
        }
    }
}

impl<'a> DefinedType<'a> {
    /// The scope that it opens, if it is a type of components or instances.
    pub(crate) const fn scope(&self) -> Option<Scope<'a>> {
        match *self {
            Self::Component { declarators } => Some(Scope::Component(declarators)),
            Self::Instance { declarators } => Some(Scope::Instance(declarators)),
            _ => None,
        }
    }
}

impl<'a> CoreDefinition<'a> {
    /// The scope that it opens, if it is a type of modules.
    pub(crate) const fn scope(&self) -> Option<Scope<'a>> {
        match *self {
            Self::Module { declarators } => Some(Scope::Module(declarators)),
            _ => None,
        }
    }
}

impl<'a> Declarator<'a> {
    /// The scope that it opens, if it defines such a type.
    pub(crate) const fn scope(&self) -> Option<Scope<'a>> {
        match self {
            Self::Type { ty } => ty.scope(),
            Self::CoreType { ty } => ty.scope(),
            _ => None,
        }
    }
}

impl<'a> ModuleDeclarator<'a> {
    /// The scope that it opens, if it defines a type of modules.
    pub(crate) const fn scope(&self) -> Option<Scope<'a>> {
        match self {
            Self::Type { ty } => ty.scope(),
            _ => None,
        }
    }
}
