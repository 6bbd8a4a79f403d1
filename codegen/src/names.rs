//! Rust names of what the tables name.
//!
//! The one place that makes them. A key is the mnemonic, so it may hold dots, and it may be a
//! word that Rust reserves: `i32.load8_s` is the function `i32_load8_s` and the variant
//! `I32Load8S`; `return` is the function `return_` and the variant `Return`.

use proc_macro2::{Ident, Span};

/// Name of the function of a row: `i32_load8_s`.
pub fn function(key: &str) -> String {
    let name = key.replace(['.', '-'], "_");
    if is_reserved(&name) { name + "_" } else { name }
}

/// Name of the variant of a row: `I32Load8S`.
///
/// A word that begins with a digit keeps its underscore when it follows a digit
/// (`i32x4.relaxed_2`), so that different keys have different names.
pub fn variant(key: &str) -> String {
    let mut name = String::new();
    for word in key.split(['.', '_', '-']) {
        let mut letters = word.chars();
        let Some(first) = letters.next() else {
            continue;
        };
        if first.is_ascii_digit() && name.ends_with(|last: char| last.is_ascii_digit()) {
            name.push('_');
        }
        name.push(first.to_ascii_uppercase());
        name.push_str(letters.as_str());
    }
    if name == "Self" { name + "_" } else { name }
}

/// Name of a constant: `NAME_LENGTH`.
pub fn constant(key: &str) -> String {
    key.replace(['.', '-'], "_").to_ascii_uppercase()
}

/// An identifier for `quote!`.
pub fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

fn is_reserved(word: &str) -> bool {
    syn::parse_str::<Ident>(word).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_and_underscores() {
        assert_eq!(function("i32.load8_s"), "i32_load8_s");
        assert_eq!(variant("i32.load8_s"), "I32Load8S");
        assert_eq!(variant("memory.atomic.wait32"), "MemoryAtomicWait32");
        assert_eq!(variant("select_typed"), "SelectTyped");
        assert_eq!(variant("stream.cancel-read"), "StreamCancelRead");
        assert_eq!(constant("name_length"), "NAME_LENGTH");
    }

    #[test]
    fn reserved_words() {
        for key in ["return", "if", "else", "loop", "throw", "try"] {
            assert!(syn::parse_str::<Ident>(&function(key)).is_ok(), "{key}");
            assert!(syn::parse_str::<Ident>(&variant(key)).is_ok(), "{key}");
        }
        assert_eq!(function("return"), "return_");
        assert_eq!(variant("return"), "Return");
        assert_eq!(variant("else"), "Else");
    }

    #[test]
    fn digits_stay_apart() {
        assert_ne!(variant("a1.2b"), variant("a12b"));
    }
}
