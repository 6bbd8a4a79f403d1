//! Canonical definitions: functions lifted from core functions, lowered to them, and built in.
//!
//! What core functions take and give follows from the type of the function and the options, or from
//! the row of what is built in (`builtin`). Standard: Component Model, `Explainer.md`, "Canonical
//! Definitions", and `CanonicalABI.md`.

use super::Full;
use super::core_type::CoreFunc;
use super::options::{CanonOptions, Side};
use super::record::Entity;
use super::shape::Shape;
use super::signature::Signature;
use super::storage::ComponentStorage;
use super::value::result_of;
use crate::generated::woven::component::layout::{
    MAX_FLAT_ASYNC_PARAMS, MAX_FLAT_PARAMS, MAX_FLAT_RESULTS,
};
use crate::profile::Gate;
use crate::read::component::{Canon, DefinedType, Options, ResultList, Sort, ValType};
use crate::reject::Reject;
use crate::spec::{ErrorCode, Proposal};
use crate::types::ValType as CoreValType;

impl<'a, G: Gate, S: ComponentStorage> Full<'a, '_, G, S> {
    pub(super) fn define_canon(&mut self, canon: &Canon<'a>, at: usize) -> Result<(), Reject> {
        match canon {
            Canon::Lift { func, options, ty } => return self.lift(func.0, options, ty.0, at),
            Canon::Lower { func, options } => return self.lower(func.0, options, at),
            Canon::TaskReturn { result, options } => return self.task_return(result, options, at),
            _ => {}
        }
        let signature = self.built_in(canon, at)?;
        self.define(signature.entity(), at)
    }

    fn lift(&mut self, func: u32, options: &Options<'a>, ty: u32, at: usize) -> Result<(), Reject> {
        let lifted = self.func_type_at(ty, at)?;
        let options = self.options(options, Side::Lift, at)?;
        if options.is_async && options.callback.is_none() {
            self.gate
                .admit(Proposal::ComponentModelAsyncStackful, at, ())?;
        }
        let core = self.entity(Sort::CoreFunc, func);
        if let Some(post_return) = options.post_return {
            self.takes_results(post_return, core, at)?;
        }
        if let Some(callback) = options.callback {
            let (params, results) = ([CoreValType::I32; 3], [CoreValType::I32]);
            self.has_signature(callback, Signature::of(params, results), at)?;
        }
        let signature = self.flatten(lifted, &options, at)?;
        if !self.same_core_funcs(core, signature.entity(), at)? {
            return Err(Reject::new(ErrorCode::CoreSignature, at));
        }
        self.define(Entity::of(Sort::Func, lifted), at)
    }

    /// A function takes what another gives, and gives nothing.
    fn takes_results(&mut self, index: u32, core: Entity, at: usize) -> Result<(), Reject> {
        let taking = |types: &mut dyn Iterator<Item = CoreValType>| {
            types.fold(Signature::NONE, Signature::taking)
        };
        let fits = match self.core_func(core)? {
            CoreFunc::Made(signature) => Some(taking(&mut signature.results())),
            CoreFunc::Written { results, .. } => {
                let numbers = results.len() <= 1 && results.iter().all(CoreValType::is_num);
                numbers.then(|| taking(&mut results.iter()))
            }
        };
        let signature = fits.ok_or(Reject::new(ErrorCode::CoreSignature, at))?;
        self.has_signature(index, signature, at)
    }

    fn lower(&mut self, func: u32, options: &Options<'a>, at: usize) -> Result<(), Reject> {
        let func = self.entity(Sort::Func, func).ty();
        let options = self.options(options, Side::Lower, at)?;
        let signature = self.flatten(func, &options, at)?;
        self.define(signature.entity(), at)
    }

    fn task_return(
        &mut self,
        result: &ResultList,
        options: &Options<'a>,
        at: usize,
    ) -> Result<(), Reject> {
        let result = result_of(result);
        if let Some(result) = result {
            self.without_borrow(result, at)?;
        }
        let options = self.options(options, Side::Lower, at)?;
        options.sync(at)?;
        if options.realloc.is_some() {
            return Err(Reject::new(ErrorCode::MisplacedOption, at));
        }
        let params = match result {
            Some(result) => Some(self.part_shape(result, at)?),
            None => None,
        };
        let signature = params_of(params.into_iter(), &options, at)?;
        self.define(signature.entity(), at)
    }

    /// What the core function takes and gives that a function is lifted from or lowered to.
    fn flatten(
        &mut self,
        ty: super::record::TypeUse,
        options: &CanonOptions,
        at: usize,
    ) -> Result<Signature, Reject> {
        let definition = self.unnamed(ty.definition);
        let ty = self.defined_type(&definition)?;
        let is_async = matches!(ty, DefinedType::AsyncFunc { .. });
        let (DefinedType::Func { params, result } | DefinedType::AsyncFunc { params, result }) = ty
        else {
            return Err(Reject::new(ErrorCode::NotAFunctionType, at));
        };
        if options.is_async && !is_async {
            return Err(Reject::new(ErrorCode::AsyncOption, at));
        }
        let scope = definition.scope;
        let shapes = params.iter().map(|param| self.shape_in(param.ty, scope));
        let signature = params_of(shapes, options, at)?;
        let result = result_of(&result).map(|result| self.shape_in(result, scope));
        with_result(signature, result, options, at)
    }

    pub(super) fn shape_in(&self, ty: ValType, scope: u32) -> Shape {
        match ty {
            ValType::Primitive(ty) => Shape::primitive(ty),
            ValType::Type(index) => {
                let ty = self.type_of(scope, Sort::Type, index.0).ty();
                self.shape(Entity::of(Sort::Value, ty))
            }
        }
    }
}

/// Parameters as core parameters, or as an address if they are too many.
fn params_of(
    params: impl Iterator<Item = Shape>,
    options: &CanonOptions,
    at: usize,
) -> Result<Signature, Reject> {
    let lift = options.side == Side::Lift;
    let most = match options.is_async && !lift {
        true => MAX_FLAT_ASYNC_PARAMS,
        false => MAX_FLAT_PARAMS,
    };
    let mut flat = super::shape::Flat::NONE;
    for param in params {
        if param.measure.has_pointers() {
            options.reach(lift, at)?;
        }
        flat = flat.and(param.flat);
        if flat.types(most, options.address()).is_none() {
            options.reach(lift, at)?;
            return Ok(Signature::NONE.taking(options.address()));
        }
    }
    let types = flat.types(most, options.address());
    Ok(types
        .into_iter()
        .flatten()
        .fold(Signature::NONE, Signature::taking))
}

/// With a result: as a core result, through an address, or later by `task.return`.
fn with_result(
    signature: Signature,
    result: Option<Shape>,
    options: &CanonOptions,
    at: usize,
) -> Result<Signature, Reject> {
    let (lift, address) = (options.side == Side::Lift, options.address());
    if let Some(result) = result
        && !lift
        && result.measure.has_pointers()
    {
        options.realloc(at)?;
    }
    match (lift, options.is_async, result) {
        (_, false, None) => Ok(signature),
        (_, false, Some(result)) => match result.flat.types(MAX_FLAT_RESULTS, address) {
            Some(types) => Ok(types.fold(signature, Signature::giving)),
            None => {
                options.memory(at)?;
                Ok(match lift {
                    true => signature.giving(address),
                    false => signature.taking(address),
                })
            }
        },
        (false, true, result) => {
            let signature = match result {
                Some(_) => {
                    options.memory(at)?;
                    signature.taking(address)
                }
                None => signature,
            };
            Ok(signature.giving(CoreValType::I32))
        }
        (true, true, result) => {
            if let Some(result) = result {
                let spilled = result.flat.types(MAX_FLAT_PARAMS, address).is_none();
                if spilled || result.measure.has_pointers() {
                    options.memory(at)?;
                }
            }
            Ok(match options.callback {
                Some(_) => signature.giving(CoreValType::I32),
                None => signature,
            })
        }
    }
}
