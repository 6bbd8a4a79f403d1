//! The rows with `control`, for the compact engine: each reads its immediates and does the rest.
//!
//! What is small is inlined; what is not works on a copy of the registers, so that those of the
//! loop stay in registers.

use super::core::Core;
use super::registers::Registers;
use crate::exec::machine::Stop;
use crate::generated::shared::wire;
use crate::spec::Trap;
use crate::types::{FuncIdx, GlobalIdx, Ref, TableIdx, TypeIdx};

type Done = Result<(), Stop>;

/// Runs what is not inlined.
#[inline(always)]
fn away<'m, T>(r: &mut Registers<'m>, f: impl FnOnce(&mut Registers<'m>) -> T) -> T {
    let mut own = *r;
    let done = f(&mut own);
    *r = own;
    done
}

/// Passes over a value type or the type of a block.
#[inline(always)]
fn skip_type(r: &mut Registers<'_>) {
    let byte = r.u8();
    if wire::Reference::from_code(byte).is_some() {
        r.skip();
    } else if byte >> 7 != 0 {
        // A type index takes several bytes.
        r.skip();
    }
}

#[inline(always)]
pub(crate) fn unreachable<'m>(_: &mut Core<'m, '_>, _: &mut [u64], r: &mut Registers<'m>) -> Done {
    let _ = r;
    Err(Trap::UnreachableCodeReached.into())
}

#[inline(always)]
pub(crate) fn nop<'m>(_: &mut Core<'m, '_>, _: &mut [u64], r: &mut Registers<'m>) -> Done {
    let _ = r;
    Ok(())
}

#[inline(always)]
pub(crate) fn block<'m>(_: &mut Core<'m, '_>, _: &mut [u64], r: &mut Registers<'m>) -> Done {
    skip_type(r);
    Ok(())
}

#[inline(always)]
pub(crate) fn loop_<'m>(_: &mut Core<'m, '_>, _: &mut [u64], r: &mut Registers<'m>) -> Done {
    skip_type(r);
    Ok(())
}

#[inline(always)]
pub(crate) fn if_<'m>(_: &mut Core<'m, '_>, slots: &mut [u64], r: &mut Registers<'m>) -> Done {
    skip_type(r);
    let condition: i32 = r.pop(slots);
    if condition == 0 {
        r.take(slots, 0);
    } else {
        r.pass();
    }
    Ok(())
}

#[inline(always)]
pub(crate) fn else_<'m>(_: &mut Core<'m, '_>, slots: &mut [u64], r: &mut Registers<'m>) -> Done {
    r.take(slots, 0);
    Ok(())
}

#[inline(always)]
pub(crate) fn end<'m>(m: &mut Core<'m, '_>, slots: &mut [u64], r: &mut Registers<'m>) -> Done {
    // Of a constant expression, the first one is the last.
    if r.at >= r.end {
        return m.leave_function(slots, r);
    }
    Ok(())
}

#[inline(always)]
pub(crate) fn br<'m>(_: &mut Core<'m, '_>, slots: &mut [u64], r: &mut Registers<'m>) -> Done {
    r.take(slots, 0);
    Ok(())
}

#[inline(always)]
pub(crate) fn br_if<'m>(_: &mut Core<'m, '_>, slots: &mut [u64], r: &mut Registers<'m>) -> Done {
    let condition: i32 = r.pop(slots);
    if condition == 0 {
        r.skip();
        r.pass();
    } else {
        r.take(slots, 0);
    }
    Ok(())
}

#[inline(always)]
pub(crate) fn br_table<'m>(_: &mut Core<'m, '_>, slots: &mut [u64], r: &mut Registers<'m>) -> Done {
    let index: i32 = r.pop(slots);
    let default = r.u32();
    r.take(slots, default.min(index as u32));
    Ok(())
}

#[inline(always)]
pub(crate) fn return_<'m>(m: &mut Core<'m, '_>, slots: &mut [u64], r: &mut Registers<'m>) -> Done {
    m.leave_function(slots, r)
}

#[inline(always)]
pub(crate) fn call<'m>(m: &mut Core<'m, '_>, slots: &mut [u64], r: &mut Registers<'m>) -> Done {
    let f = FuncIdx(r.u32());
    away(r, |r| m.call(slots, r, f, false))
}

#[inline(always)]
pub(crate) fn call_indirect<'m>(
    m: &mut Core<'m, '_>,
    slots: &mut [u64],
    r: &mut Registers<'m>,
) -> Done {
    away(r, |r| {
        let types = (TypeIdx(r.u32()), TableIdx(r.u32()));
        m.call_indirect(slots, r, types, false)
    })
}

#[inline(always)]
pub(crate) fn call_ref<'m>(m: &mut Core<'m, '_>, slots: &mut [u64], r: &mut Registers<'m>) -> Done {
    r.skip();
    away(r, |r| m.call_ref(slots, r, false))
}

#[inline(always)]
pub(crate) fn return_call<'m>(
    m: &mut Core<'m, '_>,
    slots: &mut [u64],
    r: &mut Registers<'m>,
) -> Done {
    let f = FuncIdx(r.u32());
    away(r, |r| m.call(slots, r, f, true))
}

#[inline(always)]
pub(crate) fn return_call_indirect<'m>(
    m: &mut Core<'m, '_>,
    slots: &mut [u64],
    r: &mut Registers<'m>,
) -> Done {
    away(r, |r| {
        let types = (TypeIdx(r.u32()), TableIdx(r.u32()));
        m.call_indirect(slots, r, types, true)
    })
}

#[inline(always)]
pub(crate) fn return_call_ref<'m>(
    m: &mut Core<'m, '_>,
    slots: &mut [u64],
    r: &mut Registers<'m>,
) -> Done {
    r.skip();
    away(r, |r| m.call_ref(slots, r, true))
}

#[inline(always)]
pub(crate) fn drop<'m>(_: &mut Core<'m, '_>, _: &mut [u64], r: &mut Registers<'m>) -> Done {
    r.sp = r.sp.wrapping_sub(1);
    Ok(())
}

#[inline(always)]
pub(crate) fn select<'m>(_: &mut Core<'m, '_>, slots: &mut [u64], r: &mut Registers<'m>) -> Done {
    let condition: i32 = r.pop(slots);
    r.binary(slots, |a: u64, b: u64| if condition == 0 { b } else { a });
    Ok(())
}

#[inline(always)]
pub(crate) fn select_typed<'m>(
    m: &mut Core<'m, '_>,
    slots: &mut [u64],
    r: &mut Registers<'m>,
) -> Done {
    for _ in 0..r.u32() {
        skip_type(r);
    }
    select(m, slots, r)
}

#[inline(always)]
pub(crate) fn local_get<'m>(
    _: &mut Core<'m, '_>,
    slots: &mut [u64],
    r: &mut Registers<'m>,
) -> Done {
    let x = r.u32() as usize;
    let value = slots.get(r.base.wrapping_add(x)).copied().unwrap_or(0);
    r.push(slots, value);
    Ok(())
}

#[inline(always)]
pub(crate) fn local_set<'m>(
    _: &mut Core<'m, '_>,
    slots: &mut [u64],
    r: &mut Registers<'m>,
) -> Done {
    let x = r.u32() as usize;
    let value: u64 = r.pop(slots);
    if let Some(slot) = slots.get_mut(r.base.wrapping_add(x)) {
        *slot = value;
    }
    Ok(())
}

#[inline(always)]
pub(crate) fn local_tee<'m>(
    _: &mut Core<'m, '_>,
    slots: &mut [u64],
    r: &mut Registers<'m>,
) -> Done {
    let [value] = r.operands(slots);
    let x = r.u32() as usize;
    if let Some(slot) = slots.get_mut(r.base.wrapping_add(x)) {
        *slot = value;
    }
    Ok(())
}

#[inline(always)]
pub(crate) fn global_get<'m>(
    m: &mut Core<'m, '_>,
    slots: &mut [u64],
    r: &mut Registers<'m>,
) -> Done {
    let number = m.global_number(GlobalIdx(r.u32()));
    let value = m.globals.get(number).map_or(0, |global| global.value);
    r.push(slots, value);
    Ok(())
}

#[inline(always)]
pub(crate) fn global_set<'m>(
    m: &mut Core<'m, '_>,
    slots: &mut [u64],
    r: &mut Registers<'m>,
) -> Done {
    let number = m.global_number(GlobalIdx(r.u32()));
    let value = r.pop(slots);
    if let Some(global) = m.globals.get_mut(number) {
        global.value = value;
    }
    Ok(())
}

#[inline(always)]
pub(crate) fn ref_as_non_null<'m>(
    _: &mut Core<'m, '_>,
    slots: &mut [u64],
    r: &mut Registers<'m>,
) -> Done {
    let [value] = r.operands(slots);
    if value == 0 {
        return Err(Trap::NullReference.into());
    }
    Ok(())
}

#[inline(always)]
pub(crate) fn br_on_null<'m>(
    _: &mut Core<'m, '_>,
    slots: &mut [u64],
    r: &mut Registers<'m>,
) -> Done {
    let reference: Ref = r.pop(slots);
    if reference.is_null() {
        r.take(slots, 0);
    } else {
        r.skip();
        r.pass();
        r.push(slots, reference);
    }
    Ok(())
}

#[inline(always)]
pub(crate) fn br_on_non_null<'m>(
    _: &mut Core<'m, '_>,
    slots: &mut [u64],
    r: &mut Registers<'m>,
) -> Done {
    let [value] = r.operands(slots);
    if value == 0 {
        r.skip();
        r.pass();
        r.sp = r.sp.wrapping_sub(1);
    } else {
        r.take(slots, 0);
    }
    Ok(())
}
