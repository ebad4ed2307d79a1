use serde_json::json;

use super::*;

fn checked(file: &str, state: State) -> Checked {
    Checked { file: file.to_owned(), state }
}

fn sound() -> Verification {
    let input =
        |file: &str| CheckedInput { source: "kurs".to_owned(), file: checked(file, State::Same) };
    Verification {
        holds: true,
        name: "july".to_owned(),
        as_of: jiff::civil::date(2023, 7, 5),
        seal: Seal {
            stated: Some("5ea1".to_owned()),
            computed: "5ea1".to_owned(),
            noted: Some("5ea1".to_owned()),
            intact: true,
            as_noted: Some(true),
        },
        files: vec![checked("links.parquet", State::Same), checked("report.html", State::Same)],
        others: vec!["рішення.txt".to_owned()],
        inputs: Inputs {
            job: Some(checked("job.toml", State::Same)),
            problems: Vec::new(),
            inputs: vec![input("kurs.csv")],
            model: Some(checked("model.json", State::Same)),
            labels: None,
            previous: None,
        },
        program: Program { made_by: Some("0.1.0".to_owned()), this: "0.1.0", same: Some(true) },
        again: Again::Done { files: 3, differences: Vec::new() },
    }
}

fn broken() -> Verification {
    let difference = |file: &str| Difference {
        file: file.to_owned(),
        state: State::Changed,
        as_in_manifest: false,
        first_byte: Some(1_234),
        rows: None,
        key: None,
    };
    let input =
        |file: &str, state| CheckedInput { source: "kurs".to_owned(), file: checked(file, state) };
    Verification {
        holds: false,
        seal: Seal {
            stated: Some("bad".to_owned()),
            noted: Some("0ther".to_owned()),
            intact: false,
            as_noted: Some(false),
            ..sound().seal
        },
        files: vec![
            checked("links.parquet", State::Changed),
            checked("model.json", State::Missing),
            checked("errors.json", State::Unknown),
            checked("report.html", State::Unreadable),
        ],
        others: Vec::new(),
        inputs: Inputs {
            job: Some(checked("job.toml", State::Changed)),
            problems: vec!["job.toml:3: no such key".to_owned()],
            inputs: vec![input("kurs.csv", State::Changed), input("kurs-2.csv", State::Unknown)],
            model: None,
            labels: Some(checked("labels.csv", State::Missing)),
            previous: None,
        },
        program: Program { made_by: Some("0.0.9".to_owned()), this: "0.1.0", same: Some(false) },
        again: Again::Done {
            files: 12,
            differences: vec![
                Difference { rows: Some(3), as_in_manifest: true, ..difference("links.parquet") },
                Difference { key: Some("counts.kurs".to_owned()), ..difference("manifest.json") },
            ],
        },
        ..sound()
    }
}

#[test]
fn a_verification_in_words() {
    let mut text = String::new();
    let not_sealed = Verification {
        seal: Seal { stated: None, intact: false, noted: None, as_noted: None, ..sound().seal },
        inputs: Inputs::default(),
        program: Program { same: None, ..sound().program },
        again: Again::NotPossible,
        ..broken()
    };
    let failed = Verification {
        holds: false,
        again: Again::Failed { reason: "no space".to_owned() },
        ..sound()
    };
    let quick = Verification { again: Again::NotAsked, ..sound() };
    for lang in [Lang::En, Lang::Uk] {
        for found in [sound(), quick.clone(), broken(), not_sealed.clone(), failed.clone()] {
            text.push_str(&found.to_text(lang));
            text.push('\n');
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_verification_for_programs() {
    insta::assert_json_snapshot!(json!([sound().to_json(), broken().to_json()]));
}

/// A manifest of a run in a folder of its own.
fn folder(value: &Value) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("manifest.json"), report::manifest_text(value)).unwrap();
    folder
}

fn manifest() -> Value {
    let open = json!({
        "job": {"name": "july", "as_of": "2023-07-05", "evidence_since": "2022-02-24"},
        "inputs": [],
        "outputs": [],
    });
    let mut sealed = json!({"seal": report::seal(&open)});
    for (key, value) in open.as_object().unwrap() {
        sealed[key] = value.clone();
    }
    sealed
}

fn look(dir: &Path, seal: Option<&str>) -> Verification {
    let request = Request { dir, job: None, quick: true, seal, threads: None };
    verify(request, &crate::progress::Silent).unwrap()
}

#[test]
fn an_edited_manifest_breaks_its_seal_and_one_sealed_anew_is_not_the_noted_one() {
    let first = manifest();
    let seal = first["seal"].as_str().unwrap().to_owned();
    let good = folder(&first);
    let found = look(good.path(), Some(&seal.to_uppercase()));
    assert!(found.seal.holds() && found.seal.as_noted == Some(true));
    // Nobody knows where the job is.
    assert!(!found.holds && found.inputs.job.is_none());

    let mut edited = first.clone();
    edited["job"]["name"] = json!("june");
    assert!(!look(folder(&edited).path(), None).seal.holds());
    edited["seal"] = json!(report::seal(&edited));
    let again = folder(&edited);
    assert!(look(again.path(), None).seal.holds());
    assert!(!look(again.path(), Some(&seal)).seal.holds());

    let mut open = first.clone();
    open.as_object_mut().unwrap().shift_remove("seal");
    assert!(!look(folder(&open).path(), None).seal.holds());
    // The same JSON in another form, or with a key twice, is not what a run writes.
    let text = report::manifest_text(&first);
    let name = "\"name\": \"july\"";
    for other in [first.to_string(), text.replace(name, &format!("\"name\": \"june\", {name}"))] {
        std::fs::write(good.path().join("manifest.json"), other).unwrap();
        match verify(
            Request { dir: good.path(), job: None, quick: true, seal: None, threads: None },
            &crate::progress::Silent,
        ) {
            Ok(found) => assert!(!found.seal.holds()),
            Err(error) => assert!(error.to_string().contains("manifest.json")),
        }
    }
}

#[test]
fn what_is_no_run_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let ask = |dir: &Path| {
        let request = Request { dir, job: None, quick: true, seal: None, threads: None };
        verify(request, &crate::progress::Silent).unwrap_err().to_string()
    };
    assert!(ask(&folder.path().join("none")).contains("no such folder"));
    assert!(ask(folder.path()).contains("no readable manifest.json"));
    std::fs::write(folder.path().join("manifest.json"), "{\"job\": ").unwrap();
    assert!(ask(folder.path()).contains("manifest.json"));
}
