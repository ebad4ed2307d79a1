//! `zvirka run` on the sample: the files of the contract, and that they agree with each
//! other and with the inputs; what becomes of an earlier run's folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use calamine::Data;
use zvirka::verdict::Status;

use crate::support::{
    Row, assert_same, columns, contents, csv_table, manifest, masked, number, run, sample,
    sample_folder, sheets, table, tell,
};

const FILES: [&str; 12] = [
    "candidates.csv",
    "candidates.parquet",
    "candidates.xlsx",
    "children.parquet",
    "errors.json",
    "links.parquet",
    "manifest.json",
    "model.json",
    "quality.xlsx",
    "rejected.csv",
    "report.html",
    "timings.json",
];

fn is_candidate(row: &Row) -> bool {
    Status::from_key(&row["status"]).expect("a status of the contract").is_candidate()
}

/// `[a, b]` as Arrow shows a list.
fn list(text: &str) -> Vec<String> {
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap();
    inner.split(", ").filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

#[test]
fn the_sample_gives_every_file_of_the_contract() {
    let folder = sample_folder();
    let out = folder.path().join("out");
    let told = run(folder.path());
    insta::assert_snapshot!("summary_en", masked(&told.out));
    insta::assert_snapshot!("stages", masked(&told.err));
    let written: Vec<String> = contents(&out).into_keys().collect();
    assert_eq!(written, FILES);

    let has = |file: &str, wanted: &[(&str, &str)]| {
        let there = columns(&out.join(file));
        for (name, kind) in wanted {
            assert_eq!(there.get(*name).map(String::as_str), Some(*kind), "{file}: {name}");
        }
    };
    let texts = columns(&out.join("children.parquet"))["records"].clone();
    assert!(texts.starts_with("List(") && texts.contains("Utf8"), "{texts}");
    has(
        "children.parquet",
        &[
            ("child", "Utf8"),
            ("source", "Utf8"),
            ("row", "UInt64"),
            ("id", "Utf8"),
            ("status", "Utf8"),
            ("reason_codes", &texts),
            ("last_evidence", "Date32"),
            ("priority", "UInt16"),
        ],
    );
    has(
        "links.parquet",
        &[
            ("population_source", "Utf8"),
            ("population_row", "UInt64"),
            ("population_id", "Utf8"),
            ("registry", "Utf8"),
            ("registry_row", "UInt64"),
            ("registry_id", "Utf8"),
            ("weight", "Float64"),
            ("probability", "Float64"),
            ("decision", "Utf8"),
            ("twin_risk", "Boolean"),
        ],
    );
    has("candidates.parquet", &[("child", "Utf8"), ("status", "Utf8"), ("surname", "Utf8")]);
    let rejected = fs::read_to_string(out.join("rejected.csv")).unwrap();
    assert!(rejected.starts_with("source,row,field,reason"), "{rejected}");

    children_add_up(&out);
    candidates_are_the_unsettled_children(&out);
    links_keep_the_thresholds(&out);
    statuses_follow_from_links(&out);
    the_manifest_bears_the_hashes(folder.path(), &out);
    the_page_needs_nothing_else(&out);
}

/// Each school record is of one child, and the counts are the same everywhere.
fn children_add_up(out: &Path) {
    let children = table(&out.join("children.parquet"));
    let manifest = manifest(out);
    assert_eq!(manifest["children"], children.len());
    let mut statuses = BTreeMap::new();
    let mut records = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for child in &children {
        *statuses.entry(child["status"].as_str()).or_insert(0_u64) += 1;
        assert!(ids.insert(&child["child"]), "a child's id stands twice");
        let own = list(&child["records"]);
        assert!(own.contains(&format!("{}:{}", child["source"], child["row"])));
        for record in own {
            assert!(records.insert(record.clone()), "{record} is of two children");
        }
        assert!(!list(&child["reason_codes"]).is_empty(), "no status without a reason");
    }
    let told = manifest["statuses"].as_object().unwrap();
    assert_eq!(told.len(), Status::ALL.len());
    for (status, count) in told {
        let here = statuses.get(status.as_str()).copied().unwrap_or(0);
        assert_eq!(*count, here, "{status}");
    }
    let rejected = csv_table(&out.join("rejected.csv"));
    for source in manifest["inputs"].as_array().unwrap() {
        let name = source["source"].as_str().unwrap();
        let of = |whole: &str| {
            let lost = |row: &&Row| row["source"] == name && row["whole_row"] == whole;
            rejected.iter().filter(lost).count()
        };
        assert_eq!(source["rejected_rows"], of("true"), "{name}");
        assert_eq!(source["rejected_values"], of("false"), "{name}");
        if source["role"] == "population" {
            let rows = source["rows"].as_u64().unwrap();
            let kept = (0..rows).filter(|row| records.contains(&format!("{name}:{row}"))).count();
            assert_eq!(kept + of("true"), usize::try_from(rows).unwrap(), "{name}");
        }
    }
}

/// The list: every unsettled child and nobody else, ranked, its fields as the school
/// wrote them, and the same in three forms.
fn candidates_are_the_unsettled_children(out: &Path) {
    let children = table(&out.join("children.parquet"));
    let unsettled: BTreeMap<&str, &Row> = children
        .iter()
        .filter(|child| is_candidate(child))
        .map(|child| (child["child"].as_str(), child))
        .collect();
    let listed = table(&out.join("candidates.parquet"));
    assert_eq!(manifest(out)["candidates"], listed.len());
    let names: BTreeSet<&str> = listed.iter().map(|row| row["child"].as_str()).collect();
    assert_eq!(names, unsettled.keys().copied().collect());
    assert_eq!(names.len(), listed.len(), "nobody stands on the list twice");
    assert!(listed.len() > 50, "the sample has some of them");

    let order = |row: &Row| {
        (std::cmp::Reverse(row["priority"].parse::<u16>().unwrap()), row["child"].clone())
    };
    assert!(listed.is_sorted_by_key(order), "the list is ranked by priority");
    let written = written_by_schools();
    for (place, row) in listed.iter().enumerate() {
        assert_eq!(row["rank"], (place + 1).to_string());
        let child = unsettled[row["child"].as_str()];
        for column in ["status", "priority", "records", "reason_codes"] {
            assert_eq!(row[column], child[column], "{column}");
        }
        let school = &written[&(child["source"].clone(), child["row"].parse().unwrap())];
        for field in zvirka::field::Field::ALL {
            let (listed, school) = (row.get(field.key()), school.get(field.key()));
            assert_eq!(listed, school, "{} of rank {}", field.key(), place + 1);
        }
        assert!(!row["what_would_settle"].is_empty());
        assert!(!list(&row["settle_code"]).is_empty());
        // Each register has its phrase.
        for register in &crate::support::SOURCES[2..] {
            assert!(row["searched"].contains(&format!("{register}: ")), "{}", row["searched"]);
        }
        if row["status"] == "unconfirmed" {
            assert_eq!(
                row["statement"],
                "Станом на 05.07.2023 у наданих витягах підтвердження не знайдено"
            );
        }
    }

    let csv = csv_table(&out.join("candidates.csv"));
    let book = sheets(&fs::read(out.join("candidates.xlsx")).unwrap());
    // What the list is comes first.
    let (name, cells) = &book[1];
    assert_eq!((book.len(), name.as_str()), (2, "Діти"));
    assert_eq!((csv.len(), cells.len() - 1), (listed.len(), listed.len()));
    for ((row, csv), cells) in listed.iter().zip(&csv).zip(&cells[1..]) {
        for column in ["rank", "child", "status", "surname", "full_name", "what_would_settle"] {
            assert_eq!(row.get(column), csv.get(column), "{column}");
        }
        assert_eq!(cells[1], Data::String(row["child"].clone()));
        let status = Status::from_key(&row["status"]).unwrap();
        let words = zvirka::report::words::status(status, zvirka::report::words::Lang::Uk);
        assert_eq!(cells[2], Data::String(words.to_owned()));
    }
}

/// The fields of the sample's school records by source and row, read by this test's own
/// means.
fn written_by_schools() -> BTreeMap<(String, u64), Row> {
    let mut all = BTreeMap::new();
    let book = sheets(&fs::read(sample("aikom.xlsx")).unwrap());
    let (_, cells) = &book[0];
    let text = |cell: &Data| match cell {
        Data::Empty => String::new(),
        Data::DateTime(day) => {
            let (year, month, day, ..) = day.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        other => other.to_string(),
    };
    let head = cells.iter().position(|row| row.iter().any(|cell| text(cell) == "Прізвище"));
    let (head, rows) = cells[head.unwrap()..].split_first().unwrap();
    let aikom = [
        ("ID запису", "id"),
        ("Прізвище", "surname"),
        ("Ім'я", "given_name"),
        ("По батькові", "patronymic"),
        ("Дата народження", "birth_date"),
        ("Стать", "sex"),
        ("Серія свідоцтва", "certificate_series"),
        ("Номер свідоцтва", "certificate_number"),
        ("УНЗР", "unzr"),
        ("РНОКПП", "rnokpp"),
        ("ЄДРПОУ закладу", "school"),
        ("Область", "region"),
        ("Клас", "grade"),
        ("Переміщення", "displacement"),
        ("Втрачено контакт", "contact_lost"),
        ("Оновлено", "updated"),
        ("ОУО", "office"),
        ("Причина вибуття", "withdrawal"),
        ("Дата вибуття", "withdrawal_date"),
    ];
    for (number, row) in (0..).zip(rows) {
        let fields = aikom.iter().filter_map(|(heading, field)| {
            let column = head.iter().position(|cell| text(cell) == *heading).unwrap();
            let value = text(&row[column]);
            (!value.trim().is_empty()).then(|| ((*field).to_owned(), value))
        });
        all.insert(("aikom".to_owned(), number), fields.collect());
    }
    let bytes = fs::read(sample("kurs.csv")).unwrap();
    let (text, _, _) = encoding_rs::WINDOWS_1251.decode(&bytes);
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
    let kurs = [
        "id",
        "full_name",
        "certificate",
        "birth_date",
        "sex",
        "school",
        "grade",
        "displacement",
        "contact_lost",
    ];
    for (number, record) in (0..).zip(reader.records()) {
        let record = record.unwrap();
        let fields = kurs.iter().zip(&record).filter(|(_, value)| !value.trim().is_empty());
        let fields = fields.map(|(field, value)| ((*field).to_owned(), value.to_owned()));
        all.insert(("kurs".to_owned(), number), fields.collect());
    }
    all
}

fn links_keep_the_thresholds(out: &Path) {
    let manifest = manifest(out);
    let (confirm, review) = (
        manifest["thresholds"]["confirm"].as_f64().unwrap(),
        manifest["thresholds"]["review"].as_f64().unwrap(),
    );
    // A hidden child costs as much as 10,000 needless cases.
    assert!(confirm >= 0.9999, "{confirm}");
    assert!((0.0..confirm).contains(&review));
    let rows: BTreeMap<&str, u64> = manifest["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|source| (source["source"].as_str().unwrap(), source["rows"].as_u64().unwrap()))
        .collect();
    let children = table(&out.join("children.parquet"));
    let child_of: BTreeMap<String, &str> = children
        .iter()
        .flat_map(|child| list(&child["records"]).into_iter().map(|r| (r, child["child"].as_str())))
        .collect();
    let links = table(&out.join("links.parquet"));
    let mut counted: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let mut pairs = BTreeSet::new();
    let mut holders: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    let mut held: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for link in &links {
        let probability = number(link, "probability");
        assert!((0.0..=1.0).contains(&probability), "{probability}");
        assert!(number(link, "weight").is_finite());
        let registry = link["registry"].as_str();
        assert!(link["registry_row"].parse::<u64>().unwrap() < rows[registry]);
        let record = format!("{}:{}", link["population_source"], link["population_row"]);
        assert_eq!(child_of[&record], link["child"]);
        assert!(pairs.insert((record, registry, &link["registry_row"])), "a pair stands twice");
        *counted.entry((registry, link["decision"].as_str())).or_default() += 1;
        match link["decision"].as_str() {
            "link" => {
                assert!(probability >= confirm, "accepted at {probability}");
                assert_eq!(link["twin_risk"], "false", "accepted in spite of a twin");
                holders
                    .entry((registry, &link["registry_row"]))
                    .or_default()
                    .insert(&link["child"]);
                held.entry((registry, &link["child"])).or_default().insert(&link["registry_row"]);
            }
            decision => assert_eq!(decision, "review"),
        }
    }
    // A record is of one child; only children who may be one and the same share it.
    let differ: BTreeSet<&str> = children
        .iter()
        .filter(|child| list(&child["reason_codes"]).iter().any(|code| code == "records_differ"))
        .map(|child| child["child"].as_str())
        .collect();
    for ((registry, row), children) in holders {
        let shared = children.len() > 1;
        assert!(!shared || children.is_subset(&differ), "{registry}:{row} is of two children");
    }
    for ((registry, _), rows) in held {
        if ["births", "ehealth", "deaths"].contains(&registry) {
            assert_eq!(rows.len(), 1, "a child has two records in {registry}");
        }
    }
    for register in manifest["registers"].as_array().unwrap() {
        let name = register["registry"].as_str().unwrap();
        for decision in ["link", "review"] {
            let here = counted.get(&(name, decision)).copied().unwrap_or(0);
            assert_eq!(register[decision], here, "{name}: {decision}");
        }
    }
}

/// Nobody is confirmed but by an accepted link whose evidence counts, and nobody is
/// unconfirmed in spite of one.
fn statuses_follow_from_links(out: &Path) {
    let links = table(&out.join("links.parquet"));
    let mut counting: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for link in links.iter().filter(|link| link["decision"] == "link") {
        let kind = link["evidence_kind"].as_str();
        let Some(day) = link.get("evidence_date") else { continue };
        if kind != "identity" && ("2022-02-24"..="2023-07-05").contains(&day.as_str()) {
            counting.entry(&link["child"]).or_default().push((day, kind));
        }
    }
    for child in table(&out.join("children.parquet")) {
        let mut evidence = counting.get(child["child"].as_str()).cloned().unwrap_or_default();
        evidence.sort_unstable();
        let latest = evidence.last().map(|(day, _)| *day);
        assert_eq!(child.get("last_evidence").map(String::as_str), latest);
        let on_last_day = |kind| evidence.iter().any(|&e| e == (latest.unwrap_or(""), kind));
        let has = |kind| evidence.iter().any(|&(_, other)| other == kind);
        match child["status"].as_str() {
            "confirmed" => assert!(
                latest.is_some() && !on_last_day("abroad") && !has("deceased"),
                "{evidence:?}"
            ),
            "confirmed_abroad" => assert!(on_last_day("abroad") && !has("deceased")),
            "deceased" => assert!(has("deceased")),
            "unconfirmed" | "not_assessable" => assert_eq!(latest, None),
            // Evidence may contradict, or a search may begin before the war.
            "review" | "reported_missing" => {}
            status => panic!("{status} is no status of the contract"),
        }
    }
}

fn the_manifest_bears_the_hashes(folder: &Path, out: &Path) {
    let manifest = manifest(out);
    let blake3 = |path: &Path| blake3::hash(&fs::read(path).unwrap()).to_hex().to_string();
    for output in manifest["outputs"].as_array().unwrap() {
        let path = out.join(output["file"].as_str().unwrap());
        assert_eq!(output["blake3"], blake3(&path));
        assert_eq!(output["bytes"], fs::metadata(&path).unwrap().len());
    }
    assert_eq!(manifest["job"]["blake3"], blake3(&folder.join("job.toml")));
    let inputs = manifest["inputs"].as_array().unwrap();
    assert_eq!(inputs.len(), crate::support::SOURCES.len());
    for (source, name) in inputs.iter().zip(crate::support::SOURCES) {
        assert_eq!(source["source"], name);
        for file in source["files"].as_array().unwrap() {
            assert_eq!(file["blake3"], blake3(&folder.join(file["file"].as_str().unwrap())));
        }
    }
}

fn the_page_needs_nothing_else(out: &Path) {
    let page = fs::read_to_string(out.join("report.html")).unwrap();
    for outside in ["http://", "https://", "<script src", "<link ", "url("] {
        assert!(!page.contains(outside), "the page asks for something outside: {outside}");
    }
}

#[test]
fn words_follow_the_language_and_silence_the_quiet() {
    let folder = sample_folder();
    let told = tell(folder.path(), &["run", "job.toml", "-q", "--lang", "uk"]);
    assert_eq!((told.code, told.err.as_str()), (0, ""));
    // The form of the noun follows the figure.
    let told = ["дитина", "дитини"].iter().fold(told.out, |text, form| text.replace(form, "дітей"));
    insta::assert_snapshot!("summary_uk", masked(&told));
    // Without --out the job says where: beside itself.
    assert!(folder.path().join("out/children.parquet").is_file());
}

/// Whether a text has letters of the Ukrainian alphabet.
fn is_ukrainian(text: &str) -> bool {
    text.chars().any(|letter| ('\u{400}'..'\u{500}').contains(&letter))
}

#[test]
fn lists_are_in_the_language_of_the_job_unless_another_is_named() {
    let folder = sample_folder();
    let job = folder.path().join("job.toml");
    let text = fs::read_to_string(&job).unwrap();
    let language = |arguments: &[&str]| {
        let told = tell(folder.path(), &[&["run", "job.toml", "-q"], arguments].concat());
        assert_eq!(told.code, 0, "{}", told.shown(folder.path()));
        let out = folder.path().join("out");
        let mut found = BTreeSet::new();
        for row in table(&out.join("candidates.parquet")) {
            for column in ["statement", "reasons", "searched", "what_would_settle"] {
                found.insert(is_ukrainian(&row[column]));
            }
            assert!(row["settle_code"].is_ascii());
        }
        for row in table(&out.join("children.parquet")) {
            found.insert(is_ukrainian(&row["reasons"]));
        }
        for file in ["candidates.xlsx", "quality.xlsx"] {
            for (name, cells) in sheets(&fs::read(out.join(file)).unwrap()) {
                found.insert(is_ukrainian(&name));
                // Schools' own words stay, headings do not.
                found.insert(cells[0].iter().any(|cell| is_ukrainian(&cell.to_string())));
            }
        }
        assert_eq!(found.len(), 1, "one language in all lists");
        (is_ukrainian(&told.out), found.pop_first().unwrap())
    };
    // What is shown, and the lists.
    assert_eq!(language(&[]), (false, true));
    assert_eq!(language(&["--lang", "en"]), (false, false));
    fs::write(&job, format!("{text}\n[report]\nlang = \"en\"\n")).unwrap();
    assert_eq!(language(&[]), (false, false));
    assert_eq!(language(&["--lang", "uk"]), (true, true));
}

#[test]
fn the_workbook_has_a_sheet_for_each_education_office() {
    let folder = sample_folder();
    let job = folder.path().join("job.toml");
    let text = fs::read_to_string(&job).unwrap();
    // The sample has few offices: the classes stand for them.
    let text =
        text.replace("grade = \"Клас\"", "").replace("office = \"ОУО\"", "office = \"Клас\"");
    fs::write(&job, format!("{text}\n[report]\nsheets_by = \"office\"\n")).unwrap();
    run(folder.path());
    let out = folder.path().join("out");
    let book = sheets(&fs::read(out.join("candidates.xlsx")).unwrap());
    let names: Vec<&str> = book.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[..2], ["Про перелік", "Усі"]);
    assert!(names.len() > 10, "{names:?}");
    let stated = &names[2..names.len() - 1];
    assert!(stated.is_sorted(), "{stated:?}");

    let listed = table(&out.join("candidates.parquet"));
    let (_, all) = &book[1];
    assert_eq!(all.len() - 1, listed.len());
    let heading = Data::String("Орган управління освітою".to_owned());
    let office = all[0].iter().position(|cell| *cell == heading);
    let mut seen = BTreeSet::new();
    for (name, rows) in &book[2..] {
        assert_eq!(rows[0], all[0]);
        for row in &rows[1..] {
            assert!(seen.insert(row[1].to_string()), "a child on two sheets");
            assert!(all.contains(row));
            let own = row[office.unwrap()].to_string();
            assert!(name == "(не вказано)" || own.eq_ignore_ascii_case(name), "{name}: {own}");
        }
    }
    assert_eq!(seen.len(), listed.len());
}

#[test]
fn an_earlier_run_is_replaced_whole_and_what_people_laid_beside_it_stays() {
    let folder = sample_folder();
    let out = folder.path().join("out");
    run(folder.path());
    let first = contents(&out);
    fs::write(out.join("рішення.txt"), "наше").unwrap();
    fs::remove_file(out.join("links.parquet")).unwrap();
    fs::write(out.join("children.parquet"), "spoiled").unwrap();
    run(folder.path());
    let mut second = contents(&out);
    assert_eq!(second.remove("рішення.txt").as_deref(), Some("наше".as_bytes()));
    let mut first = first;
    first.remove("timings.json");
    second.remove("timings.json");
    assert_same(&first, &second);
    nothing_temporary(folder.path());
}

/// No folder in the making was left behind.
fn nothing_temporary(folder: &Path) {
    let left: Vec<String> =
        contents(folder).into_keys().filter(|name| name.starts_with('.')).collect();
    assert_eq!(left, Vec::<String>::new());
    let folders: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with('.') || name.ends_with("-old"))
        .collect();
    assert_eq!(folders, Vec::<String>::new());
}

#[test]
fn what_no_run_wrote_is_left_alone() {
    let folder = sample_folder();
    let photos = folder.path().join("photos");
    fs::create_dir(&photos).unwrap();
    fs::write(photos.join("1.jpg"), "a picture").unwrap();
    // Browsers and package managers write files of this name, too.
    fs::write(photos.join("manifest.json"), "{\"name\": \"photos\"}").unwrap();
    fs::write(folder.path().join("file"), "a file").unwrap();
    let before = contents(folder.path());
    for out in ["photos", "file", "file/out", "."] {
        let told = tell(folder.path(), &["run", "job.toml", "--out", out]);
        assert!([1, 2].contains(&told.code), "{out}: {}", told.shown(folder.path()));
        assert!(told.err.contains("hint: "), "{out}: {}", told.err);
        assert_same(&before, &contents(folder.path()));
        nothing_temporary(folder.path());
    }
}

/// What becomes of a file's bytes.
type Spoil = fn(&[u8]) -> Vec<u8>;

/// Runs that fail on the way leave everything as it was.
#[test]
fn a_run_that_fails_leaves_the_earlier_one_as_it_was() {
    let folder = sample_folder();
    run(folder.path());
    let inputs = contents(folder.path());
    // What passes the check of the job and breaks while rows are read.
    let spoiled: [(&str, Spoil); 4] = [
        ("drats.parquet", |bytes| {
            let mut bytes = bytes.to_vec();
            let middle = bytes.len() / 3;
            bytes[middle..middle + 4096].fill(0xA5);
            bytes
        }),
        ("aikom.xlsx", |bytes| {
            let mut bytes = bytes.to_vec();
            let middle = bytes.len() / 2;
            bytes[middle..middle + 64].fill(0xA5);
            bytes
        }),
        ("vpo.csv", |bytes| [bytes, &vec![b'x'; 2 << 20]].concat()),
        ("border.csv", |_| b"PAR1 is no table".to_vec()),
    ];
    for (file, spoil) in spoiled {
        let whole = &inputs[file];
        fs::write(folder.path().join(file), spoil(whole)).unwrap();
        let told = tell(folder.path(), &["run", "job.toml", "--out", "out"]);
        assert!([1, 2].contains(&told.code), "{file}: {}", told.shown(folder.path()));
        assert!(told.err.contains(file) && told.err.contains("hint: "), "{}", told.err);
        assert_eq!(told.out, "", "{file}");
        fs::write(folder.path().join(file), whole).unwrap();
        assert_same(&inputs, &contents(folder.path()));
        nothing_temporary(folder.path());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_earlier_run_as_it_was() {
    let folder = sample_folder();
    run(folder.path());
    let before = contents(folder.path());
    // Files may have 64 blocks: the lists do not fit.
    let limited = "trap '' XFSZ; ulimit -f 64; exec \"$0\" run job.toml --out out";
    let program = assert_cmd::cargo::cargo_bin("zvirka");
    let mut shell = std::process::Command::new("sh");
    let output =
        shell.arg("-c").arg(limited).arg(program).current_dir(folder.path()).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("cannot be written") && told.contains("hint: free some space"), "{told}");
    assert_same(&before, &contents(folder.path()));
    nothing_temporary(folder.path());

    // A place where nobody can make a folder.
    let told = tell(folder.path(), &["run", "job.toml", "--out", "/proc/zvirka/out"]);
    assert_eq!(told.code, 1, "{}", told.err);
    assert!(told.err.contains("hint: "), "{}", told.err);
    assert!(!told.err.contains("Reading"), "it is said before the work: {}", told.err);
}

#[test]
fn too_many_rejected_rows_are_exit_3_and_the_lists_are_written_all_the_same() {
    let folder = sample_folder();
    let border = folder.path().join("border.csv");
    let text = fs::read_to_string(&border).unwrap();
    fs::write(&border, format!("{text}1,2\n3,4\n")).unwrap();
    run(folder.path());
    let job = fs::read_to_string(sample("job.toml")).unwrap();
    let strict = job.replace("[job]\n", "[job]\nmax_rejected_share = 0.0\n");
    fs::write(folder.path().join("job.toml"), strict).unwrap();
    let told = tell(folder.path(), &["run", "job.toml", "--out", "strict"]);
    assert_eq!(told.code, 3);
    assert!(told.err.contains("max_rejected_share") && told.err.contains("hint: "), "{}", told.err);
    assert!(told.out.starts_with("On the list: "), "{}", told.out);
    let strict = folder.path().join("strict");
    assert_eq!(contents(&strict).into_keys().collect::<Vec<_>>(), FILES);
    let lost: Vec<Row> = csv_table(&strict.join("rejected.csv"))
        .into_iter()
        .filter(|row| row["whole_row"] == "true")
        .collect();
    let rows: Vec<(&str, &str)> =
        lost.iter().map(|row| (row["source"].as_str(), row["row"].as_str())).collect();
    assert_eq!(rows, [("border", "1442"), ("border", "1443")]);
}
