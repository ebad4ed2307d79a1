//! A run's folder → whether it is what it says: nothing in it was changed, it was made from the
//! files that lie there, and it comes out again byte for byte.
//!
//! [`verify`] asks in this order, and goes on whatever the answers:
//!
//! 1. **The seal.** The manifest bears its own hash. One that was edited no longer fits it, and one
//!    that was sealed anew no longer fits the seal that was noted when the run ended.
//! 2. **The files** of the folder, by the hashes of the manifest (`files`).
//! 3. **The job and the inputs**, and the model or the labels that were given, likewise (`inputs`).
//! 4. **The program**: whether it was this very one.
//! 5. **The run**, once more, into a temporary folder; every file is compared (`again`). Where the
//!    job or an input is another, there is nothing to compare with, and this is left out.
//!
//! Only the last proves that the results follow from the inputs; the others prove that nothing has
//! changed since somebody said so. What differs is told by the name of its file, by the place of
//! the first byte, by the number of rows and by the key of a JSON file, never by a value. `text`
//! says it to people.

mod again;
mod files;
mod inputs;
mod rows;
mod text;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;

use crate::progress::Progress;
use crate::report::{self, words::Lang};
use crate::run_folder::{FolderError, Manifest, Places};

pub use again::{Again, Difference};
pub use inputs::{CheckedInput, Inputs};

/// A manifest larger than this is none.
const MANIFEST_LIMIT: u64 = 64 << 20;

/// What to verify.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The run's folder.
    pub dir: &'a Path,
    /// The job file, where it no longer lies where it lay.
    pub job: Option<&'a Path>,
    /// Whether not to run the job again.
    pub quick: bool,
    /// The seal that was noted when the run ended.
    pub seal: Option<&'a str>,
    /// Threads to run with.
    pub threads: Option<NonZeroUsize>,
}

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Verification {
    /// Whether everything holds.
    pub holds: bool,
    /// Name of the job.
    pub name: String,
    /// The day for which statuses are stated.
    pub as_of: jiff::civil::Date,
    /// The manifest's own hash.
    pub seal: Seal,
    /// The files of the run.
    pub files: Vec<Checked>,
    /// What else lies in the folder: no error, for people lay things there.
    pub others: Vec<String>,
    /// What went in.
    #[serde(flatten)]
    pub inputs: Inputs,
    /// What made it.
    pub program: Program,
    /// Whether it comes out again.
    pub again: Again,
}

/// A file against what the manifest says of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Its name.
    pub file: String,
    /// What became of it.
    pub state: State,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The bytes are those that the manifest names.
    Same,
    /// They are others.
    Changed,
    /// It is not there.
    Missing,
    /// It is there, and cannot be read.
    Unreadable,
    /// The job reads it now, and the manifest does not know it.
    Unknown,
}

/// The manifest's own hash.
#[derive(Clone, Debug, Serialize)]
pub struct Seal {
    /// As the manifest bears it.
    pub stated: Option<String>,
    /// As its text gives it.
    pub computed: String,
    /// As it was noted, where somebody did.
    pub noted: Option<String>,
    /// Whether the text is one that a run writes, and the seal is its own.
    pub intact: bool,
    /// Whether the noted seal is the computed one, where one was noted.
    pub as_noted: Option<bool>,
}

/// What made a run, and what looks at it.
#[derive(Clone, Debug, Serialize)]
pub struct Program {
    /// Version that the manifest names.
    pub made_by: Option<String>,
    /// Version of this program.
    pub this: &'static str,
    /// Whether both are one binary; `None` where either hash is unknown.
    pub same: Option<bool>,
}

/// Verifies a run.
///
/// # Errors
/// The folder is no run's, or its manifest cannot be read. All that merely does not hold is told
/// by the [`Verification`].
pub fn verify(request: Request<'_>, progress: &dyn Progress) -> Result<Verification, FolderError> {
    let dir = request.dir;
    let (manifest, value, text) = open(dir)?;
    let seal = seal(&manifest, &value, &text, request.seal);
    progress.stage("Hashing the files of the run");
    let (files, others) = files::check(dir, &manifest.outputs);

    let places = Places::read(dir);
    let job: Option<PathBuf> = request.job.map(Path::to_owned).or(places.job_path.clone());
    progress.stage("Hashing the inputs");
    let (inputs, job) = inputs::check(&manifest, &places, job.as_deref());
    let program = program(&manifest);
    let again = match job {
        _ if request.quick => Again::NotAsked,
        Some(ready) if inputs.same() => {
            let ground = again::Ground {
                dir,
                manifest: &manifest,
                value: &value,
                same_program: program.same == Some(true),
            };
            again::run(ground, &ready, request.threads, progress)
        }
        _ => Again::NotPossible,
    };
    progress.finish();
    let holds =
        seal.holds() && files.iter().all(Checked::is_same) && inputs.same() && again.holds();
    Ok(Verification {
        holds,
        name: manifest.job.name,
        as_of: manifest.job.as_of,
        seal,
        files,
        others,
        inputs,
        program,
        again,
    })
}

/// The manifest, typed, as JSON, and as text.
fn open(dir: &Path) -> Result<(Manifest, Value, Vec<u8>), FolderError> {
    let not_a_run =
        |reason: &str| FolderError::NotARun { dir: dir.to_owned(), reason: reason.to_owned() };
    let none = || not_a_run("it holds no readable manifest.json");
    if !dir.is_dir() {
        return Err(not_a_run("there is no such folder"));
    }
    let path = dir.join("manifest.json");
    let size = path.metadata().map_err(|_| none())?.len();
    if size > MANIFEST_LIMIT {
        return Err(not_a_run("its manifest.json is larger than any run's"));
    }
    let text = std::fs::read(path).map_err(|_| none())?;
    let manifest = Manifest::parse(&text).map_err(|reason| FolderError::Manifest { reason })?;
    // What has just been read once is JSON.
    let value = serde_json::from_slice(&text).unwrap_or_default();
    Ok((manifest, value, text))
}

fn seal(manifest: &Manifest, value: &Value, text: &[u8], noted: Option<&str>) -> Seal {
    let computed = report::seal(value);
    // Two keys of one name, or other spaces, are no run's; and the seal covers no more than what
    // is read from the text.
    let as_written = report::manifest_text(value).as_bytes() == text;
    Seal {
        intact: as_written && manifest.seal.as_ref() == Some(&computed),
        as_noted: noted.map(|noted| noted.trim().eq_ignore_ascii_case(&computed)),
        stated: manifest.seal.clone(),
        noted: noted.map(str::to_owned),
        computed,
    }
}

fn program(manifest: &Manifest) -> Program {
    let made_by = manifest.binary.as_ref().map(|binary| &binary.blake3);
    let this = report::program();
    Program {
        made_by: manifest.zvirka.clone(),
        this: env!("CARGO_PKG_VERSION"),
        same: made_by.zip(this.as_ref()).map(|(made_by, this)| made_by == this),
    }
}

impl Seal {
    fn holds(&self) -> bool {
        self.intact && self.as_noted != Some(false)
    }
}

impl Checked {
    fn is_same(&self) -> bool {
        self.state == State::Same
    }

    /// A file at `path`, named `file`, against a hash.
    fn against(path: &Path, file: &str, blake3: &str) -> Self {
        let state = match report::hash_of(path) {
            Ok((found, _)) if found.eq_ignore_ascii_case(blake3) => State::Same,
            Ok(_) => State::Changed,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => State::Missing,
            Err(_) => State::Unreadable,
        };
        Self { file: file.to_owned(), state }
    }
}

impl Verification {
    /// What people read.
    #[must_use]
    pub fn to_text(&self, lang: Lang) -> String {
        text::of(self, lang)
    }

    /// What programs read.
    #[must_use]
    pub fn to_json(&self) -> Value {
        // Keys are strings and numbers are numbers: nothing of this can fail.
        serde_json::to_value(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
