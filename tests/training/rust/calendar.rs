//! Dates are formatted by `core::fmt`, split and parsed again, and counted in days.
//! Formatting goes through tables of functions, and is in most programs.
#![no_std]
#![no_main]

use core::fmt::{self, Write};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

const NAMES: &str =
    "January February March April May June July August September October November December";
const LENGTHS: [u8; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Date {
    year: i32,
    month: u8,
    day: u8,
}

impl Date {
    fn leap(year: i32) -> bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    fn length(year: i32, month: u8) -> u8 {
        LENGTHS[usize::from(month) - 1] + u8::from(month == 2 && Self::leap(year))
    }

    /// Since the first of January 1600.
    fn days(self) -> i32 {
        let years = self.year - 1600;
        let leaps = (years + 3) / 4 - (years + 99) / 100 + (years + 399) / 400;
        let months: i32 = (1..self.month)
            .map(|month| i32::from(Self::length(self.year, month)))
            .sum();
        years * 365 + leaps + months + i32::from(self.day) - 1
    }

    fn from_days(mut days: i32) -> Self {
        let mut year = 1600 + days / 366;
        while days
            >= (Self {
                year: year + 1,
                month: 1,
                day: 1,
            })
            .days()
        {
            year += 1;
        }
        days -= Self {
            year,
            month: 1,
            day: 1,
        }
        .days();
        let mut month = 1;
        while days >= i32::from(Self::length(year, month)) {
            days -= i32::from(Self::length(year, month));
            month += 1;
        }
        Self {
            year,
            month,
            day: days as u8 + 1,
        }
    }

    /// `1999-12-31` or `31 December 1999`
    fn parse(text: &str) -> Option<Self> {
        let date = if text.contains('-') {
            let mut parts = text.splitn(3, '-');
            let (year, month) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            Self {
                year,
                month,
                day: parts.next()?.parse().ok()?,
            }
        } else {
            let mut words = text.split_whitespace();
            let (day, name) = (words.next()?.parse().ok()?, words.next()?);
            let month = NAMES
                .split(' ')
                .position(|month| month.eq_ignore_ascii_case(name))? as u8
                + 1;
            Self {
                year: words.next()?.parse().ok()?,
                month,
                day,
            }
        };
        let valid = (1..=12).contains(&date.month)
            && (1..=Self::length(date.year, date.month)).contains(&date.day);
        valid.then_some(date)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            let mut names = NAMES.split(' ');
            let month = names.nth(usize::from(self.month) - 1).ok_or(fmt::Error)?;
            return write!(f, "{} {month} {}", self.day, self.year);
        }
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

struct Line {
    text: [u8; 64],
    len: usize,
}

impl Line {
    fn as_str(&self) -> &str {
        core::str::from_utf8(&self.text[..self.len]).unwrap_or("")
    }
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self
            .text
            .get_mut(self.len..self.len + text.len())
            .ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len += text.len();
        Ok(())
    }
}

#[unsafe(no_mangle)]
extern "C" fn run(n: u32) -> u64 {
    let (mut seed, mut sum, mut latest) = (11_u32, 0_u64, None);
    for round in 0..n {
        seed = seed.wrapping_mul(69_069).wrapping_add(1);
        let date = Date::from_days((seed >> 8) as i32 % 250_000);
        let mut line = Line {
            text: [0; 64],
            len: 0,
        };
        let written = match round % 2 {
            0 => write!(line, "{date}"),
            _ => write!(line, "{date:#}"),
        };
        let read = Date::parse(line.as_str());
        if written.is_err() || read != Some(date) {
            return round.into();
        }
        latest = latest.max(read);
        sum = sum
            .wrapping_mul(31)
            .wrapping_add(date.days() as u64 + line.len as u64);
    }
    sum ^ latest.map_or(0, |date| u64::from(date.day) << 32)
}
