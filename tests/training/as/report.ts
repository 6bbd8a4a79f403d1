// A table of sales as text: numbers are written, padded and joined, lines are split and read again.

class Sale {
  constructor(readonly region: string, readonly item: i32, readonly amount: i32, readonly cents: i32) {}

  get total(): i32 {
    return this.amount * this.cents;
  }

  toString(): string {
    return this.region + ";" + this.item.toString() + ";" + this.amount.toString() + ";" + money(this.cents);
  }

  static parse(line: string): Sale | null {
    const fields = line.split(";");
    if (fields.length != 4) return null;
    const point = fields[3].indexOf(".");
    if (point < 0) return null;
    const whole = <i32>parseInt(fields[3].substring(0, point)), rest = <i32>parseInt(fields[3].substring(point + 1));
    return new Sale(fields[0], <i32>parseInt(fields[1]), <i32>parseInt(fields[2]), whole * 100 + rest);
  }
}

class Table {
  private lines: string[] = [];
  private widths: StaticArray<i32> = [8, 6, 6, 10];

  add(cells: string[]): void {
    let line = "|";
    for (let i = 0; i < cells.length; i++) {
      const width = this.widths[i];
      line += " " + (i == 0 ? cells[i].padEnd(width) : cells[i].padStart(width)) + " |";
    }
    this.lines.push(line);
  }

  rule(): void {
    this.lines.push("+" + "-".repeat(40) + "+");
  }

  toString(): string {
    return this.lines.join("\n");
  }
}

const REGIONS: string[] = ["North", "South", "East", "West", "Overseas"];

function money(cents: i32): string {
  return (cents / 100).toString() + "." + (cents % 100).toString().padStart(2, "0");
}

function hash(text: string): u32 {
  let hash: u32 = 5381;
  for (let i = 0, length = text.length; i < length; i++) hash = (hash << 5) + hash + text.charCodeAt(i);
  return hash;
}

export function run(n: u32): u64 {
  let seed: u32 = 2024, sum: u64 = 0;
  for (let round: u32 = 0; round < n; round++) {
    const records = new Array<string>();
    for (let i = 0; i < 30; i++) {
      seed = seed * 134775813 + 1;
      const region = REGIONS[(seed >> 16) % REGIONS.length];
      const sale = new Sale(region, 100 + (seed >> 20) % 900, 1 + (seed >> 27), 5 + (seed >> 14) % 20_000);
      records.push(sale.toString());
    }
    const table = new Table(), totals = new Map<string, i32>();
    table.add(["region", "item", "amount", "total"]);
    table.rule();
    const read = records.join("\n").split("\n");
    for (let i = 0; i < read.length; i++) {
      const sale = Sale.parse(read[i]);
      if (sale === null) continue;
      table.add([sale.region, sale.item.toString(), sale.amount.toString(), money(sale.total)]);
      totals.set(sale.region, sale.total + (totals.has(sale.region) ? totals.get(sale.region) : 0));
    }
    table.rule();
    const regions = totals.keys().sort();
    for (let i = 0; i < regions.length; i++) table.add([regions[i], "", "", money(totals.get(regions[i]))]);
    sum = sum * 17 + hash(table.toString().replaceAll("  ", " "));
  }
  return sum;
}
