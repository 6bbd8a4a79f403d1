//! Making a [`WasiCtx`]: the host lists what a guest may see.
//!
//! Nothing is inherited unless the host says so; what is left out is empty input, discarded output,
//! or an error of the function that asks for it. With `std` the system's clocks and randomness are
//! the only defaults, because nearly every program needs them and they give no access. Arguments,
//! environment and names of directories are bytes, as the system passes them.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem;

use tabwasm::Error;

use crate::abi::{Errno, MAX_DESCRIPTORS};
use crate::clock::Clock;
use crate::ctx::WasiCtx;
use crate::descriptor::{Descriptor, Descriptors, Directory, Node};
use crate::files::{FileSystem, Handle};
use crate::perms::{DirPerms, FilePerms};
use crate::pipe::{Discard, Empty};
use crate::random::Random;
use crate::socket::Socket;
use crate::stream::{InputStream, OutputStream};
use crate::strings::Strings;

/// Collects what a guest may see; by default nothing but, with `std`, time and randomness.
pub struct WasiCtxBuilder {
    args: Strings,
    environ: Strings,
    stdin: Box<dyn InputStream>,
    stdout: Box<dyn OutputStream>,
    stderr: Box<dyn OutputStream>,
    clock: Option<Box<dyn Clock>>,
    random: Option<Box<dyn Random>>,
    systems: Vec<Box<dyn FileSystem>>,
    preopened: Vec<Directory>,
    sockets: Vec<(u32, Box<dyn Socket>)>,
    max_descriptors: u32,
}

impl WasiCtx {
    /// The same as [`WasiCtxBuilder::new`].
    pub fn builder() -> WasiCtxBuilder {
        WasiCtxBuilder::new()
    }
}

impl WasiCtxBuilder {
    /// No arguments, no environment, no input, no output.
    pub fn new() -> Self {
        Self {
            args: Strings::default(),
            environ: Strings::default(),
            stdin: Box::new(Empty),
            stdout: Box::new(Discard),
            stderr: Box::new(Discard),
            clock: default_clock(),
            random: default_random(),
            systems: Vec::new(),
            preopened: Vec::new(),
            sockets: Vec::new(),
            max_descriptors: MAX_DESCRIPTORS,
        }
    }

    /// Adds an argument; the first one is the program's name.
    ///
    /// # Errors
    /// If a byte of it is zero, which would end it.
    pub fn arg(&mut self, arg: impl AsRef<[u8]>) -> Result<&mut Self, Error> {
        self.args.push(arg.as_ref().to_vec())?;
        Ok(self)
    }

    /// Adds arguments.
    ///
    /// # Errors
    /// As of [`arg`](Self::arg).
    pub fn args(&mut self, args: &[impl AsRef<[u8]>]) -> Result<&mut Self, Error> {
        for arg in args {
            self.arg(arg)?;
        }
        Ok(self)
    }

    /// Adds an environment variable.
    ///
    /// # Errors
    /// If a byte of it is zero, or the key contains `=` behind its first byte or is empty.
    pub fn env(
        &mut self,
        key: impl AsRef<[u8]>,
        value: impl AsRef<[u8]>,
    ) -> Result<&mut Self, Error> {
        let (key, value) = (key.as_ref(), value.as_ref());
        match key {
            // Systems keep variables that begin with `=`.
            [_, rest @ ..] if !rest.contains(&b'=') => {}
            _ => {
                let key = key.escape_ascii();
                let message = format_args!("`{key}` is no name of an environment variable");
                return Err(Error::msg(message));
            }
        }
        self.environ.push([key, b"=", value].concat())?;
        Ok(self)
    }

    /// Adds environment variables.
    ///
    /// # Errors
    /// As of [`env`](Self::env).
    pub fn envs(
        &mut self,
        variables: &[(impl AsRef<[u8]>, impl AsRef<[u8]>)],
    ) -> Result<&mut Self, Error> {
        for (key, value) in variables {
            self.env(key, value)?;
        }
        Ok(self)
    }

    /// What the guest reads from standard input.
    pub fn stdin(&mut self, stream: impl InputStream + 'static) -> &mut Self {
        self.stdin = Box::new(stream);
        self
    }

    /// Where the guest's standard output goes.
    pub fn stdout(&mut self, stream: impl OutputStream + 'static) -> &mut Self {
        self.stdout = Box::new(stream);
        self
    }

    /// Where the guest's standard error goes.
    pub fn stderr(&mut self, stream: impl OutputStream + 'static) -> &mut Self {
        self.stderr = Box::new(stream);
        self
    }

    /// The clocks that the guest reads.
    pub fn clock(&mut self, clock: impl Clock + 'static) -> &mut Self {
        self.clock = Some(Box::new(clock));
        self
    }

    /// Where the guest's randomness comes from.
    pub fn random(&mut self, random: impl Random + 'static) -> &mut Self {
        self.random = Some(Box::new(random));
        self
    }

    /// Lowers how many descriptors the guest can have open, standard streams and directories
    /// included.
    pub fn max_descriptors(&mut self, count: u32) -> &mut Self {
        self.max_descriptors = count;
        self
    }

    /// Gives the guest a socket that listens as descriptor `fd`, in place of what would have this
    /// number; directories get numbers that are free.
    ///
    /// Programs that look for their directories begin at 3 and end where none is, so a socket belongs
    /// behind them; without directories, those that take over sockets expect the first one at 3.
    ///
    /// # Errors
    /// If there can be no such descriptor.
    pub fn preopened_socket(
        &mut self,
        fd: u32,
        socket: impl Socket + 'static,
    ) -> Result<&mut Self, Error> {
        if fd >= MAX_DESCRIPTORS {
            let message = format_args!("no descriptor {fd}: there are {MAX_DESCRIPTORS}");
            return Err(Error::msg(message));
        }
        self.sockets.push((fd, Box::new(socket)));
        Ok(self)
    }

    /// Gives the guest a directory of a file system under the name `guest_path`; it gets the next
    /// descriptor, from 3 on.
    pub fn preopened_files<F: FileSystem>(
        &mut self,
        mut files: F,
        root: impl FnOnce(&mut F) -> Result<Handle, Errno>,
        guest_path: impl AsRef<[u8]>,
        dir_perms: DirPerms,
        file_perms: FilePerms,
    ) -> Result<&mut Self, Errno> {
        let node = Node {
            handle: root(&mut files)?,
            system: self.systems.len(),
        };
        self.systems.push(Box::new(files));
        Ok(self.preopen(node, guest_path.as_ref(), dir_perms, file_perms))
    }

    fn preopen(
        &mut self,
        node: Node,
        guest_path: &[u8],
        dir_perms: DirPerms,
        file_perms: FilePerms,
    ) -> &mut Self {
        self.preopened.push(Directory {
            node,
            dir_perms,
            file_perms,
            preopened: Some(guest_path.to_vec()),
        });
        self
    }

    /// The finished context; the builder is as new afterwards.
    pub fn build(&mut self) -> WasiCtx {
        let Self {
            args,
            environ,
            stdin,
            stdout,
            stderr,
            clock,
            random,
            systems,
            preopened,
            sockets,
            max_descriptors,
        } = mem::take(self);
        let mut descriptors = Descriptors::new(stdin, stdout, stderr, max_descriptors);
        descriptors.systems = systems;
        for (fd, socket) in sockets {
            descriptors.place(fd, Descriptor::listener(socket));
        }
        for directory in preopened {
            descriptors.preopen(directory);
        }
        WasiCtx {
            args,
            environ,
            clock,
            random,
            descriptors,
        }
    }
}

#[cfg(feature = "std")]
impl WasiCtxBuilder {
    /// Gives the guest a directory of the host under the name `guest_path`, and what is below it;
    /// it gets the next descriptor, from 3 on. Nothing above it can be reached.
    ///
    /// # Errors
    /// If `host_path` cannot be opened as a directory; on systems other than Linux, always.
    pub fn preopened_dir(
        &mut self,
        host_path: impl AsRef<std::path::Path>,
        guest_path: impl AsRef<[u8]>,
        dir_perms: DirPerms,
        file_perms: FilePerms,
    ) -> Result<&mut Self, Error> {
        #[cfg(target_os = "linux")]
        {
            // All directories of the host are one file system, so that a file can be moved from
            // one to another.
            let place = self.systems.iter().position(|files| {
                let files: &dyn core::any::Any = files.as_ref();
                files.is::<crate::os::HostFiles>()
            });
            let system = place.unwrap_or(self.systems.len());
            if place.is_none() {
                self.systems.push(Box::new(crate::os::HostFiles::new()));
            }
            let files: &mut dyn core::any::Any = self.systems[system].as_mut();
            let handle = match files.downcast_mut::<crate::os::HostFiles>() {
                Some(files) => files.open_host(host_path)?,
                None => return Err(Error::msg("the file system is another one")),
            };
            let node = Node { system, handle };
            Ok(self.preopen(node, guest_path.as_ref(), dir_perms, file_perms))
        }
        #[cfg(not(target_os = "linux"))]
        {
            let _ = (host_path, guest_path, dir_perms, file_perms);
            Err(Error::msg("directories need Linux so far"))
        }
    }

    /// Gives the guest this process's standard input.
    pub fn inherit_stdin(&mut self) -> &mut Self {
        self.stdin(crate::os::Stdin)
    }

    /// Gives the guest this process's standard output.
    pub fn inherit_stdout(&mut self) -> &mut Self {
        self.stdout(crate::os::Stdout)
    }

    /// Gives the guest this process's standard error.
    pub fn inherit_stderr(&mut self) -> &mut Self {
        self.stderr(crate::os::Stderr)
    }

    /// Gives the guest this process's three standard streams.
    pub fn inherit_stdio(&mut self) -> &mut Self {
        self.inherit_stdin().inherit_stdout().inherit_stderr()
    }

    /// Gives the guest this process's arguments, byte by byte.
    pub fn inherit_args(&mut self) -> Result<&mut Self, Error> {
        for arg in std::env::args_os() {
            self.arg(arg.as_encoded_bytes())?;
        }
        Ok(self)
    }

    /// Gives the guest this process's environment, byte by byte.
    pub fn inherit_env(&mut self) -> Result<&mut Self, Error> {
        for (key, value) in std::env::vars_os() {
            self.env(key.as_encoded_bytes(), value.as_encoded_bytes())?;
        }
        Ok(self)
    }
}

impl Default for WasiCtxBuilder {
    fn default() -> Self {
        Self::new()
    }
}

fn default_clock() -> Option<Box<dyn Clock>> {
    #[cfg(feature = "std")]
    return Some(Box::new(crate::os::SystemClock::new()));
    #[cfg(not(feature = "std"))]
    return None;
}

fn default_random() -> Option<Box<dyn Random>> {
    #[cfg(feature = "std")]
    return Some(Box::new(crate::os::SystemRandom));
    #[cfg(not(feature = "std"))]
    return None;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_bytes_without_zeros() {
        let mut builder = WasiCtxBuilder::new();
        assert!(builder.arg(b"\xFF\xFE").is_ok() && builder.arg("").is_ok());
        assert!(builder.env("A", b"\xFE=").is_ok() && builder.env("=A", "x").is_ok());
        for refused in [
            builder.arg("a\0b").is_err(),
            builder.args(&["a", "\0"]).is_err(),
            builder.env("A", "a\0b").is_err(),
            builder.env("A\0", "a").is_err(),
            builder.env("A=B", "a").is_err(),
            builder.env("", "a").is_err(),
            builder.envs(&[("A", "a"), ("", "b")]).is_err(),
        ] {
            assert!(refused);
        }
    }

    #[cfg(feature = "std")]
    #[test]
    fn what_is_inherited_is_not_mended() {
        let mut builder = WasiCtxBuilder::new();
        assert!(builder.inherit_args().is_ok() && builder.inherit_env().is_ok());
        let first = std::env::args_os().next().unwrap_or_default();
        let said = alloc::format!("{:?}", builder.build());
        assert!(said.contains(&alloc::format!(
            "{}",
            first.as_encoded_bytes().escape_ascii()
        )));
    }

    #[test]
    fn descriptors_can_be_fewer() {
        let mut ctx = WasiCtxBuilder::new().max_descriptors(3).build();
        assert_eq!(ctx.descriptors.room(), Err(Errno::Mfile));
        assert_eq!(ctx.fd_close(2), Ok(()));
        assert_eq!(ctx.descriptors.room(), Ok(()));
    }
}
