//! Sound in single precision: a plucked string and noise go through resonant filters of second order,
//! a symmetric filter of 31 samples, a reverberation of combs and all-passes, and a limiter.

const block = 256;
const taps = 31;

const Biquad = struct {
    b: [3]f32,
    a: [2]f32,
    state: [2]f32 = .{ 0, 0 },

    /// Transposed direct form.
    fn next(self: *Biquad, in: f32) f32 {
        const out = self.b[0] * in + self.state[0];
        self.state[0] = self.b[1] * in - self.a[0] * out + self.state[1];
        self.state[1] = self.b[2] * in - self.a[1] * out;
        return out;
    }
};

fn Delay(comptime length: usize) type {
    return struct {
        line: [length]f32 = @splat(0),
        at: usize = 0,

        fn comb(self: *@This(), in: f32, feedback: f32) f32 {
            const out = self.line[self.at];
            self.put(in + out * feedback);
            return out;
        }

        fn all_pass(self: *@This(), in: f32) f32 {
            const delayed = self.line[self.at];
            self.put(in + delayed * 0.5);
            return delayed - in * 0.5;
        }

        /// What a string of this length does, plucked by `in`.
        fn string(self: *@This(), in: f32) f32 {
            const out = self.line[self.at];
            const after = self.line[if (self.at + 1 == length) 0 else self.at + 1];
            self.put(in + (out + after) * 0.498);
            return out;
        }

        fn put(self: *@This(), sample: f32) void {
            self.line[self.at] = sample;
            self.at += 1;
            if (self.at == length) self.at = 0;
        }
    };
}

const Limiter = struct {
    envelope: f32 = 0,

    fn next(self: *Limiter, in: f32) f32 {
        const level = @abs(in);
        const speed: f32 = if (level > self.envelope) 0.3 else 0.002;
        self.envelope += (level - self.envelope) * speed;
        const gained = if (self.envelope > 0.5) in * @sqrt(0.5 / self.envelope) else in;
        return @max(-1, @min(1, gained));
    }
};

const Chain = struct {
    string: Delay(109) = .{},
    biquads: [4]Biquad = .{
        .{ .b = .{ 0.0675, 0.1349, 0.0675 }, .a = .{ -1.143, 0.4128 } },
        .{ .b = .{ 0.9, -1.8, 0.9 }, .a = .{ -1.79, 0.82 } },
        .{ .b = .{ 1.05, -1.6, 0.7 }, .a = .{ -1.6, 0.75 } },
        .{ .b = .{ 0.2, 0.1, 0.2 }, .a = .{ -0.9, 0.4 } },
    },
    combs: struct { Delay(557), Delay(593), Delay(641), Delay(677) } = .{ .{}, .{}, .{}, .{} },
    passes: struct { Delay(113), Delay(37) } = .{ .{}, .{} },
    limiter: Limiter = .{},
    history: [taps + block - 1]f32 = @splat(0),

    fn run(self: *Chain, samples: *[block]f32) void {
        for (samples) |*sample| {
            var value = self.string.string(sample.*);
            for (&self.biquads) |*biquad| value = biquad.next(value);
            sample.* = value;
        }
        self.smooth(samples);
        for (samples) |*sample| {
            var wet: f32 = 0;
            inline for (&self.combs) |*comb| wet += comb.comb(sample.*, 0.84);
            inline for (&self.passes) |*pass| wet = pass.all_pass(wet);
            sample.* = self.limiter.next(sample.* + wet * 0.3);
        }
    }

    fn smooth(self: *Chain, samples: *[block]f32) void {
        @memcpy(self.history[taps - 1 ..], samples);
        for (samples, 0..) |*sample, i| {
            const window = self.history[i..][0..taps];
            var sum = window[taps / 2] * weights[taps / 2];
            for (0..taps / 2) |j| sum += (window[j] + window[taps - 1 - j]) * weights[j];
            sample.* = sum;
        }
        for (0..taps - 1) |i| self.history[i] = self.history[i + block];
    }
};

/// A triangle, whose sum is one.
const weights = blk: {
    var list: [taps / 2 + 1]f32 = undefined;
    for (&list, 1..) |*weight, i| weight.* = @as(f32, i) / ((taps / 2 + 1) * (taps / 2 + 1));
    break :blk list;
};

fn next(state: *u64) u64 {
    state.* ^= state.* >> 12;
    state.* ^= state.* << 25;
    state.* ^= state.* >> 27;
    return state.* *% 0x2545F4914F6CDD1D;
}

fn mix(sum: u64, word: u64) u64 {
    return (sum ^ word) *% 0x100000001B3;
}

var chain: Chain = .{};

/// Plays `n` blocks; every eighth begins with a pluck.
export fn run(n: u32) u64 {
    chain = .{};
    var state: u64 = 0x9E3779B97F4A7C15;
    var sum: u64 = 0;
    for (0..n) |number| {
        var samples: [block]f32 = @splat(0);
        const length: usize = if (number % 8 == 0) 109 else 8;
        for (samples[0..length]) |*sample| {
            const noise: i16 = @truncate(@as(i64, @bitCast(next(&state))) >> 48);
            sample.* = @as(f32, @floatFromInt(noise)) / 32768;
        }
        chain.run(&samples);
        for (samples) |sample| sum = mix(sum, @bitCast(@as(i64, @intFromFloat(sample * 32767))));
    }
    return sum;
}
