//! Programs made smaller while they still show a difference.
//!
//! A difference in a random program of hundreds of instructions says little. Instructions are left
//! out or replaced by constants, for as long as the program stays valid and the difference stays.

use wasm_encoder::Instruction;
use wasmparser::Validator;

use tabwasm_generator::Program;

/// Leaves instructions of one program or several out, or puts a constant in their place, for as long
/// as `differs` holds.
pub fn shrink<const N: usize>(
    mut programs: [Program; N],
    mut differs: impl FnMut(&[Program; N]) -> bool,
) -> [Program; N] {
    let mut holds = |programs: &[Program; N]| {
        let mut modules = programs.iter().map(Program::encode);
        modules.all(|wasm| Validator::new().validate_all(&wasm).is_ok()) && differs(programs)
    };
    loop {
        let mut smaller = false;
        let bodies: Vec<(usize, usize)> = (0..N)
            .flat_map(|of| (0..programs[of].bodies.len()).map(move |body| (of, body)))
            .collect();
        for (of, body) in bodies {
            let mut length = programs[of].bodies[body].code.len();
            while length > 0 {
                let mut at = 0;
                while at + length <= programs[of].bodies[body].code.len() {
                    match without(&programs, (of, body), at, length, &mut holds) {
                        Some(less) => (programs, smaller) = (less, true),
                        None => at += 1,
                    }
                }
                // Every short length, but only some of the long ones.
                length -= (length / 8).max(1);
            }
        }
        if !smaller {
            return programs;
        }
    }
}

fn without<const N: usize>(
    programs: &[Program; N],
    (of, body): (usize, usize),
    at: usize,
    length: usize,
    holds: &mut impl FnMut(&[Program; N]) -> bool,
) -> Option<[Program; N]> {
    let constants = [
        Instruction::I32Const(1),
        Instruction::I64Const(1),
        Instruction::F32Const(1.0.into()),
        Instruction::F64Const(1.0.into()),
    ];
    let nothing: &[Instruction<'static>] = &[];
    let constants = constants.chunks(1).filter(|_| length > 1);
    for replacement in std::iter::once(nothing).chain(constants) {
        let mut less = programs.clone();
        let code = &mut less[of].bodies[body].code;
        code.splice(at..at + length, replacement.iter().cloned());
        if holds(&less) {
            return Some(less);
        }
    }
    None
}
