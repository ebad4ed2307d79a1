//! The job and its files: where the values come from that the run's folder does not hold.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use arrow::array::{Array as _, AsArray as _};

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
    fn job(&self, path: &Path) -> Result<Job, String> {
        crate::job::open(path).map_err(|problems| problems.to_string())
    }

    fn pick(
        &self,
        source: &Source,
        headings: &[String],
        rows: &BTreeSet<u64>,
    ) -> Result<Values, String> {
        crate::extract::pick(source, headings, rows).map_err(|error| error.to_string())
    }

    fn rows_with(&self, source: &Source, heading: &str, value: &str) -> Result<Vec<u64>, String> {
        let mut found = Vec::new();
        let headings = [heading.to_owned()];
        crate::extract::read(source, &headings, &|_, _| {}, &mut |chunk| {
            let values = chunk.batch.column(0).as_string_opt::<i32>();
            let same = |i: usize| {
                values.is_some_and(|column| {
                    i < column.len() && column.is_valid(i) && column.value(i).trim() == value
                })
            };
            found.extend((0..).zip(&chunk.rows).filter(|(i, _)| same(*i)).map(|(_, row)| *row));
        })
        .map_err(|error| error.to_string())?;
        Ok(found)
    }
}
