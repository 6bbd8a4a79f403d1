//! The rooms of the library stand above each other: what a room imports lies below it.
//!
//! A room is a module at the root of `runtime/src`. The sources are parsed, and every path that
//! begins with `crate` or `super` is followed to its room. Code for tests may look wherever it likes,
//! and so may generated code, which weaves the tables through all rooms.

use std::collections::BTreeSet;
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{ItemFn, ItemMod, ItemUse, Macro, UseTree};
use tabwasm_tests::sources::{Source, is_test, sources};
use tabwasm_tests::workspace;

const LIBRARY: &str = "runtime/src";

/// From top to bottom. Rooms of one line do not import each other.
const ROOMS: &[&[&str]] = &[
    &["component", "host"],
    &["api"],
    &["compile"],
    &["fast"],
    &["store"],
    &["module"],
    &["engine", "compact"],
    &["validate"],
    &["view"],
    &["exec"],
    &["read"],
    &["shared", "capability", "profile"],
    &["error"],
    &["reject", "allocation", "platform"],
    &["num", "handle"],
    &["types"],
    &["spec"],
    &["rate", "policy"],
];

/// Files that look upwards, to which room, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    (
        "types/immediate.rs",
        "profile",
        "what was admitted once is read again as it stands",
    ),
    (
        "types/immediate.rs",
        "read",
        "labels stay in the bytes of the module and are read when somebody asks",
    ),
    (
        "profile/mod.rs",
        "exec",
        "a profile says how wide the slots are that values are held in",
    ),
    (
        "exec/slot.rs",
        "validate",
        "slots are stored in snapshots as all items are",
    ),
];

#[test]
fn imports_lead_downwards() {
    let mut found = Vec::new();
    let mut used = BTreeSet::new();
    for source in library() {
        let file = file(&source);
        let own = room_of(&file);
        let (Some(from), true) = (rank(&own), own != "lib") else {
            continue;
        };
        for imported in rooms_named_in(&source, &file) {
            let Some(to) = rank(&imported) else { continue };
            if imported == own || to > from {
                continue;
            }
            match EXCEPTIONS
                .iter()
                .find(|(exception, room, _)| *exception == file && *room == imported)
            {
                Some(exception) => _ = used.insert(exception),
                None => found.push(format!("{file} of `{own}` names `{imported}`")),
            }
        }
    }
    assert!(found.is_empty(), "upwards:\n{}", found.join("\n"));
    for exception in EXCEPTIONS {
        assert!(used.contains(exception), "needless: {exception:?}");
    }
}

/// The validator serves whoever listens: not even its comments name one who does.
#[test]
fn the_validator_names_no_engine() {
    const NAMES: &[&str] = &["compact", "fast", "engine", "engines"];
    let mut found = Vec::new();
    for source in sources(&["runtime/src/validate"]) {
        for (line, number) in source.text.lines().zip(1..) {
            let mut words = line.split(|c: char| !c.is_alphabetic());
            if words.any(|word| NAMES.contains(&word.to_lowercase().as_str())) {
                found.push(format!("{}:{number}: {line}", file(&source)));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_room_has_a_place() {
    let rooms: BTreeSet<String> = library()
        .iter()
        .map(|source| room_of(&file(source)))
        .collect();
    let listed = || ROOMS.iter().copied().flatten();
    for room in &rooms {
        assert!(
            room == "lib" || listed().any(|listed| listed == room),
            "`{room}` is in no line"
        );
    }
    for room in listed() {
        assert!(rooms.contains(*room), "there is no room `{room}`");
    }
}

/// The generator and the mutation tool look into files of the library, and pass over one that is
/// absent, because trees of tests lack many. So one that has moved is noticed here only.
#[test]
fn files_that_tools_name_are_there() {
    /// Made in the copy that has all mutants.
    const MADE: &str = "runtime/src/mutant.rs";
    let mut named = BTreeSet::new();
    for source in sources(&["codegen/src", "tests/mutation/src"]) {
        for text in source
            .text
            .split('"')
            .filter(|text| !text.contains([' ', '{']))
        {
            if text.starts_with("runtime/src/") && text.ends_with(".rs") {
                named.insert(text.to_owned());
            }
        }
    }
    assert!(named.len() > 3, "{named:?}");
    for file in named.iter().filter(|file| *file != MADE) {
        assert!(workspace().join(file).exists(), "there is no {file}");
    }
}

#[test]
fn paths_are_followed() {
    let text = "
        use super::super::store::{self, inner::Handle};
        fn f() -> crate::api::Func { table! { crate::view::Names } }
        #[cfg(test)]
        mod tests { use crate::compact::Store; }
    ";
    let source = Source {
        path: Path::new(LIBRARY).join("fast/translate/emit.rs"),
        text: text.to_owned(),
        syntax: syn::parse_file(text).unwrap(),
    };
    let found = rooms_named_in(&source, "fast/translate/emit.rs");
    let wanted = ["api", "fast", "view"].map(str::to_owned);
    assert_eq!(found, BTreeSet::from(wanted));
}

/// All files but the generated ones.
fn library() -> Vec<Source> {
    let mut sources = sources(&[LIBRARY]);
    sources.retain(|source| {
        let file = file(source);
        !file.starts_with("generated/") && !file.ends_with("tests.rs")
    });
    sources
}

/// Its path in the library.
fn file(source: &Source) -> String {
    let path = source.path.strip_prefix(LIBRARY).expect("a file of it");
    path.to_str().expect("a plain name").replace('\\', "/")
}

fn room_of(file: &str) -> String {
    let first = file.split('/').next().expect("a name");
    first.trim_end_matches(".rs").to_owned()
}

fn rank(room: &str) -> Option<usize> {
    ROOMS.iter().position(|line| line.contains(&room))
}

/// The rooms that its paths lead to.
fn rooms_named_in(source: &Source, file: &str) -> BTreeSet<String> {
    let module = file.trim_end_matches(".rs").trim_end_matches("/mod");
    let mut paths = Paths {
        module: module.split('/').map(str::to_owned).collect(),
        rooms: BTreeSet::new(),
    };
    paths.visit_file(&source.syntax);
    paths.rooms
}

struct Paths {
    /// The module that the file is.
    module: Vec<String>,
    rooms: BTreeSet<String>,
}

impl Paths {
    fn add(&mut self, path: &[String]) {
        let above = path.iter().take_while(|part| *part == "super").count();
        let room = match path.first().map(String::as_str) {
            Some("crate") => path.get(1),
            Some("super") if above < self.module.len() => self.module.first(),
            Some("super") => path.get(above),
            _ => None,
        };
        self.rooms.extend(room.cloned());
    }

    fn add_tree(&mut self, before: &[String], tree: &UseTree) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.add_tree(&with(&path.ident), &path.tree),
            UseTree::Name(name) => self.add(&with(&name.ident)),
            UseTree::Rename(name) => self.add(&with(&name.ident)),
            UseTree::Glob(_) => self.add(before),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_tree(before, tree);
                }
            }
        }
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if !is_test(&item.attrs) {
            self.add_tree(&[], &item.tree);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        self.add(&parts);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        let text = item.tokens.to_string();
        let words: Vec<&str> = text.split_whitespace().collect();
        for path in words.windows(3) {
            if let ["crate", "::", room] = path {
                self.add(&["crate".to_owned(), (*room).to_owned()]);
            }
        }
        visit::visit_macro(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        if !is_test(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }
}
