//! The rows with `control`, for the compact engine: each reads its immediates and does the rest.
//!
//! What is small is inlined; what is not works on a copy of the registers, so that those of the
//! loop stay in registers. A branch asks the module's table where it goes: blocks themselves cost
//! nothing. Standard: section 4.6, "Instructions", "Control Instructions".

use super::registers::{ASTRAY, Registers};
use super::state::State;
use crate::exec::machine::Stop;
use crate::exec::slot::Slot;
use crate::generated::facts::wire;
use crate::profile::Profile;
use crate::spec::Trap;
use crate::types::{GlobalIdx, Ref};

type Done = Result<(), Stop>;

/// Passes over a value type or the type of a block.
#[inline(always)]
fn skip_type(r: &mut Registers<'_>) -> Result<(), Trap> {
    let byte = r.u8()?;
    // Behind the byte is a heap type, or the rest of a type index.
    if wire::Reference::from_code(byte).is_some() || byte > i8::MAX as u8 {
        r.skip()?;
    }
    Ok(())
}

#[inline(always)]
pub(crate) fn unreachable<'m, P: Profile>(
    _: &mut State<'m, '_, P>,
    _: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    let _ = r;
    Err(Trap::UnreachableCodeReached.into())
}

#[inline(always)]
pub(crate) fn nop<'m, P: Profile>(
    _: &mut State<'m, '_, P>,
    _: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    let _ = r;
    Ok(())
}

#[inline(always)]
pub(crate) fn block<'m, P: Profile>(
    _: &mut State<'m, '_, P>,
    _: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    Ok(skip_type(r)?)
}

#[inline(always)]
pub(crate) fn loop_<'m, P: Profile>(
    _: &mut State<'m, '_, P>,
    _: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    Ok(skip_type(r)?)
}

#[inline(always)]
pub(crate) fn if_<'m, P: Profile>(
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    let condition: i32 = r.pop(slots)?;
    if condition == 0 {
        return r.away(|r| m.branch(slots, r, 0));
    }
    skip_type(r)?;
    m.pass();
    Ok(())
}

#[inline(always)]
pub(crate) fn else_<'m, P: Profile>(
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    br(m, slots, r)
}

#[inline(always)]
pub(crate) fn end<'m, P: Profile>(
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    // Of a constant expression, the first one is the last.
    if m.is_at_end(r) {
        return r.away(|r| m.leave_function(slots, r));
    }
    Ok(())
}

#[inline(always)]
pub(crate) fn br<'m, P: Profile>(
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    r.away(|r| m.branch(slots, r, 0))
}

#[inline(always)]
pub(crate) fn br_if<'m, P: Profile>(
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    let condition: i32 = r.pop(slots)?;
    if condition != 0 {
        return m.take(slots, r);
    }
    r.skip()?;
    m.pass();
    Ok(())
}

#[inline(always)]
pub(crate) fn br_table<'m, P: Profile>(
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    let index: i32 = r.pop(slots)?;
    let default = r.u32()?;
    r.away(|r| m.branch(slots, r, default.min(index as u32)))
}

#[inline(always)]
pub(crate) fn return_<'m, P: Profile>(
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    r.away(|r| m.leave_function(slots, r))
}

#[inline(always)]
pub(crate) fn call<'m, P: Profile>(
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    r.away(|r| m.call(slots, r, false))
}

#[inline(always)]
pub(crate) fn call_indirect<'m, P: Profile>(
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    r.away(|r| m.call_indirect(slots, r, false))
}

#[inline(always)]
pub(crate) fn call_ref<'m, P: Profile>(
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    r.away(|r| m.call_ref(slots, r, false))
}

#[inline(always)]
pub(crate) fn return_call<'m, P: Profile>(
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    r.away(|r| m.call(slots, r, true))
}

#[inline(always)]
pub(crate) fn return_call_indirect<'m, P: Profile>(
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    r.away(|r| m.call_indirect(slots, r, true))
}

#[inline(always)]
pub(crate) fn return_call_ref<'m, P: Profile>(
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    r.away(|r| m.call_ref(slots, r, true))
}

#[inline(always)]
pub(crate) fn drop<'m, P: Profile>(
    _: &mut State<'m, '_, P>,
    _: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    r.drop(1);
    Ok(())
}

#[inline(always)]
pub(crate) fn select<'m, P: Profile>(
    _: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    let [a, b, condition] = r.operands(slots)?;
    if condition.value::<i32>() == 0 {
        *a = *b;
    }
    r.drop(2);
    Ok(())
}

#[inline(always)]
pub(crate) fn select_typed<'m, P: Profile>(
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    for _ in 0..r.u32()? {
        skip_type(r)?;
    }
    select(m, slots, r)
}

#[inline(always)]
pub(crate) fn local_get<'m, P: Profile>(
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    let x = r.u32()? as usize;
    let value = *slots.get(m.activation.base.wrapping_add(x)).ok_or(ASTRAY)?;
    Ok(r.push_slot(slots, value)?)
}

#[inline(always)]
pub(crate) fn local_set<'m, P: Profile>(
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    let x = r.u32()? as usize;
    let value = r.pop_slot(slots)?;
    *slots
        .get_mut(m.activation.base.wrapping_add(x))
        .ok_or(ASTRAY)? = value;
    Ok(())
}

#[inline(always)]
pub(crate) fn local_tee<'m, P: Profile>(
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    let x = r.u32()? as usize;
    let [value] = *r.operands(slots)?;
    *slots
        .get_mut(m.activation.base.wrapping_add(x))
        .ok_or(ASTRAY)? = value;
    Ok(())
}

#[inline(always)]
pub(crate) fn global_get<'m, P: Profile>(
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    let number = m.global_number(&m.current, GlobalIdx(r.u32()?));
    let value = m.globals.get(number).ok_or(ASTRAY)?.value;
    Ok(r.push_slot(slots, value)?)
}

#[inline(always)]
pub(crate) fn global_set<'m, P: Profile>(
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    let number = m.global_number(&m.current, GlobalIdx(r.u32()?));
    m.globals.get_mut(number).ok_or(ASTRAY)?.value = r.pop_slot(slots)?;
    Ok(())
}

#[inline(always)]
pub(crate) fn ref_as_non_null<'m, P: Profile>(
    _: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    let [reference] = *r.operands(slots)?;
    if reference.value::<Ref>().is_null() {
        return Err(Trap::NullReference.into());
    }
    Ok(())
}

#[inline(always)]
pub(crate) fn br_on_null<'m, P: Profile>(
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    let [reference] = *r.operands(slots)?;
    if reference.value::<Ref>().is_null() {
        r.drop(1);
        return r.away(|r| m.branch(slots, r, 0));
    }
    r.skip()?;
    m.pass();
    Ok(())
}

#[inline(always)]
pub(crate) fn br_on_non_null<'m, P: Profile>(
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Done {
    let [reference] = *r.operands(slots)?;
    if !reference.value::<Ref>().is_null() {
        return r.away(|r| m.branch(slots, r, 0));
    }
    r.drop(1);
    r.skip()?;
    m.pass();
    Ok(())
}
