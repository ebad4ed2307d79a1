//! What normalising costs: a distinct name, a certificate, a date, a row.

use std::hint::black_box;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use zvirka::extract::Chunk;
use zvirka::field::Field;
use zvirka::job::{Format, Role, Source};
use zvirka::normalize::names::{self, Kind};
use zvirka::normalize::{
    SourceBuilder, assemble, certificates, data, dates, documents, identifiers, latin,
};

fn benches(criterion: &mut Criterion) {
    let surnames: Vec<&str> =
        data::rows(data::SURNAMES).filter_map(|row| row.first().copied()).take(2_000).collect();
    let given: Vec<&str> =
        data::rows(data::FIRST_FEMALE).filter_map(|row| row.first().copied()).take(500).collect();
    let romanised: Vec<String> = surnames.iter().map(|name| latin::kmu55(name)).collect();
    let full: Vec<String> = surnames
        .iter()
        .zip(given.iter().cycle())
        .map(|(surname, given)| format!("{surname} {given} Олександрівна"))
        .collect();
    let mixed: Vec<String> =
        surnames.iter().map(|name| name.replace('і', "i").replace('о', "o")).collect();

    let mut group = criterion.benchmark_group("normalize");
    let mut each = |name: &str, cells: &[String], work: &dyn Fn(&str)| {
        group.throughput(Throughput::Elements(cells.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| cells.iter().for_each(|cell| work(black_box(cell))));
        });
    };
    let owned = |cells: &[&str]| cells.iter().map(|&cell| cell.to_owned()).collect::<Vec<_>>();

    let clean = owned(&surnames);
    each("canonical, clean", &clean, &|cell| drop(black_box(names::canonical(cell))));
    each("canonical, Latin letters inside", &mixed, &|cell| {
        drop(black_box(names::canonical(cell)));
    });
    let typed: Vec<String> = surnames.iter().map(|name| qwerty(name)).collect();
    each("canonical, wrong layout", &typed, &|cell| drop(black_box(names::canonical(cell))));
    each("alternatives, one name", &clean, &|cell| drop(black_box(names::alternatives(cell))));
    let two: Vec<String> =
        surnames.windows(2).map(|two| format!("{} ({})", two[0], two[1])).collect();
    each("alternatives, two names", &two, &|cell| drop(black_box(names::alternatives(cell))));
    let canonical: Vec<String> = surnames.iter().map(|name| names::canonical(name)).collect();
    each("surname", &canonical, &|name| drop(black_box(names::build(Kind::Surname, name))));
    let canonical: Vec<String> = given.iter().map(|name| names::canonical(name)).collect();
    each("given name", &canonical, &|name| drop(black_box(names::build(Kind::Given, name))));
    let canonical: Vec<String> = romanised.iter().map(|name| names::canonical(name)).collect();
    each("surname, Latin", &canonical, &|name| drop(black_box(names::build(Kind::Surname, name))));
    each("full name", &full, &|cell| drop(black_box(names::full_name(cell))));

    let number = |i: usize| (i * 7_919 + 1_000) % 1_000_000;
    let together: Vec<String> = (0..2_000).map(|i| format!("І-МИ № {:06}", number(i))).collect();
    each("certificate", &together, &|cell| {
        let _ = black_box(certificates::parse("", cell));
    });
    let dirty: Vec<String> = (0..2_000).map(|i| format!("серія 1MИ N{}", number(i))).collect();
    each("certificate, miswritten", &dirty, &|cell| {
        let _ = black_box(certificates::parse("", cell));
    });
    each("certificates, one in the cell", &together, &|cell| {
        let _ = black_box(certificates::parse_all("", cell));
    });
    let several: Vec<String> =
        (0..2_000).map(|i| format!("І-МИ № {:06}, І-БК {:06}", number(i), number(i + 1))).collect();
    each("certificates, two in the cell", &several, &|cell| {
        let _ = black_box(certificates::parse_all("", cell));
    });
    each("document", &together, &|cell| {
        let _ = black_box(documents::parse(cell));
    });
    let days: Vec<String> = (0..2_000)
        .map(|i| format!("{:02}.{:02}.{}", i % 28 + 1, i % 12 + 1, 2005 + i % 15))
        .collect();
    each("date", &days, &|cell| {
        let _ = black_box(dates::parse(cell));
    });
    each("dates, one in the cell", &days, &|cell| {
        let _ = black_box(dates::parse_all(cell));
    });
    let numbers: Vec<String> = (0..2_000).map(|i| format!("41709{:05}", number(i) / 10)).collect();
    each("rnokpp", &numbers, &|cell| {
        let _ = black_box(identifiers::rnokpp(cell));
    });
}

/// A name as the fingers type it with the Latin layout on.
fn qwerty(name: &str) -> String {
    const UKRAINIAN: &str = "йцукенгшщзхїфівапролджєячсмитьбю";
    const LATIN: &str = "qwertyuiop[]asdfghjkl;'zxcvbnm,.";
    let key = |c: char| {
        let at = UKRAINIAN.chars().position(|letter| letter == c);
        at.and_then(|at| LATIN.chars().nth(at)).unwrap_or(c)
    };
    name.to_lowercase().chars().map(key).collect()
}

/// Rows of a school list with one column for the whole name, as «Курс: Школа» exports it.
fn rows(criterion: &mut Criterion) {
    const ROWS: usize = 20_000;
    let surnames: Vec<&str> =
        data::rows(data::SURNAMES).filter_map(|row| row.first().copied()).collect();
    let given: Vec<&str> =
        data::rows(data::FIRST_FEMALE).filter_map(|row| row.first().copied()).take(300).collect();
    let columns = [
        (Field::FullName, "name"),
        (Field::BirthDate, "born"),
        (Field::Sex, "sex"),
        (Field::Certificate, "certificate"),
        (Field::School, "school"),
        (Field::Grade, "grade"),
    ];
    let source = Source {
        name: "school".into(),
        role: Role::Population,
        files: Vec::new(),
        format: Format::Csv,
        encoding: None,
        delimiter: None,
        sheets: Vec::new(),
        columns: columns.iter().map(|(field, name)| (*field, vec![(*name).to_owned()])).collect(),
        unique: false,
        evidence: None,
        scope: None,
        extracted: None,
    };
    let column = |make: &dyn Fn(usize) -> String| -> ArrayRef {
        Arc::new((0..ROWS).map(|i| Some(make(i))).collect::<StringArray>())
    };
    let arrays = [
        column(&|i| {
            let (surname, name) = (surnames[i * 31 % surnames.len()], given[i * 7 % given.len()]);
            format!("{surname} {name} Олександрівна")
        }),
        column(&|i| format!("{:02}.{:02}.{}", i % 28 + 1, i % 12 + 1, 2005 + i % 15)),
        column(&|_| "ж".to_owned()),
        column(&|i| format!("І-МИ № {:06}", (i * 7_919 + 1_000) % 1_000_000)),
        column(&|i| format!("{:08}", 2_147_345 + i % 12_000)),
        column(&|i| format!("{}-А", i % 11 + 1)),
    ];
    let named = columns.iter().map(|(_, name)| *name).zip(arrays);
    let batch = RecordBatch::try_from_iter(named).expect("columns of one length");
    let chunk = Chunk { rows: (0..ROWS as u64).collect(), batch };

    let mut group = criterion.benchmark_group("rows");
    group.throughput(Throughput::Elements(ROWS as u64)).sample_size(20);
    group.bench_function("pushed", |bencher| {
        bencher.iter(|| {
            let mut builder = SourceBuilder::new(&source);
            builder.push(&chunk);
            builder.finish()
        });
    });
    group.bench_function("assembled", |bencher| {
        let built = || {
            let mut builder = SourceBuilder::new(&source);
            builder.push(&chunk);
            vec![builder.finish()]
        };
        bencher.iter_batched(built, assemble, BatchSize::LargeInput);
    });
}

criterion_group!(normalize, benches, rows);
criterion_main!(normalize);
