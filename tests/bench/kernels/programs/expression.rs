//! Algebra on text: expressions are written, parsed by the binding power of their operators,
//! differentiated, simplified and evaluated, as enums in an arena.
#![no_std]
#![no_main]

use core::panic::PanicInfo;

const NODES: usize = 4096;
const BYTES: usize = 4096;
const SEED: u64 = 0x9E37_79B9_7F4A_7C15;

type Index = u16;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Add,
    Subtract,
    Multiply,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Node {
    Number(i64),
    Variable(u8),
    Negate(Index),
    Binary(Operator, Index, Index),
}

#[derive(Debug)]
enum Fault {
    Full,
    Unexpected,
}

struct Arena {
    nodes: [Node; NODES],
    len: usize,
}

impl Arena {
    fn get(&self, index: Index) -> Node {
        self.nodes[usize::from(index)]
    }

    fn add(&mut self, node: Node) -> Result<Index, Fault> {
        let slot = self.nodes.get_mut(self.len).ok_or(Fault::Full)?;
        *slot = node;
        self.len += 1;
        Ok((self.len - 1) as Index)
    }

    /// A node without what can be computed now: constants, sums with zero, products with one.
    fn simple(&mut self, node: Node) -> Result<Index, Fault> {
        use Node::{Binary, Negate, Number};
        use Operator::{Add, Multiply, Subtract};
        match node {
            Binary(operator, left, right) => match (operator, self.get(left), self.get(right)) {
                (operator, Number(a), Number(b)) => self.add(Number(apply(operator, a, b))),
                (Add, Number(0), _) | (Multiply, Number(1), _) => Ok(right),
                (Add | Subtract, _, Number(0)) | (Multiply, _, Number(1)) => Ok(left),
                (Multiply, Number(0), _) => Ok(left),
                (Multiply, _, Number(0)) => Ok(right),
                (Subtract, Number(0), _) => self.simple(Negate(right)),
                (Subtract, a, b) if a == b => self.add(Number(0)),
                (Add, _, Negate(b)) => self.simple(Binary(Subtract, left, b)),
                _ => self.add(node),
            },
            Negate(inner) => match self.get(inner) {
                Number(value) => self.add(Number(value.wrapping_neg())),
                Negate(twice) => Ok(twice),
                _ => self.add(node),
            },
            _ => self.add(node),
        }
    }

    fn derive(&mut self, index: Index, by: u8) -> Result<Index, Fault> {
        use Node::{Binary, Negate, Number, Variable};
        use Operator::{Add, Multiply};
        match self.get(index) {
            Number(_) => self.add(Number(0)),
            Variable(name) => self.add(Number(i64::from(name == by))),
            Negate(inner) => {
                let inner = self.derive(inner, by)?;
                self.simple(Negate(inner))
            }
            Binary(Multiply, left, right) => {
                let (first, second) = (self.derive(left, by)?, self.derive(right, by)?);
                let first = self.simple(Binary(Multiply, first, right))?;
                let second = self.simple(Binary(Multiply, left, second))?;
                self.simple(Binary(Add, first, second))
            }
            Binary(operator, left, right) => {
                let (left, right) = (self.derive(left, by)?, self.derive(right, by)?);
                self.simple(Binary(operator, left, right))
            }
        }
    }

    fn evaluate(&self, index: Index, variables: &[i64]) -> i64 {
        match self.get(index) {
            Node::Number(value) => value,
            Node::Variable(name) => variables[usize::from(name)],
            Node::Negate(inner) => self.evaluate(inner, variables).wrapping_neg(),
            Node::Binary(operator, left, right) => apply(
                operator,
                self.evaluate(left, variables),
                self.evaluate(right, variables),
            ),
        }
    }
}

fn apply(operator: Operator, left: i64, right: i64) -> i64 {
    match operator {
        Operator::Add => left.wrapping_add(right),
        Operator::Subtract => left.wrapping_sub(right),
        Operator::Multiply => left.wrapping_mul(right),
    }
}

struct Parser<'a> {
    text: &'a [u8],
    arena: &'a mut Arena,
}

impl Parser<'_> {
    fn peek(&mut self) -> Option<u8> {
        while let [b' ', rest @ ..] = self.text {
            self.text = rest;
        }
        self.text.first().copied()
    }

    fn take(&mut self) -> Option<u8> {
        let first = self.peek()?;
        self.text = &self.text[1..];
        Some(first)
    }

    /// An expression whose operators bind at least as strongly.
    fn expression(&mut self, least: u8) -> Result<Index, Fault> {
        let mut left = self.operand()?;
        loop {
            let (operator, strength) = match self.peek() {
                Some(b'+') => (Operator::Add, 1),
                Some(b'-') => (Operator::Subtract, 1),
                Some(b'*') => (Operator::Multiply, 2),
                _ => return Ok(left),
            };
            if strength < least {
                return Ok(left);
            }
            self.take();
            let right = self.expression(strength + 1)?;
            left = self.arena.simple(Node::Binary(operator, left, right))?;
        }
    }

    fn operand(&mut self) -> Result<Index, Fault> {
        match self.take().ok_or(Fault::Unexpected)? {
            digit @ b'0'..=b'9' => {
                let mut value = i64::from(digit - b'0');
                while let Some(digit @ b'0'..=b'9') = self.text.first().copied() {
                    value = value.wrapping_mul(10).wrapping_add(i64::from(digit - b'0'));
                    self.text = &self.text[1..];
                }
                self.arena.add(Node::Number(value))
            }
            name @ b'a'..=b'd' => self.arena.add(Node::Variable(name - b'a')),
            b'-' => {
                let inner = self.expression(3)?;
                self.arena.simple(Node::Negate(inner))
            }
            b'(' => {
                let inner = self.expression(0)?;
                match self.take() {
                    Some(b')') => Ok(inner),
                    _ => Err(Fault::Unexpected),
                }
            }
            _ => Err(Fault::Unexpected),
        }
    }
}

struct Text {
    bytes: [u8; BYTES],
    len: usize,
}

impl Text {
    fn push(&mut self, text: &[u8]) {
        self.bytes[self.len..self.len + text.len()].copy_from_slice(text);
        self.len += text.len();
    }

    fn number(&mut self, value: u64) {
        if value >= 10 {
            self.number(value / 10);
        }
        self.push(&[b'0' + (value % 10) as u8]);
    }

    fn expression(&mut self, depth: u32, random: &mut Random) {
        let choice = random.next();
        if depth == 0 || choice % 8 == 0 {
            match choice >> 32 & 3 {
                0 => self.number(choice >> 52),
                _ => self.push(&[b'a' + (choice >> 40 & 3) as u8]),
            }
            return;
        }
        let operator: &[u8] = match choice >> 16 & 7 {
            0 => {
                self.push(b"-(");
                self.expression(depth - 1, random);
                return self.push(b")");
            }
            1..=3 => b" + ",
            4 => b" - ",
            _ => b"*",
        };
        self.push(b"(");
        self.expression(depth - 1, random);
        self.push(operator);
        self.expression(depth - 1, random);
        self.push(b")");
    }
}

/// xorshift64*, by Vigna.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
}

fn round(random: &mut Random, arena: &mut Arena, text: &mut Text) -> Result<u64, Fault> {
    (arena.len, text.len) = (0, 0);
    text.expression(6, random);
    let mut parser = Parser {
        text: &text.bytes[..text.len],
        arena: &mut *arena,
    };
    let whole = parser.expression(0)?;
    let mut hash = arena.len as u64;
    let mut variables = [3, -5, 7, 11];
    for by in 0..4 {
        let begin = arena.len;
        let derived = arena.derive(whole, by)?;
        hash = mix(hash, arena.evaluate(derived, &variables) as u64);
        variables[usize::from(by)] = arena.evaluate(whole, &variables) >> 7;
        arena.len = begin;
    }
    Ok(hash)
}

fn mix(hash: u64, word: u64) -> u64 {
    (hash ^ word).wrapping_mul(0x100_0000_01B3)
}

#[unsafe(no_mangle)]
pub extern "C" fn run(n: u32) -> u64 {
    let mut random = Random(SEED);
    let mut arena = Arena {
        nodes: [Node::Number(0); NODES],
        len: 0,
    };
    let mut text = Text {
        bytes: [0; BYTES],
        len: 0,
    };
    let mut hash = 0;
    for _ in 0..n {
        hash = match round(&mut random, &mut arena, &mut text) {
            Ok(value) => mix(hash, value),
            Err(fault) => mix(hash, fault as u64),
        };
    }
    hash
}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
