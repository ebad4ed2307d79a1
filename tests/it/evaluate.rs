//! `zvirka evaluate`: figures that can be counted by hand, and the sample's.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{FAMILY, family_folder, run, sample, sample_folder, table, tell};

/// Writes the truth of [`family_folder`]: whose rows, and their statuses.
fn truth(folder: &Path, idp: &str, statuses: &str) {
    let truth = folder.join("truth");
    let _ = fs::remove_dir_all(&truth);
    fs::create_dir(&truth).unwrap();
    let write = |name: &str, text: &str| fs::write(truth.join(name), text).unwrap();
    write("aikom.csv", "row,person\n");
    let kurs: String = ["ївга", "орест", "захар", "назар"]
        .iter()
        .zip(FAMILY..)
        .map(|(p, row)| format!("{row},{p}\n"))
        .collect();
    write("kurs.csv", &format!("row,person\n{kurs}"));
    write("idp.csv", &format!("row,person\n{idp}"));
    write("children.csv", &format!("person,status\n{statuses}"));
}

fn figures(folder: &Path) -> (Value, String) {
    let told = tell(
        folder,
        &[
            "evaluate",
            "out",
            "--truth",
            "truth",
            "--json",
            "figures.json",
            "--html",
            "figures.html",
        ],
    );
    assert_eq!(told.code, 0, "{}", told.err);
    let page = fs::read_to_string(folder.join("figures.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") || page.starts_with("<!DOCTYPE html>"));
    assert!(!page.contains("https://"));
    let json = serde_json::from_str(&fs::read_to_string(folder.join("figures.json")).unwrap());
    (json.unwrap(), told.out)
}

fn share(figure: &Value) -> (u64, u64) {
    (figure["count"].as_u64().unwrap(), figure["of"].as_u64().unwrap())
}

#[test]
fn a_tiny_truth_is_counted_as_by_hand() {
    let folder = family_folder();
    run(folder.path());
    let vpo = fs::read_to_string(folder.path().join("vpo.csv")).unwrap();
    let (girl, twin) = (vpo.lines().count() - 3, vpo.lines().count() - 2);
    let perfect =
        "ївга,confirmed\nорест,unconfirmed\nзахар,review\nназар,unconfirmed\nнікого,deceased\n";
    truth(folder.path(), &format!("{girl},ївга\n{twin},захар\n"), perfect);
    let (json, _) = figures(folder.path());
    let registers = json["registers"].as_array().unwrap();
    assert_eq!(registers.len(), 1, "the others have no truth");
    let idp = &registers[0];
    assert_eq!((&idp["register"], &idp["rows_judged"]), (&"idp".into(), &2.into()));
    // One accepted rightly; the twin's, which lacks a given name, waits for a person.
    let count = |key: &str| idp[key].as_u64().unwrap();
    assert_eq!((count("true_pairs"), count("links")), (2, 1));
    assert_eq!((count("true_positives"), count("false_positives"), count("missed")), (1, 0, 1));
    assert_eq!((share(&idp["precision"]), share(&idp["recall"])), ((1, 1), (1, 2)));
    assert_eq!(share(&idp["review"]["true_share"]), (1, 1));
    assert_eq!(share(&idp["lost"]["never_compared"]), (0, 2));
    let children = &json["children"];
    assert_eq!(children["persons"], 4);
    assert_eq!(share(&children["wrongly_joined"]), (0, 4));
    let statuses = &children["statuses"];
    assert_eq!(share(&statuses["list_recall"]), (3, 3));
    assert_eq!(share(&statuses["list_precision"]), (3, 3));
    assert_eq!(statuses["hidden"]["persons"], 0);
    assert_eq!(json["skipped"].as_array().unwrap().len(), 5);

    // The register's record is another girl's, and nobody has seen this one: she is hidden.
    let hidden = perfect.replace("ївга,confirmed", "ївга,unconfirmed");
    truth(folder.path(), &format!("{girl},сестра\n{twin},захар\n"), &hidden);
    let (json, table) = figures(folder.path());
    let idp = &json["registers"][0];
    assert_eq!((share(&idp["precision"]), share(&idp["recall"])), ((0, 1), (0, 1)));
    let hidden = &json["children"]["statuses"]["hidden"];
    assert_eq!((&hidden["persons"], &hidden["of"]), (&1.into(), &4.into()));
    assert_eq!(hidden["causes"][0]["cause"], "false_link");
    assert_eq!(hidden["causes"][0]["register"], "idp");
    assert_eq!(hidden["examples"][0]["child"], "kurs:т-1");
    assert!(table.contains("kurs:т-1"), "whom to explain is told: {table}");
}

#[test]
fn the_sample_is_measured_register_by_register() {
    let folder = sample_folder();
    run(folder.path());
    let truth = sample("truth");
    let told = tell(
        folder.path(),
        &["evaluate", "out", "--truth", truth.to_str().unwrap(), "--json", "figures.json"],
    );
    assert_eq!(told.code, 0, "{}", told.err);
    for word in [
        "precision",
        "recall",
        "F1",
        "births",
        "ehealth",
        "border",
        "missing",
        "deaths",
        "idp",
        "hidden",
    ] {
        assert!(told.out.contains(word), "no {word} in: {}", told.out);
    }
    let text = fs::read_to_string(folder.path().join("figures.json")).unwrap();
    let json: Value = serde_json::from_str(&text).unwrap();
    let links = table(&folder.path().join("out/links.parquet"));
    for register in json["registers"].as_array().unwrap() {
        let name = register["register"].as_str().unwrap();
        let accepted = links.iter().filter(|link| link["registry"] == name);
        let accepted = accepted.filter(|link| link["decision"] == "link").count();
        assert_eq!(register["links"], accepted, "{name}");
        for figure in ["precision", "recall"] {
            let figure = &register[figure];
            let value = |key: &str| figure[key].as_f64().unwrap();
            assert!(value("low") <= value("value") && value("value") <= value("high"), "{name}");
        }
        let of = |key: &str| register[key].as_u64().unwrap();
        assert_eq!(of("true_positives") + of("false_positives"), of("links"), "{name}");
        assert_eq!(of("true_positives") + of("missed"), of("true_pairs"), "{name}");
        // What the linker is for: links are true, and most true pairs are found.
        assert!(of("false_positives") * 1_000 <= of("links") + 999, "{name}: {register}");
    }
    let statuses = &json["children"]["statuses"];
    assert_eq!(statuses["persons"], 2000);
    // One thought rules: the sample hides nobody.
    assert!(statuses["hidden"]["persons"].as_u64().unwrap() <= 1, "{}", statuses["hidden"]);

    let told = tell(folder.path(), &["evaluate", "out", "--truth", "nowhere"]);
    assert_eq!((told.code, told.out.as_str()), (1, ""));
    assert!(told.err.contains("hint: "), "{}", told.err);
}
