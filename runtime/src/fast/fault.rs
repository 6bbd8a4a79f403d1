//! Where a load or store that trapped wanted to go.
//!
//! A handler says only that it trapped; to say more would cost it more. But the state of the machine
//! is kept when the run loop is left, and with it the address of the instruction. So after the trap
//! the forms tell where the handler read the address from, and the module's bytes the rest. What is
//! not certain is not said: an access that lies within the memory is none that trapped. Instructions
//! that move many bytes keep in the context what they lack.

use super::context::Context;
use super::form;
use super::fusion;
use super::handler::HANDLER_WORDS;
use super::state::State;
use super::translate::Place;
use crate::module::backtrace::{FrameInfo, MemoryFault};
use crate::profile::Everything;
use crate::read::Reader;
use crate::store::entity::InstanceEntity;

/// The access of the instruction that left the run loop, which is the running one of `frame`.
///
/// # Safety
/// The context is as the instruction left it, the state is that of then, and its stack is still
/// there; the instance is the running one.
pub(crate) unsafe fn fault(
    context: &Context,
    state: &State,
    instance: &InstanceEntity,
    frame: &FrameInfo,
) -> Option<MemoryFault> {
    let module = frame.module();
    let mut reader = Reader::range(module.bytes(), frame.module_offset()?..module.bytes().len());
    let (access, size) = reader.instruction(&Everything).ok()?.access()?;
    // SAFETY: the caller promises an instruction and the state that it left.
    let address = unsafe { operand(context, state) }?;
    let address = match module.env().memory(access.memory)?.is_64 {
        true => address,
        false => u64::from(address as u32),
    };
    let address = address.checked_add(access.offset)?;
    let memory = instance.memories.get(access.memory.0 as usize)?;
    // SAFETY: memories of an instance live as long as the store; nothing runs now.
    let memory_size = unsafe { memory.as_ref() }.bytes.len() as u64;
    MemoryFault::new(access.memory, address, size.into(), memory_size)
}

/// The bits of the address operand.
///
/// # Safety
/// As for [`fault`].
unsafe fn operand(context: &Context, state: &State) -> Option<u64> {
    // SAFETY: the caller promises an instruction, which begins with the address of its handler.
    let handler = unsafe { *context.ip.cast::<usize>() };
    let number = fusion::number(handler)?;
    // Its own words stand behind that address; those of a second part, where it says.
    let own = context.ip.wrapping_add(HANDLER_WORDS);
    let (number, words) = match (fusion::parts(number), context.part) {
        (None, _) => (number, own),
        (Some((first, _)), None) => (first, own),
        (Some((_, second)), Some(part)) => (second, part.as_ptr().cast_const()),
    };
    match form::first_place(number)? {
        Place::A => Some(state.acc),
        Place::P => Some(state.p),
        Place::Q => Some(state.q),
        // SAFETY: the first operand word of an access is the number of a slot in the frame, which
        // `sp` points at; the caller promises that the stack is still there.
        Place::S => unsafe { Some(*state.sp.add(*words as usize)) },
        Place::I => None,
    }
}
