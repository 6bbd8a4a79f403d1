//! The official scripts, encoded, on the tier `no_alloc`: what microcontrollers play too.
//!
//! `embedded/run.sh` compares the counts with those of other machines. A directive for which a
//! limit of the tier or the room does not suffice is *exceeded*; there are few of these.

use tabwasm_player::format::Tag;
use tabwasm_player::{Listener, Outcome, desk};
use tabwasm_tests::encode::official;

/// Bytes of memories: enough for every script.
const MEMORY: usize = 80 << 20;

#[test]
fn encoded_scripts_pass() {
    let encoder = official().unwrap_or_else(|error| panic!("{error}"));
    println!("{encoder}");
    let directives = encoder.directives;
    let mut heard = Heard::default();
    let counts = desk::play_bytes(&encoder.finish(), MEMORY, &mut heard).expect("a script");
    println!("{counts}");
    println!("{}", heard.exceeded.join("\n"));
    assert!(heard.failures.is_empty(), "{}", heard.failures.join("\n"));
    let all = counts.passed + counts.failed + counts.skipped + counts.exceeded;
    assert_eq!(u64::from(all), directives);
    assert!(counts.exceeded * 100 < all);
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
