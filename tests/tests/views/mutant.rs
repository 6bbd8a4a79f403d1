//! Views of bytes that were damaged at random: whatever is read ends, and nothing panics.
//!
//! Views read what nobody has validated, so any byte may be wrong; after an error nothing more may
//! come.

use tabwasm::view::View;
use tabwasm_tests::corpus::{self, Module, Random};

use crate::{component, components, module};

/// Of this many modules one is damaged; of components all are.
const EACH: usize = 4;

/// Mutants of each module or component.
const MUTANTS: usize = 24;

/// Modules and components above this size are left alone.
const MUTABLE: usize = 4_096;

#[test]
fn damaged_bytes_are_read_to_an_end() {
    let mut modules: Vec<Module> = corpus::modules().into_iter().step_by(EACH).collect();
    modules.extend(components());
    let (mut read, mut refused) = (0, 0);
    for (number, Module { name, bytes, .. }) in modules.iter().enumerate() {
        if bytes.len() > MUTABLE {
            continue;
        }
        let mut random = Random::new(number as u64 + 1);
        for _ in 0..MUTANTS {
            let mutant = mutate(bytes, &mut random);
            let lines = match View::new(&mutant) {
                Ok(View::Module(_)) => module::lines(&mutant),
                Ok(View::Component(_)) => component::lines(&mutant),
                Err(reject) => Err(reject),
            };
            match lines {
                // Each line stands for a byte at least, but for those that are always there.
                Ok(lines) => {
                    assert!(
                        lines.len() <= 4 * mutant.len() + 4,
                        "{name}: {} lines",
                        lines.len()
                    );
                    read += 1;
                }
                Err(reject) => {
                    assert!(reject.offset <= mutant.len(), "{name}: {reject}");
                    refused += 1;
                }
            }
        }
    }
    println!("{read} mutants are read, {refused} are refused");
    assert!(read > 1_000 && refused > 1_000);
}

/// Changes, removes or inserts a few bytes.
pub(crate) fn mutate(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..1 + random.below(3) {
        if bytes.is_empty() {
            break;
        }
        let at = random.below(bytes.len());
        match random.below(6) {
            0 | 1 => bytes[at] ^= 1 << random.below(8),
            2 => bytes[at] = random.number() as u8,
            3 => drop(bytes.remove(at)),
            4 => bytes.insert(at, random.number() as u8),
            _ => bytes.truncate(at.max(bytes.len() / 2)),
        }
    }
    bytes
}
