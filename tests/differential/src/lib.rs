//! The two engines of Tabwasm on the same modules, and their validation beside another: every
//! difference is a bug.
//!
//! A module is instantiated on the fast engine, with fused pairs of instructions and without, on the
//! compact one, and once more on the compact one with fuel in small portions, moved to another store by snapshots in between; or several
//! modules are, which import from each other. All exported functions are called; results, traps,
//! memories, globals, sizes of tables and the fuel consumed must agree. The fast engine charges fuel
//! by the block: after a trap, the compact one may have consumed less.

mod buffers;
mod compact;
mod fast;
mod link;
pub mod validity;
mod value;

use std::fmt;
use std::ops::AddAssign;

use tabwasm::compact::{Module, Needs};
use tabwasm::profile::{Features, NoAlloc, NoAllocVector, Profile, Std};
use tabwasm::reject::{Detail, Reject};
use tabwasm::types::{ExternKind, FuncIdx, ValType};
use tabwasm::{Config, Engine, Trap};

pub use buffers::{Buffers, Growth};
use compact::{Compact, Pace};
use fast::Fast;
use link::Given;
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
    /// Modules that were instantiated; several that are linked count as one.
    pub modules: u64,
    /// Those of them that are several.
    pub linked: u64,
    /// Modules that both engines refuse.
    pub refused: u64,
    /// Modules that need what is not compared: imports but functions, large memories, or a table
    /// of the compact engine beyond its limits.
    pub left_out: u64,
    /// Calls and start functions that ended.
    pub calls: u64,
    /// Calls of the host by a function of another instance than that which the host has called.
    pub crossings: u64,
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
        self.linked += other.linked;
        self.refused += other.refused;
        self.left_out += other.left_out;
        self.calls += other.calls;
        self.crossings += other.crossings;
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
            "{} modules, {} linked, {} refused, {} left out; {} calls, {} crossings, {} traps, \
             {} modules cut short; {} resumptions, {} moves",
            self.modules,
            self.linked,
            self.refused,
            self.left_out,
            self.calls,
            self.crossings,
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
    /// The same without fused pairs.
    unfused: Engine,
    arena: Vec<u8>,
    /// Fuel of an instantiation and of each call.
    pub fuel: u64,
    /// What has been compared.
    pub tally: Tally,
}

impl Default for Twins {
    fn default() -> Self {
        let mut config = Config::new();
        let mut engine = |fuse| {
            config.consume_fuel(true).fuse_instructions(fuse);
            Engine::new(&config).expect("this is a configuration")
        };
        Self {
            engine: engine(true),
            unfused: engine(false),
            arena: vec![0; 1 << 20],
            fuel: FUEL,
            tally: Tally::default(),
        }
    }
}

impl Twins {
    /// Compares; arguments depend on the seed. An error says what differs.
    pub fn compare(&mut self, wasm: &[u8], seed: u64) -> Result<(), String> {
        self.compare_linked(&[wasm], seed)
    }

    /// Compares modules that are instantiated in one store. An import from a module `0` is the
    /// export of the first one, and of the same type; all else that is imported belongs to the host.
    pub fn compare_linked(&mut self, wasm: &[&[u8]], seed: u64) -> Result<(), String> {
        if self.compare_in::<NoAlloc>(wasm, seed)? == Fit::Vectors {
            self.compare_in::<NoAllocVector>(wasm, seed)?;
        }
        Ok(())
    }

    /// Compares in a profile of the compact engine, if its slots are wide enough.
    fn compare_in<P: Profile>(&mut self, wasm: &[&[u8]], seed: u64) -> Result<Fit, String> {
        let features = Features {
            limits: Features::of::<Std>().limits,
            ..Features::of::<P>()
        };
        let (mut fused, mut unfused, mut modules) = (Vec::new(), Vec::new(), Vec::new());
        let share = self.arena.len() / wasm.len().max(1);
        for (wasm, arena) in wasm.iter().zip(self.arena.chunks_mut(share)) {
            let fast = tabwasm::Module::new(&self.engine, wasm);
            match (fast, Module::new(wasm, &features, arena)) {
                (_, Err(reject)) if lacks_vectors::<P>(&reject) => return Ok(Fit::Vectors),
                (Ok(fast), Ok(module)) => {
                    let again = tabwasm::Module::new(&self.unfused, wasm);
                    unfused.push(again.map_err(|error| format!("unfused: {error}"))?);
                    fused.push(fast);
                    modules.push(module);
                }
                (Err(_), Err(_)) => {
                    self.tally.refused += 1;
                    return Ok(Fit::Done);
                }
                (Ok(_), Err(reject)) if is_limit(&reject) => {
                    self.tally.left_out += 1;
                    return Ok(Fit::Done);
                }
                (fast, ours) => return Err(format!("fast {fast:?}, compact {ours:?}")),
            }
        }
        let needs = modules
            .iter()
            .map(Module::needs)
            .fold(Needs::default(), both);
        let imports = (1..=modules.len()).map(|count| link::imports(&modules[..count]));
        let imports = imports.collect::<Option<Vec<_>>>().filter(|_| {
            needs.memory <= MOST_MEMORY as u64 && needs.elements <= MOST_ELEMENTS as u64
        });
        let Some(imports) = imports else {
            self.tally.left_out += 1;
            return Ok(Fit::Done);
        };
        let modules = modules.as_slice();
        let mut buffers = [(); 3].map(|()| Buffers::new(&needs));
        let [one, two, three] = &mut buffers;
        let mut run = Run::<P> {
            modules,
            fast: Fast::new(&self.engine, self.fuel),
            unfused: Fast::new(&self.unfused, self.fuel),
            whole: Compact::new(modules, one, None, Pace::Whole, self.fuel),
            parts: Compact::new(modules, two, Some(three), Pace::of(seed), self.fuel),
            tally: &mut self.tally,
        };
        let done = run.compare(fused.iter().zip(&unfused), &imports, seed);
        let observed = run.parts.observed;
        self.tally.resumptions += observed.resumptions;
        self.tally.moves += observed.moves;
        self.tally.crossings += observed.crossings;
        done.map(|()| Fit::Done)
    }
}

/// Whether a profile of the compact engine could have the modules.
#[derive(PartialEq)]
enum Fit {
    /// It could, and the comparison is over.
    Done,
    /// One needs vectors, and slots for them.
    Vectors,
}

/// Whether a module is refused for what only the profile with vectors has.
fn lacks_vectors<P: Profile>(reject: &Reject) -> bool {
    let Detail::Proposal(proposal) = reject.detail() else {
        return false;
    };
    NoAllocVector::PROPOSALS.contains(proposal) && !P::PROPOSALS.contains(proposal)
}

/// What two instances need in one store.
fn both(one: Needs, two: Needs) -> Needs {
    Needs {
        table: one.table + two.table,
        slots: one.slots.max(two.slots),
        instances: one.instances + two.instances,
        links: one.links + two.links,
        tables: one.tables + two.tables,
        elements: one.elements.saturating_add(two.elements),
        memories: one.memories + two.memories,
        memory: one.memory.saturating_add(two.memory),
        globals: one.globals + two.globals,
        types: one.types + two.types,
        segments: one.segments + two.segments,
    }
}

fn is_limit(reject: &Reject) -> bool {
    matches!(reject.detail(), Detail::Limit { .. })
}

/// Modules on all engines.
struct Run<'m, 's, 't, P: Profile> {
    modules: &'s [Module<'m>],
    fast: Fast,
    unfused: Fast,
    whole: Compact<'m, 's, P>,
    parts: Compact<'m, 's, P>,
    tally: &'t mut Tally,
}

impl<P: Profile> Run<'_, '_, '_, P> {
    fn compare<'f>(
        &mut self,
        theirs: impl Iterator<Item = (&'f tabwasm::Module, &'f tabwasm::Module)>,
        imports: &[Vec<Given<'_>>],
        seed: u64,
    ) -> Result<(), String> {
        self.tally.modules += 1;
        self.tally.linked += u64::from(self.modules.len() > 1);
        for ((fused, unfused), imports) in theirs.zip(imports) {
            let fast = self.fast.instantiate(fused, imports);
            let unfused = self.unfused.instantiate(unfused, imports);
            same("instantiation", fast.as_ref(), unfused.as_ref())?;
            let whole = self.whole.instantiate(imports);
            let (Some(fast), Some(whole)) = (fast, whole) else {
                return self.cut_short();
            };
            let parts = self.parts.instantiate(imports);
            self.agree("instantiation", &fast, &whole, parts.as_ref())?;
        }
        for (instance, module) in self.modules.iter().enumerate() {
            if !self.fast.is_instantiated(instance) {
                continue;
            }
            let exports = module.exports();
            for export in exports.filter(|export| export.kind == ExternKind::Func) {
                for call in 0..CALLS {
                    let types = module.func_type(FuncIdx(export.index)).0;
                    let Some(params) = params(types, seed.wrapping_add(call)) else {
                        break;
                    };
                    let fast = self.fast.call(instance, export.name, &params);
                    let unfused = self.unfused.call(instance, export.name, &params);
                    same(export.name, fast.as_ref(), unfused.as_ref())?;
                    let whole = self.whole.call(instance, export.name, &params);
                    let (Some(fast), Some(whole)) = (fast, whole) else {
                        return self.cut_short();
                    };
                    let parts = self.parts.call(instance, export.name, &params);
                    self.agree(export.name, &fast, &whole, parts.as_ref())?;
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

    /// Compares how calls ended, and what they left behind.
    fn agree(
        &mut self,
        what: &str,
        fast: &Ended,
        whole: &Ended,
        parts: Option<&Ended>,
    ) -> Result<(), String> {
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
        for (instance, module) in self.modules.iter().enumerate() {
            if !self.fast.is_instantiated(instance) {
                continue;
            }
            for export in module.exports() {
                let name = export.name;
                let (fast, unfused) = (&mut self.fast, &mut self.unfused);
                let (whole, parts) = (&mut self.whole, &mut self.parts);
                let same = match export.kind {
                    ExternKind::Memory => {
                        let bytes = fast.memory(instance, name);
                        bytes == unfused.memory(instance, name)
                            && bytes == whole.memory(instance, name)
                            && bytes == parts.memory(instance, name)
                    }
                    ExternKind::Global => {
                        let value = fast.global(instance, name);
                        value == unfused.global(instance, name)
                            && value == whole.global(instance, name)
                            && value == parts.global(instance, name)
                    }
                    ExternKind::Table => {
                        let len = fast.table_len(instance, name);
                        len == unfused.table_len(instance, name)
                            && len == whole.table_len(instance, name)
                            && len == parts.table_len(instance, name)
                    }
                    ExternKind::Func | ExternKind::Tag => true,
                };
                if !same {
                    return Err(format!("after {what}: `{name}` of {instance} differs"));
                }
            }
        }
        Ok(())
    }
}

/// Compares how the fast engine ended calls with fused pairs and without: down to the fuel.
fn same(what: &str, fused: Option<&Ended>, unfused: Option<&Ended>) -> Result<(), String> {
    match fused == unfused {
        true => Ok(()),
        false => Err(format!("{what}: fused {fused:?}, unfused {unfused:?}")),
    }
}

/// Arguments of these types, if there are.
fn params(types: impl Iterator<Item = ValType>, seed: u64) -> Option<Vec<Value>> {
    (seed..)
        .zip(types)
        .map(|(seed, ty)| Value::any(ty, seed))
        .collect()
}
