//! Which handler runs an operation with its operands in given places.
//!
//! The handlers of an operation stand in a row, in the order of its class's forms; a class knows
//! the number of each form in that order. All of it is computed when the crate is compiled.

use core::fmt;

use super::handlers::HANDLERS;
use super::operations::{BASES, INFOS, Operation};
use super::register::RegisterClass;
use super::translate::{Place, To};

/// What the translator knows of an operation.
pub(crate) struct Info {
    /// How many operands it takes in places.
    pub(crate) operands: usize,
    /// The class of its result, or of all its results.
    pub(crate) result: Option<RegisterClass>,
    /// How many results it has.
    pub(crate) results: usize,
    /// Its result is a truth value, so that it can branch.
    pub(crate) truth: bool,
    /// It can trap or call, so its place in the module is kept.
    pub(crate) placed: bool,
    /// The operation that gives the same with the operands swapped.
    pub(crate) swapped: Option<Operation>,
    /// The operation that gives the opposite truth value.
    pub(crate) negation: Option<Operation>,
    /// The operation of one operand that gives the same where the second is zero.
    pub(crate) with_zero: Option<Operation>,
    /// For an access to memory 0 by 32-bit addresses: the same by 64-bit addresses, then to any
    /// memory by 32-bit and by 64-bit addresses.
    pub(crate) memories: Option<[Operation; 3]>,
    /// The forms of its class.
    pub(crate) forms: &'static Forms,
}

impl Info {
    /// An operation with this many operands.
    pub(crate) const fn new(operands: usize, forms: &'static Forms) -> Self {
        Self {
            operands,
            result: None,
            results: 0,
            truth: false,
            placed: false,
            swapped: None,
            negation: None,
            with_zero: None,
            memories: None,
            forms,
        }
    }

    /// With a result.
    pub(crate) const fn gives(mut self, kind: RegisterClass) -> Self {
        self.result = Some(kind);
        self.results = 1;
        self
    }

    /// With so many such results.
    pub(crate) const fn times(mut self, results: usize) -> Self {
        self.results = results;
        self
    }

    /// With a truth value as result.
    pub(crate) const fn tests(mut self) -> Self {
        self.truth = true;
        self.gives(RegisterClass::Int)
    }

    /// It can trap or call.
    pub(crate) const fn traps(mut self) -> Self {
        self.placed = true;
        self
    }

    /// For other memories and addresses.
    pub(crate) const fn memories(mut self, operations: [Operation; 3]) -> Self {
        self.memories = Some(operations);
        self
    }

    /// With a mirror image.
    pub(crate) const fn swaps(mut self, operation: Operation) -> Self {
        self.swapped = Some(operation);
        self
    }

    /// With an opposite.
    pub(crate) const fn negates(mut self, operation: Operation) -> Self {
        self.negation = Some(operation);
        self
    }

    /// With a test of one operand.
    pub(crate) const fn with_zero(mut self, operation: Operation) -> Self {
        self.with_zero = Some(operation);
        self
    }
}

/// The forms of a class: for each combination of places its number, plus one.
pub(crate) struct Forms {
    numbers: &'static [u16],
    count: usize,
    /// Places in each, of operands and result.
    places: usize,
}

/// Places that there are, of operands and of results: the base of a key's digits.
const BASE: usize = 9;

impl Forms {
    /// The forms of a list, numbered by a table that `numbers` made of it.
    pub(crate) const fn new(numbers: &'static [u16], list: &[&str]) -> Self {
        Self {
            numbers,
            count: list.len(),
            places: places(list),
        }
    }
}

/// Slots of a table of keys for the forms of a list.
pub(crate) const fn keys(list: &[&str]) -> usize {
    BASE.pow(places(list) as u32)
}

/// Places in each form of a list.
const fn places(list: &[&str]) -> usize {
    if list.is_empty() { 0 } else { list[0].len() }
}

/// Numbers the forms of a list.
pub(crate) const fn numbers<const N: usize>(list: &[&str]) -> [u16; N] {
    let mut numbers = [0; N];
    let mut at = 0;
    while at < list.len() {
        numbers[key_of(list[at])] = at as u16 + 1;
        at += 1;
    }
    numbers
}

const fn key_of(form: &str) -> usize {
    let letters = form.as_bytes();
    let (mut key, mut at) = (0, 0);
    while at < letters.len() {
        let number = match letters[at] {
            b'S' => Place::S as usize,
            b'A' => Place::A as usize,
            b'P' => Place::P as usize,
            b'Q' => Place::Q as usize,
            b'I' => Place::I as usize,
            b'W' => To::W as usize,
            b'J' => To::J as usize,
            b'N' => To::N as usize,
            b'L' => To::L as usize,
            b'M' => To::M as usize,
            _ => panic!("no such place"),
        };
        key += number * BASE.pow(at as u32);
        at += 1;
    }
    key
}

/// Declares the forms of a class.
macro_rules! forms {
    ($($form:literal)*) => {{
        const LIST: &[&str] = &[$($form),*];
        static NUMBERS: [u16; form::keys(LIST)] = form::numbers(LIST);
        Forms::new(&NUMBERS, LIST)
    }};
}
pub(crate) use forms;

/// The number of each operation's first handler.
pub(crate) const fn bases<const N: usize>(infos: &[Info; N]) -> [u16; N] {
    let mut bases = [0; N];
    let (mut at, mut next) = (0, 0);
    while at < N {
        bases[at] = next;
        next += infos[at].forms.count as u16;
        at += 1;
    }
    bases
}

/// The number of a handler, by its operation and its form.
pub(crate) const fn number(operation: Operation, form: &str) -> u16 {
    let at = operation as usize;
    match INFOS[at].forms.numbers[key_of(form)] {
        0 => panic!("no such form"),
        number => BASES[at] + number - 1,
    }
}

/// The handler of an operation with its operands in places and its result in another, if there is
/// one.
#[inline]
pub(crate) fn form(operation: Operation, places: &[Place], to: Option<To>) -> Option<u16> {
    Shape::new(places).form(operation, to)
}

/// Places of operands, as the tables of forms know them.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    key: u16,
    operands: u16,
}

impl Shape {
    /// The digit of the result in a key, by how many operands stand before it.
    const RESULT: [usize; 4] = [1, BASE, BASE.pow(2), BASE.pow(3)];

    /// That of these places, of at most three operands.
    #[inline]
    pub(crate) fn new(places: &[Place]) -> Self {
        let digits = places.iter().rev();
        let key = digits.fold(0, |key, &place| key * BASE as u16 + place as u16);
        let operands = places.len() as u16;
        Self { key, operands }
    }

    /// The handler of an operation with its operands there and its result in a place, if there is one.
    #[inline]
    pub(crate) fn form(self, operation: Operation, to: Option<To>) -> Option<u16> {
        let forms = operation.info().forms;
        let operands = usize::from(self.operands);
        // A key does not tell how many places it is made of.
        if forms.places != operands + usize::from(to.is_some()) {
            return None;
        }
        let result = to.map_or(0, |to| to as usize * Self::RESULT[operands]);
        let number = forms.numbers.get(usize::from(self.key) + result)?;
        Some(BASES[operation as usize] + number.checked_sub(1)?)
    }
}

/// Where the handler with a number reads its first operand; none if it has none in a place.
pub(crate) fn first_place(number: u16) -> Option<Place> {
    let operation = operation(number)?;
    let info = &INFOS[operation];
    let form = number - BASES[operation] + 1;
    let key = info.forms.numbers.iter().position(|it| *it == form)?;
    let first = key % BASE;
    let places = [Place::S, Place::A, Place::P, Place::Q, Place::I];
    let mut places = places.into_iter().filter(|_| info.operands > 0);
    places.find(|place| *place as usize == first)
}

/// The operation and the places of the handler with a number: `I32Add SIA`.
pub(crate) struct Named(pub(crate) u16);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const READ: [char; 5] = ['S', 'A', 'P', 'Q', 'I'];
        const WRITTEN: [char; BASE] = ['S', 'A', 'P', 'Q', 'W', 'J', 'N', 'L', 'M'];
        let number = self.0;
        let Some(at) = operation(number) else {
            return write!(f, "{number}");
        };
        let (info, form) = (&INFOS[at], number - BASES[at] + 1);
        write!(f, "{:?}", Operation::ALL[at])?;
        let found = info.forms.numbers.iter().position(|it| *it == form);
        let (mut key, operands) = (found.unwrap_or_default(), info.operands);
        for place in 0..info.forms.places {
            let separator = if place == 0 { " " } else { "" };
            let letter = match place < operands {
                true => READ.get(key % BASE),
                false => WRITTEN.get(key % BASE),
            };
            write!(f, "{separator}{}", letter.unwrap_or(&'?'))?;
            key /= BASE;
        }
        Ok(())
    }
}

/// The operation of the handler with a number, unless it is fused.
fn operation(number: u16) -> Option<usize> {
    let operations = BASES.partition_point(|base| *base <= number);
    operations
        .checked_sub(1)
        .filter(|_| usize::from(number) < HANDLERS.len())
}

impl Operation {
    /// The test whether an integer is zero.
    pub(crate) const EQZ: Self = Self::I32Eqz;

    /// What the translator knows of it.
    pub(crate) fn info(self) -> &'static Info {
        &INFOS[self as usize]
    }

    /// The test that it is where its second operand is zero, and whether the test says the opposite.
    pub(crate) fn with_zero(self) -> Option<(Self, bool)> {
        let info = self.info();
        let opposite = || info.negation?.info().with_zero;
        let own = info.with_zero.map(|test| (test, false));
        own.or_else(|| Some((opposite()?, true)))
    }

    /// Whether it turns a truth value round.
    pub(crate) fn is_eqz(self) -> bool {
        self == Self::EQZ
    }

    /// Copies a value of a class.
    pub(crate) fn moving(kind: RegisterClass) -> Self {
        match kind {
            RegisterClass::Int => Self::Move,
            RegisterClass::F32 => Self::MoveF32,
            RegisterClass::F64 => Self::MoveF64,
            RegisterClass::V128 => Self::MoveV128,
        }
    }

    /// Selects between values of a class.
    pub(crate) fn selecting(kind: RegisterClass) -> Self {
        match kind {
            RegisterClass::Int => Self::Select,
            RegisterClass::F32 => Self::SelectF32,
            RegisterClass::F64 => Self::SelectF64,
            RegisterClass::V128 => Self::SelectV128,
        }
    }

    /// Reads a global of a class.
    pub(crate) fn global_reading(kind: RegisterClass) -> Self {
        match kind {
            RegisterClass::Int => Self::GlobalGet,
            RegisterClass::F32 => Self::GlobalGetF32,
            RegisterClass::F64 => Self::GlobalGetF64,
            RegisterClass::V128 => Self::GlobalGetV128,
        }
    }

    /// Writes a global of a class.
    pub(crate) fn global_writing(kind: RegisterClass) -> Self {
        match kind {
            RegisterClass::Int => Self::GlobalSet,
            RegisterClass::F32 => Self::GlobalSetF32,
            RegisterClass::F64 => Self::GlobalSetF64,
            RegisterClass::V128 => Self::GlobalSetV128,
        }
    }

    /// Returns one value of a class.
    pub(crate) fn returning(kind: RegisterClass) -> Self {
        match kind {
            RegisterClass::Int => Self::ReturnValue,
            RegisterClass::F32 => Self::ReturnValueF32,
            RegisterClass::F64 => Self::ReturnValueF64,
            RegisterClass::V128 => Self::ReturnValueV128,
        }
    }
}
