//! The checked list: what only the host calls, and what aborts when memory is short.
//!
//! Each entry says what it allocates that stable Rust, or its signature, lets nobody refuse. An
//! entry that does no longer abort is a failure, so that the list says what is true. What is made and
//! dropped at once goes through `black_box`: the compiler may leave its allocation out otherwise.

use std::hint::black_box;

use tabwasm::{
    Caller, Engine, Func, FuncType, Linker, Memory, MemoryType, Result, Store, StoreLimits, Val,
    ValType,
};

use crate::sweep::Attempt;

fn with_engine(attempt: &mut Attempt, operation: impl FnOnce(&Engine)) {
    let engine = Engine::default();
    attempt.short(|| {
        operation(&engine);
        Ok(())
    });
}

fn with_store(
    attempt: &mut Attempt,
    operation: impl FnOnce(&mut Store<StoreLimits>) -> Result<()>,
) {
    let mut store = Store::new(&Engine::default(), StoreLimits::default());
    attempt.short(|| operation(&mut store));
}

fn with_linker(attempt: &mut Attempt, operation: impl FnOnce(&mut Linker<()>) -> Result<()>) {
    let mut linker = Linker::new(&Engine::default());
    attempt.short(|| operation(&mut linker));
}

fn nothing(_: Caller<'_, ()>, _: &[Val], _: &mut [Val]) -> Result<()> {
    Ok(())
}

/// An `Arc` for the engine.
pub(crate) fn engine_new(attempt: &mut Attempt) {
    attempt.short(|| {
        black_box(Engine::default());
        Ok(())
    });
}

/// A `Box` for the store: no error can be returned.
pub(crate) fn store_new(attempt: &mut Attempt) {
    with_engine(attempt, |engine| drop(black_box(Store::new(engine, ()))));
}

/// A `Vec` for the types: no error can be returned.
pub(crate) fn func_type_new(attempt: &mut Attempt) {
    attempt.short(|| {
        black_box(FuncType::new([ValType::I32, ValType::I64], []));
        Ok(())
    });
}

/// An `Arc` for the closure.
pub(crate) fn func_wrap(attempt: &mut Attempt) {
    let captured = [1_u8; 32];
    with_store(attempt, |store| {
        Func::wrap(store, move || i32::from(captured[0]));
        Ok(())
    });
}

/// A `Box` for a closure that captures something.
pub(crate) fn store_limiter(attempt: &mut Attempt) {
    let captured = [1_u64; 4];
    with_store(attempt, |store| {
        store.limiter(move |limits| {
            assert_eq!(captured[0], 1);
            limits
        });
        Ok(())
    });
}

/// A `Box` for a closure that captures something.
pub(crate) fn epoch_deadline_callback(attempt: &mut Attempt) {
    let captured = 1;
    with_store(attempt, |store| {
        store.epoch_deadline_callback(move |_| Ok(tabwasm::UpdateDeadline::Continue(captured)));
        Ok(())
    });
}

/// A map of names.
pub(crate) fn linker_define(attempt: &mut Attempt) {
    let mut store = Store::new(&Engine::default(), ());
    let memory = Memory::new(&mut store, MemoryType::new(0, None)).expect("a memory");
    let mut linker = Linker::new(store.engine());
    attempt.short(|| linker.define(&store, "host", "memory", memory).map(drop));
}

/// A map of names, and an `Arc` for the closure.
pub(crate) fn linker_func_wrap(attempt: &mut Attempt) {
    with_linker(attempt, |linker| {
        linker.func_wrap("host", "f", || {}).map(drop)
    });
}

/// The same.
pub(crate) fn linker_func_new(attempt: &mut Attempt) {
    let ty = FuncType::new([ValType::I32], []);
    with_linker(attempt, |linker| {
        linker.func_new("host", "f", ty, nothing).map(drop)
    });
}
