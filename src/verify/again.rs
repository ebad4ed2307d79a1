//! The run, once more, and every file of it compared.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::num::NonZeroUsize;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::inputs::Ready;
use super::{State, rows};
use crate::pipeline::{self, Allow, Learning, Options, Previous};
use crate::progress::Progress;
use crate::report;
use crate::run_folder::Manifest;

/// What a second run came to.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Again {
    /// Nobody asked for it.
    NotAsked,
    /// The job, an input, the model or the labels are not what they were.
    NotPossible,
    /// It ended without results.
    Failed {
        /// Why.
        reason: String,
    },
    /// It came to an end.
    Done {
        /// Files compared.
        files: usize,
        /// Those that are not as they were.
        differences: Vec<Difference>,
    },
}

/// A file that came out otherwise than it lies in the folder. Places and numbers, no values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The file.
    pub file: String,
    /// `Changed`; or `Missing` from the folder; or `Unknown`, which the run no longer writes.
    pub state: State,
    /// Whether the second run gave the bytes that the manifest names, so that it is the file in
    /// the folder that was changed since.
    pub as_in_manifest: bool,
    /// 0-based place of the first byte that differs.
    pub first_byte: Option<u64>,
    /// Rows of one table that the other lacks.
    pub rows: Option<u64>,
    /// Path of the first key that differs in a JSON file.
    pub key: Option<String>,
}

/// What a second run is compared with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground<'a> {
    pub(super) dir: &'a Path,
    pub(super) manifest: &'a Manifest,
    /// The manifest as JSON.
    pub(super) value: &'a Value,
    pub(super) same_program: bool,
}

impl Again {
    /// Whether nothing speaks against the run.
    pub(super) fn holds(&self) -> bool {
        match self {
            Self::NotAsked => true,
            Self::Done { differences, .. } => differences.is_empty(),
            Self::NotPossible | Self::Failed { .. } => false,
        }
    }
}

/// Keys of the manifest that are others where the program is: the seal, which follows from the rest,
/// and what names the program.
const OF_PROGRAM: [&str; 3] = [report::SEAL, "zvirka", "binary"];

/// Runs the job again, and compares.
pub(super) fn run(
    ground: Ground<'_>,
    ready: &Ready,
    threads: Option<NonZeroUsize>,
    progress: &dyn Progress,
) -> Again {
    match attempt(ground, ready, threads, progress) {
        Ok(again) => again,
        Err(error) => {
            let mut causes: Vec<String> = Vec::new();
            for cause in error.chain().map(ToString::to_string) {
                // Many errors repeat their cause in their own text.
                if !causes.iter().any(|told| told.contains(&cause)) {
                    causes.push(cause);
                }
            }
            Again::Failed { reason: causes.join(": ") }
        }
    }
}

fn attempt(
    ground: Ground<'_>,
    ready: &Ready,
    threads: Option<NonZeroUsize>,
    progress: &dyn Progress,
) -> anyhow::Result<Again> {
    let options = &ground.manifest.options;
    let kinds = options.allow.join(",");
    let allow = if kinds.is_empty() { Allow::default() } else { wrong(Allow::parse(&kinds))? };
    let scratch = report::beside(ground.dir)?;
    let options = Options {
        out: scratch.path().to_owned(),
        threads,
        lang: options.lang.unwrap_or_default(),
        learning: Learning::open(ready.model.as_deref(), ready.labels.as_deref())?,
        previous: ready.previous.as_deref().map(Previous::read).transpose()?,
        allow,
        memory: None,
    };
    let mut job = ready.job.clone();
    job.report.lang = options.lang;
    pipeline::run(&job, &options, progress)?;
    // So that no other run beside takes it for what a killed one left.
    let _lock = File::open(scratch.path()).ok().filter(|folder| folder.try_lock().is_ok());
    progress.stage("Comparing");
    Ok(compare(ground, scratch.path())?)
}

fn wrong<T>(parsed: Result<T, String>) -> anyhow::Result<T> {
    parsed.map_err(|known| anyhow::anyhow!("the manifest allows a kind that is none: {known}"))
}

/// Compares the folder with that of a second run.
pub(super) fn compare(ground: Ground<'_>, new: &Path) -> io::Result<Again> {
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(new)? {
        names.insert(entry?.file_name().to_string_lossy().into_owned());
    }
    // What the manifest names, and this program does not write.
    let gone = ground.manifest.outputs.iter().map(|output| &output.name);
    let gone: Vec<&String> = gone.filter(|name| !names.contains(*name)).collect();
    let mut differences: Vec<Difference> = gone
        .iter()
        .map(|name| Difference { state: State::Unknown, ..Difference::of(name) })
        .collect();
    names.remove("timings.json");
    for name in &names {
        differences.extend(difference(ground, new, name)?);
    }
    differences.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(Again::Done { files: names.len() + gone.len(), differences })
}

fn difference(ground: Ground<'_>, new: &Path, name: &str) -> io::Result<Option<Difference>> {
    let (a, b) = (ground.dir.join(name), new.join(name));
    let (found, again) = match (report::hash_of(&a), report::hash_of(&b)?.0) {
        (Ok((found, _)), again) => (found, again),
        (Err(error), _) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Some(Difference { state: State::Missing, ..Difference::of(name) }));
        }
        (Err(_), _) => {
            return Ok(Some(Difference { state: State::Unreadable, ..Difference::of(name) }));
        }
    };
    if found == again {
        return Ok(None);
    }
    let mut key = None;
    if name == MANIFEST {
        // The seal follows from the rest; and those who made another build made another program.
        let aside = if ground.same_program { &OF_PROGRAM[..1] } else { &OF_PROGRAM[..] };
        let old = without(ground.value.clone(), aside);
        key = json(&b).and_then(|new| first_key(&old, &without(new, aside)));
        if key.is_none() && !ground.same_program {
            return Ok(None);
        }
    } else if Path::new(name).extension().is_some_and(|end| end == "json") {
        key = json(&a).zip(json(&b)).and_then(|(old, new)| first_key(&old, &new));
    }
    let named = ground.manifest.outputs.iter().find(|output| output.name == name);
    Ok(Some(Difference {
        as_in_manifest: named.is_some_and(|named| named.blake3.eq_ignore_ascii_case(&again)),
        first_byte: first_difference(&a, &b)?,
        rows: rows::differing(&a, &b),
        key,
        ..Difference::of(name)
    }))
}

fn json(path: &Path) -> Option<Value> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

/// An object without some of its keys.
fn without(mut value: Value, aside: &[&str]) -> Value {
    if let Some(keys) = value.as_object_mut() {
        keys.retain(|key, _| !aside.contains(&key.as_str()));
    }
    value
}

const MANIFEST: &str = "manifest.json";

impl Difference {
    fn of(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            state: State::Changed,
            as_in_manifest: false,
            first_byte: None,
            rows: None,
            key: None,
        }
    }
}

/// The place of the first byte in which two files differ; the end of the shorter one where that is
/// how the longer begins.
fn first_difference(a: &Path, b: &Path) -> io::Result<Option<u64>> {
    let open = |path: &Path| File::open(path).map(|file| BufReader::with_capacity(1 << 16, file));
    let (mut a, mut b) = (open(a)?.bytes(), open(b)?.bytes());
    let mut place = 0;
    loop {
        match (a.next().transpose()?, b.next().transpose()?) {
            (None, None) => return Ok(None),
            (x, y) if x == y => place += 1,
            _ => return Ok(Some(place)),
        }
    }
}

/// The path of the first key whose values differ, such as `counts.births.pairs_kept` or
/// `registers[2]`. Keys and places, never values.
fn first_key(a: &Value, b: &Value) -> Option<String> {
    fn within(a: &Value, b: &Value, path: &str) -> Option<String> {
        match (a, b) {
            (Value::Object(x), Value::Object(y)) => {
                let joined = |key: &str| {
                    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
                };
                let lost = y.keys().find(|key| !x.contains_key(*key)).map(|key| joined(key));
                x.iter()
                    .find_map(|(key, a)| match y.get(key) {
                        Some(b) => within(a, b, &joined(key)),
                        None => Some(joined(key)),
                    })
                    .or(lost)
            }
            (Value::Array(x), Value::Array(y)) => {
                let pairs = x.iter().zip(y).enumerate();
                let mut inner =
                    pairs.filter_map(|(i, (a, b))| within(a, b, &format!("{path}[{i}]")));
                let end = || format!("{path}[{}]", x.len().min(y.len()));
                inner.next().or_else(|| (x.len() != y.len()).then(end))
            }
            _ => (a != b).then(|| path.to_owned()),
        }
    }
    within(a, b, "")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_named_by_their_path() {
        let a = json!({"a": 1, "b": {"c": [1, 2, {"d": null}]}});
        let key = |b: Value| first_key(&a, &b);
        assert_eq!(key(a.clone()), None);
        let cases = [
            (json!({"a": 2, "b": {"c": [1, 2, {"d": null}]}}), "a"),
            (json!({"a": 1, "b": {"c": [1, 2, {"d": 0}]}}), "b.c[2].d"),
            (json!({"a": 1, "b": {"c": [1, 2]}}), "b.c[2]"),
            (json!({"a": 1, "b": {"c": [1, 2, {}]}}), "b.c[2].d"),
            (json!({"a": 1, "b": {"c": [1, 2, {"d": null}]}, "e": 1}), "e"),
            (json!({"a": 1, "b": 7}), "b"),
        ];
        for (b, path) in cases {
            assert_eq!(key(b).as_deref(), Some(path));
        }
    }

    proptest! {
        #[test]
        fn the_first_byte_is_what_a_naive_search_finds(
            a in prop::collection::vec(0_u8..2, 0..12),
            b in prop::collection::vec(0_u8..2, 0..12),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let paths = [("a", &a), ("b", &b)].map(|(name, bytes)| {
                let path = folder.path().join(name);
                fs::write(&path, bytes).unwrap();
                path
            });
            let naive = (0..a.len().max(b.len())).find(|&i| a.get(i) != b.get(i));
            let found = first_difference(&paths[0], &paths[1]).unwrap();
            prop_assert_eq!(found, naive.map(|i| i as u64));
        }
    }
}
