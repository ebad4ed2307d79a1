//! A first job file from a look at the extracts.
//!
//! Each file is told by its headings, its name and the look of its values: which
//! register it is, which column holds which field, what proves what since when. Every
//! guess is written with its reason, so that the analyst can check it. Where nothing is
//! known the guess is the one that confirms nobody.

mod guess;
mod values;
mod write;

use std::path::{Path, PathBuf};

use super::files_seen;
use super::types::Format;
use guess::Guess;

/// Rows of a file that are looked at.
const SAMPLE_ROWS: usize = 1_000;

/// What a file looks like.
#[derive(Clone, Debug)]
pub(super) struct Look {
    /// The file.
    pub(super) path: PathBuf,
    /// Its format.
    pub(super) format: Format,
    /// Its encoding, for text.
    pub(super) encoding: Option<String>,
    /// Its delimiter, for delimited text.
    pub(super) delimiter: Option<char>,
    /// Its sheets, for workbooks.
    pub(super) sheets: Vec<String>,
    /// Its headings, in order.
    pub(super) headings: Vec<String>,
    /// Its first rows, each with one value a heading.
    pub(super) sample: Vec<Vec<Option<String>>>,
}

impl Look {
    /// The values under one heading.
    fn column(&self, index: usize) -> Vec<&str> {
        self.sample
            .iter()
            .filter_map(|row| row.get(index)?.as_deref())
            .map(str::trim)
            .filter(|value| !value.is_empty())
            .collect()
    }

    fn file_name(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

/// Looks at `files` and writes the text of a job that would stand at `job`.
///
/// # Errors
/// What is wrong with each file that cannot be read, with the remedy.
pub fn propose(files: &[PathBuf], job: &Path) -> Result<String, Vec<String>> {
    let (mut looks, mut failures) = (Vec::new(), Vec::new());
    let mut files = files.to_vec();
    files.sort();
    files.dedup();
    for file in &files {
        match files_seen::look(file, SAMPLE_ROWS) {
            Ok(look) => looks.push(look),
            Err(failure) => failures.push(failure),
        }
    }
    if failures.is_empty() { Ok(compose(looks, job)) } else { Err(failures) }
}

/// The text of a job for files that look like this.
fn compose(looks: Vec<Look>, job: &Path) -> String {
    let mut sources: Vec<(Guess, Vec<Look>)> = Vec::new();
    for look in looks {
        let guess = guess::guess(&look);
        // Parts of one extract: the same register, format and headings.
        let same = sources.iter_mut().find(|(other, looks)| {
            guess.profile.is_some()
                && other.profile.map(|p| p.key) == guess.profile.map(|p| p.key)
                && looks.iter().any(|l| l.headings == look.headings && l.format == look.format)
        });
        match same {
            Some((first, looks)) => {
                let newer = |day: &(_, _)| first.newest.as_ref().is_none_or(|own| own.0 < day.0);
                if let Some(day) = guess.newest.filter(newer) {
                    first.newest = Some(day);
                }
                looks.push(look);
            }
            None => sources.push((guess, vec![look])),
        }
    }
    guess::settle_roles(sources.iter_mut().map(|(guess, _)| guess));
    write::text(&sources, job)
}

#[cfg(test)]
mod tests;
