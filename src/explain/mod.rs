//! Why a child has its status: the school records side by side, every accepted or
//! possible link field by field with its weights, the evidence with its dates, and the
//! rule that decided.
//!
//! The run's folder ([`run_folder`](crate::run_folder)) tells what was decided and with
//! which weights; the values themselves stand only in the job's files. They are fetched
//! row by row, and only from files whose hash is still that of the run: a row number of a
//! changed file may point to another child. Whatever cannot be fetched is left out with a
//! warning, and the rest is explained all the same.

mod files;
mod find;
mod rule;
#[cfg(test)]
mod tests;
mod text;
mod values;
mod view;

use std::path::{Path, PathBuf};

pub use crate::report::words::Lang;
pub use files::{Files, Rooms, Values};
pub use view::*;

use self::find::Asked;
use self::values::Opened;
use crate::field::Field;
use crate::run_folder::{FolderError, RunFolder};

/// Why nothing could be explained. Names sources and rows, never a value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExplainError {
    /// The run's folder cannot be read.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The record does not begin with the name of a source.
    #[error(
        "the record names no source of this run{}\nhint: write `source:row` or `source:id`, with one of the sources {}",
        nearest.as_ref().map_or_else(String::new, |name| format!("; did you mean `{name}`?")),
        known.join(", ")
    )]
    NoSource {
        /// The sources of the run.
        known: Vec<String>,
        /// The one that may have been meant.
        nearest: Option<String>,
    },
    /// The source has no such record, or it is of no child.
    #[error(
        "`{name}` has no such record: {reason}\nhint: rows are counted from 0 below the headings; `{name}:id:…` seeks an id, `{name}:row:…` a row"
    )]
    NoRecord {
        /// The source.
        name: String,
        /// Why.
        reason: String,
    },
    /// Two children fit.
    #[error("several children fit\nhint: name one of them: {}", readings.join(", "))]
    Ambiguous {
        /// What to write instead.
        readings: Vec<String>,
    },
}

/// Explains the child to whom `record` (`source:row` or `source:id`) belongs in the run of
/// the folder `dir`.
pub fn explain(dir: &Path, record: &str, lang: Lang) -> Result<Explanation, ExplainError> {
    explain_with(dir, record, lang, &Rooms)
}

/// As [`explain`], with the job and its files read by `files`.
pub fn explain_with(
    dir: &Path,
    record: &str,
    lang: Lang,
    files: &dyn Files,
) -> Result<Explanation, ExplainError> {
    let run = RunFolder::open(dir)?;
    let asked = Asked::parse(record, &run)?;
    let path: Option<PathBuf> = run.job_path();
    let mut opened = Opened::new(&run, path.as_deref(), files);
    let mut child = asked.find(&run, &[], record)?;
    let mut rows = Vec::new();
    if child.is_none() {
        let id = asked.id().unwrap_or_default();
        if !id.is_empty() {
            rows = opened.rows_with(&asked.source.name, Field::Id, id);
        }
        if !rows.is_empty() {
            child = asked.find(&run, &rows, record)?;
        }
    }
    let child = child.ok_or_else(|| asked.not_found(&rows))?;
    view::build(&run, child, lang, opened)
}
