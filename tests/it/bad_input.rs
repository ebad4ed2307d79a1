//! Input as it should not be, through `zvirka run`: what works all the same, what is
//! told, with which exit code, and that it names the place and the remedy.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use rust_xlsxwriter::Workbook;
use tempfile::TempDir;

use crate::support::{Told, batch, csv_table, manifest, run, sample, sample_folder, table, tell};

const HEADINGS: [&str; 6] =
    ["Прізвище", "Ім'я", "По батькові", "Дата народження", "Свідоцтво", "РНОКПП"];
const PUPILS: [[&str; 6]; 4] = [
    ["Вигадайло", "Ївга", "Пробівна", "14.05.2012", "І-МИ 730144", ""],
    ["Небилиця", "Орест", "Примарович", "21.10.2011", "І-МИ 730159", ""],
    ["Двійнюк", "Захар", "Уявович", "03.09.2013", "І-МИ 730201", ""],
    ["Двійнюк", "Назар", "Уявович", "03.09.2013", "І-МИ 730202", ""],
];
const VISITS: [[&str; 6]; 2] = [
    ["Вигадайло", "Ївга", "Пробівна", "2012-05-14", "І-МИ 730144", "2023-01-05"],
    ["Стороння", "Ганна", "Інша", "2010-05-14", "І-МИ 630144", "2023-01-05"],
];
const JOB: &str = r#"
[job]
as_of = 2023-07-05
evidence_since = 2022-02-24

[[population]]
name = "pupils"
path = "pupils.csv"
[population.columns]
surname = "Прізвище"
given_name = "Ім'я"
patronymic = "По батькові"
birth_date = "Дата народження"
certificate = "Свідоцтво"
rnokpp = "РНОКПП"

[[registry]]
name = "health"
path = "health.csv"
[registry.columns]
surname = "last_name"
given_name = "first_name"
patronymic = "second_name"
birth_date = "birth_date"
document = "document"
[registry.evidence]
kind = "present"
date = "last_visit"
"#;
const HEALTH: [&str; 6] =
    ["last_name", "first_name", "second_name", "birth_date", "document", "last_visit"];

fn csv<const N: usize>(rows: &[[&str; N]]) -> String {
    rows.iter().map(|row| format!("{}\n", row.join(";"))).collect()
}

fn pupils() -> String {
    csv(&[HEADINGS]) + &csv(&PUPILS)
}

/// A folder with four pupils, two visits, and the job about them.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    put(&folder, "job.toml", JOB);
    put(&folder, "pupils.csv", pupils());
    put(&folder, "health.csv", csv(&[HEALTH]) + &csv(&VISITS));
    folder
}

fn put(folder: &TempDir, name: &str, bytes: impl AsRef<[u8]>) {
    fs::write(folder.path().join(name), bytes).unwrap();
}

fn with_job(folder: &TempDir, old: &str, new: &str) {
    assert!(JOB.contains(old), "{old}");
    put(folder, "job.toml", JOB.replace(old, new));
}

fn ask(folder: &TempDir) -> Told {
    tell(folder.path(), &["run", "job.toml", "--out", "out", "-q"])
}

fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip([HEADINGS].iter().chain(&PUPILS)) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, *cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

fn parquet() -> Vec<u8> {
    let columns = HEALTH.iter().enumerate().map(|(i, name)| {
        let values = VISITS.iter().map(|row| row[i]);
        (*name, Arc::new(StringArray::from_iter_values(values)) as ArrayRef)
    });
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

/// A case: its name and how it spoils the folder.
type Case = (&'static str, fn(&TempDir));

#[test]
fn what_cannot_be_read_is_told_with_the_remedy_and_nothing_is_written() {
    let cases: [Case; 21] = [
        ("empty population", |f| put(f, "pupils.csv", "")),
        ("empty registry", |f| put(f, "health.csv", "")),
        ("blank population", |f| put(f, "pupils.csv", " \r\n\r\n;;;\r\n")),
        ("directory", |f| {
            fs::create_dir(f.path().join("data")).unwrap();
            with_job(f, "\"health.csv\"", "\"data\"");
        }),
        ("directory named .csv", |f| {
            fs::remove_file(f.path().join("health.csv")).unwrap();
            fs::create_dir(f.path().join("health.csv")).unwrap();
        }),
        ("truncated xlsx", |f| {
            let bytes = workbook();
            put(f, "pupils.xlsx", &bytes[..bytes.len() / 2]);
            with_job(f, "\"pupils.csv\"", "\"pupils.xlsx\"");
        }),
        ("empty xlsx", |f| {
            put(f, "pupils.xlsx", "");
            with_job(f, "\"pupils.csv\"", "\"pupils.xlsx\"");
        }),
        ("truncated parquet", |f| {
            let bytes = parquet();
            put(f, "health.parquet", &bytes[..bytes.len() / 2]);
            with_job(f, "\"health.csv\"", "\"health.parquet\"");
        }),
        ("parquet of four bytes", |f| {
            put(f, "health.parquet", "PAR1");
            with_job(f, "\"health.csv\"", "\"health.parquet\"");
        }),
        ("text named .parquet", |f| {
            put(f, "health.parquet", csv(&[HEALTH]));
            with_job(f, "\"health.csv\"", "\"health.parquet\"");
        }),
        ("binary named .csv", |f| {
            let noise = |i: u32| i.wrapping_mul(2_654_435_761).to_le_bytes()[2];
            put(f, "health.csv", (0..5000).map(noise).collect::<Vec<u8>>());
        }),
        ("picture named .csv", |f| put(f, "health.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01")),
        ("pdf named .csv", |f| put(f, "health.csv", "%PDF-1.7\n%\u{e2}\n1 0 obj\n<<>>\nendobj\n")),
        ("old workbook named .xlsx", |f| {
            put(
                f,
                "pupils.xlsx",
                [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &[0; 600]].concat(),
            );
            with_job(f, "\"pupils.csv\"", "\"pupils.xlsx\"");
        }),
        ("one line of 8 MB as header", |f| put(f, "pupils.csv", vec![b'x'; 8 << 20])),
        ("one line of 8 MB among the rows", |f| {
            put(f, "pupils.csv", [pupils().into_bytes(), vec![b'x'; 8 << 20]].concat());
        }),
        ("two sources of one name", |f| with_job(f, "name = \"health\"", "name = \"pupils\"")),
        ("a heading twice", |f| {
            put(f, "pupils.csv", pupils().replace("РНОКПП", "Прізвище"));
        }),
        ("wrong encoding", |f| {
            with_job(f, "\"pupils.csv\"", "\"pupils.csv\"\nencoding = \"windows-1251\"");
        }),
        ("a sheet that is not there", |f| {
            put(f, "pupils.xlsx", workbook());
            with_job(f, "\"pupils.csv\"", "\"pupils.xlsx\"\nsheet = \"Учні\"");
        }),
        ("one JSON value", |f| {
            put(f, "health.ndjson", "[{\"last_name\": \"Вигадайло\"}]");
            with_job(f, "\"health.csv\"", "\"health.ndjson\"");
        }),
    ];
    let mut all = String::new();
    for (name, spoil) in cases {
        let folder = folder();
        spoil(&folder);
        let told = ask(&folder);
        assert!([1, 2].contains(&told.code), "{name}: {}", told.shown(folder.path()));
        assert_eq!(told.out, "", "{name}");
        assert!(told.err.contains("hint: "), "{name}: {}", told.err);
        for value in PUPILS.iter().chain(&VISITS).flatten().filter(|value| !value.is_empty()) {
            assert!(!told.err.contains(value), "{name} tells a value: {}", told.err);
        }
        assert!(!folder.path().join("out").exists(), "{name}");
        all.push_str(&format!("=== {name}\n{}\n", told.shown(folder.path())));
    }
    insta::assert_snapshot!(all.replace("--- stdout\n--- stderr\n", ""));
}

/// The children of a run by surname and given name: status and reasons.
fn statuses(folder: &Path) -> Vec<(String, String)> {
    let children = table(&folder.join("out/children.parquet"));
    children
        .into_iter()
        .map(|mut c| (c.remove("status").unwrap(), c.remove("reason_codes").unwrap()))
        .collect()
}

#[test]
fn a_list_without_rows_is_a_list_of_nobody() {
    let folder = folder();
    put(&folder, "pupils.csv", csv(&[HEADINGS]));
    let told = ask(&folder);
    assert_eq!(told.code, 0, "{}", told.err);
    assert_eq!(told.headline(), "On the list: 0 children of 0");
    assert_eq!(table(&folder.path().join("out/children.parquet")).len(), 0);
    assert_eq!(csv_table(&folder.path().join("out/candidates.csv")).len(), 0);

    // A register of nobody, and of one, confirms nobody, and nobody is lost by it.
    for rows in [csv(&[HEALTH]), csv(&[HEALTH, VISITS[1]])] {
        let folder = self::folder();
        put(&folder, "health.csv", rows);
        let told = ask(&folder);
        assert_eq!(told.code, 0, "{}", told.err);
        assert_eq!(told.headline(), "On the list: 4 children of 4");
        assert_eq!(table(&folder.path().join("out/links.parquet")).len(), 0);
        assert_eq!(manifest(&folder.path().join("out"))["registers"][0]["link"], 0);
    }
}

#[test]
fn one_child_alone_is_looked_for_like_many() {
    let folder = sample_folder();
    let job = fs::read_to_string(sample("job.toml")).unwrap();
    let (from, to) = (
        job.find("[[population]]\nname = \"aikom\"").unwrap(),
        job.find("[[population]]\nname = \"kurs\"").unwrap(),
    );
    fs::write(folder.path().join("job.toml"), job[..from].to_owned() + &job[to..]).unwrap();
    let kurs = fs::read(folder.path().join("kurs.csv")).unwrap();
    let ends: Vec<usize> =
        kurs.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(i, _)| i).collect();
    fs::write(folder.path().join("kurs.csv"), &kurs[..=ends[1]]).unwrap();
    let told = run(folder.path());
    // Three registers hold this child, certificate and all.
    assert_eq!(told.headline(), "On the list: 0 children of 1");
}

#[test]
fn an_impossible_date_costs_its_field_and_not_the_child() {
    let folder = folder();
    let dates = ["21.10.0204", "31.02.2011", "2011-13-40", "99999999999", "-1", "незабаром"];
    let rows: String = dates
        .iter()
        .zip(730_300..)
        .map(|(date, number)| format!("Небилиця;Орест;Примарович;{date};І-МИ {number};\n"))
        .collect();
    put(&folder, "pupils.csv", pupils() + &rows);
    let told = ask(&folder);
    assert_eq!(told.code, 0, "{}", told.err);
    let children = table(&folder.path().join("out/children.parquet"));
    let kept: usize = children.iter().map(|child| child["records"].matches(':').count()).sum();
    assert_eq!(kept, PUPILS.len() + dates.len(), "every row is some child's");
    let rejected = csv_table(&folder.path().join("out/rejected.csv"));
    let mut lines = Vec::new();
    for row in &rejected {
        assert_eq!((row["source"].as_str(), row["whole_row"].as_str()), ("pupils", "false"));
        assert!(!dates.iter().any(|date| row["reason"].contains(date)), "a value is told");
        lines.push(format!("{} {}: {}", row["row"], row["field"], row["reason"]));
    }
    assert_eq!(lines.len(), dates.len());
    insta::assert_snapshot!("impossible_dates", lines.join("\n"));
    // The list shows what the school wrote, for the clerk to mend.
    let listed = csv_table(&folder.path().join("out/candidates.csv"));
    assert!(listed.iter().any(|row| row.get("birth_date").is_some_and(|d| d == dates[0])));
}

#[test]
fn broken_rows_are_rejected_by_number_and_reason() {
    let folder = folder();
    let broken = pupils().into_bytes();
    let broken = [
        broken,
        b"only;three;fields\n".to_vec(),
        b"a;b;c;d;e;f;g;h\n".to_vec(),
        b"bytes \xff\xfe\xfa;b;c;01.01.2012;x;\n".to_vec(),
        csv(&[HEADINGS]).into_bytes(),
        csv(&[PUPILS[0]]).into_bytes(),
        b"\"open quote;b;c;01.01.2012;x;\n".to_vec(),
    ]
    .concat();
    put(&folder, "pupils.csv", broken);
    let told = ask(&folder);
    assert_eq!(told.code, 3, "{}", told.err);
    let rejected = csv_table(&folder.path().join("out/rejected.csv"));
    let lines: Vec<String> = rejected
        .iter()
        .map(|row| format!("{} {}: {}", row["row"], row["whole_row"], row["reason"]))
        .collect();
    insta::assert_snapshot!("broken_rows", lines.join("\n"));
    let input = manifest(&folder.path().join("out"))["inputs"][0].clone();
    let (rows, lost) = (input["rows"].as_u64().unwrap(), input["rejected_rows"].as_u64().unwrap());
    let children = table(&folder.path().join("out/children.parquet"));
    let kept: usize = children.iter().map(|child| child["records"].matches(':').count()).sum();
    assert_eq!(rows, lost + kept as u64, "every row is a child's or rejected");
}

#[test]
fn rows_without_anything_to_compare_stay_on_the_list() {
    let folder = folder();
    put(&folder, "pupils.csv", pupils() + "-;-;-;-;-;-\nневідомо;;;;;\n;;;;;\n");
    let told = ask(&folder);
    assert_eq!(told.code, 0, "{}", told.err);
    let children = table(&folder.path().join("out/children.parquet"));
    for row in ["4", "5"] {
        let child = children.iter().find(|child| child["row"] == row);
        let child = child.unwrap_or_else(|| panic!("row {row} is lost"));
        assert_eq!(child["status"], "not_assessable", "row {row}");
        assert!(child["reason_codes"].contains("too_few_fields"));
    }
    // The last row is blank: it is nobody.
    assert_eq!(children.len(), PUPILS.len() + 2);
}

#[test]
fn the_same_row_twice_is_one_child_or_two_but_never_lost() {
    let folder = folder();
    put(&folder, "pupils.csv", pupils() + &csv(&PUPILS) + &csv(&[PUPILS[0]]));
    let told = ask(&folder);
    assert_eq!(told.code, 0, "{}", told.err);
    let children = table(&folder.path().join("out/children.parquet"));
    let mut rows: Vec<u64> = children
        .iter()
        .flat_map(|child| child["records"].trim_matches(['[', ']']).split(", "))
        .map(|record| record.strip_prefix("pupils:").unwrap().parse().unwrap())
        .collect();
    rows.sort_unstable();
    assert_eq!(rows, (0..9).collect::<Vec<_>>());
    let mut ids: Vec<&str> = children.iter().map(|child| child["child"].as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), children.len(), "ids tell children apart");
}

#[test]
fn huge_values_and_wide_tables_are_read() {
    let folder = folder();
    let huge = "Ж".repeat(10_000);
    let row = format!("{huge};{huge};{huge};{huge};{huge};{huge}\n");
    put(&folder, "pupils.csv", pupils() + &row + &row);
    let told = ask(&folder);
    assert_eq!(told.code, 0, "{}", told.err);
    let listed = csv_table(&folder.path().join("out/candidates.csv"));
    assert!(
        listed.iter().any(|child| child.get("surname") == Some(&huge)),
        "as the school wrote it"
    );

    // 300 columns about which the job says nothing.
    let more = |row: String, name: &str| {
        let more: String = (0..300).map(|i| format!(";{name}{i}")).collect();
        format!("{row}{more}\n")
    };
    let wide: String = pupils()
        .lines()
        .zip(["Графа ", "a", "b", "c", "d"])
        .map(|(line, name)| more(line.to_owned(), name))
        .collect();
    let narrow = self::folder();
    let told = ask(&narrow);
    assert_eq!(told.code, 0, "{}", told.err);
    put(&folder, "pupils.csv", wide);
    let told = ask(&folder);
    assert_eq!(told.code, 0, "{}", told.err);
    assert_eq!(statuses(folder.path()), statuses(narrow.path()));
}

/// Line ends, marks, encodings, delimiters and formats of one list are one list.
#[test]
fn the_dress_of_a_file_changes_nothing() {
    let plain = folder();
    assert_eq!(ask(&plain).code, 0);
    let children = table(&plain.path().join("out/children.parquet"));
    let text = pupils();
    let utf16 = |text: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(unit).collect()
    };
    let single = |encoding: &'static encoding_rs::Encoding| encoding.encode(&text).0.into_owned();
    let dresses: Vec<(&str, &str, Vec<u8>)> = vec![
        ("crlf", "pupils.csv", text.replace('\n', "\r\n").into_bytes()),
        ("cr", "pupils.csv", text.replace('\n', "\r").into_bytes()),
        ("no end of the last line", "pupils.csv", text.trim_end().as_bytes().to_vec()),
        ("utf-8 with a mark", "pupils.csv", format!("\u{feff}{text}").into_bytes()),
        ("utf-16le", "pupils.csv", utf16(&text, u16::to_le_bytes)),
        ("utf-16be", "pupils.csv", utf16(&text, u16::to_be_bytes)),
        ("windows-1251", "pupils.csv", single(encoding_rs::WINDOWS_1251)),
        ("koi8-u", "pupils.csv", single(encoding_rs::KOI8_U)),
        ("commas", "pupils.csv", text.replace(';', ",").into_bytes()),
        ("tabs", "pupils.tsv", text.replace(';', "\t").into_bytes()),
        (
            "titles",
            "pupils.csv",
            format!("Список учнів;;;;;\n\nстаном на липень;;;;;\n{text}").into_bytes(),
        ),
        ("workbook", "pupils.xlsx", workbook()),
        ("workbook named .csv", "pupils.csv", workbook()),
    ];
    for (name, file, bytes) in dresses {
        let folder = folder();
        fs::remove_file(folder.path().join("pupils.csv")).unwrap();
        put(&folder, file, bytes);
        with_job(&folder, "pupils.csv", file);
        let told = ask(&folder);
        assert_eq!(told.code, 0, "{name}: {}", told.err);
        assert_eq!(table(&folder.path().join("out/children.parquet")), children, "{name}");
    }
    // The registry as Parquet.
    let folder = folder();
    put(&folder, "health.parquet", parquet());
    with_job(&folder, "\"health.csv\"", "\"health.parquet\"");
    assert_eq!(ask(&folder).code, 0);
    assert_eq!(batch(&folder.path().join("out/children.parquet")).num_rows(), children.len());
    assert_eq!(table(&folder.path().join("out/children.parquet")), children);
}
