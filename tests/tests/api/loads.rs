//! What each load makes of the same eight bytes, all of them negative.
//!
//! What is expected follows from the name of the instruction (`i64.load8_u`: eight bits, zeros
//! above), not from its row, so that a wrong cell is noticed.

use tabwasm::Val;
use tabwasm_tests::tables;

use super::instance;

const BYTES: [u8; 8] = [0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF];

#[test]
fn loads_extend_as_their_names_say() {
    let tables = tables();
    let loads: Vec<&str> = tables
        .ops
        .iter()
        .map(|op| op.mnemonic.as_str())
        // Vectors are the business of the official scripts.
        .filter(|name| name.contains(".load") && !name.starts_with("v128"))
        .collect();
    assert_eq!(loads.len(), 14, "{loads:?}");
    for name in loads {
        let data: String = BYTES.iter().map(|byte| format!("\\{byte:02x}")).collect();
        let ty = &name[..3];
        let text = format!(
            "(module (memory 1) (data (i32.const 8) \"{data}\")
                (func (export \"f\") (result {ty}) ({name} (i32.const 8))))"
        );
        let (mut store, instance) = instance(&text);
        let function = instance.get_func(&mut store, "f").expect("an export");
        let mut results = [Val::I32(0)];
        function
            .call(&mut store, &[], &mut results)
            .expect("within the memory");
        let found = match results[0] {
            Val::I32(value) => u64::from(value.cast_unsigned()),
            Val::I64(value) => value.cast_unsigned(),
            Val::F32(bits) => u64::from(bits),
            Val::F64(bits) => bits,
            ref other => panic!("{name}: {other:?}"),
        };
        assert_eq!(found, expected(name), "{name}");
    }
}

fn expected(name: &str) -> u64 {
    let (ty, rest) = name.split_once(".load").expect("a load");
    let width = |digits: &str| digits.parse::<u32>().expect("bits");
    let whole = width(&ty[1..]);
    let loaded = match rest.split_once('_') {
        Some((digits, _)) => width(digits),
        None => whole,
    };
    let cut = |value: u64, bits: u32| value & (u64::MAX >> (64 - bits));
    let mut value = cut(u64::from_le_bytes(BYTES), loaded);
    if rest.ends_with("_s") {
        value |= !(u64::MAX >> (64 - loaded));
    }
    cut(value, whole)
}
