//! The functions of `wasi_snapshot_preview1` and of snapshot 0, as a linker gets them.
//!
//! Each row of `spec/wasi/preview1.toml` is a line of the generated list, which the macro here turns
//! into a host function: it finds the memory that the caller exports, passes the fuel left, calls
//! what answers, and returns the errno. A fault of the guest is an errno; only too little fuel, the
//! epoch's deadline and `proc_exit` end the call. Standard: WASI preview 1,
//! `wasi_snapshot_preview1.witx`.

use tabwasm::spec::HOST_CALL;
use tabwasm::{Caller, Error, Extern, Linker, Trap};

use crate::abi::{Errno, MAX_WAIT, MODULE, SUCCESS, unstable};
use crate::ctx::WasiCtx;
use crate::generated::functions::define;
use crate::guest::{Guest, Wait};

/// From `name(parameters) => what answers;` rows, and `!name(parameters) =>
/// what ends the call;` rows: the list of names, a function that defines them all in a module, and
/// for tests one that calls any of them.
macro_rules! functions {
    (
        $($name:ident($($param:ident: $ty:ty),*) => $answer:expr;)*
        $(!$end:ident($($given:ident: $of:ty),*) => $error:expr;)*
    ) => {
        /// The names of all functions but `proc_exit`, which does not return.
        pub const FUNCTIONS: &[&str] = &[$(stringify!($name)),*];

        pub(crate) fn define<T: 'static>(
            linker: &mut tabwasm::Linker<T>,
            snapshot: $crate::preview1::Snapshot,
            ctx: impl Fn(&mut T) -> &mut $crate::WasiCtx + Copy + Send + Sync + 'static,
        ) -> Result<(), tabwasm::Error> {
            $(if snapshot.has(stringify!($name)) {
                linker.func_wrap(
                    snapshot.module(),
                    stringify!($name),
                    move |mut caller: tabwasm::Caller<'_, T>, $($param: $ty),*| {
                        $crate::preview1::answer(&mut caller, snapshot, ctx, $answer)
                    },
                )?;
            })*
            $(linker.func_wrap(snapshot.module(), stringify!($end), |$($given: $of),*| {
                Err::<(), _>(tabwasm::Error::from($error))
            })?;)*
            Ok(())
        }

        /// Calls the function of this name, with parameters that it takes a part of.
        #[cfg(test)]
        pub(crate) fn call(
            name: &str,
            ctx: &mut $crate::WasiCtx,
            guest: &mut $crate::guest::Guest<'_>,
            params: &[u64],
        ) -> Result<(), $crate::Errno> {
            let mut params = params.iter().copied();
            match name {
                $(stringify!($name) => {
                    $(let $param = params.next().expect("a parameter") as $ty;)*
                    assert_eq!(params.next(), None, "parameters of {name}");
                    let answer = $crate::preview1::answering($answer);
                    answer(ctx, guest)
                })*
                _ => panic!("there is no {name}"),
            }
        }
    };
}

pub(crate) use functions;

/// Which functions, in which layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Snapshot {
    Preview1,
    /// Snapshot 0.
    Old,
}

impl Snapshot {
    pub(crate) const fn module(self) -> &'static str {
        match self {
            Self::Preview1 => MODULE,
            Self::Old => unstable::MODULE,
        }
    }

    pub(crate) fn has(self, name: &str) -> bool {
        self == Self::Preview1 || !unstable::LACKING.contains(&name)
    }
}

/// Defines all functions of WASI preview 1 in a linker; `ctx` finds the [`WasiCtx`] in the
/// store's data. Old programs import those of snapshot 0; see
/// [`preview0`](crate::preview0::add_to_linker).
pub fn add_to_linker<T: 'static>(
    linker: &mut Linker<T>,
    ctx: impl Fn(&mut T) -> &mut WasiCtx + Copy + Send + Sync + 'static,
) -> Result<(), Error> {
    define(linker, Snapshot::Preview1, ctx)
}

/// WASI as the first programs knew it, before preview 1.
pub mod preview0 {
    use super::{Error, Linker, Snapshot, WasiCtx, define};

    pub use crate::abi::unstable::MODULE;

    /// Defines all functions of snapshot 0 in a linker, under the name `wasi_unstable`, beside those
    /// of preview 1 and over the same context.
    pub fn add_to_linker<T: 'static>(
        linker: &mut Linker<T>,
        ctx: impl Fn(&mut T) -> &mut WasiCtx + Copy + Send + Sync + 'static,
    ) -> Result<(), Error> {
        define(linker, Snapshot::Old, ctx)
    }
}

/// What a line of the list says that answers, as rustc is to understand it.
#[cfg(test)]
pub(crate) fn answering<F>(answer: F) -> F
where
    F: FnOnce(&mut WasiCtx, &mut Guest<'_>) -> Result<(), Errno>,
{
    answer
}

/// Calls `function` with the context and the guest's memory; a guest that exports none has an
/// empty one. What the call and its work cost is burned; if there is too little, it is a trap.
///
/// A call that waits is made again after each slice, if the epoch lets it. It has done nothing until
/// then that the guest could see, and is paid for once.
pub(crate) fn answer<T: 'static>(
    caller: &mut Caller<'_, T>,
    snapshot: Snapshot,
    ctx: impl Fn(&mut T) -> &mut WasiCtx,
    function: impl Fn(&mut WasiCtx, &mut Guest<'_>) -> Result<(), Errno>,
) -> Result<u32, Error> {
    caller.consume_fuel(HOST_CALL.into())?;
    let mut wait = Wait::default();
    if caller.poll_epoch()? {
        wait.patience = Some(0);
    }
    loop {
        // An engine that does not count has always enough.
        let fuel = caller.get_fuel().unwrap_or(u64::MAX);
        let call = |data: &mut T, bytes: &mut [u8]| {
            let mut guest = Guest::new(bytes, fuel);
            guest.old = snapshot == Snapshot::Old;
            guest.wait = wait;
            let result = function(ctx(data), &mut guest);
            (result, guest.fuel, guest.exhausted, guest.wait)
        };
        let memory = caller.get_export("memory").and_then(Extern::into_memory);
        let (result, left, exhausted, waited) = match memory {
            Some(memory) => {
                let (bytes, data) = memory.data_and_store_mut(&mut *caller);
                call(data, bytes)
            }
            None => call(caller.data_mut(), &mut []),
        };
        if exhausted {
            return Err(Trap::OutOfFuel.into());
        }
        if !waited.gave_up {
            caller.consume_fuel(fuel - left)?;
            let errno = result.err().map_or(SUCCESS, |errno| errno as u16);
            return Ok(errno.into());
        }
        wait = Wait {
            gave_up: false,
            patience: caller.poll_epoch()?.then_some(MAX_WAIT.into()),
            ..waited
        };
    }
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
        assert!(preview0::add_to_linker(&mut linker, |ctx: &mut WasiCtx| ctx).is_ok());
        assert!(
            add_to_linker(&mut linker, |ctx| ctx).is_err(),
            "names are defined once"
        );
    }
}
