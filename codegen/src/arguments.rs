//! What the command line asks for: an action and its files.
//!
//! Parsed by hand: the words are few, and a library for them would take longer to build than the
//! generator. Nothing here touches the disk; `main` does what it says.

/// How to call the generator.
pub(crate) const USAGE: &str = "\
Makes the sources of a Tabwasm runtime from its tables. In a clone of the project `cargo gen` calls
it; `tabwasm-codegen` takes the same arguments. spec/CHANGE.md shows how to write an overlay.

usage: cargo gen [--check] [--overlay FILE [--to FOLDER]]
       cargo gen explain MNEMONIC [--overlay FILE]
       cargo gen fuse --pairs N COUNTS...
       tabwasm-codegen vendor [--overlay FILE] --to FOLDER

  --check     compare instead of writing
  --overlay   lay these changes over the tables
  --to        write there instead of to generated/
  explain     show what becomes of a row
  fuse        choose what the fast engine runs as one, and write spec/fusion.toml, from what
              `tabwasm profile --patterns` counted
  --pairs     how many pairs
  vendor      write the sources of a whole runtime
  --help, -h  show this
";

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Write what the tables give.
    Write,
    /// Compare it with what is there.
    Check,
    /// Show what becomes of a row.
    Explain(String),
    /// Choose fused pairs from counts.
    Fuse(Vec<String>),
    /// Write a whole runtime.
    Vendor,
    /// Say how to call the generator.
    Help,
}

/// What to do with which tables.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) action: Action,
    pub(crate) overlay: Option<String>,
    pub(crate) to: Option<String>,
    /// How many pairs are fused.
    pub(crate) pairs: usize,
}

/// Reads the arguments behind the name of the program.
pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let (mut action, mut overlay, mut to, mut help) = (None, None, None, false);
    let mut pairs = 0;
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        let mut value = || {
            let value = arguments.next();
            value.ok_or_else(|| format!("`{argument}` needs a value\n\n{USAGE}"))
        };
        match argument.as_str() {
            "--overlay" => overlay = Some(value()?),
            "--to" => to = Some(value()?),
            "--check" if action.is_none() => action = Some(Action::Check),
            "explain" if action.is_none() => action = Some(Action::Explain(value()?)),
            "fuse" if action.is_none() => action = Some(Action::Fuse(Vec::new())),
            "--pairs" => {
                let number = value()?;
                pairs = number
                    .parse()
                    .map_err(|_| format!("`{number}` is no number of pairs\n\n{USAGE}"))?;
            }
            "vendor" if action.is_none() => action = Some(Action::Vendor),
            "--help" | "-h" => help = true,
            file if !file.starts_with('-') && matches!(action, Some(Action::Fuse(_))) => {
                if let Some(Action::Fuse(files)) = &mut action {
                    files.push(file.to_string());
                }
            }
            other => return Err(format!("unexpected `{other}`\n\n{USAGE}")),
        }
    }
    let action = match help {
        true => Action::Help,
        false => action.unwrap_or(Action::Write),
    };
    match (&action, &overlay, &to) {
        (Action::Vendor, _, None) => Err(format!("`vendor` needs `--to FOLDER`\n\n{USAGE}")),
        (Action::Fuse(files), _, _) if files.is_empty() || pairs == 0 => {
            Err(format!("`fuse` needs `--pairs N` and counts\n\n{USAGE}"))
        }
        (Action::Write, Some(_), None) => Err(format!(
            "generated/ is for the tables alone: say `--to FOLDER`, or `--check`\n\n{USAGE}"
        )),
        _ => Ok(Arguments {
            action,
            overlay,
            to,
            pairs,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Arguments, String> {
        parse(line.split_whitespace().map(str::to_string))
    }

    #[test]
    fn in_any_order() {
        let both = [
            "vendor --overlay a.toml --to b",
            "--to b vendor --overlay a.toml",
        ];
        let expected = Arguments {
            action: Action::Vendor,
            overlay: Some("a.toml".to_string()),
            to: Some("b".to_string()),
            pairs: 0,
        };
        for line in both {
            assert_eq!(parsed(line).as_ref(), Ok(&expected));
        }
        assert_eq!(parsed("").map(|all| all.action), Ok(Action::Write));
        assert_eq!(parsed("--check").map(|all| all.action), Ok(Action::Check));
    }

    #[test]
    fn help_is_given_beside_anything() {
        for line in [
            "--help",
            "-h",
            "vendor --help",
            "--overlay a.toml -h",
            "--check -h",
        ] {
            assert_eq!(
                parsed(line).map(|all| all.action),
                Ok(Action::Help),
                "{line}"
            );
        }
    }

    #[test]
    fn mistakes() {
        for line in [
            "--chek",
            "vendor",
            "explain",
            "--overlay a.toml",
            "--check vendor",
            "fuse counts.tsv",
            "fuse --pairs 10",
            "fuse --pairs ten counts.tsv",
        ] {
            let message = parsed(line).expect_err(line);
            assert!(message.ends_with(USAGE), "{line}: {message}");
        }
    }
}
