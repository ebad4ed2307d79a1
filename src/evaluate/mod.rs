//! A run's folder and the truth → figures with intervals.
//!
//! The truth (`truth`) says which person each row of each source is of. Against it
//! stand the links of each register (`links`) and the children with their statuses
//! (`children`). A child whom no register truly confirms, and who is nevertheless not
//! on the candidate list, is *hidden*: the one error that nobody would ever notice, so
//! each is traced to its causes (`hidden`). Every share comes with a 95 % interval
//! ([`intervals`]). What came out is a table for the terminal, JSON, and a page.

mod calibration;
mod children;
mod figures;
mod hidden;
pub mod intervals;
mod labelled;
mod links;
mod page;
mod stated;
mod table;
#[cfg(test)]
mod tests;
mod truth;
mod worst;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use calibration::{Bin, Calibration, Errors};
pub use figures::*;
pub use labelled::{Labelled, LabelledFigures, LabelledRegister, evaluate_labels};
pub use stated::StatedErrors;
pub use worst::FalseLink;

use self::truth::Truth;
use crate::job::Role;
use crate::run_folder::{FolderError, RunFolder, TableError};

/// Why a run could not be measured. Names files, rows and columns, never a value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// The run's folder cannot be read.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The folder with the truth cannot be read.
    #[error(
        "{}: the folder with the truth cannot be read\nhint: `--truth` names a folder that holds NAME.parquet or NAME.csv for each source NAME of the job",
        dir.display()
    )]
    NoTruth {
        /// The folder as it was given.
        dir: PathBuf,
    },
    /// A population has no truth.
    #[error(
        "no truth for the population `{name}`: neither {name}.parquet nor {name}.csv\nhint: without it nothing can be measured; write it with the columns `row` and `person`{}",
        similar.as_ref().map_or_else(String::new, |file| format!(", or rename {file}"))
    )]
    NoPopulation {
        /// The population.
        name: String,
        /// A file that may have been meant.
        similar: Option<String>,
    },
    /// A source has two files.
    #[error("{name}.parquet and {name}.csv are both there\nhint: keep one of them")]
    TwoFiles {
        /// The source.
        name: String,
    },
    /// A truth file is damaged or holds what cannot be.
    #[error(
        "the truth: {0}\nhint: a truth file has the columns `row` (0-based data row of the source) and `person`; children has `person` and `status`"
    )]
    Truth(#[from] TableError),
    /// A truth file names a row twice.
    #[error(
        "the truth: {file}: data row {row} stands there twice\nhint: a row is of one person; remove one of them"
    )]
    RowTwice {
        /// The truth file.
        file: String,
        /// The data row of the source.
        row: u64,
    },
    /// A table of the run names what its manifest does not.
    #[error(
        "{file}: names a source that manifest.json does not\nhint: run the job again: `zvirka run JOB`"
    )]
    UnknownSource {
        /// The table.
        file: &'static str,
    },
    /// A pair stands twice in the links.
    #[error(
        "links.parquet: row {row} of `{registry}` is linked twice to one school record\nhint: run the job again: `zvirka run JOB`"
    )]
    PairTwice {
        /// The register.
        registry: String,
        /// Its row.
        row: u64,
    },
    /// The run has more children than fit in 32 bits.
    #[error("children.parquet has more than 4 294 967 295 rows\nhint: split the job by region")]
    TooManyChildren,
    /// A label names no record of the run.
    #[error(
        "the labels, row {row}: this run has no such record\nhint: `source` is a list of pupils and `registry` a register of the job; rows are counted from 0"
    )]
    LabelOfNothing {
        /// 0-based label, in the order of the pairs.
        row: usize,
    },
    /// Two labels are of one pair.
    #[error("the labels, row {row}: the same pair stands there twice\nhint: keep one of the rows")]
    LabelTwice {
        /// 0-based label, in the order of the pairs.
        row: usize,
    },
    /// The run's own error estimates cannot be read.
    #[error("errors.json cannot be read: {what}\nhint: run the job again: `zvirka run JOB`")]
    Errors {
        /// What is wrong.
        what: String,
    },
    /// The page could not be made.
    #[error("the page could not be made: {0}")]
    Page(String),
}

/// Measures the run in `dir` against the truth in `truth`.
///
/// `lost` tells for each register how many of the true pairs were never compared,
/// where the caller has found that out.
pub fn evaluate(
    dir: &Path,
    truth: &Path,
    lost: Option<&BTreeMap<String, LostPairs>>,
) -> Result<Evaluation, EvaluateError> {
    let run = RunFolder::open(dir)?;
    let manifest = &run.manifest;
    let truth = Truth::read(truth, manifest)?;
    for (source, rows) in manifest.sources.iter().zip(&truth.sources) {
        if source.role == Role::Population && rows.is_none() {
            return Err(EvaluateError::NoPopulation {
                name: source.name.clone(),
                similar: nearest(&source.name, &truth.unused),
            });
        }
    }
    let grouping = children::read(&run, &truth)?;
    let mut suspects = hidden::Suspects::find(&run, &truth, &grouping)?;
    let registers = links::measure(&run, &truth, lost, &mut suspects)?;
    Ok(Evaluation {
        job: manifest.job.name.clone(),
        as_of: manifest.job.as_of,
        evidence_since: manifest.job.evidence_since,
        registers,
        children: children::measure(&truth, &grouping, suspects),
        skipped: manifest
            .sources
            .iter()
            .zip(&truth.sources)
            .filter(|(_, rows)| rows.is_none())
            .map(|(source, _)| source.name.clone())
            .collect(),
        unused_files: truth.unused,
    })
}

/// A true pair: the population, its row, the register's row.
pub type TruePair = (String, u64, u64);

/// The true pairs of each register: every school record and register record of one person.
///
/// # Errors
/// As [`evaluate`].
pub fn true_pairs(dir: &Path, truth: &Path) -> Result<Vec<(String, Vec<TruePair>)>, EvaluateError> {
    let manifest = &RunFolder::open(dir)?.manifest;
    let truth = Truth::read(truth, manifest)?;
    let mut schools: Vec<Vec<(&str, u64)>> = vec![Vec::new(); truth.persons];
    let sources = || manifest.sources.iter().zip(&truth.sources);
    for (source, rows) in sources().filter(|(source, _)| source.role == Role::Population) {
        for (row, person) in rows.iter().flat_map(truth::Rows::iter) {
            schools[person as usize].push((&source.name, row));
        }
    }
    let registers = sources().filter(|(source, _)| source.role == Role::Registry);
    Ok(registers
        .filter_map(|(source, rows)| {
            let pairs = rows.as_ref()?.iter().flat_map(|(row, person)| {
                schools[person as usize]
                    .iter()
                    .map(move |&(school, school_row)| (school.to_owned(), school_row, row))
            });
            Some((source.name.clone(), pairs.collect()))
        })
        .collect())
}

/// The file whose name is most like that of the source.
fn nearest(name: &str, files: &[String]) -> Option<String> {
    let distance = |file: &&String| {
        let stem = file.rsplit_once('.').map_or(file.as_str(), |parts| parts.0);
        strsim::damerau_levenshtein(name, stem)
    };
    let close = name.chars().count().div_ceil(3);
    files.iter().min_by_key(distance).filter(|file| distance(file) <= close).cloned()
}
