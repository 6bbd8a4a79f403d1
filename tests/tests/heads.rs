//! Every file says at its head why it is there: no head that is missing, broken off, or empty.
//!
//! What a head should say (how data passes through the module, which section of which standard it
//! follows) is for its author; the number of words shows at least those that only repeat the name
//! of the file.

use std::fs;

use tabwasm_tests::{sources::files, workspace};

/// Folders, with the least words of a head. Programs and tests of one purpose need fewer.
const FOLDERS: &[(&str, usize)] = &[
    ("codegen", 24),
    ("macros", 24),
    ("runtime", 24),
    ("tests", 18),
];

/// Folders without heads, and why.
const SKIPPED: &[(&str, &str)] = &[
    ("target", "what cargo has built"),
    ("generated", "emitters write these heads"),
    ("golden", "the same"),
    ("sources/embedded", "links to files that stand elsewhere"),
    (
        "spec_errors",
        "small sources of a runtime, which are wrong on purpose",
    ),
    (
        "ui",
        "programs that must not compile, or must, as a user writes them",
    ),
    ("examples", "programs as a user writes them, shown in pages"),
    (
        "new_opcode",
        "functions that are added to files of the runtime",
    ),
];

#[test]
fn heads_say_why() {
    let skipped: Vec<&str> = SKIPPED.iter().map(|(folder, _)| *folder).collect();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (folder, least) in FOLDERS {
        for file in files(&workspace().join(folder), &skipped) {
            let text = fs::read_to_string(&file).expect("the file can be read");
            let file = file.strip_prefix(workspace()).unwrap_or(&file).display();
            wrong.extend(fault(&text, *least).map(|fault| format!("{file}: {fault}")));
            count += 1;
        }
    }
    println!("{count} files");
    assert!(count > 500, "{count} files");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn faults_are_found() {
    let fault = |text| fault(text, 4);
    assert_eq!(fault("use std::fs;\n"), Some("has no head".to_string()));
    assert_eq!(
        fault("\n//! Why it is there\n"),
        Some("has no head".to_string())
    );
    for broken in [
        "//! Why it is there.\n//!\n\nuse a;",
        "//!\n//! Why it is there.",
    ] {
        let said = "its head begins or ends with a line that is empty";
        assert_eq!(fault(broken), Some(said.to_string()));
    }
    let few = "its head has 2 words, 4 are the least";
    assert_eq!(
        fault("//! Lists.\n//!\n//! - Lists.\n"),
        Some(few.to_string())
    );
    assert_eq!(fault("//! Lists in\n//!\n//! the caller's bytes.\n"), None);
}

/// What is wrong with the head of a file, if something is.
fn fault(text: &str, least: usize) -> Option<String> {
    let head: Vec<&str> = text
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .collect();
    let (Some(first), Some(last)) = (head.first(), head.last()) else {
        return Some("has no head".to_string());
    };
    if first.trim().is_empty() || last.trim().is_empty() {
        return Some("its head begins or ends with a line that is empty".to_string());
    }
    let is_word = |word: &&str| word.contains(char::is_alphanumeric);
    let words = head.iter().flat_map(|line| line.split_whitespace());
    let count = words.filter(is_word).count();
    (count < least).then(|| format!("its head has {count} words, {least} are the least"))
}
