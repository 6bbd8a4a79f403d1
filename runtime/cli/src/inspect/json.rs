//! Modules and components as lines of JSON.
//!
//! Each is one object, whose `level` says how deep it is nested; so a tool reads a component line by
//! line as well.

use tabwasm::component::ComponentSectionId;
use tabwasm::reject::Reject;
use tabwasm::view::{ComponentView, ModuleView, View};

use super::entities::{Entities, kind};
use super::functions::{Function, functions};
use crate::args::Inspect;
use crate::json::Object;
use crate::lacks;

/// A view, without what is nested in it.
pub(super) fn object(
    args: &Inspect,
    file: &str,
    level: usize,
    view: View<'_>,
) -> Result<Object, Reject> {
    let line = Object::line().text("file", file);
    let line = line.number("level", level as u64);
    match view {
        View::Module(module) => of_module(args, line.text("kind", "module"), module),
        View::Component(component) => of_component(line.text("kind", "component"), component),
    }
}

fn of_module(args: &Inspect, line: Object, module: ModuleView<'_>) -> Result<Object, Reject> {
    let entities = Entities::of(module)?;
    let mut imports = Vec::new();
    for import in module.imports() {
        let import = import?;
        let named = named(import.module, import.name);
        imports.push(named.text("type", &entities.imported(&import.ty)));
    }
    let mut exports = Vec::new();
    for export in module.exports() {
        let export = export?;
        let named = Object::new().text("name", export.name);
        let named = named.text("kind", kind(export.kind));
        let named = named.number("index", export.index);
        exports.push(named.text("type", &entities.exported(&export)));
    }
    let mut sections = Vec::new();
    for section in module.sections() {
        let section = section?;
        sections.push(sized(section.id.name(), section.body.range().len()));
    }
    let mut customs = Vec::new();
    for custom in module.customs() {
        let custom = custom?;
        customs.push(sized(custom.name, custom.content().len()));
    }
    let name = module.names().and_then(|names| names.module());
    let missing = lacks::imports(module);
    let missing = missing
        .into_iter()
        .map(|(module, name)| named(module, name));
    let line = line
        .optional_text("name", name)
        .number("bytes", module.bytes().len() as u64)
        .list("imports", imports.into_iter())
        .list("exports", exports.into_iter())
        .list("sections", sections.into_iter())
        .list("customs", customs.into_iter())
        .texts("missing_proposals", lacks::proposals(module).into_iter())
        .list("missing_imports", missing);
    Ok(match args.functions {
        true => line.list("functions", functions(module)?.iter().map(of_function)),
        false => line,
    })
}

fn of_function(function: &Function<'_>) -> Object {
    let line = Object::new().number("index", function.index as u64);
    let line = line.optional_text("name", function.name);
    let line = match function.offset {
        Some(offset) => line.number("offset", offset as u64),
        None => line.null("offset"),
    };
    line.texts("proposals", function.proposals())
}

fn of_component(line: Object, component: ComponentView<'_>) -> Result<Object, Reject> {
    let mut imports = Vec::new();
    for import in component.imports() {
        let import = import?;
        let named = Object::new().text("name", import.name.as_str());
        imports.push(named.text("kind", import.ty.defines().name()));
    }
    let mut exports = Vec::new();
    for export in component.exports() {
        let export = export?;
        let named = Object::new().text("name", export.name.as_str());
        let named = named.text("kind", export.item.sort.name());
        exports.push(named.number("index", export.item.index));
    }
    let mut customs = Vec::new();
    for custom in component.customs() {
        let custom = custom?;
        customs.push(sized(custom.name, custom.content().len()));
    }
    let header = component.header()?;
    let definitions = ComponentSectionId::ALL.into_iter();
    let definitions = definitions.filter(|id| header.count(*id) > 0);
    let definitions = definitions.fold(Object::new(), |object, id| {
        object.number(id.name(), header.count(id) as u64)
    });
    let name = component.names().and_then(|names| names.component());
    Ok(line
        .optional_text("name", name)
        .number("bytes", component.bytes().len() as u64)
        .list("imports", imports.into_iter())
        .list("exports", exports.into_iter())
        .object("definitions", &definitions)
        .list("customs", customs.into_iter()))
}

fn named(module: &str, name: &str) -> Object {
    Object::new().text("module", module).text("name", name)
}

fn sized(name: &str, bytes: usize) -> Object {
    let sized = Object::new().text("name", name);
    sized.number("bytes", bytes as u64)
}
