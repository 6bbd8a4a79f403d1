//! Scopes: components and types that are open, the outermost first.
//!
//! Components nest in components and types in types, and an outer alias may name anything further
//! out. Each scope is its kind, how much of it is left, and a count for each sort; they stand in
//! memory of the caller, which bounds how deep they nest. Standard: Component Model,
//! `Explainer.md`, "Index Spaces".

use crate::read::component::Scope as Opened;
use crate::read::component::Sort;
use crate::reject::Reject;
use crate::spec::{Limit, Limits};

/// What is known of a component, or of a type of components, instances or modules.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope {
    kind: ScopeKind,
    /// How many there are of each sort.
    counts: [u32; Sort::ALL.len()],
}

/// What a scope belongs to, and how much of it is left.
#[derive(Clone, Copy, Debug)]
pub(super) enum ScopeKind {
    /// A component.
    Component {
        /// The offset behind it.
        end: usize,
    },
    /// A type of components.
    ComponentType {
        /// Declarators to come.
        left: u32,
    },
    /// A type of instances.
    Instance {
        /// Declarators to come.
        left: u32,
    },
    /// A type of modules.
    Module {
        /// Declarators to come.
        left: u32,
    },
}

impl Default for ScopeKind {
    fn default() -> Self {
        Self::Component { end: 0 }
    }
}

impl ScopeKind {
    /// The scope that a definition opens.
    pub(super) const fn of(opened: Opened<'_>) -> Self {
        let left = opened.declarators().count;
        match opened {
            Opened::Component(_) => Self::ComponentType { left },
            Opened::Instance(_) => Self::Instance { left },
            Opened::Module(_) => Self::Module { left },
        }
    }
}

impl Scope {
    /// How many there are of a sort.
    fn count(&self, sort: Sort) -> u32 {
        self.counts.get(sort as usize).copied().unwrap_or(0)
    }
}

/// What the pass and the rules ask about the open scopes.
pub(super) trait Scoping {
    /// How many are open.
    fn depth(&self) -> usize;

    /// What the innermost one belongs to.
    fn kind(&self) -> Option<ScopeKind>;

    /// Replaces that.
    fn set_kind(&mut self, kind: ScopeKind);

    /// How many there are of a sort in a scope, counted from the innermost one.
    fn count(&self, outwards: usize, sort: Sort) -> Option<u32>;

    /// The offset behind the innermost component, if that is the innermost scope.
    fn end(&self) -> Option<usize> {
        match self.kind()? {
            ScopeKind::Component { end } => Some(end),
            _ => None,
        }
    }

    /// Takes a declarator of the innermost scope, if one is left: gives what kind of scope it is.
    fn take(&mut self) -> Option<ScopeKind> {
        let mut kind = self.kind()?;
        match &mut kind {
            ScopeKind::ComponentType { left }
            | ScopeKind::Instance { left }
            | ScopeKind::Module { left } => *left = left.checked_sub(1)?,
            ScopeKind::Component { .. } => return None,
        }
        self.set_kind(kind);
        Some(kind)
    }
}

/// The open scopes, in memory of the caller.
pub(super) struct Scopes<'s> {
    all: &'s mut [Scope],
    depth: usize,
    /// Whatever the memory, no more than this.
    most: u64,
}

impl<'s> Scopes<'s> {
    pub(super) fn new(all: &'s mut [Scope], most: u64) -> Self {
        Self {
            all,
            depth: 0,
            most,
        }
    }

    /// Those that are open.
    fn entered(&self) -> &[Scope] {
        self.all.get(..self.depth).unwrap_or_default()
    }

    /// Opens one.
    pub(super) fn push(&mut self, kind: ScopeKind, at: usize) -> Result<(), Reject> {
        let depth = self.depth + 1;
        let slot = self.all.get_mut(self.depth);
        match slot.filter(|_| depth as u64 <= self.most) {
            Some(slot) => {
                *slot = Scope {
                    kind,
                    ..Scope::default()
                };
                self.depth = depth;
                Ok(())
            }
            None => Err(Reject::limit(Limit::ComponentNesting, depth as u64, at)),
        }
    }

    /// Closes the innermost; gives the sort of what it was.
    pub(super) fn pop(&mut self) -> Sort {
        let kind = self.innermost().map(|scope| scope.kind);
        self.depth = self.depth.saturating_sub(1);
        match kind {
            Some(ScopeKind::Module { .. }) => Sort::CoreType,
            Some(ScopeKind::Component { .. }) => Sort::Component,
            _ => Sort::Type,
        }
    }

    /// There are this many more of a sort in the innermost scope; nothing without one.
    pub(super) fn define(
        &mut self,
        sort: Sort,
        count: u32,
        limits: &Limits,
        at: usize,
    ) -> Result<(), Reject> {
        let Some(scope) = self.innermost() else {
            return Ok(());
        };
        let Some(there) = scope.counts.get_mut(sort as usize) else {
            return Ok(());
        };
        *there = there.saturating_add(count);
        let (limit, there) = (sort.limit(), u64::from(*there));
        if there > limits.get(limit) {
            return Err(Reject::limit(limit, there, at));
        }
        Ok(())
    }

    fn innermost(&mut self) -> Option<&mut Scope> {
        self.all.get_mut(self.depth.checked_sub(1)?)
    }
}

impl Scoping for Scopes<'_> {
    fn depth(&self) -> usize {
        self.depth
    }

    fn kind(&self) -> Option<ScopeKind> {
        self.entered().last().map(|scope| scope.kind)
    }

    fn set_kind(&mut self, kind: ScopeKind) {
        if let Some(scope) = self.innermost() {
            scope.kind = kind;
        }
    }

    fn count(&self, outwards: usize, sort: Sort) -> Option<u32> {
        let scopes = self.entered();
        let place = scopes.len().checked_sub(1 + outwards)?;
        scopes.get(place).map(|scope| scope.count(sort))
    }
}
