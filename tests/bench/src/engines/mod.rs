//! The engines behind one interface: load a kernel, run it with a number, get a number.
//!
//! What is measured around them is then the same code for all, and a peer is left out by a Cargo
//! feature. An engine in another configuration is one more: it is compared with the peer that can be
//! configured in the same way.

#[cfg(feature = "sf-nano")]
mod sf_nano;
mod tabwasm;
#[cfg(feature = "wasmi")]
mod wasmi;
#[cfg(feature = "wasmtime")]
mod wasmtime;

use crate::Error;
use crate::kernels::Need;

/// The package that all others are compared with.
const OURS: &str = "tabwasm";

/// An engine that can load a kernel.
#[derive(Clone, Copy)]
pub struct Engine {
    /// What the command line calls it.
    pub name: &'static str,
    /// The package that it comes from.
    package: &'static str,
    /// What is configured otherwise than by default.
    setting: &'static str,
    /// What kernels may need.
    has: &'static [Need],
    /// Compiles and instantiates a module.
    pub load: Load,
}

/// Compiles and instantiates a module.
type Load = fn(&[u8]) -> Result<Box<dyn Program>, Error>;

/// An instantiated kernel.
pub trait Program {
    /// Calls the export `run`.
    fn run(&mut self, n: u32) -> Result<u64, Error>;
}

impl Engine {
    /// Whether others are compared with it.
    pub fn is_ours(&self) -> bool {
        self.package == OURS
    }

    /// Whether it can run what needs this.
    pub fn has(&self, need: Need) -> bool {
        self.has.contains(&need)
    }

    /// What the report calls it.
    pub fn title(&self) -> String {
        let version = if self.is_ours() { "" } else { self.version() };
        let words = [
            self.package.trim_end_matches("-core"),
            version,
            self.setting,
        ];
        let words = words.into_iter().filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join(" ")
    }

    /// The version of its package in this build.
    pub fn version(&self) -> &'static str {
        version(LOCK, self.package).unwrap_or("")
    }
}

/// What this program was built of.
const LOCK: &str = include_str!("../../Cargo.lock");

fn version(lock: &'static str, package: &str) -> Option<&'static str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    let version = lines.next()?.strip_prefix("version = \"")?;
    version.strip_suffix('"')
}

const TABWASM: Engine = Engine {
    name: OURS,
    package: OURS,
    setting: "",
    has: &[Need::Nothing, Need::Simd, Need::Memory64],
    load: tabwasm::load,
};

#[cfg(feature = "wasmi")]
const WASMI: Engine = Engine {
    name: "wasmi",
    package: "wasmi",
    setting: "",
    has: &[Need::Nothing, Need::Simd, Need::Memory64],
    load: wasmi::load,
};

/// The engines of this build: ours first, the reference last.
pub static ENGINES: &[Engine] = &[
    TABWASM,
    #[cfg(feature = "wasmtime")]
    Engine {
        name: "wasmtime",
        package: "wasmtime",
        setting: "",
        has: &[Need::Nothing, Need::Simd, Need::Memory64],
        load: wasmtime::load,
    },
    #[cfg(feature = "sf-nano")]
    Engine {
        name: "sf-nano",
        package: "sf-nano-core",
        setting: "",
        has: &[Need::Nothing],
        load: sf_nano::load,
    },
    #[cfg(feature = "wasmi")]
    WASMI,
];

/// What can be stopped: by fuel, or by epochs, which wasmi does not have.
pub static METERED: &[Engine] = &[
    Engine {
        name: "tabwasm-fuel",
        setting: "fuel",
        load: tabwasm::load_with_fuel,
        ..TABWASM
    },
    Engine {
        name: "tabwasm-epoch",
        setting: "epoch",
        load: tabwasm::load_with_epochs,
        ..TABWASM
    },
    #[cfg(feature = "wasmi")]
    Engine {
        name: "wasmi-fuel",
        setting: "fuel",
        load: wasmi::load_with_fuel,
        ..WASMI
    },
];

/// Ours without pairs of instructions that are done as one, and with them.
pub static UNFUSED: &[Engine] = &[
    Engine {
        name: "tabwasm-unfused",
        setting: "unfused",
        load: tabwasm::load_unfused,
        ..TABWASM
    },
    TABWASM,
    #[cfg(feature = "wasmi")]
    WASMI,
];

/// Every engine, by its name.
pub fn all() -> Vec<&'static Engine> {
    let mut all: Vec<&Engine> = Vec::new();
    for engine in ENGINES.iter().chain(METERED).chain(UNFUSED) {
        if all.iter().all(|known| known.name != engine.name) {
            all.push(engine);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_those_of_the_build() {
        let lock = "[[package]]\nname = \"a\"\nversion = \"1.2.3\"\n";
        assert_eq!(version(lock, "a"), Some("1.2.3"));
        assert_eq!(version(lock, "b"), None);
        for engine in all() {
            assert!(!engine.version().is_empty(), "{}", engine.name);
        }
    }
}
