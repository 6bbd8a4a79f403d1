// A bank: accounts in a map by number, transfers that may be refused, the last bookings of each account.

class Booking {
  constructor(readonly partner: i32, readonly cents: i64, readonly day: i32) {}
}

class Account {
  private balance: i64 = 0;
  private bookings: Booking[] = [];
  frozen: bool = false;

  constructor(readonly number: i32, readonly limit: i64) {}

  covers(cents: i64): bool {
    return !this.frozen && this.balance + this.limit >= cents;
  }

  book(partner: i32, cents: i64, day: i32): void {
    this.balance += cents;
    if (this.bookings.length >= 16) this.bookings.shift();
    this.bookings.push(new Booking(partner, cents, day));
  }

  // Interest for what was there, and a fee for what was owed.
  close(day: i32): i64 {
    const change = this.balance > 0 ? this.balance / 365 : this.balance / 40;
    if (change != 0) this.book(0, change, day);
    return change;
  }

  turnover(since: i32): i64 {
    let sum: i64 = 0;
    for (let i = this.bookings.length - 1; i >= 0; i--) {
      const booking = this.bookings[i];
      if (booking.day < since) break;
      sum += booking.cents < 0 ? -booking.cents : booking.cents;
    }
    return sum;
  }
}

class Bank {
  private accounts: Map<i32, Account> = new Map<i32, Account>();
  private refused: Set<i32> = new Set<i32>();
  private numbers: i32[] = [];

  open(number: i32, limit: i64): void {
    if (this.accounts.has(number)) return;
    this.accounts.set(number, new Account(number, limit));
    this.numbers.push(number);
  }

  any(random: u32): i32 {
    return this.numbers[random % this.numbers.length];
  }

  transfer(from: i32, to: i32, cents: i64, day: i32): bool {
    if (from == to || !this.accounts.has(to)) return false;
    const payer = this.accounts.get(from);
    if (!payer.covers(cents)) {
      this.refused.add(from);
      return false;
    }
    payer.book(to, -cents, day);
    this.accounts.get(to).book(from, cents, day);
    return true;
  }

  close(day: i32): i64 {
    let sum: i64 = 0;
    const all = this.accounts.values();
    for (let i = 0; i < all.length; i++) {
      const account = all[i];
      sum += account.close(day) + account.turnover(day - 2);
      account.frozen = this.refused.has(account.number) && day % 3 == 0;
    }
    this.refused.clear();
    return sum;
  }
}

export function run(n: u32): u64 {
  const bank = new Bank();
  let random: u32 = 99, done: u64 = 0, sum: i64 = 0;
  for (let i = 0; i < 150; i++) {
    random = random * 69069 + 1;
    bank.open(10_000 + (random >> 12) % 5_000, 5_000 + i * 10);
  }
  for (let day: u32 = 1; day <= n; day++) {
    for (let i = 0; i < 120; i++) {
      random = random * 69069 + 1;
      const from = bank.any(random >> 10), cents = <i64>(random >> 20);
      random = random * 69069 + 1;
      if (bank.transfer(from, bank.any(random >> 9), cents, day)) done++;
    }
    sum += bank.close(day);
  }
  return (done << 32) ^ <u64>sum;
}
