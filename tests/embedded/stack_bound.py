#!/usr/bin/env python3
"""The most native stack that a Thumb program can take: the largest sum of frames along a call path.

    stack_bound.py FILE [FUNCTION]     FUNCTION: where to begin, `run` if not said

The file must come from `rustc -Z emit-stack-sizes`; the calls are read from the machine code. It
prints the bound and the path that has it. Status 1, and the reason, if there is no bound: a call
through a pointer, a recursion, or a function whose frame nobody knows.
"""

import sys
from bisect import bisect_right

from elf import Elf

# Written in assembly, hence without a record: what they push, from their sources.
ASSEMBLY = {"reset": 0, "exception": 0, "__aeabi_uidivmod": 16, "__aeabi_idivmod": 16, "__aeabi_uldivmod": 24, "__aeabi_ldivmod": 24}


def main():
    path, start = sys.argv[1], (sys.argv[2:] or ["run"])[0]
    graph = Graph(Elf(path))
    bound, chain = graph.deepest(graph.find(start))
    for name, frame in chain:
        print(f"{frame:8} {name}", file=sys.stderr)
    print(bound)


class Graph:
    def __init__(self, elf):
        self.elf = elf
        self.functions = elf.functions()
        self.starts = sorted(self.functions)
        self.frames = elf.frames()
        # Where the mapping symbols of the Arm ABI say that code or data begins.
        self.marks = sorted((address, name[1]) for name, address, _, _ in elf.symbols() if name[:2] in ("$t", "$d"))
        self.known = {}

    def find(self, name):
        for address, (symbol, _) in self.functions.items():
            if symbol == name:
                return address
        sys.exit(f"no function `{name}`")

    def deepest(self, start):
        """(bytes, path) of the deepest path from here; the search keeps its own stack."""
        pending, open_path = [(start, None)], []
        while pending:
            address, calls = pending.pop()
            if calls is None:
                if address in self.known:
                    continue
                if address in open_path:
                    cycle = open_path[open_path.index(address) :] + [address]
                    sys.exit("recursion: " + " -> ".join(self.name(a) for a in cycle))
                open_path.append(address)
                calls = self.calls(address)
                pending.append((address, calls))
                pending.extend((callee, None) for callee in calls)
            else:
                open_path.pop()
                below, path = max((self.known[callee] for callee in calls), default=(0, []))
                frame = self.frame(address)
                self.known[address] = (frame + below, [(self.name(address), frame)] + path)
        return self.known[start]

    def name(self, address):
        return self.functions[address][0]

    def frame(self, address):
        name = self.name(address)
        if address in self.frames:
            return self.frames[address]
        if name in ASSEMBLY:
            return ASSEMBLY[name]
        sys.exit(f"no frame size of `{name}`")

    def calls(self, address):
        """Where the function calls or jumps to outside of itself."""
        name, size = self.functions[address]
        code, targets, at = self.elf.code(address, size), set(), 0
        while at + 2 <= len(code):
            if self.mark(address + at) == "d":
                at += 2
                continue
            first = int.from_bytes(code[at : at + 2], "little")
            if first >> 11 in (0b11101, 0b11110, 0b11111):
                second = int.from_bytes(code[at + 2 : at + 4], "little")
                target, call = wide(first, second, address + at)
                at += 4
            else:
                if first & 0xFF87 == 0x4780 or (first & 0xFF87 == 0x4700 and first >> 3 & 15 != 14):
                    sys.exit(f"`{name}` calls through a pointer")
                target, call = narrow(first, address + at), False
                at += 2
            if target is not None and (call or not address <= target < address + size):
                targets.add(self.function_at(target))
        return sorted(targets)

    def function_at(self, target):
        start = self.starts[bisect_right(self.starts, target) - 1]
        if target != start:
            sys.exit(f"a jump into `{self.name(start)}`")
        return start

    def mark(self, address):
        place = bisect_right(self.marks, (address, "z")) - 1
        return self.marks[place][1] if place >= 0 else "t"


def wide(first, second, at):
    """Target of `bl`, `b.w` or a conditional `b.w`, and whether it is a call (Armv7-M A7.7.12, A7.7.18)."""
    if first & 0xF800 != 0xF000 or not second & 0x8000:
        return None, False
    sign = first >> 10 & 1
    j1, j2 = second >> 13 & 1, second >> 11 & 1
    if second & 0x5000 == 0:
        if first >> 7 & 7 == 7:
            return None, False  # a system instruction
        offset = sign << 20 | j2 << 19 | j1 << 18 | (first & 0x3F) << 12 | (second & 0x7FF) << 1
        return at + 4 + signed(offset, 21), False
    if second & 0x1000 == 0:
        return None, False
    offset = sign << 24 | (~(j1 ^ sign) & 1) << 23 | (~(j2 ^ sign) & 1) << 22 | (first & 0x3FF) << 12 | (second & 0x7FF) << 1
    return at + 4 + signed(offset, 25), second & 0x4000 != 0


def narrow(first, at):
    """Target of a short branch (Armv7-M A7.7.12, A7.7.21)."""
    if first & 0xF800 == 0xE000:
        return at + 4 + signed((first & 0x7FF) << 1, 12)
    if first & 0xF000 == 0xD000 and first >> 8 & 15 < 14:
        return at + 4 + signed((first & 0xFF) << 1, 9)
    return None


def signed(value, bits):
    return value - (1 << bits) if value >> (bits - 1) else value


if __name__ == "__main__":
    main()
