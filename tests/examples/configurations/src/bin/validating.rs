//! All that the tier has, and the validator, for modules that come at run time.

use tabwasm::compact::Module;
use tabwasm::profile::NoAlloc;

tabwasm_macros::include_wasm!(tabwasm::profile::NoAlloc, "../add.wat");

fn main() {
    let mut arena = [0; 512];
    let validated = Module::new(add::WASM, &NoAlloc, &mut arena);
    assert_eq!(
        validated.map(|module| module.table() == add::TABLE),
        Ok(true)
    );
    let mut ram = add::Ram::new();
    let added =
        add::Instance::new(ram.lend(), (), &mut 100).and_then(|mut add| add.add(&mut 100, 1, 2));
    assert_eq!(added, Ok(3));
}
