//! The manifest of the runtime on its own: what it inherits from the workspace is written out.
//!
//! A vendored crate has no workspace around it, so the values of the workspace take the place of
//! each `workspace = true`. Keys that name files of the workspace are dropped, and lints for unused
//! code are off, since an overlay may remove the rows that use it.

use toml::{Table, Value};

/// Keys that make no sense outside of the workspace.
const DROPPED: [&str; 2] = ["readme", "exclude"];

/// The manifest of a crate that is its own workspace.
pub(super) fn resolve(manifest: &str, workspace: &str) -> Result<String, String> {
    let wrong = |error: toml::de::Error| format!("a manifest is not TOML: {error}");
    let mut manifest: Table = manifest.parse().map_err(wrong)?;
    let workspace: Table = workspace.parse().map_err(wrong)?;
    let inherited = |table: &str| {
        let table = workspace.get("workspace").and_then(|all| all.get(table));
        table.and_then(Value::as_table).cloned().unwrap_or_default()
    };
    if let Some(Value::Table(package)) = manifest.get_mut("package") {
        package.retain(|key, _| !DROPPED.contains(&key));
        inherit(package, &inherited("package"))?;
        package.insert("publish".to_string(), false.into());
    }
    let theirs = inherited("dependencies");
    inherit_dependencies(&mut manifest, &theirs)?;
    if let Some(Value::Table(targets)) = manifest.get_mut("target") {
        for (_, target) in targets {
            if let Value::Table(target) = target {
                inherit_dependencies(target, &theirs)?;
            }
        }
    }
    // A removed row leaves functions and imports that nothing uses.
    let lints = "rust.unused = 'allow'".parse().map_err(wrong)?;
    manifest.insert("lints".to_string(), Value::Table(lints));
    manifest.insert("workspace".to_string(), Value::Table(Table::new()));
    toml::to_string(&manifest).map_err(|error| format!("the manifest cannot be written: {error}"))
}

/// Does so in all lists of dependencies of a manifest, or of a target in it.
fn inherit_dependencies(manifest: &mut Table, workspace: &Table) -> Result<(), String> {
    for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
        if let Some(Value::Table(dependencies)) = manifest.get_mut(table) {
            inherit(dependencies, workspace)?;
        }
    }
    Ok(())
}

/// Replaces `key = { workspace = true, … }` by what the workspace says. Features are those of both.
fn inherit(table: &mut Table, workspace: &Table) -> Result<(), String> {
    for (key, value) in table {
        let Value::Table(own) = value else { continue };
        if own.remove("workspace").is_none() {
            continue;
        }
        let theirs = workspace.get(key);
        let theirs = theirs.ok_or_else(|| format!("the workspace has no `{key}`"))?;
        if own.is_empty() {
            *value = theirs.clone();
            continue;
        }
        match theirs {
            Value::Table(theirs) => {
                let features = own.remove("features");
                own.extend(theirs.clone());
                if let Some(Value::Array(more)) = features {
                    match own.get_mut("features") {
                        Some(Value::Array(features)) => features.extend(more),
                        _ => drop(own.insert("features".to_string(), Value::Array(more))),
                    }
                }
            }
            version => {
                own.insert("version".to_string(), version.clone());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn what_is_inherited_is_written_out() {
        let manifest = "[package]\nname = 'a'\nversion.workspace = true\nreadme = '../README.md'\n\
            exclude = ['src/generated/wasi']\n\
            [dependencies]\nlibm = { workspace = true, optional = true }\n[lints]\nworkspace = true\n\
            [target.'cfg(unix)'.dependencies]\n\
            rustix = { workspace = true, features = ['mm'], optional = true }\n";
        let workspace = "[workspace.package]\nversion = '1.2.3'\n\
            [workspace.dependencies]\nlibm = '0.2'\n\
            rustix = { version = '1.1', default-features = false, features = ['std'] }\n";
        let expected = "[package]\nname = \"a\"\npublish = false\nversion = \"1.2.3\"\n\n\
            [dependencies.libm]\noptional = true\nversion = \"0.2\"\n\n\
            [target.'cfg(unix)'.dependencies.rustix]\noptional = true\nversion = \"1.1\"\n\
            default-features = false\nfeatures = [\"std\", \"mm\"]\n\n\
            [lints.rust]\nunused = \"allow\"\n\n[workspace]\n";
        let sorted = |text: &str| {
            let table: toml::Table = text.parse().expect("TOML");
            table
        };
        let resolved = resolve(manifest, workspace).expect("a manifest");
        assert_eq!(sorted(&resolved), sorted(expected));
    }
}
