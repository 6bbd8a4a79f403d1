//! How long the instances of a script are needed.
//!
//! An instance cannot be dropped alone, but a whole store can be emptied: this finds the directives
//! before which no earlier instance is used again.

use std::collections::HashMap;

use wast::token::Id;
use wast::{WastDirective, WastExecute, WastInvoke};

/// For each directive, whether it makes an instance when none of those before is needed any more.
pub(super) fn fresh_starts(directives: &[WastDirective<'_>]) -> Vec<bool> {
    let mut last_use = Vec::new();
    let mut names = HashMap::new();
    for (index, directive) in directives.iter().enumerate() {
        if let Some(name) = made(directive) {
            if let Some(name) = name {
                names.insert(name.name(), last_use.len());
            }
            last_use.push(index);
            continue;
        }
        let (name, end) = match directive {
            WastDirective::Register { module, .. } => (*module, directives.len()),
            WastDirective::Invoke(invoke) => (invoke.module, index),
            WastDirective::AssertExhaustion { call, .. } => (call.module, index),
            WastDirective::AssertReturn { exec, .. } | WastDirective::AssertTrap { exec, .. } => {
                match exec {
                    WastExecute::Invoke(WastInvoke { module, .. })
                    | WastExecute::Get { module, .. } => (*module, index),
                    WastExecute::Wat(_) => continue,
                }
            }
            _ => continue,
        };
        let used = match name {
            Some(name) => names.get(name.name()).copied(),
            None => last_use.len().checked_sub(1),
        };
        if let Some(last) = used.and_then(|used| last_use.get_mut(used)) {
            *last = end.max(*last);
        }
    }
    let (mut made_so_far, mut needed_until) = (0, 0);
    let mut starts = Vec::new();
    for (index, directive) in directives.iter().enumerate() {
        let makes = made(directive).is_some();
        starts.push(makes && made_so_far > 0 && needed_until < index);
        if makes {
            needed_until = needed_until.max(last_use[made_so_far]);
            made_so_far += 1;
        }
    }
    starts
}

/// The name of the instance that a directive makes.
fn made<'a>(directive: &WastDirective<'a>) -> Option<Option<Id<'a>>> {
    match directive {
        WastDirective::Module(module) => Some(module.name()),
        WastDirective::ModuleInstance { instance, .. } => Some(*instance),
        _ => None,
    }
}
