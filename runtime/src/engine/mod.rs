//! The engine: set-up, types and time shared by modules and stores.
//!
//! Everything that must be the same for modules that are linked with each other stands here: the
//! configuration, the registry of types, whose numbers make comparing two types one comparison, and
//! the epoch, which another thread advances to interrupt guests. An [`Engine`] is shared by count;
//! what changes in it is behind a lock or atomic.

pub(crate) mod call_type;
pub(crate) mod config;
pub(crate) mod counter;
pub(crate) mod entity_type;
pub(crate) mod link_error;
pub(crate) mod lock;
pub(crate) mod pooling;
pub(crate) mod registry;
pub(crate) mod scoped;
pub(crate) mod space;
pub(crate) mod use_error;

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

use self::config::Config;
use self::counter::Counter;
use self::lock::Lock;
use self::registry::Registry;
use self::space::Space;
use self::use_error::UseError;
use crate::error::Result;
use crate::platform::{self, Platform};
use crate::profile::Features;
use crate::spec::{Limit, Limits, Proposals};
use crate::types::{RefType, ValType};
use crate::validate::subtype::{is_ref_subtype, is_subtype};

/// What modules and stores share: the configuration, the types, and the epoch.
///
/// Cheap to clone; `Send` and `Sync`.
#[derive(Clone)]
pub struct Engine(Arc<EngineInner>);

struct EngineInner {
    config: Config,
    types: Lock<Registry>,
    epoch: Counter,
    space: Arc<Space>,
}

impl Engine {
    /// An engine of this configuration.
    ///
    /// # Errors
    /// If the configuration admits a proposal that this build does not support, or without one that
    /// it requires, or sets a limit above what the tables allow, or wants a pool of memories for which the
    /// system reserves no address space.
    pub fn new(config: &Config) -> Result<Self> {
        Self::on(config, platform::own())
    }

    /// [`Engine::new`] on this system.
    pub(crate) fn on(config: &Config, platform: &'static dyn Platform) -> Result<Self> {
        // What a release of WASI has needs no asking, and the rest of components can be asked for.
        let supported = Config::supported().union(Proposals::OF_COMPONENTS);
        let admitted = config.proposals();
        let given = admitted.union(Proposals::COMPONENTS);
        let refuse = |why: String| Err(UseError::Configuration(why.into()).into());
        for proposal in admitted.iter() {
            let name = proposal.name();
            if !supported.contains(proposal) {
                return refuse(format!("this build does not support proposal `{name}`"));
            }
            if let Some(missing) = proposal.requires().iter().find(|it| !given.contains(*it)) {
                let missing = missing.name();
                return refuse(format!(
                    "proposal `{name}` requires `{missing}`, which is off"
                ));
            }
        }
        for limit in Limit::ALL {
            let (wanted, most) = (config.features.limits.get(limit), Limits::MAX.get(limit));
            if wanted > most {
                return refuse(format!("limit `{}` cannot be above {most}", limit.name()));
            }
        }
        let space = Space::of(config, platform)?;
        Ok(Self::of(config.clone(), space))
    }

    fn of(config: Config, space: Space) -> Self {
        Self(Arc::new(EngineInner {
            config,
            space: Arc::new(space),
            types: Lock::default(),
            epoch: Counter::new(),
        }))
    }

    /// What the engine was made with; it does not change any more.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Whether these are the same engine.
    pub fn same(a: &Self, b: &Self) -> bool {
        Arc::ptr_eq(&a.0, &b.0)
    }

    /// Advances the epoch; safe to call from any thread and from signal handlers.
    pub fn increment_epoch(&self) {
        self.0.epoch.next();
    }

    /// What is admitted.
    pub(crate) fn features(&self) -> &Features {
        &self.0.config.features
    }

    /// The limits in force.
    pub(crate) fn limits(&self) -> &Limits {
        &self.0.config.features.limits
    }

    /// Where memories lie.
    pub(crate) fn space(&self) -> &Arc<Space> {
        &self.0.space
    }

    /// The epoch, for running code to poll.
    pub(crate) fn epoch(&self) -> &Counter {
        &self.0.epoch
    }

    /// The epoch now.
    pub(crate) fn current_epoch(&self) -> u64 {
        self.0.epoch.now()
    }

    /// Works with the types, which are locked meanwhile: `work` must neither make nor drop what
    /// holds types, nor run code of the user.
    pub(crate) fn with_types<R>(&self, work: impl FnOnce(&mut Registry) -> R) -> R {
        work(&mut self.0.types.lock())
    }

    /// Whether each value of type `sub` is one of type `sup`, with the engine's numbers.
    pub(crate) fn val_matches(&self, sub: ValType, sup: ValType) -> bool {
        is_subtype(sub, sup)
    }

    /// Whether each value of type `sub` is one of type `sup`, with the engine's numbers.
    pub(crate) fn ref_matches(&self, sub: RefType, sup: RefType) -> bool {
        is_ref_subtype(sub, sup)
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::of(Config::default(), Space::new(platform::own()))
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("config", &self.0.config)
            .field("epoch", &self.current_epoch())
            .finish()
    }
}
