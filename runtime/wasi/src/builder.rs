//! Making a [`WasiCtx`]: the host lists what a guest may see.
//!
//! Nothing is inherited unless the host says so; what is left out is empty input, discarded output,
//! or an error of the function that asks for it. With `std` the system's clocks and randomness are
//! the only defaults, because nearly every program needs them and they give no access.

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use core::mem;

use crate::abi::Errno;
use crate::clock::Clock;
use crate::ctx::WasiCtx;
use crate::descriptor::{Descriptors, Directory, Node};
use crate::files::{FileSystem, Handle};
use crate::perms::{DirPerms, FilePerms};
use crate::pipe::{Discard, Empty};
use crate::random::Random;
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
        }
    }

    /// Adds an argument; the first one is the program's name.
    pub fn arg(&mut self, arg: impl AsRef<str>) -> &mut Self {
        self.args.push(arg.as_ref());
        self
    }

    /// Adds arguments.
    pub fn args(&mut self, args: &[impl AsRef<str>]) -> &mut Self {
        args.iter().fold(self, |builder, arg| builder.arg(arg))
    }

    /// Adds an environment variable.
    pub fn env(&mut self, key: impl AsRef<str>, value: impl AsRef<str>) -> &mut Self {
        self.environ
            .push(format!("{}={}", key.as_ref(), value.as_ref()));
        self
    }

    /// Adds environment variables.
    pub fn envs(&mut self, variables: &[(impl AsRef<str>, impl AsRef<str>)]) -> &mut Self {
        variables
            .iter()
            .fold(self, |builder, (key, value)| builder.env(key, value))
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
        } = mem::take(self);
        let mut descriptors = Descriptors::new(stdin, stdout, stderr);
        descriptors.systems = systems;
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
    ) -> Result<&mut Self, tabwasm::Error> {
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
                None => return Err(tabwasm::Error::msg("the file system is another one")),
            };
            let node = Node { system, handle };
            Ok(self.preopen(node, guest_path.as_ref(), dir_perms, file_perms))
        }
        #[cfg(not(target_os = "linux"))]
        {
            let _ = (host_path, guest_path, dir_perms, file_perms);
            Err(tabwasm::Error::msg("directories need Linux so far"))
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

    /// Gives the guest this process's arguments; those that are not Unicode are mended.
    pub fn inherit_args(&mut self) -> &mut Self {
        std::env::args_os().fold(self, |builder, arg| builder.arg(arg.to_string_lossy()))
    }

    /// Gives the guest this process's environment; what is not Unicode is mended.
    pub fn inherit_env(&mut self) -> &mut Self {
        std::env::vars_os().fold(self, |builder, (key, value)| {
            builder.env(key.to_string_lossy(), value.to_string_lossy())
        })
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
