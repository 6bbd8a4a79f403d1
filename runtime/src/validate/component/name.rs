//! The grammar of labels, and of names of imports and exports.
//!
//! Names say what they stand for: a function, a member of a resource, or a versioned interface;
//! hosts bind by them, so a misspelt one is rejected before anything is linked. Names that differ too
//! little are the same. Standard: Component Model, `Explainer.md`, "Import and Export Names" and
//! "Name Uniqueness".

use core::cmp::Ordering;

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

/// What `[get]` is written as.
pub(super) const GET: &str = "[get]";
/// What `[set]` is written as.
pub(super) const SET: &str = "[set]";

/// A name that has the right form.
#[derive(Clone, Copy)]
pub(super) enum Name<'n> {
    /// A label or two, and what is said before them.
    Plain {
        function: Option<Function>,
        accessor: Option<Accessor>,
        label: &'n str,
    },
    /// An interface.
    Interface(&'n str),
}

/// What a function is to a resource.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Constructor,
    Method,
    Static,
}

/// What a function does with a property.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Accessor {
    Get,
    Set,
}

impl<'n> Name<'n> {
    /// The parts of a name.
    pub(super) fn of(name: &'n str) -> Self {
        if name.contains(':') {
            return Self::Interface(name);
        }
        let functions = [
            ("[constructor]", Function::Constructor),
            ("[method]", Function::Method),
            ("[static]", Function::Static),
        ];
        let (mut label, mut function, mut accessor) = (name, None, None);
        for (text, kind) in functions {
            if let Some(rest) = name.strip_prefix(text) {
                (label, function) = (rest, Some(kind));
            }
        }
        for (text, kind) in [(GET, Accessor::Get), (SET, Accessor::Set)] {
            if let Some(rest) = label.strip_prefix(text) {
                (label, accessor) = (rest, Some(kind));
                break;
            }
        }
        Self::Plain {
            function,
            accessor,
            label,
        }
    }

    /// Whether it is a label, and nothing is said before it.
    pub(super) fn is_bare(&self) -> bool {
        matches!(
            self,
            Self::Plain {
                function: None,
                accessor: None,
                ..
            }
        )
    }

    /// The text in whose place names that differ too little have the same: small letters without
    /// hyphens, behind an annotation that makes a difference.
    fn canonical(self) -> impl Iterator<Item = u8> + use<'n> {
        let (before, text, version) = match self {
            Self::Interface(name) => {
                let (path, version) = name.split_once('@').unwrap_or((name, ""));
                ("", path, version)
            }
            Self::Plain {
                function,
                accessor,
                label,
            } => match label.split_once('.') {
                Some((resource, func)) if plain(resource.as_bytes()).eq(plain(func.as_bytes())) => {
                    ("", resource, "")
                }
                _ if function == Some(Function::Constructor) => ("[constructor]", label, ""),
                _ if accessor == Some(Accessor::Set) => (SET, label, ""),
                _ => ("", label, ""),
            },
        };
        // Nothing but a version stands behind such a sign.
        let sign = (!version.is_empty()).then_some(b'@');
        before
            .bytes()
            .chain(plain(text.as_bytes()))
            .chain(sign)
            .chain(version.bytes())
    }
}

/// Small letters without hyphens.
fn plain(text: &[u8]) -> impl Iterator<Item = u8> + use<'_> {
    let bytes = text.iter().filter(|byte| **byte != b'-');
    bytes.map(u8::to_ascii_lowercase)
}

/// The order of names in which those that differ too little are the same.
pub(super) fn compare(one: &[u8], other: &[u8]) -> Ordering {
    if let Some(order) = compare_plain(one, other) {
        return order;
    }
    let name = |bytes| Name::of(core::str::from_utf8(bytes).unwrap_or_default());
    name(one).canonical().cmp(name(other).canonical())
}

/// The same order of names that differ before an annotation, a point or a version, which most do, or
/// that have none.
fn compare_plain(one: &[u8], other: &[u8]) -> Option<Ordering> {
    let (mut ones, mut others) = (plain(one), plain(other));
    let is_special = |byte| matches!(byte, Some(b'[' | b'.' | b'@'));
    loop {
        let (one, other) = (ones.next(), others.next());
        if is_special(one) || is_special(other) {
            return None;
        }
        if one != other || one.is_none() {
            return Some(one.cmp(&other));
        }
    }
}

/// Whether the version of an interface, with a suffix if there is one, is a version, and is cut
/// where it must be; an interface without version is fine without suffix.
pub(super) fn is_version_of(interface: &str, suffix: Option<&str>) -> bool {
    let Some((_, prefix)) = interface.split_once('@') else {
        return suffix.is_none();
    };
    let version = Version {
        prefix: prefix.as_bytes(),
        suffix: suffix.unwrap_or_default().as_bytes(),
    };
    match (version.cut(), suffix) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(cut), Some(suffix)) => cut == prefix.len() && !suffix.is_empty(),
    }
}

/// A semantic version in two pieces.
struct Version<'n> {
    prefix: &'n [u8],
    suffix: &'n [u8],
}

impl Version<'_> {
    fn byte(&self, place: usize) -> Option<u8> {
        let behind = place.checked_sub(self.prefix.len());
        match behind {
            None => self.prefix.get(place).copied(),
            Some(place) => self.suffix.get(place).copied(),
        }
    }

    /// Where the part ends that is the same for all compatible versions; nothing if it is none.
    fn cut(&self) -> Option<usize> {
        let mut ends = [0; 3];
        let mut place = 0;
        for (number, end) in ends.iter_mut().enumerate() {
            if number > 0 {
                place = self.behind(place, b'.')?;
            }
            place = self.number(place)?;
            *end = place;
        }
        let [major, minor, _] = ends;
        let is_pre = self.byte(place) == Some(b'-');
        if is_pre {
            place = self.identifiers(place + 1, true)?;
        }
        let without_build = place;
        if self.byte(place) == Some(b'+') {
            place = self.identifiers(place + 1, false)?;
        }
        if self.byte(place).is_some() {
            return None;
        }
        let is_zero = |start: usize, end: usize| end - start == 1 && self.byte(start) == Some(b'0');
        Some(match is_pre {
            false if !is_zero(0, major) => major,
            false if !is_zero(major + 1, minor) => minor,
            _ => without_build,
        })
    }

    fn behind(&self, place: usize, byte: u8) -> Option<usize> {
        (self.byte(place) == Some(byte)).then_some(place + 1)
    }

    /// The end of a number of 64 bits without zeros before it.
    fn number(&self, start: usize) -> Option<usize> {
        let mut place = start;
        let mut value = 0_u64;
        while let Some(digit) = self.byte(place).filter(u8::is_ascii_digit) {
            value = value
                .checked_mul(10)?
                .checked_add(u64::from(digit - b'0'))?;
            place += 1;
        }
        let zeros = place - start > 1 && self.byte(start) == Some(b'0');
        (place > start && !zeros).then_some(place)
    }

    /// The end of identifiers with points between them; in some, numbers have no zeros before them.
    fn identifiers(&self, mut place: usize, numbers: bool) -> Option<usize> {
        loop {
            let start = place;
            let mut digits = true;
            while let Some(byte) = self
                .byte(place)
                .filter(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
            {
                digits &= byte.is_ascii_digit();
                place += 1;
            }
            let zeros = place - start > 1 && self.byte(start) == Some(b'0');
            if place == start || numbers && digits && zeros {
                return None;
            }
            match self.byte(place) {
                Some(b'.') => place += 1,
                _ => return Some(place),
            }
        }
    }
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

    #[test]
    fn names_that_differ_too_little() {
        let same =
            |one: &str, other: &str| compare(one.as_bytes(), other.as_bytes()) == Ordering::Equal;
        for (one, other) in [
            ("a-b", "AB"),
            ("a", "[method]a.a"),
            ("[static]a.b", "[method][get]A.b"),
            ("a:b-c/d@1.0.0", "a:bc/D@1.0.0"),
            ("a", "[get]a"),
        ] {
            assert!(same(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("a", "[constructor]a"),
            ("a", "[set]a"),
            ("a:b/c@1.0.0", "a:b/c@1.0.0-A"),
            ("a:b/c", "a:b/c@1.0.0"),
            ("a.b", "ab"),
        ] {
            assert!(!same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn plain_names_are_in_the_order_of_all_names() {
        let names = [
            "a",
            "A-b",
            "ab",
            "a-c",
            "b",
            "a0",
            "[constructor]a",
            "[method]a.a",
            "[method]a.b",
            "[static]a.b",
            "[get]a",
            "[set]a",
            "[method][set]a.b",
            "a:b/c",
            "a:b/C-d",
            "a:b/c@1.0.0",
            "a:b/c@1.0.0-A",
            "a:b/c-d@0.1.0",
            "a.a",
            "a.b",
            "",
        ];
        for one in names {
            for other in names {
                let order = Name::of(one).canonical().cmp(Name::of(other).canonical());
                assert_eq!(
                    compare(one.as_bytes(), other.as_bytes()),
                    order,
                    "{one} {other}"
                );
            }
        }
    }

    #[test]
    fn versions() {
        for (version, suffix) in [
            ("1.2.3", None),
            ("0.2.0-rc.1+a.01", None),
            ("1", Some(".2.3+abc")),
            ("0.2", Some(".1")),
            ("0.0.1", Some("+b")),
        ] {
            assert!(
                is_version_of(&std::format!("a:b/c@{version}"), suffix),
                "{version}"
            );
        }
        for (version, suffix) in [
            ("1.2", None),
            ("01.2.3", None),
            ("1.2.3-01", None),
            ("1.2.3-", None),
            ("1.2.3+", None),
            ("1.2.3 ", None),
            ("18446744073709551616.0.0", None),
            ("1.2", Some(".3")),
            ("1.2.3", Some("")),
        ] {
            assert!(
                !is_version_of(&std::format!("a:b/c@{version}"), suffix),
                "{version}"
            );
        }
        assert!(is_version_of("a:b/c", None) && !is_version_of("a:b/c", Some(".1")));
    }
}
