//! A module for a built-in profile, one of a chosen name, and one in a module of its own.

use tabwasm::profile::NoAlloc;
use tabwasm_macros::include_wasm;

include_wasm!(NoAlloc, "../modules/add.wat");
include_wasm!(pub(crate) mod floats, tabwasm::profile::Std, "../modules/floats.wat");

mod inner {
    tabwasm_macros::runtime! {
        pub(crate) struct Small;
        tier = no_alloc,
        proposals = [mvp],
        metered = false,
    }

    tabwasm_macros::include_wasm!(pub(crate) mod plus, self::Small, "../modules/add.wat");

    pub(crate) mod deeper {
        tabwasm_macros::include_wasm!(pub(crate) mod sum, super::Small, "../modules/add.wat");
    }
}

fn main() {
    let mut ram = add::Ram::new();
    let mut add = add::Instance::new(ram.lend(), (), &mut 100).unwrap();
    assert_eq!(add.add(&mut 100, 1, 2), Ok(3));

    let mut ram = floats::Ram::new();
    let mut floats = floats::Instance::new(ram.lend(), (), &mut 100).unwrap();
    assert_eq!(floats.half(&mut 100, 3.0), Ok(1.5));

    let mut ram = inner::plus::Ram::new();
    let mut plus = inner::plus::Instance::new(ram.lend(), (), &mut 0).unwrap();
    assert_eq!(plus.add(&mut 0, 1, 2), Ok(3));
    assert_eq!(inner::deeper::sum::MEMORY, 0);
}
