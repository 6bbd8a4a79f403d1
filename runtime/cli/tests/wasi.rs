//! Programs in C on all functions of WASI: what they print is what Linux prints, on both file systems,
//! and of what only WASI has, what the standard says.
//!
//! Their sources and what is right are in `tests/wasi/`; `build.sh` there makes both. Then what only a
//! process can show: streams that are files and pipes, arguments as bytes, waiting that ends, sockets.

#![cfg(all(feature = "std", target_os = "linux"))]

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use tabwasm::{Config, Engine, Error, Linker, Module, Store, Trap, UpdateDeadline};
use tabwasm_wasi::os::HostSocket;
use tabwasm_wasi::{
    DirPerms, FUNCTIONS, FilePerms, MODULE, WasiCtx, WasiCtxBuilder, add_to_linker, preview0,
};
use wasmparser::{Operator, Payload, TypeRef};

fn folder() -> PathBuf {
    PathBuf::from("../../tests/wasi")
}

fn program(name: &str) -> PathBuf {
    folder().join(name).with_extension("wasm")
}

/// A new directory of a test.
fn scratch(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("wasi-{name}"));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir(&path).expect("a directory");
    path
}

fn tabwasm() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tabwasm"));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

/// What a program prints on both file systems is what is right. Gives the directory of the host.
fn prints_what_is_right(name: &str) -> PathBuf {
    let right = fs::read_to_string(folder().join(name).with_extension("txt"));
    let right = right.expect("what is right");
    assert!(right.lines().count() > 10);
    let host = scratch(name);
    let dir = format!("{}::/data", host.display());
    for given in [["--dir", &dir], ["--tmpfs", "/data"]] {
        let mut command = tabwasm();
        let command = command.args(given).arg(program(name)).arg("/data");
        let Output {
            status,
            stdout,
            stderr,
        } = command.output().expect("the binary starts");
        assert_eq!(text(&stderr), "", "{name} {given:?}");
        assert!(status.success(), "{name} {given:?}");
        assert_eq!(text(&stdout), right, "{name} {given:?}");
    }
    host
}

#[test]
fn programs_print_what_linux_prints_on_both_file_systems() {
    for name in ["files", "directories", "links", "times"] {
        let left = fs::read_dir(prints_what_is_right(name)).expect("a directory");
        assert!(
            name == "files" || left.count() > 0,
            "{name} was on the host"
        );
    }
}

#[test]
fn descriptors_have_what_only_wasi_gives_them() {
    let host = prints_what_is_right("descriptors");
    let printed = fs::read_to_string(host.join("out")).expect("a file");
    assert_eq!(printed, "to file");
}

/// The functions of WASI that a program calls: those that it imports and has a `call` of.
fn called(wasm: &[u8]) -> BTreeSet<String> {
    let (mut imported, mut called) = (Vec::new(), BTreeSet::new());
    for payload in wasmparser::Parser::new(0).parse_all(wasm) {
        match payload.expect("a module") {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import.expect("an import");
                    assert_eq!(import.module, MODULE, "{}", import.name);
                    assert!(matches!(import.ty, TypeRef::Func(_)), "{}", import.name);
                    imported.push(import.name.to_owned());
                }
            }
            Payload::CodeSectionEntry(body) => {
                let operators = body.get_operators_reader().expect("a body");
                for operator in operators {
                    if let Operator::Call { function_index } = operator.expect("an instruction") {
                        called.extend(imported.get(function_index as usize).cloned());
                    }
                }
            }
            _ => {}
        }
    }
    called
}

#[test]
fn each_function_is_called_from_c() {
    let functions = FUNCTIONS.iter().chain(&["proc_exit"]);
    let functions: BTreeSet<String> = functions.map(ToString::to_string).collect();
    let mut all = BTreeSet::new();
    for entry in fs::read_dir(folder()).expect("a directory") {
        let source = entry.expect("an entry").path();
        if source.extension() != Some(OsStr::new("c")) {
            continue;
        }
        let wasm = fs::read(source.with_extension("wasm")).expect("`build.sh` makes it");
        let called = called(&wasm);
        // The binary is of this source: it calls what the comment at the top promises.
        let source = fs::read_to_string(&source).expect("a source");
        let head = source.lines().take_while(|line| line.starts_with("//"));
        let head: String = head.collect();
        let (_, promised) = head.split_once("Functions: ").expect("a list");
        let words = promised.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let promised: Vec<_> = words.filter(|word| functions.contains(*word)).collect();
        assert!(!promised.is_empty(), "{head}");
        for name in promised {
            assert!(called.contains(name), "{name} is not called: {head}");
        }
        all.extend(called);
    }
    assert_eq!(all, functions);
}

#[test]
fn arguments_and_variables_are_bytes() {
    let mut command = tabwasm();
    command.args([OsStr::new("--env"), OsStr::from_bytes(b"BYTES=\xC3\xFE")]);
    command.arg(program("process")).arg(".");
    command.args([OsStr::from_bytes(b"\xFF\xFEa"), OsStr::new("")]);
    let Output { status, stdout, .. } = command.output().expect("the binary starts");
    let right = "argument ff fe 61\nargument\nvalue c3\nvalue fe\nnone 1\n\
                 getentropy(random, 256): 0\nrandom 1\nsched_yield(): 0\n";
    assert_eq!(text(&stdout), right);
    assert_eq!(status.code(), Some(7));
    let command = tabwasm()
        .args(["--env", "=x"])
        .arg(program("process"))
        .output();
    let Output { status, stderr, .. } = command.expect("the binary starts");
    assert_eq!(status.code(), Some(2), "{}", text(&stderr));
}

#[test]
fn streams_that_are_files_know_what_they_are() {
    let folder = scratch("streams");
    let (input, output) = (folder.join("in"), folder.join("out"));
    fs::write(&input, "0123456789").expect("a file");
    fs::write(&output, "abcdefgh").expect("a file");
    let mut stdin = File::open(&input).expect("a file");
    stdin.seek(SeekFrom::Start(2)).expect("a file");
    let stdout = File::options().write(true).open(&output).expect("a file");
    let mut command = tabwasm();
    let command = command.arg(program("standard")).stdin(stdin).stdout(stdout);
    let said = command.output().expect("the binary starts").stderr;
    let file = |name: &str, size: u32, at: u32| {
        format!("{name}: known 0, regular 1, size {size}, terminal 0\n{name}: at {at}\n")
    };
    let right = [
        file("input", 10, 2),
        file("output", 8, 0),
        "read 4\nwrote 4\n".into(),
        file("input", 10, 6),
        file("output", 8, 4),
        "the end: `89`\nwrote 1\n".into(),
    ];
    assert_eq!(text(&said), right.concat());
    assert_eq!(fs::read_to_string(output).expect("a file"), "2X45efgh");

    let mut child = tabwasm()
        .arg(program("standard"))
        .stdin(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let written = child.stdin.take().expect("a pipe").write_all(b"0123");
    written.expect("the guest reads");
    let Output { stdout, stderr, .. } = child.wait_with_output().expect("it ends");
    let pipe = |name| format!("{name}: known 0, regular 0, size -1, terminal 0\n{name}: SPIPE\n");
    let both = pipe("input") + &pipe("output");
    assert_eq!(text(&stderr), format!("{both}read 4\nwrote 4\n{both}"));
    assert_eq!(text(&stdout), "0123");
}

#[test]
fn each_descriptor_has_its_own_readiness() {
    let run = |stdin: Stdio| {
        let mut command = tabwasm();
        let command = command.arg(program("ready")).stdin(stdin);
        let mut child = command.spawn().expect("the binary starts");
        // An open pipe stays open until the guest has ended.
        let pipe = child.stdin.take();
        child.wait().expect("it ends");
        drop(pipe);
        let mut said = String::new();
        let mut stdout = child.stdout.take().expect("a pipe");
        stdout.read_to_string(&mut said).expect("text");
        said
    };
    let silent = "0 ready: 0\n2 ready: 0 1w 2w\n3 ready: 0 1w 2w 77?\n";
    assert_eq!(run(Stdio::piped()), silent);
    let readable = "1 ready: 0r\n3 ready: 0r 1w 2w\n4 ready: 0r 1w 2w 77?\n";
    let file = File::open(program("ready")).expect("a file");
    assert_eq!(run(file.into()), readable);
    assert_eq!(run(Stdio::null()), readable);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(writer);
    assert_eq!(run(reader.into()), readable.replace("0r", "0rh"));
}

/// Nobody waits in `open`, which could not be ended; the end of the file is where the writer ends it.
#[test]
fn a_pipe_with_a_name_waits_for_its_writer() {
    let folder = scratch("fifo");
    let pipe = folder.join("fifo");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("a pipe with a name").success());
    for more in [&[][..], &["--timeout", "60s"]] {
        let mut command = tabwasm();
        let command = command.args(more).arg("--dir-ro").arg(&folder);
        let command = command.arg(program("copy")).arg(&folder).arg("fifo");
        let child = command.spawn().expect("the binary starts");
        thread::sleep(Duration::from_millis(100));
        let mut writer = File::options().write(true).open(&pipe).expect("it is read");
        writer.write_all(b"one ").expect("it is read");
        thread::sleep(Duration::from_millis(50));
        writer.write_all(b"two").expect("it is read");
        drop(writer);
        let Output {
            status,
            stdout,
            stderr,
        } = child.wait_with_output().expect("it ends");
        assert_eq!((text(&stdout), text(&stderr)), ("one two", ""));
        assert!(status.success());
    }
}

/// An address of this machine that nobody listens at.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a socket");
    listener.local_addr().expect("an address").to_string()
}

#[test]
fn a_guest_that_waits_is_ended_by_the_timeout() {
    for how in ["read", "poll", "fill", "accept", "sleep"] {
        let mut command = tabwasm();
        let mut child = command
            .args(["--timeout", "200ms", "--tcp-listen", &free_address()])
            .arg(program("ready"))
            .arg(how)
            .stdin(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let pipes = (child.stdin.take(), child.stdout.take());
        let status = child.wait().expect("it ends");
        let mut said = String::new();
        let mut stderr = child.stderr.take().expect("a pipe");
        stderr.read_to_string(&mut said).expect("text");
        drop(pipes);
        assert_eq!(status.code(), Some(124), "{how}: {said}");
        // The process that has to end itself does not say this: the guest was ended.
        assert!(said.contains("`--timeout` sets the time"), "{how}: {said}");
    }
}

/// Connects as soon as the guest listens.
fn connect(address: &str, child: &mut Child) -> TcpStream {
    for _ in 0..1_000 {
        if let Ok(stream) = TcpStream::connect(address) {
            return stream;
        }
        assert_eq!(child.try_wait().expect("a child"), None, "the guest ended");
        thread::sleep(Duration::from_millis(10));
    }
    panic!("nobody listens at {address}");
}

#[test]
fn a_guest_serves_a_connection() {
    // A guest that may be ended waits in slices, and tells the same.
    for more in [&[][..], &["--timeout", "60s"]] {
        let address = free_address();
        let mut command = tabwasm();
        let command = command.args(more).args(["--tcp-listen", &address]);
        let mut child = command
            .arg(program("server"))
            .spawn()
            .expect("the binary starts");
        let mut stream = connect(&address, &mut child);
        let exactly = |stream: &mut TcpStream, count: usize| {
            let mut bytes = vec![0; count];
            stream.read_exact(&mut bytes).expect("the guest sends");
            String::from_utf8(bytes).expect("text")
        };
        stream.write_all(b"hello").expect("the guest receives");
        assert_eq!(exactly(&mut stream, 4), "more");
        stream.write_all(b", wo").expect("the guest receives");
        thread::sleep(Duration::from_millis(50));
        stream.write_all(b"rld!!!").expect("the guest receives");
        assert_eq!(exactly(&mut stream, 4), "done");
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).expect("the guest ends it");
        assert_eq!(rest, b"");
        drop(stream);
        let Output {
            status,
            stdout,
            stderr,
        } = child.wait_with_output().expect("it ends");
        let right = fs::read_to_string(folder().join("server.txt")).expect("what is right");
        assert_eq!((text(&stdout), text(&stderr)), (right.as_str(), ""));
        assert!(status.success());
    }
}

/// Exports `accept`, `read` and `poll`, each of which waits: for a connection, for bytes in a pipe
/// with a name, for an hour.
const WAITS: &str = r#"(module
    (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\40\00\00\00\10\00\00\00fifo")
    (data (i32.const 128) "\07")
    (data (i32.const 144) "\01")
    (data (i32.const 152) "\00\a0\b8\30\46\03")
    (func (export "accept") (result i32) (call $accept (i32.const 9) (i32.const 0) (i32.const 32)))
    (func (export "read") (result i32)
        (drop (call $open (i32.const 3) (i32.const 0) (i32.const 8) (i32.const 4) (i32.const 0)
            (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 32)))
        (call $read (i32.load (i32.const 32)) (i32.const 0) (i32.const 1) (i32.const 36)))
    (func (export "poll") (result i32)
        (call $poll (i32.const 128) (i32.const 256) (i32.const 1) (i32.const 32))))"#;

#[test]
fn a_guest_that_waits_is_ended_by_the_epoch() -> Result<(), Error> {
    let folder = scratch("epoch");
    let made = Command::new("mkfifo").arg(folder.join("fifo")).status();
    assert!(made.expect("a pipe with a name").success());
    let engine = Engine::new(Config::new().epoch_interruption(true))?;
    let module = Module::new(&engine, wat::parse_str(WAITS).expect("a module"))?;
    let mut linker = Linker::new(&engine);
    add_to_linker(&mut linker, |ctx: &mut WasiCtx| ctx)?;
    for name in ["accept", "read", "poll"] {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a socket");
        let ctx = WasiCtxBuilder::new()
            .preopened_socket(9, HostSocket::new(listener).expect("a socket"))?
            .preopened_dir(&folder, "/", DirPerms::all(), FilePerms::all())?
            .build();
        let mut store = Store::new(&engine, ctx);
        store.set_epoch_deadline(1);
        let mut asked = 0;
        let (tell, told) = std::sync::mpsc::channel();
        store.epoch_deadline_callback(move |_| {
            asked += 1;
            tell.send(asked).expect("somebody listens");
            Ok(match asked {
                3 => UpdateDeadline::Interrupt,
                _ => UpdateDeadline::Continue(1),
            })
        });
        let instance = linker.instantiate(&mut store, &module)?;
        let waits = instance.get_typed_func::<(), i32>(&mut store, name)?;
        let ticks = engine.clone();
        let ticker = thread::spawn(move || {
            for _ in 0..100 {
                thread::sleep(Duration::from_millis(20));
                ticks.increment_epoch();
            }
        });
        let error = waits.call(&mut store, ()).expect_err("nothing comes");
        assert_eq!(
            error.as_trap_code(),
            Some(Trap::Interrupt),
            "{name}: {error}"
        );
        assert_eq!(
            told.try_iter().count(),
            3,
            "{name}: the callback is asked each time"
        );
        ticker.join().expect("it ends");
    }
    Ok(())
}

/// Writes `hello` from standard output's descriptor, and answers what an old guest learns: the
/// position after a seek by old numbers, names and size of the file, and what its clock says.
const OLD: &str = r#"(module
    (import "wasi_unstable" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_unstable" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
    (import "wasi_unstable" "fd_filestat_get" (func $stat (param i32 i32) (result i32)))
    (import "wasi_unstable" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_unstable" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_unstable" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\40\00\00\00\05\00\00\00f")
    (data (i32.const 64) "hello")
    ;; Two subscriptions of 56 bytes: 2 ms and an hour, both of the monotonic clock.
    (data (i32.const 128) "\07")
    (data (i32.const 152) "\01")
    (data (i32.const 160) "\80\84\1e")
    (data (i32.const 184) "\08")
    (data (i32.const 208) "\01")
    (data (i32.const 216) "\00\a0\b8\30\46\03")
    (func (export "open") (result i32)
        (call $open (i32.const 3) (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 1)
            (i64.const 0x200066) (i64.const 0) (i32.const 0) (i32.const 32)))
    (func (export "write") (result i32)
        (call $write (i32.load (i32.const 32)) (i32.const 0) (i32.const 1) (i32.const 36)))
    (func (export "seek") (param $by i64) (param $from i32) (result i64)
        (if (result i64)
            (call $seek (i32.load (i32.const 32)) (local.get $by) (local.get $from) (i32.const 40))
            (then (i64.const -1))
            (else (i64.load (i32.const 40)))))
    (func (export "names_and_size") (result i32 i64)
        (memory.fill (i32.const 1024) (i32.const 0xFF) (i32.const 100))
        (drop (call $stat (i32.load (i32.const 32)) (i32.const 1024)))
        (i32.load (i32.const 1044))
        (i64.load (i32.const 1048)))
    (func (export "behind") (result i32) (i32.load (i32.const 1080)))
    (func (export "poll") (result i32 i32 i64)
        (call $poll (i32.const 128) (i32.const 512) (i32.const 2) (i32.const 48))
        (i32.load (i32.const 48))
        (i64.load (i32.const 512)))
    (func (export "exit") (call $exit (i32.const 3))))"#;

#[test]
fn old_guests_find_what_they_expect() -> Result<(), Error> {
    let folder = scratch("old");
    let engine = Engine::default();
    let module = Module::new(&engine, wat::parse_str(OLD).expect("a module"))?;
    let mut linker = Linker::new(&engine);
    preview0::add_to_linker(&mut linker, |ctx: &mut WasiCtx| ctx)?;
    let ctx = WasiCtxBuilder::new()
        .preopened_dir(&folder, "/", DirPerms::all(), FilePerms::all())?
        .build();
    let mut store = Store::new(&engine, ctx);
    assert!(
        linker
            .get(&mut store, preview0::MODULE, "sock_accept")
            .is_none()
    );
    assert!(
        linker
            .get(&mut store, preview0::MODULE, "sock_recv")
            .is_some()
    );
    let instance = linker.instantiate(&mut store, &module)?;
    let call = instance.get_typed_func::<(), i32>(&mut store, "open")?;
    assert_eq!(call.call(&mut store, ())?, 0);
    let call = instance.get_typed_func::<(), i32>(&mut store, "write")?;
    assert_eq!(call.call(&mut store, ())?, 0);
    let seek = instance.get_typed_func::<(i64, i32), i64>(&mut store, "seek")?;
    // From the current position, the end, the start: 0, 1, 2.
    for (by, from, position) in [(-2, 0, 3), (-1, 1, 4), (2, 2, 2), (0, 3, -1)] {
        assert_eq!(seek.call(&mut store, (by, from))?, position, "from {from}");
    }
    let stat = instance.get_typed_func::<(), (i32, i64)>(&mut store, "names_and_size")?;
    assert_eq!(stat.call(&mut store, ())?, (1, 5));
    let behind = instance.get_typed_func::<(), i32>(&mut store, "behind")?;
    assert_eq!(
        behind.call(&mut store, ())?,
        -1,
        "56 bytes are written and no more"
    );
    let poll = instance.get_typed_func::<(), (i32, i32, i64)>(&mut store, "poll")?;
    assert_eq!(poll.call(&mut store, ())?, (0, 1, 7));
    let exit = instance.get_typed_func::<(), ()>(&mut store, "exit")?;
    let error = exit.call(&mut store, ()).expect_err("it ends");
    assert_eq!(error.i32_exit_status(), Some(3));
    Ok(())
}
