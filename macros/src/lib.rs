//! Configure Tabwasm at compile time.
//!
//! [`runtime!`] makes a profile: which proposals a runtime has, and how large its modules may be.
//! What a configuration does not have is not linked, and one that is impossible is a compile
//! error that names the row of the tables which forbids it.
//!
//! [`include_wasm!`] makes a module part of a program, [`macro@host`] its functions what modules
//! import, and the derives its types values of components.
//!
//! A program depends on `tabwasm`, with the features that it wants, and on this package, which
//! brings a `tabwasm` of its own to the machine that compiles.

mod configuration;
mod derive;
mod host;
mod include_wasm;
mod message;
mod module;
mod names;
mod runtime;

use proc_macro::TokenStream;

/// Makes a type that implements `tabwasm::profile::Profile`.
///
/// ```
/// tabwasm_macros::runtime! {
///     /// Integers only, for a small machine.
///     pub struct Sensor;
///     tier = no_alloc,
///     proposals = [mvp, sign_extension],
///     limits { name_length = 64, memories = 1 },
///     metered = false,
/// }
/// # fn main() {}
/// ```
///
/// `tier` and `proposals` must be there. A limit that is not there is the tier's. `metered`, true
/// unless said otherwise, is whether the compact engine counts fuel.
#[proc_macro]
pub fn runtime(input: TokenStream) -> TokenStream {
    message::expand(runtime::expand(input.into()))
}

/// Makes a module part of the program: validated by the compiler, with a typed function for each
/// of its exports and a trait for what it imports.
///
/// `include_wasm!(Sensor, "fib.wasm")` becomes a module `fib`, for a runtime `Sensor` of
/// [`runtime!`] or one of the built-in profiles; `pub mod name,` in front gives it another name.
/// The path is relative to the file that says so; a `.wat` is translated. A module that is not
/// valid, or does not fit the runtime, is a compile error.
///
/// It has `WASM` and `TABLE` (the bytes, and what validation has found out: no validator is
/// linked), `Ram` with the memory that an instance takes, `Imports`, and `Instance`.
///
/// ```
/// use tabwasm::Trap;
/// use tabwasm::host::Memory;
/// use tabwasm_macros::{include_wasm, runtime};
///
/// runtime! {
///     struct Sensor;
///     tier = no_alloc,
///     proposals = [mvp, mutable_globals, multi_value],
/// }
///
/// // (import "env" "log" (func (param $at i32) (param $len i32)))
/// // (import "env" "read" (func (param $pin i32) (result i32)))
/// // (func (export "sample") (param $pin i32) (result i32) …)
/// include_wasm!(Sensor, "../tests/modules/sensor.wat");
///
/// #[derive(Default)]
/// struct Board {
///     lines: Vec<String>,
/// }
///
/// // A method for each import: first the guest's memory, then what it is called with. The
/// // documentation of the trait has the `impl` to copy, and so has the error where it is missing.
/// impl sensor::Imports for Board {
///     fn log(&mut self, mut memory: Memory<'_>, at: i32, len: i32) -> Result<(), Trap> {
///         let text = memory.text(at as u32, len as u32)?.unwrap_or_default();
///         self.lines.push(text.into());
///         Ok(())
///     }
///
///     fn read(&mut self, _: Memory<'_>, pin: i32) -> Result<i32, Trap> {
///         Ok(pin * 50)
///     }
/// }
///
/// # fn main() -> Result<(), tabwasm::host::CallError> {
/// // All memory is the caller's; on a device, `ram` is a static.
/// let mut ram = sensor::Ram::new();
/// let mut fuel = 1_000;
/// let mut sensor = sensor::Instance::new(ram.lend(), Board::default(), &mut fuel)?;
/// assert_eq!(sensor.sample(&mut fuel, 3)?, 300);
/// assert_eq!(sensor.host().0.lines, ["warm"]);
/// # Ok(())
/// # }
/// ```
#[proc_macro]
pub fn include_wasm(input: TokenStream) -> TokenStream {
    message::expand(include_wasm::expand(input.into()))
}

/// What [`include_wasm!`] becomes when the runtime's configuration is known.
#[doc(hidden)]
#[proc_macro]
pub fn include_configured(input: TokenStream) -> TokenStream {
    message::expand(include_wasm::expand_configured(input.into()))
}

/// Makes the functions of an `impl` that take `self` what modules import: a `tabwasm::host::Host`,
/// for the compact engine and, by `tabwasm::host::link`, for linkers.
///
/// Parameters are numbers; `Memory<'_>` as the first is the caller's memory. Results are a number,
/// a tuple or nothing, plain or in a `Result` whose error becomes a `Trap`. On a function,
/// `#[host(name = "…", module = "…")]` gives it other names.
///
/// ```
/// use tabwasm::Trap;
/// use tabwasm::compact::Value;
/// use tabwasm::host::{Host, Memory};
/// use tabwasm_macros::host;
///
/// struct Counter(i32);
///
/// #[host(module = "env")]
/// impl Counter {
///     fn add(&mut self, by: i32) -> i32 {
///         self.0 += by;
///         self.0
///     }
///
///     #[host(name = "first_byte")]
///     fn first(&self, mut memory: Memory<'_>, at: i32) -> Result<i32, Trap> {
///         let [byte] = memory.read(at as u32)?;
///         Ok(i32::from(byte))
///     }
/// }
///
/// // A call as the compact engine makes it: all values are the caller's, nothing is allocated.
/// let mut counter = Counter(5);
/// let mut results = [Value::I32(0)];
/// counter.call(0, Memory::new(&mut []), &[Value::I32(2)], &mut results)?;
/// assert_eq!(results, [Value::I32(7)]);
/// counter.call(1, Memory::new(&mut [9]), &[Value::I32(0)], &mut results)?;
/// assert_eq!(results, [Value::I32(9)]);
/// # Ok::<(), Trap>(())
/// ```
#[proc_macro_attribute]
pub fn host(arguments: TokenStream, input: TokenStream) -> TokenStream {
    message::expand(host::expand(arguments.into(), input.into()))
}

/// Makes a type one whose size and alignment in a component's memory can be asked for:
/// `tabwasm::component::ComponentType`. The attributes are those of [`Lift`](derive@Lift).
///
/// ```
/// use tabwasm::component::ComponentType;
/// use tabwasm_macros::{ComponentType, Lift};
///
/// #[derive(ComponentType, Lift)]
/// struct Reading {
///     sensor: u8,
///     value: f64,
/// }
///
/// assert_eq!((Reading::SIZE32, Reading::ALIGN32), (16, 8));
/// ```
#[proc_macro_derive(ComponentType, attributes(component))]
pub fn component_type(input: TokenStream) -> TokenStream {
    message::expand(derive::component_type(input.into()))
}

/// Makes a type one that values of components become: `tabwasm::component::Lift`.
///
/// A `struct` is a record, an `enum` a variant, or an enum if no case has a value. Flags are a
/// `struct` of `bool`s that says so. `#[component(record)]`, `variant` and `enum` may be said, too.
/// Names become labels, `first_name` and `FirstName` alike `first-name`; `#[component(name = "…")]`
/// on a field or case gives it another.
///
/// ```
/// use tabwasm::component::{CanonicalOptions, ComponentType, LiftContext, LowerContext};
/// use tabwasm_macros::{ComponentType, Lift, Lower};
///
/// #[derive(ComponentType, Lift, Lower, Debug, PartialEq)]
/// struct Point {
///     x: i32,
///     y: i32,
/// }
///
/// #[derive(Lift, Lower, Debug, PartialEq)]
/// enum Shape {
///     Dot(Point),
///     #[component(name = "straight-line")]
///     Line((Point, Point)),
///     Nothing,
/// }
///
/// #[derive(Lift, Lower, Debug, PartialEq)]
/// #[component(flags)]
/// struct Style {
///     bold: bool,
///     dashed: bool,
/// }
///
/// assert_eq!((Point::SIZE32, Point::ALIGN32), (8, 4));
///
/// // The second flag; the number of the case `dot`; its point.
/// let mut memory = [0; 24];
/// let options = CanonicalOptions::default();
/// let value = (Style { bold: false, dashed: true }, Shape::Dot(Point { x: 7, y: -1 }));
/// LowerContext::new(&mut memory[..], options).store(&value, 0)?;
/// assert_eq!(memory[..16], [2, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
///
/// let lifted: (Style, Shape) = LiftContext::new(&memory, options).load(0)?;
/// assert_eq!(lifted, value);
/// # Ok::<(), tabwasm::Trap>(())
/// ```
#[proc_macro_derive(Lift, attributes(component))]
pub fn lift(input: TokenStream) -> TokenStream {
    message::expand(derive::lift(input.into()))
}

/// Makes a type one that becomes values of components: `tabwasm::component::Lower`. The attributes
/// are those of [`Lift`](derive@Lift).
///
/// ```
/// use tabwasm::component::{CanonicalOptions, LowerContext};
/// use tabwasm_macros::Lower;
///
/// #[derive(Lower)]
/// struct Reading {
///     sensor: u8,
///     value: u16,
/// }
///
/// // Numbers need no allocator; the memory is enough.
/// let mut memory = [0; 4];
/// let mut guest = LowerContext::new(&mut memory[..], CanonicalOptions::default());
/// guest.store(&Reading { sensor: 3, value: 0x0201 }, 0)?;
/// assert_eq!(memory, [3, 0, 1, 2]);
/// # Ok::<(), tabwasm::Trap>(())
/// ```
#[proc_macro_derive(Lower, attributes(component))]
pub fn lower(input: TokenStream) -> TokenStream {
    message::expand(derive::lower(input.into()))
}
