//! Programs made smaller while they still show a difference.
//!
//! A difference in a random program of hundreds of instructions says little. Instructions are left
//! out or replaced by constants, for as long as the program stays valid and the difference stays.

use wasm_encoder::Instruction;
use wasmparser::Validator;

use tabwasm_generator::Program;

/// Leaves instructions out, or puts a constant in their place, for as long as `differs` holds.
pub fn shrink(mut program: Program, differs: impl Fn(&Program) -> bool) -> Program {
    let holds = |program: &Program| {
        Validator::new().validate_all(&program.encode()).is_ok() && differs(program)
    };
    loop {
        let mut smaller = false;
        for body in 0..program.bodies.len() {
            let mut length = program.bodies[body].code.len();
            while length > 0 {
                let mut at = 0;
                while at + length <= program.bodies[body].code.len() {
                    match without(&program, body, at, length, holds) {
                        Some(less) => (program, smaller) = (less, true),
                        None => at += 1,
                    }
                }
                // Every short length, but only some of the long ones.
                length -= (length / 8).max(1);
            }
        }
        if !smaller {
            return program;
        }
    }
}

fn without(
    program: &Program,
    body: usize,
    at: usize,
    length: usize,
    holds: impl Fn(&Program) -> bool,
) -> Option<Program> {
    let constants = [
        Instruction::I32Const(1),
        Instruction::I64Const(1),
        Instruction::F32Const(1.0.into()),
        Instruction::F64Const(1.0.into()),
    ];
    let nothing: &[Instruction<'static>] = &[];
    let constants = constants.chunks(1).filter(|_| length > 1);
    for replacement in std::iter::once(nothing).chain(constants) {
        let mut less = program.clone();
        let code = &mut less.bodies[body].code;
        code.splice(at..at + length, replacement.iter().cloned());
        if holds(&less) {
            return Some(less);
        }
    }
    None
}
