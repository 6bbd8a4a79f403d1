//! The functions of `wasi_snapshot_preview1`, as a linker gets them.
//!
//! Each row of `spec/wasi/preview1.toml` is a line of the generated list, which the macro here turns
//! into a host function: it finds the memory that the caller exports, passes the fuel left, calls
//! what answers, and returns the errno. A fault of the guest is an errno; only too little fuel and
//! `proc_exit` end the call. Standard: WASI preview 1, `wasi_snapshot_preview1.witx`.

use tabwasm::spec::HOST_CALL;
use tabwasm::{Caller, Error, Extern, Linker, Trap};

use crate::abi::{Errno, SUCCESS};
use crate::ctx::WasiCtx;
use crate::generated::functions::define;
use crate::guest::Guest;

/// From `name(parameters) => what answers;` rows, and `!name(parameters) =>
/// what ends the call;` rows: the list of names, and a function that defines them all.
macro_rules! functions {
    (
        $($name:ident($($param:ident: $ty:ty),*) => $answer:expr;)*
        $(!$end:ident($($given:ident: $of:ty),*) => $error:expr;)*
    ) => {
        /// The names of all functions but `proc_exit`, which does not return.
        pub const FUNCTIONS: &[&str] = &[$(stringify!($name)),*];

        pub(crate) fn define<T: 'static>(
            linker: &mut tabwasm::Linker<T>,
            ctx: impl Fn(&mut T) -> &mut $crate::WasiCtx + Copy + Send + Sync + 'static,
        ) -> Result<(), tabwasm::Error> {
            use $crate::abi::MODULE;
            $(linker.func_wrap(
                MODULE,
                stringify!($name),
                move |mut caller: tabwasm::Caller<'_, T>, $($param: $ty),*| {
                    $crate::preview1::answer(&mut caller, ctx, $answer)
                },
            )?;)*
            $(linker.func_wrap(MODULE, stringify!($end), |$($given: $of),*| {
                Err::<(), _>(tabwasm::Error::from($error))
            })?;)*
            Ok(())
        }
    };
}

pub(crate) use functions;

/// Defines all functions of WASI preview 1 in a linker; `ctx` finds the [`WasiCtx`] in the
/// store's data.
pub fn add_to_linker<T: 'static>(
    linker: &mut Linker<T>,
    ctx: impl Fn(&mut T) -> &mut WasiCtx + Copy + Send + Sync + 'static,
) -> Result<(), Error> {
    define(linker, ctx)
}

/// Calls `function` with the context and the guest's memory; a guest that exports none has an
/// empty one. What the call and its work cost is burned; if there is too little, it is a trap.
pub(crate) fn answer<T: 'static>(
    caller: &mut Caller<'_, T>,
    ctx: impl Fn(&mut T) -> &mut WasiCtx,
    function: impl FnOnce(&mut WasiCtx, &mut Guest<'_>) -> Result<(), Errno>,
) -> Result<u32, Error> {
    caller.consume_fuel(HOST_CALL.into())?;
    // An engine that does not count has always enough.
    let fuel = caller.get_fuel().unwrap_or(u64::MAX);
    let (result, left, exhausted) = match caller.get_export("memory").and_then(Extern::into_memory)
    {
        Some(memory) => {
            let (bytes, data) = memory.data_and_store_mut(&mut *caller);
            let mut guest = Guest::new(bytes, fuel);
            let result = function(ctx(data), &mut guest);
            (result, guest.fuel, guest.exhausted)
        }
        None => {
            let mut guest = Guest::new(&mut [], fuel);
            let result = function(ctx(caller.data_mut()), &mut guest);
            (result, guest.fuel, guest.exhausted)
        }
    };
    if exhausted {
        return Err(Trap::OutOfFuel.into());
    }
    caller.consume_fuel(fuel - left)?;
    Ok(u32::from(
        result.err().map_or(SUCCESS, |errno| errno as u16),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FUNCTIONS;

    #[test]
    fn functions_are_defined_once() {
        assert!(FUNCTIONS.contains(&"fd_write") && !FUNCTIONS.contains(&"proc_exit"));
        let mut linker = Linker::new(&tabwasm::Engine::default());
        assert!(add_to_linker(&mut linker, |ctx: &mut WasiCtx| ctx).is_ok());
        assert!(
            add_to_linker(&mut linker, |ctx| ctx).is_err(),
            "names are defined once"
        );
    }
}
