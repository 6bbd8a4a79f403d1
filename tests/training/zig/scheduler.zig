//! Tasks take turns by three priorities: queues in rings, optionals, a state per task, messages that wake.

const State = enum(u8) { ready, waiting, done };
const Task = struct {
    state: State = .ready,
    priority: u2,
    left: u32,
    spent: u32 = 0,
    mailbox: Ring(u16, 4) = .{},
};

fn Ring(comptime T: type, comptime size: usize) type {
    return struct {
        items: [size]T = undefined,
        head: usize = 0,
        len: usize = 0,

        const Self = @This();

        fn push(self: *Self, item: T) error{Full}!void {
            if (self.len == size) return error.Full;
            self.items[(self.head + self.len) % size] = item;
            self.len += 1;
        }

        fn pop(self: *Self) ?T {
            if (self.len == 0) return null;
            const item = self.items[self.head];
            self.head = (self.head + 1) % size;
            self.len -= 1;
            return item;
        }
    };
}

const Scheduler = struct {
    const most = 48;

    tasks: [most]Task = undefined,
    queues: [3]Ring(u8, most) = .{ .{}, .{}, .{} },
    seed: u32,
    dropped: u32 = 0,
    received: u64 = 0,

    fn random(self: *Scheduler, limit: u32) u32 {
        self.seed = self.seed *% 1103515245 +% 12345;
        return (self.seed >> 16) % limit;
    }

    fn start(self: *Scheduler) void {
        for (&self.tasks, 0..) |*task, i| {
            task.* = .{ .priority = @intCast(i % 3), .left = 20 + self.random(60) };
            self.ready(@intCast(i));
        }
    }

    fn ready(self: *Scheduler, id: u8) void {
        const task = &self.tasks[id];
        task.state = .ready;
        self.queues[task.priority].push(id) catch unreachable;
    }

    fn next(self: *Scheduler, turn: u32) ?u8 {
        // Sometimes the lowest is asked first, so that it does not starve.
        if (turn % 5 == 0) if (self.queues[2].pop()) |id| return id;
        for (&self.queues) |*queue| if (queue.pop()) |id| return id;
        return null;
    }

    fn send(self: *Scheduler, to: u8, message: u16) void {
        const task = &self.tasks[to];
        task.mailbox.push(message) catch {
            self.dropped += 1;
        };
        if (task.state == .waiting) self.ready(to);
    }

    fn work(self: *Scheduler, id: u8) void {
        const task = &self.tasks[id];
        while (task.mailbox.pop()) |message| self.received = self.received *% 31 +% message;
        const slice = @min(task.left, 1 + self.random(4));
        task.left -= slice;
        task.spent += slice;
        if (task.left == 0) {
            task.state = .done;
            return;
        }
        switch (self.random(4)) {
            0 => task.state = .waiting,
            1, 2 => {
                self.send(@intCast(self.random(most)), @intCast(task.spent));
                self.ready(id);
            },
            else => self.ready(id),
        }
    }

    fn finish(self: *Scheduler) u32 {
        var turn: u32 = 0;
        while (true) : (turn += 1) {
            if (self.next(turn)) |id| {
                self.work(id);
                continue;
            }
            // Who still waits is woken by a signal to all.
            var woken: u32 = 0;
            for (self.tasks, 0..) |task, i| {
                if (task.state != .waiting) continue;
                self.send(@intCast(i), 0);
                woken += 1;
            }
            if (woken == 0) return turn;
        }
    }
};

export fn run(n: u32) u64 {
    var sum: u64 = 0;
    for (0..n) |round| {
        var scheduler: Scheduler = .{ .seed = @intCast(round + 3) };
        scheduler.start();
        sum +%= scheduler.finish();
        sum ^= scheduler.received +% scheduler.dropped;
    }
    return sum;
}
