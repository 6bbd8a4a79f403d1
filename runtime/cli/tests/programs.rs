//! Programs that others wrote, on real files: what they print and write is compared with what is right.
//!
//! `tests/programs/fetch.sh` fetches them, checks them and runs this; without them these tests are
//! skipped, loudly. `TABWASM_PROGRAMS` names their folder, or else it is `target/programs`.

#![cfg(all(feature = "std", target_os = "linux"))]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tabwasm::{Caller, Engine, Instance, Linker, Module, Result, Store};

const SOURCES: &str = "../../tests/programs/real";

/// The folder of the programs, if they were fetched.
fn programs() -> Option<PathBuf> {
    let default = "../../target/programs";
    let folder = std::env::var_os("TABWASM_PROGRAMS");
    let folder = folder.map_or_else(|| PathBuf::from(default), PathBuf::from);
    if folder.join("sqlite.wasm").exists() {
        return Some(folder);
    }
    eprintln!("SKIPPED: real programs are not here (tests/programs/fetch.sh)");
    None
}

/// A folder of a test's own, empty.
fn scratch(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn source(name: &str, folder: &Path) {
    fs::copy(Path::new(SOURCES).join(name), folder.join(name)).unwrap();
}

/// What the command prints for a program that sees directories, by the names it knows.
fn run(argv0: &str, dirs: &[(&Path, &str)], wasm: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tabwasm"));
    command.args(["--argv0", argv0]);
    for (host, guest) in dirs {
        let mut dir = host.as_os_str().to_owned();
        dir.push("::");
        dir.push(guest);
        command.args([OsStr::new("--dir"), &dir]);
    }
    command.arg(wasm).args(args).output().unwrap()
}

/// The same of a program that must succeed: its standard output.
fn output(argv0: &str, dirs: &[(&Path, &str)], wasm: &Path, args: &[&str]) -> String {
    let output = run(argv0, dirs, wasm, args);
    assert!(output.status.success(), "{argv0} {args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn clang_compiles_a_program_that_runs() {
    let Some(programs) = programs() else { return };
    let folder = scratch("clang");
    source("hello.c", &folder);
    let usr = programs.join("clang/usr");
    let clang = programs.join("clang/gen/llvm.core.wasm");
    let dirs = [(folder.as_path(), "/work"), (usr.as_path(), "/usr")];
    let target = ["--target=wasm32-wasip1", "--sysroot=/usr", "-O2"];
    let compile = [&target[..], &["-c", "/work/hello.c", "-o", "/work/hello.o"]].concat();
    output("clang", &dirs, &clang, &compile);
    let lib = "/usr/lib/wasm32-wasip1";
    let (start, search) = (format!("{lib}/crt1-command.o"), format!("-L{lib}"));
    let link = [
        &search,
        &start,
        "/work/hello.o",
        "-lc",
        "-o",
        "/work/hello.wasm",
    ];
    output("wasm-ld", &dirs, &clang, &link);
    let hello = run("hello", &[], &folder.join("hello.wasm"), &[]);
    assert_eq!(hello.stdout, b"hello from clang: 3.142, 5\n", "{hello:?}");
    assert_eq!(hello.status.code(), Some(7));
}

#[test]
fn python_walks_a_tree_and_writes_what_it_found() {
    let Some(programs) = programs() else { return };
    let folder = scratch("python");
    fs::create_dir_all(folder.join("a/b")).unwrap();
    fs::write(folder.join("a/one.txt"), "one\n").unwrap();
    fs::write(folder.join("a/b/two.txt"), "two words\n").unwrap();
    fs::write(folder.join("three.json"), "[1, 2, 3]").unwrap();
    source("walk.py", &folder);
    let dirs = [(folder.as_path(), "/tree")];
    let python = programs.join("python/dist/python.wasm");
    let printed = output("python", &dirs, &python, &["/tree/walk.py", "/tree/a"]);
    assert_eq!(printed, "2 14 ['b/two.txt', 'one.txt']\n");
    let found = fs::read_to_string(folder.join("a/index.json")).unwrap();
    // The digests are those of `sha256sum`.
    let expected = r#"{
 "b/two.txt": {
  "sha256": "3ba81c80b8b23ead1ff322d46b1f7d70b5503096a5df33c1cd7013639adf1692",
  "size": 10,
  "words": 2
 },
 "one.txt": {
  "sha256": "2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806",
  "size": 4,
  "words": 1
 }
}"#;
    assert_eq!(found, expected);
}

#[test]
fn sqlite_keeps_a_database_on_disk() {
    let Some(programs) = programs() else { return };
    let folder = scratch("sqlite");
    let dirs = [(folder.as_path(), "/db")];
    let sqlite = programs.join("sqlite.wasm");
    let made = output("sqlite", &dirs, &sqlite, &["/db/words.db", "make"]);
    assert_eq!(made, "2000|2666\n");
    let header = fs::read(folder.join("words.db")).unwrap();
    assert!(header.starts_with(b"SQLite format 3\0"));
    let left: Vec<_> = fs::read_dir(&folder).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    // What the same source prints that gcc compiled for the host.
    let found = output("sqlite", &dirs, &sqlite, &["/db/words.db", "query"]);
    assert_eq!(
        found,
        "w00000|0.0\nw00001|209.875\nw00002|169.75\n1|29|3569.75\n3|29|3488.0\n4|29|3580.625\n\
         956722026041\nW00-W00-W00-W00\nok\n"
    );
}

#[test]
fn yosys_reads_and_writes_a_circuit() {
    let Some(programs) = programs() else { return };
    let folder = scratch("yosys");
    source("counter.v", &folder);
    let dirs = [(folder.as_path(), "/work")];
    let yosys = programs.join("yosys/gen/yosys.core.wasm");
    let script = "read_verilog /work/counter.v; proc; opt; write_verilog -noattr /work/out.v";
    output("yosys", &dirs, &yosys, &["-q", "-p", script]);
    let written = fs::read_to_string(folder.join("out.v")).unwrap();
    let rules = "  assign _0_ = count + 32'd1;\n  always @(posedge clk)\n    \
                 if (reset) count <= 4'h0;\n    else count <= _0_[3:0];\nendmodule\n";
    assert!(written.ends_with(rules), "{written}");
}

/// Of a guest that is no program: its host hands over texts in a buffer that both know.
#[test]
fn dprint_formats_for_a_host_in_rust() -> Result<()> {
    let Some(programs) = programs() else {
        return Ok(());
    };
    let engine = Engine::default();
    let module = Module::from_file(&engine, programs.join("dprint/plugin.wasm"))?;
    let mut linker = Linker::new(&engine);
    linker.func_wrap("dprint", "host_has_cancelled", |_: Caller<'_, ()>| 0)?;
    linker.define_unknown_imports_as_traps(&module)?;
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate(&mut store, &module)?;
    let call = |store: &mut Store<()>, name| -> Result<u32> {
        instance
            .get_typed_func::<(), u32>(&*store, name)?
            .call(store, ())
    };
    assert_eq!(call(&mut store, "dprint_plugin_version_4")?, 4);
    send(&instance, &mut store, r#"{"global":{},"plugin":{}}"#)?;
    let register = instance.get_typed_func::<u32, ()>(&store, "register_config")?;
    register.call(&mut store, 1)?;
    send(&instance, &mut store, "messy.json")?;
    instance
        .get_typed_func::<(), ()>(&store, "set_file_path")?
        .call(&mut store, ())?;
    let messy = fs::read_to_string(Path::new(SOURCES).join("messy.json"))?;
    send(&instance, &mut store, &messy)?;
    let format = instance.get_typed_func::<u32, u32>(&store, "format")?;
    assert_eq!(format.call(&mut store, 1)?, 1, "the text is another one");
    let length = call(&mut store, "get_formatted_text")? as usize;
    let at = call(&mut store, "get_shared_bytes_ptr")? as usize;
    let memory = instance.get_memory(&store, "memory").expect("exported");
    let formatted = std::str::from_utf8(&memory.data(&store)[at..at + length])?;
    // What Node.js prints with the same plugin.
    let expected = r#"{
  "name": "tabwasm",
  "rows": [1, 2, 3.50], // a comment
  "nested": { "empty": {}, "list": [{ "a": null }, { "b": false }] },
  "text": "tab\tand \u00e9"
}
"#;
    assert_eq!(formatted, expected);
    Ok(())
}

fn send(instance: &Instance, store: &mut Store<()>, text: &str) -> Result<()> {
    let clear = instance.get_typed_func::<u32, u32>(&*store, "clear_shared_bytes")?;
    let at = clear.call(&mut *store, text.len() as u32)?;
    let memory = instance.get_memory(&*store, "memory").expect("exported");
    Ok(memory.write(store, at as usize, text.as_bytes())?)
}

/// Argon2id with two passes over 256 KiB, of "password" and "somesalt": from the tests of the
/// reference implementation.
const ARGON2ID: &str = "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe";

#[test]
fn passwords_are_hashed_with_vectors_and_without() -> Result<()> {
    let Some(programs) = programs() else {
        return Ok(());
    };
    if !programs.join("argon2").exists() {
        eprintln!("SKIPPED: argon2 is not here (tests/programs/fetch.sh)");
        return Ok(());
    }
    for file in ["argon2/dist/argon2.wasm", "argon2/dist/argon2-simd.wasm"] {
        let engine = Engine::default();
        let module = Module::new(&engine, fs::read(programs.join(file)).unwrap())?;
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        // Emscripten's: to copy bytes, and to make the memory larger.
        let copy = |mut caller: Caller<'_, ()>, to: u32, from: u32, count: u32| {
            let memory = caller.get_export("c").and_then(|it| it.into_memory());
            let bytes = memory.expect("a memory").data_mut(&mut caller);
            let from = from as usize;
            bytes.copy_within(from..from + count as usize, to as usize);
            to
        };
        linker.func_wrap("a", "a", copy)?;
        linker.func_wrap("a", "b", |_: u32| 0u32)?;
        let instance = linker.instantiate(&mut store, &module)?;
        let begin = instance.get_typed_func::<(), ()>(&store, "d")?;
        begin.call(&mut store, ())?;
        let memory = instance.get_memory(&store, "c").expect("exported");
        // In the last of its 256 pages, where nothing else is.
        let (password, salt, hash) = (255 << 16, (255 << 16) + 64, (255 << 16) + 128);
        memory.write(&mut store, password, b"password")?;
        memory.write(&mut store, salt, b"somesalt")?;
        type Args = (
            u32,
            u32,
            u32,
            u32,
            u32,
            u32,
            u32,
            u32,
            u32,
            u32,
            u32,
            u32,
            u32,
        );
        let argon2_hash = instance.get_typed_func::<Args, u32>(&store, "e")?;
        let (password, salt, at) = (password as u32, salt as u32, hash as u32);
        let args = (2, 256, 1, password, 8, salt, 8, at, 32, 0, 0, 2, 0x13);
        assert_eq!(argon2_hash.call(&mut store, args)?, 0, "{file}");
        let hash = &memory.data(&store)[hash..][..32];
        let shown: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(shown, ARGON2ID, "{file}");
    }
    Ok(())
}

/// Programs that wait for what is not built yet. When one of these can be loaded, this fails: it is
/// time for a test that runs it.
#[test]
fn some_programs_wait() {
    let Some(programs) = programs() else { return };
    for (program, proposals) in [
        ("blocked-yosys/gen/yosys.core.wasm", "exceptions"),
        ("blocked-nextpnr/gen/nextpnr-ice40.core.wasm", "exceptions"),
        ("blocked-nextpnr/gen/icepack.core.wasm", "exceptions"),
        ("blocked-pandoc/src/pandoc.wasm", "exceptions"),
    ] {
        let module = fs::read(programs.join(program)).unwrap();
        let refused = Module::new(&Engine::default(), module).expect_err(program);
        let refused = refused.to_string();
        assert!(refused.contains(proposals), "{program}: {refused}");
    }
}
