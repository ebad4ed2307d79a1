//! The one place that writes results: a folder appears whole or not at all.
//!
//! All files go to a temporary folder beside the run's folder, each is synced, and the
//! two folders change places in one step. Until then the old run stands untouched; if
//! anything fails, the temporary folder goes away with the value that owns it.

// Every other module is denied the calls that could leave half a file behind.
#![allow(clippy::disallowed_methods)]

use std::error::Error;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use rust_xlsxwriter::XlsxError;
use tempfile::{NamedTempFile, TempDir};

use super::ReportError;
use crate::interrupt::Ground;

/// The manifest, by which a run's folder is recognised.
pub(super) const MANIFEST: &str = "manifest.json";

/// Every file that a run writes.
pub(crate) const FILES: [&str; 13] = [
    "children.parquet",
    "links.parquet",
    "candidates.parquet",
    "candidates.csv",
    "candidates.xlsx",
    "rejected.csv",
    "movements.csv",
    "quality.xlsx",
    "report.html",
    "model.json",
    "errors.json",
    MANIFEST,
    "timings.json",
];

/// A manifest larger than this is not ours.
const MANIFEST_LIMIT: u64 = 64 << 20;

/// Begins the name of every temporary folder.
const PREFIX: &str = ".zvirka-";

/// Whatever went wrong while a file was made.
pub(super) type Fault = Box<dyn Error + Send + Sync>;

/// One finished file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Its name within the run's folder.
    pub file: &'static str,
    /// Its size in bytes.
    pub bytes: u64,
    /// BLAKE3 of its content.
    pub blake3: String,
}

/// Checks that a run could be written to `out`, without writing anything: meant to be
/// asked before the hours of work.
///
/// `out` may be absent, an empty folder, or the folder of an earlier run (told by its
/// manifest), which [`super::write`] replaces.
///
/// # Errors
/// `out` is a file, holds something else, is a file system of its own, or its parent
/// folder cannot be written to.
pub fn check_output(out: &Path) -> Result<(), ReportError> {
    let place = Place::of(out)?;
    let ground = existing_ancestor(&place.parent);
    // The probe removes itself, and no signal comes between.
    let _ground = Ground::hold();
    TempDir::with_prefix_in(PREFIX, ground)
        .map(drop)
        .map_err(|source| ReportError::Parent { out: out.to_owned(), source })
}

/// Writes one file beside the run's folders: whole, or not at all.
///
/// # Errors
/// Whatever the file system says; an existing file is then as it was.
pub fn replace_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let parent = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let _ground = Ground::hold();
    let mut temp = NamedTempFile::with_prefix_in(PREFIX, parent)?;
    temp.write_all(content)?;
    temp.as_file().sync_all()?;
    temp.persist(path)?;
    sync_folder(parent)
}

/// An empty folder beside another, or among the system's temporary ones where none can be made
/// there. Only its owner can open it, it goes away with the value, and if the program is killed
/// after a run was written to it, the next run beside it removes it as [`sweep`] says.
pub(crate) fn beside(folder: &Path) -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    let folder = fs::canonicalize(folder)?;
    let parent = folder.parent().unwrap_or(&folder);
    let mut ground = Ground::hold();
    let temp = builder.tempdir_in(parent).or_else(|_| builder.tempdir())?;
    ground.own(temp.path());
    Ok(temp)
}

/// An empty folder among the system's temporary ones, which goes away with the value and when the
/// program is interrupted.
pub(crate) fn scratch() -> io::Result<TempDir> {
    let mut ground = Ground::hold();
    let temp = TempDir::with_prefix(PREFIX)?;
    ground.own(temp.path());
    Ok(temp)
}

/// Where a run's folder is to stand.
#[derive(Debug)]
struct Place {
    /// As the caller named it, for messages.
    named: PathBuf,
    /// The folder itself; links are followed where it exists.
    target: PathBuf,
    parent: PathBuf,
    /// Names written by the earlier run that stands there, if one does.
    earlier: Option<Vec<String>>,
    /// Whether the folder exists.
    exists: bool,
}

impl Place {
    fn of(out: &Path) -> Result<Self, ReportError> {
        let parent_error = |source| ReportError::Parent { out: out.to_owned(), source };
        let (target, exists) = match fs::metadata(out) {
            Ok(metadata) if !metadata.is_dir() => {
                return Err(ReportError::NotAFolder { out: out.to_owned() });
            }
            Ok(_) => (fs::canonicalize(out).map_err(parent_error)?, true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // A dangling link would be replaced by a folder behind its owner's back.
                if fs::symlink_metadata(out).is_ok()
                    || !matches!(out.components().next_back(), Some(Component::Normal(_)))
                {
                    return Err(ReportError::NotAFolder { out: out.to_owned() });
                }
                (std::path::absolute(out).map_err(parent_error)?, false)
            }
            Err(error) => return Err(parent_error(error)),
        };
        let Some(parent) = target.parent().map(Path::to_owned) else {
            return Err(ReportError::OwnFileSystem { out: out.to_owned() });
        };
        let mut earlier = None;
        if exists {
            if is_mount_point(&target, &parent) {
                return Err(ReportError::OwnFileSystem { out: out.to_owned() });
            }
            earlier = earlier_run(&target);
            let empty = fs::read_dir(&target).map_err(parent_error)?.next().is_none();
            if earlier.is_none() && !empty {
                return Err(ReportError::Occupied { out: out.to_owned() });
            }
        }
        Ok(Self { named: out.to_owned(), target, parent, earlier, exists })
    }
}

/// The names that an earlier run wrote to `folder`, or `None` if no run stands there.
fn earlier_run(folder: &Path) -> Option<Vec<String>> {
    let file = File::open(folder.join(MANIFEST)).ok()?;
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() || metadata.len() > MANIFEST_LIMIT {
        return None;
    }
    let mut text = String::new();
    file.take(MANIFEST_LIMIT).read_to_string(&mut text).ok()?;
    let manifest: serde_json::Value = serde_json::from_str(&text).ok()?;
    // Browsers and package managers name files so as well: the version is our mark.
    manifest.get("zvirka")?;
    let outputs = manifest.get("outputs")?.as_array()?;
    let written = outputs.iter().filter_map(|output| output.get("file")?.as_str());
    Some(FILES.into_iter().chain(written).map(str::to_owned).collect())
}

fn existing_ancestor(path: &Path) -> &Path {
    path.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."))
}

#[cfg(unix)]
fn is_mount_point(folder: &Path, parent: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (fs::metadata(folder), fs::metadata(parent)) {
        (Ok(folder), Ok(parent)) => folder.dev() != parent.dev(),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_mount_point(_: &Path, _: &Path) -> bool {
    false
}

/// A run's folder in the making.
#[derive(Debug)]
pub(super) struct Folder {
    place: Place,
    temp: TempDir,
    /// Says that somebody works in the folder, for [`sweep`].
    _lock: Option<File>,
    /// How long each file took.
    seconds: Mutex<Vec<(&'static str, f64)>>,
}

impl Folder {
    /// Starts a folder that is to stand at `out`. Only its owner can read a new one: it
    /// holds personal data. A replaced one keeps its permissions.
    pub(super) fn start(out: &Path) -> Result<Self, ReportError> {
        let place = Place::of(out)?;
        let parent_error = |source| ReportError::Parent { out: out.to_owned(), source };
        fs::create_dir_all(&place.parent).map_err(parent_error)?;
        sweep(&place.parent);
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let mut ground = Ground::hold();
        let temp = builder.tempdir_in(&place.parent).map_err(parent_error)?;
        ground.own(temp.path());
        drop(ground);
        // Where a folder cannot be locked, none is swept either.
        let lock = File::open(temp.path()).ok().filter(|folder| folder.try_lock().is_ok());
        Ok(Self { place, temp, _lock: lock, seconds: Mutex::default() })
    }

    /// For the scratch files of a writer that needs some; they must be gone when it ends.
    pub(super) fn scratch(&self) -> &Path {
        self.temp.path()
    }

    /// How long each file took, by name; files are made side by side.
    pub(super) fn seconds(&self) -> Vec<(&'static str, f64)> {
        let mut seconds = self.seconds.lock().unwrap_or_else(PoisonError::into_inner).clone();
        seconds.sort_by_key(|&(name, _)| name);
        seconds
    }

    /// Makes one file.
    pub(super) fn file(
        &self,
        name: &'static str,
        make: impl FnOnce(&mut Sink) -> Result<(), Fault>,
    ) -> Result<Output, ReportError> {
        let full = |source| ReportError::Write { file: name, source };
        let since = Instant::now();
        let file = File::create_new(self.temp.path().join(name)).map_err(full)?;
        let mut sink = Sink {
            file: BufWriter::with_capacity(1 << 18, file),
            hasher: blake3::Hasher::new(),
            bytes: 0,
            failed: None,
        };
        match make(&mut sink) {
            Ok(()) => {}
            // Writers wrap the disk's own error in theirs; the bare one has the remedy.
            Err(fault) => {
                return Err(match sink.failed.or_else(|| disk_error(&*fault)) {
                    Some(source) => full(source),
                    None => ReportError::Make { file: name, source: fault },
                });
            }
        }
        let file = sink.file.into_inner().map_err(|error| full(error.into_error()))?;
        file.sync_all().map_err(full)?;
        let blake3 = sink.hasher.finalize().to_hex().to_string();
        let mut seconds = self.seconds.lock().unwrap_or_else(PoisonError::into_inner);
        seconds.push((name, since.elapsed().as_secs_f64()));
        Ok(Output { file: name, bytes: sink.bytes, blake3 })
    }

    /// Puts the finished folder in its place.
    pub(super) fn finish(self) -> Result<(), ReportError> {
        // From here on a signal waits. What is declared later goes earlier, so the temporary folder
        // has gone on every way out when a signal is obeyed again.
        let mut ground = Ground::hold();
        let Self { place, temp, _lock, .. } = self;
        let named = place.named.clone();
        let swap_error = |source| ReportError::Swap { out: named.clone(), source };
        // Hours may have passed: somebody may have put something there since.
        let now = Place::of(&place.named)?;
        if now.exists {
            let permissions = fs::metadata(&now.target).map_err(swap_error)?.permissions();
            fs::set_permissions(temp.path(), permissions).map_err(swap_error)?;
        }
        sync_folder(temp.path()).map_err(swap_error)?;

        // It will be the new run's folder, or hold the old one's: neither is ours to remove.
        ground.disown(temp.path());
        let Some(written) = now.earlier else {
            fs::rename(temp.path(), &now.target).map_err(swap_error)?;
            ground.placed(&now.target);
            return sync_folder(&now.parent).map_err(swap_error);
        };
        exchange(temp.path(), &now.target).map_err(swap_error)?;
        ground.placed(&now.target);
        sync_folder(&now.parent).map_err(swap_error)?;

        // What people laid beside the old run, such as decisions, is theirs: it moves on.
        let old = temp.path().to_owned();
        let moved = carry_over(&old, &now.target, &written);
        let source = match moved {
            Ok(()) => match temp.close() {
                Ok(()) => return Ok(()),
                Err(source) => source,
            },
            Err(source) => {
                let _ = temp.keep();
                source
            }
        };
        let name = old.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Err(ReportError::OldRemains { out: named, name, source })
    }
}

/// Removes what runs that were killed while they wrote (Ctrl-C, a lost session) left in
/// `parent`: nobody looks for children's data in a hidden folder. What another run is
/// writing is locked; what holds anything that no run writes is somebody's, and stays.
fn sweep(parent: &Path) {
    let left = |folder: &Path| -> Option<()> {
        let lock = File::open(folder).ok()?;
        lock.try_lock().ok()?;
        let mut files = 0;
        for entry in fs::read_dir(folder).ok()? {
            let entry = entry.ok()?;
            let ours = FILES.iter().any(|name| entry.file_name() == OsStr::new(name));
            if !ours || !entry.file_type().ok()?.is_file() {
                return None;
            }
            files += 1;
        }
        // An empty one may be another run's that has not locked it yet.
        (files > 0).then(|| fs::remove_dir_all(folder).ok()).flatten()
    };
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        if is_ours && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            left(&entry.path());
        }
    }
}

/// The error of the file system in a fault that came not through the sink but through a
/// workbook's scratch files.
fn disk_error(fault: &(dyn Error + Send + Sync + 'static)) -> Option<io::Error> {
    match fault.downcast_ref() {
        Some(XlsxError::IoError(error) | XlsxError::TempFileError(_, error)) => Some(bare(error)),
        _ => fault.downcast_ref().map(bare),
    }
}

/// The error without what a library added to it.
fn bare(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => error.kind().into(),
    }
}

/// Lets two folders of one parent change places.
fn exchange(new: &Path, old: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, new, CWD, old, RenameFlags::EXCHANGE) {
            Ok(()) => return Ok(()),
            // Some file systems, and kernels before 3.15, cannot.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut aside = new.as_os_str().to_owned();
    aside.push("-old");
    let aside = PathBuf::from(aside);
    fs::rename(old, &aside)?;
    if let Err(error) = fs::rename(new, old) {
        fs::rename(&aside, old)?;
        return Err(error);
    }
    fs::rename(&aside, new)
}

/// Moves all that `written` does not name from the old run's folder to the new one.
fn carry_over(old: &Path, new: &Path, written: &[String]) -> io::Result<()> {
    let mut names = Vec::new();
    for entry in fs::read_dir(old)? {
        names.push(entry?.file_name());
    }
    for name in names {
        if !written.iter().any(|file| OsStr::new(file) == name) {
            fs::rename(old.join(&name), new.join(&name))?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps)]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Takes the bytes of one file, and hashes them on the way.
#[derive(Debug)]
pub(super) struct Sink {
    file: BufWriter<File>,
    hasher: blake3::Hasher,
    bytes: u64,
    failed: Option<io::Error>,
}

impl Sink {
    fn note<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        result.inspect_err(|error| {
            self.failed = Some(bare(error));
        })
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.file.write(bytes);
        let written = self.note(result)?;
        self.hasher.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.file.flush();
        self.note(result)
    }
}
