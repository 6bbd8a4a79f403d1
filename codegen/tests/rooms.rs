//! What the sources of the generator name, as `codegen/src/lib.rs` says.
//!
//! Steps are functions from values to values, one after the other, and one room touches the disk.
//! The test parses the sources with syn and looks at what they import, since nothing else would
//! notice a step that reads a file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{ItemUse, UseTree};

/// What of `std` depends on the machine that it runs on.
const MACHINE: [&str; 6] = ["env", "fs", "io", "net", "process", "thread"];

/// Rooms that may name it: the one for the disk, and the files of the binary.
const AROUND: [&str; 4] = ["disk", "main", "arguments", "folder"];

#[test]
fn only_the_disk_is_on_the_machine() {
    let mut rooms = 0;
    for (room, named) in rooms_of_the_generator() {
        let of_machine = |path: &&Vec<String>| {
            path[0] == "std" && path.get(1).is_some_and(|it| MACHINE.contains(&it.as_str()))
        };
        let wrong: Vec<String> = named
            .iter()
            .filter(of_machine)
            .map(|path| path.join("::"))
            .collect();
        if AROUND.contains(&room.as_str()) {
            continue;
        }
        assert!(wrong.is_empty(), "{room} names {}", wrong.join(", "));
        rooms += 1;
    }
    assert!(rooms >= 10, "{rooms} rooms");
}

#[test]
fn rooms_name_each_other_one_way() {
    let rooms = rooms_of_the_generator();
    let names: BTreeMap<&str, BTreeSet<&str>> = rooms
        .iter()
        .map(|(room, named)| {
            let own = named.iter().filter(|path| path[0] == "crate");
            let others = own.filter_map(|path| path.get(1)).map(String::as_str);
            (
                room.as_str(),
                others.filter(|other| other != room).collect(),
            )
        })
        .collect();
    // What names nothing that is left is taken out; a circle stays.
    let mut left = names.clone();
    loop {
        let done: Vec<&str> = left
            .iter()
            .filter(|(_, named)| named.iter().all(|other| !left.contains_key(other)))
            .map(|(room, _)| *room)
            .collect();
        if done.is_empty() {
            break;
        }
        done.iter().for_each(|room| drop(left.remove(room)));
    }
    assert!(left.is_empty(), "in a circle, or above one: {left:?}");
    assert!(names["disk"].contains("load"), "the search finds imports");
}

/// Emitters write the shape of rows; what loops stands in the runtime, where a reader finds it.
#[test]
fn no_emitter_writes_a_loop() {
    let emitters = Path::new("src/emit");
    let mut texts = Texts::default();
    read(emitters, &mut |file| texts.visit_file(file));
    let loops = ["loop {", "while let ", " in & "];
    let found = |text: &&String| loops.iter().any(|it| text.contains(it));
    let wrong: Vec<&String> = texts.0.iter().filter(found).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(texts.0.len() > 500, "{} texts", texts.0.len());
}

/// What emitters write: string literals, and the tokens of `quote!`.
#[derive(Default)]
struct Texts(Vec<String>);

impl<'ast> Visit<'ast> for Texts {
    fn visit_lit_str(&mut self, literal: &'ast syn::LitStr) {
        self.0.push(literal.value());
    }

    fn visit_macro(&mut self, it: &'ast syn::Macro) {
        self.0.push(it.tokens.to_string());
    }
}

/// The rooms of `codegen/src` (a file or a folder each), and the paths that they name.
fn rooms_of_the_generator() -> BTreeMap<String, Vec<Vec<String>>> {
    let mut rooms = BTreeMap::new();
    for entry in fs::read_dir("src").expect("the sources") {
        let path = entry.expect("an entry").path();
        let room = path.file_stem().expect("a name").to_string_lossy();
        if room == "lib" {
            continue;
        }
        let mut names = Names::default();
        read(&path, &mut |file| names.visit_file(file));
        rooms.insert(room.into_owned(), names.0);
    }
    rooms
}

/// Shows all sources of a room to a visitor.
fn read(path: &Path, visit: &mut impl FnMut(&syn::File)) {
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("a room") {
            read(&entry.expect("an entry").path(), visit);
        }
    } else {
        let text = fs::read_to_string(path).expect("a source");
        visit(&syn::parse_file(&text).expect("Rust"));
    }
}

#[derive(Default)]
struct Names(Vec<Vec<String>>);

impl<'ast> Visit<'ast> for Names {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        flatten(&item.tree, &mut Vec::new(), &mut self.0);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let words = path.segments.iter().map(|word| word.ident.to_string());
        self.0.push(words.collect());
        visit::visit_path(self, path);
    }
}

fn flatten(tree: &UseTree, above: &mut Vec<String>, paths: &mut Vec<Vec<String>>) {
    match tree {
        UseTree::Path(path) => {
            above.push(path.ident.to_string());
            flatten(&path.tree, above, paths);
            above.pop();
        }
        UseTree::Group(group) => {
            for item in &group.items {
                flatten(item, above, paths);
            }
        }
        UseTree::Name(name) => paths.push([&above[..], &[name.ident.to_string()]].concat()),
        UseTree::Rename(name) => paths.push([&above[..], &[name.ident.to_string()]].concat()),
        UseTree::Glob(_) => paths.push(above.clone()),
    }
}
