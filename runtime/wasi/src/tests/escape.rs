//! Nothing outside of a preopened directory is seen or changed.
//!
//! The directory holds links of all kinds that lead out, made by somebody else. Every function that
//! takes a path tries every way, and what is refused is what `cap-std` refuses; then a thread swaps
//! directories, files and links for ones that lead out while the guest opens files through them.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::string::ToString;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::vec::Vec;
use std::{format, thread};

use cap_std::fs::{Dir, OpenOptions};

use super::{FOLLOW, LIST, READ, ROOT, WRITE, World, scratch};
use crate::abi::{Errno, fdflags, oflags};

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

/// Paths that stay inside.
const INSIDE: [&str; 9] = [
    "file",
    "./file",
    "dir/../file",
    "dir",
    "dir/.",
    "dir/./",
    "dir/none",
    "inner",
    "inner_dir/none",
];

/// What is done with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attempt {
    Read,
    Write,
    Create,
    CreateNew,
    Truncate,
    Append,
    Stat,
    StatLink,
    List,
    CreateDirectory,
    RemoveDirectory,
    Unlink,
    RenameFrom,
    RenameTo,
    LinkFrom,
    LinkTo,
    ReadLink,
    Symlink,
}

const ATTEMPTS: [Attempt; 18] = [
    Attempt::Read,
    Attempt::Write,
    Attempt::Create,
    Attempt::CreateNew,
    Attempt::Truncate,
    Attempt::Append,
    Attempt::Stat,
    Attempt::StatLink,
    Attempt::List,
    Attempt::CreateDirectory,
    Attempt::RemoveDirectory,
    Attempt::Unlink,
    Attempt::RenameFrom,
    Attempt::RenameTo,
    Attempt::LinkFrom,
    Attempt::LinkTo,
    Attempt::ReadLink,
    Attempt::Symlink,
];

impl Attempt {
    /// Whether it succeeds in a world.
    fn here(self, world: &mut World, path: &str) -> bool {
        let mut open = |how, rights, flags| {
            let opened = world.open_with(ROOT, FOLLOW, path, how, rights, flags);
            opened.and_then(|fd| world.close(fd)).is_ok()
        };
        match self {
            Self::Read => open(0, READ, 0),
            Self::Write => open(0, WRITE, 0),
            Self::Create => open(oflags::CREAT, WRITE, 0),
            Self::CreateNew => open(oflags::CREAT | oflags::EXCL, WRITE, 0),
            Self::Truncate => open(oflags::TRUNC, WRITE, 0),
            Self::Append => open(0, WRITE, fdflags::APPEND),
            Self::List => open(oflags::DIRECTORY, LIST, 0),
            Self::Stat => world.stat(ROOT, FOLLOW, path).is_ok(),
            Self::StatLink => world.stat(ROOT, 0, path).is_ok(),
            Self::CreateDirectory => world.create_directory(ROOT, path).is_ok(),
            Self::RemoveDirectory => world.remove_directory(ROOT, path).is_ok(),
            Self::Unlink => world.unlink(ROOT, path).is_ok(),
            Self::RenameFrom => world.rename((ROOT, path), (ROOT, "stolen")).is_ok(),
            Self::RenameTo => world.rename((ROOT, "file"), (ROOT, path)).is_ok(),
            Self::LinkFrom => world.link((ROOT, path), 0, (ROOT, "stolen")).is_ok(),
            Self::LinkTo => world.link((ROOT, "file"), 0, (ROOT, path)).is_ok(),
            Self::ReadLink => world.read_link(ROOT, path, 99).is_ok(),
            Self::Symlink => world.symlink("file", ROOT, path).is_ok(),
        }
    }

    /// Whether `cap-std` lets it succeed.
    fn there(self, dir: &Dir, path: &str) -> bool {
        let mut options = OpenOptions::new();
        let mut open = |set: &dyn Fn(&mut OpenOptions) -> &mut OpenOptions| {
            set(options.read(true));
            dir.open_with(path, &options).is_ok()
        };
        match self {
            Self::Read => open(&|options| options),
            Self::Write => open(&|options| options.write(true)),
            Self::Create => open(&|options| options.write(true).create(true)),
            Self::CreateNew => open(&|options| options.write(true).create_new(true)),
            Self::Truncate => open(&|options| options.write(true).truncate(true)),
            Self::Append => open(&|options| options.append(true)),
            Self::List => dir.open_dir(path).is_ok(),
            Self::Stat => dir.metadata(path).is_ok(),
            Self::StatLink => dir.symlink_metadata(path).is_ok(),
            Self::CreateDirectory => dir.create_dir(path).is_ok(),
            Self::RemoveDirectory => dir.remove_dir(path).is_ok(),
            Self::Unlink => dir.remove_file(path).is_ok(),
            Self::RenameFrom => dir.rename(path, dir, "stolen").is_ok(),
            Self::RenameTo => dir.rename("file", dir, path).is_ok(),
            Self::LinkFrom => dir.hard_link(path, dir, "stolen").is_ok(),
            Self::LinkTo => dir.hard_link("file", dir, path).is_ok(),
            Self::ReadLink => dir.read_link(path).is_ok(),
            Self::Symlink => dir.symlink("file", path).is_ok(),
        }
    }
}

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Kernel,
    Walk,
    CapStd,
}

impl Who {
    /// What succeeds; the directory is made anew whenever something did.
    fn answers(self, attempts: &[(Attempt, &str)]) -> Vec<bool> {
        let mut directory = None;
        let mut answers = Vec::new();
        for (attempt, path) in attempts {
            let host = directory.take().unwrap_or_else(new_directory);
            let (inside, before) = (host.join("in"), outside(&host));
            let said = match self {
                Self::CapStd => {
                    let dir = Dir::open_ambient_dir(&inside, cap_std::ambient_authority());
                    attempt.there(&dir.expect("a directory"), path)
                }
                Self::Kernel | Self::Walk => {
                    let mut world = World::on_host(self == Self::Walk, inside);
                    let said = attempt.here(&mut world, path);
                    // It is looked at still.
                    world.host = None;
                    said
                }
            };
            assert_eq!(outside(&host), before, "{self:?} {attempt:?} {path}");
            match said {
                true => drop(fs::remove_dir_all(host)),
                false => directory = Some(host),
            }
            answers.push(said);
        }
        let _ = directory.map(fs::remove_dir_all);
        answers
    }
}

fn new_directory() -> PathBuf {
    let host = scratch();
    let inside = host.join("in");
    fs::create_dir(&inside).expect("a directory");
    fill(&inside);
    symlink("dir/../file", inside.join("inner")).expect("a link");
    symlink("dir/.", inside.join("inner_dir")).expect("a link");
    fs::write(host.join("secret"), "secret").expect("a file");
    host
}

/// What differs from `cap-std`. It leaves away a slash or `.` behind the name of a link, so that the
/// link is meant; here it has to be a directory then, as POSIX says, and the link leads out. It keeps
/// to itself where a link leads that leads to the root.
const DIFFERENT: [(Attempt, &str); 9] = [
    (Attempt::StatLink, "up/"),
    (Attempt::StatLink, "up/."),
    (Attempt::StatLink, "root/"),
    (Attempt::StatLink, "passwd/."),
    (Attempt::StatLink, "cwd/."),
    (Attempt::StatLink, "fd/."),
    (Attempt::RenameTo, "up/"),
    (Attempt::RenameTo, "root/"),
    (Attempt::ReadLink, "passwd"),
];

#[test]
fn cap_std_refuses_the_same() {
    let paths = WAYS.into_iter().chain(ABSOLUTE).chain(INSIDE);
    let paths = paths.chain(["file_out", "deep", "passwd", "up", "chain", "loop"]);
    let attempts = paths.flat_map(|path| ATTEMPTS.map(|attempt| (attempt, path)));
    let attempts: Vec<_> = attempts.collect();
    let [kernel, walk, there] =
        [Who::Kernel, Who::Walk, Who::CapStd].map(|who| who.answers(&attempts));
    assert_eq!(kernel, walk);
    let differs = |n: &usize| kernel[*n] != there[*n];
    let different: Vec<_> = (0..attempts.len())
        .filter(differs)
        .map(|n| attempts[n])
        .collect();
    let unknown = different.iter().filter(|one| !DIFFERENT.contains(one));
    assert_eq!(unknown.collect::<Vec<_>>(), Vec::<&(Attempt, &str)>::new());
    assert_eq!(different.len(), DIFFERENT.len());
    let allowed = kernel.iter().filter(|said| **said).count();
    std::println!("{} attempts, {allowed} allowed", attempts.len());
    assert!(attempts.len() >= 60 && allowed > 20);
}

/// What a thread does to directories while a guest opens files.
#[derive(Clone, Copy, Debug)]
enum Race {
    /// A directory becomes a link to the one above, and back, in one step.
    Directory,
    /// A directory becomes a link by its absolute path.
    Absolute,
    /// A file becomes a link to one outside.
    File,
    /// A directory is moved away and a link put in its place, in two steps.
    Replace,
    /// A directory that the guest passes through is moved out, so that `..` of it is outside.
    Move,
    /// A link inside becomes a link that leads out.
    Link,
}

const RACES: [Race; 6] = [
    Race::Directory,
    Race::Absolute,
    Race::File,
    Race::Replace,
    Race::Move,
    Race::Link,
];

/// Lets a guest open files while a thread swaps, and gives how often it read what is inside and how
/// often it was refused.
fn race(walks: bool, race: Race, time: Duration) -> (u32, u32) {
    let host = scratch();
    let inside = host.join("in");
    fs::create_dir_all(inside.join("dir/sub")).expect("a directory");
    for file in ["file", "dir/file", "dir/sub/file"] {
        fs::write(inside.join(file), "inside").expect("a file");
        fs::create_dir_all(host.join(file).parent().expect("above")).expect("a directory");
        fs::write(host.join(file), "secret").expect("a file");
    }
    let (one, other) = match race {
        Race::Directory | Race::Replace => ("dir", ".."),
        Race::Absolute => ("dir", host.to_str().expect("text")),
        Race::File => ("dir/file", "../../file"),
        Race::Move => ("dir/sub", ""),
        Race::Link => ("link", "../dir"),
    };
    symlink("dir", inside.join("link")).expect("a link");
    if !other.is_empty() {
        symlink(other, inside.join("other")).expect("a link");
    }
    let path = match race {
        Race::Move => "dir/sub/../file",
        Race::Link => "link/file",
        _ => "dir/file",
    };
    let (stop, began) = (AtomicBool::new(false), AtomicBool::new(false));
    let mut world = World::on_host(walks, inside.clone());
    let (mut read, mut refused) = (0, 0);
    thread::scope(|scope| {
        scope.spawn(|| {
            let here = rustix::fs::CWD;
            let (one, other) = (inside.join(one), inside.join("other"));
            let exchange = rustix::fs::RenameFlags::EXCHANGE;
            while !stop.load(Ordering::Relaxed) {
                match race {
                    Race::Replace => {
                        let away = inside.join("away");
                        fs::rename(&one, &away).expect("it is there");
                        fs::rename(&other, &one).expect("it is there");
                        fs::rename(&one, &other).expect("it is there");
                        fs::rename(&away, &one).expect("it is there");
                    }
                    Race::Move => {
                        let away = host.join("away");
                        fs::rename(&one, &away).expect("it is there");
                        fs::rename(&away, &one).expect("it is there");
                    }
                    _ => rustix::fs::renameat_with(here, &one, here, &other, exchange)
                        .expect("both are there"),
                }
                began.store(true, Ordering::Relaxed);
            }
        });
        while !began.load(Ordering::Relaxed) {
            thread::yield_now();
        }
        let end = Instant::now() + time;
        while Instant::now() < end {
            match world.content(path) {
                Ok(content) => {
                    assert_eq!(content, "inside", "{race:?} {}", world.name);
                    read += 1;
                }
                Err(Errno::Perm | Errno::Notdir | Errno::Loop | Errno::Noent) => refused += 1,
                Err(errno) => panic!("{race:?} {}: {errno:?}", world.name),
            }
            let parent = path.strip_suffix("file").expect("a file");
            let _ = world.stat(ROOT, FOLLOW, path);
            if let Ok(fd) = world.open(format!("{parent}made"), oflags::CREAT, WRITE) {
                world.close(fd).expect("it is open");
            }
            let _ = world.create_directory(ROOT, format!("{parent}made_too"));
            let _ = world.rename((ROOT, "file"), (ROOT, &format!("{parent}moved")));
            let _ = world.rename((ROOT, &format!("{parent}moved")), (ROOT, "file"));
            let _ = world.link((ROOT, path), FOLLOW, (ROOT, "stolen"));
            let _ = world.unlink(ROOT, "stolen");
        }
        stop.store(true, Ordering::Relaxed);
    });
    let mut made: Vec<_> = outside(&host).into_iter().map(|(path, _)| path).collect();
    made.retain(|path| !path.ends_with("/away"));
    let made: Vec<_> = made.iter().map(|path| path.rsplit('/').next()).collect();
    let right = [Some("dir"), Some("file"), Some("in")];
    assert_eq!(made, right, "{race:?} {}", world.name);
    for file in ["file", "dir/file", "dir/sub/file"] {
        let content = fs::read_to_string(host.join(file));
        assert_eq!(
            content.expect("a file"),
            "secret",
            "{race:?} {}",
            world.name
        );
    }
    assert_eq!(
        fs::read_dir(host.join("dir")).expect("a directory").count(),
        2
    );
    drop(world);
    let _ = fs::remove_dir_all(host);
    (read, refused)
}

/// All races, for a time that they share.
fn races(time: Duration) {
    let each = time / (2 * RACES.len() as u32);
    let (mut read, mut refused) = (0, 0);
    for walks in [false, true] {
        for kind in RACES {
            let (inside, not) = race(walks, kind, each);
            std::println!("{kind:?}, walks {walks}: {inside} inside, {not} refused");
            read += inside;
            refused += not;
        }
    }
    assert!(read > 0 && refused > 0);
}

#[test]
fn nobody_who_swaps_directories_leads_out() {
    races(Duration::from_secs(1));
}

/// The same for longer; `.ci/extended` runs it.
#[test]
#[ignore = "takes ten seconds"]
fn nobody_who_swaps_directories_for_long_leads_out() {
    races(Duration::from_secs(10));
}
