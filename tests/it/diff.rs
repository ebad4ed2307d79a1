//! `zvirka diff`: two runs of which one thing differs, and what that is attributed to.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::determinism::shuffle_csv;
use crate::support::{append, csv_table, family_folder, masked, run, small_folder, tell};

/// The folders of two runs, before and after a change: `old` and `new` in the folder.
fn two_runs(folder: &Path, change: impl FnOnce(&Path)) {
    run(folder);
    fs::rename(folder.join("out"), folder.join("old")).unwrap();
    change(folder);
    run(folder);
    fs::rename(folder.join("out"), folder.join("new")).unwrap();
}

fn json(folder: &Path, old: &str, new: &str) -> Value {
    let told = tell(folder, &["diff", old, new, "--json"]);
    assert_eq!((told.code, told.err.as_str()), (0, ""), "{}", told.out);
    serde_json::from_str(&told.out).unwrap()
}

fn text(folder: &Path, arguments: &[&str]) -> String {
    let told = tell(folder, &[&["diff"], arguments].concat());
    assert_eq!((told.code, told.err.as_str()), (0, ""), "{}", told.out);
    told.out
}

/// The change of one child.
fn of<'a>(diff: &'a Value, child: &str) -> &'a Value {
    let changes = diff["changes"].as_array().unwrap();
    let found = changes.iter().find(|change| change["child"] == child);
    found.unwrap_or_else(|| panic!("{child} has not changed: {diff:#}"))
}

fn edit(folder: &Path, name: &str, change: impl FnOnce(String) -> String) {
    let path = folder.join(name);
    let text = fs::read_to_string(&path).unwrap();
    let changed = change(text.clone());
    assert_ne!(text, changed, "{name} is to change");
    fs::write(path, changed).unwrap();
}

#[test]
fn a_row_that_is_taken_from_a_register_is_data_both_ways() {
    let folder = family_folder();
    two_runs(folder.path(), |folder| {
        edit(folder, "vpo.csv", |text| {
            let kept = text.lines().filter(|line| !line.starts_with("1-т,"));
            kept.map(|line| format!("{line}\n")).collect()
        });
    });
    let diff = json(folder.path(), "old", "new");
    let change = of(&diff, "kurs:т-1");
    assert_eq!(change["kind"], "entered");
    assert_eq!(change["causes"][0], "data", "{change:#}");
    let first = &change["differences"][0];
    assert_eq!(first["what"], "row_went");
    assert_eq!(first["old"]["registry"], "idp");
    assert_eq!(first["old"]["id"], "1-т");
    assert_eq!(first["old"]["evidence_date"], "2023-03-10");

    // The other way, the child has left the list, stands first, and nobody is unexplained.
    let diff = json(folder.path(), "new", "old");
    let change = of(&diff, "kurs:т-1");
    assert_eq!((&change["kind"], &change["causes"][0]), (&"left".into(), &"data".into()));
    assert_eq!(change["differences"][0]["what"], "row_came");
    assert_eq!(diff["left_unexplained"].as_array().unwrap().len(), 0, "{diff:#}");
    let told = text(folder.path(), &["new", "old"]);
    assert!(told.contains(" left the list, and it is explained\n") || told.contains("; all "));
    assert!(
        told.contains("[1-т]: the row is new, or was nobody's: displaced, 2023-03-10; accepted"),
        "{told}"
    );
    let told = text(folder.path(), &["new", "old", "--lang", "uk"]);
    assert!(told.contains("[1-т]: рядок новий або досі нічий"), "{told}");
    // No names, in whatever form.
    for name in ["Вигадайло", "Ївга", "14.05.2012", "2012-05-14", "730144"] {
        assert!(!told.contains(name) && !diff.to_string().contains(name), "{name}");
    }

    // The table has them all, and replaces what is there.
    let table = folder.path().join("changes.csv");
    text(folder.path(), &["new", "old", "--out", "changes.csv", "--lang", "uk"]);
    let rows = csv_table(&table);
    assert_eq!(rows.len(), diff["changes"].as_array().unwrap().len());
    let row = rows.iter().find(|row| row["child"] == "kurs:т-1").unwrap();
    assert_eq!(row["kind"], "left");
    assert_eq!(
        (row["old_status"].as_str(), row["new_status"].as_str()),
        ("unconfirmed", "confirmed")
    );
    assert!(row["explanation"].contains("рядок новий"), "{row:?}");
    assert!(fs::read(&table).unwrap().starts_with("\u{feff}".as_bytes()));
}

#[test]
fn another_day_from_which_evidence_counts_is_the_rule() {
    let folder = family_folder();
    two_runs(folder.path(), |folder| {
        edit(folder, "job.toml", |text| {
            text.replace("evidence_since = 2022-02-24", "evidence_since = 2023-03-11")
        });
    });
    let diff = json(folder.path(), "old", "new");
    let change = of(&diff, "kurs:т-1");
    assert_eq!(change["kind"], "entered");
    assert_eq!(change["causes"], serde_json::json!(["rule"]), "{change:#}");
    assert_eq!(change["differences"][0]["what"], "counts");
    for change in diff["changes"].as_array().unwrap() {
        assert_eq!(change["causes"], serde_json::json!(["rule"]), "{change:#}");
    }
    assert_eq!(diff["runs"]["settings"][0]["key"], "evidence_since");
    let told = text(folder.path(), &["old", "new"]);
    assert!(told.contains("rule: evidence_since 2022-02-24 → 2023-03-11; the job file"), "{told}");
    assert!(told.contains("counts → too old (evidence_since 2022-02-24 → 2023-03-11)"), "{told}");
    assert!(told.contains("\nNo child left the list\n"), "{told}");
}

#[test]
fn a_school_row_that_is_corrected_is_data() {
    let folder = family_folder();
    let wrong = "т-9;Плутанко Нестор Хибович;І-МИ № 730999;01.02.2009;ч;20815247;8-А;;";
    let right = "т-9;Вигадайко Одарка Пробівна;І-МИ № 731144;19.05.2013;ж;20815247;5-А;;";
    let kurs = folder.path().join("kurs.csv");
    let before = fs::read(&kurs).unwrap();
    append(&kurs, encoding_rs::WINDOWS_1251, &[wrong]);
    append(
        &folder.path().join("vpo.csv"),
        encoding_rs::UTF_8,
        &["9-т,Вигадайко,Одарка,Пробівна,19.05.2013,І-МИ № 731144,,10.03.2023"],
    );
    two_runs(folder.path(), |_| {
        fs::write(&kurs, before).unwrap();
        append(&kurs, encoding_rs::WINDOWS_1251, &[right]);
    });
    let diff = json(folder.path(), "old", "new");
    let change = of(&diff, "kurs:т-9");
    assert_eq!(change["kind"], "left");
    assert_eq!(change["causes"][0], "data", "{change:#}");
    assert_eq!(diff["left_unexplained"].as_array().unwrap().len(), 0, "{diff:#}");
    assert_eq!(diff["runs"]["sources"][1], "differs");
}

#[test]
fn other_costs_are_the_rule() {
    let folder = small_folder(300);
    two_runs(folder.path(), |folder| {
        edit(folder, "job.toml", |text| {
            text.replace("hidden_child_cost = 10000", "hidden_child_cost = 2")
        });
    });
    let diff = json(folder.path(), "old", "new");
    let changes = diff["changes"].as_array().unwrap();
    assert!(!changes.is_empty(), "so low a threshold accepts more");
    for change in changes {
        assert_eq!(change["causes"], serde_json::json!(["rule"]), "{change:#}");
    }
    assert!(diff["left_list"].as_u64().unwrap() > 0);
    let told = text(folder.path(), &["old", "new"]);
    assert!(told.contains("rule: hidden_child_cost 10000 → 2"), "{told}");
}

#[test]
fn rows_in_another_order_change_nobody() {
    let folder = family_folder();
    two_runs(folder.path(), |folder| {
        for (name, delimiter) in [("kurs.csv", b';'), ("vpo.csv", b','), ("border.csv", b',')] {
            shuffle_csv(&folder.join(name), delimiter, 7);
        }
    });
    let diff = json(folder.path(), "old", "new");
    assert_eq!(diff["changes"], serde_json::json!([]));
    assert_eq!(diff["runs"]["model"], false);
    let told = masked(&text(folder.path(), &["old", "new"]));
    insta::assert_snapshot!("rows_in_another_order", told);
    let told = masked(&text(folder.path(), &["old", "old", "--lang", "uk"]));
    insta::assert_snapshot!("a_run_and_itself", told);
}

#[test]
fn a_model_that_is_given_is_the_model() {
    let folder = family_folder();
    run(folder.path());
    fs::rename(folder.path().join("out"), folder.path().join("old")).unwrap();
    let other = small_folder(300);
    let told = tell(other.path(), &["train", "job.toml", "-o", "other.json"]);
    assert_eq!(told.code, 0, "{}", told.err);
    let model = other.path().join("other.json");
    let told = tell(
        folder.path(),
        &["run", "job.toml", "--out", "new", "--model", model.to_str().unwrap()],
    );
    assert_eq!(told.code, 0, "{}", told.err);
    let diff = json(folder.path(), "old", "new");
    assert!(!diff["changes"].as_array().unwrap().is_empty(), "other weights judge otherwise");
    for change in diff["changes"].as_array().unwrap() {
        assert_eq!(change["causes"], serde_json::json!(["model"]), "{change:#}");
    }
    let told = text(folder.path(), &["old", "new"]);
    assert!(told.contains("model: model.json differs: another model was given\n"), "{told}");
}

#[test]
fn what_cannot_be_compared_is_told_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let told = tell(folder.path(), &["diff", "june", "july"]);
    assert_eq!((told.code, told.out.as_str()), (1, ""));
    assert!(told.err.contains("the old run: ") && told.err.contains("hint: "), "{}", told.err);
    let told = tell(folder.path(), &["diff", "june", "july", "--out", "changes.xlsx"]);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("name a file that ends in .csv"), "{}", told.err);
}
