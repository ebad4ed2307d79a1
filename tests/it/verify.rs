//! `zvirka verify`: a run that is what it says, and every way in which one is not.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{
    Told, append, assert_same, contents, manifest, masked, run, sample_folder, small_folder, tell,
};

/// The answer in JSON, and the exit code that goes with it.
fn ask(folder: &Path, arguments: &[&str]) -> Value {
    let told = tell(folder, &[&["verify", "out", "--json", "-q"], arguments].concat());
    let answer: Value =
        serde_json::from_str(&told.out).unwrap_or_else(|_| panic!("{}", told.shown(folder)));
    assert_eq!(told.code == 0, answer["holds"] == true, "{}", told.shown(folder));
    assert!(told.code < 2, "{}", told.shown(folder));
    answer
}

/// Names of the files of a list that are not as they were, with what became of them.
fn faults(list: &Value) -> Vec<(String, String)> {
    let fault = |item: &Value| {
        let text = |key: &str| item[key].as_str().unwrap().to_owned();
        (item["state"] != "same").then(|| (text("file"), text("state")))
    };
    list.as_array().unwrap().iter().filter_map(fault).collect()
}

fn changed(file: &str) -> Vec<(String, String)> {
    vec![(file.to_owned(), "changed".to_owned())]
}

fn flip(path: &Path) -> Vec<u8> {
    let whole = fs::read(path).unwrap();
    let mut bytes = whole.clone();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
    whole
}

/// Nothing is left of the second run.
fn no_trace(folder: &Path) {
    let hidden = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let hidden: Vec<_> = hidden.filter(|name| name.to_string_lossy().starts_with('.')).collect();
    assert!(hidden.is_empty(), "{hidden:?}");
}

#[test]
fn a_fresh_run_is_what_it_says() {
    let folder = sample_folder();
    let told = run(folder.path());
    let seal = manifest(&folder.path().join("out"))["seal"].as_str().unwrap().to_owned();
    assert_eq!(told.out.lines().last(), Some(format!("Seal: {seal}").as_str()));
    let before = contents(folder.path());

    let told = tell(folder.path(), &["verify", "out", "--seal", &seal, "--threads", "1"]);
    assert_eq!(told.code, 0, "{}", told.shown(folder.path()));
    insta::assert_snapshot!("holds", masked(&told.out));
    assert!(told.err.contains("Linking births"), "it runs again: {}", told.err);
    assert_same(&before, &contents(folder.path()));
    no_trace(folder.path());

    let told = tell(folder.path(), &["--lang", "uk", "verify", "out", "--quick"]);
    assert_eq!(told.code, 0, "{}", told.shown(folder.path()));
    insta::assert_snapshot!("holds_uk", masked(&told.out));
    assert!(!told.err.contains("Linking"), "--quick runs nothing: {}", told.err);
    assert_eq!(ask(folder.path(), &["--quick"])["again"], json!({"state": "not_asked"}));

    // What people lay there is theirs.
    fs::write(folder.path().join("out/рішення.txt"), "наше").unwrap();
    fs::create_dir(folder.path().join("out/notes")).unwrap();
    let answer = ask(folder.path(), &["--quick"]);
    assert_eq!(answer["others"], json!(["notes", "рішення.txt"]));
    assert_eq!(answer["holds"], true);
    // Anybody can count the seal again: the manifest without its second line.
    let text = fs::read_to_string(folder.path().join("out/manifest.json")).unwrap();
    let rest: String =
        text.split_inclusive('\n').enumerate().filter(|(i, _)| *i != 1).map(|(_, l)| l).collect();
    assert_eq!(blake3::hash(rest.as_bytes()).to_hex().as_str(), seal);
}

#[test]
fn one_flipped_byte_is_found_wherever_it_is() {
    let folder = small_folder(150);
    run(folder.path());
    let out = folder.path().join("out");
    let sealed = manifest(&out);
    let outputs = sealed["outputs"].as_array().unwrap();
    assert!(outputs.len() >= 10);
    for output in outputs {
        let file = output["file"].as_str().unwrap();
        let whole = flip(&out.join(file));
        let answer = ask(folder.path(), &["--quick"]);
        assert_eq!(answer["holds"], false, "{file}");
        assert_eq!(faults(&answer["files"]), changed(file));
        assert_eq!(faults(&answer["inputs"]), []);
        assert_eq!(answer["seal"]["intact"], true);

        fs::remove_file(out.join(file)).unwrap();
        let answer = ask(folder.path(), &["--quick"]);
        assert_eq!(faults(&answer["files"]), [(file.to_owned(), "missing".to_owned())]);
        fs::write(out.join(file), whole).unwrap();
    }

    for source in sealed["inputs"].as_array().unwrap() {
        let file = source["files"][0]["file"].as_str().unwrap();
        let whole = flip(&folder.path().join(file));
        let answer = ask(folder.path(), &[]);
        assert_eq!(answer["holds"], false, "{file}");
        assert_eq!(faults(&answer["inputs"]), changed(file));
        assert_eq!(faults(&answer["files"]), []);
        assert_eq!(answer["again"], json!({"state": "not_possible"}));
        fs::write(folder.path().join(file), whole).unwrap();
    }

    let job = folder.path().join("job.toml");
    let whole = fs::read_to_string(&job).unwrap();
    fs::write(&job, whole.replacen("# ", "#  ", 1)).unwrap();
    let answer = ask(folder.path(), &[]);
    assert_eq!(answer["job"], json!({"file": "job.toml", "state": "changed"}));
    assert_eq!(answer["again"], json!({"state": "not_possible"}));
    fs::write(&job, whole).unwrap();

    // Every byte of the manifest counts: it is no longer JSON, or no longer sealed.
    let path = out.join("manifest.json");
    let text = fs::read(&path).unwrap();
    for place in (0..text.len()).step_by(text.len() / 40) {
        let mut bytes = text.clone();
        bytes[place] ^= 1;
        fs::write(&path, bytes).unwrap();
        let told = tell(folder.path(), &["verify", "out", "--quick", "-q"]);
        assert_eq!(told.code, 1, "byte {place}");
        assert!(told.all().contains("manifest.json") && told.all().contains("hint: "), "{place}");
    }
    fs::write(&path, text).unwrap();
    assert_eq!(ask(folder.path(), &["--quick"])["holds"], true);
}

#[test]
fn a_second_run_says_what_was_changed_since_and_how_much() {
    let folder = small_folder(150);
    run(folder.path());
    let out = folder.path().join("out");
    let csv = out.join("candidates.csv");
    let text = fs::read_to_string(&csv).unwrap();
    // One row less, as somebody might want it who has one child to hide.
    let last = text.trim_end().rfind('\n').unwrap() + 1;
    fs::write(&csv, &text[..last]).unwrap();
    flip(&out.join("report.html"));
    let answer = ask(folder.path(), &[]);
    assert_eq!(
        answer["again"]["differences"],
        json!([
            {"file": "candidates.csv", "state": "changed", "as_in_manifest": true,
             "first_byte": last, "rows": 1, "key": null},
            {"file": "report.html", "state": "changed", "as_in_manifest": true,
             "first_byte": fs::metadata(out.join("report.html")).unwrap().len() / 2,
             "rows": null, "key": null},
        ])
    );
    fs::remove_file(out.join("links.parquet")).unwrap();
    let told = tell(folder.path(), &["verify", "out", "-q"]);
    assert_eq!(told.code, 1);
    for said in ["links.parquet: missing", "candidates.csv: changed; from byte", "hint: "] {
        assert!(told.out.contains(said), "{}", told.out);
    }
    // Rows and places, and nothing of what a row holds.
    for cell in text[last..].trim_end().split([',', ';']).filter(|cell| cell.chars().count() > 5) {
        assert!(!told.all().contains(cell), "a value is told");
    }
    no_trace(folder.path());
}

#[test]
fn a_forged_manifest_is_betrayed_by_the_noted_seal_and_by_the_second_run() {
    let folder = small_folder(150);
    run(folder.path());
    let path = folder.path().join("out/manifest.json");
    let noted = manifest(&folder.path().join("out"))["seal"].as_str().unwrap().to_owned();
    let text = fs::read_to_string(&path).unwrap();
    // One candidate less, and a seal to go with it.
    let candidates = manifest(&folder.path().join("out"))["candidates"].as_u64().unwrap();
    let key = |n: u64| format!("\"candidates\": {n},");
    let forged = text.replace(&key(candidates), &key(candidates - 1));
    assert_ne!(forged, text);
    let rest: String = forged
        .split_inclusive('\n')
        .enumerate()
        .filter(|(i, _)| *i != 1)
        .map(|(_, line)| line)
        .collect();
    let seal = blake3::hash(rest.as_bytes()).to_hex();
    fs::write(&path, forged.replace(&noted, seal.as_str())).unwrap();

    let answer = ask(folder.path(), &["--quick"]);
    assert_eq!(answer["holds"], true, "a seal without a key proves no more");
    let answer = ask(folder.path(), &["--quick", "--seal", &noted]);
    assert_eq!((&answer["holds"], &answer["seal"]["as_noted"]), (&json!(false), &json!(false)));
    let answer = ask(folder.path(), &[]);
    assert_eq!(answer["again"]["differences"].as_array().unwrap().len(), 1);
    assert_eq!(answer["again"]["differences"][0]["file"], "manifest.json");
    assert_eq!(answer["again"]["differences"][0]["key"], "candidates");
}

#[test]
fn another_order_of_rows_is_another_input() {
    let folder = small_folder(150);
    run(folder.path());
    let border = folder.path().join("border.csv");
    let text = fs::read_to_string(&border).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    lines[1..].reverse();
    fs::write(&border, lines.join("\n") + "\n").unwrap();
    let answer = ask(folder.path(), &[]);
    assert_eq!(faults(&answer["inputs"]), changed("border.csv"));
    assert_eq!(answer["again"], json!({"state": "not_possible"}));
    // One row more is, too.
    fs::write(&border, &text).unwrap();
    append(&border, encoding_rs::UTF_8, &[text.lines().last().unwrap()]);
    assert_eq!(faults(&ask(folder.path(), &[])["inputs"]), changed("border.csv"));
}

#[test]
fn what_was_given_is_given_again() {
    let folder = small_folder(150);
    let told = tell(folder.path(), &["train", "job.toml", "-q", "-o", "july.json"]);
    assert_eq!(told.code, 0, "{}", told.err);
    let arguments = ["run", "job.toml", "--out", "out", "--model", "july.json", "--lang", "uk"];
    assert_eq!(tell(folder.path(), &arguments).code, 0);
    let answer = ask(folder.path(), &[]);
    assert_eq!(answer["model"], json!({"file": "july.json", "state": "same"}));
    assert_eq!(answer["again"]["differences"], json!([]));
    let whole = flip(&folder.path().join("july.json"));
    let answer = ask(folder.path(), &[]);
    assert_eq!(answer["model"], json!({"file": "july.json", "state": "changed"}));
    assert_eq!(answer["again"], json!({"state": "not_possible"}));
    fs::write(folder.path().join("july.json"), whole).unwrap();

    // In another place everything is found by the job.
    let archive = folder.path().join("archive");
    fs::create_dir(&archive).unwrap();
    for name in contents(folder.path()).into_keys().filter(|name| !name.contains('/')) {
        fs::rename(folder.path().join(&name), archive.join(&name)).unwrap();
    }
    let told = tell(folder.path(), &["verify", "out", "-q"]);
    assert_eq!(told.code, 1);
    assert!(
        told.out.contains("job.toml: missing") && told.out.contains("--job JOB"),
        "{}",
        told.out
    );
    let answer = ask(folder.path(), &["--job", "archive/job.toml"]);
    assert_eq!((&answer["holds"], &answer["again"]["differences"]), (&json!(true), &json!([])));
    // All but timings.json.
    let files = contents(&folder.path().join("out")).len() - 1;
    assert_eq!(answer["again"]["files"], files);

    fs::write(
        archive.join("labels.csv"),
        "source,row,registry,registry_row,same\naikom,0,births,0,no\n",
    )
    .unwrap();
    let told = tell(&archive, &["run", "job.toml", "--out", "out", "--labels", "labels.csv"]);
    assert_eq!(told.code, 0, "{}", told.err);
    let answer = ask(&archive, &[]);
    assert_eq!(answer["labels"], json!({"file": "labels.csv", "state": "same"}));
    assert_eq!(answer["holds"], true);
}

/// A program with a byte more at its end does the same, and is another.
#[cfg(unix)]
#[test]
fn another_program_is_said_to_be_another() {
    let folder = small_folder(150);
    run(folder.path());
    let other = folder.path().join("other");
    fs::copy(assert_cmd::cargo::cargo_bin("zvirka"), &other).unwrap();
    let mut bytes = fs::read(&other).unwrap();
    bytes.push(0);
    fs::write(&other, bytes).unwrap();
    let output =
        Command::new(&other).args(["verify", "out"]).current_dir(folder.path()).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("another build made the run (zvirka"), "{told}");
    let files = contents(&folder.path().join("out")).len() - 1;
    assert!(told.contains(&format!("{files} of {files} files came out the same")), "{told}");
    assert!(
        told.ends_with(
            "Everything holds, though by another build than the one that made the run.\n"
        ),
        "{told}"
    );
}

#[test]
fn what_is_no_run_is_told_with_the_remedy() {
    let folder = small_folder(150);
    let ask = |arguments: &[&str]| -> Told { tell(folder.path(), arguments) };
    for dir in ["nowhere", "."] {
        let told = ask(&["verify", dir]);
        assert_eq!((told.code, told.out.as_str()), (1, ""), "{dir}");
        assert!(
            told.err.contains("no run's folder") && told.err.contains("hint: "),
            "{}",
            told.err
        );
    }
}
