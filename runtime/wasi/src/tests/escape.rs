//! Nothing outside of a preopened directory is seen or changed.
//!
//! The directory holds links of all kinds that lead out, made by somebody else. Every function that
//! takes a path tries every way; then a thread swaps a directory for a link that leads out while the
//! guest opens files through it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::string::ToString;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::vec::Vec;

use super::{FOLLOW, LIST, READ, ROOT, WRITE, World, scratch};
use crate::abi::{Errno, oflags};

/// Opens files while a thread swaps.
const RACES: u32 = 10_000;

/// Paths that lead out, through links of `fill`; all name something that exists outside.
const WAYS: [&str; 17] = [
    "..",
    "../",
    "../secret",
    "./../secret",
    "dir/../../secret",
    "dir/./.././../secret",
    "../in/../secret",
    "up/secret",
    "up/",
    "up/.",
    "up/in/../secret",
    "up/up/secret",
    "dir/up/../secret",
    "dir/far/secret",
    "chain/secret",
    "file_out/..",
    "out/secret",
];

/// Paths that would lead out if they were taken from the root of the host.
const ABSOLUTE: [&str; 9] = [
    "/",
    "/etc/passwd",
    "//etc/passwd",
    "/..",
    "root/etc/passwd",
    "root/",
    "passwd/.",
    "cwd/.",
    "fd/.",
];

fn fill(inside: &Path) {
    fs::create_dir_all(inside.join("dir")).expect("a directory");
    fs::write(inside.join("file"), "inside").expect("a file");
    for (target, name) in [
        ("..", "up"),
        ("up", "chain"),
        ("../..", "dir/far"),
        ("../", "dir/up"),
        ("../secret", "file_out"),
        ("../../../../../../../../../../etc/passwd", "deep"),
        ("/", "root"),
        ("/etc/passwd", "passwd"),
        ("/proc/self/cwd", "cwd"),
        ("/proc/self/fd", "fd"),
        ("loop", "loop"),
    ] {
        symlink(target, inside.join(name)).expect("a link");
    }
    symlink(inside.parent().expect("it is inside"), inside.join("out")).expect("a link");
}

/// What is outside: names and contents.
fn outside(host: &Path) -> Vec<(std::string::String, std::string::String)> {
    let entries = fs::read_dir(host).expect("a directory");
    let mut all: Vec<_> = entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let content = fs::read_to_string(&path).unwrap_or_default();
            (path.display().to_string(), content)
        })
        .collect();
    all.sort();
    all
}

#[test]
fn no_path_leads_out() {
    let mut attempts = 0;
    for walks in [false, true] {
        let host = scratch();
        let inside = host.join("in");
        fs::create_dir(&inside).expect("a directory");
        fill(&inside);
        fs::write(host.join("secret"), "secret").expect("a file");
        let before = outside(&host);
        let mut world = World::on_host(walks, inside);
        for path in WAYS
            .into_iter()
            .chain(ABSOLUTE)
            .chain(["file_out", "deep", "passwd"])
        {
            let answers = [
                world.open(path, 0, READ).map(drop),
                world.open(path, 0, WRITE).map(drop),
                world.open(path, 0, LIST).map(drop),
                world.open(path, oflags::CREAT, WRITE).map(drop),
                world.open(path, oflags::TRUNC, WRITE).map(drop),
                world.stat(ROOT, FOLLOW, path).map(drop),
                world.link((ROOT, path), FOLLOW, (ROOT, "stolen")),
            ];
            for answer in answers {
                // What has to be a directory, and is none, is not even looked at.
                assert!(
                    matches!(answer, Err(Errno::Perm | Errno::Notdir | Errno::Isdir)),
                    "{path}: {answer:?} ({})",
                    world.name
                );
                attempts += 1;
            }
        }
        for path in WAYS.into_iter().chain(ABSOLUTE) {
            let answers = [
                world.create_directory(ROOT, path),
                world.remove_directory(ROOT, path),
                world.rename((ROOT, "file"), (ROOT, path)),
                world.rename((ROOT, path), (ROOT, "stolen")),
                world.link((ROOT, "file"), 0, (ROOT, path)),
                world.read_link(ROOT, path, 9).map(drop),
                world.symlink("file", ROOT, path),
                world.unlink(ROOT, path),
            ];
            for answer in answers {
                assert!(answer.is_err(), "{path}: {answer:?} ({})", world.name);
                attempts += 1;
            }
            fill_again(&world);
        }
        assert_eq!(world.open("loop", 0, READ), Err(Errno::Loop));
        assert_eq!(world.content("file").as_deref(), Ok("inside"));
        assert_eq!(outside(&host), before, "{}", world.name);
        drop(world);
        let _ = fs::remove_dir_all(host);
    }
    std::println!("{attempts} attempts, none succeeded");
    assert!(attempts >= 60);
}

/// A link is a name inside, and may be removed: `up/` with a slash is not that name.
fn fill_again(world: &World) {
    let inside = world.host.as_deref().expect("it is on the host");
    assert!(fs::symlink_metadata(inside.join("up")).is_ok());
}

#[test]
fn nobody_who_swaps_directories_leads_out() {
    for walks in [false, true] {
        let host = scratch();
        let inside = host.join("in");
        fs::create_dir_all(inside.join("dir")).expect("a directory");
        fs::write(inside.join("dir/file"), "inside").expect("a file");
        fs::write(host.join("file"), "secret").expect("a file");
        symlink("..", inside.join("link")).expect("a link");
        let stop = AtomicBool::new(false);
        let mut world = World::on_host(walks, inside.clone());
        let (mut read, mut refused) = (0, 0);
        thread::scope(|scope| {
            scope.spawn(|| {
                let exchange = rustix::fs::RenameFlags::EXCHANGE;
                let (here, dir, link) = (rustix::fs::CWD, inside.join("dir"), inside.join("link"));
                while !stop.load(Ordering::Relaxed) {
                    rustix::fs::renameat_with(here, &dir, here, &link, exchange).expect("both");
                }
            });
            for n in 0..RACES {
                match world.content("dir/file") {
                    Ok(content) => {
                        assert_eq!(content, "inside");
                        read += 1;
                    }
                    Err(Errno::Perm | Errno::Notdir | Errno::Loop) => refused += 1,
                    Err(errno) => panic!("{errno:?}"),
                }
                if n % 16 == 0 {
                    if let Ok(fd) = world.open("dir/made", oflags::CREAT, WRITE) {
                        world.close(fd).expect("it is open");
                    }
                    let _ = world.create_directory(ROOT, "dir/made_too");
                }
            }
            stop.store(true, Ordering::Relaxed);
        });
        std::println!("{}: {read} inside, {refused} refused", world.name);
        assert!(read > 0 && refused > 0);
        assert!(!host.join("made").exists() && !host.join("made_too").exists());
        drop(world);
        let _ = fs::remove_dir_all(host);
    }
}
