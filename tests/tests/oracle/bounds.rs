//! The bounds of the Canonical ABI against what wasmparser takes to be valid.
//!
//! Each is the greatest number with which a component is valid, and is looked for: wasmparser says
//! of a component with that number whether it is. Standard: Component Model, `CanonicalABI.md`.

use tabwasm_tests::tables;
use wasmparser::{Validator, WasmFeatures};

#[test]
fn bounds() {
    let lists = greatest(|length| format!("(component (type (list u8 {length})))"));
    let found = [
        ("flat_params", greatest(|count| lowered(count, 0, ""))),
        (
            "flat_async_params",
            greatest(|count| lowered(count, 1, "async")),
        ),
        ("flat_results", greatest(|count| lowered(0, count, ""))),
        // The standard gives both the same, and no component has the length of a string.
        ("string_byte_length", lists),
        ("list_byte_length", lists),
        ("context_words", greatest(keeps)),
    ];
    let layout = tables().component.layout;
    let bounds = layout.bounds.iter();
    let said: Vec<_> = bounds
        .map(|bound| (bound.key.as_str(), bound.number))
        .collect();
    assert_eq!(said, found);
}

/// A component that asks for the last of so many words of a call.
fn keeps(words: u64) -> String {
    let last = words.saturating_sub(1);
    format!("(component (canon context.get i32 {last} (core func)))")
}

/// A component that lowers a function, and passes this many values without a memory.
fn lowered(params: u64, results: u64, options: &str) -> String {
    let of = |count: u64, one: &str| vec![one; count as usize].join(" ");
    let named: String = (0..params)
        .map(|place| format!("(param \"p{place}\" u32)"))
        .collect();
    let result = match (options, results) {
        ("", 1..) => format!("(result (tuple {}))", of(results, "u32")),
        _ => String::new(),
    };
    let (params, results) = (of(params, "i32"), of(results, "i32"));
    format!(
        r#"(component
            (import "f" (func $f {options} {named} {result}))
            (core func $g (canon lower (func $f) {options}))
            (core module $m (import "" "g" (func (param {params}) (result {results}))))
            (core instance (instantiate $m (with "" (instance (export "g" (func $g)))))))"#
    )
}

/// The greatest number, with which the component is valid, as it is with 1.
fn greatest(component: impl Fn(u64) -> String) -> u64 {
    let valid = |number: &u64| {
        let bytes = wat::parse_str(component(*number)).expect("text of a component");
        Validator::new_with_features(WasmFeatures::all())
            .validate_all(&bytes)
            .is_ok()
    };
    let mut least = 1;
    assert!(valid(&least), "{}", component(least));
    let mut more = least;
    while valid(&(least + more)) {
        least += more;
        more *= 2;
    }
    while more > 1 {
        more /= 2;
        if valid(&(least + more)) {
            least += more;
        }
    }
    least
}
