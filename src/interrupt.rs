//! Ctrl-C, and a request to end: nothing half written stays behind.
//!
//! Whoever makes a temporary folder makes it through `Ground`, which knows all of them, and whoever
//! puts a finished result in its place holds the ground meanwhile. A signal waits for the ground and
//! never gives it back: so it comes before a swap or after it, never between, and nobody makes
//! another folder behind its back. Then the folders go, one line says how to go on, and the program
//! ends with [`EXIT`].

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::report::words::Lang;

/// The exit code of a program that was interrupted: 128 and the number of SIGINT.
pub const EXIT: i32 = 130;

/// Tries to empty a folder into which other threads still write.
const TRIES: u32 = 200;

static GROUND: Mutex<Known> = Mutex::new(Known { folders: BTreeSet::new(), placed: false });

#[derive(Debug)]
struct Known {
    /// Temporary folders that are ours to remove.
    folders: BTreeSet<PathBuf>,
    /// A finished folder was put in its place.
    placed: bool,
}

/// The right to make temporary folders and to put results in their place. No signal is obeyed
/// while it is held: hold it for moments. Not to be taken twice by one thread.
#[derive(Debug)]
pub(crate) struct Ground(MutexGuard<'static, Known>);

impl Ground {
    /// Waits for it.
    pub(crate) fn hold() -> Self {
        // Whoever panicked with it has left a set of paths, which cannot be half changed.
        Self(GROUND.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A folder that goes if the program is interrupted.
    pub(crate) fn own(&mut self, folder: &Path) {
        // Those that ended well are gone, and need no mention by their owners.
        self.0.folders.retain(|known| known.exists());
        self.0.folders.insert(folder.to_owned());
    }

    /// The folder is no longer ours to remove: it is about to hold somebody's files.
    pub(crate) fn disown(&mut self, folder: &Path) {
        self.0.folders.remove(folder);
    }

    /// A finished folder stands in its place, and stays there unless that is one of ours.
    pub(crate) fn placed(&mut self, folder: &Path) {
        self.0.placed |= !self.0.folders.contains(folder);
    }
}

/// Obeys Ctrl-C and requests to end from now on, and tells so in `lang`.
///
/// What the caller's shell has switched off (`nohup`, a job in the background) stays off.
///
/// # Errors
/// The system gives no way to. The program then ends as any other does, and the next run sweeps up.
#[cfg(unix)]
pub fn obey(lang: Lang) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let obeyed: Vec<i32> =
        [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|&signal| !ignored(&status, signal)).collect();
    let mut signals = signal_hook::iterator::Signals::new(obeyed)?;
    let wait = move || {
        if signals.forever().next().is_some() {
            leave(lang);
        }
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(wait).map(drop)
}

/// Whether the caller had the signal ignored, by the process's status.
#[cfg(unix)]
fn ignored(status: &str, signal: i32) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    // Signals count from 1.
    u32::try_from(signal - 1).is_ok_and(|bit| mask.checked_shr(bit).unwrap_or(0) & 1 == 1)
}

/// Obeys Ctrl-C from now on, and tells so in `lang`.
///
/// # Errors
/// The system gives no way to. The program then ends as any other does, and the next run sweeps up.
#[cfg(windows)]
pub fn obey(lang: Lang) -> io::Result<()> {
    ctrlc::set_handler(move || leave(lang)).map_err(io::Error::other)
}

/// Nothing to obey is known here.
///
/// # Errors
/// None.
#[cfg(not(any(unix, windows)))]
#[allow(clippy::unnecessary_wraps)]
pub fn obey(_: Lang) -> io::Result<()> {
    Ok(())
}

/// Removes what is half written, says so, and ends the program.
#[allow(clippy::exit, reason = "the one place that ends the program from outside of main")]
fn leave(lang: Lang) {
    let ground = Ground::hold();
    // Work goes on in other threads until the end, and what fails there now need not be told.
    let mut err = io::stderr().lock();
    let left: Vec<&PathBuf> =
        ground.0.folders.iter().filter(|folder| !remove(folder, TRIES)).collect();
    // A bar may stand on the line.
    let clean = if io::stderr().is_terminal() { "\r\u{1b}[2K" } else { "" };
    // With stderr gone there is nobody left to tell.
    let _ = writeln!(err, "{clean}{}", message(lang, ground.0.placed));
    for folder in left {
        let _ = writeln!(err, "{}", folder.display());
    }
    std::process::exit(EXIT);
}

/// Whether the folder is gone.
fn remove(folder: &Path, tries: u32) -> bool {
    for _ in 0..tries {
        match std::fs::remove_dir_all(folder) {
            Ok(()) => return true,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !folder.exists() => {
                return true;
            }
            // Another thread made a file in it meanwhile.
            Err(_) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
    false
}

const fn message(lang: Lang, placed: bool) -> &'static str {
    match (lang, placed) {
        (Lang::En, false) => {
            "Interrupted: nothing half-written is left, what stood there before and the inputs are as they \
             were; to go on, run the same command again"
        }
        (Lang::Uk, false) => {
            "Перервано: нічого недописаного не лишилося, попередні результати й вхідні файли \
             незмінні; щоб продовжити, запустіть ту саму команду ще раз"
        }
        (Lang::En, true) => {
            "Interrupted when the results were whole already: they are in their place; to have the summary \
             again, run the same command again"
        }
        (Lang::Uk, true) => {
            "Перервано, коли результати вже були повні: вони на своєму місці; щоб знову \
             побачити підсумок, запустіть ту саму команду ще раз"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_into_which_somebody_writes_goes_all_the_same() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("busy");
        std::fs::create_dir(&folder).unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut i = 0;
                // Ends when the folder is gone, for then no file can be made.
                while std::fs::write(folder.join(i.to_string()), "x").is_ok() {
                    i += 1;
                }
            });
            std::thread::sleep(Duration::from_millis(5));
            assert!(remove(&folder, 10_000));
        });
        assert!(!folder.exists());
        assert!(remove(&folder, 1), "what is gone is gone");
    }

    #[cfg(unix)]
    #[test]
    fn signals_that_the_shell_ignores_stay_ignored() {
        // As `nohup` leaves it, and a shell without job control for its background.
        let status = "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000001\n";
        assert!(ignored(status, 1) && !ignored(status, 2) && !ignored(status, 15));
        assert!(ignored("SigIgn:\t0000000000000006\n", 2));
        assert!(!ignored("", 2) && !ignored("SigIgn:\tx\n", 2));
    }

    #[test]
    fn the_ground_knows_what_is_there_and_its_own() {
        let home = tempfile::tempdir().unwrap();
        let (a, b) = (home.path().join("a"), home.path().join("b"));
        std::fs::create_dir(&a).unwrap();
        std::fs::create_dir(&b).unwrap();
        let knows = |ground: &Ground, folder: &Path| ground.0.folders.contains(folder);
        {
            let mut ground = Ground::hold();
            ground.own(&a);
            ground.own(&b);
            assert!(knows(&ground, &a) && knows(&ground, &b));
            ground.disown(&a);
            assert!(!knows(&ground, &a) && knows(&ground, &b));
        }
        std::fs::remove_dir(&b).unwrap();
        let mut ground = Ground::hold();
        ground.own(&a);
        assert!(knows(&ground, &a) && !knows(&ground, &b));
        ground.disown(&a);
    }
}
