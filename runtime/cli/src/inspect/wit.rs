//! The world of a component in WIT: what it imports and exports, with all types.
//!
//! `wit-component` decodes and prints it. The interfaces that a component exports are printed whole,
//! with those of their packages; what it imports is there by name.

use std::collections::BTreeSet;

use wit_component::{DecodedWasm, WitPrinter};
use wit_parser::{PackageId, Resolve, WorldItem, WorldKey};

/// The world, as text of several lines.
///
/// # Errors
/// A message, if it cannot be written in WIT: a core module has no type there.
pub(super) fn world(component: &[u8]) -> Result<String, String> {
    let text = wit_component::decode(component).and_then(|decoded| {
        let mut printer = WitPrinter::default();
        let main = decoded.package();
        let exported = exported(&decoded);
        let others: Vec<_> = exported.into_iter().filter(|id| *id != main).collect();
        printer.print(decoded.resolve(), main, &others)?;
        Ok(String::from(printer.output))
    });
    text.map_err(|error| format!("{error:#}"))
}

/// The packages of the interfaces that a component exports.
fn exported(decoded: &DecodedWasm) -> BTreeSet<PackageId> {
    let DecodedWasm::Component(resolve, world) = decoded else {
        return BTreeSet::new();
    };
    let Resolve {
        worlds, interfaces, ..
    } = resolve;
    let exports = worlds[*world].exports.iter();
    let packages = exports.filter_map(|(key, item)| match (key, item) {
        (WorldKey::Interface(id), WorldItem::Interface { .. }) => interfaces[*id].package,
        _ => None,
    });
    packages.collect()
}
