//! Invented registers: the checked-in sample, and the same bytes for a seed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use zvirka::synth::{Options, Profile, Summary, generate};

fn options(children: u64, seed: u64, out: &Path) -> Options {
    Options {
        children,
        seed,
        out: out.to_path_buf(),
        profile: Profile::default(),
        force: true,
        progress: None,
    }
}

/// Every file of a folder with its bytes.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for sub in ["", "truth"] {
        for entry in std::fs::read_dir(folder.join(sub)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.strip_prefix(folder).unwrap().to_path_buf();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn make(children: u64, seed: u64, threads: usize) -> (Summary, BTreeMap<PathBuf, Vec<u8>>) {
    let folder = tempfile::tempdir().unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let summary = pool.install(|| generate(&options(children, seed, folder.path()))).unwrap();
    (summary, contents(folder.path()))
}

fn assert_same(left: &BTreeMap<PathBuf, Vec<u8>>, right: &BTreeMap<PathBuf, Vec<u8>>) {
    assert_eq!(left.keys().collect::<Vec<_>>(), right.keys().collect::<Vec<_>>());
    for (name, bytes) in left {
        assert!(right[name] == *bytes, "{} differs", name.display());
    }
}

#[test]
fn a_seed_gives_the_same_bytes_whatever_the_threads() {
    // Several blocks, the last one short.
    let (_, one) = make(9_100, 7, 1);
    let (_, four) = make(9_100, 7, 4);
    assert_eq!(one.len(), 19);
    assert_same(&one, &four);
    let (_, other) = make(9_100, 8, 4);
    assert!(other[Path::new("border.csv")] != one[Path::new("border.csv")]);
}

#[test]
fn the_sample_is_what_the_generator_makes() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let folder = tempfile::tempdir().unwrap();
    let update = std::env::var_os("ZVIRKA_UPDATE_SAMPLES").is_some();
    let checked_in = samples.join("chernivtsi");
    let out = if update { checked_in.as_path() } else { folder.path() };
    let profile = Profile::load(&samples.join("chernivtsi.toml")).unwrap();
    generate(&Options { profile, ..options(2000, 2023, out) }).unwrap();
    let made = contents(out);
    // A README or the output of a run may stand beside.
    let mut old = contents(&checked_in);
    old.retain(|name, _| made.contains_key(name));
    assert_same(&old, &made);
    let size: usize = made.values().map(Vec::len).sum();
    assert!(size < 3_000_000, "{size} bytes are too many to check in");
}
