//! Components made to take time: their validation ends within a number of steps.
//!
//! Steps are counted, not timed: a limit on them says how many suffice. What is linear takes few for
//! each byte; what is not is refused by a limit before it takes many.

use std::fmt::Write;

use tabwasm::profile::{Features, Profile, Std};
use tabwasm::reject::Verdict;
use tabwasm::spec::{Limit, Proposals};
use tabwasm::validate::{Heap, validate_component};

/// The most steps that one of these takes for each byte.
const EACH: usize = 12;

fn verdict(bytes: &[u8], steps: usize) -> Verdict {
    let mut gate = Features {
        proposals: Std::PROPOSALS.union(Proposals::COMPONENTS),
        limits: Std::LIMITS,
    };
    gate.limits.component_steps = steps as u64;
    validate_component(bytes, &gate, Heap)
}

fn is_out_of_steps(verdict: Verdict) -> bool {
    matches!(
        verdict,
        Verdict::OutOfBudget {
            limit: Limit::ComponentSteps,
            ..
        }
    )
}

/// The verdict within so many steps for each byte.
fn within(text: &str, each: usize) -> Verdict {
    let bytes = wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"));
    verdict(&bytes, each * bytes.len())
}

fn is_linear(what: &str, text: &str) {
    assert_eq!(within(text, EACH), Verdict::Valid, "{what}");
}

/// Lines of a component, one for each number.
fn component(count: usize, lines: impl Fn(usize) -> String) -> String {
    let mut text = "(component\n".to_string();
    for number in 0..count {
        let _ = writeln!(text, "{}", lines(number));
    }
    text + ")"
}

#[test]
fn ten_thousand_names() {
    let fields: String = (0..10_000)
        .map(|n| format!("(field \"f{n}\" u8)"))
        .collect();
    is_linear("fields", &format!("(component (type (record {fields})))"));
    is_linear(
        "imports",
        &component(10_000, |n| format!("(import \"f{n}\" (func))")),
    );
    let exports: String = (0..10_000)
        .map(|n| format!("(export \"f{n}\" (func))"))
        .collect();
    let aliases: String = (0..10_000)
        .map(|n| format!("(alias export $i \"f{n}\" (func))"))
        .collect();
    is_linear(
        "aliases",
        &format!("(component (import \"i\" (instance $i {exports})) {aliases})"),
    );
    is_linear(
        "named types",
        &component(5_000, |n| {
            format!(
                "(type $r{n} (record (field \"a\" u8))) (import \"r{n}\" (type $s{n} (eq $r{n})))
                 (import \"f{n}\" (func (param \"a\" $s{n})))"
            )
        }),
    );
    is_linear(
        "arguments",
        &format!(
            "(component (component $c {}) (import \"f\" (func $f)) (instance (instantiate $c {})))",
            (0..5_000)
                .map(|n| format!("(import \"f{n}\" (func))"))
                .collect::<String>(),
            (0..5_000)
                .map(|n| format!("(with \"f{n}\" (func $f))"))
                .collect::<String>(),
        ),
    );
}

/// Names that are asked for in the wrong order are found in quadratic time, or not in time.
#[test]
fn names_in_the_wrong_order_are_bounded() {
    let exports: String = (0..4_000)
        .map(|n| format!("(export \"f{n}\" (func))"))
        .collect();
    let aliases: String = (0..4_000)
        .rev()
        .map(|n| format!("(alias export $i \"f{n}\" (func))"))
        .collect();
    let text = format!("(component (import \"i\" (instance $i {exports})) {aliases})");
    let bytes = wat::parse_str(text).expect("text");
    assert!(is_out_of_steps(verdict(&bytes, 1_000_000)));
    assert_eq!(verdict(&bytes, 100_000_000), Verdict::Valid);
}

#[test]
fn types_nested_a_hundred_deep() {
    let nested = |depth| {
        component(depth, |n| match n {
            0 => "(type $t0 (list u8))".to_string(),
            n => format!("(type $t{n} (list $t{}))", n - 1),
        })
    };
    is_linear("nested 98 deep", &nested(98));
    assert!(matches!(
        within(&nested(102), EACH),
        Verdict::OutOfBudget {
            limit: Limit::ComponentTypeDepth,
            ..
        }
    ));
}

/// Each type is twice the one before it: what it consists of is counted, not looked at.
#[test]
fn types_that_double() {
    let values = component(64, |n| match n {
        0 => "(type $t0 (tuple u8 u8))".to_string(),
        n => format!("(type $t{n} (tuple $t{0} $t{0}))", n - 1),
    });
    let instances = component(64, |n| match n {
        0 => "(type $t0 (instance (export \"r\" (type (sub resource)))))".to_string(),
        n => format!(
            "(type $t{n} (instance (alias outer 1 $t{0} (type $t))
             (export \"a\" (instance (type $t))) (export \"b\" (instance (type $t)))))",
            n - 1
        ),
    });
    // Whose resources are which is asked of instances, as long as their types are not too large.
    for (text, each) in [(values, EACH), (instances, 1_000)] {
        let verdict = within(&text, each);
        assert!(
            matches!(
                verdict,
                Verdict::OutOfBudget {
                    limit: Limit::ComponentTypeSize,
                    ..
                }
            ),
            "{verdict:?}"
        );
    }
}

/// Each component exports what it imports under a new name: substitutions follow each other.
#[test]
fn substitutions_in_a_row() {
    let text = component(200, |n| match n {
        0 => "(import \"i0\" (instance $i0 (export \"r\" (type (sub resource)))))".to_string(),
        n => format!(
            "(component $c{n}
               (import \"i\" (instance $i (export \"r\" (type (sub resource)))))
               (export \"i\" (instance $i)))
             (instance $j{n} (instantiate $c{n} (with \"i\" (instance $i{}))))
             (alias export $j{n} \"i\" (instance $i{n}))",
            n - 1
        ),
    });
    is_linear("substitutions", &text);
}

/// Each import is another name of the one before.
#[test]
fn names_in_a_row() {
    let text = component(3_000, |n| match n {
        0 => "(import \"r0\" (type $r0 (sub resource)))".to_string(),
        n => format!("(import \"r{n}\" (type $r{n} (eq $r{})))", n - 1),
    });
    // That the one before has a name is asked each time.
    assert_eq!(within(&text, 400), Verdict::Valid);
}

/// What is read again counts, however few definitions ask for it.
#[test]
fn large_types_that_are_read_again_are_bounded() {
    let fields: String = (0..10_000)
        .map(|n| format!("(field \"f{n}\" u8)"))
        .collect();
    let streams = "(type (stream $r))".repeat(1_000);
    let text = format!("(component (type $r (record {fields})) {streams})");
    let bytes = wat::parse_str(&text).expect("text");
    assert!(is_out_of_steps(verdict(&bytes, 1_000_000)));
    assert_eq!(verdict(&bytes, 20_000_000), Verdict::Valid);
}
