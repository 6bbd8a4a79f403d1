//! The tables and the sources of the Tabwasm runtime, as texts.
//!
//! A program that carries them can generate a runtime anywhere. The folders are the list of the
//! files: nothing says their names a second time. Below `embedded/` are links, so that
//! a published package holds what they point to.

use include_dir::{Dir, DirEntry, include_dir};

static TABLES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/embedded/spec");
static RUNTIME: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/embedded/src");

/// What the generator makes from the tables, and makes again from changed ones.
const GENERATED: &str = "generated";

/// Files outside of these folders.
const OTHERS: [(&str, &str); 7] = [
    ("Cargo.toml", include_str!("../embedded/workspace.toml")),
    ("rustfmt.toml", include_str!("../embedded/rustfmt.toml")),
    (
        "runtime/Cargo.toml",
        include_str!("../embedded/manifest.toml"),
    ),
    ("runtime/build.rs", include_str!("../embedded/build.rs")),
    ("runtime/SAFETY.md", include_str!("../embedded/SAFETY.md")),
    (
        "runtime/LICENSE-APACHE",
        include_str!("../embedded/LICENSE-APACHE"),
    ),
    (
        "runtime/LICENSE-MIT",
        include_str!("../embedded/LICENSE-MIT"),
    ),
];

/// All files, each with its path within the workspace.
pub fn files() -> Vec<(String, &'static str)> {
    let mut files = Vec::new();
    walk("spec", &TABLES, &mut files);
    walk("runtime/src", &RUNTIME, &mut files);
    files.extend(OTHERS.map(|(path, text)| (path.to_string(), text)));
    files
}

fn walk(root: &str, folder: &Dir<'static>, files: &mut Vec<(String, &'static str)>) {
    for entry in folder.entries() {
        match entry {
            DirEntry::Dir(below) if below.path().to_str() == Some(GENERATED) => {}
            DirEntry::Dir(below) => walk(root, below, files),
            DirEntry::File(file) => {
                if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8()) {
                    files.push((format!("{root}/{path}"), text));
                }
            }
        }
    }
}
