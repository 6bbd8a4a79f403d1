//! The tables as typed values: what checks judge and emitters read.
//!
//! Nothing here knows TOML. Every item keeps its [`Origin`], so that a check can point at the
//! cell it complains about.

use proc_macro2::TokenStream;

/// Where a fact stands: a file of `spec/` and the byte range of the cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Path relative to the folder of the tables, with forward slashes.
    pub file: String,
    /// Byte range within that file.
    pub span: std::ops::Range<usize>,
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
    /// Sections in the order of the binary format, custom first.
    pub sections: Vec<Section>,
    /// Trap kinds.
    pub traps: Vec<Trap>,
    /// Error codes of decoding and validation.
    pub errors: Vec<Error>,
    /// Fuel costs.
    pub costs: Costs,
    /// Operand places and handler classes of the fast engine.
    pub forms: Forms,
    /// Instructions, sorted by wire code.
    pub ops: Vec<Op>,
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

/// A language proposal.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Key, snake case.
    pub key: String,
    /// First released standard that contains it.
    pub since: Option<String>,
    /// Proposals it builds on, by key.
    pub requires: Vec<String>,
    /// Capabilities it needs, by key.
    pub needs: Vec<String>,
    /// Has rows, or needs none.
    pub supported: bool,
    /// Opcodes that the standard assigns to it and that have no row yet.
    pub reserved: Vec<ReservedCodes>,
    /// One line for people.
    pub doc: String,
    /// Where it stands.
    pub origin: Origin,
}

/// A range of opcodes without rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReservedCodes {
    /// Prefix byte, if the range is below one.
    pub prefix: Option<u8>,
    /// First code.
    pub first: u32,
    /// Last code, inclusive.
    pub last: u32,
}

/// A feature tier.
#[derive(Clone, Debug)]
pub struct Tier {
    /// Key, snake case.
    pub key: String,
    /// Capabilities, by key, inherited ones included.
    pub provides: Vec<String>,
    /// The tier it extends.
    pub extends: Option<String>,
    /// The Cargo feature that switches it on.
    pub feature: Option<String>,
    /// One line for people.
    pub doc: String,
    /// Where it stands.
    pub origin: Origin,
}

/// An implementation limit.
#[derive(Clone, Debug)]
pub struct Limit {
    /// Key, snake case.
    pub key: String,
    /// Name of the constant, `MAX_…`.
    pub constant: String,
    /// The most that any configuration may ask for.
    pub max: u64,
    /// The value of each tier, in the order of [`Model::tiers`].
    pub tiers: Vec<u64>,
    /// What is limited, with its unit.
    pub doc: String,
    /// Where it stands.
    pub origin: Origin,
}

/// Wire codes other than opcodes and sections: groups of named codes.
#[derive(Clone, Debug, Default)]
pub struct Wire {
    /// `number`, `vector`, `heap`, `external` …; each becomes an enum or a set of constants.
    pub groups: Vec<WireGroup>,
    /// Index spaces.
    pub indices: Vec<Documented>,
}

/// One table of `types.toml`.
#[derive(Clone, Debug)]
pub struct WireGroup {
    /// The table's key.
    pub key: String,
    /// Its rows.
    pub codes: Vec<WireCode>,
}

/// One wire code.
#[derive(Clone, Debug)]
pub struct WireCode {
    /// Key, snake case.
    pub key: String,
    /// The byte, or the flag's bits.
    pub code: Vec<u8>,
    /// The proposal that brings it.
    pub proposal: Option<String>,
    /// Other cells (`super`, `bottom`, `rust`, `bytes` …) as text.
    pub facts: Vec<(String, String)>,
    /// One line for people.
    pub doc: String,
    /// Where it stands.
    pub origin: Origin,
}

/// A section of the binary format.
#[derive(Clone, Debug)]
pub struct Section {
    /// Key, snake case.
    pub key: String,
    /// Id byte.
    pub id: u8,
    /// Place in the prescribed order from 1; 0 for custom sections.
    pub order: u8,
    /// Body, as a production of the binary format.
    pub body: String,
    /// The proposal that brings it.
    pub proposal: Option<String>,
    /// The limit on its number of entries, by key.
    pub limit: Option<String>,
    /// Where it stands.
    pub origin: Origin,
}

/// A trap kind.
#[derive(Clone, Debug)]
pub struct Trap {
    /// Key, snake case.
    pub key: String,
    /// What the official scripts expect.
    pub text: String,
    /// One line for people.
    pub doc: String,
    /// Where it stands.
    pub origin: Origin,
}

/// An error of decoding or validation.
#[derive(Clone, Debug)]
pub struct Error {
    /// Key, snake case.
    pub key: String,
    /// `malformed`, `invalid` or `unsupported`.
    pub class: String,
    /// What the official scripts expect.
    pub text: String,
    /// One line for people.
    pub doc: String,
    /// Where it stands.
    pub origin: Origin,
}

/// Fuel costs.
#[derive(Clone, Debug, Default)]
pub struct Costs {
    /// Version of the schedule.
    pub schedule: u32,
    /// Cost of each class, by key.
    pub classes: Vec<(String, u32)>,
    /// Cost of single instructions, by key of the row.
    pub exceptions: Vec<(String, u32, Origin)>,
}

/// What `forms.toml` and `fusion.toml` say.
#[derive(Clone, Debug, Default)]
pub struct Forms {
    /// Places, in order of their numbers.
    pub places: Vec<Documented>,
    /// Classes of handlers.
    pub classes: Vec<FormClass>,
    /// Most handlers of each tier, by tier key.
    pub budgets: Vec<(String, u32, Origin)>,
    /// Fused pairs.
    pub fusions: Vec<Fusion>,
}

/// A class of handlers: the same operand places for each of its instructions.
#[derive(Clone, Debug)]
pub struct FormClass {
    /// Key, snake case.
    pub key: String,
    /// For each tier (by key) the places of each operand and of the result, as letters.
    pub tiers: Vec<(String, Vec<String>)>,
    /// One line for people.
    pub doc: String,
    /// Where it stands.
    pub origin: Origin,
}

/// A fused pair of instructions.
#[derive(Clone, Debug)]
pub struct Fusion {
    /// Forms in order, such as `i32.add P I P`.
    pub sequence: Vec<String>,
    /// Where the pair was seen.
    pub from: String,
    /// Where it stands.
    pub origin: Origin,
}

/// One instruction.
#[derive(Clone, Debug)]
pub struct Op {
    /// Key of the row.
    pub key: String,
    /// Mnemonic of the standard (the key, unless the column `text` says otherwise).
    pub mnemonic: String,
    /// `I32Load8S`
    pub variant: String,
    /// `i32_load8_s`
    pub function: String,
    /// Wire code.
    pub code: Code,
    /// The proposal whose file holds the row.
    pub proposal: String,
    /// Immediates in binary order.
    pub immediates: Vec<Immediate>,
    /// The column `type`.
    pub signature: Option<Signature>,
    /// What it does.
    pub meaning: Meaning,
    /// The column `check`.
    pub check: Option<String>,
    /// The column `where`.
    pub predicates: Vec<Predicate>,
    /// The column `traps`, by key.
    pub traps: Vec<String>,
    /// The column `const`: the proposal that admits it in constant expressions.
    pub constant: Option<String>,
    /// The column `commutes`.
    pub commutes: bool,
    /// The column `needs`: a capability, by key.
    pub needs: Option<String>,
    /// The column `doc`.
    pub doc: Option<String>,
    /// What the generator learnt from the tree of `do`.
    pub facts: Facts,
    /// The key's place.
    pub origin: Origin,
    /// The place of each cell, by column.
    pub cells: Vec<(String, Origin)>,
}

/// A wire code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code {
    /// Prefix byte, if any.
    pub prefix: Option<u8>,
    /// The byte, or the number after the prefix.
    pub value: u32,
}

/// One immediate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Immediate {
    /// Name used by `type`, `where` and `do`.
    pub name: String,
    /// Kind, such as `memarg`.
    pub kind: String,
    /// The number in angle brackets.
    pub number: Option<u32>,
}

/// The column `type`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Parameters, left to right.
    pub params: Vec<TypeItem>,
    /// Results, left to right.
    pub results: Vec<TypeItem>,
    /// `!`: the code behind it is unreachable.
    pub diverges: bool,
}

/// One item of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeItem {
    /// `i32`, `funcref`
    Value(String),
    /// `(ref null x)`
    Reference {
        /// With `null`.
        nullable: bool,
        /// Name of an immediate, or of an abstract heap type.
        heap: String,
    },
    /// `ref`: any reference.
    AnyReference,
    /// `at(x)`, `params(f)`, `return`
    Function {
        /// Its name.
        name: String,
        /// Immediates it is applied to.
        arguments: Vec<String>,
    },
}

/// The columns `do`, `hand` and `control`.
#[derive(Clone, Debug)]
pub enum Meaning {
    /// One expression.
    Do(Expression),
    /// `module::function` of `runtime/src/exec/`.
    Hand {
        /// Module.
        module: String,
        /// Function.
        function: String,
    },
    /// Implemented by each engine itself.
    Control(String),
}

/// The column `do`.
#[derive(Clone, Debug)]
pub struct Expression {
    /// As written.
    pub text: String,
    /// Parsed.
    pub tokens: TokenStream,
}

/// One predicate of the column `where`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Predicate {
    /// `mutable`, `declared`, `sub` …
    pub name: String,
    /// Arguments as type items (`elem(x)`), or immediates as `Function { name, [] }`.
    pub arguments: Vec<TypeItem>,
}

/// What the tree of a `do` cell says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Contains `?`.
    pub may_trap: bool,
    /// Calls `m.load`.
    pub loads: bool,
    /// Calls `m.store`.
    pub stores: bool,
    /// A comparison or test cast to `i32`.
    pub truth: bool,
    /// Neither traps nor touches memory.
    pub pure_: bool,
    /// Key of the row with the negated condition, for integer comparisons.
    pub negation: Option<String>,
    /// Key of the row with operands swapped.
    pub swapped: Option<String>,
    /// Primitives called, such as `int::div_s`.
    pub primitives: Vec<String>,
}
