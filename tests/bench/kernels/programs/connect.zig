//! Four in a row on seven columns: both players' stones as bits of one word, alpha-beta search with a
//! table of positions that were seen before.

const columns = 7;
const rows = 6;
/// A column has one bit more than rows, so that no line wraps into the next one.
const stride = rows + 1;
const depth = 9;
const win = 100;

const Move = u3;
const order = [columns]Move{ 3, 2, 4, 1, 5, 0, 6 };

const Board = struct {
    /// Stones of whoever moves next.
    own: u64 = 0,
    all: u64 = 0,

    fn bottom(column: Move) u64 {
        return @as(u64, 1) << (@as(u6, column) * stride);
    }

    fn column_mask(column: Move) u64 {
        return ((@as(u64, 1) << rows) - 1) << (@as(u6, column) * stride);
    }

    fn free(self: Board, column: Move) bool {
        return self.all & (bottom(column) << (rows - 1)) == 0;
    }

    fn play(self: Board, column: Move) Board {
        const all = self.all | (self.all + bottom(column));
        return .{ .own = self.own ^ self.all, .all = all };
    }

    fn wins(self: Board, column: Move) bool {
        const stones = self.own | ((self.all + bottom(column)) & column_mask(column));
        inline for (.{ 1, stride - 1, stride, stride + 1 }) |step| {
            const pairs = stones & (stones >> step);
            if (pairs & (pairs >> (2 * step)) != 0) return true;
        }
        return false;
    }

    /// Differs between any two positions.
    fn key(self: Board) u64 {
        return self.all + self.own + 0b0000001000000100000010000001000000100000010000001;
    }
};

const Bound = enum { exact, least, most };

const Entry = struct { key: u64 = 0, value: i8 = 0, left: u8 = 0, bound: Bound = .exact };

const Search = struct {
    nodes: u64 = 0,
    table: [4096]Entry = @splat(.{}),

    fn value(self: *Search, board: Board, left: u8, alpha: i8, beta: i8) i8 {
        self.nodes += 1;
        for (order) |column| {
            if (board.free(column) and board.wins(column)) return win - (depth - @as(i8, @intCast(left)));
        }
        if (left == 0) return estimate(board);
        var low = alpha;
        var high = beta;
        const entry = &self.table[hash(board.key()) % 4096];
        if (entry.key == board.key() and entry.left == left) switch (entry.bound) {
            .exact => return entry.value,
            .least => low = @max(low, entry.value),
            .most => high = @min(high, entry.value),
        };
        if (low >= high) return entry.value;
        var best: i8 = -win;
        var moved = false;
        var floor = low;
        for (order) |column| {
            if (!board.free(column)) continue;
            moved = true;
            best = @max(best, -self.value(board.play(column), left - 1, -high, -floor));
            floor = @max(floor, best);
            if (floor >= high) break;
        }
        if (!moved) return 0;
        entry.* = .{
            .key = board.key(),
            .value = best,
            .left = left,
            .bound = if (best >= high) .least else if (best <= low) .most else .exact,
        };
        return best;
    }

    /// Stones count more in the middle.
    fn estimate(board: Board) i8 {
        const theirs = board.own ^ board.all;
        var sum: i8 = 0;
        inline for (.{ 1, 2, 3, 2, 1 }, 1..) |weight, column| {
            const mask = Board.column_mask(column);
            sum += weight * (@as(i8, @popCount(board.own & mask)) - @as(i8, @popCount(theirs & mask)));
        }
        return sum;
    }
};

fn hash(word: u64) usize {
    return @truncate((word *% 0x9E3779B97F4A7C15) >> 40);
}

fn next(state: *u64) u64 {
    state.* ^= state.* >> 12;
    state.* ^= state.* << 25;
    state.* ^= state.* >> 27;
    return state.* *% 0x2545F4914F6CDD1D;
}

fn mix(sum: u64, word: u64) u64 {
    return (sum ^ word) *% 0x100000001B3;
}

var search: Search = .{};

/// Searches `n` positions that random play has led to.
export fn run(n: u32) u64 {
    var state: u64 = 0x9E3779B97F4A7C15;
    var sum: u64 = 0;
    for (0..n) |_| {
        search = .{};
        var board: Board = .{};
        for (0..10) |_| {
            const column: Move = @intCast((next(&state) >> 32) % columns);
            if (board.free(column) and !board.wins(column)) board = board.play(column);
        }
        const value = search.value(board, depth, -win, win);
        sum = mix(mix(sum, @bitCast(@as(i64, value))), search.nodes);
    }
    return sum;
}
