//! What normalising costs: a distinct name, a cell with a whole name, a certificate, a date.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use zvirka::normalize::names::{self, Kind};
use zvirka::normalize::{certificates, data, dates, documents, identifiers, latin};

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
    each("document", &together, &|cell| {
        let _ = black_box(documents::parse(cell));
    });
    let days: Vec<String> = (0..2_000)
        .map(|i| format!("{:02}.{:02}.{}", i % 28 + 1, i % 12 + 1, 2005 + i % 15))
        .collect();
    each("date", &days, &|cell| {
        let _ = black_box(dates::parse(cell));
    });
    let numbers: Vec<String> = (0..2_000).map(|i| format!("41709{:05}", number(i) / 10)).collect();
    each("rnokpp", &numbers, &|cell| {
        let _ = black_box(identifiers::rnokpp(cell));
    });
}

criterion_group!(normalize, benches);
criterion_main!(normalize);
