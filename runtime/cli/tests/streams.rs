//! What a guest is told of a write is what happened to standard output.
//!
//! One `fd_write` is one `writev`: its count or the kernel's error reaches the guest, and nothing is
//! kept back to come out later. The guest here writes what it learned, count and errno of each
//! write, to standard error.

#![cfg(all(feature = "std", target_os = "linux"))]

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rustix::pipe::{PipeFlags, pipe_with};

/// Bytes of a pipe, unless somebody asks for another size.
const PIPE: usize = 65_536;

/// `$put` writes buffers to standard output and tells count and errno; `$wait` reads a byte.
fn guest(name: &str, start: &str) -> String {
    let text = format!(
        r#"(module
            (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
            (memory (export "memory") 4)
            (data (i32.const 16) "\00\00\00\00\08\00\00\00")
            (data (i32.const 32) "\2c\00\00\00\01\00\00\00")
            (data (i32.const 100) "AAAABBBB")
            (func $put (param $iovs i32) (param $count i32)
                (i32.store (i32.const 0) (i32.const 0))
                (i32.store (i32.const 4)
                    (call $fd_write (i32.const 1) (local.get $iovs) (local.get $count) (i32.const 0)))
                (drop (call $fd_write (i32.const 2) (i32.const 16) (i32.const 1) (i32.const 24))))
            (func $write (param $at i32) (param $length i32)
                (i32.store (i32.const 64) (local.get $at))
                (i32.store (i32.const 68) (local.get $length))
                (call $put (i32.const 64) (i32.const 1)))
            (func $wait
                (drop (call $fd_read (i32.const 0) (i32.const 32) (i32.const 1) (i32.const 48))))
            (func (export "_start") {start}))"#
    );
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("the file is written");
    path.to_str().expect("the path is text").to_owned()
}

fn start(path: &str, stdout: impl Into<Stdio>) -> Child {
    Command::new(env!("CARGO_BIN_EXE_tabwasm"))
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(stdout)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts")
}

/// Count and errno of one write.
fn told(child: &mut Child) -> (u32, u32) {
    let mut bytes = [0; 8];
    let stderr = child.stderr.as_mut().expect("a pipe");
    stderr.read_exact(&mut bytes).expect("count and errno");
    let number = |at: usize| bytes[at..at + 4].try_into().map(u32::from_le_bytes);
    (number(0).expect("4 bytes"), number(4).expect("4 bytes"))
}

fn end(mut child: Child) {
    assert!(child.wait().expect("the binary ends").success());
}

/// All that a pipe holds now.
fn drain(reader: &mut File) -> Vec<u8> {
    let mut bytes = vec![0; 2 * PIPE];
    match reader.read(&mut bytes) {
        Ok(count) => bytes.truncate(count),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => bytes.clear(),
        Err(error) => panic!("{error}"),
    }
    bytes
}

#[test]
fn what_fits_into_a_pipe_is_the_count() {
    let (reader, writer) = pipe_with(PipeFlags::NONBLOCK | PipeFlags::CLOEXEC).expect("a pipe");
    let mut reader = File::from(reader);
    let path = guest(
        "fits.wat",
        "(call $write (i32.const 1000) (i32.const 100000))
         (call $write (i32.const 1000) (i32.const 100000))",
    );
    let mut child = start(&path, writer);
    assert_eq!(told(&mut child), (PIPE as u32, 0));
    assert_eq!(told(&mut child), (0, 6), "AGAIN is 6");
    end(child);
    assert_eq!(drain(&mut reader).len(), PIPE);
    assert_eq!(drain(&mut reader), b"", "nothing comes later");
}

#[test]
fn what_did_not_go_out_is_not_kept() {
    let (reader, writer) = pipe_with(PipeFlags::NONBLOCK | PipeFlags::CLOEXEC).expect("a pipe");
    let (mut reader, mut writer) = (File::from(reader), File::from(writer));
    assert_eq!(writer.write(&[b'x'; PIPE]).expect("room"), PIPE);
    let path = guest(
        "kept.wat",
        "(call $write (i32.const 100) (i32.const 4))
         (call $wait)
         (call $write (i32.const 104) (i32.const 4))",
    );
    let mut child = start(&path, writer);
    assert_eq!(told(&mut child), (0, 6), "AGAIN is 6");
    assert_eq!(drain(&mut reader), [b'x'; PIPE]);
    let stdin = child.stdin.as_mut().expect("a pipe");
    stdin.write_all(b"!").expect("the guest waits");
    assert_eq!(told(&mut child), (4, 0));
    end(child);
    assert_eq!(drain(&mut reader), b"BBBB");
}

#[test]
fn the_kernel_says_why() {
    let once = "(call $write (i32.const 100) (i32.const 4))";
    let path = guest("why.wat", once);
    let of = |stdout: Stdio| {
        let mut child = start(&path, stdout);
        let told = told(&mut child);
        end(child);
        told
    };
    let full = File::options().write(true).open("/dev/full");
    assert_eq!(of(full.expect("it exists").into()), (0, 51), "NOSPC is 51");
    // Closed in programs that other tests start meanwhile, which would be readers otherwise.
    let (reader, writer) = pipe_with(PipeFlags::CLOEXEC).expect("a pipe");
    drop(reader);
    assert_eq!(of(writer.into()), (0, 64), "PIPE is 64");
    let readable = File::open(&path).expect("it exists");
    assert_eq!(of(readable.into()), (0, 8), "BADF is 8");
}

#[test]
fn a_file_that_is_too_large_is_fbig() {
    let path = guest(
        "large.wat",
        "(call $write (i32.const 1000) (i32.const 100000))
         (call $write (i32.const 1000) (i32.const 100000))",
    );
    let out = format!("{path}.out");
    // The shell's unit is 512 bytes; without the trap, the kernel would end the process.
    let mut child = Command::new("sh")
        .args(["-c", r#"trap '' XFSZ; ulimit -f 4; exec "$0" "$1" > "$2""#])
        .args([env!("CARGO_BIN_EXE_tabwasm"), &path, &out])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a shell");
    let (count, errno) = told(&mut child);
    assert_eq!(told(&mut child), (0, 22), "FBIG is 22");
    end(child);
    assert_eq!(errno, 0);
    assert_eq!(u64::from(count), fs::metadata(out).expect("a file").len());
}

#[test]
fn many_buffers_are_written_in_turns() {
    let path = guest(
        "turns.wat",
        // 2,000 buffers of one byte each, and one that is empty before each.
        "(local $at i32)
         (local.set $at (i32.const 1000))
         (loop $next
            (i32.store offset=8 (local.get $at) (i32.const 100))
            (i32.store offset=12 (local.get $at) (i32.const 1))
            (local.set $at (i32.add (local.get $at) (i32.const 16)))
            (br_if $next (i32.lt_u (local.get $at) (i32.const 33000))))
         (call $put (i32.const 1000) (i32.const 4000))",
    );
    let mut child = start(&path, Stdio::piped());
    assert_eq!(told(&mut child), (1_024, 0));
    let mut bytes = Vec::new();
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_to_end(&mut bytes).expect("what was written");
    end(child);
    assert_eq!(bytes, [b'A'; 1_024]);
}
