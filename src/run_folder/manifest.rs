//! `manifest.json`, as far as the readers of a run's folder need it.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;

use crate::job::{Language, Role};

/// What was run on what.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Manifest {
    /// The job.
    pub job: ManifestJob,
    /// The sources, populations first.
    #[serde(rename = "inputs")]
    pub sources: Vec<ManifestSource>,
    /// BLAKE3 of the manifest without its seal, as it stands there.
    #[serde(default)]
    pub seal: Option<String>,
    /// Version of the program.
    #[serde(default)]
    pub zvirka: Option<String>,
    /// The program.
    #[serde(default)]
    pub binary: Option<Hash>,
    /// The model that weighed, if one was given.
    #[serde(default)]
    pub model: Option<InputFile>,
    /// The pairs that people have judged, if they were given.
    #[serde(default)]
    pub labels: Option<InputFile>,
    /// The children of the previous run, whose ids were kept.
    #[serde(default)]
    pub previous: Option<InputFile>,
    /// What people decided about children: a hash, absent where nobody decided.
    #[serde(default)]
    pub decisions: Option<serde_json::Value>,
    /// The thresholds that decided.
    #[serde(default)]
    pub thresholds: Option<ManifestThresholds>,
    /// The registers.
    #[serde(default)]
    pub registers: Vec<ManifestRegister>,
    /// What was asked beside the job.
    #[serde(default)]
    pub options: ManifestOptions,
    /// The files of the run, the manifest itself and `timings.json` aside.
    #[serde(default)]
    pub outputs: Vec<InputFile>,
}

/// A hash of something that has no name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Hash {
    /// BLAKE3, in hexadecimal digits.
    pub blake3: String,
}

/// What was asked of the run beside its job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ManifestOptions {
    /// Language of the lists.
    #[serde(default)]
    pub lang: Option<Language>,
    /// Kinds of degenerate input that were let pass.
    #[serde(default)]
    pub allow: Vec<String>,
}

/// Where the files of a run lay, as `timings.json` notes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Places {
    /// The job file.
    #[serde(default)]
    pub job_path: Option<PathBuf>,
    /// The model that was given.
    #[serde(default)]
    pub model_path: Option<PathBuf>,
    /// The labels that were given.
    #[serde(default)]
    pub labels_path: Option<PathBuf>,
    /// The previous run's folder.
    #[serde(default)]
    pub previous_path: Option<PathBuf>,
}

impl Places {
    /// Reads them; nothing where they cannot be read.
    #[must_use]
    pub fn read(dir: &Path) -> Self {
        let text = std::fs::read(dir.join("timings.json")).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }
}

/// Probabilities from which a pair is accepted, or shown to people.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct ManifestThresholds {
    /// From here on a link confirms.
    pub confirm: f64,
    /// From here on a link is possible.
    pub review: f64,
}

/// What the manifest says of a register.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ManifestRegister {
    /// Its name in the job.
    #[serde(rename = "registry")]
    pub name: String,
    /// By how many bits its threshold was raised, because its links were found to be false more
    /// often than the costs allow.
    #[serde(default)]
    pub offset_bits: f64,
}

/// The job of the run.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ManifestJob {
    /// Its name.
    pub name: String,
    /// The day for which statuses are stated.
    pub as_of: Date,
    /// The first day whose evidence counts.
    pub evidence_since: Date,
    /// BLAKE3 of the job file, in hexadecimal digits.
    #[serde(default)]
    pub blake3: Option<String>,
    /// One missing child wrongly confirmed costs as much as this many needless cases.
    #[serde(default)]
    pub hidden_child_cost: Option<f64>,
    /// Pairs that the auditors can look at.
    #[serde(default)]
    pub review_capacity: Option<u64>,
}

/// One source of the run.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ManifestSource {
    /// Its name in the job.
    #[serde(rename = "source")]
    pub name: String,
    /// Population or registry.
    pub role: Role,
    /// The first day whose evidence counts in it, where that is not the job's.
    #[serde(default)]
    pub since: Option<Date>,
    /// Data rows read, rejected ones included.
    pub rows: u64,
    /// Its files, in the order in which rows are numbered through them.
    pub files: Vec<InputFile>,
}

/// A file that went into the run, or came out of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct InputFile {
    /// Its name, without folders.
    #[serde(rename = "file")]
    pub name: String,
    /// BLAKE3 of its bytes, in hexadecimal digits.
    pub blake3: String,
}

impl Manifest {
    /// Reads the JSON text.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(text).map_err(|error| {
            format!("not as `zvirka run` writes it (line {}: {error})", error.line())
        })
    }

    /// The names of all sources, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(|source| source.name.as_str())
    }

    /// The source of that name.
    pub fn source(&self, name: &str) -> Option<&ManifestSource> {
        self.sources.iter().find(|source| source.name == name)
    }
}
