//! `tabwasm [run] FILE`: a program with WASI, or one function of a module or a component.
//!
//! Options become the configuration of an engine, limits of a store and the context of WASI; then
//! the module is read, linked and started, and the way in which it ends becomes an exit code. Time
//! is watched from before the file is read: reading and translating count as well.

use std::borrow::Cow;
use std::env;
use std::ffi::OsStr;
use std::mem;
use std::path::Path;
use std::process;
use std::thread;
use std::time::Duration;

use tabwasm::component::Component;
use tabwasm::view::View;
use tabwasm::{
    CompilationMode, Config, Engine, Error, I32Exit, Instance, LinkError, Linker, MemoryType,
    Module, Result, Store, StoreLimits, StoreLimitsBuilder, Trap,
};
use tabwasm_wasi::{WasiCtx, WasiCtxBuilder};

use crate::args::Run;
use crate::component::Call;
use crate::diagnostic;
use crate::exit::ExitStatus;
use crate::input::Input;
use crate::program::Program;
use crate::progress::Work;
use crate::{interrupt, profile, terminal};

/// How long a guest that does not meet its deadline (it waits for input) may take to end.
const GRACE: Duration = Duration::from_millis(250);
/// Ticks of the engine's epoch until the time is up.
const DEADLINE: u64 = 1;
/// From then on, time between two ticks of the epoch: code that starts late meets a tick, too.
const TICK: Duration = Duration::from_millis(10);

/// What the host keeps for a guest.
pub(crate) struct Host {
    wasi: WasiCtx,
    limits: StoreLimits,
}

/// Where a guest's output goes, and its input comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prints {
    /// To and from what this process has.
    Here,
    /// Nowhere.
    Nowhere,
}

/// Runs a module.
pub fn run(args: &Run) -> ExitStatus {
    counted(args, None)
}

/// Runs a module; writes what the engine executed to a file, if there is one.
pub(crate) fn counted(args: &Run, patterns: Option<&Path>) -> ExitStatus {
    ended(start(args, patterns))
}

/// How it ended, whether that was on the way or at the end.
pub(crate) fn ended(exit: Result<ExitStatus, ExitStatus>) -> ExitStatus {
    exit.unwrap_or_else(|exit| exit)
}

fn start(args: &Run, patterns: Option<&Path>) -> Result<ExitStatus, ExitStatus> {
    let engine = begin(args, patterns.is_some())?;
    let loading = Work::begin(format_args!("loading {}", args.file().display()));
    let mut input = match Input::read(args.file()) {
        Ok(input) => input,
        Err(unread) => {
            drop(loading);
            return Err(unread.report());
        }
    };
    if let Ok(View::Component(_)) = View::new(&input.bytes) {
        if patterns.is_some() {
            diagnostic::error("instructions are counted of modules, not of components");
            return Err(ExitStatus::Usage);
        }
        let component = Component::new(&engine, &input.bytes);
        drop(loading);
        return match component {
            Ok(component) => Ok(run_component(args, &input.name, &component)),
            Err(error) => Err(reject(&input, &error)),
        };
    }
    let guest_args = guest_args(args)?;
    let module = compile(&engine, input.give(args.file()));
    drop(loading);
    let module = match module {
        Ok(module) => module,
        Err(error) => return Err(refuse(&input.again(args.file()), &error)),
    };
    let file = mem::take(&mut input.name);
    // The module may have a copy of its own of the bytes, which may be many.
    drop(input);
    let (mut store, instance) = link(args, &module, Prints::Here)?;
    let program = Program {
        file: &file,
        args: &guest_args,
        module: &module,
        instance,
    };
    let ended = match &args.invoke {
        Some(name) => program.invoke(name, &mut store, Program::print),
        None => program.start(&mut store),
    };
    if let Some(patterns) = patterns {
        let written = profile::write(patterns, &module);
        if written != ExitStatus::Success {
            return Err(written);
        }
    }
    ended.map_err(|error| fail(&error))
}

/// Makes the engine; from now on, time is watched.
pub(crate) fn begin(args: &Run, counts: bool) -> Result<Engine, ExitStatus> {
    interrupt::ends_the_process();
    let engine = engine(args, counts).map_err(|error| fail(&error))?;
    // Reading, validation and translation count as well.
    if let Some(timeout) = args.timeout {
        watch(engine.clone(), timeout);
    }
    Ok(engine)
}

/// What a function is called with. A program gets its arguments as bytes; those of a function are numbers.
pub(crate) fn guest_args(args: &Run) -> Result<Vec<&str>, ExitStatus> {
    if args.invoke.is_none() {
        return Ok(Vec::new());
    }
    args.guest_args().map_err(|message| {
        diagnostic::error(message);
        ExitStatus::Usage
    })
}

/// Makes the module, as long as there is time.
pub(crate) fn compile(engine: &Engine, bytes: Cow<'_, [u8]>) -> Result<Module> {
    Module::new_with_epoch_deadline(engine, bytes, DEADLINE)
}

/// Makes an instance in a store of its own.
pub(crate) fn link(
    args: &Run,
    module: &Module,
    prints: Prints,
) -> Result<(Store<Host>, Instance), ExitStatus> {
    let engine = module.engine();
    let mut store = store(args, engine, prints).map_err(|error| fail(&error))?;
    let mut linker = linker(engine).map_err(|error| fail(&error))?;
    let defined = args.imports.define(&mut linker, &mut store, module);
    defined.map_err(|error| fail(&error))?;
    match linker.instantiate(&mut store, module) {
        Ok(instance) => Ok((store, instance)),
        Err(error) => Err(fail_to_link(&error, missing(&linker, module, &mut store))),
    }
}

/// Calls a function of a component.
fn run_component(args: &Run, file: &str, component: &Component) -> ExitStatus {
    let call = match Call::read(args, file, component) {
        Ok(call) => call,
        Err(exit) => return exit,
    };
    let ended = store(args, component.engine(), Prints::Here)
        .and_then(|mut store| call.run(args, component, &mut store));
    match ended {
        Ok(exit) => exit,
        Err(error) => fail(&error),
    }
}

fn engine(args: &Run, counts: bool) -> Result<Engine> {
    let mut config = Config::new();
    config.count_instructions(counts);
    args.features.admit(&mut config);
    config.consume_fuel(args.fuel.is_some());
    config.epoch_interruption(args.timeout.is_some());
    config.deterministic_profile(args.deterministic);
    if args.lazy {
        config.compilation_mode(CompilationMode::Lazy);
    }
    if let Some(size) = args.stack_size {
        config.max_wasm_stack(size);
    }
    if let Some(size) = args.max_memory {
        raise(&mut config, size as u64);
    }
    Engine::new(&config)
}

/// Lets a memory have so many bytes, and keeps the limits that are above.
fn raise(config: &mut Config, size: u64) {
    let mut limits = *config.get_limits();
    let pages = size.div_ceil(MemoryType::default().page_size());
    limits.memory_pages = limits.memory_pages.max(pages);
    limits.store_memory = limits.store_memory.max(size);
    limits.memory_reservation = limits.memory_reservation.max(size);
    config.limits(limits);
}

fn store(args: &Run, engine: &Engine, prints: Prints) -> Result<Store<Host>> {
    let mut wasi = WasiCtxBuilder::new();
    if prints == Prints::Here {
        terminal::give(&mut wasi, args.allow_escapes);
        wasi.inherit_stdin();
    }
    let name = args.argv0.as_deref();
    wasi.arg(name.unwrap_or(args.file().as_os_str()).as_encoded_bytes())?;
    for arg in args.file_and_args.iter().skip(1) {
        wasi.arg(arg.as_encoded_bytes())?;
    }
    args.files.give(&mut wasi)?;
    for variable in &args.env {
        give_variable(&mut wasi, variable)?;
    }
    let mut limits = StoreLimitsBuilder::new();
    if let Some(size) = args.max_memory {
        limits = limits.memory_size(size);
    }
    let mut store = Store::new(
        engine,
        Host {
            wasi: wasi.build(),
            limits: limits.build(),
        },
    );
    store.limiter(|host| &mut host.limits);
    if let Some(fuel) = args.fuel {
        store.set_fuel(fuel)?;
    }
    if args.timeout.is_some() {
        store.set_epoch_deadline(DEADLINE);
    }
    Ok(store)
}

/// `KEY=VALUE`, or the key of a variable of this process.
fn give_variable(wasi: &mut WasiCtxBuilder, variable: &OsStr) -> Result<()> {
    let bytes = variable.as_encoded_bytes();
    match bytes.iter().position(|byte| *byte == b'=') {
        Some(end) => wasi.env(&bytes[..end], &bytes[end + 1..])?,
        None => {
            let name = variable.display();
            let lacks = || Error::msg(format_args!("--env {name}: environment variable not found"));
            let value = env::var_os(variable).ok_or_else(lacks)?;
            wasi.env(bytes, value.as_encoded_bytes())?
        }
    };
    Ok(())
}

/// What modules can import.
pub(crate) fn linker(engine: &Engine) -> Result<Linker<Host>> {
    let mut linker = Linker::new(engine);
    tabwasm_wasi::add_to_linker(&mut linker, |host: &mut Host| &mut host.wasi)?;
    tabwasm_wasi::preview0::add_to_linker(&mut linker, |host: &mut Host| &mut host.wasi)?;
    Ok(linker)
}

/// The imports that are not defined.
fn missing(linker: &Linker<Host>, module: &Module, store: &mut Store<Host>) -> Vec<LinkError> {
    let imports = module.imports();
    let missing = imports.filter(|import| linker.get_by_import(&mut *store, import).is_none());
    let unknown = missing.map(|import| LinkError::Unknown {
        module: import.module().into(),
        name: import.name().into(),
        expected: Box::new(import.ty()),
    });
    unknown.collect()
}

/// Interrupts the guest when its time is up, and ends the process if that does not help.
fn watch(engine: Engine, timeout: Duration) {
    thread::spawn(move || {
        thread::sleep(timeout);
        for _ in 0..GRACE.as_millis() / TICK.as_millis() {
            engine.increment_epoch();
            thread::sleep(TICK);
        }
        diagnostic::error(Trap::Interrupt.text());
        process::exit(ExitStatus::Timeout.code());
    });
}

/// Says why there is no module: its bytes are wrong, or time was up.
pub(crate) fn refuse(input: &Input, error: &Error) -> ExitStatus {
    match error.as_trap_code() {
        Some(_) => fail(error),
        None => reject(input, error),
    }
}

fn reject(input: &Input, error: &Error) -> ExitStatus {
    match error.as_reject() {
        Some(reject) => diagnostic::rejected(input, reject),
        None => diagnostic::failed(error),
    }
    ExitStatus::InvalidModule
}

/// All imports that are not defined are shown, for one at a time makes a long search.
fn fail_to_link(error: &Error, missing: Vec<LinkError>) -> ExitStatus {
    // Where nothing is missing, it is the start function that called what it lacks.
    let called = missing.is_empty() && is_unknown(error);
    if called || error.as_trap_code().is_some() || error.is::<I32Exit>() {
        return fail(error);
    }
    match missing.is_empty() {
        true => diagnostic::failed(error),
        false => {
            missing.iter().for_each(diagnostic::error);
            diagnostic::help("`--unknown-imports` and `--stub` run a module without them");
        }
    }
    ExitStatus::Link
}

pub(crate) fn fail(error: &Error) -> ExitStatus {
    if let Some(code) = error.i32_exit_status() {
        return ExitStatus::Guest(code);
    }
    diagnostic::failed(error);
    match error.as_trap_code() {
        Some(Trap::Interrupt) => {
            diagnostic::help("`--timeout` sets the time");
            ExitStatus::Timeout
        }
        Some(Trap::OutOfFuel) => {
            diagnostic::help("`--fuel` sets how much work may be done");
            ExitStatus::OutOfFuel
        }
        Some(Trap::StackOverflow) => {
            diagnostic::help("`--stack-size` sets how much calls may take");
            ExitStatus::Trap
        }
        Some(_) => ExitStatus::Trap,
        None if is_missing(error) => ExitStatus::Trap,
        None if is_unknown(error) => {
            diagnostic::help(
                "`--unknown-imports default` makes functions of them that return zeros",
            );
            ExitStatus::Trap
        }
        None if error.as_reject().is_some() => ExitStatus::InvalidModule,
        None => ExitStatus::Usage,
    }
}

/// Whether an import of a component was called that is a trap.
fn is_missing(error: &Error) -> bool {
    matches!(error.downcast_ref(), Some(LinkError::Missing { .. }))
}

/// Whether an import of a module was called that is a trap.
fn is_unknown(error: &Error) -> bool {
    matches!(error.downcast_ref(), Some(LinkError::Unknown { .. }))
}
