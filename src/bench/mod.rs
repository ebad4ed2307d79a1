//! How fast it is here: whole runs on invented registers, with their quality and the floor beside them.
//!
//! [`measure`] invents a size, lets a process of its own link it (so that its peak of memory is its own),
//! evaluates what came out, and measures the [`Floor`] of the same bytes, rows and pairs at once, so that
//! whatever slows the machine slows both. [`table`] shows sizes side by side. Nothing here decides
//! anything about an output, and no figure is a test: machines differ.

mod floor;
mod machine;
mod table;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use serde::Deserialize;

pub use floor::Floor;
pub use machine::Machine;
pub use table::table;

use crate::evaluate::{self, EvaluateError, Evaluation};
use crate::progress::Progress;
use crate::report;
use crate::synth::{self, Profile, SynthError};
use crate::timings::Stage;

/// What to measure.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The program that runs the jobs.
    pub program: PathBuf,
    /// Children in the schools' lists, a size each.
    pub children: Vec<u64>,
    /// Seed of the registers.
    pub seed: u64,
    /// Runs of each job; the median counts.
    pub repeat: u32,
    /// Threads; all of the machine's if `None`.
    pub threads: Option<NonZeroUsize>,
}

/// Why there is no figure.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The registers could not be invented.
    #[error(transparent)]
    Synth(#[from] SynthError),
    /// A run failed.
    #[error("`{command}` failed: {said}\nhint: run it by hand to see more")]
    Run {
        /// What was started.
        command: String,
        /// Its last words.
        said: String,
    },
    /// The run could not be measured against the truth.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
    /// A file could not be read or written.
    #[error("{} cannot be used: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A job or `timings.json` is not what this program writes.
    #[error("{}: {what}\nhint: empty the folder of --dir, and run again", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
}

impl BenchError {
    fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}

/// One size.
#[derive(Clone, Debug)]
pub struct Size {
    /// Children in the schools' lists.
    pub children: u64,
    /// All lists and all registers.
    pub whole: Measured,
    /// One list and one register, as linkers are mostly compared.
    pub pair: Measured,
}

/// One job: the median of its runs.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Wall time of the process.
    pub seconds: f64,
    /// Its stages.
    pub stages: Vec<Stage>,
    /// Threads that worked.
    pub threads: usize,
    /// Rows read.
    pub rows: u64,
    /// Pairs compared.
    pub pairs: u64,
    /// The most memory it had in use, bytes, where the system tells.
    pub peak: Option<u64>,
    /// What came out.
    pub quality: Quality,
    /// What nothing could beat.
    pub floor: Floor,
}

/// A fast run that links worse does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Quality {
    /// Share of the children truly on the list who are on it.
    pub list_recall: Option<f64>,
    /// Share of the true pairs that were accepted.
    pub recall: Option<f64>,
    /// False links.
    pub false_links: u64,
}

impl From<&Evaluation> for Quality {
    fn from(evaluation: &Evaluation) -> Self {
        let registers = &evaluation.registers;
        let true_pairs: u64 = registers.iter().map(|register| register.true_pairs).sum();
        let found: u64 = registers.iter().map(|register| register.true_positives).sum();
        let statuses = evaluation.children.statuses.as_ref();
        Self {
            list_recall: statuses.and_then(|s| s.list_recall.as_ref()).map(|share| share.value),
            recall: (true_pairs > 0).then(|| found as f64 / true_pairs as f64),
            false_links: registers.iter().map(|register| register.false_positives).sum(),
        }
    }
}

/// The job with one list and one register.
const PAIR: &str = "pair.toml";
/// Its sources.
const SOURCES: [&str; 2] = ["aikom", "births"];

/// Measures one size, in a folder below `dir`; registers that stand there already are used.
///
/// # Errors
/// See [`BenchError`].
pub fn measure(
    plan: &Plan,
    children: u64,
    dir: &Path,
    progress: &dyn Progress,
) -> Result<Size, BenchError> {
    let dir = dir.join(format!("{children}-{}", plan.seed));
    let job = dir.join("job.toml");
    // Files appear when all are whole, the job among the first: the truth is the last.
    if !job.exists() || !dir.join("truth/idp.parquet").exists() {
        progress.stage(&format!("Inventing {children} children"));
        synth::generate(&synth::Options {
            children,
            seed: plan.seed,
            out: dir.clone(),
            profile: Profile::default(),
            force: true,
            progress: None,
        })?;
    }
    let text = std::fs::read_to_string(&job).map_err(BenchError::file(&job))?;
    let pair = dir.join(PAIR);
    let shorter =
        only(&text, &SOURCES).map_err(|what| BenchError::Form { path: job.clone(), what })?;
    report::replace_file(&pair, shorter.as_bytes()).map_err(BenchError::file(&pair))?;
    progress.stage(&format!("{children} children, all registers"));
    let whole = job_of(plan, &job, progress)?;
    progress.stage(&format!("{children} children, {}", SOURCES.join(" × ")));
    let pair = job_of(plan, &pair, progress)?;
    Ok(Size { children, whole, pair })
}

/// The job with some of its sources alone.
fn only(job: &str, sources: &[&str]) -> Result<String, String> {
    let mut job: toml::Table = job.parse().map_err(|_| "is no job".to_owned())?;
    let mut left = 0;
    for role in ["population", "registry"] {
        let Some(list) = job.get_mut(role).and_then(toml::Value::as_array_mut) else { continue };
        list.retain(|source| {
            let name = source.get("name").and_then(toml::Value::as_str);
            name.is_some_and(|name| sources.contains(&name))
        });
        left += list.len();
    }
    if left != sources.len() {
        return Err(format!("lacks one of the sources {}", sources.join(", ")));
    }
    toml::to_string(&job).map_err(|error| error.to_string())
}

/// Runs a job as often as the plan says; the floor once, between.
fn job_of(plan: &Plan, job: &Path, progress: &dyn Progress) -> Result<Measured, BenchError> {
    let mut runs = Vec::new();
    progress.total(u64::from(plan.repeat));
    for _ in 0..plan.repeat.max(1) {
        runs.push(once(plan, job)?);
        progress.advance(1);
    }
    runs.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    Ok(runs.swap_remove((runs.len() - 1) / 2))
}

/// What of `timings.json` is read here.
#[derive(Deserialize)]
struct Timings {
    threads: usize,
    stages: Vec<Stage>,
}

fn once(plan: &Plan, job: &Path) -> Result<Measured, BenchError> {
    let dir = job.parent().unwrap_or(Path::new("."));
    let out = dir.join("out");
    let mut command = Command::new(&plan.program);
    command.arg("run").arg(job).arg("--out").arg(&out).args(["--quiet", "--lang", "en"]);
    if let Some(threads) = plan.threads {
        command.arg("--threads").arg(threads.to_string());
    }
    let shown = format!("{command:?}");
    let since = Instant::now();
    let output = command.stdin(Stdio::null()).output();
    let seconds = since.elapsed().as_secs_f64();
    let output = output.map_err(BenchError::file(&plan.program))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(BenchError::Run { command: shown, said });
    }
    let path = out.join("timings.json");
    let text = std::fs::read_to_string(&path).map_err(BenchError::file(&path))?;
    let Timings { threads, stages } = serde_json::from_str(&text)
        .map_err(|error| BenchError::Form { path: path.clone(), what: error.to_string() })?;
    let rows = stages.iter().find(|stage| stage.stage == "read").and_then(|stage| stage.rows);
    let rows = rows.unwrap_or_default();
    let pairs = stages.iter().filter_map(|stage| stage.pairs).sum();
    let floor = Floor::measure(&inputs(job)?, rows, pairs, threads)?;
    let evaluation = evaluate::evaluate(&out, &dir.join("truth"), None)?;
    std::fs::remove_dir_all(&out).map_err(BenchError::file(&out))?;
    let peak = stages.iter().filter_map(|stage| stage.peak_bytes).max();
    let quality = Quality::from(&evaluation);
    Ok(Measured { seconds, stages, threads, rows, pairs, peak, quality, floor })
}

/// The files that a job reads.
fn inputs(job: &Path) -> Result<Vec<PathBuf>, BenchError> {
    let opened = crate::job::open(job).map_err(|problems| {
        let what = problems.to_string();
        BenchError::Form { path: job.to_owned(), what }
    })?;
    Ok(opened.sources.into_iter().flat_map(|source| source.files).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_left_with_the_sources_asked_for() {
        let job = include_str!("../synth/job_template.toml");
        let short = only(&job.replace("{capacity}", "5"), &SOURCES).unwrap();
        let table: toml::Table = short.parse().unwrap();
        let names = |role: &str| -> Vec<String> {
            let list = table[role].as_array().unwrap().iter();
            list.map(|source| source["name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(
            (names("population"), names("registry")),
            (vec!["aikom".into()], vec!["births".into()])
        );
        assert!(table["job"].get("as_of").is_some(), "the rest stays");
        assert!(only("[job]\n", &SOURCES).is_err() && only("no job", &SOURCES).is_err());
    }
}
