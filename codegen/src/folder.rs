//! Files on the disk: written where they differ.
//!
//! A file that is the same is not written again, so that its time stays and cargo builds nothing. A
//! folder that only the generator owns loses what is no longer made; one that its user shares loses
//! only what the list of an earlier run names.

use std::path::{Component, Path};
use std::{fs, io};
use tabwasm_codegen::Tree;
use tabwasm_codegen::emit::Files;
use tabwasm_codegen::vendor;

/// Writes what differs, and deletes what no emitter makes: for a folder that holds nothing else.
pub(crate) fn replace(folder: &Path, files: &Files) -> Result<String, String> {
    let found = read(folder)?;
    for path in found.keys().filter(|path| !files.contains_key(*path)) {
        remove(folder, path)?;
    }
    write(folder, files)
}

/// Writes what differs.
pub(crate) fn write(folder: &Path, files: &Files) -> Result<String, String> {
    let written = write_all(folder, files, &read(folder)?)?;
    let name = folder.file_name().unwrap_or_default().display();
    Ok(format!(
        "{name}/: {} files, {written} written\n",
        files.len()
    ))
}

/// The same for a crate that may hold files of its user: only what an earlier run wrote is
/// replaced or deleted.
pub(crate) fn update(folder: &Path, files: &Files) -> Result<String, String> {
    let ours = match fs::read_to_string(folder.join(vendor::LIST)) {
        Ok(list) => vendor::listed(&list)?,
        Err(_) => Vec::new(),
    };
    // Not the whole folder: it may be large, once something was built there.
    let mut found = Files::new();
    for path in files.keys() {
        match fs::read(folder.join(path)) {
            Ok(bytes) => {
                found.insert(path.clone(), String::from_utf8_lossy(&bytes).into_owned());
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed("read", &folder.join(path), &error)),
        }
    }
    let foreign: Vec<&str> = files
        .iter()
        .filter(|(path, text)| {
            let other = found.get(*path).is_some_and(|found| found != *text);
            other && *path != vendor::LIST && !ours.contains(path)
        })
        .map(|(path, _)| path.as_str())
        .collect();
    if !foreign.is_empty() {
        return Err(format!(
            "these files in {} are not from an earlier run, and would be overwritten:\n  {}\n\
             move them away, or choose another folder",
            folder.display(),
            foreign.join("\n  ")
        ));
    }
    let written = write_all(folder, files, &found)?;
    let mut removed = 0;
    for path in ours.iter().filter(|path| !files.contains_key(*path)) {
        // The list may have been edited; nothing outside of the folder is ours.
        if Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
        {
            remove(folder, path)?;
            removed += 1;
        }
    }
    let all = files.len();
    Ok(format!(
        "{}: {all} files, {written} written, {removed} removed\n",
        folder.display()
    ))
}

/// The texts in a folder, none if it is not there.
pub(crate) fn read(folder: &Path) -> Result<Files, String> {
    let tree = Tree::read_all(folder)
        .map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    Ok(tree
        .matching("", "")
        .map(|(path, text)| (path.to_string(), text.to_string()))
        .collect())
}

fn write_all(folder: &Path, files: &Files, found: &Files) -> Result<usize, String> {
    let mut written = 0;
    for (path, text) in files {
        if found.get(path) != Some(text) {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap_or(folder))
                .and_then(|()| fs::write(&path, text))
                .map_err(|error| failed("write", &path, &error))?;
            written += 1;
        }
    }
    Ok(written)
}

/// Removes a file, and the folders that are empty then.
fn remove(folder: &Path, path: &str) -> Result<(), String> {
    let path = folder.join(path);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(failed("remove", &path, &error));
        }
        _ => {}
    }
    let mut above = path.parent();
    while let Some(empty) = above.filter(|above| *above != folder && fs::remove_dir(above).is_ok())
    {
        above = empty.parent();
    }
    Ok(())
}

fn failed(verb: &str, path: &Path, error: &io::Error) -> String {
    format!("cannot {verb} {}: {error}", path.display())
}
