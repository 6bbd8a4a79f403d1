//! Sockets: `sock_accept`, `sock_recv`, `sock_send`, `sock_shutdown`, and the trait behind them.
//!
//! A guest makes no sockets: the host hands over those that listen, and connections come from them.
//! The trait never waits, and says `again` instead; waiting is done here, so that it can be ended, and
//! a connection with the flag `nonblock` is the same but for the wait. Standard: WASI preview 1,
//! `wasi_snapshot_preview1.witx`.

use alloc::boxed::Box;

use crate::abi::{Errno, FileType, MAX_WAIT, fdflags, riflags, rights, sdflags};
use crate::ctx::WasiCtx;
use crate::descriptor::{Descriptor, Kind};
use crate::fd::total;
use crate::guest::Guest;
use crate::wait::{Source, Way};

/// A socket that listens or is connected. No function waits: where it would have to, it gives
/// `again`.
pub trait Socket: Send {
    /// What kind of socket it is.
    fn file_type(&self) -> FileType {
        FileType::SocketStream
    }

    /// The next connection. `inval` if the socket does not listen.
    fn accept(&mut self) -> Result<Box<dyn Socket>, Errno>;

    /// Receives up to `buffer.len()` bytes and gives how many; 0 is the end. With `peek` they stay
    /// where they are. `notconn` if the socket listens.
    fn receive(&mut self, buffer: &mut [u8], peek: bool) -> Result<usize, Errno>;

    /// Sends buffers one after the other and gives how many bytes were taken. `pipe` if nobody
    /// receives any more, `notconn` if the socket listens.
    fn send(&mut self, buffers: &[&[u8]]) -> Result<usize, Errno>;

    /// Ends receiving, sending, or both. `notconn` if the socket listens.
    fn shutdown(&mut self, receiving: bool, sending: bool) -> Result<(), Errno>;

    /// What the system waits for where a guest waits for this socket.
    fn source(&self) -> Option<Source<'_>>;
}

impl WasiCtx {
    pub(crate) fn sock_accept(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        flags: u32,
        out: u32,
    ) -> Result<(), Errno> {
        if flags & !u32::from(fdflags::NONBLOCK) != 0 {
            return Err(Errno::Inval);
        }
        guest.slice(out, size_of::<u32>() as u32)?;
        // A connection that has no room would be lost.
        self.descriptors.room()?;
        let descriptor = self.descriptors.find(fd)?;
        let inheriting = descriptor.inheriting;
        let (socket, _) = descriptor.socket(rights::SOCK_ACCEPT)?;
        let connection = match socket.accept() {
            Err(Errno::Again) => return self.wait_for_socket(guest, fd, Way::Read),
            other => other?,
        };
        let connection = Descriptor::connection(connection, inheriting, flags as u16);
        let connection = self.descriptors.add(connection)?;
        guest.write(out, &connection.to_le_bytes())
    }

    #[expect(clippy::too_many_arguments, reason = "the standard's parameters")]
    pub(crate) fn sock_recv(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        iovs: u32,
        count: u32,
        flags: u32,
        out: u32,
        out_flags: u32,
    ) -> Result<(), Errno> {
        const KNOWN: u16 = riflags::RECV_PEEK | riflags::RECV_WAITALL;
        if flags & !u32::from(KNOWN) != 0 {
            return Err(Errno::Inval);
        }
        let (peek, all) = (
            flags & u32::from(riflags::RECV_PEEK) != 0,
            flags & u32::from(riflags::RECV_WAITALL) != 0,
        );
        guest.slice(out, size_of::<u32>() as u32)?;
        guest.slice(out_flags, size_of::<u16>() as u32)?;
        let received = self.receive(guest, fd, (iovs, count), peek, all)?;
        guest.write(out, &received.to_le_bytes())?;
        // Only a datagram can be cut off.
        guest.write(out_flags, &0u16.to_le_bytes())
    }

    /// Fills buffers; with `all`, waits until they are full. What was received before an error or
    /// the end counts. Of what is to stay where it is, only one buffer can be filled.
    pub(crate) fn receive(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        (iovs, count): (u32, u32),
        peek: bool,
        all: bool,
    ) -> Result<u32, Errno> {
        let mut buffers = guest.iovecs(iovs, count)?;
        if peek {
            buffers.truncate(1);
        }
        let most = total(&buffers);
        guest.pay_for(most.into())?;
        let (socket, _) = self.descriptors.find(fd)?.socket(rights::FD_READ)?;
        let before = guest.wait.done;
        let mut done = 0;
        for (at, length) in buffers {
            let filled = before.saturating_sub(done).min(length);
            done += filled;
            if filled == length {
                continue;
            }
            let buffer = guest.slice_mut(at + filled, length - filled)?;
            let room = buffer.len();
            match socket.receive(buffer, peek) {
                Ok(0) if room > 0 => return Ok(done),
                Ok(count) if count == room => done += count as u32,
                // More may come later.
                Ok(count) if count < room && all => {
                    done += count as u32;
                    return self.receive_later(guest, fd, done, peek);
                }
                Ok(count) if count < room => return Ok(done + count as u32),
                // The guest would take what was there before for what was received.
                Ok(_) => return Err(Errno::Io),
                Err(Errno::Again) if done == 0 || all => {
                    return self.receive_later(guest, fd, done, peek);
                }
                Err(errno) if done == 0 => return Err(errno),
                Err(_) => return Ok(done),
            }
        }
        Ok(done)
    }

    /// Waits until more can be received.
    fn receive_later(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        done: u32,
        peek: bool,
    ) -> Result<u32, Errno> {
        // What stays where it is, is received again from the start.
        guest.wait.done = if peek { 0 } else { done };
        match self.wait_for_socket(guest, fd, Way::Read) {
            Err(Errno::Again) if done > 0 && !guest.wait.gave_up => Ok(done),
            Err(errno) => Err(errno),
            Ok(()) => Ok(done),
        }
    }

    pub(crate) fn sock_send(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        iovs: u32,
        count: u32,
        flags: u32,
        out: u32,
    ) -> Result<(), Errno> {
        // There is no flag yet.
        if flags != 0 {
            return Err(Errno::Inval);
        }
        self.send(guest, fd, (iovs, count), out)
    }

    /// Sends as much as there is room for.
    pub(crate) fn send(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        (iovs, count): (u32, u32),
        out: u32,
    ) -> Result<(), Errno> {
        let buffers = guest.iovecs(iovs, count)?;
        let most = total(&buffers);
        guest.pay_for(most.into())?;
        guest.slice(out, size_of::<u32>() as u32)?;
        let (socket, _) = self.descriptors.find(fd)?.socket(rights::FD_WRITE)?;
        let sent = match socket.send(&guest.slices(&buffers)?) {
            Err(Errno::Again) => return self.wait_for_socket(guest, fd, Way::Write),
            other => other?,
        };
        let sent = u32::try_from(sent).unwrap_or(most).min(most);
        guest.write(out, &sent.to_le_bytes())
    }

    pub(crate) fn sock_shutdown(
        &mut self,
        _: &mut Guest<'_>,
        fd: u32,
        how: u32,
    ) -> Result<(), Errno> {
        let (receiving, sending) = (u32::from(sdflags::RD), u32::from(sdflags::WR));
        if how == 0 || how & !(receiving | sending) != 0 {
            return Err(Errno::Inval);
        }
        let (socket, _) = self.descriptors.find(fd)?.socket(rights::SOCK_SHUTDOWN)?;
        socket.shutdown(how & receiving != 0, how & sending != 0)
    }

    /// Nothing is there yet: waits for a slice, and lets the call be made again. `again` if the
    /// guest does not want to wait.
    fn wait_for_socket<T>(&mut self, guest: &mut Guest<'_>, fd: u32, way: Way) -> Result<T, Errno> {
        let descriptor = self.descriptors.find(fd)?;
        let (socket, flags) = descriptor.socket(0)?;
        if flags & fdflags::NONBLOCK != 0 {
            return Err(Errno::Again);
        }
        match socket.source() {
            Some(source) => {
                let mut interest = [crate::wait::Interest::new(source, way)];
                crate::wait::wait(&mut interest, guest.wait.patience)?;
            }
            // A socket of the host that nobody can wait for is asked again after a while.
            None => self.clock()?.sleep(MAX_WAIT.into()),
        }
        Err(guest.give_up())
    }
}

impl Descriptor {
    /// A socket with this right, and the descriptor's flags. `notsock` for anything else.
    fn socket(&mut self, right: u64) -> Result<(&mut dyn Socket, u16), Errno> {
        match self.kind {
            Kind::Socket(_) => self.require(right)?,
            _ => return Err(Errno::Notsock),
        }
        match &mut self.kind {
            Kind::Socket(socket) => Ok((socket.as_mut(), self.flags)),
            _ => Err(Errno::Notsock),
        }
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::abi::iovec;
    use crate::builder::WasiCtxBuilder;

    /// Gives and takes as much as it says.
    struct Liar(usize);

    impl Socket for Liar {
        fn accept(&mut self) -> Result<Box<dyn Socket>, Errno> {
            Ok(Box::new(Self(self.0)))
        }

        fn receive(&mut self, _: &mut [u8], _: bool) -> Result<usize, Errno> {
            Ok(self.0)
        }

        fn send(&mut self, _: &[&[u8]]) -> Result<usize, Errno> {
            Ok(self.0)
        }

        fn shutdown(&mut self, _: bool, _: bool) -> Result<(), Errno> {
            Ok(())
        }

        fn source(&self) -> Option<Source<'_>> {
            None
        }
    }

    /// A guest that has a connection, and two buffers of 4 bytes.
    fn call(
        said: usize,
        call: impl Fn(&mut WasiCtx, &mut Guest<'_>) -> Result<(), Errno>,
    ) -> Result<u32, Errno> {
        let mut builder = WasiCtxBuilder::new();
        builder.preopened_socket(3, Liar(said)).unwrap();
        let mut ctx = builder.build();
        let mut bytes: Vec<u8> = [0; 256].into();
        let mut guest = Guest::new(&mut bytes, u64::MAX);
        for (n, at) in [(0, 100u32), (1, 104)] {
            guest.write(n * iovec::BYTES, &at.to_le_bytes())?;
            guest.write(n * iovec::BYTES + iovec::BUF_LEN, &4u32.to_le_bytes())?;
        }
        ctx.sock_accept(&mut guest, 3, 0, 200)?;
        assert_eq!(guest.u32(200), Ok(4));
        call(&mut ctx, &mut guest)?;
        guest.u32(200)
    }

    #[test]
    fn numbers_of_a_host_are_compared_with_the_buffers() {
        let receive = |flags| {
            move |ctx: &mut WasiCtx, guest: &mut Guest<'_>| {
                ctx.sock_recv(guest, 4, 0, 2, flags, 200, 204)
            }
        };
        let (peek, all) = (riflags::RECV_PEEK.into(), riflags::RECV_WAITALL.into());
        assert_eq!(call(0, receive(0)), Ok(0));
        assert_eq!(call(3, receive(0)), Ok(3));
        assert_eq!(call(4, receive(0)), Ok(8));
        assert_eq!(call(4, receive(all)), Ok(8));
        assert_eq!(call(4, receive(peek)), Ok(4), "one buffer");
        assert_eq!(call(5, receive(0)), Err(Errno::Io));
        assert_eq!(call(usize::MAX, receive(all)), Err(Errno::Io));
        let send = |ctx: &mut WasiCtx, guest: &mut Guest<'_>| ctx.sock_send(guest, 4, 0, 2, 0, 200);
        assert_eq!(call(3, send), Ok(3));
        assert_eq!(call(usize::MAX, send), Ok(8));
    }
}
