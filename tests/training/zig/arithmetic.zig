//! An adaptive arithmetic coder of bits, in contexts: a text is coded, decoded and compared.

const size = 2000;
var text: [size]u8 = undefined;
var coded: [2 * size]u8 = undefined;
var decoded: [size]u8 = undefined;

/// How likely a zero is, in 65536ths, after what was seen.
const Model = struct {
    chances: [512]u16 = @splat(32768),

    fn update(self: *Model, context: usize, bit: u1) void {
        const chance = &self.chances[context];
        if (bit == 0) chance.* += (65535 - chance.*) >> 5 else chance.* -= chance.* >> 5;
    }

    fn split(self: *const Model, context: usize, low: u32, high: u32) u32 {
        const share = @as(u64, high - low) * @max(self.chances[context], 64) >> 16;
        return low + @as(u32, @truncate(share));
    }
};

const Encoder = struct {
    model: Model = .{},
    low: u32 = 0,
    high: u32 = 0xffff_ffff,
    out: []u8,
    len: usize = 0,

    fn bit(self: *Encoder, context: usize, value: u1) void {
        const middle = self.model.split(context, self.low, self.high);
        if (value == 0) self.high = middle else self.low = middle + 1;
        self.model.update(context, value);
        while ((self.low ^ self.high) >> 24 == 0) {
            self.put(@truncate(self.high >> 24));
            self.low <<= 8;
            self.high = self.high << 8 | 255;
        }
    }

    fn put(self: *Encoder, byte: u8) void {
        self.out[self.len] = byte;
        self.len += 1;
    }

    fn finish(self: *Encoder) []const u8 {
        for (0..4) |i| self.put(@truncate(self.high >> @intCast(24 - 8 * i)));
        return self.out[0..self.len];
    }
};

const Decoder = struct {
    model: Model = .{},
    low: u32 = 0,
    high: u32 = 0xffff_ffff,
    window: u32 = 0,
    in: []const u8,

    fn init(in: []const u8) Decoder {
        var decoder: Decoder = .{ .in = in };
        for (0..4) |_| decoder.shift();
        return decoder;
    }

    fn shift(self: *Decoder) void {
        const byte = if (self.in.len > 0) self.in[0] else 0;
        if (self.in.len > 0) self.in = self.in[1..];
        self.window = self.window << 8 | byte;
    }

    fn bit(self: *Decoder, context: usize) u1 {
        const middle = self.model.split(context, self.low, self.high);
        const value: u1 = @intFromBool(self.window > middle);
        if (value == 0) self.high = middle else self.low = middle + 1;
        self.model.update(context, value);
        while ((self.low ^ self.high) >> 24 == 0) {
            self.low <<= 8;
            self.high = self.high << 8 | 255;
            self.shift();
        }
        return value;
    }
};

fn encode() []const u8 {
    var encoder: Encoder = .{ .out = &coded };
    for (text) |byte| {
        var context: usize = 1;
        for (0..8) |i| {
            const value: u1 = @truncate(byte >> @intCast(7 - i));
            encoder.bit(context, value);
            context = context << 1 | value;
        }
    }
    return encoder.finish();
}

fn decode(in: []const u8) void {
    var decoder: Decoder = .init(in);
    for (&decoded) |*byte| {
        var context: usize = 1;
        while (context < 256) context = context << 1 | decoder.bit(context);
        byte.* = @truncate(context);
    }
}

export fn run(n: u32) u64 {
    var seed: u64 = 88172645463325252;
    var sum: u64 = 0;
    for (0..n) |_| {
        for (&text) |*byte| {
            seed ^= seed << 7;
            seed ^= seed >> 9;
            byte.* = "etaoin shrdlu"[@intCast((seed & 15) % 13)];
        }
        const bytes = encode();
        decode(bytes);
        for (text, decoded) |a, b| if (a != b) return 0;
        sum = sum *% 131 +% bytes.len +% bytes[bytes.len / 2];
    }
    return sum;
}
