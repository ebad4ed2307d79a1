//! What is wrong with a job, said so that a person can mend it.

use std::fmt;
use std::path::{Path, PathBuf};

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The job cannot run.
    Error,
    /// The job runs, but probably not as meant.
    Warning,
}

/// One thing that is wrong with a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether the job can run nevertheless.
    pub severity: Severity,
    /// Line of the job file, from 1; 0 where the whole file is meant.
    pub line: usize,
    /// Column of the line in characters, from 1; only for errors of syntax.
    pub column: Option<usize>,
    /// The key, such as `registry[border].evidence.kind`; empty where no key is meant.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// Everything that is wrong with a job, in the order of its lines.
///
/// Holds keys, headings and file names, never a value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems {
    file: PathBuf,
    list: Vec<Problem>,
}

impl Problems {
    /// The problems of the job file `file`.
    pub(super) fn new(file: &Path, mut list: Vec<Problem>) -> Self {
        // Stable: problems of one line stay in the order in which they were found.
        list.sort_by_key(|problem| problem.line);
        list.dedup();
        Self { file: file.to_owned(), list }
    }

    /// One problem with the file as a whole.
    pub(super) fn of_file(file: &Path, message: String, hint: &str) -> Self {
        let problem = Problem {
            severity: Severity::Error,
            line: 0,
            column: None,
            key: String::new(),
            message,
            hint: hint.to_owned(),
        };
        Self::new(file, vec![problem])
    }

    /// The problems, in the order of their lines.
    #[must_use]
    pub fn list(&self) -> &[Problem] {
        &self.list
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether the job cannot run.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    fn count(&self, severity: Severity) -> usize {
        self.list.iter().filter(|problem| problem.severity == severity).count()
    }

    /// The problems one by one, each as it is shown: `error` or `warning`, and the text.
    pub fn shown(&self) -> impl Iterator<Item = (Severity, String)> {
        self.list.iter().map(|problem| (problem.severity, self.text(problem)))
    }

    fn text(&self, problem: &Problem) -> String {
        let part = |there: bool, text: String| if there { text } else { String::new() };
        let line = part(problem.line > 0, format!(":{}", problem.line));
        let column = problem.column.map(|column| format!(":{column}")).unwrap_or_default();
        let key = part(!problem.key.is_empty(), format!("{}: ", problem.key));
        let hint = part(!problem.hint.is_empty(), format!("\n  hint: {}", harmless(&problem.hint)));
        let message = harmless(&problem.message);
        format!("{}{line}{column}: {}{message}{hint}", self.file.display(), harmless(&key))
    }

    /// `2 errors, 1 warning`.
    #[must_use]
    pub fn tally(&self) -> String {
        let named = |count: usize, one: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            many => Some(format!("{many} {one}s")),
        };
        let errors = named(self.count(Severity::Error), "error");
        let warnings = named(self.count(Severity::Warning), "warning");
        [errors, warnings].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// Headings come from strangers' files: none of them moves a terminal's cursor.
fn harmless(text: &str) -> String {
    let strange =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.replace(strange, " ")
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (severity, text) in self.shown() {
            let word = match severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            writeln!(f, "{word}: {text}")?;
        }
        write!(f, "{} in {}", self.tally(), self.file.display())
    }
}

impl std::error::Error for Problems {}
