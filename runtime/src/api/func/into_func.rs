//! Closures as functions of the host.
//!
//! The type of the closure says the type of the function: traits over lists of up to 16 parameters
//! read the arguments from the slots of the call and write the results over them. The engine then
//! sees a function over slots only, the same as for a function of any type (`Func::new`).

use crate::api::caller::Caller;
use crate::engine::Engine;
use crate::engine::registry::held::RegisteredType;
use crate::error::Result;
use crate::spec::Trap;
use crate::store::entity::HostFunc;

use super::wasm_type::{
    InSlots as _, SlotReader, SlotWriter, WasmRet, WasmTy, WasmTyList, each_arity,
};
use crate::engine::call_type::CallType;

/// A function of the host with its type.
#[doc(hidden)]
pub struct HostFunction {
    ty: CallType,
    host: HostFunc,
}

impl HostFunction {
    /// With its type in an engine.
    pub(crate) fn register(self, engine: &Engine) -> Result<(RegisteredType, HostFunc)> {
        Ok((RegisteredType::new(engine, &self.ty)?, self.host))
    }
}

/// A closure that can be a function of the host: see [`Func::wrap`](crate::Func::wrap).
pub trait IntoFunc<T, Params, Results>: Send + Sync + 'static {
    /// The function over slots.
    #[doc(hidden)]
    fn into_host(self) -> HostFunction;
}

/// Wraps a call over lists.
fn wrap<T, P: WasmTyList, R: WasmRet>(
    func: impl Fn(Caller<'_, T>, P) -> R + Send + Sync + 'static,
) -> HostFunction {
    let ty = CallType::new(P::TYPES.to_vec(), R::Results::TYPES.to_vec());
    let values = P::TYPES.len() + R::Results::TYPES.len();
    let most = P::SLOTS.max(R::Results::SLOTS);
    let call = move |mut caller: Caller<'_, T>, slots: &mut [u64]| -> Result<()> {
        let params = P::read(&mut SlotReader::new(slots, caller.store.inner()));
        // Validation keeps nulls from non-nullable parameters.
        let params = params.ok_or(Trap::NullReference)?;
        let returned = func(caller.reborrow(), params).into_result()?;
        returned.write(&mut SlotWriter::new(slots, caller.store.inner()))
    };
    let host = super::host_func(values, most, call);
    HostFunction { ty, host }
}

macro_rules! closures {
    ($($ty:ident)*) => {
        impl<Data, Closure, Ret, $($ty),*> IntoFunc<Data, ($($ty,)*), Ret> for Closure
        where
            Closure: Fn($($ty),*) -> Ret + Send + Sync + 'static,
            Ret: WasmRet,
            $($ty: WasmTy,)*
        {
            #[allow(non_snake_case)]
            fn into_host(self) -> HostFunction {
                wrap(move |_: Caller<'_, Data>, ($($ty,)*): ($($ty,)*)| self($($ty),*))
            }
        }

        impl<Data, Closure, Ret, $($ty),*> IntoFunc<Data, (Caller<'_, Data>, $($ty,)*), Ret> for Closure
        where
            Closure: Fn(Caller<'_, Data>, $($ty),*) -> Ret + Send + Sync + 'static,
            Ret: WasmRet,
            $($ty: WasmTy,)*
        {
            #[allow(non_snake_case)]
            fn into_host(self) -> HostFunction {
                wrap(move |caller: Caller<'_, Data>, ($($ty,)*): ($($ty,)*)| self(caller, $($ty),*))
            }
        }
    };
}

each_arity!(closures);
