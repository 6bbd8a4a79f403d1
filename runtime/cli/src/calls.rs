//! Which functions of a module call which: how many calls can be nested.
//!
//! The tier without an allocator needs its number of frames beforehand. This is the answer for
//! modules without recursion and indirect calls; for others it is unknown, and the user says it.
//! The graph is walked with a list of its own, never by recursion.

use tabwasm::profile::Gate;
use tabwasm::read::{Import, ImportType, Span};
use tabwasm::reject::Reject;
use tabwasm::spec::Instruction;
use tabwasm::types::FuncIdx;
use tabwasm::validate::{self, Effect, Heap, ModuleSink, Sink};

/// Calls of each function, as they are met.
#[derive(Default)]
struct Calls {
    imported: u32,
    /// For each function with a body, those that it calls.
    of: Vec<Vec<Call>>,
    /// Whether a call is of a function that only running tells.
    indirect: bool,
}

#[derive(Clone, Copy)]
struct Call {
    func: FuncIdx,
    /// Whether the caller waits; it does not if the call is a tail call.
    waits: bool,
}

/// How many callers can wait at most, for functions of the module itself; `None` if recursion or
/// calls through tables and references leave it open.
pub fn nesting(wasm: &[u8], gate: &impl Gate) -> Result<Option<usize>, Reject> {
    let mut calls = Calls::default();
    validate::module(wasm, gate, Heap, &mut calls)?;
    Ok(if calls.indirect { None } else { calls.depth() })
}

/// What is known of a function.
#[derive(Clone, Copy)]
enum Depth {
    Unknown,
    /// Functions that it calls are being looked at.
    Open,
    Known(usize),
}

impl Calls {
    fn depth(&self) -> Option<usize> {
        let mut depths = vec![Depth::Unknown; self.of.len()];
        let mut most = 0;
        for first in 0..self.of.len() {
            // Functions to look at; a second look comes when those that they call are known.
            let mut left = vec![first];
            while let Some(&func) = left.last() {
                let depth = match depths[func] {
                    Depth::Unknown => {
                        depths[func] = Depth::Open;
                        for callee in self.callees(func).map(|(callee, _)| callee) {
                            match depths[callee] {
                                Depth::Unknown => left.push(callee),
                                Depth::Open => return None,
                                Depth::Known(_) => {}
                            }
                        }
                        continue;
                    }
                    Depth::Open => self
                        .callees(func)
                        .map(|(callee, waits)| match depths[callee] {
                            Depth::Known(depth) => depth + usize::from(waits),
                            Depth::Unknown | Depth::Open => 0,
                        })
                        .max()
                        .unwrap_or(0),
                    Depth::Known(depth) => depth,
                };
                depths[func] = Depth::Known(depth);
                most = most.max(depth);
                left.pop();
            }
        }
        Some(most)
    }

    /// Functions with a body that a function calls.
    fn callees(&self, func: usize) -> impl Iterator<Item = (usize, bool)> + '_ {
        let calls = self.of[func].iter();
        calls.filter_map(|call| {
            let callee = call.func.0.checked_sub(self.imported)?;
            Some((callee as usize, call.waits))
        })
    }
}

impl<'a> Sink<'a> for Calls {
    fn accept(&mut self, _: usize, i: &Instruction<'a>, _: Effect) -> Result<(), Reject> {
        let call = match *i {
            Instruction::Call { f } => (f, true),
            Instruction::ReturnCall { f } => (f, false),
            Instruction::CallIndirect { .. }
            | Instruction::CallRef { .. }
            | Instruction::ReturnCallIndirect { .. }
            | Instruction::ReturnCallRef { .. } => {
                self.indirect = true;
                return Ok(());
            }
            _ => return Ok(()),
        };
        if let Some(calls) = self.of.last_mut() {
            let (func, waits) = call;
            calls.push(Call { func, waits });
        }
        Ok(())
    }
}

impl<'a> ModuleSink<'a> for Calls {
    type Body = Self;

    fn body(&mut self, _: FuncIdx, _: Span) -> Result<&mut Self, Reject> {
        self.of.push(Vec::new());
        Ok(self)
    }

    fn import(&mut self, import: &Import<'a>, _: usize, _: [Span; 2]) -> Result<(), Reject> {
        if matches!(import.ty, ImportType::Func(_)) {
            self.imported += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::nesting;
    use tabwasm::profile::NoAlloc;

    #[test]
    fn chains_are_counted_and_circles_are_not() {
        let of = |text: &str| {
            let wasm = wat::parse_str(format!("(module {text})")).unwrap();
            nesting(&wasm, &NoAlloc).unwrap()
        };
        assert_eq!(of("(func) (func)"), Some(0));
        assert_eq!(
            of(
                "(import \"\" \"\" (func $host)) (func $a call $host call $b) \
                (func $b call $c call $c) (func $c) (func call $c call $a)"
            ),
            Some(3)
        );
        assert_eq!(
            of("(func $a return_call $b) (func $b call $c) (func $c)"),
            Some(1)
        );
        assert_eq!(of("(func $a call $b) (func $b call $a)"), None);
        assert_eq!(
            of("(table 1 funcref) (func (call_indirect (i32.const 0)))"),
            None
        );
    }
}
