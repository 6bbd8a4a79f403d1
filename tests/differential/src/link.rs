//! What modules of one store get for their imports.
//!
//! An import from a module that is called `0` is an export of the first module, and so on; all else
//! belongs to the host, which has functions only. Found once for both engines, so that they are
//! linked alike.

use tabwasm::compact::Module;
use tabwasm::types::{ExternKind, FuncIdx, ValType};

/// What is given for an import.
pub(crate) enum Given<'m> {
    /// An export of the module with this number.
    Export(usize, &'m str),
    /// A function of the host.
    Host {
        params: Vec<ValType>,
        results: Vec<ValType>,
    },
}

/// What the last of these modules gets for its imports, in their order; nothing, if there is one
/// that nobody has, or a function of the host has results that cannot be made.
pub(crate) fn imports<'m>(modules: &[Module<'m>]) -> Option<Vec<Given<'m>>> {
    let (module, before) = modules.split_last()?;
    let mut functions = 0;
    let given = module.imports().map(|import| {
        let function = FuncIdx(functions);
        functions += u32::from(import.kind == ExternKind::Func);
        let number = import.module.parse().ok();
        if let Some(exporter) = number.and_then(|number: usize| before.get(number)) {
            exporter.export(import.name)?;
            return Some(Given::Export(number?, import.name));
        }
        if import.kind != ExternKind::Func {
            return None;
        }
        let (params, results) = module.func_type(function);
        let (params, results): (_, Vec<_>) = (params.collect(), results.collect());
        let made = results.iter().all(|ty| ty.is_defaultable());
        made.then_some(Given::Host { params, results })
    });
    given.collect()
}
