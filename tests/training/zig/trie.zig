//! A trie of words by nibbles, in a pool of nodes: insert, look up, count a prefix, remove.

const Node = struct { next: [16]u16 = @splat(0), below: u16 = 0, value: ?u32 = null };
const capacity = 6000;

const Trie = struct {
    nodes: []Node,
    used: u16 = 1,

    fn clear(self: *Trie) void {
        self.nodes[0] = .{};
        self.used = 1;
    }

    fn put(self: *Trie, word: []const u8, value: u32) bool {
        if (self.get(word)) |at| {
            at.* = value;
            return false;
        }
        var node: *Node = &self.nodes[0];
        for (word) |letter| {
            inline for (.{ letter >> 4, letter & 15 }) |nibble| {
                if (node.next[nibble] == 0) {
                    self.nodes[self.used] = .{};
                    node.next[nibble] = self.used;
                    self.used += 1;
                }
                node.below += 1;
                node = &self.nodes[node.next[nibble]];
            }
        }
        node.value = value;
        return true;
    }

    fn find(self: *Trie, word: []const u8) ?*Node {
        var node: *Node = &self.nodes[0];
        for (word) |letter| {
            node = self.child(node, @truncate(letter >> 4)) orelse return null;
            node = self.child(node, @truncate(letter)) orelse return null;
        }
        return node;
    }

    fn child(self: *Trie, node: *const Node, nibble: u4) ?*Node {
        const at = node.next[nibble];
        return if (at == 0) null else &self.nodes[at];
    }

    fn get(self: *Trie, word: []const u8) ?*u32 {
        const node = self.find(word) orelse return null;
        return if (node.value) |*value| value else null;
    }

    fn remove(self: *Trie, word: []const u8) bool {
        if (self.get(word) == null) return false;
        var node: *Node = &self.nodes[0];
        for (word) |letter| {
            for ([_]u8{ letter >> 4, letter & 15 }) |nibble| {
                node.below -= 1;
                node = &self.nodes[node.next[nibble]];
            }
        }
        node.value = null;
        return true;
    }

    fn countOf(self: *Trie, prefix: []const u8) u32 {
        const node = self.find(prefix) orelse return 0;
        return node.below + @intFromBool(node.value != null);
    }
};

var pool: [capacity]Node = undefined;

const Words = struct {
    seed: u64,
    buffer: [8]u8 = undefined,

    fn next(self: *Words) []const u8 {
        self.seed = self.seed *% 6364136223846793005 +% 1;
        const bits = self.seed >> 33;
        const length: usize = @intCast(3 + bits % 5);
        for (self.buffer[0..length], 0..) |*letter, i| {
            letter.* = 'a' + @as(u8, @intCast((bits >> @intCast(3 * i)) % 6));
        }
        return self.buffer[0..length];
    }
};

export fn run(n: u32) u64 {
    var trie: Trie = .{ .nodes = &pool };
    var words: Words = .{ .seed = 1 };
    var sum: u64 = 0;
    for (0..n) |_| {
        trie.clear();
        for (0..250) |i| {
            if (trie.put(words.next(), @intCast(i))) sum += 1;
        }
        for (0..400) |_| {
            const word = words.next();
            if (trie.get(word)) |value| sum +%= value.*;
            sum = sum *% 3 +% trie.countOf(word[0..2]);
        }
        for (0..150) |_| sum +%= @intFromBool(trie.remove(words.next()));
    }
    return sum;
}
