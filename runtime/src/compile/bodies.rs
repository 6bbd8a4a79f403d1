//! Work on the bodies of a module's functions, by as many threads as are worth it.
//!
//! Each thread takes the next few functions until none is left, and has memory of its own to work in.
//! What fails is what would fail if one thread did it all: the first function in order that is wrong.

use core::sync::atomic::{AtomicU32, Ordering};

use crate::engine::config::Config;
use crate::engine::lock::Lock;
use crate::error::{Error, Result};
use crate::fast::translate::{self, Workspace};
use crate::module::code::Cell;
use crate::module::{Module, SharedAsk, Watch, Watched};
use crate::validate::{Heap, Scratch};

/// What is done to each function, with memory that a thread keeps from one to the next.
type Task<W> = fn(&Module, &Cell, &mut W, &mut Watch<'_>) -> Result<()>;

/// Validates the functions that the module defines. Whoever waits is asked whether to go on.
///
/// # Errors
/// That of the first function that is not valid.
pub(super) fn validate(module: &Module, ask: &SharedAsk<'_>) -> Result<()> {
    let task: Task<Scratch<Heap>> = |module, cell, scratch, watch| {
        let mut watched = Watched { sink: (), watch };
        let walked = module.walk(cell.index, scratch, &mut watched);
        match watched.watch.error() {
            Some(error) => Err(error),
            None => Ok(walked?),
        }
    };
    each(module, task, ask)
}

/// The same, and translates them; their code is published.
///
/// # Errors
/// The same, and if there is too much code or too little memory.
pub(super) fn translate(module: &Module, ask: &SharedAsk<'_>) -> Result<()> {
    let task: Task<Workspace> = |module, cell, workspace, watch| match cell.code() {
        Some(_) => Ok(()),
        None => translate::function(module, cell, workspace, watch).map(drop),
    };
    each(module, task, ask)
}

fn each<W: Default>(module: &Module, task: Task<W>, ask: &SharedAsk<'_>) -> Result<()> {
    let bodies = &module.parts().bodies;
    let bytes = match (bodies.first(), bodies.last()) {
        (Some(first), Some(last)) => last.end.saturating_sub(first.start),
        _ => 0,
    };
    let queue = Queue::new(module, task, ask);
    queue.run(threads(module.engine().config(), bytes));
    queue.end()
}

/// Functions that wait, and what went wrong so far.
struct Queue<'q, W> {
    module: &'q Module,
    task: Task<W>,
    ask: &'q SharedAsk<'q>,
    /// The first that nobody has taken.
    next: AtomicU32,
    /// The first that nobody needs: all of them, or the first that failed.
    end: AtomicU32,
    /// Of the first that failed.
    error: Lock<Option<Error>>,
}

impl<'q, W: Default> Queue<'q, W> {
    /// Functions that a thread takes at once.
    const BATCH: u32 = 8;

    fn new(module: &'q Module, task: Task<W>, ask: &'q SharedAsk<'q>) -> Self {
        Self {
            module,
            task,
            ask,
            next: AtomicU32::new(0),
            end: AtomicU32::new(module.code().cells().len() as u32),
            error: Lock::default(),
        }
    }

    /// Works with this thread and some others, if the system gives them.
    #[cfg(feature = "std")]
    fn run(&self, threads: usize) {
        if threads == 1 {
            // A scope asks for memory without a way to be refused.
            return self.work();
        }
        std::thread::scope(|scope| {
            for _ in 1..threads {
                let thread = std::thread::Builder::new();
                if thread.spawn_scoped(scope, || self.work()).is_err() {
                    break;
                }
            }
            self.work();
        });
    }

    #[cfg(not(feature = "std"))]
    fn run(&self, _threads: usize) {
        self.work();
    }

    /// Takes functions until none is left.
    fn work(&self) {
        let memory = &mut W::default();
        let mut ask = || (self.ask)();
        let watch = &mut Watch::new(&mut ask, 0);
        loop {
            let first = self.next.fetch_add(Self::BATCH, Ordering::Relaxed);
            for index in first..first.saturating_add(Self::BATCH) {
                if index >= self.end.load(Ordering::Relaxed) {
                    return;
                }
                let Some(cell) = self.module.code().cell(index) else {
                    return;
                };
                if let Err(error) = (self.task)(self.module, cell, memory, watch) {
                    self.fail(index, error);
                    return;
                }
            }
        }
    }

    /// Keeps the error of a function, unless one before it failed.
    fn fail(&self, index: u32, error: Error) {
        let mut kept = self.error.lock();
        if index < self.end.load(Ordering::Relaxed) {
            self.end.store(index, Ordering::Relaxed);
            *kept = Some(error);
        }
    }

    fn end(&self) -> Result<()> {
        self.error.lock().take().map_or(Ok(()), Err)
    }
}

/// How many threads are worth their while for bodies of so many bytes.
#[cfg(feature = "std")]
pub(super) fn threads(config: &Config, bytes: usize) -> usize {
    use std::sync::OnceLock;
    use std::thread;

    /// Bytes that are worth a thread: a quarter of a millisecond of validation, a millisecond of translation.
    const EACH: usize = 1 << 16;
    static PROCESSORS: OnceLock<usize> = OnceLock::new();

    if !config.parallel || bytes < 2 * EACH {
        return 1;
    }
    let processors = || thread::available_parallelism().map_or(1, usize::from);
    (bytes / EACH).min(*PROCESSORS.get_or_init(processors))
}

#[cfg(not(feature = "std"))]
pub(super) fn threads(_: &Config, _: usize) -> usize {
    1
}
