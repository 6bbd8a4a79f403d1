//! What a [`ComponentView`] reads: a line for each section, definition and name.
//!
//! `peer_component` writes the same lines from what wasmparser reads, and the test compares them.

use tabwasm::component::{
    Alias, AliasTarget, Canon, ComponentSectionId, CoreAliasTarget, CoreDefinition,
    CoreInstanceExpression, Declarator, DefinedType, Export, ExternName, ExternType, Import,
    InstanceExpression, Item, ModuleDeclarator, Sort,
};
use tabwasm::reject::Reject;
use tabwasm::view::{ComponentView, Definition, View};

use crate::Lines;
use crate::module::{self, extern_type as core_extern_type, sub_type};
use crate::text::words;

/// Whether these bytes begin as a component does.
pub(crate) fn is_component(bytes: &[u8]) -> bool {
    matches!(View::new(bytes), Ok(View::Component(_)))
}

/// The lines of a component and of all that is in it.
pub(crate) fn lines(bytes: &[u8]) -> Lines<Reject> {
    let mut lines = Vec::new();
    component(ComponentView::new(bytes)?, &mut lines)?;
    Ok(lines)
}

fn component(view: ComponentView<'_>, lines: &mut Vec<String>) -> Result<(), Reject> {
    lines.push(format!("component {:?}", view.span().range()));
    for section in view.sections() {
        let section = section?;
        lines.push(format!(
            "section {} {:?}",
            section.id.id(),
            section.body().range()
        ));
    }
    for definition in view.definitions() {
        match definition? {
            Definition::CoreModule(module) => lines.extend(module::lines(module.bytes())?),
            Definition::Component(inner) => component(inner, lines)?,
            Definition::CoreInstance(instance) => lines.push(core_instance(&instance)),
            Definition::Instance(expression) => lines.push(instance(&expression)),
            Definition::CoreType(ty) => lines.push(core_type(&ty)?),
            Definition::Type(ty) => lines.push(defined_type(&ty)?),
            Definition::Alias(one) => lines.push(alias(&one)),
            Definition::Canon(one) => lines.push(canon(&one)),
            Definition::Import(one) => lines.push(import(&one)),
            Definition::Export(one) => lines.push(export(&one)),
            Definition::Start(start) => lines.push(words(&format!("{start:?}"))),
            Definition::Value(value) => lines.push(words(&format!("{value:?}"))),
            Definition::Custom(custom) => {
                lines.push(format!("custom {} {:?}", custom.name, custom.content()));
            }
        }
    }
    let counts = ComponentSectionId::ALL.map(|id| view.header().map(|header| header.count(id)));
    lines.push(format!(
        "counts {:?}",
        counts.into_iter().collect::<Result<Vec<_>, _>>()?
    ));
    if let Some(names) = view.names() {
        lines.push(format!("names {:?}", names.component()));
        for of_sort in names.sorts() {
            let names: Vec<_> = of_sort.names.collect();
            lines.push(format!("names {} {names:?}", sort(of_sort.sort)));
        }
    }
    Ok(())
}

fn core_instance(instance: &CoreInstanceExpression<'_>) -> String {
    match instance {
        CoreInstanceExpression::Instantiate { module, args } => {
            let args = args
                .iter()
                .map(|arg| format!("{}={}", arg.name, arg.instance.0));
            format!(
                "core instantiate {} {:?}",
                module.0,
                args.collect::<Vec<_>>()
            )
        }
        CoreInstanceExpression::InlineExports { exports } => {
            let exports = exports
                .iter()
                .map(|one| format!("{}={}", one.name, item(one.item.0)));
            format!("core exports {:?}", exports.collect::<Vec<_>>())
        }
    }
}

fn instance(instance: &InstanceExpression<'_>) -> String {
    match instance {
        InstanceExpression::Instantiate { component, args } => {
            let args = args
                .iter()
                .map(|arg| format!("{}={}", arg.name, item(arg.item)));
            format!("instantiate {} {:?}", component.0, args.collect::<Vec<_>>())
        }
        InstanceExpression::InlineExports { exports } => {
            let exports = exports
                .iter()
                .map(|one| format!("{}={}", name(&one.name), item(one.item)));
            format!("exports {:?}", exports.collect::<Vec<_>>())
        }
    }
}

fn core_type(ty: &CoreDefinition<'_>) -> Result<String, Reject> {
    Ok(match ty {
        CoreDefinition::Group { group } | CoreDefinition::Sub { group } => {
            format!(
                "core types {:?}",
                group.iter().map(|ty| sub_type(&ty)).collect::<Vec<_>>()
            )
        }
        CoreDefinition::Module { declarators } => {
            let mut lines = Vec::new();
            for declarator in declarators.iter_module() {
                lines.push(match declarator? {
                    ModuleDeclarator::Import { import } => {
                        let ty = core_extern_type(&import.ty);
                        format!("import {} {} {ty}", import.module, import.name)
                    }
                    ModuleDeclarator::Type { ty } => core_type(&ty)?,
                    ModuleDeclarator::Alias { alias } => {
                        let CoreAliasTarget::Outer { count, index } = alias.target;
                        format!("outer {count} {index}")
                    }
                    ModuleDeclarator::Export { name, ty } => {
                        format!("export {name} {}", core_extern_type(&ty))
                    }
                });
            }
            format!("core module {lines:?}")
        }
    })
}

fn defined_type(ty: &DefinedType<'_>) -> Result<String, Reject> {
    let (scope, declarators) = match ty {
        DefinedType::Component { declarators } => ("component", declarators),
        DefinedType::Instance { declarators } => ("instance", declarators),
        other => return Ok(words(&format!("{other:?}"))),
    };
    let mut lines = Vec::new();
    for declarator in declarators.iter() {
        lines.push(match declarator? {
            Declarator::CoreType { ty } => core_type(&ty)?,
            Declarator::Type { ty } => defined_type(&ty)?,
            Declarator::Alias { alias: one } => alias(&one),
            Declarator::Import { import: one } => import(&one),
            Declarator::Export { name: named, ty } => {
                format!("export {} {}", name(&named), extern_type(&ty))
            }
        });
    }
    Ok(format!("{scope} {lines:?}"))
}

fn alias(alias: &Alias<'_>) -> String {
    let sort = sort(alias.sort);
    match alias.target {
        AliasTarget::Export { instance, name } => format!("alias {sort} {} {name}", instance.0),
        AliasTarget::CoreExport { instance, name } => {
            format!(
                "core alias {} {} {name}",
                sort.trim_start_matches("core "),
                instance.0
            )
        }
        AliasTarget::Outer { count, index } => format!("outer {sort} {count} {index}"),
    }
}

/// The options of a lift stand in the middle of the binary.
fn canon(canon: &Canon<'_>) -> String {
    match canon {
        Canon::Lift { func, options, ty } => {
            format!(
                "lift {} {} {}",
                func.0,
                ty.0,
                words(&format!("{options:?}"))
            )
        }
        // Whether what is spawned is shared wasmparser reads and forgets.
        other => words(&format!("{other:?}")).replace(" false", ""),
    }
}

fn import(import: &Import<'_>) -> String {
    format!("import {} {}", name(&import.name), extern_type(&import.ty))
}

fn export(export: &Export<'_>) -> String {
    let ty = export.ty.as_ref().map(extern_type);
    format!("export {} {} {ty:?}", name(&export.name), item(export.item))
}

fn name(name: &ExternName<'_>) -> String {
    format!(
        "{} {:?} {:?} {:?}",
        name.as_str(),
        name.implements(),
        name.version_suffix(),
        name.external_id()
    )
}

fn extern_type(ty: &ExternType) -> String {
    words(&format!("{ty:?}"))
}

fn item(item: Item) -> String {
    format!("{} {}", sort(item.sort), item.index)
}

fn sort(sort: Sort) -> &'static str {
    sort.name()
}
