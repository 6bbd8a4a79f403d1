// Counts the words of texts: strings cut into pieces, maps from strings, arrays of objects.

const SYLLABLES: string[] = ["ka", "to", "mi", "re", "lun", "sha", "ver", "dol"];
const MARKS: string[] = [" ", " ", " ", ", ", ". ", "; ", "\n"];

class Random {
  private state: u32;

  constructor(seed: u32) {
    this.state = seed;
  }

  below(limit: i32): i32 {
    this.state = this.state * 1664525 + 1013904223;
    return <i32>((this.state >> 8) % <u32>limit);
  }
}

class Word {
  count: i32 = 0;
  first: i32;

  constructor(public text: string, first: i32) {
    this.first = first;
  }
}

class Counter {
  private words: Map<string, Word> = new Map();
  private order: Word[] = [];
  private place: i32 = 0;

  private add(text: string): void {
    const known = this.words.has(text);
    const word = known ? this.words.get(text) : new Word(text, this.place);
    if (!known) {
      this.words.set(text, word);
      this.order.push(word);
    }
    word.count++;
    this.place++;
  }

  read(text: string): void {
    let begin = -1;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      const letter = (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
      if (letter) {
        if (begin < 0) begin = i;
      } else if (begin >= 0) {
        this.add(text.substring(begin, i).toLowerCase());
        begin = -1;
      }
    }
    if (begin >= 0) this.add(text.substring(begin));
  }

  summary(): u64 {
    let most = 0, letters = 0;
    for (let i = 0; i < this.order.length; i++) {
      const word = this.order[i];
      if (word.count > this.order[most].count) most = i;
      if (word.text.startsWith("sha") || word.text.endsWith("mi")) letters += word.text.length;
    }
    const best = this.order[most];
    return (<u64>this.order.length << 40) ^ (<u64>best.count << 20) ^ (best.first + letters);
  }
}

function compose(random: Random, words: i32): string {
  const parts = new Array<string>();
  for (let i = 0; i < words; i++) {
    let word = "";
    const length = 1 + random.below(3);
    for (let j = 0; j < length; j++) word += SYLLABLES[random.below(SYLLABLES.length)];
    if (random.below(9) == 0) word = word.charAt(0).toUpperCase() + word.substring(1);
    parts.push(word);
    parts.push(MARKS[random.below(MARKS.length)]);
  }
  return parts.join("");
}

export function run(n: u32): u64 {
  const random = new Random(77);
  let sum: u64 = 0;
  for (let round: u32 = 0; round < n; round++) {
    const counter = new Counter();
    for (let line = 0; line < 10; line++) counter.read(compose(random, 40));
    sum = sum * 31 + counter.summary();
  }
  return sum;
}
