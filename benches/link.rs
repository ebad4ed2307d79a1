//! How fast pairs are compared and scored: ns a pair, on an invented world of 20,000 children.
//!
//! `cargo bench --bench link`

use std::hint::black_box;
use std::path::Path;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use zvirka::block::Blocker;
use zvirka::compare::{BirthDates, Comparator, Side, Similar, osa};
use zvirka::job::Role;
use zvirka::model::{Family, Frequencies, Reference, Scorer, train};
use zvirka::normalize::{Letters, World};
use zvirka::progress::Silent;
use zvirka::synth::{Options, Profile, generate};

/// Population and births of an invented world.
struct Input {
    world: World,
    population: Vec<usize>,
    births: usize,
}

fn input(dir: &Path) -> Input {
    generate(&Options {
        children: 20_000,
        seed: 1,
        out: dir.to_owned(),
        profile: Profile::default(),
        force: true,
        progress: None,
    })
    .expect("the world is written");
    let job = zvirka::job::open(&dir.join("job.toml")).expect("the job opens");
    let reading = zvirka::pipeline::read(&job, &Silent).expect("the world is read");
    let place = |name: &str| job.sources.iter().position(|s| s.name == name).expect("it is there");
    let population =
        (0..job.sources.len()).filter(|&i| job.sources[i].role == Role::Population).collect();
    Input { world: reading.world, population, births: place("births") }
}

fn benches(criterion: &mut Criterion) {
    let dir = tempfile::tempdir().expect("a folder");
    let Input { world, population, births } = input(dir.path());
    let dates = BirthDates::of(&world);
    let comparator = Comparator::new(&world.lexicon, dates);
    let side =
        |sources: &[usize]| Side::new(sources.iter().map(|&i| (i, &world.sources[i])), &comparator);
    let (left, right) = (side(&population), side(&[births]));

    let letters: Vec<(Letters, Letters)> =
        world.lexicon.surnames.windows(2).map(|two| (two[0].letters, two[1].letters)).collect();
    let mut group = criterion.benchmark_group("kernel");
    group.throughput(Throughput::Elements(letters.len() as u64));
    group.bench_function("osa on surnames", |bencher| {
        bencher.iter(|| letters.iter().map(|(a, b)| osa(a, b)).sum::<u32>());
    });
    group.finish();

    criterion.bench_function("neighbours of all distinct names and dates", |bencher| {
        bencher.iter(|| black_box(Similar::new(&comparator)));
    });
    criterion.bench_function("blocking keys and indexes", |bencher| {
        bencher.iter(|| black_box(Blocker::new(&comparator, &left, &right)));
    });

    let similar = Similar::new(&comparator);
    let reference = Reference::new(&comparator, &similar, &left, &[&left, &right]);
    let frequencies = || Frequencies::new(&comparator, &similar, &reference, &left, &right);
    let blocker = Blocker::new(&comparator, &left, &right);
    let mut pairs = Vec::new();
    let mut met = Vec::new();
    for (l, _) in (0..).zip(&left.packed) {
        blocker.candidates(l, &mut met);
        pairs.extend(met.iter().map(|&r| (l as usize, r as usize)));
    }
    let patterns: Vec<_> = pairs
        .iter()
        .map(|&(l, r)| (l, comparator.pattern(&left.packed[l], &right.packed[r])))
        .collect();
    let untrained = || {
        let frequencies = frequencies();
        let trained = train(&Vec::new(), &[], &frequencies.u);
        Scorer::new(frequencies, trained, right.len(), Family::expected())
    };

    let mut group = criterion.benchmark_group("pairs");
    group.throughput(Throughput::Elements(pairs.len() as u64));
    group.bench_function("block", |bencher| {
        bencher.iter(|| {
            let (mut n, mut met) = (0, Vec::new());
            for (l, _) in (0..).zip(&left.packed) {
                blocker.candidates(l, &mut met);
                n += met.len();
            }
            n
        });
    });
    group.bench_function("compare", |bencher| {
        bencher.iter(|| {
            pairs
                .iter()
                .map(|&(l, r)| similar.pattern(&comparator, &left.packed[l], &right.packed[r]).0)
                .fold(0, u64::wrapping_add)
        });
    });
    group.bench_function("score", |bencher| {
        bencher.iter_batched_ref(
            untrained,
            |scorer| {
                patterns
                    .iter()
                    .map(|&(l, pattern)| {
                        scorer.score(&comparator, &left.packed[l], pattern).effective()
                    })
                    .sum::<f64>()
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

criterion_group! {
    name = link;
    config = Criterion::default().sample_size(10);
    targets = benches
}
criterion_main!(link);
