//! `tabwasm bench [FILE [ARGS]…]`: how long a module takes on this machine, or how fast the engine was beside
//! others.
//!
//! A module is compiled, instantiated and run in each round, so that no round is faster because of what
//! another one has left. Other engines are no part of this command: `tests/bench` runs them, and its script
//! `speed.py` writes the comparison that is shown here.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use tabwasm::Engine;
use tabwasm::view::View;

use crate::args::{Bench, Run};
use crate::diagnostic;
use crate::exit::ExitStatus;
use crate::input::Input;
use crate::json::Object;
use crate::output::{self, line};
use crate::program::Program;
use crate::progress::Work;
use crate::run::{self, Prints};

/// The comparison, as text, for programs, and as a picture.
const TABLE: &str = include_str!("../embedded/speed/table.txt");
const FIGURES: &str = include_str!("../embedded/speed/figures.json");
const PICTURE: &str = include_str!("../embedded/speed/picture.svg");

/// Times a module, or shows the comparison if there is none.
pub fn run(args: &Bench) -> ExitStatus {
    if let Some(picture) = &args.picture {
        return output::file(picture, PICTURE.as_bytes());
    }
    if !args.run.file_and_args.is_empty() {
        return run::ended(time(args));
    }
    if args.json {
        // Its strings have no line ends.
        line!("{}", FIGURES.lines().map(str::trim).collect::<String>());
    } else {
        output::text(format_args!("{TABLE}"));
    }
    ExitStatus::Success
}

fn time(args: &Bench) -> Result<ExitStatus, ExitStatus> {
    let engine = run::begin(&args.run, false)?;
    let input = Input::read(args.run.file()).map_err(|unread| unread.report())?;
    if let Ok(View::Component(_)) = View::new(&input.bytes) {
        diagnostic::error("modules are timed, not components");
        return Err(ExitStatus::Usage);
    }
    let guest_args = run::guest_args(&args.run)?;
    let timing = Work::begin(format_args!("timing {}", input.name));
    let mut phases = [
        ("compile", vec![]),
        ("instantiate", vec![]),
        ("run", vec![]),
    ];
    for _ in 0..args.rounds {
        let taken = round(&args.run, &engine, &input, &guest_args)?;
        for ((_, all), taken) in phases.iter_mut().zip(taken) {
            all.push(taken);
        }
    }
    drop(timing);
    let phases = phases.map(|(name, all)| (name, Typical::of(all)));
    if args.json {
        let mut object = Object::line().text("file", &input.name);
        object = object.number("rounds", args.rounds);
        for (name, typical) in &phases {
            object = object.object(name, &typical.json());
        }
        line!("{object}");
    } else {
        line!("{}: medians of {} rounds", input.name, args.rounds);
        for (name, Typical { median, deviation }) in &phases {
            line!("{name:<12}{:>12} ± {}", show(*median), show(*deviation));
        }
    }
    Ok(ExitStatus::Success)
}

/// How long each phase took.
fn round(
    args: &Run,
    engine: &Engine,
    input: &Input,
    guest_args: &[&str],
) -> Result<[Duration; 3], ExitStatus> {
    let bytes = Cow::Owned(input.bytes.clone());
    let begin = Instant::now();
    let module = run::compile(engine, bytes);
    let compiled = Instant::now();
    let module = module.map_err(|error| run::refuse(input, &error))?;
    let before = Instant::now();
    let (mut store, instance) = run::link(args, &module, Prints::Nowhere)?;
    let linked = Instant::now();
    let program = Program {
        file: &input.name,
        args: guest_args,
        module: &module,
        instance,
    };
    let ended = match &args.invoke {
        Some(name) => program.invoke(name, &mut store, |_| {}),
        None => program.start(&mut store),
    };
    let done = Instant::now();
    let exit = ended.unwrap_or_else(|error| run::fail(&error));
    match exit.code() {
        0 => Ok([compiled - begin, linked - before, done - linked]),
        _ => Err(exit),
    }
}

/// A typical time, and how far it is away from others.
struct Typical {
    median: Duration,
    /// The median of the distances from the median.
    deviation: Duration,
}

impl Typical {
    fn of(times: Vec<Duration>) -> Self {
        let median = self::median(times.clone());
        let distances = times.into_iter().map(|time| time.abs_diff(median));
        let deviation = self::median(distances.collect());
        Self { median, deviation }
    }

    fn json(&self) -> Object {
        let nanoseconds = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let object = Object::new().number("median_ns", nanoseconds(self.median));
        object.number("deviation_ns", nanoseconds(self.deviation))
    }
}

/// The middle one, the mean of the two middle ones, or zero if there are none.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    let middle = times.len() / 2;
    let below = middle.saturating_sub(usize::from(times.len().is_multiple_of(2)));
    match (times.get(below), times.get(middle)) {
        (Some(low), Some(high)) => (*low + *high) / 2,
        _ => Duration::ZERO,
    }
}

/// With the unit that fits.
fn show(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        1.0.. => format!("{seconds:.3} s"),
        1e-3.. => format!("{:.3} ms", seconds * 1e3),
        _ => format!("{:.1} µs", seconds * 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typical_times_ignore_what_lies_far_away() {
        let of = |times: &[u64]| {
            let times = times.iter().copied().map(Duration::from_micros);
            let Typical { median, deviation } = Typical::of(times.collect());
            (show(median), show(deviation))
        };
        let expected = ("12.0 µs".to_owned(), "1.0 µs".to_owned());
        assert_eq!(of(&[12, 11, 900, 13, 10]), expected);
        let expected = ("1.500 ms".to_owned(), "500.0 µs".to_owned());
        assert_eq!(of(&[1000, 2000]), expected);
        assert_eq!(of(&[2_000_000]).0, "2.000 s");
        assert_eq!(of(&[]).0, "0.0 µs");
    }
}
