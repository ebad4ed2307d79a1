//! `zvirka explain`: who is found by which name, and what is told of them.

use crate::support::{FAMILY, family_folder, masked, number, run, table, tell};

/// The text with weights, probabilities and bars of any size: they follow the model. In
/// which registers a child was not found is told by other tests.
fn form(text: &str) -> String {
    let mut form = masked(text);
    while form.contains("▮▮") || form.contains("▯▯") {
        form = form.replace("▮▮", "▮").replace("▯▯", "▯");
    }
    let form = form.replace(" ▮\n", "\n").replace(" ▯\n", "\n");
    let form = form.replace(" -#", " ±#").replace(" +#", " ±#");
    let lines = form.lines().filter(|line| !line.contains("(not_found:"));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn children_are_explained_by_row_and_by_id_in_both_languages() {
    let folder = family_folder();
    run(folder.path());
    let explain = |arguments: &[&str]| {
        let told = tell(folder.path(), &[&["explain", "out"], arguments].concat());
        assert_eq!((told.code, told.err.as_str()), (0, ""), "{}", told.out);
        told.out
    };
    let confirmed = explain(&["kurs:т-1"]);
    assert!(confirmed.starts_with("Child kurs:т-1 · Confirmed (confirmed)\n"), "{confirmed}");
    assert!(confirmed.contains("last evidence: 2023-03-10"), "{confirmed}");
    insta::assert_snapshot!("confirmed", form(&confirmed));
    // By its row, in other words for it, and by the register's record.
    assert_eq!(explain(&[&format!("kurs:{FAMILY}")]), confirmed);
    assert_eq!(explain(&["kurs:id:т-1"]), confirmed);
    assert_eq!(explain(&[&format!("kurs:row:{FAMILY}")]), confirmed);
    assert_eq!(explain(&["idp:1-т"]), confirmed);
    insta::assert_snapshot!("confirmed_uk", form(&explain(&["kurs:т-1", "--lang", "uk"])));

    let candidate = explain(&["kurs:т-2"]);
    assert!(candidate.contains("(unconfirmed)"), "{candidate}");
    insta::assert_snapshot!("unconfirmed", form(&candidate));

    assert!(candidate.contains("(not_found:idp)"), "{candidate}");

    // The register's record has no given name: only a person can say of which twin it is,
    // and whose twin was seen is not seen.
    let twin = explain(&["kurs:т-3"]);
    assert!(twin.contains("(review)") && twin.contains("would count if"), "{twin}");
    insta::assert_snapshot!("nameless_twin", form(&twin));
    let other = explain(&["kurs:т-4"]);
    assert!(other.contains("(unconfirmed)") || other.contains("(review)"), "{other}");
    let children = table(&folder.path().join("out/children.parquet"));
    let risk = children.iter().find(|child| child["reason_codes"].contains("possible_twin:"));
    let risk = explain(&[&risk.expect("the sample has twins")["child"]]);
    assert!(risk.contains("the record may be a twin's or sibling's"), "{risk}");

    // JSON says what the tables of the run say, to the last bit.
    let text = explain(&["kurs:т-1", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["child"], "kurs:т-1");
    assert_eq!(json["records"][0]["values"]["full_name"], "Вигадайло Ївга Пробівна");
    let links = table(&folder.path().join("out/links.parquet"));
    let link = links.iter().find(|link| link.get("registry_id").is_some_and(|id| id == "1-т"));
    let link = link.unwrap();
    let told = &json["links"][0];
    assert_eq!(told["registry"], "idp");
    // As written: the parser of the JSON rounds in the last bit.
    let (_, links) = text.split_once("\"links\":").unwrap();
    for column in ["weight", "probability"] {
        let (_, value) = links.split_once(&format!("\"{column}\":")).unwrap();
        let value = value.split([',', '\n', '}']).next().unwrap().trim();
        assert_eq!(value.parse::<f64>().unwrap().to_bits(), number(link, column).to_bits());
    }
    let parts: f64 = told["comparisons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["weight"].as_f64().unwrap())
        .sum();
    let sum = parts + told["other_weight"].as_f64().unwrap();
    assert!((sum - told["weight"].as_f64().unwrap()).abs() < 1e-9, "fields add up to the weight");
}

#[test]
fn who_is_not_there_or_not_alone_is_told_without_a_value() {
    let folder = family_folder();
    run(folder.path());
    let mut all = String::new();
    for record in [
        "kurs:т-9",
        "kurs:100000",
        "idp:100000",
        "births:нема",
        "kors:1",
        "т-1:kurs",
        // The row of one child and the identifier of another.
        "kurs:548",
    ] {
        let told = tell(folder.path(), &["explain", "out", record]);
        assert_eq!((told.code, told.out.as_str()), (1, ""), "{record}: {}", told.err);
        assert!(told.err.contains("hint: "), "{record}: {}", told.err);
        assert!(!told.err.contains("Нумерко") && !told.err.contains("Двійнюк"));
        all.push_str(&format!("=== {record}\n{}", told.err));
    }
    insta::assert_snapshot!("not_found", all);
    // As the hint says.
    for (record, child) in [("kurs:row:548", "kurs:т-3"), ("kurs:id:548", "kurs:548")] {
        let told = tell(folder.path(), &["explain", "out", record]);
        assert!(told.out.starts_with(&format!("Child {child} · ")), "{}", told.out);
    }

    // Values of a file that has changed are another's: they are not shown.
    let changed = "1,2,3,4,5,6,7,8\n";
    let path = folder.path().join("vpo.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen('\n', &format!("\n{changed}"), 1)).unwrap();
    let told = tell(folder.path(), &["explain", "out", "kurs:т-1"]);
    assert_eq!(told.code, 0);
    assert!(told.out.contains("the files of `idp` have changed"), "{}", told.out);

    let told = tell(folder.path(), &["explain", "nowhere", "kurs:т-1"]);
    assert_eq!(told.code, 1);
    assert!(told.err.contains("no run's folder") && told.err.contains("hint: "), "{}", told.err);
}
