//! What the macros say about wrong input, word for word, and right input that must pass.
//!
//! The texts hold only messages of this package, so that another compiler does not change them; but
//! for `imports_*` and `slots_*`, which hold what the compiler makes of what it is handed.
//! `TRYBUILD=overwrite cargo test -p tabwasm-macros --test ui` rewrites them.

#[test]
fn messages() {
    let cases = trybuild::TestCases::new();
    cases.pass("../tests/ui/pass/*.rs");
    cases.compile_fail("../tests/ui/fail/*.rs");
}
