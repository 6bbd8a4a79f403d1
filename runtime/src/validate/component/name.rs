//! The grammar of labels, and of names of imports and exports.
//!
//! Names say what they stand for: a function, a member of a resource, or a versioned interface;
//! hosts bind by them, so a misspelt one is rejected before anything is linked. Whether a version
//! is one is not asked here. Standard: Component Model, `Explainer.md`, "Import and Export Names".

use crate::profile::Gate;
pub(super) use crate::read::component::is_label;
use crate::spec::Proposal;

/// Whether it is a label, a function of a resource, or an interface.
pub(super) fn is_extern_name(name: &str, gate: &impl Gate) -> bool {
    if name.contains(':') {
        return is_interface(name, gate.has(Proposal::ComponentModelNestedNames));
    }
    if let Some(resource) = name.strip_prefix("[constructor]") {
        return is_label(resource);
    }
    let member = name
        .strip_prefix("[method]")
        .or(name.strip_prefix("[static]"));
    let rest = member.unwrap_or(name);
    let accessed = rest.strip_prefix("[get]").or(rest.strip_prefix("[set]"));
    if accessed.is_some() && !gate.has(Proposal::ComponentModelAccessors) {
        return false;
    }
    let rest = accessed.unwrap_or(rest);
    match (member, rest.split_once('.')) {
        (Some(_), Some((resource, func))) => is_label(resource) && is_label(func),
        (Some(_), None) => false,
        (None, _) => is_label(rest),
    }
}

/// `namespace:package/interface@version`; if they nest, several namespaces and interfaces.
fn is_interface(name: &str, nest: bool) -> bool {
    let (path, version) = match name.split_once('@') {
        Some((path, version)) => (path, Some(version)),
        None => (name, None),
    };
    let Some((package, interfaces)) = path.split_once('/') else {
        return false;
    };
    let small = |label: &str| is_label(label) && !label.bytes().any(|b| b.is_ascii_uppercase());
    let (names, parts) = (package.split(':').count(), interfaces.split('/').count());
    let plain = names == 2 && parts == 1;
    (plain || nest && names > 1)
        && package.split(':').all(small)
        && interfaces.split('/').all(is_label)
        && version.is_none_or(|version| !version.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels() {
        for label in ["a", "a-B", "a0", "a-0", "a0-000-3d4a-54FF", "ABC"] {
            assert!(is_label(label), "{label}");
        }
        for wrong in [
            "",
            "aB",
            "a-",
            "-",
            "¶",
            "0",
            "0-a",
            "a-b--c",
            "a0-000-3d4A-54Ff",
        ] {
            assert!(!is_label(wrong), "{wrong}");
        }
    }

    #[test]
    fn names() {
        use crate::profile::{Everything, NoAlloc};
        for name in [
            "a",
            "[constructor]a",
            "[method]a.b",
            "[static]a-0.b-1",
            "a:b/c",
            "a:b/C@0.2.0",
        ] {
            assert!(is_extern_name(name, &NoAlloc), "{name}");
        }
        for wrong in [
            "[foo]a",
            "[method]a",
            "[method]a.b.c",
            "[constructor]a.b",
            "a:b",
            "A:b/c",
            "a:b/c@",
        ] {
            assert!(!is_extern_name(wrong, &NoAlloc), "{wrong}");
        }
        for gated in ["[get]a", "[method][set]a.b", "a:b:c/d", "a:b/c/d@1"] {
            assert!(!is_extern_name(gated, &NoAlloc) && is_extern_name(gated, &Everything));
        }
    }
}
