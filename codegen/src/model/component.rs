//! The Component Model: sections, sorts, and the productions of its binary format.
//!
//! A production is what a group of bytes can be; the emitters make of each group an enum and its
//! reader. Sorts are numbers of rows, since code tells them apart. Standard: Component Model,
//! `Binary.md`.

use super::vocabulary::vocabulary;
use super::{Layout, Origin, ProposalId};

/// The tables of `spec/component/` that have a form of their own.
#[derive(Clone, Debug, Default)]
pub struct Component {
    /// Sections in the order of the table.
    pub sections: Vec<ComponentSection>,
    /// Sorts in the order of the table.
    pub sorts: Vec<Sort>,
    /// Groups of productions.
    pub groups: Vec<Group>,
    /// The Canonical ABI.
    pub layout: Layout,
}

/// A section of a component.
#[derive(Clone, Debug)]
pub struct ComponentSection {
    /// Key, snake case.
    pub key: String,
    /// Id byte.
    pub id: u8,
    /// Body, as a production of the binary format.
    pub body: String,
    /// The sort of which each entry defines one.
    pub defines: Option<SortId>,
    /// The proposal that brings it.
    pub proposal: Option<ProposalId>,
    /// The place of each cell, by column.
    pub cells: Vec<(String, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

/// A row of [`Component::sorts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SortId(pub(crate) usize);

/// What can be defined, imported and exported.
#[derive(Clone, Debug)]
pub struct Sort {
    /// Key, snake case.
    pub key: String,
    /// Its bytes.
    pub code: Vec<u8>,
    /// Whether an alias may name one of an enclosing scope.
    pub outer: bool,
    /// The proposal that brings it.
    pub proposal: Option<ProposalId>,
    /// The limit on how many there are, by key.
    pub limit: String,
    /// The error of an index that does not exist, by key.
    pub error: String,
    /// What they are, for people.
    pub doc: String,
    /// The place of each cell, by column.
    pub cells: Vec<(String, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

/// Alternatives that their first bytes tell apart, or what has but one form.
#[derive(Clone, Debug)]
pub struct Group {
    /// The table's key.
    pub key: String,
    /// The file that it stands in.
    pub file: ProductionFile,
    /// The error of a first byte that no row has, by key, and where it stands.
    pub error: Option<(String, Origin)>,
    /// Its rows.
    pub rows: Vec<Production>,
    /// Where it stands.
    pub origin: Origin,
}

vocabulary! {
    /// A file of `spec/component/` that holds productions, without folder and extension.
    ProductionFile {
        Types = "types",
        Canon = "canon",
        Names = "names",
    }
}

/// One form.
#[derive(Clone, Debug)]
pub struct Production {
    /// The standard's word for it.
    pub key: String,
    /// The bytes that it begins with; none if it stands for another group.
    pub code: Vec<u8>,
    /// What follows them.
    pub parts: Vec<Part>,
    /// The row has errors of form, so that not all parts are there.
    pub broken: bool,
    /// Bounds of its list.
    pub bounds: Bounds,
    /// The sort of which it defines one.
    pub defines: Option<SortId>,
    /// The further rule, a method of the reader's judge.
    pub check: Option<String>,
    /// The standard's spelling, if not the key.
    pub text: Option<String>,
    /// Of the rows of such a group one can be present.
    pub group: Option<String>,
    /// The group of which a row must be present, too.
    pub needs: Option<String>,
    /// What the core function takes and gives that it defines, if that does not follow from a type.
    pub core: Option<CanonSignature>,
    /// The proposal that brings it.
    pub proposal: Option<ProposalId>,
    /// One line for people; may be empty.
    pub doc: String,
    /// The place of each cell, by column.
    pub cells: Vec<(String, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

/// What a built-in core function takes and gives.
#[derive(Clone, Debug, Default)]
pub struct CanonSignature {
    /// What it takes.
    pub params: Vec<CanonValue>,
    /// What it gives.
    pub results: Vec<CanonValue>,
}

vocabulary! {
    /// The type of what a built-in core function takes or gives: a number, or one that its parts say.
    CanonValue {
        I32 = "i32",
        I64 = "i64",
        Address = "address",
        Representation = "representation",
        Context = "context",
        Index = "index",
        Start = "start",
    }
}

/// How many items a list has.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    /// The rules ask for at least this many.
    pub least: u32,
    /// The rules allow at most this many.
    pub most: Option<u32>,
    /// The implementation's limit, by key.
    pub limit: Option<String>,
}

/// A part of a production.
#[derive(Clone, Debug)]
pub struct Part {
    /// Name of the field; bytes that say nothing have none.
    pub name: Option<String>,
    /// What is around the kind, if something is.
    pub around: Option<Around>,
    /// Its kind.
    pub kind: PartKind,
    /// Place of the kind.
    pub origin: Origin,
}

vocabulary! {
    /// What is around the kind of a part.
    Around {
        List = "list",
        Option = "option",
    }
}

/// The kind of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// What hand-written code reads.
    ByHand(HandPart),
    /// A reserved byte, which says nothing.
    Reserved(ReservedPart),
    /// An index of something of a sort.
    Index(SortId),
    /// One of a group of alternatives, by its key.
    Group(String),
    /// What has no alternatives: a row of `[sequence]`, by its key.
    Sequence(String),
}

vocabulary! {
    /// A part that hand-written code reads.
    HandPart {
        U32 = "u32",
        Positive = "positive",
        Name = "name",
        Label = "label",
        Content = "content",
        Async = "async",
        Shared = "shared",
        Sort = "sort",
        CoreSort = "core_sort",
        Item = "item",
        CoreItem = "core_item",
        ValType = "valtype",
        Options = "options",
        Declarators = "declarators",
        CoreValType = "core_valtype",
        CoreGroup = "core_group",
        CoreImport = "core_import",
        CoreExternType = "core_extern_type",
    }
}

vocabulary! {
    /// A reserved part: a byte that must have one value.
    ReservedPart {
        Zero = "zero",
        InstanceSort = "instance_sort",
    }
}

impl Component {
    /// The group with this key.
    pub fn group(&self, key: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.key == key)
    }

    /// The form with this key that has no alternatives.
    pub fn sequence(&self, key: &str) -> Option<&Production> {
        let sequences = self.groups.iter().filter(|group| group.is_sequence());
        sequences
            .flat_map(|group| &group.rows)
            .find(|row| row.key == key)
    }

    /// The sort with this key.
    pub fn sort_named(&self, key: &str) -> Option<&Sort> {
        self.sorts.iter().find(|sort| sort.key == key)
    }

    /// A sort.
    pub fn sort(&self, id: SortId) -> &Sort {
        &self.sorts[id.0]
    }

    /// A kind of part as the tables write it.
    pub fn word<'m>(&'m self, kind: &'m PartKind) -> &'m str {
        match kind {
            PartKind::ByHand(part) => part.word(),
            PartKind::Reserved(part) => part.word(),
            PartKind::Index(sort) => &self.sort(*sort).key,
            PartKind::Group(key) | PartKind::Sequence(key) => key,
        }
    }
}

impl HandPart {
    /// The type of the field that holds one.
    pub const fn rust(self) -> &'static str {
        match self {
            Self::U32 => "u32",
            Self::Positive => "NonZeroU32",
            Self::Name => "&'a str",
            Self::Label => "Label<'a>",
            Self::Content => "&'a [u8]",
            Self::Async | Self::Shared => "bool",
            Self::Sort => "Sort",
            Self::CoreSort => "CoreSort",
            Self::Item => "Item",
            Self::CoreItem => "CoreItem",
            Self::ValType => "ValType",
            Self::Options => "Options<'a>",
            Self::Declarators => "Declarators<'a>",
            Self::CoreValType => "CoreValType",
            Self::CoreGroup => "CoreGroup<'a>",
            Self::CoreImport => "CoreImport<'a>",
            Self::CoreExternType => "CoreExternType",
        }
    }

    /// Whether it holds a part of the bytes.
    pub const fn borrows(self) -> bool {
        match self {
            Self::Name
            | Self::Label
            | Self::Content
            | Self::Options
            | Self::Declarators
            | Self::CoreGroup
            | Self::CoreImport => true,
            Self::U32
            | Self::Positive
            | Self::Async
            | Self::Shared
            | Self::Sort
            | Self::CoreSort
            | Self::Item
            | Self::CoreItem
            | Self::ValType
            | Self::CoreValType
            | Self::CoreExternType => false,
        }
    }
}

impl Group {
    /// The key of the tables whose rows are no alternatives.
    pub const SEQUENCE: &'static str = "sequence";

    /// Whether its rows are no alternatives.
    pub fn is_sequence(&self) -> bool {
        self.key == Self::SEQUENCE
    }

    /// Whether its rows are nothing but their codes.
    pub fn is_plain(&self) -> bool {
        self.rows
            .iter()
            .all(|row| row.parts.is_empty() && row.code.len() == 1)
    }
}

impl Part {
    /// Whether there are any number of it.
    pub fn is_list(&self) -> bool {
        match self.around {
            Some(Around::List) => true,
            Some(Around::Option) | None => false,
        }
    }
}

impl ComponentSection {
    /// Where a cell stands; the row itself when it has no such cell.
    pub fn cell(&self, column: &str) -> &Origin {
        super::cell(&self.cells, column, &self.origin)
    }
}

impl Sort {
    /// Where a cell stands; the row itself when it has no such cell.
    pub fn cell(&self, column: &str) -> &Origin {
        super::cell(&self.cells, column, &self.origin)
    }
}

impl Production {
    /// Where a cell stands; the row itself when it has no such cell.
    pub fn cell(&self, column: &str) -> &Origin {
        super::cell(&self.cells, column, &self.origin)
    }

    /// Whether it has a cell in this column.
    pub fn has(&self, column: &str) -> bool {
        self.cells.iter().any(|(name, _)| name == column)
    }

    /// How the standard spells it.
    pub fn spelling(&self) -> &str {
        self.text.as_deref().unwrap_or(&self.key)
    }
}
