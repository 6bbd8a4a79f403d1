//! `tabwasm inspect FILE…`: what modules and components consist of.
//!
//! They need not be valid: what can be read is shown, up to the first error. Views do the reading,
//! so this is also an example of them. Nested components are kept in a list and not visited by
//! recursion.

use std::fmt::Write;
use std::path::Path;

use tabwasm::component::{
    ComponentSectionId, Export as ComponentExport, Import as ComponentImport,
};
use tabwasm::read::{CompositeType, Import, ImportType, SubType};
use tabwasm::reject::Reject;
use tabwasm::types::ValTypes;
use tabwasm::view::{ComponentView, ModuleView, View};

use crate::args::Inspect;
use crate::diagnostic;
use crate::exit::ExitStatus;
use crate::input::Input;
use crate::output::line;

/// Deeper nesting is not indented further.
const DEEPEST: usize = 16;

/// Shows files; the first failure decides how the process ends.
pub fn run(args: &Inspect) -> ExitStatus {
    let mut exit = ExitStatus::Success;
    for file in &args.files {
        let ended = inspect(file);
        if exit == ExitStatus::Success {
            exit = ended;
        }
    }
    exit
}

fn inspect(file: &Path) -> ExitStatus {
    let input = match Input::read(file) {
        Ok(input) => input,
        Err(unread) => return unread.report(),
    };
    line!("{}", input.name);
    match View::new(&input.bytes).and_then(show) {
        Ok(()) => ExitStatus::Success,
        Err(reject) => {
            diagnostic::rejected(&input, &reject);
            ExitStatus::InvalidModule
        }
    }
}

/// Shows a view and all that is in it, the outermost first.
fn show(view: View<'_>) -> Result<(), Reject> {
    let mut left = vec![(1, view)];
    while let Some((depth, view)) = left.pop() {
        let indent = "  ".repeat(depth.min(DEEPEST));
        match view {
            View::Module(module) => show_module(module, &indent)?,
            View::Component(component) => {
                show_component(component, &indent)?;
                let modules = component.modules().map(|module| module.map(View::Module));
                let components = component
                    .components()
                    .map(|inner| inner.map(View::Component));
                let mut inner: Vec<View<'_>> =
                    modules.chain(components).collect::<Result<_, _>>()?;
                inner.reverse();
                left.extend(inner.into_iter().map(|view| (depth + 1, view)));
            }
        }
    }
    Ok(())
}

fn show_module(module: ModuleView<'_>, indent: &str) -> Result<(), Reject> {
    let name = module.names().and_then(|names| names.module());
    line!(
        "{indent}module{}, {} bytes",
        quoted(name),
        module.bytes().len()
    );
    let mut types = Vec::new();
    for group in module.types() {
        types.extend(group?.iter().map(|ty| signature(&ty)));
    }
    for import in module.imports() {
        let import = import?;
        line!(
            "{indent}  import {}.{}: {}",
            import.module,
            import.name,
            imported(&import, &types)
        );
    }
    for export in module.exports() {
        let export = export?;
        let kind = format!("{:?}", export.kind).to_lowercase();
        line!("{indent}  export {}: {kind} {}", export.name, export.index);
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
    Ok(())
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

fn quoted(name: Option<&str>) -> String {
    name.map(|name| format!(" \"{name}\"")).unwrap_or_default()
}

/// `(i32, i32) -> i64`
fn signature(ty: &SubType<'_>) -> String {
    let list = |types: ValTypes<'_>| {
        let types: Vec<String> = types.iter().map(|ty| ty.to_string()).collect();
        types.join(", ")
    };
    let CompositeType::Func { params, results } = ty.composite else {
        return String::new();
    };
    let mut text = format!("({})", list(params));
    if !results.is_empty() {
        // Writing to a string does not fail.
        let _ = write!(text, " -> {}", list(results));
    }
    text
}

fn imported(import: &Import<'_>, types: &[String]) -> String {
    match &import.ty {
        ImportType::Func(ty) => {
            let signature = types.get(ty.0 as usize).map_or("", String::as_str);
            format!("func{signature}")
        }
        ImportType::Table(ty) => format!("table of {}, at least {}", ty.element, ty.min),
        ImportType::Memory(ty) => format!("memory of at least {} pages", ty.min),
        ImportType::Global(ty) if ty.mutable => format!("global mut {}", ty.content),
        ImportType::Global(ty) => format!("global {}", ty.content),
        ImportType::Tag(_) => "tag".to_owned(),
    }
}
