//! Rows per second of each reader, 12 columns a row, all of them wanted.

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use parquet::arrow::ArrowWriter;
use rust_xlsxwriter::Workbook;
use tempfile::TempDir;
use zvirka::extract;
use zvirka::job::{Format, Role, Source};

const ROWS: usize = 100_000;
const SHEET_ROWS: u32 = 10_000;
const HEADINGS: [&str; 12] = [
    "ID",
    "Прізвище",
    "Ім'я",
    "По батькові",
    "Дата народження",
    "Стать",
    "Серія",
    "Номер",
    "УНЗР",
    "РНОКПП",
    "Школа",
    "Клас",
];

/// An invented row.
fn row(i: usize) -> [String; 12] {
    let surnames = ["Вигадайло", "Пробний", "Їжакевич", "Ґудзик"];
    [
        i.to_string(),
        surnames[i % 4].into(),
        ["Ївга", "Єгор", "Олена"][i % 3].into(),
        ["Гнатівна", "Юрійович"][i % 2].into(),
        format!("{:02}.{:02}.20{:02}", 1 + i % 28, 1 + i % 12, 5 + i % 12),
        ["ж", "ч"][i % 2].into(),
        "І-МИ".into(),
        format!("{:06}", i % 1_000_000),
        String::new(),
        String::new(),
        format!("ЗЗСО \"Мрія\" №{}", i % 900),
        (1 + i % 11).to_string(),
    ]
}

fn source(file: PathBuf, format: Format) -> Source {
    Source {
        name: "bench".into(),
        role: Role::Registry,
        files: vec![file],
        format,
        encoding: None,
        delimiter: None,
        sheets: Vec::new(),
        columns: [(zvirka::field::Field::Surname, HEADINGS.map(String::from).to_vec())].into(),
        unique: false,
        evidence: None,
        scope: None,
        extracted: None,
    }
}

fn bench(criterion: &mut Criterion) {
    let folder = TempDir::new().unwrap();
    let mut text = HEADINGS.join(";") + "\n";
    for i in 0..ROWS {
        let cells = row(i).map(|cell| {
            if cell.contains('"') { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
        });
        writeln!(text, "{}", cells.join(";")).unwrap();
    }
    let utf8 = folder.path().join("utf8.csv");
    fs::write(&utf8, &text).unwrap();
    let cp1251 = folder.path().join("1251.csv");
    fs::write(&cp1251, encoding_rs::WINDOWS_1251.encode(&text).0).unwrap();

    let parquet = folder.path().join("a.parquet");
    let columns = HEADINGS.iter().enumerate().map(|(c, heading)| {
        let values: StringArray = (0..ROWS).map(|i| Some(row(i)[c].clone())).collect();
        (*heading, Arc::new(values) as ArrayRef)
    });
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer =
        ArrowWriter::try_new(fs::File::create(&parquet).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();

    let xlsx = folder.path().join("a.xlsx");
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_row(0, 0, HEADINGS).unwrap();
    for i in 0..SHEET_ROWS {
        sheet.write_row(i + 1, 0, row(i as usize)).unwrap();
    }
    workbook.save(&xlsx).unwrap();

    let mut group = criterion.benchmark_group("extract");
    group.sample_size(10).warm_up_time(Duration::from_millis(500));
    for (name, file, format, rows) in [
        ("csv utf-8", utf8, Format::Csv, ROWS as u64),
        ("csv windows-1251", cp1251, Format::Csv, ROWS as u64),
        ("parquet", parquet, Format::Parquet, ROWS as u64),
        ("xlsx", xlsx, Format::Xlsx, u64::from(SHEET_ROWS)),
    ] {
        let source = source(file, format);
        let headings = HEADINGS.map(String::from);
        group.throughput(Throughput::Elements(rows));
        group.bench_function(name, |b| {
            b.iter(|| {
                let seen = extract::read(&source, &headings, &|_, _| {}, &mut |chunk| {
                    black_box(chunk);
                });
                assert_eq!(seen.unwrap().rows, rows);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
