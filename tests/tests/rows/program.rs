//! Modules around one instruction.
//!
//! Each has one object of every kind, the last of its index space, so that an index one higher
//! is one too far.

use tabwasm_codegen::model::{
    Code, Heap, Immediate, ImmediateKind, NumberType, Op, TypeFunction, TypeItem, ValueType,
};
use wasm_encoder::{
    CodeSection, ConstExpr, DataCountSection, DataSection, ElementSection, Elements, Encode,
    EntityType, Function, FunctionSection, GlobalSection, GlobalType, HeapType, ImportSection,
    MemorySection, MemoryType, Module, RefType, TableSection, TableType, TypeSection, ValType,
};

/// The type of functions that are called, and of references to them.
const CALLED: u32 = 0;
/// The type of the function around the instruction.
const AROUND: u32 = 1;
/// A constant global that is imported, and a variable one.
const CONSTANT: u32 = 0;
const VARIABLE: u32 = 1;

/// A reference to a function of type [`CALLED`].
const TYPED: RefType = RefType {
    nullable: true,
    heap_type: HeapType::Concrete(CALLED),
};

/// Locals: one of each type.
const LOCALS: [ValType; 7] = [
    ValType::F32,
    ValType::I32,
    ValType::I64,
    ValType::F64,
    ValType::V128,
    ValType::FUNCREF,
    ValType::Ref(TYPED),
];

/// An instruction and what stands before it.
#[derive(Clone)]
pub(crate) struct Program<'a> {
    op: &'a Op,
    operands: Vec<ValType>,
    /// Added to immediates, by place.
    more: Vec<u32>,
    dead: bool,
    constant: bool,
}

/// Types of the operands of a row.
pub(crate) fn operands(op: &Op) -> Vec<ValType> {
    op.params()
        .iter()
        .flat_map(|item| types(op, item))
        .collect()
}

/// A module that has nothing but the instruction, and the offset of the instruction.
pub(crate) fn alone(op: &Op) -> (Vec<u8>, usize) {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut function = Function::new([]);
    let instruction = instruction(op, &[]);
    let length = instruction.len();
    function.raw(instruction).raw([0x0B]);
    let mut code = CodeSection::new();
    code.function(&function);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    let bytes = module.finish();
    let offset = bytes.len() - 1 - length;
    (bytes, offset)
}

/// A module that has nothing but a constant expression with the instruction, and what that takes.
pub(crate) fn constant_alone(op: &Op) -> Vec<u8> {
    let of_global = op
        .immediates
        .iter()
        .any(|one| one.kind == ImmediateKind::Global);
    let result = match results(op)[..] {
        // Where there are no typed references, it is one to any function.
        [
            ValType::Ref(RefType {
                heap_type: HeapType::Concrete(_),
                ..
            }),
        ] => ValType::FUNCREF,
        [result] if !of_global => result,
        _ => ValType::I64,
    };
    let constant = |val_type| GlobalType {
        val_type,
        mutable: false,
        shared: false,
    };
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut imports = ImportSection::new();
    imports.import("m", "f", EntityType::Function(CALLED));
    imports.import("m", "g", EntityType::Global(constant(ValType::I64)));
    let mut globals = GlobalSection::new();
    let body = Program::of(op).constant().body();
    globals.global(constant(result), &ConstExpr::raw(body));
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&globals);
    module.finish()
}

impl<'a> Program<'a> {
    /// The instruction with its operands.
    pub(crate) fn of(op: &'a Op) -> Self {
        let more = vec![0; op.immediates.len()];
        Self {
            op,
            operands: operands(op),
            more,
            dead: false,
            constant: false,
        }
    }

    /// Behind `unreachable`, without operands.
    pub(crate) fn dead(mut self) -> Self {
        self.dead = true;
        self.operands.clear();
        self
    }

    /// In the initial value of a global.
    pub(crate) fn constant(mut self) -> Self {
        self.constant = true;
        self
    }

    /// With one of the operands of the row alone.
    pub(crate) fn with_only_operand(mut self, place: usize) -> Self {
        self.operands = vec![operands(self.op)[place]];
        self
    }

    /// With an operand of another type.
    pub(crate) fn with_wrong_operand(mut self, place: usize) -> Self {
        let wrong = if self.operands[place] == ValType::I32 {
            ValType::F64
        } else {
            ValType::I32
        };
        self.operands[place] = wrong;
        self
    }

    /// Without the first operand.
    pub(crate) fn with_operand_missing(mut self) -> Self {
        self.operands.remove(0);
        self
    }

    /// With an immediate increased.
    pub(crate) fn with_immediate(mut self, place: usize, by: u32) -> Self {
        self.more[place] = by;
        self
    }

    /// The bytes of the module.
    pub(crate) fn module(&self) -> Vec<u8> {
        let mut types = TypeSection::new();
        types
            .ty()
            .function([ValType::I32, ValType::F64], [ValType::I64]);
        types.ty().function([], [ValType::I64]);
        let mut imports = ImportSection::new();
        let constant = GlobalType {
            val_type: ValType::F32,
            mutable: false,
            shared: false,
        };
        imports.import("m", "f", EntityType::Function(CALLED));
        imports.import("m", "g", EntityType::Global(constant));
        let mut functions = FunctionSection::new();
        functions.function(AROUND);
        let mut tables = TableSection::new();
        tables.table(TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: 1,
            maximum: None,
            shared: false,
        });
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut globals = GlobalSection::new();
        let variable = GlobalType {
            val_type: ValType::F32,
            mutable: true,
            shared: false,
        };
        globals.global(variable, &ConstExpr::f32_const(0.0.into()));
        if self.constant {
            let result = results(self.op).first().copied().unwrap_or(ValType::I32);
            let tested = GlobalType {
                val_type: result,
                mutable: false,
                shared: false,
            };
            globals.global(tested, &ConstExpr::raw(self.body()));
        }
        let mut elements = ElementSection::new();
        elements.passive(Elements::Functions((&[CALLED]).into()));
        let mut code = CodeSection::new();
        code.function(&self.function());
        let mut data = DataSection::new();
        data.passive([0]);
        let mut module = Module::new();
        module
            .section(&types)
            .section(&imports)
            .section(&functions)
            .section(&tables);
        module
            .section(&memories)
            .section(&globals)
            .section(&elements);
        module
            .section(&DataCountSection { count: 1 })
            .section(&code)
            .section(&data);
        module.finish()
    }

    fn function(&self) -> Function {
        let mut function = Function::new_with_locals_types(LOCALS);
        if self.constant {
            function.raw([0x00]);
        } else {
            function.raw(self.body());
        }
        function.raw([0x0B]);
        function
    }

    /// Operands and instruction; in a function, the results go to locals of their types.
    fn body(&self) -> Vec<u8> {
        let mut body = Vec::new();
        if self.dead {
            body.push(0x00);
        }
        for &operand in &self.operands {
            body.extend(producer(operand));
        }
        let mut more = self.more.clone();
        if self.constant
            && let [immediate] = &self.op.immediates[..]
            && immediate.kind == ImmediateKind::Global
        {
            more[0] = CONSTANT.wrapping_sub(VARIABLE);
        }
        body.extend(instruction(self.op, &more));
        let diverges = self
            .op
            .signature
            .as_ref()
            .is_some_and(|signature| signature.diverges);
        if !self.constant && !diverges {
            for result in results(self.op).into_iter().rev() {
                let local = LOCALS.iter().position(|&local| matches(result, local));
                body.extend([0x21, local.expect("a local of each type") as u8]);
            }
            body.extend(producer(ValType::I64));
        }
        body
    }
}

fn results(op: &Op) -> Vec<ValType> {
    op.results()
        .iter()
        .flat_map(|item| types(op, item))
        .collect()
}

/// Whether a value of the first type may go to a local of the second, which may be null.
fn matches(value: ValType, local: ValType) -> bool {
    match (value, local) {
        (ValType::Ref(value), ValType::Ref(local)) => value.heap_type == local.heap_type,
        _ => value == local,
    }
}

/// What an item of the column `type` is in these modules.
fn types(op: &Op, item: &TypeItem) -> Vec<ValType> {
    match item {
        TypeItem::Value(value) => vec![match value {
            ValueType::Number(NumberType::I32) => ValType::I32,
            ValueType::Number(NumberType::I64) => ValType::I64,
            ValueType::Number(NumberType::F32) => ValType::F32,
            ValueType::Number(NumberType::F64) => ValType::F64,
            ValueType::Number(NumberType::V128) => ValType::V128,
            ValueType::Reference(heap) if heap == "func" => ValType::FUNCREF,
            ValueType::Reference(_) => {
                panic!("row `{}`: no value of type {value}", op.key)
            }
        }],
        TypeItem::AnyReference => vec![ValType::FUNCREF],
        TypeItem::Reference { nullable, heap } => vec![match heap {
            Heap::Type(_) | Heap::Func(_) => ValType::Ref(RefType {
                nullable: *nullable,
                ..TYPED
            }),
            Heap::Immediate(_) | Heap::Top(_) | Heap::Abstract(_) => ValType::FUNCREF,
        }],
        TypeItem::Function { function, .. } => match function {
            TypeFunction::At | TypeFunction::MinAt => vec![ValType::I32],
            TypeFunction::Local => vec![ValType::Ref(TYPED)],
            TypeFunction::Global => vec![ValType::F32],
            TypeFunction::Elem => vec![ValType::FUNCREF],
            TypeFunction::Params => vec![ValType::I32, ValType::F64],
            TypeFunction::Results | TypeFunction::Label | TypeFunction::Return => {
                vec![ValType::I64]
            }
            TypeFunction::Elems
            | TypeFunction::Field
            | TypeFunction::Fields
            | TypeFunction::Tag => {
                panic!("row `{}`: nothing is known of {function}(…)", op.key)
            }
        },
    }
}

/// An instruction that yields a value.
fn producer(value: ValType) -> Vec<u8> {
    match value {
        ValType::I32 => vec![0x41, 0],
        ValType::I64 => vec![0x42, 0],
        ValType::F32 => [&[0x43][..], &[0; 4]].concat(),
        ValType::F64 => [&[0x44][..], &[0; 8]].concat(),
        ValType::V128 => [&[0xFD, 12][..], &[0; 16]].concat(),
        ValType::Ref(RefType {
            nullable: false, ..
        }) => vec![0xD2, CALLED as u8],
        ValType::Ref(TYPED) => vec![0xD0, CALLED as u8],
        _ => vec![0xD0, 0x70],
    }
}

/// The bytes of the instruction, its immediates increased.
fn instruction(op: &Op, more: &[u32]) -> Vec<u8> {
    let Code { prefix, value } = op.code;
    let mut bytes: Vec<u8> = prefix.into_iter().collect();
    match prefix {
        None => bytes.push(value as u8),
        Some(_) => value.encode(&mut bytes),
    }
    for (place, one) in op.immediates.iter().enumerate() {
        bytes.extend(immediate(one, more.get(place).copied().unwrap_or(0)));
    }
    bytes
}

fn immediate(immediate: &Immediate, more: u32) -> Vec<u8> {
    let index = |last: u32| vec![last.wrapping_add(more) as u8];
    match immediate.kind {
        ImmediateKind::Local => index(LOCALS.len() as u32 - 1),
        ImmediateKind::Global => index(VARIABLE),
        ImmediateKind::Type if more > 0 => index(AROUND),
        ImmediateKind::Func if more > 0 => index(1),
        ImmediateKind::Labels => vec![1, 0, 0],
        ImmediateKind::Block => vec![0x40],
        ImmediateKind::Heap => vec![0x70],
        ImmediateKind::ValTypes => vec![1, 0x7F],
        ImmediateKind::MemArg => {
            let natural = immediate.number.unwrap_or(1).trailing_zeros();
            vec![natural.wrapping_add(more) as u8, 0]
        }
        ImmediateKind::F32 => vec![0; 4],
        ImmediateKind::F64 => vec![0; 8],
        ImmediateKind::V128 => vec![0; 16],
        ImmediateKind::Lane | ImmediateKind::Lanes => {
            let last = immediate.number.unwrap_or(1) - 1;
            let lanes = if immediate.kind == ImmediateKind::Lanes {
                16
            } else {
                1
            };
            vec![last.wrapping_add(more) as u8; lanes]
        }
        ImmediateKind::Label
        | ImmediateKind::Func
        | ImmediateKind::Type
        | ImmediateKind::Table
        | ImmediateKind::Memory
        | ImmediateKind::Data
        | ImmediateKind::Elem
        | ImmediateKind::Tag
        | ImmediateKind::Field
        | ImmediateKind::I32
        | ImmediateKind::I64
        | ImmediateKind::U32 => index(0),
        ImmediateKind::Catches | ImmediateKind::Atomic => {
            panic!("no bytes for an immediate `{}`", immediate.kind)
        }
    }
}
