//! Input from which nothing can follow: a run refuses it before it writes, and goes on where it is
//! told to.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Told, assert_same, contents, manifest, run, small_folder, tell};

const JOB: &str = r#"
[job]
as_of = 2023-07-05
evidence_since = 2022-02-24

[[population]]
name = "pupils"
path = "pupils.csv"
[population.columns]
surname = "surname"
given_name = "given_name"
birth_date = "birth_date"

[[registry]]
name = "health"
path = "health.csv"
[registry.columns]
surname = "surname"
given_name = "given_name"
birth_date = "birth_date"
[registry.evidence]
kind = "present"
date = "day"
"#;

/// Invented people: surname, given name, birth date, day of evidence.
fn people(n: usize) -> Vec<[String; 4]> {
    let parts = ["Вига", "Дума", "Небу", "Каза", "Мрія", "Зоря", "Лепе", "Туман"];
    let ends = ["дко", "денко", "люк", "ський", "рич", "нюк", "бійло"];
    let names = ["Ївга", "Орест", "Захар", "Назар", "Зоряна"];
    let person = |i: usize| {
        let surname = format!("{}{}", parts[i % parts.len()], ends[i / 8 % ends.len()]);
        let born = format!("{:02}.{:02}.{}", 1 + i * 7 % 28, 1 + i * 5 % 12, 2008 + i % 9);
        [surname, names[i % 5].to_owned(), born, format!("2023-03-{:02}", 1 + i % 28)]
    };
    (0..n).map(person).collect()
}

fn csv(rows: &[[String; 4]]) -> String {
    let mut text = "surname;given_name;birth_date;day\n".to_owned();
    for row in rows {
        let _ = writeln!(text, "{}", row.join(";"));
    }
    text
}

fn folder(pupils: &[[String; 4]], health: &[[String; 4]]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("job.toml"), JOB).unwrap();
    fs::write(folder.path().join("pupils.csv"), csv(pupils)).unwrap();
    fs::write(folder.path().join("health.csv"), csv(health)).unwrap();
    folder
}

fn with(rows: usize, column: usize, value: &str) -> Vec<[String; 4]> {
    let mut all = people(80);
    for row in &mut all[..rows] {
        value.clone_into(&mut row[column]);
    }
    all
}

fn ask(folder: &Path, arguments: &[&str]) -> Told {
    tell(folder, &[&["run", "job.toml", "--out", "out", "-q"], arguments].concat())
}

#[test]
fn degenerate_input_is_refused_and_let_pass_where_it_is_allowed() {
    let sound = || people(80);
    let same = || vec![people(1)[0].clone(); 80];
    let cases = [
        ("undated", folder(&sound(), &with(75, 3, ""))),
        ("unfilled", folder(&sound(), &with(75, 2, ""))),
        ("unfilled", folder(&with(75, 1, "-"), &sound())),
        ("constant", folder(&sound(), &with(75, 2, "01.01.2010"))),
        ("empty", folder(&[], &sound())),
        ("constant,empty", folder(&same(), &sound())),
    ];
    let mut shown = String::new();
    for (kinds, folder) in cases {
        let before = contents(folder.path());
        for lang in ["en", "uk"] {
            let told = ask(folder.path(), &["--lang", lang]);
            assert_eq!((told.code, told.out.as_str()), (1, ""), "{kinds}: {}", told.err);
            for kind in kinds.split(',') {
                assert!(told.err.contains(&format!("--allow {kind}\n")), "{kinds}: {}", told.err);
            }
            let _ = writeln!(shown, "=== {kinds}\n{}", told.err);
        }
        // Nothing was written, not even for a moment that somebody could have seen.
        assert_same(&before, &contents(folder.path()));
        // Another kind is no leave.
        assert_eq!(ask(folder.path(), &["--allow", "links_everything"]).code, 1, "{kinds}");

        let told = ask(folder.path(), &["--allow", kinds]);
        assert_eq!(told.code, 0, "{kinds}: {}", told.shown(folder.path()));
        assert!(told.out.contains("\nWarning: "), "{kinds}: {}", told.out);
        let manifest = manifest(&folder.path().join("out"));
        assert_eq!(manifest["options"]["lang"], "uk", "the lists' own, where none is named");
        let allowed: Vec<&str> = kinds.split(',').collect();
        assert_eq!(manifest["options"]["allow"], json!(allowed));
        let warnings = manifest["warnings"].as_array().unwrap();
        for kind in allowed {
            assert!(warnings.iter().any(|warning| warning["kind"] == kind), "{warnings:?}");
        }
        assert_eq!(manifest["decisions"], Value::Null);
        assert_eq!(tell(folder.path(), &["verify", "out", "-q"]).code, 0, "{kinds}");
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn a_refused_run_leaves_the_earlier_one() {
    let folder = folder(&people(80), &people(80));
    let told = run(folder.path());
    assert!(!told.out.contains("Warning"), "{}", told.out);
    assert_eq!(manifest(&folder.path().join("out"))["warnings"], json!([]));
    let before = contents(&folder.path().join("out"));
    fs::write(folder.path().join("health.csv"), csv(&with(80, 3, ""))).unwrap();
    assert_eq!(ask(folder.path(), &[]).code, 1);
    assert_same(&before, &contents(&folder.path().join("out")));
    assert_eq!(ask(folder.path(), &["--allow", "all"]).code, 0);
}

#[test]
fn small_samples_and_empty_registers_are_not_refused() {
    let few = |column: usize, value: &str| with(80, column, value)[..40].to_vec();
    for health in [few(3, ""), few(2, "01.01.2010"), few(1, "")] {
        let folder = folder(&people(80), &health);
        let told = ask(folder.path(), &[]);
        assert_eq!(told.code, 0, "{}", told.err);
    }
    let folder = folder(&people(80), &[]);
    let told = ask(folder.path(), &[]);
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(told.out.contains("Warning: health: the register has no usable row"), "{}", told.out);
    let warnings = manifest(&folder.path().join("out"))["warnings"].clone();
    assert_eq!(
        warnings,
        json!([{"kind": "empty", "source": "health", "field": null, "share": 1.0, "of": 0}])
    );
    assert_eq!(manifest(&folder.path().join("out"))["options"]["allow"], json!([]));
}

/// A job may say one day for all rows, and then they are dated.
#[test]
fn rows_dated_by_the_job_are_dated() {
    let folder = folder(&people(80), &with(80, 3, ""));
    let job = JOB.replace("date = \"day\"", "date = \"day\"\ndated = 2023-07-01");
    fs::write(folder.path().join("job.toml"), job).unwrap();
    assert_eq!(ask(folder.path(), &[]).code, 0);
}

#[test]
fn a_model_that_tells_nothing_apart_is_refused() {
    let folder = small_folder(300);
    let told = tell(folder.path(), &["train", "job.toml", "-q"]);
    assert_eq!(told.code, 0, "{}", told.err);
    let path = folder.path().join("model.json");
    let mut model: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    for entry in model["registries"].as_array_mut().unwrap() {
        for comparison in entry["comparisons"].as_array_mut().unwrap() {
            let levels = comparison["levels"].as_array_mut().unwrap();
            let u = |level: &Value| level["u"].as_f64().unwrap().max(1e-9);
            let sum: f64 = levels.iter().map(u).sum();
            for level in levels {
                level["m"] = json!(u(level) / sum);
            }
        }
    }
    fs::write(&path, model.to_string()).unwrap();
    let told = ask(folder.path(), &["--model", "model.json"]);
    assert_eq!((told.code, told.out.as_str()), (1, ""), "{}", told.err);
    for register in ["births", "ehealth", "border"] {
        let line = format!("  {register}: the weights hardly tell one child from two");
        assert!(told.err.contains(&line), "{}", told.err);
    }
    assert!(!folder.path().join("out").exists());
    let told = ask(folder.path(), &["--model", "model.json", "--allow", "links_everything"]);
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(told.out.contains("Warning: births: "), "{}", told.out);
}
