//! Evidence rules end to end: each child of a table has rows in some registers, and the run
//! has to give it the status and the reasons that the rules say. Everybody is invented.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::support::{Row, csv_table, run, table, tell};

const JOB: &str = r#"
[job]
as_of = 2023-07-05
evidence_since = 2022-02-24

[[population]]
name = "now"
path = "now.csv"
extracted = 2023-07-01
[population.columns]
id = "id"
surname = "surname"
given_name = "given"
patronymic = "patronymic"
birth_date = "born"
certificate = "certificate"
school = "school"
region = "region"
office = "office"
grade = "class"
displacement = "displaced"
contact_lost = "lost"
withdrawal = "left"
withdrawal_date = "left_on"

[[population]]
name = "before"
path = "before.csv"
extracted = 2022-09-05
[population.columns]
id = "id"
surname = "surname"
given_name = "given"
patronymic = "patronymic"
birth_date = "born"
certificate = "certificate"
school = "school"
region = "region"
grade = "class"
displacement = "displaced"

[[registry]]
name = "health"
path = "health.csv"
unique = false
[registry.columns]
surname = "surname"
given_name = "given"
patronymic = "patronymic"
birth_date = "born"
certificate = "certificate"
region = "region"
[registry.evidence]
kind = "present"
date = "day"

[[registry]]
name = "clinics"
path = "clinics.csv"
unique = false
[registry.columns]
surname = "surname"
given_name = "given"
patronymic = "patronymic"
birth_date = "born"
certificate = "certificate"
[registry.evidence]
kind = "present"
date = "day"
since = 2023-01-01
witness = "health"
[registry.scope]
regions = ["Чернівецька"]

[[registry]]
name = "events"
path = "events.csv"
unique = false
[registry.columns]
surname = "surname"
given_name = "given"
patronymic = "patronymic"
birth_date = "born"
certificate = "certificate"
[registry.evidence]
date = "day"
kind_column = "kind"
kinds = { OUT = "abroad", IN = "present" }

[[registry]]
name = "police"
path = "police.csv"
unique = false
[registry.columns]
surname = "surname"
given_name = "given"
patronymic = "patronymic"
birth_date = "born"
certificate = "certificate"
[registry.evidence]
date = "day"
kind_column = "kind"
kinds = { sought = "reported_missing", back = "returned" }

[[registry]]
name = "deaths"
path = "deaths.csv"
[registry.columns]
surname = "surname"
given_name = "given"
patronymic = "patronymic"
birth_date = "born"
certificate = "certificate"
[registry.evidence]
kind = "deceased"
date = "day"
"#;

const REGISTERS: [&str; 5] = ["health", "clinics", "events", "police", "deaths"];

/// The fields by which a person is found: names nobody else bears, and a certificate.
fn person(number: usize) -> String {
    const STEMS: [&str; 20] = [
        "Бар", "Вед", "Гон", "Дуб", "Жур", "Зав", "Іш", "Кор", "Лит", "Мар", "Нед", "Онищ", "Пав",
        "Руд", "Сав", "Тур", "Хом", "Цим", "Чор", "Шев",
    ];
    const ENDS: [&str; 12] = [
        "аченко",
        "едюк",
        "ивський",
        "обко",
        "уліч",
        "янчук",
        "езник",
        "арин",
        "оменко",
        "ущак",
        "инець",
        "альчук",
    ];
    const GIVEN: [&str; 7] = ["Іван", "Петро", "Остап", "Марко", "Лука", "Юрій", "Денис"];
    const FATHERS: [&str; 5] = ["Романович", "Олегович", "Ігорович", "Тарасович", "Богданович"];
    format!(
        "{}{};{};{};{:02}.{:02}.{};І-МИ {}",
        STEMS[number % 20],
        ENDS[number / 20 % 12],
        GIVEN[number % 7],
        FATHERS[number / 3 % 5],
        1 + number * 11 % 28,
        1 + number * 5 % 12,
        2008 + number * 3 % 8,
        200_003 + number * 1_013,
    )
}

/// The rows of one child: `(register, day, kind, region)`.
type Rows<'a> = &'a [(&'a str, &'a str, &'a str, &'a str)];

/// The schools' own columns: `school;region;office;class;displaced;lost;left;left_on`.
const PLAIN: &str = "40000017;Чернівецька;ОУО 1;7-А;ні;ні;;";

struct Files {
    now: String,
    before: String,
    registers: BTreeMap<String, String>,
}

impl Files {
    /// A crowd on the latest list, each seen by the register of health.
    fn with_crowd() -> Self {
        let own = "school;region;office;class;displaced;lost;left;left_on";
        let head = "surname;given;patronymic;born;certificate";
        let mut files = Self {
            now: format!("id;{head};{own}\n"),
            before: format!("id;{head};school;region;class;displaced\n"),
            registers: REGISTERS
                .map(|name| (name.to_owned(), format!("{head};day;kind;region\n")))
                .into(),
        };
        for number in 0..180 {
            files.pupil(&format!("n{number}"), number, PLAIN);
            files.see(number, &[("health", "2023-03-01", "", "")]);
        }
        files.was("b179", 179, "40000017;Чернівецька;6-А;ні");
        files
    }

    fn pupil(&mut self, id: &str, number: usize, own: &str) {
        self.now.push_str(&format!("{id};{};{own}\n", person(number)));
    }

    fn was(&mut self, id: &str, number: usize, own: &str) {
        self.before.push_str(&format!("{id};{};{own}\n", person(number)));
    }

    fn see(&mut self, number: usize, rows: Rows<'_>) {
        for (register, day, kind, region) in rows {
            let file = self.registers.get_mut(*register).unwrap();
            file.push_str(&format!("{};{day};{kind};{region}\n", person(number)));
        }
    }

    fn folder(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        self.write(folder.path());
        folder
    }

    fn write(&self, folder: &Path) {
        fs::write(folder.join("job.toml"), JOB).unwrap();
        fs::write(folder.join("now.csv"), &self.now).unwrap();
        fs::write(folder.join("before.csv"), &self.before).unwrap();
        for (name, text) in &self.registers {
            fs::write(folder.join(format!("{name}.csv")), text).unwrap();
        }
    }
}

fn by_id(folder: &Path) -> BTreeMap<String, Row> {
    let children = table(&folder.join("children.parquet"));
    children.into_iter().map(|child| (child["id"].clone(), child)).collect()
}

#[test]
fn every_rule_of_evidence_gives_its_status_and_reason() {
    #[rustfmt::skip]
    let cases: &[(&str, &str, Rows<'_>, &str, &str)] = &[
        ("nowhere", PLAIN, &[], "unconfirmed", "not_found:health"),
        ("old", PLAIN, &[("health", "2021-05-01", "", "")], "unconfirmed", "too_old:health"),
        ("own-since", PLAIN, &[("clinics", "2022-05-01", "", "")], "unconfirmed", "too_old:clinics"),
        ("own-later", PLAIN, &[("clinics", "2023-05-01", "", "")], "confirmed", "settled_by:clinics"),
        ("not-covered", "40000017;Одеська;ОУО 2;7-А;ні;ні;;", &[], "unconfirmed", "out_of_scope:clinics"),
        ("out", PLAIN, &[("events", "2022-05-01", "OUT", "")], "confirmed_abroad", "settled_by:events"),
        ("out-in", PLAIN, &[("events", "2022-05-01", "OUT", ""), ("events", "2022-06-01", "IN", "")], "confirmed", "settled_by:events"),
        ("out-seen", PLAIN, &[("events", "2022-05-01", "OUT", ""), ("health", "2022-06-01", "", "")], "confirmed", "settled_by:health"),
        ("both-one-day", PLAIN, &[("events", "2022-05-01", "OUT", ""), ("health", "2022-05-01", "", "")], "review", "contradiction:events"),
        ("dead", PLAIN, &[("deaths", "2022-05-01", "", "")], "deceased", "settled_by:deaths"),
        ("dead-seen", PLAIN, &[("deaths", "2022-05-01", "", ""), ("health", "2022-08-01", "", "")], "review", "contradiction:deaths"),
        ("dead-undated", PLAIN, &[("deaths", "", "", ""), ("health", "2022-08-01", "", "")], "review", "contradiction:deaths"),
        ("sought", PLAIN, &[("police", "2022-05-01", "sought", "")], "reported_missing", "sought_by:police"),
        ("sought-seen", PLAIN, &[("police", "2022-05-01", "sought", ""), ("health", "2022-08-01", "", "")], "review", "contradiction:police"),
        ("seen-sought", PLAIN, &[("health", "2022-05-01", "", ""), ("police", "2022-08-01", "sought", "")], "reported_missing", "sought_by:police"),
        ("sought-back", PLAIN, &[("police", "2022-05-01", "sought", ""), ("police", "2022-08-01", "back", "")], "confirmed", "settled_by:police"),
        ("back-sought", PLAIN, &[("police", "2022-05-01", "back", ""), ("police", "2022-08-01", "sought", "")], "reported_missing", "sought_by:police"),
        ("school-death", "40000017;Чернівецька;ОУО 1;7-А;ні;ні;смерть;2022-05-01", &[("health", "2022-08-01", "", "")], "review", "school_says_died"),
        ("school-death-dead", "40000017;Чернівецька;ОУО 1;7-А;ні;ні;смерть;2022-05-01", &[("deaths", "2022-05-01", "", "")], "deceased", "settled_by:deaths"),
        ("school-abroad", "40000017;Чернівецька;ОУО 1;7-А;ні;ні;вибув за межі України;", &[], "unconfirmed", "school_says_abroad"),
        ("school-moved", "40000017;Чернівецька;ОУО 1;7-А;ні;ні;Вибув до іншого закладу;", &[], "unconfirmed", "school_says_moved"),
        ("school-death-odd", "40000017;Чернівецька;ОУО 1;7-А;ні;ні;відраховано/загибель;", &[("health", "2022-08-01", "", "")], "review", "school_says_died"),
        ("sought-unread", PLAIN, &[("health", "2022-05-01", "", ""), ("police", "2022-08-01", "невідоме слово", "")], "review", "possible_link:police"),
        ("sought-tomorrow", PLAIN, &[("health", "2022-05-01", "", ""), ("police", "2032-08-01", "sought", "")], "review", "contradiction:police"),
        ("lost", "40000017;Чернівецька;ОУО 1;7-А;за кордоном;так;;", &[], "unconfirmed", "contact_lost"),
    ];
    let mut files = Files::with_crowd();
    for (number, (id, own, rows, ..)) in (180..).zip(cases) {
        files.pupil(id, number, own);
        files.see(number, rows);
    }
    let folder = files.folder();
    run(folder.path());
    let children = by_id(&folder.path().join("out"));
    for (id, _, _, status, code) in cases {
        let child = &children[*id];
        assert_eq!(child["status"], *status, "{id}: {child:?}");
        assert!(child["reason_codes"].contains(code), "{id}: {}", child["reason_codes"]);
    }
    // Two sources of one witness are one witness; a certificate that agrees is enough for A.
    assert_eq!(children["own-later"]["tier"], "A");
    assert_eq!(children["n3"]["tier"], "A");
    assert!(!children["nowhere"].contains_key("tier"));
    // Nobody who stands on the list is called missing or safe.
    for row in csv_table(&folder.path().join("out/candidates.csv")) {
        for word in ["зникла", "безпечн", "у безпеці"] {
            assert!(!row["reasons"].contains(word), "{}", row["reasons"]);
        }
    }
}

#[test]
fn a_school_vouches_only_where_nothing_written_speaks_against_it() {
    let mut files = Files::with_crowd();
    let own = |lost: &str, left: &str, day: &str| {
        format!("40000017;Чернівецька;ОУО 1;7-А;ні;{lost};{left};{day}")
    };
    let cases = [
        ("here", own("ні", "", ""), "confirmed"),
        ("unread-contact", own("телефон мовчить", "", ""), "unconfirmed"),
        ("unread-reason", own("ні", "зник безвісти", ""), "unconfirmed"),
        ("left-on", own("ні", "", "2023-01-01"), "unconfirmed"),
        ("abroad", own("ні", "вибув за кордон", ""), "unconfirmed"),
        ("dead", own("ні", "смерть", ""), "review"),
    ];
    for (number, (id, own, _)) in (200..).zip(&cases) {
        files.pupil(id, number, own);
    }
    files.was("gone", 220, "40000017;Чернівецька;6-А;ні");
    let folder = files.folder();
    let evidence = "[population.evidence]\nkind = \"present\"\ndated = 2023-07-01\n\n";
    let before = |job: &str, table: &str| job.replacen(table, &format!("{evidence}{table}"), 1);
    let vouching = before(JOB, "[[population]]\nname = \"before\"");
    let vouching = before(&vouching, "[[registry]]\nname = \"health\"");
    fs::write(folder.path().join("job.toml"), vouching).unwrap();
    run(folder.path());
    let children = by_id(&folder.path().join("out"));
    for (id, _, status) in &cases {
        assert_eq!(children[*id]["status"], *status, "{id}: {}", children[*id]["reason_codes"]);
    }
    assert_eq!(children["gone"]["status"], "unconfirmed", "no word of an earlier list counts");
}

#[test]
fn a_death_that_one_school_tells_of_is_not_outdone_by_another() {
    let mut files = Files::with_crowd();
    let own = |left: &str, day: &str| format!("40000017;Чернівецька;ОУО 1;7-А;ні;ні;{left};{day}");
    for number in 200..230 {
        files.pupil(&format!("a{number}"), number, &own("смерть", "2022-05-01"));
        files.pupil(&format!("b{number}"), number, &own("переведено до іншого закладу", ""));
        files.see(number, &[("health", "2022-08-01", "", "")]);
    }
    let folder = files.folder();
    run(folder.path());
    let children = table(&folder.path().join("out/children.parquet"));
    // The certificate proves that both rows of one class list are of one child.
    let joined: Vec<&Row> =
        children.iter().filter(|child| child["records"].matches("now:").count() == 2).collect();
    assert_eq!(joined.len(), 30);
    for child in joined {
        assert_eq!(child["status"], "review", "{child:?}");
        assert!(child["reason_codes"].contains("school_says_died"), "{child:?}");
    }
}

#[test]
fn nobody_is_out_of_the_question_by_a_region_that_is_none() {
    let mut files = Files::with_crowd();
    let own = |region: &str| format!("40000017;{region};ОУО 1;7-А;ні;ні;;");
    for (number, (id, region)) in (200..).zip([
        ("odd", "Чернiвецька"),
        ("area", "Дністровський район"),
        ("blank", ""),
        ("other", "Одеська"),
    ]) {
        files.pupil(id, number, &own(region));
        files.see(number, &[("police", "2023-01-01", "sought", "")]);
    }
    let folder = files.folder();
    let scoped = JOB.replacen(
        "[[population]]\nname = \"before\"",
        "[population.scope]\nregions = [\"Чернівецька\"]\n\n[[population]]\nname = \"before\"",
        1,
    );
    fs::write(folder.path().join("job.toml"), scoped).unwrap();
    let told = run(folder.path());
    let children = by_id(&folder.path().join("out"));
    for id in ["odd", "area", "blank"] {
        assert_eq!(children[id]["status"], "reported_missing", "{id}");
    }
    assert!(!children.contains_key("other"));
    assert!(told.out.contains("outside of the scope: 1\n"), "{}", told.out);
}

#[test]
fn a_graduate_is_no_lost_child_and_a_pupil_who_vanished_is() {
    let mut files = Files::with_crowd();
    let school = |school: &str, region: &str, class: &str, displaced: &str| {
        format!("{school};{region};{class};{displaced}")
    };
    let now = |school: &str, region: &str, class: &str, displaced: &str| {
        format!("{school};{region};ОУО 1;{class};{displaced};ні;;")
    };
    let (one, other) = ("40000017", "40000025");
    // The crowd went on by one class.
    for number in 0..179 {
        files.was(&format!("b{number}"), number, &school(one, "Чернівецька", "6-А", "ні"));
    }
    for (number, id, class) in [(200, "vanished", "5-Б"), (201, "graduate", "11-А")] {
        files.was(id, number, &school(one, "Чернівецька", class, "ні"));
    }
    for (number, id, region, school_now, displaced) in [
        (202, "to-school", "Чернівецька", other, "ні"),
        (203, "to-region", "Одеська", other, "ні"),
        (204, "abroad", "Чернівецька", one, "за кордоном"),
    ] {
        files.was(&format!("b-{id}"), number, &school(one, "Чернівецька", "3-А", "ні"));
        files.pupil(id, number, &now(school_now, region, "4-А", displaced));
    }
    files.pupil("first", 205, &now(one, "Чернівецька", "1-А", "ні"));
    files.pupil("came", 206, &now(one, "Чернівецька", "8-А", "ні"));
    let folder = files.folder();
    run(folder.path());
    let out = folder.path().join("out");
    let children = by_id(&out);
    assert_eq!(children["vanished"]["status"], "unconfirmed");
    assert!(children["vanished"]["reason_codes"].contains("vanished:before"));
    assert!(children["graduate"]["reason_codes"].contains("graduated:before"));
    let priority = |id: &str| children[id]["priority"].parse::<i32>().unwrap();
    assert!(priority("vanished") > priority("graduate") + 100);

    let name_of: BTreeMap<&str, &str> =
        children.iter().map(|(id, child)| (child["child"].as_str(), id.as_str())).collect();
    let movements: BTreeMap<String, Row> = csv_table(&out.join("movements.csv"))
        .into_iter()
        .map(|row| (name_of[row["child"].as_str()].to_owned(), row))
        .collect();
    assert_eq!(movements.len(), children.len());
    for (id, movement, classes) in [
        ("n7", "stayed", "1"),
        ("vanished", "vanished", ""),
        ("graduate", "graduated", ""),
        ("to-school", "moved_school", "1"),
        ("to-region", "moved_region", "1"),
        ("abroad", "moved_abroad", "1"),
        ("first", "first_grader", ""),
        ("came", "came", ""),
    ] {
        let row = &movements[id];
        let found = (row["movement"].as_str(), row.get("classes").map_or("", String::as_str));
        assert_eq!(found, (movement, classes), "{id}");
    }
    assert_eq!(movements["to-region"]["from_region"], "чернівецька");
    assert_eq!(movements["to-region"]["to_region"], "одеська");
}

#[test]
fn children_keep_their_ids_when_records_are_added_removed_or_corrected() {
    let mut files = Files::with_crowd();
    // Records without an id of their own.
    let blank: String = files
        .now
        .lines()
        .enumerate()
        .map(|(i, line)| {
            let rest = line.split_once(';').map_or("", |(_, rest)| rest);
            if i == 0 { format!("{line}\n") } else { format!(";{rest}\n") }
        })
        .collect();
    files.now = blank;
    let folder = files.folder();
    run(folder.path());
    fs::rename(folder.path().join("out"), folder.path().join("july")).unwrap();
    let july = table(&folder.path().join("july/children.parquet"));

    // The surname of one is corrected, the certificate of another; one is gone, one comes, and
    // the rows stand in another order.
    let mut lines: Vec<String> = files.now.lines().map(str::to_owned).collect();
    let head = lines.remove(0);
    let (corrected, renumbered, gone) = (5, 9, 20);
    let surname = lines[corrected].split(';').nth(1).unwrap().to_owned();
    lines[corrected] = lines[corrected].replace(&surname, "Виправленко");
    lines[renumbered] = lines[renumbered].replace("І-МИ 2", "І-МИ 7");
    lines.remove(gone);
    lines.push(format!(";{};{PLAIN}", person(230)));
    lines.reverse();
    files.now = format!("{head}\n{}\n", lines.join("\n"));
    files.write(folder.path());
    let told = tell(folder.path(), &["run", "job.toml", "--out", "august", "--previous", "july"]);
    assert_eq!(told.code, 0, "{}", told.shown(folder.path()));
    let august = table(&folder.path().join("august/children.parquet"));
    let ids = |rows: &[Row]| rows.iter().map(|row| row["child"].clone()).collect::<BTreeSet<_>>();
    let (old, new) = (ids(&july), ids(&august));
    assert_eq!(new.len(), august.len(), "an id is given once");
    assert_eq!(old.difference(&new).count(), 1, "only the child that is gone");
    assert_eq!(new.difference(&old).count(), 1, "only the child that came");

    // Without the previous run the corrected ones would be others.
    let told = tell(folder.path(), &["run", "job.toml", "--out", "alone"]);
    assert_eq!(told.code, 0);
    let alone = ids(&table(&folder.path().join("alone/children.parquet")));
    assert_eq!(old.difference(&alone).count(), 3);
    // A folder of no run is told as such.
    let told = tell(folder.path(), &["run", "job.toml", "--previous", "nowhere"]);
    assert_eq!(told.code, 1);
    assert!(told.err.contains("nowhere"), "{}", told.err);
}

#[test]
fn merged_children_keep_one_id_and_name_the_other() {
    let mut files = Files::with_crowd();
    // Two lists have one child under names so different that nobody joins them.
    for number in 0..179 {
        files.was(&format!("b{number}"), number, "40000017;Чернівецька;6-А;ні");
    }
    files.pupil("a", 190, PLAIN);
    let as_was = format!("b;{};40000017;Чернівецька;6-А;ні\n", person(191));
    files.before.push_str(&as_was);
    let folder = files.folder();
    run(folder.path());
    fs::rename(folder.path().join("out"), folder.path().join("july")).unwrap();
    // The earlier list is corrected: it is the same child.
    let corrected = format!("b;{};40000017;Чернівецька;6-А;ні\n", person(190));
    files.before = files.before.replace(&as_was, &corrected);
    files.write(folder.path());
    let told = tell(folder.path(), &["run", "job.toml", "--out", "out", "--previous", "july"]);
    assert_eq!(told.code, 0, "{}", told.shown(folder.path()));
    let children = by_id(&folder.path().join("out"));
    assert_eq!(children["a"]["child"], "now:a");
    assert_eq!(children["a"]["former"], "[before:b]");
}

#[test]
fn a_namesake_whom_another_register_holds_puts_a_link_by_name_in_doubt() {
    const JOB: &str = r#"
[job]
as_of = 2023-07-05
evidence_since = 2022-02-24
[decision]
hidden_child_cost = 100
[[population]]
name = "pupils"
path = "pupils.csv"
[population.columns]
id = "id"
surname = "surname"
given_name = "given"
patronymic = "patronymic"
birth_date = "born"
certificate = "certificate"
[[registry]]
name = "births"
path = "births.csv"
[registry.columns]
surname = "surname"
given_name = "given"
patronymic = "patronymic"
birth_date = "born"
certificate = "certificate"
[registry.evidence]
kind = "identity"
[[registry]]
name = "border"
path = "border.csv"
unique = false
[registry.columns]
surname = "surname"
given_name = "given"
birth_date = "born"
[registry.evidence]
kind = "abroad"
date = "day"
"#;
    let head = "id;surname;given;patronymic;born;certificate;day\n";
    let [mut pupils, mut births, mut border] = [head; 3].map(str::to_owned);
    for number in 0..220 {
        let person = person(number);
        pupils.push_str(&format!("n{number};{person};\n"));
        births.push_str(&format!("b{number};{person};\n"));
        border.push_str(&format!("x{number};{person};2022-05-01\n"));
    }
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    put("job.toml", JOB);
    put("pupils.csv", &pupils);
    put("births.csv", &births);
    put("border.csv", &border);
    run(folder.path());
    let before = by_id(&folder.path().join("out"));
    assert_eq!(before["n40"]["status"], "confirmed_abroad");

    // Somebody of the same name and birth date, who goes to no school of the list.
    let fields: Vec<String> = person(40).split(';').map(str::to_owned).collect();
    let [surname, given, _, born, _] = fields.as_slice() else { unreachable!() };
    births.push_str(&format!("other;{surname};{given};Євгенович;{born};ІІ-КИ 900001;\n"));
    put("births.csv", &births);
    run(folder.path());
    let after = by_id(&folder.path().join("out"));
    assert_eq!(after["n40"]["status"], "review", "{:?}", after["n40"]);
    let settled = |children: &BTreeMap<String, Row>| {
        children.values().filter(|child| child["status"] == "confirmed_abroad").count()
    };
    assert_eq!(settled(&after), settled(&before) - 1, "nobody else is doubted");
    let link = table(&folder.path().join("out/links.parquet"))
        .into_iter()
        .find(|link| link["population_id"] == "n40" && link["registry"] == "border")
        .unwrap();
    let probability: f64 = link["probability"].parse().unwrap();
    assert!((0.4..0.6).contains(&probability), "{probability}");
}

#[test]
fn the_register_of_births_can_ask() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let folder = tempfile::tempdir().unwrap();
    let job = root.join("reverse.toml");
    let out = folder.path().join("out");
    let told = tell(&root, &["run", job.to_str().unwrap(), "--out", out.to_str().unwrap(), "-q"]);
    assert_eq!(told.code, 0, "{}", told.shown(folder.path()));
    let children = table(&out.join("children.parquet"));
    let truth = |name: &str| table(&root.join(format!("chernivtsi/truth/{name}.parquet")));
    let person_of: BTreeMap<String, String> = truth("births")
        .into_iter()
        .map(|row| (row["row"].clone(), row["person"].clone()))
        .collect();
    let known: BTreeSet<String> =
        ["aikom", "kurs", "ehealth", "border", "missing", "deaths", "idp"]
            .into_iter()
            .flat_map(truth)
            .map(|row| row["person"].clone())
            .collect();
    let listed = |child: &Row| {
        ["unconfirmed", "review", "not_assessable", "reported_missing"]
            .contains(&child["status"].as_str())
    };
    let nowhere: Vec<&Row> =
        children.iter().filter(|child| !known.contains(&person_of[&child["row"]])).collect();
    assert!(nowhere.len() >= 3, "{}", nowhere.len());
    for child in nowhere {
        assert!(listed(child), "{child:?}");
    }
    // Whoever is not of school age is counted, and not asked about.
    let births = table(&root.join("chernivtsi/drats.parquet"));
    let asked = births
        .iter()
        .filter(|row| row.get("birth_date").is_none_or(|day| ("2006".."2017").contains(&&day[..4])))
        .count();
    assert_eq!(children.len(), asked);
    let manifest = fs::read_to_string(out.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let left_out = births.len() - asked;
    assert_eq!(manifest["counts"]["children_not_asked"], serde_json::json!(left_out));
}
