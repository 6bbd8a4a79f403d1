//! A look at the instructions of one body before anybody has judged them.
//!
//! What wants to know of a body before it is translated sees it so. What is wrong with the body is found
//! when [`function`](super::function) passes over it.

use super::environment::Environment;
use super::function::{header, typed};
use super::local::LocalRun;
use super::stack::Scratch;
use super::storage::{List, Storage};
use super::validator::Validator;
use super::{Header, Instruction};
use crate::generated::woven::decode::decode;
use crate::profile::Gate;
use crate::read::Span;
use crate::reject::Reject;
use crate::types::{BlockType, FuncIdx};

/// Is told of the instructions of one body, which may not be valid.
pub(crate) trait Survey {
    /// The body begins.
    fn begin(&mut self, header: Header<'_, impl List<LocalRun>>) -> Result<(), Reject>;

    /// An instruction that stands at an offset.
    fn see(&mut self, at: usize, instruction: &Instruction<'_>) -> Result<(), Reject>;
}

/// Reads the instructions of one body, up to the first that cannot be read.
#[inline(never)]
pub(crate) fn survey<G: Gate, S: Storage>(
    env: &Environment<S>,
    gate: &G,
    bytes: &[u8],
    span: Span,
    func: FuncIdx,
    scratch: &mut Scratch<S>,
    survey: &mut impl Survey,
) -> Result<(), Reject> {
    let mut reader = span.reader(bytes);
    let (ty, params) = typed(env, gate, span, func)?;
    scratch.clear::<G>();
    let mut v = Validator::new(gate, env, scratch, BlockType::Func(ty), span.start);
    survey.begin(header(&mut v, &mut reader, func, params)?)?;
    while !reader.is_at_end() {
        let at = reader.position();
        let instruction = decode::<true, _>(&mut reader, gate)?;
        survey.see(at, &instruction)?;
    }
    Ok(())
}
