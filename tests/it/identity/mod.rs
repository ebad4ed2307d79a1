//! One kind of trouble a child: a school's row and a register's row that differ by it have to
//! be found to be one child, by the level that names the trouble; relatives never confirm
//! each other. Everybody is invented ([`people`]).

mod people;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use self::people::{JOB, Person, crowd, everybody, folder, kin, latin, person, troubles};
use crate::determinism::{assert_same_but_for_rows, shuffle_csv};
use crate::support::{Row, assert_same, contents, csv_table, lasting, run, table, tell, unpacked};

/// Child by the identifier of its record.
fn children(folder: &Path) -> BTreeMap<String, Row> {
    let children = table(&folder.join("out/children.parquet"));
    children.into_iter().map(|child| (child["id"].clone(), child)).collect()
}

/// The accepted link between two identifiers.
fn link<'a>(links: &'a [Row], pupil: &str, registry: &str, seen: &str) -> Option<&'a Row> {
    links.iter().find(|link| {
        link.get("population_id").is_some_and(|id| id == pupil)
            && link.get("registry_id").is_some_and(|id| id == seen)
            && link["registry"] == registry
            && link["decision"] == "link"
    })
}

#[test]
fn each_trouble_is_seen_through_and_named() {
    let troubles = troubles();
    let pupils: Vec<_> = troubles.iter().map(|(id, pupil, _, _)| (*id, *pupil)).collect();
    let seen: Vec<_> = troubles.iter().map(|(id, _, seen, _)| (*id, *seen)).collect();
    let folder = folder(&pupils, &seen);
    run(folder.path());
    let children = children(folder.path());
    let links = table(&folder.path().join("out/links.parquet"));
    let mut wrong = Vec::new();
    for (id, _, _, levels) in &troubles {
        if children[*id]["status"] != "confirmed" {
            wrong.push(format!(
                "{id}: {} {}",
                children[*id]["status"], children[*id]["reason_codes"]
            ));
            for l in links.iter().filter(|l| l.get("population_id").is_some_and(|x| x == id)) {
                wrong.push(format!("    {l:?}"));
            }
        }
        let Some(link) = link(&links, id, "health", id) else {
            wrong.push(format!("{id}: no link"));
            continue;
        };
        for (comparison, level) in *levels {
            let found = &link[&format!("level_{comparison}")];
            if found != level {
                wrong.push(format!("{id}: {comparison} is {found}, not {level}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_child_is_confirmed_by_a_brother_a_sister_or_a_twin() {
    let kin = kin();
    let pupils: Vec<_> = kin.iter().map(|(id, pupil, _)| (*id, *pupil)).collect();
    let seen: Vec<_> = kin.iter().map(|(id, _, seen)| (*id, *seen)).collect();
    let folder = folder(&pupils, &seen);
    run(folder.path());
    let alone = children(folder.path());
    let settled = |child: &Row| child["status"] != "unconfirmed" && child["status"] != "review";
    let wrong: Vec<_> = kin.iter().filter(|(id, _, _)| settled(&alone[*id])).collect();
    assert!(wrong.is_empty(), "{:?}", wrong.iter().map(|(id, _, _)| id).collect::<Vec<_>>());

    // The same where the school knows both: it is the other one who was seen.
    let both: Vec<_> = kin
        .iter()
        .map(|(id, _, seen)| (format!("seen-{id}"), *seen))
        .filter(|(_, seen)| !seen.given.is_empty() && !seen.given.contains('.'))
        .collect();
    let both = both.iter().map(|(id, seen)| (id.as_str(), *seen));
    let pupils: Vec<_> = pupils.into_iter().chain(both).collect();
    let folder = self::folder(&pupils, &seen);
    run(folder.path());
    let together = children(folder.path());
    let mut found = 0;
    for (id, _, seen) in &kin {
        assert!(!settled(&together[*id]), "{id}: {}", together[*id]["status"]);
        if !seen.certificate.is_empty()
            && let Some(child) = together.get(&format!("seen-{id}"))
        {
            assert_eq!(child["status"], "confirmed", "the other of {id}");
            found += 1;
        }
    }
    assert_eq!(found, 9);
}

/// Default numbers of a form stand on many children.
#[test]
fn a_number_of_many_children_proves_nothing_and_is_told() {
    let default = "І-БК 480217";
    let surnames = ["Волошчук", "Терлецький", "Півникчук", "Журбенко", "Скибчук", "Довбишук"];
    let dates =
        ["01.02.2011", "02.03.2012", "03.04.2013", "04.05.2010", "05.06.2009", "06.07.2014"];
    let ids: Vec<String> = (0..6).map(|i| format!("default-{i}")).collect();
    let many: Vec<(&str, Person<'_>)> = ids
        .iter()
        .zip(surnames.iter().zip(dates))
        .map(|(id, (surname, born))| (id.as_str(), person([surname, "Марта", ""], born, default)))
        .collect();
    // One who is not in the register at all, but whose school has put the same number.
    let nobody = ("nobody", person(["Терлецька", "Марія", ""], "02.03.2013", default));
    let pupils: Vec<_> = [nobody].into_iter().chain(many.iter().copied()).collect();
    let folder = folder(&pupils, &many);
    run(folder.path());
    let rejected = csv_table(&folder.path().join("out/rejected.csv"));
    let told: Vec<_> = rejected
        .iter()
        .map(|row| (row["source"].as_str(), row["field"].as_str(), row["reason"].as_str()))
        .collect();
    let reason = "one value on many records of different children";
    for (source, times) in [("pupils", 7), ("health", 6)] {
        let here = told.iter().filter(|one| **one == (source, "certificate_number", reason));
        assert_eq!(here.count(), times, "{source}: {told:?}");
    }
    assert_eq!(told.len(), 13, "{told:?}");
    let children = children(folder.path());
    assert_eq!(children["nobody"]["status"], "unconfirmed");
    let links = table(&folder.path().join("out/links.parquet"));
    for link in links.iter().filter(|link| link["population_id"].starts_with("default-")) {
        assert_eq!(link["level_certificate"], "missing");
        assert_eq!(link["population_id"], link["registry_id"]);
    }
}

const BORDER: &str = r#"
[[registry]]
name = "border"
path = "border.csv"
unique = false
[registry.columns]
id = "Ключ"
surname = ["Прізвище", "Surname", "Фамилия"]
given_name = ["Ім'я", "Given name", "Имя"]
birth_date = "Born"
[registry.evidence]
kind = "abroad"
date = "Crossed"
"#;

/// A register with a column for each language: whichever it fills, the names are compared in
/// the language of the other side.
#[test]
fn a_field_of_several_headings_is_a_choice() {
    let children_there = [
        (
            "all-three",
            ["Гречанюк", "Олена"],
            ["Гречанюк", "Олена"],
            ["HRECHANIUK", "OLENA"],
            ["Гречанюк", "Елена"],
        ),
        (
            "foreign-only",
            ["Ластівчук", "Микита"],
            ["", ""],
            ["LASTIVCHUK", "MYKYTA"],
            ["Ластивчук", "Никита"],
        ),
        (
            "russian-pupil",
            ["Жайворончук", "Никита"],
            ["Жайворончук", "Микита"],
            ["ZHAIVORONCHUK", "MYKYTA"],
            ["Жайворончук", "Никита"],
        ),
    ];
    let born = "23.11.2012";
    let pupils: Vec<_> = children_there
        .iter()
        .map(|(id, [surname, given], ..)| (*id, person([surname, given, ""], born, "")))
        .collect();
    let folder = folder(&pupils, &[]);
    let mut lines = "Ключ;Прізвище;Ім'я;Surname;Given name;Фамилия;Имя;Born;Crossed\n".to_owned();
    for (id, _, uk, lat, ru) in &children_there {
        let names = [uk, lat, ru].map(|names| names.join(";")).join(";");
        lines += &format!("{id};{names};{born};2022-05-05\n");
    }
    for (i, one) in crowd(240).iter().enumerate().filter(|(i, _)| i % 2 == 0) {
        let [surname, given, _] = &one.names;
        let lat = [surname, given].map(|name| latin(name)).join(";");
        lines += &format!("n-{i};{surname};{given};{lat};;;{};2021-05-05\n", one.born);
    }
    fs::write(folder.path().join("border.csv"), lines).unwrap();
    fs::write(folder.path().join("job.toml"), JOB.to_owned() + BORDER).unwrap();
    run(folder.path());
    let links = table(&folder.path().join("out/links.parquet"));
    let levels = |id: &str| {
        let found = links.iter().find(|link| {
            link["registry"] == "border"
                && link.get("population_id").is_some_and(|there| there == id)
                && link.get("registry_id").is_some_and(|there| there == id)
        });
        found.map(|link| (link["level_surname"].as_str(), link["level_given_name"].as_str()))
    };
    assert_eq!(levels("all-three"), Some(("exact", "exact")));
    assert_eq!(levels("russian-pupil"), Some(("exact", "exact")));
    assert_eq!(levels("foreign-only"), Some(("exact", "exact")));
}

#[test]
fn explain_names_the_level_and_shows_both_sides() {
    let troubles = troubles();
    let pupils: Vec<_> = troubles.iter().map(|(id, pupil, _, _)| (*id, *pupil)).collect();
    let seen: Vec<_> = troubles.iter().map(|(id, _, seen, _)| (*id, *seen)).collect();
    let folder = folder(&pupils, &seen);
    run(folder.path());
    for (id, pupil, _, levels) in &troubles {
        let told = tell(folder.path(), &["explain", "out", &format!("pupils:{id}"), "--json"]);
        assert_eq!((told.code, told.err.as_str()), (0, ""), "{id}");
        let json: serde_json::Value = serde_json::from_str(&told.out).unwrap();
        assert_eq!(json["status"], "confirmed", "{id}");
        let compared = json["links"][0]["comparisons"].as_array().unwrap();
        for (comparison, level) in *levels {
            let found = compared.iter().find(|part| part["comparison"] == *comparison);
            assert_eq!(found.unwrap()["level"], *level, "{id}: {comparison}");
        }
        // As the school wrote it, whatever was made of it.
        let values = &json["records"][0]["values"];
        for (field, written) in
            [("surname", pupil.surname), ("full_name", pupil.whole), ("birth_date", pupil.born)]
        {
            if !written.is_empty() {
                assert_eq!(values[field], written, "{id}");
            }
        }
        // Words for the level in both languages.
        for lang in ["en", "uk"] {
            let told =
                tell(folder.path(), &["explain", "out", &format!("pupils:{id}"), "--lang", lang]);
            assert_eq!(told.code, 0, "{id}");
            assert!(!told.out.contains('?'), "{id}: {}", told.out);
        }
    }
}

#[test]
fn sets_of_values_keep_runs_the_same() {
    let folder = everybody();
    run(folder.path());
    let before = folder.path().join("before");
    fs::rename(folder.path().join("out"), &before).unwrap();
    for threads in ["1", "2"] {
        let told =
            tell(folder.path(), &["run", "job.toml", "--out", "again", "--threads", threads, "-q"]);
        assert_eq!(told.code, 0, "{}", told.err);
        assert_same(&lasting(&before), &lasting(&folder.path().join("again")));
    }
    for seed in [11, 12] {
        let shuffled = everybody();
        let shuffles = BTreeMap::from([
            ("pupils", shuffle_csv(&shuffled.path().join("pupils.csv"), b';', seed)),
            ("health", shuffle_csv(&shuffled.path().join("health.csv"), b';', seed + 100)),
        ]);
        run(shuffled.path());
        assert_same_but_for_rows(&before, &shuffled.path().join("out"), &shuffles);
    }
}

/// No name, date or number of the new kinds where it does not belong.
#[test]
fn values_of_several_kinds_are_told_to_nobody() {
    let folder = everybody();
    let told = tell(folder.path(), &["run", "job.toml", "--out", "out", "-v"]);
    assert_eq!(told.code, 0, "{}", told.err);
    let mut places = vec![("messages".to_owned(), told.all())];
    for (name, bytes) in contents(&folder.path().join("out")) {
        let path = folder.path().join("out").join(&name);
        let text = match name.rsplit_once('.').unwrap().1 {
            _ if name.starts_with("candidates.") => continue,
            "xlsx" => unpacked(&bytes),
            "parquet" => format!("{:?}", table(&path)),
            _ => String::from_utf8(bytes).unwrap(),
        };
        places.push((name, text));
    }
    assert!(places.iter().any(|(name, text)| name == "rejected.csv" && text.contains("\npupils,")));
    let list = fs::read_to_string(folder.path().join("out/candidates.csv")).unwrap();
    let (troubles, kin) = (troubles(), kin());
    let persons = troubles.iter().flat_map(|(_, pupil, seen, _)| [pupil, seen]);
    let mut sought = 0;
    for person in persons.chain(kin.iter().flat_map(|(_, pupil, seen)| [pupil, seen])) {
        let Person { surname, given, patronymic, whole, born, certificate, repeat, .. } = person;
        for value in [surname, given, patronymic, whole, born, certificate, repeat]
            .into_iter()
            .flat_map(|value| value.split([' ', ',', '/', '(', ')']))
            .filter(|value| value.chars().count() > 4)
        {
            sought += 1;
            for (place, text) in &places {
                let told = if value.bytes().all(|byte| byte.is_ascii_digit()) {
                    // A probability may hold the same digits.
                    text.split(|c: char| !c.is_alphanumeric()).any(|word| word == value)
                } else {
                    text.to_lowercase().contains(&value.to_lowercase())
                };
                assert!(!told, "{place} tells a value: {value}");
            }
        }
    }
    assert!(sought > 200 && list.contains("Вільшанюк"), "{sought}");
}
