//! The Component Model: sections, sorts, and the productions of its binary format.

use super::{Layout, Origin};

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
    pub defines: Option<String>,
    /// The proposal that brings it.
    pub proposal: Option<String>,
    /// The place of each cell, by column.
    pub cells: Vec<(String, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

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
    pub proposal: Option<String>,
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
    /// The file without folder and extension: `types`, `canon`, `names`.
    pub file: String,
    /// The error of a first byte that no row has, by key, and where it stands.
    pub error: Option<(String, Origin)>,
    /// Its rows.
    pub rows: Vec<Production>,
    /// Where it stands.
    pub origin: Origin,
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
    /// Bounds of its list.
    pub bounds: Bounds,
    /// The sort of which it defines one.
    pub defines: Option<String>,
    /// The further rule, a method of the reader's judge.
    pub check: Option<String>,
    /// The standard's spelling, if not the key.
    pub text: Option<String>,
    /// Of the rows of such a group one can be present.
    pub group: Option<String>,
    /// The group of which a row must be present, too.
    pub needs: Option<String>,
    /// The proposal that brings it.
    pub proposal: Option<String>,
    /// One line for people; may be empty.
    pub doc: String,
    /// The place of each cell, by column.
    pub cells: Vec<(String, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

/// How many items a list has.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    /// By the rules at least so many.
    pub least: u32,
    /// By the rules at most so many.
    pub most: Option<u32>,
    /// The implementation's limit, by key.
    pub limit: Option<String>,
}

/// A part of a production.
#[derive(Clone, Debug)]
pub struct Part {
    /// Name of the field; bytes that say nothing have none.
    pub name: Option<String>,
    /// `list` or `option` around the kind, if so.
    pub around: Option<String>,
    /// Its kind: a sort, a group, a sequence or one of [`names::PARTS`](crate::names::PARTS).
    pub kind: String,
    /// Place of the kind.
    pub origin: Origin,
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
    pub fn sort(&self, key: &str) -> Option<&Sort> {
        self.sorts.iter().find(|sort| sort.key == key)
    }
}

impl Group {
    /// Whether its rows are no alternatives.
    pub fn is_sequence(&self) -> bool {
        self.key == "sequence"
    }

    /// Whether its rows are nothing but their codes.
    pub fn is_plain(&self) -> bool {
        self.rows
            .iter()
            .all(|row| row.parts.is_empty() && row.code.len() == 1)
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

    /// How the standard spells it.
    pub fn spelling(&self) -> &str {
        self.text.as_deref().unwrap_or(&self.key)
    }
}
