//! Canonical definitions: functions that are lifted, and core functions that are made.
//!
//! What options name was made by steps before, so a definition becomes a step of its own at its
//! place. Built-ins of proposals that are not supported yet are there, too: a component may name
//! them without ever calling them. Standard: Component Model, `Explainer.md`, "Canonical
//! Definitions".

use super::scope::{Type, found};
use super::{Pass, push};
use crate::component::layout::{AddressType, FlatType, StringEncoding};
use crate::component::plan::{
    CoreDef, CoreExport, Func, Lift, Options, Step, Trampoline, TrampolineKind,
};
use crate::component::types::FuncTypeId;
use crate::error::Result;
use crate::read::component::{Canon, CanonOption, CoreValType, Options as Written, Sort};
use crate::types::{ExternKind, MemoryIdx};

impl<'a> Pass<'a, '_> {
    pub(super) fn canon(&mut self, canon: Canon<'a>) -> Result<()> {
        let kind = match canon {
            Canon::Lift { func, options, ty } => {
                let core = self.core(Sort::CoreFunc, func.0)?;
                let Type::Func(ty) = self.type_at(ty)? else {
                    return found(None, "type of functions");
                };
                let number = self.plan.lifts.len() as u32;
                let lift = Lift {
                    instance: self.instance()?,
                    core,
                    ty,
                    options: self.options(options)?,
                };
                push(&mut self.plan.lifts, lift)?;
                push(&mut self.plan.steps, Step::Lift(number))?;
                self.scope()?.funcs.push(Func::Lifted(number));
                return Ok(());
            }
            Canon::Lower { func, options } => {
                let func = self.scope()?.funcs.get(func.0 as usize).copied();
                let func = found(func, "function")?;
                TrampolineKind::Lower {
                    func,
                    ty: self.func_type(func)?,
                    options: self.options(options)?,
                }
            }
            Canon::ResourceNew { ty } => TrampolineKind::ResourceNew(self.resource(ty)?),
            Canon::ResourceDrop { ty } => TrampolineKind::ResourceDrop(self.resource(ty)?),
            Canon::ResourceRep { ty } => TrampolineKind::ResourceRep(self.resource(ty)?),
            Canon::ContextGet { ty, slot } => TrampolineKind::ContextGet(flat(ty)?, slot),
            Canon::ContextSet { ty, slot } => TrampolineKind::ContextSet(flat(ty)?, slot),
            Canon::BackpressureInc => TrampolineKind::Backpressure { inc: true },
            Canon::BackpressureDec => TrampolineKind::Backpressure { inc: false },
            other => {
                let proposal = found(other.proposal(), "proposal")?;
                TrampolineKind::Unsupported(other.name(), proposal)
            }
        };
        let number = self.plan.trampolines.len() as u32;
        let instance = self.instance()?;
        push(&mut self.plan.trampolines, Trampoline { instance, kind })?;
        push(&mut self.plan.steps, Step::Trampoline(number))?;
        let def = CoreDef::Trampoline(number);
        self.scope()?.core_funcs.push(def);
        Ok(())
    }

    fn core(&mut self, sort: Sort, index: u32) -> Result<CoreDef> {
        let def = self.scope()?.core(sort)?.get(index as usize).cloned();
        found(def, sort.name())
    }

    fn func_type(&self, func: Func) -> Result<FuncTypeId> {
        match func {
            Func::Lifted(lift) => {
                let lift = found(self.plan.lifts.get(lift as usize), "function")?;
                Ok(lift.ty)
            }
            Func::Imported(import) => {
                match found(self.plan.imports.get(import as usize), "import")?.kind {
                    crate::component::plan::ImportKind::Func(ty) => Ok(ty),
                    _ => found(None, "function"),
                }
            }
        }
    }

    fn options(&mut self, written: Written<'a>) -> Result<Options> {
        let mut options = Options {
            memory: None,
            realloc: None,
            post_return: None,
            encoding: StringEncoding::Utf8,
            address: AddressType::I32,
            is_async: false,
        };
        for option in written {
            match option {
                CanonOption::Utf8 => options.encoding = StringEncoding::Utf8,
                CanonOption::Utf16 => options.encoding = StringEncoding::Utf16,
                CanonOption::Latin1Utf16 => options.encoding = StringEncoding::Latin1Utf16,
                CanonOption::Memory { memory } => {
                    let memory = self.core(Sort::CoreMemory, memory.0)?;
                    options.address = self.address(&memory);
                    options.memory = Some(memory);
                }
                CanonOption::Realloc { func } => {
                    options.realloc = Some(self.core(Sort::CoreFunc, func.0)?);
                }
                CanonOption::PostReturn { func } => {
                    options.post_return = Some(self.core(Sort::CoreFunc, func.0)?);
                }
                CanonOption::Async | CanonOption::Callback { .. } => options.is_async = true,
            }
        }
        Ok(options)
    }

    /// The type of a memory's addresses; of a module that is not there yet, the usual one.
    fn address(&self, memory: &CoreDef) -> AddressType {
        let is_64 = match memory {
            CoreDef::Export {
                instance,
                export: CoreExport::Index(ExternKind::Memory, index),
            } => {
                let module = self.module_of(*instance);
                let ty = module.and_then(|module| module.env().memory(MemoryIdx(*index)));
                ty.is_some_and(|ty| ty.is_64)
            }
            _ => false,
        };
        match is_64 {
            true => AddressType::I64,
            false => AddressType::I32,
        }
    }
}

/// The type of a word of a call.
fn flat(ty: CoreValType) -> Result<FlatType> {
    match ty {
        CoreValType::I32 => Ok(FlatType::I32),
        CoreValType::I64 => Ok(FlatType::I64),
        _ => found(None, "type of a word"),
    }
}
