//! The greatest flow through networks, by Dinitz' algorithm: levels by breadth, then paths by depth
//! that only go up one level, until none is left.
#![no_std]
#![no_main]

use core::panic::PanicInfo;

const VERTICES: usize = 120;
const EDGES: usize = 2 * 900;
const SEED: u64 = 0x9E37_79B9_7F4A_7C15;

/// Edges stand in pairs, each beside the one that leads back.
#[derive(Clone, Copy)]
struct Edge {
    to: usize,
    capacity: u32,
    next: Option<usize>,
}

struct Network {
    edges: [Edge; EDGES],
    len: usize,
    first: [Option<usize>; VERTICES],
    level: [Option<u32>; VERTICES],
    /// Where the search for paths goes on.
    rest: [Option<usize>; VERTICES],
}

impl Network {
    fn connect(&mut self, from: usize, to: usize, capacity: u32) {
        for (from, to, capacity) in [(from, to, capacity), (to, from, 0)] {
            self.edges[self.len] = Edge {
                to,
                capacity,
                next: self.first[from].replace(self.len),
            };
            self.len += 1;
        }
    }

    fn leaving(&self, vertex: usize) -> impl Iterator<Item = Edge> {
        let mut at = self.first[vertex];
        core::iter::from_fn(move || {
            let edge = self.edges[at?];
            at = edge.next;
            Some(edge)
        })
    }

    /// Counts edges from the source; whether the sink can be reached.
    fn rank(&mut self, source: usize, sink: usize) -> bool {
        let mut queue = [source; VERTICES];
        let (mut begin, mut end) = (0, 1);
        let mut level = [None; VERTICES];
        level[source] = Some(0);
        while begin < end {
            let vertex = queue[begin];
            begin += 1;
            for edge in self.leaving(vertex).filter(|edge| edge.capacity > 0) {
                if level[edge.to].is_none() {
                    level[edge.to] = level[vertex].map(|level| level + 1);
                    queue[end] = edge.to;
                    end += 1;
                }
            }
        }
        self.level = level;
        level[sink].is_some()
    }

    /// Sends up to `limit` from a vertex on; how much of it arrives.
    fn push(&mut self, vertex: usize, sink: usize, limit: u32) -> u32 {
        if vertex == sink {
            return limit;
        }
        let mut sent = 0;
        while let Some(at) = self.rest[vertex] {
            let edge = self.edges[at];
            let up = self.level[edge.to] == self.level[vertex].map(|level| level + 1);
            if up && edge.capacity > 0 {
                let part = self.push(edge.to, sink, edge.capacity.min(limit - sent));
                self.edges[at].capacity -= part;
                self.edges[at ^ 1].capacity += part;
                sent += part;
                if sent == limit {
                    break;
                }
            }
            self.rest[vertex] = edge.next;
        }
        sent
    }

    fn greatest(&mut self, source: usize, sink: usize) -> u32 {
        let mut total = 0;
        while self.rank(source, sink) {
            self.rest = self.first;
            total += self.push(source, sink, u32::MAX);
        }
        total
    }
}

/// xorshift64*, by Vigna.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, limit: usize) -> usize {
        ((self.next() >> 32) % limit as u64) as usize
    }
}

fn mix(hash: u64, word: u64) -> u64 {
    (hash ^ word).wrapping_mul(0x100_0000_01B3)
}

#[unsafe(no_mangle)]
pub extern "C" fn run(n: u32) -> u64 {
    let mut random = Random(SEED);
    let mut network = Network {
        edges: [Edge {
            to: 0,
            capacity: 0,
            next: None,
        }; EDGES],
        len: 0,
        first: [None; VERTICES],
        level: [None; VERTICES],
        rest: [None; VERTICES],
    };
    let mut hash = 0;
    for _ in 0..n {
        network.len = 0;
        network.first.fill(None);
        // Mostly forward, to vertices that are near.
        for _ in 0..EDGES / 2 {
            let from = random.below(VERTICES - 1);
            let to = (from + 1 + random.below(12)).min(VERTICES - 1);
            network.connect(from, to, 1 + random.below(100) as u32);
        }
        hash = mix(hash, u64::from(network.greatest(0, VERTICES - 1)));
        let full = network.edges.iter().step_by(2);
        hash = mix(hash, full.filter(|edge| edge.capacity == 0).count() as u64);
    }
    hash
}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
