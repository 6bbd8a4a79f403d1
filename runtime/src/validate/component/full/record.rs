//! What is known of definitions, in records of a few words.
//!
//! A definition itself stays in the bytes of the component; its record says where it stands and in
//! which scope, so that it can be read again, and what would take long to find out again. Uses of a
//! definition are pairs: the definition, and a substitution of resources that is applied when
//! somebody asks. Standard: Component Model, `Explainer.md`, "Type Checking".

use core::cell::Cell;

use super::shape::{Flat, Layout, Measure};
use crate::read::component::Sort;
use crate::validate::item::{Bytes, Item, fields, stored_as};

/// A definition of a type, and what its resources and names stand for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct TypeUse {
    /// The definition, by its number.
    pub(super) definition: u32,
    /// The substitution, by its number; 0 changes nothing.
    pub(super) substitution: u32,
}

impl TypeUse {
    /// Of a definition as it stands.
    pub(super) const fn of(definition: u32) -> Self {
        Self {
            definition,
            substitution: 0,
        }
    }
}

/// Something in an index space, or that has a name in an interface.
///
/// What the two numbers are depends on the sort: of functions, types and values a [`TypeUse`]; of
/// instances, components and what instances of modules are made of an interface and a
/// substitution; of the rest see `core_type`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Entity {
    /// Its sort.
    pub(super) sort: Sort,
    /// The first number.
    pub(super) first: u32,
    /// The second number.
    pub(super) second: u32,
}

impl Entity {
    pub(super) const fn new(sort: Sort, first: u32, second: u32) -> Self {
        Self {
            sort,
            first,
            second,
        }
    }

    /// Something of a type.
    pub(super) const fn of(sort: Sort, ty: TypeUse) -> Self {
        Self::new(sort, ty.definition, ty.substitution)
    }

    /// Its type.
    pub(super) const fn ty(self) -> TypeUse {
        TypeUse {
            definition: self.first,
            substitution: self.second,
        }
    }
}

/// A record of a definition of a type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Definition {
    pub(super) kind: Kind,
    /// Where it stands; of a resource, the interface that it belongs to; of instances and
    /// components, their interface; of a name, the definition that it names.
    pub(super) place: u32,
    /// The interface whose indices it uses; of a name, a substitution; of a resource, its origin.
    pub(super) scope: u32,
    pub(super) measure: Measure,
    /// How values lie, if it is of values; of a name, what is behind all names.
    pub(super) layout: Layout,
    /// How values are passed, if it is of values.
    pub(super) flat: Flat,
}

impl Definition {
    pub(super) const fn new(kind: Kind, place: u32, scope: u32, measure: Measure) -> Self {
        Self {
            kind,
            place,
            scope,
            measure,
            layout: Layout::NONE,
            flat: Flat::NONE,
        }
    }

    /// Another name of a type, which stands for this definition behind all names.
    pub(super) const fn name(ty: TypeUse, root: u32, measure: Measure) -> Self {
        Self {
            layout: Layout::from_bits(root),
            ..Self::new(Kind::Name, ty.definition, ty.substitution, measure)
        }
    }

    /// What is behind all names, if it is a name.
    pub(super) fn root(&self) -> Option<u32> {
        (self.kind == Kind::Name).then_some(self.layout.bits())
    }

    /// What it names, if it is a name.
    pub(super) fn named(&self) -> Option<TypeUse> {
        (self.kind == Kind::Name).then_some(TypeUse {
            definition: self.place,
            substitution: self.scope,
        })
    }
}

/// Kinds of definitions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Kind {
    /// Values.
    Value,
    /// Functions.
    Func,
    /// A resource.
    Resource,
    /// Instances.
    Instance,
    /// Components.
    Component,
    /// Another name of a type, which an import or export gave.
    Name,
}

/// Where a resource comes from: the fourth part of its record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Origin {
    /// Whoever instantiates gives it.
    Imported,
    /// Each instance has one of its own.
    Defined,
    /// The same, and the component knows that it is represented by an `i32`.
    Local32,
    /// The same with an `i64`.
    Local64,
    /// One of the three that exports mention: it belongs to the type of the component.
    Exported,
}

impl Origin {
    const ALL: [Self; 5] = [
        Self::Imported,
        Self::Defined,
        Self::Local32,
        Self::Local64,
        Self::Exported,
    ];

    /// That of a resource's record.
    pub(super) fn of(definition: &Definition) -> Self {
        let origin = Self::ALL.get(definition.scope as usize);
        origin.copied().unwrap_or(Self::Imported)
    }
}

/// What has imports and exports: a component, a core module, a type or an instance of one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Interface {
    pub(super) kind: InterfaceKind,
    /// Whether its scope is open: then its types are where open scopes have theirs.
    pub(super) open: bool,
    /// Where its types begin, and its core types.
    pub(super) types: u32,
    pub(super) core_types: u32,
    /// Where its members begin, and how many there are; of a core module, its bytes.
    pub(super) members: u32,
    pub(super) count: u32,
    /// The definitions among which its resources are.
    pub(super) first: u32,
    pub(super) end: u32,
    /// How many resources it has; of a core module, how many functions it imports.
    pub(super) resources: u32,
    pub(super) measure: Measure,
}

impl Interface {
    /// One without anything.
    pub(super) const NONE: Self = Self {
        kind: InterfaceKind::Exports,
        open: false,
        types: 0,
        core_types: 0,
        members: 0,
        count: 0,
        first: 0,
        end: 0,
        resources: 0,
        measure: Measure::ONE,
    };
}

/// Kinds of interfaces.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum InterfaceKind {
    /// A component.
    Component,
    /// A type of components.
    ComponentType,
    /// A type of instances.
    InstanceType,
    /// A type of core modules.
    ModuleType,
    /// A core module, whose bytes say what it imports and exports.
    Module,
    /// An instance that lists what it exports.
    Exports,
}

/// An import or export.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) name: Text,
    pub(super) entity: Entity,
    pub(super) import: bool,
}

/// Where a text stands in the bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) start: u32,
    pub(super) length: u32,
}

/// A substitution: a list of replacements, and the substitution that follows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Substitution {
    /// Where its pairs begin.
    pub(super) pairs: u32,
    /// Those of resources come first, sorted.
    pub(super) resources: u32,
    /// Then come those of names.
    pub(super) names: u32,
    pub(super) next: u32,
}

/// A replacement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    pub(super) from: TypeUse,
    pub(super) to: TypeUse,
}

/// A type that an import or export has named.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named {
    pub(super) ty: TypeUse,
    pub(super) imported: bool,
    pub(super) exported: bool,
}

/// Something left to look at: an entity, or one that shall be another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Goal {
    pub(super) actual: Entity,
    pub(super) expected: Entity,
}

fields! {
    TypeUse { definition: u32, substitution: u32 }
    Entity { sort: Sort, first: u32, second: u32 }
    Definition { kind: Kind, place: u32, scope: u32, measure: Measure, layout: Layout, flat: Flat }
    Interface {
        kind: InterfaceKind, open: bool, types: u32, core_types: u32, members: u32, count: u32,
        first: u32, end: u32, resources: u32, measure: Measure,
    }
    Member { name: Text, entity: Entity, import: bool }
    Text { start: u32, length: u32 }
    Substitution { pairs: u32, resources: u32, names: u32, next: u32 }
    Pair { from: TypeUse, to: TypeUse }
    Named { ty: TypeUse, imported: bool, exported: bool }
    Goal { actual: Entity, expected: Entity }
}

stored_as! {
    Measure as u32: |value| value.bits(), |stored| Measure::from_bits(stored);
    Layout as u32: |value| value.bits(), |stored| Layout::from_bits(stored);
    Flat as u64: |value| value.bits(), |stored| Flat::from_bits(stored);
}

/// Items that are one of a few.
macro_rules! chosen {
    ($($ty:ty: $all:expr;)*) => {$(
        impl Item for $ty {
            const SIZE: usize = u8::SIZE;

            fn get(bytes: &(impl Bytes + ?Sized), at: usize) -> Self {
                let [first, ..] = $all;
                let chosen = $all.get(usize::from(u8::get(bytes, at))).copied();
                chosen.unwrap_or(first)
            }

            fn put(self, bytes: &[Cell<u8>], at: usize) {
                (self as u8).put(bytes, at);
            }
        }
    )*};
}

chosen! {
    Sort: Sort::ALL;
    Kind: [
        Self::Value, Self::Func, Self::Resource, Self::Instance, Self::Component, Self::Name,
    ];
    InterfaceKind: [
        Self::Component, Self::ComponentType, Self::InstanceType, Self::ModuleType, Self::Module,
        Self::Exports,
    ];
}
