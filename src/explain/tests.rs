//! A run made by hand, whose files are two small tables in memory. All persons invented.
#![allow(clippy::disallowed_methods, reason = "tests write where they like")]

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use jiff::civil::date;
use tempfile::TempDir;

use super::*;
use crate::compare::Comparison;
use crate::job::{DecisionSettings, Format, Job, PrioritySettings, ReportSettings, Role, Source};
use crate::run_folder::testing::{TestChild, TestLink, TestRun};

/// A job of a school list and a health register, its files in memory but for their hashes.
struct Memory {
    job: Job,
    tables: BTreeMap<String, (Vec<&'static str>, Vec<Vec<&'static str>>)>,
    scans: Cell<u32>,
}

impl Files for Memory {
    fn job(&self, _: &Path) -> Result<Job, String> {
        Ok(self.job.clone())
    }

    fn pick(
        &self,
        source: &Source,
        headings: &[String],
        rows: &BTreeSet<u64>,
    ) -> Result<Values, String> {
        let (names, table) = &self.tables[&source.name];
        let cell = |row: &u64, heading: &String| {
            let at = names.iter().position(|name| name == heading)?;
            let value = table[usize::try_from(*row).ok()?][at];
            (!value.is_empty()).then(|| value.to_owned())
        };
        let row = |row| headings.iter().map(|heading| cell(row, heading)).collect();
        Ok(rows.iter().map(|r| (*r, row(r))).collect())
    }

    fn rows_with(&self, source: &Source, heading: &str, value: &str) -> Result<Vec<u64>, String> {
        self.scans.set(self.scans.get() + 1);
        let (names, table) = &self.tables[&source.name];
        let at = names.iter().position(|name| *name == heading).ok_or("no such heading")?;
        Ok(table.iter().zip(0..).filter(|(row, _)| row[at] == value).map(|(_, i)| i).collect())
    }
}

fn source(name: &str, role: Role, path: &Path, columns: &[(Field, &str)]) -> Source {
    Source {
        name: name.to_owned(),
        role,
        files: vec![path.to_owned()],
        format: Format::Csv,
        encoding: None,
        delimiter: None,
        sheets: Vec::new(),
        columns: columns.iter().map(|(f, h)| (*f, vec![(*h).to_owned()])).collect(),
        unique: role == Role::Registry,
        evidence: None,
        scope: None,
        extracted: None,
    }
}

/// A folder with the job's files, the run's folder, and the job.
fn made() -> (TempDir, TempDir, Memory) {
    let files = TempDir::new().unwrap();
    let [job, school, health] =
        ["job.toml", "school.csv", "health.csv"].map(|name| files.path().join(name));
    for path in [&job, &school, &health] {
        fs::write(path, path.file_name().unwrap().as_encoded_bytes()).unwrap();
    }
    let hash = |name: &str| blake3::hash(name.as_bytes()).to_hex().to_string();
    let mut sure = TestLink::new(("school", 0), "school:A-1", ("health", 2), 0.999_87);
    sure.population_id = Some("A-1".to_owned());
    sure.registry_id = Some("h:2".to_owned());
    sure.weight = 31.5;
    sure.levels = vec![
        (Comparison::Surname, "exact", 9.25),
        (Comparison::GivenName, "close", 3.5),
        (Comparison::Patronymic, "exact", 4.0),
        (Comparison::BirthDate, "exact", 11.75),
        (Comparison::Sex, "exact", 1.0),
        (Comparison::Certificate, "different", -2.5),
        (Comparison::Unzr, "missing", 0.0),
    ];
    let mut old = TestLink::new(("school", 3), "school:A-1", ("health", 0), 0.4);
    old.date = Some(date(2021, 9, 1));
    old.twin_risk = true;
    old.levels = vec![(Comparison::Surname, "spelling", 8.0), (Comparison::Sex, "different", -7.0)];
    let other = TestLink::new(("school", 1), "school:2", ("health", 0), 0.6);
    let run = TestRun {
        sources: vec![("school", "population", 5), ("health", "registry", 3)],
        files: vec![
            ("school", "school.csv".to_owned(), hash("school.csv")),
            ("health", "health.csv".to_owned(), hash("health.csv")),
        ],
        job_hash: Some(hash("job.toml")),
        job_path: Some(job.to_str().unwrap().to_owned()),
        children: vec![
            TestChild {
                child: "school:A-1".to_owned(),
                records: vec![("school", 3), ("school", 0)],
                ..TestChild::default()
            },
            TestChild {
                child: "school:2".to_owned(),
                records: vec![("school", 1)],
                id: Some("2".to_owned()),
                status: "unconfirmed",
                codes: vec!["not_found:health"],
                ..TestChild::default()
            },
            TestChild {
                child: "school:A-4".to_owned(),
                records: vec![("school", 2)],
                id: Some("A-4".to_owned()),
                status: "review",
                codes: vec!["possible_twin:health"],
                ..TestChild::default()
            },
        ],
        links: vec![old, other, sure],
        ..TestRun::default()
    };
    let mut run = run;
    run.children[0] = TestChild {
        id: Some("A-1".to_owned()),
        records: vec![("school", 0), ("school", 3)],
        status: "confirmed",
        codes: vec!["settled_by:health", "records_differ"],
        reasons: vec!["Статус визначив реєстр «health»", "Шкільні записи розходяться"],
        last_evidence: Some(date(2023, 1, 9)),
        ..run.children[0].clone()
    };
    let job = Job {
        path: job,
        name: "test".to_owned(),
        as_of: date(2023, 7, 5),
        evidence_since: date(2022, 2, 24),
        output: files.path().join("out"),
        max_rejected_share: 0.05,
        decision: DecisionSettings::default(),
        priority: PrioritySettings::default(),
        report: ReportSettings::default(),
        sources: vec![
            source(
                "school",
                Role::Population,
                &school,
                &[
                    (Field::Id, "Код"),
                    (Field::FullName, "ПІБ"),
                    (Field::BirthDate, "Народж."),
                    (Field::CertificateSeries, "Серія"),
                    (Field::CertificateNumber, "Номер"),
                ],
            ),
            source(
                "health",
                Role::Registry,
                &health,
                &[
                    (Field::Surname, "last_name"),
                    (Field::GivenName, "first_name"),
                    (Field::BirthDate, "birth_date"),
                    (Field::Document, "document"),
                ],
            ),
        ],
    };
    let school_rows = vec![
        vec!["A-1", "Вигадько Остап-Тестовий Неіснуйович", "01.02.2012", "I-ЯЯ", "000001"],
        vec!["2", "Пробна Зірка", "03.04.2013", "", ""],
        vec!["A-4", "Уявний Клим", "05.06.2014", "", ""],
        vec!["A-9", "Вигадько\u{1b}[31m Остап", "2012-02-01", "", ""],
        vec!["A-5", "", "", "", ""],
    ];
    let health_rows = vec![
        vec!["Выгадько", "Остап", "2012-02-01", ""],
        vec!["Інша", "Особа", "2010-01-01", ""],
        vec!["Вигадько", "Астап", "2012-02-01", "І-ЯЯ 000002"],
    ];
    let tables = BTreeMap::from([
        ("school".to_owned(), (vec!["Код", "ПІБ", "Народж.", "Серія", "Номер"], school_rows)),
        (
            "health".to_owned(),
            (vec!["last_name", "first_name", "birth_date", "document"], health_rows),
        ),
    ]);
    (files, run.write(), Memory { job, tables, scans: Cell::new(0) })
}

#[test]
fn a_child_is_explained_in_both_languages() {
    let (_files, run, memory) = made();
    let explain = |lang| explain_with(run.path(), "school:0", lang, &memory).unwrap();
    let uk = explain(Lang::Uk);
    assert_eq!(uk.warnings, Vec::<String>::new());
    insta::assert_snapshot!("uk", uk.to_text());
    insta::assert_snapshot!("en", explain(Lang::En).to_text());
    insta::assert_json_snapshot!("json", uk.to_json());
    assert!(!uk.to_text().contains('\u{1b}'), "a value commands the terminal");
}

#[test]
fn every_way_to_name_a_record_leads_to_its_child() {
    let (_files, run, memory) = made();
    let child =
        |record: &str| explain_with(run.path(), record, Lang::Uk, &memory).map(|found| found.child);
    for (record, expected) in [
        ("school:0", "school:A-1"),
        ("school:3", "school:A-1"),
        ("school:row:3", "school:A-1"),
        ("school:A-1", "school:A-1"),
        ("school:id:A-1", "school:A-1"),
        ("school:id:2", "school:2"),
        ("school:row:2", "school:A-4"),
        ("health:2", "school:A-1"),
        ("health:h:2", "school:A-1"),
    ] {
        assert_eq!(child(record).unwrap(), expected, "{record}");
    }
    assert_eq!(memory.scans.get(), 0, "the run's folder knew all of these");
    // The id of a record that is neither main nor linked stands only in the file.
    assert_eq!(child("school:A-9").unwrap(), "school:A-1");
    assert!(memory.scans.get() > 0);
}

#[test]
fn what_is_doubtful_or_absent_is_said() {
    let (_files, run, memory) = made();
    let error =
        |record: &str| explain_with(run.path(), record, Lang::Uk, &memory).unwrap_err().to_string();
    let asked = [
        // Row 2 is one child's, id 2 another's.
        "school:2",
        "health:0",
        "school:4",
        "school:A-5",
        "school:99",
        "school:nobody",
        "health:1",
        "scool:1",
        "A-1",
        "",
        ":",
        "school:",
        "school",
    ];
    let all: Vec<String> =
        asked.iter().map(|record| format!("{record}\n{}", error(record))).collect();
    insta::assert_snapshot!("errors", all.join("\n\n"));
    assert!(!all.iter().any(|text| text.lines().skip(1).any(|line| line.contains("nobody"))));
}

#[test]
fn changed_files_give_no_values() {
    let (files, run, memory) = made();
    fs::write(files.path().join("health.csv"), "another").unwrap();
    fs::write(files.path().join("job.toml"), "another").unwrap();
    let explained = explain_with(run.path(), "school:0", Lang::Uk, &memory).unwrap();
    assert_eq!(explained.warnings.len(), 2);
    let first = &explained.links[0].comparisons[0];
    assert!(first.school.is_some() && first.register.is_none());
    fs::remove_file(files.path().join("job.toml")).unwrap();
    let explained = explain_with(run.path(), "school:0", Lang::Uk, &memory).unwrap();
    assert!(explained.records.iter().all(|record| record.values.is_empty()));
    assert_eq!(explained.links.len(), 2);
    insta::assert_snapshot!("no_job", explained.to_text());
}
