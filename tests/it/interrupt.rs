//! A run that is asked to end leaves nothing half written, and says how to go on.

#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::support::{assert_same, contents, run, small_folder};

/// Enough for a run to take a second or so.
const CHILDREN: u64 = 3_000;

/// Ours that lie beside the run's folder.
fn temporary(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let ours = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(".zvirka-"));
    ours.map(|entry| entry.path()).collect()
}

/// Runs and sends the signal as soon as `now` says so.
fn interrupted(
    folder: &Path,
    arguments: &[&str],
    signal: &str,
    now: impl Fn(Duration) -> bool,
) -> Output {
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("zvirka"))
        .args(["run", "job.toml", "--out", "out"])
        .args(arguments)
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() && !now(start.elapsed()) {
        std::thread::sleep(Duration::from_millis(1));
    }
    // Where it ended by itself there is nobody to send to.
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).output();
    sent.expect("there is `kill`");
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Whether the shell that started the tests has switched off Ctrl-C, as for its background.
fn deaf() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|m| m >> 1 & 1 == 1)
}

#[test]
fn ctrl_c_leaves_no_folder_where_there_was_none_and_says_how_to_go_on() {
    let folder = small_folder(CHILDREN);
    let inputs = contents(folder.path());
    let signal = if deaf() { "-TERM" } else { "-INT" };
    // In the middle of linking.
    let soon = |elapsed| elapsed > Duration::from_millis(150);
    let english = interrupted(folder.path(), &[], signal, soon);
    assert_eq!(english.status.code(), Some(130), "{}", text(&english.stderr));
    assert!(english.stdout.is_empty(), "no summary of a run that was broken off");
    let told = text(&english.stderr);
    let last = told.lines().last().unwrap();
    assert!(
        last.starts_with("Interrupted") && last.contains("run the same command again"),
        "{told}"
    );
    assert_same(&inputs, &contents(folder.path()));

    let ukrainian = interrupted(folder.path(), &["--lang", "uk", "-q"], "-TERM", soon);
    assert_eq!(ukrainian.status.code(), Some(130));
    let told = text(&ukrainian.stderr);
    assert!(told.starts_with("Перервано") && told.contains("ту саму команду"), "{told}");
    assert_eq!(told.lines().count(), 1, "one line: {told}");
    assert_same(&inputs, &contents(folder.path()));
}

#[test]
fn a_signal_while_the_folder_is_written_or_swapped_leaves_the_old_run_or_the_new_one() {
    let folder = small_folder(CHILDREN);
    let out = folder.path().join("out");
    run(folder.path());
    fs::write(out.join("рішення.txt"), "наше").unwrap();
    let old = contents(&out);
    let new_run = ["--lang", "uk"];
    let (mut broken_off, mut done) = (0, 0);
    for round in 0..12_u32 {
        let writes = || !temporary(folder.path()).is_empty();
        // From the first moment of writing to the last and beyond.
        let since = std::cell::Cell::new(None);
        let output = interrupted(folder.path(), &new_run, "-TERM", |elapsed| {
            if since.get().is_none() && writes() {
                since.set(Some(elapsed));
            }
            since.get().is_some_and(|since| elapsed > since + Duration::from_millis(60) * round)
        });
        assert_eq!(temporary(folder.path()), Vec::<PathBuf>::new(), "round {round}");
        let files = contents(&out);
        assert_eq!(files.get("рішення.txt"), old.get("рішення.txt"), "people's files stay");
        // Nothing but the timings tells two runs of one job apart.
        if files["timings.json"] == old["timings.json"] {
            assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
            assert_same(&old, &files);
            broken_off += 1;
        } else {
            // The folder is the new one, whole, whatever the code: the same bytes as of a run in peace.
            assert!(matches!(output.status.code(), Some(0 | 130)));
            let names = |files: &std::collections::BTreeMap<String, Vec<u8>>| -> Vec<String> {
                files.keys().cloned().collect()
            };
            assert_eq!(names(&files), names(&old));
            done += 1;
            run(folder.path());
        }
        if broken_off > 2 && done > 0 {
            break;
        }
        if done > 0 {
            // Put the old one back, byte for byte but for the timings.
            let timings = fs::read(out.join("timings.json")).unwrap();
            assert!(!timings.is_empty());
            fs::write(out.join("timings.json"), &old["timings.json"]).unwrap();
        }
    }
    assert!(broken_off > 0, "no run was caught while it wrote");
}
