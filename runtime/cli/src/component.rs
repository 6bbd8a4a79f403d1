//! One function of a component that is called: `tabwasm --invoke 'iface.func("x", 1)' COMPONENT`.
//!
//! The function is found by name, in what the component exports or in an instance that it exports;
//! arguments and result are in WAVE (see [`crate::wave`]). Nothing is given to components yet: what
//! one imports is missing, or a trap with `--unknown-imports trap`.

use std::collections::VecDeque;
use std::iter;

use tabwasm::component::types::{ComponentFunc, ComponentInstance, ComponentItem};
use tabwasm::component::{Component, ComponentExportIndex, Linker, Val};
use tabwasm::{Engine, Result, Store};

use crate::args::Run;
use crate::diagnostic;
use crate::exit::ExitStatus;
use crate::output::line;
use crate::wave;

/// A function that a component exports.
struct Exported {
    /// The names of the instances that it is in, the outermost first.
    path: Vec<String>,
    name: String,
    index: ComponentExportIndex,
    ty: ComponentFunc,
}

/// A function to call, and its arguments.
pub(crate) struct Call {
    index: ComponentExportIndex,
    params: Vec<Val>,
    results: usize,
}

impl Call {
    /// What the command line asks for, of a component that is spoken of as `file`.
    ///
    /// # Errors
    /// What is wrong with it was shown.
    pub(crate) fn read(args: &Run, file: &str, component: &Component) -> Result<Self, ExitStatus> {
        let functions = functions(component);
        let exported = || {
            let names: Vec<_> = functions.iter().map(Exported::full_name).collect();
            if !names.is_empty() {
                diagnostic::help(format_args!("it exports {}", names.join(", ")));
            }
        };
        let Some(call) = &args.invoke else {
            diagnostic::error(format_args!(
                "`{file}` is a component: `--invoke` must name a function to call"
            ));
            exported();
            return Err(ExitStatus::Usage);
        };
        if args.file_and_args.len() > 1 {
            diagnostic::error("arguments for a function of a component stand behind its name");
            diagnostic::help("`--invoke 'name(1, \"two\")'`");
            return Err(ExitStatus::Usage);
        }
        let (name, _) = wave::name(call);
        let found = find(&functions, name);
        let func = match found[..] {
            [func] => func,
            [] => {
                diagnostic::error(format_args!("`{file}` exports no function `{name}`"));
                exported();
                return Err(ExitStatus::Usage);
            }
            _ => {
                let names: Vec<_> = found.iter().map(|func| func.full_name()).collect();
                diagnostic::error(format_args!(
                    "`{file}` exports several functions `{name}`: {}",
                    names.join(", ")
                ));
                return Err(ExitStatus::Usage);
            }
        };
        match wave::arguments(call, &func.ty) {
            Ok(params) => Ok(Self {
                index: func.index,
                params,
                results: func.ty.results().len(),
            }),
            Err(message) => {
                diagnostic::error_with_excerpt(message);
                let signature = wave::signature(&func.ty);
                diagnostic::help(format_args!("`{name}` is a {signature}"));
                Err(ExitStatus::Usage)
            }
        }
    }

    /// Links the component, calls the function and prints its result. What is missing is shown, all
    /// of it.
    ///
    /// # Errors
    /// If an instance cannot be made, or if the function traps.
    pub(crate) fn run<T: 'static>(
        &self,
        args: &Run,
        component: &Component,
        store: &mut Store<T>,
    ) -> Result<ExitStatus> {
        let mut linker = Linker::new(component.engine());
        if let Err(message) = args.imports.define_in_component(&mut linker, component)? {
            diagnostic::error(message);
            return Ok(ExitStatus::Usage);
        }
        let linked = match linker.instantiate_pre(component) {
            Ok(linked) => linked,
            Err(error) => {
                let missing = missing(component);
                if missing.is_empty() || args.imports.are_traps() {
                    diagnostic::failed(&error);
                } else {
                    missing.iter().for_each(diagnostic::error);
                    diagnostic::help("`--unknown-imports trap` runs a component without them");
                }
                return Ok(ExitStatus::Link);
            }
        };
        let instance = linked.instantiate(&mut *store)?;
        let Some(func) = instance.get_func(&mut *store, self.index) else {
            diagnostic::error("the function is one that the component imports");
            return Ok(ExitStatus::Link);
        };
        let mut results = vec![Val::Bool(false); self.results];
        func.call(store, &self.params, &mut results)?;
        for result in &results {
            match wave::show(result) {
                Ok(text) => line!("{text}"),
                Err(message) => {
                    diagnostic::error(format_args!("the result cannot be shown: {message}"));
                    return Ok(ExitStatus::Usage);
                }
            }
        }
        Ok(ExitStatus::Success)
    }
}

impl Exported {
    fn full_name(&self) -> String {
        let names = self.path.iter().chain(iter::once(&self.name));
        names.map(String::as_str).collect::<Vec<_>>().join(".")
    }

    /// Whether it is meant by this name: its instances come before it as they are exported, without
    /// versions, or without package and version.
    fn is_named(&self, name: &str) -> bool {
        let before = name.strip_suffix(&self.name);
        let Some(before) = before.and_then(|before| before.strip_suffix('.')) else {
            return false;
        };
        let forms: [fn(&str) -> &str; 3] = [|name| name, versionless, bare];
        forms.iter().any(|form| {
            let names: Vec<_> = self.path.iter().map(|name| form(name)).collect();
            names.join(".") == before
        })
    }
}

/// The name of an interface without its version.
fn versionless(name: &str) -> &str {
    name.split_once('@').map_or(name, |(name, _)| name)
}

/// The same without its package.
fn bare(name: &str) -> &str {
    let name = versionless(name);
    name.rsplit_once('/').map_or(name, |(_, name)| name)
}

/// The functions that a name means: the component's own, else those behind the names of instances,
/// else those of this name in any instance.
fn find<'f>(functions: &'f [Exported], name: &str) -> Vec<&'f Exported> {
    let ways: [&dyn Fn(&&Exported) -> bool; 3] = [
        &|func| func.path.is_empty() && func.name == name,
        &|func| func.is_named(name),
        &|func| func.name == name,
    ];
    let found = ways.map(|way| functions.iter().filter(way).collect::<Vec<_>>());
    let first = found.into_iter().find(|found| !found.is_empty());
    first.unwrap_or_default()
}

/// All functions that a component exports, its own first, then those in instances.
fn functions(component: &Component) -> Vec<Exported> {
    let engine = component.engine();
    let named = |(name, item): (&str, _)| (name.to_owned(), item);
    let own = component
        .component_type()
        .exports(engine)
        .map(named)
        .collect();
    let mut left: VecDeque<(Vec<String>, _, Vec<_>)> = VecDeque::from([(Vec::new(), None, own)]);
    let mut functions = Vec::new();
    while let Some((path, within, items)) = left.pop_front() {
        for (name, item) in items {
            let Some(index) = component.get_export_index(within.as_ref(), &name) else {
                continue;
            };
            match item {
                ComponentItem::ComponentFunc(ty) => functions.push(Exported {
                    path: path.clone(),
                    name,
                    index,
                    ty,
                }),
                ComponentItem::ComponentInstance(instance) => {
                    let path = path.iter().cloned().chain([name]).collect();
                    let items = instance.exports(engine).map(named).collect();
                    left.push_back((path, Some(index), items));
                }
                _ => {}
            }
        }
    }
    functions
}

/// What a component imports and nobody gives: one line for each import.
fn missing(component: &Component) -> Vec<String> {
    let engine = component.engine();
    let ty = component.component_type();
    let imports = ty.imports(engine).filter_map(|(name, item)| match item {
        ComponentItem::ComponentInstance(instance) => {
            let count = needed(engine, instance);
            let what = format!("an instance (functions, resources, modules: {count})");
            (count > 0).then(|| format!("unknown import `{name}`: {what}"))
        }
        ComponentItem::ComponentFunc(ty) => {
            let signature = wave::signature(&ty);
            Some(format!("unknown import `{name}`: {signature}"))
        }
        ComponentItem::Resource(_) => Some(format!("unknown import `{name}`: a type of resources")),
        ComponentItem::Module => Some(format!("unknown import `{name}`: a core module")),
        ComponentItem::Component => Some(format!("unknown import `{name}`: a component")),
        _ => None,
    });
    imports.collect()
}

/// How much of an imported instance the host has to give.
fn needed(engine: &Engine, instance: ComponentInstance) -> usize {
    let mut instances = vec![instance];
    let mut count = 0;
    while let Some(instance) = instances.pop() {
        for (_, item) in instance.exports(engine) {
            match item {
                ComponentItem::ComponentInstance(inner) => instances.push(inner),
                ComponentItem::Type(_) => {}
                _ => count += 1,
            }
        }
    }
    count
}
