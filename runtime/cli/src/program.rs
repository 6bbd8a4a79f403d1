//! An instance that runs as a program, or one of its functions that is called.
//!
//! A command of WASI begins with `_start`; a library of WASI (a reactor) is made ready by
//! `_initialize`, once, before any other of its functions is called. Both take and give nothing.
//! Arguments and results are texts; see [`crate::value`]. WASI: `legacy/application-abi.md`.

use tabwasm::{ExternType, FuncType, Instance, Module, Result, Store, Val};

use crate::diagnostic;
use crate::exit::ExitStatus;
use crate::output::line;
use crate::value;

/// The function that a program begins with.
const ENTRY: &str = "_start";
/// The function that makes a library ready.
const INITIALIZER: &str = "_initialize";

/// An instance, and what is given to it.
pub(crate) struct Program<'a> {
    /// How to speak of its file.
    pub(crate) file: &'a str,
    pub(crate) args: &'a [&'a str],
    pub(crate) module: &'a Module,
    pub(crate) instance: Instance,
}

impl Program<'_> {
    /// Runs it from its beginning. A module without functions has nothing to run.
    pub(crate) fn start<T>(&self, store: &mut Store<T>) -> Result<ExitStatus> {
        if self.module.get_export(ENTRY).is_some() {
            return self.begin(ENTRY, store);
        }
        let functions = self.functions();
        if functions.is_empty() {
            return Ok(ExitStatus::Success);
        }
        diagnostic::error(format_args!("`{}` exports no `{ENTRY}` to run", self.file));
        diagnostic::help(format_args!(
            "name a function with `--invoke`: {}",
            functions.join(", ")
        ));
        Ok(ExitStatus::Usage)
    }

    /// Calls a function, and hands its results on.
    pub(crate) fn invoke<T>(
        &self,
        name: &str,
        store: &mut Store<T>,
        results: impl FnOnce(&[Val]),
    ) -> Result<ExitStatus> {
        let Some(func) = self.instance.get_func(&mut *store, name) else {
            diagnostic::error(format_args!("`{}` exports no function `{name}`", self.file));
            let functions = self.functions();
            if !functions.is_empty() {
                diagnostic::help(format_args!("it exports {}", functions.join(", ")));
            }
            return Ok(ExitStatus::Usage);
        };
        let ty = func.ty(&*store);
        let params = match self.params(&ty) {
            Ok(params) => params,
            Err(message) => {
                diagnostic::error(message);
                diagnostic::help(format_args!("`{name}` has the type {ty}"));
                return Ok(ExitStatus::Usage);
            }
        };
        if name != INITIALIZER && self.module.get_export(INITIALIZER).is_some() {
            let exit = self.begin(INITIALIZER, store)?;
            if exit != ExitStatus::Success {
                return Ok(exit);
            }
        }
        let mut values = vec![Val::I32(0); ty.results().len()];
        func.call(store, &params, &mut values)?;
        results(&values);
        Ok(ExitStatus::Success)
    }

    /// Prints the results of a function.
    pub(crate) fn print(results: &[Val]) {
        for result in results {
            line!("{}", value::show(result));
        }
    }

    /// Calls what WASI gives a meaning.
    fn begin<T>(&self, name: &str, store: &mut Store<T>) -> Result<ExitStatus> {
        if let Some(func) = self.instance.get_func(&mut *store, name) {
            let ty = func.ty(&*store);
            if ty.params().len() == 0 && ty.results().len() == 0 {
                return func.call(store, &[], &mut []).map(|()| ExitStatus::Success);
            }
        }
        let ty = self.module.get_export(name);
        let ty = ty.map_or_else(String::new, |ty| ty.to_string());
        diagnostic::error(format_args!("`{}` exports `{name}` as {ty}", self.file));
        diagnostic::help(format_args!(
            "WASI expects a function [] -> [] of this name"
        ));
        Ok(ExitStatus::Usage)
    }

    /// The names of the exported functions.
    fn functions(&self) -> Vec<&str> {
        let exports = self.module.exports();
        exports
            .filter(|export| matches!(export.ty(), ExternType::Func(_)))
            .map(|export| export.name())
            .collect()
    }

    fn params(&self, ty: &FuncType) -> Result<Vec<Val>, String> {
        let (params, args) = (ty.params(), self.args);
        if params.len() != args.len() {
            let (expected, found) = (params.len(), args.len());
            return Err(format!("expected {expected} arguments, found {found}"));
        }
        let values = params.zip(args).map(|(ty, text)| value::parse(&ty, text));
        values.collect()
    }
}
