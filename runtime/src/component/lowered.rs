//! Calls from one component instance to another.

use alloc::boxed::Box;

use super::func::host::Lowered;
use crate::error::{Error, Result};
use crate::store::component::LiftedFunc;
use crate::store::entity::Turns;

pub(super) fn call(_home: u32, _caller: Lowered, _callee: LiftedFunc) -> Result<Box<dyn Turns>> {
    Err(Error::msg("calls between components"))
}
