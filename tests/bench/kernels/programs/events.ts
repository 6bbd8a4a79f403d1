// A workshop as a simulation of events: objects with virtual methods wait in a pairing heap by their
// time, machines serve jobs and break down, and what nobody holds any more is collected.

class Random {
  constructor(private state: u64) {}

  next(): u64 {
    this.state ^= this.state >> 12;
    this.state ^= this.state << 25;
    this.state ^= this.state >> 27;
    return this.state * 0x2545F4914F6CDD1D;
  }

  below(limit: u32): u32 {
    return <u32>((this.next() >> 33) % limit);
  }
}

abstract class Event {
  child: Event | null = null;
  sibling: Event | null = null;

  constructor(public time: u32, public order: u32) {}

  abstract happen(shop: Workshop): void;

  before(other: Event): bool {
    return this.time < other.time || (this.time == other.time && this.order < other.order);
  }
}

class Arrival extends Event {
  happen(shop: Workshop): void {
    let steps = new Array<i32>();
    for (let i = <i32>shop.random.below(4); i >= 0; i--) {
      steps.push(shop.random.below(shop.machines.length));
    }
    shop.send(new Job(this.time, steps));
    shop.schedule(new Arrival(this.time + 2 + shop.random.below(9), shop.number()));
  }
}

class Finish extends Event {
  constructor(time: u32, order: u32, private machine: Machine, private job: Job) {
    super(time, order);
  }

  happen(shop: Workshop): void {
    this.machine.busy = false;
    shop.send(this.job);
    this.machine.begin(shop);
  }
}

class Repair extends Event {
  constructor(time: u32, order: u32, private machine: Machine) {
    super(time, order);
  }

  happen(shop: Workshop): void {
    this.machine.broken = false;
    this.machine.begin(shop);
  }
}

class Breakdown extends Event {
  happen(shop: Workshop): void {
    let machine = shop.machines[shop.random.below(shop.machines.length)];
    if (!machine.broken) {
      machine.broken = true;
      shop.schedule(new Repair(this.time + 5 + shop.random.below(20), shop.number(), machine));
    }
    shop.schedule(new Breakdown(this.time + 30 + shop.random.below(50), shop.number()));
  }
}

class Job {
  private done: i32 = 0;

  constructor(public begin: u32, private steps: Array<i32>) {}

  // The machine that is next, or -1 if all is done.
  advance(): i32 {
    return this.done < this.steps.length ? this.steps[this.done++] : -1;
  }
}

class Machine {
  busy: bool = false;
  broken: bool = false;
  private waiting: Array<Job> = [];
  private head: i32 = 0;

  constructor(private pace: u32) {}

  get queue(): i32 {
    return this.waiting.length - this.head;
  }

  add(job: Job): void {
    this.waiting.push(job);
  }

  begin(shop: Workshop): void {
    if (this.busy || this.broken || this.queue == 0) return;
    let job = this.waiting[this.head++];
    if (this.head > 32) {
      this.waiting = this.waiting.slice(this.head);
      this.head = 0;
    }
    this.busy = true;
    let time = shop.time + this.pace + shop.random.below(this.pace);
    shop.schedule(new Finish(time, shop.number(), this, job));
  }
}

class Workshop {
  time: u32 = 0;
  hash: u64 = 0;
  random: Random = new Random(0x9E3779B97F4A7C15);
  machines: Array<Machine> = [];
  private first: Event | null = null;
  private count: u32 = 0;

  constructor() {
    for (let i = 0; i < 8; i++) this.machines.push(new Machine(7 + i % 3));
    this.schedule(new Arrival(0, this.number()));
    this.schedule(new Breakdown(40, this.number()));
  }

  number(): u32 {
    return ++this.count;
  }

  // The job goes to its next machine, or it is done.
  send(job: Job): void {
    let step = job.advance();
    if (step < 0) {
      this.hash = (this.hash ^ (this.time - job.begin)) * 0x100000001B3;
      return;
    }
    let machine = this.machines[step];
    machine.add(job);
    machine.begin(this);
  }

  schedule(event: Event): void {
    let first = this.first;
    this.first = first ? meld(first, event) : event;
  }

  next(): Event {
    let event = this.first!;
    this.first = pairs(event.child);
    event.child = null;
    return event;
  }
}

function meld(left: Event, right: Event): Event {
  if (right.before(left)) {
    left.sibling = right.child;
    right.child = left;
    return right;
  }
  right.sibling = left.child;
  left.child = right;
  return left;
}

// Melds siblings two by two, and the pairs from the last to the first.
function pairs(list: Event | null): Event | null {
  let done: Event | null = null;
  while (list) {
    let left = list;
    let right = left.sibling;
    left.sibling = null;
    let rest: Event | null = null;
    if (right) {
      rest = right.sibling;
      right.sibling = null;
      left = meld(left, right);
    }
    left.sibling = done;
    done = left;
    list = rest;
  }
  let all: Event | null = null;
  while (done) {
    let rest = done.sibling;
    done.sibling = null;
    all = all ? meld(all, done) : done;
    done = rest;
  }
  return all;
}

// `n` times 64 events.
export function run(n: u32): u64 {
  let shop = new Workshop();
  for (let i: u32 = 0; i < n * 64; i++) {
    let event = shop.next();
    shop.time = event.time;
    event.happen(shop);
  }
  let hash = shop.hash;
  for (let i = 0; i < shop.machines.length; i++) hash = (hash ^ shop.machines[i].queue) * 0x100000001B3;
  return hash;
}
