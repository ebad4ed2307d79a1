//! A run's folder, read back: the manifest, the children and the links, typed.
//!
//! [`evaluate`](crate::evaluate), [`explain`](crate::explain) and [`diff`](crate::diff) begin here. The
//! tables are streamed, so that a run of millions of children needs no more memory
//! than what the caller keeps of it.

mod known;
mod manifest;
mod rows;
mod standing;
pub(crate) mod table;
#[cfg(test)]
pub(crate) mod testing;

use std::path::{Path, PathBuf};

pub use known::KnownChild;
pub use manifest::{
    Hash, InputFile, Manifest, ManifestJob, ManifestOptions, ManifestRegister, ManifestSource,
    ManifestThresholds, Places,
};
pub use rows::{ChildRow, LinkRow};
pub use standing::{Mark, StandingRow};
pub use table::TableError;

use self::rows::LinkParts;
use self::table::Table;

/// Why a folder could not be read as a run's.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// There is no such folder, or no manifest in it.
    #[error(
        "{}: no run's folder: {reason}\nhint: name the folder that `zvirka run` wrote (its `--out`, or `output` of the job)",
        dir.display()
    )]
    NotARun {
        /// The folder as it was given.
        dir: PathBuf,
        /// What is missing.
        reason: String,
    },
    /// The manifest is not what `zvirka run` writes.
    #[error("manifest.json: {reason}\nhint: run the job again: `zvirka run JOB`")]
    Manifest {
        /// What is wrong with it.
        reason: String,
    },
    /// One of the tables is missing or damaged.
    #[error("{0}\nhint: run the job again: `zvirka run JOB`")]
    Table(#[from] TableError),
}

/// A run's folder.
#[derive(Debug)]
pub struct RunFolder {
    dir: PathBuf,
    /// What was run on what.
    pub manifest: Manifest,
}

impl RunFolder {
    /// Opens the folder and reads its manifest.
    pub fn open(dir: &Path) -> Result<Self, FolderError> {
        let not_a_run =
            |reason: &str| FolderError::NotARun { dir: dir.to_owned(), reason: reason.to_owned() };
        if !dir.is_dir() {
            return Err(not_a_run("there is no such folder"));
        }
        let text = std::fs::read(dir.join("manifest.json"))
            .map_err(|_| not_a_run("it holds no readable manifest.json"))?;
        for name in ["children.parquet", "links.parquet"] {
            if !dir.join(name).is_file() {
                return Err(not_a_run(&format!("it holds no {name}")));
            }
        }
        let manifest = Manifest::parse(&text).map_err(|reason| FolderError::Manifest { reason })?;
        Ok(Self { dir: dir.to_owned(), manifest })
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The absolute path of the job file, as `timings.json` notes it.
    pub fn job_path(&self) -> Option<PathBuf> {
        Places::read(&self.dir).job_path
    }

    /// Hands every child to `visit`, in the order of the file.
    pub fn children<E: From<FolderError>>(
        &self,
        visit: &mut dyn FnMut(ChildRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let table = Table::open(&self.dir.join("children.parquet")).map_err(FolderError::from)?;
        rows::children(table, visit)
    }

    /// Hands what every child is known by to `visit`, in the order of the file.
    pub fn known_children<E: From<FolderError>>(
        &self,
        visit: &mut dyn FnMut(KnownChild) -> Result<(), E>,
    ) -> Result<(), E> {
        let table = Table::open(&self.dir.join("children.parquet")).map_err(FolderError::from)?;
        known::known(table, visit)
    }

    /// BLAKE3 of the table of children.
    pub fn children_hash(&self) -> Result<String, FolderError> {
        let file = "children.parquet";
        let open = |error: std::io::Error| TableError::Open {
            file: file.to_owned(),
            reason: error.to_string(),
        };
        let mut hasher = blake3::Hasher::new();
        let read = std::fs::File::open(self.dir.join(file)).map_err(open)?;
        hasher.update_reader(read).map_err(open)?;
        Ok(hasher.finalize().to_hex().to_string())
    }

    /// Hands every accepted or possible link to `visit`, in the order of the file.
    pub fn links<E: From<FolderError>>(
        &self,
        visit: &mut dyn FnMut(&LinkRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let table = Table::open(&self.dir.join("links.parquet")).map_err(FolderError::from)?;
        rows::links(table, LinkParts::Levels, visit)
    }

    /// As [`Self::links`], with the hashes of both records in place of the comparisons. Folders
    /// of a version that wrote none are refused.
    pub fn hashed_links<E: From<FolderError>>(
        &self,
        visit: &mut dyn FnMut(&LinkRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let table = Table::open(&self.dir.join("links.parquet")).map_err(FolderError::from)?;
        rows::links(table, LinkParts::Contents, visit)
    }

    /// Hands every child as two runs are compared by it to `visit`, in the order of the file.
    /// Folders of a version that wrote no keys of records are refused.
    pub fn standings<E: From<FolderError>>(
        &self,
        visit: &mut dyn FnMut(&StandingRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let table = Table::open(&self.dir.join("children.parquet")).map_err(FolderError::from)?;
        standing::standings(table, visit)
    }
}
