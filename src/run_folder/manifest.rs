//! `manifest.json`, as far as the readers of a run's folder need it.

use jiff::civil::Date;
use serde::Deserialize;

use crate::job::Role;

/// What was run on what.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Manifest {
    /// The job.
    pub job: ManifestJob,
    /// The sources, populations first.
    #[serde(rename = "inputs")]
    pub sources: Vec<ManifestSource>,
}

/// The job of the run.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
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

/// A file that went into the run.
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
    pub(super) fn parse(text: &[u8]) -> Result<Self, String> {
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
