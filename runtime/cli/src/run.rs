//! `tabwasm [run] FILE`: a program with WASI, or one function of a module.
//!
//! Options become the configuration of an engine, limits of a store and the context of WASI; then
//! the module is read, linked and started, and the way in which it ends becomes an exit code. Time
//! is watched from before the file is read: reading and translating count as well.

use std::env;
use std::process;
use std::thread;
use std::time::Duration;

use tabwasm::{
    Config, Engine, Error, ExternType, FuncType, I32Exit, Instance, Linker, Module, Result, Store,
    StoreLimits, StoreLimitsBuilder, Trap, Val, ValType,
};
use tabwasm_wasi::{WasiCtx, WasiCtxBuilder};

use crate::args::Run;
use crate::diagnostic;
use crate::exit::ExitStatus;
use crate::input::Input;
use crate::output::line;

/// The function that a program begins with.
const ENTRY: &str = "_start";
/// The function that makes a library ready.
const INITIALIZER: &str = "_initialize";
/// How long a guest that does not meet its deadline (it waits for input) may take to end.
const GRACE: Duration = Duration::from_millis(250);
/// Ticks of the engine's epoch until the time is up.
const DEADLINE: u64 = 1;
/// From then on, time between two ticks of the epoch: code that starts late meets a tick, too.
const TICK: Duration = Duration::from_millis(10);

struct Host {
    wasi: WasiCtx,
    limits: StoreLimits,
}

/// Runs a module.
pub fn run(args: &Run) -> ExitStatus {
    let engine = match engine(args) {
        Ok(engine) => engine,
        Err(error) => return fail(&error),
    };
    // Reading, validation and translation count as well.
    if let Some(timeout) = args.timeout {
        watch(engine.clone(), timeout);
    }
    let input = match Input::read(args.file()) {
        Ok(input) => input,
        Err(exit) => return exit,
    };
    let module = match Module::new_with_epoch_deadline(&engine, &input.bytes, DEADLINE) {
        Ok(module) => module,
        Err(error) if error.as_trap_code().is_some() => return fail(&error),
        Err(error) => return reject(&input, &error),
    };
    let mut store = match store(args, &engine) {
        Ok(store) => store,
        Err(error) => return fail(&error),
    };
    let instance = match link(&engine, &module, &mut store) {
        Ok(instance) => instance,
        Err(error) => return fail_to_link(&error),
    };
    match start(args, &module, instance, &mut store) {
        Ok(exit) => exit,
        Err(error) => fail(&error),
    }
}

fn engine(args: &Run) -> Result<Engine> {
    let mut config = Config::new();
    config.consume_fuel(args.fuel.is_some());
    config.epoch_interruption(args.timeout.is_some());
    Engine::new(&config)
}

fn store(args: &Run, engine: &Engine) -> Result<Store<Host>> {
    let mut wasi = WasiCtxBuilder::new();
    wasi.inherit_stdio()
        .arg(args.file())
        .args(args.guest_args());
    for variable in &args.env {
        match variable.split_once('=') {
            Some((key, value)) => drop(wasi.env(key, value)),
            None => {
                let value = env::var(variable)
                    .map_err(|error| Error::msg(format_args!("--env {variable}: {error}")))?;
                wasi.env(variable, value);
            }
        }
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

fn link(engine: &Engine, module: &Module, store: &mut Store<Host>) -> Result<Instance> {
    let mut linker: Linker<Host> = Linker::new(engine);
    tabwasm_wasi::add_to_linker(&mut linker, |host| &mut host.wasi)?;
    linker.instantiate(store, module)
}

fn start(
    args: &Run,
    module: &Module,
    instance: Instance,
    store: &mut Store<Host>,
) -> Result<ExitStatus> {
    if let Some(name) = &args.invoke {
        if let Some(initialize) = instance.get_func(&mut *store, INITIALIZER) {
            initialize.call(&mut *store, &[], &mut [])?;
        }
        return invoke(args, name, module, instance, store);
    }
    match instance.get_func(&mut *store, ENTRY) {
        Some(entry) => entry
            .call(store, &[], &mut [])
            .map(|()| ExitStatus::Success),
        None if functions(module).is_empty() => Ok(ExitStatus::Success),
        None => {
            diagnostic::error(format_args!(
                "`{}` exports no `{ENTRY}` to run",
                args.file()
            ));
            diagnostic::help(format_args!(
                "name a function with `--invoke`: {}",
                functions(module).join(", ")
            ));
            Ok(ExitStatus::Usage)
        }
    }
}

fn invoke(
    args: &Run,
    name: &str,
    module: &Module,
    instance: Instance,
    store: &mut Store<Host>,
) -> Result<ExitStatus> {
    let Some(func) = instance.get_func(&mut *store, name) else {
        diagnostic::error(format_args!(
            "`{}` exports no function `{name}`",
            args.file()
        ));
        diagnostic::help(format_args!("it exports {}", functions(module).join(", ")));
        return Ok(ExitStatus::Usage);
    };
    let ty = func.ty(&*store);
    let params = match parse_params(&ty, args.guest_args()) {
        Ok(params) => params,
        Err(message) => {
            diagnostic::error(message);
            diagnostic::help(format_args!("`{name}` has the type {ty}"));
            return Ok(ExitStatus::Usage);
        }
    };
    let mut results = vec![Val::I32(0); ty.results().len()];
    func.call(store, &params, &mut results)?;
    for result in &results {
        line!("{}", show(result));
    }
    Ok(ExitStatus::Success)
}

/// The names of the exported functions.
fn functions(module: &Module) -> Vec<String> {
    module
        .exports()
        .filter(|export| matches!(export.ty(), ExternType::Func(_)))
        .map(|export| export.name().to_owned())
        .collect()
}

fn parse_params(ty: &FuncType, args: &[String]) -> Result<Vec<Val>, String> {
    let params = ty.params();
    if params.len() != args.len() {
        return Err(format!(
            "expected {} arguments, found {}",
            params.len(),
            args.len()
        ));
    }
    params
        .zip(args)
        .map(|(ty, text)| parse_value(ty, text))
        .collect()
}

/// Integers may be signed or unsigned, decimal or `0x` hexadecimal; floats as Rust writes them.
fn parse_value(ty: ValType, text: &str) -> Result<Val, String> {
    let wrong = || format!("`{text}` is no value of type {ty}");
    let integer = || {
        let (sign, digits) = text
            .strip_prefix('-')
            .map_or((1, text), |digits| (-1, digits));
        let magnitude = match digits.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16),
            None => digits.parse(),
        };
        magnitude
            .ok()
            .map(|magnitude| i128::from(magnitude) * sign)
            .ok_or_else(wrong)
    };
    let value = match ty {
        ValType::I32 => {
            let value = integer()?;
            let signed = i32::try_from(value).ok();
            Val::I32(
                signed
                    .or(u32::try_from(value).ok().map(u32::cast_signed))
                    .ok_or_else(wrong)?,
            )
        }
        ValType::I64 => {
            let value = integer()?;
            let signed = i64::try_from(value).ok();
            Val::I64(
                signed
                    .or(u64::try_from(value).ok().map(u64::cast_signed))
                    .ok_or_else(wrong)?,
            )
        }
        ValType::F32 => Val::F32(text.parse::<f32>().map_err(|_| wrong())?.to_bits()),
        ValType::F64 => Val::F64(text.parse::<f64>().map_err(|_| wrong())?.to_bits()),
        _ => {
            return Err(format!(
                "a value of type {ty} cannot be written on the command line"
            ));
        }
    };
    Ok(value)
}

fn show(value: &Val) -> String {
    match value {
        Val::I32(value) => value.to_string(),
        Val::I64(value) => value.to_string(),
        Val::F32(bits) => f32::from_bits(*bits).to_string(),
        Val::F64(bits) => f64::from_bits(*bits).to_string(),
        other => format!("{other:?}"),
    }
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

fn reject(input: &Input, error: &Error) -> ExitStatus {
    match error.as_reject() {
        Some(reject) => diagnostic::rejected(input, reject),
        None => diagnostic::failed(error),
    }
    ExitStatus::InvalidModule
}

fn fail_to_link(error: &Error) -> ExitStatus {
    if error.as_trap_code().is_some() || error.is::<I32Exit>() {
        return fail(error);
    }
    diagnostic::failed(error);
    ExitStatus::Link
}

fn fail(error: &Error) -> ExitStatus {
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
        Some(_) => ExitStatus::Trap,
        None if error.as_reject().is_some() => ExitStatus::InvalidModule,
        None => ExitStatus::Usage,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_the_command_line() {
        let parse = |ty, text| parse_value(ty, text).ok().map(|value| show(&value));
        assert_eq!(parse(ValType::I32, "4294967295").as_deref(), Some("-1"));
        assert_eq!(
            parse(ValType::I32, "-0x80000000").as_deref(),
            Some("-2147483648")
        );
        assert_eq!(parse(ValType::I32, "4294967296"), None);
        assert_eq!(
            parse(ValType::I64, "18446744073709551615").as_deref(),
            Some("-1")
        );
        assert_eq!(parse(ValType::F64, "1.5").as_deref(), Some("1.5"));
        assert_eq!(parse(ValType::FUNCREF, "0"), None);
    }
}
