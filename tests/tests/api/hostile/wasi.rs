//! Clocks, randomness and streams of the user that give wrong numbers, and panic.
//!
//! A stream may say that it read more than the buffer holds, a clock may run backwards; the guest's
//! memory must stay whole, and the guest must see an error number.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tabwasm::{Engine, Instance, Linker, Result, Store};
use tabwasm_wasi::abi::ClockId;
use tabwasm_wasi::{
    Clock, Errno, InputStream, OutputStream, Random, WasiCtx, WasiCtxBuilder, add_to_linker,
};

use super::super::module;
use super::{fail, panics};

/// One buffer of 16 bytes at 64, told by the vector at 0; counts go to 32. A clock subscription
/// and one for input stand at 128, events go to 256.
const PROGRAM: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_read"
      (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write"
      (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "clock_time_get"
      (func $time (param i32 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "clock_res_get" (func $res (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff"
      (func $poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
    (memory (export "memory") 1 1)
    (data (i32.const 0) "\40\00\00\00\10\00\00\00\50\00\00\00\10\00\00\00")
    (data (i32.const 144) "\01\00\00\00")
    (data (i32.const 152) "\10\27\00\00")
    (data (i32.const 184) "\01")
    (func (export "read") (result i32)
      (call $read (i32.const 0) (i32.const 0) (i32.const 2) (i32.const 32)))
    (func (export "write") (result i32)
      (call $write (i32.const 1) (i32.const 0) (i32.const 2) (i32.const 32)))
    (func (export "random") (result i32) (call $random (i32.const 64) (i32.const 16)))
    (func (export "time") (result i32) (call $time (i32.const 1) (i64.const 0) (i32.const 32)))
    (func (export "res") (result i32) (call $res (i32.const 1) (i32.const 32)))
    (func (export "poll") (result i32)
      (call $poll (i32.const 128) (i32.const 256) (i32.const 2) (i32.const 32)))
    (func (export "close") (result i32) (call $close (i32.const 0)))
    (func (export "count") (result i32) (i32.load (i32.const 32))))"#;

/// What a stream says that it read or wrote, what a clock says, or a panic.
#[derive(Clone, Default)]
struct Liar(Arc<Mutex<Lie>>);

#[derive(Clone, Copy, Default, Debug)]
enum Lie {
    #[default]
    None,
    Count(usize),
    Panic,
}

impl Liar {
    fn tell(&self, truth: usize) -> usize {
        let lie = *self.0.lock().expect("no panic holds the lock");
        match lie {
            Lie::None => truth,
            Lie::Count(count) => count,
            Lie::Panic => fail("the stream panics"),
        }
    }
}

impl InputStream for Liar {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Errno> {
        buffer.fill(b'x');
        Ok(self.tell(buffer.len()))
    }

    fn ready(&mut self, _: Option<u64>) -> Result<bool, Errno> {
        Ok(self.tell(1) % 2 == 1)
    }
}

impl OutputStream for Liar {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
        Ok(self.tell(bytes.len()))
    }
}

impl Random for Liar {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        self.tell(buffer.len());
        Ok(())
    }
}

/// A clock that jumps between the ends of time.
#[derive(Clone)]
struct Jumping(Liar, Arc<AtomicU64>);

impl Clock for Jumping {
    fn resolution(&self, _: ClockId) -> Result<u64, Errno> {
        Ok(self.0.tell(0) as u64)
    }

    fn now(&self, _: ClockId) -> Result<u64, Errno> {
        self.0.tell(0);
        let jump = self.1.fetch_add(1, Ordering::Relaxed) % 3;
        Ok([u64::MAX, 0, 1 << 63][jump as usize])
    }

    fn sleep(&self, _: u64) {
        self.0.tell(0);
    }
}

impl Drop for Jumping {
    fn drop(&mut self) {
        self.0.tell(0);
    }
}

fn start() -> Result<(Store<WasiCtx>, Instance, Liar)> {
    let engine = Engine::default();
    let mut linker: Linker<WasiCtx> = Linker::new(&engine);
    add_to_linker(&mut linker, |ctx| ctx)?;
    let liar = Liar::default();
    let ctx = WasiCtxBuilder::new()
        .stdin(liar.clone())
        .stdout(liar.clone())
        .random(liar.clone())
        .clock(Jumping(liar.clone(), Arc::default()))
        .build();
    let mut store = Store::new(&engine, ctx);
    let instance = linker.instantiate(&mut store, &module(&engine, PROGRAM))?;
    Ok((store, instance, liar))
}

/// A stream that says that it read more than there was room for is broken: an error for the
/// guest, which never hears of bytes that are not there. One that says so of what it wrote took
/// all of it.
#[test]
fn streams_count_wrong() -> Result<()> {
    let (mut store, instance, liar) = start()?;
    let counts = [
        0,
        1,
        15,
        16,
        17,
        32,
        33,
        1 << 31,
        1 << 32,
        (1 << 32) + 3,
        usize::MAX,
    ];
    for lie in counts {
        *liar.0.lock().expect("no panic") = Lie::Count(lie);
        let count = instance.get_typed_func::<(), i32>(&mut store, "count")?;
        let read = instance.get_typed_func::<(), i32>(&mut store, "read")?;
        let errno = read.call(&mut store, ())?;
        if lie <= 16 {
            assert_eq!((errno, count.call(&mut store, ())?), (0, lie as i32));
        } else {
            assert_eq!(errno, Errno::Io as i32, "{lie} bytes read into 16");
        }
        let write = instance.get_typed_func::<(), i32>(&mut store, "write")?;
        assert_eq!(write.call(&mut store, ())?, 0);
        let written = count.call(&mut store, ())? as usize;
        let expected = if lie < 16 { lie } else { 32 };
        assert_eq!(written, expected, "{lie} bytes written of 16");
    }
    Ok(())
}

/// A clock that jumps makes no call wait for ever, or fail.
#[test]
fn clocks_jump() -> Result<()> {
    let (mut store, instance, liar) = start()?;
    *liar.0.lock().expect("no panic") = Lie::Count(2);
    let poll = instance.get_typed_func::<(), i32>(&mut store, "poll")?;
    let count = instance.get_typed_func::<(), i32>(&mut store, "count")?;
    let mut events = [0; 3];
    for _ in 0..30 {
        assert_eq!(poll.call(&mut store, ())?, 0);
        events[count.call(&mut store, ())? as usize] += 1;
        for name in ["time", "res"] {
            let func = instance.get_typed_func::<(), i32>(&mut store, name)?;
            assert_eq!(func.call(&mut store, ())?, 0);
        }
    }
    println!("{events:?} of 30 calls gave so many events");
    Ok(())
}

#[test]
fn everything_panics() -> Result<()> {
    let (mut store, instance, liar) = start()?;
    for name in ["read", "write", "random", "time", "res", "poll"] {
        let func = instance.get_typed_func::<(), i32>(&mut store, name)?;
        *liar.0.lock().expect("no panic") = Lie::Panic;
        assert_eq!(
            panics(|| func.call(&mut store, ())),
            "the stream panics",
            "{name}"
        );
        *liar.0.lock().expect("no panic") = Lie::None;
        assert_eq!(func.call(&mut store, ())?, 0, "{name}");
    }
    *liar.0.lock().expect("no panic") = Lie::Panic;
    let close = instance.get_typed_func::<(), i32>(&mut store, "close")?;
    assert_eq!(close.call(&mut store, ())?, 0);
    assert_eq!(close.call(&mut store, ())?, Errno::Badf as i32);
    assert_eq!(panics(|| drop(store)), "the stream panics");
    Ok(())
}
