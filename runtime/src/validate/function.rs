//! The pass over one function body.
//!
//! Decoder, rules and sink take turns at each instruction: it is read, judged, and only then shown
//! to the sink, which can rely on the rules. The same pass runs when a function is validated and
//! again when it is translated, so that no code is made from bytes that were not checked. Standard:
//! section 3.5, "Modules", "Functions", and the algorithm of the appendix.

use super::environment::{Environment, Types, unknown};
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
use crate::types::{BlockType, FuncIdx, TypeIdx};

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
    let mut reader = span.reader(bytes);
    let (ty, params) = typed(env, gate, span, func)?;
    scratch.clear::<G>();
    let mut v = Validator::new(gate, env, scratch, BlockType::Func(ty), span.start);
    sink.begin(header(&mut v, &mut reader, func, params)?)?;
    v.begin()?;
    steps(&mut v, &mut reader, sink)
}

/// The type of a function, whose body is not too long, and its parameters.
#[inline(always)]
pub(super) fn typed<G: Gate, S: Storage>(
    env: &Environment<S>,
    gate: &G,
    span: Span,
    func: FuncIdx,
) -> Result<(TypeIdx, Types), Reject> {
    let start = span.start;
    let size = (span.end - start) as u64;
    if size > gate.limits().function_size {
        return Err(Reject::limit(Limit::FunctionSize, size, start));
    }
    if let Some(ty) = env.func_type_index(func)
        && let Some(signature) = env.signature(ty)
    {
        return Ok((ty, signature.params));
    }
    Err(unknown(
        ErrorCode::UnknownFunction,
        func.0,
        env.funcs.len(),
        start,
    ))
}

/// Reads the declarations of a body's locals; gives what precedes the first instruction.
#[inline(always)]
pub(super) fn header<'v, G: Gate, S: Storage>(
    v: &'v mut Validator<'_, G, S>,
    reader: &mut Reader<'_>,
    func: FuncIdx,
    params: Types,
) -> Result<Header<'v, impl List<LocalRun>>, Reject> {
    v.read_locals(reader, params)?;
    v.at = reader.position();
    Ok(Header {
        func,
        runs: &v.scratch.runs,
        params: params.len() as u32,
        locals: v.locals.count,
        code: v.at,
    })
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
