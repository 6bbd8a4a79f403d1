//! Modules in the text format: loaded, or refused with an error that says what to do.
//!
//! The library reads the binary format; to read text takes the crate `wat`, which the feature of the
//! same name adds. Both versions of [`binary`] stand here and have one signature, so that nothing
//! else depends on the feature. Standard: chapter 6, "Text Format".

use alloc::borrow::Cow;
#[cfg(feature = "std")]
use alloc::vec::Vec;
use core::fmt::Display;

use crate::error::Result;
#[cfg(feature = "std")]
use crate::platform;

/// What is made of a module or component in either format; `name` is that of its file, if it has
/// one.
///
/// # Errors
/// Those of `compile`; of text, the error shows the line.
#[cfg(feature = "wat")]
pub(crate) fn binary<T>(
    bytes: Cow<'_, [u8]>,
    name: Option<&dyn Display>,
    compile: impl FnOnce(Cow<'_, [u8]>) -> Result<T>,
) -> Result<T> {
    if !is_text(&bytes) {
        return compile(bytes);
    }
    let binary = wat::parse_bytes(&bytes).map_err(|mut error| {
        if let Some(name) = name {
            error.set_path(alloc::string::ToString::to_string(name));
        }
        error
    })?;
    compile(binary)
}

/// What is made of a module or component in the binary format.
///
/// # Errors
/// Those of `compile`; of text, the error says what to do.
#[cfg(not(feature = "wat"))]
pub(crate) fn binary<T>(
    bytes: Cow<'_, [u8]>,
    name: Option<&dyn Display>,
    compile: impl FnOnce(Cow<'_, [u8]>) -> Result<T>,
) -> Result<T> {
    let is_text = is_text(&bytes);
    compile(bytes).map_err(|error| {
        if !is_text {
            return error;
        }
        let name = name.unwrap_or(&"the module");
        error.context(format_args!(
            "{name} is text, not in the binary format: switch on the feature `wat` of the crate \
             `tabwasm`, or translate it first, for example with `wasm-tools parse` or `wat2wasm`"
        ))
    })
}

/// What is made of a file in either format.
///
/// # Errors
/// If the file cannot be read, and as [`binary`].
#[cfg(feature = "std")]
pub(crate) fn file<T>(
    path: &std::path::Path,
    compile: impl FnOnce(Cow<'_, [u8]>) -> Result<T>,
) -> Result<T> {
    let bytes = read(path).map_err(|error| {
        let shown = path.display();
        crate::error::Error::from(error).context(format_args!("reading {shown}"))
    })?;
    binary(bytes.into(), Some(&path.display()), compile)
}

/// The bytes of a file.
#[cfg(feature = "std")]
fn read(path: &std::path::Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;

    let mut file = std::fs::File::open(path)?;
    let size = usize::try_from(file.metadata()?.len()).unwrap_or(0);
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(size)?;
    platform::own().enlarge_pages(bytes.spare_capacity_mut());
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether these bytes are a module in the text format, or begin like one: with a parenthesis or a
/// comment, after spaces.
fn is_text(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let text = bytes.trim_ascii_start();
    text.starts_with(b"(") || text.starts_with(b";;")
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(feature = "wat")]
    use crate::{Engine, Module};

    #[test]
    fn text_begins_like_text() {
        for text in [
            "(module)",
            " \n\t(module",
            ";; note\n(module)",
            "(; note ;)",
            "(func)",
        ] {
            assert!(is_text(text.as_bytes()), "{text}");
        }
        for other in ["", "\0asm", "asm", "<html>", "; note"] {
            assert!(!is_text(other.as_bytes()), "{other}");
        }
    }

    #[cfg(feature = "wat")]
    #[test]
    fn modules_are_read_from_text() {
        use std::{env, fs, process};

        let engine = Engine::default();
        let module = Module::new(&engine, "(module $adder (func (export \"add\")))").unwrap();
        assert_eq!((module.name(), module.exports().len()), (Some("adder"), 1));
        let wrong = "(module\n  (func nonsense))";
        let error = Module::new(&engine, wrong).unwrap_err();
        assert!(
            std::format!("{error:#}").contains("<anon>:2:9"),
            "{error:#}"
        );
        let path = env::temp_dir().join(std::format!("tabwasm-text-{}.wat", process::id()));
        fs::write(&path, wrong).unwrap();
        let error = Module::from_file(&engine, &path).unwrap_err();
        fs::remove_file(&path).unwrap();
        let place = std::format!("{}:2:9", path.display());
        assert!(std::format!("{error:#}").contains(&place), "{error:#}");
        assert!(Module::from_binary(&engine, b"(module)").is_err());
    }
}
