//! Two programs that call each other.
//!
//! The second imports functions, a table, memories and globals of the first, and puts functions of
//! its own into that table and into globals, so that the first can call them too. Both call a
//! function of the host. Ranks of functions alternate: calls go to and fro, and end.

use std::iter::zip;

use wasm_encoder::{EntityType, HeapType, Instruction, RefType, ValType};

use super::encode::{memory_type, table_type};
use super::{Callee, LISTED, Place, Program, Segment, Slot, TYPES, global};
use crate::random::Random;

/// The name that the first program has as a module: its number.
const FIRST: &str = "0";

/// The table of both, in each of them.
const SHARED: u32 = 0;

/// How many functions the second program puts there by an active segment, and how many by
/// `table.init`. The rest comes by `table.set`.
const ACTIVE: usize = 2;
const PASSIVE: usize = 2;

/// Globals that refer to functions of the second program.
const REFERENCES: usize = 2;

impl Program {
    /// Two programs that depend on the numbers alone. The second imports from a module `0`, which
    /// is the first; both import from a module `host`.
    pub fn pair(random: &mut Random) -> [Self; 2] {
        let (mut first, mut second) = (Self::bare(random), Self::bare(random));
        first.import_host(random);
        for rank in (1..).step_by(2).take(1 + random.below(4)) {
            first.add_function(random, rank);
        }
        first.add_state(random);
        first.globals.push(global(*random.pick(&TYPES), false));

        second.import_host(random);
        second.import_functions(&first, random);
        let own = second.functions.len();
        for rank in (2..).step_by(2).take(1 + random.below(4)) {
            second.add_function(random, rank);
        }
        let ty = second.type_index((Vec::new(), Vec::new()));
        second.start = Some(second.functions.len() as u32);
        second.functions.push(Callee { ty, rank: 0 });

        let mut setup = second.share_table(&mut first, random);
        setup.extend(second.share_globals(&mut first, random));
        second.import_memories(&first, random);
        second.add_state(random);
        second.add_table(random);

        for function in 1..first.functions.len() {
            first.write(random, function);
        }
        for function in own..second.functions.len() {
            second.write(random, function);
        }
        if let Some(start) = second.bodies.last_mut() {
            start.code.splice(0..0, setup);
        }
        [first, second]
    }

    fn import_host(&mut self, random: &mut Random) {
        self.add_function(random, usize::MAX);
        let ty = EntityType::Function(self.functions[0].ty);
        self.imports.push(("host", "note".to_owned(), ty));
    }

    fn import(&mut self, name: String, ty: EntityType) {
        self.imports.push((FIRST, name, ty));
    }

    /// Imports most functions of another program.
    fn import_functions(&mut self, first: &Self, random: &mut Random) {
        for (index, &callee) in first.functions.iter().enumerate() {
            if !random.chance(5) {
                let callee = self.known(first, callee);
                self.import(format!("f{index}"), EntityType::Function(callee.ty));
                self.functions.push(callee);
            }
        }
    }

    /// Imports the other program's table, where functions of both are from then on. Gives the
    /// instructions that put some of them there.
    fn share_table(&mut self, first: &mut Self, random: &mut Random) -> Vec<Instruction<'static>> {
        first.add_table(random);
        first.tables[SHARED as usize] += LISTED;
        let len = first.tables[SHARED as usize];
        self.import(format!("t{SHARED}"), EntityType::Table(table_type(len)));
        self.tables.push(len);
        for &Slot { callee, place } in &first.slots {
            let callee = self.known(first, callee);
            self.slots.push(Slot { callee, place });
        }
        let listed = self.list(random, SHARED, LISTED);
        for &Slot { callee, place } in &self.slots[first.slots.len()..] {
            let callee = first.known(self, callee);
            first.slots.push(Slot { callee, place });
        }
        let (active, rest) = listed.split_at(ACTIVE);
        let (passive, set) = rest.split_at(PASSIVE);
        for (target, functions) in [(Some((SHARED, LISTED)), active), (None, passive)] {
            let functions = functions.to_vec();
            self.segments.push(Segment { target, functions });
        }
        let behind = LISTED as i32 + ACTIVE as i32;
        let mut setup = vec![
            Instruction::I32Const(behind),
            Instruction::I32Const(0),
            Instruction::I32Const(PASSIVE as i32),
            Instruction::TableInit {
                elem_index: 1,
                table: SHARED,
            },
        ];
        for (index, &function) in zip(behind + PASSIVE as i32.., set) {
            setup.push(Instruction::I32Const(index));
            setup.push(Instruction::RefFunc(function));
            setup.push(Instruction::TableSet(SHARED));
        }
        setup
    }

    /// Imports most numbers of the other program, and adds references to functions of this one to
    /// it. Gives the instructions that set them.
    fn share_globals(
        &mut self,
        first: &mut Self,
        random: &mut Random,
    ) -> Vec<Instruction<'static>> {
        for (index, &ty) in first.globals.iter().enumerate() {
            if !random.chance(3) {
                self.import(format!("g{index}"), EntityType::Global(ty));
                self.globals.push(ty);
            }
        }
        let mut setup = Vec::new();
        for _ in 0..REFERENCES {
            let function = random.below(self.callable());
            let callee = self.functions[function];
            let name = format!("g{}", first.globals.len());
            let there = first.known(self, callee);
            first.add_reference(there);
            let place = self.add_reference(callee);
            setup.push(Instruction::RefFunc(function as u32));
            setup.push(Instruction::GlobalSet(place));
            let ty = self.globals[place as usize];
            self.import(name, EntityType::Global(ty));
        }
        setup
    }

    /// Imports some memories of the other program.
    fn import_memories(&mut self, first: &Self, random: &mut Random) {
        for (index, &memory64) in first.memories.iter().enumerate() {
            if random.chance(2) {
                self.import(
                    format!("m{index}"),
                    EntityType::Memory(memory_type(memory64)),
                );
                self.memories.push(memory64);
            }
        }
    }

    /// Adds a global that refers to such functions; gives its index.
    fn add_reference(&mut self, callee: Callee) -> u32 {
        let index = self.globals.len() as u32;
        let reference = RefType {
            nullable: true,
            heap_type: HeapType::Concrete(callee.ty),
        };
        self.globals.push(global(ValType::Ref(reference), true));
        let place = Place::Global(index);
        self.slots.push(Slot { callee, place });
        index
    }

    /// The same as another program knows it, with the type's index here.
    fn known(&mut self, by: &Self, callee: Callee) -> Callee {
        let ty = self.type_index(by.types[callee.ty as usize].clone());
        Callee { ty, ..callee }
    }
}
