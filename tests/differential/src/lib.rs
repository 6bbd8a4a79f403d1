//! The two engines of Tabwasm on the same module, and its validation beside another: every
//! difference is a bug.
//!
//! A module is instantiated on the fast engine, on the compact one, and once more on the compact
//! one with fuel in small portions, moved to another store by snapshots in between. All exported
//! functions are called; results, traps, memories, globals, sizes of tables and the fuel consumed
//! must agree. The fast engine charges fuel by the block: after a trap, the compact one may have
//! consumed less.

mod buffers;
mod compact;
mod fast;
pub mod validity;
mod value;

use std::fmt;
use std::ops::AddAssign;

use tabwasm::compact::Module;
use tabwasm::profile::{Features, NoAlloc, Std};
use tabwasm::reject::{Detail, Reject};
use tabwasm::types::{ExternKind, FuncIdx, ValType};
use tabwasm::{Config, Engine, Trap};

use buffers::Buffers;
use compact::{Compact, Pace};
use fast::Fast;
use value::Value;

/// Fuel of an instantiation and of each call, unless a comparison has its own.
const FUEL: u64 = 5_000;

/// Bytes of memory that a program gets at most, and elements of tables.
const MOST_MEMORY: usize = 64 << 20;
const MOST_ELEMENTS: usize = 1 << 20;

/// How often each function is called.
const CALLS: u64 = 2;

/// What has been compared.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Modules that were instantiated.
    pub modules: u64,
    /// Modules that both engines refuse.
    pub refused: u64,
    /// Modules that need what is not compared: imports but functions, large memories, or a table
    /// of the compact engine beyond its limits.
    pub left_out: u64,
    /// Calls and start functions that ended.
    pub calls: u64,
    /// Those of them that trapped.
    pub traps: u64,
    /// Modules whose comparison ended early: no fuel, no stack, or no memory left.
    pub cut_short: u64,
    /// How often a call went on after its portion of fuel was used up.
    pub resumptions: u64,
    /// How often a call went on in another store.
    pub moves: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.modules += other.modules;
        self.refused += other.refused;
        self.left_out += other.left_out;
        self.calls += other.calls;
        self.traps += other.traps;
        self.cut_short += other.cut_short;
        self.resumptions += other.resumptions;
        self.moves += other.moves;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} modules, {} refused, {} left out; {} calls, {} traps, {} modules cut short; \
             {} resumptions, {} moves",
            self.modules,
            self.refused,
            self.left_out,
            self.calls,
            self.traps,
            self.cut_short,
            self.resumptions,
            self.moves
        )
    }
}

/// How a call ended, if not because of an engine's own measures.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ended {
    pub(crate) result: Result<Vec<Value>, Trap>,
    pub(crate) fuel: u64,
}

/// Compares the engines on one module after the other.
pub struct Twins {
    engine: Engine,
    arena: Vec<u8>,
    /// Fuel of an instantiation and of each call.
    pub fuel: u64,
    /// What has been compared.
    pub tally: Tally,
}

impl Default for Twins {
    fn default() -> Self {
        let mut config = Config::new();
        config.consume_fuel(true);
        Self {
            engine: Engine::new(&config).expect("this is a configuration"),
            arena: vec![0; 1 << 20],
            fuel: FUEL,
            tally: Tally::default(),
        }
    }
}

impl Twins {
    /// Compares; arguments depend on the seed. An error says what differs.
    pub fn compare(&mut self, wasm: &[u8], seed: u64) -> Result<(), String> {
        let features = Features {
            limits: Features::of::<Std>().limits,
            ..Features::of::<NoAlloc>()
        };
        let theirs = tabwasm::Module::new(&self.engine, wasm);
        let module = match (&theirs, Module::new(wasm, &features, &mut self.arena)) {
            (Ok(_), Ok(module)) => module,
            (Err(_), Err(_)) => {
                self.tally.refused += 1;
                return Ok(());
            }
            (Ok(_), Err(reject)) if is_limit(&reject) => {
                self.tally.left_out += 1;
                return Ok(());
            }
            (_, ours) => return Err(format!("fast {theirs:?}, compact {ours:?}")),
        };
        let theirs = theirs.map_err(|error| error.to_string())?;
        let needs = module.needs();
        let imports = module.imports();
        if needs.memory > MOST_MEMORY as u64
            || needs.elements > MOST_ELEMENTS as u64
            || imports
                .into_iter()
                .any(|import| import.kind != ExternKind::Func)
            || !importable(&module)
        {
            self.tally.left_out += 1;
            return Ok(());
        }
        let mut buffers = [(); 3].map(|()| Buffers::new(&needs));
        let [one, two, three] = &mut buffers;
        let mut run = Run {
            module,
            fast: Fast::new(&self.engine, self.fuel),
            whole: Compact::new(module, one, None, Pace::Whole, self.fuel),
            parts: Compact::new(module, two, Some(three), Pace::of(seed), self.fuel),
            tally: &mut self.tally,
        };
        let done = run.compare(&theirs, seed);
        let moved = run.parts.moved;
        self.tally.resumptions += moved.resumptions;
        self.tally.moves += moved.moves;
        done
    }
}

/// Whether every imported function can give something.
fn importable(module: &Module<'_>) -> bool {
    (0..module.imports().len() as u32).all(|index| {
        module
            .func_type(FuncIdx(index))
            .1
            .all(|ty| ty.is_defaultable())
    })
}

fn is_limit(reject: &Reject) -> bool {
    matches!(reject.detail(), Detail::Limit { .. })
}

/// A module on all engines.
struct Run<'m, 's, 't> {
    module: Module<'m>,
    fast: Fast,
    whole: Compact<'m, 's>,
    parts: Compact<'m, 's>,
    tally: &'t mut Tally,
}

impl Run<'_, '_, '_> {
    fn compare(&mut self, theirs: &tabwasm::Module, seed: u64) -> Result<(), String> {
        self.tally.modules += 1;
        let fast = self.fast.instantiate(theirs, &self.module);
        let whole = self.whole.instantiate();
        let (Some(fast), Some(whole)) = (fast, whole) else {
            return self.cut_short();
        };
        let parts = self.parts.instantiate();
        if !self.agree("instantiation", &fast, &whole, parts.as_ref())? {
            return Ok(());
        }
        let module = self.module;
        let exports = module.exports();
        for export in exports.filter(|export| export.kind == ExternKind::Func) {
            for call in 0..CALLS {
                let types = module.func_type(FuncIdx(export.index)).0;
                let Some(params) = params(types, seed.wrapping_add(call)) else {
                    break;
                };
                let fast = self.fast.call(export.name, &params);
                let whole = self.whole.call(export.name, &params);
                let (Some(fast), Some(whole)) = (fast, whole) else {
                    return self.cut_short();
                };
                let parts = self.parts.call(export.name, &params);
                if !self.agree(export.name, &fast, &whole, parts.as_ref())? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// An engine's own measures have ended a call: from here on there is nothing to compare.
    fn cut_short(&mut self) -> Result<(), String> {
        self.tally.cut_short += 1;
        Ok(())
    }

    /// Compares how calls ended, and what they left behind; whether the comparison can go on.
    fn agree(
        &mut self,
        what: &str,
        fast: &Ended,
        whole: &Ended,
        parts: Option<&Ended>,
    ) -> Result<bool, String> {
        self.tally.calls += 1;
        let differ = |engine: &str, other: &dyn fmt::Debug| {
            Err(format!("{what}: {engine} {other:?}, compact {whole:?}"))
        };
        if parts != Some(whole) {
            return differ("in portions", &parts);
        }
        let fuel = match whole.result {
            Ok(_) => whole.fuel == fast.fuel,
            Err(_) => whole.fuel <= fast.fuel,
        };
        if !fuel || whole.result != fast.result {
            return differ("fast", &fast);
        }
        if whole.result.is_err() {
            self.tally.traps += 1;
        }
        self.fast.instance().map_or(Ok(false), |instance| {
            for export in self.module.exports() {
                let name = export.name;
                let same = match export.kind {
                    ExternKind::Memory => {
                        let bytes = self.fast.memory(instance, name);
                        bytes == self.whole.memory(name) && bytes == self.parts.memory(name)
                    }
                    ExternKind::Global => {
                        let value = self.fast.global(instance, name);
                        value == self.whole.global(name) && value == self.parts.global(name)
                    }
                    ExternKind::Table => {
                        let len = self.fast.table_len(instance, name);
                        len == self.whole.table_len(name) && len == self.parts.table_len(name)
                    }
                    ExternKind::Func | ExternKind::Tag => true,
                };
                if !same {
                    return Err(format!("after {what}: `{name}` differs"));
                }
            }
            Ok(true)
        })
    }
}

/// Arguments of these types, if there are.
fn params(types: impl Iterator<Item = ValType>, seed: u64) -> Option<Vec<Value>> {
    (seed..)
        .zip(types)
        .map(|(seed, ty)| Value::any(ty, seed))
        .collect()
}
