//! Calls of bodies, and the places where functions to call are found.
//!
//! A function calls those of a higher rank, so that calls end; it lets a place refer to another
//! function only if that has the type and at least the rank of the one there.

use wasm_encoder::{HeapType, Instruction, ValType};

use super::Writer;
use crate::program::{Callee, Place, Slot};

impl Writer<'_> {
    /// What this function calls, and how: that of a higher rank, so that calls end.
    pub(super) fn callees(&self) -> Vec<(Callee, Way)> {
        let mut all = self.referents();
        if !self.program.is_linked() {
            all.retain(|(_, way)| !matches!(way, Way::Reference(_)));
        }
        let functions = (0..).zip(&self.program.functions);
        all.extend(functions.map(|(index, &callee)| (callee, Way::Direct(index))));
        all.retain(|(callee, _)| callee.rank > self.rank);
        all
    }

    /// What there are references to, and where.
    pub(super) fn referents(&self) -> Vec<(Callee, Way)> {
        let functions = (0..).zip(&self.program.functions);
        let functions = functions.map(|(index, &callee)| (callee, Way::Reference(index)));
        let slots = self.program.slots.iter();
        let slots = slots.map(|slot| (slot.callee, Way::Place(slot.place)));
        functions.chain(slots).collect()
    }

    pub(super) fn call(&mut self, wanted: Option<ValType>) {
        let callees = self.callees();
        if callees.is_empty() {
            return self.consume(&[], wanted);
        }
        let (callee, way) = *self.random.pick(&callees);
        self.enter(callee, way, false);
        let results = self.program.types[callee.ty as usize].1.clone();
        self.consume(&results, wanted);
    }

    /// Calls with arguments, as the last thing that this function does or not.
    pub(super) fn enter(&mut self, Callee { ty, .. }: Callee, way: Way, last: bool) {
        let params = self.program.types[ty as usize].0.clone();
        self.values(&params);
        let call = match way {
            Way::Direct(function) if last => Instruction::ReturnCall(function),
            Way::Direct(function) => Instruction::Call(function),
            Way::Place(Place::Element { table, index }) => {
                if self.random.chance(20) {
                    self.value(ValType::I32);
                } else {
                    self.emit(Instruction::I32Const(index as i32));
                }
                let (type_index, table_index) = (ty, table);
                match last {
                    true => Instruction::ReturnCallIndirect {
                        type_index,
                        table_index,
                    },
                    false => Instruction::CallIndirect {
                        type_index,
                        table_index,
                    },
                }
            }
            Way::Reference(_) | Way::Place(Place::Global(_)) => {
                self.reference(way);
                match last {
                    true => Instruction::ReturnCallRef(ty),
                    false => Instruction::CallRef(ty),
                }
            }
        };
        self.emit(call);
    }

    /// Pushes a reference to a function.
    pub(super) fn reference(&mut self, way: Way) {
        match way {
            Way::Direct(function) | Way::Reference(function) => {
                self.emit(Instruction::RefFunc(function));
            }
            Way::Place(Place::Global(global)) => self.emit(Instruction::GlobalGet(global)),
            Way::Place(Place::Element { table, index }) => {
                self.emit(Instruction::I32Const(index as i32));
                self.emit(Instruction::TableGet(table));
            }
        }
    }

    /// Makes a table longer, or lets a place refer to another function that may stand there.
    pub(super) fn table(&mut self) {
        if self.random.chance(4) {
            let table = self.random.below(self.program.tables.len()) as u32;
            self.emit(Instruction::RefNull(HeapType::FUNC));
            let count = self.random.below(4) as i32;
            self.emit(Instruction::I32Const(count));
            self.emit(Instruction::TableGrow(table));
            return self.consume(&[ValType::I32], None);
        }
        let slots = &self.program.slots;
        let Slot { callee, place } = *self.random.pick(slots);
        let mut referents = self.referents();
        referents.retain(|(other, way)| {
            let element = matches!(way, Way::Place(Place::Element { .. }));
            other.ty == callee.ty
                && other.rank >= callee.rank
                && !(element && matches!(place, Place::Global(_)))
        });
        let (_, way) = *self.random.pick(&referents);
        match place {
            Place::Element { table, index } => {
                self.emit(Instruction::I32Const(index as i32));
                self.reference(way);
                self.emit(Instruction::TableSet(table));
            }
            Place::Global(global) => {
                self.reference(way);
                self.emit(Instruction::GlobalSet(global));
            }
        }
    }
}

/// How a function is called.
#[derive(Clone, Copy)]
pub(super) enum Way {
    Direct(u32),
    /// By a reference that is made there.
    Reference(u32),
    Place(Place),
}
