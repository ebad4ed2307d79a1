//! The line from a job to a run's folder.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use crate::job::Job;
use crate::progress::Progress;

/// How to run a job.
#[derive(Clone, Debug)]
pub struct Options {
    /// The run's folder.
    pub out: PathBuf,
    /// Threads to work with; all of the machine's if `None`. Changes no output.
    pub threads: Option<NonZeroUsize>,
}

/// What a run came to.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The run at a glance, line by line.
    pub summary: Vec<String>,
    /// More rows of some source were rejected than the job allows.
    pub too_many_rejected: bool,
}

/// Runs a job.
pub fn run(_job: &Job, _options: &Options, _progress: &dyn Progress) -> anyhow::Result<Outcome> {
    anyhow::bail!("not yet")
}
