//! WASI preview 1 against the header of wasi-libc, `wasip1.h`.
//!
//! The header asserts the size of each type and the offset of each field for the C compiler, and
//! its source file declares each function as core modules import it. What stands here was compared
//! with both (lists and signals, which they leave out, with `typenames.witx`), and is not made from the table.

use tabwasm_codegen::model::wasi::{Core, Reference, Shape, Type, Wasi};
use tabwasm_tests::tables;

use super::Report;

type Offsets = &'static [(&'static str, u32)];

/// Size and alignment of each type, and the offsets of fields.
#[rustfmt::skip]
const LAYOUTS: &[(&str, u32, u32, Offsets)] = &[
    ("size", 4, 4, &[]),
    ("filesize", 8, 8, &[]),
    ("timestamp", 8, 8, &[]),
    ("clockid", 4, 4, &[]),
    ("errno", 2, 2, &[]),
    ("rights", 8, 8, &[]),
    ("fd", 4, 4, &[]),
    ("iovec", 8, 4, &[("buf", 0), ("buf_len", 4)]),
    ("ciovec", 8, 4, &[("buf", 0), ("buf_len", 4)]),
    ("iovec_array", 8, 4, &[]),
    ("ciovec_array", 8, 4, &[]),
    ("filedelta", 8, 8, &[]),
    ("whence", 1, 1, &[]),
    ("dircookie", 8, 8, &[]),
    ("dirnamlen", 4, 4, &[]),
    ("inode", 8, 8, &[]),
    ("filetype", 1, 1, &[]),
    ("dirent", 24, 8, &[("d_next", 0), ("d_ino", 8), ("d_namlen", 16), ("d_type", 20)]),
    ("advice", 1, 1, &[]),
    ("fdflags", 2, 2, &[]),
    ("fdstat", 24, 8, &[("fs_filetype", 0), ("fs_flags", 2), ("fs_rights_base", 8), ("fs_rights_inheriting", 16)]),
    ("device", 8, 8, &[]),
    ("fstflags", 2, 2, &[]),
    ("lookupflags", 4, 4, &[]),
    ("oflags", 2, 2, &[]),
    ("linkcount", 8, 8, &[]),
    ("filestat", 64, 8, &[
        ("dev", 0), ("ino", 8), ("filetype", 16), ("nlink", 24), ("size", 32), ("atim", 40), ("mtim", 48), ("ctim", 56),
    ]),
    ("userdata", 8, 8, &[]),
    ("eventtype", 1, 1, &[]),
    ("eventrwflags", 2, 2, &[]),
    ("event_fd_readwrite", 16, 8, &[("nbytes", 0), ("flags", 8)]),
    ("event", 32, 8, &[("userdata", 0), ("error", 8), ("type", 10), ("fd_readwrite", 16)]),
    ("subclockflags", 2, 2, &[]),
    ("subscription_clock", 32, 8, &[("id", 0), ("timeout", 8), ("precision", 16), ("flags", 24)]),
    ("subscription_fd_readwrite", 4, 4, &[("file_descriptor", 0)]),
    ("subscription_u", 40, 8, &[("u", 8)]),
    ("subscription", 48, 8, &[("userdata", 0), ("u", 8)]),
    ("exitcode", 4, 4, &[]),
    ("signal", 1, 1, &[]),
    ("riflags", 2, 2, &[]),
    ("roflags", 2, 2, &[]),
    ("siflags", 2, 2, &[]),
    ("sdflags", 1, 1, &[]),
    ("preopentype", 1, 1, &[]),
    ("prestat_dir", 4, 4, &[("pr_name_len", 0)]),
    ("prestat", 8, 4, &[("u", 4)]),
];

/// Core parameters of each import: `i` is `i32`, `I` is `i64`. All return an `i32` but the last.
#[rustfmt::skip]
const IMPORTS: &[(&str, &str)] = &[
    ("args_get", "ii"), ("args_sizes_get", "ii"), ("environ_get", "ii"), ("environ_sizes_get", "ii"),
    ("clock_res_get", "ii"), ("clock_time_get", "iIi"),
    ("fd_advise", "iIIi"), ("fd_allocate", "iII"), ("fd_close", "i"), ("fd_datasync", "i"),
    ("fd_fdstat_get", "ii"), ("fd_fdstat_set_flags", "ii"), ("fd_fdstat_set_rights", "iII"),
    ("fd_filestat_get", "ii"), ("fd_filestat_set_size", "iI"), ("fd_filestat_set_times", "iIIi"),
    ("fd_pread", "iiiIi"), ("fd_prestat_get", "ii"), ("fd_prestat_dir_name", "iii"),
    ("fd_pwrite", "iiiIi"), ("fd_read", "iiii"), ("fd_readdir", "iiiIi"), ("fd_renumber", "ii"),
    ("fd_seek", "iIii"), ("fd_sync", "i"), ("fd_tell", "ii"), ("fd_write", "iiii"),
    ("path_create_directory", "iii"), ("path_filestat_get", "iiiii"),
    ("path_filestat_set_times", "iiiiIIi"), ("path_link", "iiiiiii"), ("path_open", "iiiiiIIii"),
    ("path_readlink", "iiiiii"), ("path_remove_directory", "iii"), ("path_rename", "iiiiii"),
    ("path_symlink", "iiiii"), ("path_unlink_file", "iii"),
    ("poll_oneoff", "iiii"), ("proc_raise", "i"), ("sched_yield", ""), ("random_get", "ii"),
    ("sock_accept", "iii"), ("sock_recv", "iiiiii"), ("sock_send", "iiiii"), ("sock_shutdown", "ii"),
    ("proc_exit", "i"),
];

/// Some numbers of each list, the last among them: the generator refuses gaps.
#[rustfmt::skip]
const NUMBERS: &[(&str, &[(&str, u64)])] = &[
    ("clockid", &[("realtime", 0), ("monotonic", 1), ("thread_cputime_id", 3)]),
    ("errno", &[
        ("success", 0), ("2big", 1), ("acces", 2), ("again", 6), ("badf", 8), ("exist", 20), ("fault", 21),
        ("intr", 27), ("inval", 28), ("io", 29), ("isdir", 31), ("loop", 32), ("mfile", 33),
        ("nametoolong", 37), ("noent", 44), ("nomem", 48), ("nospc", 51), ("nosys", 52), ("notdir", 54),
        ("notempty", 55), ("notsock", 57), ("notsup", 58), ("overflow", 61), ("perm", 63), ("pipe", 64),
        ("rofs", 69), ("spipe", 70), ("timedout", 73), ("xdev", 75), ("notcapable", 76),
    ]),
    ("rights", &[
        ("fd_datasync", 0), ("fd_read", 1), ("fd_seek", 2), ("fd_tell", 5), ("fd_write", 6), ("path_open", 13),
        ("fd_readdir", 14), ("path_symlink", 24), ("poll_fd_readwrite", 27), ("sock_shutdown", 28), ("sock_accept", 29),
    ]),
    ("whence", &[("set", 0), ("cur", 1), ("end", 2)]),
    ("filetype", &[("unknown", 0), ("character_device", 2), ("directory", 3), ("regular_file", 4), ("symbolic_link", 7)]),
    ("advice", &[("normal", 0), ("random", 2), ("noreuse", 5)]),
    ("fdflags", &[("append", 0), ("dsync", 1), ("nonblock", 2), ("rsync", 3), ("sync", 4)]),
    ("fstflags", &[("atim", 0), ("atim_now", 1), ("mtim", 2), ("mtim_now", 3)]),
    ("lookupflags", &[("symlink_follow", 0)]),
    ("oflags", &[("creat", 0), ("directory", 1), ("excl", 2), ("trunc", 3)]),
    ("eventtype", &[("clock", 0), ("fd_read", 1), ("fd_write", 2)]),
    ("eventrwflags", &[("fd_readwrite_hangup", 0)]),
    ("subclockflags", &[("subscription_clock_abstime", 0)]),
    ("signal", &[("none", 0), ("int", 2), ("kill", 9), ("pipe", 13), ("term", 15), ("sys", 30)]),
    ("riflags", &[("recv_peek", 0), ("recv_waitall", 1)]),
    ("roflags", &[("recv_data_truncated", 0)]),
    ("sdflags", &[("rd", 0), ("wr", 1)]),
    ("preopentype", &[("dir", 0)]),
];

#[test]
fn layouts() {
    let wasi = tables().wasi;
    let mut report = Report::default();
    assert_eq!(wasi.types.len(), LAYOUTS.len());
    for (ty, (key, size, align, fields)) in wasi.types.iter().zip(LAYOUTS) {
        report.compare(key, "key", ty.key.as_str(), key);
        let layout = wasi.layout_of(&ty.shape);
        report.compare(key, "size", layout.size, *size);
        report.compare(key, "alignment", layout.align, *align);
        let (_, said) = parts(&wasi, ty);
        report.compare(key, "fields", said, format!("{fields:?}"));
    }
    report.finish(4 * 46);
}

#[test]
fn imports() {
    let wasi = tables().wasi;
    let mut report = Report::default();
    assert_eq!(wasi.module, "wasi_snapshot_preview1");
    assert_eq!(wasi.functions.len(), IMPORTS.len());
    for (key, params) in IMPORTS {
        let Some(function) = wasi.functions.iter().find(|own| own.key == *key) else {
            report.lacks(format!("no function `{key}`"));
            continue;
        };
        let letter = |(_, core): &(String, Core)| match core {
            Core::I32 => 'i',
            Core::I64 => 'I',
        };
        let own: String = wasi.core(function).iter().map(letter).collect();
        report.compare(key, "type", own.as_str(), params);
        let returns = function.results.is_some();
        report.compare(key, "results", returns, *key != "proc_exit");
    }
    report.finish(2 * 46);
}

/// Snapshot 0, against its `typenames.witx`: what lies elsewhere for old guests, by the rules of C.
#[test]
fn old_guests() {
    const OLD: &[(&str, u32, Offsets)] = &[
        ("linkcount", 4, &[]),
        (
            "filestat",
            56,
            &[
                ("dev", 0),
                ("ino", 8),
                ("filetype", 16),
                ("nlink", 20),
                ("size", 24),
                ("atim", 32),
                ("mtim", 40),
                ("ctim", 48),
            ],
        ),
        (
            "subscription_clock",
            40,
            &[
                ("identifier", 0),
                ("id", 8),
                ("timeout", 16),
                ("precision", 24),
                ("flags", 32),
            ],
        ),
        ("subscription_u", 48, &[("u", 8)]),
        ("subscription", 56, &[("userdata", 0), ("u", 8)]),
    ];
    let (wasi, mut report) = (tables().wasi, Report::default());
    let old = wasi.for_old_guests();
    report.compare(
        "module",
        "name",
        wasi.unstable.as_deref().unwrap_or("-"),
        "wasi_unstable",
    );
    for (new, ty) in wasi.types.iter().zip(&old.types) {
        let (size, offsets) = parts(&old, ty);
        match OLD.iter().find(|(key, ..)| *key == ty.key) {
            Some((key, own, fields)) => {
                report.compare(key, "size", size, *own);
                report.compare(key, "fields", offsets, format!("{fields:?}"));
            }
            None => {
                let said = format!("{size} {offsets}");
                let (size, offsets) = parts(&wasi, new);
                report.compare(&ty.key, "layout", said, format!("{size} {offsets}"));
            }
        }
    }
    let whence = old.named("whence").expect("a type").shape.members();
    let numbers: Vec<_> = whence
        .iter()
        .map(|member| (&*member.key, member.unstable))
        .collect();
    let right = [("set", Some(2)), ("cur", Some(0)), ("end", Some(1))];
    report.compare(
        "whence",
        "numbers",
        format!("{numbers:?}"),
        format!("{right:?}"),
    );
    let names = |wasi: &Wasi| {
        wasi.functions
            .iter()
            .map(|one| one.key.clone())
            .collect::<Vec<_>>()
    };
    let mut lacking = names(&wasi);
    lacking.retain(|name| !names(&old).contains(name));
    report.compare(
        "functions",
        "lacking",
        format!("{lacking:?}"),
        r#"["sock_accept"]"#.to_string(),
    );
    report.finish(50);
}

/// Size, and where fields lie.
fn parts(wasi: &Wasi, ty: &Type) -> (u32, String) {
    let (names, offsets): (Vec<&str>, Vec<u32>) = match &ty.shape {
        Shape::Record(own) => {
            let names = own.iter().map(|field| field.name.as_str());
            (names.collect(), wasi.offsets(own))
        }
        Shape::Union { tag, cases } => (vec!["u"], vec![wasi.content(*tag, cases)]),
        Shape::Is(_) | Shape::Enum { .. } | Shape::Flags { .. } => (Vec::new(), Vec::new()),
    };
    let fields: Vec<_> = names.into_iter().zip(offsets).collect();
    (wasi.layout_of(&ty.shape).size, format!("{fields:?}"))
}

#[test]
fn numbers() {
    let wasi = tables().wasi;
    let mut report = Report::default();
    let with_values = wasi
        .types
        .iter()
        .filter(|ty| !ty.shape.members().is_empty());
    assert_eq!(with_values.count(), NUMBERS.len());
    for (key, numbers) in NUMBERS {
        let ty = wasi.named(key).expect("a type");
        let members = ty.shape.members();
        for (member, number) in *numbers {
            let own = members.iter().find(|own| own.key == *member);
            let own = own.map(|own| own.number.to_string()).unwrap_or_default();
            report.compare(key, member, own, number.to_string());
        }
        let last = members.last().map(|last| last.key.as_str());
        let expected = numbers.last().map(|(last, _)| *last);
        report.compare(key, "last", last.unwrap_or("-"), expected.unwrap_or("-"));
    }
    report.finish(80);
}

/// What is passed by value or by address, and what a guest writes or reads there.
#[test]
fn buffers() {
    let wasi = tables().wasi;
    let buffer = |key: &str| match &wasi.named(key).expect("a type").shape {
        Shape::Record(fields) => fields[0].of.clone(),
        _ => panic!("{key} is no record"),
    };
    let around = |of: &Reference| match of {
        Reference::Around(around, _) => around.word(),
        _ => "nothing",
    };
    assert_eq!(around(&buffer("iovec")), "pointer");
    assert_eq!(around(&buffer("ciovec")), "const_pointer");
}
