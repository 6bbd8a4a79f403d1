//! What the programs that measure have in common: the kernel, its profile, and a run of it.
//!
//! The memory of the store is static and as long as the kernel needs, so that its length is known
//! when the program is linked. The kernel needs as many slots in each profile, and the profile says
//! how wide they are.

#![no_std]

pub mod memory;

use core::hint::black_box;
use core::mem::MaybeUninit;

use memory::{Once, take};
use tabwasm::compact::{
    Exit, Frame, Global, Instance, Memory, Module, Ram, Segment, Store, Table, Value,
};
use tabwasm::profile::{NoAllocVector, Profile, Slot};
use tabwasm::types::{Ref, TypeId};
use tabwasm_macros::runtime;

runtime! {
    /// What compilers emit unless they are told otherwise: Lime1.
    pub struct Board;
    tier = no_alloc,
    proposals = [
        mvp, floats, mutable_globals, sign_extension, saturating_float_to_int, multi_value,
        call_indirect_overlong, bulk_memory_opt, extended_const,
    ],
}

/// The kernel.
pub static KERNEL: &[u8] = include_bytes!("../../kernel/kernel.wasm");

/// Its table, made by the build script.
pub static TABLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/kernel.table"));

/// How often the kernel does its work.
const ROUNDS: i32 = 40;
/// What it answers then.
const ANSWER: i32 = 1_561_112_528;

/// Slots of the value stack, and callers: what the kernel needs, found by trying.
const SLOTS: usize = 112;
const FRAMES: usize = 8;

/// The kernel's linear memory: two pages, of which one byte is behind what it uses.
const MEMORY: usize = 1 << 17;

/// More than the module needs for its validation.
pub const ARENA: usize = 4096;

/// The slices of the store, but for linear memory and those that follow: zeros at first, so that
/// nothing of them is kept in flash.
struct Lists<S> {
    slots: [S; SLOTS],
    frames: [Frame; FRAMES],
    memories: [Memory; 1],
    elements: [Ref; 3],
    globals: [Global<S>; 1],
    segments: [Segment; 1],
}

impl<S: Slot> Lists<S> {
    const EMPTY: Self = Self {
        slots: [S::ZERO; SLOTS],
        frames: [Frame::EMPTY; FRAMES],
        memories: [Memory::EMPTY],
        elements: [Ref::NULL; 3],
        globals: [Global::EMPTY],
        segments: [Segment::EMPTY],
    };
}

/// The slices that are no zeros.
#[derive(Default)]
struct Others {
    instances: [Instance<'static>; 1],
    tables: [Table; 1],
    types: [TypeId; 6],
}

/// Runs of the kernel in a profile, with memory of their own.
macro_rules! runs {
    ($profile:ty) => {
        use super::*;

        static GUEST: Once<[u8; MEMORY]> = Once::new([0; MEMORY]);
        static LISTS: Once<Lists<<$profile as Profile>::Slot>> = Once::new(Lists::EMPTY);
        static OTHERS: Once<MaybeUninit<Others>> = Once::new(MaybeUninit::uninit());
        static STORE: Once<MaybeUninit<Store<'static, 'static, $profile>>> =
            Once::new(MaybeUninit::uninit());

        /// Runs the kernel; says whether its answer is right.
        #[inline(never)]
        pub fn run(module: Module<'static>) -> bool {
            let (lists, others) = (take(&LISTS), take(&OTHERS).write(Others::default()));
            let store = take(&STORE).write(Store::new(Ram {
                slots: &mut lists.slots,
                frames: &mut lists.frames,
                instances: &mut others.instances,
                memories: &mut lists.memories,
                memory: take(&GUEST),
                tables: &mut others.tables,
                elements: &mut lists.elements,
                globals: &mut lists.globals,
                types: &mut others.types,
                segments: &mut lists.segments,
                ..Ram::default()
            }));
            let Ok(instance) = store.instantiate(module, &[]) else {
                return false;
            };
            let Some(func) = store.func(instance, "run") else {
                return false;
            };
            if store.call(func, &[Value::I32(black_box(ROUNDS))]).is_err() {
                return false;
            }
            let mut fuel = u64::MAX;
            let done = store.run(&mut fuel) == Exit::Done;
            done && store.results().next() == Some(Value::I32(ANSWER))
        }

        /// Bytes of the store and its slices but for linear memory.
        pub fn state() -> u32 {
            (size_of::<Lists<<$profile as Profile>::Slot>>()
                + size_of::<Others>()
                + size_of::<Store<'_, '_, $profile>>()) as u32
        }
    };
}

/// With what compilers emit unless they are told otherwise.
pub mod lime1 {
    runs!(Board);
}

/// With all of the tier, vectors included, and so in slots of 16 bytes.
pub mod vector {
    runs!(NoAllocVector);
}

/// Validates the kernel and runs it: the whole of the tier on a device.
///
/// Reports instructions, lengths of memory and the stack, which `run.sh` puts into the README's
/// table.
#[inline(always)]
pub fn complete(
    profile: &impl Profile,
    arena: &'static mut [u8; ARENA],
    run: fn(Module<'static>) -> bool,
    state: u32,
) -> u32 {
    let clock = board::clock::start();
    let Ok((module, peak)) = Module::measured(black_box(KERNEL), profile, arena) else {
        return 3;
    };
    let table = module.table().len() as u32;
    let right = run(module);
    board::report("instructions", clock.instructions());
    board::report("arena", peak as u32);
    board::report("table", table);
    board::report("state", state);
    board::report("stack", board::stack::peak());
    u32::from(!right)
}
