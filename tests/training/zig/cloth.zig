//! A cloth of points and springs in single precision, which hangs at two corners in the wind.

const width = 16;
const height = 12;

const Vector = struct {
    x: f32 = 0,
    y: f32 = 0,
    z: f32 = 0,

    fn add(a: Vector, b: Vector) Vector {
        return .{ .x = a.x + b.x, .y = a.y + b.y, .z = a.z + b.z };
    }

    fn sub(a: Vector, b: Vector) Vector {
        return .{ .x = a.x - b.x, .y = a.y - b.y, .z = a.z - b.z };
    }

    fn scale(a: Vector, by: f32) Vector {
        return .{ .x = a.x * by, .y = a.y * by, .z = a.z * by };
    }

    fn length(a: Vector) f32 {
        return @sqrt(a.x * a.x + a.y * a.y + a.z * a.z);
    }
};

const Point = struct {
    at: Vector,
    before: Vector,
    fixed: bool,

    fn step(self: *Point, force: Vector) void {
        if (self.fixed) return;
        const moved = self.at.sub(self.before).scale(0.99);
        self.before = self.at;
        self.at = self.at.add(moved).add(force.scale(0.0004));
        // The floor.
        if (self.at.y < -14) self.at.y = -14;
    }
};

const Spring = struct { a: u16, b: u16, rest: f32 };

var points: [width * height]Point = undefined;
var springs: [2 * width * height]Spring = undefined;
var used: usize = 0;

fn connect(a: usize, b: usize, rest: f32) void {
    springs[used] = .{ .a = @intCast(a), .b = @intCast(b), .rest = rest };
    used += 1;
}

fn hang() void {
    used = 0;
    for (&points, 0..) |*point, i| {
        const row = i / width;
        const column = i % width;
        const at: Vector = .{ .x = @floatFromInt(column), .y = -@as(f32, @floatFromInt(row)) };
        point.* = .{ .at = at, .before = at, .fixed = row == 0 and (column == 0 or column == width - 1) };
        if (column + 1 < width) connect(i, i + 1, 1);
        if (row + 1 < height) connect(i, i + width, 0.9);
    }
}

fn relax(spring: Spring) void {
    const a = &points[spring.a];
    const b = &points[spring.b];
    const apart = b.at.sub(a.at);
    const length = apart.length();
    if (length < 0.0001) return;
    const half = apart.scale(0.5 * (length - spring.rest) / length);
    if (!a.fixed) a.at = a.at.add(half);
    if (!b.fixed) b.at = b.at.sub(half);
}

export fn run(n: u32) u64 {
    var seed: u32 = 42;
    hang();
    for (0..n) |_| {
        seed = seed *% 22695477 +% 1;
        const gust = @as(f32, @floatFromInt(seed >> 20)) / 1024;
        for (&points) |*point| {
            const side = if (point.at.z > 2) -gust else gust;
            point.step(.{ .x = 0.1 * gust, .y = -9.81, .z = side });
        }
        for (0..3) |_| {
            for (springs[0..used]) |spring| relax(spring);
        }
    }
    var sum: f32 = 0;
    for (points) |point| sum += @abs(point.at.x) + @abs(point.at.y) + @abs(point.at.z);
    return @intFromFloat(sum * 1000);
}
