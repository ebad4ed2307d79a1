//! Timings, memory, and the bench.

use std::fs;

use crate::support::{run, small_folder, tell};

#[test]
fn timings_stand_in_their_file_and_on_the_terminal_if_asked_for() {
    let folder = small_folder(300);
    let told = tell(folder.path(), &["run", "job.toml", "--out", "out", "--timings"]);
    assert_eq!(told.code, 0, "{}", told.shown(folder.path()));
    let head = told.err.lines().position(|line| line.starts_with("stage ")).unwrap();
    let keys: Vec<&str> =
        told.err.lines().skip(head + 1).map(|l| l.split_whitespace().next().unwrap()).collect();
    assert_eq!(keys[..5], ["read", "names", "join_records", "link:births", "estimate:births"]);
    assert_eq!(keys.last(), Some(&"all"));

    let text = fs::read_to_string(folder.path().join("out/timings.json")).unwrap();
    let timings: serde_json::Value = serde_json::from_str(&text).unwrap();
    let stages = timings["stages"].as_array().unwrap();
    let of =
        |key: &str| stages.iter().find(|s| s["stage"] == key).unwrap_or_else(|| panic!("{key}"));
    let named: Vec<&str> = stages.iter().map(|s| s["stage"].as_str().unwrap()).collect();
    assert_eq!(named, keys[..keys.len() - 1]);
    assert!(stages.iter().all(|stage| stage["seconds"].as_f64().unwrap() >= 0.0));
    assert!(of("read")["rows"].as_u64().unwrap() > 600);
    let manifest = crate::support::manifest(&folder.path().join("out"));
    assert_eq!(of("link:births")["pairs"], manifest["counts"]["births.pairs_compared"]);
    assert!(of("decide").is_object() && of("write:candidates.xlsx").is_object());
    if cfg!(target_os = "linux") {
        assert!(of("write")["peak_bytes"].as_u64().unwrap() > 1 << 20);
    }
    let without = run(folder.path());
    assert!(!without.err.contains("stage "), "{}", without.err);
}

#[test]
fn a_bound_of_memory_is_kept_or_refused_with_the_remedy() {
    let folder = small_folder(300);
    let told = tell(folder.path(), &["run", "job.toml", "--out", "out", "--memory", "4GiB"]);
    assert_eq!(told.code, 0, "{}", told.shown(folder.path()));
    let about = told.err.lines().find(|line| line.contains("of memory will be needed")).unwrap();
    assert!(about.contains("rows of schools"), "{about}");

    let told = tell(folder.path(), &["run", "job.toml", "--out", "new", "--memory", "1MiB"]);
    assert_eq!((told.code, told.out.as_str()), (1, ""), "{}", told.err);
    assert!(told.err.contains("--memory 1.0 MiB is too little"), "{}", told.err);
    let remedy = told.err.split("allow at least ").nth(1).unwrap().split(',').next().unwrap();
    assert!(!folder.path().join("new").exists(), "refused before anything is written");
    let told = tell(folder.path(), &["run", "job.toml", "--out", "new", "--memory", remedy]);
    assert_eq!(told.code, 0, "the remedy helps: {}", told.err);

    for wrong in ["0", "four", "-1GiB"] {
        let bound = format!("--memory={wrong}");
        let told = tell(folder.path(), &["run", "job.toml", &bound]);
        assert_eq!(told.code, 2, "{wrong}: {}", told.err);
        assert!(told.err.contains("such as 4GiB"), "{}", told.err);
    }
}

#[test]
fn bench_measures_whole_jobs_with_their_quality_and_the_floor() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["bench", "--children", "300,600", "--dir", "kept", "--threads", "2", "-q"];
    let told = tell(folder.path(), &arguments);
    assert_eq!(told.code, 0, "{}", told.shown(folder.path()));
    let rows: Vec<Vec<&str>> = told
        .out
        .lines()
        .filter(|line| line.starts_with("| 300 ") || line.starts_with("| 600 "))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    let jobs: Vec<(&str, &str)> = rows.iter().map(|row| (row[1], row[2])).collect();
    let (all, pair) = ("all registers", "aikom × births");
    assert_eq!(jobs, [("300", all), ("300", pair), ("600", all), ("600", pair)]);
    for row in &rows {
        assert_eq!(row.len(), 20, "{row:?}");
        assert!(row[3].parse::<u64>().unwrap() > 500, "rows: {row:?}");
        assert!(row[15].parse::<f64>().unwrap() > 0.8, "recall of links: {row:?}");
    }
    assert!(told.out.contains("From 300 to 600 children") && told.out.contains("2 threads on"));
    let kept = folder.path().join("kept/300-1");
    assert!(kept.join("job.toml").exists() && !kept.join("out").exists(), "inputs stay, runs go");

    let told = tell(folder.path(), &["bench", "--children", "5"]);
    assert_eq!(told.code, 2, "{}", told.err);
}
