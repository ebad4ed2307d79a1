//! Everything → Parquet, CSV, XLSX, HTML, manifest: a run's folder. Nothing is computed
//! here but counts.
//!
//! [`write()`] takes a [`Run`] and makes each file of the folder by one module:
//!
//! | module | files |
//! | --- | --- |
//! | `tables` | `children.parquet`, `links.parquet`, `rejected.csv` |
//! | `candidates`, `settle` | the ranked list of children nobody has confirmed, and what would settle each |
//! | `sheets` | that list as `candidates.parquet`, `.csv`, `.xlsx` |
//! | `movements` | `movements.csv`, where there are extracts of two days |
//! | `quality` | `quality.xlsx` |
//! | `page`, [`learned`] | `report.html`, from `templates/report.html` and `templates/report/` |
//! | `manifest` | `manifest.json`, `timings.json` |
//! | `folder` | the folder itself: it appears whole or not at all |
//!
//! `tally` counts what several of them show, `groups` is what children are grouped by, and
//! [`words`] says it in Ukrainian or
//! English. Two runs of the same inputs give the same bytes, `timings.json` aside: all
//! that may differ (times, threads, where the job lies) stands there.

mod candidates;
mod errors;
mod folder;
mod groups;
pub mod learned;
mod manifest;
mod movements;
mod page;
mod quality;
mod settle;
mod sheets;
mod tables;
mod tally;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::estimate::ErrorRates;
use crate::extract::{Extracted, Rejected};
use crate::field::Field;
use crate::job::{Job, Source};
use crate::memory;
use crate::model::saved::{self, Document};
use crate::normalize::{Displacement, PartialDate, Sex};
use crate::resolve::{Link, RecordRef};
use crate::timings::Stage;
use crate::verdict::{Child, Status};

pub(crate) use folder::{FILES, beside, scratch};
pub use folder::{Output, check_output, replace_file};
pub(crate) use manifest::{SEAL, hash_of, program, seal, text as manifest_text};
pub use movements::{Movement, MovementKind, Stand};
pub(crate) use sheets::guard;
pub use tally::{RegisterCount, RejectedCount};

use candidates::Candidates;
use folder::{Fault, Folder};
use tally::Tally;
use words::Lang;

/// The values of some headings for some rows of a source, row → values in the order of
/// the headings: how the fields of candidates are fetched as the school wrote them.
pub type Pick<'a> = dyn Fn(
        &Source,
        &[String],
        &BTreeSet<u64>,
    ) -> Result<BTreeMap<u64, Vec<Option<String>>>, Box<dyn Error + Send + Sync>>
    + Sync
    + 'a;

/// All that a run's folder tells.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// The job.
    pub job: &'a Job,
    /// What each source turned out to be, in the order of the job.
    pub extracted: &'a [Extracted],
    /// Rows and values that could not be used, one list a source.
    pub rejected: &'a [Vec<Rejected>],
    /// How many rows have a value of each mapped field, one list a source; may be empty.
    pub fills: &'a [Vec<(Field, u64)>],
    /// The children, sorted by id.
    pub children: &'a [Child],
    /// What became of the children between two extracts; empty where there is but one.
    pub movements: &'a [Movement],
    /// Accepted and possible links, in the order in which they are to be written.
    pub links: &'a [Link],
    /// What goes to `model.json`.
    pub model: &'a Document,
    /// What it was learned from beside the data.
    pub given: Given<'a>,
    /// What was asked beside the job.
    pub asked: Asked<'a>,
    /// What goes to `errors.json`.
    pub errors: &'a ErrorRates,
    /// Counts for the manifest, such as pairs compared by each blocking rule.
    pub counts: &'a [(String, u64)],
    /// The thresholds that decided.
    pub thresholds: Thresholds,
    /// How many children may have been confirmed wrongly.
    pub wrong: ErrorEstimate,
    /// Expected number of children on the list for whom evidence that counts is at hand, among
    /// the pairs that were compared.
    pub needless: f64,
    /// What groups children, one each.
    pub traits: &'a [Traits],
    /// Schools, regions, classes and offices, by the codes of [`Traits`].
    pub labels: &'a [Box<str>],
    /// What children are known by where records bear no ids, one list a child.
    pub fingerprints: &'a [Vec<String>],
    /// How long each stage before the writing took; for `timings.json` only.
    pub timings: &'a [Stage],
    /// Threads that worked; for `timings.json` only.
    pub threads: usize,
    /// Fetches the candidates' fields.
    pub pick: &'a Pick<'a>,
}

/// What groups a child in reports: of its main record, the marks of all its latest records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traits {
    /// Code in [`Run::labels`]; 0 where not stated. So are the next three.
    pub school: u32,
    /// Region.
    pub region: u32,
    /// Education office.
    pub office: u32,
    /// Class.
    pub grade: u32,
    /// Sex.
    pub sex: Sex,
    /// Birth date.
    pub birth_date: PartialDate,
    /// Mark of displacement.
    pub displacement: Displacement,
    /// Mark of lost contact; `None` where no record says.
    pub contact_lost: Option<bool>,
    /// Whether the series and number of the birth certificate are known.
    pub certificate: bool,
    /// How the surname is built.
    pub surname: NameGroup,
}

/// How a surname is built: what errors of linking may depend on without meaning to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameGroup {
    /// No surname.
    #[default]
    Missing,
    /// `-ко`.
    Ko,
    /// `-ук`, `-юк`, `-ак`, `-як`, `-ик`.
    Uk,
    /// `-ський`, `-цький` and the other forms of adjectives.
    Adjective,
    /// `-ов`, `-ев`, `-єв`, `-ін`, `-їн`, `-ин` and their feminine forms.
    Ov,
    /// `-ич`.
    Ych,
    /// Two surnames with a hyphen.
    Double,
    /// Any other in Cyrillic letters.
    Other,
    /// Latin letters.
    Latin,
}

/// Files that a model was learned from beside the data: name without folder, and BLAKE3.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given<'a> {
    /// A model that was saved.
    pub model: Option<(&'a str, &'a str)>,
    /// Pairs that people have labelled.
    pub labels: Option<(&'a str, &'a str)>,
    /// The previous run's table of children, and its BLAKE3.
    pub previous: Option<(&'a str, &'a str)>,
}

/// What was asked of a run beside its job: what it takes to run it again.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// Kinds of degenerate input that were let pass.
    pub allow: &'a [&'static str],
    /// What was found and let pass.
    pub warnings: &'a [Warning],
    /// Where the model was; for `timings.json` only.
    pub model_path: Option<&'a Path>,
    /// Where the labels were; for `timings.json` only.
    pub labels_path: Option<&'a Path>,
    /// Where the previous run's folder was; for `timings.json` only.
    pub previous_path: Option<&'a Path>,
}

/// Degenerate input that a run went on in spite of.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Warning {
    /// Its kind.
    pub kind: &'static str,
    /// The source; `population` for all lists together.
    pub source: String,
    /// The field, or what else of the source.
    pub field: Option<&'static str>,
    /// The share that was found.
    pub share: f64,
    /// Of so many rows, values or links.
    pub of: u64,
}

/// Probabilities from which a pair is accepted, or shown to people.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// From here on a link confirms.
    pub confirm: f64,
    /// From here on a link is possible.
    pub review: f64,
}

/// Number of children wrongly confirmed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ErrorEstimate {
    /// Expected.
    pub expected: f64,
    /// Upper bound.
    pub upper: f64,
}

/// What was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Children of the population.
    pub children: u64,
    /// Children on the candidate list.
    pub candidates: u64,
    /// Children of each status, by [`Status::ALL`].
    pub statuses: Vec<(Status, u64)>,
    /// Links of each register, in the order of the job.
    pub registers: Vec<RegisterCount>,
    /// Rows and values rejected of each source, in the order of the job.
    pub rejected: Vec<RejectedCount>,
    /// The files, in the order in which they were written, `timings.json` last.
    pub outputs: Vec<Output>,
    /// BLAKE3 of the manifest without this very line.
    pub seal: String,
    /// How long writing took, as a whole and by file.
    pub stages: Vec<Stage>,
}

/// Why a run's folder could not be written. Messages name files, never values.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The output is a file, a dangling link, or no name for a folder.
    #[error(
        "{} cannot be a folder for the run\nhint: name a folder with --out; it may be absent",
        out.display()
    )]
    NotAFolder {
        /// The output.
        out: PathBuf,
    },
    /// The folder holds something that no run wrote.
    #[error(
        "{} holds files that no run wrote (it has no {} of a run), so it is left alone\n\
         hint: name another folder with --out, or empty this one",
        out.display(), folder::MANIFEST
    )]
    Occupied {
        /// The output.
        out: PathBuf,
    },
    /// The folder is the root of a file system.
    #[error(
        "{} is the root of a file system, and cannot be replaced in one step\n\
         hint: name a folder within it with --out",
        out.display()
    )]
    OwnFileSystem {
        /// The output.
        out: PathBuf,
    },
    /// The parent folder does not let a folder be made in it.
    #[error(
        "no folder can be made beside {}: {source}\n\
         hint: {}",
        out.display(), remedy(source)
    )]
    Parent {
        /// The output.
        out: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// A file could not be written.
    #[error("{file} cannot be written: {source}\nhint: {}", remedy(source))]
    Write {
        /// The file.
        file: &'static str,
        /// What the file system said.
        source: io::Error,
    },
    /// A file could not be made.
    #[error("{file} cannot be made: {source}\nhint: this is a defect of zvirka; please report it")]
    Make {
        /// The file.
        file: &'static str,
        /// What its writer said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The finished folder could not be put in its place.
    #[error(
        "the finished run cannot be put in place of {}: {source}\n\
         hint: {}; what stood there is as it was",
        out.display(), remedy(source)
    )]
    Swap {
        /// The output.
        out: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// The new run stands, but the old one could not be removed whole.
    #[error(
        "{} holds the new run, but the old one could not be removed: {source}\n\
         hint: the rest of it is in {name} beside; move what you laid there, then delete it",
        out.display()
    )]
    OldRemains {
        /// The output.
        out: PathBuf,
        /// Name of the folder with the rest.
        name: String,
        /// What the file system said.
        source: io::Error,
    },
    /// An input, or the job file, could not be read to be hashed.
    #[error(
        "{file} cannot be read again for the manifest: {source}\n\
         hint: leave the inputs in place until the run ends, and run again"
    )]
    Input {
        /// Name of the file.
        file: String,
        /// What the file system said.
        source: io::Error,
    },
    /// The fields of candidates could not be fetched.
    #[error(
        "the candidates' fields cannot be read again from source {name}: {source}\n\
         hint: leave the inputs in place until the run ends, and run again"
    )]
    Pick {
        /// Name of the source.
        name: String,
        /// What its reader said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A row that was linked is no longer there.
    #[error(
        "source {name} no longer has row {row}: its files changed during the run\n\
         hint: leave the inputs in place until the run ends, and run again"
    )]
    RowGone {
        /// Name of the source.
        name: String,
        /// 0-based data row.
        row: u64,
    },
}

fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "free some space, or name a folder on another disk with --out"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "ask for the right to write there, or name another folder with --out"
        }
        io::ErrorKind::ResourceBusy => "close what uses the folder, and run again",
        _ => "check the disk, or name another folder with --out",
    }
}

/// Writes the run's folder to `out`: all of it, or nothing.
///
/// An earlier run's folder is replaced in one step; files that people laid in it move to
/// the new one. A new folder can be read by its owner only, for it holds personal data.
///
/// # Errors
/// See [`ReportError`]. Nothing of a failed run is left behind, and an earlier run stays
/// as it was (but for [`ReportError::OldRemains`]).
pub fn write(run: &Run<'_>, out: &Path) -> Result<Summary, ReportError> {
    let since = Instant::now();
    let folder = Folder::start(out)?;
    // Hashing waits for the disk and the list for the processor.
    let (inputs, outputs) =
        rayon::join(|| manifest::Inputs::hash(run), || write_tables(run, &folder));
    let (inputs, (tally, mut outputs)) = (inputs?, outputs?);

    let manifest = manifest::manifest(run, &tally, &inputs, &outputs);
    let (manifest, seal) = manifest::sealed(manifest);
    outputs.push(folder.file(folder::MANIFEST, |sink| json(sink, &manifest))?);
    let mut stages = vec![Stage {
        stage: "write".to_owned(),
        seconds: since.elapsed().as_secs_f64(),
        peak_bytes: memory::peak(),
        ..Stage::default()
    }];
    stages.extend(folder.seconds().into_iter().map(|(file, seconds)| Stage {
        stage: format!("write:{file}"),
        seconds,
        ..Stage::default()
    }));
    let timings = manifest::timings(run, &stages);
    outputs.push(folder.file("timings.json", |sink| json(sink, &timings))?);
    folder.finish()?;
    Ok(Summary {
        children: tally.children,
        candidates: tally.candidates,
        statuses: tally.statuses,
        registers: tally.registers,
        rejected: tally.rejected,
        outputs,
        seal,
        stages,
    })
}

fn write_tables(run: &Run<'_>, folder: &Folder) -> Result<(Tally, Vec<Output>), ReportError> {
    let tally = Tally::of(run);
    // Every file is made by itself, the slow ones side by side; children and links do not wait
    // for the fields of the list. The order of the outputs is fixed.
    let (tables, list) = rayon::join(
        || {
            rayon::join(
                || folder.file("children.parquet", |sink| tables::children(run, sink)),
                || folder.file("links.parquet", |sink| tables::links(run, sink)),
            )
        },
        || list_files(run, folder, &tally),
    );
    let mut outputs = vec![tables.0?, tables.1?];
    outputs.extend(list?);
    if !run.movements.is_empty() {
        outputs.push(folder.file("movements.csv", |sink| movements::csv(run, sink))?);
    }
    Ok((tally, outputs))
}

/// The files that tell of the list, and the small ones.
fn list_files(run: &Run<'_>, folder: &Folder, tally: &Tally) -> Result<Vec<Output>, ReportError> {
    let list = Candidates::collect(run)?;
    let scratch = folder.scratch();
    let small = || {
        Ok::<_, ReportError>([
            folder.file("rejected.csv", |sink| tables::rejected(run, sink))?,
            folder.file("model.json", |sink| {
                Ok(io::Write::write_all(sink, saved::text(&run.model.value()).as_bytes())?)
            })?,
            folder.file("errors.json", |sink| json(sink, &serde_json::to_value(run.errors)?))?,
        ])
    };
    let pages = || {
        Ok::<_, ReportError>([
            folder.file("quality.xlsx", |sink| {
                sheets::on_disk(|| quality::workbook(run, tally, &list, scratch, sink))
            })?,
            folder.file("report.html", |sink| page::page(run, tally, &list, sink))?,
        ])
    };
    let workbook = || {
        folder
            .file("candidates.xlsx", |sink| sheets::on_disk(|| sheets::xlsx(&list, scratch, sink)))
    };
    // Packing the workbook of the list takes longest, so it begins first.
    let (workbook, (rows, (pages, small))) = rayon::join(workbook, || {
        rayon::join(
            || {
                rayon::join(
                    || folder.file("candidates.parquet", |sink| sheets::parquet(&list, sink)),
                    || folder.file("candidates.csv", |sink| sheets::csv(&list, sink)),
                )
            },
            || rayon::join(pages, small),
        )
    });
    let mut outputs = vec![rows.0?, rows.1?];
    outputs.extend(small?);
    outputs.push(workbook?);
    outputs.extend(pages?);
    Ok(outputs)
}

fn json(sink: &mut folder::Sink, value: &serde_json::Value) -> Result<(), Fault> {
    serde_json::to_writer_pretty(&mut *sink, value)?;
    io::Write::write_all(sink, b"\n")?;
    Ok(())
}

/// `source:id`, or `source:#` and the hash of the content.
#[must_use]
pub fn record_key(source: &str, record: &RecordRef) -> String {
    match &record.id {
        Some(id) => format!("{source}:{id}"),
        None => format!("{source}:#{:016x}", record.content),
    }
}

/// What the terminal shows when a run ends.
pub fn summary_lines(run: &Run<'_>, lang: Lang) -> Vec<String> {
    Tally::of(run).lines(run, lang)
}

impl Run<'_> {
    /// Name of a source.
    fn source_name(&self, source: usize) -> &str {
        self.job.sources.get(source).map_or("?", |source| &source.name)
    }

    /// A label of [`Traits`]; `None` where nothing is stated.
    fn label(&self, code: u32) -> Option<&str> {
        self.labels.get(code as usize).map(|label| &**label).filter(|label| !label.is_empty())
    }

    /// `source:id`, or `source:#` and the hash of the content: what names a record from run to
    /// run, wherever it stands.
    fn key(&self, record: &RecordRef) -> String {
        record_key(self.source_name(record.source), record)
    }

    /// `source:row`, as `zvirka explain` takes it.
    fn record(&self, record: &RecordRef) -> String {
        format!("{}:{}", self.source_name(record.source), record.row)
    }

    /// The codes of a child's reasons: `code` or `code:source`.
    fn codes(&self, child: &Child) -> Vec<String> {
        let code = |reason: &crate::verdict::Reason| match reason.source {
            Some(source) => format!("{}:{}", reason.code.key(), self.source_name(source)),
            None => reason.code.key().to_owned(),
        };
        child.reasons.iter().map(code).collect()
    }

    /// A child's reasons in words.
    fn reasons(&self, child: &Child, lang: Lang) -> Vec<String> {
        let sentence = |reason: &crate::verdict::Reason| {
            words::reason(reason, reason.source.map(|source| self.source_name(source)), lang)
        };
        child.reasons.iter().map(sentence).collect()
    }
}
