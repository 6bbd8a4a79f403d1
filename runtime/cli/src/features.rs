//! `--features wasm2,-simd`: by which proposals modules are judged.
//!
//! Words are read from left to right. A standard takes the place of what was admitted before it, a
//! proposal is added with what it requires, and one behind a minus is taken away with what requires
//! it. Names are those of `spec/proposals.toml`; a minus in one is as good as an underscore.

use clap::Args;
use tabwasm::Config;
use tabwasm::spec::{Proposal, Proposals};

/// What modules may be.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct Features {
    /// Judge by these proposals: standards (`wasm1`, `wasm2`, `wasm3`), proposals, and those to leave out:
    /// `--features wasm2,-simd`.
    #[arg(long = "features", short = 'f', value_name = "LIST", value_parser = read, allow_hyphen_values = true)]
    listed: Option<Proposals>,
}

impl Features {
    /// Admits them.
    pub fn admit(self, config: &mut Config) {
        if let Some(listed) = self.listed {
            let components = config.proposals().iter();
            let components = components.filter(|it| Proposals::OF_COMPONENTS.contains(*it));
            config.wasm_proposals(components.fold(listed, Proposals::with));
        }
    }

    /// The proposals of core modules: those of the list, or by default.
    pub fn proposals(self) -> Proposals {
        let mut config = Config::new();
        self.admit(&mut config);
        config.proposals()
    }
}

/// Names of the standards, and what proposals call them.
const STANDARDS: [(&str, &str); 3] = [("wasm1", "1.0"), ("wasm2", "2.0"), ("wasm3", "3.0")];

fn read(list: &str) -> Result<Proposals, String> {
    let all = Proposals::SUPPORTED;
    let mut admitted = Config::new().proposals();
    for word in list.split(',').map(str::trim) {
        if let Some((_, standard)) = STANDARDS.iter().find(|(name, _)| *name == word) {
            let within = |it: &Proposal| it.since().is_some_and(|since| since <= *standard);
            admitted = all
                .iter()
                .filter(within)
                .fold(Proposals::EMPTY, Proposals::with);
            continue;
        }
        let (name, add) = match word.strip_prefix('-') {
            Some(name) => (name, false),
            None => (word, true),
        };
        let proposal = named(name)?;
        if add && !all.contains(proposal) {
            return Err(format!("`{name}` is not supported yet"));
        }
        admitted = match add {
            true => with(admitted, proposal),
            false => without(admitted, proposal),
        };
    }
    Ok(admitted)
}

fn named(name: &str) -> Result<Proposal, String> {
    let key = name.replace('-', "_");
    let core = Proposals::ALL.iter();
    let mut core = core.filter(|it| !Proposals::OF_COMPONENTS.contains(*it));
    core.find(|proposal| proposal.name() == key).ok_or_else(|| {
        let standards = STANDARDS.iter().map(|(name, _)| *name);
        let known: Vec<&str> = standards
            .chain(Proposals::SUPPORTED.iter().map(Proposal::name))
            .collect();
        format!("no proposal `{name}`; there are {}", known.join(", "))
    })
}

/// With a proposal and all that it requires.
fn with(admitted: Proposals, proposal: Proposal) -> Proposals {
    let required = proposal.requires().iter();
    required.fold(admitted.with(proposal), with)
}

/// Without a proposal and all that require it.
fn without(admitted: Proposals, proposal: Proposal) -> Proposals {
    let left = admitted.without(proposal);
    let requiring = left.iter().filter(|it| it.requires().contains(proposal));
    requiring.fold(left, without)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &str) -> Vec<&'static str> {
        read(list).unwrap().iter().map(Proposal::name).collect()
    }

    #[test]
    fn standards_take_the_place_of_what_was_before() {
        assert_eq!(names("wasm1"), ["mvp", "floats", "mutable_globals"]);
        assert_eq!(read("simd,wasm1"), read("wasm1"));
        assert!(read("wasm3").unwrap().includes(read("wasm2").unwrap()));
        assert!(!names("wasm3").contains(&"custom_page_sizes"));
    }

    #[test]
    fn proposals_come_with_what_they_require_and_go_with_what_requires_them() {
        let added = names("wasm1,relaxed-simd");
        assert_eq!(
            added,
            ["mvp", "floats", "mutable_globals", "simd", "relaxed_simd"]
        );
        let left = names("-simd");
        assert!(!left.contains(&"simd") && !left.contains(&"relaxed_simd"));
        assert!(left.contains(&"memory64"));
    }

    #[test]
    fn what_is_no_proposal_is_said() {
        let said = read("wasm2,smid").unwrap_err();
        assert!(
            said.starts_with("no proposal `smid`; there are wasm1, "),
            "{said}"
        );
        assert_eq!(read("gc").unwrap_err(), "`gc` is not supported yet");
        assert!(read("-gc").is_ok());
        assert!(read("component_model").is_err());
        assert!(read("").is_err());
    }
}
