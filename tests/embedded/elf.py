"""As much of ELF as the tools here need: sections, function symbols, code, stack sizes."""

import struct
import sys


class Elf:
    SYMBOLS, NOBITS = 2, 8
    ALLOCATED = 2
    ARM = 40

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        if self.data[:6] != b"\x7fELF\x01\x01":
            sys.exit(f"{path}: not a little-endian ELF file of 32 bits")
        self.thumb = self.unpack("H", 18)[0] == self.ARM
        (table,) = self.unpack("L", 32)
        size, count, names = self.unpack("HHH", 46)
        self.sections = [Section(self, table + size * index) for index in range(count)]
        for section in self.sections:
            section.name = self.sections[names].text(section.name)

    def unpack(self, layout, offset):
        return struct.unpack_from("<" + layout, self.data, offset)

    def flash(self):
        """Bytes that must be kept: code, constants, and initial values of variables."""
        return sum(s.size for s in self.sections if s.flags & self.ALLOCATED and s.kind != self.NOBITS)

    def ram(self):
        """Bytes of variables, without the stack."""
        writable = 1
        return sum(s.size for s in self.sections if s.flags & self.ALLOCATED and s.flags & writable)

    def symbols(self):
        """(name, address, size, type) of every symbol."""
        for section in self.sections:
            if section.kind == self.SYMBOLS:
                for offset in range(section.offset, section.offset + section.size, 16):
                    name, address, size, kind, _, _ = self.unpack("LLLBBH", offset)
                    yield self.sections[section.link].text(name), address, size, kind & 15

    def functions(self):
        """Start to (name, size); the lowest bit of a Thumb address is no part of it."""
        mask = ~1 if self.thumb else ~0
        return {address & mask: (name, size) for name, address, size, kind in self.symbols() if kind == 2}

    def code(self, address, size):
        for section in self.sections:
            if section.flags & self.ALLOCATED and section.address <= address < section.address + section.size:
                start = section.offset + address - section.address
                return self.data[start : start + size]
        return b""

    def frames(self):
        """Address to frame size, from the records of `-Z emit-stack-sizes`."""
        frames = {}
        for section in self.sections:
            if section.name != ".stack_sizes":
                continue
            at, end = section.offset, section.offset + section.size
            while at < end:
                (address,) = self.unpack("L", at)
                at, size, shift = at + 4, 0, 0
                while True:
                    size |= (self.data[at] & 127) << shift
                    shift, at = shift + 7, at + 1
                    if self.data[at - 1] < 128:
                        break
                frames[address & ~1 if self.thumb else address] = size
        return frames


class Section:
    def __init__(self, elf, at):
        self.elf = elf
        (self.name, self.kind, self.flags, self.address, self.offset, self.size, self.link, *_) = elf.unpack("LLLLLLLLLL", at)

    def text(self, offset):
        start = self.offset + offset
        return self.elf.data[start : self.elf.data.index(b"\0", start)].decode()
