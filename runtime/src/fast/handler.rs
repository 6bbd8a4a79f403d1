//! From instructions to callable handlers, with two backends.
//!
//! With the cfg `tail` a handler ends by calling the next one in tail position: the machine's
//! registers are its arguments. Stable Rust does not promise that such a call becomes a jump, so
//! the build script switches `tail` on only where the compiler is known to make one; a test reads
//! the assembly. Otherwise a handler returns the address of the next instruction to a loop.
//! Both run the same bodies.
//!
//! Invariant: `ip` points at an instruction of [`code`](crate::module::code), and the state belongs to a
//! live [`Context`](super::context::Context).

use core::ptr::NonNull;

use super::context::Context;
use super::instruction::Instruction;
#[cfg(verify)]
use super::layout::Layout;
use super::state::{Exit, Flow, State};
#[cfg(tail)]
use super::vector::Vector;

/// Words of a handler's address in the code.
pub(crate) const HANDLER_WORDS: usize = size_of::<u64>() / size_of::<u32>();

/// Words of an instruction with `operands` operand words, padded to the alignment of addresses.
#[inline(always)]
pub(crate) const fn length(operands: usize) -> usize {
    (HANDLER_WORDS + operands).next_multiple_of(HANDLER_WORDS)
}

/// Runs from `ip` until the machine stops; the reason and the state are then in the context.
///
/// # Safety
/// The module's invariant.
pub(crate) unsafe fn enter(ip: *const u32, state: State) {
    // SAFETY: the caller promises the module's invariant: `ip` is one of an instruction, and the
    // state is live.
    unsafe {
        assert_frame(ip, &state);
        backend::enter(ip, state)
    }
}

/// Asserts in builds that verify that the state's frame lies within the stack.
///
/// # Safety
/// The module's invariant.
#[inline(always)]
unsafe fn assert_frame(ip: *const u32, state: &State) {
    // SAFETY: the caller promises that the state is live, and so its context is.
    let (bounds, records) = unsafe { ((*state.context).bounds, (*state.context).records) };
    bounds.assert(ip, state.sp, records);
}

/// A callable instruction.
pub(crate) type Handler = backend::Handler;

/// The handler of an instruction.
pub(crate) const fn handler<X: Instruction>() -> Handler {
    backend::handler::<X>
}

/// The words of a handler's address in the code.
pub(crate) fn address(handler: Handler) -> [u32; HANDLER_WORDS] {
    let mut words = [0; HANDLER_WORDS];
    let address = (handler as usize).to_ne_bytes();
    for (word, bytes) in words.iter_mut().zip(address.chunks_exact(size_of::<u32>())) {
        *word = u32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    words
}

/// A handler, and in builds that verify the operand words that it takes.
pub(crate) struct Entry {
    pub(crate) handler: Handler,
    #[cfg(verify)]
    pub(crate) layout: Layout,
    /// The type that it was made from, for the design page.
    #[cfg(all(test, verify))]
    pub(crate) name: fn() -> &'static str,
}

/// The entry of an instruction in the table of all handlers.
pub(crate) const fn entry<X: Instruction>() -> Entry {
    Entry {
        handler: handler::<X>(),
        #[cfg(verify)]
        layout: X::LAYOUT,
        #[cfg(all(test, verify))]
        name: core::any::type_name::<X>,
    }
}

/// Saves what is needed to report or to go on.
///
/// # Safety
/// The module's invariant.
#[inline(always)]
unsafe fn save(ip: *const u32, state: State) {
    // SAFETY: the caller promises that the state is live: its context stands in `drive`, which
    // waits for the run to end and does not use it meanwhile.
    let context: &mut Context = unsafe { &mut *state.context };
    context.ip = ip;
    context.state = Some(state);
}

#[cfg(tail)]
macro_rules! tail_backend {
    ($abi:literal) => {
        #[allow(
            improper_ctypes_definitions,
            reason = "handlers call each other only, so that both sides are compiled alike"
        )]
        mod backend {
            use super::*;

            pub(crate) type Handler = unsafe extern $abi fn(
                *const u32,
                *mut u64,
                *mut Context,
                u64,
                u64,
                u64,
                f64,
                f32,
                f64,
                f64,
                Vector,
            );

            macro_rules! go {
                ($handler:expr, $ip:expr, $s:expr) => {
                    $handler($ip, $s.sp, $s.context, $s.acc, $s.p, $s.q, $s.f, $s.g, $s.fp, $s.fq, $s.v)
                };
            }

            /// # Safety
            /// The module's invariant.
            #[inline(always)]
            unsafe fn fetch(ip: *const u32) -> Handler {
                // SAFETY: the caller promises that `ip` points at an instruction, which begins with
                // its handler's address, aligned.
                unsafe { *ip.cast::<Handler>() }
            }

            /// The same where a branch leads. Volatile, lest compilers choose between two addresses and jump
            /// from one place: processors foresee two jumps better.
            ///
            /// # Safety
            /// The module's invariant.
            #[inline(always)]
            unsafe fn fetch_at_target(ip: *const u32) -> Handler {
                // SAFETY: the caller promises that `ip` points at an instruction, which begins with
                // its handler's address, aligned.
                unsafe { ip.cast::<Handler>().read_volatile() }
            }

            pub(super) unsafe fn enter(ip: *const u32, s: State) {
                // SAFETY: the caller promises that `ip` points at an instruction and that the state
                // is live.
                unsafe { go!(fetch(ip), ip, s) }
            }

            pub(super) unsafe extern $abi fn handler<X: Instruction>(
                ip: *const u32,
                sp: *mut u64,
                context: *mut Context,
                acc: u64,
                p: u64,
                q: u64,
                f: f64,
                g: f32,
                fp: f64,
                fq: f64,
                v: Vector,
            ) {
                let mut s = State { sp, context, acc, p, q, f, g, fp, fq, v };
                // SAFETY: a handler is called with its own instruction and a live state. It goes on
                // at the next instruction, which every one has that may, or where a target or a
                // record leads.
                unsafe {
                    match X::execute(ip.add(HANDLER_WORDS), &mut s) {
                        Flow::Next => {
                            let next = ip.add(length(X::words()));
                            go!(fetch(next), next, s)
                        }
                        Flow::Jump(target) => go!(fetch_at_target(target), target, s),
                        Flow::Trap(trap) => {
                            (*context).trap = trap;
                            (*context).exit = Exit::Trap;
                            go!(leave, ip, s)
                        }
                        Flow::TrapIn(trap, part) => {
                            (*context).trap = trap;
                            (*context).part = NonNull::new(part.cast_mut());
                            (*context).exit = Exit::Trap;
                            go!(leave, ip, s)
                        }
                        Flow::Exit(exit) => {
                            (*context).exit = exit;
                            go!(leave, ip, s)
                        }
                        Flow::ExitIn(exit, part) => {
                            (*context).part = NonNull::new(part.cast_mut());
                            (*context).exit = exit;
                            go!(leave, ip, s)
                        }
                    }
                }
            }

            /// Leaves the run loop: the only handler that calls no other.
            #[cold]
            #[inline(never)]
            unsafe extern $abi fn leave(
                ip: *const u32,
                sp: *mut u64,
                context: *mut Context,
                acc: u64,
                p: u64,
                q: u64,
                f: f64,
                g: f32,
                fp: f64,
                fq: f64,
                v: Vector,
            ) {
                // SAFETY: only a handler calls this, with its own instruction and a live state.
                unsafe { save(ip, State { sp, context, acc, p, q, f, g, fp, fq, v }) }
            }
        }
    };
}

// Where a panic aborts, a call that may unwind is guarded by code that aborts: it would be no jump.
#[cfg(all(tail, target_arch = "x86_64", panic = "unwind"))]
tail_backend!("sysv64-unwind");
#[cfg(all(tail, target_arch = "x86_64", not(panic = "unwind")))]
tail_backend!("sysv64");
#[cfg(all(tail, not(target_arch = "x86_64"), panic = "unwind"))]
tail_backend!("C-unwind");
#[cfg(all(tail, not(target_arch = "x86_64"), not(panic = "unwind")))]
tail_backend!("C");

#[cfg(not(tail))]
mod backend {
    use super::*;

    /// Gives the address of the next instruction, or null when the machine has stopped.
    pub(crate) type Handler = unsafe fn(*const u32, &mut State) -> *const u32;

    pub(super) unsafe fn enter(mut ip: *const u32, mut state: State) {
        loop {
            // SAFETY: `ip` points at an instruction, by the caller's promise or because a handler
            // gave it; it begins with its handler's address, aligned. The state is live.
            let next = unsafe {
                assert_frame(ip, &state);
                (*ip.cast::<Handler>())(ip, &mut state)
            };
            if next.is_null() {
                // SAFETY: the last handler left a live state, and its own instruction.
                return unsafe { save(ip, state) };
            }
            ip = next;
        }
    }

    pub(super) unsafe fn handler<X: Instruction>(ip: *const u32, state: &mut State) -> *const u32 {
        // SAFETY: a handler is called with its own instruction and a live state. It goes on at the
        // next instruction, which every one has that may, or where a target or a record leads.
        unsafe {
            match X::execute(ip.add(HANDLER_WORDS), state) {
                Flow::Next => ip.add(length(X::words())),
                Flow::Jump(target) => target,
                Flow::Trap(trap) => {
                    (*state.context).trap = trap;
                    (*state.context).exit = Exit::Trap;
                    core::ptr::null()
                }
                Flow::TrapIn(trap, part) => {
                    (*state.context).trap = trap;
                    (*state.context).part = NonNull::new(part.cast_mut());
                    (*state.context).exit = Exit::Trap;
                    core::ptr::null()
                }
                Flow::Exit(exit) => {
                    (*state.context).exit = exit;
                    core::ptr::null()
                }
                Flow::ExitIn(exit, part) => {
                    (*state.context).part = NonNull::new(part.cast_mut());
                    (*state.context).exit = exit;
                    core::ptr::null()
                }
            }
        }
    }
}
