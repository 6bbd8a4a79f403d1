//! One instruction: a row of `spec/instructions/`.
//!
//! All that is known of it in one value, from which every emitter makes its part: bytes,
//! immediates, type, meaning. The meaning says who executes it: an expression (`do`), a function
//! for all engines (`hand`), or each engine by itself (`control`).

use super::vocabulary::vocabulary;
use super::{Expression, Facts, Immediate, Origin, Predicate, ProposalId, Signature, TypeItem};

/// One instruction.
#[derive(Clone, Debug)]
pub struct Op {
    /// Key of the row.
    pub key: String,
    /// Mnemonic of the standard: the first word of the column `text`, otherwise the key.
    pub mnemonic: String,
    /// `I32Load8S`
    pub variant: String,
    /// `i32_load8_s`
    pub function: String,
    /// Wire code.
    pub code: Code,
    /// The proposal whose file holds the row.
    pub proposal: ProposalId,
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
    /// The column `text`: how the standard writes it, where that differs from key and immediates.
    pub text: Option<String>,
    /// The column `const`: the proposal that admits it in constant expressions.
    pub constant: Option<ProposalId>,
    /// The column `commutes`.
    pub commutes: bool,
    /// The column `nans`: what of the result may be a NaN of any payload.
    pub nans: Option<NanShape>,
    /// The column `needs`: a capability, by key.
    pub needs: Option<String>,
    /// The column `doc`.
    pub doc: Option<String>,
    /// What the generator learnt from the tree of `do`.
    pub facts: Facts,
    /// Its row has errors of form, so that what follows from it is not worth reporting.
    pub broken: bool,
    /// The key's place.
    pub origin: Origin,
    /// The place of each cell, by column.
    pub cells: Vec<(String, Origin)>,
}

impl Op {
    /// Where a cell stands; the row itself when it has no such cell.
    pub fn cell(&self, column: &str) -> &Origin {
        super::cell(&self.cells, column, &self.origin)
    }

    /// Parameters of the column `type`; none without one.
    pub fn params(&self) -> &[TypeItem] {
        self.signature
            .as_ref()
            .map_or(&[], |signature| &signature.params)
    }

    /// Results of the column `type`; none without one.
    pub fn results(&self) -> &[TypeItem] {
        self.signature
            .as_ref()
            .map_or(&[], |signature| &signature.results)
    }

    /// The immediate with this name.
    pub fn immediate(&self, name: &str) -> Option<&Immediate> {
        self.immediates
            .iter()
            .find(|immediate| immediate.name == name)
    }

    /// Parameters of the row's function in `semantics.rs`: the accessor if it touches memory,
    /// immediates that `do` uses, operands.
    pub fn parameters(&self) -> Vec<(String, String)> {
        let used = |immediate: &&Immediate| self.facts.names.contains(&immediate.name);
        let immediates = self.immediates.iter().filter(used).map(|immediate| {
            let rust = match immediate.kind.is_accessor() {
                true => "M".to_string(),
                false => immediate.rust(),
            };
            (immediate.name.clone(), rust)
        });
        let operands = ["a", "b", "c", "d"].into_iter().zip(self.params());
        let operands = operands.map(|(name, item)| {
            let rust = match item.is_address() {
                true => "M::Address",
                false => item.rust().unwrap_or("Ref"),
            };
            (name.to_string(), rust.to_string())
        });
        immediates.chain(operands).collect()
    }

    /// The column `do`.
    pub fn expression(&self) -> Option<&Expression> {
        match &self.meaning {
            Meaning::Do(expression) => Some(expression),
            Meaning::Hand { .. } | Meaning::Control(_) => None,
        }
    }
}

/// A wire code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code {
    /// Prefix byte, if any.
    pub prefix: Option<u8>,
    /// The byte, or the number after the prefix.
    pub value: u32,
}

/// The columns `do`, `hand` and `control`.
#[derive(Clone, Debug)]
pub enum Meaning {
    /// One expression.
    Do(Box<Expression>),
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

vocabulary! {
    /// Floats that may be NaNs of any payload, by the standard's names of shapes.
    NanShape {
        F32 = "f32",
        F64 = "f64",
        F32x4 = "f32x4",
        F64x2 = "f64x2",
    }
}

impl NanShape {
    /// The operation of the engine that makes its NaNs canonical.
    pub fn operation(self) -> String {
        crate::names::variant(&format!("canonical_{self}"))
    }
}

vocabulary! {
    /// The column that gives an instruction its meaning, by which it costs.
    MeaningClass {
        Do = "do",
        Hand = "hand",
        Control = "control",
    }
}

impl Meaning {
    /// The column that it stands in.
    pub const fn class(&self) -> MeaningClass {
        match self {
            Self::Do(_) => MeaningClass::Do,
            Self::Hand { .. } => MeaningClass::Hand,
            Self::Control(_) => MeaningClass::Control,
        }
    }
}
