//! Limiters of the user that lie, change their answers and panic.
//!
//! A limiter decides about allocation, and its answers are numbers of a stranger: too small, too
//! large, different at each question. Whatever it says, no limit of the engine may be lifted by it.

use std::collections::VecDeque;

use tabwasm::{
    Config, Engine, Instance, Memory, MemoryType, Ref, RefType, ResourceLimiter, Result, Store,
    Table, TableType,
};

use super::super::module;
use super::{fail, panics};

/// What a limiter does when it is asked whether something may grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    Fail,
    Panic,
}

/// Gives answers in order, and counts the questions.
#[derive(Default)]
struct Script {
    answers: VecDeque<Answer>,
    asked: usize,
    /// What counts of objects it allows, in turn with none.
    objects: Option<usize>,
    counted: std::cell::Cell<usize>,
    failures: usize,
    /// Whether to be told of a failure is a reason to panic.
    nervous: bool,
    /// What it answers when it is asked for room; without an answer it panics.
    ahead: Option<usize>,
    /// What it says its limit is; without an answer it panics.
    limit: Option<Option<usize>>,
}

impl Script {
    fn answer(&mut self) -> Result<bool> {
        self.asked += 1;
        match self.answers.pop_front().unwrap_or(Answer::Yes) {
            Answer::Yes => Ok(true),
            Answer::No => Ok(false),
            Answer::Fail => tabwasm::bail!("the limiter fails"),
            Answer::Panic => fail("the limiter panics"),
        }
    }

    fn told(&mut self) -> Result<()> {
        self.failures += 1;
        if self.nervous {
            fail("the limiter panics");
        }
        Ok(())
    }

    fn objects(&self) -> usize {
        self.counted.set(self.counted.get() + 1);
        match self.objects {
            Some(most) if self.counted.get().is_multiple_of(2) => most,
            _ => usize::MAX,
        }
    }
}

impl ResourceLimiter for Script {
    fn memory_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> Result<bool> {
        self.answer()
    }

    fn memory_grow_failed(&mut self, _: tabwasm::Error) -> Result<()> {
        self.told()
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> Result<bool> {
        self.answer()
    }

    fn table_grow_failed(&mut self, _: tabwasm::Error) -> Result<()> {
        self.told()
    }

    fn memory_ahead(&mut self, _: usize, _: usize) -> usize {
        self.ahead.unwrap_or_else(|| fail("the limiter panics"))
    }

    fn table_ahead(&mut self, _: usize, _: usize) -> usize {
        self.ahead.unwrap_or_else(|| fail("the limiter panics"))
    }

    fn memory_limit(&self) -> Option<usize> {
        self.limit.unwrap_or_else(|| fail("the limiter panics"))
    }

    fn instances(&self) -> usize {
        self.objects()
    }

    fn tables(&self) -> usize {
        self.objects()
    }

    fn memories(&self) -> usize {
        self.objects()
    }
}

const GROW: &str = r#"(module
    (memory (export "memory") 1 8)
    (table (export "table") 1 8 funcref)
    (func (export "memory.grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "table.grow") (param i32) (result i32)
      (table.grow (ref.null func) (local.get 0)))
    (func (export "probe") (param i32) (result i32)
      (i32.store8 (local.get 0) (i32.const 5))
      (drop (table.get (i32.const 0)))
      (i32.load8_u (local.get 0))))"#;

fn start() -> Result<(Store<Script>, Instance)> {
    start_in(&Engine::default())
}

fn start_in(engine: &Engine) -> Result<(Store<Script>, Instance)> {
    let script = Script {
        limit: Some(None),
        ..Script::default()
    };
    let mut store = Store::new(engine, script);
    store.limiter(|script| script);
    let instance = Instance::new(&mut store, &module(engine, GROW), &[])?;
    (store.data_mut().asked, store.data_mut().ahead) = (0, Some(0));
    Ok((store, instance))
}

/// All answers in all orders of three: what was granted is there, the rest is not.
#[test]
fn answers_in_any_order() -> Result<()> {
    let answers = [Answer::Yes, Answer::No, Answer::Fail, Answer::Panic];
    let mut runs = 0;
    let engines = [Engine::default(), allocating()?];
    for (name, engine) in [
        ("memory.grow", &engines[0]),
        ("memory.grow", &engines[1]),
        ("table.grow", &engines[0]),
    ] {
        for order in 0..64usize {
            let script = [order % 4, order / 4 % 4, order / 16].map(|place| answers[place]);
            let (mut store, instance) = start_in(engine)?;
            let grow = instance.get_typed_func::<i32, i32>(&mut store, name)?;
            let probe = instance.get_typed_func::<i32, i32>(&mut store, "probe")?;
            let mut size = 1;
            for answer in script {
                store.data_mut().answers.push_back(answer);
                let mut call = || grow.call(&mut store, 1);
                match answer {
                    Answer::Yes => {
                        assert_eq!(call()?, size);
                        size += 1;
                    }
                    Answer::No => assert_eq!(call()?, -1),
                    Answer::Fail => assert!(call().is_err()),
                    Answer::Panic => assert_eq!(panics(call), "the limiter panics"),
                }
            }
            assert_eq!(store.data().asked, 3, "each growth asks once");
            assert_eq!(grow.call(&mut store, 0)?, size, "{script:?}");
            let memory = instance.get_memory(&mut store, "memory").expect("exported");
            let end = memory.data_size(&store) as i32;
            assert_eq!(probe.call(&mut store, end - 1)?, 5);
            assert!(probe.call(&mut store, end).is_err());
            runs += 1;
        }
    }
    println!("{runs} orders of answers");
    Ok(())
}

/// Who is told of a failure and panics leaves the store as it was.
#[test]
fn panics_when_told() -> Result<()> {
    let (mut store, instance) = start()?;
    store.data_mut().nervous = true;
    for name in ["memory.grow", "table.grow"] {
        let grow = instance.get_typed_func::<i32, i32>(&mut store, name)?;
        // Beyond the type's maximum: nobody is asked, but the limiter is told.
        assert_eq!(panics(|| grow.call(&mut store, 8)), "the limiter panics");
        assert_eq!(grow.call(&mut store, 7)?, 1);
    }
    let memory = instance.get_memory(&mut store, "memory").expect("exported");
    let table = instance.get_table(&mut store, "table").expect("exported");
    panics(|| memory.grow(&mut store, 1));
    panics(|| table.grow(&mut store, 1, Ref::Func(None)));
    assert_eq!((memory.size(&store), table.size(&store)), (8, 8));
    assert_eq!(store.data().failures, 4);
    Ok(())
}

/// A limiter that allows everything does not lift the engine's limits, nor those of the type.
#[test]
fn a_generous_limiter_lifts_no_limit() -> Result<()> {
    let (mut store, instance) = start()?;
    for name in ["memory.grow", "table.grow"] {
        let grow = instance.get_typed_func::<i32, i32>(&mut store, name)?;
        for delta in [8, 1 << 16, i32::MAX, -1] {
            assert_eq!(grow.call(&mut store, delta)?, -1);
        }
    }
    let types = [
        MemoryType::new64(1 << 40, None),
        MemoryType::new64(1 << 48, None),
    ];
    for ty in types {
        assert!(Memory::new(&mut store, ty).is_err());
    }
    let ty = TableType::new64(RefType::FUNCREF, u64::MAX, None);
    assert!(Table::new(&mut store, ty, Ref::Func(None)).is_err());
    assert_eq!(store.data().asked, 0, "what cannot be is not asked for");
    Ok(())
}

/// An engine whose memories are allocated, so that they ask for room.
fn allocating() -> Result<Engine> {
    Engine::new(Config::new().memory_reservation(0))
}

/// Room that is less than is needed, more than anybody has, and a panic.
#[test]
fn wrong_room() -> Result<()> {
    let (mut store, instance) = start_in(&allocating()?)?;
    for name in ["memory.grow", "table.grow"] {
        let grow = instance.get_typed_func::<i32, i32>(&mut store, name)?;
        store.data_mut().ahead = None;
        assert_eq!(panics(|| grow.call(&mut store, 1)), "the limiter panics");
        assert_eq!(grow.call(&mut store, 0)?, 1);
        for (size, ahead) in (1..).zip([0, 1, usize::MAX]) {
            store.data_mut().ahead = Some(ahead);
            assert_eq!(grow.call(&mut store, 1)?, size);
        }
        assert_eq!(grow.call(&mut store, 5)?, -1);
    }
    Ok(())
}

/// Limits that are none: nothing is reserved by them that the memory does not have, and nothing refused.
#[test]
fn wrong_limits() -> Result<()> {
    let engine = Engine::default();
    for limit in [Some(0), Some(1), Some(usize::MAX), None] {
        let script = Script {
            ahead: Some(0),
            limit: Some(limit),
            ..Script::default()
        };
        let mut store = Store::new(&engine, script);
        store.limiter(|script| script);
        let memory = Memory::new(&mut store, MemoryType::new(1, Some(3)))?;
        assert_eq!(memory.grow(&mut store, 1)?, 1);
        memory.data_mut(&mut store).fill(1);
        assert_eq!(memory.grow(&mut store, 1)?, 2);
        assert!(memory.grow(&mut store, 1).is_err());
        store.data_mut().limit = None;
        let made = || Memory::new(&mut store, MemoryType::new(1, None));
        assert_eq!(panics(made), "the limiter panics");
        store.data_mut().limit = Some(limit);
        Memory::new(&mut store, MemoryType::new(1, None))?;
    }
    Ok(())
}

/// Counts that are different each time.
#[test]
fn counts_that_change() -> Result<()> {
    let (mut store, _) = start()?;
    let module = module(&Engine::default(), "(module)");
    drop(module);
    let module = super::super::module(
        &store.engine().clone(),
        "(module (memory 1) (table 1 funcref))",
    );
    store.data_mut().objects = Some(0);
    let mut made = 0;
    for _ in 0..100 {
        made += usize::from(Instance::new(&mut store, &module, &[]).is_ok());
        made += usize::from(Memory::new(&mut store, MemoryType::new(0, None)).is_ok());
    }
    println!("{made} of 200 were made");
    assert!(made > 0 && made < 200);
    Ok(())
}
