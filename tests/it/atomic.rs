//! A run that is killed leaves nothing half written where anybody looks.

#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{assert_same, contents, run, sample_folder};

/// Folders in the making that hold at least one file.
fn unfinished(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let hidden =
        entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(".zvirka-"));
    let holds =
        |folder: &PathBuf| fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some());
    hidden.map(|entry| entry.path()).filter(holds).collect()
}

/// Starts a run and kills it as soon as it writes; whether it was caught writing.
fn killed_while_writing(folder: &Path) -> bool {
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("zvirka"))
        .args(["run", "job.toml", "--out", "out", "-q"])
        .current_dir(folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while start.elapsed() < Duration::from_mins(5) {
        if !unfinished(folder).is_empty() {
            // SIGKILL: nothing of the program runs any more.
            child.kill().unwrap();
            break;
        }
        if child.try_wait().unwrap().is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    child.wait().unwrap();
    !unfinished(folder).is_empty()
}

#[test]
fn a_run_that_is_killed_while_it_writes_leaves_the_earlier_one_and_the_next_cleans_up() {
    let folder = sample_folder();
    let out = folder.path().join("out");
    // The first run is killed, too: then there is no folder at all.
    let caught = (0..5).any(|_| killed_while_writing(folder.path()) && !out.exists());
    assert!(caught, "no run could be killed while it wrote");

    run(folder.path());
    assert_eq!(unfinished(folder.path()), Vec::<PathBuf>::new(), "the next run cleans up");
    fs::write(out.join("рішення.txt"), "наше").unwrap();
    let before = contents(&out);
    let caught = (0..5).any(|_| killed_while_writing(folder.path()));
    assert!(caught, "no run could be killed while it wrote");
    assert_same(&before, &contents(&out));

    run(folder.path());
    assert_eq!(unfinished(folder.path()), Vec::<PathBuf>::new());
    let (mut before, mut after) = (before, contents(&out));
    before.remove("timings.json");
    after.remove("timings.json");
    assert_same(&before, &after);
}
