//! What wasmparser reads of a component, in the words of [`component`](crate::component).
//!
//! An implementation by other people with other mistakes: where both read the same, the reading is
//! probably right.

use wasmparser::{
    CanonicalFunction, ComponentAlias, ComponentExport, ComponentExternName, ComponentExternalKind,
    ComponentImport, ComponentInstance, ComponentName, ComponentOuterAliasKind, ComponentType,
    ComponentTypeDeclaration, ComponentTypeRef, CoreType, ExternalKind, Instance,
    InstanceTypeDeclaration, KnownCustom, ModuleTypeDeclaration, NameMap, Parser, Payload,
};

use crate::Lines;
use crate::peer_module::{self, extern_type as core_extern_type, kind as core_kind, rec_group};
use crate::text::words;

/// The lines of a component and of all that is in it.
pub(crate) fn lines(bytes: &[u8]) -> Lines<String> {
    let mut lines = Vec::new();
    component(bytes, 0, &mut lines).map_err(|error| error.to_string())?;
    Ok(lines)
}

/// One component, which begins at an offset of the whole.
fn component(bytes: &[u8], offset: u64, lines: &mut Vec<String>) -> wasmparser::Result<()> {
    lines.push(format!(
        "component {offset}..{}",
        offset + bytes.len() as u64
    ));
    let (mut sections, mut own, mut names) = (Vec::new(), Vec::new(), None);
    let mut counts = [0; 13];
    let mut depth = 0;
    let part = |range: &std::ops::Range<u64>| {
        let (start, end) = (range.start - offset, range.end - offset);
        bytes.get(start as usize..end as usize).unwrap_or_default()
    };
    for payload in Parser::new(offset).parse_all(bytes) {
        let payload = payload?;
        // `parse_all` goes into what is nested; that is read apart.
        match &payload {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            _ => {}
        }
        if depth != 1 || matches!(payload, Payload::Version { .. } | Payload::End(_)) {
            continue;
        }
        if let Some((id, range)) = payload.as_section() {
            sections.push(format!("section {id} {range:?}"));
            let count = match &payload {
                Payload::InstanceSection(section) => section.count(),
                Payload::CoreTypeSection(section) => section.count(),
                Payload::ComponentInstanceSection(section) => section.count(),
                Payload::ComponentAliasSection(section) => section.count(),
                Payload::ComponentTypeSection(section) => section.count(),
                Payload::ComponentCanonicalSection(section) => section.count(),
                Payload::ComponentImportSection(section) => section.count(),
                Payload::ComponentExportSection(section) => section.count(),
                _ => 1,
            };
            if let Some(all) = counts.get_mut(usize::from(id)) {
                *all += count;
            }
        }
        match payload {
            Payload::ModuleSection {
                unchecked_range, ..
            } => {
                let module = peer_module::lines(part(&unchecked_range));
                own.extend(module.unwrap_or_else(|error| vec![error]));
            }
            Payload::ComponentSection {
                unchecked_range, ..
            } => {
                component(part(&unchecked_range), unchecked_range.start, &mut own)?;
            }
            Payload::InstanceSection(section) => {
                for one in section {
                    own.push(core_instance(&one?));
                }
            }
            Payload::CoreTypeSection(section) => {
                for ty in section {
                    own.push(core_type(&ty?));
                }
            }
            Payload::ComponentInstanceSection(section) => {
                for one in section {
                    own.push(instance(&one?));
                }
            }
            Payload::ComponentAliasSection(section) => {
                for one in section {
                    own.push(alias(&one?));
                }
            }
            Payload::ComponentTypeSection(section) => {
                for ty in section {
                    own.push(component_type(&ty?));
                }
            }
            Payload::ComponentCanonicalSection(section) => {
                for one in section {
                    own.push(canon(&one?));
                }
            }
            Payload::ComponentImportSection(section) => {
                for one in section {
                    own.push(import(&one?));
                }
            }
            Payload::ComponentExportSection(section) => {
                for one in section {
                    own.push(export(&one?));
                }
            }
            Payload::ComponentStartSection { start, .. } => own.push(words(&format!("{start:?}"))),
            Payload::CustomSection(section) => {
                own.push(format!("custom {} {:?}", section.name(), section.data()));
                if let (KnownCustom::ComponentName(section), None) = (section.as_known(), &names) {
                    names = Some(section);
                }
            }
            _ => {}
        }
    }
    lines.extend(sections);
    lines.extend(own);
    lines.push(format!("counts {counts:?}"));
    if let Some(names) = names {
        name_lines(names, lines);
    }
    Ok(())
}

fn name_lines(names: wasmparser::ComponentNameSectionReader<'_>, lines: &mut Vec<String>) {
    let mut component = None;
    let mut maps = Vec::new();
    let mut add = |sort: &str, map: NameMap<'_>| {
        let names = map.into_iter().map_while(Result::ok);
        let names: Vec<_> = names.map(|naming| (naming.index, naming.name)).collect();
        maps.push(format!("names {sort} {names:?}"));
    };
    for name in names.into_iter().map_while(Result::ok) {
        match name {
            ComponentName::Component { name, .. } if component.is_none() => component = Some(name),
            ComponentName::Component { .. } | ComponentName::Unknown { .. } => {}
            ComponentName::CoreFuncs(map) => add("core func", map),
            ComponentName::CoreGlobals(map) => add("core global", map),
            ComponentName::CoreMemories(map) => add("core memory", map),
            ComponentName::CoreTables(map) => add("core table", map),
            ComponentName::CoreTags(map) => add("core tag", map),
            ComponentName::CoreModules(map) => add("core module", map),
            ComponentName::CoreInstances(map) => add("core instance", map),
            ComponentName::CoreTypes(map) => add("core type", map),
            ComponentName::Types(map) => add("type", map),
            ComponentName::Instances(map) => add("instance", map),
            ComponentName::Components(map) => add("component", map),
            ComponentName::Funcs(map) => add("func", map),
            ComponentName::Values(map) => add("value", map),
        }
    }
    lines.push(format!("names {component:?}"));
    lines.extend(maps);
}

fn core_instance(instance: &Instance<'_>) -> String {
    match instance {
        Instance::Instantiate { module_index, args } => {
            let args = args.iter().map(|arg| format!("{}={}", arg.name, arg.index));
            format!(
                "core instantiate {module_index} {:?}",
                args.collect::<Vec<_>>()
            )
        }
        Instance::FromExports(exports) => {
            let exports = exports
                .iter()
                .map(|one| format!("{}=core {} {}", one.name, core_kind(one.kind), one.index));
            format!("core exports {:?}", exports.collect::<Vec<_>>())
        }
    }
}

fn instance(instance: &ComponentInstance<'_>) -> String {
    match instance {
        ComponentInstance::Instantiate {
            component_index,
            args,
        } => {
            let args = args
                .iter()
                .map(|arg| format!("{}={} {}", arg.name, kind(arg.kind), arg.index));
            format!(
                "instantiate {component_index} {:?}",
                args.collect::<Vec<_>>()
            )
        }
        ComponentInstance::FromExports(exports) => {
            let exports = exports
                .iter()
                .map(|one| format!("{}={} {}", name(&one.name), kind(one.kind), one.index));
            format!("exports {:?}", exports.collect::<Vec<_>>())
        }
    }
}

fn core_type(ty: &CoreType<'_>) -> String {
    match ty {
        CoreType::Rec(group) => format!("core types {:?}", rec_group(group)),
        CoreType::Module(declarations) => {
            let lines = declarations.iter().map(|declaration| match declaration {
                ModuleTypeDeclaration::Import(import) => {
                    let ty = core_extern_type(&import.ty);
                    format!("import {} {} {ty}", import.module, import.name)
                }
                ModuleTypeDeclaration::Type(group) => format!("core types {:?}", rec_group(group)),
                ModuleTypeDeclaration::OuterAlias { count, index, .. } => {
                    format!("outer {count} {index}")
                }
                ModuleTypeDeclaration::Export { name, ty } => {
                    format!("export {name} {}", core_extern_type(ty))
                }
            });
            format!("core module {:?}", lines.collect::<Vec<_>>())
        }
    }
}

fn component_type(ty: &ComponentType<'_>) -> String {
    match ty {
        ComponentType::Component(declarations) => {
            let lines = declarations.iter().map(|declaration| match declaration {
                ComponentTypeDeclaration::CoreType(ty) => core_type(ty),
                ComponentTypeDeclaration::Type(ty) => component_type(ty),
                ComponentTypeDeclaration::Alias(one) => alias(one),
                ComponentTypeDeclaration::Import(one) => import(one),
                ComponentTypeDeclaration::Export { name, ty } => declared(name, ty),
            });
            format!("component {:?}", lines.collect::<Vec<_>>())
        }
        ComponentType::Instance(declarations) => {
            let lines = declarations.iter().map(|declaration| match declaration {
                InstanceTypeDeclaration::CoreType(ty) => core_type(ty),
                InstanceTypeDeclaration::Type(ty) => component_type(ty),
                InstanceTypeDeclaration::Alias(one) => alias(one),
                InstanceTypeDeclaration::Export { name, ty } => declared(name, ty),
            });
            format!("instance {:?}", lines.collect::<Vec<_>>())
        }
        ComponentType::Func(ty) => {
            let word = if ty.async_ { "asyncfunc" } else { "func" };
            words(&format!("{word} {:?} {:?}", ty.params, ty.result))
        }
        other => words(&format!("{other:?}")),
    }
}

fn declared(named: &ComponentExternName<'_>, ty: &ComponentTypeRef) -> String {
    format!("export {} {}", name(named), extern_type(ty))
}

fn alias(alias: &ComponentAlias<'_>) -> String {
    match alias {
        ComponentAlias::InstanceExport {
            kind: of,
            instance_index,
            name,
        } => {
            format!("alias {} {instance_index} {name}", kind(*of))
        }
        ComponentAlias::CoreInstanceExport {
            kind: of,
            instance_index,
            name,
        } => {
            let of: ExternalKind = *of;
            format!("core alias {} {instance_index} {name}", core_kind(of))
        }
        ComponentAlias::Outer {
            kind: of,
            count,
            index,
        } => {
            let of = match of {
                ComponentOuterAliasKind::CoreModule => "core module",
                ComponentOuterAliasKind::CoreType => "core type",
                ComponentOuterAliasKind::Type => "type",
                ComponentOuterAliasKind::Component => "component",
            };
            format!("outer {of} {count} {index}")
        }
    }
}

fn canon(canon: &CanonicalFunction) -> String {
    match canon {
        CanonicalFunction::Lift {
            core_func_index,
            type_index,
            options,
        } => {
            format!(
                "lift {core_func_index} {type_index} {}",
                words(&format!("{options:?}"))
            )
        }
        other => words(&format!("{other:?}")).replace(" false", ""),
    }
}

fn import(import: &ComponentImport<'_>) -> String {
    format!("import {} {}", name(&import.name), extern_type(&import.ty))
}

fn export(export: &ComponentExport<'_>) -> String {
    let ty = export.ty.as_ref().map(extern_type);
    format!(
        "export {} {} {} {ty:?}",
        name(&export.name),
        kind(export.kind),
        export.index
    )
}

fn name(name: &ComponentExternName<'_>) -> String {
    format!(
        "{} {:?} {:?} {:?}",
        name.name, name.implements, name.version_suffix, name.external_id
    )
}

fn extern_type(ty: &ComponentTypeRef) -> String {
    match ty {
        ComponentTypeRef::Module(ty) => format!("coremodule {ty}"),
        other => words(&format!("{other:?}")),
    }
}

fn kind(kind: ComponentExternalKind) -> &'static str {
    match kind {
        ComponentExternalKind::Module => "core module",
        ComponentExternalKind::Func => "func",
        ComponentExternalKind::Value => "value",
        ComponentExternalKind::Type => "type",
        ComponentExternalKind::Instance => "instance",
        ComponentExternalKind::Component => "component",
    }
}
