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
    for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
        if let Some(Value::Table(dependencies)) = manifest.get_mut(table) {
            inherit(dependencies, &inherited("dependencies"))?;
        }
    }
    // A removed row leaves functions and imports that nothing uses.
    let lints = "rust.unused = 'allow'".parse().map_err(wrong)?;
    manifest.insert("lints".to_string(), Value::Table(lints));
    manifest.insert("workspace".to_string(), Value::Table(Table::new()));
    toml::to_string(&manifest).map_err(|error| format!("the manifest cannot be written: {error}"))
}

/// Replaces `key = { workspace = true, … }` by what the workspace says.
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
            Value::Table(theirs) => own.extend(theirs.clone()),
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
            [dependencies]\nlibm = { workspace = true, optional = true }\n[lints]\nworkspace = true\n";
        let workspace =
            "[workspace.package]\nversion = '1.2.3'\n[workspace.dependencies]\nlibm = '0.2'\n";
        let expected = "[package]\nname = \"a\"\npublish = false\nversion = \"1.2.3\"\n\n\
            [dependencies.libm]\noptional = true\nversion = \"0.2\"\n\n\
            [lints.rust]\nunused = \"allow\"\n\n[workspace]\n";
        let sorted = |text: &str| {
            let table: toml::Table = text.parse().expect("TOML");
            table
        };
        let resolved = resolve(manifest, workspace).expect("a manifest");
        assert_eq!(sorted(&resolved), sorted(expected));
    }
}
