//! The functions of `wasi_snapshot_preview1`, one row a function.
//!
//! Each row becomes a host function: it finds the memory that the caller exports, passes the fuel
//! left, runs the right side, and returns the errno. A fault of the guest is an errno; only too
//! little fuel and `proc_exit` end the call. Standard: WASI preview 1,
//! `wasi_snapshot_preview1.witx`.

use tabwasm::spec::HOST_CALL;
use tabwasm::{Caller, Error, Extern, I32Exit, Linker, Trap};

use crate::abi::{Errno, SUCCESS};
use crate::ctx::WasiCtx;
use crate::guest::Guest;

/// The module name that guests import from.
pub const MODULE: &str = "wasi_snapshot_preview1";

/// From `name(parameters) => what answers;` rows: the list of names, and a function that defines
/// them all.
macro_rules! functions {
    (|$ctx:ident, $guest:ident| $($name:ident($($param:ident: $ty:ty),*) => $answer:expr;)*) => {
        /// The names of all functions but `proc_exit`, which does not return.
        pub const FUNCTIONS: &[&str] = &[$(stringify!($name)),*];

        #[allow(unused_variables)]
        fn define<T: 'static>(
            linker: &mut Linker<T>,
            ctx: impl Fn(&mut T) -> &mut WasiCtx + Copy + Send + Sync + 'static,
        ) -> Result<(), Error> {
            $(linker.func_wrap(
                MODULE,
                stringify!($name),
                move |mut caller: Caller<'_, T>, $($param: $ty),*| {
                    answer(&mut caller, ctx, |$ctx: &mut WasiCtx, $guest: &mut Guest<'_>| {
                        $answer
                    })
                },
            )?;)*
            Ok(())
        }
    };
}

functions! { |ctx, guest|
    args_get(argv: u32, buffer: u32) => ctx.args.copy(guest, argv, buffer);
    args_sizes_get(count: u32, bytes: u32) => ctx.args.sizes(guest, count, bytes);
    environ_get(environ: u32, buffer: u32) => ctx.environ.copy(guest, environ, buffer);
    environ_sizes_get(count: u32, bytes: u32) => ctx.environ.sizes(guest, count, bytes);
    clock_res_get(clock: u32, out: u32) => ctx.clock_res_get(guest, clock, out);
    clock_time_get(clock: u32, precision: u64, out: u32) => ctx.clock_time_get(guest, clock, out);
    random_get(buffer: u32, length: u32) => ctx.random_get(guest, buffer, length);
    sched_yield() => Ok(());
    proc_raise(signal: u32) => Err::<(), _>(Errno::Notsup);
    poll_oneoff(input: u32, output: u32, count: u32, out: u32)
        => ctx.poll_oneoff(guest, input, output, count, out);

    fd_write(fd: u32, iovs: u32, count: u32, out: u32) => ctx.fd_write(guest, fd, iovs, count, out);
    fd_read(fd: u32, iovs: u32, count: u32, out: u32) => ctx.fd_read(guest, fd, iovs, count, out);
    fd_close(fd: u32) => ctx.descriptors.close(fd);
    fd_renumber(from: u32, to: u32) => ctx.descriptors.renumber(from, to);
    fd_fdstat_get(fd: u32, out: u32) => ctx.fd_fdstat_get(guest, fd, out);
    fd_fdstat_set_rights(fd: u32, base: u64, inheriting: u64) => ctx.fd_fdstat_set_rights(fd, base);
    fd_filestat_get(fd: u32, out: u32) => ctx.fd_filestat_get(guest, fd, out);

    fd_seek(fd: u32, offset: u64, whence: u32, out: u32) => ctx.descriptors.seekable(fd);
    fd_tell(fd: u32, out: u32) => ctx.descriptors.seekable(fd);
    fd_pread(fd: u32, iovs: u32, count: u32, offset: u64, out: u32) => ctx.descriptors.seekable(fd);
    fd_pwrite(fd: u32, iovs: u32, count: u32, offset: u64, out: u32)
        => ctx.descriptors.seekable(fd);

    fd_advise(fd: u32, offset: u64, length: u64, advice: u32) => ctx.descriptors.file(fd);
    fd_allocate(fd: u32, offset: u64, length: u64) => ctx.descriptors.file(fd);
    fd_datasync(fd: u32) => ctx.descriptors.file(fd);
    fd_sync(fd: u32) => ctx.descriptors.file(fd);
    fd_fdstat_set_flags(fd: u32, flags: u32) => ctx.descriptors.file(fd);
    fd_filestat_set_size(fd: u32, size: u64) => ctx.descriptors.file(fd);
    fd_filestat_set_times(fd: u32, accessed: u64, modified: u64, flags: u32)
        => ctx.descriptors.file(fd);

    fd_prestat_get(fd: u32, out: u32) => ctx.descriptors.directory(fd);
    fd_prestat_dir_name(fd: u32, path: u32, length: u32) => ctx.descriptors.directory(fd);
    fd_readdir(fd: u32, buffer: u32, length: u32, cookie: u64, out: u32)
        => ctx.descriptors.directory(fd);
    path_create_directory(fd: u32, path: u32, length: u32) => ctx.descriptors.directory(fd);
    path_filestat_get(fd: u32, flags: u32, path: u32, length: u32, out: u32)
        => ctx.descriptors.directory(fd);
    path_filestat_set_times(
        fd: u32, flags: u32, path: u32, length: u32,
        accessed: u64, modified: u64, times: u32
    ) => ctx.descriptors.directory(fd);
    path_link(fd: u32, flags: u32, old: u32, old_length: u32, to: u32, new: u32, new_length: u32)
        => ctx.descriptors.directory(fd);
    path_open(
        fd: u32, lookup: u32, path: u32, length: u32, flags: u32,
        base: u64, inheriting: u64, fdflags: u32, out: u32
    ) => ctx.descriptors.directory(fd);
    path_readlink(fd: u32, path: u32, length: u32, buffer: u32, size: u32, out: u32)
        => ctx.descriptors.directory(fd);
    path_remove_directory(fd: u32, path: u32, length: u32) => ctx.descriptors.directory(fd);
    path_rename(fd: u32, old: u32, old_length: u32, to: u32, new: u32, new_length: u32)
        => ctx.descriptors.directory(fd);
    path_symlink(target: u32, target_length: u32, fd: u32, path: u32, length: u32)
        => ctx.descriptors.directory(fd);
    path_unlink_file(fd: u32, path: u32, length: u32) => ctx.descriptors.directory(fd);

    sock_accept(fd: u32, flags: u32, out: u32) => ctx.descriptors.socket(fd);
    sock_recv(fd: u32, iovs: u32, count: u32, flags: u32, out: u32, out_flags: u32)
        => ctx.descriptors.socket(fd);
    sock_send(fd: u32, iovs: u32, count: u32, flags: u32, out: u32) => ctx.descriptors.socket(fd);
    sock_shutdown(fd: u32, how: u32) => ctx.descriptors.socket(fd);
}

/// Defines all functions of WASI preview 1 in a linker; `ctx` finds the [`WasiCtx`] in the
/// store's data.
pub fn add_to_linker<T: 'static>(
    linker: &mut Linker<T>,
    ctx: impl Fn(&mut T) -> &mut WasiCtx + Copy + Send + Sync + 'static,
) -> Result<(), Error> {
    define(linker, ctx)?;
    linker.func_wrap(MODULE, "proc_exit", |code: u32| {
        Err::<(), _>(Error::from(I32Exit(code as i32)))
    })?;
    Ok(())
}

/// Calls `function` with the context and the guest's memory; a guest that exports none has an
/// empty one. What the call and its work cost is burned; if there is too little, it is a trap.
fn answer<T: 'static, R>(
    caller: &mut Caller<'_, T>,
    ctx: impl Fn(&mut T) -> &mut WasiCtx,
    function: impl FnOnce(&mut WasiCtx, &mut Guest<'_>) -> Result<R, Errno>,
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

    #[test]
    fn all_functions_are_there() {
        assert_eq!(FUNCTIONS.len() + 1, 46);
        let mut linker = Linker::new(&tabwasm::Engine::default());
        assert!(add_to_linker(&mut linker, |ctx: &mut WasiCtx| ctx).is_ok());
        assert!(
            add_to_linker(&mut linker, |ctx| ctx).is_err(),
            "names are defined once"
        );
    }
}
