//! How long a formatter that others wrote takes for a long text, beside wasmi.
//!
//! The module is a plugin of dprint for JSON: no program, but a library with which a host shares a buffer.
//! The text is made here and unformatted; engines take turns with it, each in an instance of its own,
//! and must give the same.

use std::fmt::Write;
use std::fs;

use crate::Error;
use crate::statistics::median;

/// Bytes of the text.
const LENGTH: usize = 440_000;
const ROUNDS: usize = 9;

/// Prints how long each takes, and how many times as long wasmi takes.
pub fn compare(file: &str) -> Result<(), Error> {
    let wasm = fs::read(file).map_err(|error| format!("{file}: {error}"))?;
    let text = text();
    let mut ours = tabwasm::Plugin::new(&wasm)?;
    let mut theirs = wasmi::Plugin::new(&wasm)?;
    let (mut times, mut ratios) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (one, time) = ours.format(&text)?;
        let (other, their_time) = theirs.format(&text)?;
        if one != other {
            return Err("the engines format it differently".into());
        }
        times.push(time.as_secs_f64() * 1e3);
        ratios.push(their_time.as_secs_f64() / time.as_secs_f64());
    }
    let time = median(times).unwrap_or(f64::NAN);
    let ratio = median(ratios).unwrap_or(f64::NAN);
    println!(
        "JSON of {} bytes formatted: {time:.1} ms, vs wasmi: {ratio:.2}",
        text.len()
    );
    println!("medians of {ROUNDS} rounds");
    Ok(())
}

/// JSON in which nothing stands where a formatter wants it.
fn text() -> String {
    let (mut text, mut random) = (String::from("{"), 1_u32);
    let mut draw = |below: u32| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) % below
    };
    while text.len() < LENGTH {
        let key = draw(1 << 20);
        let _ = match draw(4) {
            0 => write!(
                text,
                "\"k{key}\":   [1,{},\n3 , {}.5],",
                draw(99),
                draw(9999)
            ),
            1 => write!(
                text,
                "\"k{key}\":{{\"a\":null,\n\n  \"b\" :{{}} , \"c\":[true,false]}},"
            ),
            2 => write!(
                text,
                "\n\"k{key}\"  :\"text {} and \\u00e9\",",
                draw(1 << 24)
            ),
            _ => write!(text, "\"k{key}\":-{}e{},", draw(1 << 16), draw(30)),
        };
    }
    text.push_str("\"last\":0}");
    text
}

/// The plugin in an engine; both have the same names for all that this takes.
macro_rules! plugin {
    ($engine:ident, $new:expr) => {
        mod $engine {
            use std::time::{Duration, Instant};

            use ::$engine::{
                Caller, Config, Engine, Error as Failure, Instance, Linker, Module, Store,
            };

            use crate::Error;

            pub(super) struct Plugin {
                store: Store<()>,
                instance: Instance,
            }

            impl Plugin {
                pub(super) fn new(wasm: &[u8]) -> Result<Self, Error> {
                    let new: fn(&Config) -> Result<Engine, Error> = $new;
                    let engine = new(&Config::default())?;
                    let module = Module::new(&engine, wasm)?;
                    let mut linker = <Linker<()>>::new(&engine);
                    for import in module.imports() {
                        let (name, ty) = (import.name(), import.ty().func().cloned());
                        let ty = ty.ok_or("an import is no function")?;
                        if name == "host_has_cancelled" {
                            let no = |_: Caller<'_, ()>| 0_i32;
                            linker.func_wrap(import.module(), name, no)?;
                        } else {
                            linker.func_new(import.module(), name, ty, |_, _, _| {
                                Err(Failure::i32_exit(1))
                            })?;
                        }
                    }
                    let mut store = Store::new(&engine, ());
                    let instance = linker.instantiate_and_start(&mut store, &module)?;
                    let mut plugin = Self { store, instance };
                    plugin.send("{\"global\":{},\"plugin\":{}}")?;
                    let register = plugin
                        .instance
                        .get_typed_func::<u32, ()>(&plugin.store, "register_config")?;
                    register.call(&mut plugin.store, 1)?;
                    Ok(plugin)
                }

                /// The formatted text, and how long that took.
                pub(super) fn format(&mut self, text: &str) -> Result<(Vec<u8>, Duration), Error> {
                    self.send("file.json")?;
                    let path = self
                        .instance
                        .get_typed_func::<(), ()>(&self.store, "set_file_path")?;
                    path.call(&mut self.store, ())?;
                    let start = Instant::now();
                    self.send(text)?;
                    let format = self
                        .instance
                        .get_typed_func::<u32, u32>(&self.store, "format")?;
                    if format.call(&mut self.store, 1)? != 1 {
                        return Err("the text was not formatted".into());
                    }
                    let elapsed = start.elapsed();
                    let length = self.number("get_formatted_text")? as usize;
                    let at = self.number("get_shared_bytes_ptr")? as usize;
                    let memory = self.instance.get_memory(&self.store, "memory");
                    let memory = memory.ok_or("there is no memory")?;
                    Ok((memory.data(&self.store)[at..at + length].to_vec(), elapsed))
                }

                fn number(&mut self, name: &str) -> Result<u32, Error> {
                    let func = self.instance.get_typed_func::<(), u32>(&self.store, name)?;
                    Ok(func.call(&mut self.store, ())?)
                }

                /// Puts a text where the plugin looks for it.
                fn send(&mut self, text: &str) -> Result<(), Error> {
                    let clear = self
                        .instance
                        .get_typed_func::<u32, u32>(&self.store, "clear_shared_bytes")?;
                    let at = clear.call(&mut self.store, text.len() as u32)?;
                    let memory = self.instance.get_memory(&self.store, "memory");
                    let memory = memory.ok_or("there is no memory")?;
                    memory.write(&mut self.store, at as usize, text.as_bytes())?;
                    Ok(())
                }
            }
        }
    };
}

plugin!(tabwasm, |config| Ok(Engine::new(config)?));
plugin!(wasmi, |config| Ok(Engine::new(config)));
