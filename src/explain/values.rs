//! Raw values of rows, from files that are still those of the run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

use super::files::Files;
use crate::field::Field;
use crate::job::{Job, Source};
use crate::run_folder::RunFolder;

/// The values of a record, by field.
pub(super) type Record = BTreeMap<Field, String>;

/// The job of a run and what could be fetched from its files.
pub(super) struct Opened<'a> {
    run: &'a RunFolder,
    files: &'a dyn Files,
    job: Option<Job>,
    /// Whether the files of a source are those of the run, as far as that was asked.
    unchanged: BTreeMap<String, bool>,
    /// What could not be done, in words without values.
    pub(super) warnings: Vec<String>,
}

impl<'a> Opened<'a> {
    /// Opens the job, if it can be.
    pub(super) fn new(run: &'a RunFolder, path: Option<&Path>, files: &'a dyn Files) -> Self {
        let mut opened =
            Self { run, files, job: None, unchanged: BTreeMap::new(), warnings: Vec::new() };
        let Some(path) = path else {
            opened.warn("timings.json names no job file, so values cannot be shown");
            return opened;
        };
        let expected = run.manifest.job.blake3.as_deref();
        match (hash(path), expected) {
            (None, _) => {
                opened.warn("the job file is no longer where it was, so values cannot be shown. Put it back, or run the job again");
                return opened;
            }
            (Some(hash), Some(expected)) if hash != expected => opened.warn(
                "the job file has changed since the run; columns are shown as it names them now",
            ),
            _ => {}
        }
        match files.job(path) {
            Ok(job) => opened.job = Some(job),
            Err(reason) => {
                opened.warn(&format!(
                    "the job cannot be opened, so values cannot be shown: {reason}"
                ));
            }
        }
        opened
    }

    fn warn(&mut self, warning: &str) {
        self.warnings.push(warning.to_owned());
    }

    /// The source, if its files are still those of the run.
    fn source(&mut self, name: &str) -> Option<Source> {
        let source = self.job.as_ref()?.sources.iter().find(|source| source.name == name).cloned();
        let Some(source) = source else {
            if self.unchanged.insert(name.to_owned(), false).is_none() {
                self.warn(&format!("`{name}` is no longer in the job; its values are not shown"));
            }
            return None;
        };
        if let Some(unchanged) = self.unchanged.get(name) {
            return unchanged.then_some(source);
        }
        let expected = self.run.manifest.source(name).map_or(&[][..], |s| &s.files);
        let same = expected.len() == source.files.len()
            && expected
                .iter()
                .zip(&source.files)
                .all(|(expected, file)| hash(file).is_some_and(|hash| hash == expected.blake3));
        self.unchanged.insert(name.to_owned(), same);
        if !same {
            self.warn(&format!(
                "the files of `{name}` have changed since the run, so row numbers may point to other persons; its values are not shown. Run the job again"
            ));
        }
        same.then_some(source)
    }

    /// Values of some rows of a source, by row and field. Several columns of one field are
    /// joined by ` / `.
    pub(super) fn records(&mut self, name: &str, rows: &BTreeSet<u64>) -> BTreeMap<u64, Record> {
        let Some(source) = self.source(name) else { return BTreeMap::new() };
        let headings: BTreeSet<&String> = source.columns.values().flatten().collect();
        let headings: Vec<String> = headings.into_iter().cloned().collect();
        let values = match self.files.pick(&source, &headings, rows) {
            Ok(values) => values,
            Err(reason) => {
                self.warn(&format!("`{name}` cannot be read, its values are not shown: {reason}"));
                return BTreeMap::new();
            }
        };
        let record = |values: &[Option<String>]| {
            let value = |heading: &String| {
                let at = headings.binary_search(heading).ok()?;
                values.get(at)?.as_deref().map(str::trim).filter(|value| !value.is_empty())
            };
            let mut record = Record::new();
            for (&field, headings) in &source.columns {
                let mut all: Vec<&str> = headings.iter().filter_map(value).collect();
                all.dedup();
                if !all.is_empty() {
                    record.insert(field, all.join(" / "));
                }
            }
            record
        };
        values.iter().map(|(&row, values)| (row, record(values))).collect()
    }

    /// The rows of a source that hold this value in this field.
    pub(super) fn rows_with(&mut self, name: &str, field: Field, value: &str) -> Vec<u64> {
        let Some(source) = self.source(name) else { return Vec::new() };
        let mut rows = BTreeSet::new();
        for heading in source.columns.get(&field).into_iter().flatten() {
            match self.files.rows_with(&source, heading, value) {
                Ok(found) => rows.extend(found),
                Err(reason) => self.warn(&format!("`{name}` cannot be read: {reason}")),
            }
        }
        rows.into_iter().collect()
    }
}

/// BLAKE3 of a file, streamed.
fn hash(path: &Path) -> Option<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path).ok()?).ok()?;
    Some(hasher.finalize().to_hex().to_string())
}
