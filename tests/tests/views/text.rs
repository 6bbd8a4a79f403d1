//! Two notations for the same things, brought to one.
//!
//! This library and wasmparser name variants and fields differently; `Debug` texts of both are
//! reduced to the words that matter, so that they can be compared without a match for each type.

/// Words that only one of the notations has: names of types around what matters.
const WRAPPERS: &[&str] = &[
    "field",
    "case",
    "item",
    "coreitem",
    "defined",
    "variantcase",
    "componentfunctype",
];

/// Words that the notations have for the same thing.
const SAME: &[(&str, &str)] = &[
    ("one", "some"),
    ("compactutf16", "latin1utf16"),
    ("fixedlengthlist", "fixedlist"),
    ("subresource", "subresource"),
];

/// The words of a `Debug` text in order: names of variants, numbers and strings, without names of
/// fields, indices' types and punctuation.
pub(crate) fn words(debug: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut rest = debug;
    while let Some(first) = rest.chars().next() {
        let length = if first == '"' {
            1 + closing(&rest[1..]) + 1
        } else if first.is_alphanumeric() || first == '_' {
            rest.find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (word, after) = rest.split_at(length.min(rest.len()));
        rest = after;
        let is_field = rest.starts_with(':');
        if word.starts_with('"') {
            words.push(word.to_string());
        } else if first.is_alphanumeric() && !is_field {
            let word = word.to_lowercase();
            if word.ends_with("idx") || WRAPPERS.contains(&word.as_str()) {
                continue;
            }
            let same = SAME.iter().find(|(theirs, _)| *theirs == word);
            words.push(same.map_or(word, |(_, ours)| ours.to_string()));
        }
    }
    words.join(" ")
}

/// Where the string ends whose first quote was taken.
fn closing(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        match letter {
            '"' if !escaped => return at,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}
