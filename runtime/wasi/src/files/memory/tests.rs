//! Limits of files in memory: bytes, files and names come to an end, before what exceeds them is
//! made, and what is neither named nor open any more does not count.

use alloc::format;

use super::*;

const NEW: OpenOptions = OpenOptions {
    read: true,
    write: true,
    create: true,
    exclusive: true,
    truncate: false,
    directory: false,
    flags: 0,
};

fn create(files: &mut MemoryFiles, name: &str) -> Result<Handle, Errno> {
    let root = files.root()?;
    let opened = files.open(root, name.as_bytes(), NEW);
    files.close(root);
    match opened? {
        Opened::File(file) => Ok(file),
        Opened::Directory(_) => Err(Errno::Isdir),
    }
}

#[test]
fn bytes_are_bounded_before_they_are_made() {
    let mut files = MemoryFiles::new();
    let (a, b) = (
        create(&mut files, "a").unwrap(),
        create(&mut files, "b").unwrap(),
    );
    let most = u64::from(MAX_MEMORY_BYTES);
    assert_eq!(files.set_size(a, most + 1), Err(Errno::Nospc));
    assert_eq!(files.write_at(a, &[b"x"], most), Err(Errno::Nospc));
    assert_eq!(files.write_at(a, &[b"x"], u64::MAX), Err(Errno::Inval));
    assert_eq!(files.set_size(a, 1 << 20), Ok(()));
    assert_eq!(files.set_size(b, most - (1 << 20) + 1), Err(Errno::Nospc));
    // What is neither named nor open does not count.
    let root = files.root().unwrap();
    assert_eq!(files.unlink(root, b"a"), Ok(()));
    assert_eq!(files.stat(a).map(|stat| stat.size), Ok(1 << 20));
    files.close(a);
    assert_eq!(files.bytes, 0);
    assert_eq!(files.symlink(&[b'x'; 100], root, b"l"), Ok(()));
    assert_eq!(files.bytes, 100);
    assert_eq!(files.unlink(root, b"l"), Ok(()));
    assert_eq!((files.bytes, files.names), (0, 1));
}

#[test]
fn limits_can_be_lowered_and_not_raised() {
    let mut files = MemoryFiles::new().max_bytes(10).max_files(3).max_entries(3);
    let root = files.root().unwrap();
    let a = create(&mut files, "a").unwrap();
    assert_eq!(files.write_at(a, &[b"12345678"], 0), Ok(8));
    assert_eq!(files.write_at(a, &[b"12345678"], 8), Ok(2));
    assert_eq!(files.write_at(a, &[b"1"], 10), Err(Errno::Nospc));
    assert_eq!(files.set_size(a, 11), Err(Errno::Nospc));
    assert!(create(&mut files, "b").is_ok());
    assert_eq!(create(&mut files, "c"), Err(Errno::Nospc));
    assert_eq!(files.link(root, b"a", root, b"c"), Ok(()));
    assert_eq!(files.link(root, b"a", root, b"d"), Err(Errno::Nospc));
    let raised = MemoryFiles::new().max_bytes(u64::MAX).limits;
    assert_eq!(raised.bytes, u64::from(MAX_MEMORY_BYTES));
}

#[test]
fn files_and_names_are_bounded() {
    let mut files = MemoryFiles::new();
    let root = files.root().unwrap();
    // The root is one of them.
    for n in 1..MAX_MEMORY_FILES {
        let file = create(&mut files, &format!("{n}")).unwrap();
        files.close(file);
    }
    assert_eq!(create(&mut files, "more"), Err(Errno::Nospc));
    assert_eq!(files.create_directory(root, b"more"), Err(Errno::Nospc));
    for n in MAX_MEMORY_FILES..=MAX_MEMORY_ENTRIES {
        let name = format!("{n}");
        assert_eq!(files.link(root, b"1", root, name.as_bytes()), Ok(()));
    }
    assert_eq!(files.link(root, b"1", root, b"more"), Err(Errno::Nospc));
    assert_eq!(files.unlink(root, b"2"), Ok(()));
    assert!(create(&mut files, "more").is_ok());
}
