//! How deep a module's calls can nest, and how many slots that takes.
//!
//! This needs memory in proportion to the code, so it is for whoever prepares a module on another
//! machine; the device gets the numbers as lengths of its slices. Without an answer (recursion,
//! indirect calls) the user states them, and running out of them stops the program without harm.

use alloc::vec::Vec;

use crate::profile::Gate;
use crate::read::Span;
use crate::reject::Reject;
use crate::spec::Instruction;
use crate::types::FuncIdx;
use crate::validate::{self, Effect, Header, Heap, List, LocalRun, ModuleSink, Sink};

/// Slots and frames that any call of an exported or start function needs at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Depth {
    /// Slots.
    pub slots: u64,
    /// Frames: one less than functions that are nested.
    pub frames: u64,
}

impl Depth {
    /// Of a module; nothing, if there is no bound, because functions call themselves, or because
    /// it is not known which functions are called.
    pub fn of(wasm: &[u8], gate: &impl Gate) -> Result<Option<Self>, Reject> {
        let mut calls = Calls::default();
        let env = validate::module(wasm, gate, Heap, &mut calls)?;
        let imported = env.imported_funcs();
        let arity = |func: u32| {
            let ty = env.func_type(FuncIdx(func));
            ty.map_or((0, 0), |ty| {
                (ty.params().len() as u64, ty.results().len() as u64)
            })
        };
        let mut known: Vec<Option<Self>> = Vec::new();
        known.resize(imported as usize + calls.bodies.len(), None);
        for func in 0..imported {
            // A function of the host only needs room for what it takes and gives.
            let (params, results) = arity(func);
            known[func as usize] = Some(Self {
                slots: params.max(results),
                frames: 0,
            });
        }
        let mut entered = known.iter().map(Option::is_some).collect::<Vec<_>>();
        let mut path: Vec<(u32, usize)> = Vec::new();
        for first in imported..known.len() as u32 {
            if known[first as usize].is_none() {
                path.push((first, 0));
                entered[first as usize] = true;
            }
            while let Some((func, next)) = path.pop() {
                let body = &calls.bodies[(func - imported) as usize];
                if body.indirect {
                    return Ok(None);
                }
                if let Some(call) = body.calls.get(next) {
                    path.push((func, next + 1));
                    if known[call.func as usize].is_none() {
                        if entered[call.func as usize] {
                            return Ok(None);
                        }
                        entered[call.func as usize] = true;
                        path.push((call.func, 0));
                    }
                    continue;
                }
                let (params, results) = arity(func);
                let mut depth = Self {
                    slots: body.slots.max(params + results),
                    frames: 0,
                };
                for call in &body.calls {
                    let callee = known[call.func as usize].unwrap_or_default();
                    let base = match call.tail {
                        true => 0,
                        false => call.height.saturating_sub(arity(call.func).0),
                    };
                    let defined = call.func >= imported && !call.tail;
                    depth.slots = depth.slots.max(base + callee.slots);
                    depth.frames = depth.frames.max(callee.frames + u64::from(defined));
                }
                known[func as usize] = Some(depth);
            }
        }
        let most = known
            .into_iter()
            .flatten()
            .fold(Self::default(), |a, b| Self {
                slots: a.slots.max(b.slots),
                frames: a.frames.max(b.frames),
            });
        Ok(Some(most))
    }
}

/// What bodies call.
#[derive(Default)]
struct Calls {
    bodies: Vec<Body>,
}

/// What one body calls.
#[derive(Default)]
struct Body {
    locals: u64,
    slots: u64,
    calls: Vec<Call>,
    indirect: bool,
}

struct Call {
    func: u32,
    /// Locals and operands of the caller, arguments included.
    height: u64,
    tail: bool,
}

impl<'a> Sink<'a> for Body {
    fn begin(&mut self, header: Header<'_, impl List<LocalRun>>) -> Result<(), Reject> {
        self.locals = header.locals.into();
        self.slots = self.locals;
        Ok(())
    }

    fn accept(&mut self, _: usize, i: &Instruction<'a>, effect: Effect<'_>) -> Result<(), Reject> {
        if !effect.reachable {
            return Ok(());
        }
        let height = self.locals + u64::from(effect.height);
        self.slots = self.slots.max(height);
        match *i {
            Instruction::Call { f } | Instruction::ReturnCall { f } => self.calls.push(Call {
                func: f.0,
                height,
                tail: matches!(i, Instruction::ReturnCall { .. }),
            }),
            Instruction::CallIndirect { .. }
            | Instruction::ReturnCallIndirect { .. }
            | Instruction::CallRef { .. }
            | Instruction::ReturnCallRef { .. } => self.indirect = true,
            _ => {}
        }
        Ok(())
    }
}

impl ModuleSink<'_> for Calls {
    type Body = Body;

    fn body(&mut self, _: FuncIdx, _: Span) -> Result<&mut Body, Reject> {
        Ok(self.bodies.push_mut(Body::default()))
    }
}
