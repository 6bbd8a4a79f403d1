//! Groups points around means, in single precision, until none of them changes its group.

const Sample = struct { features: [4]f32, group: u8 };
const count = 300;
const groups = 7;

var samples: [count]Sample = undefined;
var means: [groups][4]f32 = undefined;

const Random = struct {
    a: u32,
    weyl: u32 = 0,

    fn unit(self: *Random) f32 {
        self.weyl +%= 362437;
        self.a ^= self.a << 13;
        self.a ^= self.a >> 17;
        self.a ^= self.a << 5;
        return @as(f32, @floatFromInt((self.a +% self.weyl) >> 8)) / 16777216;
    }

    // The sum of some is about normal.
    fn normal(self: *Random) f32 {
        var sum: f32 = -2;
        inline for (0..4) |_| sum += self.unit();
        return sum;
    }
};

fn distance(a: *const [4]f32, b: *const [4]f32) f32 {
    var sum: f32 = 0;
    for (a, b) |x, y| sum += (x - y) * (x - y);
    return sum;
}

fn scatter(random: *Random) void {
    for (&samples, 0..) |*sample, i| {
        for (&sample.features, 0..) |*feature, j| {
            const center: f32 = @floatFromInt((i % groups) * (j + 2) % 11);
            feature.* = center + random.normal();
        }
        sample.group = 0;
    }
    for (&means) |*mean| {
        const chosen: usize = @intFromFloat(random.unit() * count);
        mean.* = samples[chosen].features;
    }
}

fn assign() usize {
    var changed: usize = 0;
    for (&samples) |*sample| {
        var nearest: u8 = 0;
        var least = distance(&sample.features, &means[0]);
        for (means[1..], 1..) |*mean, i| {
            const d = distance(&sample.features, mean);
            if (d < least) {
                least = d;
                nearest = @intCast(i);
            }
        }
        if (sample.group != nearest) {
            sample.group = nearest;
            changed += 1;
        }
    }
    return changed;
}

fn update() void {
    var sums: [groups][4]f32 = @splat(@splat(0));
    var sizes: [groups]u32 = @splat(0);
    for (&samples) |*sample| {
        sizes[sample.group] += 1;
        for (&sums[sample.group], sample.features) |*sum, feature| sum.* += feature;
    }
    for (&means, sums, sizes) |*mean, sum, size| {
        if (size == 0) continue;
        for (mean, sum) |*m, s| m.* = s / @as(f32, @floatFromInt(size));
    }
}

export fn run(n: u32) u64 {
    var random: Random = .{ .a = 2718281 };
    var sum: u64 = 0;
    for (0..n) |_| {
        scatter(&random);
        var rounds: u64 = 0;
        while (assign() > 0 and rounds < 40) : (rounds += 1) update();
        var spread: f32 = 0;
        for (&samples) |*sample| spread += @sqrt(distance(&sample.features, &means[sample.group]));
        sum +%= rounds * 1_000_000 + @as(u64, @intFromFloat(spread));
    }
    return sum;
}
