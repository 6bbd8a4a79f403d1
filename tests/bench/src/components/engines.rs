//! What is measured, on Tabwasm and on wasmtime: their components have one API, so this is one text.

use crate::Error;

/// Does something some times.
pub type Run = Box<dyn FnMut(u32) -> Result<(), Error>>;

/// What is done with a component.
#[derive(Clone, Copy)]
pub enum Task {
    /// The host calls `add`.
    Add,
    /// The host calls `fill`, and then this function with how often it is to do what it does.
    Loop(&'static str),
    /// It is made from its bytes.
    Load,
    /// It gets a store and an instance, which are dropped.
    Instantiate,
}

macro_rules! engine {
    ($engine:ident) => {
        pub mod $engine {
            use ::$engine::component::{Component, Instance, InstancePre, Linker};
            use ::$engine::{Config, Engine, Result, Store};

            use super::{Run, Task};
            use crate::Error;

            /// A component that waits for what is to be done with it.
            pub struct Loaded {
                engine: Engine,
                wasm: Vec<u8>,
                /// Without what it imports, nothing but loading can be done with it.
                linked: Result<InstancePre<()>>,
            }

            impl Loaded {
                pub fn new(config: &Config, wasm: &[u8]) -> Result<Self, Error> {
                    let engine = Engine::new(config)?;
                    let component = Component::new(&engine, wasm)?;
                    let mut linker = Linker::new(&engine);
                    linker
                        .root()
                        .func_wrap("next", |_, (n,): (u32,)| Ok((n.wrapping_add(1),)))?;
                    let linked = linker.instantiate_pre(&component);
                    let wasm = wasm.to_vec();
                    Ok(Self {
                        engine,
                        wasm,
                        linked,
                    })
                }

                pub fn run(&self, task: Task) -> Result<Run, Error> {
                    let engine = self.engine.clone();
                    Ok(match task {
                        Task::Add => {
                            let (mut store, instance) = self.instance()?;
                            let add =
                                instance.get_typed_func::<(u32, u32), (u32,)>(&mut store, "add")?;
                            Box::new(move |times| {
                                let mut n = 0;
                                for _ in 0..times {
                                    (n,) = add.call(&mut store, (n, 1))?;
                                }
                                assert_eq!(n, times);
                                Ok(())
                            })
                        }
                        Task::Loop(name) => {
                            let (mut store, instance) = self.instance()?;
                            let fill = instance.get_typed_func::<(), ()>(&mut store, "fill")?;
                            fill.call(&mut store, ())?;
                            let func = instance.get_typed_func::<(u32,), ()>(&mut store, name)?;
                            Box::new(move |times| Ok(func.call(&mut store, (times,))?))
                        }
                        Task::Load => {
                            let wasm = self.wasm.clone();
                            Box::new(move |times| {
                                for _ in 0..times {
                                    Component::new(&engine, &wasm)?;
                                }
                                Ok(())
                            })
                        }
                        Task::Instantiate => {
                            let linked = self.linked()?.clone();
                            Box::new(move |times| {
                                for _ in 0..times {
                                    let mut store = Store::new(&engine, ());
                                    linked.instantiate(&mut store)?;
                                }
                                Ok(())
                            })
                        }
                    })
                }

                fn linked(&self) -> Result<&InstancePre<()>, Error> {
                    let linked = self.linked.as_ref();
                    linked.map_err(|error| format!("{error:#}").into())
                }

                fn instance(&self) -> Result<(Store<()>, Instance), Error> {
                    let mut store = Store::new(&self.engine, ());
                    let instance = self.linked()?.instantiate(&mut store)?;
                    Ok((store, instance))
                }
            }
        }
    };
}

engine!(tabwasm);
#[cfg(feature = "wasmtime")]
engine!(wasmtime);
