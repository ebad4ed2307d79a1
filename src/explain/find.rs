//! Which child is meant by `source:row` or `source:id`.
//!
//! - A source is named as in the job; of two names that fit, the longer.
//! - What follows may be the number of a data row (from 0) or the source's own id; an id
//!   may hold colons. `source:row:17` and `source:id:17` force one reading.
//! - A number is read both ways. Where only one reading finds a record, or both find the
//!   same child, that is it; where they find two children, both are named and nothing is
//!   chosen: an explanation of the wrong child is worse than a question.
//! - A register's record leads to the child it is linked to, else to the one it may
//!   belong to.
//! - Ids are sought among what the run's folder holds (main records and linked ones), and
//!   only if that has none in the source's file.

use std::collections::BTreeSet;

use super::ExplainError;
use crate::job::Role;
use crate::resolve::Decision;
use crate::run_folder::{ChildRow, FolderError, ManifestSource, RunFolder};

/// What was asked for.
#[derive(Clone, Debug)]
pub(super) struct Asked<'a> {
    pub(super) source: &'a ManifestSource,
    row: Option<u64>,
    id: Option<&'a str>,
}

/// A record that fits, and its child.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    child: String,
    row: u64,
    decision: Option<Decision>,
}

impl<'a> Asked<'a> {
    /// Reads the text of the command line.
    pub(super) fn parse(record: &'a str, run: &'a RunFolder) -> Result<Self, ExplainError> {
        let named = |source: &&ManifestSource| {
            record.strip_prefix(&source.name).is_some_and(|rest| rest.starts_with(':'))
        };
        let source = run.manifest.sources.iter().filter(named).max_by_key(|s| s.name.len());
        let Some(source) = source else {
            let head = record.split(':').next().unwrap_or_default();
            let nearest = run
                .manifest
                .names()
                .min_by_key(|name| strsim::damerau_levenshtein(name, head))
                .filter(|name| strsim::damerau_levenshtein(name, head) <= 2);
            return Err(ExplainError::NoSource {
                known: run.manifest.names().map(str::to_owned).collect(),
                nearest: nearest.map(str::to_owned),
            });
        };
        let rest = record.get(source.name.len() + 1..).unwrap_or_default();
        if let Some(row) = rest.strip_prefix("row:").and_then(|row| row.parse().ok()) {
            return Ok(Self { source, row: Some(row), id: None });
        }
        if let Some(id) = rest.strip_prefix("id:") {
            return Ok(Self { source, row: None, id: Some(id) });
        }
        Ok(Self { source, row: rest.parse().ok(), id: Some(rest) })
    }

    /// The id to seek in the source's file, where the run's folder does not know it.
    pub(super) fn id(&self) -> Option<&'a str> {
        self.id
    }

    /// The child that is meant, if the run's folder knows it. `more` are rows that were
    /// found to bear the id.
    pub(super) fn find(
        &self,
        run: &RunFolder,
        more: &[u64],
        text: &str,
    ) -> Result<Option<ChildRow>, ExplainError> {
        let mut hits = BTreeSet::new();
        let name = self.source.name.as_str();
        let is_row = |row: u64| self.row == Some(row) || more.contains(&row);
        let is_id = |id: Option<&str>| self.id.is_some() && id == self.id;
        let population = self.source.role == Role::Population;
        run.links::<ExplainError>(&mut |link| {
            if link.child.is_empty() {
                return Ok(());
            }
            if population && link.population_source == name && is_id(link.population_id) {
                let (child, row) = (link.child.to_owned(), link.population_row);
                hits.insert(Hit { child, row, decision: None });
            }
            if !population
                && link.registry == name
                && (is_row(link.registry_row) || is_id(link.registry_id))
            {
                let (child, row) = (link.child.to_owned(), link.registry_row);
                hits.insert(Hit { child, row, decision: Some(link.decision) });
            }
            Ok(())
        })?;
        // An accepted link outranks possible ones.
        if hits.iter().any(|hit| hit.decision == Some(Decision::Link)) {
            hits.retain(|hit| hit.decision == Some(Decision::Link));
        }
        let wanted: BTreeSet<String> = hits.iter().map(|hit| hit.child.clone()).collect();
        let mut found: Vec<ChildRow> = Vec::new();
        run.children::<FolderError>(&mut |child| {
            let mut here = wanted.contains(&child.child);
            if population {
                for (_, row) in child.records.iter().filter(|r| r.0 == name && is_row(r.1)) {
                    hits.insert(Hit { child: child.child.clone(), row: *row, decision: None });
                    here = true;
                }
                let main = child.source == name && is_id(child.id.as_deref());
                // A child's own id, as the reports print it.
                if main || child.child == text {
                    let (id, row) = (child.child.clone(), child.row);
                    hits.insert(Hit { child: id, row, decision: None });
                    here = true;
                }
            }
            if here {
                found.push(child);
            }
            Ok(())
        })?;
        if found.len() > 1 {
            let readings: BTreeSet<String> = hits
                .iter()
                .map(|hit| match hit.decision {
                    None => format!("{name}:row:{}", hit.row),
                    // The register's record is one; its children are told apart by theirs.
                    Some(_) => found
                        .iter()
                        .find(|child| child.child == hit.child)
                        .map_or_else(String::new, |c| format!("{}:row:{}", c.source, c.row)),
                })
                .collect();
            return Err(ExplainError::Ambiguous { readings: readings.into_iter().collect() });
        }
        Ok(found.pop())
    }

    /// Why nothing was found.
    pub(super) fn not_found(&self, more: &[u64]) -> ExplainError {
        let name = self.source.name.clone();
        let row = self.row.or_else(|| more.first().copied());
        let reason = match row {
            Some(row) if row >= self.source.rows && more.is_empty() => {
                format!("it has {} rows, numbered from 0, and no such id", self.source.rows)
            }
            Some(row) if self.source.role == Role::Population => {
                format!("row {row} is in no child; if it was rejected, rejected.csv says why")
            }
            Some(row) => format!("row {row} has no accepted or possible link"),
            None if self.source.role == Role::Population => {
                "no record of the run has that id".to_owned()
            }
            None => "no accepted or possible link has that id".to_owned(),
        };
        ExplainError::NoRecord { name, reason }
    }
}
