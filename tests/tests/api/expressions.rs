//! Random expressions, against an evaluator of a few lines.
//!
//! The translator keeps values where they happen to be (locals, constants, accumulators, slots)
//! and moves them when it must: what this looks for is a value that was moved over another.

use std::fmt::Write;

use tabwasm::{Config, Engine, Linker, Store, Val};

use super::module;

/// Types of the locals of a function; the first half are parameters.
const LOCALS: [Ty; 8] = [
    Ty::I32,
    Ty::I64,
    Ty::F64,
    Ty::I32,
    Ty::I32,
    Ty::I64,
    Ty::F64,
    Ty::I64,
];
const PARAMS: usize = 4;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ty {
    I32,
    I64,
    F64,
}

impl Ty {
    fn name(self) -> &'static str {
        match self {
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F64 => "f64",
        }
    }
}

enum Expr {
    Const(Ty, u64),
    Get(usize),
    Tee(usize, Box<Expr>),
    /// Assigns, then gives the second.
    Set(usize, Box<Expr>, Box<Expr>),
    Binary(Ty, &'static str, Box<Expr>, Box<Expr>),
    Compare(Ty, &'static str, Box<Expr>, Box<Expr>),
    Eqz(Ty, Box<Expr>),
    Wrap(Box<Expr>),
    Extend(Box<Expr>),
    Select(Box<Expr>, Box<Expr>, Box<Expr>),
    If(Ty, Box<Expr>, Box<Expr>, Box<Expr>),
    /// A block that is left early with the first value if the condition holds.
    Leave(Ty, Box<Expr>, Box<Expr>, Box<Expr>),
    /// A function that gives back its argument.
    Call(Ty, Box<Expr>),
    /// Through memory.
    Memory(Ty, Box<Expr>),
    /// Through a global.
    Global(Ty, Box<Expr>),
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    fn ty(&mut self) -> Ty {
        self.pick(&[Ty::I32, Ty::I32, Ty::I64, Ty::F64])
    }

    fn local(&mut self, ty: Ty) -> usize {
        let fit: Vec<_> = (0..LOCALS.len())
            .filter(|local| LOCALS[*local] == ty)
            .collect();
        self.pick(&fit)
    }

    fn constant(&mut self, ty: Ty) -> Expr {
        let small = self.pick(&[0, 1, 2, 31, 100, u64::MAX]);
        let bits = match (ty, self.below(3)) {
            (Ty::F64, _) => (small.min(100) as f64 * 0.5).to_bits(),
            (_, 0) => self.next() << 20,
            _ => small,
        };
        Expr::Const(
            ty,
            if ty == Ty::I32 {
                u64::from(bits as u32)
            } else {
                bits
            },
        )
    }

    fn expr(&mut self, ty: Ty, depth: usize) -> Expr {
        if depth == 0 {
            return if self.below(3) == 0 {
                self.constant(ty)
            } else {
                Expr::Get(self.local(ty))
            };
        }
        let sub = |random: &mut Self, ty| {
            let depth = random.below(depth);
            Box::new(random.expr(ty, depth))
        };
        match (self.below(16), ty) {
            (0, _) => Expr::Tee(self.local(ty), sub(self, ty)),
            (1, _) => {
                let set = self.ty();
                let local = self.local(set);
                Expr::Set(local, sub(self, set), sub(self, ty))
            }
            (2 | 3, _) => Expr::Select(sub(self, ty), sub(self, ty), sub(self, Ty::I32)),
            (4, _) => Expr::If(ty, sub(self, Ty::I32), sub(self, ty), sub(self, ty)),
            (5, _) => Expr::Leave(ty, sub(self, ty), sub(self, Ty::I32), sub(self, ty)),
            (6, _) => Expr::Call(ty, sub(self, ty)),
            (7, _) => Expr::Memory(ty, sub(self, ty)),
            (8, _) => Expr::Global(ty, sub(self, ty)),
            (9, Ty::I32) => Expr::Wrap(sub(self, Ty::I64)),
            (9, Ty::I64) => Expr::Extend(sub(self, Ty::I32)),
            (10, Ty::I32) => {
                let of = self.pick(&[Ty::I32, Ty::I64]);
                Expr::Eqz(of, sub(self, of))
            }
            (11, Ty::I32) => {
                let of = self.ty();
                let floats: &[_] = &["lt", "ge", "eq"];
                let names = if of == Ty::F64 {
                    floats
                } else {
                    &["lt_s", "lt_u", "ge_u", "eq"]
                };
                Expr::Compare(of, self.pick(names), sub(self, of), sub(self, of))
            }
            (_, Ty::F64) => {
                let name = self.pick(&["add", "sub", "mul"]);
                Expr::Binary(ty, name, sub(self, ty), sub(self, ty))
            }
            _ => {
                let names = [
                    "add", "sub", "mul", "and", "or", "xor", "shl", "shr_u", "rotl",
                ];
                Expr::Binary(ty, self.pick(&names), sub(self, ty), sub(self, ty))
            }
        }
    }
}

impl Expr {
    fn text(&self) -> String {
        match self {
            Self::Const(Ty::I32, bits) => format!("(i32.const {})", *bits as i32),
            Self::Const(Ty::I64, bits) => format!("(i64.const {})", *bits as i64),
            Self::Const(Ty::F64, bits) => format!("(f64.const {})", f64::from_bits(*bits)),
            Self::Get(local) => format!("(local.get {local})"),
            Self::Tee(local, value) => format!("(local.tee {local} {})", value.text()),
            Self::Set(local, value, then) => {
                format!("(local.set {local} {}) {}", value.text(), then.text())
            }
            Self::Binary(ty, name, a, b) | Self::Compare(ty, name, a, b) => {
                format!("{} {} {}.{name}", a.text(), b.text(), ty.name())
            }
            Self::Eqz(ty, a) => format!("{} {}.eqz", a.text(), ty.name()),
            Self::Wrap(a) => format!("{} i32.wrap_i64", a.text()),
            Self::Extend(a) => format!("{} i64.extend_i32_s", a.text()),
            Self::Select(a, b, c) => format!("{} {} {} select", a.text(), b.text(), c.text()),
            Self::If(ty, c, a, b) => {
                let (name, c, a, b) = (ty.name(), c.text(), a.text(), b.text());
                format!("{c} if (result {name}) {a} else {b} end")
            }
            Self::Leave(ty, a, c, b) => {
                let (name, a, c, b) = (ty.name(), a.text(), c.text(), b.text());
                format!("block (result {name}) {a} {c} br_if 0 drop {b} end")
            }
            Self::Call(ty, a) => format!("{} call ${}", a.text(), ty.name()),
            Self::Memory(ty, a) => {
                let name = ty.name();
                // The address waits below the value.
                format!(
                    "(call $i32 (i32.const 8)) {} {name}.store (i32.const 8) {name}.load",
                    a.text()
                )
            }
            Self::Global(ty, a) => {
                let name = ty.name();
                format!("{} global.set ${name} global.get ${name}", a.text())
            }
        }
    }

    fn value(&self, locals: &mut [u64; LOCALS.len()]) -> u64 {
        match self {
            Self::Const(_, bits) => *bits,
            Self::Get(local) => locals[*local],
            Self::Tee(local, value) => {
                locals[*local] = value.value(locals);
                locals[*local]
            }
            Self::Set(local, value, then) => {
                locals[*local] = value.value(locals);
                then.value(locals)
            }
            Self::Binary(ty, name, a, b) => {
                let (a, b) = (a.value(locals), b.value(locals));
                binary(*ty, name, a, b)
            }
            Self::Compare(ty, name, a, b) => {
                let (a, b) = (a.value(locals), b.value(locals));
                u64::from(compare(*ty, name, a, b))
            }
            Self::Eqz(_, a) => u64::from(a.value(locals) == 0),
            Self::Wrap(a) => u64::from(a.value(locals) as u32),
            Self::Extend(a) => a.value(locals) as i32 as u64,
            Self::Select(a, b, c) => {
                let (a, b, c) = (a.value(locals), b.value(locals), c.value(locals));
                if c != 0 { a } else { b }
            }
            Self::If(_, c, a, b) => {
                if c.value(locals) != 0 {
                    a.value(locals)
                } else {
                    b.value(locals)
                }
            }
            Self::Leave(_, a, c, b) => {
                let (a, c) = (a.value(locals), c.value(locals));
                if c != 0 { a } else { b.value(locals) }
            }
            Self::Call(_, a) | Self::Memory(_, a) | Self::Global(_, a) => a.value(locals),
        }
    }
}

fn binary(ty: Ty, name: &str, a: u64, b: u64) -> u64 {
    if ty == Ty::F64 {
        let (a, b) = (f64::from_bits(a), f64::from_bits(b));
        return match name {
            "add" => a + b,
            "sub" => a - b,
            _ => a * b,
        }
        .to_bits();
    }
    let narrow = ty == Ty::I32;
    let result = match name {
        "add" => a.wrapping_add(b),
        "sub" => a.wrapping_sub(b),
        "mul" => a.wrapping_mul(b),
        "and" => a & b,
        "or" => a | b,
        "xor" => a ^ b,
        "shl" if narrow => u64::from((a as u32).wrapping_shl(b as u32)),
        "shl" => a.wrapping_shl(b as u32),
        "shr_u" if narrow => u64::from((a as u32).wrapping_shr(b as u32)),
        "shr_u" => a.wrapping_shr(b as u32),
        _ if narrow => u64::from((a as u32).rotate_left(b as u32 % 32)),
        _ => a.rotate_left((b % 64) as u32),
    };
    if narrow {
        u64::from(result as u32)
    } else {
        result
    }
}

fn compare(ty: Ty, name: &str, a: u64, b: u64) -> bool {
    let (x, y) = (f64::from_bits(a), f64::from_bits(b));
    match (ty, name) {
        (Ty::F64, "lt") => x < y,
        (Ty::F64, "ge") => x >= y,
        (Ty::F64, _) => x == y,
        (Ty::I32, "lt_s") => (a as i32) < b as i32,
        (_, "lt_s") => (a as i64) < b as i64,
        (_, "lt_u") => a < b,
        (_, "ge_u") => a >= b,
        _ => a == b,
    }
}

/// Functions of a module.
const FUNCTIONS: usize = 50;

fn program(random: &mut Random, depth: usize) -> (String, Vec<(Ty, Expr)>) {
    let mut text = String::from("(module (memory 1)");
    for name in ["i32", "i64", "f64"] {
        let _ = write!(
            text,
            "(global ${name} (mut {name}) ({name}.const 0))
             (func ${name} (param {name}) (result {name}) local.get 0)"
        );
    }
    let names = |locals: &[Ty]| {
        locals
            .iter()
            .map(|ty| ty.name())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let (params, locals) = (names(&LOCALS[..PARAMS]), names(&LOCALS[PARAMS..]));
    let mut exprs = Vec::new();
    for number in 0..FUNCTIONS {
        let ty = random.ty();
        let expr = random.expr(ty, depth);
        let _ = write!(
            text,
            "(func (export \"{number}\") (param {params}) (result {}) (local {locals}) {})",
            ty.name(),
            expr.text(),
        );
        exprs.push((ty, expr));
    }
    text.push(')');
    (text, exprs)
}

fn val(ty: Ty, bits: u64) -> Val {
    match ty {
        Ty::I32 => Val::I32(bits as i32),
        Ty::I64 => Val::I64(bits as i64),
        Ty::F64 => Val::F64(bits),
    }
}

fn bits(value: &Val) -> u64 {
    match value {
        Val::I32(value) => u64::from(*value as u32),
        Val::I64(value) => *value as u64,
        // All NaNs are one: which one comes out is not determined.
        Val::F64(bits) if f64::from_bits(*bits).is_nan() => f64::NAN.to_bits(),
        Val::F64(bits) => *bits,
        other => panic!("{other:?}"),
    }
}

fn check(engine: &Engine, fuel: bool, seed: u64) {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let (text, exprs) = program(&mut random, 2 + seed as usize % 7);
    let mut store = Store::new(engine, ());
    if fuel {
        store.set_fuel(u64::MAX).expect("switched on");
    }
    let instance = Linker::new(engine)
        .instantiate(&mut store, &module(engine, &text))
        .expect("valid");
    for (number, (ty, expr)) in exprs.iter().enumerate() {
        let func = instance
            .get_func(&mut store, &number.to_string())
            .expect("exported");
        for _ in 0..3 {
            let mut locals = [0; LOCALS.len()];
            let mut arguments = Vec::new();
            for (local, ty) in locals.iter_mut().zip(&LOCALS[..PARAMS]) {
                let Expr::Const(_, bits) = random.constant(*ty) else {
                    unreachable!()
                };
                *local = bits;
                arguments.push(val(*ty, bits));
            }
            let mut results = [Val::I32(0)];
            func.call(&mut store, &arguments, &mut results)
                .expect("nothing traps");
            let expected = bits(&val(*ty, expr.value(&mut locals)));
            assert_eq!(
                bits(&results[0]),
                expected,
                "seed {seed}: {arguments:?} to\n{}",
                expr.text()
            );
        }
    }
}

#[test]
fn random_expressions() {
    let engine = Engine::default();
    for seed in 1..=150 {
        check(&engine, false, seed);
    }
}

#[test]
fn random_expressions_with_fuel() {
    let engine = Engine::new(Config::new().consume_fuel(true)).expect("configuration");
    for seed in 1..=50 {
        check(&engine, true, seed);
    }
}
