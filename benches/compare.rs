//! What comparing costs: two names, two certificates, two dates, two whole records.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use zvirka::compare::confusion::{Alphabet, cost, is_typical};
use zvirka::compare::{
    NameTable, certificate_confusion, certificate_level, certificate_slips, date_level, level, osa,
};
use zvirka::normalize::names::{self, Kind};
use zvirka::normalize::{Document, DocumentKind, Name, PartialDate, data, latin};

/// The commonest surnames, each with its romanisation: odd places are Latin.
fn surnames() -> Vec<Name> {
    let mut all = vec![Name::default()];
    for row in data::rows(data::SURNAMES).take(2_000) {
        let Some(surname) = row.first() else { continue };
        for text in [(*surname).to_owned(), latin::kmu55(surname)] {
            all.push(names::build(Kind::Surname, &names::canonical(&text)));
        }
    }
    all
}

fn kernels(criterion: &mut Criterion) {
    let names = surnames();
    let table = NameTable::new(&names, level::SURNAME);
    let codes: Vec<u32> = (1..).take(names.len() - 1).collect();
    // Strangers: every name with one far down the list.
    let pairs = |script: usize| -> Vec<(u32, u32)> {
        let of = |other: usize| codes.iter().copied().skip(other).step_by(2);
        of(0).zip(of(script).skip(700).chain(of(script))).collect()
    };
    let (same, across) = (pairs(0), pairs(1));

    let mut group = criterion.benchmark_group("compare");
    group.throughput(Throughput::Elements(same.len() as u64));
    let mut each = |name: &str, pairs: &[(u32, u32)], work: &dyn Fn(u32, u32)| {
        group.bench_function(name, |bencher| {
            bencher.iter(|| pairs.iter().for_each(|&(a, b)| work(black_box(a), black_box(b))));
        });
    };
    each("names, one script", &same, &|a, b| {
        black_box(table.level(a, b));
    });
    each("names, two scripts", &across, &|a, b| {
        black_box(table.level(a, b));
    });
    let letters = |code: u32| &names[code as usize].letters;
    each("edit distance", &same, &|a, b| {
        black_box(osa(letters(a), letters(b)));
    });
    each("confusion, whole", &same, &|a, b| {
        black_box(cost(letters(a), letters(b), Alphabet::Cyrillic));
    });
    each("confusion, typical or not", &same, &|a, b| {
        black_box(is_typical(letters(a), letters(b), Alphabet::Cyrillic));
    });

    let certificate = |code: u32| Document {
        kind: DocumentKind::BirthCertificate,
        roman: 1,
        letters: [17, 11],
        number: code.wrapping_mul(7_919) % 1_000_000,
    };
    each("certificates", &same, &|a, b| {
        black_box(certificate_level(certificate(a), certificate(b)));
    });
    each("certificate confusion", &same, &|a, b| {
        black_box(certificate_confusion(certificate(a).number, certificate(b).number));
    });
    each("slips of a certificate", &same, &|a, _| {
        black_box(certificate_slips(certificate(a).number).count());
    });
    let date = |code: u32| {
        let part = |by: u32| u8::try_from(1 + code % by).unwrap_or(1);
        PartialDate { year: 2010 + u16::from(part(8)), month: part(12), day: part(28) }
    };
    each("dates", &same, &|a, b| {
        black_box(date_level(date(a), date(b)));
    });
}

criterion_group!(compare, kernels);
criterion_main!(compare);
