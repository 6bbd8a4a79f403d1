//! The tables as typed values: what checks judge and emitters read.
//!
//! Nothing here knows TOML. Every item keeps its [`Origin`], so that a check can point at the
//! cell it complains about. Emitters only read.
//!
//! A word of a closed vocabulary is a variant, and a row of a table that code tells apart is a
//! number of that row (`ProposalId`); both are made in [`crate::lower`]. What stays text is what
//! emitters only copy or spell: names, documentation, and keys that become Rust names.

mod component;
mod cost;
mod error;
mod example;
mod expression;
mod form;
mod immediate;
mod layout;
mod level;
mod limit;
mod op;
mod overlay;
mod proposal;
mod section;
mod signature;
mod tier;
mod unit;
mod vocabulary;
pub mod wasi;
mod wire;

pub use component::{
    Around, Bounds, CanonSignature, CanonValue, Component, ComponentSection, Group, HandPart, Part,
    PartKind, Production, ProductionFile, ReservedPart, Sort, SortId,
};
pub use cost::{Costs, Rate};
pub use error::{Error, ErrorClass, Trap};
pub use example::{Example, Outcome};
pub use expression::{Expression, Facts, bare, is_comparison};
pub use form::{
    EngineInstruction, Form, FormClass, Forms, Fused, Fusion, MemoryKind, OperandClass, Place,
    RegisterClass, ResultClass, Shape, shape,
};
pub use immediate::{FieldType, Immediate, ImmediateKind};
pub use layout::{Encoding, FlatType, Layout, Measure, ValueLayout, ValueShape};
pub use level::{Levels, Rule};
pub use limit::Limit;
pub use op::{Code, Meaning, MeaningClass, NanShape, Op};
pub use overlay::{CONTROL, Edit, EditKind, HAND, HandSite, NUM, Overlays, OwnModule, beside};
pub use proposal::{Proposal, ProposalId, ReservedCodes};
pub use section::Section;
pub use signature::{
    Argument, Condition, Heap, NumberType, Predicate, Signature, TypeFunction, TypeItem, ValueType,
};
pub use tier::{Tier, TierId};
pub use unit::Unit;
pub use wire::{Wire, WireCode, WireGroup};

/// Where a fact stands: a file and the byte range of the cell.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// Path relative to the workspace, with forward slashes.
    pub file: String,
    /// First byte within that file.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// A key with a line of documentation.
#[derive(Clone, Debug)]
pub struct Documented {
    /// The key as it stands in the table.
    pub key: String,
    /// One line for people.
    pub doc: String,
    /// Where it stands.
    pub origin: Origin,
}

/// All tables, lowered.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// Language proposals, in table order.
    pub proposals: Vec<Proposal>,
    /// What a tier can provide.
    pub capabilities: Vec<Documented>,
    /// The tiers, smallest first.
    pub tiers: Vec<Tier>,
    /// Implementation limits.
    pub limits: Vec<Limit>,
    /// Wire codes of types and flags.
    pub wire: Wire,
    /// Sections in the order of their ids.
    pub sections: Vec<Section>,
    /// The Component Model.
    pub component: Component,
    /// WASI preview 1.
    pub wasi: wasi::Wasi,
    /// Trap kinds.
    pub traps: Vec<Trap>,
    /// Error codes of decoding and validation.
    pub errors: Vec<Error>,
    /// What the host can do wrong; the shape is that of traps.
    pub misuses: Vec<Trap>,
    /// Levels of validation and their rules.
    pub levels: Levels,
    /// Fuel costs.
    pub costs: Costs,
    /// Operand places and handler classes of the fast engine.
    pub forms: Forms,
    /// Instructions, sorted by wire code.
    pub ops: Vec<Op>,
    /// Examples that overlays give.
    pub examples: Vec<Example>,
    /// The overlays over the tables, and what they did.
    pub overlays: Overlays,
}

impl Model {
    /// The row with this key.
    pub fn op(&self, key: &str) -> Option<&Op> {
        self.ops.iter().find(|op| op.key == key)
    }

    /// A proposal.
    pub fn proposal(&self, id: ProposalId) -> &Proposal {
        &self.proposals[id.0]
    }

    /// The proposal with this key.
    pub fn proposal_named(&self, key: &str) -> Option<ProposalId> {
        let place = self.proposals.iter().position(|row| row.key == key);
        place.map(ProposalId)
    }

    /// Keys of proposals.
    pub fn proposal_keys(&self, ids: &[ProposalId]) -> Vec<&str> {
        let keys = ids.iter().map(|id| self.proposal(*id).key.as_str());
        keys.collect()
    }

    /// All proposals.
    pub fn proposals(&self) -> impl Iterator<Item = ProposalId> {
        (0..self.proposals.len()).map(ProposalId)
    }

    /// A tier.
    pub fn tier(&self, id: TierId) -> &Tier {
        &self.tiers[id.0]
    }

    /// The tiers with their numbers.
    pub fn tiers(&self) -> impl Iterator<Item = (TierId, &Tier)> {
        let tiers = self.tiers.iter().enumerate();
        tiers.map(|(place, tier)| (TierId(place), tier))
    }

    /// The files of `spec/instructions/` that gave rows, sorted.
    pub fn instruction_files(&self) -> Vec<&str> {
        let mut files: Vec<&str> = self.ops.iter().map(|op| op.origin.file.as_str()).collect();
        files.sort_unstable();
        files.dedup();
        files
    }
}

/// The place of a cell, or of its row.
fn cell<'a>(cells: &'a [(String, Origin)], column: &str, row: &'a Origin) -> &'a Origin {
    cells
        .iter()
        .find(|(name, _)| name == column)
        .map_or(row, |(_, origin)| origin)
}
