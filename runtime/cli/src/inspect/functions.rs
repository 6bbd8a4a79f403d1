//! Which proposals each function of a module needs.
//!
//! A function needs what its type and its body ask of a gate. Types are asked once each. Functions
//! are those of the index space, the imported ones first, which have a type and no body.

use std::collections::HashMap;
use std::iter::repeat_n;

use tabwasm::read::ImportType;
use tabwasm::reject::Reject;
use tabwasm::spec::{Proposal, Proposals};
use tabwasm::types::TypeIdx;
use tabwasm::view::ModuleView;

use crate::asked::Asked;

/// A function, and what it needs.
pub(super) struct Function<'a> {
    pub(super) index: usize,
    /// By the name section.
    pub(super) name: Option<&'a str>,
    /// Where its body begins in the module, the declarations of locals included; an imported one has none.
    pub(super) offset: Option<usize>,
    proposals: Proposals,
}

impl Function<'_> {
    /// Names of what it needs besides `mvp`, in the order of the table.
    pub(super) fn proposals(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.proposals.iter().map(Proposal::name)
    }
}

/// All functions of a module.
pub(super) fn functions<'a>(module: ModuleView<'a>) -> Result<Vec<Function<'a>>, Reject> {
    let asked = Asked::default();
    let mut types = Vec::new();
    for group in module.types_admitted(&asked) {
        let count = group?.len();
        types.extend(repeat_n(asked.take(), count));
    }
    // What a type index does not lead to is not known.
    let of_type = |ty: TypeIdx| types.get(ty.0 as usize).copied().unwrap_or_default();

    let names: HashMap<u32, &str> = match module.names() {
        Some(names) => names.funcs().collect(),
        None => HashMap::new(),
    };
    let mut functions = Vec::new();
    let mut add = |offset, proposals| {
        let index = functions.len();
        let name = names.get(&(index as u32)).copied();
        functions.push(Function {
            index,
            name,
            offset,
            proposals,
        });
    };
    for import in module.imports() {
        if let ImportType::Func(ty) = import?.ty {
            add(None, of_type(ty));
        }
    }
    let mut declared = module.functions();
    for body in module.bodies() {
        let (body, ty) = (body?, declared.next().transpose()?);
        asked.body(module.bytes(), body)?;
        let of_type = ty.map(of_type).unwrap_or_default();
        add(Some(body.span().start), of_type.union(asked.take()));
    }
    Ok(functions)
}
