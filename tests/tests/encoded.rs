//! The official scripts, encoded, on the tier `no_alloc`: what microcontrollers play too.
//!
//! `embedded/run.sh` compares the counts with those of other machines. A directive for which a
//! limit of the tier or the room does not suffice is *exceeded*; there are few of these.

use tabwasm::profile::{NoAlloc, NoAllocVector, Profile};
use tabwasm_player::format::Tag;
use tabwasm_player::{Counts, Listener, Outcome, desk};
use tabwasm_tests::encode::{Encoder, official};
use tabwasm_tests::shared;

/// Bytes of memories: enough for every script.
const MEMORY: usize = 80 << 20;

#[test]
fn encoded_scripts_pass() {
    let encoder = official().unwrap_or_else(|error| panic!("{error}"));
    println!("{encoder}");
    let directives = encoder.directives;
    let bytes = encoder.finish();
    let narrow = play::<NoAlloc>(&bytes, directives);
    let wide = play::<NoAllocVector>(&bytes, directives);
    assert_eq!(wide.passed > narrow.passed, shared("spec-tests").is_some());
}

/// In slots of 8 bytes, what needs vectors is skipped.
fn play<P: Profile>(bytes: &[u8], directives: u64) -> Counts {
    let mut heard = Heard::default();
    let counts = desk::play_bytes::<P>(bytes, MEMORY, &mut heard).expect("a script");
    println!("{counts}");
    println!("{}", heard.exceeded.join("\n"));
    assert!(heard.failures.is_empty(), "{}", heard.failures.join("\n"));
    let all = counts.passed + counts.failed + counts.skipped + counts.exceeded;
    assert_eq!(u64::from(all), directives);
    assert!(counts.exceeded * 100 < all);
    counts
}

#[test]
fn wrong_vectors_are_noticed() {
    let right = [
        "(v128.const i64x2 1 2)) (v128.const i32x4 1 0 2 0)",
        "(v128.const i32x4 0 1 0 0x7FC00000)) (v128.const f32x4 0 0x1p-149 0 nan:canonical)",
        "(v128.const i64x2 0 0x7FF8000000000001)) (v128.const f64x2 0 nan:arithmetic)",
        "(v128.const i64x2 1 2)) (either (v128.const i64x2 1 3) (v128.const i64x2 1 2))",
    ];
    let wrong = [
        "(v128.const i64x2 1 2)) (v128.const i32x4 1 0 2 1)",
        "(v128.const i32x4 0 1 0 0x7FC00000)) (v128.const f32x4 0 0x1p-149 nan:canonical nan:canonical)",
        "(v128.const i64x2 0 0x7FF8000000000001)) (v128.const f64x2 0 nan:canonical)",
        "(v128.const i64x2 1 2)) (either (v128.const i64x2 1 3) (v128.const f64x2 1 2))",
        "(v128.const i64x2 1 2)) (i64.const 1)",
    ];
    let module = r#"(module (func (export "f") (param v128) (result v128) (local.get 0)))"#;
    let asserted = right.into_iter().chain(wrong);
    let asserted = asserted.map(|text| format!("\n(assert_return (invoke \"f\" {text})"));
    let script = module.to_owned() + &asserted.collect::<String>();
    let mut encoder = Encoder::default();
    encoder.script("wrong", &script).expect("it is a script");
    let bytes = encoder.finish();
    let mut heard = Heard::default();
    let counts = desk::play_bytes::<NoAllocVector>(&bytes, 0x10000, &mut heard).expect("a script");
    assert_eq!(counts.passed as usize, 1 + right.len());
    let lines = (0..wrong.len()).map(|line| format!("wrong:{}: ", right.len() + line + 2));
    for (failure, line) in heard.failures.iter().zip(lines) {
        assert!(failure.starts_with(&line), "{failure}");
    }
    assert_eq!(heard.failures.len(), wrong.len());
}

#[derive(Default)]
struct Heard {
    failures: Vec<String>,
    exceeded: Vec<String>,
}

impl Listener for Heard {
    fn hear(&mut self, file: &str, line: u32, tag: Tag, outcome: Outcome) {
        let text = format!("{file}:{line}: {tag:?}: {outcome:?}");
        match outcome {
            Outcome::Failed(_) => self.failures.push(text),
            Outcome::Exceeded => self.exceeded.push(text),
            Outcome::Passed | Outcome::Skipped => {}
        }
    }
}
