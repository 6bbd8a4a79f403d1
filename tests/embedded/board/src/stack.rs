//! How much of the native stack has been used.
//!
//! The startup code fills it with a pattern; what no longer holds the pattern has been used. This
//! is a measurement; `tests/embedded` also computes a bound from the machine code.

unsafe extern "C" {
    static stack_limit: u32;
    static stack_top: u32;
}

/// What the startup code writes.
const UNUSED: u32 = 0xAAAA_AAAA;

/// Bytes from the top of the stack to the lowest word that was written.
pub fn peak() -> u32 {
    let (mut at, top) = (&raw const stack_limit, &raw const stack_top);
    // SAFETY: the linker script places both symbols in RAM, the limit below the top; words between
    // them are only read.
    while at < top && unsafe { at.read_volatile() } == UNUSED {
        at = at.wrapping_add(1);
    }
    (top as usize - at as usize) as u32
}
