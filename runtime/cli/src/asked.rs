//! Which proposals are asked for: a gate that admits everything and remembers what it was asked.
//!
//! Decoder and validator name the proposal of each row that they meet, so that the tables answer and
//! nothing here knows an opcode. Some immediates are only read differently with a proposal: it is
//! needed if they cannot be read without it. Instructions of proposals that the tables have no rows
//! for cannot be decoded, only named; `wasmparser` says where they end.

use std::cell::Cell;
use std::ops::Range;

use tabwasm::profile::Gate;
use tabwasm::read::Reader;
use tabwasm::reject::{Detail, Reject};
use tabwasm::spec::{Limits, Proposal, Proposals};
use tabwasm::view::FunctionBody;
use wasmparser::BinaryReader;

/// Admits everything, and remembers what it was asked to admit.
pub(crate) struct Asked {
    needed: Cell<Proposals>,
    /// Of which it was only asked whether they are there.
    tried: Cell<Proposals>,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            needed: Cell::new(Proposals::EMPTY),
            tried: Cell::new(Proposals::EMPTY),
        }
    }
}

impl Asked {
    /// What is needed for what was read since this was called last.
    pub(crate) fn take(&self) -> Proposals {
        self.needed.replace(Proposals::EMPTY)
    }

    /// What cannot be read for lack of rows is needed, too; other errors stay.
    pub(crate) fn remember<T>(&self, result: Result<T, Reject>) -> Result<(), Reject> {
        match result {
            Ok(_) => Ok(()),
            Err(reject) => match reject.detail() {
                Detail::Proposal(proposal) => {
                    self.need(proposal);
                    Ok(())
                }
                _ => Err(reject),
            },
        }
    }

    /// Reads a body, up to the first error.
    pub(crate) fn body(&self, module: &[u8], body: FunctionBody<'_>) -> Result<(), Reject> {
        for local in body.locals_admitted(self) {
            self.remember(local)?;
        }
        let range = body.span().range();
        let Some(bytes) = module.get(range.clone()) else {
            return Ok(());
        };
        let reader = BinaryReader::new(bytes, range.start as u64);
        let Ok(mut operators) = wasmparser::FunctionBody::new(reader).get_operators_reader() else {
            return Ok(());
        };
        let mut at = operators.original_position() as usize;
        // It knows no rows of an overlay, and serves no more behind one.
        let mut operators = Some(&mut operators);
        while at < range.end {
            operators = operators.and_then(|it| it.read().is_ok().then_some(it));
            let behind = operators.as_ref().map(|it| it.original_position() as usize);
            at = match (self.instruction(module, at..range.end), behind) {
                (Ok(behind), _) => behind,
                (Err(reject), None) => return Err(reject),
                (Err(reject), Some(behind)) => {
                    self.remember::<()>(Err(reject))?;
                    behind
                }
            };
        }
        Ok(())
    }

    /// Reads an instruction, and says where it ends.
    fn instruction(&self, module: &[u8], range: Range<usize>) -> Result<usize, Reject> {
        self.tried.set(Proposals::EMPTY);
        let mut reader = Reader::range(module, range.clone());
        reader.instruction(self)?;
        let behind = reader.position();
        for proposal in self.tried.get().iter() {
            let mut reader = Reader::range(module, range.clone());
            if reader.instruction(&Without(proposal)).is_err() {
                self.need(proposal);
            }
        }
        Ok(behind)
    }

    fn need(&self, proposal: Proposal) {
        self.needed.set(self.needed.get().with(proposal));
    }
}

impl Gate for Asked {
    const KNOWN: Option<Proposals> = None;

    fn has(&self, proposal: Proposal) -> bool {
        self.tried.set(self.tried.get().with(proposal));
        true
    }

    fn limits(&self) -> &Limits {
        &Limits::MAX
    }

    fn admit<T>(&self, proposal: Proposal, _: usize, value: T) -> Result<T, Reject> {
        self.need(proposal);
        Ok(value)
    }
}

/// Admits everything but one proposal.
struct Without(Proposal);

impl Gate for Without {
    const KNOWN: Option<Proposals> = None;

    fn has(&self, proposal: Proposal) -> bool {
        proposal != self.0
    }

    fn limits(&self) -> &Limits {
        &Limits::MAX
    }
}
