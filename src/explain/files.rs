//! The job and its files: where the values come from that the run's folder does not hold.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::job::{Job, Source};

/// Values by row, in the order of the headings asked for.
pub type Values = BTreeMap<u64, Vec<Option<String>>>;

/// How an explanation gets at the job and its files. Errors are sentences without values.
pub trait Files {
    /// Opens the job file.
    fn job(&self, path: &Path) -> Result<Job, String>;

    /// The values of some headings for some rows.
    fn pick(
        &self,
        source: &Source,
        headings: &[String],
        rows: &BTreeSet<u64>,
    ) -> Result<Values, String>;

    /// The rows that hold one of these values under one heading.
    fn rows_with(&self, source: &Source, heading: &str, value: &str) -> Result<Vec<u64>, String>;
}

/// The rooms of this program.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rooms;

impl Files for Rooms {
    fn job(&self, _: &Path) -> Result<Job, String> {
        Err("job files cannot be opened yet".to_owned())
    }

    fn pick(&self, _: &Source, _: &[String], _: &BTreeSet<u64>) -> Result<Values, String> {
        Err("files cannot be read yet".to_owned())
    }

    fn rows_with(&self, _: &Source, _: &str, _: &str) -> Result<Vec<u64>, String> {
        Err("files cannot be read yet".to_owned())
    }
}
