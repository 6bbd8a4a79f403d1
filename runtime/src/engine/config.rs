//! How an engine is set up: which proposals, which limits, what is counted.
//!
//! A [`Config`] starts from the row of this build's tier in `spec/tiers.toml`; hosts narrow or
//! widen it, and `Engine::new` checks the whole. From then on it never changes, so that modules and
//! stores of an engine agree.

use super::pooling::PoolingAllocationConfig;
use crate::profile::{Features, Profile};
use crate::spec::{Limits, Proposal, Proposals};

#[cfg(not(feature = "std"))]
use crate::profile::Alloc as Tier;
#[cfg(feature = "std")]
use crate::profile::Std as Tier;

/// The set-up of an [`Engine`](crate::Engine): what is admitted, what is counted, what is limited.
///
/// A new one admits every proposal that this build supports, has the limits of its tier's table,
/// and counts neither fuel nor epochs.
#[derive(Clone, Debug)]
pub struct Config {
    pub(crate) features: Features,
    pub(crate) fuel: bool,
    pub(crate) epoch: bool,
    pub(crate) deterministic: bool,
    pub(crate) fuse: bool,
    pub(crate) count: bool,
    pub(crate) mode: CompilationMode,
    pub(crate) cached_stacks: usize,
    pub(crate) strategy: InstanceAllocationStrategy,
    pub(crate) images: bool,
    pub(crate) parallel: bool,
}

/// When functions are validated, and translated for the interpreter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CompilationMode {
    /// All are validated and translated when the module is made.
    Eager,
    /// All are validated when the module is made; each is translated when it is called for the first time.
    #[default]
    LazyTranslation,
    /// Each is validated and translated when it is called for the first time: a large module, of which
    /// little runs, is there at once. What is not in bodies of functions is validated when the module is
    /// made. A call of a function that is not valid ends with the error that the module would have.
    Lazy,
}

/// Where the memories of instances lie.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum InstanceAllocationStrategy {
    /// Each is made when it is needed.
    #[default]
    OnDemand,
    /// In a pool, which the engine reserves when it is made.
    Pooling(PoolingAllocationConfig),
}

impl From<PoolingAllocationConfig> for InstanceAllocationStrategy {
    fn from(pooling: PoolingAllocationConfig) -> Self {
        Self::Pooling(pooling)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::of::<Tier>()
    }
}

impl Config {
    /// What this build's tier says.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same facts as a profile's, as values.
    pub fn of<P: Profile>() -> Self {
        Self {
            features: Features::of::<P>(),
            fuel: false,
            epoch: false,
            deterministic: false,
            fuse: true,
            count: false,
            mode: CompilationMode::default(),
            cached_stacks: 4,
            strategy: InstanceAllocationStrategy::default(),
            images: true,
            parallel: true,
        }
    }

    /// Admits a proposal or not.
    pub fn wasm_proposal(&mut self, proposal: Proposal, enable: bool) -> &mut Self {
        let proposals = self.features.proposals;
        self.features.proposals = if enable {
            proposals.with(proposal)
        } else {
            proposals.without(proposal)
        };
        self
    }

    /// Admits exactly these proposals.
    pub fn wasm_proposals(&mut self, proposals: Proposals) -> &mut Self {
        self.features.proposals = proposals;
        self
    }

    /// The proposals that are admitted.
    pub fn proposals(&self) -> Proposals {
        self.features.proposals
    }

    /// Whether code consumes fuel: see [`Store::set_fuel`](crate::Store::set_fuel).
    pub fn consume_fuel(&mut self, enable: bool) -> &mut Self {
        self.fuel = enable;
        self
    }

    /// Whether code follows the standard's deterministic profile: each NaN that a computation gives is
    /// the positive canonical one, so that programs compute the same bits on every machine. What
    /// relaxed SIMD leaves open is the same everywhere in any case. Off by default, and then nothing
    /// is paid for it. Standard: appendix, "Profiles".
    pub fn deterministic_profile(&mut self, enable: bool) -> &mut Self {
        self.deterministic = enable;
        self
    }

    /// Whether the engine runs pairs of instructions that often follow each other as one. On by
    /// default; off makes code slower, and is for comparisons.
    pub fn fuse_instructions(&mut self, enable: bool) -> &mut Self {
        self.fuse = enable;
        self
    }

    /// Whether code counts how often its instructions run: see
    /// [`Module::instruction_counts`](crate::Module::instruction_counts). Then none are fused.
    pub fn count_instructions(&mut self, enable: bool) -> &mut Self {
        self.count = enable;
        self
    }

    /// Whether code stops at its store's epoch deadline: see
    /// [`Store::set_epoch_deadline`](crate::Store::set_epoch_deadline).
    pub fn epoch_interruption(&mut self, enable: bool) -> &mut Self {
        self.epoch = enable;
        self
    }

    /// When functions are validated and translated.
    pub fn compilation_mode(&mut self, mode: CompilationMode) -> &mut Self {
        self.mode = mode;
        self
    }

    /// Whether large modules are validated, and translated if that is eager, by as many threads as there are
    /// processors: one for each 64 KiB of the bodies of functions. On by default, with the feature `std`;
    /// where the system gives no threads, one does it all. It makes no difference but in time: of several
    /// errors the first in order is told. But a thread takes some memory that the standard library asks for,
    /// which ends the process where there is none: who would rather have an error switches this off.
    pub fn parallel_compilation(&mut self, enable: bool) -> &mut Self {
        self.parallel = enable;
        self
    }

    /// Bytes of the stack of a call from the host into the guest; it bounds how deep the guest can
    /// call.
    pub fn max_wasm_stack(&mut self, bytes: usize) -> &mut Self {
        self.features.limits.stack_size = bytes as u64;
        self
    }

    /// How many stacks a store keeps for later calls.
    pub fn set_max_cached_stacks(&mut self, stacks: usize) -> &mut Self {
        self.cached_stacks = stacks;
        self
    }

    /// Bytes of address space that a memory reserves to grow in, where the system can do that (64-bit
    /// Unix, with the feature `mmap`): as much as its type and the limits allow, but no more than this.
    /// Within them growing copies nothing, and pages that nobody touches take no memory. With 0, or where
    /// the system refuses, memories are allocated, and move when they grow. Guests cannot tell.
    ///
    /// This is `memory_reservation` of the limits; `reserved_memory` bounds what all memories of an engine
    /// reserve.
    pub fn memory_reservation(&mut self, bytes: u64) -> &mut Self {
        self.features.limits.memory_reservation = bytes;
        self
    }

    /// Whether the second and all later instances of a module begin with an image of what its data segments
    /// write, where the system can keep one (64-bit Linux, with the feature `mmap`) and these are long:
    /// nothing is copied, and pages that no instance writes exist once. On by default. Guests cannot tell. An
    /// image lasts as long as its module, and takes a file descriptor and up to four times the bytes of the
    /// segments.
    pub fn memory_init_cow(&mut self, enable: bool) -> &mut Self {
        self.images = enable;
        self
    }

    /// Where memories of instances lie. A pool's numbers become `pool_memories` and `pool_memory_size` of
    /// the limits.
    pub fn allocation_strategy(
        &mut self,
        strategy: impl Into<InstanceAllocationStrategy>,
    ) -> &mut Self {
        self.strategy = strategy.into();
        if let InstanceAllocationStrategy::Pooling(pooling) = &self.strategy {
            self.features.limits.pool_memories = pooling.memories;
            self.features.limits.pool_memory_size = pooling.size;
        }
        self
    }

    /// Sets the limits of modules and stores.
    pub fn limits(&mut self, limits: Limits) -> &mut Self {
        self.features.limits = limits;
        self
    }

    /// The limits of modules and stores.
    pub fn get_limits(&self) -> &Limits {
        &self.features.limits
    }

    /// What this build can do at most.
    pub(crate) fn supported() -> Proposals {
        Tier::PROPOSALS
    }
}
