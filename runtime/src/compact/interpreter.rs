//! The interpreter: reads an opcode, pays for it, does what its arm says, and reads the next.
//!
//! The arms come from the tables, a line for each row (`generated/woven/arms.rs`), and are
//! written in the words that this file defines: `check!` ends the loop at a trap, `free!` and
//! `dear!` pay less or more than one, `load!` to `computation!` do what many rows have in common.
//! Computations on `i32` alone, control and variables stand in the loop, since they are most of
//! what runs; all else stands in functions apart, which keeps the registers of the loop few and the
//! machine code small.

use super::canonical::*;
use super::control;
use super::exit::Exit;
use super::fuel::{Tank, costs_something};
use super::registers::{ASTRAY, Registers, astray};
use super::state::State;
use crate::capability;
use crate::exec::machine::Stop;
use crate::exec::slot::Slot;
use crate::generated::woven::arms::*;
use crate::generated::woven::semantics;
use crate::profile::Profile;
use crate::spec::{Proposal, Trap};

/// Runs from where the registers are until something stops it.
#[allow(
    clippy::manual_range_patterns,
    reason = "a range would be compared, a list is looked up"
)]
pub(super) fn execute<'m, P: Profile>(m: &mut State<'m, '_, P>, slots: &mut [P::Slot]) -> Stop {
    let mut r = m.registers.clone();
    let mut left = m.tank.draw();
    let mut opcode;
    let stop = 'run: {
        'astray: {
            macro_rules! astray {
                () => {
                    break 'astray
                };
            }
            macro_rules! check {
                ($done:expr) => {
                    match $done {
                        Ok(value) => value,
                        Err(stop) => match Stop::from(stop) {
                            // Nearly all checks end here: apart, so that they have nothing to say.
                            Stop::Trap(ASTRAY) => break 'astray,
                            stop => break 'run stop,
                        },
                    }
                };
            }
            // Pays for the next instruction and reads its opcode. Nearly all cost one.
            macro_rules! next {
                () => {{
                    if P::METERED {
                        left = left.wrapping_sub(1);
                        if left == 0 && costs_something(r.code.as_slice()) {
                            left = m.tank.refill(left).wrapping_sub(1);
                            if left == 0 {
                                break 'run m.stop(Exit::Fuel);
                            }
                        }
                    }
                    check!(r.u8())
                }};
            }
            // What costs nothing leaves what has been paid to the instruction behind it.
            macro_rules! free {
                ($done:expr) => {{
                    if let Err(stop) = $done {
                        left = left.wrapping_add(1);
                        break 'run stop.into();
                    }
                    if left != 0 {
                        opcode = check!(r.u8());
                        continue;
                    }
                    left = Tank::EMPTY;
                }};
            }
            #[allow(unused_macros, reason = "no opcode may cost more")]
            macro_rules! dear {
                ($at:expr, $more:expr, $done:expr) => {{
                    if !P::METERED || left > $more {
                        left = left.wrapping_sub($more);
                        $done
                    } else {
                        let at = $at;
                        m.rewind(&mut r, at);
                        left = m.tank.refill(left.wrapping_add(1));
                        if left <= $more + Tank::EMPTY {
                            break 'run m.stop(Exit::Fuel);
                        }
                    }
                }};
            }
            macro_rules! load {
                () => {
                    check!(r.load::<P>(m, slots, |m, a| Ok(loads!(opcode, m, a))))
                };
            }
            macro_rules! store {
                () => {
                    check!(r.store::<P>(m, slots, |m, a, b| stores!(opcode, m, a, b)))
                };
            }
            macro_rules! unary {
                () => {
                    check!(unary::<P>(opcode, check!(r.operands(slots))))
                };
            }
            macro_rules! binary {
                () => {{
                    check!(binary::<P>(opcode, check!(r.operands(slots))));
                    r.drop(1);
                }};
            }
            macro_rules! hand {
                () => {
                    check!(r.away(|r| hand::<P>(opcode, m, slots, r)))
                };
            }
            #[allow(unused_macros, reason = "prefixes may all have other rows, too")]
            macro_rules! computation {
                () => {
                    check!(r.away(|r| computation::<P>(opcode, m, slots, r)))
                };
            }
            // What follows a prefix is touched apart, but rows that cost more or less than one: the
            // number is read ahead, and they go on behind it.
            #[allow(unused_macros, reason = "no such row need be")]
            macro_rules! ahead {
                ($at:ident, $own:ident, { $($arms:tt)* }) => {{
                    let ($at, mut $own) = (m.at(&r), r.clone());
                    match check!($own.u32()) {
                        $($arms)*
                    }
                }};
            }
            opcode = next!();
            loop {
                arms!(opcode, m, slots, r);
                opcode = next!();
            }
        }
        astray()
    };
    m.registers = r;
    m.tank.restore(left);
    stop
}

/// Computations with one operand, but for those on `i32` alone.
#[cfg_attr(small, cold)]
#[inline(never)]
fn unary<P: Profile>(opcode: u8, operands: &mut [P::Slot; 1]) -> Result<(), Trap> {
    let [a] = *operands;
    *operands = [unaries!(opcode, a)];
    Ok(())
}

/// Computations with two operands, but for those on `i32` alone. The result is the first.
#[cfg_attr(small, cold)]
#[inline(never)]
fn binary<P: Profile>(opcode: u8, operands: &mut [P::Slot; 2]) -> Result<(), Trap> {
    let [a, b] = *operands;
    let [result, _] = operands;
    *result = binaries!(opcode, a, b);
    Ok(())
}

/// What touches state, and what follows a prefix.
#[allow(clippy::manual_range_patterns, reason = "the list is that of the rows")]
#[inline(never)]
fn hand<'m, P: Profile>(
    opcode: u8,
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Result<(), Stop> {
    macro_rules! check {
        ($done:expr) => {
            $done?
        };
    }
    m.hand(m.at(r), r, |m, r| {
        hands!(opcode, m, slots, r);
        Ok(())
    })
}

/// What follows a prefix behind which all rows only compute, load and store: those with vectors. No
/// memory moves, and no instruction begins again.
#[allow(clippy::manual_range_patterns, reason = "the list is that of the rows")]
#[inline(never)]
fn computation<'m, P: Profile>(
    opcode: u8,
    m: &mut State<'m, '_, P>,
    slots: &mut [P::Slot],
    r: &mut Registers<'m>,
) -> Result<(), Trap> {
    macro_rules! check {
        ($done:expr) => {
            $done?
        };
    }
    computations!(opcode, m, slots, r);
    Ok(())
}
