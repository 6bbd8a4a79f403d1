//! What is wrong with the tables, and how it is shown.
//!
//! A message says what is wrong in the words of the table's reader, points at the token, shows
//! the other place if there is one, and ends with what to do. All errors of a run are collected.

pub(crate) mod removal;

use crate::model::{EditKind, Origin, Overlays};
use crate::tree::Tree;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// One error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    message: String,
    labels: Vec<Label>,
    notes: Vec<String>,
    help: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Label {
    origin: Origin,
    text: String,
    primary: bool,
}

impl Diagnostic {
    /// What is wrong, without the places.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// An error with this message: lower case, no full stop.
    pub fn error(message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            message: message.into(),
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// Points at the place that is wrong.
    pub fn at(self, origin: &Origin, text: impl Into<String>) -> Diagnostic {
        self.label(origin, text, true)
    }

    /// Points at a place that has to do with it.
    pub fn with(self, origin: &Origin, text: impl Into<String>) -> Diagnostic {
        self.label(origin, text, false)
    }

    /// Adds a fact.
    pub fn note(mut self, text: impl Into<String>) -> Diagnostic {
        self.notes.push(text.into());
        self
    }

    /// Says what to do.
    pub fn help(mut self, text: impl Into<String>) -> Diagnostic {
        self.help = Some(text.into());
        self
    }

    /// Where it touches a row that an overlay changes, also the row in the other file.
    #[must_use]
    pub fn on_both_sides(mut self, overlays: &Overlays) -> Diagnostic {
        for edit in &overlays.edits {
            let (EditKind::Changed, Some((row, key))) = (edit.kind, &edit.base) else {
                continue;
            };
            self = match (self.touches(&edit.row), self.touches(row)) {
                (true, false) => self.with(key, "changes this row"),
                (false, true) => self.with(&edit.at, "changed here"),
                _ => self,
            };
        }
        self
    }

    /// Whether both say the same of the same place.
    pub fn is_about(&self, other: &Diagnostic) -> bool {
        self.message == other.message && self.place() == other.place()
    }

    /// Whether a label lies within a place.
    fn touches(&self, place: &Origin) -> bool {
        self.labels.iter().any(|Label { origin, .. }| {
            origin.file == place.file && origin.start >= place.start && origin.end <= place.end
        })
    }

    fn label(mut self, origin: &Origin, text: impl Into<String>, primary: bool) -> Diagnostic {
        self.labels.push(Label {
            origin: origin.clone(),
            text: text.into(),
            primary,
        });
        self
    }

    fn place(&self) -> Option<&Origin> {
        self.labels.first().map(|label| &label.origin)
    }

    fn render(&self, tree: &Tree, renderer: &Renderer) -> String {
        let title = Level::ERROR.primary_title(self.message.as_str());
        let mut group = Group::with_title(title).elements(self.snippets(tree));
        group = group.elements(
            self.notes
                .iter()
                .map(|note| Level::NOTE.message(note.as_str())),
        );
        group = group.elements(
            self.help
                .iter()
                .map(|help| Level::HELP.message(help.as_str())),
        );
        renderer.render(&[group])
    }

    /// One snippet a file, the file of the primary label first.
    fn snippets<'a>(
        &'a self,
        tree: &'a Tree,
    ) -> Vec<Snippet<'a, annotate_snippets::Annotation<'a>>> {
        let mut files: Vec<&str> = Vec::new();
        for label in &self.labels {
            if !files.contains(&label.origin.file.as_str()) {
                files.push(&label.origin.file);
            }
        }
        let snippet = |file: &'a str| {
            let text = tree.get(file).unwrap_or_default();
            let labels = self
                .labels
                .iter()
                .filter(move |label| label.origin.file == file);
            let annotations = labels.map(move |label| {
                let kind = if label.primary {
                    AnnotationKind::Primary
                } else {
                    AnnotationKind::Context
                };
                let end = label.origin.end.min(text.len());
                let span = label.origin.start.min(end)..end;
                kind.span(span)
                    .label((!label.text.is_empty()).then_some(label.text.as_str()))
            });
            Snippet::source(text).path(file).annotations(annotations)
        };
        files.into_iter().map(snippet).collect()
    }
}

/// Sorts the errors by file and place, and drops repetitions.
pub fn sorted(mut report: Vec<Diagnostic>) -> Vec<Diagnostic> {
    report.sort_by(|a, b| (a.place(), &a.message).cmp(&(b.place(), &b.message)));
    report.dedup();
    report
}

/// Renders all errors in rustc's layout, the number of them at the end.
pub fn render(tree: &Tree, report: &[Diagnostic], colours: bool) -> String {
    let renderer = if colours {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut text = String::new();
    for diagnostic in report {
        text.push_str(&diagnostic.render(tree, &renderer));
        text.push_str("\n\n");
    }
    let plural = if report.len() == 1 { "" } else { "s" };
    text + &format!("{} error{plural}\n", report.len())
}

/// The known word that a misspelt one is nearest to, if it is near enough.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = known
        .into_iter()
        .map(|other| (distance(word, other), other));
    let (distance, other) = near.min_by_key(|(distance, _)| *distance)?;
    (distance <= 1 + word.chars().count() / 4).then_some(other)
}

/// `did you mean …`, or the fallback.
pub fn did_you_mean<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
    otherwise: &str,
) -> String {
    match nearest(word, known) {
        Some(other) => format!("did you mean `{other}`?"),
        None => otherwise.to_string(),
    }
}

/// Insertions, removals, replacements and swaps of neighbours that make one word the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words() {
        assert_eq!(nearest("tpye", ["type", "text"]), Some("type"));
        assert_eq!(nearest("i23", ["i32", "i64"]), Some("i32"));
        assert_eq!(nearest("zebra", ["i32", "i64"]), None);
    }
}
