//! The pass over one function body.
//!
//! Decoder, rules and sink take turns at each instruction: it is read, judged, and only then shown
//! to the sink, which can rely on the rules. The same pass runs when a function is validated and
//! again when it is translated, so that no code is made from bytes that were not checked. Standard:
//! section 3.5, "Modules", "Functions", and the algorithm of the appendix.

use super::environment::{Environment, unknown};
use super::local::LocalRun;
use super::regular::RegularKind;
use super::stack::Scratch;
use super::storage::{List, Storage};
use super::validator::Validator;
use super::{Effect, Header, Sink};
use crate::generated::woven::decode::decode;
use crate::generated::woven::validate::{next, step};
use crate::policy;
use crate::profile::Gate;
use crate::read::{Reader, Span};
use crate::reject::Reject;
use crate::spec::{ErrorCode, Limit};
use crate::types::{BlockType, FuncIdx};

/// Validates one body (`span`, as a [`ModuleSink`](super::ModuleSink) got it) and feeds its sink.
///
/// `module` validates all bodies; later the same body can be passed over again for another sink.
#[inline(never)]
pub fn function<'a, G: Gate, S: Storage>(
    env: &Environment<S>,
    gate: &G,
    bytes: &'a [u8],
    span: Span,
    func: FuncIdx,
    scratch: &mut Scratch<S>,
    sink: &mut impl Sink<'a>,
) -> Result<(), Reject> {
    let (mut reader, mut v, params) = prepare(env, gate, bytes, span, func, scratch)?;
    sink.begin(header(&v, func, params))?;
    v.begin()?;
    steps(&mut v, &mut reader, sink)
}

/// Reads the declarations of a body's locals; gives what reads on, and how many parameters there are.
#[inline(always)]
pub(super) fn prepare<'a, 'v, G: Gate, S: Storage>(
    env: &'v Environment<S>,
    gate: &'v G,
    bytes: &'a [u8],
    span: Span,
    func: FuncIdx,
    scratch: &'v mut Scratch<S>,
) -> Result<(Reader<'a>, Validator<'v, G, S>, u32), Reject> {
    let mut reader = span.reader(bytes);
    let start = span.start;
    let size = (span.end - span.start) as u64;
    if size > gate.limits().function_size {
        return Err(Reject::limit(Limit::FunctionSize, size, start));
    }
    let Some((ty, signature)) = env
        .func_type_index(func)
        .and_then(|ty| Some((ty, env.signature(ty)?)))
    else {
        return Err(unknown(
            ErrorCode::UnknownFunction,
            func.0,
            env.funcs.len(),
            start,
        ));
    };
    scratch.clear::<G>();
    let mut v = Validator::new(gate, env, scratch, BlockType::Func(ty), start);
    v.read_locals(&mut reader, signature.params)?;
    v.at = reader.position();
    Ok((reader, v, signature.params.len() as u32))
}

/// What precedes the first instruction.
pub(super) fn header<'v, G: Gate, S: Storage>(
    v: &'v Validator<'_, G, S>,
    func: FuncIdx,
    params: u32,
) -> Header<'v, impl List<LocalRun>> {
    Header {
        func,
        runs: &v.scratch.runs,
        params,
        locals: v.locals.count,
        code: v.at,
    }
}

fn steps<'a, G: Gate, S: Storage, K: Sink<'a>>(
    v: &mut Validator<'_, G, S>,
    reader: &mut Reader<'a>,
    sink: &mut K,
) -> Result<(), Reject> {
    let by_table = policy::REGULAR_BY_TABLE && !K::ALL;
    while !reader.is_at_end() {
        let at = reader.position();
        v.at = at;
        if by_table && let Some(kind) = RegularKind::next(reader) {
            let (reachable, height) = v.before();
            v.regular(kind, reader)?;
            sink.pass(at, reachable, height)?;
            continue;
        }
        let (reachable, height) = v.before();
        let decoded = match (policy::JUDGE_APART, by_table) {
            (false, _) => next(v, reader),
            (true, true) => decode::<false, _>(reader, v.gate),
            (true, false) => decode::<true, _>(reader, v.gate),
        };
        // By reference, because an instruction is large.
        let instruction = match &decoded {
            Ok(instruction) => instruction,
            Err(reject) => return Err(*reject),
        };
        match (policy::JUDGE_APART, by_table) {
            (false, _) => {}
            (true, true) => step::<false, G, S>(v, instruction)?,
            (true, false) => step::<true, G, S>(v, instruction)?,
        }
        let effect = Effect {
            reachable,
            height,
            end: reader.position(),
            ended: &v.ended,
        };
        sink.accept(at, instruction, effect)?;
        if v.is_done() {
            // Nothing may follow the last `end`.
            return reader.complete();
        }
    }
    Err(Reject::new(ErrorCode::EndExpected, reader.position()))
}
