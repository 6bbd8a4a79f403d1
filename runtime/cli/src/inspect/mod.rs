//! `tabwasm inspect FILE…`: what modules and components consist of.
//!
//! They need not be valid: what can be read is shown, up to the first error. Views do the reading,
//! so this is also an example of them. Nested components are kept in a list and not visited by
//! recursion; `text` and `json` show each of them, with types from `entities` and, on request, what each
//! function needs from `functions`. What a component in a file imports and exports is shown in WIT, too, by `wit`.

mod entities;
mod functions;
mod json;
mod text;
mod wit;

use std::path::Path;

use tabwasm::reject::Reject;
use tabwasm::view::View;

use crate::args::Inspect;
use crate::diagnostic;
use crate::exit::ExitStatus;
use crate::input::Input;
use crate::json::Object;
use crate::output::line;

/// Shows files; the first failure decides how the process ends.
pub fn run(args: &Inspect) -> ExitStatus {
    let mut exit = ExitStatus::Success;
    for file in &args.files {
        let ended = inspect(args, file);
        if exit == ExitStatus::Success {
            exit = ended;
        }
    }
    exit
}

fn inspect(args: &Inspect, file: &Path) -> ExitStatus {
    let input = match Input::read(file) {
        Ok(input) => input,
        Err(unread) if args.json => return unread.report_json(),
        Err(unread) => return unread.report(),
    };
    if !args.json {
        line!("{}", input.name);
    }
    match View::new(&input.bytes).and_then(|view| show(args, &input.name, view)) {
        Ok(()) => ExitStatus::Success,
        Err(reject) => {
            diagnostic::rejected(&input, &reject);
            ExitStatus::InvalidModule
        }
    }
}

/// Shows a view and what is in it, the outermost first.
fn show(args: &Inspect, file: &str, view: View<'_>) -> Result<(), Reject> {
    let deepest = args.depth.unwrap_or(usize::MAX);
    let mut left = vec![(1, view)];
    let world = match view {
        View::Component(component) => Some(wit::world(component.bytes())),
        View::Module(_) => None,
    };
    while let Some((level, view)) = left.pop() {
        if level > deepest {
            continue;
        }
        let object = |line: Object| match &world {
            Some(world) if level == 1 => line.optional_text("wit", world.as_deref().ok()),
            _ => line,
        };
        match args.json {
            true => line!("{}", object(json::object(args, file, level, view)?)),
            false => text::show(args, level, view)?,
        }
        if let View::Component(component) = view {
            let modules = component.modules().map(|module| module.map(View::Module));
            let components = component.components();
            let components = components.map(|inner| inner.map(View::Component));
            let mut inner: Vec<View<'_>> = modules.chain(components).collect::<Result<_, _>>()?;
            inner.reverse();
            left.extend(inner.into_iter().map(|view| (level + 1, view)));
        }
    }
    match world {
        Some(world) if !args.json => text::show_world(&world),
        _ => {}
    }
    Ok(())
}
