//! Full validation of components: everything that the standard asks.
//!
//! The pass over the bytes tells [`Full`] each definition in order; what a definition is follows from
//! those before it. Kept are small records (`record`), in storage of the caller; the definitions
//! themselves are read again when somebody needs them. Types in use are pairs of a definition and a
//! substitution of resources (`substitution`), so that an instantiation copies nothing. Nothing
//! recurses: what is left to look at is a list (`goals`), and each look is a step of a budget.
//! Standard: Component Model, `Explainer.md` and `Binary.md`.

mod accessor;
mod alias;
mod builtin;
mod canon;
mod content;
mod context;
mod core_match;
mod core_type;
mod definition;
mod export;
mod extern_type;
mod instance;
mod interface;
mod matching;
mod module;
mod naming;
mod options;
mod record;
mod resource;
mod shape;
mod signature;
mod space;
mod storage;
mod substitution;
mod subtype;
mod value;
mod visible;

pub use storage::ComponentStorage;

use core::cell::Cell;

use self::context::OpenScope;
use self::record::{
    Definition, Entity, Goal, Interface, Member, Named, Pair, Substitution, Text, TypeUse,
};
use self::space::Spaces;
use self::storage::Place;
use super::pass::{Defined, Definitions};
use super::scope::ScopeKind;
use crate::profile::Gate;
use crate::read::component::CoreDefinition;
use crate::reject::Reject;
use crate::spec::Limit;
use crate::validate::List;

/// All that is known of the component, and of what is in it, at a place of the pass.
pub(super) struct Full<'a, 'g, G, S: ComponentStorage> {
    bytes: &'a [u8],
    gate: &'g G,
    storage: S,
    /// Steps that were taken.
    steps: Cell<u64>,
    /// Behind the member of an interface that was found last.
    found: Cell<u32>,
    /// The named type that was found last.
    found_name: usize,
    /// Definitions of types, by their numbers.
    definitions: S::List<Definition, { Place::Definitions as u8 }>,
    /// Types and core types of scopes that are closed.
    closed: S::List<Entity, { Place::Closed as u8 }>,
    /// What interfaces of closed scopes import and export.
    members: S::List<Member, { Place::Members as u8 }>,
    interfaces: S::List<Interface, { Place::Interfaces as u8 }>,
    substitutions: S::List<Substitution, { Place::Substitutions as u8 }>,
    pairs: S::List<Pair, { Place::Pairs as u8 }>,
    spaces: Spaces<S>,
    scopes: S::List<OpenScope, { Place::Scopes as u8 }>,
    /// What open scopes import and export.
    open_members: S::List<Member, { Place::OpenMembers as u8 }>,
    /// Types that have a name outside, of the open scopes.
    named: S::List<Named, { Place::Named as u8 }>,
    goals: S::List<Goal, { Place::Goals as u8 }>,
    /// Names while they are compared with each other.
    sorted: S::List<Member, { Place::Sorted as u8 }>,
}

impl<'a, 'g, G: Gate, S: ComponentStorage> Full<'a, 'g, G, S> {
    /// Nothing is known yet.
    pub(super) fn new(bytes: &'a [u8], gate: &'g G, storage: S) -> Self {
        Self {
            bytes,
            gate,
            storage,
            steps: Cell::new(0),
            found: Cell::new(0),
            found_name: 0,
            definitions: storage.list(),
            closed: storage.list(),
            members: storage.list(),
            interfaces: storage.list(),
            substitutions: storage.list(),
            pairs: storage.list(),
            spaces: Spaces::new(storage),
            scopes: storage.list(),
            open_members: storage.list(),
            named: storage.list(),
            goals: storage.list(),
            sorted: storage.list(),
        }
    }

    /// Takes so many steps.
    fn step(&self, count: usize, at: usize) -> Result<(), Reject> {
        self.count_step(count);
        let steps = self.steps.get();
        if steps > self.gate.limits().component_steps {
            return Err(Reject::limit(Limit::ComponentSteps, steps, at));
        }
        Ok(())
    }

    /// Counts so many steps; whether they are too many is seen at the next one.
    fn count_step(&self, count: usize) {
        self.steps
            .set(self.steps.get().saturating_add(count as u64));
    }

    /// Adds a definition of a type; gives its number.
    fn add(&mut self, definition: Definition, at: usize) -> Result<u32, Reject> {
        let number = self.definitions.len() as u32;
        let most = u64::from(u32::MAX);
        self.definitions
            .add(definition, Limit::ComponentTypes, most, at)?;
        Ok(number)
    }

    /// A definition; there is always one, since numbers are only made by `add`.
    fn definition(&self, number: u32) -> Definition {
        let missing = Definition::new(record::Kind::Resource, 0, 0, shape::Measure::ONE);
        self.definitions.get(number as usize).unwrap_or(missing)
    }

    /// Something to look at.
    fn goal(&mut self, entity: Entity, at: usize) -> Result<(), Reject> {
        self.pair(entity, entity, at)
    }

    /// Something that shall be another.
    fn pair(&mut self, actual: Entity, expected: Entity, at: usize) -> Result<(), Reject> {
        let most = u64::from(u32::MAX);
        let goal = Goal { actual, expected };
        self.goals.add(goal, Limit::ComponentSteps, most, at)
    }

    /// The next of the goals behind so many, if there is one; that is a step.
    fn next_goal(&mut self, before: usize, at: usize) -> Result<Option<Goal>, Reject> {
        if self.goals.len() <= before {
            return Ok(None);
        }
        self.step(1, at)?;
        Ok(self.goals.pop())
    }

    /// Where a text of the component stands.
    fn text(&self, text: &str) -> Text {
        self.text_of(text.as_bytes())
    }

    /// Where some of the component's bytes stand.
    fn text_of(&self, bytes: &[u8]) -> Text {
        let start = (bytes.as_ptr() as usize).wrapping_sub(self.bytes.as_ptr() as usize);
        Text {
            start: start as u32,
            length: bytes.len() as u32,
        }
    }

    /// The bytes of a text.
    fn name(&self, text: Text) -> &'a [u8] {
        let (start, length) = (text.start as usize, text.length as usize);
        let end = start.saturating_add(length);
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// Replaces names until something is left that is none.
    fn resolve(&mut self, mut ty: TypeUse, at: usize) -> Result<TypeUse, Reject> {
        while let Some(named) = self.definition(ty.definition).named() {
            self.step(1, at)?;
            ty = self.under(named, ty.substitution, at)?;
        }
        Ok(ty)
    }
}

impl<'a, G: Gate, S: ComponentStorage> Definitions<'a> for Full<'a, '_, G, S> {
    fn open(&mut self, kind: ScopeKind, at: usize) -> Result<(), Reject> {
        self.open_scope(kind, at)
    }

    fn close(&mut self, at: usize) -> Result<(), Reject> {
        self.close_scope(at)
    }

    fn take_definition(&mut self, definition: &Defined<'a>, at: usize) -> Result<(), Reject> {
        self.step(1, at)?;
        match definition {
            Defined::Module(body) => self.define_module(body),
            Defined::CoreInstance(instance) => self.define_core_instance(instance, at),
            Defined::CoreType(ty) => match ty {
                CoreDefinition::Group { group } | CoreDefinition::Sub { group } => {
                    self.define_core_types(group, at)
                }
                // It is a scope.
                CoreDefinition::Module { .. } => Ok(()),
            },
            Defined::Instance(instance) => self.define_instance(instance, at),
            Defined::Alias(alias) => self.define_alias(alias, at),
            Defined::Type(ty) => self.define_type(ty, at),
            Defined::Canon(canon) => self.define_canon(canon, at),
            Defined::Start(start) => self.define_start(start, at),
            Defined::Import(import) => self.define_import(import, at),
            Defined::Export(export) => self.define_export(export, at),
            Defined::Value(value) => self.define_value(value, at),
            Defined::Declared(name, ty) => self.declare_export(name, ty, at),
            Defined::CoreAlias(alias) => self.define_core_alias(alias, at),
            Defined::CoreImport(import) => self.define_core_import(import, at),
            Defined::CoreExport(name, ty) => self.define_core_export(name, ty, at),
        }
    }
}
