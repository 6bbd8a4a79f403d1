//! What the functions answer, with the right values written by hand, in every world.
//!
//! Where POSIX and Linux say different things, a test says which one holds here: `pwrite` does not
//! append, a link's text is cut off where the buffer ends, names are bytes. Standard: WASI preview 1.

use std::string::{String, ToString};
use std::vec::Vec;
use std::{format, vec};

use super::{ALL, FOLLOW, LIST, READ, ROOT, WRITE, World};
use crate::abi::{Errno, MAX_DESCRIPTORS, fdflags, fstflags, oflags, rights};
use crate::perms::{DirPerms, FilePerms};

#[test]
fn files_are_made_written_and_read() {
    for mut world in World::all() {
        let fd = world
            .open("f", oflags::CREAT | oflags::EXCL, WRITE)
            .expect("a new file");
        assert_eq!(fd, 4, "the lowest number that is free");
        assert_eq!(world.write(fd, b"hello world", None), Ok(11));
        assert_eq!(world.seek(fd, -5, 2), Ok(6));
        assert_eq!(world.read(fd, 100, None).as_deref(), Ok(&b"world"[..]));
        assert_eq!(world.read(fd, 100, None).as_deref(), Ok(&b""[..]));
        assert_eq!(world.read(fd, 4, Some(1)).as_deref(), Ok(&b"ello"[..]));
        assert_eq!(world.write(fd, b"J", Some(0)), Ok(1));
        assert_eq!(world.seek(fd, 0, 1), Ok(11), "pwrite leaves the position");
        assert_eq!(world.seek(fd, -1, 0), Err(Errno::Inval));
        assert_eq!(world.seek(fd, 0, 3), Err(Errno::Inval));
        assert_eq!(world.content("f").as_deref(), Ok("Jello world"));
        let again = world.open("f", oflags::CREAT | oflags::EXCL, WRITE);
        assert_eq!(again, Err(Errno::Exist));
        assert_eq!(world.open("f", oflags::DIRECTORY, READ), Err(Errno::Notdir));
        world.open("f", oflags::TRUNC, WRITE).expect("a file");
        assert_eq!(world.fd_stat(fd), Ok((4, 1, 0)));
        assert_eq!(world.unlink(ROOT, "f"), Ok(()));
        assert_eq!(world.write(fd, b"gone", None), Ok(4), "it is open still");
        assert_eq!(world.fd_stat(fd), Ok((4, 0, 15)), "zeros stand before");
    }
}

#[test]
fn what_is_appended_goes_to_the_end_but_pwrite_does_not() {
    for mut world in World::all() {
        world.file("f", b"abc");
        let fd = world
            .open_with(ROOT, 0, "f", 0, WRITE, fdflags::APPEND)
            .expect("a file");
        assert_eq!(world.write(fd, b"de", None), Ok(2));
        assert_eq!(world.seek(fd, 0, 1), Ok(5));
        assert_eq!(world.write(fd, b"X", Some(0)), Ok(1));
        assert_eq!(world.content("f").as_deref(), Ok("Xbcde"), "{}", world.name);
        let flags = |world: &mut World, flags| {
            world.call(|ctx, guest| ctx.fd_fdstat_set_flags(guest, fd, flags))
        };
        assert_eq!(flags(&mut world, 0), Ok(()));
        assert_eq!(world.seek(fd, 1, 0), Ok(1));
        assert_eq!(world.write(fd, b"Y", None), Ok(1));
        assert_eq!(world.content("f").as_deref(), Ok("XYcde"));
        assert_eq!(flags(&mut world, fdflags::SYNC.into()), Err(Errno::Inval));
    }
}

#[test]
fn slashes_dots_and_strange_bytes() {
    for mut world in World::all() {
        world.file("f", b"");
        assert_eq!(world.create_directory(ROOT, "d/"), Ok(()));
        assert_eq!(world.symlink("d", ROOT, "l"), Ok(()));
        assert_eq!(world.stat(ROOT, 0, "f/"), Err(Errno::Notdir));
        assert_eq!(world.stat(ROOT, 0, "d//").map(|stat| stat.0), Ok(3));
        assert_eq!(world.stat(ROOT, 0, "l").map(|stat| stat.0), Ok(7));
        assert_eq!(world.stat(ROOT, 0, "l/").map(|stat| stat.0), Ok(3));
        assert_eq!(
            world.stat(ROOT, 0, "d/../f/.").map(drop),
            Err(Errno::Notdir)
        );
        assert_eq!(world.open("new/", oflags::CREAT, WRITE), Err(Errno::Isdir));
        assert_eq!(world.unlink(ROOT, "f/"), Err(Errno::Notdir));
        assert_eq!(world.unlink(ROOT, "d"), Err(Errno::Isdir));
        assert_eq!(world.remove_directory(ROOT, "l/"), Err(Errno::Notdir));
        assert_eq!(world.remove_directory(ROOT, "d/."), Err(Errno::Inval));
        assert_eq!(world.rename((ROOT, "f"), (ROOT, "g/")), Err(Errno::Notdir));
        assert_eq!(world.rename((ROOT, "d/"), (ROOT, "e/")), Ok(()));
        assert_eq!(world.symlink("x", ROOT, "g/"), Err(Errno::Noent));
        assert_eq!(world.open("", 0, READ), Err(Errno::Noent));
        assert_eq!(world.open("f\0g", 0, READ), Err(Errno::Inval));
        assert_eq!(world.open([b'n'; 256], 0, READ), Err(Errno::Nametoolong));
        assert_eq!(world.symlink("/etc", ROOT, "abs"), Err(Errno::Perm));
        // Names are bytes.
        let fd = world.open(b"\xFF\xFE", oflags::CREAT, WRITE);
        assert!(fd.is_ok(), "{fd:?}");
        let root = world
            .open(".", oflags::DIRECTORY, LIST)
            .expect("a directory");
        let (entries, _) = world.entries(root, 0, 4_096).expect("entries");
        assert!(entries.iter().any(|(name, _)| name == b"\xFF\xFE"));
    }
}

#[test]
fn directories_are_listed_from_every_place_with_every_buffer() {
    for mut world in World::all() {
        let mut expected = vec![".".to_string(), "..".to_string()];
        for n in 0..20 {
            let name = format!("{}{n}", "n".repeat(n));
            world.file(&name, b"");
            expected.push(name);
        }
        expected.sort();
        let fd = world
            .open(".", oflags::DIRECTORY, LIST)
            .expect("a directory");
        let (all, _) = world.entries(fd, 0, 8_192).expect("entries");
        assert_eq!(all.len(), 22);
        for length in (0..200).chain([4_096]) {
            for n in 0..all.len() {
                let cookie = if n == 0 { 0 } else { all[n - 1].1 };
                let (some, used) = world.entries(fd, cookie, length).expect("entries");
                assert_eq!(some, all[n..n + some.len()], "{} {length} {n}", world.name);
                assert!(used == length || n + some.len() == all.len());
            }
        }
        let end = all.last().expect("one").1;
        assert_eq!(world.entries(fd, end, 100), Ok((Vec::new(), 0)));
        for length in 46..90 {
            assert_eq!(world.names(fd, length), Ok(expected.clone()));
        }
        // What stays is seen once, whatever comes and goes meanwhile.
        let (first, _) = world.entries(fd, 0, 200).expect("entries");
        let (seen, cookie) = (first.len(), first.last().expect("one").1);
        for (name, _) in all.iter().skip(seen).step_by(2) {
            let name = String::from_utf8_lossy(name).into_owned();
            let _ = world.unlink(ROOT, &name);
        }
        world.file("later", b"");
        let (rest, _) = world.entries(fd, cookie, 8_192).expect("entries");
        let stays = |(name, _): &&super::Listed| rest.iter().any(|(other, _)| other == name);
        let dots = |name: &[u8]| name == b"." || name == b"..";
        let left = all.iter().skip(seen).enumerate();
        let left = left.filter(|(n, (name, _))| n % 2 == 1 || dots(name));
        assert!(
            left.map(|(_, entry)| entry).all(|entry| stays(&entry)),
            "{}",
            world.name
        );
        assert!(
            !rest.iter().any(|entry| first.contains(entry)),
            "{}",
            world.name
        );
    }
}

#[test]
fn rights_only_shrink() {
    for mut world in World::all() {
        world.file("f", b"abc");
        let fd = world.open("f", 0, WRITE).expect("a file");
        assert_eq!(world.rights(fd), Ok((WRITE, 0)));
        let set = |world: &mut World, fd, base, inheriting| {
            world.call(|ctx, guest| ctx.fd_fdstat_set_rights(guest, fd, base, inheriting))
        };
        assert_eq!(set(&mut world, fd, READ, 0), Ok(()));
        assert_eq!(world.write(fd, b"x", None), Err(Errno::Notcapable));
        assert_eq!(set(&mut world, fd, WRITE, 0), Err(Errno::Notcapable));
        assert_eq!(world.rights(fd), Ok((READ, 0)));
        assert_eq!(set(&mut world, ROOT, LIST, ALL & !rights::FD_WRITE), Ok(()));
        assert_eq!(world.open("f", 0, WRITE), Err(Errno::Notcapable));
        let read = world.open("f", 0, READ).expect("a file");
        assert_eq!(world.write(read, b"x", None), Err(Errno::Notcapable));
        let less = LIST & !rights::PATH_UNLINK_FILE & !rights::FD_READDIR;
        assert_eq!(set(&mut world, ROOT, less, READ), Ok(()));
        assert_eq!(world.unlink(ROOT, "f"), Err(Errno::Notcapable));
        assert_eq!(world.entries(ROOT, 0, 64), Err(Errno::Notcapable));
        assert_eq!(world.read(ROOT, 1, None), Err(Errno::Badf), "a directory");
        assert_eq!(world.entries(read, 0, 64), Err(Errno::Notdir), "a file");
    }
}

#[test]
fn what_may_only_be_read_is_not_changed() {
    let mut world = World::in_memory(DirPerms::READ, FilePerms::READ);
    let refused = [
        world.open("f", oflags::CREAT, READ).map(drop),
        world.open("f", oflags::TRUNC, WRITE).map(drop),
        world.open(".", 0, WRITE).map(drop),
        world.create_directory(ROOT, "d"),
        world.remove_directory(ROOT, "d"),
        world.unlink(ROOT, "f"),
        world.symlink("f", ROOT, "g"),
        world.rename((ROOT, "f"), (ROOT, "g")),
        world.link((ROOT, "f"), 0, (ROOT, "g")),
        world.call(|ctx, guest| {
            let now = fstflags::ATIM_NOW.into();
            ctx.path_filestat_set_times(guest, ROOT, 0, super::PATH, 1, 0, 0, now)
        }),
        world.call(|ctx, guest| {
            ctx.fd_filestat_set_times(guest, ROOT, 0, 0, fstflags::MTIM_NOW.into())
        }),
    ];
    assert_eq!(refused, [Err(Errno::Perm); 11]);
    assert_eq!(world.names(ROOT, 64), Ok(vec![".".into(), "..".into()]));
}

#[test]
fn numbers_of_descriptors() {
    for mut world in World::all() {
        world.file("f", b"abc");
        let (a, b) = (world.open("f", 0, READ), world.open("f", 0, READ));
        assert_eq!((a, b), (Ok(4), Ok(5)));
        assert_eq!(world.read(5, 2, None).as_deref(), Ok(&b"ab"[..]));
        assert_eq!(world.ctx.fd_renumber(5, 4), Ok(()));
        assert_eq!(world.seek(4, 0, 1), Ok(2));
        assert_eq!(world.seek(5, 0, 1), Err(Errno::Badf));
        assert_eq!(world.ctx.fd_renumber(4, 4), Ok(()));
        assert_eq!(world.ctx.fd_renumber(4, 5), Err(Errno::Badf));
        assert_eq!(world.ctx.fd_renumber(4, ROOT), Err(Errno::Notsup));
        assert_eq!(world.ctx.fd_renumber(ROOT, 4), Err(Errno::Notsup));
        for fd in 5..MAX_DESCRIPTORS {
            assert_eq!(world.open("f", 0, READ), Ok(fd));
        }
        assert_eq!(
            world.open("f", 0, READ),
            Err(Errno::Mfile),
            "{}",
            world.name
        );
        assert_eq!(world.close(17), Ok(()));
        assert_eq!(world.open("f", 0, READ), Ok(17));
    }
}

#[test]
fn links_are_followed_and_bounded() {
    for mut world in World::all() {
        world.file("f", b"abc");
        assert_eq!(world.symlink("f", ROOT, "l0"), Ok(()));
        for n in 1..60 {
            let (target, name) = (format!("l{}", n - 1), format!("l{n}"));
            assert_eq!(world.symlink(target, ROOT, name), Ok(()));
        }
        assert_eq!(world.content("l9").as_deref(), Ok("abc"));
        assert_eq!(world.content("l59"), Err(Errno::Loop));
        assert_eq!(world.open_with(ROOT, 0, "l0", 0, READ, 0), Err(Errno::Loop));
        assert_eq!(world.read_link(ROOT, "l10", 100).as_deref(), Ok(&b"l9"[..]));
        assert_eq!(world.read_link(ROOT, "l10", 1).as_deref(), Ok(&b"l"[..]));
        assert_eq!(world.read_link(ROOT, "f", 9), Err(Errno::Inval));
        assert_eq!(world.symlink("made", ROOT, "dangling"), Ok(()));
        let new = world.open("dangling", oflags::CREAT | oflags::EXCL, WRITE);
        assert_eq!(new, Err(Errno::Exist));
        assert!(world.open("dangling", oflags::CREAT, WRITE).is_ok());
        assert_eq!(world.stat(ROOT, FOLLOW, "made"), Ok((4, 1, 0)));
    }
}
