//! Built-in functions.
//!
//! What one takes and gives is the column `core` of its row in `spec/component/canon.toml`; the rules
//! of its parts are here. Standard: Component Model, `Explainer.md`, "Canonical Built-ins".

use super::Full;
use super::context::OpenScope;
use super::options::Side;
use super::record::{Entity, Kind, Origin};
use super::shape::Shape;
use super::signature::Signature;
use super::storage::ComponentStorage;
use super::value::Value;
use crate::profile::{Everything, Gate};
use crate::read::component::{Canon, CanonValue, DefinedType, Options, Sort};
use crate::read::{CompositeType, Reader};
use crate::reject::Reject;
use crate::spec::{ErrorCode, Proposal};
use crate::types::{HeapType, RefType, ValType as CoreValType};
use crate::validate::List;

/// What the words of a built-in function's signature stand for.
#[derive(Clone, Copy)]
struct Words {
    address: CoreValType,
    representation: CoreValType,
    context: CoreValType,
    index: CoreValType,
    start: CoreValType,
}

impl Default for Words {
    fn default() -> Self {
        let i32 = CoreValType::I32;
        Self {
            address: i32,
            representation: i32,
            context: i32,
            index: i32,
            start: i32,
        }
    }
}

impl Words {
    fn ty(&self, word: CanonValue) -> CoreValType {
        match word {
            CanonValue::I32 => CoreValType::I32,
            CanonValue::I64 => CoreValType::I64,
            CanonValue::Address => self.address,
            CanonValue::Representation => self.representation,
            CanonValue::Context => self.context,
            CanonValue::Index => self.index,
            CanonValue::Start => self.start,
        }
    }
}

impl<'a, G: Gate, S: ComponentStorage> Full<'a, '_, G, S> {
    /// What a built-in function takes and gives, if its parts are what they must be.
    pub(super) fn built_in(&mut self, canon: &Canon<'a>, at: usize) -> Result<Signature, Reject> {
        let words = self.words(canon, at)?;
        let (params, results) = canon.core();
        let types = |list: &'static [CanonValue]| list.iter().map(move |word| words.ty(*word));
        let signature = types(params).fold(Signature::NONE, Signature::taking);
        Ok(types(results).fold(signature, Signature::giving))
    }

    /// The parts of a built-in function are what they must be.
    fn words(&mut self, canon: &Canon<'a>, at: usize) -> Result<Words, Reject> {
        let mut words = Words::default();
        match canon {
            Canon::ResourceNew { ty } | Canon::ResourceRep { ty } => {
                words.representation = self.local_resource(ty.0, at)?;
            }
            Canon::ResourceDrop { ty } => drop(self.resource_at(ty.0, at)?),
            Canon::SubtaskCancel { is_async } => self.may_cancel(*is_async, at)?,
            Canon::ContextGet { ty, slot } | Canon::ContextSet { ty, slot } => {
                self.context(*ty, *slot, at)?;
                words.context = *ty;
            }
            Canon::StreamNew { ty }
            | Canon::StreamDropReadable { ty }
            | Canon::StreamDropWritable { ty }
            | Canon::StreamForward { ty } => drop(self.channel_at(ty.0, true, at)?),
            Canon::FutureNew { ty }
            | Canon::FutureDropReadable { ty }
            | Canon::FutureDropWritable { ty }
            | Canon::FutureForward { ty } => drop(self.channel_at(ty.0, false, at)?),
            Canon::StreamCancelRead { ty, is_async }
            | Canon::StreamCancelWrite { ty, is_async } => {
                self.may_cancel(*is_async, at)?;
                self.channel_at(ty.0, true, at)?;
            }
            Canon::FutureCancelRead { ty, is_async }
            | Canon::FutureCancelWrite { ty, is_async } => {
                self.may_cancel(*is_async, at)?;
                self.channel_at(ty.0, false, at)?;
            }
            Canon::StreamRead { ty, options } => {
                words.address = self.copy(ty.0, true, true, options, at)?;
            }
            Canon::StreamWrite { ty, options } => {
                words.address = self.copy(ty.0, true, false, options, at)?;
            }
            Canon::FutureRead { ty, options } => {
                words.address = self.copy(ty.0, false, true, options, at)?;
            }
            Canon::FutureWrite { ty, options } => {
                words.address = self.copy(ty.0, false, false, options, at)?;
            }
            Canon::ErrorContextNew { options } => {
                let options = self.options(options, Side::Lower, at)?;
                options.sync(at)?;
                options.memory(at)?;
                words.address = options.address();
            }
            Canon::ErrorContextDebugMessage { options } => {
                let options = self.options(options, Side::Lower, at)?;
                options.sync(at)?;
                options.realloc(at)?;
                words.address = options.address();
            }
            Canon::WaitableSetWait { memory } | Canon::WaitableSetPoll { memory } => {
                words.address = self.abi_memory(memory.0, at)?;
            }
            Canon::ThreadNewIndirect { ty, table } => {
                (words.index, words.start) = self.new_thread(ty.0, table.0, at)?;
            }
            // Types of threads that share everything cannot be written yet.
            Canon::ThreadSpawnRef { .. } | Canon::ThreadSpawnIndirect { .. } => {
                return Err(Reject::new(ErrorCode::ThreadStart, at));
            }
            _ => {}
        }
        Ok(words)
    }

    /// A resource that the innermost component defines itself; gives how it is represented.
    fn local_resource(&mut self, index: u32, at: usize) -> Result<CoreValType, Reject> {
        let resource = self.resource_at(index, at)?;
        let resource = self.resolve(resource, at)?;
        let number = self.resource(resource.definition, resource.substitution, at)?;
        let definition = self.definition(number);
        let own = definition.place == self.scope().interface;
        match Origin::of(&definition) {
            Origin::Local32 if own => Ok(CoreValType::I32),
            Origin::Local64 if own => Ok(CoreValType::I64),
            _ => Err(Reject::new(ErrorCode::LocalResource, at)),
        }
    }

    /// Cancelling without waiting is a proposal of its own.
    fn may_cancel(&self, is_async: bool, at: usize) -> Result<(), Reject> {
        match is_async {
            true => self
                .gate
                .admit(Proposal::ComponentModelMoreAsyncBuiltins, at, ()),
            false => Ok(()),
        }
    }

    /// All slots of a component keep the same type, and threads have a second one.
    fn context(&mut self, ty: CoreValType, slot: u32, at: usize) -> Result<(), Reject> {
        match ty {
            CoreValType::I32 => {}
            CoreValType::I64 => self.gate.admit(Proposal::ComponentModelMemory64, at, ())?,
            _ => return Err(Reject::new(ErrorCode::ContextType, at)),
        }
        let mut scope = self.scope();
        if scope.context != OpenScope::NO_CONTEXT && scope.context != ty.bits() {
            return Err(Reject::new(ErrorCode::ContextType, at));
        }
        scope.context = ty.bits();
        self.scopes.set_last(scope);
        match slot {
            0 => Ok(()),
            1 => self.gate.admit(Proposal::ComponentModelThreading, at, ()),
            _ => Err(Reject::new(ErrorCode::ContextSlot, at)),
        }
    }

    /// What comes out of a stream, or else out of a future.
    fn channel_at(&mut self, index: u32, stream: bool, at: usize) -> Result<Option<Shape>, Reject> {
        let value = Entity::of(Sort::Value, self.entity(Sort::Type, index).ty());
        let kind = self.kind_of(value.ty());
        if kind == Kind::Value {
            let scope = self.unnamed(value.first).scope;
            match self.value(value, at)? {
                Value::Defined {
                    ty: DefinedType::Stream { element },
                    ..
                } if stream => return Ok(element.map(|element| self.shape_in(element, scope))),
                Value::Defined {
                    ty: DefinedType::Future { ty },
                    ..
                } if !stream => return Ok(ty.map(|ty| self.shape_in(ty, scope))),
                _ => {}
            }
        }
        Err(Reject::new(ErrorCode::NotAChannel, at))
    }

    /// Reading from a stream or future, or writing to one; gives the type of addresses.
    fn copy(
        &mut self,
        index: u32,
        stream: bool,
        reads: bool,
        options: &Options<'a>,
        at: usize,
    ) -> Result<CoreValType, Reject> {
        let element = self.channel_at(index, stream, at)?;
        let options = self.options(options, Side::Lower, at)?;
        if !options.is_async {
            self.gate
                .admit(Proposal::ComponentModelMoreAsyncBuiltins, at, ())?;
        }
        if let Some(element) = element {
            options.memory(at)?;
            if reads && element.measure.has_pointers() {
                options.realloc(at)?;
            }
        }
        Ok(options.address())
    }

    /// What a thread starts with, and where its function is found; gives the types of both.
    fn new_thread(
        &mut self,
        ty: u32,
        table: u32,
        at: usize,
    ) -> Result<(CoreValType, CoreValType), Reject> {
        let wrong = || Reject::new(ErrorCode::ThreadStart, at);
        let func = self
            .core_defined(self.scope().interface, ty)?
            .ok_or_else(wrong)?;
        let Some(CompositeType::Func { params, results }) = func.ty().map(|ty| ty.composite) else {
            return Err(wrong());
        };
        let start = params
            .only()
            .filter(|_| results.is_empty())
            .ok_or_else(wrong)?;
        let wide = self.gate.has(Proposal::ComponentModelMemory64);
        if start != CoreValType::I32 && !(start == CoreValType::I64 && wide) {
            return Err(wrong());
        }
        let table = self.entity(Sort::CoreTable, table);
        let place = table.second as usize;
        let mut reader = Reader::range(self.bytes, place..self.bytes.len());
        let table = reader.table_type(&Everything)?;
        if table.is_64 {
            self.gate.admit(Proposal::ComponentModelMemory64, at, ())?;
        }
        match table.element == RefType::new(true, HeapType::Func) {
            true => Ok((CoreValType::address(table.is_64), start)),
            false => Err(wrong()),
        }
    }
}
