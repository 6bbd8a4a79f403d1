//! `tabwasm spec fmt`: how tables are laid out.
//!
//! Line by line, so that comments stay where they are: no blanks at the ends of lines, at most one
//! blank line in a row, and the `=` of rows that follow each other lined up. Blanks within
//! a row, which line up its cells, are left to the author.

/// The text as it should be laid out.
pub(super) fn lay_out(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        let twice = line.is_empty() && lines.last().is_none_or(String::is_empty);
        if !twice {
            lines.push(line.to_owned());
        }
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    let mut laid_out = String::new();
    for run in lines.chunk_by(|one, other| split(one).is_some() && split(other).is_some()) {
        let width = run
            .iter()
            .filter_map(|line| split(line))
            .map(|(key, _)| key.chars().count());
        let width = width.max().unwrap_or(0);
        for line in run {
            match split(line) {
                Some((key, row)) => laid_out.push_str(&format!("{key:<width$} = {row}\n")),
                None => laid_out.push_str(&format!("{line}\n")),
            }
        }
    }
    laid_out
}

/// Key and row of a line that is one: `key = …`. What is indented belongs to a row above, and a row
/// of several lines is not lined up with others.
fn split(line: &str) -> Option<(&str, &str)> {
    let (key, row) = line.split_once('=')?;
    let is_key = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    let key = key.trim_end();
    let whole = !row.ends_with(['{', '[']);
    let is_row = whole && !key.is_empty() && key.chars().all(is_key);
    is_row.then(|| (key, row.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::lay_out;

    #[test]
    fn rows_are_lined_up_and_comments_stay() {
        let text = "# Costs.  \n\n\n[op]\ni32.add = { op = 0x6A }\ni32.div_s   = { op = 0x6D } # signed\n\
                    \n# Alone.\nnop={ op = 0x01 }\nlonger = {\n    doc = 'a = b',\n}\n\n\n";
        let expected = "# Costs.\n\n[op]\ni32.add   = { op = 0x6A }\ni32.div_s = { op = 0x6D } # signed\n\
                        \n# Alone.\nnop = { op = 0x01 }\nlonger = {\n    doc = 'a = b',\n}\n";
        assert_eq!(lay_out(text), expected);
        assert_eq!(lay_out(expected), expected);
    }
}
