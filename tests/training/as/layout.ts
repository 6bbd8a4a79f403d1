// Lays boxes out in rows and columns: a tree of objects with methods that classes override.

const GAP: i32 = 4;

abstract class Box {
  x: i32 = 0;
  y: i32 = 0;
  width: i32 = 0;
  height: i32 = 0;

  abstract measure(): void;

  place(x: i32, y: i32): void {
    this.x = x;
    this.y = y;
  }

  hash(): u32 {
    return ((this.x * 31 + this.y) * 31 + this.width) * 31 + this.height;
  }
}

class Label extends Box {
  constructor(private letters: i32) {
    super();
  }

  measure(): void {
    this.width = this.letters * 7 + 2;
    this.height = 14;
  }
}

class Picture extends Box {
  constructor(private pixels: i32, private scale: f64) {
    super();
  }

  measure(): void {
    this.width = <i32>Math.ceil(this.pixels * this.scale);
    this.height = this.width * 3 / 4;
  }
}

abstract class Group extends Box {
  protected children: Box[] = [];

  add(child: Box): void {
    this.children.push(child);
  }

  hash(): u32 {
    let hash = super.hash();
    for (let i = 0, count = this.children.length; i < count; i++) hash = rotl(hash, 5) ^ this.children[i].hash();
    return hash;
  }
}

class Row extends Group {
  measure(): void {
    this.width = -GAP;
    this.height = 0;
    for (let i = 0; i < this.children.length; i++) {
      const child = this.children[i];
      child.measure();
      this.width += child.width + GAP;
      this.height = max(this.height, child.height);
    }
  }

  place(x: i32, y: i32): void {
    super.place(x, y);
    for (let i = 0; i < this.children.length; i++) {
      const child = this.children[i];
      child.place(x, y + (this.height - child.height) / 2);
      x += child.width + GAP;
    }
  }
}

class Column extends Group {
  constructor(private right: bool) {
    super();
  }

  measure(): void {
    let width = 0, height = -GAP;
    for (let i = 0; i < this.children.length; i++) {
      const child = this.children[i];
      child.measure();
      width = max(width, child.width);
      height += child.height + GAP;
    }
    this.width = width;
    this.height = height;
  }

  place(x: i32, y: i32): void {
    super.place(x, y);
    for (let i = 0; i < this.children.length; i++) {
      const child = this.children[i];
      child.place(this.right ? x + this.width - child.width : x, y);
      y += child.height + GAP;
    }
  }
}

let seed: u32 = 1;

function below(limit: u32): u32 {
  seed ^= seed << 13;
  seed ^= seed >> 17;
  seed ^= seed << 5;
  return seed % limit;
}

function build(depth: i32): Box {
  const kind = depth > 0 ? below(4) : 2 + below(2);
  if (kind == 2) return new Label(1 + below(20));
  if (kind == 3) return new Picture(16 + below(200), 0.25 + <f64>below(8) / 8.0);
  const group: Group = kind == 0 ? new Row() : new Column(below(2) == 0);
  for (let i = 2 + below(4); i > 0; i--) group.add(build(depth - 1));
  return group;
}

export function run(n: u32): u64 {
  seed = 2463534242;
  let sum: u64 = 0;
  for (let round: u32 = 0; round < n; round++) {
    const page = new Column(false);
    for (let i = 0; i < 6; i++) page.add(build(4));
    for (let i = 0; i < 4; i++) {
      page.measure();
      page.place(i, i);
      sum = sum * 3 + page.hash();
    }
  }
  return sum;
}
