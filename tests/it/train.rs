//! `zvirka train`, and runs with what it has learned.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Told, contents, lasting, manifest, run, sample_folder, small_folder, tell};

fn train(folder: &Path, arguments: &[&str]) -> Told {
    let told = tell(folder, &[&["train", "job.toml"], arguments].concat());
    assert_eq!(told.code, 0, "{}", told.shown(folder));
    told
}

fn model(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// A level of a comparison of a register.
fn level<'a>(model: &'a Value, register: &str, comparison: &str, level: &str) -> &'a Value {
    let find = |list: &'a Value, key: &str, name: &str| {
        let mut list = list.as_array().unwrap().iter();
        list.find(|item| item[key] == name).unwrap_or_else(|| panic!("no {name}"))
    };
    let register = find(&model["registries"], "name", register);
    find(&find(&register["comparisons"], "key", comparison)["levels"], "name", level)
}

#[test]
fn a_run_with_the_model_that_it_would_train_gives_the_same_bytes() {
    let folder = sample_folder();
    run(folder.path());
    let told = train(folder.path(), &["--threads", "1"]);
    assert!(told.out.contains("births: records "), "{}", told.out);
    train(folder.path(), &["-o", "two.json", "--threads", "2", "--quiet"]);
    let (one, two) =
        (folder.path().join("model.json"), fs::read(folder.path().join("two.json")).unwrap());
    let one = fs::read(one).unwrap();
    assert!(one == two, "threads change the model");
    let mut before = lasting(&folder.path().join("out"));
    assert!(before["model.json"] == one, "train and run differ");

    let told = tell(folder.path(), &["run", "job.toml", "--out", "again", "--model", "model.json"]);
    assert_eq!(told.code, 0, "{}", told.shown(folder.path()));
    let mut after = lasting(&folder.path().join("again"));
    for files in [&mut before, &mut after] {
        files.remove("manifest.json").unwrap();
    }
    crate::support::assert_same(&before, &after);
    let [before, after] = ["out", "again"].map(|out| manifest(&folder.path().join(out)));
    assert_eq!(before["model"], Value::Null);
    assert_eq!(after["model"]["file"], "model.json");
    assert_eq!(after["model"]["blake3"], blake3::hash(&one).to_hex().as_str());
    assert_eq!(before["counts"], after["counts"]);
}

#[test]
fn a_model_shows_every_parameter_and_round() {
    let folder = sample_folder();
    train(folder.path(), &["-q"]);
    let model = model(&folder.path().join("model.json"));
    assert_eq!(model["version"], 2);
    let registries = model["registries"].as_array().unwrap();
    assert_eq!(registries.len(), 6);
    for entry in registries.iter().chain([&model["population"]]) {
        for key in ["records", "matches", "lambda", "coverage"] {
            assert!(entry[key].as_f64().unwrap() > 0.0, "{key} of {}", entry["name"]);
        }
        let comparisons = entry["comparisons"].as_array().unwrap();
        assert_eq!(comparisons.len(), 11);
        for comparison in comparisons {
            let levels = comparison["levels"].as_array().unwrap();
            let sum =
                |key: &str| levels.iter().map(|level| level[key].as_f64().unwrap()).sum::<f64>();
            assert!((sum("m") - 1.0).abs() < 1e-9 && (sum("prior") - 1.0).abs() < 1e-9);
            for level in levels {
                let number = |key: &str| level[key].as_f64().unwrap();
                assert!((number("weight") - (number("m") / number("u")).log2()).abs() < 1e-9);
            }
        }
    }
    let births = registries.iter().find(|entry| entry["name"] == "births").unwrap();
    let sets = births["training"].as_array().unwrap();
    assert!(sets.len() > 3);
    for set in sets {
        let history = set["history"].as_array().unwrap();
        let penalised: Vec<f64> =
            history.iter().map(|round| round["penalised"].as_f64().unwrap()).collect();
        assert!(penalised.windows(2).all(|pair| pair[1] >= pair[0] - 1e-6), "{penalised:?}");
        assert_eq!(history.last().unwrap()["round"], set["rounds"]);
        let best = usize::try_from(set["best"].as_u64().unwrap()).unwrap();
        let reached = set["penalised"][best].as_f64().unwrap();
        assert!((penalised.last().unwrap() - reached).abs() < 1e-5);
    }
}

#[test]
fn a_register_that_the_model_lacks_is_trained_and_said_so() {
    let folder = sample_folder();
    run(folder.path());
    train(folder.path(), &["-q"]);
    let path = folder.path().join("model.json");
    let mut model = model(&path);
    model["registries"].as_array_mut().unwrap().retain(|entry| entry["name"] != "births");
    fs::write(&path, model.to_string()).unwrap();
    let told = tell(folder.path(), &["run", "job.toml", "--out", "again", "--model", "model.json"]);
    assert_eq!(told.code, 0);
    assert!(told.err.contains("has nothing of `births`"), "{}", told.err);
    let [before, after] = ["out", "again"].map(|out| contents(&folder.path().join(out)));
    assert!(before["links.parquet"] == after["links.parquet"]);
}

#[test]
fn the_m_of_the_model_is_what_weighs() {
    let folder = sample_folder();
    train(folder.path(), &["-q"]);
    let path = folder.path().join("model.json");
    let mut model = model(&path);
    // Surnames agree on nearly every pair of one child, as somebody knows who edits this.
    for entry in model["registries"].as_array_mut().unwrap() {
        for level in entry["comparisons"][0]["levels"].as_array_mut().unwrap() {
            level["m"] = if level["name"] == "exact" { 0.992 } else { 0.001 }.into();
        }
    }
    fs::write(&path, model.to_string()).unwrap();
    let told = tell(folder.path(), &["run", "job.toml", "--out", "out", "--model", "model.json"]);
    assert_eq!(told.code, 0, "{}", told.shown(folder.path()));
    let used = self::model(&folder.path().join("out/model.json"));
    let m = level(&used, "births", "surname", "exact")["m"].as_f64().unwrap();
    assert!((m - 0.992).abs() < 0.005, "{m}");
}

#[test]
fn a_model_that_does_not_fit_is_refused_before_anything_is_read() {
    let folder = sample_folder();
    train(folder.path(), &["-q"]);
    let path = folder.path().join("model.json");
    let good = model(&path);
    let mut shown = String::new();
    let mut old = good.clone();
    old["version"] = 1.into();
    let mut other = good.clone();
    other["registries"][0]["comparisons"][3]["levels"].as_array_mut().unwrap().pop();
    for text in [old.to_string(), other.to_string(), "{\"version\": ".to_owned()] {
        fs::write(&path, text).unwrap();
        let told =
            tell(folder.path(), &["run", "job.toml", "--out", "out", "--model", "model.json"]);
        assert_eq!(told.code, 1);
        let _ = writeln!(shown, "{}", told.shown(folder.path()));
        assert!(!folder.path().join("out").exists());
    }
    let told = tell(folder.path(), &["run", "job.toml", "--out", "out", "--model", "none.json"]);
    let _ = writeln!(shown, "{}", told.shown(folder.path()));
    insta::assert_snapshot!(shown);
}

#[test]
fn nothing_is_written_over_unless_it_is_asked_for() {
    let folder = sample_folder();
    let path = folder.path().join("model.json");
    fs::write(&path, "mine").unwrap();
    let told = tell(folder.path(), &["train", "job.toml"]);
    assert_eq!(told.code, 2, "{}", told.shown(folder.path()));
    assert!(told.err.contains("--force"), "{}", told.err);
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    train(folder.path(), &["-q", "--force"]);
    assert_eq!(model(&path)["version"], 2);
    // What the job reads is not written over at all.
    for read in ["job.toml", "border.csv"] {
        let before = fs::read(folder.path().join(read)).unwrap();
        let told = tell(folder.path(), &["train", "job.toml", "-o", read, "--force"]);
        assert_eq!(told.code, 2, "{}", told.shown(folder.path()));
        assert_eq!(fs::read(folder.path().join(read)).unwrap(), before);
    }
}

#[test]
fn labels_move_a_register_that_is_at_the_prior() {
    let folder = small_folder(600);
    train(folder.path(), &["-q", "-o", "before.json"]);
    let before = model(&folder.path().join("before.json"));
    let exact = |model: &Value| level(model, "missing", "surname", "exact")["m"].as_f64().unwrap();
    let missing = before["registries"].as_array().unwrap();
    let missing = missing.iter().find(|entry| entry["name"] == "missing").unwrap();
    assert_eq!(missing["training"].as_array().unwrap().len(), 0, "it is too small to train on");
    assert!((exact(&before) - 0.9).abs() < 0.02);

    // Rows whatever they are: by these labels, surnames of one child hardly ever agree.
    let mut labels = "source,row,registry,registry_row,same,weight\n".to_owned();
    for row in 0..40 {
        let _ =
            writeln!(labels, "aikom,{row},missing,0,{},20", if row < 30 { "yes" } else { "no" });
    }
    labels.push_str("aikom,0,missing,0,,1\n");
    fs::write(folder.path().join("labels.csv"), &labels).unwrap();
    let told = train(folder.path(), &["-o", "after.json", "--labels", "labels.csv"]);
    assert!(told.out.contains("Judged by people: 600 pairs of one child, 200 pairs of two"));
    let after = model(&folder.path().join("after.json"));
    assert!(exact(&after) < 0.2, "{}", exact(&after));
    // Other registers are as they were.
    let births = |model: &Value| level(model, "births", "surname", "exact").clone();
    assert_eq!(births(&before), births(&after));
    // The order of labels is of no matter.
    let mut rows: Vec<&str> = labels.lines().collect();
    rows[1..].reverse();
    fs::write(folder.path().join("labels.csv"), rows.join("\n")).unwrap();
    train(folder.path(), &["-q", "-o", "turned.json", "--labels", "labels.csv"]);
    let [after, turned] =
        ["after.json", "turned.json"].map(|name| fs::read(folder.path().join(name)).unwrap());
    assert!(after == turned);
    // A run learns from them, too, and says from which.
    let told = tell(folder.path(), &["run", "job.toml", "--out", "out", "--labels", "labels.csv"]);
    assert_eq!(told.code, 0, "{}", told.shown(folder.path()));
    assert!(fs::read(folder.path().join("out/model.json")).unwrap() == after);
    assert_eq!(manifest(&folder.path().join("out"))["labels"]["file"], "labels.csv");
}

#[test]
fn labels_of_what_is_not_there_are_told_by_row() {
    let folder = small_folder(200);
    let mut shown = String::new();
    for row in [
        "aikom,0,deaths,100000,yes",
        "births,0,deaths,0,yes",
        "aikom,0,nowhere,0,yes",
        "aikom,3,aikom,3,yes",
        "aikom,3,deaths,0,perhaps",
    ] {
        let text = format!("source,row,registry,registry_row,same\naikom,0,births,0,no\n{row}\n");
        fs::write(folder.path().join("labels.csv"), text).unwrap();
        let told = tell(folder.path(), &["train", "job.toml", "-q", "--labels", "labels.csv"]);
        assert_eq!(told.code, 1);
        shown.push_str(&told.err);
    }
    insta::assert_snapshot!(shown);
}
