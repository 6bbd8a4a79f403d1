//! Modules and components as lines for people.
//!
//! What is nested deeper is indented further, one entry stands on a line, and what a module lacks here
//! comes last, where it is seen. The same facts as in `json`.

use tabwasm::component::{
    ComponentSectionId, Export as ComponentExport, Import as ComponentImport,
};
use tabwasm::reject::Reject;
use tabwasm::view::{ComponentView, ModuleView, View};

use super::entities::Entities;
use super::functions::{Function, functions};
use crate::args::Inspect;
use crate::lacks;
use crate::output::line;

/// Deeper nesting is not indented further.
const DEEPEST: usize = 16;

/// Shows a view, without what is nested in it.
pub(super) fn show(args: &Inspect, level: usize, view: View<'_>) -> Result<(), Reject> {
    let indent = "  ".repeat(level.min(DEEPEST));
    match view {
        View::Module(module) => show_module(args, module, &indent),
        View::Component(component) => show_component(component, &indent),
    }
}

fn show_module(args: &Inspect, module: ModuleView<'_>, indent: &str) -> Result<(), Reject> {
    let name = module.names().and_then(|names| names.module());
    line!(
        "{indent}module{}, {} bytes",
        quoted(name),
        module.bytes().len()
    );
    let entities = Entities::of(module)?;
    for import in module.imports() {
        let import = import?;
        line!(
            "{indent}  import {}.{}: {}",
            import.module,
            import.name,
            entities.imported(&import.ty)
        );
    }
    for export in module.exports() {
        let export = export?;
        let ty = entities.exported(&export);
        line!("{indent}  export {}: {ty}", export.name);
    }
    let mut sections = Vec::new();
    for section in module.sections() {
        let section = section?;
        sections.push(format!(
            "{} {}",
            section.id.name(),
            section.body.range().len()
        ));
    }
    line!("{indent}  bytes of sections: {}", sections.join(", "));
    for custom in module.customs() {
        let custom = custom?;
        line!(
            "{indent}  custom {}, {} bytes",
            custom.name,
            custom.content().len()
        );
    }
    if args.functions {
        for function in functions(module)? {
            line!("{indent}  {}", described(&function));
        }
    }
    let proposals = lacks::proposals(module);
    if !proposals.is_empty() {
        line!("{indent}  missing proposals: {}", proposals.join(", "));
    }
    let imports = lacks::imports(module);
    if !imports.is_empty() {
        let named = imports
            .iter()
            .map(|(module, name)| format!("{module}.{name}"));
        let named: Vec<String> = named.collect();
        line!("{indent}  missing imports: {}", named.join(", "));
    }
    Ok(())
}

/// `func 3 "name" at offset 0x4b: simd, multi_value`
fn described(function: &Function<'_>) -> String {
    let Function { index, name, .. } = function;
    let place = match function.offset {
        Some(offset) => format!(" at offset {offset:#x}"),
        None => ", imported".to_owned(),
    };
    let proposals: Vec<&str> = function.proposals().collect();
    let needs = match proposals.is_empty() {
        true => String::new(),
        false => format!(": {}", proposals.join(", ")),
    };
    format!("func {index}{}{place}{needs}", quoted(*name))
}

fn show_component(component: ComponentView<'_>, indent: &str) -> Result<(), Reject> {
    let name = component.names().and_then(|names| names.component());
    line!(
        "{indent}component{}, {} bytes",
        quoted(name),
        component.bytes().len()
    );
    for import in component.imports() {
        let ComponentImport { name, ty } = import?;
        line!(
            "{indent}  import {}: {}",
            name.as_str(),
            ty.defines().name()
        );
    }
    for export in component.exports() {
        let ComponentExport { name, item, .. } = export?;
        line!(
            "{indent}  export {}: {} {}",
            name.as_str(),
            item.sort.name(),
            item.index
        );
    }
    let header = component.header()?;
    let count = |id: &ComponentSectionId| format!("{} {}", id.name(), header.count(*id));
    let there = ComponentSectionId::ALL
        .into_iter()
        .filter(|id| header.count(*id) > 0);
    let counts: Vec<String> = there.map(|id| count(&id)).collect();
    line!("{indent}  definitions: {}", counts.join(", "));
    for custom in component.customs() {
        let custom = custom?;
        line!(
            "{indent}  custom {}, {} bytes",
            custom.name,
            custom.content().len()
        );
    }
    Ok(())
}

/// Shows the world of a component, or why it cannot be shown.
pub(super) fn show_world(world: &Result<String, String>) {
    match world {
        Ok(world) => {
            line!("  world in WIT:");
            world.lines().for_each(|text| line!("    {text}"));
        }
        Err(message) => line!("  world in WIT: cannot be shown: {message}"),
    }
}

fn quoted(name: Option<&str>) -> String {
    name.map(|name| format!(" \"{name}\"")).unwrap_or_default()
}
