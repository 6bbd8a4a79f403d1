//! Modules put together from bytes.
//!
//! A text format or an encoder would refuse to write what these tests need: counts that claim too
//! much, sections that end early.

/// An unsigned number in LEB128.
pub(crate) fn number(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = number as u8 & 0x7F;
        number >>= 7;
        if number == 0 {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}

/// Bytes, their length before them.
pub(crate) fn counted(bytes: &[u8]) -> Vec<u8> {
    [&number(bytes.len() as u64), bytes].concat()
}

/// A section.
pub(crate) fn section(id: u8, body: &[u8]) -> Vec<u8> {
    [&[id], &counted(body)[..]].concat()
}

/// A module of these sections.
pub(crate) fn module(sections: &[Vec<u8>]) -> Vec<u8> {
    [b"\0asm\x01\0\0\0", &sections.concat()[..]].concat()
}

/// A module with one function, exported as `f`, that takes nothing and gives an `i32`.
pub(crate) fn function(instructions: &[u8]) -> Vec<u8> {
    body(&[&[0x00], instructions].concat())
}

/// The same, the body given with its locals.
pub(crate) fn body(body: &[u8]) -> Vec<u8> {
    module(&[
        section(1, &[1, 0x60, 0, 1, 0x7F]),
        section(3, &[1, 0]),
        section(7, b"\x01\x01f\0\0"),
        section(10, &[&[1], &counted(body)[..]].concat()),
    ])
}
