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

/// Type of the field that holds an immediate of this kind, or nothing if the kind is unknown.
pub fn immediate_type(kind: &str) -> Option<&'static str> {
    IMMEDIATES
        .iter()
        .find(|(known, _)| *known == kind)
        .map(|(_, rust)| *rust)
}

/// Kinds of immediates, with the type of the field that holds one.
pub const IMMEDIATES: &[(&str, &str)] = &[
    ("label", "LabelIdx"),
    ("labels", "Labels<'a>"),
    ("local", "LocalIdx"),
    ("global", "GlobalIdx"),
    ("func", "FuncIdx"),
    ("type", "TypeIdx"),
    ("table", "TableIdx"),
    ("memory", "MemoryIdx"),
    ("data", "DataIdx"),
    ("elem", "ElemIdx"),
    ("tag", "TagIdx"),
    ("field", "FieldIdx"),
    ("block", "BlockType"),
    ("catches", "Catches<'a>"),
    ("heap", "HeapType"),
    ("valtypes", "ValTypes<'a>"),
    ("memarg", "MemArg"),
    ("atomic", "MemArg"),
    ("lane", "u8"),
    ("lanes", "[u8; 16]"),
    ("i32", "i32"),
    ("i64", "i64"),
    ("f32", "f32"),
    ("f64", "f64"),
    ("v128", "u128"),
    ("u32", "u32"),
];

/// Kinds of parts of components that are read by hand-written code, with their types; the others
/// are sorts (their indices), groups and sequences.
pub const PARTS: &[(&str, &str)] = &[
    ("u32", "u32"),
    ("positive", "NonZeroU32"),
    ("name", "&'a str"),
    ("label", "Label<'a>"),
    ("content", "&'a [u8]"),
    ("async", "bool"),
    ("shared", "bool"),
    ("sort", "Sort"),
    ("core_sort", "CoreSort"),
    ("item", "Item"),
    ("core_item", "CoreItem"),
    ("valtype", "ValType"),
    ("options", "Options<'a>"),
    ("declarators", "Declarators<'a>"),
    ("core_valtype", "CoreValType"),
    ("core_group", "CoreGroup<'a>"),
    ("core_import", "CoreImport<'a>"),
    ("core_extern_type", "CoreExternType"),
];

/// Parts of components that say nothing: a byte that must be so.
pub const SILENT: &[&str] = &["zero", "instance_sort"];

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
